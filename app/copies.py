"""What a copy of a database needs around it: nobody else at work there, and a word on how far it is."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from app.console import err, say
from app.locks import crawl_lock, name_of, place_of, schedule_lock
from pipeline.errors import StorageBusyError


@contextmanager
def alone(urls: Sequence[str]) -> Iterator[None]:
    """Neither a scheduler nor a crawl is at work on these databases. Raises StorageBusyError."""
    with ExitStack() as held:
        for url in urls:
            place = place_of(url)
            if place is None or (isinstance(place, Path) and not place.exists()):
                continue  # opening it says what is wrong, or makes it
            locks = {"A scheduler": schedule_lock(place), "A crawl": crawl_lock(place)}
            for what, lock in locks.items():
                held.enter_context(lock)
                if not lock.take():
                    name = name_of(place)
                    raise StorageBusyError(f"{what} is at work on {name}; end it first.", key=name)
        yield


@contextmanager
def told(*, quiet: bool) -> Iterator[Callable[[str, int, int], None]]:
    """Says how far each table is: a line for each, that moves on a terminal."""
    if quiet:
        yield lambda *_: None
        return
    if not err().is_terminal:
        yield lambda table, done, total: say(f"{table}: {done:,} of {total:,}") if done >= total else None
        return
    with err().status("") as status:
        yield lambda table, done, total: status.update(f"{table}: {done:,} of {total:,}")
