"""The text of an article cut into paragraphs and pieces, with what it says of detainees marked. Pure."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from pipeline.types import Reason, Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A run of text with the same marks."""

    text: str
    records: tuple[int, ...] = ()  # numbers, from 1, of the records that rest on it
    fired: bool = False  # a reason of the verdict rests on it
    first: bool = False  # a record's sentence begins here


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """A run of words of two texts: kept, added or removed."""

    text: str
    how: str  # same | added | removed


def marked(text: str, evidence: Sequence[Span], reasons: Iterable[Reason]) -> tuple[tuple[Piece, ...], ...]:
    """The paragraphs of ``text``. Spans that do not fit the text any more are left out."""
    sound = [span if text[span.start : span.end] == span.text else None for span in evidence]
    fired = [
        reason.span
        for reason in reasons
        if reason.span is not None and text[reason.span.start : reason.span.end].startswith(reason.span.text)
    ]
    paragraphs, at = [], 0
    for line in text.split("\n"):
        end = at + len(line)
        if line.strip():
            paragraphs.append(tuple(_pieces(text, at, end, sound, fired)))
        at = end + 1
    return tuple(paragraphs)


def _pieces(
    text: str, start: int, end: int, evidence: Sequence[Span | None], fired: Sequence[Span]
) -> Iterable[Piece]:
    edges = {start, end}
    for span in (*evidence, *fired):
        if span is not None:
            edges |= {edge for edge in (span.start, span.end) if start < edge < end}
    ordered = sorted(edges)
    for first, last in pairwise(ordered):
        inside = [
            number
            for number, span in enumerate(evidence, 1)
            if span is not None and span.start <= first and last <= span.end
        ]
        yield Piece(
            text=text[first:last],
            records=tuple(inside),
            fired=any(span.start <= first and last <= span.end for span in fired),
            first=any(span is not None and span.start == first for span in evidence),
        )


MOST_WORDS = 6_000
"""Words of a text up to which two are compared word by word; longer ones line by line."""


def changes(before: str, after: str) -> tuple[tuple[Changed, ...], ...]:
    """What ``after`` has that ``before`` had not, and the other way round, by paragraphs of which
    something changed. Words and lines that come again and again are no landmarks (difflib's "junk"):
    texts that are made to be hard to compare would take minutes."""
    by_word = len(before) + len(after) < MOST_WORDS * 6
    found: list[tuple[Changed, ...]] = []
    old, new = before.split("\n"), after.split("\n")
    for how, i, j, k, m in difflib.SequenceMatcher(a=old, b=new).get_opcodes():
        if how == "equal":
            continue
        if by_word and j - i == m - k:
            # Paragraph by paragraph, where as many came as went.
            pairs_of = zip(old[i:j], new[k:m], strict=True)
            found += [tuple(_words(one, other)) for one, other in pairs_of if one != other]
            continue
        one, other = "\n".join(old[i:j]), "\n".join(new[k:m])
        if by_word and one.strip() and other.strip():
            found.append(tuple(_words(one, other)))
        else:
            pairs = ((one, "removed"), (other, "added"))
            found.append(tuple(Changed(text=text, how=word) for text, word in pairs if text.strip()))
    return tuple(each for each in found if each)


def _words(before: str, after: str) -> Iterable[Changed]:
    old, new = before.split(), after.split()
    for how, i, j, k, m in difflib.SequenceMatcher(a=old, b=new).get_opcodes():
        if how == "equal":
            yield Changed(text=" ".join(old[i:j]), how="same")
            continue
        if j > i:
            yield Changed(text=" ".join(old[i:j]), how="removed")
        if m > k:
            yield Changed(text=" ".join(new[k:m]), how="added")
