"""What is stored, as a query sees it that is tried before it is saved.

Everything is told by numbers: articles and records are many, so only numbers leave the database, one
set for each part of a query, and texts only where the search index cannot answer.
"""

# ruff: noqa: S608 - statements are put together of pieces of this file and of numbers; words are bound

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, select, text

from pipeline.segments import split_sentences
from pipeline.types import Article
from pipeline.vocabulary import UNKNOWN_COUNTRY, Stage
from storage import rows, search, words
from storage.alert_saving import is_step
from storage.alert_values import News, NewsRecord
from storage.engine import is_postgres
from storage.judged import read_program
from storage.reading import records_of

CHUNK = 500
"""Texts that are held in memory at once."""
MANY = 5_000
"""Numbers in one statement."""
COLUMNS = {
    "nationality": "nationality",
    "country": "country",
    "stage": "stage",
    "kind": "kind",
    "count": "count",
    "quantity": "quantity_kg",
    "sentence": "sentence_years",
}
Moment = str | datetime
"""A moment as the database gives it, by which rows sort; SQLite has texts."""
_NAMED = re.compile(r":(\w+)")
_OF_RECORDS = (
    "article_id, nationality, country, count, kind, stage, quantity_kg, sentence_years, sentence_word"
)
REJECTED = (
    "SELECT v.article_id FROM program_verdicts v JOIN articles n ON n.id = v.article_id "
    "WHERE v.relevant = true AND n.relevant = false"
)
"""Articles that the program shows and a person rejected; what it read in them is in program_records."""
SIGNS = frozenset({"=", "<", ">", "<=", ">="})


