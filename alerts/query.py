"""What a user writes → the tree of a query. Pure.

    cocaine Lima               both words               "drug mule"     the phrase
    Lima OR Callao             either                   -film, NOT film without it
    (Lima OR Callao) mule      brackets group           traffick*       words that begin so
    mule NEAR/5 airport        at most 5 words between  re:/fent[ao]n/  a regular expression (RE2)
    title:mule                 only in the title        nationality:MX  facts: alerts/facts.py
    scope:all                  every article that was read, not only relevant ones

Capitals and accents do not count, words are whole ones. All facts of a query are asked of one record
at a time. Raises QueryError with a message that points at the place.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import NoReturn

from alerts.facts import NAMES, NUMBERS, Unclear, example, read_fact
from alerts.normal import words_of
from alerts.patterns import MAX_PATTERN, read_pattern
from alerts.tree import And, Fact, Near, Node, Not, Or, Pattern, Query, Words, leaves, wrong

MAX_QUERY = 2_000
"""Longest query in characters."""
MAX_PARTS = 100
"""Most words, phrases and facts in a query."""
MAX_PATTERNS = 10
"""Most regular expressions in a query."""
MAX_DEPTH = 20
"""Most brackets inside each other."""
MAX_DISTANCE = 100
"""Furthest NEAR."""
DISTANCE = 10
"""What NEAR without a number means."""
QUOTES = {'"': '"', "“": "”", "”": "”", "„": "“”", "«": "»", "»": "«»"}
_FACT = re.compile(r"([a-z_]+)(?::(?:\s*(>=|<=|≥|≤|>|<|=))?|\s*(>=|<=|≥|≤|>|<|=))\s*", re.IGNORECASE)
_NEAR = re.compile(r"NEAR(?:/(.*))?")
_OPERATORS = frozenset({"AND", "OR", "NOT"})
_BREAKS = frozenset("()" + "".join(QUOTES))


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str  # words | title | pattern | fact | near | ( | ) | - | AND | OR | NOT
    start: int
    end: int
    node: Words | Pattern | Fact | None = None
    distance: int = 0


def parse(query: str) -> Query:
    """The tree of ``query``. Raises QueryError."""
    if len(query) > MAX_QUERY:
        raise wrong(query, MAX_QUERY, MAX_QUERY + 1, f"it is longer than {MAX_QUERY} characters.")
    tokens = list(_tokens(query))
    parts = [token for token in tokens if token.node is not None]
    if len(parts) > MAX_PARTS:
        extra = parts[MAX_PARTS]
        raise wrong(query, extra.start, extra.end, f"there are more than {MAX_PARTS} words and facts.")
    patterns = [token for token in parts if isinstance(token.node, Pattern)]
    if len(patterns) > MAX_PATTERNS:
        extra = patterns[MAX_PATTERNS]
        raise wrong(query, extra.start, extra.end, f"there are more than {MAX_PATTERNS} regular expressions.")
    root = _Parser(query, tokens).whole()
    everything = False
    scopes = [part for part in _together(root) if isinstance(part, Fact) and part.name == "scope"]
    if scopes:
        everything = scopes[-1].values[0] == "all"
        rest = tuple(part for part in _together(root) if part not in scopes)
        if not rest:
            raise wrong(query, root.start, root.end, "say what to look for beside the scope.")
        root = rest[0] if len(rest) == 1 else And(root.start, root.end, rest)
    for leaf, _ in leaves(root):
        if isinstance(leaf, Fact) and leaf.name == "scope":
            raise wrong(
                query,
                leaf.start,
                leaf.end,
                "the scope is of the whole query; write it outside of any OR or NOT.",
            )
    return Query(query, root, everything)


def _together(root: Node | None) -> tuple[Node, ...]:
    assert root is not None
    return root.parts if isinstance(root, And) else (root,)


def _tokens(query: str) -> Iterator[_Token]:
    at = 0
    while at < len(query):
        char = query[at]
        if char.isspace() or not char.isprintable():
            at += 1
        elif char in "()":
            yield _Token(char, at, at + 1)
            at += 1
        elif char in "-−–" and at + 1 < len(query) and not query[at + 1].isspace():
            yield _Token("-", at, at + 1)
            at += 1
        else:
            token, at = _next(query, at)
            if token is not None:
                yield token


def _next(query: str, at: int) -> tuple[_Token | None, int]:
    """The token that begins at ``at``, None where only punctuation stands, and where it ends."""
    if query[at] in QUOTES:
        text, end = _quoted(query, at)
        return _words(query, at, end, text), end
    if query[at : at + 3].lower() == "re:":
        return _pattern(query, at)
    word_end = next(
        (i for i in range(at, len(query)) if query[i].isspace() or query[i] in _BREAKS), len(query)
    )
    word = query[at:word_end]
    if word in _OPERATORS:
        return _Token(word, at, word_end), word_end
    if found := _NEAR.fullmatch(word):
        written = found.group(1)
        known = written is None or (written.isascii() and written.isdigit() and len(written) < 5)
        distance = int(written) if known and written is not None else DISTANCE
        if not known or distance > MAX_DISTANCE:
            raise wrong(query, at, word_end, f"write NEAR/5: a number of words up to {MAX_DISTANCE}.")
        return _Token("near", at, word_end, distance=distance), word_end
    if word.lower() == "stage_changed":
        return _Token("fact", at, word_end, read_fact("stage_changed", "=", "", at, word_end)), word_end
    if found := _FACT.match(query, at):
        if (name := found.group(1).lower()) in NAMES:
            return _fact(query, at, name, found)
        _unlike(query, at, found)
    elif word.lower() == "new_pair":
        raise wrong(query, at, word_end, f"a span of time must follow, as in {example('new_pair')}.")
    return _words(query, at, word_end, word), word_end


def _unlike(query: str, at: int, found: re.Match[str]) -> None:
    """Refuses what looks like the name of a fact and is none; "16:30" and addresses are words."""
    name = found.group(1)
    near = difflib.get_close_matches(name.lower(), NAMES, n=1, cutoff=0.75)
    if near:
        raise wrong(query, at, at + len(name), f"there is no {name!r}; did you mean {near[0]!r}?")
    if found.group(2) or found.group(3):
        raise wrong(
            query, at, at + len(name), f"there is no {name!r} to compare; there is {', '.join(NUMBERS)}."
        )


def _fact(query: str, at: int, name: str, found: re.Match[str]) -> tuple[_Token | None, int]:
    start = found.end()
    token: _Token | None
    sign = (found.group(2) or found.group(3) or "=").replace("≥", ">=").replace("≤", "<=")
    if name == "title":
        if start < len(query) and query[start : start + 3].lower() == "re:":
            token, end = _pattern(query, start)
        elif start < len(query) and query[start] in QUOTES:
            text, end = _quoted(query, start)
            token = _words(query, start, end, text)
        else:
            end = _value_end(query, start)
            token = _words(query, start, end, query[start:end]) if end > start else None
        if token is None:
            raise wrong(query, at, max(end, start), f"a word must follow 'title:', as in {example(name)}.")
        assert isinstance(token.node, Words | Pattern)
        return replace(token, start=at, node=replace(token.node, start=at, title=True)), end
    written, end = _values(query, start)
    if end == start:
        raise wrong(query, at, found.end(), f"a value must follow, as in {example(name)}.")
    if name == "scope":
        if written.lower() not in ("all", "relevant"):
            raise wrong(query, at, end, "the scope is 'all' or 'relevant'.")
        return _Token("fact", at, end, Fact(at, end, name, "=", (written.lower(),))), end
    try:
        return _Token("fact", at, end, read_fact(name, sign, written, at, end)), end
    except Unclear as error:
        raise wrong(query, start, end, str(error)) from None


def _values(query: str, start: int) -> tuple[str, int]:
    """The values after the name of a fact, quotation marks taken off, and where they end."""
    written, end = "", start
    while end < len(query):
        if query[end] in QUOTES:
            text, end = _quoted(query, end)
            written += text
        elif query[end].isspace() or query[end] in _BREAKS:
            break
        else:
            written += query[end]
            end += 1
    return written, end


def _value_end(query: str, start: int) -> int:
    return next(
        (i for i in range(start, len(query)) if query[i].isspace() or query[i] in _BREAKS), len(query)
    )


def _quoted(query: str, at: int) -> tuple[str, int]:
    """What stands in the quotation marks that open at ``at``, and where it ends."""
    closing = QUOTES[query[at]] + '"'
    end = next((i for i in range(at + 1, len(query)) if query[i] in closing), -1)
    if end < 0:
        raise wrong(query, at, at + 1, "the quotation mark that opens here is never closed.")
    return query[at + 1 : end], end + 1


def _pattern(query: str, at: int) -> tuple[_Token, int]:
    if query[at + 3 : at + 4] != "/":
        raise wrong(query, at, at + 3, "write a regular expression between slashes: re:/fent[ao]n[iy]l/.")
    end = at + 4
    while end < len(query) and query[end] != "/":
        end += 2 if query[end] == "\\" else 1
    if end >= len(query):
        raise wrong(query, at, at + 4, "the regular expression that begins here needs a slash at its end.")
    if end - at - 4 > MAX_PATTERN:
        raise wrong(query, at, end + 1, f"a regular expression has at most {MAX_PATTERN} characters.")
    pattern = query[at + 4 : end].replace("\\/", "/")
    try:
        read_pattern(pattern)
    except Unclear as error:
        raise wrong(query, at + 4, end, str(error)) from None
    return _Token("words", at, end + 1, Pattern(at, end + 1, pattern)), end + 1


def _words(query: str, start: int, end: int, text: str) -> _Token | None:
    """A word or phrase; None where there is none in it."""
    words = tuple(words_of(text))
    if not words:
        if query[start] in QUOTES:
            raise wrong(query, start, end, "there is no word between the quotation marks.")
        return None
    body = text.rstrip()
    prefix = body.endswith("*")
    star = body.find("*", 0, len(body) - 1 if prefix else None)
    if star >= 0:
        place = query.find("*", start)
        raise wrong(query, place, place + 1, "a * stands only at the end of a word, as in traffick*.")
    if prefix and len(words[-1]) < 2 and words[-1].isascii():
        raise wrong(query, start, end, "at least two letters must stand before a *.")
    return _Token("words", start, end, Words(start, end, words, prefix))


class _Parser:
    """Recursive descent over the tokens."""

    def __init__(self, query: str, tokens: list[_Token]) -> None:
        self._query = query
        self._tokens = tokens
        self._next = 0

    def whole(self) -> Node:
        if not self._tokens:
            raise wrong(self._query, 0, 1, "there is nothing in it to look for.")
        node = self._either(0)
        if (token := self._peek()) is not None:
            self._fail(token, "a bracket is closed here that was never opened.")
        return node

    def _peek(self) -> _Token | None:
        return self._tokens[self._next] if self._next < len(self._tokens) else None

    def _take(self, *kinds: str) -> _Token | None:
        token = self._peek()
        if token is None or token.kind not in kinds:
            return None
        self._next += 1
        return token

    def _fail(self, token: _Token | None, why: str) -> NoReturn:
        end = len(self._query.rstrip())
        start, end = (token.start, token.end) if token is not None else (end, end + 1)
        raise wrong(self._query, start, end, why)

    def _either(self, depth: int) -> Node:
        parts = [self._all(depth)]
        while self._take("OR"):
            parts.append(self._all(depth))
        return parts[0] if len(parts) == 1 else Or(parts[0].start, parts[-1].end, tuple(parts))

    def _all(self, depth: int) -> Node:
        parts = [self._near(depth)]
        while True:
            joined = self._take("AND")
            token = self._peek()
            if joined is None and (token is None or token.kind in ("OR", ")")):
                break
            parts.append(self._near(depth))
        flat = tuple(each for part in parts for each in (part.parts if isinstance(part, And) else (part,)))
        return flat[0] if len(flat) == 1 else And(parts[0].start, parts[-1].end, flat)

    def _near(self, depth: int) -> Node:
        node = self._one(depth)
        pairs: list[Node] = []
        while token := self._take("near"):
            right = self._one(depth)
            sides = []
            for side in (node, right):
                found = side.parts if isinstance(side, Or) else (side,)
                words = tuple(each for each in found if isinstance(each, Words) and not each.title)
                if len(words) != len(found):
                    place = _Token("", side.start, side.end)
                    self._fail(place, "beside NEAR stand words, phrases, or several of them with OR.")
                sides.append(words)
            pairs.append(Near(node.start, right.end, sides[0], sides[1], token.distance))
            node = right
        if not pairs:
            return node
        return pairs[0] if len(pairs) == 1 else And(pairs[0].start, pairs[-1].end, tuple(pairs))

    def _one(self, depth: int) -> Node:
        if depth > MAX_DEPTH:
            self._fail(self._peek(), "there are too many brackets inside each other.")
        if sign := self._take("-", "NOT"):
            part = self._one(depth + 1)
            return Not(sign.start, part.end, part)
        if opened := self._take("("):
            token = self._peek()
            if token is not None and token.kind == ")":
                self._fail(token, "there is nothing between the brackets.")
            node = self._either(depth + 1)
            if not self._take(")"):
                self._fail(opened, "the bracket that is opened here is never closed.")
            return node
        token = self._take("words", "fact")
        if token is None:
            self._fail(self._peek(), "a word or a fact is missing here.")
        assert token.node is not None
        return token.node
