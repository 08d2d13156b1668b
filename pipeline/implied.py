"""People whom a paper calls nothing at all, since its readers know that they are their own.

"The house is outside Tullamore. Her youngest rang from Cusco; after that somebody rang from the
prison of Ancón": a story that is told at home, of somebody who is held abroad, may never say whose
national that is. Where a text names none of its own people as such, speaks of custody on foreign
ground and of drugs, and of a place at home or its consulate, one phrase stands for them; its signals
say how much speaks for it.
"""

from __future__ import annotations

from pipeline.chains import PEOPLE_FORMS
from pipeline.group import Group
from pipeline.groups import own_country
from pipeline.home_words import home_words
from pipeline.mentions import Document
from pipeline.signals import Profile, in_custody
from pipeline.territory import AWAY, INSIDE, Evidence
from pipeline.vocabulary import UNKNOWN_COUNTRY, Bound

FORM = "implied"
WIDE = 3  # sentences around the custody in which drugs are named
MOST = 3  # signs of a sort beyond which more say nothing
KIN = 2  # words of a family that make a story one told at home, though others are named in it
FREE = frozenset({"at_large", "unfound", "extradition_pending", "killed"})  # in whose hands nobody is
HOLDING = frozenset({"force", "authority", "spot", "ground"})  # evidence of where something is done
HOME_PLACES = frozenset({"city", "region", "spot"})


def _strong(item: Evidence) -> bool:
    """Whether people may be held where this is."""
    if item.link in AWAY and not (item.link == "from" and item.kind in HOLDING):
        return False
    return item.kind in HOLDING or item.link in INSIDE


def _prisons(doc: Document, home: str) -> frozenset[int]:
    """The sentences that name a prison of another country."""
    return frozenset(
        doc.sentence_at(place.start)
        for place in doc.places
        if place.kind == "prison" and place.countries and place.countries[0] != home
    )


def _sentence(
    profiles: tuple[Profile, ...],
    evidence: tuple[Evidence, ...],
    taken: frozenset[int],
    prisons: frozenset[int],
    home: str,
) -> int:
    """Where the custody abroad is told best: in one sentence with its place, else after it; -1 if nowhere."""
    ground: dict[int, str] = {}
    ruling, cursor, after = "", 0, -1
    for number, profile in enumerate(profiles):
        if not number:
            continue  # a title is told again below it
        while cursor < len(evidence) and evidence[cursor].sentence <= number:
            item = evidence[cursor]
            cursor += 1
            if _strong(item) and item.country != UNKNOWN_COUNTRY:
                ruling = item.country
                if item.country != home:
                    ground[item.sentence] = item.country
        near = profiles[max(0, number - WIDE) : number + WIDE + 1]
        if number in taken or profile.status & FREE or not any(p.drugs or p.offence for p in near):
            continue
        if not in_custody(profile) and not profile.term and number not in prisons:
            continue
        if number in ground:
            return number
        if after < 0 and ruling not in ("", home):
            after = number
    return after


def find_implied(
    doc: Document,
    profiles: tuple[Profile, ...],
    groups: tuple[Group, ...],
    evidence: tuple[Evidence, ...],
) -> tuple[Group | None, dict[str, float]]:
    """The phrase that stands for the outlet's own people and its signals; None where nothing implies them."""
    outlet = doc.article.outlet_country
    home = own_country(doc.article.language, outlet)
    if home == UNKNOWN_COUNTRY or any(g.nationality == home and g.form in PEOPLE_FORMS for g in groups):
        return None, {}
    places = [e for e in evidence if e.country == home and e.kind in HOME_PLACES]
    envoys = [e for e in evidence if e.country == home and e.kind == "envoy"]
    if not places and not envoys:
        return None, {}
    taken = frozenset(g.sentence for g in groups if g.form in PEOPLE_FORMS)
    family = home_words("family", doc.article.language)
    kin = sum(word in family for word in doc.words)
    if taken and kin < KIN:
        return None, {}  # the custody is that of the people who are named
    prisons = _prisons(doc, home)
    sentence = _sentence(profiles, evidence, taken, prisons, home)
    if sentence < 0:
        return None, {}
    here = [e for e in evidence if e.sentence == sentence and e.country != home and _strong(e)]
    foreign = [e for e in evidence if e.country not in (home, UNKNOWN_COUNTRY) and _strong(e)]
    own = [e for e in evidence if e.country == home and _strong(e)]
    signals = {
        "implied: family": min(kin, MOST) / MOST,
        "implied: places at home": min(len(places), MOST) / MOST,
        "implied: consulate": float(bool(envoys)),
        "implied: prison abroad": float(bool(prisons)),
        "implied: custody with its place": float(bool(here)),
        "implied: more ground abroad": float(len(foreign) > len(own)),
        "implied: nobody else": float(not taken),
        "implied: home in the title": float(any(e.sentence == 0 for e in places)),
    }
    word = next(
        (m.first for m in doc.by_sentence[sentence] if m.label.section == "custody"),
        doc.first_word[sentence],
    )
    group = Group(
        home, 1, Bound.EXACT, True, FORM, "none", word, word,
        doc.starts[word], doc.ends[word], sentence, "none",
    )  # fmt: skip
    return group, {name: value for name, value in signals.items() if value}
