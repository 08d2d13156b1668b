"""Stocks and flows: figures as articles give them, as lines along time.

Nothing is added here, neither the figures of two moments nor those of two offices.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Engine, or_, select

from pipeline.amounts import per_year
from pipeline.clues import Days
from pipeline.errors import QueryError
from pipeline.fold import fold
from pipeline.vocabulary import Bound, Drug, Kind, Per, Stage
from storage import filters, rows, search
from storage import tables as t
from storage.dialects import among
from storage.engine import reading
from storage.trend_values import HANDED_IN, NONE_NAMED, Figure, FigureLine, Question, Split

_COLUMNS = [
    column.label("counted") if column.name == "count" else column  # rows have a method "count"
    for column in t.FigureCount.__table__.c
]

LEAST_PERIOD = 27
"""Days between the first and the last of a period from which on a flow has a rate per year: a month."""

REVISION = 2.0
"""A figure that is more than so many times another is no correction of it."""


def figure_lines(
    engine: Engine, asked: Question, *, latest: int | None = None, standing: bool = False
) -> tuple[FigureLine, ...]:
    """The stocks or the flows that fit, by people, place and office, the largest first.

    ``first`` and ``last`` of the question are about the moment or period of the figure. ``latest``: only so
    many figures are looked at, those that were found last. ``standing``: the lines are without the figures
    that a later one replaces. Raises QueryError for a kind that is no figure.
    """
    if asked.kind not in (Kind.STOCK, Kind.FLOW):
        raise QueryError("Only stocks and flows are figures; events are cases.", key="kind")
    of = t.FigureCount
    query = select(*_COLUMNS).where(*_conditions(asked))
    if latest is not None:
        query = query.order_by(of.record_id.desc()).limit(latest)
    lines: dict[tuple[Any, ...], list[Any]] = {}
    with reading(engine) as connection:
        found = connection.execute(query).all()
    for row in found:
        for key in _keys(row, asked.split):
            lines.setdefault((key, *_line_of(row)), []).append(row)
    made = [_line(key, members, standing=standing) for (key, *_), members in lines.items()]
    return _with_addresses(engine, sorted(made, key=_largest_first))


def _conditions(asked: Question) -> list[ColumnElement[bool]]:
    of = t.FigureCount
    found: list[ColumnElement[bool]] = [of.kind == asked.kind.value]
    if asked.nationality:
        found.append(of.nationality.in_(asked.nationality))
    if asked.country:
        found.append(of.country.in_(asked.country))
    if asked.stage:
        found.append(of.stage.in_([stage.value for stage in asked.stage]))
    if asked.drug:
        held = "," + of.drugs + ","
        found.append(or_(*(held.contains(f",{drug.value},") for drug in asked.drug)))
    if asked.source:
        found.append(of.source.in_(asked.source))
    if asked.language:
        found.append(of.language.in_(asked.language))
    if (tree := search.parse(asked.query)) is not None:
        found.append(filters.matches(tree, of.article_id))
    if asked.first is not None:
        found.append(of.last_day >= asked.first)
    if asked.last is not None:
        found.append(of.first_day <= asked.last)
    return found


# Thousands of figures are made for one answer, and an Enum takes its time to find a member.
_KINDS = {each.value: each for each in Kind}
_BOUNDS = {each.value: each for each in Bound}
_PERS = {each.value: each for each in Per}
_STAGES = {each.value: each for each in Stage}
_DRUGS = {each.value: each for each in Drug}


@lru_cache(maxsize=1_000)
def _drugs(named: str | None) -> tuple[Drug, ...]:
    return tuple(_DRUGS[drug] for drug in sorted(rows.drug_words(named)))


def _figure(row: Any, replaced_by: int | None) -> Figure:
    kind, bound, days = _KINDS[row.kind], _BOUNDS[row.bound], (row.first_day, row.last_day)
    per = _PERS[row.per] if row.per else None
    # Of a few days a rate per year would be a fancy.
    known = kind is Kind.FLOW and row.counted is not None and (per or days[1] - days[0] >= LEAST_PERIOD)
    return Figure(
        record_id=row.record_id,
        article_id=row.article_id,
        kind=kind,
        nationality=row.nationality,
        country=row.country,
        stage=_STAGES[row.stage],
        count=row.counted,
        bound=bound,
        per=per,
        days=days,
        when=row.when,
        drugs=_drugs(row.drugs),
        drug_share=row.drug_share,
        place=row.place,
        by=row.office,
        dated=bool(row.when or row.published),
        outlet=row.source,
        language=row.language,
        published=row.published,
        replaced_by=replaced_by,
        per_year=per_year(row.counted, bound, per, days) if known else None,
    )


def _line_of(row: Any) -> tuple[Any, ...]:
    place = _folded(row.place) if row.place else ""
    return row.nationality, row.country, row.stage, place, row.drug_share == 100, row.office or ""


_folded = lru_cache(maxsize=5_000)(fold)


def _keys(row: Any, split: Split | None) -> tuple[str, ...]:
    """The headings under which a figure stands; nothing is added under them."""
    match split:
        case None:
            return ("",)
        case Split.NATIONALITY:
            return (row.nationality,)
        case Split.COUNTRY:
            return (row.country,)
        case Split.PAIR:
            return (f"{row.nationality}-{row.country}",)
        case Split.STAGE:
            return (row.stage,)
        case Split.DRUG:
            return tuple(drug.value for drug in _drugs(row.drugs)) or (NONE_NAMED,)
        case Split.SOURCE:
            return (row.office or row.source or HANDED_IN,)
        case Split.LANGUAGE:
            return (row.language,)
        case Split.KIND:
            return (row.kind,)


def _line(key: str, members: Sequence[Any], *, standing: bool) -> FigureLine:
    first = members[0]
    found = _replaced(members)
    return FigureLine(
        key=key,
        nationality=first.nationality,
        country=first.country,
        stage=_STAGES[first.stage],
        place=first.place,
        drugs_only=first.drug_share == 100,
        by=first.office,
        figures=tuple(_figure(*each) for each in found if not standing or each[1] is None),
    )


def _replaced(members: Iterable[Any]) -> list[tuple[Any, int | None]]:
    """The figures, as rows, by their moments, each with the record of the one that replaces it. Of those for
    one moment a later article's stands in the place of an earlier one's, but only of one that it can be a
    correction of: 6 for 114 is a part, not a revision. Of thousands most are replaced, so that what becomes
    of each is found out before it is made."""
    moments: dict[Days, list[Any]] = {}
    for each in members:
        moments.setdefault((each.first_day, each.last_day), []).append(each)
    found: list[tuple[Any, int | None]] = []
    for days in sorted(moments):
        mine = moments[days]
        if len(mine) == 1:
            found.append((mine[0], None))
            continue
        mine.sort(key=lambda row: (row.counted is not None, _told(row), row.record_id))
        for place, each in enumerate(mine):
            later = reversed(mine[place + 1 :])
            found.append((each, next((other.record_id for other in later if _corrects(other, each)), None)))
    return found


def _corrects(later: Any, earlier: Any) -> bool:
    """Whether one row can be a correction of another."""
    if later.article_id == earlier.article_id:
        return False
    if later.counted is None or earlier.counted is None:
        return earlier.counted is None
    low, high = sorted((later.counted, earlier.counted))
    return bool(high <= REVISION * low)


def _told(figure: Any) -> int:
    """The day of publication, of a figure or of its row."""
    return figure.published.toordinal() if figure.published else 0


def with_sentences(engine: Engine, lines: Iterable[FigureLine]) -> tuple[FigureLine, ...]:
    """The lines with the sentence and the address of each of their figures."""
    lines = tuple(lines)
    said = _said(engine, [each for line in lines for each in line.figures])
    return tuple(replace(line, figures=tuple(map(said, line.figures))) for line in lines)


def ranked_with_sentences(
    engine: Engine, ranked: Sequence[tuple[Figure, Figure | None]]
) -> list[tuple[Figure, Figure | None]]:
    """The same of figures and of those before them."""
    said = _said(engine, [each for pair in ranked for each in pair if each is not None])
    return [(said(figure), None if earlier is None else said(earlier)) for figure, earlier in ranked]


def _with_addresses(engine: Engine, lines: Sequence[FigureLine]) -> tuple[FigureLine, ...]:
    """The lines with the addresses of those figures that no outlet gave: they stand for its name."""
    nameless = [each for line in lines for each in line.figures if not each.outlet]
    if not nameless:
        return tuple(lines)
    said = _said(engine, nameless)
    return tuple(replace(line, figures=tuple(map(said, line.figures))) for line in lines)


def _said(engine: Engine, figures: Sequence[Figure]) -> Callable[[Figure], Figure]:
    """What gives each of these figures its sentence and its address."""
    numbers = [each.record_id for each in figures]
    query = select(t.Record.id, t.Record.evidence, t.Article.url).join(t.Article)
    with reading(engine) as connection:
        found = connection.execute(query.where(among(connection, t.Record.id, numbers))).all()
    words = {row.id: {"evidence": row.evidence, "url": rows.shown_url(row.url)} for row in found}
    return lambda each: replace(each, **words[each.record_id]) if each.record_id in words else each


def _largest_first(line: FigureLine) -> tuple[Any, ...]:
    last = next((each.count for each in reversed(line.standing) if each.count is not None), None)
    return (
        last is None,
        -(last or 0),
        line.nationality,
        line.country,
        line.stage,
        line.place or "",
        line.drugs_only,
        line.by or "",
    )


def latest(lines: Iterable[FigureLine]) -> dict[str, Figure]:
    """Of each pair of nationality and country the figure that says best how many there are: for the
    whole country rather than a prison, with a count, the latest. Keys are "MX-PE"."""
    best: dict[str, Figure] = {}
    for line in lines:
        for each in line.standing:
            if each.pair not in best or _rank(each) > _rank(best[each.pair]):
                best[each.pair] = each
    return best


def before(lines: Iterable[FigureLine], figure: Figure) -> Figure | None:
    """The figure that ``figure`` can be compared with: the latest earlier one of the same people that
    is counted alike, of the same office rather than of another."""
    found = [
        each
        for line in lines
        for each in line.standing
        if each.pair == figure.pair
        and (each.stage, each.place, each.drug_share == 100)
        == (figure.stage, figure.place, figure.drug_share == 100)
        and each.days[1] < figure.days[0]
        and each.count is not None
    ]
    return max(found, key=lambda each: (each.by == figure.by, each.days), default=None)


def _rank(figure: Figure) -> tuple[Any, ...]:
    whole = figure.place is None, figure.count is not None, figure.stage is Stage.IMPRISONED, figure.dated
    return *whole, figure.days, figure.count or 0, _told(figure)
