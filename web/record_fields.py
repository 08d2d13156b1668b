"""The fields of a record as the API takes it: those of the codebook. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pipeline.corrections import CHOICES, FIELDS, MOST_TEXT, NEEDED
from web.bodies import Field

_WORD: dict[str, Any] = {"type": ["string", "null"], "maxLength": MOST_TEXT}
_NUMBER: dict[str, Any] = {"type": ["number", "null"], "minimum": 0}
_SCHEMAS: Mapping[str, dict[str, Any]] = {
    "count": {"type": ["integer", "null"], "minimum": 0},
    "drugs": {
        "type": "array",
        "items": {"type": "string", "enum": list(CHOICES["drugs"])},
        "maxItems": len(CHOICES["drugs"]),
    },
    "quantity_kg": _NUMBER,
    "drug_share": _NUMBER,
    "sentence": {"type": ["number", "string", "null"], "maxLength": 40},
    "bound": {"type": "string", "enum": list(CHOICES["bound"])},
    "per": {"type": ["string", "null"], "enum": [*CHOICES["per"], None]},
    "kind": {"type": "string", "enum": list(CHOICES["kind"])},
    "stage": {"type": "string", "enum": list(CHOICES["stage"])},
    "evidence": {"type": "string", "minLength": 1, "maxLength": MOST_TEXT},
}
_SAYS = {
    "nationality": "Of the people: a code or a name; XX is not known.",
    "country": "Where they are held: a code or a name; XX is not known.",
    "count": "How many; null: not known.",
    "bound": "Whether the number is exact, at least, about …",
    "per": "Of a flow: the time in which so many came.",
    "kind": "event, stock or flow.",
    "stage": "How far it has come.",
    "drugs": "Which.",
    "quantity_kg": "Their weight.",
    "sentence": "Years, life or death.",
    "drug_share": "Per cent of a stock that are held for drugs.",
    "when": "2014, 2014-04, 2018-12-20 or a period 2010/2014-04.",
    "place": "City or prison.",
    "evidence": "The sentence of the article that says it, word for word.",
}
RECORD = tuple(
    Field(name=name, says=_SAYS[name], schema=_SCHEMAS.get(name, _WORD), needed=name in NEEDED)
    for name in FIELDS
)
CORRECTION = tuple(Field(name=each.name, says=each.says, schema=each.schema) for each in RECORD)
