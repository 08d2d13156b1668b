"""Sources: a site's feed is looked for and followed; one is asked whether it answers, or followed no more."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from pipeline.errors import ConfigError, CrawlError, DataError, QueryError
from pipeline.vocabulary import LANGUAGES
from web import acts
from web.access import Role
from web.answers import missing, site_of
from web.forms import Form, changing, fresh, looking, onward


def show_add(request: Request) -> Response:
    return fresh(request, "source_add.html", address="", found=None, fault="", languages=LANGUAGES)


def look(request: Request, form: Form) -> Response:
    """Looks for the feed of an address, and shows it before anything is followed."""
    address = form.get("address", "")[:2_000]
    try:
        found = acts.look_for_feed(site_of(request), address)
    except (QueryError, ConfigError, DataError, CrawlError) as error:
        return fresh(
            request,
            "source_add.html",
            status=400,
            address=address,
            found=None,
            fault=str(error),
            languages=LANGUAGES,
        )
    return fresh(request, "source_add.html", address=address, found=found, fault="", languages=LANGUAGES)


def add(request: Request, form: Form) -> Response:
    """Follows what was found."""
    try:
        expect = float(form.get("expect", "7"))
    except ValueError:
        raise QueryError("How many entries a week are normal is a number.", key="expect") from None
    given = {name: form.get(name, "").strip() for name in acts.OF_SOURCE}
    source = acts.follow(site_of(request), given, expect=expect)
    return onward(f"/sources/{source.slug}", "It is followed from the next crawl on.")


def check(request: Request, form: Form) -> Response:
    """Asks a source now; nothing is stored."""
    slug = request.path_params["slug"]
    try:
        found = acts.check(site_of(request), slug)
    except CrawlError as error:
        return onward(f"/sources/{slug}", str(error))
    if found is None:
        return missing(request, "source")
    newest = f", the newest of {found.newest}" if found.newest else ""
    detail = f" ({found.detail})" if found.detail else ""
    word = "It does not answer as it should" if found.failed else "It answers"
    return onward(f"/sources/{slug}", f"{word}: {found.state}, {found.entries:,} entries{newest}{detail}.")


def remove(request: Request, form: Form) -> Response:
    """Follows a source no more; what came from it stays."""
    site, slug = site_of(request), request.path_params["slug"]
    if form.get("sure") != "yes" and slug in site.sources:
        raise QueryError("Say that you are sure.", key="sure")
    if (gone := acts.unfollow(site, slug)) is None:
        return missing(request, "source")
    return onward("/sources", f"{gone.name} is followed no more; what came from it stays.")


ROUTES = [
    looking("/sources/add", show_add, Role.ADMIN),
    changing("/sources/add/look", look, Role.ADMIN),
    changing("/sources/add", add, Role.ADMIN),
    changing("/sources/{slug}/check", check, Role.ADMIN),
    changing("/sources/{slug}/remove", remove, Role.ADMIN),
]
