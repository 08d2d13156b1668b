"""``schedule``: real processes against an outlet on loopback; kills, signals, limits, a clock that is set."""

from __future__ import annotations

import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine

from app.jobs import CRAWL, JOBS, jobs_of
from app.locks import Lock
from app.schedule import Schedule
from app.schedule_settings import ScheduleSettings
from app.settings import Settings, load_settings
from storage.engine import open_database
from storage.jobs import KEEP_RUNS, end_job, last_runs, start_job
from tests.app.conftest import ROOT, Command
from tests.app.test_crawling import TABLE
from tests.app.test_reading import DULL, page
from tests.crawler.world import Answer, Server, item, rss, serving

HOUR = timedelta(hours=1)


@pytest.fixture
def outlet(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """One outlet with two pages, and nothing else; no package's source is asked."""
    from crawler.sources import packaged_slugs

    for name, value in (("ALLOW_HOSTS", "127.0.0.1"), ("DELAY", "0"), ("WORKERS", "1"), ("TIMEOUT", "4")):
        monkeypatch.setenv(f"DETAINEE_WATCH_{name}", value)
    monkeypatch.setenv("DETAINEE_WATCH_CONTACT", "desk@outlet.example")
    off = "".join(f"[{slug}]\nenabled = false\n" for slug in sorted(packaged_slugs()))
    with serving() as (server,):
        url = f"http://{server.place}/feed"
        (home / "sources.toml").write_text(TABLE.format(slug="courier", url=url) + off)
        server.paths["/feed"] = Answer(rss(item("/1"), item("/2")), type="application/rss+xml")
        for number in (1, 2):
            server.paths[f"/{number}"] = Answer(page(f"A bridge {number}", DULL).encode())
        yield server


def rows(home: Path, query: str) -> list[Any]:
    with closing(sqlite3.connect(home / "watch.sqlite3")) as connection:
        return connection.execute(query).fetchall()


def wait_for(condition: Callable[[], object], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it never came to it"
        time.sleep(0.05)


@contextmanager
def scheduler(*args: str) -> Iterator[subprocess.Popen[str]]:
    """A scheduler of its own process, which is ended in any case."""
    command = [sys.executable, "-m", "app", "schedule", *args]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


def test_once_does_what_is_due_and_no_more(
    process: Command, run: Command, outlet: Server, home: Path
) -> None:
    before = run("schedule", "status", "--json").json
    assert (before["running"], before["process"]) == (False, None)
    assert {job["job"]: job["state"] for job in before["jobs"]} == dict.fromkeys(JOBS, "due")
    first = process("schedule", "--once", timeout=120)
    assert first.code == 0, first.err
    assert " crawl: ok" in first.err
    assert rows(home, "SELECT outcome FROM pages") == [("irrelevant",)] * 2
    assert dict(rows(home, "SELECT job, outcome FROM job_runs")) == dict.fromkeys(JOBS, "ok")
    (copy,) = (home / "backups").iterdir()
    with closing(sqlite3.connect(copy)) as connection:
        assert connection.execute("SELECT COUNT(*) FROM pages").fetchone() == (2,)

    outlet.asked.clear()
    again = process("schedule", "--once")
    assert (again.code, again.err) == (0, "Nothing is due.\n")
    assert process("schedule", "--once", "-q").err == ""
    assert outlet.asked == []
    after = {job["job"]: job for job in run("schedule", "status", "--json").json["jobs"]}
    assert {name: job["state"] for name, job in after.items()} == dict.fromkeys(JOBS, "waiting")
    assert {job["outcome"] for job in after.values()} == {"ok"}
    following = datetime.fromisoformat(after["crawl"]["next"])
    assert (following.hour, following.minute // 10) == (5, following.minute // 10)
    assert following > datetime.now(UTC)
    told = run("schedule", "status").out
    assert "scheduler: not running; times are of UTC" in told
    assert "crawl      daily 05:17  waiting" in told


def test_one_scheduler_at_a_time_and_a_killed_one_locks_nobody_out(
    process: Command, run: Command, outlet: Server, home: Path
) -> None:
    with scheduler() as first:
        wait_for(lambda: run("schedule", "status", "--json").json["process"] == first.pid)
        second = process("schedule")
        assert second.code == 1
        assert second.err == f"error: A scheduler is at work already (process {first.pid}).\n"
        timer = process("schedule", "--once")
        assert (timer.code, "at work already" in timer.err) == (0, True)
        restored = process("db", "restore", home / "backup.sqlite3")
        assert (restored.code, "A scheduler is at work" in restored.err) == (1, True)
        # SIGKILL in the middle of its first jobs.
        first.kill()
        first.wait()
    wait_for(lambda: not run("schedule", "status", "--json").json["running"])
    # What its crawl still does is not done twice at a time: the crawl's own lock is waited for.
    wait_for(lambda: Lock(home / "watch.sqlite3.crawl-lock").free())
    ended = process("schedule", "--once", timeout=120)
    assert ended.code == 0, ended.err
    assert rows(home, "SELECT COUNT(*) FROM job_runs WHERE outcome IS NULL") == [(0,)]
    assert rows(home, "SELECT outcome, open FROM pages") == [("irrelevant", 0)] * 2


def test_sigterm_ends_the_crawl_tidily_and_the_next_scheduler_takes_it_up(
    process: Command, run: Command, outlet: Server, home: Path
) -> None:
    def slow(_: Any) -> Answer:
        time.sleep(0.3)
        return Answer(page("A bridge", DULL).encode())

    count = 60
    outlet.paths["/feed"] = Answer(rss(*(item(f"/{n}") for n in range(count))), type="application/rss+xml")
    outlet.paths |= {f"/{number}": slow for number in range(count)}
    with scheduler() as first:
        wait_for(lambda: outlet.times("/2"))
        crawl = next(job for job in run("schedule", "status", "--json").json["jobs"] if job["job"] == "crawl")
        assert (crawl["state"], crawl["outcome"]) == ("running", None)
        first.send_signal(signal.SIGTERM)
        _, said = first.communicate(timeout=60)
    assert first.returncode == 0, said
    assert "Traceback" not in said
    assert "scheduler: ends" in said
    assert rows(home, "SELECT outcome FROM job_runs WHERE job = 'crawl'") == [("interrupted",)]
    assert rows(home, "SELECT outcome FROM runs WHERE command = 'crawl'") == [("interrupted",)]
    left = rows(home, "SELECT COUNT(*) FROM pages WHERE outcome = 'pending'")[0][0]
    assert 0 < left < count
    # The source was asked, so it is not due; but pages of it are left.
    ended = process("schedule", "--once", timeout=120)
    assert ended.code == 0, ended.err
    assert rows(home, "SELECT DISTINCT outcome FROM pages") == [("irrelevant",)]
    assert all(outlet.times(f"/{number}") == 1 for number in range(count))


def test_a_crawl_with_a_limit_ends_and_the_rest_is_left(
    process: Command, outlet: Server, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    outlet.paths["/2"] = Answer(silent=True)
    assert process("crawl", "--limit", "1m").code == 2
    assert process("crawl", "--limit", "soon").code == 2
    monkeypatch.setattr("pipeline.rhythm.SHORTEST", timedelta(seconds=1))
    from app.commands import crawl

    assert crawl._seconds("5m") == 300
    from crawler.report import CrawlConfig
    from tests.crawler.world import crawl as crawled

    assert CrawlConfig(database_url="", sources=()).limit is None
    report = crawled(
        home,
        sources=[{"slug": "s", "name": "s", "url": f"http://{outlet.place}/feed", "via": "rss"}],
        allow_hosts=[outlet.place],
        timeout=60,
        limit=3,
    )
    assert (report["reason"], report["interrupted"], report["left"]) == ("time over", True, 1)
    assert rows(home, "SELECT outcome FROM runs") == [("interrupted",)]
    assert rows(home, "SELECT COUNT(*) FROM pages WHERE open") == [(1,)]


# -- the scheduler's own parts --------------------------------------------------------------------


def plan(home: Path, clock: Callable[[], datetime], cls: type[Schedule] = Schedule, **more: Any) -> Schedule:
    settings = load_settings()
    engine = open_database(settings.database_url.get_secret_value())
    return cls(settings, engine, home / "watch.sqlite3", clock=clock, say=lambda line: None, **more)


def test_a_job_that_hangs_is_stopped_when_its_time_is_over(outlet: Server, home: Path) -> None:
    outlet.paths["/feed"] = Answer(silent=True)
    schedule = plan(home, lambda: datetime.now(UTC))
    job = replace(schedule.jobs[CRAWL], limit=timedelta(seconds=5))
    assert schedule.run(job, datetime.now(UTC)) == "too-long"
    [(outcome, detail)] = rows(home, "SELECT outcome, detail FROM job_runs")
    assert (outcome, "0:00:05" in detail) == ("too-long", True)
    assert schedule.slot(job, datetime.now(UTC)) is None


def test_a_job_that_fails_says_why_and_harms_no_other(
    home: Path, outlet: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    (home / "file").write_text("no folder")
    monkeypatch.setenv("DETAINEE_WATCH_SCHEDULE__BACKUP_FOLDER", str(home / "file"))
    schedule = plan(home, lambda: datetime.now(UTC))
    assert schedule.check("backup", jitter=False) == "failed"
    assert schedule.check("backup", jitter=False) is None  # a pause
    assert schedule.check("retention", jitter=False) == "ok"
    [(detail,)] = rows(home, "SELECT detail FROM job_runs WHERE job = 'backup'")
    assert str(home / "file") in detail


def test_a_database_that_is_locked_does_not_end_the_scheduler(home: Path, outlet: Server) -> None:
    schedule = plan(home, lambda: datetime.now(UTC))
    schedule._engine = open_database(f"sqlite:///{home}/watch.sqlite3", busy_seconds=0.05)
    with closing(sqlite3.connect(home / "watch.sqlite3", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert schedule.check("retention", jitter=False) == "failed"
    assert schedule.check("retention", jitter=False) == "ok"


class Counting(Schedule):
    """Counts the looks instead of doing anything."""

    looks: list[float]

    def check(self, name: str, *, jitter: bool = True) -> str | None:
        self.looks.append(time.monotonic())
        return None


@pytest.mark.parametrize("shift", [timedelta(days=-3), timedelta(days=3)])
def test_a_clock_that_is_set_wakes_all_jobs(home: Path, outlet: Server, shift: timedelta) -> None:
    handlers = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    with time_machine.travel(datetime(2026, 3, 1, tzinfo=UTC), tick=True) as traveller:
        schedule = plan(home, lambda: datetime.now(UTC), Counting, poll=0.2)
        assert isinstance(schedule, Counting)
        schedule.looks = looks = []

        def set_clock() -> None:
            wait_for(lambda: len(looks) > 2 * len(JOBS))
            traveller.shift(shift)
            seen = len(looks)
            # Each job once at least, and again after that: the rhythm goes on.
            wait_for(lambda: len(looks) >= seen + 3 * len(JOBS), seconds=30)

        failed: list[BaseException] = []

        def helper() -> None:
            try:
                set_clock()
            except BaseException as error:
                failed.append(error)
            finally:
                schedule.stop()

        thread = threading.Thread(target=helper)
        thread.start()
        try:
            schedule.forever()
        finally:
            thread.join()
            for number, handler in handlers.items():
                signal.signal(number, handler)
    assert failed == []


def test_runs_are_forgotten_but_the_last_of_each_job(home: Path) -> None:
    engine = open_database(f"sqlite:///{home}/watch.sqlite3")
    now = datetime(2026, 3, 1, tzinfo=UTC)
    rare = start_job(engine, "backup", slot=now, now=now)
    end_job(engine, rare, outcome="ok", detail="", now=now)
    with closing(sqlite3.connect(home / "watch.sqlite3")) as connection, connection:
        connection.execute(
            "INSERT INTO sqlite_sequence (name, seq) SELECT 'job_runs', 0 "
            "WHERE NOT EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = 'job_runs')"
        )
        connection.execute("UPDATE sqlite_sequence SET seq = ? WHERE name = 'job_runs'", (3 * KEEP_RUNS,))
    for _ in range(2):
        start_job(engine, "digests", slot=now, now=now)
    runs = last_runs(engine, ("backup", "digests", "crawl"))
    assert [len(runs[name]) for name in ("backup", "digests", "crawl")] == [1, 2, 0]
    assert runs["backup"][0].ok
    engine.dispose()


def test_the_lock_is_shared_or_alone(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    assert Lock(path).free()
    with Lock(path) as one, Lock(path) as two, Lock(path) as alone:
        assert one.take(shared=True)
        assert two.take(shared=True)
        assert not alone.take()
        assert not Lock(path).free()
    with Lock(path) as alone, Lock(path) as other:
        assert alone.take()
        assert not other.take(shared=True)
        assert Lock(path).holder() is not None
    assert Lock(path).free()


@pytest.mark.parametrize(
    "wrong",
    [
        {"hour": "25:00"},
        {"zone": "Atlantis/Capital"},
        {"zone": "../../etc/passwd"},
        {"every": "often"},
        {"backup": "1s"},
        {"jitter": "4h"},
        {"adaptive_min": "2h", "adaptive_max": "1h"},
        {"backup_keep": 0},
        {"colour": "red"},
    ],
)
def test_wrong_settings_name_their_key(home: Path, run: Command, wrong: dict[str, Any]) -> None:
    lines = "\n".join(f"{name} = {value!r}" for name, value in wrong.items())
    (home / "detainee-watch.toml").write_text(f"[schedule]\n{lines}\n")
    ran = run("schedule", "status")
    assert ran.code == 1
    assert next(iter(wrong)) in ran.err
    assert "Traceback" not in ran.err


def test_jobs_come_from_the_settings() -> None:
    settings = Settings(schedule=ScheduleSettings(every="adaptive", backup="off", digests="05:30", hour=6))
    jobs = {job.name: job for job in jobs_of(settings)}
    assert list(jobs) == list(JOBS)
    assert {name: job.words for name, job in jobs.items()} == {
        "crawl": "adaptive",
        "digests": "daily 05:30",
        "health": "every 1h",
        "retention": "daily 03:40",
        "backup": "off",
    }
    assert jobs["crawl"].limit > 6 * HOUR
    assert settings.schedule.at.hour == 6


def test_a_program_in_the_folder_does_not_take_the_place_of_ours(home: Path, outlet: Server) -> None:
    (home / "app").mkdir()
    (home / "app" / "__init__.py").write_text("raise SystemExit('the wrong program')")
    schedule = plan(home, lambda: datetime.now(UTC))
    assert schedule.check("retention", jitter=False) == "ok"
    assert ROOT.is_dir()
