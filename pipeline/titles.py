"""Which of the titles that a page gives is the article's, and without the outlet's name."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from pipeline.clean import MAX_TITLE, clean_line, mend_encoding
from pipeline.head import Head

_SEPARATOR = re.compile(r"\s+[|–—·•»«:~/-]+\s+|\s*\|\s*|\s+-\s*|:\s+(?=[A-Z][\w.]*$)")
_LETTERS = re.compile(r"\w+")
_MOST_SUFFIX = 45  # an outlet's name and its section are not longer


def choose_title(head: Head, *, feed_title: str, outlet: str, url: str) -> str:
    """The article's title on one line, "" when there is none.

    Pages give their headline in several wordings: the one that the feed has is taken, and without a feed
    the one in the metadata, then the one above the text. The page's own words come before the feed's,
    which are often cut. A suffix goes when it is the outlet's name, or when the page itself shows the
    title without it.
    """
    candidates = [
        _tidy(title) for title in (head.headline, head.h1, head.og_title, head.page_title, feed_title)
    ]
    headline, heading, og_title, page_title, feed = candidates
    others = [title for title in candidates if title]
    names = _names(head.site_name, outlet, url)
    # A first heading is often the outlet's logo or a section: it counts when another title repeats it.
    shown = f"{page_title} {og_title} {feed}".casefold()
    trusted = heading if len(heading) > 12 and _agrees(heading, shown) else ""
    ranked = [headline, trusted, og_title, page_title]
    if feed:
        ranked.sort(key=lambda title: -round(likeness(title, feed), 1))
    for title in (*ranked, feed, heading):
        if title and not _is_name(title, names):
            return _unabridged(without_outlet(title, others, names), others)
    return feed or heading or page_title


def without_outlet(title: str, others: list[str], names: frozenset[str]) -> str:
    """``title`` without the pieces after its last separators that name the outlet."""
    for _ in range(3):
        cuts = list(_SEPARATOR.finditer(title))
        if not cuts:
            break
        first, suffix = title[: cuts[-1].start()].rstrip(), title[cuts[-1].end() :]
        prefix, rest = title[: cuts[0].start()].rstrip(), title[cuts[0].end() :]
        if len(first) >= 8 and len(suffix) <= _MOST_SUFFIX and (_is_name(suffix, names) or first in others):
            title = first
        elif len(rest) >= 8 and _is_name(prefix, names) and "|" in title[cuts[0].start() : cuts[0].end()]:
            title = rest
        else:
            break
    return title


def _unabridged(title: str, others: list[str]) -> str:
    """A title that ends in an ellipsis, as another place of the page writes it in full."""
    start = title.rstrip(" .…")
    if start == title or not title.endswith(("…", "...")):
        return title
    return next((other for other in others if other.startswith(start) and len(other) > len(title)), title)


def _tidy(title: str) -> str:
    return mend_encoding(clean_line(title))[:MAX_TITLE].strip()


def _names(site_name: str, outlet: str, url: str) -> frozenset[str]:
    """What the outlet may be called, as bare letters: "insightcrime"."""
    host = (urlsplit(url).hostname or "").removeprefix("www.")
    labels = host.split(".")
    pieces = [site_name, outlet, host, labels[0], labels[-2] if len(labels) > 1 else ""]
    return frozenset(bare for bare in map(_bare, pieces) if len(bare) >= 2)


def _is_name(piece: str, names: frozenset[str]) -> bool:
    """Whether a piece of a title is the outlet's name, or the name with a word around it."""
    bare = _bare(piece)
    if not bare:
        return True
    if bare in names:
        return True
    return len(bare) <= 40 and any(
        len(name) >= 4 and name in bare and len(bare) <= len(name) + 18 for name in names
    )


def _bare(text: str) -> str:
    return "".join(_LETTERS.findall(text)).casefold()


def likeness(title: str, other: str) -> float:
    """How much two titles have of each other's words: 0 none, 1 all (Dice)."""
    ours, theirs = ({*_LETTERS.findall(one.casefold())} for one in (title, other))
    return 2 * len(ours & theirs) / (len(ours) + len(theirs)) if ours and theirs else 0.0


def _agrees(heading: str, shown: str) -> bool:
    """Whether most of a heading's words stand in the page's other titles."""
    words = _LETTERS.findall(heading.casefold())
    return bool(words) and sum(word in shown for word in words) >= 0.6 * len(words)
