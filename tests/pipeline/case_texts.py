"""Invented articles about invented cases, and their records."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from pipeline.clues import Report, find_reports
from pipeline.segments import split_sentences
from pipeline.types import Article, Record, Span
from pipeline.vocabulary import DateOrigin, Drug, Kind, Stage

KEY = b"0123456789abcdef"


def article(body: str, day: str, *, title: str = "In brief", language: str = "en") -> Article:
    text = f"{title}\n{body}"
    return Article(
        url=f"https://outlet.example/{day}/{len(body)}",
        source="outlet",
        title=title,
        text=text,
        language=language,
        published=datetime.fromisoformat(day).replace(tzinfo=UTC),
        date_origin=DateOrigin.GIVEN,
        outlet_country="GB",
        segments=split_sentences(text, language),
    )


def record(told: Article, said: str, **fields: Any) -> Record:
    start = told.text.index(said)
    values: dict[str, Any] = {"nationality": "NZ", "country": "UY", "count": 1, "kind": Kind.EVENT}
    values |= {"stage": Stage.ARRESTED, "drugs": (Drug.COCAINE,), "quantity_kg": None, "sentence": None}
    values |= {"drug_share": None, "when": None, "place": None}
    values["evidence"] = Span(start=start, end=start + len(said), text=said)
    return Record(**{**values, **fields})


def report(body: str, day: str, *, language: str = "en", **fields: Any) -> Report:
    """The only report of an article whose first sentence is the evidence."""
    told = article(body, day, language=language)
    first = body.split(". ")[0]
    (found,) = find_reports(told, [record(told, first, **fields)], key=KEY)
    return found


ARREST = report(
    "A New Zealand diver was arrested at Carrasco airport with 7.4 kilos of cocaine. Tamsin Quillfeather, 31,"
    " had flown in from Lima on 3 May 2021, customs said. Her brother in Wanaka knew of nothing.",
    "2021-05-05",
    quantity_kg=7.4,
)
TRIAL = report(
    "Una buza neozelandesa fue condenada a seis años por cocaína. Quillfeather, de 32 años, había llegado "
    "a Carrasco el 3 de mayo de 2021. Cumplirá la pena en Montevideo, dijo la jueza.",
    "2022-02-11",
    language="es",
    stage=Stage.CONVICTED,
    sentence=6.0,
)
TWIN = report(
    "A New Zealand cook was arrested at Carrasco airport with 2.1 kilos of cocaine. Osric Bellweather, 54, "
    "came from Madrid, customs said. His sister in Napier knew of nothing.",
    "2021-11-20",
    quantity_kg=2.1,
)
