"""How alike two reports are: named signals of the question whether they are about one case."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.clues import ORDER, Days, Report
from pipeline.copies import COPY, shared
from pipeline.model import add_up
from pipeline.vocabulary import Drug, Stage

_LASTING = frozenset({Stage.IMPRISONED, Stage.DEATH_ROW})
_VAGUE = frozenset({Drug.OTHER, Drug.SYNTHETIC})
_EARLY = frozenset({Stage.ARRESTED, Stage.CHARGED})
SAME, NEAR, OTHER = 1.02, 1.15, 1.3
"""Quotients of two weights: up to the first they are the same, up to the second perhaps, from the
third they are two."""

ALIKE = {
    "copy": 4.0,
    "two nationalities": 2.7,
    "name": 2.0,
    "day in both": 1.5,
    "same day": 1.5,
    "same, days": 1.5,
    "more names": 1.2,
    "date told": 1.2,
    "same term": 1.1,
    "numbers": 1.0,
    "age": 0.9,
    "back, days": 0.9,
    "on, days": 0.8,
    "still, days": 0.8,
    "same large count": 0.7,
    "sound": 0.7,
    "home": 0.7,
    "weight told": 0.7,
    "same month": 0.7,
    "near count": 0.6,
    "still, weeks": 0.6,
    "same, weeks": 0.6,
    "on, weeks": 0.6,
    "same odd weight": 0.5,
    "near weight": 0.5,
    "same weight": 0.4,
    "still, months": 0.3,
    "same count": 0.3,
    "spot": 0.3,
    "on, years": 0.2,
    "still, years": 0.2,
    "still, a year": 0.2,
    "same drug": 0.0,
    "still, long": 0.0,
    "on, months": -0.1,
    "bias": -0.1,
    "on, a year": -0.1,
    "same, months": -0.3,
    "back, weeks": -0.3,
    "names, none shared": -0.4,
    "on, long": -0.5,
    "fewer later": -0.8,
    "other count": -0.8,
    "other term": -0.8,
    "other day": -1.1,
    "other weight": -1.1,
    "back, months": -1.2,
    "other drug": -1.5,
    "nobody's nationality": -1.5,
    "other age": -1.7,
    "back, a year": -1.7,
    "same, a year": -1.8,
    "back, long": -2.0,
    "back, years": -2.1,
    "same, years": -2.5,
    "same, long": -3.0,
}
"""What each signal says for (or against) two reports being about one case, in log-odds."""
CONTRADICTIONS = (
    (frozenset({"name", "sound"}), "names, none shared"),
    (frozenset({"age"}), "other age"),
    (frozenset({"same count", "near count"}), "other count"),
    (frozenset({"same count", "near count"}), "fewer later"),
    (frozenset({"same drug"}), "other drug"),
    (frozenset({"same weight", "near weight", "weight told"}), "other weight"),
    (frozenset({"same term"}), "other term"),
    (frozenset({"same day", "same month"}), "other day"),
)
"""What agrees, and what it takes the force from."""
_RELATIONS = ("same", "still", "on", "back")
_BUCKETS = ((4, "days"), (21, "weeks"), (120, "months"), (550, "a year"), (1900, "years"))
TIMES = frozenset(
    f"{relation}, {bucket}" for relation in _RELATIONS for bucket in (*(n for _, n in _BUCKETS), "long")
)


def compare(one: Report, other: Report) -> dict[str, float]:
    """The signals; empty where the two cannot be one case: another country of custody, or no
    nationality in common. Symmetric."""
    if one.country != other.country:
        return {}
    common = one.nationalities & other.nationalities
    if not common:
        return {}
    out = {"bias": 1.0}
    if common == {"XX"}:
        out["nobody's nationality"] = 1.0
    if len(common) > 1:
        out["two nationalities"] = 1.0
    if shared(one.copy, other.copy) >= COPY:
        out["copy"] = 1.0
    _names(one, other, out)
    _counts(one, other, common, out)
    _goods(one, other, out)
    _dates(one, other, out)
    if one.sentence is not None and other.sentence is not None:
        out["same term" if one.sentence == other.sentence else "other term"] = 1.0
    return out


def compare_all(one: Sequence[Report], other: Sequence[Report]) -> dict[str, float]:
    """The signals for all that the reports of two cases tell together; empty where no two of them
    can be compared. What agrees in any two of them agrees, and contradicts only where nothing
    agrees; of the relations in time the likeliest counts."""
    told = [signals for a in one for b in other if (signals := compare(a, b))]
    out: dict[str, float] = {}
    for signals in told:
        for name, value in signals.items():
            if name not in TIMES:
                out[name] = max(out.get(name, 0.0), value)
    for agrees, contradicts in CONTRADICTIONS:
        if out.keys() & agrees:
            out.pop(contradicts, None)
    times = {name for signals in told for name in signals if name in TIMES}
    if times:
        out[max(times, key=lambda name: (ALIKE.get(name, 0.0), name))] = 1.0
    return out


def likeness(signals: dict[str, float]) -> float:
    """Signals → log-odds that the reports are about one case; minus infinity where they cannot be."""
    return add_up(ALIKE, signals) if signals else float("-inf")


def _names(one: Report, other: Report, out: dict[str, float]) -> None:
    names = len(one.names & (other.names | other.hints)) + len(one.hints & other.names)
    sounds = len(one.sounds & other.sounds)
    if names:
        out["name"] = 1.0
    if names > 1:
        out["more names"] = min(names - 1, 3)
    if sounds > names:
        out["sound"] = min(sounds - names, 3)
    if len(one.names) >= 2 and len(other.names) >= 2 and not names and not sounds:
        out["names, none shared"] = 1.0
    homes = len(one.homes & other.homes)
    if homes:
        out["home"] = min(homes, 2)
    spots = len(one.spots & other.spots)
    if spots:
        out["spot"] = min(spots, 2)
    if one.births and other.births:
        near = any(abs(a - b) <= 1 for a in one.births for b in other.births)
        if near:
            out["age"] = 1.0
        elif len(one.births) <= 2 and len(other.births) <= 2:
            out["other age"] = 1.0
    numbers = len(one.numbers & other.numbers)
    if numbers:
        out["numbers"] = min(numbers, 2)


def _counts(one: Report, other: Report, common: frozenset[str], out: dict[str, float]) -> None:
    first, second = dict(one.people), dict(other.people)
    pairs = [(a, b) for n in common if (a := first[n]) is not None and (b := second[n]) is not None]
    if not pairs:
        return
    if all(a == b for a, b in pairs):
        out["same count"] = 1.0
        if max(a for a, _ in pairs) >= 3:
            out["same large count"] = 1.0
    elif all(min(a, b) >= 4 and max(a, b) <= 1.25 * min(a, b) for a, b in pairs):
        out["near count"] = 1.0
    elif (
        one.seen is not None
        and other.seen is not None
        and abs(one.seen - other.seen) > 3
        and (all(a >= b for a, b in pairs) if one.seen < other.seen else all(a <= b for a, b in pairs))
    ):
        # Of a group some are sentenced, and fewer come home.
        out["fewer later"] = 1.0
    else:
        out["other count"] = 1.0


def _goods(one: Report, other: Report, out: dict[str, float]) -> None:
    first, second = one.drugs - _VAGUE, other.drugs - _VAGUE
    if first and second:
        out["same drug" if first & second else "other drug"] = 1.0
    if one.kilos and other.kilos:
        quotient = max(one.kilos, other.kilos) / min(one.kilos, other.kilos)
        if quotient <= SAME:
            out["same weight"] = 1.0
            if one.kilos % 1:
                out["same odd weight"] = 1.0
        elif quotient <= NEAR:
            out["near weight"] = 1.0
        elif quotient >= OTHER and not _told(one, other):
            out["other weight"] = 1.0
    elif _told(one, other):
        out["weight told"] = 1.0


def _told(one: Report, other: Report) -> bool:
    """Whether a weight of one passage stands in the other too."""
    return any(max(a, b) <= SAME * min(a, b) for a in one.weights for b in other.weights if a > 0 and b > 0)


def _dates(one: Report, other: Report, out: dict[str, float]) -> None:
    if one.act and other.act and one.stage is other.stage and _short(one.act) and _short(other.act):
        apart = _apart(one.act, other.act)
        if apart == 0:
            out["same day" if _exact(one.act) and _exact(other.act) else "same month"] = 1.0
        elif apart > 3:
            out["other day"] = 1.0
    if any(days in other.dates for days in one.dates if _exact(days)):
        out["day in both"] = 1.0
    if one.seen is None or other.seen is None:
        return
    older, newer = (one, other) if one.seen <= other.seen else (other, one)
    assert older.seen is not None
    assert newer.seen is not None
    gap = newer.seen - older.seen
    if gap > 20:
        moment = older.act if older.act and _short(older.act) else (older.seen - 7, older.seen)
        told = [days for days in newer.dates if _short(days) and days[1] < newer.seen - 20]
        if any(_apart(days, moment) == 0 for days in told):
            out["date told"] = 1.0
    out[f"{_relation(older, newer)}, {_bucket(gap)}"] = 1.0


def _relation(older: Report, newer: Report) -> str:
    """How the stage of the newer report stands to that of the older one."""
    if older.stage is newer.stage:
        return "still" if older.stage in _LASTING else "same"
    if older.stage in _EARLY and newer.stage in _EARLY:
        return "on"
    if older.stage in _LASTING and newer.stage is Stage.CONVICTED:
        return "still"
    return "on" if ORDER.index(older.stage) < ORDER.index(newer.stage) else "back"


def _bucket(gap: int) -> str:
    for limit, name in _BUCKETS:
        if gap <= limit:
            return name
    return "long"


def _exact(days: Days) -> bool:
    return days[1] == days[0]


def _short(days: Days) -> bool:
    return days[1] - days[0] <= 31


def _apart(one: Days, other: Days) -> int:
    """Days between two spans, 0 where they touch."""
    return max(one[0] - other[1], other[0] - one[1], 0)
