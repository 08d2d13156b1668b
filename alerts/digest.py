"""What a rule found → letters: what each recipient is told, grouped by case. Pure.

A digest is one letter. An instant rule writes one for each case, so that what comes later on a case can
stand under the first; when very much is found at once, it is one letter after all.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo

from alerts.neutral import (
    MOST_EXCERPT,
    MOST_TITLE,
    Piece,
    cut,
    host_of,
    neutral,
    pieces,
    web_address,
)
from alerts.windows import window_name, zone_of
from pipeline.types import Record
from pipeline.record_words import record_words
from storage.alert_values import Hit, HitSort, Rhythm, Rule
from storage.outbox_values import CaseNews, Outlet, Recipient, Waiting

MOST_GROUPS = 25
"""Cases and articles that one letter shows; the others are counted."""
MOST_LETTERS = 12
"""Letters that an instant rule writes at once; with more cases they are one letter."""
MOST_SUBJECT = 150
"""Characters of a subject. Longer ones are cut by mail programs anyway, and some break them badly."""
_OTHERS = 6  # outlets that are named beside those that are shown
_SENTENCES = 3  # of one article
_LINES = 6  # of records of one article


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """One article, as a letter shows it."""

    title: tuple[Piece, ...]
    url: str  # "" where there is none that a link may lead to
    host: str  # where the link really leads
    outlet: str
    date: str  # local to the rule: "Wed 4 Mar 2026"; "" where none is known
    labels: tuple[str, ...]  # what is special: "corrected from 12 to 9"
    sentences: tuple[tuple[Piece, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """One case, or what one article tells outside of cases."""

    heading: str  # who is held where, at what stage; "" for articles found by words alone
    facts: tuple[str, ...]  # the records, a line each
    label: str  # new case | now convicted | figure | article
    case: int | None  # number of the case that stands
    link: str  # its page, where there is a web site
    reports: tuple[Report, ...]
    others: tuple[tuple[str, str], ...]  # (outlet, address) of further reports of the case
    others_more: int  # and so many more
    hits: tuple[int, ...]
    newest: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """All that one message says, before it is a message."""

    rule: Rule
    recipient: Recipient
    window: str  # what makes it the only one to this recipient
    subject: str
    number: int  # hits that it tells
    day: str
    groups: tuple[Group, ...]
    more: int  # hits that it counts and does not show
    references: tuple[str, ...]  # Message-IDs under which it stands
    hits: tuple[int, ...]  # numbers of all hits that it tells


def compose(
    waiting: Waiting, *, now: datetime, window: datetime | None, names: dict[str, str], site: str = ""
) -> tuple[Letter, ...]:
    """The letters that tell all of ``waiting``, each hit once for each recipient. ``window`` is the hour of
    sending to which they belong, None for an instant rule; ``names`` are outlets by slug; ``site`` is the
    public address of the web site, or ""."""
    if not waiting.hits:
        return ()
    zone = zone_of(waiting.rule)
    found: list[Letter] = []
    for recipient in waiting.recipients:
        groups = _groups(waiting, recipient, zone=zone, names=names, site=site)
        alone = waiting.rule.rhythm is Rhythm.INSTANT and len(groups) <= MOST_LETTERS
        for bunch in [(group,) for group in groups] if alone else [groups]:
            found.append(_letter(waiting, recipient, tuple(bunch), now=now.astimezone(zone), window=window))
    return tuple(found)


def day_name(at: datetime) -> str:
    """ "Wed 4 Mar 2026", in English whatever the locale."""
    days = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
    months = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
    return f"{days[at.weekday()]} {at.day} {months[at.month - 1]} {at.year}"


def _letter(
    waiting: Waiting,
    recipient: Recipient,
    groups: tuple[Group, ...],
    *,
    now: datetime,
    window: datetime | None,
) -> Letter:
    hits = tuple(sorted(hit for group in groups for hit in group.hits))
    shown = groups[:MOST_GROUPS]
    # Threads are chains to mail programs: a letter that stood under two firsts would join their threads.
    firsts = {
        first
        for group in groups
        if group.case is not None and (first := waiting.told.get((recipient.address, group.case)))
    }
    day = day_name(now)
    return Letter(
        rule=waiting.rule,
        recipient=recipient,
        window=window_name(window) if window else f"hit {hits[0]}",
        subject=_subject(waiting.rule, len(hits), day, groups),
        number=len(hits),
        day=day,
        groups=shown,
        more=sum(len(group.hits) for group in groups[MOST_GROUPS:]),
        references=tuple(firsts) if len(firsts) == 1 else (),
        hits=hits,
    )


def _subject(rule: Rule, number: int, day: str, groups: Sequence[Group]) -> str:
    name = neutral(rule.name, 60) or "alert"
    head = f"{name}: {number} new, {day}"
    # Only words of ours go into a subject, none of an outlet's.
    if len(groups) == 1 and groups[0].heading:
        head += f" – {groups[0].heading}"
    return cut(head, MOST_SUBJECT)


def _groups(
    waiting: Waiting, recipient: Recipient, *, zone: tzinfo, names: dict[str, str], site: str
) -> list[Group]:
    by_key: dict[tuple[str, object], list[Hit]] = {}
    for hit in waiting.hits:
        by_key.setdefault(_key(hit, waiting), []).append(hit)
    found = [_group(hits, waiting, recipient, zone=zone, names=names, site=site) for hits in by_key.values()]
    return sorted(found, key=lambda group: (-group.newest.timestamp(), group.hits))


def _key(hit: Hit, waiting: Waiting) -> tuple[str, object]:
    case = waiting.cases.get(hit.case_id) if hit.case_id is not None else None
    if case is not None:
        return "case", case.id
    return "article", hit.url or hit.key


def _group(
    hits: Sequence[Hit],
    waiting: Waiting,
    recipient: Recipient,
    *,
    zone: tzinfo,
    names: dict[str, str],
    site: str,
) -> Group:
    case = waiting.cases.get(hits[0].case_id) if hits[0].case_id is not None else None
    records = [
        waiting.records[number]
        for number in dict.fromkeys(number for hit in hits for number in _records(hit))
        if number in waiting.records
    ]
    articles: dict[str, list[Hit]] = {}
    for hit in hits:
        articles.setdefault(hit.url or hit.key, []).append(hit)
    told = case is not None and (recipient.address, case.id) in waiting.told
    others = _others(case, set(articles), names)
    moments = [moment for hit in hits if (moment := hit.published or hit.found) is not None]
    return Group(
        heading=_heading(records),
        facts=tuple(dict.fromkeys(_facts(record) for record in records if _facts(record)))[:_LINES],
        label=_label(hits, told=told),
        case=case.id if case else None,
        link=f"{site}/cases/{case.id}" if site and case else "",
        reports=tuple(_report(each, zone=zone, names=names) for each in articles.values()),
        others=others[:_OTHERS],
        others_more=max(0, len(others) - _OTHERS),
        hits=tuple(hit.id for hit in hits if hit.id is not None),
        newest=max(moments),
    )


def _records(hit: Hit) -> Iterable[int]:
    return hit.matched.records or ((hit.record_id,) if hit.record_id is not None else ())


def _heading(records: Sequence[Record]) -> str:
    heads = tuple(dict.fromkeys(record_words(record, short=True) for record in records))
    more = f" and {len(heads) - 2} more" if len(heads) > 2 else ""
    return neutral("; ".join(heads[:2]) + more, 160)


def _facts(record: Record) -> str:
    """What the heading does not say of a record."""
    return neutral(" · ".join(record_words(record).split(" · ")[2:]), 200)


def _label(hits: Sequence[Hit], *, told: bool) -> str:
    sorts = {hit.sort for hit in hits}
    if HitSort.CASE in sorts:
        stages = [hit.stage for hit in hits if hit.sort is HitSort.CASE and hit.stage is not None]
        if told and stages:
            return f"now {stages[-1].value.replace('_', ' ')}"
        return "new in a known case" if told else "new case"
    return "figure" if HitSort.FIGURE in sorts else "article"


def _report(hits: Sequence[Hit], *, zone: tzinfo, names: dict[str, str]) -> Report:
    hit = hits[0]
    url = web_address(hit.url)
    sentences: dict[str, tuple[Piece, ...]] = {}
    for each in hits:
        if each.excerpt.strip() and neutral(each.excerpt) != neutral(each.title):
            sentences.setdefault(
                neutral(each.excerpt), pieces(each.excerpt, each.matched.excerpt, MOST_EXCERPT)
            )
    return Report(
        title=pieces(hit.title, hit.matched.title, MOST_TITLE) or (Piece(text="(without a title)"),),
        url=url,
        host=host_of(url),
        outlet=_outlet(hit.source, url, names),
        date=day_name(hit.published.astimezone(zone)) if hit.published else "",
        labels=tuple(dict.fromkeys(neutral(each.note, 80) for each in hits if each.note.strip())),
        sentences=tuple(sentences.values())[:_SENTENCES],
    )


def _outlet(source: str, url: str, names: dict[str, str]) -> str:
    return neutral(names.get(source) or source, 80) or host_of(url) or "handed in"


def _others(case: CaseNews | None, shown: set[str], names: dict[str, str]) -> tuple[tuple[str, str], ...]:
    """Each other outlet that reports the case, once, newest first."""
    if case is None:
        return ()
    seen: set[str] = set()
    found: list[tuple[str, str]] = []
    reports: list[Outlet] = [report for report in reversed(case.reports) if report.url not in shown]
    for report in reports:
        url = web_address(report.url)
        name = _outlet(report.source, url, names)
        if name not in seen:
            seen.add(name)
            found.append((name, url))
    return tuple(found)
