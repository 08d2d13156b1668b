"""Lists of articles and records: facets, order, pages, and what is new to a reader."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from sqlalchemy import Engine

from pipeline.errors import QueryError
from pipeline.types import Record
from pipeline.vocabulary import Drug, Kind, Stage
from storage.queries import find_articles, find_records, read_article, revisions
from storage.repository import Repository
from storage.values import Filter, Found, RecordRow, Sort
from tests.storage.builders import NOW, SENTENCE, irrelevant, record, relevant

DAY = timedelta(days=1)


def numbers(engine: Engine, wanted: Filter) -> list[int]:
    return [int(row.url.rsplit("/", 1)[1]) for row in find_articles(engine, wanted).rows]


@pytest.fixture
def stored(repository: Repository) -> Repository:
    mexican = record(nationality="MX", country="PE", count=191, kind=Kind.STOCK, stage=Stage.IMPRISONED)
    british = record(nationality="GB", country="TH", count=None, stage=Stage.RELEASED, drugs=(Drug.HEROIN,))
    dutch = record(nationality="NL", country="PE", drugs=(Drug.COCAINE, Drug.MDMA))
    repository.save(relevant(1, mexican, published=NOW - 3 * DAY), now=NOW)
    repository.save(relevant(2, british, dutch, language="nl", source="krant"), now=NOW)
    repository.save(relevant(3, dutch, published=None), now=NOW + DAY)
    repository.save(irrelevant(4), now=NOW)
    return repository


@pytest.mark.parametrize(
    ("wanted", "articles", "records"),
    [
        (Filter(), [3, 2, 1], 4),
        (Filter(nationality=("MX",)), [1], 1),
        (Filter(nationality=("MX", "GB")), [2, 1], 2),
        (Filter(nationality=("GB",), country=("TH",)), [2], 1),
        (Filter(nationality=("GB",), country=("PE",)), [], 0),  # in one record, not in two
        (Filter(stage=(Stage.IMPRISONED, Stage.RELEASED)), [2, 1], 2),
        (Filter(drug=(Drug.HEROIN,)), [2], 1),
        (Filter(drug=(Drug.MDMA, Drug.COCAINE)), [3, 2, 1], 3),
        (Filter(kind=(Kind.STOCK,)), [1], 1),
        (Filter(language=("nl",)), [2], 2),
        (Filter(source=("krant",)), [2], 2),
        (Filter(since=NOW), [3, 2], 3),
        (Filter(until=NOW), [1], 1),
        (Filter(since=NOW - 3 * DAY, until=NOW + DAY), [2, 1], 3),
        (Filter(sort=Sort.OLDEST), [1, 2, 3], 4),
        (Filter(sort=Sort.FOUND), [3, 2, 1], 4),
        (Filter(sort=Sort.COUNT), [1, 3, 2], 4),
        (Filter(query="dutch", nationality=("MX",)), [1], 1),
    ],
)
def test_facets_and_order(
    stored: Repository, engine: Engine, wanted: Filter, articles: list[int], records: int
) -> None:
    assert numbers(engine, wanted) == articles
    assert find_records(engine, wanted).total == records


def test_a_record_comes_with_its_article(stored: Repository, engine: Engine) -> None:
    [row] = find_records(engine, Filter(nationality=("MX",))).rows
    assert (row.title, row.source, row.language, row.outlet_country) == ("Story 1", "outlet", "en", "PE")
    assert (row.published, row.first_seen) == (NOW - 3 * DAY, NOW)
    assert find_articles(engine, Filter(nationality=("MX",))).rows[0].records == (row,)
    counts = [row.record.count for row in find_records(engine, Filter(sort=Sort.COUNT)).rows]
    assert counts == [191, 2, 2, None]


def test_pages_hold_every_row_once(repository: Repository, engine: Engine) -> None:
    for number in range(7):
        repository.save(relevant(number), now=NOW)  # all of one moment
    pages = [find_articles(engine, Filter(page=page, limit=3)) for page in (1, 2, 3, 4)]
    assert [len(page.rows) for page in pages] == [3, 3, 1, 0]
    assert {page.total for page in pages} == {7}
    assert len({row.id for page in pages for row in page.rows}) == 7


@pytest.mark.parametrize(
    ("wanted", "why"),
    [
        (Filter(page=0), "from 1"),
        (Filter(limit=0), "from 1"),
        (Filter(page=2), "needs a limit"),
        (Filter(page=2, limit=5, reader="ann"), "ask again"),
        (Filter(reader=""), "empty"),
        (Filter(reader="a\x00b"), "characters"),
        (Filter(sort=Sort.RANK), "ranked"),
    ],
)
def test_filters_that_make_no_sense(engine: Engine, wanted: Filter, why: str) -> None:
    with pytest.raises(QueryError, match=why):
        find_articles(engine, wanted)
    with pytest.raises(QueryError, match=why):
        find_records(engine, wanted)


def test_what_is_new_to_each_reader(repository: Repository, engine: Engine) -> None:
    ann, bob = Filter(reader="ann"), Filter(reader="bob")
    repository.save_all((relevant(1), relevant(2)), now=NOW)
    assert numbers(engine, Filter(reader="ann", peek=True)) == [2, 1]
    assert numbers(engine, ann) == [2, 1]
    assert numbers(engine, ann) == []
    assert numbers(engine, bob) == [2, 1]
    # A clock that was set back changes nothing, nor does an old date of publication.
    repository.save(relevant(3, published=NOW - 900 * DAY), now=NOW - 9 * DAY)
    assert numbers(engine, ann) == [3]
    # Saving the same again is no news; another text is.
    repository.save_all((relevant(1), relevant(2)), now=NOW + DAY)
    assert numbers(engine, ann) == []
    repository.save(relevant(1, body=SENTENCE + " Corrected."), now=NOW + DAY)
    assert numbers(engine, ann) == [1]
    assert numbers(engine, bob) == [1, 3]
    assert numbers(engine, Filter(reader="carol")) == [2, 1, 3]
    # Records are a list of their own.
    assert find_records(engine, ann).total == 3
    assert find_records(engine, ann).total == 0


def test_a_narrow_or_cut_list_hides_nothing(repository: Repository, engine: Engine) -> None:
    for number in range(1, 7):
        country = "PE" if number % 2 else "TH"
        repository.save(relevant(number, record(country=country)), now=NOW)
    assert numbers(engine, Filter(reader="ann", country=("PE",))) == [5, 3, 1]
    first = find_articles(engine, Filter(reader="ann", limit=2))
    assert (len(first.rows), first.total) == (2, 3)
    assert numbers(engine, Filter(reader="ann", limit=2)) == [2]
    assert numbers(engine, Filter(reader="ann")) == []
    # What was shown one by one is new again when it changes.
    assert numbers(engine, Filter(reader="bob", country=("TH",))) == [6, 4, 2]
    repository.save(relevant(2, record(country="TH"), body=SENTENCE + " Corrected."), now=NOW)
    assert numbers(engine, Filter(reader="bob", country=("TH",))) == [2]


def test_only_records_that_mean_something_else_are_new(repository: Repository, engine: Engine) -> None:
    repository.save(relevant(1, record(count=2), record(nationality="GB")), now=NOW)
    wanted = Filter(reader="ann")
    assert find_records(engine, wanted).total == 2
    shifted = record(count=2, confidence=0.4)
    repository.save(relevant(1, shifted, record(nationality="GB")), now=NOW)
    assert find_records(engine, wanted).total == 0
    repository.save(relevant(1, record(count=3), record(nationality="GB")), now=NOW)
    found: Found[RecordRow] = find_records(engine, wanted)
    assert [row.record.count for row in found.rows] == [3]


def test_two_at_once_who_read_as_one_reader_see_each_row_once(repository: Repository, engine: Engine) -> None:
    repository.save_all([relevant(number) for number in range(40)], now=NOW)
    seen: list[int] = []

    def ask() -> None:
        for _ in range(10):
            seen.extend(row.id for row in find_articles(engine, Filter(reader="ann", limit=3)).rows)

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(seen) == len(set(seen)) == 40


def test_single_articles(stored: Repository, engine: Engine) -> None:
    by_url = read_article(engine, "https://OUTLET.example/news/1#top")
    assert by_url is not None
    assert read_article(engine, by_url.id) == by_url
    assert read_article(engine, 999) is None
    assert read_article(engine, "https://nowhere.example/") is None
    assert revisions(engine, by_url.id) == ()


def test_the_same_record_twice_in_an_article(repository: Repository, engine: Engine) -> None:
    twin: Record = record()
    repository.save(relevant(1, twin, twin), now=NOW)
    ids = [row.id for row in find_records(engine, Filter()).rows]
    repository.save(relevant(1, twin, twin), now=NOW)
    assert [row.id for row in find_records(engine, Filter()).rows] == ids
    assert len(set(ids)) == 2
