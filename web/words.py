"""How values are said on pages. Pure."""

from __future__ import annotations

from datetime import UTC, date, datetime
from urllib.parse import urlsplit

from pipeline.record_words import country_name, sentence_words
from pipeline.vocabulary import UNKNOWN_COUNTRY, Bound, Drug, Kind, Stage
from storage.cells import UNPRINTABLE
from storage.trend_values import Figure
from storage.values import CaseRow, Sort

LANGUAGE = {
    "en": "English",
    "es": "Spanish",
    "pt": "Portuguese",
    "fr": "French",
    "de": "German",
    "it": "Italian",
    "nl": "Dutch",
}
FIELD = {
    "nationality": "Nationality",
    "country": "Held in",
    "stage": "Stage",
    "drug": "Drug",
    "kind": "Kind",
    "lang": "Language",
    "source": "Outlet",
}
SORT = {
    Sort.NEWEST: "newest first",
    Sort.OLDEST: "oldest first",
    Sort.FOUND: "latest found first",
    Sort.COUNT: "most people first",
    Sort.RANK: "best match first",
}


def plain(text: str) -> str:
    """``text`` on one line, without control characters and marks of direction."""
    return " ".join(UNPRINTABLE.sub(" ", text).split())


def harmless(text: str) -> str:
    """``text`` of several lines, each control character and mark of direction a space."""
    return "\n".join(UNPRINTABLE.sub(" ", line) for line in text.split("\n"))


def place(code: str) -> str:
    """A country of custody."""
    return "abroad" if code == UNKNOWN_COUNTRY else country_name(code).removeprefix("the ")


def people(code: str) -> str:
    """A nationality, by its country."""
    return "foreigners" if code == UNKNOWN_COUNTRY else country_name(code).removeprefix("the ")


def people_from(code: str) -> str:
    """People by their nationality: "people from the Netherlands"."""
    return "foreigners" if code == UNKNOWN_COUNTRY else f"people from {country_name(code)}"


def said(field: str, value: str) -> str:
    """A value of a filter."""
    match field:
        case "nationality":
            return people(value.upper()) if len(value) == 2 else value
        case "country":
            return place(value.upper()) if len(value) == 2 else value
        case "lang" | "language":
            return LANGUAGE.get(value.lower(), value)
        case "source":
            return value or "handed in"
        case _:
            return value.replace("_", " ")


def choices(field: str) -> tuple[str, ...]:
    """All values of a field that has few."""
    match field:
        case "stage":
            return tuple(Stage)
        case "drug":
            return tuple(Drug)
        case "kind":
            return tuple(Kind)
        case "lang":
            return tuple(LANGUAGE)
        case _:
            return ()


def day(at: datetime | date | None) -> str:
    """A day of UTC, as 2026-03-04."""
    if at is None:
        return "no date"
    return (at.astimezone(UTC).date() if isinstance(at, datetime) else at).isoformat()


def moment(at: datetime | None) -> str:
    """A moment, in UTC."""
    return "never" if at is None else f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def ago(at: datetime | None, now: datetime) -> str:
    """How long ago something was, roughly."""
    if at is None:
        return "never"
    seconds = (now - at).total_seconds()
    if seconds < 90:
        return "just now"
    for size, name in ((86_400, "day"), (3_600, "hour"), (60, "minute")):
        if seconds >= size * 1.5 or (size == 60):
            number = round(seconds / size)
            return f"{number} {name}{'' if number == 1 else 's'} ago"
    raise AssertionError("the last size fits always")


def many(number: int, what: str) -> str:
    """A number of things: 1 article, 1,200 articles, no articles."""
    plural = what if number == 1 else f"{what[:-1]}ies" if what.endswith("y") else f"{what}s"
    return f"{number:,} {plural}" if number else f"no {plural}"


def link(url: str) -> str:
    """An address that may be put into a link; "" for any that is not of the web."""
    return url if url.startswith(("https://", "http://")) else ""


def host(url: str) -> str:
    """The host of an address, so that a reader sees where a link leads."""
    try:
        return (urlsplit(url).hostname or "").removeprefix("www.")
    except ValueError:
        return ""


def case_words(case: CaseRow) -> str:
    """Who is held where: "2 from the Netherlands and 1 from Belgium, in Peru"."""
    parts = []
    for code, count in case.sums.people.items():
        if code == UNKNOWN_COUNTRY:
            parts.append(f"{count or 'some'} foreigner{'' if count == 1 else 's'}")
        else:
            parts.append(f"{'people' if count is None else f'{count:,}'} from {country_name(code)}")
    who = " and ".join((", ".join(parts[:-1]), parts[-1])) if len(parts) > 1 else parts[0]
    where = "abroad" if case.country == UNKNOWN_COUNTRY else f"in {country_name(case.country)}"
    return f"{who}, held {where}"


def case_facts(case: CaseRow) -> str:
    """Drugs, weight, sentence, place and date of a case in sum."""
    sums = case.sums
    drugs = " and ".join(drug.value for drug in sums.drugs)
    if sums.quantity_kg is not None:
        drugs = f"{drugs or 'drugs'}, {sums.quantity_kg:,.10g} kg"
    when = sums.when.replace("/", " to ") if sums.when else ""
    return " · ".join(
        part for part in (drugs, sentence(sums.sentence), plain(sums.place or ""), when) if part
    )


def capitalize_first(text: str) -> str:
    """``text`` with a capital at its beginning, the rest as it is."""
    return text[:1].upper() + text[1:]


def count(number: int | None) -> str:
    return "not told" if number is None else f"{number:,}"


def stage(value: str) -> str:
    """A stage as it is written in English."""
    return value.replace("_", " ")


def amount(figure: Figure) -> str:
    """A figure with how it is meant: "about 1,200 a year"."""
    if figure.count is None:
        return "not told"
    bound = "" if figure.bound is Bound.EXACT else f"{figure.bound.value.replace('_', ' ')} "
    return f"{bound}{figure.count:,}" + (f" a {figure.per.value}" if figure.per else "")


def as_of(figure: Figure) -> str:
    """The moment or period of a figure, in the words of its article, else its publication."""
    if figure.when:
        return figure.when.replace("/", " to ")
    return date.fromordinal(figure.days[1]).isoformat()


def cut(text: str, most: int = 240) -> str:
    """``text`` on one line, its end left out where it is long."""
    text = plain(text)
    return text if len(text) <= most else text[: most - 1].rsplit(" ", 1)[0].rstrip(",;:") + " …"


def sentence(value: float | str | None) -> str:
    """A term of prison."""
    return sentence_words(value)
