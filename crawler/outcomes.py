"""What went wrong on the way to a page or a feed, in the vocabulary's words.

Everything that can come back instead of a body (an exception of the downloader, a status, a
challenge page) is mapped here, and only here, to a :class:`Rejection` with a short detail, and a
rejection of a feed's own address to its :class:`FeedState`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    IgnoreRequest,
    NotSupported,
    ResponseDataLossError,
    UnsupportedURLSchemeError,
)
from scrapy.http import Response
from twisted.internet.error import TimeoutError as ConnectTimeoutError

from crawler.rights import find_signals, honoured
from pipeline.types import FeedEntry, Page, Rejected
from pipeline.vocabulary import FeedState, Rejection

CHALLENGE_LIMIT = 100_000
"""Challenge pages are small; a longer page that has one of their words is an article about them."""

CHALLENGE = re.compile(
    rb"<title>\s*(?:Just a moment\.\.\.|Attention Required! \| Cloudflare|Access Denied|"
    rb"Please Wait\.\.\. \| Cloudflare|DDoS-Guard|Pardon Our Interruption|Un momento|Einen Moment|"
    rb"Sucuri WebSite Firewall)"
    rb"|/cdn-cgi/challenge-platform/h/|cf-browser-verification|window\._cf_chl_opt"
    rb"|captcha-delivery\.com|_Incapsula_Resource\?|px-captcha|awswaf\.com/.{0,80}challenge\.js"
    rb"|<title>\s*Robot or human\?|Checking your browser before accessing",
    re.IGNORECASE,
)
"""Marks of the pages that bot walls send in place of an article, with any status."""

NO_TEXT_TYPES = re.compile(
    rb"^\s*(?:image|video|audio|font)/|^\s*application/(?:pdf|zip|gzip|msword|vnd\.|octet-stream|x-7z|epub)",
    re.IGNORECASE,
)
"""Content types that hold no page to read; their bodies are not handed on."""


class RefusedRequest(IgnoreRequest):
    """A request that one of our own middlewares did not let through, with the reason by name."""

    def __init__(self, reason: Rejection, detail: str) -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason = reason
        self.detail = detail


class NotAskedError(IgnoreRequest):
    """A request that was still queued when the crawl was told to end; it has no outcome."""


def rejection_of_status(status: int) -> Rejection | None:
    """The rejection that an HTTP status means by itself; None for 200 to 299."""
    match status:
        case 401 | 403 | 407 | 429 | 451:
            return Rejection.BLOCKED
        case 404 | 410:
            return Rejection.GONE
        case _ if 200 <= status < 300:
            return None
        case _:
            return Rejection.HTTP_ERROR


def is_challenge(body: bytes, mitigated: bytes | None = None) -> bool:
    """Whether a bot wall answered in place of the site; ``mitigated`` is its header of that name."""
    if mitigated:
        return True
    return 0 < len(body) < CHALLENGE_LIMIT and CHALLENGE.search(body[:20_000]) is not None


def rejection_of_failure(error: BaseException) -> tuple[Rejection, str]:
    """Name what the downloader raised, with a detail of a few words."""
    match error:
        case RefusedRequest():
            return error.reason, error.detail
        case DownloadTimeoutError() | ConnectTimeoutError() | TimeoutError():
            return Rejection.TIMEOUT, "no answer in time"
        case ResponseDataLossError():
            return Rejection.TRUNCATED, "the body ended before its announced length"
        case DownloadCancelledError():
            return Rejection.TOO_LARGE, "body over the limit"
        case CannotResolveHostError():
            return Rejection.CONNECTION, "the host name has no address"
        case DownloadConnectionRefusedError():
            return Rejection.CONNECTION, "connection refused"
        case UnsupportedURLSchemeError() | NotSupported():
            return Rejection.BAD_ADDRESS, "not http or https"
        case IgnoreRequest() if "DOWNLOAD_MAXSIZE" in str(error):
            return Rejection.TOO_LARGE, "decompressed body over the limit"
        case IgnoreRequest() if "max redirections" in str(error):
            return Rejection.REDIRECT_LOOP, "too many redirects"
        case UnicodeError():
            return Rejection.BAD_ADDRESS, "not a host name"
        case ValueError() if "hostname" in str(error):
            return Rejection.BAD_ADDRESS, "not a host name"
        case EOFError() | OSError() if not isinstance(error, ConnectionError) and _is_decoding(error):
            return Rejection.TRUNCATED, "the compressed body is broken"
        case DownloadFailedError():
            return Rejection.CONNECTION, _tls_or_lost(str(error))
        case _:
            return Rejection.CONNECTION, f"{type(error).__name__}: {error}"[:200]


def _is_decoding(error: BaseException) -> bool:
    """Whether an OSError or EOFError came out of gzip and not out of a socket."""
    return isinstance(error, EOFError) or getattr(error, "errno", None) is None


def _tls_or_lost(message: str) -> str:
    """Tell a certificate that does not verify from a connection that broke."""
    if "certificate" in message.lower():
        return "TLS: the certificate does not verify"
    if "SSL" in message or "TLS" in message:
        return "TLS: the handshake failed"
    return "the connection broke"


def feed_state_of(reason: Rejection) -> FeedState:
    """The state of a feed whose address ended in ``reason``."""
    if reason is Rejection.BAD_ADDRESS:
        return FeedState.FORBIDDEN_ADDRESS
    try:
        return FeedState(reason.value)
    except ValueError:
        # The rest (not-html, unreadable…) are verdicts on a body that was to be a feed.
        return FeedState.MALFORMED


def rejection_of_response(response: Response) -> tuple[Rejection, str] | None:
    """Why an answer is no page and no feed, by its status and its marks; None when it may be one."""
    header = response.headers.get("cf-mitigated")
    if is_challenge(response.body, header):
        return Rejection.BLOCKED, f"a challenge page, HTTP {response.status}"
    if 300 <= response.status < 400 and "Location" in response.headers:
        # Redirects are followed before this; one that is left leads out of the web.
        return Rejection.BAD_ADDRESS, "redirect to what is not http or https"
    reason = rejection_of_status(response.status)
    return (reason, f"HTTP {response.status}") if reason is not None else None


def rejected(entry: FeedEntry, url: str, now: datetime, reason: Rejection, detail: str) -> Rejected:
    """A page that was not had at all."""
    page = Page(entry=entry, url=url, fetched=now, status=0, content_type="", body=b"")
    return Rejected(page=page, reason=reason, detail=detail)


def reservation_of(response: Response, honour: Sequence[str]) -> str | None:
    """What an answer says against mining its text, of what is honoured; None when it says nothing."""
    headers = (
        (name.decode("latin-1"), value.decode("latin-1"))
        for name, values in response.headers.items()
        for value in values
    )
    return honoured(find_signals(headers, response.body), honour)


def page_of(
    response: Response, entry: FeedEntry, now: datetime, *, honour: Sequence[str] = ()
) -> Page | Rejected:
    """The page that an answer is, or why it is none. ``honour``: see crawler/rights.py."""
    content_type = response.headers.get("Content-Type") or b""
    page = Page(
        entry=entry,
        url=response.url,
        fetched=now,
        status=response.status,
        content_type=content_type.decode("latin-1"),
        body=response.body,
    )
    found = rejection_of_response(response)
    if found is None and not response.body:
        found = Rejection.EMPTY, "no body"
    if found is None and NO_TEXT_TYPES.match(content_type):
        found = Rejection.NOT_HTML, page.content_type
    if found is None and (reserved := reservation_of(response, honour)):
        found = Rejection.TDM_RESERVED, reserved
    if found is None:
        return page
    return Rejected(page=replace(page, body=b""), reason=found[0], detail=found[1])
