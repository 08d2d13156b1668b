"""A record in a line of English, for readers who do not know the codebook. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from babel import Locale

from pipeline.types import Record
from pipeline.vocabulary import UNKNOWN_COUNTRY, Bound, Kind, Stage

_ENGLISH = Locale("en")
_WITH_ARTICLE = frozenset({"AE", "BS", "CD", "CF", "DO", "GB", "GM", "KY", "MV", "NL", "PH", "US"})
_BOUNDS = {
    Bound.EXACT: "",
    Bound.ABOUT: "about ",
    Bound.AT_LEAST: "at least ",
    Bound.AT_MOST: "at most ",
}
_STAGES = {
    Stage.DEATH_ROW: "on death row",
    Stage.TRANSFERRED: "transferred to or from",
    Stage.DIED: "died in custody",
}


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Group:
    """The four facts that say what a record is about."""

    nationality: str  # ISO alpha-2 or XX
    country: str  # of custody, ISO alpha-2 or XX
    count: int | None
    stage: Stage


def record_words(record: Record, *, short: bool = False) -> str:
    """Who, how many, where, at what stage; and unless ``short``, drugs, sentence, date and place."""
    group = Group(
        nationality=record.nationality, country=record.country, count=record.count, stage=record.stage
    )
    count = None if record.count is None else f"{_BOUNDS[record.bound]}{record.count:,}"
    if record.per is not None and count:
        count += f" a {record.per.value}"
    parts = [_people(group, count), _custody(group) + (" over a period" if record.kind is Kind.FLOW else "")]
    if short:
        return ", ".join(parts)
    drugs = " and ".join(drug.value for drug in record.drugs)
    if record.quantity_kg is not None:
        weight = (
            f"{record.quantity_kg:,.10g} kg"
            if record.quantity_kg >= 1
            else f"{record.quantity_kg * 1000:.10g} g"
        )
        drugs = f"{drugs or 'drugs'}, {weight}"
    parts += [drugs, sentence_words(record.sentence), _share(record), _when(record.when), record.place or ""]
    return " · ".join(part for part in parts if part)


@lru_cache(maxsize=1_000)
def country_name(code: str) -> str:
    """The country's name in English, with the article that it needs."""
    name = _ENGLISH.territories.get(code, code)
    return f"the {name}" if code in _WITH_ARTICLE else name


def group_words(group: Group) -> str:
    """Who is held where, and at what stage."""
    return f"{_people(group, None if group.count is None else f'{group.count:,}')}, {_custody(group)}"


def _people(group: Group, count: str | None) -> str:
    if group.nationality == UNKNOWN_COUNTRY:
        return f"{count or ''} {'foreigner' if group.count == 1 else 'foreigners'}".strip()
    return f"{count or 'people'} from {country_name(group.nationality)}"


def _custody(group: Group) -> str:
    stage = _STAGES.get(group.stage, group.stage.value)
    if group.country == UNKNOWN_COUNTRY:
        return f"{stage.removesuffix(' to or from')} abroad"
    return f"{stage}{'' if group.stage is Stage.TRANSFERRED else ' in'} {country_name(group.country)}"


def sentence_words(years: float | str | None) -> str:
    """A term of prison: "6 years 8 months", "life sentence"; "" where none is known."""
    if years is None or isinstance(years, str):
        return f"{years} sentence" if years else ""
    whole, months = divmod(round(years * 12), 12)
    parts = ((whole, "year"), (months, "month"))
    return " ".join(f"{count} {unit}{'' if count == 1 else 's'}" for count, unit in parts if count)


def _share(record: Record) -> str:
    return "" if record.drug_share is None else f"{record.drug_share:.3g} % for drugs"


def _when(when: str | None) -> str:
    """2014-04-03 → 3 Apr 2014; periods and years as they are."""
    return when.replace("/", " to ") if when else ""
