"""Counts of a source's pages in one run, from which its health is judged."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Self, assert_never

from pipeline.types import Article, Extracted, Irrelevant, Outcome, Rejected
from pipeline.vocabulary import SourceState
from storage.health_values import Look

_PLAIN = ("texts", "dated", "characters", "relevant")
_REJECTED = "rejected:"


@dataclass(slots=True)
class PagesSeen:
    """What came of the pages that were read for the first time."""

    texts: int = 0
    dated: int = 0
    characters: int = 0
    relevant: int = 0
    rejected: Counter[str] = field(default_factory=Counter)

    def count(self, outcome: Outcome) -> None:
        """Add a page."""
        match outcome:
            case Rejected(page=page, reason=reason):
                self.rejected[SourceState.OVER_QUOTA if page.status == 429 else reason.value] += 1
            case Irrelevant(article=article):
                self._text(article)
            case Extracted(article=article):
                self._text(article)
                self.relevant += 1
            case _:
                assert_never(outcome)

    def counts(self) -> dict[str, int]:
        """All counts by name, those of rejections as "rejected:REASON"."""
        plain = {name: getattr(self, name) for name in _PLAIN}
        return {**plain, **{f"{_REJECTED}{reason}": number for reason, number in self.rejected.items()}}

    @classmethod
    def of(cls, counts: Mapping[str, int]) -> Self:
        """From counts as ``counts`` gives them, summed up over workers."""
        return cls(
            **{name: counts.get(name, 0) for name in _PLAIN},
            rejected=Counter(
                {
                    name.removeprefix(_REJECTED): number
                    for name, number in counts.items()
                    if name.startswith(_REJECTED)
                }
            ),
        )

    def _text(self, article: Article) -> None:
        self.texts += 1
        self.dated += article.published is not None
        self.characters += len(article.text)

    def told_by(self, look: Look) -> Look:
        """A look with these pages."""
        return replace(
            look,
            texts=self.texts,
            dated=self.dated,
            characters=self.characters,
            relevant=self.relevant,
            rejected=dict(self.rejected),
        )
