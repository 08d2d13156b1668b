"""Cases in the database: joined on saving, decided by people, kept through a new reading."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import Engine, select, text

from pipeline.errors import QueryError
from pipeline.types import Extracted
from pipeline.vocabulary import Drug, Kind, Stage
from storage import tables as t
from storage.case_store import ENDED_AFTER, OLD_AFTER
from storage.cases import find_cases, read_case
from storage.engine import reading, writing
from storage.repository import Repository
from storage.values import Filter, Sort
from tests.storage.builders import NOW, irrelevant, record, relevant

ARREST = "Two Dutch nationals were arrested in Callao with 12.3 kilos of cocaine, Joost Wagemaker among them."
TRIAL = (
    "A court in Callao gave two Dutch nationals, one of them Joost Wagemaker, eight years over 12.3 kilos."
)
OTHER = "Two Dutch nationals were arrested in Tacna with ecstasy; Femke Slagboom was one of the two."


def arrest(number: int = 1, **fields: object) -> Extracted:
    return story(number, ARREST, quantity_kg=12.3, place="Callao", **fields)


def trial(number: int = 2) -> Extracted:
    told = story(number, TRIAL, stage=Stage.CONVICTED, sentence=8.0, quantity_kg=12.3, place="Callao")
    return replace(told, article=replace(told.article, published=NOW + timedelta(days=300)))


def other(number: int = 3) -> Extracted:
    told = story(number, OTHER, drugs=(Drug.MDMA,), quantity_kg=None, place="Tacna")
    return replace(told, article=replace(told.article, published=NOW + timedelta(days=150)))


def story(number: int, body: str, **fields: object) -> Extracted:
    told = relevant(number, body=body)
    return replace(told, records=(record(told.article.text, body, when=None, **fields),))


def numbers(engine: Engine, wanted: Filter | None = None) -> list[int]:
    return [case.id for case in find_cases(engine, wanted or Filter(sort=Sort.OLDEST)).rows]


def test_reports_of_one_case_are_joined_and_others_are_not(repository: Repository) -> None:
    saved = repository.save_all((arrest(), other(), trial()), now=NOW)
    assert [each.cases for each in saved] == [(1,), (2,), (1,)]
    first, second = find_cases(repository.engine, Filter(sort=Sort.OLDEST)).rows
    assert [report.url[-1] for report in first.reports] == ["1", "2"]
    assert (first.country, first.sums.nationalities, first.sums.count) == ("PE", ("NL",), 2)
    assert (first.sums.stage, first.sums.sentence) == (Stage.CONVICTED, 8.0)
    assert (first.first_seen, first.last_seen) == (NOW, NOW + timedelta(days=300))
    assert len(second.reports) == 1


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0), (1, 0, 2)])
def test_whatever_comes_first(repository: Repository, order: tuple[int, ...]) -> None:
    outcomes = (arrest(), trial(), other())
    for index in order:
        repository.save(outcomes[index], now=NOW)
    found = find_cases(repository.engine, Filter(sort=Sort.OLDEST)).rows
    assert [[report.url[-1] for report in case.reports] for case in found] == [["1", "2"], ["3"]]


def test_saving_the_same_again_changes_nothing(repository: Repository) -> None:
    first = repository.save(arrest(), now=NOW)
    before = dump(repository.engine)
    again = repository.save(arrest(), now=NOW + timedelta(hours=1))
    assert again.cases == first.cases == (1,)
    assert dump(repository.engine) == before


def test_figures_make_no_case(repository: Repository) -> None:
    assert repository.save(arrest(kind=Kind.STOCK), now=NOW).cases == ()
    assert repository.save(arrest(2, country="XX"), now=NOW).cases == ()
    assert numbers(repository.engine) == []


def test_no_name_is_stored(repository: Repository) -> None:
    repository.save_all((arrest(), trial()), now=NOW)
    for table, rows in dump(repository.engine).items():
        if table.startswith("case") or table == "secrets":
            assert "wagemaker" not in repr(rows).casefold(), table
    with reading(repository.engine) as connection:
        assert connection.execute(select(t.CaseName.name)).all()
        assert len(connection.execute(select(t.Secret.value)).scalar_one()) == 32


@pytest.mark.parametrize(
    ("stage", "wait"),
    [(Stage.RELEASED, ENDED_AFTER), (Stage.EXECUTED, ENDED_AFTER), (Stage.ARRESTED, OLD_AFTER)],
)
def test_hashes_of_names_are_dropped_when_a_case_is_over_or_old(
    repository: Repository, stage: Stage, wait: timedelta
) -> None:
    repository.save(arrest(stage=stage), now=NOW)

    def kept_after(time: timedelta) -> int:
        run = repository.start_run(command="crawl", now=NOW)
        repository.end_run(run, outcome="ok", now=NOW + time)
        with reading(repository.engine) as connection:
            return len(connection.execute(select(t.CaseName.name)).all())

    assert kept_after(wait - timedelta(days=1)) > 0
    assert kept_after(wait) == 0
    repository.save(arrest(stage=stage), now=NOW + wait)
    assert kept_after(wait) == 0, "saved again without news"
    assert read_case(repository.engine, 1).sums.stage is stage


# -- decisions of people --------------------------------------------------------------------------


def test_a_merged_number_leads_to_the_case_that_remains(repository: Repository) -> None:
    repository.save_all((arrest(), other(), other(4)), now=NOW)
    assert numbers(repository.engine) == [1, 2]
    assert repository.merge_cases(1, 2, now=NOW) == 1
    case = read_case(repository.engine, 2)
    assert (case.id, case.merged) == (1, (2,))
    assert len(case.reports) == 3
    assert all(report.by_hand for report in case.reports)
    with pytest.raises(QueryError, match="one case already"):
        repository.merge_cases(2, 1, now=NOW)


def test_a_split_holds_when_everything_speaks_for_joining(repository: Repository) -> None:
    repository.save_all((arrest(), trial()), now=NOW)
    (second,) = read_case(repository.engine, 1).reports[1].records
    new = repository.split_case(1, [second.id], now=NOW)
    assert numbers(repository.engine) == [1, new]
    assert repository.save(trial(), now=NOW).cases == (new,)
    assert repository.save(arrest(5), now=NOW).cases in ((1,), (new,))
    assert len(numbers(repository.engine)) == 2, "a report that fits both does not make them one again"
    repository.merge_cases(1, new, now=NOW)
    assert numbers(repository.engine) == [1]


def test_decisions_outlive_a_new_reading(repository: Repository) -> None:
    repository.save_all((arrest(), trial(), other()), now=NOW)
    (trial_record,) = read_case(repository.engine, 1).reports[1].records
    apart = repository.split_case(1, [trial_record.id], now=NOW)
    repository.merge_cases(1, 2, now=NOW)
    for outcome in (trial(), other(), arrest()):
        # The program reads the count otherwise now, and for a time finds nothing at all.
        number = article_of(repository.engine, outcome)
        told = outcome.records[0]
        repository.save_reading(number, irrelevant(9), now=NOW)
        changed = replace(outcome, records=(replace(told, count=5, stage=Stage.CHARGED),))
        repository.save_reading(number, changed, now=NOW)
    assert [report.url[-1] for report in read_case(repository.engine, apart).reports] == ["2"]
    assert [report.url[-1] for report in read_case(repository.engine, 1).reports] == ["1", "3"]


def test_records_of_one_report_can_be_split(repository: Repository) -> None:
    told = relevant(1, body=ARREST)
    whole = (record(told.article.text, ARREST), record(told.article.text, ARREST, nationality="BE", count=1))
    repository.save(replace(told, records=whole), now=NOW)
    (report,) = read_case(repository.engine, 1).reports
    assert [each.record.nationality for each in report.records] == ["NL", "BE"]
    new = repository.split_case(1, [report.records[1].id], now=NOW)
    assert read_case(repository.engine, 1).sums.people == {"NL": 2}
    assert read_case(repository.engine, new).sums.people == {"BE": 1}


@pytest.mark.parametrize("records", [[], [1], [99], [1, 99]])
def test_what_cannot_be_split(repository: Repository, records: list[int]) -> None:
    repository.save(arrest(), now=NOW)
    with pytest.raises(QueryError):
        repository.split_case(1, records, now=NOW)
    with pytest.raises(QueryError, match="no case 7"):
        repository.split_case(7, [1], now=NOW)
    assert numbers(repository.engine) == [1]


# -- lists ----------------------------------------------------------------------------------------


def test_filters(repository: Repository) -> None:
    repository.save_all((arrest(), trial(), other()), now=NOW)
    engine = repository.engine
    assert numbers(engine, Filter(stage=(Stage.CONVICTED,))) == [1]
    assert numbers(engine, Filter(stage=(Stage.ARRESTED,))) == [2]
    assert numbers(engine, Filter(drug=(Drug.MDMA,))) == [2]
    assert numbers(engine, Filter(nationality=("NL",), country=("PE",), kind=(Kind.EVENT,))) == [1, 2]
    assert numbers(engine, Filter(country=("TH",))) == []
    assert numbers(engine, Filter(since=NOW + timedelta(days=200))) == [1]
    assert numbers(engine, Filter(query="ecstasy")) == [2]
    assert numbers(engine, Filter(limit=1, page=2)) == [2]
    for wrong in (Filter(kind=(Kind.STOCK,)), Filter(query="cocaine", sort=Sort.RANK)):
        with pytest.raises(QueryError):
            find_cases(engine, wrong)


def test_a_case_is_new_again_when_a_report_comes(repository: Repository) -> None:
    engine, new = repository.engine, Filter(reader="ann")
    repository.save_all((arrest(), other()), now=NOW)
    assert numbers(engine, Filter(reader="ann", peek=True)) == [2, 1]
    assert numbers(engine, new) == [2, 1]
    assert numbers(engine, new) == []
    repository.save(trial(), now=NOW)
    assert numbers(engine, new) == [1]
    assert numbers(engine, Filter(reader="ben")) == [1, 2]


def test_a_case_that_no_article_reports_any_more(repository: Repository) -> None:
    repository.save(arrest(), now=NOW)
    repository.save_reading(1, irrelevant(1), now=NOW)
    assert numbers(repository.engine) == []
    with pytest.raises(QueryError, match="No article reports case 1"):
        read_case(repository.engine, 1)
    with pytest.raises(QueryError, match="no case 2"):
        read_case(repository.engine, 2)


def test_cases_of_a_database_from_before_there_were_any(repository: Repository) -> None:
    repository.save(arrest(), now=NOW)
    with writing(repository.engine) as connection:
        connection.execute(t.CaseReport.__table__.delete())
        connection.execute(t.Case.__table__.delete())
    (stored,) = repository.articles_to_reprocess()
    repository.save_reading(stored.id, arrest(), now=NOW)
    assert len(numbers(repository.engine)) == 1


def article_of(engine: Engine, outcome: Extracted) -> int:
    with reading(engine) as connection:
        return connection.execute(
            select(t.Article.id).where(t.Article.url == outcome.article.url)
        ).scalar_one()


def dump(engine: Engine) -> dict[str, list[tuple[object, ...]]]:
    with reading(engine) as connection:
        tables = [name for name in t.Base.metadata.tables if name.startswith("case") or name == "secrets"]
        return {
            name: [tuple(row) for row in connection.execute(text(f"SELECT * FROM {name}"))] for name in tables
        }
