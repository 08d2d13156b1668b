"""The lists of rules and of what was sent as files, for those who see the pages."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from storage import outbox_lists
from storage.alert_values import Rule
from storage.alerts import all_rules, hit_counts
from storage.engine import reading
from storage.outbox_values import MessageRow
from web import acts
from web.access import Role
from web.alerts import state_asked
from web.answers import MOST_ROWS, as_csv, as_json, site_of
from web.desk import Desk
from web.forms import looking

RULES = ("id", "name", "state", "query", "scope", "to", "when", "found", "unsent", "last_found", "fault")
MESSAGES = (
    "id", "rule", "sort", "channel", "to", "subject", "hits", "state", "created", "due", "ended", "tries",
    "detail",
)  # fmt: skip


def _rules(request: Request) -> list[dict[str, Any]]:
    site = site_of(request)
    desk = acts.desk_of(site)
    with reading(site.engine) as connection:
        rules, counts = all_rules(connection), hit_counts(connection)
    return [_rule(rule, counts.get(rule.id or 0, (0, 0, None)), desk) for rule in rules]


def _rule(rule: Rule, counts: tuple[int, int, Any], desk: Desk) -> dict[str, Any]:
    return {
        "id": rule.id,
        "name": rule.name,
        "state": rule.state,
        "query": rule.query,
        "scope": rule.scope,
        "to": desk.address_of(rule),
        "when": desk.when_of(rule),
        "found": counts[0],
        "unsent": counts[1],
        "last_found": counts[2],
        "fault": desk.fault_of(rule) or None,
    }


def rules_csv(request: Request) -> Response:
    return as_csv(request, "alerts.csv", RULES, _rules(request))


def rules_json(request: Request) -> Response:
    return as_json(request, {"alerts": _rules(request)})


def _messages(request: Request) -> list[dict[str, Any]]:
    site = site_of(request)
    desk, state = acts.desk_of(site), state_asked(request)
    found = outbox_lists.messages(site.engine, states=[state] if state else (), limit=MOST_ROWS)
    return [_message(row, desk) for row in found]


def _message(row: MessageRow, desk: Desk) -> dict[str, Any]:
    return {name: getattr(row, name) for name in MESSAGES if name != "to"} | {
        "to": desk.masked(row.recipient)
    }


def messages_csv(request: Request) -> Response:
    return as_csv(request, "deliveries.csv", MESSAGES, _messages(request))


def messages_json(request: Request) -> Response:
    return as_json(request, {"messages": _messages(request)})


ROUTES = [
    looking("/alerts.csv", rules_csv, Role.ADMIN),
    looking("/alerts.json", rules_json, Role.ADMIN),
    looking("/alerts/deliveries.csv", messages_csv, Role.ADMIN),
    looking("/alerts/deliveries.json", messages_json, Role.ADMIN),
]
