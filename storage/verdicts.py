"""The verdict on a stored article, with its reasons; and the cases that it reports. Reading only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine, select

from pipeline.types import Assessment, Reason, Span
from storage import tables as t
from storage.engine import reading


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What was decided about a stored article, and when it was seen."""

    assessment: Assessment
    first_seen: datetime
    revised: datetime | None  # when a changed text was last seen
    revision: int  # how many times it was changed
    cases: tuple[int, ...]  # numbers of the cases that it reports


def read_verdict(engine: Engine, article_id: int) -> Verdict | None:
    """The verdict; None when there is no such article. Offsets of reasons count in its text."""
    columns = [
        getattr(t.Article, name)
        for name in ("relevant", "score", "reasons", "first_seen", "revised", "revision")
    ]
    cases = (
        select(t.CaseReport.case_id)
        .where(t.CaseReport.article_id == article_id)
        .distinct()
        .order_by(t.CaseReport.case_id)
    )
    with reading(engine) as connection:
        row = connection.execute(select(*columns).where(t.Article.id == article_id)).first()
        if row is None:
            return None
        numbers = tuple(connection.execute(cases).scalars())
    reasons = []
    for each in row.reasons:
        span = None
        if each["start"] is not None:
            span = Span(start=each["start"], end=each["end"], text=each["text"])
        reasons.append(Reason(rule=each["rule"], weight=each["weight"], span=span))
    return Verdict(
        assessment=Assessment(relevant=row.relevant, score=row.score, reasons=tuple(reasons)),
        first_seen=row.first_seen,
        revised=row.revised,
        revision=row.revision,
        cases=numbers,
    )
