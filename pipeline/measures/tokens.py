"""A text as folded tokens with exact offsets, and phrases that are matched on them.

Folding is one character to one character (case, accents, typographic quotes, dashes and spaces),
so an offset into the folded text is an offset into the text. Matching walks a trie of tokens: the
time is linear in the length of the text, whatever the text is.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from itertools import product
from typing import Any, NamedTuple

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
    latest: Mapping[str, int] = field(repr=False)  # word → the last token that is it
    earlier: Sequence[int] = field(repr=False)  # token → the one before it that is the same word, or -1
    initials: Mapping[str, list[str]] = field(repr=False)  # first letter → the different words with it

    def __len__(self) -> int:
        return len(self.words)

    def word(self, index: int) -> str:
        """The folded token, or "" outside the text."""
        return self.words[index] if 0 <= index < len(self.words) else ""

    def where(self, words: Iterable[str]) -> set[int]:
        """All tokens that are one of ``words``, each of which is a word of the text."""
        found: set[int] = set()
        for word in words:
            index = self.latest[word]
            while index >= 0:
                found.add(index)
                index = self.earlier[index]
        return found

    def digits(self) -> set[int]:
        """All tokens that begin with a digit."""
        found = (words for initial, words in self.initials.items() if initial.isdecimal())
        return self.where(word for words in found for word in words)

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
    words = tuple(_TOKEN.findall(folded))
    # Most words begin no phrase: finders ask for the different words once, not at every token.
    beginnings: list[int] = []
    latest: dict[str, int] = {}
    earlier: list[int] = []
    end = 0
    for number, word in enumerate(words):
        # Only blanks stand between tokens, so that the word is found where the token is.
        start = folded.find(word, end)
        beginnings.append(start)
        end = start + len(word)
        earlier.append(latest.get(word, -1))
        latest[word] = number
    starts = tuple(beginnings)
    initials: defaultdict[str, list[str]] = defaultdict(list)
    for word in latest:
        initials[word[0]].append(word)
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
        words=words,
        starts=starts,
        ends=tuple([start + len(word) for start, word in zip(starts, words, strict=True)]),
        breaks=frozenset(breaks),
        latest=latest,
        earlier=earlier,
        initials=initials,
    )


Slot = Callable[[int], Iterable[tuple[int, Any]] | None]
"""From a token index to the readings that begin there, if any: (index after it, value)."""


class Hit(NamedTuple):
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
        self._prefixes = {
            letter: tuple(prefix for prefix, _ in children)
            for letter, children in self._root.prefixes.items()
        }

    def at(
        self,
        tokens: Tokens,
        index: int,
        slots: Mapping[str, Slot] | None = None,
        readable: Set[int] | None = None,
    ) -> Hit | None:
        """The longest phrase that begins at ``index`` (that ends before it, for backward ones).

        ``readable`` are the only tokens at which a slot reads anything, where the caller knows them.
        """
        words, root, backward = tokens.words, self._root, self._backward
        count = len(words)
        position = index - 1 if backward else index
        if slots is None:
            # Most words of a text begin no phrase.
            if not 0 <= position < count:
                return None
            word = words[position]
            if word not in root.literals:
                prefixes = self._prefixes.get(word[0])
                if prefixes is None or not word.startswith(prefixes):
                    return None
        breaks = tokens.breaks
        step = -1 if backward else 1
        best: tuple[int, Any, tuple[Any, ...]] | None = None
        longest = -1
        stack: list[tuple[_Node, int, tuple[Any, ...]]] = [(root, position, ())]
        while stack:
            node, here, values = stack.pop()
            if node.tag is not None and node is not root:
                size = (here - position) * step
                if size > longest:
                    longest, best = size, (here, node.tag, values)
            if not 0 <= here < count:
                continue
            # A phrase does not run over the end of a line.
            if backward:
                if here + 1 in breaks:
                    continue
            elif here in breaks and node is not root:
                continue
            word = words[here]
            following = node.literals.get(word)
            if following is not None:
                stack.append((following, here + step, values))
            if node.prefixes:
                for prefix, child in node.prefixes.get(word[0], ()):
                    if word.startswith(prefix):
                        stack.append((child, here + step, values))
            if slots is not None and node.slots and (readable is None or here in readable):
                for name, child in node.slots.items():
                    for after, value in slots[name](here) or ():
                        stack.append((child, after, (*values, value)))
        if best is None:
            return None
        here, tag, values = best
        return Hit(here + 1, index, tag, values) if backward else Hit(index, here, tag, values)

    def after(self, tokens: Tokens, index: int, slots: Mapping[str, Slot] | None = None) -> Hit | None:
        """As ``at``, for what must stand in the same line as the token before ``index``."""
        return None if index in tokens.breaks else self.at(tokens, index, slots)

    def begins(self, tokens: Tokens) -> set[int]:
        """The tokens whose word begins a phrase; those that begin one with a slot are not among them."""
        words: set[str] = self._root.literals.keys() & tokens.latest.keys()
        for letter, prefixes in self._prefixes.items():
            for word in tokens.initials.get(letter, ()):
                if word.startswith(prefixes):
                    words.add(word)
        return tokens.where(words)

    def has_initial(self, word: str) -> bool:
        """Whether a phrase begins with a stem that has the first letter of ``word``."""
        return word[0] in self._prefixes

    def find(
        self,
        tokens: Tokens,
        slots: Mapping[str, Slot] | None = None,
        slotted: Set[int] = frozenset(),
        readable: Set[int] | None = None,
    ) -> Iterator[Hit]:
        """All phrases of the text, leftmost and longest, without overlaps.

        ``slotted`` are the token indices at which a slot may begin a phrase, ``readable`` as in ``at``.
        """
        free = 0
        for index in sorted(self.begins(tokens) | slotted):
            if index < free:
                continue
            hit = self.at(tokens, index, slots, readable)
            if hit is not None:
                yield hit
                free = hit.last

    def every(self, tokens: Tokens, slots: Mapping[str, Slot] | None = None) -> Iterator[Hit]:
        """The longest phrase at each word, those that overlap others among them."""
        for index in sorted(self.begins(tokens)):
            hit = self.at(tokens, index, slots)
            if hit is not None:
                yield hit
