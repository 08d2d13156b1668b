"""An explained text cut into paragraphs, sentences and pieces, for the screen and for HTML alike. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.explain import Explanation
from pipeline.marks import Mark, Sort

LEGEND: dict[Sort, str] = {
    Sort.PEOPLE: "people of a nationality",
    Sort.CUSTODY: "custody",
    Sort.DRUG: "drugs",
    Sort.WEIGHT: "weight",
    Sort.TERM: "prison term",
    Sort.SHARE: "percentage",
    Sort.PLACE: "place",
    Sort.DATE: "date",
    Sort.OTHER: "another crime",
    Sort.TRAP: "another theme",
    Sort.ATTRIBUTE: "nationality of a thing",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A run of text, marked or not."""

    text: str
    mark: Mark | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """A sentence with the numbers (from 1) of the records that rest on it."""

    number: int  # from 1
    pieces: tuple[Piece, ...]
    records: tuple[int, ...]


def paragraphs(explained: Explanation) -> tuple[tuple[Sentence, ...], ...]:
    """The sentences of each paragraph."""
    found: dict[int, list[Sentence]] = {}
    text = explained.article.text
    for index, segment in enumerate(explained.article.segments):
        inside = [mark for mark in explained.marks if segment.start <= mark.start < segment.end]
        sentence = Sentence(
            number=index + 1,
            pieces=tuple(_pieces(text, segment.start, segment.end, inside)),
            records=tuple(
                number
                for number, each in enumerate(explained.records, 1)
                if each.record.evidence.start == segment.start
            ),
        )
        found.setdefault(segment.paragraph, []).append(sentence)
    return tuple(tuple(sentences) for sentences in found.values())


def _pieces(text: str, start: int, end: int, marks: list[Mark]) -> Iterator[Piece]:
    at = start
    for mark in marks:
        if mark.start > at:
            yield Piece(text=text[at : mark.start], mark=None)
        yield Piece(text=text[mark.start : min(mark.end, end)], mark=mark)
        at = mark.end
    if at < end:
        yield Piece(text=text[at:end], mark=None)


def verdict_line(explained: Explanation) -> str:
    """The verdict in a sentence, with the step that came to it."""
    match explained.stopped:
        case "screened-out":
            return (
                "Not relevant: the first look found no word that a relevant article must have, and the text "
                "was not read further. What follows is what a full reading would have seen."
            )
        case "unpromising":
            return (
                f"Not relevant: by its words alone its chance is {explained.chance:.2f}, and under "
                f"{explained.enough:.2f} a text is not read in full. What follows is what a full reading "
                "would have seen."
            )
        case "no-record":
            return "Not relevant: it looked relevant, and nobody was found of whom a record could be made."
        case _:
            word = "Relevant" if explained.relevant else "Not relevant"
            side = "at or over" if explained.score >= explained.threshold else "under"
            return (
                f"{word}: its score is {explained.score:.2f}, {side} {explained.threshold:.2f}, from which "
                "an article is relevant."
            )
