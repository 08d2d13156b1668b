"""All writing, and what the crawl asks between: one method, one transaction.

The reading of lists is in queries.py.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta

from sqlalchemy import Engine, Select, insert, select, update

from pipeline.types import Extracted, FeedEntry, Irrelevant, Outcome, Rejected
from storage import rows
from storage import tables as t
from storage.alert_saving import REREAD_DAYS, is_news, look, open_index
from storage.alert_values import Matcher
from storage.case_edit import merge_cases, split_case
from storage.case_store import forget_names
from storage.casebook import settle
from storage.engine import patiently, reading, writing
from storage.feed_memory import feed_values, memory_from
from storage.judged import judge, keep_program, turn
from storage.known import Counts, add_coverage, known_keys
from storage.reading import Stored, drop_reading, store_reading
from storage.saving import Batch
from storage.tombstones import Graves
from storage.values import (
    INTERRUPTED,
    FeedFetch,
    FeedMemory,
    ReadingChange,
    Saved,
    StoredArticle,
)

RECHECK_DAYS = 3
"""How long a relevant article is fetched again, so that an outlet's corrections are seen."""
RECHECK_EVERY = timedelta(hours=12)
"""The least time between two looks at it."""
REPROCESS_BATCH = 200
"""Articles that are held in memory while texts are read again."""


