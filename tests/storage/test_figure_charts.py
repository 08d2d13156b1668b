"""Charts of stocks: what is drawn of very many figures."""

from __future__ import annotations

from datetime import date

import pytest

from pipeline.charts import Chart
from pipeline.vocabulary import Bound, Kind, Stage
from storage.trend_charts import MOST_MARKS, figure_chart, left_out
from storage.trend_values import Figure, FigureLine


def _figure(number: int, *, replaced_by: int | None) -> Figure:
    day = date(2020, 1, 1).toordinal() + number
    return Figure(
        record_id=number,
        article_id=number,
        kind=Kind.STOCK,
        nationality="NL",
        country="PE",
        stage=Stage.IMPRISONED,
        count=100 + number,
        bound=Bound.EXACT,
        per=None,
        days=(day, day),
        when=date.fromordinal(day).isoformat(),
        drugs=(),
        drug_share=None,
        place=None,
        by=None,
        dated=True,
        outlet="one",
        language="en",
        url="",
        published=None,
        evidence="",
        replaced_by=replaced_by,
    )


def _line(many: int, *, replaced: int) -> FigureLine:
    return FigureLine(
        key="",
        nationality="NL",
        country="PE",
        stage=Stage.IMPRISONED,
        place=None,
        drugs_only=False,
        by=None,
        figures=tuple(_figure(n, replaced_by=many if n < replaced else None) for n in range(1, many + 1)),
    )


def _chart(line: FigureLine) -> Chart:
    [chart] = figure_chart(Kind.STOCK, [line], 12, lambda _: "Dutch", [])
    return chart


@pytest.mark.parametrize(("more", "drawn"), [(0, MOST_MARKS), (1, 2)])
def test_of_very_many_figures_those_that_stand_are_drawn(more: int, drawn: int) -> None:
    line = _line(MOST_MARKS + more, replaced=MOST_MARKS + more - 1)
    chart = _chart(line)
    assert len(chart.rows) == drawn
    said = left_out([line], 12)
    assert bool(said) == bool(more)
    assert chart.subtitle == (said or "Hollow: replaced by a later figure.")


def test_very_many_figures_that_all_stand_are_drawn() -> None:
    line = _line(MOST_MARKS + 1, replaced=0)
    assert len(_chart(line).rows) == MOST_MARKS + 1
    assert left_out([line], 12) == ""
