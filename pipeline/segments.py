"""Text → sentences, by rules whose words are data (``data/sentences.toml``).

Paragraphs end at line breaks and a sentence never crosses one. Within a paragraph every run of
full stops, question marks, exclamation marks and ellipses, with the quotes and brackets that
close after it, is a candidate; the rules below say which of them end a sentence. Time is linear
in the length of the text.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from pipeline.types import Segment

_LINE = re.compile(r"[^\n\r\u2028\u2029]+")
# The pattern has no tail that could fail, so each run is looked at once.
_STOP = re.compile(r"([.!?…]++)([\"'”’»«“)\]}*]*+)")
_OPENERS = re.compile(r"[\s\"'“”„‟‘’‚«»‹›(\[{¿¡*–—−\-•]*+")
_SPACE = re.compile(r"\s*+")
_FRENCH_CLOSE = re.compile(r"[ \u00a0\u202f]?[»”\"](?=\s|$)")
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_BULLET = re.compile(r"(?<=\s)[•●▪■◆►](?=\s)")
_ROMAN_OR_DIGIT = re.compile(r"[§\d]|[IVXLC]+\b")
_DUTCH_CLITIC = re.compile(r"['’‘`][snt] [A-ZÀ-Ý]")
_DOMAIN = re.compile(r"(?:com|org|net|info|gov|edu|co|html?|php|[a-z]{2})\b", re.IGNORECASE)
_AGENCY = re.compile(r"\([A-Z][\w./ -]{1,20}\)")
_THREE_DIGITS = re.compile(r"\d{3}(?!\d)")
_TOKEN = 24  # longest abbreviation looked back for, in characters
_DATELINE = 90  # a dash this near to a paragraph's start belongs to its dateline


@dataclass(frozen=True, slots=True)
class _Rules:
    """The words of one language together with those of all."""

    titles: frozenset[str]
    numbered: frozenset[str]
    final: frozenset[str]
    starters: frozenset[str]


@cache
def _tables() -> dict[str, dict[str, list[str]]]:
    return tomllib.loads(files("pipeline").joinpath("data/sentences.toml").read_text(encoding="utf-8"))


@cache
def _rules(language: str) -> _Rules:
    """The rules of a language; one that is not read has those of all languages together with English."""
    tables = _tables()
    both = (tables["all"], tables.get(language) or tables["en"])
    union = {
        key: frozenset(word.casefold().rstrip(".") for table in both for word in table[key])
        for key in ("titles", "numbered", "final", "starters")
    }
    return _Rules(**union)


def split_sentences(text: str, language: str, *, has_title: bool = True) -> tuple[Segment, ...]:
    """The sentences of a text, in order.

    Paragraphs are the lines that are not blank. The first one has number 0 when ``has_title``, else 1.
    Every character that is no white space lies in exactly one segment; no segment begins or ends
    with white space. Never raises, whatever the text or the language.
    """
    rules = _rules(language)
    found: list[Segment] = []
    paragraph = 0 if has_title else 1
    for line in _LINE.finditer(text):
        if line.group().isspace():
            continue
        begin = line.start()
        for end in (*_ends(text, line.start(), line.end(), language, rules), line.end()):
            piece = text[begin:end]
            left = len(piece) - len(piece.lstrip())
            right = len(piece.rstrip())
            if left < right:
                found.append(Segment(start=begin + left, end=begin + right, paragraph=paragraph))
            begin = end
        paragraph += 1
    return tuple(found)


def _ends(text: str, first: int, last: int, language: str, rules: _Rules) -> Iterator[int]:
    """Offsets in ``text[first:last]`` at which a sentence ends and another begins."""
    bullets = [match.start() for match in _BULLET.finditer(text, first, last) if match.start() > first]
    stops = _stops(text, first, last, language, rules)
    if not bullets:
        return stops
    return iter(sorted({*stops, *bullets}))


def _stops(text: str, first: int, last: int, language: str, rules: _Rules) -> Iterator[int]:
    begin = first
    for match in _STOP.finditer(text, first, last):
        end = match.end()
        if language == "fr" and (close := _FRENCH_CLOSE.match(text, end, last)):
            end = close.end()
        space = _SPACE.match(text, end, last)
        after = space.end() if space else end
        if after >= last:
            return
        if after == end:
            if _is_glued_end(text, match, last, rules):
                yield (begin := end)
            continue
        if _ends_here(text, match, first, begin, last, after, language, rules):
            yield (begin := end)


def _is_glued_end(text: str, match: re.Match[str], last: int, rules: _Rules) -> bool:
    """Whether a stop with no space after it ends a sentence: "was jailed.The court"."""
    if match.group(1) not in (".", "!", "?") or match.start() < 3 or match.end() + 1 >= last:
        return False
    before = text[match.start() - 2 : match.start()]
    following = text[match.end() : match.end() + 2]
    if not (before.isalpha() and before.islower() and following.isalpha() and following.istitle()):
        return False
    return not _DOMAIN.match(text, match.end(), last) and _token(text, 0, match.start()) not in rules.titles


def _ends_here(
    text: str,
    match: re.Match[str],
    first: int,
    begin: int,
    last: int,
    after: int,
    language: str,
    rules: _Rules,
) -> bool:
    """Whether the candidate ends the sentence from ``begin``; ``after`` is where the next word is."""
    opened = _OPENERS.match(text, after, last)
    at = opened.end() if opened else after
    if at >= last:
        return False  # only quotes and dashes are left: they belong to this sentence
    head = text[at]
    if head.islower():
        return language == "nl" and _DUTCH_CLITIC.match(text, max(after, at - 1), last) is not None
    marks = match.group(1)
    if marks == "…" or (marks.startswith("..") and set(marks) == {"."}):
        # "(…)" and "[...]" stand for what was left out inside a sentence.
        return not (
            match.start() > first and text[match.start() - 1] in "([" and match.group(2)[:1] in (")", "]")
        )
    if marks != ".":
        return True
    if match.group(2):
        return True  # a quote or bracket closed after the full stop
    if match.start() - first < _DATELINE and (text[after] in "–—−-" or _AGENCY.match(text, after, last)):
        return False  # "LIMA, 3 may. - Dos…", "3 may. (EFE) …": these tie the dateline to its sentence
    return _full_stop_ends(text, match.start(), begin, last, at, language, rules)


def _full_stop_ends(
    text: str, stop: int, begin: int, last: int, at: int, language: str, rules: _Rules
) -> bool:
    """The rule for a single full stop before a word that begins with a capital or a digit."""
    token = _token(text, begin, stop)
    if token.isdigit():
        alone = not text[begin : stop - len(token)].strip() if stop - begin < _TOKEN else False
        return _number_ends(text, token, at, last, alone, language, rules)
    if token in rules.titles or token.rpartition("-")[2] in rules.titles:
        return False
    if token in rules.numbered:
        return not _ROMAN_OR_DIGIT.match(text, at, last)
    word = _WORD.match(text, at, last)
    starts = _is_starter(word, text, rules)
    if token in rules.final:
        return starts
    # Initials ("J.", "R.H.") and dotted abbreviations ("U.N.O.") that no list has.
    if len(token) == 1 and token.isalpha():
        return starts
    if "." in token and all(len(part) <= 2 and part.isalpha() for part in token.split(".")):
        return starts
    return True


def _number_ends(
    text: str, token: str, at: int, last: int, alone: bool, language: str, rules: _Rules
) -> bool:
    if alone and len(token) <= 2:
        return False  # "1. The suspect…" numbers a list
    if len(token) <= 3 and _THREE_DIGITS.match(text, at, last):
        return False  # a number written with a space after its separator
    if language == "de" and len(token) <= 2:
        word = _WORD.match(text, at, last)
        return _is_starter(word, text, rules)
    return True


def _is_starter(word: re.Match[str] | None, text: str, rules: _Rules) -> bool:
    """Whether a word begins sentences; a letter with a full stop ("J. A. Smith") is an initial instead."""
    if word is None:
        return False
    folded = word.group().casefold()
    if folded not in rules.starters and folded.replace("’", "'").partition("'")[0] not in rules.starters:
        return False
    return len(word.group()) > 1 or text[word.end() : word.end() + 1] != "."


def _token(text: str, first: int, stop: int) -> str:
    """What stands before a full stop, back to white space or an opening mark, folded."""
    piece = text[max(first, stop - _TOKEN) : stop]
    start = len(piece)
    while start and not (piece[start - 1].isspace() or piece[start - 1] in "\"'“”„‘’«»(["):
        start -= 1
    return piece[start:].casefold()
