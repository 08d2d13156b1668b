"""How many people the record is about."""

from __future__ import annotations

from pipeline.behind import is_plural
from pipeline.fields.case import Candidate, Case
from pipeline.groups import Group
from pipeline.mentions import PEOPLE
from pipeline.rosters import ages_beside, names_after, told_ages

LOOKED_AT = 12  # phrases whose lists of names and ages are looked at
MOST_APART = 8  # people that one sentence names one by one
MOST = 400  # a case has no more people than this


def _sums(phrases: tuple[Group, ...]) -> set[int]:
    """What the counts of one sentence make together: "ein Marokkaner und zwei Marokkanerinnen"."""
    sentences: dict[int, list[Group]] = {}
    for g in phrases:
        if g.count is not None and g.counted_by in ("near", "article"):
            sentences.setdefault(g.sentence, []).append(g)
    return {sum(g.count or 0 for g in part) for part in sentences.values() if len(part) > 1}


def _named_apart(phrases: tuple[Group, ...]) -> set[int]:
    """How many a sentence names one by one: "A, 22, de nacionalidad hondureña; B, 36, de nacionalidad
    hondureña"."""
    sentences: dict[int, list[Group]] = {}
    for g in phrases:
        if g.singular and g.count == 1 and g.form in ("citizen of", "noun", "person+noun", "noun+person"):
            sentences.setdefault(g.sentence, []).append(g)
    return {len(part) for part in sentences.values() if 1 < len(part) <= MOST_APART}


def _size(value: int) -> str:
    return "one" if value == 1 else "few" if value < 10 else "tens" if value < 60 else "huge"


def candidates(case: Case, phrases: tuple[Group, ...]) -> tuple[Candidate, ...]:
    """No count, the counts of the record's phrases, and plain numbers near them."""
    doc, group, profiles = case.doc, case.group, case.reading.profiles
    found: dict[int | None, dict[str, float]] = {}

    def add(value: int | None, **signals: float) -> None:
        kept = found.setdefault(value, {})
        for name, weight in signals.items():
            kept[name] = max(kept.get(name, 0.0), weight)

    counted = [g for g in phrases if g.count is not None]
    plural = [g for g in phrases if not g.singular]
    many = [g for g in counted if (g.count or 0) > 1]
    singular = not plural
    names = 0 if group.singular else max((names_after(doc, g) for g in plural[:LOOKED_AT]), default=0)
    # Home towns do not tell one from many; nouns in the plural do.
    nouns = [g for g in plural if g.form not in ("home", "region", "citizen of", "compatriot")]
    all_many = bool(nouns) and len(nouns) == len([g for g in phrases if g.form not in ("home", "region")])
    none = {
        "none, nouns of many": float(bool(nouns) and not many),
        "none, all nouns of many": float(all_many and not many),
        "none": 1.0,
        "none, counted": float(bool(counted)),
        "none, many said": float(bool(many)),
        "none, plural": float(bool(plural)),
        "none, singular": float(singular),
        "none, names": float(names > 1),
    }
    add(None, **none)
    first = counted[0] if counted else None
    for g in counted:
        value, here = g.count or 0, profiles[g.sentence]
        after_first = float(g is first)
        signals = {
            f"said {g.counted_by}": 1.0,
            "said": 1.0,
            "said first": after_first,
            f"said {g.form}": 1.0,
            "said in title": float(g.sentence == 0),
            "said in lead": float(1 <= g.sentence <= 2),
            "said with custody": float(bool(here.custody)),
            "said with drug": float(bool(here.drugs) or here.offence),
            "said by lead": float(g is group),
            f"said, {_size(value)}": 1.0,
            "times said": sum(o.count == value for o in counted) / len(counted),
            "said most": float(value == max(o.count or 0 for o in counted)),
        }
        if value == 1:
            signals |= {
                f"one {g.counted_by}": 1.0,
                "one, others say more": float(bool(many)),
                "one, plural too": float(bool(plural)),
                "one, names": float(names > 1),
            }
        else:
            signals |= {"many, one said first": float(first is not None and first.count == 1)}
        add(value, **signals)
    if singular and not counted:
        add(1, **{"one by form": 1.0})
    if not many and not (phrases and all(is_plural(doc, g) for g in phrases)):
        # "The Tunisians are said to…" are not one, whoever they are.
        add(
            1,
            **{
                "one anyway": 1.0,
                "one anyway, plural": float(bool(plural)),
                "one anyway, all plural": float(len(plural) == len(phrases)),
                "one anyway, nouns of many": float(bool(nouns)),
                "one anyway, all nouns of many": float(all_many),
            },
        )
    for total in _sums(phrases):
        add(total, **{"sum of a sentence": 1.0})
    for total in _named_apart(phrases):
        add(total, **{"people of a sentence one by one": 1.0})
    ages = max((ages_beside(doc, g) for g in plural[:LOOKED_AT]), default=0)
    if ages > 1:
        add(
            ages,
            **{
                "ages": 1.0,
                "ages, no count": float(not many),
                "ages, nouns of many": float(bool(nouns) and not many),
            },
        )
    if names > 1:
        add(names, **{"names": 1.0, "names, no count": float(not many)})
    aged = told_ages(doc, phrases)
    taken = {
        doc.word_at(n.end - 1)
        for g in case.reading.groups
        if g.count is not None
        for n in doc.numbers
        if g.start <= n.start < g.end
    }
    for number in doc.numbers:
        if (
            number.role not in PEOPLE
            or not number.value
            or number.value != int(number.value)
            or number.value > MOST
            or number.start in aged
        ):
            continue
        sentence = doc.sentence_at(number.start)
        if abs(sentence - group.sentence) > 2 and sentence > 2:
            continue
        # "He was Vietnamese, 44, and had no right to be here": an age.
        if 14 <= number.value <= 90 and doc.text[group.end : number.start].strip() == ",":
            continue
        value = int(number.value)
        near = case.nearness(number.start)
        word = doc.word_at(max(number.end - 1, number.start))
        people = any(
            m.label.section == "people"
            and m.label.key in ("one", "many", "mule", "prisoner", "national", "group")
            and 0 < m.first - word <= 3
            for m in doc.by_sentence[sentence]
        )
        custody = any(
            m.label.section == "custody" and abs(m.first - word) <= 5 for m in doc.by_sentence[sentence]
        )
        signals = {
            f"number {name}": weight
            for name, weight in near.items()
            if name
            in (
                "here",
                "near",
                "one before",
                "one after",
                "title",
                "lead",
                "own sentence",
                "with custody",
                "far",
            )
        }
        signals |= {
            "number": 1.0,
            "number of people": float(people),
            "number by custody": float(custody),
            "number of people by custody": float(people and custody),
            "number, many said": float(bool(many)),
            "number, one said": float(bool(counted) and not many),
            "number, plural": float(bool(plural)),
            "number taken": float(word in taken),
            "number, singular": float(singular),
            f"number, {_size(value)}": 1.0,
            "number after": float(number.start > group.end),
            "number of people, plural": float(people and bool(plural) and not many),
        }
        add(value, **signals)
    return tuple(
        Candidate(value, {k: v for k, v in signals.items() if v}) for value, signals in found.items()
    )
