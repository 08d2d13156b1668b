"""Is a later phrase of the same nationality and country about other people? The signals of the question.

An article that tells of "a Briton" and, three paragraphs on, of "another Briton, 54, held in May" has
two cases; one that comes back to "the Briton" has one.
"""

from __future__ import annotations

from pipeline.fields.case import Reading
from pipeline.figures import figure_words
from pipeline.groups import Group
from pipeline.vocabulary import Drug

NEW = frozenset({"article", "near", "copula"})  # ways of counting that may bring in new people
LEAD = 2  # sentences that tell the case of the title
AHEAD = 3  # words before a phrase that may say that it is another


def _ages(reading: Reading, group: Group) -> frozenset[int]:
    doc = reading.doc
    return frozenset(
        int(n.value)
        for n in doc.numbers
        if n.value is not None
        and (n.role == "age" or (14 <= n.value <= 90 and 0 <= n.start - group.end <= 3))
        and doc.sentence_at(n.start) == group.sentence
        and abs(doc.word_at(n.start) - group.first) <= 12
    )


def _dates(reading: Reading, sentence: int) -> frozenset[str]:
    doc = reading.doc
    return frozenset(d.value[:7] for d in doc.dates if doc.sentence_at(d.start) == sentence)


def _loads(reading: Reading, sentence: int) -> frozenset[float]:
    doc = reading.doc
    return frozenset(round(q.kg, 2) for q in doc.quantities if q.kg and doc.sentence_at(q.start) == sentence)


def _says_another(reading: Reading, group: Group) -> bool:
    doc = reading.doc
    low = max(doc.first_word[group.sentence], group.first - AHEAD)
    return any(w in figure_words("again") for w in doc.words[low : group.last + 1])


def _is_different(reading: Reading, group: Group) -> bool:
    """ "Another Briton", "un quarto italiano", "otros tres": the phrase itself says that they are others."""
    doc = reading.doc
    low = max(doc.first_word[group.sentence], group.first - 2)
    return any(w in figure_words("different") for w in doc.words[low : group.last + 1])


def split_signals(reading: Reading, former: Group, group: Group) -> dict[str, float]:
    """Signals of the question whether ``group`` is about other people than the earlier ``former``."""
    doc, profiles = reading.doc, reading.profiles
    here, there = profiles[group.sentence], profiles[former.sentence]
    new = group.counted_by in NEW
    both = group.count is not None and former.count is not None
    other = both and group.count != former.count
    ages, ages_before = _ages(reading, group), _ages(reading, former)
    dates, dates_before = _dates(reading, group.sentence), _dates(reading, former.sentence)
    loads, loads_before = _loads(reading, group.sentence), _loads(reading, former.sentence)
    places = {
        p.text for p in doc.places if p.kind != "country" and doc.sentence_at(p.start) == group.sentence
    }
    before = {p.text for p in doc.places if doc.sentence_at(p.start) < group.sentence}
    drugs = {d for d in here.drugs if d in set(Drug)}
    drugs_before = {d for d in there.drugs if d in set(Drug)}
    words = doc.words[doc.first_word[group.sentence] : doc.first_word[group.sentence + 1]]
    lead = group.sentence <= LEAD
    different = _is_different(reading, group)
    body = former.sentence > LEAD and not lead
    same_sentence = group.sentence == former.sentence
    facts = {
        "another": _says_another(reading, group),
        "different": different,
        "different, one": different and group.count == 1,
        "different, many": different and (group.count or 0) > 1,
        "compatriot": group.form == "compatriot",
        "compatriot, one": group.form == "compatriot" and group.singular,
        "both new in the body": body and new and former.counted_by in NEW,
        "both new in the body, one each": body
        and new
        and former.counted_by in NEW
        and group.count == former.count == 1,
        "ages in the body": body and bool(ages and ages_before and not ages & ages_before),
        "former of many": not former.singular and former.count is None,
        "again in sentence": any(w in figure_words("again") for w in words),
        "again at the start": bool(words) and any(w in figure_words("again") for w in words[:3]),
        "same count": both and not other,
        "other count": other,
        "other count, both many": other and (group.count or 0) > 1 and (former.count or 0) > 1,
        "more than before": other and (group.count or 0) > (former.count or 0),
        "fewer than before": other and (group.count or 0) < (former.count or 0),
        "both one": both and group.count == former.count == 1,
        "age": bool(ages),
        "other age": bool(ages and ages_before and not ages & ages_before),
        "same age": bool(ages & ages_before),
        "date": bool(dates),
        "other date": bool(dates and dates_before and not dates & dates_before),
        "load": bool(loads),
        "other load": bool(loads and loads_before and not loads & loads_before),
        "new place": bool(places - before),
        "drug": bool(here.drugs) or here.offence,
        "other drug": bool(drugs and drugs_before and not drugs & drugs_before),
        "custody": bool(here.custody),
        "custody beside": any(
            m.label.section == "custody" and -8 <= m.first - group.last <= 8
            for m in doc.by_sentence[group.sentence]
        ),
        "other custody": bool(here.custody and there.custody and not set(here.custody) & set(there.custody)),
        "same paragraph": doc.paragraph_of[group.sentence] == doc.paragraph_of[former.sentence],
        "next sentence": group.sentence - former.sentence == 1,
        "former new": former.counted_by in NEW,
        "former in the lead": former.sentence <= LEAD,
        "plural after one": group.count is None and not group.singular and former.singular,
    }
    out = {"bias": 1.0, "far": min(group.sentence - former.sentence, 12) / 12}
    if same_sentence:
        return {
            "bias": 1.0,
            "same sentence": 1.0,
            "same sentence, other count": float(other),
            "same sentence, new": float(new),
            "same sentence, another": float(facts["another"]),
            "same sentence, different": float(different),
            "same sentence, compatriot": float(facts["compatriot"]),
        }
    sort = "lead" if lead else "new" if new else "known"
    for name, fact in facts.items():
        if fact:
            out[name] = 1.0
            out[f"{sort}: {name}"] = 1.0
    out[sort] = 1.0
    if group.form in ("home", "region", "loose"):
        out[f"{sort}: {group.form}"] = 1.0
    return out
