"""The description of the API as OpenAPI 3.1, made from its operations. Pure."""

from __future__ import annotations

from typing import Any

from web.bodies import described as body_schema
from web.json_schema import ref
from web.operations import ROOT, Operation
from web.schemas import SCHEMAS

_JSON = "application/json"
_ERRORS = {
    "400": "A parameter was not understood; 'parameter' says which.",
    "401": "A token is needed, or the one that came is not right.",
    "403": "You may not do that, or nothing can be changed here.",
    "404": "There is no such thing.",
    "405": "The address does not take this method; 'Allow' says which it takes.",
    "414": "The address is too long.",
    "421": "The site does not answer to this name.",
    "429": "Too many wrong tokens; try again after a minute.",
    "503": "The database is busy or cannot be read, or the search took too long.",
}
_OF_BODIES = {
    "413": "The body is too long.",
    "415": "The body is not sent as application/json.",
    "422": "The body was not understood, or cannot be done; 'parameter' says which field is wrong.",
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
                "GET reads, the other methods change something. Lists have pages: 'next' of one is 'cursor' "
                "of the following, and they stay right while rows come in. Every answer has an ETag; a "
                "request with If-None-Match is answered by 304 where nothing changed, and a change with "
                "If-Match by 412 where something did. Events, stocks and "
                "flows are never added."
            ),
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": ROOT}],
        "security": [{"token": []}, {}],
        "paths": _paths(operations),
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


def _paths(operations: tuple[Operation, ...]) -> dict[str, Any]:
    """What can be done at each address."""
    paths: dict[str, Any] = {}
    for each in operations:
        paths.setdefault(each.path, {})[each.method.lower()] = _operation(each)
    return paths


def _operation(each: Operation) -> dict[str, Any]:
    described = [parameter.described() for parameter in each.parameters]
    if each.key:
        number = {"type": "integer", "minimum": 1, "maximum": 2**53 - 1}
        schema = number if each.key == "number" else {"type": "string", "minLength": 1, "maxLength": 200}
        described.insert(0, {"name": each.key, "in": "path", "required": True, "schema": schema})
    reads = each.method == "GET"
    if reads:
        described.append(
            {"name": "If-None-Match", "in": "header", "schema": {"type": "string"}, "description": "An ETag."}
        )
    if each.guarded:
        says = "The ETag of what is to be changed, as it was read: it is changed only if it is still so."
        described.append(
            {"name": "If-Match", "in": "header", "schema": {"type": "string"}, "description": says}
        )
    tag = {"description": "What the answer is known by.", "schema": {"type": "string"}}
    answer = {
        "description": "The answer.",
        "headers": {"ETag": tag},
        "content": {_JSON: {"schema": ref(each.answers)}},
    }
    answers: dict[str, Any] = {"200": answer}
    if reads:
        answers["304"] = {"description": "Nothing changed.", "headers": {"ETag": tag}}
    if each.creates:
        answers["200"] = answer | {"description": "It is there already."}
        where = {"description": "Its address.", "schema": {"type": "string"}}
        answers["201"] = answer | {"description": each.creates, "headers": {"ETag": tag, "Location": where}}
    made = {
        "operationId": each.id,
        "summary": each.says,
        "description": f"Needs the scope {each.scope.value}.",
        "tags": [each.path.split("/")[1]],
        "parameters": described,
        "responses": answers | _errors(each),
    }
    if not reads:
        content: dict[str, Any] = {"schema": body_schema(each.body)}
        content |= {"example": dict(each.example)} if each.example is not None else {}
        needed = any(field.needed for field in each.body)
        made["requestBody"] = {"required": needed, "content": {_JSON: content}}
    return made


def _errors(each: Operation) -> dict[str, Any]:
    found = dict(_ERRORS)
    if each.method != "GET":
        found |= _OF_BODIES
        found["400"] = "The body is no JSON, or a parameter was not understood."
    if not each.key:
        del found["404"]
    if each.guarded:
        found["412"] = "It is not as If-Match says: somebody changed it meanwhile."
    if each.conflicts:
        found["409"] = each.conflicts
    if each.asks_outlets:
        found["502"] = "The outlet did not answer as it should."
    return {
        status: {"description": says, "content": {_JSON: {"schema": ref("Error")}}}
        for status, says in sorted(found.items())
    }