class Repository:
    """The database as those see it who write to it. Safe to use from several threads."""

    def __init__(self, engine: Engine, *, matcher: Matcher | None = None) -> None:
        """``matcher``: finds what the rules of alerts look for, in every article that is saved."""
        self.engine = engine
        self._matcher = matcher

    # -- runs -------------------------------------------------------------------------------------

    def start_run(self, *, command: str, now: datetime, alone: bool = True) -> int:
        """Begins a run and returns its number. Earlier runs of the same command that were left open
        are marked as interrupted, unless others are at work at the same time (not ``alone``)."""
        with writing(self.engine) as connection:
            if alone:
                connection.execute(
                    update(t.Run)
                    .where(t.Run.outcome.is_(None), t.Run.command == command)
                    .values(outcome=INTERRUPTED, ended=now)
                )
            return connection.execute(
                insert(t.Run)
                .values(command=command, started=now, ended=None, outcome=None)
                .returning(t.Run.id)
            ).scalar_one()

    def end_run(self, run: int, *, outcome: str, now: datetime) -> None:
        """Ends a run: ok | failed | interrupted | …, one word. Hashes of names whose time is over are
        dropped with it."""
        with writing(self.engine) as connection:
            connection.execute(update(t.Run).where(t.Run.id == run).values(outcome=outcome, ended=now))
            forget_names(connection, now=now)

    # -- feeds ------------------------------------------------------------------------------------

    def feed_memory(self, slug: str, *, url: str | None = None) -> FeedMemory | None:
        """What the next conditional request for the source's feed needs; None when it was never
        fetched, or when ``url`` is given and the memory belongs to another address."""
        with reading(self.engine) as connection:
            row = connection.execute(select(t.Feed.__table__).where(t.Feed.source == slug)).first()
        if row is None or (url is not None and row.url != url):
            return None
        return memory_from(row)

    def save_feed(
        self, run: int | None, fetch: FeedFetch, entries: Sequence[FeedEntry] = (), *, now: datetime
    ) -> tuple[FeedEntry, ...]:
        """Stores how a fetch ended, and each entry whose address is not known as a page that is to
        be fetched; returns those, in the order of the feed. ``fetch.new`` is counted here."""
        keyed: dict[str, FeedEntry] = {}
        for entry in entries:
            keyed.setdefault(rows.page_key(entry.url), entry)
        with writing(self.engine) as connection:
            known = known_keys(connection, list(keyed)) | Graves(connection).addresses(keyed)
            fresh = [(key, entry) for key, entry in keyed.items() if key not in known]
            if fresh:
                pages = [rows.pending_values(key, entry, run=run, now=now) for key, entry in fresh]
                connection.execute(insert(t.Page), pages)
                counts: Counts = {}
                for page in pages:
                    counts.setdefault((page["source"], page["day"]), [0, 0, 0])[0] += 1
                add_coverage(connection, counts, now=now)
            number = connection.execute(
                insert(t.Fetch)
                .values(rows.fetch_values(fetch, run=run, new=len(fresh)))
                .returning(t.Fetch.id)
            ).scalar_one()
            old = connection.execute(select(t.Feed.__table__).where(t.Feed.source == fetch.source)).first()
            values = feed_values(fetch, old) | {"last_fetch_id": number}
            if old is None:
                connection.execute(insert(t.Feed).values(source=fetch.source, **values))
            else:
                connection.execute(update(t.Feed).where(t.Feed.source == fetch.source).values(values))
        return tuple(entry for _, entry in fresh)

    # -- pages ------------------------------------------------------------------------------------

    def known(self, urls: Iterable[str]) -> set[str]:
        """Those of ``urls`` that were seen before, spelled as they are given."""
        keyed = {url: rows.page_key(url) for url in urls}
        with reading(self.engine) as connection:
            found = known_keys(connection, list(keyed.values()))
            found |= Graves(connection).addresses(keyed.values())
        return {url for url, key in keyed.items() if key in found}

    def pending(
        self, slugs: Sequence[str] | None = None, *, limit: int | None = None
    ) -> tuple[FeedEntry, ...]:
        """Pages that are still to be fetched, oldest first: those of runs that did not come to
        them, and failures that may pass, tried fewer than MAX_TRIES times. ``slugs`` None: of all
        sources. Ask before the feeds of a run are saved, for their new entries are pending too."""
        query = select(t.Page.__table__).where(t.Page.open).order_by(t.Page.id).limit(limit)
        return self._entries(query, slugs)

    def due_for_recheck(
        self,
        *,
        now: datetime,
        slugs: Sequence[str] | None = None,
        days: float = RECHECK_DAYS,
        every: timedelta = RECHECK_EVERY,
        limit: int | None = 500,
    ) -> tuple[FeedEntry, ...]:
        """Pages of relevant articles that were first seen in the last ``days`` and not looked at
        for ``every``, newest first."""
        query = (
            select(t.Page.__table__)
            .join(t.Article, t.Article.id == t.Page.article_id)
            .where(
                t.is_relevant(indexed=False),
                t.Article.first_seen >= now - timedelta(days=days),
                t.Page.checked <= now - every,
                t.Page.source != "",
                t.Page.url.like("http%"),
            )
            .order_by(t.Article.first_seen.desc(), t.Page.id.desc())
            .limit(limit)
        )
        return self._entries(query, slugs)

    def _entries(
        self, query: Select[tuple[object, ...]], slugs: Sequence[str] | None
    ) -> tuple[FeedEntry, ...]:
        if slugs is not None:
            query = query.where(t.Page.source.in_(slugs))
        with reading(self.engine) as connection:
            return tuple(rows.entry_from(row) for row in connection.execute(query))

    # -- outcomes ---------------------------------------------------------------------------------

    def save(
        self, outcome: Outcome, *, now: datetime, run: int | None = None, entry: FeedEntry | None = None
    ) -> Saved:
        """Saves one outcome; see save_all."""
        return self.save_all((outcome,), now=now, run=run, entries=(entry,))[0]

    def save_all(
        self,
        outcomes: Sequence[Outcome],
        *,
        now: datetime,
        run: int | None = None,
        entries: Sequence[FeedEntry | None] | None = None,
    ) -> tuple[Saved, ...]:
        """Saves outcomes, all or none: what became of each address, and for relevant articles the
        text, a revision when the outlet changed it, the records, the search index and coverage.

        ``entries`` are those that led to the outcomes, in their order. They must be given where a
        page may lie elsewhere than the feed said (redirects): the address in the feed is what is
        marked as done. Without one, the article's own address is.

        Saving the same again changes nothing.
        """
        if not outcomes:
            return ()
        led = entries if entries is not None else (None,) * len(outcomes)

        def save() -> tuple[Saved, ...]:
            with writing(self.engine, repeated=True) as connection:
                batch = Batch(connection, now=now, run=run, matcher=self._matcher)
                return batch.save(tuple(zip(outcomes, led, strict=True)))

        return patiently(self.engine, save)

    # -- cases ------------------------------------------------------------------------------------

    def merge_cases(self, one: int, other: int, *, now: datetime) -> int:
        """A person says that two cases are one: ``one`` remains, its number is returned."""
        with writing(self.engine) as connection:
            return merge_cases(connection, one, other, now=now)

    def split_case(self, case: int, records: Sequence[int], *, now: datetime) -> int:
        """A person says that ``records`` are another case: its number is returned."""
        with writing(self.engine) as connection:
            return split_case(connection, case, records, now=now)

    # -- reading again ----------------------------------------------------------------------------

    def articles_to_reprocess(self, *, batch: int = REPROCESS_BATCH) -> Iterator[StoredArticle]:
        """Every text that is still stored, relevant or not any more, in the order of its number. Memory stays
        flat, and no transaction is open between the batches."""
        last = 0
        while True:
            query = (
                select(t.Article.__table__)
                .where(t.Article.id > last, t.has_text())
                .order_by(t.Article.id)
                .limit(batch)
            )
            with reading(self.engine) as connection:
                found = connection.execute(query).all()
            if not found:
                return
            yield from (rows.stored_from(row) for row in found)
            last = found[-1].id

    def save_reading(self, article_id: int, outcome: Outcome, *, now: datetime) -> ReadingChange:
        """Stores what a new reading of a stored text gives, and says what is different. A text that
        cannot be read any more keeps what it had."""
        with writing(self.engine) as connection:
            row = connection.execute(select(t.Article.__table__).where(t.Article.id == article_id)).one()
            relevant = row.relevant
            stored: Stored | None = None
            judged = judge(connection, article_id, row.url, outcome)
            match outcome := judged.outcome:
                case Extracted():
                    relevant = True
                    stored = store_reading(
                        connection, article_id, row.url, outcome, now=now, edit=False, numbers=judged.numbers
                    )
                    settle(connection, article_id, outcome.article, now=now)
                case Irrelevant(article=article, assessment=verdict):
                    relevant = False
                    stored = drop_reading(connection, article_id, article, verdict, now=now, edit=False)
                    settle(connection, article_id, article, now=now)
                case Rejected():
                    pass
            keep_program(connection, article_id, judged.program, judged.places)
            if relevant != row.relevant:
                turn(connection, article_id, relevant=relevant, now=now)
            if not isinstance(outcome, Rejected) and is_news(row.dated, now=now, days=REREAD_DAYS):
                rules = open_index(connection, self._matcher)
                look(connection, rules, outcome.article, row.url, article_id, relevant=relevant, now=now)
        return ReadingChange(
            article_id=article_id,
            url=rows.shown_url(row.url),
            title=row.title,
            was_relevant=row.relevant,
            relevant=relevant,
            added=stored.records.added if stored else (),
            removed=stored.records.removed if stored else (),
            changed=stored.records.changed if stored else (),
            failed=outcome.reason.value if isinstance(outcome, Rejected) else "",
        )
