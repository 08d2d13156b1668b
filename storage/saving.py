"""Outcomes → rows, inside a transaction that repository.py opens.

A Batch loads what is known of all its addresses at once, decides in memory, and writes pages and
coverage together at the end: fifty ordinary pages are a handful of statements.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final, assert_never

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from pipeline.types import Article, Extracted, FeedEntry, Irrelevant, Outcome, Rejected
from pipeline.vocabulary import Rejection
from storage import rows
from storage import tables as t
from storage.alert_saving import is_news, look, open_index
from storage.alert_values import Matcher
from storage.casebook import settle
from storage.judged import Judged, has_marks, judge, keep_program
from storage.known import Counts, add_coverage, load_articles, load_pages
from storage.matching import same_story
from storage.reading import Stored, drop_reading, store_reading
from storage.tombstones import Graves, bury
from storage.values import IRRELEVANT, PENDING, RELEVANT, Saved

MAX_TRIES = 5
"""How often a page is tried whose failure may pass."""
TRANSIENT = frozenset({Rejection.TIMEOUT, Rejection.CONNECTION, Rejection.TRUNCATED, Rejection.BLOCKED})
"""Failures that may pass by themselves; so may an HTTP error that is the server's (5xx, 429)."""
REDUCED = "its text was taken away when its time was over"
"""Detail of a page whose article is left without its text."""
ELSEWHERE = "holds another text now"
"""Detail of a page whose stored article is not there any more."""
READ: Final = frozenset({RELEVANT, IRRELEVANT})


def passes(rejected: Rejected) -> bool:
    """Whether a later try may succeed."""
    if rejected.reason is Rejection.HTTP_ERROR:
        return rejected.page.status >= 500 or rejected.page.status == 429
    return rejected.reason in TRANSIENT


