"""What a body is: a page of text, a file, a feed, a bot wall, a teaser behind a paywall, a stub."""

from __future__ import annotations

import re

from pipeline.clean import looks_paywalled
from pipeline.head import Head
from pipeline.types import Page, Rejected
from pipeline.vocabulary import Rejection

MIN_TEXT = 140
"""A page with less text under its title is a stub: a video, a gallery, a teaser."""

SMALL = 3_000  # a challenge page or a paywall's teaser has less text than this
_TEASER = 1_200
_MARKUP = re.compile(r"<(?:!doctype\s+html|html|head|body|p|div|article|h1|title|meta)\b", re.IGNORECASE)
_FEED = re.compile(rb"<(?:rss|feed|rdf:RDF|urlset|sitemapindex)[\s>]")
_MAGIC = (
    b"%PDF",
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"GIF8",
    b"PK\x03\x04",
    b"\x1f\x8b",
    b"RIFF",
    b"ID3",
    b"OggS",
    b"%!PS",
)
_NOT_TEXT = (
    "image/",
    "video/",
    "audio/",
    "font/",
    "application/pdf",
    "application/zip",
    "application/octet-stream",
)
_CHALLENGE_TITLE = re.compile(
    r"^(?:just a moment|attention required|access denied|access to this page has been denied"
    r"|pardon our interruption|please wait|one moment, please|verif(?:y|ying) you are"
    r"|are you (?:a )?(?:human|robot)|robot or human|checking your browser|security check"
    r"|ddos-guard|human verification|bot verification|captcha|request rejected"
    r"|403 forbidden|error 403|you have been blocked|sorry, you have been blocked|un momento"
    r"|nur einen moment|einen moment|un instant|um momento|un attimo|even geduld"
    r"|een moment|acceso denegado|zugriff verweigert|accès refusé|acesso negado"
    r"|accesso negato|toegang geweigerd"
    r")",
    re.IGNORECASE,
)
_CHALLENGE_MARK = re.compile(
    rb"_cf_chl_opt|cf-chl-|cf-browser-verification|captcha-delivery\.com|px-captcha|perimeterx|_Incapsula_Resource"
    rb"|incapsula incident id|errors\.edgesuite\.net|/_sec/cp_challenge|sec-if-cpt-containerb"
    rb"|awsWafCookieDomainList|ddos-guard|g-recaptcha|h-captcha|hcaptcha\.com|distil_r_captcha",
    re.IGNORECASE,
)


def no_page_of_text(page: Page) -> tuple[Rejection, str] | None:
    """Why a body is no page of text, judged before it is decoded."""
    kind = page.content_type.partition(";")[0].strip().lower()
    start = page.body[:1_024].lstrip()
    if not start and not page.body.strip():
        return Rejection.EMPTY, "no body"
    if start.startswith(_MAGIC):
        return Rejection.NOT_HTML, kind or "a file, not a page"
    if kind.startswith(_NOT_TEXT) and not start.lower().startswith((b"<!doctype", b"<html")):
        return Rejection.NOT_HTML, kind
    if b"\x00" in start and not start.startswith((b"\xff\xfe", b"\xfe\xff")):
        return Rejection.NOT_HTML, kind or "binary data"
    if _FEED.search(start) and b"<html" not in start.lower():
        return Rejection.NOT_HTML, "a feed"
    if kind.endswith("json") or (not kind and start.startswith((b'{"', b"[{"))):
        return Rejection.NOT_HTML, kind or "JSON"
    return None


def is_plain_text(content_type: str, decoded: str) -> bool:
    kind = content_type.partition(";")[0].strip().lower()
    if kind in ("text/html", "application/xhtml+xml"):
        return False
    return not _MARKUP.search(decoded[:5_000])


def is_challenge(head: Head, title: str, body: bytes, text: str) -> bool:
    """Whether a page is a bot wall: its own title or a wall's script, and hardly any text."""
    if _CHALLENGE_TITLE.match(head.page_title or title):
        return len(text) < SMALL / 2
    return len(text) < MIN_TEXT * 2 and _CHALLENGE_MARK.search(body) is not None


def find_stub(page: Page, head: Head, text: str, html: str) -> Rejected | None:
    """Why a text is too little to be an article, or None."""
    if (
        len(text) < _TEASER
        and html
        and (looks_paywalled(text) or (len(text) < _TEASER / 2 and head.free is False))
    ):
        return Rejected(page=page, reason=Rejection.PAYWALLED, detail=f"{len(text)} characters")
    if not text and html:
        return Rejected(page=page, reason=Rejection.EMPTY, detail="a title and no text")
    if len(text) < MIN_TEXT and html:
        return Rejected(page=page, reason=Rejection.TOO_SHORT, detail=f"{len(text)} characters")
    return None
