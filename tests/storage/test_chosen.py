"""Lists are the same whichever way they are found, and are counted without reading what is counted."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, event, text

from pipeline.vocabulary import Drug, Kind, Stage
from storage import case_chosen, filters, keyset, queries
from storage.cases import find_cases
from storage.engine import is_postgres, reading
from storage.facets import article_facets, case_facets
from storage.repository import Repository
from storage.values import Filter, Sort
from tests.storage import builders

WAYS = {
    "as few": {},
    "as many": {"FEW": -1, "RARE": -1},
    "as very many": {"FEW": -1, "RARE": -1, "MANY": -1},
}
"""What an index leads to is taken for few rows or for many, so that each way is gone."""
ASKED = (
    Filter(),
    Filter(nationality=("NL",)),
    Filter(country=("PE",)),
    Filter(nationality=("NL", "GB"), country=("PE", "ES")),
    Filter(nationality=("NL",), stage=(Stage.CONVICTED,)),
    Filter(stage=(Stage.CONVICTED,)),
    Filter(stage=(Stage.EXECUTED,)),
    Filter(drug=(Drug.HEROIN,)),
    Filter(drug=(Drug.HEROIN,), country=("PE",)),
    Filter(source=("other",)),
    Filter(source=("other",), nationality=("NL",)),
    Filter(language=("es",)),
    Filter(language=("es",), query="police*"),
    Filter(query="court"),
    Filter(query="court -customs3"),
    Filter(query="-customs3"),
    Filter(query="court", nationality=("NL",)),
    Filter(query="court", source=("other",)),
    Filter(since=builders.NOW - timedelta(days=40)),
    Filter(since=builders.NOW - timedelta(days=60), until=builders.NOW - timedelta(days=9), query="court"),
    Filter(since=builders.NOW - timedelta(days=60), country=("PE",)),
    Filter(found=builders.NOW - timedelta(days=30), country=("PE",)),
    Filter(found=builders.NOW - timedelta(days=30), query="court"),
)
OF_FIGURES = (
    Filter(kind=(Kind.STOCK, Kind.FLOW)),
    Filter(kind=(Kind.STOCK,), nationality=("NL",)),
    Filter(kind=(Kind.STOCK,), country=("PE",), stage=(Stage.CONVICTED,)),
)


@pytest.fixture
def filled(repository: Repository) -> Engine:
    for number in range(1, 25):
        told, day = builders.unlike(number, apart=5, kind=Kind.STOCK if number % 6 == 5 else Kind.EVENT)
        body = " ".join(f"{word}{number}" for word in ("police", "customs", "case") * 12) + " court"
        source, language = ("outlet", "other")[number % 3 == 0], ("en", "es")[number % 4 == 0]
        found = builders.relevant(number, told, body=body, published=day, source=source, language=language)
        repository.save(found, now=day)
    # One that is relevant no more: it keeps its text, and nothing else of it may be listed or counted.
    repository.save_reading(7, builders.irrelevant(7), now=builders.NOW)
    return repository.engine


@contextmanager
def _way(name: str) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patched:
        for constant, value in WAYS[name].items():
            patched.setattr(filters, constant, value)
        if WAYS[name]:
            patched.setattr(case_chosen, "FEW", -1)
        yield


def _answers(engine: Engine, wanted: Filter, *, cases: bool) -> list[Any]:
    """Lists, pages and counts."""
    found: list[Any] = []
    finds = [(queries.find_articles, keyset.article_window), (queries.find_records, keyset.record_window)]
    finds += [(find_cases, keyset.case_window)] if cases else []
    for find, window in finds:
        for sort in (Sort.NEWEST, Sort.OLDEST, Sort.FOUND, Sort.COUNT):
            asked = replace(wanted, sort=sort, limit=4)
            whole = [row.id for row in find(engine, replace(asked, limit=None)).rows]
            pages = [find(engine, replace(asked, page=page, counted=1_000)) for page in (1, 2)]
            first = window(engine, asked, None)
            rows = [row.id for page in pages for row in page.rows]
            if sort is not Sort.FOUND:
                assert [row.id for row in first.rows] == whole[:4], (wanted, sort)
            assert rows == whole[:8], (wanted, sort)
            assert {pages[0].total, first.total} == {len(whole)}, (wanted, sort)
            found.append((find.__name__, sort, whole))
    found.append({field: dict(counts) for field, counts in article_facets(engine, wanted).items()})
    if cases:
        found.append({field: dict(counts) for field, counts in case_facets(engine, wanted).items()})
    return found


@pytest.mark.parametrize("wanted", [*ASKED, *OF_FIGURES], ids=range(len(ASKED) + len(OF_FIGURES)))
def test_a_list_is_the_same_by_every_way(filled: Engine, wanted: Filter) -> None:
    found = {}
    for name in WAYS:
        with _way(name):
            found[name] = _answers(filled, wanted, cases=wanted not in OF_FIGURES)
    assert found["as many"] == found["as few"]
    assert found["as very many"] == found["as few"]


def test_what_is_not_relevant_has_no_records(filled: Engine) -> None:
    """By this records are counted without their articles."""
    with reading(filled) as connection:
        assert connection.execute(text("SELECT count(*) FROM articles WHERE NOT relevant")).scalar() == 1
        left = "SELECT count(*) FROM records WHERE article_id IN (SELECT id FROM articles WHERE NOT relevant)"
        assert connection.execute(text(left)).scalar() == 0


def test_rows_are_counted_in_indexes_alone(filled: Engine) -> None:
    if is_postgres(filled):
        pytest.skip("its planner decides by the size of the tables")
    for wanted in (
        Filter(),
        Filter(nationality=("NL",)),
        Filter(nationality=("NL",), country=("PE",)),
        Filter(source=("other",)),
        Filter(language=("es",)),
        Filter(kind=(Kind.STOCK,), nationality=("NL",)),
        Filter(query="court"),
    ):
        for window in (keyset.article_window, keyset.record_window, keyset.case_window):
            if window is keyset.article_window or (wanted.nationality and not wanted.kind):
                for plan in _plans_of_counts(filled, window, replace(wanted, limit=1)):
                    rows = [
                        step for step in plan if step.startswith(("SEARCH", "SCAN ")) and " USING " in step
                    ]
                    assert all("COVERING INDEX" in step for step in rows), (wanted, window.__name__, plan)


def _plans_of_counts(engine: Engine, window: Any, wanted: Filter) -> list[list[str]]:
    asked: list[tuple[str, Any]] = []

    @event.listens_for(engine, "before_cursor_execute")
    def note(connection: Connection, cursor: Any, statement: str, values: Any, *_: Any) -> None:
        if statement.startswith("SELECT count(*)"):
            asked.append((statement, values))

    try:
        window(engine, wanted, None)
    finally:
        event.remove(engine, "before_cursor_execute", note)
    assert asked
    with reading(engine) as connection:
        return [
            [str(row[3]) for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)]
            for statement, values in asked
        ]
