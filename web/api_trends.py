"""Trends by the API: the documents of 'trends --json', and the cases behind each of their points."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any

from pipeline.errors import QueryError
from pipeline.vocabulary import Kind
from storage.case_shapes import case_shape
from storage.trend_answers import answer
from storage.trend_cases import PLACE, cases_behind
from storage.trend_found import Answer, Series
from storage.trend_values import Split
from web.api_lists import page_of
from web.cursors import read_cursor
from web.operations import Asked, Operation, as_parameters
from web.panels import kept_answer, panel_of
from web.site import Site
from web.trend_asking import BEHIND, TRENDS, asked_of, point_of
from web.trend_asking import Asked as Question

MOST_PIECES = 4_000
"""Pieces of time of a series: days of some eleven years."""
MOST_POINTS = 60_000
"""Points of all lines of a series that are given out."""
MOST_KEPT = 100_000
"""Points of an answer that is kept."""


def answers(site: Site, asked: Question) -> tuple[Answer, ...]:
    """The answer; three for the three kinds side by side."""
    now = site.now()
    whole = replace(asked.question, most=MOST_PIECES)
    questions = [whole]
    if asked.question.split is Split.KIND:
        questions = [replace(whole, kind=kind, split=None) for kind in Kind]
    return tuple(
        kept_answer(
            site, (each, asked.show, asked.options), partial(_answer, site, each, asked, now), _is_small
        )
        for each in questions
    )


def _is_small(made: Answer) -> bool:
    """Whether it can be kept: of days by pairs there are millions of points."""
    pieces = len(made.found.report.series.buckets) if isinstance(made.found, Series) else 1
    return pieces * max(1, made.lines) <= MOST_KEPT


def _answer(site: Site, question: Any, asked: Question, now: datetime) -> Answer:
    return answer(site.engine, question, asked.show, asked.options, now=now, panel=lambda: panel_of(site))


def cut(made: Answer, limit: int) -> dict[str, Any]:
    """The document with at most so many lines, and how many these leave out."""
    if isinstance(made.found, Series):
        pieces = len(made.found.report.series.buckets)
        if pieces * min(limit, made.lines) > MOST_POINTS:
            raise QueryError("Too many points: fewer lines with 'limit', or a shorter time.", key="limit")
    document = made.document(limit)
    document["notes"] = [as_parameters(note) for note in document["notes"]]
    return document | {"left_out": max(0, made.lines - limit)}


def _trends(asked: Asked) -> dict[str, Any]:
    question = asked_of(asked.values)
    documents = [cut(each, asked.values["limit"]) for each in answers(asked.site, question)]
    return {"trends": documents} if question.question.split is Split.KIND else documents[0]


def _behind(asked: Asked) -> dict[str, Any]:
    point = point_of(asked.values)
    given = {name: value for name, value in asked.values.items() if name not in ("cursor", "limit")}
    after = read_cursor(asked.values["cursor"], ("cases", given), PLACE)
    found = cases_behind(asked.site.engine, point, limit=asked.values["limit"], after=after)
    return page_of("cases", [case_shape(row) for row in found.rows], found, given)


OPERATIONS = (
    Operation(
        path="/trends",
        id="readTrends",
        says="What happened along time: distinct cases and the people in them, stocks, flows. Never added.",
        parameters=TRENDS,
        answers="Trends",
        make=_trends,
    ),
    Operation(
        path="/trends/cases",
        id="listCasesBehind",
        says="The cases that a point of a trend counts: of a piece of time, a line, a stage.",
        parameters=BEHIND,
        answers="Cases",
        make=_behind,
    ),
)
