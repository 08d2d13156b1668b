"""Small answers in one statement are those that are found in every other way, whatever is asked for."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from itertools import product
from typing import Any

import pytest
from sqlalchemy import Engine

from pipeline.vocabulary import Kind, Stage
from storage import filters, postgres, quick, search
from storage.engine import is_postgres, reading, writing
from storage.forms import form_of
from storage.prepared import Prepared
from storage.queries import find_articles, find_records
from storage.repository import Repository
from storage.values import Filter, Sort
from tests.storage import builders

QUERIES = (
    "court",
    "mule",
    '"mule court"',
    "mul*",
    "title:story",
    "mule -customs3",
    "mule OR customs4",
    "(mule OR customs4) -court",
    "-customs3",
    "source:other court",
    "it's 100% %s %(word)s {brace}",
    "nowhere",
)
SORTS = (Sort.NEWEST, Sort.OLDEST, Sort.FOUND, Sort.RANK)
MORE = (
    {},
    {"language": ("en",)},
    {"source": ("other", "outlet")},
    {"since": builders.NOW - timedelta(days=40), "until": builders.NOW - timedelta(days=9)},
    {"found": builders.NOW - timedelta(days=30)},
    {"nationality": ("NL", "GB"), "stage": (Stage.CONVICTED, Stage.ARRESTED), "kind": (Kind.EVENT,)},
)


@pytest.fixture
def filled(repository: Repository) -> Engine:
    for number in range(1, 17):
        told, day = builders.unlike(number, apart=5)
        other = builders.record(count=number, place="Quito")
        words = "mule court " * (number % 4) + f"customs{number} it's 100% of the case"
        source, language = ("outlet", "other")[number % 3 == 0], ("en", "es")[number % 4 == 0]
        found = builders.relevant(
            number, told, other, body=words, published=day, source=source, language=language
        )
        repository.save(found, now=day)
    repository.save_reading(7, builders.irrelevant(7), now=builders.NOW)
    return repository.engine


@contextmanager
def _slowly() -> Iterator[None]:
    """Everything is taken for many rows, so that nothing is answered at once."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(filters, "FEW", -1)
        patched.setattr(filters, "RARE", -1)
        patched.setattr(quick, "NEW", -1)
        patched.setattr(quick, "records_of_facts", lambda *_: None)
        yield


def _both(find: Any, engine: Engine, wanted: Filter) -> Any:
    found = find(engine, wanted)
    with _slowly():
        assert find(engine, wanted) == found, wanted
    return found


def test_words_lead_to_the_same(filled: Engine) -> None:
    for query in QUERIES:
        _words_lead_to_the_same(filled, query)


def _words_lead_to_the_same(filled: Engine, query: str) -> None:
    plain = [(sort, {}, page) for sort in SORTS for page in (1, 2)]
    narrow = [(SORTS[place % len(SORTS)], more, 1) for place, more in enumerate(MORE)]
    some = 0
    for sort, more, page in plain + narrow:
        asked: Any = Filter(query=query, sort=sort, limit=3, page=page, counted=(None, 4)[page == 2])
        wanted = replace(asked, **more)
        some += len(_both(find_records, filled, wanted).rows)
        some += len(_both(find_articles, filled, wanted).rows)
    assert bool(some) == (query not in ("nowhere", QUERIES[-2]))


def test_facts_lead_to_the_same(filled: Engine) -> None:
    for sort, more in product((Sort.NEWEST, Sort.OLDEST, Sort.FOUND), MORE):
        asked: Any = Filter(country=("PE", "TH"), sort=sort)
        for limit, page in ((3, 1), (3, 2), (50, 1), (50, 2)):
            wanted = replace(asked, page=page, limit=limit, counted=(None, 4)[page == 2], **more)
            _both(find_records, filled, wanted)


def test_what_is_new_is_the_same(filled: Engine, repository: Repository) -> None:
    wanted = Filter(reader="me", peek=True, limit=4)
    first = _both(find_articles, filled, wanted)
    assert (len(first.rows), first.total) == (4, 15)
    # All of it was shown, then two more come.
    find_articles(filled, Filter(reader="me"))
    assert _both(find_articles, filled, wanted).rows == ()
    for number in (40, 41):
        repository.save(builders.relevant(number), now=builders.NOW)
    found = _both(find_articles, filled, wanted)
    assert ([row.title for row in found.rows], found.total) == (["Story 41", "Story 40"], 2)
    # One of them is shown by itself: the other is still new.
    find_articles(filled, Filter(reader="me", limit=1))
    assert [row.title for row in _both(find_articles, filled, wanted).rows] == ["Story 40"]
    assert find_articles(filled, replace(wanted, peek=False)).total == 1
    assert _both(find_articles, filled, wanted).total == 0


def test_a_statement_is_built_once_for_a_form(filled: Engine) -> None:
    """Other words, people and days are other values of the same statement."""
    built: list[Prepared] = []
    asked = (
        Filter(query="court mule", language=("en",), since=builders.NOW - timedelta(days=40), limit=3),
        Filter(query="case customs4", language=("es",), since=builders.NOW - timedelta(days=90), limit=9),
    )
    on = filled.dialect.name
    forms = {form_of(each, search.parse(each.query), on)[0] for each in asked}
    assert len(forms) == 1
    assert len({form_of(Filter(query=query), search.parse(query), on)[0] for query in ("a b", '"a" b')}) == (
        2 if is_postgres(filled) else 1
    )
    for each in asked:
        found = find_articles(filled, each)
        built.append(quick._articles(form_of(each, search.parse(each.query), on)[0]))
        assert found.rows
    assert built[0] is built[1]


def test_plans_are_kept_for_small_answers_alone(filled: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the way to a list depends on its values, and where tables were small, PostgreSQL plans anew."""
    if not is_postgres(filled):
        pytest.skip("SQLite has one plan for a statement")
    mode = "SHOW plan_cache_mode"
    wanted, tree = Filter(query="court", limit=3), search.parse("court")
    with reading(filled) as connection:
        assert quick.articles_of_words(connection, wanted, tree) is not None
        assert connection.exec_driver_sql(mode).scalar() == "force_custom_plan"
    with writing(filled) as connection:
        connection.exec_driver_sql("ANALYZE")
    monkeypatch.setattr(postgres, "KEPT_FROM", 10)
    with reading(filled) as connection:
        assert quick.articles_of_words(connection, wanted, tree) is not None
        assert connection.exec_driver_sql(mode).scalar() == "force_generic_plan"
        with _slowly():
            assert quick.articles_of_words(connection, wanted, tree) is None
        assert connection.exec_driver_sql(mode).scalar() == "force_custom_plan"
    with reading(filled) as connection:
        assert connection.exec_driver_sql(mode).scalar() == "force_custom_plan"
    for repeated, found in ((True, "force_generic_plan"), (False, "auto")):
        with writing(filled, repeated=repeated) as connection:
            assert connection.exec_driver_sql(mode).scalar() == found
