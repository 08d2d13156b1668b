"""The shapes of the API's answers as JSON Schema, for its description. Pure.

They say what storage/shapes.py and case_shapes.py make; those of trends are in trend_schemas.py. A test
holds every answer against them.
"""

from __future__ import annotations

from pipeline.vocabulary import Bound, DateOrigin, Drug, Kind, Per, SourceState, Stage
from web.json_schema import (
    CODE,
    COUNT,
    DAY,
    ID,
    MOMENT,
    NUMBER,
    SENTENCE,
    TEXT,
    YES,
    Schema,
    maybe,
    ref,
    some,
    thing,
    word,
)
from web.trend_schemas import TREND_SHAPES
from web.written_schemas import WRITTEN

_RECORD = {
    "id": ID,
    "nationality": CODE,
    "country": CODE,
    "count": maybe(COUNT),
    "bound": word(Bound),
    "per": maybe(word(Per)),
    "kind": word(Kind),
    "stage": word(Stage),
    "drugs": some(word(Drug)),
    "quantity_kg": maybe(NUMBER),
    "sentence": SENTENCE,
    "drug_share": maybe(NUMBER),
    "when": maybe(TEXT),
    "place": maybe(TEXT),
    "evidence": TEXT,
    "start": COUNT,
    "end": COUNT,
    "confidence": NUMBER,
}
_ARTICLE = {
    "id": ID,
    "title": TEXT,
    "url": TEXT,
    "source": TEXT,
    "language": TEXT,
    "published": maybe(MOMENT),
    "date_origin": maybe(word(DateOrigin)),
    "outlet_country": maybe(CODE),
    "first_seen": MOMENT,
    "revised": maybe(MOMENT),
    "revision": COUNT,
    "score": NUMBER,
    "records": some(ref("RecordOfArticle")),
}
_OF_ARTICLE = {
    "article_id": ID,
    "title": TEXT,
    "url": TEXT,
    "source": TEXT,
    "language": TEXT,
    "published": maybe(MOMENT),
    "outlet_country": maybe(CODE),
    "first_seen": MOMENT,
}
_REPORT = thing(
    "What one article tells of the case.",
    article_id=ID,
    url=TEXT,
    outlet=TEXT,
    lang=TEXT,
    published=maybe(MOMENT),
    outlet_country=maybe(CODE),
    title=TEXT,
    first_seen=MOMENT,
    by_hand=YES,
    records=some(
        thing(
            "A record.",
            id=ID,
            nationality=CODE,
            count=maybe(COUNT),
            bound=word(Bound),
            stage=word(Stage),
            when=maybe(TEXT),
            evidence=TEXT,
        )
    ),
)
_CASE = thing(
    "A case, however many articles report it.",
    id=ID,
    country=CODE,
    nationalities=some(CODE),
    count=maybe(COUNT),
    people={"type": "object", "additionalProperties": maybe(COUNT)},
    stage=word(Stage),
    drugs=some(word(Drug)),
    quantity_kg=maybe(NUMBER),
    sentence=SENTENCE,
    place=maybe(TEXT),
    when=maybe(TEXT),
    first_seen=MOMENT,
    last_seen=MOMENT,
    added=MOMENT,
    changed=MOMENT,
    merged=some(ID),
    stages=some(
        thing(
            "A step.",
            stage=word(Stage),
            when=maybe(TEXT),
            published=maybe(MOMENT),
            url=TEXT,
            outlet=TEXT,
        )
    ),
    disagreements=some(
        thing(
            "What a report says otherwise.",
            field=TEXT,
            nationality=CODE,
            value={},
            stands={},
            url=TEXT,
            outlet=TEXT,
        )
    ),
    reports=some(_REPORT),
)
_ERROR = thing(
    "What went wrong.",
    error=thing("The error.", status={"type": "integer"}, title=TEXT, detail=TEXT)
    | {
        "properties": {
            "status": {"type": "integer"},
            "title": TEXT,
            "detail": TEXT,
            "parameter": TEXT | {"description": "The parameter that was not understood, where it was one."},
        }
    },
)
_SOURCE = thing(
    "An outlet.",
    slug=TEXT,
    name=TEXT,
    url=TEXT,
    via=TEXT,
    language=TEXT,
    country=CODE,
    origin=TEXT,
    expected_a_week=NUMBER,
    seen=COUNT,
    read=COUNT,
    relevant=COUNT,
    last_ok=maybe(MOMENT),
    last_new=maybe(MOMENT),
    failures=COUNT,
    state=maybe(word(SourceState)),
    detail=maybe(TEXT),
    since=maybe(MOMENT),
    checked=maybe(MOMENT),
)
_SHARE = {
    "anyOf": [
        thing("An estimated share.", value=NUMBER, low=NUMBER, high=NUMBER, answers=COUNT),
        {"type": "null"},
    ]
}


