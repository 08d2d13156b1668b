"""Which case a report is of: what joins, what keeps apart, in whatever order reports come."""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import Any

import pytest

from pipeline.ages import find_ages
from pipeline.alike import ALIKE, CONTRADICTIONS, TIMES, compare, compare_all, likeness
from pipeline.capitals import sound
from pipeline.case_sums import Told, disagreements, sum_up, timeline
from pipeline.cases import CROWD_DAYS, CaseHead, choose_case, choose_cases
from pipeline.clues import Report, days_of, find_reports
from pipeline.copies import PLACES, bands, shared, sketch
from pipeline.mentions import read_document
from pipeline.types import Record, Span
from pipeline.vocabulary import Bound, Drug, Kind, Stage
from tests.pipeline.case_texts import ARREST, KEY, TRIAL, TWIN, article, record


def head(number: int, *reports: Report, **fields: frozenset[Any]) -> CaseHead:
    articles = fields.get(
        "articles", frozenset({(number * 100 + each, "NZ") for each in range(len(reports))})
    )
    return CaseHead(id=number, reports=reports, articles=articles, apart=fields.get("apart", frozenset()))


def test_a_trial_joins_its_arrest_across_languages_and_a_twin_does_not() -> None:
    known = (head(1, ARREST), head(2, TWIN))
    chosen = choose_case(TRIAL, known)
    assert chosen is not None
    assert chosen.id == 1
    assert choose_case(TWIN, (head(1, ARREST, TRIAL),)) is None


def test_the_order_of_arrival_does_not_matter() -> None:
    reports = {"arrest": ARREST, "trial": TRIAL, "twin": TWIN}
    for order in itertools.permutations(reports):
        cases: list[list[str]] = []
        for name in order:
            known = [head(number, *(reports[each] for each in case)) for number, case in enumerate(cases)]
            chosen = choose_case(reports[name], known)
            if chosen is None:
                cases.append([name])
            else:
                cases[chosen.id].append(name)
        assert sorted(map(sorted, cases)) == [["arrest", "trial"], ["twin"]], order


def test_other_people_or_another_country_are_never_one_case() -> None:
    elsewhere = replace(ARREST, country="BR")
    others = replace(ARREST, people=(("AU", 1),))
    assert compare(ARREST, elsewhere) == {}
    assert compare(ARREST, others) == {}
    assert likeness({}) == float("-inf")
    assert choose_case(ARREST, (head(1, elsewhere), head(2, others), head(3))) is None


def test_comparing_is_symmetric_and_every_signal_is_weighed() -> None:
    reports = (ARREST, TRIAL, TWIN, replace(ARREST, people=(("NZ", 2), ("XX", None)), seen=None))
    for one, other in itertools.product(reports, repeat=2):
        assert compare(one, other) == compare(other, one)
        assert compare(one, other).keys() <= ALIKE.keys()
    assert set(ALIKE) >= TIMES
    assert {name for agreeing, against in CONTRADICTIONS for name in (*agreeing, against)} <= set(ALIKE)


def test_a_report_between_two_cases_makes_them_one() -> None:
    first = replace(ARREST, names=frozenset({1, 2}), sounds=frozenset())
    last = replace(TRIAL, names=frozenset({3, 4}), sounds=frozenset(), dates=frozenset(), births=frozenset())
    between = replace(
        ARREST, names=frozenset({1, 2, 3, 4}), stage=Stage.CHARGED, seen=(ARREST.seen or 0) + 90
    )
    assert [each.id for each in choose_cases(between, (head(1, first), head(2, last)))] in ([1, 2], [2, 1])


def test_what_a_person_holds_apart_is_not_made_one() -> None:
    both = (head(1, ARREST, apart=frozenset({2})), head(2, ARREST))
    assert [each.id for each in choose_cases(TRIAL, both)] == [1]


def test_cases_of_one_article_are_not_made_one() -> None:
    both = (
        head(1, ARREST, articles=frozenset({(7, "NZ")})),
        head(2, ARREST, articles=frozenset({(7, "NZ")})),
    )
    assert [each.id for each in choose_cases(TRIAL, both)] == [1]


