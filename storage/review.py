"""What is to be judged next. Reading only; what people say is written by marks.py.

The queue begins with what is most in doubt. Every third place is one that was drawn at random, in turn
from what is shown and from what is not: only those say how much is right and how much is missed, for
doubtful ones are wrong more often than others.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Engine, case, func, or_, select

from pipeline.vocabulary import UNKNOWN_COUNTRY
from storage import rows
from storage import tables as t
from storage.engine import reading
from storage.review_draws import HIDDEN, SHOWN, unmarked

LINE: Final = 0.4
"""From this score on an article is relevant; a test holds it against the verdict's own."""
WINDOW: Final = 1_000
"""The latest articles among which the doubtful ones are looked for."""
NEAR_MISSES: Final = 300
_CHUNK: Final = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """Something that a person is asked to judge."""

    article_id: int | None  # None: a page whose text is not kept
    key: str  # its address as marks have it
    url: str  # "" for text with no address
    title: str
    source: str
    language: str  # "" where it is not known
    published: datetime | None
    relevant: bool  # as it stands
    score: float | None
    doubt: float  # 0 to 1 and a little more; what was drawn at random has none
    why: tuple[str, ...]  # in words
    sample: str = ""  # shown | hidden, where it was drawn at random


def find_queue(
    engine: Engine,
    *,
    limit: int = 50,
    languages: Sequence[str] = (),
    sources: Sequence[str] = (),
) -> tuple[Waiting, ...]:
    """What is to be judged next, most in doubt first, with what was drawn at random between."""
    with reading(engine) as connection:
        doubtful = _doubtful(connection, languages, sources)
        drawn = _drawn(connection, languages, sources)
    return tuple(_mixed(sorted(doubtful, key=lambda each: (-each.doubt, each.key)), drawn)[:limit])


# -- in doubt -----------------------------------------------------------------------------------------

_COLUMNS = [
    getattr(t.Article, name)
    for name in ("id", "url", "title", "source", "language", "published", "relevant", "score")
]


def _doubtful(connection: Connection, languages: Sequence[str], sources: Sequence[str]) -> list[Waiting]:
    wanted: list[ColumnElement[bool]] = []
    if languages:
        wanted.append(t.Article.language.in_(languages))
    if sources:
        wanted.append(t.Article.source.in_(sources))
    found: list[Any] = []
    for relevant, most in ((True, WINDOW), (False, NEAR_MISSES)):
        latest = (
            select(*_COLUMNS)
            .where(t.Article.relevant.is_(relevant), t.Article.title != "", unmarked(t.Article.url), *wanted)
            .order_by(t.Article.dated.desc(), t.Article.id.desc())
            .limit(most)
        )
        found += connection.execute(latest).all()
    numbers = [row.id for row in found]
    unsure, unlike = _unsure_fields(connection, numbers), _disagreeing(connection, numbers)
    out = [_weighed(row, unsure.get(row.id, (0.0, ())), unlike.get(row.id)) for row in found]
    return [each for each in out if each.doubt > 0] + _outdated(connection, wanted)


def _weighed(row: Any, unsure: tuple[float, tuple[str, ...]], case_id: int | None) -> Waiting:
    reach = 1 - LINE if row.score >= LINE else LINE
    near = max(0.0, 1 - abs(row.score - LINE) / reach)
    why = [f"score {row.score:.2f}, near the line of {LINE}"] if near > 0.5 else []
    doubt = 0.6 * near
    if row.relevant:
        doubt += 0.4 * unsure[0]
        why += unsure[1]
        if case_id is not None:
            doubt += 0.3
            why.append(f"the reports of case {case_id} disagree on how many")
    return replace(_waiting(row), doubt=round(doubt, 4), why=tuple(why))


def _waiting(row: Any) -> Waiting:
    return Waiting(
        article_id=row.id,
        key=row.url,
        url=rows.shown_url(row.url),
        title=row.title,
        source=row.source,
        language=row.language,
        published=row.published,
        relevant=row.relevant,
        score=row.score,
        doubt=0.0,
        why=(),
    )


