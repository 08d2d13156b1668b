"""Counts which words are ordinary ones, so that a capital does not make a name of them.

    python -m bench.ordinary > pipeline/data/ordinary_words.txt

Over the ordinary articles of ../shared/general. A word that may have a capital is ordinary where a
quarter of its occurrences are written small; in German, where every noun has a capital, where an
article, a number or another small word that belongs to a noun often stands before it. What comes
out is a list of words and holds nothing of a text.
"""

from __future__ import annotations

import re
from collections import Counter

from bench.gold import SHARED, read_lines
from pipeline.fold import fold

CAPITALS = 4
"""Occurrences with a capital from which a word is worth a line."""
SMALL = 0.25
NOUN = 0.12
READ = 6_000
_WORD = re.compile(r"[^\W\d_]+")
_BEFORE_NOUNS = frozenset(
    [
        "der",
        "die",
        "das",
        "den",
        "dem",
        "des",
        "ein",
        "eine",
        "einen",
        "einem",
        "einer",
        "eines",
        "kein",
        "keine",
        "keinen",
        "keiner",
        "im",
        "am",
        "zum",
        "zur",
        "vom",
        "beim",
        "ins",
        "ans",
        "seine",
        "seinen",
        "seiner",
        "ihre",
        "ihren",
        "ihrer",
        "diese",
        "diesen",
        "dieser",
        "dieses",
        "jede",
        "jeder",
        "jedes",
        "viele",
        "mehrere",
        "alle",
        "zwei",
        "drei",
        "vier",
        "sechs",
        "sieben",
        "acht",
        "neun",
        "zehn",
    ]
)


def main() -> None:
    """Prints the words, sorted."""
    all_, small, noun = Counter[str](), Counter[str](), Counter[str]()
    for path in sorted((SHARED / "general").glob("*.jsonl.gz")):
        for row in read_lines(path):
            before = ""
            for match in _WORD.finditer(row["text"][:READ]):
                surface = match.group()
                word = fold(surface)
                if row["lang"] == "de" and surface[0].isupper():
                    noun[word] += before in _BEFORE_NOUNS
                    small[word] += 0
                    all_[word] += 1
                else:
                    small[word] += surface[0].islower()
                    all_[word] += 1
                before = surface if surface.islower() else ""
    words = {
        word
        for word, count in all_.items()
        if len(word) >= 2
        and (
            (count - small[word] >= CAPITALS and small[word] >= SMALL * count)
            or (noun[word] >= 2 and noun[word] >= NOUN * count)
        )
    }
    print("\n".join(sorted(words)))


if __name__ == "__main__":
    main()
