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

from typing import NoReturn

from alerts.tokens import Token, tokens_of
from alerts.tree import And, Fact, Near, Node, Not, Or, Pattern, Query, Words, leaves, wrong

MAX_QUERY = 2_000
"""Longest query in characters."""
MAX_PARTS = 100
"""Most words, phrases and facts in a query."""
MAX_PATTERNS = 10
"""Most regular expressions in a query."""
MAX_DEPTH = 20
"""Most brackets inside each other."""


def parse(query: str) -> Query:
    """The tree of ``query``. Raises QueryError."""
    if len(query) > MAX_QUERY:
        raise wrong(query, MAX_QUERY, MAX_QUERY + 1, f"it is longer than {MAX_QUERY} characters.")
    tokens = list(tokens_of(query))
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


class _Parser:
    """Recursive descent over the tokens."""

    def __init__(self, query: str, tokens: list[Token]) -> None:
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

    def _peek(self) -> Token | None:
        return self._tokens[self._next] if self._next < len(self._tokens) else None

    def _take(self, *kinds: str) -> Token | None:
        token = self._peek()
        if token is None or token.kind not in kinds:
            return None
        self._next += 1
        return token

    def _fail(self, token: Token | None, why: str) -> NoReturn:
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
                    place = Token("", side.start, side.end)
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
