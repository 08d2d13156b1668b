"""The share of a stock or flow that is held for drugs."""

from __future__ import annotations

from itertools import pairwise

from pipeline.fields.case import Candidate, Case
from pipeline.figures import figure_words
from pipeline.fold import fold
from pipeline.mentions import PEOPLE, Document
from pipeline.signals import Profile

STATED = 16  # words after a share within which its custody and drug stand
BESIDE = 24  # characters between a share and the number that it restates
OR = frozenset({"or", "o", "ou", "oder", "of", "soit", "ossia", "cioe"})  # between a number and its share
MOSTLY = 8  # words between "most" and the word for drugs that it is said of
NEAR = 60  # characters between a part and the word for drugs that says what it is a part of


def _drug(profile: Profile) -> bool:
    return profile.offence or bool(profile.drugs) or "mule" in profile.people


def candidates(case: Case) -> tuple[Candidate, ...]:
    """None, 100 (the figure counts drug cases only), each percentage, and parts of the very figure."""
    doc = case.doc
    if case.kind == "event":
        return (Candidate(None, {"event": 1.0}),)
    told = _told(case)
    if told is not None:
        return (Candidate(told, {"told": 1.0}),)
    s, profiles = case.group.sentence, case.reading.profiles
    here = profiles[s]
    if "average" in here.figures and not _drug(here):
        return (Candidate(None, {"average of all": 1.0}),)  # an average says its own offence, or means all
    given = [q for q in doc.shares if doc.sentence_at(q.start) in (s, s + 1)]
    common = {
        "drug here": float(_drug(here)),
        "drug before": float(any(_drug(p) for p in profiles[max(0, s - 2) : s])),
        "drug after": float(any(_drug(p) for p in profiles[s + 1 : s + 2])),
        "mule": float("mule" in here.people or case.group.head == "mule"),
        "share near": float(bool(given)),
        case.kind: 1.0,
        "other crime here": float(here.other),
        "title drug": float(_drug(profiles[0])),
        "title and lead drug": float(_drug(profiles[0]) and any(_drug(p) for p in profiles[1:2])),
        "offence here": float(here.offence),
        "share and drug here": float(any(doc.sentence_at(q.start) == s for q in given) and _drug(here)),
        "drug share of sentences": sum(map(_drug, profiles)) / len(profiles),
    }
    stated = [q for q in given if _is_stated(case, q.start, q.end)]
    common["stated here"] = float(any(doc.sentence_at(q.start) == s for q in stated))
    common["stated next"] = float(bool(stated))
    common["stated of this country"] = float(
        any(_clause_country(case, s, q.start) == case.country for q in stated)
    )
    parts = _parts(case)
    common["part given"] = float(bool(parts))
    common["most for drugs here"] = float(_is_mostly_for_drugs(doc, s))
    # Where a part of some figure is given for drugs, the figures beside it count all who are held.
    of_drugs = _sentences_with_a_part(doc)
    common |= {
        "part for drugs here": float(s in of_drugs),
        "part for drugs before": float(any(p < s for p in of_drugs)),
        "part for drugs after": float(any(p > s for p in of_drugs)),
    }
    out = [
        Candidate(None, {f"none {k}": v for k, v in common.items()} | {"none": 1.0}),
        Candidate(100, {f"all {k}": v for k, v in common.items()} | {"all": 1.0}),
    ]
    for share in doc.shares:
        sentence = doc.sentence_at(share.start)
        profile = profiles[sentence]
        signals = case.nearness(share.start)
        near_drug = _to_drug(case, sentence, share.start, share.end)
        where = _clause_country(case, sentence, share.start)
        said = _is_stated(case, share.start, share.end)
        signals |= {
            "percent stated": float(said),
            "percent stated here": float(said and sentence == s),
            "percent stated near drug": float(said and near_drug < NEAR),
            "percent of this country": float(where == case.country),
            "percent of another country": float(where not in ("", case.country)),
            "percent": 1.0,
            "percent with drug": float(profile.offence or bool(profile.drugs)),
            "percent low": float(share.percent < 30),
            "percent high": float(share.percent > 70),
            "percent near drug": 1.0 / (1.0 + near_drug / 40.0),
            "percent here with drug": float(sentence == s and _drug(profile)),
            "percent here high": float(sentence == s and share.percent > 50),
            "percent here, people counted": float(sentence == s and (case.group.count or 0) > 1),
            "percent after it": float(share.start > case.group.end and sentence == s),
            "percent, part given": float(bool(parts)),
        }
        out.append(Candidate(share.percent, signals))
    for percent, signals in parts:
        out.append(Candidate(percent, signals))
    return tuple(out)


def _sentences_with_a_part(doc: Document) -> frozenset[int]:
    """Those of "331, of whom 58 for drugs": a smaller number behind another, and drugs only behind it."""
    found: set[int] = set()
    for before, number in pairwise(doc.numbers):
        s = doc.sentence_at(number.start)
        if (
            before.role not in PEOPLE
            or number.role not in PEOPLE
            or not (before.value and number.value and number.value < before.value)
            or doc.sentence_at(before.start) != s
        ):
            continue
        drugs = [
            m.start
            for m in doc.by_sentence[s]
            if m.label.section == "drugs" or (m.label.section, m.label.key) == ("offence", "drug")
        ]
        if drugs and number.end <= min(drugs) < number.end + NEAR:
            found.add(s)
    return frozenset(found)