def test_where_many_are_held_likeness_says_less() -> None:
    plain = replace(
        *(ARREST,), names=frozenset(), sounds=frozenset(), births=frozenset(), dates=frozenset(),
        kilos=None, weights=frozenset(), spots=frozenset(), homes=frozenset(), copy=(),
    )  # fmt: skip
    alone = (head(1, plain),)
    assert choose_case(plain, alone) is not None
    other = replace(
        plain, people=(("NZ", 4),), drugs=frozenset({Drug.MDMA}), seen=(plain.seen or 0) - CROWD_DAYS
    )
    crowd = tuple(head(number, other) for number in range(2, 150))
    assert choose_case(plain, (*alone, *crowd)) is None


# -- reports --------------------------------------------------------------------------------------


def test_a_report_holds_hashes_and_no_names() -> None:
    assert len(ARREST.names) == 2
    assert ARREST.names & TRIAL.hints, "a name that opens a sentence is only a hint"
    assert "quillfeather" not in repr(ARREST).casefold()
    told = article("A New Zealand diver, Tamsin Quillfeather, was arrested over cocaine.", "2021-05-05")
    records = [record(told, "A New Zealand diver")]
    (one,) = find_reports(told, records, key=KEY)
    (other,) = find_reports(told, records, key=b"another key of a database")
    assert one.names
    assert not one.names & other.names


def test_records_of_one_sentence_are_one_report_and_others_are_not() -> None:
    first = "Two New Zealanders and an Australian were arrested in Rivera with 40 kilos of cannabis."
    other = "In March a New Zealander was sentenced to nine years for heroin in Salto."
    told = article(f"{first}\n{other}", "2021-05-05")
    records = [
        record(told, first, count=2, drugs=(Drug.CANNABIS,), quantity_kg=40.0),
        record(told, first, nationality="AU", drugs=(Drug.CANNABIS,), quantity_kg=40.0),
        record(told, other, stage=Stage.CONVICTED, drugs=(Drug.HEROIN,), sentence=9.0),
        record(told, other, kind=Kind.STOCK, count=12),
        record(told, other, country="XX"),
    ]
    reports = find_reports(told, records, key=KEY)
    assert [report.records for report in reports] == [(0, 1), (2,)]
    assert reports[0].people == (("AU", 1), ("NZ", 2))
    assert not any(report.alone for report in reports)
    assert find_reports(told, records[3:], key=KEY) == ()


@pytest.mark.parametrize(
    ("when", "first", "last"),
    [("2014", "2014-01-01", "2014-12-31"), ("2016-02", "2016-02-01", "2016-02-29")],
)
def test_days_of_a_date(when: str, first: str, last: str) -> None:
    begin, end = days_of(first), days_of(last)
    assert begin is not None
    assert end is not None
    assert days_of(when) == (begin[0], end[1])
    assert days_of(f"{first}/{last}") == (begin[0], end[1])


@pytest.mark.parametrize("when", ["", "soon", "2014-13", "2015/2014", "2014-02-30", "1-2-3-4"])
def test_what_is_no_date(when: str) -> None:
    assert days_of(when) is None


def test_spellings_of_one_name_sound_alike() -> None:
    assert sound("donnelly") == sound("donelly")
    assert sound("rahman") == sound("rehman")
    assert sound("quillfeather") != sound("bellweather")
    assert sound("lee") == ""


# -- near-copies ----------------------------------------------------------------------------------

WORDS = [f"word{number % 61}x{number % 17}" for number in range(400)]


def test_a_near_copy_is_found_by_its_sketch_and_by_a_band() -> None:
    whole, cut = sketch(" ".join(WORDS)), sketch(" ".join(WORDS[:290]))
    assert len(whole) == PLACES
    assert shared(whole, cut) > 0.5
    assert set(bands(whole)) & set(bands(cut))
    assert shared(whole, sketch(" ".join(reversed(WORDS)))) < 0.1