class Stored:
    """What is stored, in one reading transaction. ``since``: only articles published (else stored) from
    then on; ``everything``: irrelevant ones too, as far as their text is kept; ``rejected``: also those
    that only a person's word keeps out of the lists, as the program reads them."""

    def __init__(
        self, connection: Connection, *, since: datetime | None, everything: bool, rejected: bool = False
    ) -> None:
        self._connection = connection
        self.since = since
        self.everything = everything
        self._where = "true" if everything else "a.relevant = true"
        self._records = "records"
        self._rejected: frozenset[int] = frozenset()
        self._bound: dict[str, Any] = {}
        if since is not None:
            self._where += " AND a.dated >= :since"
            self._bound["since"] = since if is_postgres(connection) else _stamp(since)
        if rejected:
            self._take_in_rejected()

    def _take_in_rejected(self) -> None:
        self._rejected = frozenset(self._numbers(REJECTED))
        if self._rejected:
            self._where = f"({self._where} OR a.id IN ({REJECTED}))"
            self._records = (
                f"(SELECT id, {_OF_RECORDS} FROM records UNION ALL "
                f"SELECT record_id AS id, {_OF_RECORDS} FROM program_records "
                f"WHERE record_id IS NOT NULL AND article_id IN ({REJECTED}))"
            )

    def articles(self) -> dict[int, Moment]:
        """The numbers of the articles with the moment of each, in the order of time; see moment_of."""
        return dict(
            self._ask(f"SELECT a.id, a.dated FROM articles a WHERE {self._where} ORDER BY a.dated, a.id")
        )

    def relevant(self) -> set[int]:
        """Those of the articles that are relevant by the program's verdict."""
        return self._numbers(f"SELECT a.id FROM articles a WHERE {self._where} AND a.relevant = true")

    def records(self) -> list[tuple[int, int]]:
        """The records of these articles, and perhaps of others: number, article; in the order of these."""
        limit = (
            ""
            if self.since is None
            else f"WHERE article_id IN (SELECT a.id FROM articles a WHERE {self._where})"
        )
        return self._ask(f"SELECT id, article_id FROM {self._records} r {limit} ORDER BY article_id, id")

    def told(self, records: Sequence[int]) -> dict[int, tuple[int | None, str]]:
        """Case and stage of each of these records."""
        found: dict[int, tuple[int | None, str]] = {}
        for start in range(0, len(records), MANY):
            numbers = ",".join(map(str, records[start : start + MANY]))
            query = (
                f"SELECT r.id, p.case_id, r.stage FROM {self._records} r "
                "LEFT JOIN case_records c ON c.record_id = r.id "
                f"LEFT JOIN case_reports p ON p.id = c.report_id WHERE r.id IN ({numbers})"
            )
            found.update((number, (case, stage)) for number, case, stage in self._ask(query))
        return found

    def find_text(self, wanted: search.Term | search.Near) -> set[int]:
        """The articles that have the words, of any time."""
        if is_postgres(self._connection):
            query = select(words.ID).where(words.matching(wanted))
            return set(self._connection.execute(query).scalars())
        return self._numbers(
            "SELECT rowid FROM articles_fts WHERE articles_fts MATCH :words", words=search.fts(wanted)
        )

    def find_language(self, languages: Sequence[str]) -> set[int]:
        found: set[int] = set()
        for language in languages:
            found |= self._numbers("SELECT id FROM articles WHERE language = :language", language=language)
        return found

    def sources(self) -> dict[str, set[int]]:
        """The articles of each source."""
        found: dict[str, set[int]] = defaultdict(set)
        for slug, number in self._ask(f"SELECT a.source, a.id FROM articles a WHERE {self._where}"):
            found[slug].add(number)
        return found

    def find_fact(self, name: str, sign: str, value: str | float) -> set[int]:
        """The records that have a fact, of any time."""
        if name == "drug":
            found = self._numbers("SELECT record_id FROM record_drugs WHERE drug = :value", value=value)
            if self._rejected:
                kept = f"SELECT record_id, drugs FROM program_records WHERE article_id IN ({REJECTED})"
                found |= {number for number, drugs in self._ask(kept) if value in drugs.split(",")}
            return found
        column = "sentence_word" if name == "sentence" and isinstance(value, str) else COLUMNS[name]
        assert sign in SIGNS
        return self._numbers(f"SELECT id FROM {self._records} r WHERE {column} {sign} :value", value=value)

    def find_new_pairs(self, days: int) -> set[int]:
        """The records that were the first of their nationality and country in so many days, counted from
        the publication of each back; of articles of one moment the one stored first."""
        found: set[int] = set()
        last: dict[tuple[str, str], tuple[datetime, int, datetime | None]] = {}
        span = timedelta(days=days)
        for number, article, nationality, country, dated in self._ask(
            "SELECT r.id, r.article_id, r.nationality, r.country, a.dated FROM records r "
            "JOIN articles a ON a.id = r.article_id WHERE a.relevant = true ORDER BY a.dated, a.id"
        ):
            if UNKNOWN_COUNTRY in (nationality, country):
                continue
            pair, moment = (nationality, country), moment_of(dated)
            latest, of, other = last.get(pair, (None, None, None))
            if of != article:
                # Between two articles only the other's moment counts.
                other = latest
                last[pair] = (moment, article, other)
            if other is None or other <= moment - span:
                found.add(number)
        return found

    def find_changed_stages(self) -> set[int]:
        """The records by which a case that others told of before came to a new stage; of one day, in the
        order in which they were stored."""
        found: set[int] = set()
        stages = {stage.value: stage for stage in Stage}
        known: dict[int, set[Stage]] = defaultdict(set)
        waiting: list[tuple[int, Stage]] = []
        current = 0
        for number, article, case, written in self._ask(
            "SELECT r.id, r.article_id, p.case_id, r.stage FROM case_reports p "
            "JOIN cases k ON k.id = p.case_id AND k.reports > 1 "
            "JOIN case_records c ON c.report_id = p.id JOIN records r ON r.id = c.record_id "
            "ORDER BY p.day, p.article_id"
        ):
            if article != current:
                for told, of in waiting:
                    known[told].add(of)
                waiting, current = [], article
            stage = stages[written]
            if (before := known.get(case)) and is_step(stage, before):
                found.add(number)
            waiting.append((case, stage))
        return found

    def texts(self, articles: Sequence[int]) -> Iterator[tuple[int, str, str]]:
        """Number, title and text of each of these."""
        for start in range(0, len(articles), CHUNK):
            numbers = ",".join(map(str, articles[start : start + CHUNK]))
            yield from self._ask(f"SELECT id, title, text FROM articles WHERE id IN ({numbers})")

    def marks(self) -> dict[int, bool]:
        """Articles on which a person said whether they are relevant; of several the latest."""
        query = "SELECT a.id, m.relevant FROM article_marks m JOIN articles a ON a.url = m.url ORDER BY m.at"
        return {number: bool(relevant) for number, relevant in self._ask(query)}

    def news(self, article: int, *, pairs: dict[int, set[int]], changed: set[int]) -> News:
        """An article as it was news once; ``pairs``: records that were the first in so many days."""
        connection = self._connection
        row = connection.execute(text("SELECT * FROM articles WHERE id = :id"), {"id": article}).one()
        records = tuple(
            NewsRecord(
                id=each.id,
                record=rows.record_from(each, rows.drug_words(each.drugs)),
                case_id=each.case_id,
            )
            for each in records_of(connection, article)
        )
        if article in self._rejected and (program := read_program(connection, article)) is not None:
            records = tuple(
                NewsRecord(id=number, record=each, case_id=None)
                for number, each in zip(program.numbers, program.records, strict=True)
                if number is not None
            )
        return News(
            article=Article(
                url=rows.shown_url(row.url),
                source=row.source,
                title=row.title,
                text=row.text,
                language=row.language,
                published=moment_of(row.dated),
                date_origin=None,
                outlet_country=row.outlet_country,
                segments=split_sentences(row.text, row.language, has_title=bool(row.title)),
            ),
            key=row.url,
            relevant=bool(row.relevant) or article in self._rejected,
            article_id=article,
            records=records if row.relevant or article in self._rejected else (),
            is_new_pair=lambda each, days: each.id in pairs.get(days, ()),
            has_changed_stage=lambda each: each.id in changed,
        )

    def _ask(self, query: str, **bound: Any) -> list[Any]:
        # Plain tuples of the driver: rows of SQLAlchemy for a hundred thousand take half a second.
        given = self._bound | bound
        used = {name: value for name, value in given.items() if f":{name}" in query}
        if is_postgres(self._connection):
            query = _NAMED.sub(r"%(\1)s", query)
        cursor = self._connection.exec_driver_sql(query, used).cursor
        return list(cursor.fetchall()) if cursor is not None else []

    def _numbers(self, query: str, **bound: Any) -> set[int]:
        return {row[0] for row in self._ask(query, **bound)}


def moment_of(dated: Moment) -> datetime:
    """The moment that a value of ``Stored.articles`` stands for."""
    return dated if isinstance(dated, datetime) else datetime.fromisoformat(dated).replace(tzinfo=UTC)


def _stamp(moment: datetime) -> str:
    """A moment as SQLite has it stored."""
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(sep=" ", timespec="microseconds")
