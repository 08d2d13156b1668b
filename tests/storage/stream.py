"""Six years of news whose truth is known: cases, what outlets wrote of them, and when outlets failed.

Cases come by themselves, four a month on average, at one rate all the time. Each is reported by one
to four outlets within a week of its day, in English or Spanish, by copying or in other words; every
third comes to a sentence a year later, and some of these to a release. Three of the five outlets are
out for nine months of the fourth year (one is blocked, one has nothing, one is not asked), and one is
followed from the second year on.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from pipeline.types import Extracted
from pipeline.vocabulary import Drug, FeedState, Stage
from storage.repository import Repository
from tests.storage import builders

BEGIN, END = date(2018, 1, 1), date(2023, 12, 31)
NOW = datetime(2024, 1, 3, 9, tzinfo=UTC)
OUTLETS = ("abend", "bote", "courier", "dia", "echo")
LATE, LATE_FROM = "echo", date(2019, 3, 1)
OUT = {"abend": FeedState.BLOCKED, "bote": FeedState.EMPTY, "courier": None}
OUT_FROM, OUT_TO = date(2021, 3, 1), date(2021, 11, 30)
PEOPLE = {
    "NL": ("Dutch", "holandés", "holandeses"),
    "GB": ("British", "británico", "británicos"),
    "MX": ("Mexican", "mexicano", "mexicanos"),
    "NG": ("Nigerian", "nigeriano", "nigerianos"),
    "DE": ("German", "alemán", "alemanes"),
    "BR": ("Brazilian", "brasileño", "brasileños"),
}
PLACES = {
    "PE": ("Callao", "Tumbes", "Arequipa", "Trujillo", "Iquitos", "Tacna"),
    "TH": ("Phuket", "Chiang Mai", "Hat Yai", "Pattaya", "Udon Thani", "Krabi"),
    "ID": ("Denpasar", "Medan", "Surabaya", "Batam", "Makassar", "Pontianak"),
    "MA": ("Tangier", "Nador", "Agadir", "Tetouan", "Oujda", "Essaouira"),
}
NUMBERS = ("", "A", "Two", "Three", "Four", "Five"), ("", "Un", "Dos", "Tres", "Cuatro", "Cinco")
DRUGS = {"cocaine": "cocaína", "heroin": "heroína", "cannabis": "hachís", "methamphetamine": "metanfetamina"}


@dataclass(frozen=True)
class Truth:
    """One case as it was."""

    day: date
    nationality: str
    country: str
    place: str
    count: int
    drug: str
    kilos: float
    ages: str
    outlets: tuple[str, ...]  # that wrote of it
    sentence: int | None  # years, where it came to a sentence that was reported


def followed(outlet: str, day: date) -> bool:
    """Whether what the outlet wrote on the day was read."""
    if outlet == LATE and day < LATE_FROM:
        return False
    return not (outlet in OUT and OUT_FROM <= day <= OUT_TO)


def world(seed: int = 4) -> list[Truth]:
    """The cases, by day."""
    chance = random.Random(seed)
    found, day = [], BEGIN.toordinal() + 0.0
    while (day := day + chance.expovariate(48 / 365.25)) < END.toordinal():
        country = chance.choice(list(PLACES))
        count = chance.choice((1, 1, 1, 2, 2, 3, 4, 5))
        found.append(
            Truth(
                day=date.fromordinal(int(day)),
                nationality=chance.choice(list(PEOPLE)),
                country=country,
                place=chance.choice(PLACES[country]),
                count=count,
                drug=chance.choice(list(DRUGS)),
                kilos=round(chance.lognormvariate(2, 1.2), 2) + 0.13,
                ages=" and ".join(str(chance.randint(19, 63)) for _ in range(min(count, 2))),
                # Most are only in those that will be out: their outage takes most cases away.
                outlets=tuple(chance.sample(OUTLETS[:3], chance.choice((1, 1, 2, 3))))
                + tuple(outlet for outlet in OUTLETS[3:] if chance.random() < 0.08),
                sentence=chance.randint(3, 25) if chance.random() < 0.33 else None,
            )
        )
    return found


def reports(cases: list[Truth], seed: int = 5) -> Iterator[tuple[Truth, date, Extracted]]:
    """What was read of the cases: the case, the day of publication and the article."""
    chance = random.Random(seed)
    number = 0
    for case in cases:
        dated = chance.random() < 0.8
        for outlet in case.outlets:
            published = case.day + timedelta(days=chance.randint(0, 4))
            spanish = chance.random() < 0.3
            number += 1
            text = arrest(case, spanish=spanish, way=chance.randint(0, 2))
            when = case.day.isoformat() if dated or chance.random() < 0.5 else None
            if followed(outlet, published):
                yield (
                    case,
                    published,
                    article(number, case, outlet, published, text, Stage.ARRESTED, when, spanish),
                )
        if case.sentence:
            published = case.day + timedelta(days=chance.randint(250, 500))
            outlet = chance.choice(case.outlets)
            number += 1
            if published <= END and followed(outlet, published):
                day = published.isoformat()
                told = article(number, case, outlet, published, trial(case), Stage.CONVICTED, day, False)
                yield case, published, told


def known(cases: list[Truth]) -> dict[Truth, date]:
    """The cases of which anything was read, each with the day of the first act that was: of one whose
    arrest fell into the outage that is its sentence."""
    found: dict[Truth, date] = {}
    for case, published, outcome in reports(cases):
        arrested = outcome.records[0].stage is Stage.ARRESTED
        day = case.day if arrested else published
        found[case] = min(day, found.get(case, day))
    return found


def arrest(case: Truth, *, spanish: bool, way: int) -> str:
    """The arrest, in one of some ways to tell it."""
    english, one, many = PEOPLE[case.nationality]
    place, kilos, day = case.place, f"{case.kilos:.2f}", case.day
    if spanish:
        who = f"{NUMBERS[1][case.count]} {one if case.count == 1 else many}"
        verb = "fue detenido" if case.count == 1 else "fueron detenidos"
        return (
            f"{who}, de {case.ages.replace(' and ', ' y ')} años, {verb} en {place} con "
            f"{kilos.replace('.', ',')} kilos de {DRUGS[case.drug]}, informó la policía."
        )
    who = f"{NUMBERS[0][case.count]} {english} national{'s' if case.count > 1 else ''}"
    verb = "was" if case.count == 1 else "were"
    tellings = (
        f"{who}, aged {case.ages}, {verb} arrested in {place} with {kilos} kilos of {case.drug}, police "
        "said.",
        f"Customs officers in {place} found {kilos} kg of {case.drug}. {who}, aged {case.ages}, "
        f"{verb} detained.",
        f"{who} {verb} caught in {place} on {day.day} {day:%B} with {kilos} kilograms of {case.drug} "
        f"in their luggage. Their age was given as {case.ages}.",
    )
    return tellings[way]


def trial(case: Truth) -> str:
    """The sentence, which looks back at the arrest."""
    english = PEOPLE[case.nationality][0]
    who = f"{NUMBERS[0][case.count]} {english} national{'s' if case.count > 1 else ''}"
    verb = "was" if case.count == 1 else "were"
    return (
        f"{who} {verb} sentenced to {case.sentence} years in prison by a court in {case.place} for the "
        f"{case.kilos:.2f} kilos of {case.drug} that were found on {case.day.day} {case.day:%B %Y}."
    )


def article(
    number: int,
    case: Truth,
    outlet: str,
    published: date,
    text: str,
    stage: Stage,
    when: str | None,
    spanish: bool,
) -> Extracted:
    record = builders.record(
        f"Story {number}\n{text}",
        text,
        nationality=case.nationality,
        country=case.country,
        count=case.count,
        stage=stage,
        drugs=(Drug(case.drug),),
        quantity_kg=round(case.kilos, 2),
        sentence=float(case.sentence) if stage is Stage.CONVICTED and case.sentence else None,
        when=when,
        place=case.place,
    )
    return builders.relevant(
        number,
        record,
        body=text,
        source=outlet,
        language="es" if spanish else "en",
        published=datetime.combine(published, time(8), UTC),
        outlet_country="GB",
    )


def crawl(repository: Repository, seed: int = 6) -> None:
    """Six years of feeds, each asked once a fortnight, with two articles on a weekday and one on others."""
    chance = random.Random(seed)
    monday = BEGIN
    number = 1_000_000
    while monday <= END:
        moment = datetime.combine(monday + timedelta(days=13), time(20), UTC)
        for outlet in OUTLETS:
            days = [day for each in range(14) if (day := monday + timedelta(days=each)) <= END]
            entries = []
            for day in days:
                if followed(outlet, day):
                    for _ in range(chance.choice((2, 2, 3)) if day.weekday() < 5 else 1):
                        number += 1
                        at = datetime.combine(day, time(7), UTC)
                        entries.append(builders.entry(number, source=outlet, published=at))
            out = outlet in OUT and not entries and days[-1] >= OUT_FROM
            if (outlet == LATE and not entries) or (out and OUT[outlet] is None):
                continue
            state = OUT[outlet] if out else FeedState.OK
            assert state is not None
            fetch = builders.fetch(state, source=outlet, fetched=moment, entries=len(entries))
            repository.save_feed(None, fetch, entries, now=moment)
        monday += timedelta(days=14)
