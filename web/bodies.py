"""Bodies of requests that change something by the API: read, held against what they may have.

A body is a JSON object. One that is none is answered by 400, one with a field that cannot be by 422 with
the field's name. The same declarations make the description in OpenAPI.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request

from pipeline.errors import QueryError
from web.json_schema import Schema

MEDIA = "application/json"
MOST_BYTES = 64 * 1024
Body = Mapping[str, Any]
"""Name → value of the fields that were given."""


class BodyError(QueryError):
    """A field of a body that cannot be; ``key`` is its name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field of a body."""

    name: str
    says: str  # what it means, for the description
    schema: Schema
    needed: bool = False
    example: Any = None


def described(fields: Sequence[Field]) -> Schema:
    """The schema of a body with these fields."""
    needed = [each.name for each in fields if each.needed]
    properties = {
        each.name: each.schema
        | {"description": each.says}
        | ({"examples": [each.example]} if each.example is not None else {})
        for each in fields
    }
    made: Schema = {"type": "object", "properties": properties, "additionalProperties": False}
    return made | ({"required": needed} if needed else {})


async def read_json(request: Request) -> Any:
    """The document of a request; an empty one where nothing was sent. Raises HTTPException for what is
    no JSON, is said to be something else, or is too long."""
    body = b""
    async for piece in request.stream():
        body += piece
        if len(body) > MOST_BYTES:
            raise HTTPException(413, f"A body has at most {MOST_BYTES:,} bytes.")
    if not body.strip():
        return {}
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != MEDIA:
        raise HTTPException(415, f"Bodies are sent as {MEDIA}.")
    try:
        document = json.loads(body.decode("utf-8"), parse_constant=_refuse)
        # Half of a pair of surrogates can be written in JSON and nowhere be stored.
        json.dumps(document, ensure_ascii=False).encode("utf-8")
    except (ValueError, RecursionError):
        raise HTTPException(400, "The body is no JSON.") from None
    return document


def _refuse(word: str) -> None:
    raise ValueError(word)


def read_body(fields: Sequence[Field], document: Any) -> Body:
    """The fields that were given, each of its kind. Raises BodyError."""
    if not isinstance(document, dict):
        raise BodyError("The body has to be an object: {…}.")
    known = {each.name: each for each in fields}
    for name in document:
        if name not in known:
            there = f"the fields are: {', '.join(known)}" if known else "this takes none"
            raise BodyError(f"There is no field {name[:80]!r}; {there}.", key=name[:80])
    for each in fields:
        if each.needed and each.name not in document:
            raise BodyError(f"The field {each.name!r} is needed: {each.says}", key=each.name)
    for name, value in document.items():
        if (fault := _fault(known[name].schema, value)) is not None:
            raise BodyError(f"{name!r} {fault}.", key=name)
    return dict(document)


_KINDS: Mapping[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "array": (list,),
    "null": (type(None),),
}
_CALLED = {
    "string": "a text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "array": "a list",
    "null": "null",
}


def _fault(schema: Schema, value: Any) -> str | None:
    """What is wrong with a value; None where nothing is. Knows those words of JSON Schema that the
    declarations use."""
    kinds = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    if not any(_is(value, kind) for kind in kinds):
        return f"has to be {' or '.join(_CALLED[kind] for kind in kinds)}"
    if "enum" in schema and value not in schema["enum"]:
        return f"is one of: {', '.join(map(str, schema['enum']))}"
    if isinstance(value, str):
        if len(value) > schema.get("maxLength", math.inf):
            return f"has at most {schema['maxLength']:,} characters"
        if len(value) < schema.get("minLength", 0):
            return "must not be empty"
    if isinstance(value, int | float) and not isinstance(value, bool):
        least, most = schema.get("minimum", -math.inf), schema.get("maximum", math.inf)
        if not least <= value <= most:
            return f"has to be from {least:,} to {most:,}"
    if isinstance(value, list):
        if not schema.get("minItems", 0) <= len(value) <= schema.get("maxItems", math.inf):
            return f"has {schema.get('minItems', 0)} to {schema['maxItems']} entries"
        faults = (_fault(schema["items"], each) for each in value)
        return next((f"has an entry that {fault}" for fault in faults if fault is not None), None)
    return None


def _is(value: Any, kind: str) -> bool:
    if isinstance(value, bool):
        return kind == "boolean"
    if isinstance(value, float) and not math.isfinite(value):
        return False
    return isinstance(value, _KINDS[kind])
