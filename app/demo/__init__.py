"""``detainee-watch demo``: a small world of invented outlets, served on loopback and crawled twice.

World ─ yesterday ─ crawl ─ what was found ┐
  └──── today ───── crawl ─ what was found ┴─ checks ─ report
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import tomlkit

from app.demo.articles import CORRECTED, load_stories
from app.demo.checks import Check, Findings, check
from app.demo.report import Report
from app.demo.rounds import DATABASE, LOG, OUTLETS, Round, database_url, run_round
from app.demo.world import DAY, World
from crawler.sources import source_fields
from pipeline.errors import ConfigError
from storage import queries
from storage.alerts import add_rule
from storage.engine import open_database, writing
from storage.values import Filter

if TYPE_CHECKING:
    from rich.console import Console

__all__ = ["Check", "Findings", "find", "run_demo"]

CONFIG = "detainee-watch.toml"
"""A settings file that names the demo's database, in its folder."""
RULES = (
    {"name": "Sentences", "query": "stage:convicted", "to": "desk@example.org", "rhythm": "instant"},
    {"name": "Cocaine anywhere", "query": "drug:cocaine", "to": "desk@example.org", "rhythm": "daily"},
)
"""Rules of alerts in the demo."""
READER = "demo"
"""By this name the demo asks what is new; a user's own reader is not touched."""


def run_demo(
    *,
    folder: Path | None = None,
    keep: bool = True,
    console: Console,
    show: Callable[[Path], None] | None = None,
) -> int:
    """Show the program at work: 0 when all came as planned, 1 otherwise.

    ``folder`` (a new temporary one without it) gets a fresh database and keeps it, unless ``keep`` is
    false. ``show`` is called at the end with that folder. Nothing
    but this machine's loopback is reached. Raises the DetaineeWatchError tree.
    """
    now = datetime.now(UTC)
    place = _fresh(folder)
    report = Report(console)
    try:
        report.begin(len(load_stories(now)))
        found = find(place, now, report.watch)
        checks = check(found)
        report.show(found, checks)
        if keep:
            report.go_on(database_url(place), place / CONFIG)
        if show is not None:
            show(place)
    finally:
        if not keep:
            _clear(place, whole=folder is None)
    return 0 if all(each.good for each in checks) else 1


def find(folder: Path, now: datetime, watch: Callable[..., Round]) -> Findings:
    """Serve the world, crawl it twice into the folder's database, and read what is there then.

    ``watch`` is called as ``watch(day, run)`` with the name of the day and a function that runs the
    round and takes a callback for its progress.
    """
    stories = load_stories(now)
    with World(stories, today=now) as world:
        _write_files(folder, world)
        _write_rules(folder, now)
        first = watch("Yesterday", lambda told: run_round(folder, world.at, world.allowed, told))
        engine = open_database(database_url(folder))
        try:
            before = queries.find_articles(engine, Filter(reader=READER)).rows
            world.at += DAY
            second = watch("Today", lambda told: run_round(folder, world.at, world.allowed, told))
            news = queries.find_articles(engine, Filter(reader=READER)).rows
            articles = queries.find_articles(engine, Filter()).rows
            corrected = {(story.outlet, story.path) for story in stories if CORRECTED in story.tags}
            revisions = tuple(
                revision
                for article in articles
                if any(article.source == slug and article.url.endswith(path) for slug, path in corrected)
                for revision in queries.revisions(engine, article.id)
            )
        finally:
            engine.dispose()
        return Findings(
            stories=stories,
            first=first,
            second=second,
            articles=articles,
            before=before,
            news=frozenset(article.id for article in news),
            revisions=revisions,
            trespasses=world.trespasses,
        )


def _write_rules(folder: Path, now: datetime) -> None:
    """Rules of alerts, so that there is something to see of them; their address is nobody's, and the
    demo sends nothing."""
    from alerts.rules import make_rule

    engine = open_database(database_url(folder))
    try:
        with writing(engine) as connection:
            for given in RULES:
                add_rule(connection, make_rule(given), now=now)
    finally:
        engine.dispose()


def _write_files(folder: Path, world: World) -> None:
    """The outlets' table, and settings that lead to the database."""
    table = tomlkit.document()
    for source in world.sources():
        table.add(source.slug, tomlkit.item(source_fields(source)))
    (folder / OUTLETS).mkdir(exist_ok=True)
    (folder / OUTLETS / "demo.toml").write_text(tomlkit.dumps(table), encoding="utf-8")
    settings = tomlkit.document()
    settings.add(tomlkit.comment("Written by the demo: its database and its outlets."))
    settings.add("database_url", tomlkit.item(database_url(folder)))
    settings.add("sources_file", tomlkit.item(str((folder / OUTLETS / "demo.toml").resolve())))
    (folder / CONFIG).write_text(tomlkit.dumps(settings), encoding="utf-8")


def _fresh(folder: Path | None) -> Path:
    """The demo's folder with no database of an earlier demo in it."""
    if folder is None:
        return Path(tempfile.mkdtemp(prefix="detainee-watch-demo-"))
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _remove_database(folder)
        (folder / LOG).unlink(missing_ok=True)
    except OSError as error:
        raise ConfigError(
            f"{folder} cannot be used for the demo: {error.strerror}", key=str(folder)
        ) from error
    return folder.resolve()


def _clear(folder: Path, *, whole: bool) -> None:
    """Take away what the demo wrote; the folder too when it is the demo's own."""
    if whole:
        shutil.rmtree(folder, ignore_errors=True)
        return
    _remove_database(folder)
    for name in (CONFIG, LOG):
        (folder / name).unlink(missing_ok=True)
    shutil.rmtree(folder / OUTLETS, ignore_errors=True)


def _remove_database(folder: Path) -> None:
    for end in ("", "-wal", "-shm"):
        (folder / (DATABASE + end)).unlink(missing_ok=True)
