# ruff: noqa: E501 (sentences of prose)
"""One passage that tells it all, in an article about something else."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pipeline.passages import passage
from pipeline.records import extract
from pipeline.relevance import assess, settled
from pipeline.segments import split_sentences
from tests.pipeline.told import told

ABOUT = {
    "en": (
        "The orchestra opened its new season with a waltz.",
        "The conductor had come back after a long illness.",
        "She spoke about her childhood on a farm and about the piano in the barn.",
        "The critics praised the strings and the patience of the audience.",
        "A second concert follows in spring, with a choir from the valley.",
        "Tickets cost twelve euros, and children pay half.",
    ),
    "es": (
        "La orquesta abrió su nueva temporada con un vals.",
        "La directora volvió tras una larga enfermedad.",
        "Habló de su infancia en una granja y del piano del granero.",
        "La crítica elogió las cuerdas y la paciencia del público.",
        "Un segundo concierto seguirá en primavera, con un coro del valle.",
        "Las entradas cuestan doce euros y los niños pagan la mitad.",
    ),
    "de": (
        "Das Orchester eröffnete seine neue Spielzeit mit einem Walzer.",
        "Die Dirigentin kam nach langer Krankheit zurück.",
        "Sie erzählte von ihrer Kindheit auf einem Hof und vom Klavier in der Scheune.",
        "Die Kritik lobte die Streicher und die Geduld des Publikums.",
        "Ein zweites Konzert folgt im Frühling, mit einem Chor aus dem Tal.",
        "Karten kosten zwölf Euro, Kinder zahlen die Hälfte.",
    ),
    "fr": (
        "L'orchestre a ouvert sa nouvelle saison par une valse.",
        "La cheffe est revenue après une longue maladie.",
        "Elle a parlé de son enfance dans une ferme et du piano de la grange.",
        "La critique a loué les cordes et la patience du public.",
        "Un second concert suivra au printemps, avec un chœur de la vallée.",
        "Les billets coûtent douze euros, et les enfants paient la moitié.",
    ),
}
TOLD = {
    "en": "Her first pianist, a Norwegian, was arrested in Thailand for smuggling heroin and sentenced to thirty years in prison.",
    "es": "Su primer pianista, un noruego, fue detenido en Tailandia por tráfico de heroína y condenado a treinta años de prisión.",
    "de": "Ihr erster Pianist, ein Norweger, wurde in Thailand wegen Heroinschmuggels verhaftet und zu dreißig Jahren Haft verurteilt.",
    "fr": "Son premier pianiste, un Norvégien, a été arrêté en Thaïlande pour trafic d'héroïne et condamné à trente ans de prison.",
}


def article(language: str, passing: str) -> str:
    return " ".join((*ABOUT[language], passing, *ABOUT[language][::-1], *ABOUT[language] * 4))


@pytest.mark.parametrize("language", sorted(ABOUT))
def test_a_sentence_in_passing_makes_an_article_relevant(language: str) -> None:
    text = article(language, TOLD[language])
    read = told(language, text)
    assert assess(read).relevant
    (record,) = extract(read)
    assert (record.nationality, record.country) == ("NO", "TH")
    assert text[record.evidence.start : record.evidence.end] == record.evidence.text == TOLD[language]


@pytest.mark.parametrize("language", sorted(ABOUT))
def test_an_article_without_it_is_not(language: str) -> None:
    read = told(language, article(language, ABOUT[language][0]))
    assert not assess(read).relevant
    said = settled(read)
    assert said is None or not said.relevant


def test_somebody_at_home_or_another_crime_is_no_such_passage() -> None:
    for passing in (
        "Her first pianist, a Norwegian, was arrested in Oslo for smuggling heroin.",
        "Her first pianist, a Norwegian, was arrested in Thailand for stealing a bicycle.",
        "Her first pianist, a Norwegian, is wanted in Thailand for smuggling heroin.",
    ):
        assert not assess(told("en", article("en", passing))).relevant, passing


def test_a_passage_keeps_its_place_in_the_text() -> None:
    whole = told("en", article("en", TOLD["en"]))
    part = passage(whole, 6)
    for segment in part.segments:
        assert part.text[segment.start : segment.end] == whole.text[segment.start : segment.end]
    assert [segment.start for segment in part.segments] == [s.start for s in whole.segments[5:8]]
    assert not part.text[: part.segments[0].start].strip()


def test_a_title_is_no_part_of_a_passage() -> None:
    text = f"A concert\n{article('en', TOLD['en'])}"
    titled = replace(told("en", text), title="A concert", segments=split_sentences(text, "en"))
    assert [segment.paragraph for segment in passage(titled, 1).segments] == [1, 1]