def _unsure_fields(
    connection: Connection, articles: Sequence[int]
) -> dict[int, tuple[float, tuple[str, ...]]]:
    """How unsure the records of each article are, and in what."""
    unknown = case(
        (or_(t.Record.nationality == UNKNOWN_COUNTRY, t.Record.country == UNKNOWN_COUNTRY), 1), else_=0
    )
    found: dict[int, tuple[float, tuple[str, ...]]] = {}
    for start in range(0, len(articles), _CHUNK):
        query = (
            select(t.Record.article_id, func.min(t.Record.confidence), func.max(unknown))
            .where(t.Record.article_id.in_(articles[start : start + _CHUNK]))
            .group_by(t.Record.article_id)
        )
        for article, confidence, somewhere in connection.execute(query):
            why = [f"a record is unsure ({confidence:.2f})"] if confidence < 0.7 else []
            if somewhere:
                why.append("a nationality or a country of custody is not known")
            found[article] = (1 - confidence + 0.25 * somewhere, tuple(why))
    return found


def _disagreeing(connection: Connection, articles: Sequence[int]) -> dict[int, int]:
    """Articles of cases on whose number of people the reports disagree."""
    found: dict[int, int] = {}
    other, mine = t.CaseReport.__table__.alias("other"), t.CaseReport.__table__.alias("mine")
    for start in range(0, len(articles), _CHUNK):
        query = (
            select(mine.c.article_id, mine.c.case_id)
            .join(other, other.c.case_id == mine.c.case_id)
            .join(t.CasePeople, t.CasePeople.report_id == other.c.id)
            .where(mine.c.article_id.in_(articles[start : start + _CHUNK]))
            .group_by(mine.c.article_id, mine.c.case_id, t.CasePeople.nationality)
            .having(func.min(t.CasePeople.count) != func.max(t.CasePeople.count))
        )
        found.update((article, number) for article, number in connection.execute(query))
    return found


def _outdated(connection: Connection, wanted: Sequence[ColumnElement[bool]]) -> list[Waiting]:
    """Articles whose outlet has changed them since a person spoke."""
    latest = (
        select(t.ArticleMark.url, func.max(t.ArticleMark.at).label("at")).group_by(t.ArticleMark.url)
    ).subquery("latest")
    query = (
        select(*_COLUMNS)
        .join(latest, latest.c.url == t.Article.url)
        .where(t.Article.revised > latest.c.at, t.Article.title != "", *wanted)
        .order_by(t.Article.id)
        .limit(WINDOW)
    )
    why = ("the outlet has changed the text since somebody judged it",)
    return [replace(_waiting(row), doubt=1.0, why=why) for row in connection.execute(query)]


# -- drawn at random ----------------------------------------------------------------------------------


def _drawn(connection: Connection, languages: Sequence[str], sources: Sequence[str]) -> list[Waiting]:
    """What was drawn and waits for an answer, in turn shown and not."""
    by_stratum: dict[str, list[Waiting]] = {SHOWN: [], HIDDEN: []}
    query = (
        select(t.ReviewSample.__table__)
        .where(unmarked(t.ReviewSample.url))
        .order_by(t.ReviewSample.drawn, t.ReviewSample.url)
    )
    for row in connection.execute(query).all():
        each = _of_sample(connection, row.url, row.stratum)
        if each is None or (languages and each.language and each.language not in languages):
            continue
        if sources and each.source not in sources:
            continue
        by_stratum[row.stratum].append(each)
    out: list[Waiting] = []
    shown, hidden = by_stratum[SHOWN], by_stratum[HIDDEN]
    for place in range(max(len(shown), len(hidden))):
        out += shown[place : place + 1] + hidden[place : place + 1]
    return out


def _of_sample(connection: Connection, key: str, stratum: str) -> Waiting | None:
    """None for what is not there any more, or has lost its text."""
    why = (f"drawn at random from what is {'shown' if stratum == SHOWN else 'not shown'}",)
    row = connection.execute(select(*_COLUMNS).where(t.Article.url == key)).first()
    if row is not None:
        return replace(_waiting(row), why=why, sample=stratum) if row.title else None
    of_page = or_(t.Page.url == key, t.Page.final_url == key)
    page = connection.execute(select(t.Page.__table__).where(of_page).limit(1)).first()
    if page is None or not page.title:
        return None
    return Waiting(
        article_id=None,
        key=key,
        url=rows.shown_url(key),
        title=page.title,
        source=page.source,
        language="",
        published=page.published,
        relevant=False,
        score=None,
        doubt=0.0,
        why=why,
        sample=stratum,
    )


def _mixed(doubtful: Sequence[Waiting], drawn: Sequence[Waiting]) -> list[Waiting]:
    """Every third place is one that was drawn; none comes twice."""
    out: list[Waiting] = []
    random, seen = list(drawn), {each.key for each in drawn}
    rest = [each for each in doubtful if each.key not in seen]
    while rest or random:
        out += rest[:2] + random[:1]
        rest, random = rest[2:], random[1:]
    return out
