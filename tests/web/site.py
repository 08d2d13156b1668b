"""Databases to look at in a browser, and a real server that shows one on loopback."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import uvicorn
from sqlalchemy import Engine
from starlette.types import ASGIApp

from pipeline.types import Source
from pipeline.vocabulary import Bound, Drug, FeedState, Kind, Per, SourceState, Stage
from storage.engine import open_database
from storage.health import save_health
from storage.health_values import HealthEvent, Normal, SourceHealth
from storage.patience import limit_time
from storage.repository import Repository
from tests.storage import builders
from web.app import make_app
from web.site import Site

NOW = builders.NOW + timedelta(hours=3)
EVIL = "<script>alert(1)</script><img src=x onerror=alert(2)>\x1b[31m\u202egnp.exe {{ 7*7 }} \"'></textarea>"
"""A title that is HTML, a template, an escape of terminals and a mark of direction."""
EVIL_TEXT = "Two Dutch nationals <b onmouseover=alert(3)>were arrested</b> in Lima with 12 kilos of cocaine."
LONG = "Two Dutch nationals were arrested in Lima with cocaine. " * 400


def source(slug: str, name: str, **fields: Any) -> Source:
    values = {"url": f"https://{slug}.example/feed", "via": "rss", "language": "en", "country": "PE"}
    return Source(**{"slug": slug, "name": name, "expect": 7.0, **values, **fields})


SOURCES = {
    each.slug: each
    for each in (
        source("outlet", "The Outlet"),
        source("other", "El Otro", language="es", country="ES"),
        source("broken", "Broken <i>News</i>", country="XX"),
        source("new", "Never Asked", language="de", country="DE"),
    )
}


def fill(path: Path) -> None:
    """A small world: cases with stages and disagreements, figures, corrections, evil texts, health."""
    engine = open_database(f"sqlite:///{path}")
    repository = Repository(engine)
    before = builders.NOW - timedelta(days=30)
    run = repository.start_run(command="crawl", now=builders.NOW)
    for days, state in ((0, FeedState.OK), (1, FeedState.TIMEOUT), (2, FeedState.OK)):
        fetched = builders.NOW - timedelta(days=days)
        entries = [builders.entry(100 + days)] if days == 0 else []
        repository.save_feed(run, builders.fetch(state, fetched=fetched), entries, now=fetched)
    old = builders.relevant(1, published=before)
    repository.save(old, now=before)
    again = builders.record(stage=Stage.CONVICTED, count=3, sentence=6.5, when="2026-03-01")
    court = builders.relevant(
        2, again, body=f"{builders.SENTENCE} They got six years.", source="other", language="es"
    )
    repository.save(court, now=builders.NOW)
    repository.save_all(
        [
            builders.relevant(3, title=EVIL, body=EVIL_TEXT, published=None, date_origin=None),
            builders.relevant(4, *_figures(), title="Britons abroad", source="other"),
            builders.relevant(5, title="", body=LONG, url="", source=""),
            builders.relevant(
                6, builders.record(nationality="BR", country="GB", count=1, drugs=(), place=None, when=None)
            ),
            builders.irrelevant(7),
            builders.rejected(8),
        ],
        now=builders.NOW,
    )
    repository.save(replace_text(old, "Three"), now=builders.NOW + timedelta(hours=1))
    repository.end_run(run, outcome="ok", now=builders.NOW + timedelta(minutes=4))
    save_health(engine, _healths(), _events(), now=builders.NOW)
    engine.dispose()


def replace_text(old: Any, number: str) -> Any:
    """The article as its outlet corrected it: another number of people."""
    told = builders.SENTENCE.replace("Two", number)
    body = f"{told} One more was sought."
    article = builders.article(1, body, published=old.article.published)
    record = builders.record(article.text, told, count=3)
    return replace(old, article=article, records=(record,))


def _figures() -> tuple[Any, ...]:
    held = {"nationality": "GB", "country": "XX", "stage": Stage.IMPRISONED, "kind": Kind.STOCK}
    held |= {"place": None, "quantity_kg": None, "drug_share": 100.0}
    return (
        builders.record(**held | {"count": 1014, "bound": Bound.ABOUT, "when": "2026-01-01"}),
        builders.record(**held | {"count": 980, "when": "2025-01-01"}),
        builders.record(
            kind=Kind.FLOW, count=120, per=Per.YEAR, when="2025", country="TH", drugs=(Drug.HEROIN,)
        ),
    )


def _healths() -> list[SourceHealth]:
    normal = Normal(
        weeks=8, arrivals=40, entries=80, pages=80, texts=72, dated=70, characters=200_000, relevant=2
    )
    common: dict[str, Any] = {"since": NOW - timedelta(days=9), "checked": NOW, "normal": normal}
    return [
        SourceHealth(
            source="outlet", state=SourceState.OK, detail="", last_success=NOW, last_new=NOW, **common
        ),
        SourceHealth(source="other", state=SourceState.SLOW, detail="40 s, usually 2 s", **common),
        SourceHealth(
            source="broken",
            state=SourceState.BLOCKED,
            detail="a challenge page <script>alert(4)</script>",
            alarm=True,
            due=NOW + timedelta(hours=4),
            **common,
        ),
    ]


def _events() -> list[HealthEvent]:
    return [
        HealthEvent(
            key="broken 1", source="broken", at=NOW, kind="broke", state=SourceState.BLOCKED, detail="<b>"
        ),
        HealthEvent(
            key="all 1", source="", at=NOW, kind="no-run", state=None, detail="no crawl for 26 hours"
        ),
    ]


def site(engine: Engine, **fields: Any) -> Site:
    values: dict[str, Any] = {"now": lambda: NOW, "sources": SOURCES, "version": "1"}
    values["advise"] = lambda health: "" if health.state.well else "open <site> and look"
    return Site(engine=engine, **{**values, **fields})


@contextmanager
def opened(path: Path) -> Iterator[Engine]:
    """The database as 'serve' opens it."""
    engine = open_database(f"sqlite:///{path}", read_only=True)
    limit_time(engine, 20)
    yield engine
    engine.dispose()


@contextmanager
def served(app: ASGIApp) -> Iterator[str]:
    """The address of a server that shows the application."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        port = listening.getsockname()[1]
        config = uvicorn.Config(app, log_level="critical", ws="none", timeout_graceful_shutdown=2)
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        deadline = time.monotonic() + 30
        while not server.started and time.monotonic() < deadline:
            time.sleep(0.01)
        assert server.started
        try:
            yield f"http://127.0.0.1:{port}"
        finally:
            server.should_exit = True
            thread.join(10)


@contextmanager
def shown(path: Path, **fields: Any) -> Iterator[str]:
    """A server on the database, until the end."""
    with opened(path) as engine, served(make_app(site(engine, **fields))) as address:
        yield address


def later(hours: float) -> datetime:
    return NOW + timedelta(hours=hours)