def _is_mostly_for_drugs(doc: Document, sentence: int) -> bool:
    """ "Most of them for drugs", and no drug before: "held for drugs, most of them from Ghana" counts those
    held for drugs only."""
    drugs = [
        m.first
        for m in doc.by_sentence[sentence]
        if m.label.section == "drugs" or (m.label.section, m.label.key) == ("offence", "drug")
    ]
    if not drugs:
        return False
    low = max(doc.first_word[sentence], min(drugs) - MOSTLY)
    return any(w in figure_words("mostly") for w in doc.words[low : min(drugs)])


def _told(case: Case) -> float | None:
    """The share that the sentence of the figure itself states of it, 100 for a part that is restated.

    "191 Mexicans, 97 percent of whom face drug charges"   → 97
    "96 percent of the country's 94 Mexican prisoners"      → 96, where drugs are named
    "32 per cent of whom, or 886, were held for drugs"      → 100 for the 886
    """
    doc, group = case.doc, case.group
    s = group.sentence
    for share in doc.shares:
        if doc.sentence_at(share.start) != s:
            continue
        country = _clause_country(case, s, share.start)
        if country not in ("", case.country) or _is_of_one_sex(case, share.end):
            continue
        near = _to_drug(case, s, share.start, share.end) < NEAR
        if near and _is_restated(case, share.start, share.end):
            return 100
        if not _is_stated(case, share.start, share.end):
            continue
        between = doc.text[share.end : group.start]
        if (
            (share.start > group.end and group.count is not None)
            or (share.end < group.start and group.count is not None and "," not in between)
            or (group.count is None and country == case.country)
        ):
            return share.percent
    return None


def _is_of_one_sex(case: Case, end: int) -> bool:
    word = case.doc.word_at(end - 1)
    return any(w in figure_words("sex") for w in case.doc.words[word + 1 : word + 6])


def _is_restated(case: Case, start: int, end: int) -> bool:
    """Whether a share restates the figure: "886 (32 per cent)", "104, or 28 per cent", "32 per cent"."""
    doc, group = case.doc, case.group
    if group.count is None:
        return False
    for number in doc.numbers:
        if number.start > end + BESIDE:
            break
        if number.value != group.count:
            continue
        if 0 <= start - number.end <= BESIDE:
            between = doc.text[number.end : start]
            return "(" in between or any(w in OR for w in fold(between).split())
        if 0 <= number.start - end <= BESIDE:
            between = doc.text[end : number.start]
            return "," in between or "(" in between
    return False


def _is_stated(case: Case, start: int, end: int) -> bool:
    """ "97 percent of whom were convicted of trafficking": the share opens its clause and drugs follow."""
    doc = case.doc
    sentence = doc.sentence_at(start)
    last, high = doc.word_at(max(end - 1, start)), doc.first_word[sentence + 1]
    rest = [m for m in doc.by_sentence[sentence] if last < m.first < min(high, last + STATED)]
    drug = any(
        m.label.section == "drugs" or (m.label.section, m.label.key) == ("offence", "drug") for m in rest
    )
    custody = any(m.label.section == "custody" for m in rest)
    same = any(
        word in ("same", "mismo", "misma", "meme", "gleichen", "stesso", "stessa", "mesmo", "dezelfde")
        for word in doc.words[last : min(high, last + STATED)]
    )
    return (drug and custody) or (same and custody)


def _clause_country(case: Case, sentence: int, start: int) -> str:
    """The country said "in" nearest to a share where its sentence gives two shares or more, else "" """
    doc = case.doc
    given = [q for q in doc.shares if doc.sentence_at(q.start) == sentence]
    if len(given) < 2:
        return ""
    word = doc.word_at(start)
    inside = [e for e in case.reading.evidence if e.sentence == sentence and e.link == "in"]
    # "In Panama, 96 percent …, while 92 percent … in Colombia": each stands between the shares beside it.
    low = max((q.end for q in given if q.end <= start), default=0)
    high = min((q.start for q in given if q.start > start), default=len(doc.text))
    clause = [e for e in inside if low <= doc.starts[e.word] < high]
    near = min(clause or inside, key=lambda e: abs(e.word - word), default=None)
    return near.country if near else ""


def _to_drug(case: Case, sentence: int, start: int, end: int) -> int:
    """Characters from a span to the nearest word for drugs in its sentence, 999 without any."""
    return min(
        (
            max(m.start - end, start - m.end, 0)
            for m in case.doc.by_sentence[sentence]
            if m.label.section == "drugs" or (m.label.section == "offence" and m.label.key == "drug")
        ),
        default=999,
    )


def _parts(case: Case) -> list[tuple[float, dict[str, float]]]:
    """ "25 Afghans were hanged, 21 of them for drugs": a smaller number beside a word for drugs."""
    doc, group, whole = case.doc, case.group, case.group.count or 0
    out: list[tuple[float, dict[str, float]]] = []
    if whole < 2:
        return out
    for number in doc.numbers:
        if number.start < group.end or number.role not in PEOPLE or not number.value:
            continue
        sentence = doc.sentence_at(number.start)
        if sentence > group.sentence + 1:
            break
        away = _to_drug(case, sentence, number.start, number.end)
        if number.value < whole and away < NEAR:
            signals = {
                "part": 1.0,
                f"part {case.kind}": 1.0,
                "part here": float(sentence == group.sentence),
                "part near drug": 1.0 / (1.0 + away / 20.0),
                "part of whom": float("of_whom" in case.reading.profiles[sentence].figures),
                "part first": float(not out),
            }
            out.append((round(100 * number.value / whole, 2), signals))
    return out
