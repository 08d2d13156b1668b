"""Which phrase does a custody, a drug or a crime belong to? The nearest person on either side of it.

A sentence often holds several people: "a Colombian whom Spanish police arrested with two Dutchmen".
Each custody word is linked to the nearest person before and after it; a person that stands between
takes the link away from those behind.
"""

from __future__ import annotations

from collections import defaultdict

from pipeline.groups import Group
from pipeline.mentions import Document, Mention

PERSONS = frozenset({"one", "many", "pair", "trio", "group", "mule", "prisoner", "national", "police"})
REACH = 18  # words beyond which nothing is linked


def _name(mention: Mention) -> str:
    section, key = mention.label.section, mention.label.key
    if section == "custody":
        return {"death_sentence": "custody", "life_sentence": "custody"}.get(key, f"custody {key}")
    if section == "drugs":
        return "drug"
    if section == "offence":
        return "drug offence" if key == "drug" else "other crime"
    if section == "status":
        return key
    return ""


def find_links(doc: Document, groups: tuple[Group, ...]) -> dict[int, dict[str, float]]:
    """Index of a group → the signals of what is linked to it."""
    people: dict[int, list[tuple[int, int, int]]] = defaultdict(list)
    covered: set[int] = set()
    for index, group in enumerate(groups):
        if group.form.startswith("number"):
            continue
        people[group.sentence].append((group.first, group.last, index))
        covered.update(range(group.first, group.last + 1))
    for mention in doc.mentions:
        if (
            mention.label.section == "people"
            and mention.label.key in PERSONS
            and mention.first not in covered
        ):
            people[mention.sentence].append((mention.first, mention.last, -1))
    out: dict[int, dict[str, float]] = defaultdict(dict)

    def note(index: int, name: str, side: str, distance: int) -> None:
        if index < 0 or distance > REACH:
            return
        closeness = 1.0 / (1.0 + distance / 6.0)
        signals = out[index]
        key = f"{name} {side}"
        signals[key] = max(signals.get(key, 0.0), closeness)
        broad = name.split()[0]
        if broad == "custody":
            signals[f"any custody {side}"] = max(signals.get(f"any custody {side}", 0.0), closeness)

    for sentence, mentions in enumerate(doc.by_sentence):
        spans = sorted(people.get(sentence, ()))
        if not spans:
            continue
        for mention in mentions:
            name = _name(mention)
            if not name:
                continue
            before = [s for s in spans if s[1] < mention.first]
            after = [s for s in spans if s[0] > mention.last]
            if before:
                # Phrases of one list ("two Dutchmen, a Briton and a Pole") share what follows.
                reach = before[-1]
                note(reach[2], name, "after it", mention.first - reach[1])
                for earlier in reversed(before[:-1]):
                    if reach[0] - earlier[1] > 4:
                        break
                    note(earlier[2], name, "after it", mention.first - before[-1][1])
                    reach = earlier
            if after:
                reach = after[0]
                note(reach[2], name, "before it", reach[0] - mention.last)
                for later in after[1:]:
                    if later[0] - reach[1] > 4:
                        break
                    note(later[2], name, "before it", after[0][0] - mention.last)
                    reach = later
    by = {m.first for m in doc.mentions if m.label.section == "function" and m.label.key == "by"}
    for index, group in enumerate(groups):
        if group.first - 1 in by or group.first - 2 in by:
            out[index]["agent"] = 1.0
    return out
