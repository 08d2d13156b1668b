"""Stocks and flows: figures as articles give them, as lines along time.

Nothing is added here, neither the figures of two moments nor those of two offices.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Engine, func, select

from pipeline.amounts import per_year
from pipeline.attribution import whose
from pipeline.clues import Days, days_of
from pipeline.errors import QueryError
from pipeline.fold import fold
from pipeline.vocabulary import Bound, Drug, Kind, Per, Stage
from storage import filters, rows, search
from storage import tables as t
from storage.dialects import among
from storage.engine import reading
from storage.reading import DRUGS
from storage.trend_values import HANDED_IN, NONE_NAMED, Figure, FigureLine, Question, Split

_COLUMNS = [
    *(
        column.label("counted") if column.name == "count" else column  # rows have a method "count"
        for column in t.Record.__table__.c
        if column.name not in ("seq", "changed", "first_seen")
    ),
    t.Article.url,
    t.Article.source,
    t.Article.language,
    t.Article.published,
    t.Article.dated,
    DRUGS,
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
    with reading(engine) as connection:
        query = select(*_COLUMNS).join(t.Article, t.Article.id == t.Record.article_id)
        conditions = _conditions(asked)
        if latest is None:
            query = query.where(*conditions)
        else:
            # Their numbers first, which an index has.
            numbers = select(t.Record.id).where(*conditions).order_by(t.Record.id.desc()).limit(latest)
            if _is_of_articles(asked):
                numbers = numbers.join(t.Article, t.Article.id == t.Record.article_id)
            query = query.where(among(connection, t.Record.id, connection.execute(numbers).scalars().all()))
        found = connection.execute(query).all()
    lines: dict[tuple[Any, ...], list[_Given]] = {}
    for row in found:
        days = _days(row)
        if _within(days, asked):
            by = _by(row.evidence)
            for key in _keys(row, by, asked.split):
                lines.setdefault((key, *_line_of(row, by)), []).append((row, days, by))
    made = [_line(key, members, standing=standing) for (key, *_), members in lines.items()]
    return tuple(sorted(made, key=_largest_first))


def _conditions(asked: Question) -> list[ColumnElement[bool]]:
    # Written out, so that SQLite sees that its index of figures is for this question.
    found: list[ColumnElement[bool]] = [filters.FIGURES, t.Record.kind == asked.kind.value]
    if asked.nationality:
        found.append(t.Record.nationality.in_(asked.nationality))
    if asked.country:
        # By itself it would lead to more records than there are figures.
        column = t.Record.country if asked.nationality else func.coalesce(t.Record.country, "")
        found.append(column.in_(asked.country))
    if asked.stage:
        found.append(func.coalesce(t.Record.stage, "").in_([stage.value for stage in asked.stage]))
    if asked.drug:
        drugs = [drug.value for drug in asked.drug]
        of_drugs = select(t.RecordDrug.record_id).where(t.RecordDrug.drug.in_(drugs))
        found.append(t.Record.id.in_(of_drugs))
    if asked.source:
        found.append(t.Article.source.in_(asked.source))
    if asked.language:
        found.append(t.Article.language.in_(asked.language))
    if (tree := search.parse(asked.query)) is not None:
        found.append(filters.matches(tree))
    return found


def _is_of_articles(asked: Question) -> bool:
    return bool(asked.source or asked.language or asked.query)


# Thousands of figures are made for one answer, and an Enum takes its time to find a member.
_KINDS = {each.value: each for each in Kind}
_BOUNDS = {each.value: each for each in Bound}
_PERS = {each.value: each for each in Per}
_STAGES = {each.value: each for each in Stage}
_DRUGS = {each.value: each for each in Drug}


@lru_cache(maxsize=20_000)  # a page of trends is asked again with another step, or as a file
def _by(evidence: str) -> str | None:
    return whose(evidence)


@lru_cache(maxsize=1_000)
def _drugs(named: str | None) -> tuple[Drug, ...]:
    return tuple(_DRUGS[drug] for drug in sorted(rows.drug_words(named)))


_Given = tuple[Any, Days, str | None]
"""A figure as it is read: its row, its moment or period, and whose it is. Of thousands most are replaced by
later ones, so that what becomes of each is found out before it is made."""


def _days(row: Any) -> Days:
    days = days_of(row.when) if row.when else None
    return (row.dated.date().toordinal(),) * 2 if days is None else days


def _figure(given: _Given, replaced_by: int | None) -> Figure:
    row, days, by = given
    kind, bound = _KINDS[row.kind], _BOUNDS[row.bound]
    per = _PERS[row.per] if row.per else None
    # Of a few days a rate per year would be a fancy.
    known = kind is Kind.FLOW and row.counted is not None and (per or days[1] - days[0] >= LEAST_PERIOD)
    return Figure(
        record_id=row.id,
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
        by=by,
        dated=bool(row.when or row.published),
        outlet=row.source,
        language=row.language,
        url=rows.shown_url(row.url),
        published=row.published,
        evidence=row.evidence,
        replaced_by=replaced_by,
        per_year=per_year(row.counted, bound, per, days) if known else None,
    )


def _within(days: Days, asked: Question) -> bool:
    after = asked.first is None or days[1] >= asked.first
    return after and (asked.last is None or days[0] <= asked.last)


def _line_of(row: Any, by: str | None) -> tuple[Any, ...]:
    place = fold(row.place) if row.place else ""
    return row.nationality, row.country, row.stage, place, row.drug_share == 100, by or ""


def _keys(row: Any, by: str | None, split: Split | None) -> tuple[str, ...]:
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
            return (by or row.source or HANDED_IN,)
        case Split.LANGUAGE:
            return (row.language,)
        case Split.KIND:
            return (row.kind,)


def _line(key: str, members: Sequence[_Given], *, standing: bool) -> FigureLine:
    first, _, by = members[0]
    found = _replaced(members)
    return FigureLine(
        key=key,
        nationality=first.nationality,
        country=first.country,
        stage=_STAGES[first.stage],
        place=first.place,
        drugs_only=first.drug_share == 100,
        by=by,
        figures=tuple(_figure(*each) for each in found if not standing or each[1] is None),
    )


def _replaced(members: Iterable[_Given]) -> list[tuple[_Given, int | None]]:
    """The figures by their moments, each with the record of the one that replaces it. Of those for one
    moment a later article's stands in the place of an earlier one's, but only of one that it can be a
    correction of: 6 for 114 is a part, not a revision."""
    moments: dict[Days, list[_Given]] = {}
    for each in members:
        moments.setdefault(each[1], []).append(each)
    found: list[tuple[_Given, int | None]] = []
    for days in sorted(moments):
        mine = moments[days]
        if len(mine) == 1:
            found.append((mine[0], None))
            continue
        mine.sort(key=lambda each: (each[0].counted is not None, _told(each[0]), each[0].id))
        for place, each in enumerate(mine):
            later = reversed(mine[place + 1 :])
            by = next((other[0].id for other in later if _corrects(other[0], each[0])), None)
            found.append((each, by))
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
