"""Sends what is due: the one way that the end of a crawl, ``alerts run`` and the schedule go.

rules with something to tell → who may get it → letters → outbox → servers
"""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from alerts.digest import compose
from alerts.mail import write_letter, write_notice
from alerts.windows import due_window, next_hour, quiet_until
from app.alert_people import Person, enrol, recipients_of, why_nobody
from pipeline.errors import ConfigError
from storage.alert_values import Rule, RuleState
from storage.outbox import Outbox
from storage.outbox_values import NewMessage, Waiting

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from alerts.deliver import Delivered
    from app.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Delay:
    """Why hits of a rule wait."""

    rule: str
    hits: int
    until: datetime | None  # None: until somebody does something
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """What one round of alerts came to."""

    hits: int = 0  # that were put into messages
    messages: int = 0  # that were made of them
    asked: tuple[str, ...] = ()  # addresses that were asked to confirm
    delays: tuple[Delay, ...] = ()
    faults: tuple[str, ...] = ()  # rules whose settings are wrong, in sentences
    sent: int = 0
    retry: int = 0
    unknown: int = 0
    failed: int = 0
    stopped: tuple[str, ...] = ()
    down: tuple[str, ...] = ()  # why the queue of a channel waits
    notes: tuple[str, ...] = ()
    folder: str = ""  # where mails were written instead of being sent

    @property
    def quiet(self) -> bool:
        """Whether there is nothing to say."""
        return self == Summary()

    @property
    def failing(self) -> bool:
        """Whether something has to be looked at."""
        return bool(self.down or self.failed or self.stopped or self.faults)


def together(rounds: Sequence[Summary]) -> Summary:
    """What several rounds came to: what happened in any of them, and what waits after the last."""
    if not rounds:
        return Summary()
    gathered: dict[str, Any] = {name: sum(getattr(each, name) for each in rounds) for name in _SUMS}
    for name in _LISTS:
        gathered[name] = tuple(one for each in rounds for one in getattr(each, name))
    gathered["folder"] = next((each.folder for each in rounds if each.folder), "")
    return replace(rounds[-1], **gathered)


_SUMS = ("hits", "messages", "sent", "retry", "unknown", "failed")
_LISTS = ("asked", "stopped", "notes")


@dataclass(slots=True)
class _Round:
    """What is gathered on the way."""

    hits: int = 0
    messages: int = 0
    asked: list[str] = field(default_factory=list)
    delays: list[Delay] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)


def send_due(
    settings: Settings, engine: Engine, now: datetime, *, clock: Callable[[], datetime] | None = None
) -> Summary:
    """Writes the messages that are due, and sends them with all that waits in the outbox. Safe to be run
    by several processes at once and to be killed at any moment. ``clock`` tells the time while it sends,
    which may take long; without it ``now`` is the time throughout.

    Raises ConfigError where mail cannot be sent by these settings, else the StorageError tree.
    """
    outbox = Outbox(engine)
    done = _Round()
    _make(settings, outbox, done, now=now)
    sent = _deliver(settings, outbox, clock or (lambda: now))
    return Summary(
        hits=done.hits,
        messages=done.messages,
        asked=tuple(done.asked),
        delays=tuple(done.delays),
        faults=tuple(done.faults),
        sent=sent.sent,
        retry=sent.retry,
        unknown=sent.unknown,
        failed=sent.failed,
        stopped=sent.stopped,
        down=sent.down,
        notes=sent.notes,
        folder=sent.folder,
    )


def notify(settings: Settings, engine: Engine, *, subject: str, text: str, key: str, now: datetime) -> bool:
    """Puts a message to the operator into the outbox; the same ``key`` is put once. False where it was
    there, or no operator is set."""
    if not settings.mail.operator:
        return False
    outbox = Outbox(engine)
    message = write_notice(
        settings.mail.operator, subject, text, key, house=settings.mail.house, secret=outbox.secret(), now=now
    )
    return outbox.put(message, now=now)


