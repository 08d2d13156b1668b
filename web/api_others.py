"""Sources, rules of alerts, and who asks, by the API."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from pipeline.errors import QueryError
from storage import alerts
from storage.alert_values import Hit, Rule
from storage.engine import reading
from storage.health import load_health
from storage.keyset import rules_hits
from storage.overview import source_stats
from storage.review_sums import read_sums
from web.api_lists import page_of
from web.cursors import read_cursor
from web.operations import Asked, Operation
from web.parameters import CURSOR, LIMIT
from web.tokens import NOBODY, Scope


def _sources(asked: Asked) -> dict[str, Any]:
    return {"sources": source_shapes(asked)}


def _source(asked: Asked) -> dict[str, Any] | None:
    found = source_shapes(asked, asked.key)
    return found[0] if found else None


def source_shapes(asked: Asked, slug: str | None = None) -> list[dict[str, Any]]:
    """The outlets that are followed, by slug; only one where it is named."""
    slugs = sorted(asked.site.sources) if slug is None else [slug] if slug in asked.site.sources else []
    if not slugs:
        return []
    stats = {each.slug: each for each in source_stats(asked.site.engine, slugs)}
    health = load_health(asked.site.engine, slugs)
    found = []
    for name in slugs:
        source, known, stands = asked.site.sources[name], stats.get(name), health.get(name)
        found.append(
            {
                "slug": source.slug,
                "name": source.name,
                "url": source.url,
                "via": source.via,
                "language": source.language,
                "country": source.country,
                "origin": source.origin,
                "expected_a_week": source.expect,
                "seen": known.seen if known else 0,
                "read": known.read if known else 0,
                "relevant": known.relevant if known else 0,
                "last_ok": known.last_ok if known else None,
                "last_new": stands.last_new if stands else None,
                "failures": known.failures if known else 0,
                "state": stands.state if stands else None,
                "detail": stands.detail if stands else None,
                "since": stands.since if stands else None,
                "checked": stands.checked if stands else None,
            }
        )
    return found


def _rules(asked: Asked) -> dict[str, Any]:
    with reading(asked.site.engine) as connection:
        counts = alerts.hit_counts(connection)
        rules = alerts.all_rules(connection)
    return {"alerts": [_rule_shape(each, counts, asked) for each in rules]}


def _rule_of(asked: Asked) -> Rule | None:
    try:
        return alerts.read_rule(asked.site.engine, f"{asked.key:d}")
    except QueryError:
        return None


def _rule(asked: Asked) -> dict[str, Any] | None:
    rule = _rule_of(asked)
    if rule is None or rule.id != asked.key:
        return None
    with reading(asked.site.engine) as connection:
        return _rule_shape(rule, alerts.hit_counts(connection), asked)


def _rule_shape(rule: Rule, counts: dict[int, Any], asked: Asked) -> dict[str, Any]:
    hits, _, last = counts.get(rule.id or 0, (0, 0, None))
    told = asked.token is not NOBODY and asked.token.scope.covers(Scope.ADMIN)
    return {
        "id": rule.id,
        "name": rule.name,
        "query": rule.query,
        "scope": rule.scope,
        "rhythm": rule.rhythm,
        "state": rule.state,
        "detail": rule.detail if told else "",
        "address": rule.address if told else None,
        "created": rule.created,
        "changed": rule.changed,
        "hits": hits,
        "last_hit": last,
    }


def _hits(asked: Asked) -> dict[str, Any] | None:
    if (rule := _rule_of(asked)) is None or rule.id != asked.key:
        return None
    given = {"rule": asked.key}
    after = read_cursor(asked.values["cursor"], ("hits", given), (int,))
    found = rules_hits(asked.site.engine, asked.key, limit=asked.values["limit"], after=after)
    return page_of("hits", [_hit_shape(each) for each in found.rows], found, given)


def _hit_shape(hit: Hit) -> dict[str, Any]:
    return {
        "id": hit.id,
        "sort": hit.sort,
        "found": hit.found,
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


def _review(asked: Asked) -> dict[str, Any]:
    sums = read_sums(asked.site.engine)
    return {
        "accepted": sums.accepted,
        "rejected": sums.rejected,
        "turned": sums.turned,
        "corrected": sums.corrected,
        "added": sums.added,
        "removed": sums.removed,
        "fields": sums.fields,
        "shown": sums.shown,
        "hidden": sums.hidden,
        "drawn": sums.drawn,
        "precision": _share(sums.precision),
        "missed": _share(sums.missed),
        "recall": _share(sums.recall),
        "record_precision": _share(sums.record_precision),
        "last": sums.last,
    }


def _share(share: Any) -> dict[str, Any] | None:
    return None if share is None else asdict(share)


def _me(asked: Asked) -> dict[str, Any]:
    return {"name": asked.token.name, "scope": asked.token.scope}


OPERATIONS = (
    Operation(
        path="/sources",
        id="listSources",
        says="The outlets that are followed, and how they stand.",
        answers="Sources",
        make=_sources,
    ),
    Operation(
        path="/sources/{slug}",
        id="readSource",
        says="One outlet.",
        answers="Source",
        of="source",
        make=_source,
    ),
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
        path="/review",
        id="readReview",
        says="What people said of what is shown, and how sure it therefore is, with intervals.",
        answers="Review",
        make=_review,
    ),
    Operation(
        path="/me",
        id="readMe",
        says="As whom the API knows you: the name and the scope of the token.",
        answers="Me",
        make=_me,
    ),
)
