"""The words of a search → a tree → what FTS5 understands. Pure. What PostgreSQL understands: words.py.

    cocaine Lima           both words                 "drug mule"    the phrase
    Lima OR Callao         either                     -film          without it (also NOT film)
    (Lima OR Callao) mule  brackets group             traffick*      all words that begin so
    title:mule             only in the title          source:insightcrime   of outlets so named

Capitals and accents do not count. Every word goes to FTS5 in quotation marks, so that nothing that
a user types can be taken for its syntax: C++, a-b, AND, NUL and half a quotation are plain words.
Raises QueryError, with the place as ``key``, only where there is no sense to be found.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from pipeline.errors import QueryError

MAX_QUERY = 2_000
"""Longest query in characters."""
MAX_TERMS = 100
"""Most words and phrases in a query; FTS5 refuses trees that are deeper than 256."""
MAX_DEPTH = 20
"""Most brackets inside each other."""
FIELDS = {"title": "title", "source": "source", "text": "text"}
"""Prefixes and the columns of the index that they mean."""
ELSEWHERE = ("nationality", "country", "stage", "drug", "kind", "lang")
"""Facts of the codebook that have an option of their own."""
ANYWHERE = "{title text}"
QUOTES = '"“”„«»'
OPERATORS = frozenset({"AND", "OR", "NOT"})


@dataclass(frozen=True, slots=True)
class Term:
    """A word or phrase."""

    words: str
    column: str = ANYWHERE
    prefix: bool = False  # words that begin so
    phrase: bool = False  # in quotation marks: exactly so


@dataclass(frozen=True, slots=True)
class Near:
    """One of some phrases near one of others, in either order. No search of a user's has it."""

    left: tuple[Term, ...]
    right: tuple[Term, ...]
    distance: int  # words between them at most
    column: str = ANYWHERE


@dataclass(frozen=True, slots=True)
class Not:
    node: Node


@dataclass(frozen=True, slots=True)
class And:
    nodes: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Or:
    nodes: tuple[Node, ...]


Node = Term | Not | And | Or


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str  # term | phrase | field | ( | ) | - | AND | OR | NOT
    place: int  # from 1
    text: str = ""


def parse(query: str) -> Node | None:
    """The tree of ``query``; None when it is empty."""
    if len(query) > MAX_QUERY:
        raise _wrong(MAX_QUERY, f"the search is longer than {MAX_QUERY} characters")
    tokens = list(_tokens(query))
    if not tokens:
        return None
    if len(tokens) == 1 and tokens[0].kind in OPERATORS:
        # Somebody looks for the word itself.
        return Term(tokens[0].kind)
    node = _Parser(tokens, len(query) + 1).whole()
    if node is None:
        raise _wrong(1, "there is no word in it")
    return node


def fts(node: Node | Near) -> str | None:
    """The tree as an FTS5 expression; None where FTS5 cannot say it (it only knows "this but not
    that", never "all but that")."""
    match node:
        case Term(words=words, column=column, prefix=prefix):
            return f"{column} : {_quoted(words, prefix)}"
        case Near(left=left, right=right, distance=distance, column=column):
            pairs = [
                f"NEAR({_quoted(a.words, a.prefix)} {_quoted(b.words, b.prefix)}, {distance})"
                for a in left
                for b in right
            ]
            return f"{column} : ({' OR '.join(pairs)})"
        case Not():
            return None
        case Or(nodes=nodes):
            parts = [fts(each) for each in nodes]
            return None if None in parts else f"({' OR '.join(part for part in parts if part)})"
        case And(nodes=nodes):
            wanted = [fts(each) for each in nodes if not isinstance(each, Not)]
            unwanted = [fts(each.node) for each in nodes if isinstance(each, Not)]
            if not wanted or None in wanted or None in unwanted:
                return None
            positive = " AND ".join(part for part in wanted if part)
            negative = " OR ".join(part for part in unwanted if part)
            return f"(({positive}) NOT ({negative}))" if negative else f"({positive})"


def _quoted(words: str, prefix: bool) -> str:
    return '"' + words.replace('"', " ") + ('" *' if prefix else '"')


def wanted_terms(node: Node) -> tuple[Term, ...]:
    """The words that a match can have, for ranking."""
    match node:
        case Term():
            return (node,)
        case Not():
            return ()
        case And(nodes=nodes) | Or(nodes=nodes):
            return tuple(term for each in nodes for term in wanted_terms(each))


class Slot(str):
    """The name of words that are filled in when they are looked for."""

    __slots__ = ()


