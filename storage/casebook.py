"""Reports → cases, inside the transaction that stores their article.

Which case a report is of is decided in pipeline/cases.py; here the candidates are loaded, the
decision is written, and what people decided goes before it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import Connection, select

from pipeline.cases import CaseHead, choose_cases, fits
from pipeline.clues import Report, find_reports
from pipeline.types import Article, Record
from storage import rows
from storage import tables as t
from storage.candidates import find_candidates
from storage.case_edit import absorb
from storage.case_parts import resettle_reduced
from storage.case_store import (
    Placed,
    drop_reports,
    find_pins,
    is_empty,
    is_stored,
    name_key,
    new_case,
    refresh,
    standing,
    store_report,
)
from storage.history import note_records
from storage.reading import records_of
from storage.trend_store import count_cases


def settle(
    connection: Connection, article_id: int, article: Article, *, now: datetime, is_new: bool = False
) -> tuple[int, ...]:
    """Puts the article's ``event`` records, as they are stored, into cases, and returns the numbers
    of these. Settling the same again changes nothing. What it changes is noted in the history.
    ``is_new``: the article is, so that none of its reports stands anywhere and nobody moved one."""
    cases = _settle(connection, article_id, article, now=now, is_new=is_new)
    note_records(connection, article_id, now=now, is_new=is_new)
    return cases


def _settle(
    connection: Connection, article_id: int, article: Article, *, now: datetime, is_new: bool
) -> tuple[int, ...]:
    stored = records_of(connection, article_id)
    records = [rows.record_from(row, rows.drug_words(row.drugs)) for row in stored]
    numbers = [row.id for row in stored]
    before = [] if is_new else standing(connection, article_id)
    was = {record: case for _, case, _, members in before for record in members}
    pinned = {} if is_new else find_pins(connection, article_id, stored)
    key = name_key(connection)
    reports = find_reports(article, records, key=key)
    placed = _placed(article, records, numbers, reports, pinned, was, key)
    if is_stored(connection, before, placed):
        # The same people in the same case; a date or a bound may still read otherwise.
        count_cases(connection, (case for _, case, _, _ in before))
        return tuple(dict.fromkeys(case for _, case, _, _ in before))
    touched = {case for _, case, _, _ in before}
    if before:
        drop_reports(connection, article_id)
    day = article.published.toordinal() if article.published else now.toordinal()
    chosen = _choose(connection, article_id, placed, day, touched, now=now)
    touched.update(chosen)
    refresh(connection, touched, now=now)
    return tuple(dict.fromkeys(chosen))


def _placed(
    article: Article,
    records: Sequence[Record],
    numbers: Sequence[int],
    reports: Sequence[Report],
    pinned: dict[int, int],
    was: dict[int, int],
    key: bytes,
) -> list[Placed]:
    """The reports with what is known of their records; one whose records people put into several
    cases, or only in part into one, is cut."""
    groups: list[list[int]] = []
    for report in reports:
        parts: dict[int | None, list[int]] = {}
        for index in report.records:
            parts.setdefault(pinned.get(numbers[index]), []).append(index)
        groups += parts.values()
    if len(groups) != len(reports):
        reports = find_reports(article, records, key=key, groups=groups)
    out = []
    for report in reports:
        mine = tuple(numbers[index] for index in report.records)
        out.append(
            Placed(
                report=report,
                records=mine,
                was=next((was[number] for number in mine if number in was), None),
                pinned=pinned.get(mine[0]),
            )
        )
    return out


def _choose(
    connection: Connection,
    article_id: int,
    placed: Sequence[Placed],
    day: int,
    before: Iterable[int],
    *,
    now: datetime,
) -> list[int]:
    """Stores the reports, each in its case; the surest choice goes first, and no two reports of an
    article about people of one nationality go into one case unless a person put them there."""
    chosen: list[int] = []
    free = set(before)
    for each in placed:
        if each.pinned is not None:
            store_report(connection, each, each.pinned, article_id, day)
            chosen.append(each.pinned)
    waiting = [each for each in placed if each.pinned is None]
    while waiting:
        offers = []
        for index, each in enumerate(waiting):
            known = _open_to(connection, each, article_id, day)
            odds = float("-inf")
            if len(waiting) > 1:  # one by itself goes first, however sure it is
                odds = max((fit.odds for fit in fits(each.report, known, was=each.was)), default=odds)
            offers.append((odds, -index, each, known))
        _, _, each, known = max(offers, key=lambda offer: offer[:2])
        waiting.remove(each)
        found = choose_cases(each.report, known, was=each.was)
        if found:
            case = _merge_known(connection, found, now=now)
        elif each.was is not None and each.was in free and is_empty(connection, each.was):
            case = each.was  # its only report, read anew
        else:
            case = new_case(connection, each.report, now=now)
        store_report(connection, each, case, article_id, day)
        chosen.append(case)
    return chosen


def _open_to(connection: Connection, each: Placed, article_id: int, day: int) -> tuple[CaseHead, ...]:
    also = (each.was,) if each.was is not None else ()
    known = find_candidates(connection, each.report, day, also=also)
    mine = {(article_id, nationality) for nationality in each.report.nationalities}
    return tuple(head for head in known if head.reports and not mine & head.articles)


def _merge_known(connection: Connection, found: Sequence[CaseHead], *, now: datetime) -> int:
    """Makes one of cases that turned out to be one; the oldest remains."""
    remains = min(head.id for head in found)
    for head in found:
        if head.id != remains:
            absorb(connection, remains, head.id, now=now)
    return remains


def resettle(connection: Connection, article_id: int, *, now: datetime) -> tuple[int, ...]:
    """settle() for an article that is stored, after somebody's decision."""
    row = connection.execute(select(t.Article.__table__).where(t.Article.id == article_id)).one()
    if not row.text:
        cases = resettle_reduced(connection, article_id, now=now)
        note_records(connection, article_id, now=now)
        return cases
    article = Article(
        url=rows.shown_url(row.url),
        source=row.source,
        title=row.title,
        text=row.text,
        language=row.language,
        published=row.published,
        date_origin=None,
        outlet_country=row.outlet_country,
        segments=(),
    )
    return settle(connection, article_id, article, now=now)
