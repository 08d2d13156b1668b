"""Looks at how all fares, stores what has changed, and hands the operator a message of what is new."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from app.alerting import notify
from app.operator import (
    WEEKS,
    OperatorMessage,
    finds_by_week,
    finds_event,
    operator_message,
    run_event,
)
from crawler.advice import what_to_do
from crawler.sources import home_page
from storage.health import (
    add_events,
    drop_untold,
    last_event,
    load_health,
    mark_told,
    run_times,
    untold_events,
)
from storage.health_values import HealthEvent
from storage.overview import coverage

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from app.settings import Settings
    from pipeline.types import Source

FORGOTTEN = timedelta(days=31)
"""What nobody could be told of for so long is no news."""


def operator_messages(
    engine: Engine, sources: Sequence[Source], *, now: datetime
) -> tuple[OperatorMessage, ...]:
    """What the operator is to be told now: none, or one message of all that is new.

    Finds out what concerns all sources and stores it. Asked again before ``told`` it gives the same
    message with the same key, so that whoever hands it on can be interrupted. Raises the
    StorageError tree.
    """
    add_events(engine, _overall(engine, now=now))
    drop_untold(engine, before=now - FORGOTTEN)
    watched = {source.slug: source for source in sources}
    events = [event for event in untold_events(engine) if not event.source or event.source in watched]
    advice = {
        slug: what_to_do(health, home_page(watched[slug]))
        for slug, health in load_health(engine).items()
        if slug in watched
    }
    message = operator_message(events, advice=advice)
    return (message,) if message is not None else ()


def tell_operator(
    engine: Engine, settings: Settings, sources: Sequence[Source], *, now: datetime
) -> tuple[OperatorMessage, ...]:
    """Puts what the operator is to be told into the outbox, and returns it. Without an operator in
    the settings, what has changed waits for one. Raises the StorageError tree."""
    messages = operator_messages(engine, sources, now=now)
    if not settings.mail.operator:
        return ()
    for message in messages:
        # The outbox takes a key once: a message that was put there before a crash is not put again.
        notify(settings, engine, subject=message.subject, text=message.body, key=message.key, now=now)
        mark_told(engine, message.events, now=now)
    return messages


def _overall(engine: Engine, *, now: datetime) -> tuple[HealthEvent, ...]:
    """What has changed that concerns all sources."""
    times = run_times(engine)
    since = now.date() - timedelta(days=7 * (WEEKS + 1))
    days = [(row.day, row.seen, row.relevant) for row in coverage(engine, since=since) if row.source]
    found = (
        run_event(times.last_success, times.first, last_event(engine, ("no-run", "running")), now),
        finds_event(finds_by_week(days, now.date()), last_event(engine, ("few-finds", "finds")), now),
    )
    return tuple(event for event in found if event is not None)
