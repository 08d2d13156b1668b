"""Text of outlets, made harmless for a mail, with the marks of what matched. Pure.

Nothing that steers a reader's program is left: no control characters, no marks of direction, no
invisible ones, no line breaks. Escaping for HTML is the templates' business.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import urlsplit

MOST_TITLE = 250
"""Characters of a title that are shown."""
MOST_EXCERPT = 500
"""Characters of a sentence that are shown."""
_SPACES = re.compile(r"\s+")
_MOST_MARKS = 3  # combining marks on one letter; more is a tower of ink


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A piece of a text, marked or not."""

    text: str
    marked: bool = False


def neutral(text: str, most: int | None = None) -> str:
    """``text`` on one line without anything invisible, cut at a word to ``most`` characters."""
    clean = _SPACES.sub(" ", _bare(text)).strip()
    return clean if most is None else cut(clean, most)


def cut(text: str, most: int) -> str:
    """``text`` of at most ``most`` characters, cut after a word where there is one near."""
    if len(text) <= most:
        return text
    short = text[: most - 1]
    space = short.rfind(" ", most * 2 // 3)
    return (short[:space] if space > 0 else short).rstrip(" ,;:–—-") + "…"


def pieces(text: str, marks: Iterable[Sequence[int]], most: int) -> tuple[Piece, ...]:
    """The text in pieces, as ``neutral`` would have it. ``marks`` are (start, end) in ``text``; those that
    make no sense are left out. A long text is cut around its first mark."""
    spans = _tidy(marks, len(text))
    found: list[Piece] = []
    place = 0
    for start, end in spans:
        found += [Piece(text=_line(text[place:start])), Piece(text=_line(text[start:end]), marked=True)]
        place = end
    found.append(Piece(text=_line(text[place:])))
    return _shortened(_joined(found), most)


def web_address(url: str) -> str:
    """``url`` where it is one of the web that a link may lead to; "" otherwise."""
    clean = _bare(url).strip()
    try:
        parts = urlsplit(clean)
        fine = parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        return ""
    return clean if fine and clean == url.strip() and not re.search(r"[\s<>\"]", clean) else ""


def host_of(url: str) -> str:
    """The host that a link really leads to, in ASCII, so that no letter of it can pass for another."""
    try:
        host = urlsplit(url).hostname or ""
        return (host if host.isascii() else host.encode("idna").decode("ascii")).removeprefix("www.")
    except (ValueError, UnicodeError):
        return ""


def _line(text: str) -> str:
    return _SPACES.sub(" ", _bare(text))


def _bare(text: str) -> str:
    kept: list[str] = []
    marks = 0
    for char in text:
        sort = _sort(char)
        marks = marks + 1 if sort in ("Mn", "Me") else 0
        if sort == "Cc":
            kept.append(" ")
        elif sort not in ("Cf", "Cs", "Co", "Cn", "Zl", "Zp") and marks <= _MOST_MARKS:
            kept.append(char)
        elif sort in ("Zl", "Zp"):
            kept.append(" ")
    return "".join(kept)


@lru_cache(maxsize=4096)
def _sort(char: str) -> str:
    return unicodedata.category(char)


def _tidy(marks: Iterable[Sequence[int]], length: int) -> list[tuple[int, int]]:
    """Marks in order, inside the text, none in another."""
    found: list[tuple[int, int]] = []
    for start, end in sorted((int(mark[0]), int(mark[1])) for mark in marks):
        start = max(start, found[-1][1] if found else 0)
        if start < min(end, length):
            found.append((start, min(end, length)))
    return found


def _joined(found: list[Piece]) -> list[Piece]:
    """Without empty pieces, and without spaces at the ends or twice where two pieces meet."""
    kept: list[Piece] = []
    for piece in found:
        text = piece.text
        if not kept or kept[-1].text.endswith(" "):
            text = text.lstrip(" ")
        if text:
            kept.append(Piece(text=text, marked=piece.marked))
    if kept:
        kept[-1] = Piece(text=kept[-1].text.rstrip(" "), marked=kept[-1].marked)
    return [piece for piece in kept if piece.text]


def _shortened(found: list[Piece], most: int) -> tuple[Piece, ...]:
    if sum(len(piece.text) for piece in found) <= most:
        return tuple(found)
    before = 0
    for piece in found:
        if piece.marked:
            break
        before += len(piece.text)
    skip = max(0, before - most // 3) if any(piece.marked for piece in found) else 0
    kept: list[Piece] = []
    room = most
    for piece in found:
        text = piece.text
        if skip:
            dropped = text[:skip]
            text = text[skip:]
            skip -= len(dropped)
            if not text:
                continue
            # A word is not begun in its middle, unless it is all that is left.
            begin = text.find(" ")
            text = "…" + (text[begin + 1 :] if 0 <= begin < 40 else text)
        if room <= 0:
            break
        shown = text if len(text) <= room else cut(text, max(room, 2))
        room -= len(text)
        kept.append(Piece(text=shown, marked=piece.marked))
    return tuple(kept)
