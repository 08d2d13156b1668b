"""The questions about one article that are dearer than a look into a set, asked when a rule needs the answer.
Pure."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence, Set

from alerts.compiled import LATER, Atom, Atoms, Tree
from alerts.facts import SIGNS, number_of
from alerts.patterns import read_pattern
from storage.alert_values import News, NewsRecord


class Asked:
    """What is true of one article; the dear questions are asked when a rule needs the answer."""

    def __init__(self, atoms: Atoms, news: News, text: str, true: Set[Atom]) -> None:
        """``text`` is the article's normal text, ``true`` the atoms that are known to be true of it."""
        self._atoms = atoms
        self._news = news
        self._text = text
        self._true = true
        self._known: dict[object, bool] = {}
        self._bytes: tuple[bytes, bytes] | None = None  # text, title

    def holds(self, tree: Tree, facts: Set[Atom], record: NewsRecord | None) -> bool:
        """Whether the tree is true of the article and this record, which has ``facts``."""
        if isinstance(tree, bool):
            return tree
        if isinstance(tree, int | str):
            return tree in self._true or tree in facts or self._asked(tree, record)
        operator, parts = tree
        if operator == "and":
            for part in parts:  # noqa: SIM110 - a generator takes twice as long
                if not self.holds(part, facts, record):
                    return False
            return True
        if operator == "or":
            for part in parts:  # noqa: SIM110
                if self.holds(part, facts, record):
                    return True
            return False
        return not self.holds(parts[0], facts, record)

    def _asked(self, atom: Atom, record: NewsRecord | None) -> bool:
        sort = self._atoms.sorts[atom]
        if sort not in LATER:
            return False
        if sort == "near":
            return self._remembered(atom, lambda: self._is_near(*self._atoms.nears[atom]))
        if sort == "pattern":
            return self._remembered(atom, lambda: self._fits(atom))
        if record is None:
            return False
        if sort == "number":
            name, sign, limit = self._atoms.limits[atom]
            number = number_of(record.record, name)
            return number is not None and SIGNS[sign](number, limit)
        if sort == "new_pair":
            days, told = self._atoms.pairs[atom], record.record
            key = (days, told.nationality, told.country)
            return self._remembered(key, lambda: self._news.is_new_pair(record, days))
        return self._remembered(("stage", record.id), lambda: self._news.has_changed_stage(record))

    def _remembered(self, key: object, ask: Callable[[], bool]) -> bool:
        known = self._known.get(key)
        if known is None:
            known = self._known[key] = ask()
        return known

    def _fits(self, atom: Atom) -> bool:
        leaf = self._atoms.patterns[atom]
        if self._bytes is None:
            # RE2 works on bytes, and would make them anew for each expression.
            article = self._news.article
            self._bytes = article.text.encode(errors="replace"), article.title.encode(errors="replace")
        return read_pattern(leaf.pattern).search(self._bytes[leaf.title]) is not None

    def _is_near(self, left: tuple[Atom, ...], right: tuple[Atom, ...], distance: int) -> bool:
        written = self._atoms.written
        sides = [[written[atom] for atom in side if atom in self._true] for side in (left, right)]
        return stand_near(self._text, sides[0], sides[1], distance)


def stand_near(text: str, left: Sequence[str], right: Sequence[str], distance: int) -> bool:
    """Whether in a normal text one of the pieces ``left`` and one of ``right`` stand with at most
    ``distance`` words between, in any order."""
    ones = [place for written in left for place in _places(text, written)]
    others = [place for written in right for place in _places(text, written)]
    return _follow(text, ones, others, distance) or _follow(text, others, ones, distance)


def _places(text: str, written: str) -> Iterator[tuple[int, int]]:
    at = text.find(written)
    while at >= 0:
        yield at, at + len(written)
        at = text.find(written, at + 1)


def _follow(text: str, ones: list[tuple[int, int]], others: list[tuple[int, int]], distance: int) -> bool:
    """Whether one of ``others`` begins at most ``distance`` words after the end of one of ``ones``.

    Each of ``others`` is held against the nearest before it, and only the first after that one, so that
    no part of the text is counted twice.
    """
    ends = sorted(end for _, end in ones)
    last = -1
    for start, _ in sorted(others):
        nearest = bisect_right(ends, start + 1) - 1
        if nearest in (-1, last):
            continue
        last = nearest
        # A piece has a space at each end: between neighbours stands one, and no word.
        if text.count(" ", ends[nearest] - 1, start + 1) - 1 <= distance:
            return True
    return False
