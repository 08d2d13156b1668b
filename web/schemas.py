"""The shapes of the API's answers as JSON Schema, for its description. Pure.

They say what storage/shapes.py, case_shapes.py and trend_shapes.py make; a test holds every answer
against them.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from pipeline.vocabulary import Bound, DateOrigin, Drug, Kind, Per, SourceState, Stage
from storage.alert_values import HitSort, Rhythm, RuleState
from storage.trend_values import DatedBy, Show, Split

Schema = dict[str, Any]

TEXT: Schema = {"type": "string"}
NUMBER: Schema = {"type": "number"}
COUNT: Schema = {"type": "integer", "minimum": 0}
ID: Schema = {"type": "integer", "minimum": 1}
YES: Schema = {"type": "boolean"}
MOMENT: Schema = {"type": "string", "format": "date-time"}
DAY: Schema = {"type": "string", "format": "date"}
CODE: Schema = {"type": "string", "pattern": "^[A-Z]{2}$", "description": "ISO 3166-1 alpha-2; XX unknown"}
SENTENCE: Schema = {"type": ["number", "string", "null"], "description": "years, or life or death"}


def maybe(schema: Schema) -> Schema:
    """The schema, or null."""
    if "$ref" in schema or "enum" in schema:
        return {"anyOf": [schema, {"type": "null"}]}
    return schema | {"type": [schema["type"], "null"]}


def some(schema: Schema) -> Schema:
    return {"type": "array", "items": schema}


def word(kinds: type[StrEnum]) -> Schema:
    return {"type": "string", "enum": [each.value for each in kinds]}


def ref(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


def thing(says: str, /, **fields: Schema) -> Schema:
    """An object that has these fields and no others; one that is a word of Python has a _ behind it."""
    return {
        "type": "object",
        "description": says,
        "properties": {name.rstrip("_"): schema for name, schema in fields.items()},
        "required": [name.rstrip("_") for name in fields],
        "additionalProperties": False,
    }


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
_FIGURE = {
    "when": maybe(TEXT),
    "from_": maybe(DAY),
    "to": maybe(DAY),
    "count": maybe(COUNT),
    "bound": word(Bound),
    "per": maybe(word(Per)),
    "per_year": maybe(NUMBER),
    "drug_share": maybe(NUMBER),
    "drugs": some(word(Drug)),
    "record_id": ID,
    "replaced_by": maybe(ID),
    "outlet": TEXT,
    "language": TEXT,
    "published": maybe(MOMENT),
    "url": TEXT,
    "evidence": TEXT,
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
_RULE = thing(
    "A rule of alerts. Its address is only told to tokens of the scope admin.",
    id=ID,
    name=TEXT,
    query=TEXT,
    scope=TEXT,
    rhythm=word(Rhythm),
    state=word(RuleState),
    detail=TEXT,
    address=maybe(TEXT),
    created=maybe(MOMENT),
    changed=maybe(MOMENT),
    hits=COUNT,
    last_hit=maybe(MOMENT),
)
_HIT = thing(
    "Something that a rule found.",
    id=ID,
    sort=word(HitSort),
    found=maybe(MOMENT),
    title=TEXT,
    url=TEXT,
    source=TEXT,
    language=TEXT,
    published=maybe(MOMENT),
    excerpt=TEXT,
    words=some(TEXT),
    facts=some(TEXT),
    note=TEXT,
    article_id=maybe(ID),
    case_id=maybe(ID),
    record_ids=some(ID),
    stage=maybe(word(Stage)),
)
_TALLY = {"cases": COUNT, "people": NUMBER, "people_bound": TEXT}
_HEAD = {
    "kind": {"const": "event"},
    "dated": word(DatedBy),
    "split": maybe(word(Split)),
    "from_": maybe(DAY),
    "to": maybe(DAY),
    "panel": {"anyOf": [{"const": "all"}, some(TEXT)]},
    "outlets": COUNT,
    "notes": some(TEXT),
    "left_out": COUNT,
}
_LINE = thing(
    "A line of a series; its key is null for all cases, each once.",
    key=maybe(TEXT),
    total=thing("In all.", **_TALLY),
    points=some(thing("A piece of time.", label=TEXT, **_TALLY, per_10000=maybe(NUMBER))),
)
_CHANGE_SIDE = thing("A side.", period=TEXT, rate=NUMBER, bound=TEXT)
_CHANGE = {
    "text": TEXT,
    "before": _CHANGE_SIDE,
    "after": _CHANGE_SIDE,
    "unit": TEXT,
    "factor": maybe(NUMBER),
    "p": maybe(NUMBER),
}
_BUCKET = thing(
    "A piece of time, and how much of it was seen.",
    label=TEXT,
    from_=DAY,
    to=DAY,
    articles=COUNT,
    seen_share=maybe(NUMBER),
    complete=YES,
    over=YES,
    missing=some(thing("What is missing.", source=TEXT, why=TEXT, days=COUNT, share=NUMBER)),
)
_RANK = thing(
    "A place.",
    place=ID,
    key=TEXT,
    **_TALLY,
    cases_before=maybe(COUNT),
    people_before=maybe(NUMBER),
    change=maybe({"type": "integer"}),
    place_before=maybe(ID),
)
_LINE_HEAD = {
    "key": maybe(TEXT),
    "nationality": CODE,
    "country": CODE,
    "stage": word(Stage),
    "place": maybe(TEXT),
    "drugs_only": YES,
    "source": maybe(TEXT),
}
_FIGURE_THING = thing("A stock or a flow with its sentence.", **_FIGURE)
_RANKED_FIGURE = thing(
    "A place of a ranking of stocks or flows.",
    place=ID,
    nationality=CODE,
    country=CODE,
    stage=word(Stage),
    source=maybe(TEXT),
    **_FIGURE,
    before={"anyOf": [_FIGURE_THING, {"type": "null"}]},
    change=maybe({"type": "integer"}),
    factor=maybe(NUMBER),
)
_FIGURES_HEAD = {"kind": {"enum": ["stock", "flow"]}, "notes": some(TEXT), "left_out": COUNT}


def _shown(show: Show) -> Schema:
    return {"const": show.value}


_SHARE = {
    "anyOf": [
        thing("An estimated share.", value=NUMBER, low=NUMBER, high=NUMBER, answers=COUNT),
        {"type": "null"},
    ]
}
TREND_SHAPES: dict[str, Schema] = {
    "TrendSeries": thing(
        "Cases along time.",
        show=_shown(Show.SERIES),
        step=TEXT,
        **_HEAD,
        whole=_LINE,
        series=some(_LINE),
        buckets=some(_BUCKET),
        changes=some(thing("A change.", **_CHANGE)),
    ),
    "TrendMatrix": thing(
        "Nationality by country.",
        show=_shown(Show.MATRIX),
        **_HEAD,
        cells=some(thing("A square.", nationality=CODE, country=CODE, **_TALLY)),
    ),
    "TrendFunnel": thing(
        "Stages.",
        show=_shown(Show.FUNNEL),
        **_HEAD,
        stages=some(thing("A stage.", stage=word(Stage), **_TALLY, cases_now=COUNT, people_now=NUMBER)),
    ),
    "TrendSentences": thing(
        "Drug by weight by sentence.",
        show=_shown(Show.SENTENCES),
        **_HEAD,
        sentences=some(
            thing(
                "Cases of one drug and weight.",
                drug=TEXT,
                least_kg=maybe(NUMBER),
                below_kg=maybe(NUMBER),
                cases=COUNT,
                sentenced=COUNT,
                years=maybe(NUMBER),
                longest=maybe(NUMBER),
                life=COUNT,
                death=COUNT,
            )
        ),
    ),
    "TrendRanking": thing(
        "Places.",
        show=_shown(Show.RANKING),
        **_HEAD,
        before={"anyOf": [thing("The time before.", from_=DAY, to=DAY), {"type": "null"}]},
        ranking=some(_RANK),
    ),
    "TrendFirst": thing(
        "Pairs of nationality and country with their first case in a long time.",
        show=_shown(Show.FIRST),
        **_HEAD,
        months=COUNT,
        sure_from=maybe(DAY),
        first=some(
            thing(
                "A pair.",
                nationality=CODE,
                country=CODE,
                day=DAY,
                last=maybe(DAY),
                case_id=ID,
                people=NUMBER,
                people_bound=TEXT,
                text=TEXT,
            )
        ),
    ),
    "TrendFigures": thing(
        "Stocks or flows along time.",
        show=_shown(Show.SERIES),
        split=maybe(word(Split)),
        **_FIGURES_HEAD,
        lines=some(thing("A line.", **_LINE_HEAD, points=some(_FIGURE_THING))),
        changes=some(thing("A change.", nationality=CODE, country=CODE, source=maybe(TEXT), **_CHANGE)),
    ),
    "TrendFiguresRanking": thing(
        "The latest stocks or flows.",
        show=_shown(Show.RANKING),
        **_FIGURES_HEAD,
        ranking=some(_RANKED_FIGURE),
    ),
}


def window(name: str, of: Schema) -> Schema:
    """One page of a list."""
    return thing(
        "One page of a list.",
        **{name: some(of)},
        total=COUNT | {"description": "Rows on all pages together, counted up to 10,000."},
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
    "Rule": _RULE,
    "Hit": _HIT,
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
