"""The shapes of trends as JSON Schema: what storage/trend_shapes.py makes. Pure."""

from __future__ import annotations

from pipeline.vocabulary import Bound, Drug, Per, Stage
from storage.trend_values import DatedBy, Show, Split
from web.json_schema import (
    CODE,
    COUNT,
    DAY,
    ID,
    MOMENT,
    NUMBER,
    TEXT,
    YES,
    Schema,
    maybe,
    some,
    thing,
    word,
)

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
