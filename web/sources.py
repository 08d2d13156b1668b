"""How the sources fare, and the page of one with its history by day."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from pipeline.fold import fold
from storage.health import load_health
from storage.overview import source_stats
from storage.source_days import SourceDay, health_events, last_fetches, source_days
from web import feeds
from web.access import Role
from web.answers import as_csv, as_json, may, missing, page, site_of
from web.asking import Given, read_given, read_page
from web.bars import Bars, bars
from web.health import Standing, standings
from web.lists import Turned
from web.site import Site

ROWS = 100
"""Sources of a page."""
PARAMETERS = ("words", "state", "lang", "of", "page", "limit")
COLUMNS = (
    "slug",
    "name",
    "url",
    "via",
    "language",
    "country",
    "state",
    "well",
    "since",
    "detail",
    "todo",
    "last_success",
    "last_new",
    "entries_a_week",
    "expect",
    "text_share",
    "text_length",
    "relevant_share",
    "rests_until",
)
"""Columns of the CSV, keys of the JSON."""


def _asked(request: Request) -> tuple[Given, list[Standing], list[Standing]]:
    """The parameters, all sources, and those that fit."""
    given = read_given(request.query_params.multi_items(), PARAMETERS)
    site = site_of(request)
    every = list(standings(load_health(site.engine), site.sources))
    return given, every, [each for each in every if _fits(each, given)]


def _fits(each: Standing, given: Given) -> bool:
    source = each.source
    assert source is not None
    state = given.one("state")
    if state == "trouble":
        fits = each.health is not None and not each.well
    else:
        fits = not state or state == each.word
    if given.one("lang"):
        fits = fits and source.language == given.one("lang")
    if given.one("of"):
        fits = fits and source.country == given.one("of").upper()
    said = fold(f"{source.slug} {source.name} {source.url}")
    return fits and all(fold(word) in said for word in given.one("words").split())


def sources(request: Request) -> Response:
    given, every, found = _asked(request)
    at, limit = read_page(given, rows=ROWS)
    first = (at - 1) * limit
    return page(
        request,
        "sources.html",
        given=given,
        every=every,
        found=found[first : first + limit],
        turned=Turned.through(len(found), page=at, limit=limit),
        facets=_facets(every),
        trouble=sum(each.health is not None and not each.well for each in every),
    )


def _facets(every: Iterable[Standing]) -> dict[str, list[tuple[str, int]]]:
    every = list(every)
    values = {
        "state": Counter(each.word for each in every),
        "lang": Counter(each.source.language for each in every if each.source),
        "of": Counter(each.source.country for each in every if each.source),
    }
    return {
        name: sorted(counted.items(), key=lambda item: (-item[1], item[0]))
        for name, counted in values.items()
    }


def sources_csv(request: Request) -> Response:
    _, _, found = _asked(request)
    site = site_of(request)
    return as_csv(request, "sources.csv", COLUMNS, (_shape(each, site) for each in found))


def sources_json(request: Request) -> Response:
    _, every, found = _asked(request)
    site = site_of(request)
    shape = {
        "total": len(found),
        "trouble": sum(each.health is not None and not each.well for each in every),
        "sources": [_shape(each, site) for each in found],
    }
    return as_json(request, shape)


def sources_atom(request: Request) -> Response:
    """What changed in how sources fare, of all or of those that fit."""
    given, every, found = _asked(request)
    narrowed = len(found) < len(every)
    slugs = {each.slug for each in found} if narrowed else None
    events = health_events(site_of(request).engine, None, most=200)
    return feeds.health_feed(request, given, "sources", events, slugs)


def _shape(each: Standing, site: Site) -> dict[str, Any]:
    source, health = each.source, each.health
    normal = health.normal if health else None
    return {
        "slug": each.slug,
        "name": source.name if source else None,
        "url": source.url if source else None,
        "via": source.via if source else None,
        "language": source.language if source else None,
        "country": source.country if source else None,
        "state": health.state if health else None,
        "well": health.state.well if health else None,
        "since": health.since if health else None,
        "detail": health.detail if health else None,
        "todo": (site.advise(health) or None) if health else None,
        "last_success": health.last_success if health else None,
        "last_new": health.last_new if health else None,
        "entries_a_week": _rounded(normal.entries_a_week) if normal else None,
        "expect": source.expect if source else None,
        "text_share": _rounded(normal.text_share) if normal else None,
        "text_length": _rounded(normal.length) if normal else None,
        "relevant_share": _rounded(normal.relevant_share) if normal else None,
        "rests_until": health.due if health else None,
    }


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)


# -- one source -----------------------------------------------------------------------------------


def _one(request: Request) -> tuple[str, Standing] | None:
    site, slug = site_of(request), request.path_params["slug"]
    source = site.sources.get(slug)
    health = load_health(site.engine, [slug]).get(slug)
    if source is None and health is None:
        return None
    return slug, Standing(slug=slug, source=source, health=health)


def source(request: Request) -> Response:
    site = site_of(request)
    if (one := _one(request)) is None:
        return missing(request, "source")
    slug, standing = one
    days = source_days(site.engine, slug, now=site.now())
    stats = source_stats(site.engine, [slug])
    return page(
        request,
        "source.html",
        slug=slug,
        source=standing.source,
        health=standing.health,
        word=standing.word,
        own=may(request, Role.ADMIN) and site.desk is not None and site.desk.is_own(slug),
        advice=site.advise(standing.health) if standing.health else "",
        stats=stats[0] if stats else None,
        days=days,
        charts=_charts(days),
        fetches=last_fetches(site.engine, slug),
        events=health_events(site.engine, slug, most=12),
    )


def _charts(days: tuple[SourceDay, ...]) -> list[tuple[str, Bars]]:
    """Title and drawing of each."""
    first = days[0].day
    failed = [float(day.failed) for day in days]
    return [
        ("Fetches of its feed", bars([day.fetches for day in days], first, parts=failed)),
        ("New entries", bars([day.new for day in days], first)),
        ("Relevant articles", bars([day.relevant for day in days], first)),
        ("Characters of a text, on the average", bars([day.length for day in days], first)),
    ]


DAY_COLUMNS = ("day", "fetches", "failed", "new", "seen", "read", "relevant", "text_length")


def source_csv(request: Request) -> Response:
    site = site_of(request)
    if (one := _one(request)) is None:
        return missing(request, "source")
    days = source_days(site.engine, one[0], now=site.now())
    return as_csv(request, f"{_file_name(one[0])}.csv", DAY_COLUMNS, map(_day_shape, days))


def source_json(request: Request) -> Response:
    site = site_of(request)
    if (one := _one(request)) is None:
        return missing(request, "source")
    days = source_days(site.engine, one[0], now=site.now())
    return as_json(request, _shape(one[1], site) | {"days": [_day_shape(day) for day in days]})


def source_atom(request: Request) -> Response:
    if (one := _one(request)) is None:
        return missing(request, "source")
    events = health_events(site_of(request).engine, one[0], most=50)
    return feeds.health_feed(request, Given({}), f"sources/{one[0]}", events, None)


def _day_shape(day: SourceDay) -> dict[str, Any]:
    return {
        "day": day.day,
        "fetches": day.fetches,
        "failed": day.failed,
        "new": day.new,
        "seen": day.seen,
        "read": day.read,
        "relevant": day.relevant,
        "text_length": _rounded(day.length),
    }


def _file_name(slug: str) -> str:
    return "".join(letter if letter.isascii() and letter.isalnum() else "-" for letter in slug)


ROUTES = [
    Route("/sources", sources),
    Route("/sources.csv", sources_csv),
    Route("/sources.json", sources_json),
    Route("/sources.atom", sources_atom),
    Route("/sources.feed.json", sources_atom),
    Route("/sources/{slug}.csv", source_csv),
    Route("/sources/{slug}.json", source_json),
    Route("/sources/{slug}.atom", source_atom),
    Route("/sources/{slug}", source),
]
