"""The scheduler: wakes, asks what is due, and runs it as a process with a time limit.

    APScheduler wakes each job ──→ due? (app/due.py, by the runs in the database) ──→ process ──→ run stored

APScheduler only wakes; it decides nothing. It keeps its next moment by the clock, so a clock that is
set back would let it sleep for as long: the main thread compares the clock with the time that passes
and wakes all jobs when the two part.
"""

from __future__ import annotations

import signal
import subprocess
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import IO, TYPE_CHECKING

from app.due import Done, again, due_sources, earliest, jitter_of, next_slot, slot_of
from app.jobs import BATCH, CRAWL, Job, bounds_of, command_of, done_of, jobs_of, watched_sources
from app.locks import Place, crawl_lock
from pipeline.errors import DetaineeWatchError, StorageBusyError
from pipeline.rhythm import Daily, Off

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from app.settings import Settings

POLL = 20.0
"""Seconds between two looks at what is due."""
JUMP = 60.0
"""Seconds by which the clock and the time that passes may differ before all jobs are woken."""
GRACE = 90.0
"""Seconds that a job has to end when it is told to; a crawl saves what it holds."""


class Schedule:
    """The jobs of one database. ``say`` is told a line for each thing that happens."""

    def __init__(
        self,
        settings: Settings,
        engine: Engine,
        database: Place,
        *,
        config: Path | None = None,
        clock: Callable[[], datetime],
        say: Callable[[str], None],
        still: Callable[[], bool] = lambda: True,
        poll: float = POLL,
    ) -> None:
        self.jobs = {job.name: job for job in jobs_of(settings)}
        self._settings = settings
        self._engine = engine
        self._database = database
        self._config = config
        self._clock = clock
        self._say = say
        self._still = still
        self._poll = poll
        self._stopping = threading.Event()
        self._running: dict[str, subprocess.Popen[str]] = {}
        self._lock = threading.Lock()
        self._told: dict[str, str] = {}

    # -- what is due ------------------------------------------------------------------------------

    def last(self, name: str) -> Done | None:
        """The last run of a job."""
        from storage.jobs import last_runs

        return done_of(last_runs(self._engine, (name,))[name])

    def slot(self, job: Job, now: datetime, *, jitter: bool = True) -> datetime | None:
        """The moment for which ``job`` is due now, or None."""
        last = self.last(job.name)
        if job.name == CRAWL:
            return self._crawl_slot(job, last, now, jitter=jitter)
        slot = slot_of(job.rhythm, last, now, self._settings.schedule.zone_info)
        if slot is None or not isinstance(job.rhythm, Daily) or not jitter:
            return slot
        wait = jitter_of(job.name, slot, self._settings.schedule.jitter_time)
        return slot if now >= slot + wait else None

    def _crawl_slot(self, job: Job, last: Done | None, now: datetime, *, jitter: bool) -> datetime | None:
        from app.sources import all_sources

        assert not isinstance(job.rhythm, Off)
        if last is not None and now >= last.started:
            if not last.ok and now < again(job.rhythm, last):
                return None
            if last.ok and now < last.started + BATCH and jitter:
                return None
        shared = bool(self._settings.redis_url.get_secret_value())
        # To a crawl that workers share, what is due now is added while they are at work.
        if not shared and not crawl_lock(self._database).free():
            return None
        watched = watched_sources(self._settings, all_sources(self._settings), self._engine, now)
        return now if due_sources(watched, now, bounds_of(self._settings, jitter=jitter)) else None

    def next(self, job: Job, now: datetime) -> datetime | None:
        """When ``job`` is next; ``now`` when it is due, None when it never is."""
        from app.sources import all_sources

        last = self.last(job.name)
        if job.name != CRAWL:
            return next_slot(job.rhythm, last, now, self._settings.schedule.zone_info)
        watched = watched_sources(self._settings, all_sources(self._settings), self._engine, now)
        moment = earliest(watched, now, bounds_of(self._settings))
        if moment is not None and last is not None and not last.ok and not isinstance(job.rhythm, Off):
            moment = max(moment, again(job.rhythm, last))
        return moment

    # -- doing it ---------------------------------------------------------------------------------

    def check(self, name: str, *, jitter: bool = True) -> str | None:
        """Run the job if it is due; returns how it ended, or None when it was not due. Never raises a
        DetaineeWatchError: a database that is locked for a while must not end the scheduler."""
        job = self.jobs[name]
        if self._stopping.is_set():
            return None
        try:
            slot = self.slot(job, self._clock(), jitter=jitter)
            if slot is None:
                return None
            if not self._still():
                raise StorageBusyError("Another scheduler looks after this database now; this one rests.")
            outcome = self.run(job, slot)
        except DetaineeWatchError as error:
            if self._told.get(name) != str(error):
                self._told[name] = str(error)
                self._say(f"{name}: {error}")
            return "failed"
        self._told.pop(name, None)
        return outcome

    def run(self, job: Job, slot: datetime) -> str:
        """Run a job as a process, to its end or its limit; stores and returns the outcome."""
        from storage.jobs import end_job, start_job

        number = start_job(self._engine, job.name, slot=slot, now=self._clock())
        begun = time.monotonic()
        outcome, detail = self._process(job)
        end_job(self._engine, number, outcome=outcome, detail=detail, now=self._clock())
        seconds = time.monotonic() - begun
        if outcome != "ok" or job.name == CRAWL or seconds > 60:
            self._say(f"{job.name}: {outcome}{f' ({detail})' if detail else ''}, {seconds:.0f} s")
        return outcome

    def _process(self, job: Job) -> tuple[str, str]:
        """How the process of a job ended, with the last line that it said where it did not end well."""
        with self._lock:
            if self._stopping.is_set():
                return "interrupted", "the scheduler was ending"
            # A session of its own: Ctrl-C at the terminal is the scheduler's affair, which passes it on.
            process = subprocess.Popen(  # noqa: S603  our own program
                command_of(job, self._config),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                text=True,
                errors="replace",
                start_new_session=True,
            )
            self._running[job.name] = process
        if self._stopping.is_set():
            # Told to end while the process was being started, when nobody could pass it on.
            process.send_signal(signal.SIGINT)
        lines: list[str] = []
        assert process.stderr is not None
        reader = threading.Thread(target=self._listen, args=(job, process.stderr, lines), daemon=True)
        reader.start()
        late = False
        try:
            process.wait(job.limit.total_seconds())
        except subprocess.TimeoutExpired:
            late = True
            self._end(process)
        finally:
            self._running.pop(job.name, None)
        # What a killed crawl leaves behind may hold the pipe for a moment, and nobody waits for it.
        reader.join(5)
        detail = next((line for line in reversed(lines) if line), "")
        if late:
            return "too-long", f"stopped after {job.limit}"
        match process.returncode:
            case 0:
                return "ok", ""
            case 3:
                return "partly", detail
            case code if self._stopping.is_set() or code == 130:
                return "interrupted", "told to end"
            case code:
                return "failed", detail or f"exit code {code}"

    def _listen(self, job: Job, stream: IO[str], lines: list[str]) -> None:
        with stream:
            for line in stream:
                text = line.rstrip()
                lines[:] = [*lines[-20:], text.removeprefix("error: ")]
                self._say(f"{job.name}: {text}")

    @staticmethod
    def _end(process: subprocess.Popen[str]) -> None:
        """Tell a job to end as Ctrl-C does, and kill it when it does not."""
        process.send_signal(signal.SIGINT)
        try:
            process.wait(GRACE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    # -- once, or for ever ------------------------------------------------------------------------

    def once(self) -> dict[str, str]:
        """Do what is due, one after the other; how each ended that was."""
        self._take_signals()
        ended = {name: self.check(name, jitter=False) for name in self.jobs}
        return {name: outcome for name, outcome in ended.items() if outcome is not None}

    def forever(self) -> None:
        """Until SIGTERM or SIGINT; then jobs that run are told to end, and are waited for."""
        from apscheduler.executors.pool import ThreadPoolExecutor  # type: ignore[import-untyped]
        from apscheduler.schedulers.background import BackgroundScheduler  # type: ignore[import-untyped]
        from apscheduler.triggers.interval import IntervalTrigger  # type: ignore[import-untyped]

        self._take_signals()
        on = [job for job in self.jobs.values() if not isinstance(job.rhythm, Off)]
        scheduler = BackgroundScheduler(
            timezone=UTC, executors={"default": ThreadPoolExecutor(max(len(on), 1))}
        )
        for job in on:
            scheduler.add_job(
                self.check,
                IntervalTrigger(seconds=self._poll, timezone=UTC),
                args=(job.name,),
                id=job.name,
                replace_existing=True,
                # However late it wakes it asks, once, and never twice at a time.
                misfire_grace_time=None,
                coalesce=True,
                max_instances=1,
                next_run_time=datetime.now(UTC),
            )
        scheduler.start()
        apart = _apart()
        while not self._stopping.wait(min(self._poll, 5.0)):
            if abs(_apart() - apart) > JUMP:
                apart = _apart()
                self._say("the clock was set, or the machine slept: all jobs are looked at anew")
                for job in on:
                    scheduler.modify_job(job.name, next_run_time=datetime.now(UTC))
        scheduler.shutdown(wait=True)

    def stop(self, *_: object) -> None:
        """End soon: nothing new begins, and what runs is told to end. A second time: at once."""
        again_ = self._stopping.is_set()
        self._stopping.set()
        for process in tuple(self._running.values()):
            if process.poll() is None:
                process.send_signal(signal.SIGKILL if again_ else signal.SIGINT)
        if not again_:
            killer = threading.Timer(GRACE, self._kill)
            killer.daemon = True
            killer.start()

    def _kill(self) -> None:
        for process in tuple(self._running.values()):
            process.kill()

    def _take_signals(self) -> None:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self.stop)


def _apart() -> float:
    """What the clock shows beyond the time that passed; it changes only when the clock is set."""
    return time.time() - time.monotonic()


def shown_interval(seconds: float) -> str:
    """A span of time in words: "12 s", "3 min", "2 h", "4 d"."""
    span = timedelta(seconds=abs(seconds))
    if span < timedelta(minutes=2):
        return f"{span.total_seconds():.0f} s"
    if span < timedelta(hours=2):
        return f"{span / timedelta(minutes=1):.0f} min"
    return f"{span / timedelta(hours=1):.0f} h" if span < timedelta(days=2) else f"{span.days} d"
