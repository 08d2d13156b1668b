"""The pages of a source: what is normal for them, and whether the last ones are as they used to be. Pure."""

from __future__ import annotations

import math
from dataclasses import replace

from pipeline.vocabulary import Rejection, SourceState
from storage.health_values import Look, Normal, Recent

FADE_PAGES = 300.0
RECENT_PAGES = 7.0
"""After so many pages what is normal, and what is recent, has half of its weight."""
MOST_RECENT = 10.0
"""A run with more pages than these counts as so many: the pages of one day are no ten days."""
ENOUGH_RECENT, ENOUGH_NORMAL = 5.0, 20.0
"""Pages that must be known before anything is said of them."""
FEW = 0.34
"""Less than this share of pages with text, or of the usual length, is a collapse."""
IMPROBABLE = 0.001
NO_VERDICT = frozenset({Rejection.TOO_OLD.value, Rejection.OTHER_LANGUAGE.value, Rejection.FORGOTTEN.value})
"""Reasons that say nothing of how a source fares."""

_OF_PAGES: dict[str, tuple[SourceState, str]] = {
    Rejection.PAYWALLED: (SourceState.PAYWALLED, "are stubs before a paywall"),
    Rejection.BLOCKED: (SourceState.BLOCKED, "are refused to us (403 or a bot wall)"),
    SourceState.OVER_QUOTA: (SourceState.OVER_QUOTA, "are refused to us as too many (429)"),
    Rejection.ROBOTS_DENIED: (SourceState.ROBOTS_DENIED, "are forbidden by its robots.txt"),
    Rejection.TDM_RESERVED: (SourceState.ROBOTS_DENIED, "reserve text and data mining"),
    Rejection.GONE: (SourceState.GONE, "are not there (404)"),
    Rejection.HTTP_ERROR: (SourceState.HTTP_ERROR, "answer with an error"),
    Rejection.TIMEOUT: (SourceState.TIMEOUT, "do not come in time"),
    Rejection.CONNECTION: (SourceState.CONNECTION, "cannot be reached"),
    Rejection.TRUNCATED: (SourceState.TRUNCATED, "end in the middle"),
    Rejection.TOO_LARGE: (SourceState.TOO_LARGE, "are too large"),
    Rejection.REDIRECT_LOOP: (SourceState.REDIRECT_LOOP, "lead in circles"),
    Rejection.FORBIDDEN_ADDRESS: (SourceState.FORBIDDEN_ADDRESS, "lie on an address that is not public"),
    Rejection.BAD_ADDRESS: (SourceState.FORBIDDEN_ADDRESS, "have no address of the web"),
}
"""What it means for a source when most of its pages are rejected for one reason. All other reasons
are of pages that came and gave no text: the outlet's pages are not what they were."""


def finding(normal: Normal, recent: Recent) -> tuple[SourceState, str] | None:
    """What the last pages say against the source; None when they are as they used to be."""
    if recent.pages >= ENOUGH_RECENT and recent.texts <= FEW * recent.pages:
        usual = normal.text_share if normal.pages >= ENOUGH_NORMAL else None
        if usual is None or usual <= FEW or chance_of_few(recent.texts, recent.pages, usual) < IMPROBABLE:
            return _without_text(recent, usual)
    if recent.texts < ENOUGH_RECENT or normal.texts < ENOUGH_NORMAL:
        return None
    usual_length, length = normal.length, recent.characters / recent.texts
    if usual_length and length < FEW * usual_length:
        return (
            SourceState.REDESIGNED,
            f"its texts have {length:.0f} characters; {usual_length:.0f} are usual",
        )
    usual_dated, dated = normal.date_share or 0.0, recent.dated / recent.texts
    if dated < FEW and chance_of_few(recent.dated, recent.texts, usual_dated) < IMPROBABLE:
        return SourceState.REDESIGNED, f"{dated:.0%} of its pages have a date; {usual_dated:.0%} are usual"
    return None


def _without_text(recent: Recent, usual: float | None) -> tuple[SourceState, str]:
    """Why most of the last pages gave no text."""
    share = 1 - recent.texts / recent.pages
    reason, count = max(recent.reasons.items(), key=lambda item: item[1], default=("", 0.0))
    if count >= (recent.pages - recent.texts) / 2 and reason in _OF_PAGES:
        state, words = _OF_PAGES[reason]
        return state, f"{share:.0%} of its pages {words}"
    before = f"; {usual:.0%} had one" if usual is not None and usual > FEW else ""
    return SourceState.REDESIGNED, f"{share:.0%} of its pages give no text ({reason}){before}"


def add_recent(recent: Recent, look: Look) -> Recent:
    """The last pages with those of this look."""
    rejected = {name: n for name, n in look.rejected.items() if name not in NO_VERDICT}
    count = look.texts + sum(rejected.values())
    if not count:
        return recent
    keep, weight = 0.5 ** (count / RECENT_PAGES), min(1.0, MOST_RECENT / count)
    reasons = {name: keep * n for name, n in recent.reasons.items() if keep * n >= 0.01}
    for name, n in rejected.items():
        reasons[name] = reasons.get(name, 0.0) + weight * n
    return Recent(
        pages=keep * recent.pages + weight * count,
        texts=keep * recent.texts + weight * look.texts,
        dated=keep * recent.dated + weight * look.dated,
        characters=keep * recent.characters + weight * look.characters,
        reasons=reasons,
    )


def learn_pages(normal: Normal, look: Look) -> Normal:
    """What is normal of the pages of a source, after those of a look."""
    pages = look.texts + sum(n for name, n in look.rejected.items() if name not in NO_VERDICT)
    if not pages:
        return normal
    keep = 0.5 ** (pages / FADE_PAGES)
    return replace(
        normal,
        pages=keep * normal.pages + pages,
        texts=keep * normal.texts + look.texts,
        dated=keep * normal.dated + look.dated,
        characters=keep * normal.characters + look.characters,
        relevant=keep * normal.relevant + look.relevant,
    )


def chance_of_few(found: float, of: float, usual: float) -> float:
    """The chance of at most ``found`` out of ``of`` where ``usual`` is the share."""
    n, k = round(of), math.floor(found + 0.5)
    return math.fsum(math.comb(n, i) * usual**i * (1 - usual) ** (n - i) for i in range(min(k, n) + 1))
