"""How the lines, people, places and moments of trends are called. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.gaps import COMPLETE
from pipeline.periods import say_days, say_when
from pipeline.record_words import country_name
from storage.cells import plain
from storage.trend_values import Figure, FigureLine, FirstSeen, Sentenced, Split

if TYPE_CHECKING:
    from storage.trend_report import EventReport


def name_of(key: str, split: Split | None) -> str:
    """A line's key in words."""
    match split:
        case Split.NATIONALITY:
            return people_name(key)
        case Split.COUNTRY:
            return place_name(key)
        case Split.PAIR:
            nationality, _, country = key.partition("-")
            return f"{people_name(nationality)} → {place_name(country)}"
        case _:
            return plain(key.replace("_", " "))


def place_name(code: str) -> str:
    """A country of custody with its code."""
    return "abroad (XX)" if code == "XX" else f"{country_name(code).removeprefix('the ')} ({code})"


def people_name(code: str) -> str:
    """A nationality by its country."""
    return "foreigners (XX)" if code == "XX" else place_name(code)


def head_of(line: FigureLine) -> str:
    """Who, where, and how they are counted."""
    held = "" if line.country == "XX" else "in "
    who = f"{people_name(line.nationality)} {held}{place_name(line.country)}"
    parts = [who, line.stage.value.replace("_", " "), plain(line.place or "")]
    parts += ["drug cases only"] if line.drugs_only else []
    parts += [f"figures of the {line.by}" if line.by else ""]
    return " · ".join(part for part in parts if part)


def when_of(figure: Figure) -> str:
    """The moment or period; in brackets the day of publication where it stands for it."""
    if not figure.dated:
        return "(no date)"
    return say_when(figure.when) if figure.when else f"({say_days(figure.days)})"


def how_complete(report: EventReport, place: int, *, part: str) -> str:
    """How complete a piece of time is, and why not; nothing where it is. ``part`` says that only some of it
    was asked for."""
    share = report.coverage.shares[place]
    if not report.over[place]:
        return "not over"
    if not report.whole(place):
        return part
    if share is None or share >= COMPLETE:
        return ""
    gaps = report.coverage.gaps[place]
    named = ", ".join(f"{plain(gap.source)} {gap.lack.value}" for gap in gaps[:2])
    more = f" and {len(gaps) - 2} more" if len(gaps) > 2 else ""
    return f"{share:.0%} of normal: {named}{more}"


def weight_of(each: Sentenced) -> str:
    """The range of weight in words."""
    if each.least_kg is None:
        return "not known"
    if each.below_kg is None:
        return f"{each.least_kg:,g} kg and more"
    return (
        f"under {each.below_kg:g} kg" if not each.least_kg else f"{each.least_kg:g} to {each.below_kg:g} kg"
    )


def say_first(pair: FirstSeen, months: int) -> str:
    """The sentence that can be quoted."""
    who = f"people from {country_name(pair.nationality)} held in {country_name(pair.country)}"
    if pair.last is None:
        return f"First {who} that are known"
    return f"First {who} in {months} months; the last case was of {say_days((pair.last, pair.last))}"
