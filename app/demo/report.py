"""The demo's report: for a reader who sees the program for the first time. 80 columns, no colour needed."""

from __future__ import annotations

import shlex
import shutil
import sys
import textwrap
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from rich.text import Text

from app.console import plain
from app.demo.articles import CORRECTED, SAME_STORY
from app.demo.checks import Check, Findings
from app.demo.outlets import OUTLETS, TROUBLES
from app.demo.rounds import OnProgress, Round
from crawler.report import SourceReport
from pipeline.record_words import group_words, record_words
from pipeline.vocabulary import LANGUAGES, FeedState
from storage.values import IRRELEVANT, RELEVANT, ArticleRow, RecordRow

if TYPE_CHECKING:
    from rich.console import Console

WIDTH = 80
SENTENCE = 230
"""Characters of a record's sentence that are shown; the database has all of it."""
MOST = 3
"""Groups that are listed of an article that was read otherwise than it was written."""

_KINDS = {
    "rss": "RSS",
    "atom": "Atom",
    "jsonfeed": "JSON Feed",
    "sitemap": "news sitemap",
    "listing": "listing page",
}


class Report:
    """Writes to a console, section by section."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._width = min(WIDTH, console.width)

    def begin(self, stories: int) -> None:
        """What is going to happen."""
        self._line("detainee-watch demo", "bold")
        self._say(
            f"{len(OUTLETS)} invented outlets in seven languages are served on this machine, with {stories} "
            "articles of all sorts. They are crawled twice, as if a day lay between. Nothing outside this "
            "machine is asked."
        )
        self._line()

    def watch(self, day: str, run: Callable[[OnProgress], Round]) -> Round:
        """Run a round and show how it goes, on a terminal while it runs, and what came of it."""
        if self._console.is_terminal:
            with self._console.status(f"{day}: starting") as status:
                round_ = run(
                    lambda done, total, relevant: status.update(
                        f"{day}: {done} of {total} pages, {relevant} relevant"
                    )
                )
        else:
            round_ = run(lambda done, total, relevant: None)
        read = round_.counts.get(RELEVANT, 0) + round_.counts.get(IRRELEVANT, 0)
        new = sum(source.new for source in round_.sources.values())
        known = f" and {round_.pages - new} known ones" if round_.pages > new else ""
        failed = sum(source.state.failed for source in round_.sources.values())
        self._say(
            f"{new} new pages{known} in {round_.seconds:.0f} s: {read} read, "
            f"{round_.counts.get(RELEVANT, 0)} of them relevant, {round_.pages - read} could not be read; "
            f"{len(round_.sources) - failed} outlets answered, {failed} failed.",
            first=f"{day:10} ",
            rest=" " * 11,
        )
        return round_

    def show(self, found: Findings, checks: Sequence[Check]) -> None:
        """All sections but the last."""
        self._articles(found)
        self._same_story(found)
        self._correction(found)
        self._outlets(found)
        self._failures(found)
        self._verdict(found, checks)

    def go_on(self, url: str, config: Path) -> None:
        """The commands with which a reader goes on."""
        command = _command()
        self._head("Go on")
        self._say("Look at what was found in a browser (Ctrl-C ends it):")
        self._raw(f"  {command} --config {shlex.quote(str(config))} serve", "bold")
        self._line()
        self._say("Point the program at the demo's database, in this terminal:")
        self._raw(f"  export DETAINEE_WATCH_DATABASE_URL={shlex.quote(url)}", "bold")
        self._line()
        for words, what in (
            ("records --nationality BR", "Brazilians who are held abroad"),
            ("records --country PE --json", "foreigners held in Peru, as JSON"),
            ("articles --query 'cocaine OR cocaína'", "search the articles"),
            ("articles --new", "what you have not been shown yet"),
        ):
            self._raw(f"  {command} {words}", "bold")
            self._line(f"      {what}")
        self._line()
        self._say(f"(or write --config {shlex.quote(str(config))} after {command})")
        self._say(
            "The outlets were served by the demo alone: the addresses of their articles lead nowhere now."
        )
        self._line()
        self._say("And for the real world, with outlets of many countries and a database of your own:")
        self._raw("  unset DETAINEE_WATCH_DATABASE_URL", "bold")
        self._raw(f"  {command} sources list", "bold")
        self._raw(f"  {command} crawl", "bold")

    # -- sections ---------------------------------------------------------------------------------

    def _articles(self, found: Findings) -> None:
        old = [article for article in found.articles if article.id not in found.news]
        new = [article for article in found.articles if article.id in found.news and not article.revision]
        self._head("Foreign drug detainees found yesterday")
        self._say(
            "Each article with its records: who is held where, at what stage, for which drug; below them "
            "the sentence that says so."
        )
        changed = [article for article in found.before if article.id in found.news]
        self._list(sorted((*old, *changed), key=_age))
        self._head("New today")
        self._say(
            f"{len(new)} articles that the first crawl had not seen. Of all pages known from yesterday none "
            "was read again, but for the relevant ones, to see whether an outlet has corrected them."
        )
        self._list(sorted(new, key=_age))

    def _list(self, articles: Iterable[ArticleRow]) -> None:
        names = {outlet.slug: outlet.name for outlet in OUTLETS}
        for article in articles:
            self._line()
            self._say(plain(article.title), style="bold")
            date = f", {article.published:%d %b %Y}" if article.published else ""
            self._line(f"{names.get(article.source, article.source)} ({article.language}){date}", "dim")
            for number, row in enumerate(article.records):
                self._say(record_words(row.record), first="  * ", rest="    ")
                if number + 1 == len(article.records) or _sentence(row) != _sentence(
                    article.records[number + 1]
                ):
                    self._say(f"“{_sentence(row)}”", first="    ", rest="    ", style="italic")

    def _same_story(self, found: Findings) -> None:
        stories = found.tagged(SAME_STORY)
        self._head("One story, three outlets")
        names = {outlet.slug: outlet.name for outlet in OUTLETS}
        for story in stories:
            article = found.of(story)
            records = (
                "; ".join(record_words(row.record, short=True) for row in article.records) if article else ""
            )
            self._say(
                f"{names[story.outlet]} ({story.language}): {records or 'not found'}",
                first="  * ",
                rest="    ",
            )

    def _correction(self, found: Findings) -> None:
        self._head("Corrected by its outlet")
        for story in found.tagged(CORRECTED):
            now = found.of(story)
            before = next((each for each in found.before if now is not None and each.id == now.id), None)
            for day, article in (("yesterday", before), ("today", now)):
                if article is None:
                    self._line(f"  {day:10} not found")
                    continue
                self._say(plain(article.title), first=f"  {day:10} ", rest=" " * 13)
                for row in article.records:
                    self._say(record_words(row.record), first=" " * 13, rest=" " * 13, style="bold")
            if now is not None and now.revision:
                self._line("  The earlier text is kept, and the article counts as new to its readers.")

    def _outlets(self, found: Findings) -> None:
        self._head("The outlets")
        self._line(f"{'':26}{'language, feed':18}{'yesterday':18}today", "dim")
        for outlet in OUTLETS:
            first, second = found.first.sources[outlet.slug], found.second.sources[outlet.slug]
            kind = f"{outlet.language}, {_KINDS[outlet.via]}"
            self._line(f"{outlet.name:26}{kind:18}{_state(first):18}{_state(second)}")

    def _failures(self, found: Findings) -> None:
        self._head("What went wrong, and what it is called")
        self._say("Nothing is dropped in silence: every feed and every page ends with a name.")
        names = {outlet.slug: outlet.name for outlet in OUTLETS}
        self._line("feeds", "dim")
        for outlet in OUTLETS:
            states = [round_.sources[outlet.slug].state for round_ in (found.first, found.second)]
            special = next((state for state in states if state is not FeedState.OK), None)
            if special is not None:
                self._named(special.value, outlet.name, outlet.planned)
        self._line("pages", "dim")
        for trouble in TROUBLES:
            so = trouble.reason.value in found.first.sources[trouble.outlet].rejected
            self._named(trouble.reason.value if so else "not found", names[trouble.outlet], trouble.planned)

    def _named(self, name: str, outlet: str, words: str) -> None:
        self._say(f"{outlet}: {words}", first=f"  {name:18} ", rest=" " * 21)

    def _verdict(self, found: Findings, checks: Sequence[Check]) -> None:
        self._head("How it went")
        wanted = sum(story.relevant for story in found.stories)
        missed, mistaken = found.missed, found.mistaken
        self._say(
            f"{wanted} of the {len(found.stories)} articles were written about foreign drug detainees: "
            f"{wanted - len(missed)} were found, {len(missed)} missed. Of the others "
            f"{len(mistaken) or 'none'} {'were' if len(mistaken) > 1 else 'was'} taken for one."
        )
        for words, stories in (("missed", missed), ("by mistake", mistaken)):
            for story in stories:
                self._say(story.title, first=f"  {words:11} ", rest=" " * 14)
        self._groups(found)
        bad = [each for each in checks if not each.good]
        if not bad:
            self._say(f"All {len(checks)} things that were planned came as planned.", style="bold green")
            return
        self._say(f"{len(bad)} of {len(checks)} things did not come as planned:", style="bold red")
        for each in bad:
            self._say(f"{each.what}: planned {each.planned}, got {each.got}", first="  * ", rest="    ")

    def _groups(self, found: Findings) -> None:
        """How the records compare with what the articles were written to say."""
        wanted = sum(len(story.groups) for story in found.stories)
        right = sum(
            (Counter(story.groups) & Counter(found.groups_of(story))).total() for story in found.stories
        )
        differing = [
            story
            for story in found.stories
            if story.relevant and found.of(story) and Counter(story.groups) != Counter(found.groups_of(story))
        ]
        differ = " Where articles differ, what is missing and what was read besides:" if differing else ""
        self._say(
            f"They tell of {wanted} groups of people: of {right} nationality, country, number and stage were "
            f"read as they were written.{differ}"
        )
        for story in differing:
            read = Counter(found.groups_of(story))
            self._say(story.title, first="  differs     ", rest=" " * 14)
            missing, besides = Counter(story.groups) - read, read - Counter(story.groups)
            for name, groups in (("missing", missing), ("besides", besides)):
                if shown := [group_words(group) for group in groups.elements()]:
                    more = [f"{len(shown) - MOST} more"] if len(shown) > MOST else []
                    words = "; ".join((*shown[:MOST], *more))
                    self._say(words, first=f"{'':14}{name:8} ", rest=" " * 23)

    # -- lines ------------------------------------------------------------------------------------

    def _head(self, title: str) -> None:
        self._line()
        self._line(title, "bold")
        self._line("-" * len(title), "dim")

    def _say(self, words: str, *, first: str = "", rest: str = "", style: str = "") -> None:
        """A paragraph, broken at the width."""
        # A middle dot stays with what it follows.
        for line in textwrap.wrap(
            words.replace(" · ", "\u00a0· "),
            self._width,
            initial_indent=first,
            subsequent_indent=rest,
            break_long_words=False,
            break_on_hyphens=False,
        ):
            self._line(line.replace("\u00a0", " "), style)

    def _line(self, words: str = "", style: str = "") -> None:
        self._raw(words.rstrip(), style)

    def _raw(self, words: str, style: str = "") -> None:
        """A line that is not broken: it may be copied."""
        self._console.print(Text(words, style=style), soft_wrap=True)


def _state(report: SourceReport) -> str:
    """How an outlet's feed ended, in a cell of the table."""
    if report.state is FeedState.UNCHANGED and report.detail == "304":
        return "unchanged (304)"
    return f"ok, {report.new} new" if report.state is FeedState.OK else report.state.value


def _sentence(row: RecordRow) -> str:
    return textwrap.shorten(plain(row.record.evidence.text), SENTENCE, placeholder=" …")


def _age(article: ArticleRow) -> tuple[int, str]:
    return LANGUAGES.index(article.language), (article.published or article.first_seen).isoformat()


def _command() -> str:
    """How this installation's command is typed here."""
    if shutil.which("detainee-watch"):
        return "detainee-watch"
    beside = Path(sys.executable).parent / "detainee-watch"
    if not beside.exists():
        return "python -m app"
    here = Path.cwd()
    return str(beside.relative_to(here) if beside.is_relative_to(here) else beside)
