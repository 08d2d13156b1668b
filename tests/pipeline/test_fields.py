"""Candidates of fields: which values are there, and whose sentence they stand in."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from pipeline.fields import drugs, load, place, share, stage, when
from pipeline.fields.case import Candidate, Case, Reading
from pipeline.fields.choose import choose_together
from pipeline.model import Model
from pipeline.records import case_of
from pipeline.understand import read
from tests.pipeline.told import told


def _read(text: str, language: str, country: str | None = None) -> Reading:
    return read(told(language, text, country, published=datetime(2020, 6, 15, tzinfo=UTC)))


def _case(reading: Reading, nationality: str, country: str, kind: str = "event") -> Case:
    group = next(g for g in reading.groups if g.nationality == nationality)
    return Case(reading, group, country, kind=kind, stage="arrested", own=(group.sentence,))


ROUND_UP = (
    "Police in Lima said two cases came up this week. A Briton was arrested with 3 kilos of cocaine. "
    "He had flown in from Bogotá. A Dutchman was stopped with 200 grams of heroin. He is in custody."
)


def test_a_sentence_without_people_runs_on_from_the_one_before() -> None:
    reading = _read(ROUND_UP, "en", "PE")
    briton, dutchman = _case(reading, "GB", "PE"), _case(reading, "NL", "PE")
    assert [briton.whose(i) for i in (1, 2, 3, 4)] == ["mine", "mine, run on", "others'", "others', run on"]
    assert [dutchman.whose(i) for i in (1, 3, 4)] == ["others'", "mine", "mine, run on"]


@pytest.mark.parametrize(
    ("language", "nationality", "text"),
    [
        (
            "en",
            "GB",
            "A Briton was arrested in Lima in May. He had two kilos of cocaine. "
            "Another Briton was arrested in Quito. He was released on Friday.",
        ),
        (
            "es",
            "CO",
            "Un colombiano fue detenido en Lima en mayo. Llevaba dos kilos de cocaína. "
            "Otro colombiano fue detenido en Quito. El viernes quedó en libertad.",
        ),
        (
            "pt",
            "BR",
            "Um brasileiro foi detido em Lima em maio. Levava dois quilos de cocaína. "
            "Outro brasileiro foi detido em Quito. Na sexta-feira saiu em liberdade.",
        ),
        (
            "fr",
            "BE",
            "Un Belge a été arrêté à Lima en mai. Il avait deux kilos de cocaïne. "
            "Un autre Belge a été arrêté à Quito. Il a été libéré vendredi.",
        ),
        (
            "de",
            "AT",
            "Ein Österreicher wurde im Mai in Lima festgenommen. Er hatte zwei Kilo Kokain dabei. "
            "Ein weiterer Österreicher wurde in Quito festgenommen. Er kam am Freitag frei.",
        ),
        (
            "it",
            "AL",
            "Un albanese è stato arrestato a Lima a maggio. Aveva due chili di cocaina. "
            "Un altro albanese è stato arrestato a Quito. Venerdì è stato liberato.",
        ),
        (
            "nl",
            "PL",
            "Een Pool werd in mei in Lima aangehouden. Hij had twee kilo cocaïne bij zich. "
            "Een andere Pool werd in Quito aangehouden. Hij kwam vrijdag vrij.",
        ),
    ],
)
def test_what_is_said_of_a_countryman_in_another_case_is_not_theirs(
    language: str, nationality: str, text: str
) -> None:
    reading = _read(text, language)
    named = [g for g in reading.groups if g.nationality == nationality]
    first, second = (next(g for g in named if g.sentence == sentence) for sentence in (0, 2))
    case = case_of(reading, first, "PE", "event", (first,), (second,), (second,))
    assert [case.whose(i) for i in range(4)] == ["mine", "mine, run on", "others'", "others', run on"]
    released = {c.value: c.signals for c in stage.candidates(case)}["released"]
    assert "act in mine" not in released
    alone = case_of(reading, first, "PE", "event", (first, second), ())
    assert alone.whose(2) == "mine"


def test_drugs_and_loads_know_whose_they_are() -> None:
    reading = _read(ROUND_UP, "en", "PE")
    case = _case(reading, "NL", "PE")
    by_drug = {c.value: c.signals for c in drugs.candidates(case)}
    assert by_drug["heroin"]["nearest"] == 1.0
    assert by_drug["cocaine"]["not here, others here"] == 1.0
    by_load = {c.value: c.signals for c in load.candidates(case)}
    assert set(by_load) == {None, 3.0, 0.2}
    assert by_load[3.0]["not mine, others mine"] == 1.0


def test_a_stage_named_for_others_only_says_so() -> None:
    text = "A Briton was arrested on Monday. A Frenchman was acquitted in another case."
    case = _case(_read(text, "en", "TH"), "GB", "TH")
    by_stage = {str(c.value): c.signals for c in stage.candidates(case)}
    assert by_stage["released"]["act only others'"] == 1.0
    assert by_stage["arrested"]["act here"] == 1.0


def test_a_period_stands_for_its_ends_and_its_year_too() -> None:
    text = "So far this year 20 Britons have been arrested in Thailand."
    values = {c.value for c in when.candidates(_case(_read(text, "en", "GB"), "GB", "TH", "flow"))}
    assert {"2020-01/2020-06", "2020", "2020-06-15", None} <= values


@pytest.mark.parametrize(
    ("language", "text", "nationality", "country", "name"),
    [
        ("en", "A Briton was arrested in Kvarnabo on Monday.", "GB", "SE", "Kvarnabo"),
        ("it", "Un tunisino è stato arrestato nel parco Belforte.", "TN", "IT", "Belforte"),
        ("nl", "Een Brit is aangehouden in Zwartebroek.", "GB", "NL", "Zwartebroek"),
    ],
)
def test_a_name_after_in_may_be_the_place(
    language: str, text: str, nationality: str, country: str, name: str
) -> None:
    case = _case(_read(text, language, country), nationality, country)
    assert name in {c.value for c in place.candidates(case)}


def test_a_part_for_drugs_gives_a_share() -> None:
    text = "Last year 25 Britons were jailed in Thailand, 20 of them for drugs."
    case = _case(_read(text, "en", "GB"), "GB", "TH", "flow")
    assert 80.0 in {c.value for c in share.candidates(case)}


@pytest.mark.parametrize(
    ("language", "text", "nationality", "country", "stated"),
    [
        ("en", "Peru holds 200 Mexicans, 97 percent of whom were convicted of cocaine trafficking.",
         "MX", "PE", 97),
        ("en", "In Panama, 96 % of the 94 Mexican prisoners were held on drug charges, while 92 percent "
         "were behind bars for the same reason in Colombia.", "MX", "PA", 96),
        ("es", "Hay 90 colombianos presos en Perú, el 80 por ciento de ellos condenados por narcotráfico.",
         "CO", "PE", 80),
        ("en", "104 Australians (28 per cent) were in jail for drugs in Peru.",
         "AU", "PE", 100),
    ],
)  # fmt: skip
def test_a_share_that_its_sentence_states(
    language: str, text: str, nationality: str, country: str, stated: float
) -> None:
    case = _case(_read(text, language), nationality, country, "stock")
    assert [c.value for c in share.candidates(case)] == [stated]


def test_an_average_without_an_offence_has_no_share() -> None:
    reading = _read("The embassy counted an average of ten Mexicans detained annually in Peru.", "en")
    assert [c.value for c in share.candidates(_case(reading, "MX", "PE", "flow"))] == [None]


def test_the_sentences_before_the_first_people_are_theirs() -> None:
    text = (
        "It turned into 36 months in jail. He will serve all of them. A Briton was stopped at Lima airport."
    )
    assert [_case(_read(text, "en", "PE"), "GB", "PE").whose(i) for i in (0, 1, 2)] == [
        "mine, ahead", "mine, ahead", "mine",
    ]  # fmt: skip


def test_the_date_of_its_own_sentence_governs_a_figure() -> None:
    text = "In the first half of 2016 six Britons were held. In 2014 nine Indians were held."
    reading = _read(text, "en", "NP")
    case = _case(reading, "IN", "NP", "flow")
    signals = {c.value: c.signals for c in when.candidates(case)}
    assert signals["2014"]["figure governs"] == 1.0
    assert signals["2016-01/2016-06"]["figure elsewhere, date here"] == 1.0


def test_years_of_births_and_laws_are_known() -> None:
    text = "Der Albaner, geboren 1963, wurde 2019 verhaftet. Das Gesetz von 1952 ist streng."
    case = _case(_read(text, "de", "AT"), "AL", "AT")
    signals = {c.value: c.signals for c in when.candidates(case)}
    assert "1963" not in signals
    assert signals["1952"]["of a law"] == 1.0
    assert "of a law" not in signals["2019"]


def test_dates_of_one_month_speak_together() -> None:
    options = (
        Candidate("2019-04", {"a": 1.0}),
        Candidate("2019-06-02", {"b": 1.0}),
        Candidate("2019-06", {"b": 1.0}),
    )
    best = choose_together(options, Model({"a": 1.0, "b": 0.9}), lambda value: value[:7])
    assert best.value == "2019-06-02"


def test_a_city_and_its_airport_are_known_by_one_word() -> None:
    names = ("Kuala Lumpur", "Flughafen von Kuala Lumpur", "Kuala Lumpur International Airport")
    assert {place.known_by(name) for name in names} == {"lumpur"}
    assert place.known_by(None) is None
    assert place.known_by("aeropuerto") == "aeropuerto"


def test_a_name_that_comes_again_says_so() -> None:
    text = "Police raided a barn in Groblersdal. A Briton was arrested in Groblersdal, far from Xanthia."
    signals = {c.value: c.signals for c in place.candidates(_case(_read(text, "en", "ZA"), "GB", "ZA"))}
    assert signals["Groblersdal"].get("unknown, said again") == 1.0


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "A Briton was caught in Lima. So was a Dutchman. All of them are charged."),
        ("es", "Un británico cayó en Lima. También un holandés. Ambos fueron acusados."),
        ("fr", "Un Britannique a été pris à Lima. Un Néerlandais aussi. Tous sont poursuivis."),
        ("de", "Ein Brite wurde in Lima gefasst. Ein Niederländer auch. Beide sind angeklagt."),
        ("it", "Un britannico è stato preso a Lima. Anche un olandese. Entrambi sono a processo."),
        ("pt", "Um britânico foi apanhado em Lima. Um holandês também. Ambos são arguidos."),
        ("nl", "Een Brit werd gepakt in Lima. Een Spanjaard ook. Allebei staan terecht."),
    ],
)
def test_what_is_said_of_all_is_said_of_those_named_first_too(language: str, text: str) -> None:
    case = _case(_read(text, language, "PE"), "GB", "PE")
    assert case.whose(2) == "shared, in all"


def test_a_drug_of_a_doubtful_word_only_says_so() -> None:
    reading = _read("A Briton was arrested in Lima with weed and 3 kilos of cocaine.", "en", "PE")
    signals = {c.value: c.signals for c in drugs.candidates(_case(reading, "GB", "PE"))}
    assert signals["cannabis"].get("only by a doubtful word") == 1.0
    assert "only by a doubtful word" not in signals["cocaine"]


def _places(text: str, language: str, nationality: str, country: str) -> dict[str | None, dict[str, float]]:
    case = _case(_read(text, language), nationality, country)
    return {c.value: c.signals for c in place.candidates(case)}


def test_the_town_of_a_court_is_told_from_where_they_were_caught() -> None:
    text = "Das Landgericht Magdeburg verurteilte einen Polen. Gefasst wurde er in Erfurt."
    found = _places(text, "de", "PL", "DE")
    assert found["Magdeburg"]["of a court"] == 1.0
    assert "of a court" not in found["Erfurt"]


def test_a_place_is_narrower_than_the_one_behind_it() -> None:
    found = _places("A Pole was arrested in Ludhiana, in Punjab, with a kilo.", "en", "PL", "IN")
    assert found["Ludhiana"]["in a wider event"] == found["Punjab"]["around a narrower event"] == 1.0


def test_first_letters_are_the_name_that_is_written_out() -> None:
    text = "A Pole was arrested at Indira Gandhi International Airport. At IGI airport they found a kilo."
    found = _places(text, "en", "PL", "IN")
    assert "Indira Gandhi International Airport" in found
    assert not [name for name in found if name and name.startswith("IGI")]


def test_a_bare_facility_is_no_place() -> None:
    found = _places("Un Polonais a été arrêté à Lyon et écroué à la maison d'arrêt.", "fr", "PL", "FR")
    assert set(found) == {None, "Lyon"}


@pytest.mark.parametrize(
    ("language", "text", "name"),
    [
        ("fr", "Wuvendaal : un Polonais arrêté avec un kilo de cocaïne.", "Wuvendaal"),
        ("it", "BORGOSENTO. I carabinieri hanno arrestato un polacco.", "BORGOSENTO"),
        ("es", "VILLASENDA (Agencias).- Un polaco fue detenido con un kilo.", "VILLASENDA"),
    ],
)
def test_a_name_that_opens_the_text_may_be_the_place(language: str, text: str, name: str) -> None:
    assert _places(text, language, "PL", "XX")[name]["head"] == 1.0


@pytest.mark.parametrize(
    ("language", "text", "value"),
    [
        ("en", "A Dutchman, born in 1963, was arrested in Lima.", None),
        ("fr", "Un Néerlandais né en 1963 a été arrêté à Lima.", None),
        ("de", "Ein Niederländer, geboren 1963, wurde in Lima verhaftet.", None),
        ("fr", "Un Néerlandais ne fut arrêté à Lima qu'en 1963.", "1963"),
    ],
)
def test_nobody_is_arrested_in_the_year_of_a_birth(language: str, text: str, value: str | None) -> None:
    values = {c.value for c in when.candidates(_case(_read(text, language), "NL", "PE"))}
    assert ("1963" in values) == (value is not None)


@pytest.mark.parametrize(
    ("language", "text", "signal"),
    [
        ("en", "There are 331 Dutchmen in prison in Peru, of whom 58 for drugs.", "part for drugs here"),
        ("es", "Hay 331 holandeses presos en Perú, 58 de ellos por drogas.", "part for drugs here"),
        ("pt", "Há 331 holandeses presos no Peru, 58 deles por drogas.", "part for drugs here"),
        ("fr", "Il y a 331 Néerlandais en prison au Pérou, dont 58 pour drogue.", "part for drugs here"),
        ("de", "In Peru sind 331 Niederländer in Haft, 58 davon wegen Drogen.", "part for drugs here"),
        ("it", "In Perù sono detenuti 331 olandesi, 58 dei quali per droga.", "part for drugs here"),
        ("nl", "In Peru zitten 331 Nederlanders vast, van wie 58 wegens drugs.", "part for drugs here"),
        ("en", "There are 331 Dutchmen in prison in Peru, most of them for drugs.", "most for drugs here"),
        ("de", "In Peru sind 331 Niederländer in Haft, die meisten wegen Drogen.", "most for drugs here"),
    ],
)
def test_a_part_for_drugs_tells_that_the_whole_counts_all(language: str, text: str, signal: str) -> None:
    case = _case(_read(text, language), "NL", "PE", "stock")
    signals = {c.value: c.signals for c in share.candidates(case)}
    assert signals[None][f"none {signal}"] == 1.0
    assert signals[100][f"all {signal}"] == 1.0


def test_a_part_of_those_held_for_drugs_is_no_part_for_drugs() -> None:
    text = "There are 331 Dutchmen in prison for drugs in Peru, most of them young, and 58 in Lima."
    case = _case(_read(text, "en"), "NL", "PE", "stock")
    for option in share.candidates(case):
        assert not any("for drugs here" in name and value for name, value in option.signals.items())


@pytest.mark.parametrize(
    ("language", "text", "name", "kind"),
    [
        ("en", "A Pole was arrested and is in Sondabar jail.", "Sondabar jail", "prison"),
        ("es", "Un polaco fue detenido y está en el penal de Sondabar.", "penal de Sondabar", "prison"),
        ("pt", "Um polaco foi preso e está no presídio de Sondabar.", "presídio de Sondabar", "prison"),
        ("fr", "Un Polonais arrêté est détenu dans la prison de Sondabar.", "prison de Sondabar", "prison"),
        ("it", "Un polacco arrestato si trova nel carcere di Sondabar.", "carcere di Sondabar", "prison"),
        ("nl", "Een Pool zit sinds zijn arrestatie in de gevangenis van Sondabar.", "Sondabar", "prison"),
        ("en", "A Pole was arrested at Sondabar airport.", "Sondabar airport", "airport"),
    ],
)
def test_a_word_beside_an_unknown_name_says_what_it_is(
    language: str, text: str, name: str, kind: str
) -> None:
    found = _places(text, language, "PL", "XX")
    (signals,) = [s for place, s in found.items() if place and name in place]
    assert signals["unknown"] == signals[kind] == 1.0


def test_a_known_place_says_where_an_unknown_one_is() -> None:
    found = _places("Un polacco è stato arrestato a Sondabar, nel Punjab.", "it", "PL", "IN")
    assert found["Sondabar"]["unknown, in a wider"] == 1.0


def test_a_prison_service_is_no_prison() -> None:
    text = "Hay 40 polacos presos, informó el Instituto Nacional Penitenciario."
    assert _places(text, "es", "PL", "PE").keys() == {None}
    text = "Hay 40 polacos presos en el Servicio Penitenciario Federal."
    assert _places(text, "es", "PL", "AR").keys() == {None}
