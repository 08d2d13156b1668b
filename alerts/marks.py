"""Where in a text the words of a query stand, for showing them. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice

from alerts.normal import normal, word_spans
from alerts.patterns import read_pattern
from alerts.tree import Leaf, Near, Node, Pattern, Words, leaves
from pipeline.types import Article

MAX_EXCERPT = 400
"""Longest excerpt in characters."""
MAX_MARKS = 50
"""Most marks in one text."""
Marks = tuple[tuple[int, int], ...]


def piece(words: Words) -> str:
    """The piece of a normal text that the leaf is."""
    return f" {' '.join(words.words)}{'' if words.prefix else ' '}"


def wanted(root: Node) -> tuple[Words | Pattern, ...]:
    """What of a query can be marked: its words and expressions that no negation takes away."""
    out: list[Words | Pattern] = []
    for leaf, negated in leaves(root):
        if not negated:
            out += _parts(leaf)
    return tuple(dict.fromkeys(out))


def _parts(leaf: Leaf) -> Iterable[Words | Pattern]:
    match leaf:
        case Words() | Pattern():
            return (leaf,)
        case Near(left=left, right=right):
            return (*left, *right)
        case _:
            return ()


@dataclass(frozen=True, slots=True)
class Place:
    """Where one leaf stands in a text."""

    start: int
    end: int
    leaf: int  # its number in what was looked for


class Reader:
    """A text in which leaves are looked for."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._normal = normal(text)
        self._spans: list[tuple[int, int]] | None = None

    def find(self, leaf: Words | Pattern, number: int) -> list[Place]:
        """The first places of the leaf, in order."""
        if isinstance(leaf, Pattern):
            found = islice(read_pattern(leaf.pattern).finditer(self.text), MAX_MARKS)
            return [Place(match.start(), match.end(), number) for match in found]
        out: list[Place] = []
        what = piece(leaf)
        at = self._normal.find(what)
        while at >= 0 and len(out) < MAX_MARKS:
            if self._spans is None:
                self._spans = word_spans(self.text)
            first = self._normal.count(" ", 0, at + 1) - 1
            last = first + len(leaf.words) - 1
            out.append(Place(self._spans[first][0], self._spans[last][1], number))
            at = self._normal.find(what, at + 1)
        return out


def join_marks(places: Iterable[tuple[int, int]]) -> Marks:
    """Places in order, those that touch made one."""
    out: list[tuple[int, int]] = []
    for start, end in sorted(places):
        if out and start <= out[-1][1]:
            out[-1] = (out[-1][0], max(end, out[-1][1]))
        elif start < end:
            out.append((start, end))
    return tuple(out[:MAX_MARKS])


def best_sentence(article: Article, places: Sequence[Place]) -> str:
    """The sentence in which most of the leaves stand, the first of several; rather not the title,
    which is shown beside it anyway."""
    body = len(article.title) + 1 if article.title else 0
    sentences = [(each.start, each.end) for each in article.segments if each.start >= body]
    if not sentences:
        sentences = _lines(article.text, body)
    best, most = sentences[0] if sentences else (0, len(article.text)), 0
    index = 0
    for start, end in sentences:
        while index < len(places) and places[index].start < start:
            index += 1
        inside = {place.leaf for place in _from(places, index, end)}
        if len(inside) > most:
            best, most = (start, end), len(inside)
    return cut(
        article.text[best[0] : best[1]],
        next((p.start - best[0] for p in _from(places, 0, best[1]) if p.start >= best[0]), 0),
    )


def _from(places: Sequence[Place], index: int, end: int) -> Iterable[Place]:
    for place in places[index:]:
        if place.start >= end:
            return
        yield place


def _lines(text: str, start: int) -> list[tuple[int, int]]:
    """Paragraphs, for an article of which no sentences are known."""
    out = []
    while start < len(text):
        end = text.find("\n", start)
        end = len(text) if end < 0 else end
        if end > start:
            out.append((start, end))
        start = end + 1
    return out


def cut(sentence: str, at: int) -> str:
    """At most MAX_EXCERPT characters of the sentence, those around ``at``, with … where some are left out."""
    sentence = " ".join(sentence.split("\n")).strip()
    if len(sentence) <= MAX_EXCERPT:
        return sentence
    start = max(0, min(at - MAX_EXCERPT // 3, len(sentence) - MAX_EXCERPT))
    end = start + MAX_EXCERPT
    if start:
        start = sentence.find(" ", start, start + 40) + 1 or start
    if end < len(sentence):
        end = max(sentence.rfind(" ", end - 40, end), 0) or end
    return f"{'…' if start else ''}{sentence[start:end].strip()}{'…' if end < len(sentence) else ''}"
