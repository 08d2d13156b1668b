"""Pages on which reading failed, kept with their bytes until a better program reads them."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Engine, delete, func, insert, select, update

from pipeline.types import Page
from storage import rows
from storage import tables as t
from storage.engine import reading, writing
from storage.job_tables import QuarantinedPage

KEEP = timedelta(days=90)
"""How long a page waits here; an outlet's text is not kept for longer than that of an article."""
MOST = 1_000
"""Pages that wait here at most: when reading fails on all, a thousand say as much as all of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Quarantined:
    """A page in quarantine."""

    page_id: int
    page: Page
    kept: datetime
    detail: str  # how reading failed


def keep_in_quarantine(engine: Engine, page: Page, *, detail: str, now: datetime) -> None:
    """Keep ``page`` with its bytes; in the place of an earlier one of its address."""
    values = {
        "kept": now,
        "fetched": page.fetched,
        "url": rows.storable(page.url),
        "status": page.status,
        "content_type": rows.storable(page.content_type),
        "detail": rows.storable(detail)[:500],
        "body": zlib.compress(page.body),
    }
    with writing(engine) as connection:
        key = rows.page_key(page.entry.url)
        found = select(t.Page.id).where((t.Page.url == key) | (t.Page.final_url == key)).limit(1)
        number = connection.execute(found).scalar()
        if number is None:
            return  # forgotten in the meantime
        known = update(QuarantinedPage).where(QuarantinedPage.page_id == number).values(values)
        if not connection.execute(known).rowcount:
            connection.execute(insert(QuarantinedPage).values(page_id=number, **values))
        old = select(QuarantinedPage.page_id).order_by(QuarantinedPage.kept.desc()).offset(MOST)
        connection.execute(
            delete(QuarantinedPage).where(
                (QuarantinedPage.kept < now - KEEP) | QuarantinedPage.page_id.in_(old)
            )
        )


def quarantined(engine: Engine) -> Iterator[Quarantined]:
    """All pages in quarantine, the oldest first; one at a time is in memory."""
    with reading(engine) as connection:
        numbers = tuple(
            connection.execute(
                select(QuarantinedPage.page_id).order_by(QuarantinedPage.kept, QuarantinedPage.page_id)
            ).scalars()
        )
    for number in numbers:
        with reading(engine) as connection:
            held = connection.execute(
                select(QuarantinedPage.__table__).where(QuarantinedPage.page_id == number)
            ).first()
            row = connection.execute(select(t.Page.__table__).where(t.Page.id == number)).first()
        if held is None or row is None:
            continue
        page = Page(
            entry=rows.entry_from(row),
            url=held.url,
            fetched=held.fetched,
            status=held.status,
            content_type=held.content_type,
            body=zlib.decompress(held.body),
        )
        yield Quarantined(page_id=number, page=page, kept=held.kept, detail=held.detail)


def release(engine: Engine, page_id: int) -> None:
    """Let a page go: it was read."""
    with writing(engine) as connection:
        connection.execute(delete(QuarantinedPage).where(QuarantinedPage.page_id == page_id))


def quarantine_size(engine: Engine) -> int:
    """How many pages are in quarantine."""
    with reading(engine) as connection:
        return int(connection.execute(select(func.count()).select_from(QuarantinedPage)).scalar_one())
