"""What is kept between requests: the outlets as they were followed, and answers about trends.

Finding out how outlets were followed reads all of coverage, and a series over 100,000 cases all of them:
what was answered is given again until something is stored, at most for a minute.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from contextlib import suppress
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, TypeVar
from weakref import WeakKeyDictionary

from pipeline.changes import change_points
from pipeline.errors import DetaineeWatchError
from storage.overview import changes
from storage.panels import Panel, load_panel
from web.answers import environment
from web.site import Site

if TYPE_CHECKING:
    from sqlalchemy import Engine

FRESH = 600.0
"""Seconds for which a panel is good."""
ANSWERS, GOOD = 64, 60.0
"""How many answers are kept, and for how many seconds at most."""
T = TypeVar("T")


class _Kept:
    """What is kept of one database."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.panel: Panel | None = None
        self.day: date | None = None
        self.until = 0.0
        self.busy = False
        self.answers: OrderedDict[Hashable, tuple[float, Any]] = OrderedDict()


_kept: WeakKeyDictionary[Engine, _Kept] = WeakKeyDictionary()
_lock = threading.Lock()


def _of(engine: Engine) -> _Kept:
    with _lock:
        return _kept.setdefault(engine, _Kept())


def warm(engine: Engine, now: Callable[[], datetime]) -> None:
    """Finds out beforehand what the first readers would wait for, beside everything else."""
    threading.Thread(target=_warm, args=(engine, now), daemon=True).start()


def _warm(engine: Engine, now: Callable[[], datetime]) -> None:
    made = environment()
    for name in made.list_templates():
        made.get_template(name)
    # Whoever asks for trends is told what is wrong.
    with suppress(DetaineeWatchError):
        _panel(engine, now)
        change_points([1.0] * 8, [1.0] * 8)


def kept_answer(site: Site, asked: Hashable, make: Callable[[], T], is_small: Callable[[T], bool]) -> T:
    """What ``make`` gives, or what it gave to the same question since the last change; only what is small
    is kept."""
    kept = _of(site.engine)
    key = (asked, site.now().date(), changes(site.engine))
    with kept.lock:
        until, found = kept.answers.get(key, (0.0, None))
    if time.monotonic() < until:
        answer: T = found
        return answer
    made = make()
    if not is_small(made):
        return made
    with kept.lock:
        kept.answers[key] = (time.monotonic() + GOOD, made)
        while len(kept.answers) > ANSWERS:
            kept.answers.popitem(last=False)
    return made


def panel_of(site: Site) -> Panel:
    """The outlets up to yesterday. What is older than FRESH is found out anew beside the requests, which
    meanwhile are given the old; on a new day, and at first, they wait."""
    return _panel(site.engine, site.now)


def _panel(engine: Engine, now: Callable[[], datetime]) -> Panel:
    kept = _of(engine)
    with kept.lock:
        if kept.panel is None or kept.day != now().date():
            _load(engine, now, kept)
        elif time.monotonic() > kept.until and not kept.busy:
            kept.busy = True
            threading.Thread(target=_anew, args=(engine, now, kept), daemon=True).start()
        assert kept.panel is not None
        return kept.panel


def _load(engine: Engine, now: Callable[[], datetime], kept: _Kept) -> None:
    moment = now()
    kept.panel = load_panel(engine, now=moment)
    kept.day, kept.until = moment.date(), time.monotonic() + FRESH


def _anew(engine: Engine, now: Callable[[], datetime], kept: _Kept) -> None:
    try:
        with suppress(DetaineeWatchError):
            _load(engine, now, kept)
    finally:
        kept.until = time.monotonic() + FRESH
        kept.busy = False
