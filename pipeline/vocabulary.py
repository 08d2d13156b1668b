"""The words of the codebook as enums, and the reasons for which a page is rejected.

Every member's value is the word as it stands in the codebook, in the database and in every
export. Source: docs/codebook.md.
"""

from __future__ import annotations

from enum import StrEnum

CODEBOOK = "1.0"
"""Version of docs/codebook.md; exports carry it. It rises when a word is added or means something else."""

UNKNOWN_COUNTRY = "XX"
"""Nationality "foreign" with no country named, or custody "abroad"."""

LANGUAGES = ("en", "es", "pt", "fr", "de", "it", "nl")
"""The languages that are read, ISO 639-1."""


class Kind(StrEnum):
    """What sort of figure a record is; the three are never added."""

    EVENT = "event"  # particular people in a case
    STOCK = "stock"  # how many are held at a moment
    FLOW = "flow"  # how many were arrested, sentenced… over a period


class Stage(StrEnum):
    """The latest stage that is reported for the people of a record."""

    ARRESTED = "arrested"  # also detained, held, remanded
    CHARGED = "charged"  # also on trial
    CONVICTED = "convicted"  # also sentenced
    IMPRISONED = "imprisoned"  # serving, or a stock of prisoners
    DEATH_ROW = "death_row"
    EXECUTED = "executed"
    RELEASED = "released"  # also acquitted, pardoned, deported
    TRANSFERRED = "transferred"  # also extradited
    DIED = "died"


class Drug(StrEnum):
    """The drugs of the codebook."""

    COCAINE = "cocaine"
    HEROIN = "heroin"
    OPIUM = "opium"
    CANNABIS = "cannabis"
    METHAMPHETAMINE = "methamphetamine"
    AMPHETAMINE = "amphetamine"
    MDMA = "mdma"
    FENTANYL = "fentanyl"
    KETAMINE = "ketamine"
    LSD = "lsd"
    KHAT = "khat"
    PRECURSORS = "precursors"
    SYNTHETIC = "synthetic"
    OTHER = "other"


class Bound(StrEnum):
    """How a count is meant."""

    EXACT = "exact"
    ABOUT = "about"
    AT_LEAST = "at_least"
    AT_MOST = "at_most"


class Per(StrEnum):
    """The unit over which a flow's count is an average."""

    YEAR = "year"
    MONTH = "month"
    WEEK = "week"
    DAY = "day"


class DateOrigin(StrEnum):
    """Where an article's publication date was found, in the order of trust."""

    GIVEN = "given"  # with an ingested article
    FEED = "feed"
    JSON_LD = "json-ld"
    META = "meta"
    HTML = "html"  # htmldate's reading of the page
    ARCHIVE = "archive"  # none was found: the day on which an archive fetched the page


class Rejection(StrEnum):
    """Why a page did not become an article. Each is counted and shown by name."""

    HTTP_ERROR = "http-error"  # status 4xx or 5xx, not one of those below
    BLOCKED = "blocked"  # 401, 403, 429, or a challenge page with any status
    GONE = "gone"  # 404 or 410
    ROBOTS_DENIED = "robots-denied"
    FORBIDDEN_ADDRESS = "forbidden-address"  # private, loopback or otherwise not public
    BAD_ADDRESS = "bad-address"  # not http(s), or not an address at all
    REDIRECT_LOOP = "redirect-loop"
    TIMEOUT = "timeout"
    CONNECTION = "connection"  # DNS, refused, reset, TLS
    TRUNCATED = "truncated"  # the body ended before its announced length
    TOO_LARGE = "too-large"  # body or decompressed body over the limit
    NOT_HTML = "not-html"  # PDF, image, feed…
    EMPTY = "empty"  # no body, or a page with no text
    TOO_SHORT = "too-short"  # text under the minimum: a stub, a video page
    PAYWALLED = "paywalled"  # a teaser with a paywall's mark
    OTHER_LANGUAGE = "other-language"  # none of LANGUAGES
    UNREADABLE = "unreadable"  # a parser failed on it, or a worker died
    TOO_OLD = "too-old"  # published before --since
    TDM_RESERVED = "tdm-reserved"  # the outlet reserves text and data mining, and that is honoured
    FORGOTTEN = "forgotten"  # an operator had it forgotten, and it does not come back


class FeedState(StrEnum):
    """How one fetch of a source's feed ended."""

    OK = "ok"
    UNCHANGED = "unchanged"  # 304, or the same bytes as before
    EMPTY = "empty"  # a feed with no entry
    MALFORMED = "malformed"  # no feed could be read out of it
    BLOCKED = "blocked"
    GONE = "gone"
    ROBOTS_DENIED = "robots-denied"
    FORBIDDEN_ADDRESS = "forbidden-address"
    TIMEOUT = "timeout"
    CONNECTION = "connection"
    TOO_LARGE = "too-large"
    HTTP_ERROR = "http-error"
    TRUNCATED = "truncated"
    REDIRECT_LOOP = "redirect-loop"
    INTERRUPTED = "interrupted"  # the run ended before the feed was read
    RESTING = "resting"  # not asked: its server wants rest, or it pauses after failures
    ELSEWHERE = "elsewhere"  # asked by another worker of a shared crawl

    @property
    def failed(self) -> bool:
        """Whether the source counts as failed in the summary of a run."""
        well = (FeedState.OK, FeedState.UNCHANGED, FeedState.EMPTY, FeedState.RESTING, FeedState.ELSEWHERE)
        return self not in well


class SourceState(StrEnum):
    """How a source stands after a fetch, decided from what came as well as from the status."""

    OK = "ok"
    UNCHANGED = "unchanged"
    EMPTY = "empty"  # its feed has no entry, and that is not normal for it
    SILENT = "silent"  # nothing new for longer than its own habit explains
    PAYWALLED = "paywalled"  # its pages are stubs before a paywall
    REDESIGNED = "redesigned"  # the text, its length or the dates of its pages have collapsed
    MOVED = "moved"  # it answers from another address for good
    SLOW = "slow"  # it answers, many times slower than it used to
    MALFORMED = "malformed"
    BLOCKED = "blocked"  # 401, 403, a challenge page with any status; of the feed or of its pages
    OVER_QUOTA = "over-quota"  # 429, or 503 with Retry-After
    ROBOTS_DENIED = "robots-denied"
    GONE = "gone"
    FORBIDDEN_ADDRESS = "forbidden-address"
    TIMEOUT = "timeout"
    CONNECTION = "connection"
    HTTP_ERROR = "http-error"
    TRUNCATED = "truncated"
    TOO_LARGE = "too-large"
    REDIRECT_LOOP = "redirect-loop"
    OFFLINE = "offline"  # nearly all sources failed at once: the trouble is at this end

    @property
    def well(self) -> bool:
        """Whether news comes from it as it should."""
        return self in (SourceState.OK, SourceState.UNCHANGED, SourceState.MOVED, SourceState.SLOW)

    @property
    def failing(self) -> bool:
        """Whether its feed could not be had at all."""
        return not self.well and self not in _FOUND


_FOUND = frozenset(
    {
        SourceState.EMPTY,
        SourceState.SILENT,
        SourceState.PAYWALLED,
        SourceState.REDESIGNED,
        SourceState.OFFLINE,
    }
)
