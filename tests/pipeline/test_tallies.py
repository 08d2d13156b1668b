"""Counts that stand beside their people, and numbers that may count somebody."""

from __future__ import annotations

import pytest

from pipeline.figures import shares_of_ten
from pipeline.groups import Group, find_groups
from pipeline.mentions import read_document
from pipeline.rosters import ages_beside
from pipeline.understand import read
from tests.pipeline.told import told


def _groups(text: str, language: str, country: str | None = None) -> tuple[Group, ...]:
    return read(told(language, text, country)).groups


def _counts(text: str, language: str, country: str | None = None) -> dict[str, int | None]:
    return {
        g.nationality: g.count
        for g in _groups(text, language, country)
        if not g.form.startswith("number") and g.form not in ("attribute", "region")
    }


@pytest.mark.parametrize(
    ("language", "text", "counts"),
    [
        (
            "es",
            "El grupo mayor fue el de los españoles (49), seguido por mexicanos (19).",
            {"ES": 49, "MX": 19},
        ),
        ("fr", "Viennent ensuite les Algériens (1 693), les Marocains (1 321).", {"DZ": 1693, "MA": 1321}),
        ("fr", "On relève Italiens et Turcs, 190 chacun.", {"IT": 190, "TR": 190}),
        ("it", "I marocchini sono 164, i romeni 98, gli albanesi 91.", {"MA": 164, "RO": 98, "AL": 91}),
        ("en", "Vietnamese came next with 440, followed by Chinese with 160.", {"VN": 440, "CN": 160}),
        ("fr", "Les Yéménites constituent le groupe le plus touché, avec 37 suppliciés.", {"YE": 37}),
        ("es", "Los colombianos en prisiones chinas son 163, precisó.", {"CO": 163}),
        ("en", "Foreign nationals made up 98 of the total.", {"XX": 98}),
        ("nl", "In de gevangenis verblijven 34 andere buitenlanders.", {"XX": 34}),
        ("de", "Der Niederländer wurde festgenommen.", {"NL": 1}),
        ("es", "Los condenados son los ecuatorianos Ana Paz, Luis Mora y Juan Rey.", {"EC": 3}),
        ("fr", "Un couple de Brésiliens a été arrêté à Roissy.", {"BR": 2}),
    ],
)
def test_phrases_have_the_counts_beside_them(language: str, text: str, counts: dict[str, int]) -> None:
    found = _counts(text, language)
    assert {n: found.get(n) for n in counts} == counts


def test_an_age_behind_one_person_is_no_count() -> None:
    assert _counts("A Colombian, 34, was arrested in Lima.", "en")["CO"] == 1


def test_compatriots_are_of_those_spoken_of_where_the_outlet_has_none() -> None:
    text = "Dos canadienses fueron detenidos. En otro caso cayeron tres compatriotas."
    assert {g.nationality for g in _groups(text, "es", "DO") if g.form == "compatriot"} == {"CA"}


def test_compatriots_are_of_the_outlets_country_where_nobody_else_is_spoken_of() -> None:
    assert {g.nationality for g in _groups("Tres connacionales fueron detenidos.", "es", "MX")} >= {"MX"}


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Nine out of ten are couriers."),
        ("es", "Nueve de cada diez llegaron por narcotráfico."),
        ("de", "Neun von zehn sind Kuriere."),
        ("fr", "Quatre sur dix y sont pour la drogue."),
        ("nl", "Negen op de tien zitten voor hasj."),
    ],
)
def test_ratios_count_nobody(language: str, text: str) -> None:
    assert len(shares_of_ten(read_document(told(language, text)))) == 2


def _pairs(text: str, language: str, form: str) -> set[tuple[str, str, int | None]]:
    return {(g.nationality, g.country, g.count) for g in _groups(text, language) if g.form == form}


@pytest.mark.parametrize(
    ("language", "text", "pairs"),
    [
        (
            "en",
            "There are 40 Malaysians in jail. Of these, 10 were nabbed in Indonesia, nine in Singapore.",
            {("MY", "ID", 10), ("MY", "SG", 9)},
        ),
        (
            "fr",
            "Il y a 950 Français. L'Espagne vient en tête, avec 389 détenus, devant le Maroc (178).",
            {("FR", "ES", 389), ("FR", "MA", 178)},
        ),
        (
            "nl",
            "Er zitten 2.156 Nederlanders vast, vooral in Duitsland (424), Spanje (231) en Portugal (89).",
            {("NL", "DE", 424), ("NL", "ES", 231), ("NL", "PT", 89)},
        ),
    ],
)
def test_numbers_beside_countries_may_be_of_those_held_there(
    language: str, text: str, pairs: set[tuple[str, str, int]]
) -> None:
    assert pairs <= _pairs(text, language, "number at")


