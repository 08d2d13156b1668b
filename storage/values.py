"""The values that go into this room and come out of it, beside those of ``pipeline/types.py``.

Frozen, like all values; times are aware UTC.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Generic, TypeVar

from pipeline.case_sums import CaseSum, Told
from pipeline.types import Record
from pipeline.vocabulary import DateOrigin, Drug, FeedState, Kind, Stage

Row = TypeVar("Row")

PENDING = "pending"
"""Outcome of an address that is known and was not read yet."""
RELEVANT = "relevant"
"""Outcome of an address whose article is relevant; its text is kept."""
IRRELEVANT = "irrelevant"
"""Outcome of an address whose article was read and is not relevant."""
INTERRUPTED = "interrupted"
"""Outcome of a run that a later run found still open."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedFetch:
    """One attempt to fetch a source's feed, and how it ended."""

    source: str  # slug
    url: str  # as it was asked for
    fetched: datetime
    state: FeedState
    status: int | None = None  # HTTP status, where there was an answer
    entries: int = 0  # entries that the feed held
    new: int = 0  # of them, those never seen before; save_feed counts them itself
    etag: str | None = None
    last_modified: str | None = None
    body_hash: str | None = None  # of the bytes, to find unchanged feeds whose server has no ETag
    bytes: int = 0  # length of the body
    seconds: float = 0.0  # how long it took
    detail: str = ""  # a short human word more
    distrusted: bool = False  # the body has changed and its ETag has not


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedMemory:
    """What the next conditional request for a feed needs."""

    etag: str | None = None
    last_modified: str | None = None
    body_hash: str | None = None
    last_full: datetime | None = None  # when the whole body was last fetched
    distrusted: datetime | None = None  # when its ETag was found to be wrong


@dataclass(frozen=True, slots=True, kw_only=True)
class Saved:
    """What came of saving one outcome."""

    url: str  # the address as it is stored
    outcome: str  # relevant | irrelevant | a Rejection's value
    article_id: int | None = None  # where an article is stored for the address
    new: bool = False  # this was not stored before
    revised: bool = False  # the outlet changed the text since it was last read
    records: int = 0  # records that the article has now
    cases: tuple[int, ...] = ()  # numbers of the cases that its events are of
    hits: int = 0  # what rules of alerts found in it that they had not found before


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredArticle:
    """The text of an article as it is stored, for reading it again or showing it."""

    id: int
    url: str  # canonical; "" for text with no address
    source: str
    title: str
    text: str  # as Article.text: title, newline, body
    language: str
    published: datetime | None
    date_origin: DateOrigin | None
    outlet_country: str | None
    relevant: bool

    @property
    def body(self) -> str:
        """The text without the title line that it begins with."""
        head = self.title + "\n"
        return self.text[len(head) :] if self.title and self.text.startswith(head) else self.text


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingChange:
    """What reading a stored article again changed."""

    article_id: int
    url: str
    title: str
    was_relevant: bool
    relevant: bool
    added: tuple[Record, ...] = ()
    removed: tuple[Record, ...] = ()
    changed: tuple[tuple[Record, Record], ...] = ()  # (before, after)
    failed: str = ""  # the rejection's value where it could not be read; nothing was changed then

    @property
    def any(self) -> bool:
        """Whether anything that a reader sees is different now."""
        return self.was_relevant != self.relevant or bool(self.added or self.removed or self.changed)


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceStats:
    """What is known of a source from its fetches and its pages."""

    slug: str
    last: FeedFetch | None  # the latest fetch
    last_ok: datetime | None  # when a fetch last did not fail
    failures: int  # failed fetches in a row up to now
    seen: int  # addresses ever seen
    read: int  # of them, read to a verdict
    relevant: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """What the database holds in all."""

    outcomes: dict[str, int]  # addresses by outcome
    articles: int  # relevant ones
    records: int
    sources: int  # with at least one fetch or page
    last_run: datetime | None  # when the latest run began


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRow:
    """One run of a command that reads."""

    id: int
    command: str
    started: datetime
    ended: datetime | None
    outcome: str | None  # None while it runs


@dataclass(frozen=True, slots=True, kw_only=True)
class CoverageRow:
    """How many articles of a source there were on a day: the denominator of every trend."""

    source: str
    day: date  # of publication where the feed or the page says it, else the day first seen
    seen: int
    read: int
    relevant: int


class Sort(StrEnum):
    """The order of a list; ties always end in the id, so that pages never overlap."""

    NEWEST = "newest"  # by publication, else first seen
    OLDEST = "oldest"
    FOUND = "found"  # latest saved or revised first
    COUNT = "count"  # largest count first
    RANK = "rank"  # best match of the query first


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """Which articles or records are asked for. Several values in one field are alternatives;
    fields are all to hold, those of records in one and the same record."""

    reader: str | None = None  # only what this reader was not shown yet
    peek: bool = False  # do not mark as shown
    since: datetime | None = None  # published, else first seen, at or after
    until: datetime | None = None  # and before
    found: datetime | None = None  # stored at or after, whenever it was published
    query: str = ""  # words, "phrases", -not, OR, (…), title:, source:
    nationality: tuple[str, ...] = ()
    country: tuple[str, ...] = ()  # of custody
    stage: tuple[Stage, ...] = ()
    drug: tuple[Drug, ...] = ()
    kind: tuple[Kind, ...] = ()
    language: tuple[str, ...] = ()
    source: tuple[str, ...] = ()
    sort: Sort = Sort.NEWEST
    page: int = 1  # from 1
    limit: int | None = None  # rows a page; None: all
    counted: int | None = None  # how far the rows on all pages are counted; None: to the end


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleRow:
    """A relevant article in a list, without its text."""

    id: int
    url: str  # "" for text with no address
    source: str
    title: str
    language: str
    published: datetime | None
    date_origin: DateOrigin | None
    outlet_country: str | None
    first_seen: datetime
    revised: datetime | None  # when a change of its text was last seen
    revision: int  # how many times it was changed
    score: float
    records: tuple[RecordRow, ...] = field(default=())


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordRow:
    """A record in a list, with what a reader needs to know of its article."""

    id: int  # stays the same when the article is read again and the record is still there
    article_id: int
    record: Record
    url: str
    source: str
    title: str
    language: str
    published: datetime | None
    outlet_country: str | None
    first_seen: datetime  # of the article


@dataclass(frozen=True, slots=True, kw_only=True)
class Found(Generic[Row]):
    """One page of a list."""

    rows: tuple[Row, ...]
    total: int  # rows on all pages together
    page: int
    limit: int | None
    more: bool = False  # there are more than ``total``: counting was given up there


@dataclass(frozen=True, slots=True, kw_only=True)
class RevisionRow:
    """A text of an article that an outlet has replaced."""

    number: int  # from 1
    title: str
    text: str
    first_seen: datetime  # since when it stood
    replaced: datetime  # when the next one was seen


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseReportRow:
    """What one article tells of a case."""

    article_id: int
    url: str  # "" for text with no address
    source: str
    title: str
    language: str
    published: datetime | None
    outlet_country: str | None
    first_seen: datetime  # of the article
    by_hand: bool  # a person put it into this case
    records: tuple[RecordRow, ...]  # in the article's order


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseRow:
    """One case with its reports, oldest first."""

    id: int
    country: str
    sums: CaseSum
    first_seen: datetime  # publication of the first report, else its storing
    last_seen: datetime
    added: datetime
    changed: datetime
    reports: tuple[CaseReportRow, ...]
    told: tuple[Told, ...]  # the records of the reports in their order
    merged: tuple[int, ...]  # numbers that lead here
