"""What is new and what changed, days of a source, what filters count, and an end to waiting."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import Engine, text

from pipeline.errors import StorageSlowError
from pipeline.vocabulary import Drug, FeedState, Kind, Stage
from storage import news
from storage.case_past import case_past
from storage.cases import find_cases
from storage.engine import open_database, reading
from storage.facets import article_facets, case_facets
from storage.patience import limit_time
from storage.queries import find_articles
from storage.repository import Repository
from storage.source_days import health_events, last_fetches, source_days
from storage.values import Filter, Sort
from tests.storage import builders
from tests.storage.builders import NOW, record, relevant

DAY = timedelta(days=1)


def test_what_was_stored_since(repository: Repository, engine: Engine) -> None:
    repository.save(relevant(1), now=NOW - 3 * DAY)
    repository.save(relevant(2, record(nationality="BR", country="GB", count=1)), now=NOW)
    repository.save(builders.irrelevant(3), now=NOW)
    week, day, never = news.counts_since(engine, (NOW - 7 * DAY, NOW - DAY, NOW + DAY))
    assert (week.articles, week.cases) == (2, 2)
    assert (day.articles, day.cases) == (1, 1)
    assert (never.articles, never.cases) == (0, 0)
    assert [case.country for case in news.new_cases(engine, NOW - 7 * DAY, most=9)] == ["GB", "PE"]
    assert [case.country for case in news.new_cases(engine, NOW - DAY, most=9)] == ["GB"]


def test_a_case_that_moves_on_is_told(repository: Repository, engine: Engine) -> None:
    first = repository.save(relevant(1, published=NOW - 30 * DAY), now=NOW - 30 * DAY)
    assert news.case_changes(engine, NOW - 60 * DAY, most=9) == ()
    court = record(stage=Stage.CONVICTED, sentence=6.0)
    repository.save(relevant(2, court, source="other"), now=NOW)
    (change,) = news.case_changes(engine, NOW - DAY, most=9)
    assert (change.case.id,) == first.cases
    assert change.stage == (Stage.ARRESTED, Stage.CONVICTED)
    assert change.at == NOW
    assert news.case_changes(engine, NOW + DAY, most=9) == ()
    assert [(each.since, each.stage) for each in case_past(engine, change.case.id)] == [
        (NOW - 30 * DAY, Stage.ARRESTED),
        (NOW, Stage.CONVICTED),
    ]


def test_a_corrected_figure_is_told(repository: Repository, engine: Engine) -> None:
    repository.save(relevant(1), now=NOW - 2 * DAY)
    assert news.corrections(engine, NOW - 9 * DAY, most=9) == ()
    told = builders.SENTENCE.replace("Two", "Three")
    article = builders.article(1, told)
    after = replace(relevant(1), article=article, records=(record(article.text, told, count=3),))
    repository.save(after, now=NOW)
    (correction,) = news.corrections(engine, NOW - DAY, most=9)
    assert (correction.before.count, correction.after.count) == (2, 3)
    assert correction.after.drugs == (Drug.COCAINE,)
    assert correction.after.evidence.text == told
    assert news.corrections(engine, NOW + DAY, most=9) == ()


def test_a_pair_is_new_after_a_year_without(repository: Repository, engine: Engine) -> None:
    """And nothing is said of it before the data reach back a year."""

    def report(number: int, days: int, **fields: object) -> None:
        at = NOW - days * DAY
        told = record(quantity_kg=float(number), when=None, place=None, **fields)
        # Near-copies of one text would be one case.
        body = f"{builders.SENTENCE} {' '.join(f'w{number}x{place}' for place in range(60))}"
        repository.save(relevant(number, told, body=body, published=at), now=at)

    report(1, 100, nationality="GB", country="TH")
    report(2, 0, nationality="BR", country="GB")
    early = news.new_pairs(engine, NOW - DAY, most=9)
    assert early.pairs == ()
    assert early.from_day == (NOW - 100 * DAY + 365 * DAY).toordinal()
    report(3, 900, nationality="FR", country="MA")
    report(4, 500, nationality="NL", country="PE")
    report(5, 0, nationality="NL", country="PE", count=9)
    report(6, 0, nationality="GB", country="TH", count=8)
    report(7, 0, nationality="XX", country="JP", count=7)
    found = news.new_pairs(engine, NOW - DAY, most=9)
    pairs = {(each.nationality, each.country): each.last for each in found.pairs}
    assert pairs == {("BR", "GB"): None, ("NL", "PE"): (NOW - 500 * DAY).toordinal()}


def test_nothing_stored_is_nothing_new(engine: Engine) -> None:
    assert news.new_pairs(engine, NOW, most=9) == news.NewPairs(pairs=(), from_day=None)
    assert news.counts_since(engine, (NOW,))[0].articles == 0
    assert article_facets(engine, Filter())["country"] == ()
    assert case_facets(engine, Filter())["country"] == ()


def test_the_days_of_a_source(repository: Repository, engine: Engine) -> None:
    run = repository.start_run(command="crawl", now=NOW)
    for days, state in ((0, FeedState.OK), (0, FeedState.TIMEOUT), (1, FeedState.OK), (99, FeedState.OK)):
        at = NOW - days * DAY
        entries = [builders.entry(days, published=at)] if state is FeedState.OK else []
        repository.save_feed(run, builders.fetch(state, fetched=at), entries, now=at)
    repository.save(relevant(0), now=NOW)
    repository.save(relevant(7, body="x" * 500, published=NOW - DAY), now=NOW)
    days = source_days(engine, "outlet", now=NOW, days=10)
    assert len(days) == 10
    assert days[-1].day == NOW.date()
    today, yesterday = days[-1], days[-2]
    assert (today.fetches, today.failed, today.new, today.relevant) == (2, 1, 1, 1)
    assert today.length == len(relevant(0).article.text)
    assert (yesterday.fetches, yesterday.new, yesterday.seen, yesterday.relevant) == (1, 1, 2, 1)
    assert days[0] == replace(days[0], fetches=0, new=0, seen=0, length=None)
    assert [each.fetched for each in last_fetches(engine, "outlet", most=2)] == [NOW, NOW]
    assert health_events(engine, "outlet", most=9) == ()


@pytest.fixture
def world(repository: Repository) -> Repository:
    """Five articles: three of Dutch in Peru, one of a Briton in Thailand, one with a stock."""
    repository.save_all(
        [
            relevant(1),
            relevant(2, record(stage=Stage.CONVICTED), source="other", language="es"),
            relevant(3, record(count=5, drugs=(Drug.HEROIN,), quantity_kg=None)),
            relevant(4, record(nationality="GB", country="TH", count=1)),
            relevant(5, record(nationality="GB", country="XX", kind=Kind.STOCK, count=900, place=None)),
        ],
        now=NOW,
    )
    return repository


WORDS: dict[str, type[str]] = {"stage": Stage, "drug": Drug, "kind": Kind}


def test_filters_count_what_would_be_listed(world: Repository, engine: Engine) -> None:
    """Each number beside a filter is the number of articles that are listed with it."""
    for base in (Filter(), Filter(country=("PE",)), Filter(query="cocaine", language=("en",))):
        facets = article_facets(engine, base)
        assert facets["nationality"]
        for field, counts in facets.items():
            for value, number in counts:
                chosen = {field: (WORDS.get(field, str)(value),)}
                listed = find_articles(engine, replace(base, **chosen, limit=25))
                assert listed.total == number, (base, field, value)


def test_filters_of_cases_count_cases(world: Repository, engine: Engine) -> None:
    for base in (Filter(), Filter(country=("PE",))):
        facets = case_facets(engine, base)
        assert "kind" not in facets
        for field, counts in facets.items():
            for value, number in counts:
                chosen = {field: (WORDS.get(field, str)(value),)}
                listed = find_cases(engine, replace(base, **chosen, limit=25))
                assert listed.total == number, (base, field, value)


WANTED = (
    Filter(),
    Filter(nationality=("NL",)),
    Filter(nationality=("NL", "GB"), country=("PE", "TH"), stage=(Stage.ARRESTED,)),
    Filter(drug=(Drug.HEROIN,)),
    Filter(source=("other",)),
    Filter(found=NOW),
    Filter(query="dutch"),
    Filter(query="dutch -cocaine"),
    Filter(since=NOW - DAY, until=NOW + DAY, language=("es",)),
)


@pytest.mark.parametrize("wanted", WANTED, ids=str)
def test_lists_are_the_same_from_wherever_they_begin(
    world: Repository, engine: Engine, wanted: Filter, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whether few or many fit, and whatever is gone through first."""
    few = find_articles(engine, wanted), find_cases(engine, wanted)
    monkeypatch.setattr("storage.filters.FEW", 0)
    many = find_articles(engine, wanted), find_cases(engine, wanted)
    assert [found.rows for found in few] == [found.rows for found in many]


def test_figures_are_found_by_their_kind(world: Repository, engine: Engine) -> None:
    assert [
        row.records[0].record.count for row in find_articles(engine, Filter(kind=(Kind.STOCK,))).rows
    ] == [900]


def test_counting_ends_where_it_shall(world: Repository, engine: Engine) -> None:
    found = find_articles(engine, Filter(limit=2, counted=3, sort=Sort.FOUND))
    assert (len(found.rows), found.total, found.more) == (2, 4, True)
    found = find_articles(engine, Filter(limit=2, counted=5))
    assert (found.total, found.more) == (5, False)
    assert find_cases(engine, Filter(limit=1, counted=1)).more


@pytest.fixture
def hurried(url: str, engine: Engine) -> Iterator[Engine]:
    hurried = open_database(url, read_only=True)
    limit_time(hurried, 0.2)
    yield hurried
    hurried.dispose()


def test_a_question_that_takes_too_long_is_given_up(hurried: Engine) -> None:
    endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"
    with pytest.raises(StorageSlowError, match="takes too long"), reading(hurried) as connection:
        connection.execute(text(endless))
    # The next one has its own time.
    with reading(hurried) as connection:
        assert connection.execute(text("SELECT 1")).scalar() == 1
