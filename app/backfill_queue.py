"""Which piece is read next, and how far all of it is. Decides; whoever asks it does the reading."""

from __future__ import annotations

import time
from collections import Counter, deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urlsplit

from app.backfill_files import is_remote
from pipeline.errors import DataError
from storage.backfill import DONE, FilePlan, Piece


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One piece that is to be read."""

    file: FilePlan
    start: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How far a backfill is."""

    files: int
    files_done: int
    files_failed: int
    part: float  # of all bytes, 0 to 1
    records: int  # of this run
    relevant: int  # of this run
    seconds: float  # since it began
    left: float | None  # seconds, by the pace of this run; None while that is not known


class Queue:
    """The files in their order, each planned when its turn comes."""

    def __init__(
        self,
        names: Sequence[str],
        plan: Callable[[str], FilePlan],
        fail: Callable[[FilePlan, str], None],
        *,
        per_host: int,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """``plan`` gives a file's pieces and may raise DataError; ``fail`` keeps why one cannot be read;
        ``per_host`` is how many files of one server are read at once."""
        self._waiting = deque(names)
        self._names = tuple(names)
        self._plan = plan
        self._fail = fail
        self._per_host = per_host
        self._clock = clock
        self._begun = clock()
        self._ready: deque[Task] = deque()
        self._held: deque[Task] = deque()  # of servers that are busy
        self._hosts: Counter[str] = Counter()
        self._files: dict[int, FilePlan] = {}  # those that are begun and not done
        self._pieces: dict[int, dict[int, Piece]] = {}  # of each of them, by where they start
        self._counts: Counter[str] = Counter()
        self._sizes = {name: _size(name) for name in names}
        self._done: set[str] = set()
        self._parts_before: dict[str, float] = {}  # of each file that an earlier run had begun
        self.failed: dict[str, str] = {}  # name → why
        self.done_before = 0

    def take(self) -> Task | None:
        """The next piece; None when none is to be begun now."""
        for _ in range(len(self._held)):
            task = self._held.popleft()
            if self._free(task):
                return self._taken(task)
            self._held.append(task)
        while True:
            while self._ready:
                task = self._ready.popleft()
                if self._free(task):
                    return self._taken(task)
                self._held.append(task)
            if not self._waiting or len(self._held) >= self._per_host:
                return None
            self._add(self._waiting.popleft())

    def take_file(self) -> tuple[Task, ...]:
        """All open pieces of the next file; none when none is to be begun now."""
        first = self.take()
        if first is None:
            return ()
        rest = tuple(each for each in self._ready if each.file.id == first.file.id and self._free(each))
        self._ready = deque(each for each in self._ready if each not in rest)
        return (first, *(self._taken(each) for each in rest))

    def told(self, piece: Piece) -> None:
        """A piece came further."""
        pieces = self._pieces.get(piece.file_id)
        if pieces is None:
            return  # its file is done, and this is old news
        self._counts.update(piece.counts)
        self._counts.subtract(pieces[piece.start].counts)
        pieces[piece.start] = piece
        if all(each.done for each in pieces.values()):
            self._done.add(self._files.pop(piece.file_id).name)
            del self._pieces[piece.file_id]

    def ended(self, task: Task, error: str = "") -> None:
        """A piece was read to its end, or cannot be; then its file is given up for this run."""
        self._release(task)
        if not error:
            return
        self._fail(task.file, error)
        self.failed.setdefault(task.file.name, error)
        self._ready = deque(each for each in self._ready if each.file.id != task.file.id)
        self._held = deque(each for each in self._held if each.file.id != task.file.id)

    def again(self, task: Task) -> None:
        """A piece whose worker died is begun again."""
        self._release(task)
        self._ready.appendleft(task)

    @property
    def empty(self) -> bool:
        """Whether nothing is left to be begun."""
        return not (self._waiting or self._ready or self._held)

    def counts(self) -> Counter[str]:
        """What came of the records that this run has read."""
        return +self._counts

    def standing(self) -> Standing:
        """How far it is."""
        part = self._part()
        seconds = self._clock() - self._begun
        gained = part - self._weighed(self._parts_before)
        counts = self.counts()
        known = gained > 0 and seconds > 1
        return Standing(
            files=len(self._names),
            files_done=len(self._done),
            files_failed=len(self.failed),
            part=part,
            records=counts.total(),
            relevant=counts["relevant"],
            seconds=seconds,
            left=(1 - part) * seconds / gained if known else None,
        )

    def _add(self, name: str) -> None:
        try:
            file = self._plan(name)
        except DataError as error:
            self.failed[name] = str(error)
            return
        self._sizes[name] = file.size
        if file.part:
            self._parts_before[name] = file.part
        if file.state == DONE:
            self._done.add(name)
            self.done_before += 1
            return
        self._files[file.id] = file
        self._pieces[file.id] = {piece.start: piece for piece in file.pieces}
        bare = replace(file, pieces=())
        self._ready.extend(Task(file=bare, start=each.start) for each in file.pieces if not each.done)

    def _free(self, task: Task) -> bool:
        host = _host(task)
        return not host or self._hosts[host] < self._per_host

    def _taken(self, task: Task) -> Task:
        self._hosts[_host(task)] += 1
        return task

    def _release(self, task: Task) -> None:
        self._hosts[_host(task)] -= 1

    def _part(self) -> float:
        """The part of all bytes that is stored, or cannot be."""
        parts = dict.fromkeys((*self._done, *self.failed), 1.0)
        for number, file in self._files.items():
            pieces = tuple(self._pieces[number].values())
            parts.setdefault(file.name, replace(file, pieces=pieces).part)
        return self._weighed(parts)

    def _weighed(self, parts: Mapping[str, float]) -> float:
        """Parts of files → the part of all. A file of unknown size counts as an ordinary one."""
        known = [size for size in self._sizes.values() if size]
        usual = sum(known) / len(known) if known else 1.0
        total = sum(size or usual for size in self._sizes.values())
        return (
            sum(part * (self._sizes[name] or usual) for name, part in parts.items()) / total if total else 1.0
        )


def _host(task: Task) -> str:
    return urlsplit(task.file.name).netloc.lower() if is_remote(task.file.name) else ""


def _size(name: str) -> int:
    try:
        return 0 if is_remote(name) else Path(name).stat().st_size
    except OSError:
        return 0
