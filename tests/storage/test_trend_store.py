"""What trends count follows the cases: through merges and splits, new readings, lost reports, and
into a database of an earlier version."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, delete, select

from pipeline.amounts import Amount
from pipeline.periods import Step
from pipeline.types import Extracted
from pipeline.vocabulary import Bound, Drug, Kind, Stage
from storage import tables as t
from storage.engine import reading, writing
from storage.figure_store import count_all_figures
from storage.figures import figure_lines, with_sentences
from storage.marks import correct_record, undo
from storage.panels import load_panel
from storage.repository import Repository
from storage.trend_store import count_all_cases
from storage.trend_values import DatedBy, Question, Split, Tally
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


@pytest.mark.parametrize("by", DatedBy)
@pytest.mark.parametrize(("split", "column"), [(Split.SOURCE, "sources"), (Split.LANGUAGE, "languages")])
def test_a_case_stands_once_on_the_line_of_each_outlet(
    saved: Repository, split: Split, column: str, by: DatedBy
) -> None:
    # A case of two nationalities, one with a name that JSON has to escape.
    other = told(4, OTHER, "2020-03-08", nationality="KE", country="PE", count=None)
    saved.save(
        replace(other, article=replace(other.article, source='the "other"', language="es")), now=builders.NOW
    )
    saved.merge_cases(1, 3, now=builders.NOW)
    found = event_series(saved.engine, Question(split=split, step=Step.YEAR, by=by))
    lines = {line.key: line.total for line in found.lines}
    rows = counts(saved.engine).values()
    for name in {name for row in rows for name in getattr(row, column)}:
        mine = [row for row in rows if name in getattr(row, column)]
        assert lines.pop(name) == Tally(
            cases=len({row.case_id for row in mine}),
            people=Amount(
                number=sum(row.people or 1 for row in mine), at_least=any(row.people is None for row in mine)
            ),
        )
    assert not lines
    whole = event_series(saved.engine, Question(step=Step.YEAR, by=by))
    assert (found.whole, found.vague, found.late, found.undated) == (
        whole.whole, whole.vague, whole.late, whole.undated,
    )  # fmt: skip


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


HELD = "The embassy says that 191 Dutch nationals are held in Peru."


def a_stock(**fields: Any) -> Extracted:
    said = {"kind": Kind.STOCK, "stage": Stage.IMPRISONED, "count": 191, "when": None, "quantity_kg": None}
    return told(9, HELD, "2020-05-01", **said | {"place": None} | fields)


def figures(engine: Engine) -> list[Any]:
    with reading(engine) as connection:
        return list(connection.execute(select(t.FigureCount.__table__)).all())


def test_figures_follow_their_records(saved: Repository) -> None:
    assert not figures(saved.engine)
    number = saved.save(a_stock(), now=builders.NOW).article_id
    assert number is not None
    (row,) = figures(saved.engine)
    day = date(2020, 5, 1).toordinal()
    assert (row.kind, row.nationality, row.country, row.count, row.office) == (
        "stock",
        "NL",
        "PE",
        191,
        "embassy",
    )
    assert (row.first_day, row.last_day, row.drugs, row.source) == (day, day, "cocaine", "outlet")
    (line,) = figure_lines(saved.engine, Question(kind=Kind.STOCK))
    assert [(each.count, each.by, each.evidence) for each in line.figures] == [(191, "embassy", "")]
    (line,) = with_sentences(saved.engine, [line])
    assert [each.evidence for each in line.figures] == [HELD]
    # A person corrects it, and takes it back.
    correct_record(saved.engine, row.record_id, {"count": 195, "when": "2019"}, by="anna", now=builders.NOW)
    (row,) = figures(saved.engine)
    assert (row.count, date.fromordinal(row.first_day), date.fromordinal(row.last_day)) == (
        195, date(2019, 1, 1), date(2019, 12, 31),
    )  # fmt: skip
    undo(saved.engine, by="anna", now=builders.NOW)
    assert [(each.count, each.first_day) for each in figures(saved.engine)] == [(191, day)]
    # The program reads it otherwise.
    saved.save_reading(number, a_stock(drugs=(Drug.HEROIN,), place="Callao"), now=builders.NOW)
    assert [(each.drugs, each.place) for each in figures(saved.engine)] == [("heroin", "Callao")]
    saved.save_reading(number, a_stock(kind=Kind.EVENT), now=builders.NOW)
    assert not figures(saved.engine)
    saved.save_reading(number, a_stock(kind=Kind.FLOW), now=builders.NOW)
    assert [each.kind for each in figures(saved.engine)] == ["flow"]
    saved.save_reading(number, builders.irrelevant(9, HELD), now=builders.NOW)
    assert not figures(saved.engine)


def test_figures_of_a_database_of_an_earlier_version(saved: Repository) -> None:
    saved.save(a_stock(), now=builders.NOW)
    before = figures(saved.engine)
    assert before
    with writing(saved.engine) as connection:
        connection.execute(delete(t.FigureCount))
        count_all_figures(connection)
    assert figures(saved.engine) == before


def test_the_index_of_figures_is_used(engine: Engine) -> None:
    from sqlalchemy import event

    asked = []
    event.listen(engine, "before_cursor_execute", lambda *given: asked.append((given[2], given[3])))
    figure_lines(engine, Question(kind=Kind.STOCK))
    statement, values = next(each for each in asked if "FROM figures" in each[0])
    with reading(engine) as connection:
        if engine.dialect.name == "postgresql":
            # Of an empty table it would rather read all.
            connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
            plan = connection.exec_driver_sql(f"EXPLAIN {statement}", values).all()
        else:
            plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values).all()
    assert any("ix_figures_kind_nationality_country" in str(row) for row in plan)


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
