"""Outcomes → rows, inside a transaction that repository.py opens.

A Batch loads what is known of all its addresses at once, decides in memory, and writes pages and
coverage together at the end (page_book.py): fifty ordinary pages are a handful of statements.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, assert_never

from sqlalchemy import Connection, select

from pipeline.types import Article, Extracted, FeedEntry, Irrelevant, Outcome, Rejected
from pipeline.vocabulary import Rejection
from storage import rows
from storage import tables as t
from storage.alert_saving import is_news, look, open_index
from storage.alert_values import Matcher
from storage.casebook import settle
from storage.judged import HAS_MARKS, Judged, judge, keep_program
from storage.known import load_articles
from storage.matching import same_story
from storage.page_book import READ, PageBook
from storage.prepared import same
from storage.reading import Stored, drop_reading, store_reading
from storage.tombstones import SOME, Graves, bury
from storage.values import IRRELEVANT, PENDING, RELEVANT, Saved

MAX_TRIES = 5
"""How often a page is tried whose failure may pass."""
TRANSIENT = frozenset({Rejection.TIMEOUT, Rejection.CONNECTION, Rejection.TRUNCATED, Rejection.BLOCKED})
"""Failures that may pass by themselves; so may an HTTP error that is the server's (5xx, 429)."""
REDUCED = "its text was taken away when its time was over"
"""Detail of a page whose article is left without its text."""
ELSEWHERE = "holds another text now"
"""Detail of a page whose stored article is not there any more."""
_STANDS = same(select(SOME.label("graves"), HAS_MARKS.label("marks")))


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
        self._articles: dict[str, int] = {}
        self._forgotten: set[str] = set()
        stands = _STANDS.first(connection)
        self._graves = Graves(connection, some=stands.graves)
        self._marked = stands.marks
        self._pages: PageBook

    def save(self, work: Sequence[tuple[Outcome, FeedEntry | None]]) -> tuple[Saved, ...]:
        """Saves all; see Repository.save_all."""
        keyed = [(outcome, *_keys(outcome, entry)) for outcome, entry in work]
        keys = {key for _, key, final in keyed for key in (key, final)}
        self._pages = PageBook(self._connection, keys, now=self._now, run=self._run)
        self._articles = load_articles(self._connection, list(keys))
        self._forgotten = self._graves.addresses(keys)
        saved = tuple(self._one(outcome, key, final) for outcome, key, final in keyed)
        self._pages.write()
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
        page = self._pages.find(key, final)
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
        return self._graves.has_text(outcome.article.title, outcome.article.text)

    def _leave_out(self, key: str, final: str) -> Saved:
        """What was forgotten does not come back, by whatever way; the address by which it tried to is
        forgotten with it."""
        self._pages.drop(key)
        bury(self._connection, addresses=(key, final), texts=(), now=self._now)
        return Saved(url=key, outcome=Rejection.FORGOTTEN.value)

    def _kept_reduced(self, page: dict[str, Any], known: int) -> Saved:
        """An article whose text retention took away stays as it was left."""
        relevant = self._connection.execute(
            select(t.Article.relevant).where(t.Article.id == known)
        ).scalar_one()
        outcome = RELEVANT if relevant else IRRELEVANT
        change = {"outcome": outcome, "detail": REDUCED, "open": False, "summary": None, "title": ""}
        self._pages.change(page, change | {"article_id": known})
        return Saved(url=page["url"], outcome=outcome, article_id=known)

    def _rejected(self, outcome: Rejected, key: str) -> Saved:
        page = self._pages.page(key, key, outcome.page.entry)
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
        self._pages.change(page, change)
        return saved

    def _irrelevant(
        self, outcome: Irrelevant, article: Article, key: str, final: str, judged: Judged
    ) -> Saved:
        page = self._pages.page(key, final, None, article)
        known = page["article_id"] or self._articles.get(final)
        revised = False
        if known is not None:
            if not (text := self._text(known)):
                return self._kept_reduced(page, known)
            if not same_story(text, article.text):
                # A removed page, a wall, a way to the front page: no verdict on what was read.
                self._pages.change(page, {"detail": ELSEWHERE})
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
        self._pages.read(page, article, IRRELEVANT, known, final)
        return saved

    def _extracted(self, outcome: Extracted, key: str, final: str, judged: Judged) -> Saved:
        page = self._pages.page(key, final, None, outcome.article)
        known = page["article_id"]
        if known is None or self._is_elsewhere(page, known, outcome.article, final):
            known = self._articles.get(final)
        if known is not None and not self._text(known):
            return self._kept_reduced(page, known)
        stored = store_reading(self._connection, known, final, outcome, now=self._now, numbers=judged.numbers)
        self._articles[final] = stored.article_id
        cases = settle(
            self._connection, stored.article_id, outcome.article, now=self._now, is_new=known is None
        )
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
        self._pages.read(page, outcome.article, RELEVANT, stored.article_id, final)
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


def _keys(outcome: Outcome, entry: FeedEntry | None) -> tuple[str, str]:
    """(key of the address that was asked for, key of where the article lies)."""
    if isinstance(outcome, Rejected):
        key = rows.rejected_key(outcome.page)
        return key, key
    key = rows.page_key(entry.url) if entry is not None and entry.url else ""
    final = key if key and key == outcome.article.url else rows.article_key(outcome.article)
    return key or final, final
