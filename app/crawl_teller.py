"""How a crawl tells how far it is: a bar on a terminal, a line for each source elsewhere, or nothing."""

from __future__ import annotations

from types import TracebackType
from typing import TYPE_CHECKING, Protocol

from app.console import err, say

if TYPE_CHECKING:
    from rich.progress import Progress as RichProgress

    from crawler.report import Progress


class Teller(Protocol):
    """Tells how far the crawl is."""

    def __enter__(self) -> Teller: ...
    def __exit__(self, *error: BaseException | type | TracebackType | None) -> None: ...
    def tell(self, progress: Progress) -> None: ...


def teller_of(*, quiet: bool) -> Teller:
    """What suits where the words go to."""
    if quiet:
        return _Silent()
    return _Bar() if err().is_terminal else _Lines()


class _Silent:
    def __enter__(self) -> Teller:
        return self

    def __exit__(self, *error: BaseException | type | TracebackType | None) -> None:
        """Nothing is open."""

    def tell(self, progress: Progress) -> None:
        """Nothing is told."""


class _Lines(_Silent):
    """One line for each source, when all of its pages are done."""

    def __init__(self) -> None:
        self._told: set[str] = set()

    def tell(self, progress: Progress) -> None:
        if progress.source_done and progress.source not in self._told:
            self._told.add(progress.source)
            state = progress.state.value if progress.state else "-"
            say(f"[{len(self._told)}/{progress.sources_total}] {progress.source}: {state}")


class _Bar(_Silent):
    """A bar that grows with the pages; their number grows with the feeds that are read."""

    def __init__(self) -> None:
        from rich.progress import BarColumn, TextColumn, TimeElapsedColumn
        from rich.progress import Progress as RichProgress

        self._bar: RichProgress = RichProgress(
            TextColumn("{task.fields[sources]} sources"),
            BarColumn(),
            TextColumn("{task.completed:.0f}/{task.total:.0f} pages · {task.fields[relevant]} relevant"),
            TimeElapsedColumn(),
            console=err(),
            transient=True,
        )
        self._task = self._bar.add_task("", total=0, sources="0", relevant=0)

    def __enter__(self) -> Teller:
        self._bar.start()
        return self

    def __exit__(self, *error: BaseException | type | TracebackType | None) -> None:
        self._bar.stop()

    def tell(self, progress: Progress) -> None:
        self._bar.update(
            self._task,
            completed=progress.pages_done,
            total=progress.pages_total,
            sources=f"{progress.sources_done}/{progress.sources_total}",
            relevant=progress.relevant,
        )
