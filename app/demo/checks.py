"""Did all happen that was planned? The plan of outlets.py and the articles' tags, held against what came."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.demo.articles import CORRECTED, SAME_STORY, WINDOWS, Story
from app.demo.outlets import OUTLETS, TROUBLES
from app.demo.rounds import Round
from pipeline.record_words import Group
from pipeline.vocabulary import LANGUAGES, Rejection
from storage.values import ArticleRow, RevisionRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One thing that was planned."""

    what: str
    planned: str
    got: str

    @property
    def good(self) -> bool:
        """Whether it came as planned."""
        return self.planned == self.got


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """All that the report is made of."""

    stories: tuple[Story, ...]
    first: Round
    second: Round
    articles: tuple[ArticleRow, ...]  # all relevant ones, as they stand after the second round
    before: tuple[ArticleRow, ...]  # those that there were after the first round, as they stood then
    news: frozenset[int]  # numbers of articles that were new or changed in the second round
    revisions: tuple[RevisionRow, ...]  # earlier texts of the corrected article
    trespasses: int  # requests that reached the service inside this machine

    def of(self, story: Story) -> ArticleRow | None:
        """The article that was stored for a story."""
        for article in self.articles:
            if article.source == story.outlet and article.url.endswith(story.path):
                return article
        return None

    def tagged(self, tag: str) -> tuple[Story, ...]:
        """The stories with a tag."""
        return tuple(story for story in self.stories if tag in story.tags)

    def groups_of(self, story: Story) -> tuple[Group, ...]:
        """What was read out of a story; () when it was not found."""
        article = self.of(story)
        return tuple(
            Group(
                nationality=row.record.nationality,
                country=row.record.country,
                count=row.record.count,
                stage=row.record.stage,
            )
            for row in (article.records if article else ())
        )

    @property
    def missed(self) -> tuple[Story, ...]:
        """Stories that report a foreign drug detainee and were not found."""
        return tuple(story for story in self.stories if story.relevant and self.of(story) is None)

    @property
    def mistaken(self) -> tuple[Story, ...]:
        """Stories that report none and were taken for one."""
        return tuple(story for story in self.stories if not story.relevant and self.of(story) is not None)


def check(found: Findings) -> tuple[Check, ...]:
    """Every check, in the order of the report."""
    return (
        *_feeds(found),
        *_pages(found),
        *_reading(found),
        *_correction(found),
        *_languages(found.articles),
    )


def _feeds(found: Findings) -> Sequence[Check]:
    return [
        Check(
            what=f"feed of {outlet.name}, {day}",
            planned=planned.value,
            got=round_.sources[outlet.slug].state.value,
        )
        for outlet in OUTLETS
        for day, planned, round_ in (
            ("yesterday", outlet.first, found.first),
            ("today", outlet.second, found.second),
        )
    ]


def _pages(found: Findings) -> Sequence[Check]:
    checks = []
    for outlet in OUTLETS:
        planned = {trouble.reason.value for trouble in TROUBLES if trouble.outlet == outlet.slug}
        checks.append(
            Check(
                what=f"pages of {outlet.name} that could not be read, yesterday",
                planned=_counted(dict.fromkeys(planned, 1)),
                got=_counted(found.first.sources[outlet.slug].rejected),
            )
        )
        # Only what may pass by itself is asked for again.
        again = {Rejection.BLOCKED.value: 1} if Rejection.BLOCKED.value in planned else {}
        checks.append(
            Check(
                what=f"pages of {outlet.name} that could not be read, today",
                planned=_counted(again),
                got=_counted(found.second.sources[outlet.slug].rejected),
            )
        )
    reached = f"reached {found.trespasses} times"
    checks.append(Check(what="the service inside this machine", planned="reached 0 times", got=reached))
    return checks


def _reading(found: Findings) -> Sequence[Check]:
    """Every article was read once, whatever the verdict; the old charset did no harm."""
    read = sum(report.read for round_ in (found.first,) for report in round_.sources.values())
    fresh = {outlet.slug: 0 for outlet in OUTLETS}
    for story in found.stories:
        fresh[story.outlet] += story.published > found.first.at
    new = {slug: report.new for slug, report in found.second.sources.items()}
    checks = [
        Check(
            what="articles read yesterday",
            planned=str(len(found.stories) - sum(fresh.values())),
            got=str(read),
        ),
        Check(what="new addresses today", planned=_counted(fresh), got=_counted(new)),
    ]
    for story in found.tagged(WINDOWS):
        article = found.of(story)
        checks.append(
            Check(
                what="the windows-1252 page",
                planned=story.title,
                got=article.title if article else "not found",
            )
        )
    outlets = {story.outlet for story in found.tagged(SAME_STORY) if found.of(story)}
    planned = {story.outlet for story in found.tagged(SAME_STORY)}
    checks.append(
        Check(
            what="the story that three outlets have",
            planned=", ".join(sorted(planned)),
            got=", ".join(sorted(outlets)),
        )
    )
    return checks


def _correction(found: Findings) -> Sequence[Check]:
    checks = []
    for story in found.tagged(CORRECTED):
        now = found.of(story)
        before = next((article for article in found.before if now and article.id == now.id), None)
        checks += [
            Check(
                what="the corrected article, earlier texts kept",
                planned="1",
                got=str(len(found.revisions)),
            ),
            Check(what="its count yesterday", planned="12", got=_count(before)),
            Check(what="its count today", planned="9", got=_count(now)),
        ]
    return checks


def _languages(articles: Sequence[ArticleRow]) -> Sequence[Check]:
    found = {article.language for article in articles}
    return [
        Check(
            what="languages with a foreign drug detainee",
            planned=" ".join(LANGUAGES),
            got=" ".join(language for language in LANGUAGES if language in found),
        )
    ]


def _count(article: ArticleRow | None) -> str:
    """The people of an article's records, in one number."""
    if article is None:
        return "not found"
    return str(sum(row.record.count or 0 for row in article.records))


def _counted(counts: dict[str, int]) -> str:
    return ", ".join(f"{count} {name}" for name, count in sorted(counts.items()) if count) or "none"
