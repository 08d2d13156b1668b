"""The fields of a rule of alerts as the API takes it. Pure."""

from __future__ import annotations

from dataclasses import replace

from storage.alert_values import EVERYTHING, RELEVANT_ONLY, Rhythm
from web.alerts import DAYS
from web.bodies import Field

LONGEST_QUERY = 10_000

_HOURS = {"type": "integer", "minimum": 0, "maximum": 23}
_DAY = {"type": "string", "enum": list(DAYS)}
QUERY = Field(
    name="query",
    says="What the rule looks for, as docs/alerts.md has it.",
    schema={"type": "string", "minLength": 1, "maxLength": LONGEST_QUERY},
    needed=True,
    example="nationality:NL country:PE",
)
SCOPE = Field(
    name="scope",
    says="Where it looks: relevant articles, or all whose text was read.",
    schema={"type": "string", "enum": [RELEVANT_ONLY, EVERYTHING]},
)
_TEXT = {"type": "string", "maxLength": 2_000}
RULE = (
    Field(
        name="name",
        says="One line; no other rule has it.",
        schema={"type": "string", "minLength": 1, "maxLength": 100},
        needed=True,
        example="Dutch in Peru",
    ),
    QUERY,
    Field(
        name="to",
        says="An address of mail, several with commas between, or the address of a channel.",
        schema=_TEXT | {"minLength": 1},
        needed=True,
        example="desk@example.org",
    ),
    SCOPE,
    Field(
        name="rhythm",
        says="How often what was found is told.",
        schema={"type": "string", "enum": [each.value for each in Rhythm]},
    ),
    Field(name="hour", says="Of daily and weekly ones, in the zone.", schema=_HOURS),
    Field(name="weekday", says="Of weekly ones.", schema=_DAY),
    Field(name="zone", says="Time zone, as IANA calls it.", schema=_TEXT, example="America/Lima"),
    Field(name="quiet", says="Hours without mail; empty for none.", schema=_TEXT, example="22:00-07:00"),
    Field(
        name="quiet_days",
        says="Days without mail.",
        schema={"type": "array", "items": _DAY, "maxItems": 7},
    ),
    Field(
        name="state",
        says="Whether it looks.",
        schema={"type": "string", "enum": ["active", "paused"]},
    ),
)
CHANGED = tuple(replace(each, needed=False) for each in RULE)
EXAMPLE = {"name": "Dutch in Peru", "query": "nationality:NL country:PE", "to": "desk@example.org"}
