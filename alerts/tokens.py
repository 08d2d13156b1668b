"""What a user writes → the tokens of a query, each with its place: words, phrases, facts, operators. Pure."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from alerts.facts import NAMES, NUMBERS, Unclear, example, read_fact
from alerts.normal import words_of
from alerts.patterns import MAX_PATTERN, read_pattern
from alerts.tree import Fact, Pattern, Words, wrong

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
class Token:
    """A piece of a query that has a meaning of its own."""

    kind: str  # words | title | pattern | fact | near | ( | ) | - | AND | OR | NOT
    start: int
    end: int
    node: Words | Pattern | Fact | None = None
    distance: int = 0


def tokens_of(query: str) -> Iterator[Token]:
    """The tokens of ``query``, in order. Raises QueryError."""
    at = 0
    while at < len(query):
        char = query[at]
        if char.isspace() or not char.isprintable():
            at += 1
        elif char in "()":
            yield Token(char, at, at + 1)
            at += 1
        elif char in "-−–" and at + 1 < len(query) and not query[at + 1].isspace():
            yield Token("-", at, at + 1)
            at += 1
        else:
            token, at = _next(query, at)
            if token is not None:
                yield token


def _next(query: str, at: int) -> tuple[Token | None, int]:
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
        return Token(word, at, word_end), word_end
    if found := _NEAR.fullmatch(word):
        written = found.group(1)
        known = written is None or (written.isascii() and written.isdigit() and len(written) < 5)
        distance = int(written) if known and written is not None else DISTANCE
        if not known or distance > MAX_DISTANCE:
            raise wrong(query, at, word_end, f"write NEAR/5: a number of words up to {MAX_DISTANCE}.")
        return Token("near", at, word_end, distance=distance), word_end
    if word.lower() == "stage_changed":
        return Token("fact", at, word_end, read_fact("stage_changed", "=", "", at, word_end)), word_end
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


def _fact(query: str, at: int, name: str, found: re.Match[str]) -> tuple[Token | None, int]:
    start = found.end()
    token: Token | None
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
        return Token("fact", at, end, Fact(at, end, name, "=", (written.lower(),))), end
    try:
        return Token("fact", at, end, read_fact(name, sign, written, at, end)), end
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


def _pattern(query: str, at: int) -> tuple[Token, int]:
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
    return Token("words", at, end + 1, Pattern(at, end + 1, pattern)), end + 1


def _words(query: str, start: int, end: int, text: str) -> Token | None:
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
    return Token("words", start, end, Words(start, end, words, prefix))
