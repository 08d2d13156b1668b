"""What trends count follows the cases: through merges and splits, new readings, lost reports, and
into a database of an earlier version."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, delete, select

from pipeline.types import Extracted
from pipeline.vocabulary import Bound, Drug, Stage
from storage import tables as t
from storage.engine import reading, writing
from storage.figures import figure_lines
from storage.panels import load_panel
from storage.repository import Repository
from storage.trend_store import count_all_cases
from storage.trend_values import Question
from storage.trends import event_series
from tests.storage import builders

ARRESTED = "Two Dutch nationals, aged 41 and 22, were arrested in Callao with 12.34 kilos of cocaine."
SENTENCED = "Two Dutch nationals caught in Callao with 12.34 kilos of cocaine were sentenced to 8 years."
OTHER = "A Kenyan woman was arrested in Hanoi with 3.21 kilos of heroin, police said."


def told(number: int, text: str, day: str, **fields: Any) -> Extracted:
    record = builders.record(
        f"Story {number}\n{text}", text, **{"when": None, "quantity_kg": 12.34, **fields}
    )
    published = datetime.combine(date.fromisoformat(day), time(8), UTC)
    return builders.relevant(number, record, body=text, published=published)


def counts(engine: Engine) -> dict[tuple[int, str], Any]:
    with reading(engine) as connection:
        rows = connection.execute(select(t.CaseCount.__table__)).all()
    return {(row.case_id, row.nationality): row for row in rows}


@pytest.fixture
def saved(repository: Repository) -> Repository:
    kenyan = {"nationality": "KE", "country": "VN", "count": 1, "drugs": (Drug.HEROIN,), "quantity_kg": 3.21}
    repository.save_all(
        [
            told(1, ARRESTED, "2020-03-06", when="2020-03-04"),
            told(2, SENTENCED, "2021-06-01", stage=Stage.CONVICTED, sentence=8.0, when="2021-05-31"),
            told(3, OTHER, "2022-01-02", **kenyan),
        ],
        now=builders.NOW,
    )
    return repository


def test_one_row_for_each_nationality_of_a_case(saved: Repository) -> None:
    found = counts(saved.engine)
    assert set(found) == {(1, "NL"), (2, "KE")}
    row = found[1, "NL"]
    assert date.fromordinal(row.day) == date(2020, 3, 4)
    assert date.fromordinal(row.act_day) == date(2021, 5, 31)
    assert date.fromordinal(row.seen_day) == date(2020, 3, 6)
    assert (row.people, row.bound, row.stage, row.stages) == (2, "exact", "convicted", "arrested,convicted")
    assert (row.exactness, row.sentence_years, row.drugs) == ("day", 8.0, "cocaine")
    assert row.sources == {"outlet": date(2020, 3, 6).toordinal()}


def test_merging_and_splitting(saved: Repository) -> None:
    saved.merge_cases(1, 2, now=builders.NOW)
    assert set(counts(saved.engine)) == {(1, "NL"), (1, "KE")}
    assert event_series(saved.engine, Question()).whole.total.cases == 1
    new = saved.split_case(1, [3], now=builders.NOW)
    assert set(counts(saved.engine)) == {(1, "NL"), (new, "KE")}
    assert event_series(saved.engine, Question()).whole.total.cases == 2


def test_a_new_reading_is_followed_where_only_a_bound_changes(saved: Repository) -> None:
    again = told(3, OTHER, "2022-01-02", nationality="KE", country="VN", count=1, drugs=(Drug.HEROIN,))
    record = replace(again.records[0], quantity_kg=3.21, bound=Bound.AT_LEAST)
    saved.save_reading(3, replace(again, records=(record,)), now=builders.NOW)
    assert counts(saved.engine)[2, "KE"].bound == "at_least"


def test_a_case_that_nothing_reports_any_more_is_not_counted(saved: Repository) -> None:
    saved.save_reading(3, builders.irrelevant(3, OTHER), now=builders.NOW)
    assert set(counts(saved.engine)) == {(1, "NL")}


def test_a_database_of_an_earlier_version_is_counted(saved: Repository) -> None:
    before = counts(saved.engine)
    with writing(saved.engine) as connection:
        connection.execute(delete(t.CaseCount))
        count_all_cases(connection)
    assert counts(saved.engine) == before


def test_the_index_of_figures_is_used(engine: Engine) -> None:
    from sqlalchemy import event

    asked = []
    event.listen(engine, "before_cursor_execute", lambda *given: asked.append((given[2], given[3])))
    from pipeline.vocabulary import Kind

    figure_lines(engine, Question(kind=Kind.STOCK))
    statement, values = next(each for each in asked if "FROM records" in each[0])
    with reading(engine) as connection:
        if engine.dialect.name == "postgresql":
            # Of an empty table it would rather read all.
            connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
            plan = connection.exec_driver_sql(f"EXPLAIN {statement}", values).all()
        else:
            plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values).all()
    assert any("ix_records_figures" in str(row) for row in plan)


def test_a_panel_of_what_was_handed_in(engine: Engine, repository: Repository) -> None:
    first = datetime(2021, 1, 4, tzinfo=UTC)
    days = [first + timedelta(days=each) for each in range(120) if not 50 <= each < 70]
    stories = [
        builders.irrelevant(100 + 2 * place + each, published=day, source="desk")
        for place, day in enumerate(days)
        for each in range(2)
    ]
    repository.save_all(stories, now=first + timedelta(days=120))
    (outlet,) = load_panel(engine, now=first + timedelta(days=120)).outlets
    assert outlet.source == "desk"
    (hole,) = outlet.holes
    assert hole.last - hole.first == 19
    # It was never fetched: nothing says more than that it is silent.
    assert hole.lack.value == "silent"
