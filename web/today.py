"""The first page: what is new since the reader last looked, what changed, and whether all goes well."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from storage import news, overview, queries
from storage.health import load_health
from storage.values import Filter, Sort
from web.answers import page, site_of
from web.asking import read_given, read_moment
from web.health import in_trouble

SHOWN = 8
"""Rows of each list on the page."""
COOKIE = "looked"
VISIT = timedelta(minutes=30)
"""Pages that are opened within this time of one another are one visit."""
FIRST = timedelta(days=7)
"""What a reader who never looked is shown."""
KEPT = 400 * 86_400
"""Seconds for which a browser keeps when it looked; browsers keep nothing longer."""


def today(request: Request) -> Response:
    site = site_of(request)
    now = site.now()
    given = read_given(request.query_params.multi_items(), ("since",))
    chosen = read_moment(given, "since", now=now)
    visit = read_visit(request.cookies.get(COOKIE, ""), now)
    since = chosen or (visit[0] if visit else now - FIRST)
    days = (now - timedelta(days=1), now - timedelta(days=7))
    engine = site.engine
    latest = queries.find_articles(
        engine, Filter(found=since, sort=Sort.FOUND, limit=SHOWN, counted=news.MOST)
    )
    totals = news.counts_since(engine, (since, *days))
    answered = page(
        request,
        "today.html",
        since=since,
        chosen=chosen is not None,
        looked=visit is not None and chosen is None,
        totals=totals,
        most=news.MOST,
        articles=latest,
        cases=news.new_cases(engine, since, most=SHOWN),
        changes=news.case_changes(engine, since, most=SHOWN),
        corrections=news.corrections(engine, since, most=SHOWN),
        pairs=site.memory.get(
            "first-seen pairs", lambda: news.new_pairs(engine, now - timedelta(days=30), most=12)
        ),
        runs=overview.runs(engine, limit=5),
        trouble=in_trouble(load_health(engine).values(), site.sources)[:SHOWN],
        empty=not latest.rows and overview.nothing_stored(engine),
    )
    if chosen is None:
        answered.headers["Set-Cookie"] = _cookie(visit, since, now)
    return answered


def read_visit(cookie: str, now: datetime) -> tuple[datetime, datetime] | None:
    """Since when things are new to the reader, and when it last opened the page; None for one who never
    did. After a pause a new visit begins: what came since the last one is new."""
    parts = cookie.split(".")
    if len(parts) != 2 or not all(part.isascii() and part.isdecimal() and len(part) < 12 for part in parts):
        return None
    since, last = (datetime.fromtimestamp(int(part), UTC) for part in parts)
    if not since <= last <= now + VISIT:
        return None
    return (last, last) if now - last > VISIT else (since, last)


def _cookie(visit: tuple[datetime, datetime] | None, since: datetime, now: datetime) -> str:
    since = visit[0] if visit else since
    value = f"{int(since.timestamp())}.{int(now.timestamp())}"
    return f"{COOKIE}={value}; Path=/; Max-Age={KEPT}; HttpOnly; SameSite=Strict"


ROUTES = [Route("/", today)]
