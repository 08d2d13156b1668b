"""Sources, the sums of the review, and who asks, by the API."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from storage.health import load_health
from storage.overview import source_stats
from storage.review_sums import read_sums
from web.operations import Asked, Operation
from web.tokens import scope_of


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
    site = asked.site
    # The counts of one are few; to add up those of all reads all of coverage.
    counted = (
        site.memory.get(("sources", tuple(slugs)), lambda: source_stats(site.engine, slugs))
        if slug is None
        else source_stats(site.engine, slugs)
    )
    stats = {each.slug: each for each in counted}
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
    return {"name": asked.who.name, "scope": scope_of(asked.who)}


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
