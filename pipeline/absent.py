"""People who are not of a nationality, and people of whom there is none.

"131 women who are not Argentines", "71 keinen Schweizer Pass"  → foreigners
"not one Tanzanian was executed", "ningún español"              → nobody
"""

from __future__ import annotations

from dataclasses import replace

from pipeline.copulas import copula_counts
from pipeline.figures import OWN_COUNT, figure_words
from pipeline.groups import Group
from pipeline.mentions import Document
from pipeline.phrases import PERSONS, Reader
from pipeline.vocabulary import UNKNOWN_COUNTRY

REACH = 6  # words between a denial and the nationality
VERB_REACH = 3  # words between "are" and "not", "sind" and "keine"
LEAST = 2  # people who are said to be foreigners in this way
NOT, NONE = "not", "none"  # they are of another nationality; there are none


def _is_paper(reader: Reader, word: int) -> bool:
    """Whether a word is one for a nationality or a passport."""
    return reader.has(word, "people", "passport") or (
        not reader.has(word, "function", "of_from")
        and any(m.label.key == "nationality_of" and m.last == word for m in reader.cover.get(word, ()))
    )


def _is_verb(reader: Reader, word: int) -> bool:
    """ "are", "sono", "hebben": a verb that gives people a nationality."""
    said = reader.doc.words[word]
    return (
        said in figure_words("be")
        or said in figure_words("having")
        or reader.has(word, "function", "verb_one", "verb_many")
    )


def denial(reader: Reader, group: Group) -> str:
    """NOT for "are not Belgians" and "without a Belgian passport", NONE for "not one Belgian", else ""."""
    doc, (low, high) = reader.doc, reader.bounds(group.sentence)
    at = next((w for w in range(group.first, group.last + 1) if reader.has(w, "nationality")), None)
    if at is None or group.form == "attribute":
        return ""
    paper = any(_is_paper(reader, w) for w in range(at + 1, min(at + 3, high)))
    verb = one = False
    for word in range(at - 1, max(low, at - REACH) - 1, -1):
        if any(c in doc.text[doc.ends[word] : doc.starts[word + 1]] for c in ",;:.()\n"):
            return ""
        said = doc.words[word]
        if said in figure_words("denying") or said in figure_words("without"):
            if paper:
                return NOT
            if one:
                is_so = verb or (word > low and _is_verb(reader, word - 1))
                return NOT if is_so and said not in figure_words("without") - {"no"} else NONE
            if said not in figure_words("without") or reader.language in ("de", "nl", "es"):
                # "Zwölf sind keine Deutschen", "die nicht Deutsche sind".
                then = doc.words[group.last + 1] if group.last + 1 < high else ""
                verb = verb or then in figure_words("be")
                verb = verb or any(_is_verb(reader, w) for w in range(max(low, word - VERB_REACH), word))
            return NOT if verb or reader.hyphen(word) else NONE
        is_verb, is_paper, is_one = (
            _is_verb(reader, word),
            _is_paper(reader, word),
            said in figure_words("single"),
        )
        verb, paper, one = verb or is_verb, paper or is_paper, one or is_one
        between = reader.has(word, "function", "articles", "of_from") or reader.kind(word) in PERSONS
        if not (is_verb or is_paper or is_one or between):
            return ""
    return ""


def settle_denied(doc: Document, groups: tuple[Group, ...]) -> tuple[Group, ...]:
    """Phrases of several who are not of a nationality as foreigners; of whom there is none, as nobody."""
    deny = figure_words("denying") | figure_words("without")
    near = (w for g in groups for w in range(max(0, g.first - REACH), g.last + 1))
    if not any(doc.words[w] in deny for w in near):
        return groups
    reader, out = Reader(doc), []
    for group in groups:
        said = "" if group.nationality == UNKNOWN_COUNTRY else denial(reader, group)
        if said == NOT:
            plain = group
            if plain.counted_by not in OWN_COUNT:
                plain = replace(group, count=None, counted_by="none", singular=False)
                (plain,) = copula_counts(reader, [plain])
            if (plain.count or 0) >= LEAST:
                out.append(replace(plain, nationality=UNKNOWN_COUNTRY, form="foreign", singular=False))
                continue
        if said:
            # "He is not a Spaniard": who he is, it does not say.
            form = "attribute" if said == NOT else group.form
            group = replace(group, form=form, count=None, counted_by="none", singular=False)
        out.append(group)
    return tuple(out)
