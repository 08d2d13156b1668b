"""Counts which words often have a capital in general news.

    python -m bench.capitals > pipeline/data/common_capitals.txt

Over the ordinary articles of ../shared/general, by language; a word that stands with a capital in
this share of a language's articles tells no two cases apart. What comes out is a list of words and
holds nothing of a text.
"""

from __future__ import annotations

import re
from collections import Counter

from bench.gold import SHARED, read_lines
from pipeline.fold import fold

SHARE = {"en": 0.004, "es": 0.004, "pt": 0.004, "it": 0.005, "fr": 0.006, "de": 0.006}
"""Higher where there are fewer articles; two articles are the least in any language."""
LEAST = 2
READ = 6_000
_WORD = re.compile(r"[^\W\d_][\w'’-]*")


def main() -> None:
    """Prints the words, sorted."""
    articles: Counter[str] = Counter()
    seen: dict[str, Counter[str]] = {language: Counter() for language in SHARE}
    for path in sorted((SHARED / "general").glob("*.jsonl.gz")):
        for row in read_lines(path):
            if row["lang"] not in SHARE:
                continue
            articles[row["lang"]] += 1
            words = (match.group() for match in _WORD.finditer(row["text"][:READ]))
            seen[row["lang"]].update({fold(word) for word in words if word[0].isupper() and len(word) >= 3})
    common = {
        word
        for language, counts in seen.items()
        for word, count in counts.items()
        if word.isalpha() and count >= max(LEAST, SHARE[language] * articles[language])
    }
    print("\n".join(sorted(common)))


if __name__ == "__main__":
    main()
