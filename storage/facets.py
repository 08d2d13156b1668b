"""How many articles or cases of a list there are by nationality, country, stage and so on. Reading only.

Of a long list the first rows alone are counted: what is asked for while somebody waits must not read
a million articles. The rows are found once, and again only for each field of which something is asked.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from sqlalchemy import Connection, Engine, select

from storage import queries
from storage import tables as t
from storage.case_chosen import latest_cases
from storage.chosen import latest
from storage.dialects import among
from storage.engine import reading
from storage.reading import DRUGS
from storage.rows import drug_words
from storage.values import Filter, Sort

Counts = tuple[tuple[str, int], ...]
Having = dict[str, Counter[str]]
"""For each field, how many rows have each value."""
FIELDS = ("nationality", "country", "stage", "drug", "kind", "language", "source")
COUNTED = 1_000
"""The latest articles or cases that are counted."""


class Faceted(NamedTuple):
    """What was counted of a list."""

    facets: dict[str, Counts]
    rows: int | None  # how many fit, up to one more than COUNTED; None: that was not found out


def article_facets(engine: Engine, wanted: Filter, *, most: int = 10) -> dict[str, Counts]:
    """For each field its ``most`` frequent values among the latest articles that fit, with how many
    articles have it. What is asked of the field itself does not count, so that it can be widened."""
    return count_articles(engine, wanted, most=most).facets


def count_articles(engine: Engine, wanted: Filter, *, most: int = 10) -> Faceted:
    """The same, and how many articles there are as far as they were looked at for it."""
    return _facets(engine, wanted, FIELDS, _of_articles, most)


def case_facets(engine: Engine, wanted: Filter, *, most: int = 10) -> dict[str, Counts]:
    """The same of cases; the stage is that of the case, the others are of any of its reports."""
    fields = tuple(field for field in FIELDS if field != "kind")
    return _facets(engine, wanted, fields, _of_cases, most).facets


def _facets(
    engine: Engine,
    wanted: Filter,
    fields: Sequence[str],
    count: Callable[[Connection, Filter, Sequence[str]], tuple[Having, int | None]],
    most: int,
) -> Faceted:
    queries.checked(wanted)
    # The latest ones are counted, whatever the order of the list: its own would lead to another index.
    wanted = replace(wanted, sort=Sort.NEWEST)
    found: dict[str, Counts] = {}
    asked_of = [field for field in fields if getattr(wanted, field)]
    with reading(engine) as connection:
        whole, rows = count(connection, wanted, [field for field in fields if field not in asked_of])
        for field in fields:
            having = whole
            if field in asked_of:
                nothing: dict[str, Any] = {field: ()}
                having, _ = count(connection, replace(wanted, **nothing), [field])
            ordered = sorted(having[field].items(), key=lambda each: (-each[1], each[0]))
            found[field] = tuple(ordered[:most])
    return Faceted(found, rows)


def _of_articles(connection: Connection, wanted: Filter, names: Sequence[str]) -> tuple[Having, int | None]:
    found = latest(connection, wanted, COUNTED + 1)
    # Of a drug more may fit than are looked at.
    total = None if wanted.drug and len(found) <= COUNTED else len(found)
    rows = sorted(found, key=lambda row: -row.id)[:COUNTED]
    having = {name: Counter(getattr(row, name) for row in rows) for name in names if name in _OF_ARTICLES}
    of_records = [name for name in names if name not in _OF_ARTICLES]
    if not of_records:
        return having, total
    r = t.Record
    drugs = [DRUGS] if wanted.drug or "drug" in names else []
    # By their articles alone: with a country beside them SQLite would begin with all records of it.
    records = select(r.article_id, r.nationality, r.country, r.stage, r.kind, *drugs)
    every = connection.execute(records.where(among(connection, r.article_id, [row.id for row in rows]))).all()
    told = [row for row in every if _fits(row, wanted)]
    for name in of_records:
        if name == "drug":
            having[name] = _each((row.article_id, drug) for row in told for drug in drug_words(row.drugs))
        else:
            having[name] = _each((row.article_id, getattr(row, name)) for row in told)
    return having, total


_OF_ARTICLES = ("language", "source")


def _fits(record: Any, wanted: Filter) -> bool:
    """What filters.record_conditions says of one record."""
    return (
        (not wanted.nationality or record.nationality in wanted.nationality)
        and (not wanted.country or record.country in wanted.country)
        and (not wanted.stage or record.stage in wanted.stage)
        and (not wanted.kind or record.kind in wanted.kind)
        and (not wanted.drug or any(drug in wanted.drug for drug in drug_words(record.drugs)))
    )


def _of_cases(connection: Connection, wanted: Filter, names: Sequence[str]) -> tuple[Having, int | None]:
    rows = latest_cases(connection, wanted, COUNTED)
    having = {"stage": Counter(row.stage for row in rows)}
    if names == ["stage"]:
        return having, None
    c = t.CaseCount
    query = select(c.case_id, c.nationality, c.country, c.drugs, c.sources, c.languages)
    told = connection.execute(query.where(among(connection, c.case_id, [row.id for row in rows]))).all()
    having |= {
        "nationality": _each((row.case_id, row.nationality) for row in told),
        "country": _each((row.case_id, row.country) for row in told),
        "drug": _each((row.case_id, drug) for row in told for drug in drug_words(row.drugs)),
        "source": _each((row.case_id, source) for row in told for source in row.sources),
        "language": _each((row.case_id, language) for row in told for language in row.languages),
    }
    return having, None


def _each(pairs: Iterable[tuple[int, str]]) -> Counter[str]:
    """How many rows have each value, a row that has it twice once."""
    return Counter(value for _, value in set(pairs))
