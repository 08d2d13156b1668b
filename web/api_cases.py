"""Cases put right by the API."""

from __future__ import annotations

from typing import Any

from pipeline.errors import QueryError
from storage.case_shapes import case_shape
from storage.cases import read_case
from web import acts
from web.bodies import Field
from web.operations import Asked, Made, Operation
from web.tokens import Scope

_NUMBER = {"type": "integer", "minimum": 1, "maximum": 2**53 - 1}


def _standing(asked: Asked, number: int) -> int | None:
    """The case to which a number leads."""
    try:
        return read_case(acts.writer_of(asked.site), number).id
    except QueryError:
        return None


def _merge(asked: Asked) -> dict[str, Any] | None:
    one, other = _standing(asked, asked.key), _standing(asked, asked.body["case"])
    if one is None:
        return None
    if asked.body["case"] == asked.key:
        raise QueryError("A case cannot be a part of itself.", key="case")
    if other is None:
        raise QueryError(f"There is no case {asked.body['case']}.", key="case")
    # They may be one already, by the same request before.
    remains = one if one == other else acts.merge(asked.site, one, other)
    return case_shape(read_case(acts.writer_of(asked.site), remains))


def _split(asked: Asked) -> Made | None:
    if (case := _standing(asked, asked.key)) is None:
        return None
    try:
        new = acts.split(asked.site, case, asked.body["records"])
    except QueryError as error:
        raise QueryError(str(error), key="records") from error
    return Made(document=case_shape(read_case(acts.writer_of(asked.site), new)), at=f"/cases/{new}")


OPERATIONS = (
    Operation(
        path="/cases/{number}/merge",
        method="POST",
        id="mergeCases",
        says="Another case is the same: it becomes a part of this one, and its number leads here.",
        answers="Case",
        of="case",
        body=(Field(name="case", says="The number of the other one.", schema=_NUMBER, needed=True),),
        example={"case": 8},
        scope=Scope.WRITE,
        make=_merge,
    ),
    Operation(
        path="/cases/{number}/split",
        method="POST",
        id="splitCase",
        says="Some records of the case are another one. The two are never joined again by the program.",
        answers="Case",
        of="case",
        body=(
            Field(
                name="records",
                says="Their numbers; some must be left.",
                schema={"type": "array", "items": _NUMBER, "minItems": 1, "maxItems": 1_000},
                needed=True,
            ),
        ),
        example={"records": [12, 15]},
        creates="The new case.",
        scope=Scope.WRITE,
        make=_split,
    ),
)
