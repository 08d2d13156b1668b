"""A text as folded tokens with exact offsets, and phrases that are matched on them.

Folding is one character to one character (case, accents, typographic quotes, dashes and spaces),
so an offset into the folded text is an offset into the text. Matching walks a trie of tokens: the
time is linear in the length of the text, whatever the text is.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from typing import Any

_TOKEN = re.compile(r"\d+(?:[.,']\d+)*|[^\W\d_]+|[^\w\s]|_")
_TEMPLATE = re.compile(r"<\w+>|[^\W\d_]+\*?|\d+(?:[.,']\d+)*\*?|[^\w\s]|_")


class _Folding(dict[int, int]):
    """Code point → folded code point, filled as characters are met."""

    def __missing__(self, code: int) -> int:
        character = chr(code)
        if character in "’‘‛`´ʼ′":
            folded = "'"
        elif character in "‐‑‒–—−":
            folded = "-"
        elif character.isspace():
            folded = "\n" if character in "\n\r\u2028\u2029\x0b\x0c\x85" else " "
        else:
            folded = unicodedata.normalize("NFD", character)[0].lower()[0]
        self[code] = ord(folded)
        return self[code]


_FOLDING = _Folding()


def fold(text: str) -> str:
    """``text`` in lower case without accents; always as long as ``text``."""
    return text.translate(_FOLDING)


@dataclass(frozen=True, slots=True)
class Tokens:
    """The tokens of a text: words, numbers with their separators, single signs."""

    text: str  # as given
    folded: str  # same length
    words: tuple[str, ...]  # folded
    starts: tuple[int, ...]
    ends: tuple[int, ...]
    breaks: frozenset[int]  # tokens that begin a new line

    def __len__(self) -> int:
        return len(self.words)

    def word(self, index: int) -> str:
        """The folded token, or "" outside the text."""
        return self.words[index] if 0 <= index < len(self.words) else ""

    def gap(self, index: int) -> str:
        """What stands between token ``index - 1`` and token ``index``."""
        if not 0 < index < len(self.words):
            return "\n"
        return self.folded[self.ends[index - 1] : self.starts[index]]

    def close(self, index: int) -> bool:
        """Whether at most one space separates token ``index`` from the one before."""
        return self.gap(index) in ("", " ")


def tokenise(text: str) -> Tokens:
    """Cut ``text`` into tokens."""
    folded = fold(text)
    matches = list(_TOKEN.finditer(folded))
    starts = tuple(match.start() for match in matches)
    # The first token after each newline, by one walk over both.
    breaks: set[int] = set()
    newline, index = folded.find("\n"), 0
    while newline >= 0:
        index = bisect_right(starts, newline, index)
        breaks.add(index)
        newline = folded.find("\n", starts[index] if index < len(starts) else len(folded))
    return Tokens(
        text=text,
        folded=folded,
        words=tuple(match.group() for match in matches),
        starts=starts,
        ends=tuple(match.end() for match in matches),
        breaks=frozenset(breaks),
    )


Slot = Callable[[int], Iterable[tuple[int, Any]]]
"""From a token index to the readings that begin there: (index after it, value)."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A phrase that was found on tokens ``[first, last)``."""

    first: int
    last: int
    tag: Any
    slots: tuple[Any, ...]  # the values of the slots, in order


class _Node:
    __slots__ = ("literals", "prefixes", "slots", "tag")

    def __init__(self) -> None:
        self.literals: dict[str, _Node] = {}
        self.prefixes: dict[str, list[tuple[str, _Node]]] = {}  # by first letter
        self.slots: dict[str, _Node] = {}
        self.tag: Any = None


def _expand(template: str) -> Iterator[list[str]]:
    """The plain templates behind one with ``(optional)`` and ``one|other`` words."""
    choices: list[list[str]] = []
    for part in re.findall(r"\([^)]*\)|\S+", template):
        optional = part.startswith("(") and part.endswith(")") and len(part) > 2
        inner = part[1:-1] if optional else part
        options = inner.split("|") if len(inner) > 1 else [inner]
        choices.append([*options, ""] if optional else options)
    for chosen in product(*choices):
        words = _TEMPLATE.findall(fold(" ".join(chosen)))
        if words:
            yield words


