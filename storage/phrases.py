"""Words one after another, looked for in texts and addresses alike. Pure."""

from __future__ import annotations

import re
from urllib.parse import unquote

from pipeline.errors import QueryError
from pipeline.fold import fold

SHORTEST = 4
"""Letters and figures that a search needs, so that it does not find half of everything."""
_WORD = re.compile(r"[^\W_]+")


class Needle:
    """The words that are looked for. Capitals, accents and what stands between words do not count;
    "Jan Jansen" is found in "JAN JANSEN", in "Jansen, Jan" not, in "/news/jan-jansen-held" it is."""

    def __init__(self, words: str) -> None:
        found = _WORD.findall(fold(words))
        if sum(map(len, found)) < SHORTEST:
            raise QueryError(
                f"{words!r} is too short to look for; give at least {SHORTEST} letters.", key="match"
            )
        self._first = max(found, key=len)
        self._wanted = f" {' '.join(found)} "

    def stands_in(self, text: str) -> bool:
        """Whether the words stand in a text or an address."""
        if "%" in text and "://" in text[:12]:
            text = unquote(text)
        folded = fold(text)
        return self._first in folded and self._wanted in f" {' '.join(_WORD.findall(folded))} "
