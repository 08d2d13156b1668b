"""People without a number who are said to be the most of those held, and shares by country.

"248 mules, the majority of whom were Spanish, Peruvian and Mexican"  → Spaniards and Mexicans, no count
"96 percent in Panama, while 92 percent were in Colombia"             → the same people in Colombia
"""

from __future__ import annotations

from dataclasses import replace

from pipeline.fields.case import Reading
from pipeline.figures import CLOSE, figure_words
from pipeline.groups import Group
from pipeline.mentions import Document
from pipeline.signals import in_custody

MOST = "most"  # what such a phrase is counted by
REACH = 7  # words between "the majority" and the first people
BEFORE_VERB = 2  # words between "were" and the first people


def settle_majorities(doc: Document, groups: tuple[Group, ...]) -> tuple[Group, ...]:
    """Take the count from phrases that "the majority were" stands before, and from the rest of their list."""
    most, were = figure_words("most"), figure_words("were")
    out: list[Group] = []
    last: Group | None = None
    for group in groups:
        low = doc.first_word[group.sentence]
        beside = any(w in were for w in doc.words[max(low, group.first - 1) : group.first])
        near = doc.words[low if beside else max(low, group.first - REACH) : group.first]
        verb = doc.words[max(low, group.first - BEFORE_VERB) : group.first]
        free = group.form not in ("attribute", "home") and group.counted_by in ("form", "none", "the")
        opens = any(w in most for w in near) and any(w in were for w in verb)
        goes_on = (
            last is not None
            and last.sentence == group.sentence
            and 0 <= group.first - last.last <= CLOSE
            and not any(w in were for w in doc.words[last.last : group.first])
        )
        if free and (opens or goes_on):
            form = "noun" if group.form == "loose" else group.form
            group = replace(group, count=None, counted_by=MOST, singular=False, form=form)
            last = group
        out.append(group)
    return tuple(out)


def are_most_of_the_held(reading: Reading, group: Group) -> bool:
    """Whether a phrase is of the most of people held for drugs: its sentence says both."""
    if group.counted_by != MOST:
        return False
    profile = reading.profiles[group.sentence]
    custody = in_custody(profile)
    return custody and (bool(profile.drugs) or profile.offence or "mule" in profile.people)


def share_elsewhere(reading: Reading, figure: Group, country: str) -> tuple[str, int] | None:
    """The second country of a sentence that gives a share for each of two, and the word where it stands.

    ``figure`` is a counted phrase held in ``country``; None where there is no such second share.
    """
    doc = reading.doc
    shares = [s for s in doc.shares if doc.sentence_at(s.start) == figure.sentence]
    if len(shares) < 2:
        return None
    last = doc.word_at(shares[-1].start)
    if last < figure.first:
        return None
    after = [
        e
        for e in reading.evidence
        if e.sentence == figure.sentence and e.word > last and e.link == "in" and e.kind == "country"
    ]
    others = [e for e in after if e.country not in (country, figure.nationality)]
    return (others[0].country, others[0].word) if len(others) == 1 and len(after) == 1 else None