def _prefix_child(node: _Node, prefix: str) -> _Node:
    siblings = node.prefixes.setdefault(prefix[0], [])
    for known, child in siblings:
        if known == prefix:
            return child
    child = _Node()
    siblings.append((prefix, child))
    return child


class Phrases:
    """Templates compiled into a trie.

    A template is words separated by spaces; ``arrest*`` matches any ending, ``(of)`` is optional,
    ``last|past`` is either, ``<n>`` is a slot that the caller reads.
    """

    def __init__(self, templates: Mapping[str, Any], *, backward: bool = False) -> None:
        self._root = _Node()
        self._backward = backward
        for template, tag in templates.items():
            for words in _expand(template):
                node = self._root
                for word in reversed(words) if backward else words:
                    if word.startswith("<"):
                        node = node.slots.setdefault(word[1:-1], _Node())
                    elif len(word) > 1 and word.endswith("*"):
                        node = _prefix_child(node, word[:-1])
                    else:
                        node = node.literals.setdefault(word, _Node())
                if node.tag is None:
                    node.tag = tag

    def at(self, tokens: Tokens, index: int, slots: Mapping[str, Slot] | None = None) -> Hit | None:
        """The longest phrase that begins at ``index`` (that ends before it, for backward ones)."""
        step = -1 if self._backward else 1
        best: Hit | None = None
        position = index - 1 if self._backward else index
        if slots is None and not self._may_begin(tokens, position):
            return None
        stack: list[tuple[_Node, int, tuple[Any, ...]]] = [(self._root, position, ())]
        while stack:
            node, here, values = stack.pop()
            if node.tag is not None and node is not self._root:
                first, last = (here + 1, index) if self._backward else (index, here)
                if best is None or last - first > best.last - best.first:
                    best = Hit(first, last, node.tag, values)
            if not 0 <= here < len(tokens.words):
                continue
            # A phrase does not run over the end of a line.
            if (node is not self._root or self._backward) and (
                here + 1 if self._backward else here
            ) in tokens.breaks:
                continue
            word = tokens.words[here]
            following = node.literals.get(word)
            if following is not None:
                stack.append((following, here + step, values))
            for prefix, child in node.prefixes.get(word[0], ()):
                if word.startswith(prefix):
                    stack.append((child, here + step, values))
            if slots is not None:
                for name, child in node.slots.items():
                    for after, value in slots[name](here):
                        stack.append((child, after, (*values, value)))
        return best

    def after(self, tokens: Tokens, index: int, slots: Mapping[str, Slot] | None = None) -> Hit | None:
        """As ``at``, for what must stand in the same line as the token before ``index``."""
        return None if index in tokens.breaks else self.at(tokens, index, slots)

    def _may_begin(self, tokens: Tokens, position: int) -> bool:
        """Whether the token there begins any phrase; most words of a text do not."""
        if not 0 <= position < len(tokens.words):
            return False
        word = tokens.words[position]
        return word in self._root.literals or word[0] in self._root.prefixes

    def find(
        self, tokens: Tokens, slots: Mapping[str, Slot] | None = None, slotted: Container[int] = ()
    ) -> Iterator[Hit]:
        """All phrases of the text, leftmost and longest, without overlaps.

        ``slotted`` are the token indices at which a slot may begin a phrase.
        """
        index = 0
        while index < len(tokens.words):
            hit = None
            if index in slotted or self._may_begin(tokens, index):
                hit = self.at(tokens, index, slots)
            if hit is not None:
                yield hit
                index = max(hit.last, index + 1)
            else:
                index += 1

    def every(self, tokens: Tokens, slots: Mapping[str, Slot] | None = None) -> Iterator[Hit]:
        """The longest phrase at each word, those that overlap others among them."""
        for index in range(len(tokens.words)):
            if self._may_begin(tokens, index):
                hit = self.at(tokens, index, slots)
                if hit is not None:
                    yield hit
