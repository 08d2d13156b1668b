"""What is counted while a crawl runs: for each source its feed, its pages, and what became of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace

from crawler.pages_seen import PagesSeen
from crawler.report import Progress, SourceReport
from pipeline.types import Extracted, FeedEntry, Irrelevant, Outcome, Rejected, Source
from pipeline.vocabulary import FeedState, Rejection
from storage.health_values import Look
from storage.values import IRRELEVANT, RELEVANT, FeedFetch


@dataclass(slots=True)
class Tally:
    """What is counted for one source."""

    source: Source
    state: FeedState | None = None
    detail: str = ""
    entries: int = 0
    new: int = 0
    open: int = 0  # pages without an outcome
    outcomes: Counter[str] = field(default_factory=Counter)
    look: Look | None = None  # what health.py judges, once the feed has its state
    seen: PagesSeen = field(default_factory=PagesSeen)

    @property
    def done(self) -> bool:
        """Whether the feed and all of its pages have an outcome."""
        return self.state is not None and self.open == 0

    def report(self, untold: FeedState) -> SourceReport:
        """What came of the source; ``untold`` is the state of one whose feed has none."""
        return SourceReport(
            slug=self.source.slug,
            name=self.source.name,
            state=self.state or untold,
            detail=self.detail,
            entries=self.entries,
            new=self.new,
            read=self.outcomes[RELEVANT] + self.outcomes[IRRELEVANT],
            relevant=self.outcomes[RELEVANT],
            rejected={name: n for name, n in self.outcomes.items() if name not in (RELEVANT, IRRELEVANT)},
        )


class Tallies:
    """The tallies of one crawl, told to whoever wants to hear of its progress."""

    def __init__(self, sources: Iterable[Source], on_progress: Callable[[Progress], None] | None) -> None:
        self._by_slug = {source.slug: Tally(source) for source in sources}
        self._on_progress = on_progress
        self._pages_total = 0
        self.again: set[str] = set()  # addresses that were read before and are looked at again

    def __getitem__(self, slug: str) -> Tally:
        return self._by_slug[slug]

    def __contains__(self, slug: str) -> bool:
        return slug in self._by_slug

    @property
    def slugs(self) -> tuple[str, ...]:
        """The sources that are counted."""
        return tuple(self._by_slug)

    def add(self, source: Source) -> None:
        """Count for one source more."""
        self._by_slug.setdefault(source.slug, Tally(source))

    def rest(self, source: Source, words: str) -> None:
        """A source that is not asked has its outcome with this."""
        tally = self[source.slug]
        tally.state, tally.detail = FeedState.RESTING, words
        self._tell(tally)

    def fed(self, fetch: FeedFetch, new: Sequence[FeedEntry], look: Look) -> None:
        """A feed has its outcome; ``new`` are its entries that were not known."""
        tally = self[fetch.source]
        tally.state, tally.detail = fetch.state, fetch.detail
        tally.entries, tally.new = fetch.entries, len(new)
        times = tuple(entry.published for entry in new if entry.published is not None)
        tally.look = replace(look, entries=fetch.entries, new=len(new), times=times)

    def expect(self, entries: Sequence[FeedEntry]) -> None:
        """So many pages more are to have an outcome."""
        self._pages_total += len(entries)
        for entry in entries:
            self[entry.source].open += 1

    def count(self, outcome: Outcome, entry: FeedEntry, *, forgotten: bool) -> None:
        """A page has its outcome; ``forgotten`` is one that may not be stored any more."""
        tally = self[entry.source]
        tally.open -= 1
        if entry.url not in self.again:
            tally.seen.count(outcome)
        match outcome:
            case _ if forgotten:
                tally.outcomes[Rejection.FORGOTTEN.value] += 1
            case Rejected(reason=reason):
                tally.outcomes[reason.value] += 1
            case Irrelevant():
                tally.outcomes[IRRELEVANT] += 1
            case Extracted():
                tally.outcomes[RELEVANT] += 1
        self._tell(tally)

    def tell(self, slug: str) -> None:
        """Tell how far the crawl is, on the occasion of a source."""
        self._tell(self[slug])

    def looks(self) -> tuple[Look, ...]:
        """What was seen of each source that was asked and answered or failed."""
        tallies = self._by_slug.values()
        return tuple(tally.seen.told_by(tally.look) for tally in tallies if tally.look is not None)

    def counts(self) -> Counter[str]:
        """Pages by their outcome."""
        counts: Counter[str] = Counter()
        for tally in self._by_slug.values():
            counts.update(tally.outcomes)
        return counts

    def reports(self, untold: FeedState) -> tuple[SourceReport, ...]:
        """What came of each source; ``untold`` is the state of those whose feed has none."""
        return tuple(tally.report(untold) for tally in self._by_slug.values())

    @property
    def left(self) -> int:
        """Pages without an outcome."""
        return sum(tally.open for tally in self._by_slug.values())

    def _tell(self, tally: Tally) -> None:
        if self._on_progress is None:
            return
        tallies = self._by_slug.values()
        self._on_progress(
            Progress(
                source=tally.source.slug,
                state=tally.state,
                source_done=tally.done,
                sources_done=sum(one.done for one in tallies),
                sources_total=len(tallies),
                pages_done=self._pages_total - self.left,
                pages_total=self._pages_total,
                relevant=sum(one.outcomes[RELEVANT] for one in tallies),
            )
        )
