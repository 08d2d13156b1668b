"""Which phrases make one record: lists, figures, cases, and what tells a second case from the first."""

from __future__ import annotations

import pytest

from pipeline.drafts import draft
from pipeline.fields.case import Reading
from pipeline.model import Model
from pipeline.splits import split_signals
from pipeline.understand import Held, read
from tests.pipeline.told import told

WEIGHTS = {
    "kind": Model(
        {"event: small: weight": 0.0, "event: one": 3.0, "event: few": 2.0, "flow: tells act": 1.0}
    ),
    "split": Model({"bias": -2.0, "another": 4.0}),
}


def _reading(text: str, language: str) -> Reading:
    return read(told(language, text))


def _held(reading: Reading, country: str, probability: float = 0.9) -> tuple[Held, ...]:
    return tuple(
        Held(g, probability, probability, g.country or country, 1.0)
        for g in reading.groups
        if g.form != "attribute" and not g.form.startswith("number")
    )


def _drafts(text: str, language: str, country: str) -> list[tuple[str, str, int | None]]:
    reading = _reading(text, language)
    return [
        (d.nationality, str(d.kind), d.lead.group.count)
        for d in draft(reading, _held(reading, country), WEIGHTS)
    ]


def test_one_case_of_two_nationalities_is_two_records() -> None:
    assert _drafts("A Briton and two Dutchmen were arrested in Lima.", "en", "PE") == [
        ("GB", "event", 1),
        ("NL", "event", 2),
    ]


def test_a_phrase_that_comes_back_to_the_same_person_is_no_record() -> None:
    text = "A Briton was arrested in Lima on Monday. The Briton had two kilos of cocaine."
    assert _drafts(text, "en", "PE") == [("GB", "event", 1)]


def test_another_person_is_another_record() -> None:
    text = (
        "A Briton was arrested in Lima. He had cocaine. He is in jail.\nIn May another Briton was held there."
    )
    assert _drafts(text, "en", "PE") == [("GB", "event", 1), ("GB", "event", 1)]


def test_a_total_of_named_nationalities_is_no_record_of_a_case() -> None:
    text = "Three foreigners were arrested in Lima: a Briton and two Dutchmen."
    assert {n for n, _, _ in _drafts(text, "en", "PE")} == {"GB", "NL"}


def test_a_foreigner_more_is_no_total_of_those_before() -> None:
    text = (
        "Two Syrians were arrested in Kuwait with cocaine. The Syrians were charged. "
        "Later the police arrested a foreign woman with pills."
    )
    assert ("XX", "event", 1) in _drafts(text, "en", "KW")


def test_people_of_the_country_itself_are_no_record() -> None:
    assert [n for n, _, _ in _drafts("A Peruvian and a Briton were arrested.", "en", "PE")] == ["GB"]


def test_who_is_known_to_be_at_home_only_is_where_the_foreign_outlet_is() -> None:
    text = "Two Britons from Leeds were jailed at Inner Harbour."
    for outlet, country in (("TT", ["TT"]), ("GB", []), (None, [])):
        reading = read(told("en", text, outlet))
        drafts = draft(reading, _held(reading, "GB"), WEIGHTS)
        assert [d.country for d in drafts] == country


def test_split_signals_tell_ages_and_dates_apart() -> None:
    text = (
        "A Briton, 34, was arrested in Lima. He had cocaine in a bag. He is in jail.\n"
        "Another Briton, 58, was caught in 2009 with heroin."
    )
    reading = _reading(text, "en")
    first, second = [g for g in reading.groups if g.nationality == "GB" and g.counted_by == "article"]
    signals = split_signals(reading, first, second)
    assert signals["another"] == 1.0
    assert signals["other age"] == 1.0
    assert signals["date"] == 1.0


def test_the_same_age_speaks_for_the_same_person() -> None:
    text = "A Briton, 34, was arrested. He had cocaine. He wept.\nThe Briton, 34, will be tried in May."
    reading = _reading(text, "en")
    first, second = [g for g in reading.groups if g.nationality == "GB" and not g.form.startswith("number")]
    assert split_signals(reading, first, second)["same age"] == 1.0


def test_a_round_number_stands_for_the_exact_one() -> None:
    text = "Nearly seven hundred Filipinos are jailed abroad. There are 694 Filipinos in prison for drugs."
    weights = WEIGHTS | {"kind": Model({"stock: bias": 5.0})}
    reading = _reading(text, "en")
    held = _held(reading, "XX")
    assert [d.lead.group.count for d in draft(reading, held, weights)] == [694]


def test_a_million_are_no_detainees() -> None:
    assert _drafts("Close to 1,000,000 Tajiks work in Russia. Two Tajiks were arrested.", "en", "RU") == [
        ("TJ", "event", 2)
    ]


def test_another_of_them_is_said_by_the_phrase() -> None:
    for language, text in (
        ("en", "Two Britons were arrested in Lima. A week later another Briton was held there."),
        ("it", "Due italiani sono stati arrestati. Un quarto italiano è stato assolto."),
        ("pt", "Um brasileiro foi preso. Outro brasileiro espera a sentença."),
    ):
        reading = _reading(text, language)
        groups = [h.group for h in _held(reading, "PE")]
        assert split_signals(reading, groups[0], groups[-1]).get("different") == 1.0


