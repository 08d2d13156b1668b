"""The description of the API is true: documents against it, and schemathesis against a real server."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from jsonschema import Draft202012Validator

from storage.trend_values import Show
from tests.web.described import A_FEW, WHOLE, checks, schemathesis
from web.api import OPERATIONS
from web.openapi import description
from web.schemas import SCHEMAS

DESCRIPTION = description(OPERATIONS, version="1")
CHECKS = checks()
API = schemathesis.openapi.from_dict(DESCRIPTION)
ADDRESSES = {
    "Articles": ["articles"],
    "WholeArticle": [f"articles/{number}" for number in (1, 2, 3, 4, 5)],
    "Records": ["records"],
    "Record": ["records/1"],
    "Cases": ["cases", "trends/cases?split=country&line=PE"],
    "Case": ["cases/1"],
    "Figures": ["figures"],
    "Sources": ["sources"],
    "Source": ["sources/broken"],
    "Rules": ["alerts"],
    "Review": ["review"],
    "Me": ["me"],
    "Trends": [
        *(f"trends?show={show.value}&split=country" for show in Show if show is not Show.FIRST),
        "trends?show=first&months=1",
        "trends?by=month&per_10000=true&changes=true",
        "trends?kind=stock",
        "trends?kind=flow&changes=true",
        "trends?kind=stock&show=ranking",
        "trends?kind=flow&show=ranking&split=nationality",
        "trends?split=kind",
        "trends?show=ranking&split=nationality&since=2026-03",
    ],
}


def test_the_description_is_given_out(full: str, client: httpx.Client) -> None:
    given = client.get(f"{full}/api/openapi.json").json()
    assert given == DESCRIPTION
    page = client.get(f"{full}/api")
    assert page.status_code == 200
    for operation in OPERATIONS:
        assert f"/api/v1{operation.path}" in page.text


def test_every_operation_says_what_it_needs() -> None:
    assert len({each.id for each in OPERATIONS}) == len(OPERATIONS)
    for each in OPERATIONS:
        assert each.answers in SCHEMAS
        assert all(len(parameter.says) > 4 for parameter in each.parameters)


@pytest.mark.parametrize(
    ("name", "address"), [(name, address) for name, all_ in ADDRESSES.items() for address in all_]
)
def test_answers_are_as_described(full: str, client: httpx.Client, name: str, address: str) -> None:
    answer = client.get(f"{full}/api/v1/{address}")
    assert answer.status_code == 200, answer.text
    checker = Draft202012Validator(WHOLE | {"$ref": f"#/components/schemas/{name}"})
    assert [error.message for error in checker.iter_errors(answer.json())] == []


def test_every_schema_refers_to_one_that_there_is() -> None:
    def refs(value: Any) -> set[str]:
        if isinstance(value, dict):
            own = {value["$ref"]} if "$ref" in value else set()
            return own.union(*(refs(each) for each in value.values()))
        return set().union(*(refs(each) for each in value)) if isinstance(value, list) else set()

    names = {each.rsplit("/", 1)[1] for each in refs(DESCRIPTION)}
    assert names <= set(SCHEMAS)
    for schema in SCHEMAS.values():
        Draft202012Validator.check_schema(WHOLE | schema)


@API.parametrize()
@A_FEW
def test_whatever_is_asked_is_answered_as_described(case: Any, full: str) -> None:
    response = case.call(base_url=f"{full}/api/v1", headers={"Accept-Encoding": "identity"})
    case.validate_response(response, checks=CHECKS)