def window(name: str, of: Schema) -> Schema:
    """One page of a list."""
    return thing(
        "One page of a list.",
        **{name: some(of)},
        total=COUNT
        | {"description": "Rows on all pages together, up to 10,000; 1,000 where each must be looked at."},
        more=YES | {"description": "Whether there are more than 'total'."},
        next=maybe(TEXT) | {"description": "'cursor' of the next page; null on the last."},
    )


SCHEMAS: dict[str, Schema] = {
    "Error": _ERROR,
    "RecordOfArticle": thing("A record: one group of detainees or one figure.", **_RECORD),
    "Record": thing("A record with its article.", **_RECORD, **_OF_ARTICLE),
    "Article": thing("A relevant article with its records.", **_ARTICLE),
    "WholeArticle": thing(
        "An article with its text and the reasons of its verdict. Offsets count characters of the text.",
        **_ARTICLE,
        relevant=YES,
        text=TEXT,
        reasons=some(
            thing("A reason.", rule=TEXT, weight=NUMBER, says=TEXT, text=maybe(TEXT)),
        ),
        cases=some(ID),
        revisions=some(
            thing("A text before.", number=ID, title=TEXT, text=TEXT, first_seen=MOMENT, replaced=MOMENT)
        ),
    ),
    "Case": _CASE,
    "Figure": thing(
        "A stock or flow as one article gives it: 'from' and 'to' is its moment or period, 'by' the office.",
        **(_RECORD | _OF_ARTICLE),
        from_=DAY,
        to=DAY,
        by=maybe(TEXT),
        per_year=maybe(NUMBER),
    ),
    "Source": _SOURCE,
    **WRITTEN,
    **TREND_SHAPES,
    "Trend": {"anyOf": [ref(name) for name in TREND_SHAPES]},
    "Trends": {
        "anyOf": [ref("Trend"), thing("The three kinds side by side.", trends=some(ref("Trend")))],
    },
    "Articles": window("articles", ref("Article")),
    "Records": window("records", ref("Record")),
    "Cases": window("cases", ref("Case")),
    "Figures": window("figures", ref("Figure")),
    "Hits": window("hits", ref("Hit")),
    "Review": thing(
        "What people said of what is shown, and estimates that rest on it, with intervals of 95 %.",
        accepted=COUNT,
        rejected=COUNT,
        turned=COUNT | {"description": "articles of which a person said otherwise than the program"},
        corrected=COUNT,
        added=COUNT,
        removed=COUNT,
        fields={"type": "object", "additionalProperties": COUNT},
        shown=COUNT,
        hidden=COUNT,
        drawn={"type": "object", "additionalProperties": COUNT},
        precision=_SHARE,
        missed=_SHARE,
        recall=_SHARE,
        record_precision=_SHARE,
        last=maybe(MOMENT),
    ),
    "Sources": thing("All outlets.", sources=some(ref("Source"))),
    "Rules": thing("All rules.", alerts=some(ref("Rule"))),
    "Me": thing("Who asks.", name=TEXT, scope={"type": "string", "enum": ["read", "write", "admin"]}),
}