def test_a_bare_list_is_of_the_kind_of_the_sentence_before() -> None:
    text = "In 2013 customs arrested 28 Italians and 40 Poles. The list is led by nine Dutchmen."
    weights = WEIGHTS | {"kind": Model({"flow: cue flow": 2.0, "flow: date year": 2.0, "event: few": 1.0})}
    reading = _reading(text, "en")
    drafts = draft(reading, _held(reading, "CU"), weights)
    assert {str(d.kind) for d in drafts} == {"flow"}


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("de", "Wegen Drogen sitzen 312 Deutsche in ausländischen Gefängnissen."),
        ("nl", "Wegens drugs zitten 312 Belgen in buitenlandse cellen."),
        ("fr", "Pour drogue, 312 Belges sont détenus dans des prisons étrangères."),
        ("it", "Per droga 312 italiani sono detenuti in carceri straniere."),
        ("en", "Some 312 Germans are held in foreign prisons over drugs."),
        ("es", "Por drogas hay 312 españoles en cárceles extranjeras."),
        ("pt", "Por droga há 312 portugueses em prisões estrangeiras."),
    ],
)
def test_a_word_that_counts_nobody_is_no_figure_of_one(language: str, text: str) -> None:
    reading = _reading(text, language)
    drafts = draft(reading, _held(reading, "XX"), WEIGHTS | {"kind": Model({"stock: bias": 5.0})})
    assert [d.lead.group.count for d in drafts] == [312]


def test_a_figure_of_one_stands_in_a_list() -> None:
    weights = WEIGHTS | {"kind": Model({"stock: bias": 5.0})}
    for language, text in (
        ("en", "In jail are 41 Nigerians, 12 Poles and one Briton."),
        ("de", "In Haft sind 41 Nigerianer, zwölf Polen und ein Brite."),
        ("es", "En la cárcel hay 41 nigerianos, doce polacos y un británico."),
        ("pt", "Na cadeia estão 41 nigerianos, doze polacos e um britânico."),
        ("fr", "En prison se trouvent 41 Nigérians, douze Polonais et un Britannique."),
        ("it", "In carcere ci sono 41 nigeriani, dodici polacchi e un britannico."),
        ("nl", "In de cel zitten 41 Nigerianen, twaalf Polen en één Brit."),
    ):
        reading = _reading(text, language)
        kinds = {d.nationality: str(d.kind) for d in draft(reading, _held(reading, "BE"), weights)}
        assert kinds == {"NG": "stock", "PL": "stock", "GB": "stock"}, language
    reading = _reading("In jail are 41 Nigerians. One Briton waits for his trial.", "en")
    kinds = {d.nationality: str(d.kind) for d in draft(reading, _held(reading, "BE"), weights)}
    assert kinds == {"NG": "stock", "GB": "event"}


def test_a_figure_of_a_cases_people_is_no_second_record() -> None:
    text = "Three Mexicans were arrested in Delhi. With the three Mexicans 41 Poles are in jail."
    reading = _reading(text, "en")
    weights = WEIGHTS | {"kind": Model({"event: few": 2.0, "stock: tells state": 5.0, "stock: tens": 5.0})}
    assert [(d.nationality, d.lead.group.count) for d in draft(reading, _held(reading, "IN"), weights)] == [
        ("MX", 3),
        ("PL", 41),
    ]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Four Britons were freed. Three Britons were held in Lima. Another Briton was held in Ica."),
        ("es", "Cuatro italianos cayeron. Tres italianos cayeron en Lima. Otro italiano cayó en Ica."),
        ("fr", "Quatre Belges sont arrêtés. Trois Belges l'ont été à Lima. Un autre Belge l'a été à Ica."),
        ("it", "Quattro belgi sono in cella. Tre belgi sono a Lima. Un altro belga è a Ica."),
        ("pt", "Quatro italianos foram presos. Três italianos em Lima. Outro italiano foi preso em Ica."),
        ("de", "Vier Belgier wurden gefasst. Drei Belgier in Lima. Ein weiterer Belgier in Ica."),
        ("nl", "Vier Belgen zijn opgepakt. Drie Belgen in Lima. Een andere Belg in Ica."),
    ],
)
def test_the_sum_of_the_cases_of_a_pair_is_no_case(language: str, text: str) -> None:
    weights = WEIGHTS | {"split": Model({"bias": -2.0, "other count": 4.0, "same sentence": -9.0})}
    assert [count for _, _, count in _drafted(text, language, weights)] == [3, 1]


def test_a_number_that_is_said_twice_is_of_one_kind() -> None:
    text = "Seventeen Poles are behind bars. In March a court charged seventeen Poles."
    weights = WEIGHTS | {"kind": Model({"stock: tells only state": 3.0, "event: tells only act": 1.0})}
    assert [kind for _, kind, _ in _drafted(text, "en", weights)] == ["stock"]


def _drafted(
    text: str, language: str, weights: dict[str, dict[str, float]]
) -> list[tuple[str, str, int | None]]:
    reading = _reading(text, language)
    return [
        (d.nationality, str(d.kind), d.lead.group.count)
        for d in draft(reading, _held(reading, "PE"), weights)
    ]
