"""What a rule found → letters: what each recipient is told, grouped by case. Pure.

A digest is one letter. An instant rule writes one for each case, so that what comes later on a case can
stand under the first; when very much is found at once, it is one letter after all.
"""

from __future__ import annotations

import re
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
from pipeline.record_words import record_words
from pipeline.types import Record
from storage.alert_values import Hit, HitSort, Rhythm, Rule
from storage.outbox_values import CaseNews, Recipient, Waiting

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
    date: str  # local to the rule: "Wed 4 Mar 2026", or "found Wed 4 Mar 2026"
    labels: tuple[str, ...]  # what is special: "corrected from 12 to 9"
    sentences: tuple[tuple[Piece, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """One case, or what one article tells outside of cases."""

    records: tuple[tuple[str, str], ...]
    """(who is held where at what stage, the rest) of each record; none for what words alone found."""
    records_more: int  # and so many more
    label: str  # new case | now convicted | case | figure | article
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
    count: str  # how much it tells: "2 new", "1 new, 1 corrected"
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
    told = set(hits)
    corrected = sum(bool(hit.note) for hit in waiting.hits if hit.id in told)
    counts = ((len(hits) - corrected, "new"), (corrected, "corrected"))
    count = ", ".join(f"{number} {what}" for number, what in counts if number)
    return Letter(
        rule=waiting.rule,
        recipient=recipient,
        window=window_name(window) if window else _first(waiting, hits[0]),
        subject=_subject(waiting.rule, count, day, groups),
        count=count,
        day=day,
        groups=shown,
        more=sum(len(group.hits) for group in groups[MOST_GROUPS:]),
        references=tuple(firsts) if len(firsts) == 1 else (),
        hits=hits,
    )


def _first(waiting: Waiting, number: int) -> str:
    """The name of a letter that belongs to no hour: by the first thing that it tells. Numbers of hits come
    again where a copy of the database is restored, and another thing must not pass for the same message."""
    hit = next(hit for hit in waiting.hits if hit.id == number)
    return f"{hit.key} {hit.found.isoformat() if hit.found else ''}"


def _subject(rule: Rule, count: str, day: str, groups: Sequence[Group]) -> str:
    name = neutral(rule.name, 60) or "alert"
    head = f"{name}: {count}, {day}"
    # Only words of ours go into a subject, none of an outlet's.
    if len(groups) == 1 and groups[0].records:
        head += f" – {groups[0].records[0][0]}"
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
    return "article", _article(hit)


def _article(hit: Hit) -> object:
    """By what hits of one article are known: texts that were handed in may have no address."""
    return hit.article_id or hit.url or hit.key


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
        for number in dict.fromkeys(number for hit in hits for number in _records(hit, waiting))
        if number in waiting.records
    ]
    articles: dict[object, list[Hit]] = {}
    for hit in hits:
        articles.setdefault(_article(hit), []).append(hit)
    lines = tuple(dict.fromkeys(_words(record) for record in records))
    reports = tuple(_report(each, waiting, zone=zone, names=names) for each in articles.values())
    told = case is not None and (recipient.address, case.id) in waiting.told
    others = _others(case, hits, {report.outlet for report in reports}, names)
    moments = [moment for hit in hits if (moment := hit.published or hit.found) is not None]
    return Group(
        records=lines[:_LINES],
        records_more=max(0, len(lines) - _LINES),
        label=_label(hits, told=told),
        case=case.id if case else None,
        link=f"{site}/cases/{case.id}" if site and case else "",
        reports=reports,
        others=others[:_OTHERS],
        others_more=max(0, len(others) - _OTHERS),
        hits=tuple(hit.id for hit in hits if hit.id is not None),
        newest=max(moments),
    )


def _records(hit: Hit, waiting: Waiting) -> Iterable[int]:
    """The records that matched; of an article that was found by words, all that it has."""
    if hit.matched.records or hit.record_id is not None:
        return hit.matched.records or (hit.record_id or 0,)
    return waiting.articles.get(hit.article_id or 0, ())


def _words(record: Record) -> tuple[str, str]:
    """(who is held where at what stage, the rest) of a record."""
    rest = " · ".join(record_words(record).split(" · ")[2:])
    return neutral(record_words(record, short=True), 160), neutral(rest, 200)


def _label(hits: Sequence[Hit], *, told: bool) -> str:
    sorts = {hit.sort for hit in hits}
    if HitSort.CASE in sorts:
        stages = [hit.stage for hit in hits if hit.sort is HitSort.CASE and hit.stage is not None]
        if told and stages:
            return f"now {stages[-1].value.replace('_', ' ')}"
        return "new in a known case" if told else "new case"
    if HitSort.FIGURE not in sorts:
        return "article"
    # A count of a case that its outlet corrected is told as a figure, and is of the case.
    return "case" if all(hit.note and hit.case_id is not None for hit in hits) else "figure"


def _report(hits: Sequence[Hit], waiting: Waiting, *, zone: tzinfo, names: dict[str, str]) -> Report:
    hit = hits[0]
    url = web_address(hit.url)
    sentences: dict[str, tuple[Piece, ...]] = {}
    for each in hits:
        if each.excerpt.strip() and neutral(each.excerpt) != neutral(each.title):
            sentences.setdefault(
                neutral(each.excerpt), pieces(each.excerpt, _marks(each, waiting), MOST_EXCERPT)
            )
    return Report(
        title=pieces(hit.title, hit.matched.title, MOST_TITLE) or (Piece(text="(without a title)"),),
        url=url,
        host=host_of(url),
        outlet=_outlet(hit.source, url, names),
        date=_day(hit, zone),
        labels=tuple(dict.fromkeys(neutral(each.note, 80) for each in hits if each.note.strip())),
        sentences=tuple(sentences.values())[:_SENTENCES],
    )


def _outlet(source: str, url: str, names: dict[str, str]) -> str:
    return neutral(names.get(source) or source, 80) or host_of(url) or "handed in"


def _marks(hit: Hit, waiting: Waiting) -> Iterable[tuple[int, int]]:
    """The marks of the sentence; where only facts matched, the number that it gives."""
    if hit.matched.excerpt:
        return hit.matched.excerpt
    records = (waiting.records.get(number) for number in _records(hit, waiting))
    counts = {record.count for record in records if record is not None} - {None, 1}
    return tuple(
        match.span()
        for match in re.finditer(r"\d+(?:[.,\s\u202f']\d{3})*(?!\d)", hit.excerpt)
        if int(re.sub(r"\D", "", match.group())) in counts
    )


def _day(hit: Hit, zone: tzinfo) -> str:
    if hit.published is not None:
        return day_name(hit.published.astimezone(zone))
    return f"found {day_name(hit.found.astimezone(zone))}" if hit.found is not None else ""


def _others(
    case: CaseNews | None, hits: Sequence[Hit], shown: set[str], names: dict[str, str]
) -> tuple[tuple[str, str], ...]:
    """Each other outlet that reports the case, once, newest first."""
    if case is None:
        return ()
    seen = set(shown)
    told = {hit.article_id for hit in hits} | {hit.url for hit in hits}
    found: list[tuple[str, str]] = []
    for report in reversed(case.reports):
        url = web_address(report.url)
        name = _outlet(report.source, url, names)
        # A text that was handed in without an address leads nowhere.
        if name in seen or report.article_id in told or report.url in told or not (url or report.source):
            continue
        seen.add(name)
        found.append((name, url))
    return tuple(found)
