"""Rules as users write them: checked, and as a TOML file. Pure.

[[rule]]
name = "Mexicans in Peru"
query = 'nationality:MX country:PE'
to = "desk@example.org"
rhythm = "daily"
hour = 7
zone = "America/Lima"
quiet = "22:00-07:00"
quiet_days = ["saturday", "sunday"]
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from alerts.addresses import masked, parse_addresses
from alerts.query import parse
from alerts.windows import zone_of
from pipeline.errors import ConfigError, QueryError
from storage.alert_values import EVERYTHING, RELEVANT_ONLY, Rhythm, Rule, RuleState

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
FIELDS = (
    "name",
    "query",
    "to",
    "scope",
    "rhythm",
    "hour",
    "weekday",
    "zone",
    "quiet",
    "quiet_days",
    "state",
)
"""The keys of a rule in a file, in their order."""
MAX_NAME = 100
MAX_RULES = 100_000
"""Most rules in a file."""
_TIME = re.compile(r"([01]?\d|2[0-3])(?::([0-5]\d))?")


def make_rule(given: Mapping[str, Any], base: Rule | None = None) -> Rule:
    """The rule with the values that are ``given``, by the names of FIELDS; what is not given is as in
    ``base``, or as usual. Raises ConfigError, or QueryError for the query."""
    unknown = sorted(set(given) - set(FIELDS))
    if unknown:
        raise ConfigError(f"A rule has no {unknown[0]!r}; it has {', '.join(FIELDS)}.", key=unknown[0])
    if base is None:
        for name in ("name", "query", "to"):
            if not given.get(name):
                raise ConfigError(f"A rule needs a {name!r}.", key=name)
    values: dict[str, Any] = {}
    for name, value in given.items():
        values |= _read(name, value)
    rule = replace(base or Rule(name="", query="", address=""), **values)
    with _of_field("zone"):
        zone_of(rule)
    if rule.quiet_days == tuple(range(7)):
        raise ConfigError("All seven days are quiet: nothing would ever be sent.", key="quiet_days")
    return rule


@contextmanager
def _of_field(name: str) -> Iterator[None]:
    """What is wrong inside is said of this field."""
    try:
        yield
    except ConfigError as error:
        raise ConfigError(str(error), key=name) from error


def _read(name: str, value: Any) -> dict[str, Any]:
    """The fields of a Rule that a value of a file or an option means."""
    if name == "quiet":
        return _quiet(value)
    if name == "quiet_days":
        days = value if isinstance(value, list | tuple) else _text(name, value).replace(",", " ").split()
        return {"quiet_days": tuple(sorted({_day(day) for day in days}))}
    if name == "weekday":
        return {"weekday": _day(value)}
    if name == "hour":
        if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= 23:
            raise ConfigError(f"The hour is a whole number from 0 to 23, not {value!r}.", key="hour")
        return {"hour": value}
    text = _text(name, value)
    match name:
        case "name":
            if not text or len(text) > MAX_NAME or not text.isprintable() or text != text.strip():
                raise ConfigError(f"A rule's name is one line of 1 to {MAX_NAME} characters.", key="name")
            return {"name": text}
        case "query":
            parse(text)
            return {"query": text}
        case "to":
            with _of_field("to"):
                return {"address": stored_address(text)}
        case "scope":
            return {"scope": _one_of("scope", text, (RELEVANT_ONLY, EVERYTHING))}
        case "rhythm":
            return {"rhythm": Rhythm(_one_of("rhythm", text, tuple(Rhythm)))}
        case "state":
            return {"state": RuleState(_one_of("state", text, ("active", "paused")))}
        case _:
            return {"zone": text}


def stored_address(text: str) -> str:
    """An address as a rule has it: ``mailto:…`` for mail. Raises ConfigError."""
    found = parse_addresses(text)
    given = text.strip()
    if "://" in given and not given.lower().startswith("mailto:"):
        return given
    return "mailto:" + ",".join(each.address for each in found)


def shown_address(address: str) -> str:
    """An address for a person; those of channels hold secrets, and only their kind is shown."""
    return masked(address).removeprefix("mailto:")


def _text(name: str, value: Any) -> str:
    if not isinstance(value, str):
        raise ConfigError(f"The {name} of a rule is a text, not {value!r}.", key=name)
    return value


def _one_of(name: str, text: str, words: tuple[str, ...]) -> str:
    if text.lower() not in words:
        raise ConfigError(f"{text!r} is no {name}; it is one of {', '.join(words)}.", key=name)
    return text.lower()


def _day(value: Any) -> int:
    text = str(value).strip().lower()
    found = [number for number, day in enumerate(DAYS) if len(text) >= 2 and day.startswith(text)]
    if len(found) != 1:
        raise ConfigError(f"{value!r} is no day of the week; write monday, tue, …", key="weekday")
    return found[0]


def _quiet(value: Any) -> dict[str, Any]:
    text = _text("quiet", value).strip()
    if text.lower() in ("", "none", "no"):
        return {"quiet_from": None, "quiet_until": None}
    first, sign, last = (part.strip() for part in text.replace("–", "-").partition("-"))
    times = [_TIME.fullmatch(part) for part in (first, last)]
    if not sign or not times[0] or not times[1]:
        raise ConfigError(f"{text!r} are no quiet hours; write them as 22:00-07:00.", key="quiet")
    start, end = (f"{int(found[1]):02}:{found[2] or '00'}" for found in times if found)
    if start == end:
        raise ConfigError("Quiet hours need two different times.", key="quiet")
    return {"quiet_from": start, "quiet_until": end}


# -- files ----------------------------------------------------------------------------------------


def parse_rules(text: str, name: str) -> tuple[Rule, ...]:
    """The rules of a TOML file. Raises ConfigError, or QueryError for a query, that names the rule."""
    try:
        found = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{name} is no TOML file: {error}.", key=name) from error
    listed = found.get("rule")
    if set(found) - {"rule"} or not isinstance(listed, list) or not all(isinstance(e, dict) for e in listed):
        raise ConfigError(f"{name} has to be a list of rules, each under the line [[rule]].", key=name)
    if len(listed) > MAX_RULES:
        raise ConfigError(f"{name} has more than {MAX_RULES:,} rules.", key=name)
    rules: dict[str, Rule] = {}
    for number, given in enumerate(listed, 1):
        label = f"{name}, rule {number}" + (
            f" ({given['name']!r})" if isinstance(given.get("name"), str) else ""
        )
        try:
            rule = make_rule(given)
        except QueryError as error:
            raise QueryError(f"{label}: {error}", key=error.key) from None
        except ConfigError as error:
            raise ConfigError(f"{label}: {error}", key=error.key) from None
        if rule.name in rules:
            raise ConfigError(f"{label}: there are two rules of this name.", key=rule.name)
        rules[rule.name] = rule
    return tuple(rules.values())


def write_rules(rules: Iterable[Rule]) -> str:
    """The rules as a TOML file that ``parse_rules`` reads to the same."""
    return "\n".join(_table(rule) for rule in rules)


def given_of(rule: Rule) -> dict[str, Any]:
    """A rule by the names of FIELDS."""
    quiet = f"{rule.quiet_from}-{rule.quiet_until}" if rule.quiet_from and rule.quiet_until else ""
    return {
        "name": rule.name,
        "query": rule.query,
        "to": rule.address.removeprefix("mailto:"),
        "scope": rule.scope,
        "rhythm": rule.rhythm.value,
        "hour": rule.hour,
        "weekday": DAYS[rule.weekday],
        "zone": rule.zone,
        "quiet": quiet,
        "quiet_days": [DAYS[day] for day in rule.quiet_days],
        "state": "paused" if rule.state is RuleState.PAUSED else "active",
    }


def _table(rule: Rule) -> str:
    given = given_of(rule)
    weekly, timed = rule.rhythm is Rhythm.WEEKLY, rule.rhythm in (Rhythm.DAILY, Rhythm.WEEKLY)
    left_out = {
        "scope": rule.scope == RELEVANT_ONLY,
        "hour": not timed,
        "weekday": not weekly and rule.weekday == 0,
        "quiet": not given["quiet"],
        "quiet_days": not rule.quiet_days,
        "state": given["state"] == "active",
    }
    lines = [f"{name} = {_value(value)}" for name, value in given.items() if not left_out.get(name)]
    return "\n".join(("[[rule]]", *lines)) + "\n"


def _value(value: str | int | list[str]) -> str:
    if isinstance(value, int):
        return str(value)
    if isinstance(value, list):
        return f"[{', '.join(map(_value, value))}]"
    if value.isprintable() and "'" not in value and ('"' in value or "\\" in value):
        return f"'{value}'"  # a query is easier to read without backslashes
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
