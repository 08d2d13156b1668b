"""What a person says of a record, as it is read, checked and laid over what the program says."""

from __future__ import annotations

import pytest

from pipeline.corrections import (
    FIELDS,
    Value,
    as_fields,
    check_evidence,
    corrected,
    made,
    read_field,
    written,
)
from pipeline.errors import QueryError
from pipeline.verdict import THRESHOLD
from pipeline.vocabulary import Bound, Drug, Kind, Stage
from storage.review import LINE
from tests.storage.builders import record

TEXT = "A title\nTwo Dutch nationals were arrested in Lima with 12 kilos of cocaine. They wait."


@pytest.mark.parametrize(
    ("name", "given", "value"),
    [
        ("nationality", "netherlands", "NL"),
        ("nationality", "", "XX"),
        ("country", "pe", "PE"),
        ("count", "1,200", 1200),
        ("count", "none", None),
        ("bound", "at-least", "at_least"),
        ("bound", "", "exact"),
        ("per", "-", None),
        ("per", "year", "year"),
        ("kind", "Event", "event"),
        ("stage", "death_row", "death_row"),
        ("drugs", "heroin, cocaine, heroin", ["cocaine", "heroin"]),
        ("drugs", "", []),
        ("quantity_kg", "0,5", 0.5),
        ("quantity_kg", "", None),
        ("sentence", "Life", "life"),
        ("sentence", "9 years", 9.0),
        ("sentence", "", None),
        ("drug_share", "97", 97.0),
        ("when", "2010/2014-04", "2010/2014-04"),
        ("when", "", None),
        ("place", "  Ancón   I ", "Ancón I"),
    ],
)
def test_what_is_understood(name: str, given: str, value: Value) -> None:
    assert read_field(name, given) == value


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("nationality", "Atlantis"),
        ("count", "0"),
        ("count", "-3"),
        ("count", "99999999999"),
        ("count", "٣"),
        ("kind", ""),
        ("kind", "event,stock"),
        ("stage", "caught"),
        ("quantity_kg", "twelve"),
        ("quantity_kg", "nan"),
        ("quantity_kg", "1e99"),
        ("sentence", "long"),
        ("sentence", "-1"),
        ("drug_share", "101"),
        ("when", "2014-4"),
        ("when", "2014-13"),
        ("when", "2014-02-30"),
        ("when", "2015/2014"),
        ("evidence", " "),
        ("weather", "fine"),
    ],
)
def test_what_is_not_understood_says_what_would_be(name: str, given: str) -> None:
    with pytest.raises(QueryError) as caught:
        read_field(name, given)
    assert caught.value.key == name
    assert name in str(caught.value)


def test_only_what_is_given_changes() -> None:
    before = record(TEXT)
    after = corrected(before, {"count": 3, "drugs": ["heroin"], "bound": "about"}, TEXT)
    assert (after.count, after.drugs, after.bound) == (3, (Drug.HEROIN,), Bound.ABOUT)
    assert (after.nationality, after.stage, after.evidence) == (
        before.nationality,
        before.stage,
        before.evidence,
    )
    assert corrected(before, {}, TEXT) == before


def test_all_fields_come_back_as_they_were() -> None:
    before = record(TEXT, sentence=9.5, stage=Stage.DEATH_ROW, kind=Kind.FLOW)
    fields = as_fields(before)
    assert tuple(fields) == FIELDS
    assert made(fields, TEXT) == before
    again = {name: read_field(name, written(value)) for name, value in fields.items()}
    assert made(again, TEXT) == before


def test_a_sentence_is_found_in_spite_of_its_spaces() -> None:
    found = check_evidence("Two  Dutch\nnationals were arrested", TEXT)
    assert found == "Two Dutch nationals were arrested"
    assert check_evidence("A title Two Dutch", TEXT) == "A title\nTwo Dutch"
    for wrong in ("Two Dutch men", "", "wait. More", "Two Dutch nationalsx"):
        if wrong:
            with pytest.raises(QueryError):
                check_evidence(wrong, TEXT)


def test_the_line_of_the_queue_is_that_of_the_verdict() -> None:
    assert LINE == THRESHOLD
