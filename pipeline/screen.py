"""The cheap first step: can a text be about a foreign drug detainee at all?

A relevant article names a drug or a drug offence, and a custody. One pass of a word automaton over
the plain text tells whether both are there; only then is the article read in full.
"""

from __future__ import annotations

from functools import cache

from ahocorasick_rs import AhoCorasick, Implementation, MatchKind

from pipeline.fold import fold
from pipeline.lexicon import GAP, load_lexicon
from pipeline.vocabulary import LANGUAGES

DRUG, CUSTODY = 1, 2
BOTH = DRUG | CUSTODY


@cache
def _automaton(language: str | None) -> tuple[AhoCorasick, list[int], list[bool]]:
    """The automaton, each pattern's group, and whether a pattern may go on within a word."""
    forms: dict[str, tuple[int, bool]] = {}
    for code in (language,) if language else LANGUAGES:
        raw = load_lexicon(code).raw
        for section, key, group in (
            *(("drugs", key, DRUG) for key in raw["drugs"]),
            ("offence", "drug", DRUG),
            ("people", "mule", DRUG),
            *(("custody", key, CUSTODY) for key in raw["custody"]),
            ("people", "prisoner", CUSTODY),
        ):
            for form in raw[section].get(key, ()):
                # Of a form with a gap the first part is enough; of a phrase all words count.
                piece = form.split(GAP)[0].strip()
                first = piece.split("*")[0] if "*" in piece else piece
                for written in (first.lower().strip(), fold(first).strip()):
                    if len(written) > 1:
                        known = forms.get(written, (0, False))
                        forms[written] = (known[0] | group, known[1] or "*" in piece)
    patterns = list(forms)
    return (
        AhoCorasick(patterns, matchkind=MatchKind.Standard, implementation=Implementation.DFA),
        [forms[p][0] for p in patterns],
        [forms[p][1] for p in patterns],
    )


def could_be_relevant(text: str, language: str | None) -> bool:
    """True when ``text`` has a drug word and a custody word of ``language`` (of any, when None).

    Not accurate about accents that a writer left out of a form with one; at most 0.5 ms for an
    ordinary article. A language that is not read gives False.
    """
    if language is not None and language not in LANGUAGES:
        return False
    automaton, groups, open_ended = _automaton(language)
    lowered = text.lower()
    size = len(lowered)
    found = 0
    for index, start, end in automaton.find_matches_as_indexes(lowered, overlapping=True):
        if groups[index] | found == found:
            continue
        if start and lowered[start - 1].isalnum():
            continue
        if not open_ended[index] and end < size and lowered[end].isalnum():
            continue
        found |= groups[index]
        if found == BOTH:
            return True
    return False
