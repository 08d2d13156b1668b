"""Which cases a list has, and how many there are, found in indexes alone as far as that can be.

Whom a case is about stands in case_counts, narrow and once for each nationality: of cases that are standing
alone, so that what is asked of people and stages is counted there.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, exists, func, literal_column, or_, select

from pipeline.errors import QueryError
from pipeline.vocabulary import UNKNOWN_COUNTRY, Kind
from storage import filters, ranking, search
from storage import tables as t
from storage.chosen import KNOWN, few_articles
from storage.dialects import among
from storage.engine import is_postgres
from storage.values import Filter, Sort

FEW = 2_000
"""Cases with which a list had better begin, rather than with the latest one."""
TOLD = 5
"""Articles that are looked at for one of the latest cases of a word: most cases have some."""


def case_conditions(connection: Connection, wanted: Filter) -> list[ColumnElement[bool]]:
    """All conditions on a case but that a reader has not seen it. Raises QueryError for what makes no
    sense of cases."""
    if wanted.kind and Kind.EVENT not in wanted.kind:
        raise QueryError("Cases are events; there are none of another kind.", key="kind")
    if wanted.sort is Sort.RANK:
        raise QueryError("Cases cannot be ranked by a query.", key="sort")
    # The nought is written out, so that SQLite sees that its index of standing cases is for the question.
    conditions: list[ColumnElement[bool]] = [
        t.Case.merged_into.is_(None),
        t.Case.reports > literal_column("0"),
    ]
    if wanted.stage:
        conditions.append(t.Case.stage.in_([stage.value for stage in wanted.stage]))
    if wanted.since is not None:
        # Follows from the condition on its articles, and is found by an index.
        conditions.append(t.Case.last_seen >= wanted.since)
    if (wanted.nationality or wanted.country) and UNKNOWN_COUNTRY not in wanted.nationality:
        # Follows from the condition on its records, and is found in one narrow table; alone it says as much.
        conditions.append(_begun_or_each(connection, _of_pairs(wanted, stages=False)))
    if wanted.drug:
        conditions.append(_begun_or_each(connection, _of_drugs(wanted)))
    if _is_said_by_counts(wanted):
        return conditions
    return [*conditions, *_told_conditions(connection, wanted)]


def counted_cases(connection: Connection, wanted: Filter) -> Select[Any] | None:
    """The numbers of the cases that fit, each once, as many of them are counted best; None where that is how
    they are listed."""
    if _is_of_people(wanted):
        return _of_pairs(wanted).distinct()
    told = _of_words(connection, wanted)
    return None if told is None else told.distinct()


def latest_cases(connection: Connection, wanted: Filter, most: int) -> Sequence[Any]:
    """``id`` and ``stage`` of the ``most`` cases that fit and were found or told of last."""
    if _is_of_people(wanted):
        query = _of_pairs(wanted).distinct().order_by(t.CaseCount.case_id.desc()).limit(most)
        numbers = connection.execute(query).scalars().all()
    elif (told := _of_words(connection, wanted)) is not None:
        query = told.order_by(ranking.NUMBER.desc()).limit(TOLD * most)
        numbers = list(dict.fromkeys(connection.execute(query).scalars()))[:most]
    else:
        begun = select(t.Case.id, t.Case.stage).where(*case_conditions(connection, wanted))
        return connection.execute(begun.order_by(t.Case.last_seen.desc()).limit(most)).all()
    return connection.execute(
        select(t.Case.id, t.Case.stage).where(among(connection, t.Case.id, numbers))
    ).all()


def _begun_or_each(connection: Connection, mine: Select[Any]) -> ColumnElement[bool]:
    """Whether a case is one of those to which these counts belong: a list begins with them where they are
    few, else each case is asked."""
    some = mine.limit(FEW + 1).subquery()
    if connection.execute(select(func.count()).select_from(some)).scalar_one() <= FEW:
        return t.Case.id.in_(mine)
    return mine.where(t.CaseCount.case_id == t.Case.id).correlate(t.Case).exists()


def _told_conditions(connection: Connection, wanted: Filter) -> list[ColumnElement[bool]]:
    """What is asked of the reports of a case and of their articles."""
    facts = filters.record_conditions(wanted, stages=False)
    tree = search.parse(wanted.query)
    often = tree is not None and filters.how_often(connection, tree) > filters.MANY
    articles = filters.article_conditions(wanted, tree, of=KNOWN, probed=often)
    if not facts and len(articles) == 1:
        return []
    mine = KNOWN.id == t.CaseReport.article_id
    told = t.CaseRecord.report_id == t.CaseReport.id
    of_it = t.Record.id == t.CaseRecord.record_id
    if not facts and (few := few_articles(connection, wanted, tree)) is not None:
        found = few.subquery()
        query = select(t.CaseReport.case_id).where(t.CaseReport.article_id == found.c.id)
        return [t.Case.id.in_(query)]
    led = wanted.source or wanted.found
    if filters.are_few(connection, wanted) or (led and filters.are_few_articles(connection, wanted)):
        if led:
            # By an index of their own.
            plain = filters.article_conditions(wanted, tree, indexed=bool(wanted.source), probed=often)
            mine, articles = t.Article.id == t.CaseReport.article_id, plain
        reports = [mine, *articles, *((told, of_it, *facts) if facts else ())]
        return [t.Case.id.in_(select(t.CaseReport.case_id).where(*reports))]
    # One inside the other, so that each is found by its number, from the case on.
    inside = [exists().where(mine, *articles).correlate(t.CaseReport)]
    if facts:
        record = exists().where(of_it, *facts).correlate(t.CaseRecord)
        inside.append(exists().where(told, record).correlate(t.CaseReport))
    return [exists().where(t.CaseReport.case_id == t.Case.id, *inside).correlate(t.Case)]


def _of_pairs(wanted: Filter, *, stages: bool = True) -> Select[Any]:
    """The cases with people of these nationalities, held in these countries, come to these stages."""
    found = select(t.CaseCount.case_id)
    if wanted.nationality:
        found = found.where(t.CaseCount.nationality.in_(wanted.nationality))
    if wanted.country:
        found = found.where(t.CaseCount.country.in_(wanted.country))
    if wanted.stage and stages:
        found = found.where(t.CaseCount.stage.in_([stage.value for stage in wanted.stage]))
    return found


def _of_drugs(wanted: Filter) -> Select[Any]:
    """The cases with these drugs."""
    held = "," + t.CaseCount.drugs + ","
    return select(t.CaseCount.case_id).where(or_(*(held.contains(f",{drug.value},") for drug in wanted.drug)))


def _of_words(connection: Connection, wanted: Filter) -> Select[Any] | None:
    """The cases of the articles in which the words stand, where nothing else is asked; None where SQLite's
    index cannot say it. A case that a report tells of is standing."""
    tree = search.parse(wanted.query)
    plain = wanted.stage or wanted.nationality or wanted.country or wanted.drug
    if tree is None or plain or _of_articles(wanted, words=False) or is_postgres(connection):
        return None
    match = ranking.matching(tree)
    if match is None:
        return None
    same = t.CaseReport.article_id == literal_column("+articles_fts.rowid")
    return select(t.CaseReport.case_id).join_from(ranking.INDEX, t.CaseReport, same).where(match)


def _is_of_people(wanted: Filter) -> bool:
    """Whether people and stages are all that is asked, as the table of counts has them."""
    people = wanted.nationality or wanted.country
    known = UNKNOWN_COUNTRY not in wanted.nationality
    return bool(people) and known and not wanted.drug and not _of_articles(wanted)


def _of_articles(wanted: Filter, *, words: bool = True) -> bool:
    asked = (wanted.since, wanted.until, wanted.found, wanted.language, wanted.source)
    return any(asked) or (words and bool(wanted.query))


def _is_said_by_counts(wanted: Filter) -> bool:
    """Whether the table of counts answers all of it: that one record is of a nationality and of a drug, it
    does not say."""
    people = wanted.nationality or wanted.country
    alone = UNKNOWN_COUNTRY not in wanted.nationality and bool(people) != bool(wanted.drug)
    return alone and not _of_articles(wanted)
