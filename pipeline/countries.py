"""Where is somebody held? The features of each country for one group.

The country of custody is weighed by ``model.py`` from the features given here, which come from the
evidence of ``territory.py`` and the outlet's own country.
"""

from __future__ import annotations

from collections import Counter

from pipeline.groups import Group
from pipeline.mentions import Document
from pipeline.territory import AWAY, INSIDE, Evidence, nearest
from pipeline.vocabulary import UNKNOWN_COUNTRY
from pipeline.ways import goes_on

NO_PLACE = frozenset({"envoy", "except", "home"})  # links of places that say where nobody is held
NOT_THERE = frozenset({"told", "lives"})  # links of places where nobody needs to be held
SURE = 0.6  # from this weight on a place means its country
DOUBTFUL = 0.25  # below this weight a place contradicts no other
AT_LEAST = 0.3  # how near a custody word of the sentence before is held to be
FIGURE = 10  # a phrase of so many people is likelier a figure than a case
SORTED = (
    "same sentence",
    "ruling",
    "ruling strong",
    "outlet",
    "title",
    "first",
    "paragraph",
    "next after",
    "next after, held",
    "next before, held",
    "here custody in",
    "share custody",
)  # features that weigh otherwise for figures than for cases


def custody_evidence(evidence: tuple[Evidence, ...], group: Group) -> tuple[Evidence, ...]:
    """The evidence that may say where a phrase's people are held: not the countries from which its own list
    says that people come ("Nigeria (142), Algeria (96) and Albania (81)"), nor, for foreigners, those of any
    such list."""
    if group.form == "number of":
        return tuple(e for e in evidence if not (e.counted and e.sentence == group.sentence))
    if group.nationality == UNKNOWN_COUNTRY:
        return tuple(e for e in evidence if not e.counted)
    return evidence


def candidates(doc: Document, evidence: tuple[Evidence, ...]) -> tuple[str, ...]:
    """Countries in which people may be held, their own among them, most mentioned first."""
    counts: Counter[str] = Counter()
    for item in evidence:
        if item.link not in NO_PLACE:
            counts[item.country] += 1
    home = doc.article.outlet_country
    if home:
        counts[home] += 0
    counts[UNKNOWN_COUNTRY] += 0
    return tuple(c for c, _ in counts.most_common(14))


def _is_strong(item: Evidence) -> bool:
    """Whether something happens there: a force, an authority, an airport, or a place said "in"."""
    return item.kind in ("force", "authority", "spot") or item.link in INSIDE


def _sure(items: list[Evidence]) -> float:
    """How surely one of these means its country: 1 for what is no doubtful name."""
    return min(max(e.weight for e in items) / SURE, 1.0)


def _share(part: list[Evidence], whole: list[Evidence]) -> float:
    return sum(e.weight for e in part) / max(sum(e.weight for e in whole), 1.0)


