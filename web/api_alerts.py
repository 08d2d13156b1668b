"""Rules of alerts by the API: read, written, tried on what is stored."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from pipeline.errors import ConflictError
from storage import alerts
from storage.alert_values import RELEVANT_ONLY, Hit, Rule
from storage.engine import reading
from storage.keyset import rules_hits
from web import acts
from web.access import Role
from web.alerts import DAYS, SINCES, try_query
from web.api_lists import page_of
from web.bodies import Field
from web.cursors import read_cursor
from web.operations import Asked, Made, Operation
from web.parameters import CURSOR, LIMIT
from web.rule_fields import CHANGED, EXAMPLE, LONGEST_QUERY, QUERY, RULE, SCOPE
from web.tokens import Scope


def _rules(asked: Asked) -> dict[str, Any]:
    with reading(asked.site.engine) as connection:
        counts = alerts.hit_counts(connection)
        rules = alerts.all_rules(connection)
    return {"alerts": [_rule_shape(each, counts, asked) for each in rules]}


def _rule(asked: Asked) -> dict[str, Any] | None:
    with reading(asked.site.engine) as connection:
        rule = acts.rule_with(connection, asked.key)
        return None if rule is None else _rule_shape(rule, alerts.hit_counts(connection), asked)


def _rule_shape(rule: Rule, counts: dict[int, Any], asked: Asked) -> dict[str, Any]:
    hits, _, last = counts.get(rule.id or 0, (0, 0, None))
    told = asked.who.role.covers(Role.ADMIN)
    return {
        "id": rule.id,
        "name": rule.name,
        "query": rule.query,
        "scope": rule.scope,
        "rhythm": rule.rhythm,
        "state": rule.state,
        "detail": rule.detail if told else "",
        "address": rule.address if told else None,
        "to": rule.address.removeprefix("mailto:") if told else None,
        "hour": rule.hour,
        "weekday": DAYS[rule.weekday],
        "zone": rule.zone,
        "quiet": f"{rule.quiet_from}-{rule.quiet_until}" if rule.quiet_from and rule.quiet_until else "",
        "quiet_days": [DAYS[day] for day in rule.quiet_days],
        "created": rule.created,
        "changed": rule.changed,
        "hits": hits,
        "last_hit": last,
    }


def _hits(asked: Asked) -> dict[str, Any] | None:
    with reading(asked.site.engine) as connection:
        if acts.rule_with(connection, asked.key) is None:
            return None
    given = {"rule": asked.key}
    after = read_cursor(asked.values["cursor"], ("hits", given), (int,))
    found = rules_hits(asked.site.engine, asked.key, limit=asked.values["limit"], after=after)
    return page_of("hits", [_hit_shape(each) for each in found.rows], found, given)


def _hit_shape(hit: Hit) -> dict[str, Any]:
    return {"id": hit.id, "found": hit.found} | _found_shape(hit)


def _found_shape(hit: Hit) -> dict[str, Any]:
    return {
        "sort": hit.sort,
        "title": hit.title,
        "url": hit.url,
        "source": hit.source,
        "language": hit.language,
        "published": hit.published,
        "excerpt": hit.excerpt,
        "words": hit.matched.words,
        "facts": hit.matched.facts,
        "note": hit.note,
        "article_id": hit.article_id,
        "case_id": hit.case_id,
        "record_ids": hit.matched.records,
        "stage": hit.stage,
    }


# -- written ------------------------------------------------------------------------------------------


def _create(asked: Asked) -> Made:
    """A new rule; the one that there is where the same was sent before."""
    given = dict(asked.body)
    status = 201
    try:
        rule = acts.create_rule(asked.site, given)
    except ConflictError:
        same = _same(asked, given)
        if same is None:
            raise ConflictError(f"There is another rule of the name {given['name']!r}.", key="name") from None
        rule, status = same, 200
    return Made(document=_shape(rule, asked), status=status, at=f"/alerts/{rule.id}")


def _same(asked: Asked, given: dict[str, Any]) -> Rule | None:
    """The rule of this name, where it is in everything as the one that is given."""
    desk = acts.desk_of(asked.site)
    wanted = dict(desk.given_of(desk.rule_of(given)))
    with reading(acts.writer_of(asked.site)) as connection:
        known = alerts.find_rule(connection, given["name"])
    return known if dict(desk.given_of(known)) == wanted else None


def _shape(rule: Rule, asked: Asked) -> dict[str, Any]:
    with reading(acts.writer_of(asked.site)) as connection:
        return _rule_shape(rule, alerts.hit_counts(connection), asked)


def _replace(asked: Asked) -> dict[str, Any] | None:
    found = acts.edit_rule(asked.site, asked.key, asked.body, whole=True)
    return None if found is None else _shape(found[1], asked)


def _change(asked: Asked) -> dict[str, Any] | None:
    found = acts.edit_rule(asked.site, asked.key, asked.body)
    return None if found is None else _shape(found[1], asked)


def _delete(asked: Asked) -> dict[str, Any] | None:
    gone = acts.drop_rule(asked.site, asked.key)
    return None if gone is None else {"removed": gone.id, "name": gone.name}


def _preview(asked: Asked) -> dict[str, Any]:
    given = asked.body
    since = given.get("since", "30d")
    scope, before = given.get("scope", RELEVANT_ONLY), given.get("before", "")
    tried = try_query(asked.site, given["query"], scope, since, before=before)
    return {
        "since": tried.since,
        "hits": tried.hits,
        "articles": tried.articles,
        "looked_at": tried.looked_at,
        "rate": tried.rate,
        "weeks": list(tried.weeks),
        "parts": [asdict(part) for part in tried.parts],
        "judged": tried.marked,
        "right": tried.right,
        "false": [{"word": word, "articles": found, "rejected": wrong} for word, found, wrong in tried.false],
        "added": tried.added,
        "dropped": tried.dropped,
        "latest": [_found_shape(hit) for hit in tried.latest],
    }


TAKEN = "Another rule has this name."

OPERATIONS = (
    Operation(
        path="/alerts",
        id="listAlerts",
        says="The rules of alerts. Their addresses are only told to tokens of the scope admin.",
        answers="Rules",
        make=_rules,
    ),
    Operation(
        path="/alerts/{number}",
        id="readAlert",
        says="One rule.",
        answers="Rule",
        of="rule",
        make=_rule,
    ),
    Operation(
        path="/alerts/{number}/hits",
        id="listHits",
        says="What a rule found, the latest first.",
        parameters=(LIMIT, CURSOR),
        answers="Hits",
        of="rule",
        make=_hits,
    ),
    Operation(
        path="/alerts",
        method="POST",
        id="createAlert",
        says="Writes a rule. The same one sent again is answered by the one that there is.",
        answers="Rule",
        body=RULE,
        example=EXAMPLE,
        creates="The rule; it looks at every article from now on.",
        conflicts=TAKEN,
        scope=Scope.ADMIN,
        make=_create,
    ),
    Operation(
        path="/alerts/preview",
        method="POST",
        id="tryAlert",
        says="What a query would have found among what is stored, and what each part of it is worth.",
        answers="Trial",
        body=(
            QUERY,
            SCOPE,
            Field(
                name="since",
                says=f"From when on: {', '.join(SINCES)}, or a day.",
                schema={"type": "string", "maxLength": 40},
            ),
            Field(
                name="before",
                says="The query that it would replace: 'added' and 'dropped' compare the two.",
                schema={"type": "string", "maxLength": LONGEST_QUERY},
            ),
        ),
        example={"query": "nationality:NL country:PE", "since": "90d"},
        scope=Scope.ADMIN,
        make=_preview,
    ),
    Operation(
        path="/alerts/{number}",
        method="PUT",
        id="replaceAlert",
        says="Writes a rule anew: what is not given is as usual, but whether it looks is as it was.",
        answers="Rule",
        of="rule",
        body=RULE,
        example=EXAMPLE,
        conflicts=TAKEN,
        scope=Scope.ADMIN,
        make=_replace,
    ),
    Operation(
        path="/alerts/{number}",
        method="PATCH",
        id="changeAlert",
        says="Changes the fields of a rule that are given; 'state' pauses and resumes it.",
        answers="Rule",
        of="rule",
        body=CHANGED,
        example={"state": "paused"},
        conflicts=TAKEN,
        scope=Scope.ADMIN,
        make=_change,
    ),
    Operation(
        path="/alerts/{number}",
        method="DELETE",
        id="removeAlert",
        says="Removes a rule with all that it found. What was sent is not recalled.",
        answers="RemovedRule",
        of="rule",
        scope=Scope.ADMIN,
        make=_delete,
    ),
)
