"""Pages by the place of their last row, and the cases behind a point, in every kind of database."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine

from pipeline.errors import QueryError
from pipeline.vocabulary import Drug, Kind
from storage import crosses, filters, keyset, queries, ranking
from storage.cases import find_cases
from storage.overview import changes
from storage.repository import Repository
from storage.trend_cases import Point, cases_behind
from storage.trend_values import DatedBy, Question, Split
from storage.trends import event_series
from storage.values import Filter, Sort
from tests.storage import builders

SORTS = (Sort.NEWEST, Sort.OLDEST, Sort.FOUND, Sort.COUNT)


@pytest.fixture
def filled(repository: Repository) -> Engine:
    for number in range(1, 17):
        told, day = builders.unlike(number, apart=9, **({"drugs": ()} if number == 3 else {}))
        body = " ".join(f"{word}{number}" for word in ("police", "customs", "court", "case") * 12)
        found = builders.relevant(number, told, body=body, published=day, source=("outlet", "")[number == 5])
        repository.save(found, now=day)
    stock = builders.record(kind=Kind.STOCK, count=300, when="2024", place=None)
    repository.save(builders.relevant(99, stock), now=builders.NOW)
    return repository.engine


def _all(find: Any, engine: Engine, wanted: Filter, limit: int) -> list[int]:
    found, after = [], None
    while True:
        window = find(engine, replace(wanted, limit=limit), after)
        found += [row.id for row in window.rows]
        after = window.next
        if after is None:
            assert window.total == len(found)
            return found


def test_pages_are_the_whole_list_in_its_order(filled: Engine) -> None:
    for find in (keyset.article_window, keyset.record_window, keyset.case_window):
        _turn(filled, find)


def _turn(filled: Engine, find: Any) -> None:
    for sort in SORTS:
        wanted = Filter(sort=sort)
        whole = _all(find, filled, wanted, 100)
        assert len(set(whole)) == len(whole) >= 16
        for limit in (1, 3, 16):
            assert _all(find, filled, wanted, limit) == whole
    some = _all(find, filled, Filter(nationality=("NL",), country=("PE",)), 2)
    assert len(some) in (4, 5)
    with pytest.raises(QueryError):
        find(filled, Filter(sort=Sort.RANK, limit=1), None)


@pytest.mark.parametrize("many", [0, 20_000])
def test_lists_by_count_are_the_same_sorted_or_by_their_index(
    filled: Engine, monkeypatch: pytest.MonkeyPatch, many: int
) -> None:
    monkeypatch.setattr(filters, "FEW", many)
    for asked in (
        Filter(sort=Sort.COUNT),
        Filter(sort=Sort.COUNT, country=("PE",)),
        Filter(sort=Sort.COUNT, query="police* -court3", drug=(Drug.HEROIN,)),
        Filter(sort=Sort.COUNT, since=builders.NOW - timedelta(days=40), source=("outlet",)),
    ):
        for find, window in (
            (queries.find_articles, keyset.article_window),
            (queries.find_records, keyset.record_window),
            (find_cases, keyset.case_window),
        ):
            # Without a limit all of it is sorted.
            whole = [row.id for row in find(filled, asked).rows]
            assert len(whole) > 2
            for limit in (1, 2, 5):
                assert _all(window, filled, asked, limit) == whole
                last = -(-len(whole) // limit)
                pages = [find(filled, replace(asked, limit=limit, page=n + 1)) for n in range(last + 1)]
                assert [row.id for page in pages for row in page.rows] == whole
                assert {page.total for page in pages} == {len(whole)}


def test_of_what_many_articles_have_those_found_last_are_ranked(
    filled: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in (1, 2):
        text = "mule " * (5 - number)
        found = builders.relevant(70 + number, builders.record(country="TH"), body=f"{text} in Lima.")
        Repository(filled).save(found, now=builders.NOW)
    asked = Filter(query="mule", sort=Sort.RANK, limit=10, counted=100)
    for find, window in (
        (queries.find_articles, keyset.article_window),
        (queries.find_records, keyset.record_window),
    ):
        first, second = (row.id for row in find(filled, asked).rows)
        assert first < second
        assert [row.id for row in window(filled, asked, None).rows] == [first, second]
        assert len(find(filled, replace(asked, country=("TH",), language=("en",))).rows) == 2
        assert find(filled, replace(asked, country=("PE",))).rows == ()
        with monkeypatch.context() as patched:
            patched.setattr(ranking, "NEWEST", 1)
            assert [row.id for row in find(filled, asked).rows] == [second]
            assert [row.id for row in window(filled, asked, None).rows] == [second]
            # What a command asks for has no bound.
            whole = find(filled, replace(asked, counted=None, limit=None))
            assert [row.id for row in whole.rows] == [first, second]


def test_a_ranked_list_has_one_page(filled: Engine) -> None:
    window = keyset.article_window(filled, Filter(query="police7", sort=Sort.RANK, limit=1), None)
    assert [row.id for row in window.rows] == [7]
    assert window.next is None


def test_what_is_counted_ends_somewhere(filled: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keyset, "MOST", 5)
    window = keyset.article_window(filled, Filter(limit=2), None)
    assert (window.total, window.more) == (5, True)


def test_behind_each_point_are_its_cases(filled: Engine) -> None:
    for split in Split:
        for by in DatedBy:
            if split is not Split.KIND:
                _compare(filled, Question(split=split, by=by))


def _compare(engine: Engine, asked: Question) -> None:
    series = event_series(engine, asked)
    assert series.lines
    for line in series.lines:
        for piece, tally in zip(series.buckets, line.tallies, strict=True):
            if tally.cases:
                point = Point(asked=asked, first=piece.first, last=piece.last, line=line.key)
                window = cases_behind(engine, point, limit=100, after=None)
                assert len(window.rows) == window.total == tally.cases, (asked, line.key)


def test_behind_a_stage_are_those_that_came_to_it(filled: Engine) -> None:
    for each in crosses.funnel(filled, Question()):
        window = cases_behind(filled, Point(asked=Question(), ever=each.stage), limit=100, after=None)
        assert window.total == each.ever.cases


def test_the_cases_behind_have_pages(filled: Engine) -> None:
    point = Point(asked=Question(last=date(2026, 3, 4).toordinal()))
    whole = [row.id for row in cases_behind(filled, point, limit=100, after=None).rows]
    found, after = [], None
    while True:
        window = cases_behind(filled, point, limit=3, after=after)
        found += [row.id for row in window.rows]
        if (after := window.next) is None:
            break
    assert found == whole
    nobody = Point(asked=Question(split=Split.STAGE), line="no such stage")
    assert cases_behind(filled, nobody, limit=3, after=None).rows == ()


def test_changes_rise_with_what_is_stored(filled: Engine) -> None:
    before = changes(filled)
    assert changes(filled) == before
    Repository(filled).save(builders.relevant(55), now=builders.NOW)
    assert changes(filled) > before
