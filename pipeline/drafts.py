"""Held phrases → drafts: which phrases make one record together.

a case    the phrases of one nationality and country, unless a later one is about other people
a figure  the phrases of one nationality, country and number
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from pipeline.fields.case import Reading
from pipeline.figures import CLOSE
from pipeline.groups import Group
from pipeline.kinds_together import kinds_of
from pipeline.majorities import MOST, are_most_of_the_held, share_elsewhere
from pipeline.model import Weights, probability, weigh
from pipeline.nations import is_named
from pipeline.ranges import list_chances, read_alike, rounds, without_lone_ones
from pipeline.splits import split_signals
from pipeline.stated import COUNTED, is_tally, stated
from pipeline.understand import Held
from pipeline.vocabulary import UNKNOWN_COUNTRY, Kind

NATION = 0.5  # the probability from which a nationality is taken as held
FIGURE = 0.45  # the same for a bare number
LARGEST = 60_000  # no country holds more foreigners for drugs
LISTED = 0.3  # the same for the numbers of one list, on the mean
EVENT = 0.35  # the same for a phrase that names a nationality taken as held, beside the surest
TALLY = 0.25  # the same for one that counts many people
SPLIT = 0.45  # the chance from which a later phrase of a pair is another case


@dataclass(frozen=True, slots=True)
class Draft:
    """The phrases that make one record."""

    nationality: str
    country: str
    kind: str
    phrases: tuple[Held, ...]

    @property
    def lead(self) -> Held:
        """The phrase that stands for the record: surest, counted, early."""
        return max(
            self.phrases,
            key=lambda h: (h.probability + 0.3 * (h.group.counted_by in COUNTED), -h.group.start),
        )


def _chosen(reading: Reading, held: tuple[Held, ...]) -> list[Held]:
    """The phrases that records are made of: of each held nationality the surest, and those near it."""
    surest: dict[str, float] = {}
    for h in held:
        if is_named(h.group):
            surest[h.group.nationality] = max(surest.get(h.group.nationality, 0.0), h.probability)
    shared = list_chances(held)
    bare = [h for h in held if not is_named(h.group)]
    out = []
    numbers: list[Held] = []
    for h in held:
        if h.country == h.group.nationality and h.country != UNKNOWN_COUNTRY:
            continue
        if (h.group.count or 0) > LARGEST:
            continue  # "close to a million Tajiks work in Russia"
        if are_most_of_the_held(reading, h.group):
            out.append(h)
        elif not is_named(h.group):
            if _chance(h, bare) >= FIGURE or shared.get(id(h), 0.0) >= LISTED:
                numbers.append(h)
        elif h.nation >= NATION and h.probability >= min(
            surest[h.group.nationality], TALLY if is_tally(h.group) else EVENT
        ):
            out.append(h)
    out = _lists_agree([stated(reading, h) for h in out])
    numbers = [stated(reading, h) for h in read_alike(numbers)]
    for h in sorted(numbers, key=lambda h: -h.probability):
        # A number counts once: of its readings the surest stands.
        rivals = [o for o in out if not is_named(o.group) and _same_number(o.group, h.group)]
        if not rivals or all(_goes_beside(o.group, h.group) for o in rivals):
            out.append(h)
    out.sort(key=lambda h: h.group.start)
    if not out:
        # Whether anybody is held is the verdict's question; here the likeliest stands for the article.
        named = [h for h in held if is_named(h.group)]
        away = [h for h in named if h.country != h.group.nationality] or _at_the_outlet(reading, named)
        out = [max(away, key=lambda h: (h.nation, h.probability))] if away else []
    return out


def _at_the_outlet(reading: Reading, named: list[Held]) -> list[Held]:
    """Foreigners of whom no place is known but their own country's, where the outlet is: its readers know
    the villages of a story."""
    outlet = reading.doc.article.outlet_country
    return [replace(h, country=outlet) for h in named if outlet and h.group.nationality != outlet]


def _chance(held: Held, bare: list[Held]) -> float:
    """The chance that a bare number counts people of its nationality, wherever they are: the readings of
    one number as theirs, here or in the country beside it, exclude each other."""
    own = held.group
    others = (
        h.probability
        for h in bare
        if h.group.nationality == own.nationality and h.group.form != own.form and _same_number(h.group, own)
    )
    return held.probability + max(others, default=0.0)


def _same_number(one: Group, other: Group) -> bool:
    return (
        one.sentence == other.sentence
        and one.count == other.count
        and one.start < other.end
        and other.start < one.end
    )


def _goes_beside(one: Group, other: Group) -> bool:
    """ "three each from Israel and Russia": one number with two countries is two figures."""
    if one.form != other.form or one.form == "number":
        return False
    return (
        (one.country, one.nationality) != (other.country, other.nationality)
        and bool(one.country) == bool(other.country)
        and (one.nationality == other.nationality or not one.country)
    )


def _lists_agree(chosen: list[Held]) -> list[Held]:
    """The people of one list ("59 Nigerians, 13 Nepalis and two Poles") are held in one country."""
    out = list(chosen)
    at = 0
    while at < len(out):
        end = at + 1
        while (
            end < len(out)
            and out[end].group.sentence == out[at].group.sentence
            and out[end].group.first - out[end - 1].group.last <= CLOSE
            and out[end].group.nationality != out[end - 1].group.nationality
        ):
            end += 1
        members = out[at:end]
        if len(members) > 1:
            votes: dict[str, float] = {}
            for h in members:
                votes[h.country] = votes.get(h.country, 0.0) + h.certainty
            for nationality in {h.group.nationality for h in members} - {UNKNOWN_COUNTRY}:
                votes.pop(nationality, None)
            if votes:
                country = max(votes, key=lambda c: votes[c])
                out[at:end] = [replace(h, country=country) for h in members]
        at = end
    return out


def draft(reading: Reading, held: tuple[Held, ...], weights: Weights) -> tuple[Draft, ...]:
    """Group the phrases that are taken as held into records."""
    chosen = _chosen(reading, held)
    chosen, kinds = without_lone_ones(chosen, kinds_of(reading, chosen, weights))
    by_pair: dict[tuple[str, str], list[Held]] = {}
    for h in chosen:
        by_pair.setdefault((h.group.nationality, h.country), []).append(h)
    figured = {
        h.group.nationality
        for ps in by_pair.values()
        for h in ps
        if kinds[id(h)] != Kind.EVENT and h.group.count
    }
    drafts = []
    for (nationality, country), phrases in by_pair.items():
        figures: dict[tuple[str, int | None], list[Held]] = {}
        for h in phrases:
            if kinds[id(h)] != Kind.EVENT:
                figures.setdefault((kinds[id(h)], h.group.count), []).append(h)
        counted = {k for k, c in figures if c is not None}
        events = [h for h in phrases if kinds[id(h)] == Kind.EVENT]
        if (counted or nationality in figured) and all(
            h.group.count is None and not h.group.singular for h in events
        ):
            events = []  # "many of the Mexicans who are held there": the people of the figure
        drafts += [
            Draft(nationality, country, Kind.EVENT, tuple(part))
            for part in split_events(reading, events, weights)
        ]
        for (sort, number), members in figures.items():
            most = [h for h in members if h.group.counted_by == MOST]
            if number is None and most:
                members = most
            elif number is None and (counted or events or nationality in figured):
                continue
            drafts.append(Draft(nationality, country, sort, tuple(members)))
    drafts = [
        d
        for d in drafts
        if not _is_total(d, drafts)
        and not _is_rounder(d, drafts)
        and not _is_a_case(d, drafts)
        and not _is_sum(d, drafts)
    ]
    shares = [_share_draft(reading, d) for d in drafts]
    drafts += [d for d in shares if d is not None]
    drafts.sort(key=lambda d: d.lead.group.start)
    return tuple(drafts)


def _share_draft(reading: Reading, item: Draft) -> Draft | None:
    """The figure of the second country of a sentence that gives a share for each of two."""
    lead = item.lead
    if item.kind == Kind.EVENT or lead.group.count is None:
        return None
    second = share_elsewhere(reading, lead.group, item.country)
    if second is None:
        return None
    country, word = second
    doc = reading.doc
    group = replace(
        lead.group, count=None, counted_by="none", singular=False, first=word, last=word,
        start=doc.starts[word], end=doc.ends[word],
    )  # fmt: skip
    return Draft(item.nationality, country, item.kind, (replace(lead, group=group, country=country),))


def _apart(reading: Reading, part: list[Held], group: Group, weights: Weights) -> float:
    """The chance that a phrase is about other people than a part: as seen from its first and last phrase."""
    ends = {id(h): h for h in (part[0], part[-1])}
    return min(
        probability(weigh(weights["split"], split_signals(reading, h.group, group))) for h in ends.values()
    )


def split_events(reading: Reading, events: list[Held], weights: Weights) -> list[list[Held]]:
    """The phrases of one pair → one list for each case that they tell of."""
    parts: list[list[Held]] = []
    for h in sorted(events, key=lambda h: h.group.start):
        chances = [_apart(reading, part, h.group, weights) for part in parts]
        if parts and min(chances) < SPLIT:
            parts[chances.index(min(chances))].append(h)
        else:
            parts.append([h])
    return parts


def _is_rounder(item: Draft, drafts: list[Draft]) -> bool:
    """Whether a figure says in round numbers what another of its pair says exactly."""
    return item.kind != Kind.EVENT and any(
        other.kind != Kind.EVENT
        and (other.nationality, other.country) == (item.nationality, item.country)
        and rounds(item.lead.group, other.lead.group)
        for other in drafts
    )


def _is_a_case(item: Draft, drafts: list[Draft]) -> bool:
    """Whether a figure counts the very people of a case: as many, of one nationality and country."""
    return item.kind != Kind.EVENT and any(
        other.kind == Kind.EVENT
        and (other.nationality, other.country) == (item.nationality, item.country)
        and item.lead.group.count is not None
        and item.lead.group.count in {h.group.count for h in other.phrases}
        for other in drafts
        if item.country != UNKNOWN_COUNTRY
    )


def _is_sum(item: Draft, drafts: list[Draft]) -> bool:
    """Whether a case is the sum of others of its pair: "four Britons", of whom three and one are told."""
    count = item.lead.group.count
    if item.kind != Kind.EVENT or not count:
        return False
    parts = [
        d.lead.group.count or 0
        for d in drafts
        if d is not item
        and d.kind == Kind.EVENT
        and (d.nationality, d.country) == (item.nationality, item.country)
    ]
    return len(parts) > 1 and sum(parts) == count


def _is_total(item: Draft, drafts: list[Draft]) -> bool:
    """Whether a draft is the total ("four foreigners") of a case whose nationalities are drafts too."""
    if item.nationality != UNKNOWN_COUNTRY:
        return False
    parts = [
        d
        for d in drafts
        if d.kind == Kind.EVENT and d.country == item.country and d.nationality != UNKNOWN_COUNTRY
    ]
    if item.kind != Kind.EVENT:
        # A case that is taken for a figure: its people are as many as those of its nationalities.
        counts = [d.lead.group.count for d in parts]
        return len(parts) > 1 and sum(c or 0 for c in counts) == item.lead.group.count
    lead = item.lead.group
    first = min((h.group.sentence for d in parts for h in d.phrases), default=0)
    if lead.count == 1 and lead.counted_by == "article" and lead.sentence > first:
        return False  # "a foreign woman" after people of whom each has a nationality: one more
    return bool(parts)