def test_a_short_text_is_no_copy_of_anything() -> None:
    assert sketch("Two were arrested.") == ()
    assert shared((), ()) == 0.0
    assert bands(()) == ()


def test_sketches_are_the_same_wherever_they_are_made() -> None:
    # They are stored: a library that hashed otherwise would make old ones worthless without a word.
    assert sketch(" ".join(WORDS))[:3] == PINNED


PINNED = (66221792, 97302855, 35168251)


# -- a case in sum --------------------------------------------------------------------------------


def told(day: int, **fields: object) -> Told:
    values: dict[str, object] = {
        "nationality": "NZ", "country": "UY", "count": 2, "kind": Kind.EVENT, "stage": Stage.ARRESTED,
        "drugs": (), "quantity_kg": None, "sentence": None, "drug_share": None, "when": None, "place": None,
        "evidence": Span(start=0, end=1, text="x"),
    }  # fmt: skip
    return Told(day=day, record=Record(**{**values, **fields}))  # type: ignore[arg-type]


def test_a_case_has_one_count_and_keeps_the_others_as_disagreements() -> None:
    reports = [
        told(1, count=3),
        told(2),
        told(3),
        told(4, count=9, bound=Bound.AT_LEAST),
        told(5, count=None),
    ]
    assert sum_up(reports).count == 2
    assert [(each.field, each.value, each.stands) for each in disagreements(reports)] == [
        ("count", 3, 2),
        ("count", 9, 2),
    ]
    assert sum_up([told(1, count=3), told(2, count=2)]).count == 2, "of two told once the later one"
    assert sum_up([told(1, count=None)]).count is None


def test_a_case_adds_its_nationalities_and_leaves_foreigners_out_once_they_are_named() -> None:
    sums = sum_up([told(1, nationality="XX", count=3), told(2), told(2, nationality="AU", count=1)])
    assert sums.people == {"NZ": 2, "AU": 1}
    assert sums.count == 3


def test_a_look_back_does_not_set_a_case_back() -> None:
    reports = [
        told(10, when="2021-05-03"),
        told(300, stage=Stage.CONVICTED, sentence=6.0),
        told(310, stage=Stage.CONVICTED, when="2022-02-10", sentence=6.0),
        told(400),
    ]
    assert sum_up(reports).stage is Stage.CONVICTED
    assert sum_up(reports).when == "2022-02-10"
    assert [(step.stage, step.when) for step in timeline(reports)] == [
        (Stage.ARRESTED, "2021-05-03"),
        (Stage.CONVICTED, "2022-02-10"),
    ]


def test_all_that_a_case_tells_is_compared_at_once() -> None:
    bare = replace(TRIAL, births=frozenset(), names=frozenset(), sounds=frozenset())
    aged = replace(bare, births=frozenset({1960}))
    assert "other age" in compare_all((aged,), (ARREST,))
    assert "other age" not in compare_all((aged, replace(bare, births=ARREST.births)), (ARREST,))
    assert len(compare_all((ARREST, TRIAL), (TWIN,)).keys() & TIMES) == 1


@pytest.mark.parametrize(
    ("language", "body", "ages"),
    [
        ("en", "Tamsin Quillfeather (31) and a man of 45 were jailed for 20 years.", {31}),
        ("es", "Una mujer, de 32 años, fue condenada a 17 años de prisión; la pena es de 25 años.", {32}),
        ("pt", "Um homem de 21 anos foi preso e pode pegar pena de 25 anos.", {21}),
        ("fr", "Un homme de 36 ans risque 20 ans de prison.", {36}),
        ("it", "Un magazziniere di 29 anni rischia 20 anni di carcere.", {29}),
        ("de", "Ein 74 Jahre alter Häftling wurde zu 15 Jahren verurteilt.", {74}),
        ("en", "Nobody gave an age.", set()),
    ],
)
def test_ages_are_told_from_terms(language: str, body: str, ages: set[int]) -> None:
    doc = read_document(article(body, "2021-05-05", language=language))
    assert find_ages(doc, frozenset(range(9))) == ages
