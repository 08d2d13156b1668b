"""What a rule of alerts found, as Atom and as JSON Feed."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from pipeline.errors import QueryError
from storage.alerts import latest_hits, read_rule
from storage.engine import reading
from storage.outbox_load import load_records
from web.answers import answer, base_of, missing, not_found, site_of

ENTRIES = 100


def rule_feed(request: Request) -> Response:
    """The latest hits of the rule; the entries are those of 'alerts feed'."""
    site = site_of(request)
    if site.rule_feed is None:
        return not_found(request, KeyError())
    number = request.path_params["number"]
    try:
        rule = read_rule(site.engine, f"{number:d}")
    except QueryError:
        rule = None
    if rule is None or rule.id != number:
        return missing(request, "rule")
    with reading(site.engine) as connection:
        hits = latest_hits(connection, number, limit=ENTRIES)
        records = load_records(connection, hits)
    as_json = request.scope["path"].endswith(".json")
    base = base_of(request)
    # A feed that did not change is the same to the byte: it is as old as its last entry.
    updated = max((hit.found for hit in hits if hit.found), default=rule.created or site.now())
    body = site.rule_feed(
        rule,
        hits,
        records,
        now=updated,
        address=f"{base}alerts/{number}.{'feed.json' if as_json else 'atom'}",
        home=f"{base}api/v1/alerts/{number}/hits",
        as_json=as_json,
    )
    return answer(
        request, body, "application/feed+json" if as_json else "application/atom+xml; charset=utf-8"
    )


ROUTES = [
    Route("/alerts/{number:int}.atom", rule_feed),
    Route("/alerts/{number:int}.feed.json", rule_feed),
]