def country_features(
    doc: Document, evidence: tuple[Evidence, ...], group: Group, country: str, people: frozenset[str]
) -> dict[str, float]:
    """The features of ``country`` as the place of custody of ``group``; names are the weights' names.

    ``people``: the nationalities that some group of the article has.
    """
    evidence = nearest(evidence, group.sentence)
    envoys = {e.country for e in evidence if e.kind == "envoy"}
    evidence = tuple(e for e in evidence if e.link not in NO_PLACE)
    mine = [e for e in evidence if e.country == country]
    whole = [e for e in evidence if e.kind != "abroad"]
    figure = (group.count or 0) >= FIGURE or group.form.startswith("number")
    sort = "figure" if figure else "case"
    here = [e for e in mine if e.sentence == group.sentence]
    around = [e for e in evidence if e.sentence == group.sentence]
    others_here = any(e.country != country and e.weight >= DOUBTFUL for e in around)
    if country == UNKNOWN_COUNTRY:
        return _abroad(doc, evidence, group, sort, here, around)
    out: dict[str, float] = {"bias": 1.0}
    inside = [e for e in whole if e.link in INSIDE]
    acts = [e for e in whole if e.custody and e.link not in AWAY]
    out["share"] = _share(mine, whole)
    out["share in"] = _share([e for e in mine if e.link in INSIDE], inside)
    out["share custody"] = sum(e.custody * e.weight for e in mine if e.link not in AWAY) / max(
        sum(e.custody * e.weight for e in acts), 0.5
    )
    if here:
        sure = _sure(here)
        out["same sentence"] = sure
        if not others_here:
            out["alone in sentence"] = sure
        for item in here:
            for name in (f"here {item.kind}", f"here {item.link}"):
                out[name] = max(out.get(name, 0.0), _sure([item]))
        out["here custody"] = max(e.custody * _sure([e]) * (e.link not in AWAY) for e in here)
        out["here custody in"] = max(e.custody * _sure([e]) * (e.link in INSIDE) for e in here)
        out["near"] = max(_sure([e]) / (1.0 + abs(e.word - group.first) / 5.0) for e in here)
        if all(e.counted for e in here):
            out["here counted"] = out[f"{sort}: here counted"] = 1.0
        after = [e for e in around if e.word > group.last]
        if after and after[0].country == country:
            out["next after"] = sure
        held = [e for e in around if e.link not in AWAY]
        behind = [e for e in held if e.word > group.last]
        before = [e for e in held if e.word < group.first]
        out["next after, held"] = sure * float(bool(behind) and behind[0].country == country)
        out["next before, held"] = sure * float(bool(before) and before[-1].country == country)
        out["only held here"] = sure * float(bool(held) and all(e.country == country for e in held))
        if any(e.joined > 1 for e in here):
            out["joined"] = out[f"{sort}: joined"] = 1.0
        out["all away here"] = float(all(e.link in AWAY for e in here))
        out["best custody here"] = float(bool(held) and max(held, key=lambda e: e.custody).country == country)
    stated = [
        e
        for e in around
        if e.link in INSIDE and e.country != group.nationality and not e.counted and e.weight >= DOUBTFUL
    ]
    if stated and all(e.country != country for e in stated):
        # What the sentence says outweighs what the text began with.
        out["another stated"] = 1.0
        out["another stated, custody"] = max(e.custody for e in stated)
        out[f"{sort}: another stated"] = out["another stated, custody"]
    for name, step in (("goes on", 1), ("goes back", -1)):
        told = _told_on(doc, evidence, group, step)
        out[name] = max((max(e.custody, AT_LEAST) for e in told if e.country == country), default=0.0)
        if told and not stated and all(e.country != country for e in told):
            out[f"{name} elsewhere"] = max(max(e.custody, AT_LEAST) for e in told)
    previous = [e for e in evidence if e.sentence < group.sentence and not e.counted]
    if previous:
        last = previous[-1]
        gap = group.sentence - last.sentence
        if last.country == country and not here and not others_here:
            out["ruling"] = 1.0 if gap <= 2 else 0.5
        strong = [e for e in previous if _is_strong(e)]
        if strong and strong[-1].country == country:
            out["ruling strong"] = 1.0 if not others_here else 0.4
        acted = [e for e in previous if e.custody and e.link not in AWAY]
        if acted and acted[-1].country == country:
            out["ruling custody"] = 1.0 if not others_here else 0.4
    following = [e for e in evidence if e.sentence > group.sentence and not e.counted]
    if following and following[0].country == country:
        out["next"] = 1.0 if not here else 0.3
        out["next in"] = float(
            following[0].link in INSIDE or following[0].kind in ("force", "authority", "spot")
        )
    if any(e.sentence == 0 for e in mine):
        out["title"] = 1.0
        out["title in"] = float(any(e.sentence == 0 and e.link in INSIDE for e in mine))
        out["title alone"] = float(all(e.country == country for e in whole if e.sentence == 0))
    if any(e.sentence == 1 for e in mine):
        out["lead"] = 1.0
        out["lead in"] = float(any(e.sentence == 1 and e.link in INSIDE for e in mine))
    for link in ("acts", "left"):
        # Who "hangs a Malaysian" holds him; who is "back from Peru" was held there.
        part = [e for e in whole if e.link == link]
        if part:
            out[f"{link} share"] = _share([e for e in part if e.country == country], part)
            out[f"{link} in title"] = float(any(e.country == country and e.sentence <= 1 for e in part))
    out["dateline"] = float(any(e.link == "date" for e in mine))
    paragraph = doc.paragraph_of[group.sentence]
    same = [e for e in whole if doc.paragraph_of[e.sentence] == paragraph]
    if any(e.country == country for e in same):
        out["paragraph"] = 1.0
        out["paragraph in"] = float(any(e.country == country and e.link in INSIDE for e in same))
        if all(e.country == country for e in same):
            out["alone in paragraph"] = 1.0
    for kind in ("force", "authority", "spot", "country", "ground"):
        part = [e for e in whole if e.kind == kind and not e.counted]
        if part:
            out[f"share {kind}"] = _share([e for e in part if e.country == country], part)
    if whole and whole[0].country == country:
        out["first"] = 1.0
    if country == doc.article.outlet_country:
        out["outlet"] = 1.0
        if not mine:
            out["outlet only"] = 1.0
        if len(whole) < 3:
            out["outlet few places"] = 1.0
    elif not mine:
        out["unseen"] = 1.0
    if country in envoys:
        out["envoys"] = 1.0
    if mine:
        out["away share"] = sum(e.link in AWAY for e in mine) / len(mine)
        out["weak only"] = float(max(e.weight for e in mine) < 0.4)
    if any(e.reached and e.country == group.nationality for e in evidence):
        # Whoever comes home was held elsewhere.
        out["home reached"] = 1.0
        out["home reached here"] = float(
            any(e.reached and e.country == group.nationality and e.sentence == group.sentence for e in around)
        )
    if country == group.nationality:
        if group.form in ("compatriot", "home"):
            out[group.form] = 1.0
        return {f"own: {name}": value for name, value in out.items() if value}
    if country in people:
        out["has people"] = 1.0
    for name in SORTED:
        if out.get(name):
            out[f"{sort}: {name}"] = out[name]
    listed = {e.country for e in around if e.kind == "country"}
    if here and len(listed) > 2:
        out[f"{sort}: one of a list"] = 1.0
    return {name: value for name, value in out.items() if value}


