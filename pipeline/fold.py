"""Accent- and case-folding that keeps every offset: one character in, one character out.

Lexicons and texts are folded by the same function, so that a match in the folded text has the same
offsets in the text as it was written.
"""

from __future__ import annotations

import unicodedata
from functools import cache


@cache
def _fold_char(char: str) -> str:
    parts = unicodedata.normalize("NFKD", char)
    if "\uac00" <= char <= "\ud7a3" or parts[1:2] in ("\u3099", "\u309a"):
        # What comes after the first part of a Korean syllable or a voiced kana is no accent.
        parts = unicodedata.normalize("NFKC", char)
    base = parts[:1].casefold()
    return base if len(base) == 1 else base[:1] or char


class _Table(dict[int, str]):
    def __missing__(self, key: int) -> str:
        value = self[key] = _fold_char(chr(key))
        return value


_TABLE = _Table()


def fold(text: str) -> str:
    """Return ``text`` without accents and in lower case, character by character.

    ``len(fold(text)) == len(text)`` always; ß becomes s, ligatures become their first letter.
    """
    return text.translate(_TABLE)
