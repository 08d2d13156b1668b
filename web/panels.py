"""The outlets as they were followed, kept: finding this out reads all of coverage."""

from __future__ import annotations

import threading
import time
from datetime import date
from weakref import WeakKeyDictionary

from sqlalchemy import Engine

from storage.panels import Panel, load_panel
from web.site import Site

FRESH = 600.0
"""Seconds for which what is kept is good."""
_kept: WeakKeyDictionary[Engine, _Kept]


class _Kept:
    """What is kept of one database."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.panel: Panel | None = None
        self.day: date | None = None
        self.until = 0.0
        self.busy = False


_kept = WeakKeyDictionary()
_lock = threading.Lock()


def panel_of(site: Site) -> Panel:
    """The outlets up to yesterday. What is older than FRESH is found out anew beside the requests, which
    meanwhile are given the old; on a new day, and at first, they wait."""
    with _lock:
        kept = _kept.setdefault(site.engine, _Kept())
    with kept.lock:
        today = site.now().date()
        if kept.panel is None or kept.day != today:
            _load(site, kept)
        elif time.monotonic() > kept.until and not kept.busy:
            kept.busy = True
            threading.Thread(target=_anew, args=(site, kept), daemon=True).start()
        assert kept.panel is not None
        return kept.panel


def _load(site: Site, kept: _Kept) -> None:
    now = site.now()
    kept.panel = load_panel(site.engine, now=now)
    kept.day, kept.until = now.date(), time.monotonic() + FRESH


def _anew(site: Site, kept: _Kept) -> None:
    try:
        _load(site, kept)
    finally:
        kept.until = time.monotonic() + FRESH
        kept.busy = False
