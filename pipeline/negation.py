"""Mentions that the text itself takes back.

"nobody was arrested", "vastgezet is niemand"      → a sign that nobody is in custody
"arrest warrant", "investigado no detenido"         → no custody
"detenzione ai fini di spaccio"                     → an offence, and no custody
"Policía Antidrogas"                                → a force, and no drug
"no drugs were found", "no llevaba droga"           → a sign that there is none, and no drug
"joint-venture"                                     → business, and no drug
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from pipeline.figure_words import figure_words
from pipeline.fold import fold
from pipeline.lexicon import Label

if TYPE_CHECKING:
    from pipeline.mentions import Mention

DENIED = frozenset({"at_large", "not_custody", "extradition_pending", "killed"})
AGAINST = ("anti-", "anti ", "anti‑", "counter-", "counter ", "contre-")  # before what a unit fights
POSSESSION = frozenset({"detenzione", "detention"})  # words that are custody, or the possession of a drug
REACH = 3  # words between a negation and what it denies
NOBODY_REACH = 7  # the same for a subject that is nobody: "none of the three has been formally arrested"
AFTER_REACH = 2  # words between custody and a nobody after it: "vastgezet is niemand"
NOT_HELD = Label("status", "not_custody")
NO_DRUG = "no_drug"
STOPS = ",;:.()"


def drop_denied(found: list[Mention], text: str, words: tuple[str, ...]) -> list[Mention]:
    """``found`` without the mentions that the text takes back, in its order."""
    warrants = _covered(found, "status")
    offences = _covered(found, "offence")
    negations = {m.last: m for m in found if m.label.key == "negation"}
    forces = {w for m in found if m.label.key == "police" for w in range(m.first, m.last + 1)}
    none = {w for m in found if m.label.key == NO_DRUG for w in range(m.first, m.last + 1)}

    business = _covered(found, "traps", "economy")

    def part_of_another(m: Mention) -> bool:
        if m.label.section == "drugs" and m.first in business and m.last in business:
            return True
        if m.label.section in ("drugs", "offence"):
            # "Drug Enforcement Administration", and an anti-corruption unit holds nobody for corruption.
            against = m.label.key == "other" and fold(text[max(m.start - 8, 0) : m.start]).endswith(AGAINST)
            return against or (m.first in forces and m.last in forces) or m.last in none
        if not _is_custody(m):
            return False
        if m.first in warrants and (m.last in warrants or m.first - 1 in warrants):
            return True  # "could be extradited to": the custody begins inside what denies it
        return m.first in offences and m.last in offences and words[m.first] in POSSESSION

    out = []
    for m in found:
        if part_of_another(m):
            continue
        if _is_custody(m) and _is_negated(m, negations, text, words):
            if m.label.section == "custody":
                out.append(replace(m, label=NOT_HELD))
            continue
        out.append(m)
    return out


def _is_custody(mention: Mention) -> bool:
    return mention.label.section == "custody" or (mention.label.section, mention.label.key) == (
        "people",
        "prisoner",
    )


def _covered(found: list[Mention], section: str, key: str = "") -> set[int]:
    """The words of all longer mentions of a section, or of one key of it; of statuses only those that are
    no custody."""
    return {
        word
        for m in found
        if m.label.section == section
        and key in ("", m.label.key)
        and (section != "status" or m.label.key in DENIED)
        and m.last > m.first
        for word in range(m.first, m.last + 1)
    }


def _is_negated(mention: Mention, negations: dict[int, Mention], text: str, words: tuple[str, ...]) -> bool:
    """Whether a "not" shortly before, or a subject that is nobody, denies the custody."""
    for word in range(mention.first - 1, mention.first - 2 - NOBODY_REACH, -1):
        if word < 0 or words[word] in figure_words("clauses"):
            break
        negation = negations.get(word)
        if negation is None or negation.sentence != mention.sentence:
            continue
        if word >= mention.first - 1 - REACH or words[negation.first] in figure_words("nobody"):
            return not any(mark in text[negation.end : mention.start] for mark in STOPS)
    for word in range(mention.last + 1, mention.last + 2 + AFTER_REACH):
        negation = negations.get(word)
        if (
            negation is not None
            and negation.sentence == mention.sentence
            and words[word] in figure_words("nobody_after")
        ):
            return not any(mark in text[mention.end : negation.start] for mark in STOPS)
    return False
