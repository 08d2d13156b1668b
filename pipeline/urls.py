"""Addresses: one spelling for each page, so that it is fetched and counted once."""

from __future__ import annotations

import ipaddress
import re
from functools import lru_cache
from urllib.parse import SplitResult, quote, urlsplit, urlunsplit

from w3lib.url import canonicalize_url

MAX_URL = 2_000
"""Longest address that is taken, in characters."""

# Parameters that say where a reader came from and never which page is meant. Names that some
# outlets use for the page itself (id, cid, p, source, article) are kept on purpose.
_TRACKER_PREFIXES = (
    "utm_",
    "mtm_",
    "pk_",
    "hsa_",
    "at_",
    "vero_",
    "oly_",
    "mc_",
    "ns_",
    "itm_",
    "__twitter_",
)
_TRACKERS = frozenset(
    """
    fbclid gclid gclsrc dclid msclkid yclid ysclid twclid ttclid igshid igsh wbraid gbraid li_fat_id
    mkt_tok _hsenc _hsmi _ga _gl ref ref_src ref_url referrer referer xtor cmp cmpid cmp_id ocid ito
    smid smtyp sr_share partner_rss ftag ncid ftcamp wt_mc wt.mc wtmc guccounter guce_referrer
    guce_referrer_sig s_cid trk spm rss feed_id echobox_src traffic_source dicbo outputtype mod_rss
    at_xt sfnsn
    """.split()  # noqa: SIM905 (a list of words reads better than a page of quotes)
)
_HOST = re.compile(r"[a-z0-9_-]+(?:\.[a-z0-9_-]+)*")


def is_web_url(url: str) -> bool:
    """Whether ``url`` is an absolute http(s) address with a host. Never raises."""
    try:
        canonical_url(url)
    except ValueError:
        return False
    return True


@lru_cache(maxsize=4_096)  # reading and storing an article ask three times for its address
def canonical_url(url: str) -> str:
    """The spelling under which a page is known.

    Lowercase scheme and host (IDNA), no user, no default port, no fragment, no parameters that only
    track; all others are kept, sorted. ``canonical_url`` of its own result is that result.
    Raises ValueError, in words for a user, for what is no http(s) address.
    """
    parts = _split(url)
    query = "&".join(piece for piece in parts.query.split("&") if piece and not _is_tracker(piece))
    host = _ascii_host(parts.hostname or "")
    default = {"http": 80, "https": 443}[parts.scheme]
    netloc = host if parts.port in (None, default) else f"{host}:{parts.port}"
    plain = urlunsplit((parts.scheme, netloc, _plain_path(parts.path), query, ""))
    canonical = canonicalize_url(canonicalize_url(plain))
    if len(canonical) > MAX_URL:
        raise ValueError("not a web address: it is too long")
    return canonical


def _split(url: str) -> SplitResult:
    cleaned = url.strip()
    if not cleaned or len(cleaned) > MAX_URL:
        raise ValueError(
            "not a web address: it is empty" if not cleaned else "not a web address: it is too long"
        )
    if any(ord(character) < 32 or ord(character) == 127 for character in cleaned):
        raise ValueError("not a web address: it has control characters")
    try:
        parts = urlsplit(cleaned)
        port = parts.port
    except ValueError as error:
        raise ValueError(f"not a web address: {error}") from error
    if parts.scheme not in ("http", "https"):
        raise ValueError(f"not a web address: it begins with {cleaned.partition(':')[0][:20]!r}, not http(s)")
    host = parts.hostname or ""
    if port == 0 or not host.strip("."):
        raise ValueError("not a web address: it has no host")
    _ascii_host(host)
    return parts


def _ascii_host(host: str) -> str:
    """The host as it goes over the wire; a literal IPv6 address in brackets."""
    if ":" in host:
        return f"[{ipaddress.IPv6Address(host.partition('%')[0])}]"
    try:
        ascii_host = host if host.isascii() else host.encode("idna").decode("ascii")
    except UnicodeError as error:
        raise ValueError("not a web address: its host cannot be written in ASCII") from error
    ascii_host = ascii_host.rstrip(".").lower()
    # IDNA maps some letters to punctuation: what comes out is checked, not what went in.
    if not _HOST.fullmatch(ascii_host):
        raise ValueError("not a web address: its host has characters that no host can have")
    return ascii_host


def _plain_path(path: str) -> str:
    """Spaces and letters quoted, what is already quoted left alone; at least "/"."""
    return quote(path, safe="/%:@!$&'()*+,;=-._~") or "/"


def _is_tracker(piece: str) -> bool:
    name = piece.partition("=")[0].lower()
    return name in _TRACKERS or name.startswith(_TRACKER_PREFIXES)
