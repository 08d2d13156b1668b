"""The names of one article, by which what is kept of it is masked. Reads no database."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Self

from pipeline.fold import fold
from pipeline.mentions import read_document
from pipeline.names import MASK, find_names, mask_names, mask_spans
from pipeline.segments import split_sentences
from pipeline.types import Article

_WORD = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Masker:
    """What is known of the names in one article's text."""

    language: str
    text: str
    spans: tuple[tuple[int, int], ...]
    places: frozenset[str]  # of the gazetteer, folded

    @classmethod
    def of(cls, row: Any) -> Self:
        """The names in the article of a row of articles."""
        article = Article(
            url="",
            source=row.source,
            title=row.title,
            text=row.text,
            language=row.language,
            published=row.published,
            date_origin=None,
            outlet_country=row.outlet_country,
            segments=split_sentences(row.text, row.language, has_title=bool(row.title)),
        )
        doc = read_document(article)
        places = frozenset(fold(place.text) for place in doc.places)
        return cls(language=row.language, text=row.text, spans=find_names(doc), places=places)

    @classmethod
    def bare(cls, language: str) -> Self:
        """For a sentence whose article is not known."""
        return cls(language=language, text="", spans=(), places=frozenset())

    def sentence(self, told: str) -> str:
        """A sentence with its names masked: those that the whole article shows, and those that it shows
        by itself. What is masked already stays as it is."""
        at = self.text.find(told) if told else -1
        if at >= 0:
            told = mask_spans(told, self.spans, offset=at)
        if at < 0 or not self.text:
            # Each piece between masks by itself: the mask is no word of any language.
            told = MASK.join(mask_names(piece, self.language) for piece in told.split(MASK))
            told = self._by_parts(told)
        return told

    def place(self, place: str | None) -> str | None:
        """The place, unless it is one of the names and no place that the gazetteer knows."""
        if place is None or fold(place) in self.places:
            return place
        words = set(_WORD.findall(fold(place)))
        return None if words & self._parts() else place

    def _parts(self) -> set[str]:
        found = (word for start, end in self.spans for word in _WORD.findall(fold(self.text[start:end])))
        return {word for word in found if len(word) > 2}

    def _by_parts(self, told: str) -> str:
        """Words of the article's names in a sentence that is not of its present text."""
        parts = self._parts()
        spans = [
            (match.start(), match.end())
            for match in _WORD.finditer(told)
            if match.group()[0].isupper() and fold(match.group()) in parts
        ]
        return mask_spans(told, spans)