def test_numbers_beside_countries_may_be_of_those_who_come_from_there() -> None:
    text = "Foreigners made up 98 of the total: 59 Nigerians and three each from Israel, Russia and Britain."
    assert {("IL", "", 3), ("RU", "", 3), ("GB", "", 3)} <= _pairs(text, "en", "number of")


def test_a_number_that_belongs_to_a_country_is_read_in_no_other_way() -> None:
    text = "Hay 600 extranjeros presos: Perú (240), Colombia (173) y Chile (90)."
    bare = {g.count for g in _groups(text, "es") if g.form == "number"}
    assert not bare & {240, 173, 90}


def test_ages_of_a_sentence_count_its_people() -> None:
    document = read_document(told("it", "Gli arrestati sono un 25enne e un 24enne, tunisini."))
    group = next(g for g in find_groups(document) if g.nationality == "TN")
    assert ages_beside(document, group) == 2


def test_many_numbers_and_phrases_are_read_in_time_that_grows_with_the_text() -> None:
    sentence = "In 2014, 24 foreigners and 9 Indians were held in Peru, 5 in Chile. "
    groups = _groups(sentence * 60, "en")
    assert len(groups) >= 120
    assert sum(g.form.startswith("number") for g in groups) <= 4 * 120 * 3


@pytest.mark.parametrize(
    ("language", "text", "nationality", "count"),
    [
        ("en", "Three crew members, all of them Venezuelan, were convicted.", "VE", 3),
        ("fr", "À l'intérieur, quatre hommes, tous de nationalité albanaise, sont arrêtés.", "AL", 4),
        ("nl", "Zijn vier passagiers, allen van Zuid-Afrikaanse nationaliteit, zijn aangehouden.", "ZA", 4),
        ("es", "Detuvieron a cinco hombres, todos de nacionalidad colombiana, con droga.", "CO", 5),
        ("es", "Fueron detenidas dos parejas de mexicanos con cocaína.", "MX", 4),
        ("es", "Dos de cada diez mexicanos presos son mujeres.", "MX", None),
        ("en", "Eight in ten prisoners are Nigerians.", "NG", None),
        ("it", "Sono circa tremila gli afghani reclusi per droga.", "AF", 3000),
    ],
)
def test_all_of_them_couples_and_shares(
    language: str, text: str, nationality: str, count: int | None
) -> None:
    assert _counts(text, language)[nationality] == count


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "A man of 70 from Leeds sits in a cell in Peru."),
        ("en", "A youth worker, 43, from Leeds was jailed in Dubai."),
        ("en", "The Briton, a welder, now 61, was arrested in Peru."),
    ],
)
def test_an_age_is_no_bare_number(language: str, text: str) -> None:
    assert not [g for g in _groups(text, language) if g.form.startswith("number")]


def test_a_headline_in_capitals_lists_no_names() -> None:
    assert _counts("AFGHANI IN CARCERE PER DROGA, TRECENTO ATTENDONO", "it")["AF"] is None


@pytest.mark.parametrize(
    ("language", "text", "count"),
    [
        ("en", "The number of Pakistanis beheaded for drugs since 2014 has reached 42.", 42),
        ("es", "El número de paquistaníes presos por drogas llegó a 42.", 42),
        ("en", "The number of Pakistanis held is small beside the number in Iran, which was at 420.", None),
    ],
)
def test_a_tally_reaches_its_number(language: str, text: str, count: int | None) -> None:
    assert _counts(text, language)["PK"] == count


@pytest.mark.parametrize(
    ("language", "text", "counts"),
    [
        (
            "de",
            "Dort sitzen 90 Ausländer. 19 kamen aus Spanien, 14 aus Rumänien und zwölf aus Nigeria.",
            {"ES": 19, "RO": 14, "NG": 12},
        ),
        (
            "it",
            "Il carcere ospita 40 stranieri: 12 vengono dal Marocco, nove dalla Tunisia e tre dall'Albania.",
            {"MA": 12, "TN": 9, "AL": 3},
        ),
        (
            "fr",
            "Parmi les étrangers, douze viennent du Maroc, neuf d'Algérie et trois de Tunisie.",
            {"MA": 12, "DZ": 9, "TN": 3},
        ),
        (
            "en",
            "There were 660 foreigners: 25 were from Myanmar and 18 from Bangladesh; Ghana had 13.",
            {"MM": 25, "BD": 18, "GH": 13},
        ),
    ],
)
def test_a_list_that_begins_with_a_verb_gives_each_country_its_own_number(
    language: str, text: str, counts: dict[str, int]
) -> None:
    read_as = {g.nationality: g.count for g in _groups(text, language) if g.form in ("headless", "number of")}
    assert read_as == counts
