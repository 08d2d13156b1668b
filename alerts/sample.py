"""A letter with invented news, by which a user sees what alerts look like and whether they arrive."""

from __future__ import annotations

from datetime import datetime, timedelta

from pipeline.types import Record, Span
from pipeline.vocabulary import Drug, Kind, Stage
from storage.alert_values import Hit, HitSort, Matched, Rhythm, Rule
from storage.outbox_values import CaseNews, Outlet, Recipient, Waiting

_ARREST = "Two Dutch nationals were arrested on Tuesday at Jorge Chávez airport with 12 kilograms of cocaine."
_FIGURE = "There were 191 Mexicans in the prisons of Peru at the end of June, 97 percent of them for cocaine."


def sample(recipient: Recipient, *, zone: str, now: datetime) -> Waiting:
    """What a rule of an invented desk found: a case, and a figure that was corrected."""
    arrest = Record(
        nationality="NL",
        country="PE",
        count=2,
        kind=Kind.EVENT,
        stage=Stage.ARRESTED,
        drugs=(Drug.COCAINE,),
        quantity_kg=12.0,
        sentence=None,
        drug_share=None,
        when=None,
        place="Jorge Chávez airport",
        evidence=Span(start=0, end=len(_ARREST), text=_ARREST),
    )
    stock = Record(
        nationality="MX",
        country="PE",
        count=191,
        kind=Kind.STOCK,
        stage=Stage.IMPRISONED,
        drugs=(Drug.COCAINE,),
        quantity_kg=None,
        sentence=None,
        drug_share=97.0,
        when=None,
        place=None,
        evidence=Span(start=0, end=len(_FIGURE), text=_FIGURE),
    )
    case = Hit(
        id=1,
        rule_id=0,
        key="case:1:arrested",
        sort=HitSort.CASE,
        url="https://outlet.example/lima-airport",
        title="Dos holandeses detenidos en el aeropuerto de Lima",
        source="The Invented Courier",
        language="en",
        published=now - timedelta(hours=5),
        excerpt=_ARREST,
        matched=Matched(records=(1,), excerpt=_spans(_ARREST, "Dutch nationals", "cocaine")),
        case_id=1,
        stage=Stage.ARRESTED,
        found=now,
    )
    figure = Hit(
        id=2,
        rule_id=0,
        key="record:2:r1",
        sort=HitSort.FIGURE,
        url="https://figures.example/prisons",
        title="Foreigners in the prisons of Peru",
        source="The Invented Gazette",
        language="en",
        published=now - timedelta(days=1),
        excerpt=_FIGURE,
        matched=Matched(records=(2,), excerpt=_spans(_FIGURE, "191 Mexicans")),
        note="corrected from 119 to 191",
        found=now,
    )
    other = Outlet(
        article_id=0, source="The Other Paper", url="https://other.example/lima", title="", published=now
    )
    return Waiting(
        rule=Rule(
            id=0, name="Sample", query="country:PE", address=recipient.address, rhythm=Rhythm.DAILY, zone=zone
        ),
        recipients=(recipient,),
        hits=(case, figure),
        records={1: arrest, 2: stock},
        cases={1: CaseNews(id=1, reports=(other,))},
    )


def _spans(text: str, *words: str) -> tuple[tuple[int, int], ...]:
    return tuple((text.index(word), text.index(word) + len(word)) for word in words)