def named(node: Node, told: list[str]) -> Node:
    """The tree with names in the place of its words, "word_0" and so on; the words are added to ``told``."""
    match node:
        case Term(words=words):
            told.append(words)
            return replace(node, words=Slot(f"word_{len(told) - 1}"))
        case Not(node=inner):
            return Not(named(inner, told))
        case And(nodes=nodes):
            return And(tuple(named(each, told) for each in nodes))
        case Or(nodes=nodes):
            return Or(tuple(named(each, told) for each in nodes))


def _wrong(place: int, why: str) -> QueryError:
    return QueryError(f"The search is not understood at character {place}: {why}.", key=str(place))


def _tokens(query: str) -> Iterator[_Token]:
    position = 0
    while position < len(query):
        character, place = query[position], position + 1
        if not _visible(character):
            position += 1
        elif character in QUOTES:
            end = _end(query, position + 1, QUOTES)
            yield _Token("phrase", place, query[position + 1 : end])
            position = end + 1
        elif character in "()":
            yield _Token(character, place)
            position += 1
        elif character in "-−–" and position + 1 < len(query) and _visible(query[position + 1]):
            yield _Token("-", place)
            position += 1
        else:
            end = _word_end(query, position)
            word = query[position:end]
            name, colon, rest = word.partition(":")
            if word in OPERATORS:
                yield _Token(word, place)
            elif colon and name.lower() in FIELDS:
                yield _Token("field", place, name.lower())
                end -= len(rest)
            elif colon and rest and name.lower() in ELSEWHERE:
                raise _wrong(place, f"'{name}:' is no part of a search; use the option --{name.lower()}")
            else:
                yield _Token("term", place, word)
            position = end


def _visible(character: str) -> bool:
    """Neither white space nor a control character nor half of a surrogate pair."""
    return character.isprintable() and not character.isspace()


def _end(query: str, start: int, of: str) -> int:
    """Where the next of the characters ``of`` stands, or the end."""
    return next((index for index in range(start, len(query)) if query[index] in of), len(query))


def _word_end(query: str, start: int) -> int:
    for index in range(start, len(query)):
        if not _visible(query[index]) or query[index] in QUOTES or query[index] in "()":
            return index
    return len(query)


class _Parser:
    """Recursive descent; a node is None where only punctuation stood, which no index holds."""

    def __init__(self, tokens: list[_Token], end: int) -> None:
        self._tokens = tokens
        self._next = 0
        self._end = end
        self._terms = 0

    def whole(self) -> Node | None:
        node = self._either(0)
        if (token := self._peek()) is not None:
            raise _wrong(token.place, "a bracket is closed here that was never opened")
        return node

    def _peek(self) -> _Token | None:
        return self._tokens[self._next] if self._next < len(self._tokens) else None

    def _take(self, *kinds: str) -> _Token | None:
        token = self._peek()
        if token is None or token.kind not in kinds:
            return None
        self._next += 1
        return token

    def _either(self, depth: int) -> Node | None:
        nodes = [self._all(depth)]
        while self._take("OR"):
            nodes.append(self._all(depth))
        found = tuple(node for node in nodes if node is not None)
        return Or(found) if len(found) > 1 else (found[0] if found else None)

    def _all(self, depth: int) -> Node | None:
        nodes = [self._one(depth)]
        while True:
            joined = self._take("AND")
            token = self._peek()
            if joined is None and (token is None or token.kind in ("OR", ")")):
                break
            nodes.append(self._one(depth))
        found = tuple(node for node in nodes if node is not None)
        return And(found) if len(found) > 1 else (found[0] if found else None)

    def _one(self, depth: int) -> Node | None:
        if depth > MAX_DEPTH:
            raise _wrong(self._place(), "there are too many brackets inside each other")
        if self._take("-", "NOT"):
            node = self._one(depth + 1)
            return Not(node) if node is not None else None
        if opened := self._take("("):
            node = self._either(depth + 1)
            if not self._take(")"):
                raise _wrong(opened.place, "the bracket that is opened here is never closed")
            return node
        if field := self._take("field"):
            token = self._take("term", "phrase")
            if token is None:
                raise _wrong(field.place, f"a word must follow '{field.text}:'")
            return self._term(token, FIELDS[field.text])
        if token := self._take("term", "phrase"):
            return self._term(token, ANYWHERE)
        raise _wrong(self._place(), "a word is missing here")

    def _place(self) -> int:
        token = self._peek()
        return token.place if token else self._end

    def _term(self, token: _Token, column: str) -> Term | None:
        self._terms += 1
        if self._terms > MAX_TERMS:
            raise _wrong(token.place, f"there are more than {MAX_TERMS} words")
        # What is no letter or digit is no part of any word of the index, and NUL would end the query.
        words = "".join(character if _visible(character) else " " for character in token.text)
        if not any(character.isalnum() for character in words):
            return None
        prefix = token.kind == "term" and words.endswith("*")
        return Term(words.strip(), column, prefix, token.kind == "phrase")
