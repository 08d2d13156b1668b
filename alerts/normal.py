"""A text as rules see it: folded words with one space between, a space at each end. Pure.

    "El «DRUG mule», José"  →  " el drug mule jose "

So a word, a phrase and the beginning of a word are all plain pieces of such a text, whole words by
the spaces around them. In scripts that write no spaces each character counts as a word.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from pipeline.fold import fold

_UNSPACED = (
    ("\u0e00", "\u0eff"),  # Thai, Lao
    ("\u1000", "\u109f"),  # Burmese
    ("\u1780", "\u17ff"),  # Khmer
    ("\u3040", "\u30ff"),  # kana
    ("\u3400", "\u9fff"),  # Chinese characters
    ("\uf900", "\ufaff"),
    ("\U00020000", "\U0003ffff"),
)
_SIMPLE = re.compile("[\x00-\u02ff\u2000-\u206f\u20a0-\u20bf\u2122]*")
"""Text in which ``\\w`` and this module see the same words."""
_WORD = re.compile(r"[^\W_]+")


class _Table(dict[int, str]):
    def __missing__(self, key: int) -> str:
        value = self[key] = _normal(chr(key))
        return value


def _normal(char: str) -> str:
    """What stands for ``char``: a folded letter or digit, nothing for an accent, else a space."""
    category = unicodedata.category(char)
    if category[0] == "M":
        accent = unicodedata.combining(char)
        # Accents and vowel points; signs of Indian and Thai vowels are letters of their words.
        return "" if 10 <= accent <= 35 or accent >= 200 else _apart(char, char)
    if category[0] not in "LN":
        return " "
    folded = fold(char)
    return _apart(char, folded) if folded.isalnum() else " "


def _apart(char: str, folded: str) -> str:
    apart = any(first <= each <= last for first, last in _UNSPACED for each in (char, folded))
    return f" {folded} " if apart else folded


_TABLE = _Table()
_ASCII = {code: _normal(chr(code)) for code in range(128)}
_ODD = re.compile(r"[^\x00-\x7f]")
_FEW = 40
"""Up to so many characters beyond ASCII are replaced one by one, which is five times as quick as a table
for the whole text; a text in another script than Latin has more."""


def normal(text: str) -> str:
    """``text`` as rules see it; a single space when it has no word."""
    return joined(words_of(text))


def joined(words: Sequence[str]) -> str:
    """The normal text that has these words."""
    return f" {' '.join(words)} " if words else " "


def words_of(text: str) -> list[str]:
    """The folded words of ``text``, in order."""
    if not text.isascii():
        odd = set(_ODD.findall(text))
        if len(odd) > _FEW:
            return text.translate(_TABLE).split()
        for char in odd:
            text = text.replace(char, _TABLE[ord(char)])
    return text.translate(_ASCII if text.isascii() else _TABLE).split()


def word_spans(text: str) -> list[tuple[int, int]]:
    """Where the words of ``normal(text)`` stand in ``text``, in order, half open."""
    if _SIMPLE.fullmatch(text):
        return [match.span() for match in _WORD.finditer(text)]
    spans: list[tuple[int, int]] = []
    start = -1
    for index, char in enumerate(text):
        written = _TABLE[ord(char)]
        if written == "":
            continue
        if written[0] == " ":
            if start >= 0:
                spans.append((start, index))
                start = -1
            if len(written) > 1:
                spans.append((index, index + 1))
        elif start < 0:
            start = index
    if start >= 0:
        spans.append((start, len(text)))
    return spans
