"""What people said, in sums; and as labelled data. Reading only.

How much of what is shown is right, and how much of what is right is shown, is told by what was drawn at
random alone (review_draws.py); doubtful ones are wrong more often than others.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Engine, func, select

from pipeline.corrections import as_fields
from pipeline.estimates import Share, recall_of, weighted_share
from pipeline.types import Record
from storage import rows
from storage import tables as t
from storage.engine import reading
from storage.judged import read_program, said_of
from storage.reading import load_drugs
from storage.review_draws import HIDDEN, SHOWN, count_strata, count_turned

BATCH: Final = 200
LABELS: Final = (
    "nationality",
    "country",
    "count",
    "kind",
    "stage",
    "drugs",
    "quantity_kg",
    "sentence",
    "drug_share",
    "when",
    "place",
    "evidence",
)
"""The fields of a record that labelled data have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sums:
    """What people said in all."""

    accepted: int  # articles, by the latest word on each
    rejected: int
    people: dict[str, int]  # who → articles and records that they spoke of
    turned: int  # articles of which a person said otherwise than the program
    corrected: int  # records
    added: int
    removed: int
    fields: dict[str, int]  # field → records of which it was corrected
    shown: int  # articles that the program shows
    hidden: int  # pages that it read and does not show
    drawn: dict[str, int]  # shown | hidden → drawn at random
    precision: Share | None  # of the articles that are shown, those that are right
    missed: Share | None  # of the pages that are not shown, those that should be
    recall: Share | None  # of all that should be shown, those that are
    record_precision: Share | None  # of the records of articles drawn, those that nobody changed
    last: datetime | None  # when somebody spoke last


def read_sums(engine: Engine, *, strata: tuple[int, int] | None = None) -> Sums:
    """What people said in all, and what follows from it. ``strata``: how many articles are shown and how
    many pages are not, where that was counted a moment ago."""
    shown, hidden = strata or count_strata(engine)
    with reading(engine) as connection:
        marks = _latest(connection)
        fields: Counter[str] = Counter()
        sorts: Counter[str] = Counter()
        people: Counter[str] = Counter()
        for row in connection.execute(select(t.RecordMark.__table__)):
            people[row.by] += 1
            if row.base is None:
                sorts["added"] += 1
            elif row.removed:
                sorts["removed"] += 1
            else:
                sorts["corrected"] += 1
                fields.update(list(row.fields))
        spoke = select(t.ArticleMark.by, func.count()).group_by(t.ArticleMark.by)
        people.update({row.by: row[1] for row in connection.execute(spoke)})
        samples = connection.execute(select(t.ReviewSample.__table__)).all()
        answers = {
            stratum: [
                (marks[row.url], row.weight) for row in samples if row.stratum == stratum and row.url in marks
            ]
            for stratum in (SHOWN, HIDDEN)
        }
        precision, missed = weighted_share(answers[SHOWN]), weighted_share(answers[HIDDEN])
        judged = [row for row in samples if row.stratum == SHOWN and row.url in marks]
        last = connection.execute(select(func.max(t.ReviewStep.at))).scalar()
        return Sums(
            accepted=sum(marks.values()),
            rejected=len(marks) - sum(marks.values()),
            people=dict(people.most_common()),
            turned=count_turned(connection),
            corrected=sorts["corrected"],
            added=sorts["added"],
            removed=sorts["removed"],
            fields=dict(fields.most_common()),
            shown=shown,
            hidden=hidden,
            drawn=dict(Counter(row.stratum for row in samples)),
            precision=precision,
            missed=missed,
            recall=recall_of(shown, precision, hidden, missed),
            record_precision=weighted_share(_records(connection, judged, marks)),
            last=last,
        )


def _latest(connection: Connection) -> dict[str, bool]:
    """What stands of each address that somebody judged."""
    query = select(t.ArticleMark.url, t.ArticleMark.relevant).order_by(
        t.ArticleMark.at, t.ArticleMark.by.desc()
    )
    return {row.url: row.relevant for row in connection.execute(query)}


def _records(connection: Connection, judged: list[Any], marks: dict[str, bool]) -> list[tuple[bool, float]]:
    """Of each record that the program reads in these articles, whether it is right, with its weight."""
    out = []
    for row in judged:
        number = connection.execute(select(t.Article.id).where(t.Article.url == row.url)).scalar()
        program = read_program(connection, number) if number is not None else None
        if program is None:
            continue
        touched = select(t.RecordMark.record_id).where(t.RecordMark.article_id == number)
        wrong = set(connection.execute(touched).scalars())
        out += [(marks[row.url] and each not in wrong, row.weight) for each in program.numbers]
    return out


def labelled(engine: Engine) -> Iterator[dict[str, Any]]:
    """Every article that somebody judged and whose text is kept, as labelled data: one object a line, in
    the order of their numbers. ``records`` are what stands, ``text`` is without the title."""
    last = 0
    while True:
        query = (
            select(t.Article.__table__)
            .where(
                t.Article.id > last,
                t.has_text(),
                select(t.ArticleMark.url).where(t.ArticleMark.url == t.Article.url).exists(),
            )
            .order_by(t.Article.id)
            .limit(BATCH)
        )
        with reading(engine) as connection:
            found = connection.execute(query).all()
            out = [_label(connection, row) for row in found]
        if not found:
            return
        yield from out
        last = found[-1].id


def _label(connection: Connection, row: Any) -> dict[str, Any]:
    relevant = bool(said_of(connection, row.url))
    listed = select(t.Record.__table__).where(t.Record.article_id == row.id).order_by(t.Record.position)
    found = connection.execute(listed).all() if relevant else []
    drugs = load_drugs(connection, [each.id for each in found])
    return {
        "id": f"{row.language}-r{row.id}",
        "lang": row.language,
        "source_url": rows.shown_url(row.url) or None,
        "outlet_country": row.outlet_country,
        "published": row.published.date().isoformat() if row.published else None,
        "title": row.title,
        "text": rows.stored_from(row).body,
        "relevant": relevant,
        "why": "accepted by a person" if relevant else "rejected by a person",
        "records": [_fields(rows.record_from(each, drugs.get(each.id, []))) for each in found],
    }


def _fields(record: Record) -> dict[str, Any]:
    told = as_fields(record)
    return {name: told[name] for name in LABELS}