class Batch:
    """Outcomes of one transaction, saved in their order."""

    def __init__(
        self, connection: Connection, *, now: datetime, run: int | None, matcher: Matcher | None = None
    ) -> None:
        self._connection = connection
        self._now = now
        self._run = run
        self._rules = open_index(connection, matcher)
        self._pages: dict[str, dict[str, Any]] = {}
        self._articles: dict[str, int] = {}
        self._dirty: dict[str, dict[str, Any]] = {}
        self._coverage: Counts = {}
        self._graves = Graves(connection)
        self._forgotten: set[str] = set()
        self._marked = has_marks(connection)

    def save(self, work: Sequence[tuple[Outcome, FeedEntry | None]]) -> tuple[Saved, ...]:
        """Saves all; see Repository.save_all."""
        keyed = [(outcome, *_keys(outcome, entry)) for outcome, entry in work]
        keys = {key for _, key, final in keyed for key in (key, final)}
        self._pages = load_pages(self._connection, list(keys))
        self._articles = load_articles(self._connection, list(keys))
        self._forgotten = self._graves.addresses(keys)
        saved = tuple(self._one(outcome, key, final) for outcome, key, final in keyed)
        self._write()
        return saved

    def _one(self, outcome: Outcome, key: str, final: str) -> Saved:
        if self._is_forgotten(outcome, key, final):
            return self._leave_out(key, final)
        judged = self._judge(outcome, key, final)
        match judged.outcome:
            case Rejected() as rejected:
                return self._rejected(rejected, key)
            case Irrelevant(article=article) as irrelevant:
                return self._irrelevant(irrelevant, article, key, final, judged)
            case Extracted() as extracted:
                return self._extracted(extracted, key, final, judged)
            case other:
                assert_never(other)

    def _judge(self, outcome: Outcome, key: str, final: str) -> Judged:
        """The outcome with what people said of the article laid over it."""
        if not self._marked or isinstance(outcome, Rejected):
            return Judged(outcome=outcome)
        page = self._pages.get(key) or self._pages.get(final)
        known = page["article_id"] if page is not None else None
        if page is not None and known is not None and isinstance(outcome, Extracted):
            known = None if self._is_elsewhere(page, known, outcome.article, final) else known
        known = known or self._articles.get(final)
        if known is not None and not self._text(known):
            return Judged(outcome=outcome)  # Its text was taken away; nothing of it changes any more.
        return judge(self._connection, known, final, outcome)

    def _is_elsewhere(self, page: dict[str, Any], known: int, article: Article, final: str) -> bool:
        """Whether the address leads to another story now."""
        if final == (page["final_url"] or page["url"]):
            return False
        return not same_story(self._text(known), article.text)

    def _is_forgotten(self, outcome: Outcome, key: str, final: str) -> bool:
        if key in self._forgotten or final in self._forgotten:
            return True
        if isinstance(outcome, Rejected):
            return False
        return self._graves.has_text(
            rows.storable(outcome.article.title), rows.storable(outcome.article.text)
        )

    def _leave_out(self, key: str, final: str) -> Saved:
        """What was forgotten does not come back, by whatever way; the address by which it tried to is
        forgotten with it."""
        page = self._pages.pop(key, None)
        if page is not None:
            self._count(page, -1)
            self._pages = {name: other for name, other in self._pages.items() if other is not page}
            self._dirty.pop(page["url"], None)
            if "id" in page:
                self._connection.execute(delete(t.Page).where(t.Page.id == page["id"]))
        bury(self._connection, addresses=(key, final), texts=(), now=self._now)
        return Saved(url=key, outcome=Rejection.FORGOTTEN.value)

    def _kept_reduced(self, page: dict[str, Any], known: int) -> Saved:
        """An article whose text retention took away stays as it was left."""
        relevant = self._connection.execute(
            select(t.Article.relevant).where(t.Article.id == known)
        ).scalar_one()
        outcome = RELEVANT if relevant else IRRELEVANT
        change = {"outcome": outcome, "detail": REDUCED, "open": False, "summary": None, "title": ""}
        self._change(page, change | {"article_id": known})
        return Saved(url=page["url"], outcome=outcome, article_id=known)

    def _rejected(self, outcome: Rejected, key: str) -> Saved:
        page = self._page(key, key, outcome.page.entry)
        reason = outcome.reason.value
        saved = Saved(url=key, outcome=reason, article_id=page["article_id"], new=page["outcome"] == PENDING)
        change: dict[str, Any] = {"detail": rows.storable(outcome.detail)[:500]}
        # A page that was read once stays what it was: a server's bad day takes nothing away.
        if page["outcome"] not in READ:
            tries = page["tries"] + 1
            again = passes(outcome) and tries < MAX_TRIES
            change |= {"outcome": reason, "tries": tries, "open": again}
            if not again:
                change["summary"] = None
        self._change(page, change)
        return saved

    def _irrelevant(
        self, outcome: Irrelevant, article: Article, key: str, final: str, judged: Judged
    ) -> Saved:
        page = self._page(key, final, None, article)
        known = page["article_id"] or self._articles.get(final)
        revised = False
        if known is not None:
            if not (text := self._text(known)):
                return self._kept_reduced(page, known)
            if not same_story(text, article.text):
                # A removed page, a wall, a way to the front page: no verdict on what was read.
                self._change(page, {"detail": ELSEWHERE})
                return Saved(url=key, outcome=IRRELEVANT, article_id=known)
            # An outlet's edit took the detainees out: the text is kept, the verdict changes.
            stored = drop_reading(self._connection, known, article, outcome.assessment, now=self._now)
            revised = stored.revised
            settle(self._connection, known, article, now=self._now)
            keep_program(self._connection, known, judged.program, judged.places)
        hits = self._look(page, article, known, final)
        saved = Saved(
            url=key,
            outcome=IRRELEVANT,
            article_id=known,
            new=page["outcome"] not in READ,
            revised=revised,
            hits=hits,
        )
        self._read(page, article, IRRELEVANT, known, final)
        return saved

    def _extracted(self, outcome: Extracted, key: str, final: str, judged: Judged) -> Saved:
        page = self._page(key, final, None, outcome.article)
        known = page["article_id"]
        if known is None or self._is_elsewhere(page, known, outcome.article, final):
            known = self._articles.get(final)
        if known is not None and not self._text(known):
            return self._kept_reduced(page, known)
        stored = store_reading(self._connection, known, final, outcome, now=self._now, numbers=judged.numbers)
        self._articles[final] = stored.article_id
        cases = settle(self._connection, stored.article_id, outcome.article, now=self._now)
        keep_program(self._connection, stored.article_id, judged.program, judged.places)
        hits = self._look(page, outcome.article, stored.article_id, final, stored)
        saved = Saved(
            url=key,
            outcome=RELEVANT,
            article_id=stored.article_id,
            new=stored.new,
            revised=stored.revised,
            records=len(outcome.records),
            cases=cases,
            hits=hits,
        )
        self._read(page, outcome.article, RELEVANT, stored.article_id, final)
        return saved

    def _look(
        self,
        page: dict[str, Any],
        article: Article,
        article_id: int | None,
        final: str,
        stored: Stored | None = None,
    ) -> int:
        """How many new things the rules of alerts find in it; ``stored`` is of a relevant article."""
        if self._rules is None or not is_news(article.published or page["published"], now=self._now):
            return 0
        return look(
            self._connection,
            self._rules,
            article,
            final,
            article_id,
            relevant=stored is not None,
            now=self._now,
            changes=stored.records if stored is not None and stored.revised else None,
        )

    def _text(self, article: int) -> str:
        return self._connection.execute(select(t.Article.text).where(t.Article.id == article)).scalar_one()

    def _page(
        self, key: str, final: str, entry: FeedEntry | None, article: Article | None = None
    ) -> dict[str, Any]:
        """The row of the address; one that was never seen is begun here."""
        page = self._pages.get(key) or self._pages.get(final)
        if page is None:
            if entry is None:
                assert article is not None
                entry = FeedEntry(
                    source=article.source,
                    url=key,
                    title=article.title,
                    summary="",
                    published=article.published,
                )
            page = rows.pending_values(key, entry, run=self._run, now=self._now)
            self._count(page, +1)
        self._pages[key] = self._dirty[page["url"]] = page
        self._pages.setdefault(final, page)
        return page

    def _read(
        self, page: dict[str, Any], article: Article, outcome: str, article_id: int | None, final: str
    ) -> None:
        """Marks the page as read to a verdict, with its article at the address ``final``."""
        change: dict[str, Any] = {
            "outcome": outcome,
            "detail": "",
            "open": False,
            "summary": None,
            "title": rows.storable(article.title) or page["title"],
            "article_id": article_id,
            "final_url": final if final != page["url"] else None,
        }
        if page["published"] is None and article.published is not None:
            # The feed had no date: coverage counts the page under the day that it now has.
            change["published"] = article.published
            change["day"] = rows.coverage_day(article.published, self._now)
        self._change(page, change)

    def _change(self, page: dict[str, Any], change: dict[str, Any]) -> None:
        self._count(page, -1)
        page.update(change, checked=self._now)
        if self._run is not None:
            page["run_id"] = self._run
        self._count(page, +1)

    def _count(self, page: dict[str, Any], sign: int) -> None:
        counts = self._coverage.setdefault((page["source"], page["day"]), [0, 0, 0])
        counts[0] += sign
        counts[1] += sign * (page["outcome"] in READ)
        counts[2] += sign * (page["outcome"] == RELEVANT)

    def _write(self) -> None:
        new = [page for page in self._dirty.values() if "id" not in page]
        known = [
            {"page_id": page["id"]} | {name: page[name] for name in _PAGE_CHANGES}
            for page in self._dirty.values()
            if "id" in page
        ]
        if new:
            self._connection.execute(insert(t.Page), new)
        if known:
            self._connection.execute(_UPDATE_PAGE, known)
        add_coverage(self._connection, self._coverage, now=self._now)


_PAGE_CHANGES = (
    "final_url",
    "title",
    "summary",
    "published",
    "day",
    "checked",
    "outcome",
    "detail",
    "tries",
    "open",
    "run_id",
    "article_id",
)
_UPDATE_PAGE = (
    update(t.Page)
    .where(t.Page.id == bindparam("page_id"))
    .values({name: bindparam(name) for name in _PAGE_CHANGES})
)


def _keys(outcome: Outcome, entry: FeedEntry | None) -> tuple[str, str]:
    """(key of the address that was asked for, key of where the article lies)."""
    if isinstance(outcome, Rejected):
        key = rows.rejected_key(outcome.page)
        return key, key
    key = rows.page_key(entry.url) if entry is not None and entry.url else ""
    final = key if key and key == outcome.article.url else rows.article_key(outcome.article)
    return key or final, final
