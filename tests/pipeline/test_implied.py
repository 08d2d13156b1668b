"""People of the readers' own country whom a story told at home never calls so, in invented texts."""

from __future__ import annotations

import pytest

from pipeline.home_words import home_words
from pipeline.implied import FORM
from pipeline.understand import read
from pipeline.vocabulary import LANGUAGES
from tests.pipeline.told import told


def implied(language: str, country: str, text: str) -> list[tuple[str, int | None]]:
    """Nationality and number of the people whom only the outlet's country makes out."""
    groups = read(told(language, text, country)).groups
    return [(g.nationality, g.count) for g in groups if g.form == FORM]


@pytest.mark.parametrize(
    ("language", "country", "text"),
    [
        (
            "en",
            "IE",
            "It goes back to Galway. His mother rang us. He was jailed in Lima over cocaine.",
        ),
        ("es", "MX", "La casa está en Culiacán. Su madre espera. Lo condenaron en Malasia por heroína."),
        ("pt", "BR", "Tudo começou em Goiânia. A mãe chora. Ele está preso na Tailândia com cocaína."),
        ("fr", "FR", "Cela commence à Lille. Sa mère attend. Il est détenu au Maroc pour du haschisch."),
        ("it", "IT", "Tutto comincia a Prato e a Firenze. La madre aspetta. È detenuto in Perù per cocaina."),
        ("de", "DE", "Es beginnt in Köln. Die Mutter wartet. Er sitzt in Thailand wegen Heroin in Haft."),
        ("nl", "NL", "Het begint in Utrecht. Zijn moeder wacht. Hij zit vast in Peru wegens cocaïne."),
    ],
)
def test_the_readers_own(language: str, country: str, text: str) -> None:
    assert implied(language, country, text) == [(country, 1)]


@pytest.mark.parametrize(
    ("language", "country", "text"),
    [
        ("en", "IE", "It began in Galway. Two Irishmen were jailed in Lima over cocaine."),  # named
        ("en", "IE", "It began in Galway. He was jailed in Cork over cocaine."),  # at home
        ("en", "IE", "He was jailed in Lima over cocaine."),  # nothing of home
        ("en", "IE", "It began in Galway. He was jailed in Lima over a stolen car."),  # no drugs
        ("en", "IE", "It began in Galway. Three Poles were jailed in Lima over cocaine."),  # others
        ("en", "IE", "It began in Galway. Convicted in Lima over cocaine, he is still at large."),  # free
    ],
)
def test_nobody_is_implied(language: str, country: str, text: str) -> None:
    assert implied(language, country, text) == []


def test_each_language_has_words_of_a_family() -> None:
    assert all(home_words("family", language) for language in LANGUAGES)
