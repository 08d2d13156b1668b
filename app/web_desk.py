"""What pages ask of alerts and of the crawler; see web/desk.py.

Feeds are looked for by processes of their own: the engine of the crawler runs once in a process."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app import context
from app.jobs import program_of
from app.settings import Settings
from pipeline.errors import ConfigError, CrawlError
from pipeline.types import Source
from storage.alert_values import EVERYTHING, Rule
from web.desk import Checked, Part, Tried

if TYPE_CHECKING:
    from sqlalchemy import Engine

SHOWN = 8
"""Hits that a trial shows."""
WEEKS = 12
PATIENCE = 120.0
"""Seconds after which a look at an outlet is given up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WebDesk:
    """The desk of one server."""

    settings: Settings
    config: Path | None  # the settings file that was given on the command line
    sources: MutableMapping[str, Source]  # those that the site shows; what is added here is added there

    def rule_of(self, given: Mapping[str, Any], base: Rule | None = None) -> Rule:
        from alerts.rules import make_rule

        return make_rule(given, base)

    def given_of(self, rule: Rule) -> Mapping[str, Any]:
        from alerts.rules import given_of

        return given_of(rule)

    def address_of(self, rule: Rule) -> str:
        from alerts.rules import shown_address

        return shown_address(rule.address)

    def when_of(self, rule: Rule) -> str:
        from app.alert_rules import when

        return when(rule)

    def fault_of(self, rule: Rule) -> str:
        from app.alert_rules import fault_of

        return fault_of(rule)

    def masked(self, address: str) -> str:
        from alerts.addresses import masked

        return masked(address).removeprefix("mailto:")

    def missing_of(self, engine: Engine, rule: Rule) -> tuple[str, ...]:
        from app.alert_people import what_is_missing

        return what_is_missing(self.settings.mail, engine, rule)

    def try_query(
        self, engine: Engine, query: str, scope: str, *, since: datetime | None, before: str = ""
    ) -> Tried:
        from alerts.query import parse
        from alerts.trial import Trials, by_week
        from app.alert_trial import Tried as Run
        from app.alert_trial import days_of, judge, rate, shown
        from storage.alert_search import Stored
        from storage.engine import reading

        tree = parse(query)
        now = context.now()
        everything = tree.everything or scope == EVERYTHING
        with reading(engine) as connection:
            stored = Stored(connection, since=since, everything=everything, rejected=True)
            trials = Trials(stored, tree)
            run = Run(stored=stored, trials=trials, trial=trials.run())
            judged = judge(run)
            latest = shown(run, SHOWN)
            found = run.trial.found
            old: frozenset[int] | None = None
            if before and before != query:
                old = Trials(stored, parse(before)).run().found
        trial = run.trial
        days = days_of(trial, since, now)
        weeks = max(1, min(WEEKS, -(-int(days) // 7)))
        return Tried(
            since=since,
            hits=len(trial.hits),
            articles=len(found),
            looked_at=trial.looked_at,
            rate=rate(len(trial.hits), days).removeprefix(": "),
            weeks=tuple(by_week(trial.hits, until=now, weeks=weeks)),
            parts=tuple(
                Part(text=part.text, articles=part.articles, without=part.without) for part in trial.parts
            ),
            latest=tuple(latest),
            marked=judged.marked,
            right=judged.right,
            false=judged.words[:5],
            added=len(found - old) if old is not None else None,
            dropped=len(old - found) if old is not None else None,
        )

    def discover(self, address: str) -> Source:
        found = self._ask("sources", "add", address, "--dry-run", "--json")["source"]
        fields = Source.__dataclass_fields__
        return Source(**{name: value for name, value in found.items() if name in fields})

    def add_source(self, source: Source) -> None:
        from crawler.sources import add_source

        if source.slug in self.sources:
            raise ConfigError(f"There is a source {source.slug!r} already.", key=source.slug)
        add_source(self.settings.sources_file, source)
        self.sources[source.slug] = source

    def is_own(self, slug: str) -> bool:
        from crawler.sources import packaged_slugs

        source = self.sources.get(slug)
        return source is not None and source.origin == "user" and slug not in packaged_slugs()

    def remove_source(self, slug: str) -> None:
        from crawler.sources import remove_source

        if not self.is_own(slug):
            raise ConfigError("Only a source that was added can be removed here.", key=slug)
        remove_source(self.settings.sources_file, slug)
        del self.sources[slug]

    def check_source(self, slug: str) -> Checked:
        (one,) = self._ask("sources", "check", slug, "--json")["checks"]
        return Checked(
            state=str(one["state"]),
            failed=bool(one["failed"]),
            entries=int(one["entries"]),
            newest=str(one["newest"] or "")[:10],
            detail=str(one["detail"] or ""),
        )

    def _ask(self, *words: str) -> Any:
        """What a command answers as JSON."""
        try:
            done = subprocess.run(  # noqa: S603 - this program itself; no shell reads the words
                program_of(self.config, words),
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                errors="replace",
                timeout=PATIENCE,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise CrawlError("The outlet took too long to answer.", key=words[-1]) from None
        try:
            return json.loads(done.stdout)
        except ValueError:
            said = done.stderr.strip().split("error: ")[-1] or f"It ended with {done.returncode}."
            raise CrawlError(said[:1_000], key=words[-1]) from None
