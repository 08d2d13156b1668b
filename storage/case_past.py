"""What was known of a case when. Reading only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine, select

from pipeline.vocabulary import Stage
from storage import tables as t
from storage.engine import reading

MOST = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """Count and stage of a case as they stood from a moment on."""

    since: datetime
    count: int | None
    stage: Stage


def case_past(engine: Engine, number: int) -> tuple[Known, ...]:
    """What stood of the case, oldest first; one value where nothing ever changed."""
    h = t.CaseHistory
    query = (
        select(h.valid_from, h.count.label("people"), h.stage)
        .where(h.case_id == number)
        .order_by(h.valid_from, h.id)
        .limit(MOST)
    )
    with reading(engine) as connection:
        return tuple(
            Known(since=row.valid_from, count=row.people, stage=Stage(row.stage))
            for row in connection.execute(query)
        )
