"""An answer about trends → what rich draws of it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, assert_never

from app import trend_crosses
from app import trend_tables as tables
from storage import trend_found as answers


def drawn(answer: answers.Answer, limit: int) -> Iterable[Any]:
    """The answer for a terminal, of so many lines."""
    found = answer.found
    match found:
        case answers.Series():
            return tables.draw_series(found.report, limit, rates=found.rates)
        case answers.Ranking():
            return trend_crosses.draw_ranking(found.ranked, limit, found.split, found.title)
        case answers.Matrix():
            return trend_crosses.draw_matrix(found.cells, limit)
        case answers.Funnel():
            return trend_crosses.draw_funnel(found.stages)
        case answers.Sentences():
            return trend_crosses.draw_sentences(found.found)
        case answers.First():
            return trend_crosses.draw_first(found.pairs, found.text, limit)
        case answers.Figures():
            return tables.draw_figures(found.kind, found.lines, limit)
        case answers.RankedFigures():
            return tables.draw_ranked_figures(found.ranked, limit, found.name)
        case _:
            assert_never(found)
