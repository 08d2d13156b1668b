"""What can be changed, one function each: the forms of the pages and the API both lead here.

Each takes the site and who asks; whether they may is asked before. Faults are the tree of
pipeline/errors.py; None where what is named is not there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from random import SystemRandom
from typing import TYPE_CHECKING, Any

from pipeline.asked import check_country
from pipeline.corrections import FIELDS, Value, as_fields, read_field, written
from pipeline.errors import ConfigError, ConflictError, QueryError, StorageBusyError
from pipeline.types import Source
from pipeline.urls import is_web_url
from pipeline.vocabulary import UNKNOWN_COUNTRY
from storage import marks, queries
from storage.alert_values import Rule
from storage.alerts import add_rule, all_rules, change_rule, find_rule, remove_rule
from storage.engine import writing
from storage.mark_lists import removed_record
from storage.repository import Repository
from storage.review import Waiting, find_queue
from storage.review_draws import draw_samples
from web.access import Who
from web.desk import Checked, Desk
from web.site import Site

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine

OF_SOURCE = ("slug", "name", "url", "via", "language", "country", "links", "site", "sitemap")
"""The fields of a source that is added; ``expect`` is a number beside them."""


def desk_of(site: Site) -> Desk:
    """What other rooms do for this one. Raises ConfigError."""
    if site.desk is None:
        raise ConfigError("This server knows nothing of alerts and of the crawler.")
    return site.desk


def writer_of(site: Site) -> Engine:
    """The database so that it can be written into."""
    assert site.writer is not None
    return site.writer


# -- rules of alerts ----------------------------------------------------------------------------------


def rule_with(connection: Connection, number: int) -> Rule | None:
    """The rule with this number; a name is none, though it may look like one."""
    try:
        found = find_rule(connection, str(number))
    except QueryError:
        return None
    if found.id == number:
        return found
    return next((each for each in all_rules(connection) if each.id == number), None)


def create_rule(site: Site, given: Mapping[str, Any]) -> Rule:
    """Stores a rule of what a form gives. Raises ConflictError where its name is taken."""
    rule = desk_of(site).rule_of(given)
    with writing(writer_of(site)) as connection:
        return add_rule(connection, rule, now=site.now())


def edit_rule(
    site: Site, number: int, given: Mapping[str, Any], *, whole: bool = False
) -> tuple[Rule, Rule] | None:
    """The rule before and after; ``whole``: what is not given is as usual, and not as it was, but for
    its state. Raises ConflictError where its new name is taken."""
    desk = desk_of(site)
    with writing(writer_of(site)) as connection:
        if (before := rule_with(connection, number)) is None:
            return None
        after = desk.rule_of(given, None if whole else before)
        # Whether it looks is a word of its own, also where all the rest is given anew.
        state = after.state if "state" in given else before.state
        after = replace(
            after,
            id=before.id,
            created=before.created,
            changed=before.changed,
            language=before.language,
            state=state,
            detail=before.detail if state is before.state else "",
        )
        if change_rule(connection, after, now=site.now()):
            after = replace(after, changed=site.now())
    return before, after


def drop_rule(site: Site, number: int) -> Rule | None:
    """Removes a rule with all that it found."""
    with writing(writer_of(site)) as connection:
        found = rule_with(connection, number)
        if found is not None:
            remove_rule(connection, number)
    return found


# -- what people say of articles and records ----------------------------------------------------------


def waiting(site: Site, *, limit: int, **narrowed: Sequence[str]) -> tuple[Waiting, ...]:
    """What is to be judged next; more is drawn at random first where too little of it is left."""
    with suppress(StorageBusyError):  # There is something to judge without more draws too.
        draw_samples(writer_of(site), now=site.now(), chance=SystemRandom())
    return find_queue(site.engine, limit=limit, **narrowed)


def judge(site: Site, who: Who, which: int | str, relevant: bool | None) -> marks.Reviewed:
    """Accepts or rejects an article, or takes the word back."""
    return marks.mark_article(writer_of(site), which, relevant=relevant, by=named(who), now=site.now())


def correct(site: Site, who: Who, number: int, given: Mapping[str, str]) -> marks.Reviewed | None:
    """Corrects the fields of a record that are different, as a person writes them; None where none is.
    Raises QueryError where there is no such record."""
    writer = writer_of(site)
    article = queries.article_of_record(writer, number)
    found = [row for row in queries.records_of(writer, article or 0) if row.id == number]
    if not found:
        raise QueryError(f"There is no record {number}.", key="record")
    stands = as_fields(found[0].record)
    values = {name: read_field(name, given[name]) for name in FIELDS if name in given}
    changed = {name: value for name, value in values.items() if not _same(value, stands[name])}
    if not changed:
        return None
    return marks.correct_record(writer, number, changed, by=named(who), now=site.now())


def _same(one: Value, other: Value) -> bool:
    """Whether a form gave back what stood in it: numbers there have ten digits, texts no line breaks."""
    return one == other or written(one) == " ".join(written(other).split())


def add_record(site: Site, who: Who, article: int, given: Mapping[str, str]) -> marks.Reviewed:
    """Adds a record that the program does not see, its fields as a person writes them."""
    values = {name: read_field(name, given[name]) for name in FIELDS if given.get(name, "").strip()}
    return marks.add_record(writer_of(site), article, values, by=named(who), now=site.now())


def remove_record(site: Site, who: Who, number: int) -> marks.Reviewed:
    """There is no such record."""
    return marks.remove_record(writer_of(site), number, by=named(who), now=site.now())


def restore_record(site: Site, who: Who, number: int) -> marks.Reviewed:
    """The record is as the program reads it."""
    return marks.restore_record(writer_of(site), number, by=named(who), now=site.now())


def removed_from(site: Site, number: int) -> int | None:
    """The article from which a person took the record with this number away; None where nobody did."""
    return removed_record(writer_of(site), number)


def undo(site: Site, who: Who) -> marks.Reviewed | None:
    """Takes back the last step of who asks; None where there is none."""
    return marks.undo(writer_of(site), by=named(who), now=site.now())


def named(who: Who) -> str:
    """Under what name it is kept what somebody says."""
    return who.name or "somebody"


# -- cases --------------------------------------------------------------------------------------------


def merge(site: Site, one: int, other: int) -> int:
    """Two cases are one; the number that remains."""
    return Repository(writer_of(site)).merge_cases(one, other, now=site.now())


def split(site: Site, case: int, records: Sequence[int]) -> int:
    """Some records of a case are another one; the number of the new one."""
    if not records:
        raise QueryError("Say which records are another case.", key="record")
    return Repository(writer_of(site)).split_case(case, records, now=site.now())


# -- sources ------------------------------------------------------------------------------------------


def look_for_feed(site: Site, address: str) -> Source:
    """The feed of a site, as a source that nobody follows yet."""
    desk = desk_of(site)
    address = address.strip()[:2_000]
    if "://" not in address:
        address = f"https://{address}"
    if not is_web_url(address):
        raise QueryError(f"{address!r} is no address of the web.", key="address")
    return desk.discover(address)


def follow(site: Site, given: Mapping[str, str | None], *, expect: float) -> Source:
    """Follows a source from the next crawl on. Raises ConflictError where its name or address is taken."""
    desk = desk_of(site)
    values = {name: given.get(name) or None for name in OF_SOURCE}
    source = Source(
        slug=values["slug"] or "",
        name=values["name"] or "",
        url=values["url"] or "",
        via=values["via"] or "rss",
        language=(values["language"] or "").lower(),
        country=check_country(values["country"] or UNKNOWN_COUNTRY),
        expect=expect,
        links=values["links"],
        site=values["site"],
        sitemap=values["sitemap"],
        origin="user",
    )
    if source.slug in site.sources:
        raise ConflictError(f"There is a source {source.slug!r} already.", key="slug")
    taken = next((each for each in site.sources.values() if each.url == source.url), None)
    if taken is not None:
        raise ConflictError(f"{source.url} is followed already, as {taken.slug!r}.", key="url")
    desk.add_source(source)
    return source


def unfollow(site: Site, slug: str) -> Source | None:
    """Follows a source no more; what came from it stays. Raises ConflictError for one of the package."""
    source = site.sources.get(slug)
    if source is None or site.desk is None:
        return None
    if not site.desk.is_own(slug):
        raise ConflictError(
            "Only a source that was added can be removed here; 'detainee-watch sources remove' switches off "
            "one of the package.",
            key=slug,
        )
    site.desk.remove_source(slug)
    return source


def check(site: Site, slug: str) -> Checked | None:
    """Asks a source now, and stores nothing."""
    if slug not in site.sources or site.desk is None:
        return None
    return site.desk.check_source(slug)
