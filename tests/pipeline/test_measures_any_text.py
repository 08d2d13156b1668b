"""What holds for any text at all: no error, spans inside, linear time, words for all languages."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.errors import LexiconError
from pipeline.measures import (
    Measures,
    find_acts,
    find_dates,
    find_numbers,
    find_quantities,
    find_shares,
    find_terms,
    measure,
)
from pipeline.measures.tokens import fold
from pipeline.measures.words import SECTIONS, section
from pipeline.vocabulary import LANGUAGES

WORDS = (
    "one two 20 1.200 1,5 31 2014 0 999999999999999999999 ½ of and y e et und en to - – / . , ( "
    ") % kg kilo g years años Jahre anni jaar ans anos months more than over about dozen dozens "
    "mil tausend honderd cento hundred million life death sentenced condenado January mai 12 de "
    "since between from last Monday ago first half zwanzigjährige quatre vingt dix \n \u00a0 ' "
    "§ $ € 17/02/2016 39B II ２０ ٣ ¹ İ ß ﬁ a\u0301"
)
PIECES = st.sampled_from(WORDS.split(" "))
SPACED = st.lists(PIECES, max_size=40).map(" ".join)
TEXTS = st.one_of(st.text(max_size=200), SPACED, st.lists(PIECES).map("".join))
DATES = st.one_of(st.none(), st.dates())


@settings(max_examples=300, deadline=None)
@given(text=TEXTS, language=st.sampled_from(LANGUAGES), published=DATES)
def test_any_text_is_read(text: str, language: str, published: date | None) -> None:
    found = measure(text, language, published)
    for spans in (found.numbers, found.quantities, found.terms, found.dates, found.shares):
        for span in spans:
            assert 0 <= span.start < span.end <= len(text)
        assert [span.start for span in spans] == sorted(span.start for span in spans)


@given(text=st.text())
def test_folding_keeps_every_offset(text: str) -> None:
    assert len(fold(text)) == len(text)


def test_one_reading_says_what_the_finders_say() -> None:
    text = "Last year 20 Britons were jailed for 12 years over 3 kg; 97 percent."
    day = date(2020, 5, 1)
    assert measure(text, "en", day) == Measures(
        numbers=find_numbers(text, "en"),
        quantities=find_quantities(text, "en"),
        terms=find_terms(text, "en"),
        dates=find_dates(text, "en", day),
        shares=find_shares(text, "en"),
        acts=find_acts(text, "en"),
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_the_same_tables(language: str) -> None:
    for name in SECTIONS:
        assert set(section("en", name)) == set(section(language, name))


def test_another_language_is_named_in_the_error() -> None:
    with pytest.raises(LexiconError, match="xx"):
        find_numbers("20", "xx")


FINDERS: list[Callable[[str, str], Any]] = [
    find_numbers,
    find_quantities,
    find_terms,
    find_shares,
    lambda text, language: find_dates(text, language, date(2020, 5, 1)),
]
HOSTILE = [
    "one hundred and ", "1,", "1 234 ", "2014 to ", "between 2014 and ", "sentenced ", "5 years, ", "3 kg (",
    "a ", "9", "half a ", "may ", "ein und ", "- ", "since ",
]  # fmt: skip


@pytest.mark.parametrize("finder", FINDERS)
@pytest.mark.parametrize("piece", HOSTILE)
def test_time_is_linear_on_hostile_repetition(finder: Callable[[str, str], Any], piece: str) -> None:
    """Ten times the text may take at most some thirty times as long, on any machine."""
    small, large = piece * (10_000 // len(piece)), piece * (100_000 // len(piece))
    finder(small, "en")

    def seconds(text: str) -> float:
        start = time.process_time()
        finder(text, "en")
        return time.process_time() - start

    # Ten times the text takes about ten times as long; a quadratic finder would take a hundred times.
    assert min(seconds(large) for _ in range(3)) <= 50 * max(min(seconds(small) for _ in range(3)), 0.005)
