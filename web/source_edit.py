"""Sources: a site's feed is looked for and followed; one is asked whether it answers, or followed no more."""

from __future__ import annotations

from dataclasses import replace

from starlette.requests import Request
from starlette.responses import Response

from pipeline.asked import check_country
from pipeline.errors import ConfigError, CrawlError, DataError, QueryError
from pipeline.types import Source
from pipeline.urls import is_web_url
from pipeline.vocabulary import LANGUAGES, UNKNOWN_COUNTRY
from web.access import Role
from web.answers import missing, site_of
from web.forms import Form, changing, fresh, looking, onward

FOUND = ("slug", "name", "url", "via", "language", "country", "links", "site", "sitemap")


def show_add(request: Request) -> Response:
    return fresh(request, "source_add.html", address="", found=None, fault="", languages=LANGUAGES)


def look(request: Request, form: Form) -> Response:
    """Looks for the feed of an address, and shows it before anything is followed."""
    desk = site_of(request).desk
    if desk is None:
        raise ConfigError("This server cannot look for feeds.")
    address = form.get("address", "").strip()[:2_000]
    if "://" not in address:
        address = f"https://{address}"
    try:
        if not is_web_url(address):
            raise QueryError(f"{address!r} is no address of the web.", key="address")
        found = desk.discover(address)
    except (QueryError, ConfigError, DataError, CrawlError) as error:
        return fresh(
            request,
            "source_add.html",
            status=400,
            address=form.get("address", "")[:2_000],
            found=None,
            fault=str(error),
            languages=LANGUAGES,
        )
    return fresh(request, "source_add.html", address=address, found=found, fault="", languages=LANGUAGES)


def add(request: Request, form: Form) -> Response:
    """Follows what was found."""
    desk = site_of(request).desk
    if desk is None:
        raise ConfigError("This server cannot follow sources.")
    values = {name: form.get(name, "").strip() or None for name in FOUND}
    country = values["country"] or UNKNOWN_COUNTRY
    try:
        expect = float(form.get("expect", "7"))
    except ValueError:
        raise QueryError("How many entries a week are normal is a number.", key="expect") from None
    base = Source(
        slug=values["slug"] or "",
        name=values["name"] or "",
        url=values["url"] or "",
        via=values["via"] or "rss",
        language=(values["language"] or "").lower(),
        country=check_country(country),
        expect=expect,
    )
    source = replace(
        base, links=values["links"], site=values["site"], sitemap=values["sitemap"], origin="user"
    )
    desk.add_source(source)
    return onward(f"/sources/{source.slug}", "It is followed from the next crawl on.")


def check(request: Request, form: Form) -> Response:
    """Asks a source now; nothing is stored."""
    site, slug = site_of(request), request.path_params["slug"]
    if slug not in site.sources or site.desk is None:
        return missing(request, "source")
    try:
        found = site.desk.check_source(slug)
    except CrawlError as error:
        return onward(f"/sources/{slug}", str(error))
    newest = f", the newest of {found.newest}" if found.newest else ""
    detail = f" ({found.detail})" if found.detail else ""
    word = "It does not answer as it should" if found.failed else "It answers"
    return onward(f"/sources/{slug}", f"{word}: {found.state}, {found.entries:,} entries{newest}{detail}.")


def remove(request: Request, form: Form) -> Response:
    """Follows a source no more; what came from it stays."""
    site, slug = site_of(request), request.path_params["slug"]
    if slug not in site.sources or site.desk is None:
        return missing(request, "source")
    name = site.sources[slug].name
    if form.get("sure") != "yes":
        raise QueryError("Say that you are sure.", key="sure")
    site.desk.remove_source(slug)
    return onward("/sources", f"{name} is followed no more; what came from it stays.")


ROUTES = [
    looking("/sources/add", show_add, Role.ADMIN),
    changing("/sources/add/look", look, Role.ADMIN),
    changing("/sources/add", add, Role.ADMIN),
    changing("/sources/{slug}/check", check, Role.ADMIN),
    changing("/sources/{slug}/remove", remove, Role.ADMIN),
]
