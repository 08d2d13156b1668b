"""Value ↔ row, and which record of a new reading is which: pure."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.types import Record, Span
from pipeline.vocabulary import Bound, Drug, Kind, Per, Stage
from storage import rows
from storage.matching import meaning, pair, same_story
from tests.storage.builders import record

TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=20)
KILOS = st.none() | st.floats(0, 1e6)
RECORDS = st.builds(
    Record,
    nationality=st.sampled_from(["MX", "GB", "XX"]),
    country=st.sampled_from(["PE", "TH"]),
    count=st.none() | st.integers(0, 9_999_999),
    kind=st.sampled_from(Kind),
    stage=st.sampled_from(Stage),
    drugs=st.sets(st.sampled_from(Drug)).map(lambda drugs: tuple(sorted(drugs))),
    quantity_kg=KILOS,
    sentence=st.none() | st.sampled_from(["life", "death"]) | st.floats(0.1, 99),
    drug_share=KILOS,
    when=st.none() | st.just("2010/2014-04"),
    place=st.none() | TEXT,
    evidence=st.builds(Span, start=st.integers(0, 9), end=st.integers(10, 99), text=TEXT),
    bound=st.sampled_from(Bound),
    per=st.none() | st.sampled_from(Per),
    confidence=st.floats(0, 1),
)


@given(record=RECORDS)
def test_a_record_goes_there_and_back(record: Record) -> None:
    row = SimpleNamespace(**rows.record_values(record, position=3))
    assert rows.record_from(row, [drug.value for drug in record.drugs]) == record


@given(text=st.text(st.characters(categories=["Cs", "Cc", "L", "So"])))
def test_what_is_stored_is_as_long_and_can_be_encoded(text: str) -> None:
    stored = rows.storable(text)
    assert len(stored) == len(text)
    assert "\x00" not in stored
    stored.encode("utf-8")
    assert rows.storable(stored) == stored


@given(old=st.lists(RECORDS, max_size=6), new=st.lists(RECORDS, max_size=6))
def test_each_record_has_one_place_in_a_pairing(old: list[Record], new: list[Record]) -> None:
    found = pair(old, new)
    assert sorted([*(before for before, _ in found.kept), *found.removed]) == list(range(len(old)))
    assert sorted([*(after for _, after in found.kept), *found.added]) == list(range(len(new)))
    for before, after in found.kept:
        assert old[before].nationality == new[after].nationality
        assert old[before].country == new[after].country
        assert old[before].kind == new[after].kind


@given(records=st.lists(RECORDS, max_size=6), order=st.randoms())
def test_the_order_in_an_article_does_not_matter(records: list[Record], order: object) -> None:
    shuffled = list(records)
    order.shuffle(shuffled)  # type: ignore[attr-defined]
    found = pair(records, shuffled)
    assert (found.removed, found.added) == ((), ())
    assert all(meaning(records[before]) == meaning(shuffled[after]) for before, after in found.kept)


def test_the_likest_are_paired() -> None:
    stock = record(kind=Kind.STOCK, count=191)
    case, other = record(count=2), record(count=5)
    found = pair((stock, case, other), (record(count=6), record(count=2, stage=Stage.CHARGED), stock))
    assert found.kept == ((0, 2), (1, 1), (2, 0))


STORY = "Two Dutch nationals were arrested at the airport of Lima with twelve kilos of cocaine yesterday."


@pytest.mark.parametrize(
    ("new", "same"),
    [
        (STORY, True),
        (STORY.replace("Two", "Three").replace("twelve", "eleven"), True),
        (STORY + " The prosecutor of Callao asked for nine months of preventive prison for both." * 9, True),
        (STORY[:70], True),
        ("", False),
        ("Page not found. Return to our front page for the latest news of today.", False),
    ],
)
def test_an_edit_and_another_text(new: str, same: bool) -> None:
    assert same_story(STORY, new) is same
