"""Extracted or handed-in text → the article's own paragraphs.

Control characters go, white space is made plain, and lines that are the site's and not the
article's (``data/boilerplate.toml``) are dropped by general rules. No rule knows any one site.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

MAX_TITLE = 400
"""A first line that is longer is a paragraph, not a title. In characters."""

# Soft hyphens, zero-width and bidirectional controls, byte order marks: invisible, and traps for matching.
_INVISIBLE = "\u00ad\u200b\u200c\u200d\u200e\u200f\u061c\u2060\u2061\u2062\u2063\ufeff\ufffe\uffff" + "".join(
    map(chr, (*range(0x202A, 0x202F), *range(0x2066, 0x206A)))
)
_CONTROLS = "".join(map(chr, (*range(9), 11, 12, *range(14, 32), *range(127, 160))))
_TABLE = (
    dict.fromkeys(map(ord, _INVISIBLE))
    | dict.fromkeys(map(ord, _CONTROLS), " ")
    | dict.fromkeys(range(0xD800, 0xE000), "\ufffd")
    | {0x2028: "\n", 0x2029: "\n", 0x0D: "\n", 0x85: "\n"}
)
_ODD = re.compile("[" + re.escape("".join(map(chr, _TABLE))) + "]")
_NO_LETTERS = re.compile(r"[\W_]+")
_TERMINAL = re.compile(r"[.!?…:;][\"'”’»«)\]]*$")
_TERMINALS_INSIDE = re.compile(r"[.!?][\"'”’»)]*(?:\s|$)")
_EDGES = " \t:-–—.!>»›|*•"
_MOJIBAKE = re.compile("(?:[\u00c2-\u00f4][\u0080-\u00bf\u0152-\u0178\u02c6\u02dc\u2013-\u2122\u20ac]{1,3})+")
_MOJIBAKE_SIGN = re.compile("[ÃÂ][\u0080-\u00bf]|â€[\u0080-\u2122]")

_SHORT_LINE = 160  # a site's own line is hardly longer
_LABEL_LINE = 250  # "SEE ALSO: …" may carry a headline
_PROMPT_LINE = 700
_FULL = 100  # from this length on, a line that ends like a sentence is a paragraph of prose
_NAVIGATION = 120  # "HomeNewsAnalysis" and its like are not longer
_SINCE = 200  # as much article must stand before a heading that ends it


@dataclass(frozen=True, slots=True)
class _Phrases:
    whole: frozenset[str]
    prefix: dict[str, tuple[str, ...]]  # by their first two characters
    box: frozenset[str]
    tail: frozenset[str]
    prompt: dict[str, tuple[str, ...]]
    paywall: re.Pattern[str]


@cache
def _phrases() -> _Phrases:
    """All languages together: pages mix them, and the phrases do not collide."""
    tables = tomllib.loads(files("pipeline").joinpath("data/boilerplate.toml").read_text(encoding="utf-8"))
    union = {
        key: sorted({phrase.casefold() for table in tables.values() for phrase in table[key]})
        for key in ("whole", "prefix", "box", "tail", "prompt", "paywall")
    }
    return _Phrases(
        whole=frozenset(union["whole"]),
        prefix=_by_start(union["prefix"]),
        box=frozenset(union["box"]),
        tail=frozenset(union["tail"]),
        prompt=_by_start(union["prompt"]),
        paywall=re.compile("|".join(re.escape(phrase) for phrase in union["paywall"])),
    )


def _by_start(phrases: list[str]) -> dict[str, tuple[str, ...]]:
    starts: dict[str, list[str]] = {}
    for phrase in phrases:
        starts.setdefault(phrase[:2], []).append(phrase)
    return {start: tuple(found) for start, found in starts.items()}


def clean_text(text: str) -> str:
    """Plain paragraphs, one a line: NFC, no control, invisible or bidirectional characters, single
    spaces, no blank lines. Nothing else is taken away."""
    if "\r" in text:
        text = text.replace("\r\n", "\n")
    if _ODD.search(text):  # most texts have nothing odd, and translating is slow
        text = text.translate(_TABLE)
    lines = (" ".join(line.split()) for line in unicodedata.normalize("NFC", text).split("\n"))
    return "\n".join(line for line in lines if line)


def clean_line(text: str) -> str:
    """The same for what stands on one line, such as a title."""
    return " ".join(clean_text(text).split("\n"))


def mend_encoding(text: str) -> str:
    """Text that was UTF-8 read as windows-1252 ("dÃ©tenu") → what was meant; other text unchanged."""
    if not any(sign in text for sign in ("Ã", "Â", "â€")) or len(_MOJIBAKE_SIGN.findall(text[:20_000])) < 2:
        return text
    return _MOJIBAKE.sub(_mended, text)


def _mended(match: re.Match[str]) -> str:
    raw = bytearray()
    for character in match.group():
        try:
            raw += character.encode("windows-1252")
        except UnicodeEncodeError:
            if ord(character) > 255:
                return match.group()
            raw.append(ord(character))
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return match.group()


def looks_paywalled(text: str) -> bool:
    """Whether a text asks its reader to subscribe in order to read on."""
    return _phrases().paywall.search(text.casefold()) is not None


def trim_boilerplate(text: str, title: str = "") -> str:
    """Drop the lines that are not the article's own from a cleaned text.

    Labels, prompts and link boxes go wherever they stand; from the heading of a tail ("Related
    Content") on everything goes, unless more than a fifth of the prose would go with it.
    """
    phrases = _phrases()
    lines = text.split("\n")
    prose = [is_prose(line) for line in lines]
    left = sum(len(line) for line, full in zip(lines, prose, strict=True) if full)
    kept: list[str] = []
    seen = 0  # characters kept so far
    told = 0  # characters of prose so far
    in_box = False
    for line, full in zip(lines, prose, strict=True):
        heading = len(line) < 60
        key = line.strip(_EDGES).casefold() if heading else line
        if heading and key in phrases.tail and seen >= _SINCE and left <= told / 4:
            break
        if heading and (key in phrases.box or key in phrases.tail):
            in_box = True
            continue
        if in_box and not full and not _TERMINAL.search(line):
            continue
        in_box = False
        if full:
            told += len(line)
            left -= len(line)
        if _is_site_line(line, key, phrases) or (seen == 0 and title and line == title):
            continue
        kept.append(line)
        seen += len(line)
    return "\n".join(kept)


def is_prose(line: str) -> bool:
    """Whether a line is a paragraph of an article and no label, headline or teaser."""
    return len(line) >= _FULL and not line.endswith("…") and _TERMINAL.search(line) is not None


def without_titles(text: str, titles: tuple[str, ...]) -> str:
    """A body without the lines at its beginning that repeat one of its titles, a kicker before it or not."""
    known = [bare for bare in map(bare_letters, {*titles}) if len(bare) >= 12]
    lines = text.split("\n")
    top = [line for line in lines[:4] if len(line) > MAX_TITLE or not _repeats(bare_letters(line), known)]
    return "\n".join(top + lines[4:])


def _repeats(bare: str, known: list[str]) -> bool:
    return any(bare == title or (len(bare) <= len(title) + 60 and bare.endswith(title)) for title in known)


def bare_letters(text: str) -> str:
    """Letters and digits alone, folded: what two spellings of one line have in common."""
    return _NO_LETTERS.sub("", text).casefold()


def prose_length(text: str) -> int:
    """How many characters of a cleaned text stand in paragraphs of prose."""
    return sum(len(line) for line in text.split("\n") if is_prose(line))


def _is_site_line(line: str, key: str, phrases: _Phrases) -> bool:
    if not key or key in phrases.whole:
        return True
    if len(line) > _PROMPT_LINE:
        return False
    folded = line[:80].lstrip(_EDGES).casefold()
    if folded.startswith(phrases.prompt.get(folded[:2], ())):
        return True
    if len(line) > _LABEL_LINE or not folded.startswith(phrases.prefix.get(folded[:2], ())):
        return False
    if ":" in line[:40] or "|" in line[:40]:
        return len(_TERMINALS_INSIDE.findall(line)) <= 1
    return len(line) <= _SHORT_LINE and (len(line) <= 80 or not _TERMINAL.search(line))


def clean_plain_text(text: str) -> tuple[str, str]:
    """A handed-in plain text, perhaps copied from a site with what stood around → (title, body).

    The title is the first line that is not blank when a blank line follows; "" when there is none.
    A line that is the title with navigation words glued before it ("HomeNewsThe title") is dropped,
    and so is its repetition. The body is cleaned and trimmed as that of a page.
    """
    blocks = _blocks(text)
    title, rest = _title_of(blocks)
    return title, trim_boilerplate(clean_text("\n".join(rest)), title)


def _blocks(text: str) -> list[str]:
    """Runs of lines between blank ones. Lines wrapped at a fixed width are joined again."""
    text = mend_encoding(text).replace("\r\n", "\n").replace("\r", "\n")
    blocks: list[list[str]] = [[]]
    for line in text.split("\n"):
        plain = clean_line(line)
        if plain:
            blocks[-1].append(plain)
        elif blocks[-1]:
            blocks.append([])
    found = [block for block in blocks if block]
    inner = [len(line) for block in found for line in block[:-1]]
    wrapped = len(inner) >= 3 and max(inner) <= 100 and sum(n >= 50 for n in inner) >= 0.7 * len(inner)
    return [" ".join(block) if wrapped else "\n".join(block) for block in found]


def _title_of(blocks: list[str]) -> tuple[str, list[str]]:
    """The title, and the blocks without it and what stood before it."""
    # A line that ends in what stands alone below is that title with the site's path glued to it.
    for at, block in enumerate(blocks[:4]):
        for below in range(at + 1, min(at + 4, len(blocks))):
            other = blocks[below]
            if _is_title_of(block, other, first=at == 0):
                return other, [piece for piece in blocks[below + 1 :] if piece != other]
    if len(blocks) > 1 and "\n" not in blocks[0] and len(blocks[0]) <= MAX_TITLE:
        return blocks[0], blocks[1:]
    return "", blocks


def _is_title_of(block: str, other: str, *, first: bool) -> bool:
    """Whether ``block`` is the line ``other`` once more, or with navigation words before it."""
    if "\n" in block or not 10 <= len(other) <= MAX_TITLE // 2 or not block.endswith(other):
        return False
    return first if block == other else len(block) - len(other) <= _NAVIGATION
