"""What is denied, what belongs to a force, and what must be named before anything is a verdict."""

from __future__ import annotations

import pytest

from pipeline.chains import find_chains
from pipeline.groups import find_groups
from pipeline.mentions import Document, read_document
from pipeline.relevance import assess
from pipeline.segments import split_sentences
from pipeline.signals import theme_signals
from pipeline.types import Article


def article(language: str, text: str) -> Article:
    """An article without a title."""
    return Article(
        url="",
        source="",
        title="",
        text=text,
        language=language,
        published=None,
        date_origin=None,
        outlet_country=None,
        segments=split_sentences(text, language, has_title=False),
    )


def document(language: str, text: str) -> Document:
    """Its mentions."""
    return read_document(article(language, text))


def sections(doc: Document) -> set[str]:
    """The sections of all mentions."""
    return {m.label.section for m in doc.mentions}


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Nobody was arrested."),
        ("en", "The crew has not been detained."),
        ("es", "Nadie fue detenido en la operación."),
        ("pt", "Ninguém foi preso."),
        ("fr", "Le marin n'a pas été interpellé."),
        ("it", "L'uomo non è stato arrestato."),
        ("de", "Der Fahrer wurde nicht festgenommen."),
        ("nl", "Niemand is aangehouden."),
    ],
)
def test_denied_custody_is_no_custody(language: str, text: str) -> None:
    assert "custody" not in sections(document(language, text))


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("es", "La Policía Antidrogas buscó al conductor."),
        ("en", "The Drug Enforcement Administration opened an office."),
    ],
)
def test_the_name_of_a_force_is_no_drug(language: str, text: str) -> None:
    assert not sections(document(language, text)) & {"drugs", "offence"}


def test_held_right_after_people_is_custody() -> None:
    doc = document("en", "Nigerian held near Delhi. The talks held near Delhi failed.")
    assert [(m.label.key, m.sentence) for m in doc.mentions if m.label.section == "custody"] == [
        ("arrested", 0)
    ]


def test_a_chain_ends_where_another_people_is_named() -> None:
    doc = document(
        "en",
        "A Briton was stopped in Lima. He had swallowed capsules. The man was arrested. "
        "A Spaniard came later. He was fined.",
    )
    groups = find_groups(doc)
    chains = {groups[i].nationality: chain for i, chain in find_chains(doc, groups).items()}
    assert chains == {"GB": (0, 1, 2), "ES": (3, 4)}


@pytest.mark.parametrize(
    "text",
    [
        "Two Spaniards were arrested in Lima after a robbery.",
        "The Norwegian won both speed races of the season ahead of a Briton.",
        "A woman was arrested in Lima with two kilos of cocaine.",
    ],
)
def test_no_verdict_without_people_a_custody_and_a_drug(text: str) -> None:
    assert not assess(article("en", text)).relevant


def test_what_an_article_is_about_is_counted_up_to_often() -> None:
    themes = theme_signals(
        document("en", "Cocaine, cocaine, cocaine, cocaine, cocaine: two Danes are in jail.")
    )
    assert themes["theme: drugs cocaine"] == 1.0
    assert 0.0 < themes["theme: custody imprisoned"] < 1.0
    assert not any(name.startswith(("theme: nationality", "theme: country")) for name in themes)
