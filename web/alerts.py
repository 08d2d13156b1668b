"""Alerts: the rules, a form that tries a query while it is written, and what was sent.

Everything works without JavaScript: "Try it" sends the form to the same page, which shows what the rule
would have found.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from pipeline.asked import midnight, parse_days
from pipeline.errors import ConfigError, QueryError
from storage import outbox_lists, subscribers
from storage.alert_values import EVERYTHING, RELEVANT_ONLY, Rhythm, Rule
from storage.alerts import all_rules, hit_counts, latest_hits
from storage.engine import reading
from storage.outbox_values import MessageState
from web import acts
from web.access import Role
from web.answers import missing, number_in, page, site_of
from web.desk import Desk, Tried
from web.forms import Form, changing, fresh, looking, onward
from web.site import Site

FIELDS = ("name", "query", "to", "scope", "rhythm", "hour", "weekday", "zone", "quiet", "quiet_days")
USUAL = {
    "name": "", "query": "", "to": "", "scope": RELEVANT_ONLY, "rhythm": "daily", "hour": "8",
    "weekday": "monday", "zone": "UTC", "quiet": "", "quiet_days": "", "since": "30d",
}  # fmt: skip
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
SINCES = {"30d": "the last 30 days", "90d": "the last 90 days", "365d": "the last year", "all": "all time"}
MESSAGES = 100


def _desk(request: Request) -> Desk:
    return acts.desk_of(site_of(request))


def alerts(request: Request) -> Response:
    site, desk = site_of(request), _desk(request)
    with reading(site.engine) as connection:
        rules, counts = all_rules(connection), hit_counts(connection)
    rows = [(rule, counts.get(rule.id or 0, (0, 0, None)), desk.fault_of(rule)) for rule in rules]
    return fresh(request, "alerts.html", rows=rows, desk=desk, outbox=outbox_lists.counts(site.engine))


def _form(
    request: Request, values: Mapping[str, str], rule: Rule | None, *, status: int = 200, **more: Any
) -> Response:
    return fresh(
        request,
        "alert_form.html",
        status=status,
        values={**USUAL, **values},
        rule=rule,
        rhythms=tuple(Rhythm),
        scopes=(RELEVANT_ONLY, EVERYTHING),
        days=DAYS,
        sinces=SINCES,
        **{"fault": "", "key": "", "tried": None, "trial_fault": ""} | more,
    )


def new(request: Request) -> Response:
    """An empty form, or one that was filled in to be tried."""
    values = {name: request.query_params.get(name, USUAL[name])[:2_000] for name in USUAL}
    values["quiet_days"] = ",".join(request.query_params.getlist("quiet_days"))[:200]
    return _form(request, values, None, **_trial(request, values))


def edit(request: Request) -> Response:
    rule = _rule(request)
    if rule is None:
        return missing(request, "rule")
    values = _values(_desk(request), rule)
    for name in USUAL:
        if name in request.query_params:
            values[name] = ",".join(request.query_params.getlist(name))[:2_000]
    tried = _trial(request, values, before=rule.query) if "query" in request.query_params else {}
    return _form(request, values, rule, **tried)


def _values(desk: Desk, rule: Rule) -> dict[str, str]:
    given = desk.given_of(rule)
    return {
        name: ",".join(value) if isinstance(value, list) else str(value)
        for name, value in given.items()
        if name in FIELDS
    } | {"since": USUAL["since"]}


def _trial(request: Request, values: Mapping[str, str], *, before: str = "") -> dict[str, Any]:
    """What the query would have found, or why it cannot be tried."""
    if not values["query"].strip():
        return {}
    try:
        tried = _try(request, values["query"], values["scope"], values["since"], before=before)
    except QueryError as error:
        return {"trial_fault": str(error)}
    return {"tried": tried}


def _try(request: Request, query: str, scope: str, since: str, *, before: str = "") -> Tried:
    return try_query(site_of(request), query, scope, since, before=before)


def try_query(site: Site, query: str, scope: str, since: str, *, before: str = "") -> Tried:
    """The query tried on what is stored since a day, or "all". Raises QueryError."""
    start: datetime | None = None
    if since != "all":
        start = midnight(parse_days(since or "30d", now=site.now())[0])
    if scope not in (RELEVANT_ONLY, EVERYTHING):
        raise QueryError("The scope is relevant or all.", key="scope")
    return acts.desk_of(site).try_query(site.engine, query, scope, since=start, before=before)


def preview(request: Request) -> Response:
    """The piece of a page that says what a query would have found; a script puts it beside the form."""
    asked = request.query_params
    values = {name: asked.get(name, USUAL[name])[:2_000] for name in ("query", "scope", "since")}
    found = _trial(request, values, before=asked.get("before", "")[:2_000])
    return page(request, "trial.html", **{"tried": None, "trial_fault": ""} | found)


def create(request: Request, form: Form) -> Response:
    site, desk = site_of(request), _desk(request)
    try:
        saved = acts.create_rule(site, _given(form))
    except (ConfigError, QueryError) as error:
        return _form(request, _kept(form), None, status=400, fault=str(error), key=error.key)
    words = ("Saved. The rule looks at every article from now on.", *desk.missing_of(site.engine, saved))
    return onward(f"/alerts/rules/{saved.id}", " ".join(words))


def change(request: Request, form: Form) -> Response:
    site, desk = site_of(request), _desk(request)
    try:
        edited = acts.edit_rule(site, number_in(request), _given(form))
    except (ConfigError, QueryError) as error:
        return _form(request, _kept(form), _rule(request), status=400, fault=str(error), key=error.key)
    if edited is None:
        return missing(request, "rule")
    before, after = edited
    words = ["It is as it was." if after == before else "Saved."]
    if after.address != before.address:
        words += desk.missing_of(site.engine, after)
    return onward(f"/alerts/rules/{after.id}", " ".join(words))


def _given(form: Form) -> dict[str, Any]:
    """What a form gives, by the names of rules in files."""
    given: dict[str, Any] = {name: form[name].strip() for name in FIELDS if name in form}
    given.setdefault("quiet_days", "")
    if "hour" in given:
        hour = given["hour"]
        if not hour.isascii() or not hour.isdigit() or len(hour) > 2:
            raise ConfigError("The hour is a whole number from 0 to 23.", key="hour")
        given["hour"] = int(hour)
    return given


def _kept(form: Form) -> dict[str, str]:
    return {name: form[name][:2_000] for name in USUAL if name in form}


def rule(request: Request) -> Response:
    """A rule with what it found and what it sent."""
    site, desk = site_of(request), _desk(request)
    found = _rule(request)
    if found is None or found.id is None:
        return missing(request, "rule")
    with reading(site.engine) as connection:
        counts = hit_counts(connection).get(found.id, (0, 0, None))
        hits = latest_hits(connection, found.id, limit=25)
    messages = outbox_lists.messages(site.engine, rule=found.id, limit=25)
    people = [
        (each, recipient)
        for (number, _), (each, recipient) in subscribers.enrolled(site.engine).items()
        if number == found.id
    ]
    return fresh(
        request,
        "alert.html",
        rule=found,
        counts=counts,
        hits=hits,
        messages=messages,
        people=people,
        desk=desk,
        fault=desk.fault_of(found),
    )


def act(request: Request, form: Form) -> Response:
    """Pauses, resumes or removes a rule."""
    site, number = site_of(request), number_in(request)
    states = {"pause": "paused", "resume": "active"}
    match form.get("act"):
        case "pause" | "resume" as word:
            if acts.edit_rule(site, number, {"state": states[word]}) is None:
                return missing(request, "rule")
            return onward(f"/alerts/rules/{number}", f"The rule is {states[word]}.")
        case "remove":
            if form.get("sure") != "yes":
                raise QueryError("Say that you are sure: a rule goes with all that it found.", key="sure")
            if (gone := acts.drop_rule(site, number)) is None:
                return missing(request, "rule")
            return onward("/alerts", f"The rule “{gone.name}” is removed.")
        case _:
            raise QueryError("Say pause, resume or remove.", key="act")


def deliveries(request: Request) -> Response:
    """What was sent, what waits, and why."""
    site = site_of(request)
    given = state_asked(request)
    return fresh(
        request,
        "deliveries.html",
        state=given,
        counts=outbox_lists.counts(site.engine),
        rows=outbox_lists.messages(site.engine, states=[given] if given else (), limit=MESSAGES),
        stops=outbox_lists.stops(site.engine),
        people=[each for each in subscribers.subscribers(site.engine) if each.stopped or not each.answered],
        desk=_desk(request),
        most=MESSAGES,
    )


def state_asked(request: Request) -> MessageState | None:
    """The state of messages that is asked for; None: any."""
    given = request.query_params.get("state", "")
    if given and given not in tuple(MessageState):
        raise QueryError(f"{given!r} is no state of a message.", key="state")
    return MessageState(given) if given else None


def message(request: Request) -> Response:
    found = outbox_lists.message(site_of(request).engine, str(request.path_params["number"]))
    if found is None:
        return missing(request, "message")
    return page(request, "message.html", row=found[0], hits=found[1], desk=_desk(request))


def _rule(request: Request) -> Rule | None:
    with reading(site_of(request).engine) as connection:
        return acts.rule_with(connection, number_in(request))


ROUTES = [
    looking("/alerts", alerts, Role.ADMIN),
    looking("/alerts/new", new, Role.ADMIN),
    looking("/alerts/preview", preview, Role.ADMIN),
    looking("/alerts/deliveries", deliveries, Role.ADMIN),
    looking("/alerts/deliveries/{number:int}", message, Role.ADMIN),
    looking("/alerts/rules/{number:int}", rule, Role.ADMIN),
    looking("/alerts/rules/{number:int}/edit", edit, Role.ADMIN),
    changing("/alerts/new", create, Role.ADMIN),
    changing("/alerts/rules/{number:int}/edit", change, Role.ADMIN),
    changing("/alerts/rules/{number:int}", act, Role.ADMIN),
]
