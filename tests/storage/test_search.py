"""The words of a search: what they find, and that nothing that is typed breaks them."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine

from pipeline.errors import QueryError
from storage import search
from storage.queries import find_articles, find_records
from storage.repository import Repository
from storage.values import Filter, Sort
from tests.storage.builders import NOW, relevant

BODIES = {
    1: "Two Dutch drug mules were held in Lima with cocaine.",
    2: "A Briton was arrested at the port of Callao; the drug was heroin, not a mule in sight.",
    3: "São Paulo: três bolivianos presos com maconha. Señora peruana detenida.",
    4: "A film about trafficking in Lima; a real Spaniard was jailed there. Call C++ 24-hour line.",
}
TITLES = {1: "Mules in Peru", 2: "Briton held", 3: "Presos em São Paulo", 4: "On the screen"}


@pytest.fixture
def stored(repository: Repository) -> Repository:
    sources = {1: "insightcrime-en", 2: "bbc", 3: "folha", 4: "insightcrime-es"}
    for number, body in BODIES.items():
        repository.save(relevant(number, body=body, title=TITLES[number], source=sources[number]), now=NOW)
    return repository


def found(engine: Engine, query: str) -> set[int]:
    rows = find_articles(engine, Filter(query=query)).rows
    return {int(row.url.rsplit("/", 1)[1]) for row in rows}


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ("", {1, 2, 3, 4}),
        ("   ", {1, 2, 3, 4}),
        ("lima", {1, 4}),
        ("LIMA cocaine", {1}),
        ("lima AND cocaine", {1}),
        ("cocaine OR heroin", {1, 2}),
        ("lima -film", {1}),
        ("lima NOT film", {1}),
        ("-film lima", {1}),
        ("-lima", {2, 3}),
        ("-lima -briton", {3}),
        ("-(lima OR briton)", {3}),
        ("heroin OR -lima", {2, 3}),
        ("(lima OR callao) mule*", {1, 2}),
        ("(lima OR callao) (mules OR mule) -heroin", {1}),
        ('"drug mules"', {1}),
        ('"mules drug"', set()),
        ("“drug mules”", {1}),
        ("«drug mules»", {1}),
        ('"drug mules', {1}),  # the quotation is never closed
        ("title:mules", {1}),
        ("title:drug", set()),
        ('title:"sao paulo"', {3}),
        ("-title:mules mule*", {2}),
        ("source:insightcrime", {1, 4}),
        ("source:insightcrime-es", {4}),
        ("insightcrime", set()),  # a plain word is not looked for in the outlet's name
        ("sao tres senora", {3}),
        ("SEÑORA", {3}),
        ("traffick*", {4}),
        ("traffick", set()),
        ("C++", {4}),
        ("24-hour", {4}),
        ("(C++)", {4}),
        ("a-b", set()),
        ("AND", set()),
        ("OR", set()),
        ("NOT", {2}),
        ("lima & cocaine ...", {1}),
        ("lima\x00cocaine", {1}),
        ("lima \ud83d cocaine", {1}),
        ("callao; DROP TABLE articles", set()),
        ("http://example.com/a?b=c", set()),
        ("NEAR(lima cocaine)", set()),
        ("rowid:1", set()),
        ("^lima", {1, 4}),
        ("lima + cocaine", {1}),
        ("- lima", {1, 4}),
    ],
)
def test_what_is_found(stored: Repository, engine: Engine, query: str, numbers: set[int]) -> None:
    if engine.dialect.name == "postgresql":
        # There a plain word finds its forms, too: what others have of trafficking.
        numbers = {"traffick": {4}}.get(query, numbers)
    assert found(engine, query) == numbers
    assert find_records(engine, Filter(query=query)).total == len(numbers)
    assert find_articles(engine, Filter(query=query, limit=1)).total == len(numbers)


@pytest.mark.parametrize(
    ("query", "place", "why"),
    [
        ("lima OR", 8, "a word is missing"),
        ("OR lima", 1, "a word is missing"),
        ("lima AND AND callao", 10, "a word is missing"),
        ("lima NOT", 9, "a word is missing"),
        ("(lima", 1, "never closed"),
        ("lima)", 5, "never opened"),
        ("lima ()", 7, "a word is missing"),
        ("title:", 1, "a word must follow 'title:'"),
        ("mule title: OR x", 6, "a word must follow 'title:'"),
        ("***", 1, "no word"),
        ("lima country:PE", 6, "use the option --country"),
        ("x" * 3_000, 2_000, "longer than 2000"),
        ("x " * 200, 201, "more than 100 words"),
        ("(" * 30 + "x" + ")" * 30, 22, "too many brackets"),
        ("-" * 30 + "x", 22, "too many brackets"),
    ],
)
def test_what_has_no_sense_names_the_place(query: str, place: int, why: str) -> None:
    with pytest.raises(QueryError, match=why) as caught:
        search.parse(query)
    assert caught.value.key == str(place)
    assert f"at character {place}" in str(caught.value)


def test_the_best_match_comes_first(stored: Repository, engine: Engine) -> None:
    rows = find_articles(engine, Filter(query="mule OR mules OR briton", sort=Sort.RANK)).rows
    assert rows[0].title in ("Mules in Peru", "Briton held")
    assert len(rows) == 2
    # A part that only says what is not wanted is ranked last.
    rows = find_articles(engine, Filter(query="cocaine OR -lima", sort=Sort.RANK)).rows
    assert rows[0].title == "Mules in Peru"
    records = find_records(engine, Filter(query="mule*", sort=Sort.RANK, limit=1))
    assert (records.total, records.rows[0].title) == (2, "Mules in Peru")


WORDS = st.sampled_from(
    ["lima", "AND", "OR", "NOT", "-", "(", ")", '"', "title:", "source:", "*", "C++", "a-b", "\x00", "“", "'"]
)


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=200)
@given(query=st.one_of(st.lists(WORDS, max_size=12).map(" ".join), st.lists(WORDS).map("".join), st.text()))
@example(query='"' * 100)
@example(query="{title text} : x")
@example(query="ⅷ ߊ 𞤀 \u0300 \ue000")
def test_nothing_that_is_typed_breaks_the_database(engine: Engine, query: str) -> None:
    wrong: QueryError | None = None
    tree = None
    try:
        tree = search.parse(query)
    except QueryError as error:
        wrong = error
    if wrong is not None:
        assert int(wrong.key) >= 1
        with pytest.raises(QueryError):
            find_articles(engine, Filter(query=query))
        return
    assert find_articles(engine, Filter(query=query)).total == 0
    if tree is not None:
        assert find_records(engine, Filter(query=query, sort=Sort.RANK)).total == 0
