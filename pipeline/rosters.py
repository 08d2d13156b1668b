"""People who are counted by being listed: names, ages, couples.

"los ecuatorianos Ana Paz, Luis Mora y Juan Rey"    → three names
"un 25enne e un 24enne, tunisini"                    → two ages
"un couple de Brésiliens"                            → two
"""

from __future__ import annotations

from dataclasses import replace

from pipeline.groups import Group
from pipeline.mentions import Document

TAIL = 200  # characters behind a phrase in which its names are listed
JOINTS = (" y ", " e ", " and ", " et ", " und ", " en ")
COUPLE = {"pair": 2, "trio": 3}


def names_after(doc: Document, group: Group) -> int:
    """How many capitalised names follow a phrase as a list; names themselves are not kept."""
    tail = doc.text[group.end : group.end + TAIL]
    stop = min((at for at in (tail.find(mark) for mark in ".;:\n(") if at >= 0), default=len(tail))
    listed = tail[:stop]
    for joint in JOINTS:
        listed = listed.replace(joint, ",")
    names = 0
    for part in listed.split(","):
        words = part.split()
        if not (2 <= len(words) <= 5 and all(w[0].isupper() or len(w) <= 3 for w in words)):
            break
        names += 1
    return names


def ages_beside(doc: Document, group: Group) -> int:
    """How many ages the sentence of a phrase tells."""
    segment = doc.article.segments[group.sentence]
    return sum(n.role == "age" and segment.start <= n.start < segment.end for n in doc.numbers)


def settle_rosters(doc: Document, groups: list[Group]) -> list[Group]:
    """Phrases of many with the number of names that follow them, and couples that an article led."""
    out = []
    for g in groups:
        if g.form != "attribute" and g.count is None and not g.singular:
            names = names_after(doc, g)
            if names > 1:
                g = replace(g, count=names, counted_by="near")
        elif g.form != "attribute" and g.count == 1 and g.counted_by in ("article", "form"):
            inside = [
                m.label.key
                for word in range(g.first, g.last + 1)
                for m in doc.at_word.get(word, ())
                if m.label.section == "people" and m.label.key in COUPLE and m.last <= g.last
            ]
            if inside:
                g = replace(g, count=COUPLE[inside[0]], counted_by="near", singular=False)
        out.append(g)
    return out