def _told_on(doc: Document, evidence: tuple[Evidence, ...], group: Group, step: int) -> list[Evidence]:
    """Places of custody in the next sentence where it goes on about the phrase's one person ("He was arrested
    in Funchal"), or with ``step`` -1 in the one before where the phrase's own goes on ("He is French")."""
    sentence = group.sentence + step
    if not group.singular or not 0 <= sentence < len(doc.first_word) - 1:
        return []
    if not goes_on(doc, max(sentence, group.sentence)):
        return []
    # "Zum Tode verurteilt ist ein einziger Deutscher. Er wartet in Malaysia": the custody stands before.
    said = any(m.label.section == "custody" for m in doc.by_sentence[group.sentence])
    return [
        e
        for e in evidence
        if e.sentence == sentence and (e.custody or said) and e.link in INSIDE and not e.counted
    ]


def held_in_several(evidence: tuple[Evidence, ...], group: Group) -> bool:
    """Whether the phrase's own sentence holds its people in several countries at once: "19 Mexicans were
    arrested in Belgium and the Netherlands"."""
    if group.singular or group.form.startswith("number"):
        return False
    inside = [
        e
        for e in evidence
        if e.sentence == group.sentence and e.link in INSIDE and e.country != UNKNOWN_COUNTRY
    ]
    countries = {e.country for e in inside if e.kind == "country" and e.joined > 1 and e.custody}
    return (
        len(countries) > 1
        and group.nationality not in countries
        and all(e.country in countries and e.word > group.last for e in inside)
    )


def _abroad(
    doc: Document,
    evidence: tuple[Evidence, ...],
    group: Group,
    sort: str,
    here: list[Evidence],
    around: list[Evidence],
) -> dict[str, float]:
    """The features of "abroad" or several countries as the place of custody."""
    places = [
        e for e in around if e.kind != "abroad" and e.link not in NOT_THERE and e.country != group.nationality
    ]
    listed = {e.country for e in places if e.link not in ("from", "journey")} - {group.nationality}
    all_over = {e.country for e in evidence if e.kind == "country"} - {group.nationality, UNKNOWN_COUNTRY}
    own = group.nationality == doc.article.outlet_country
    before = [e for e in evidence if e.sentence < group.sentence]
    out = {
        "abroad": 1.0,
        f"abroad {sort}": 1.0,
        "abroad here": float(bool(here)),
        "abroad here, custody": max((e.custody for e in here), default=0.0),
        "abroad here, near": max((1.0 / (1.0 + abs(e.word - group.first) / 5.0) for e in here), default=0.0),
        "abroad in article": float(any(e.kind == "abroad" for e in evidence)),
        f"abroad here {sort}": float(bool(here)),
        "abroad, places here": float(bool(places)),
        f"abroad, places here {sort}": float(bool(places)),
        f"abroad, several here {sort}": float(len(listed) > 1),
        f"abroad, joined here {sort}": float(any(e.joined > 1 and e.link in INSIDE for e in around)),
        f"abroad, many joined here {sort}": float(any(e.joined > 2 for e in around)),
        f"abroad, many here {sort}": float(len(listed) > 2),
        "abroad, own": float(own),
        f"abroad, own {sort}": float(own),
        f"abroad, own, nowhere {sort}": float(own and not listed),
        f"abroad, all over {sort}": min(len(all_over), 8) / 8,
        "abroad, partly here": float(any(e.link == "partly" for e in around)),
        "abroad in lead": float(any(e.kind == "abroad" and e.sentence <= 1 for e in evidence)),
        "abroad, no places": float(not before),
        "abroad rules": float(bool(before) and before[-1].kind == "abroad" and not places),
    }
    return {name: value for name, value in out.items() if value}
