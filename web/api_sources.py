"""Sources by the API: a feed is looked for, followed, asked now, followed no more."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from pipeline.asked import check_country
from pipeline.errors import ConflictError
from pipeline.types import Source
from pipeline.vocabulary import LANGUAGES
from web import acts
from web.api_others import source_shapes
from web.bodies import Body, Field
from web.operations import Asked, Made, Operation
from web.tokens import Scope

_TEXT = {"type": "string", "maxLength": 2_000}
_ADDRESS = Field(
    name="address",
    says="A site or a feed.",
    schema=_TEXT | {"minLength": 1},
    needed=True,
    example="https://outlet.example/",
)


def _discover(asked: Asked) -> dict[str, Any]:
    found = acts.look_for_feed(asked.site, asked.body["address"])
    return {name: getattr(found, name) for name in acts.OF_SOURCE} | {"expect": found.expect}


def _follow(asked: Asked) -> Made:
    """Follows what is described, or what is found at an address; what is given beside that counts more."""
    given = {name: value for name, value in asked.body.items() if name not in ("address", "expect")}
    expect = asked.body.get("expect", 7)
    if (address := asked.body.get("address")) is not None:
        found = acts.look_for_feed(asked.site, address)
        given = {name: getattr(found, name) for name in acts.OF_SOURCE} | given
        expect = asked.body.get("expect", found.expect)
    status = 201
    try:
        slug = acts.follow(asked.site, given, expect=float(expect)).slug
    except ConflictError:
        # What is found a second time is given another name, for the first one is taken.
        known = next((each for each in asked.site.sources.values() if each.url == given.get("url")), None)
        if known is None or not _same(known, asked.body):
            raise
        slug, status = known.slug, 200
    return Made(document=source_shapes(asked, slug)[0], status=status, at=f"/sources/{slug}")


def _same(known: Source, sent: Body) -> bool:
    """Whether a source is in everything as it was sent."""
    wanted = {name: sent[name] for name in acts.OF_SOURCE if sent.get(name)}
    if "country" in wanted:
        wanted["country"] = check_country(wanted["country"])
    return all(getattr(known, name) == value for name, value in wanted.items())


def _unfollow(asked: Asked) -> dict[str, Any] | None:
    gone = acts.unfollow(asked.site, asked.key)
    return None if gone is None else {"removed": gone.slug, "name": gone.name}


def _check(asked: Asked) -> dict[str, Any] | None:
    found = acts.check(asked.site, asked.key)
    if found is None:
        return None
    return {
        "state": found.state,
        "failed": found.failed,
        "entries": found.entries,
        "newest": found.newest or None,
        "detail": found.detail,
    }


OPERATIONS = (
    Operation(
        path="/sources/discover",
        method="POST",
        id="discoverSource",
        says="Looks for the feed of a site; nothing is followed yet.",
        answers="FoundSource",
        body=(_ADDRESS,),
        example={"address": "https://outlet.example/"},
        asks_outlets=True,
        scope=Scope.ADMIN,
        make=_discover,
    ),
    Operation(
        path="/sources",
        method="POST",
        id="addSource",
        says=(
            "Follows a source from the next crawl on: the feed that is found at 'address', or the one that "
            "'slug', 'name', 'url' and 'language' describe. The same sent again changes nothing."
        ),
        answers="Source",
        body=(
            replace(_ADDRESS, needed=False, says="A site or a feed: it is looked for there."),
            Field(name="slug", says="A short name: a-z, 0-9 and -.", schema=_TEXT, example="outlet"),
            Field(name="name", says="The outlet as people call it.", schema=_TEXT, example="The Outlet"),
            Field(
                name="url",
                says="Its feed, sitemap or list of articles.",
                schema=_TEXT,
                example="https://outlet.example/feed",
            ),
            Field(
                name="via",
                says="What is at this address.",
                schema={"type": "string", "enum": ["rss", "atom", "jsonfeed", "sitemap", "listing"]},
            ),
            Field(name="language", says="Its language.", schema={"type": "string", "enum": list(LANGUAGES)}),
            Field(name="country", says="Where it is at home: a code or a name.", schema=_TEXT, example="PE"),
            Field(
                name="expect",
                says="Entries a week that are normal.",
                schema={"type": "number", "minimum": 0, "maximum": 100_000},
            ),
            Field(name="links", says="Of a listing: CSS selector of the links.", schema=_TEXT),
            Field(name="site", says="Its home page, where that is elsewhere.", schema=_TEXT),
            Field(name="sitemap", says="Its sitemap, for earlier articles.", schema=_TEXT),
        ),
        example={"address": "https://outlet.example/", "country": "PE"},
        creates="The source.",
        conflicts="Another source has this slug or this address.",
        asks_outlets=True,
        scope=Scope.ADMIN,
        make=_follow,
    ),
    Operation(
        path="/sources/{slug}",
        method="DELETE",
        id="removeSource",
        says="Follows a source no more that a user added; what came from it stays.",
        answers="RemovedSource",
        of="source",
        conflicts="It is a source of the package.",
        scope=Scope.ADMIN,
        make=_unfollow,
    ),
    Operation(
        path="/sources/{slug}/check",
        method="POST",
        id="checkSource",
        says="Asks a source now, and stores nothing.",
        answers="Checked",
        of="source",
        asks_outlets=True,
        scope=Scope.ADMIN,
        make=_check,
    ),
)
