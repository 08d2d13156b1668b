"""The sender is killed: at each step of a delivery, and at a hundred random moments.

Nothing is lost, and nothing arrives twice that is not marked as perhaps arrived.
"""

from __future__ import annotations

import multiprocessing
import random
import re
import signal
import time
from collections import Counter
from datetime import datetime, timedelta
from multiprocessing.context import ForkServerContext, ForkServerProcess
from multiprocessing.synchronize import Event
from pathlib import Path

import pytest
from sqlalchemy import Engine

from alerts.deliver import PAUSES
from alerts.digest import MOST_GROUPS
from app.alerting import send_due
from storage import outbox_lists
from tests.alerts.post import NOW, Box, add, count, found, plain_text, settings_for, wait_for

KILLS = 100


def send(port: int, folder: Path, now: datetime, ready: Event) -> None:
    """What a process of its own does: a round of alerts."""
    from storage.engine import open_database

    settings = settings_for(port, folder)
    ready.set()
    engine = open_database(settings.database_url.get_secret_value())
    send_due(settings, engine, now)
    engine.dispose()


@pytest.fixture(scope="module")
def processes() -> ForkServerContext:
    """Processes that have loaded everything before they begin, so that a kill hits their work."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.alerts.test_kill", "app.sources", "alerts.channels.smtp"])
    return context


def begin(processes: ForkServerContext, port: int, folder: Path, now: datetime) -> ForkServerProcess:
    """The sender; returns when its work begins."""
    ready = processes.Event()
    process = processes.Process(target=send, args=(port, folder, now, ready))
    process.start()
    assert ready.wait(60)
    return process


def kill(process: ForkServerProcess) -> bool:
    """SIGKILL; whether it was still at work."""
    process.kill()
    process.join(20)
    killed = process.exitcode == -signal.SIGKILL
    process.close()
    return killed


def check(engine: Engine, box: Box, hits: int) -> int:
    """All hits are told, each in one message; how many messages arrived more than once."""
    assert {state.value for state, number in outbox_lists.counts(engine).items() if number} == {"sent"}
    assert count(engine, "SELECT count(*) FROM alert_hits WHERE message_id IS NULL") == 0
    assert count(engine, "SELECT sum(hits) FROM outbox") == hits
    told: Counter[str] = Counter()
    texts: dict[str, str] = {}
    for message in box.messages():
        texts.setdefault(str(message["Message-ID"]), plain_text(message))
    for text in texts.values():
        told.update(re.findall(r"^Story (\d+)\.$", text, re.M))
    assert set(told.values()) == {1}, "no hit in two messages"
    # After many kills a letter may tell more than it shows; it counts them.
    shown = sum(int(re.search(r": (\d+) new", text)[1]) for text in texts.values())  # type: ignore[index]
    assert shown == hits
    if max(row.hits for row in outbox_lists.messages(engine)) <= MOST_GROUPS:
        assert told.keys() == set(map(str, range(hits)))
    rows = {row.message_id: row for row in outbox_lists.messages(engine)}
    assert set(texts) == set(rows)
    twice = {name: number for name, number in box.ids().items() if number > 1}
    for name, number in twice.items():
        assert number <= rows[name].doubts + 1, "only what was unknown may come again"
    return len(twice)


@pytest.mark.parametrize("step", ["EHLO", "MAIL", "RCPT", "DATA", "DOT"])
def test_killed_at_each_step(
    engine: Engine, post: tuple[Box, int], tmp_path: Path, processes: ForkServerContext, step: str
) -> None:
    box, port = post
    rule = add(engine)
    for number in range(3):
        found(engine, rule, number)
    box.rules[step] = "pause"
    process = begin(processes, port, tmp_path, NOW)
    wait_for(box.reached.is_set)
    assert kill(process)
    box.rules.clear()
    # The message in hand: before its text began it goes at once, after that it is in doubt.
    settings = settings_for(port, tmp_path)
    doubtful = step in ("DATA", "DOT")
    summary = send_due(settings, engine, NOW + timedelta(minutes=1))
    assert summary.sent == (2 if doubtful else 3)
    (row,) = [row for row in outbox_lists.messages(engine) if row.state == "unknown"] or [None]
    assert (row is not None) is doubtful
    send_due(settings, engine, NOW + timedelta(minutes=2) + PAUSES[0])
    assert check(engine, box, 3) == (1 if step == "DOT" else 0)


def test_killed_at_a_hundred_random_moments(
    engine: Engine, post: tuple[Box, int], tmp_path: Path, processes: ForkServerContext
) -> None:
    box, port = post
    rule = add(engine)
    # How long a round takes is measured, so that the moments lie all over it.
    hits = 0
    took = []
    for _ in range(3):
        for _ in range(3):
            found(engine, rule, hits)
            hits += 1
        process = begin(processes, port, tmp_path, NOW)
        start = time.monotonic()
        process.join(60)
        assert process.exitcode == 0
        took.append(time.monotonic() - start)
        process.close()
    longest = min(took)
    chance = random.Random(5)
    now = NOW
    killed = 0
    # What is done is the same on both; there it is shown that the locks of rows hold as well.
    kills = KILLS if engine.dialect.name == "sqlite" else KILLS // 5
    while killed < kills:
        now += timedelta(minutes=10)
        for _ in range(3):
            found(engine, rule, hits, at=now)
            hits += 1
        process = begin(processes, port, tmp_path, now)
        time.sleep(chance.uniform(0, longest))
        # A sender that was faster is no kill; the next one is given less time.
        at_work = kill(process)
        killed += at_work
        longest = max(longest * (1.02 if at_work else 0.9), 0.005)
        assert hits < 30 * KILLS
    for _ in range(3):
        now += timedelta(hours=30)
        send_due(settings_for(port, tmp_path), engine, now)
    check(engine, box, hits)


def test_two_senders_at_once_send_nothing_twice(
    engine: Engine, post: tuple[Box, int], tmp_path: Path, processes: ForkServerContext
) -> None:
    box, port = post
    rule = add(engine)
    for number in range(40):
        found(engine, rule, number, url=f"https://outlet.example/{number % 10}/{number}")
    senders = [begin(processes, port, tmp_path, NOW) for _ in range(4)]
    for sender in senders:
        sender.join(60)
        assert sender.exitcode == 0
        sender.close()
    assert set(box.ids().values()) == {1}
    assert count(engine, "SELECT sum(hits) FROM outbox WHERE state = 'sent'") == 40