def worker_name() -> str:
    """What this process is called in leases: machine, number, and when it began, since numbers return."""
    import psutil  # type: ignore[import-untyped]

    pid = os.getpid()
    return f"{socket.gethostname()}|{pid}|{psutil.Process(pid).create_time():.2f}"


def is_alive(worker: str) -> bool:
    """Whether the process of this name still runs. Of other machines nobody knows: their leases count."""
    import psutil

    host, _, rest = worker.rpartition("|")[0].rpartition("|")
    pid, began = rest, worker.rpartition("|")[2]
    if host != socket.gethostname() or not pid.isdigit():
        return True
    try:
        process = psutil.Process(int(pid))
        return f"{process.create_time():.2f}" == began and process.status() != psutil.STATUS_ZOMBIE
    except psutil.Error:
        return False


# -- messages that are due ----------------------------------------------------------------------------


def _make(settings: Settings, outbox: Outbox, done: _Round, *, now: datetime) -> None:
    rules = outbox.rules()
    if not rules:
        return
    people, asked = enrol(settings, outbox, [rule for rule, _, _ in rules], done.faults, now=now)
    done.asked += asked
    empty: list[tuple[int, datetime]] = []
    names: dict[str, str] = {}
    for rule, waiting, closed in rules:
        if rule.state is not RuleState.ACTIVE:
            continue
        try:
            _one(
                settings,
                outbox,
                rule,
                waiting,
                closed,
                people.get(rule.id or 0, []),
                done,
                empty,
                names,
                now=now,
            )
        except ConfigError as error:
            done.faults.append(str(error))
    outbox.close_windows(empty)


def _one(
    settings: Settings,
    outbox: Outbox,
    rule: Rule,
    waiting: int,
    closed: datetime | None,
    people: Sequence[Person],
    done: _Round,
    empty: list[tuple[int, datetime]],
    names: dict[str, str],
    *,
    now: datetime,
) -> None:
    """Writes the messages of one rule, or says why they wait."""
    assert rule.id is not None
    window = due_window(rule, now, closed)
    instant = next_hour(rule, now) is None
    if not waiting:
        if window is not None:
            empty.append((rule.id, window))
        return
    if window is None and not instant:
        done.delays.append(
            Delay(rule=rule.name, hits=waiting, until=next_hour(rule, now), why="the hour of sending")
        )
        return
    if (until := quiet_until(rule, now)) is not None:
        done.delays.append(Delay(rule=rule.name, hits=waiting, until=until, why="quiet time"))
        return
    recipients = recipients_of(settings.mail, people)
    if not recipients:
        done.delays.append(Delay(rule=rule.name, hits=waiting, until=None, why=why_nobody(people)))
        return
    if not names:
        names.update(outlet_names(settings))
    house = settings.mail.house

    def write(found: Waiting) -> Sequence[NewMessage]:
        letters = compose(found, now=now, window=window, names=names, site=house.site)
        return [write_letter(each, house=house, secret=found.secret, now=now) for each in letters]

    hits, messages = outbox.tell(rule, recipients, write, window=window, now=now)
    done.hits += hits
    done.messages += messages


def outlet_names(settings: Settings) -> dict[str, str]:
    """What outlets are called, by slug."""
    from app.sources import all_sources
    from pipeline.errors import SourceError

    try:
        return {source.slug: source.name for source in all_sources(settings)}
    except SourceError:
        # A mistake in the user's own sources is the crawl's matter; a mail can do without names.
        return {}


def _deliver(settings: Settings, outbox: Outbox, clock: Callable[[], datetime]) -> Delivered:
    from alerts.deliver import Delivered, deliver

    if not outbox.has_work():
        return Delivered()
    # The crawl and the channels keep to one list of what may be reached inside.
    ways = replace(settings.mail.ways, allow_hosts=settings.allow_hosts)
    return deliver(outbox, ways, worker=worker_name(), alive=is_alive, clock=clock)
