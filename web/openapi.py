"""The description of the API as OpenAPI 3.1, made from its operations. Pure."""

from __future__ import annotations

from typing import Any

from web.json_schema import ref
from web.operations import ROOT, Operation
from web.schemas import SCHEMAS

_JSON = "application/json"
_ERRORS = {
    "400": "A parameter was not understood; 'parameter' says which.",
    "401": "A token is needed, or the one that came is not right.",
    "403": "The token is not good for this.",
    "404": "There is no such thing.",
    "405": "Only GET is answered.",
    "414": "The address is too long.",
    "421": "The site does not answer to this name.",
    "429": "Too many wrong tokens; try again after a minute.",
    "503": "The database is busy or cannot be read, or the search took too long.",
}


def description(operations: tuple[Operation, ...], *, version: str) -> dict[str, Any]:
    """The whole document."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "detainee-watch",
            "version": version or "0",
            "summary": "Who is held where, how many, at what stage, for which drug, with the sentence.",
            "description": (
                "Everything is read by GET. Lists have pages: 'next' of one is 'cursor' of the following, "
                "and they stay right while rows come in. Every answer has an ETag; a request with "
                "If-None-Match is answered by 304 where nothing changed. Events, stocks and flows are "
                "never added."
            ),
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": ROOT}],
        "security": [{"token": []}, {}],
        "paths": {each.path: {"get": _operation(each)} for each in operations},
        "components": {
            "schemas": SCHEMAS,
            "securitySchemes": {
                "token": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "Where the settings have a password or tokens. Scopes: read, write, admin",
                }
            },
        },
    }


def _operation(each: Operation) -> dict[str, Any]:
    described = [parameter.described() for parameter in each.parameters]
    if each.key:
        number = {"type": "integer", "minimum": 1, "maximum": 2**53 - 1}
        schema = number if each.key == "number" else {"type": "string", "minLength": 1, "maxLength": 200}
        described.insert(0, {"name": each.key, "in": "path", "required": True, "schema": schema})
    described.append(
        {"name": "If-None-Match", "in": "header", "schema": {"type": "string"}, "description": "An ETag."}
    )
    errors = {
        status: {"description": says, "content": {_JSON: {"schema": ref("Error")}}}
        for status, says in _ERRORS.items()
        if status != "404" or each.key
    }
    tag = {"description": "What the answer is known by.", "schema": {"type": "string"}}
    return {
        "operationId": each.id,
        "summary": each.says,
        "tags": [each.path.split("/")[1]],
        "parameters": described,
        "responses": {
            "200": {
                "description": "The answer.",
                "headers": {"ETag": tag},
                "content": {_JSON: {"schema": ref(each.answers)}},
            },
            "304": {"description": "Nothing changed.", "headers": {"ETag": tag}},
            **errors,
        },
    }
