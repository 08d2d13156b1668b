"""Figures for Prometheus: a text that a web server shows, or a file for the node exporter's textfile
collector, written after each crawl. Labels are words of the vocabulary, never sources or addresses."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from prometheus_client import CollectorRegistry
    from sqlalchemy import Engine

PREFIX = "detainee_watch"


def exposition(engine: Engine, *, now: datetime) -> bytes:
    """All figures in Prometheus's text format. Raises the StorageError tree."""
    from prometheus_client import generate_latest

    return generate_latest(registry_of(engine, now=now))


def write_metrics(engine: Engine, file: Path, *, now: datetime) -> None:
    """Write all figures to ``file``, which is replaced as a whole. Raises OSError, StorageError."""
    from prometheus_client import write_to_textfile

    file.parent.mkdir(parents=True, exist_ok=True)
    write_to_textfile(str(file), registry_of(engine, now=now))


def registry_of(engine: Engine, *, now: datetime) -> CollectorRegistry:
    """The figures as they stand now."""
    from prometheus_client import CollectorRegistry, Gauge
    from prometheus_client.core import CounterMetricFamily

    from pipeline.vocabulary import SourceState
    from storage import outbox_lists
    from storage.health import load_health, run_outcomes, run_times
    from storage.outbox_values import MessageState
    from storage.overview import totals

    registry = CollectorRegistry()
    runs, outbox, times = run_outcomes(engine), outbox_lists.counts(engine), run_times(engine)
    pages, healths = totals(engine), load_health(engine)

    class Counts:
        """What is counted in the database and only grows, under the name that counters have."""

        def collect(self) -> list[CounterMetricFamily]:
            family = CounterMetricFamily(
                f"{PREFIX}_runs", "Runs by command and outcome", labels=["command", "outcome"]
            )
            for (command, outcome), number in sorted(runs.items()):
                family.add_metric([command, outcome], number)
            return [family]

    registry.register(Counts())

    def gauge(name: str, words: str, label: str = "") -> Gauge:
        return Gauge(f"{PREFIX}_{name}", words, [label] if label else [], registry=registry)

    by_outcome = gauge("pages", "Addresses ever seen, by what became of them", "outcome")
    for outcome, number in pages.outcomes.items():
        by_outcome.labels(outcome).set(number)
    gauge("articles", "Relevant articles").set(pages.articles)
    gauge("records", "Records of detainees").set(pages.records)
    by_state = gauge("sources", "Sources by the state in which their last fetch left them", "state")
    for state in SourceState:
        by_state.labels(state.value).set(sum(one.state is state for one in healths.values()))
    gauge("sources_in_trouble", "Sources of which the operator is told").set(
        sum(one.alarm for one in healths.values())
    )
    if times.last_success is not None:
        at = times.last_success
        gauge("last_success_timestamp_seconds", "When a crawl last succeeded").set(at.timestamp())
        gauge("last_success_age_seconds", "How long that was ago when this was written").set(
            max(0.0, (now - at).total_seconds())
        )
    messages = gauge("outbox_messages", "Messages by their state", "state")
    for message_state in MessageState:
        messages.labels(message_state.value).set(outbox.get(message_state, 0))
    gauge("written_timestamp_seconds", "When these figures were taken").set(now.timestamp())
    return registry
