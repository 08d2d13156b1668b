"""How shapes of JSON are written down. Pure."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

Schema = dict[str, Any]

TEXT: Schema = {"type": "string"}
NUMBER: Schema = {"type": "number"}
COUNT: Schema = {"type": "integer", "minimum": 0}
ID: Schema = {"type": "integer", "minimum": 1}
YES: Schema = {"type": "boolean"}
MOMENT: Schema = {"type": "string", "format": "date-time"}
DAY: Schema = {"type": "string", "format": "date"}
CODE: Schema = {"type": "string", "pattern": "^[A-Z]{2}$", "description": "ISO 3166-1 alpha-2; XX unknown"}
SENTENCE: Schema = {"type": ["number", "string", "null"], "description": "years, or life or death"}


def maybe(schema: Schema) -> Schema:
    """The schema, or null."""
    if "$ref" in schema or "enum" in schema:
        return {"anyOf": [schema, {"type": "null"}]}
    return schema | {"type": [schema["type"], "null"]}


def some(schema: Schema) -> Schema:
    return {"type": "array", "items": schema}


def word(kinds: type[StrEnum]) -> Schema:
    return {"type": "string", "enum": [each.value for each in kinds]}


def ref(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


def thing(says: str, /, **fields: Schema) -> Schema:
    """An object that has these fields and no others; one that is a word of Python has a _ behind it."""
    return {
        "type": "object",
        "description": says,
        "properties": {name.rstrip("_"): schema for name, schema in fields.items()},
        "required": [name.rstrip("_") for name in fields],
        "additionalProperties": False,
    }
