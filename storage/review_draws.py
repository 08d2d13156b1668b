"""What is drawn at random to be judged: of what is shown, and of what is not.

Everything that the program read is of one of the two by the program's own verdict, each place in a draw
is as likely as any other, and its weight says how many it stands for.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from random import Random
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Engine, and_, exists, func, insert, not_, or_, select

from storage import tables as t
from storage.engine import reading, writing
from storage.values import IRRELEVANT

SHOWN, HIDDEN = "shown", "hidden"
DRAWN_AT_ONCE: Final = 20
FEW: Final = 5
"""Fewer unanswered ones than this, and more are drawn."""
SMALL: Final = 20_000
"""Up to so many rows all are looked at; of more, numbers are tried at random."""
_CHUNK: Final = 500


def draw_samples(engine: Engine, *, now: datetime, chance: Random) -> int:
    """Draws more at random where few wait for an answer; returns how many."""
    with reading(engine) as connection:
        few = [stratum for stratum in (SHOWN, HIDDEN) if _unanswered(connection, stratum) < FEW]
    if not few:
        return 0
    total = 0
    with writing(engine) as connection:
        for stratum in few:
            population = count_stratum(connection, stratum)
            found = _draw(connection, stratum, chance)
            if not found:
                continue
            weight = max(1.0, population / len(found))
            values = [{"url": key, "stratum": stratum, "drawn": now, "weight": weight} for key in found]
            connection.execute(insert(t.ReviewSample), values)
            total += len(found)
    return total


def count_stratum(connection: Connection, stratum: str) -> int:
    """How many articles the program shows, or how many pages it read and does not show."""
    if stratum == HIDDEN:
        read = select(func.coalesce(func.sum(t.Coverage.read - t.Coverage.relevant), 0))
        turned = _turned(connection, accepted=True) - _turned(connection, accepted=False)
        return max(0, int(connection.execute(read).scalar_one()) + turned)
    shown = select(func.count()).select_from(t.Article).where(t.Article.relevant.is_(True))
    reduced = (
        select(func.count())
        .select_from(t.ReducedArticle)
        .join(t.Article, t.Article.id == t.ReducedArticle.article_id)
        .where(t.is_relevant(indexed=False))
    )
    total = connection.execute(shown).scalar_one() - connection.execute(reduced).scalar_one()
    return max(0, total + _turned(connection, accepted=False) - _turned(connection, accepted=True))


def unmarked(url: ColumnElement[str] | Any) -> ColumnElement[bool]:
    """The condition that nobody said anything of the article at an address."""
    return not_(exists().where(t.ArticleMark.url == url))


def _unanswered(connection: Connection, stratum: str) -> int:
    query = (
        select(func.count())
        .select_from(t.ReviewSample)
        .where(t.ReviewSample.stratum == stratum, unmarked(t.ReviewSample.url))
    )
    return connection.execute(query).scalar_one()


def _draw(connection: Connection, stratum: str, chance: Random) -> list[str]:
    """Addresses, each as likely as any other of its stratum, none that was drawn before."""
    table = t.Page if stratum == HIDDEN else t.Article
    last = connection.execute(select(func.max(table.id))).scalar() or 0
    if last <= SMALL:
        found = _among(connection, stratum, range(1, last + 1))
        return chance.sample(found, min(DRAWN_AT_ONCE, len(found)))
    out: list[str] = []
    for _ in range(60):
        numbers = sorted({chance.randint(1, last) for _ in range(_CHUNK)})
        chance.shuffle(found := [key for key in _among(connection, stratum, numbers) if key not in out])
        out += found[: DRAWN_AT_ONCE - len(out)]
        if len(out) >= DRAWN_AT_ONCE:
            break
    return out


def _among(connection: Connection, stratum: str, numbers: Iterable[int]) -> list[str]:
    """Those of these numbers that are of the stratum by the program's own verdict."""
    wanted, out = list(numbers), []
    program = t.ProgramVerdict
    for start in range(0, len(wanted), _CHUNK):
        chunk = wanted[start : start + _CHUNK]
        if stratum == SHOWN:
            own = func.coalesce(program.relevant, t.Article.relevant)
            query = (
                select(t.Article.url)
                .outerjoin(program, program.article_id == t.Article.id)
                .where(t.Article.id.in_(chunk), own.is_(True), t.Article.title != "")
            )
        else:
            read = or_(
                and_(program.relevant.is_(None), t.Page.outcome == IRRELEVANT), program.relevant.is_(False)
            )
            query = (
                select(func.coalesce(t.Article.url, t.Page.final_url, t.Page.url))
                .select_from(t.Page)
                .outerjoin(t.Article, t.Article.id == t.Page.article_id)
                .outerjoin(program, program.article_id == t.Page.article_id)
                .where(t.Page.id.in_(chunk), read, t.Page.title != "")
            )
        out += list(dict.fromkeys(connection.execute(query.order_by(table_id(stratum))).scalars()))
    drawn = set()
    for start in range(0, len(out), _CHUNK):
        known = select(t.ReviewSample.url).where(t.ReviewSample.url.in_(out[start : start + _CHUNK]))
        drawn |= set(connection.execute(known).scalars())
    return [key for key in out if key not in drawn]


def table_id(stratum: str) -> Any:
    """The number by which a stratum is ordered."""
    return t.Page.id if stratum == HIDDEN else t.Article.id


def _turned(connection: Connection, *, accepted: bool) -> int:
    """Articles whose verdict people turned: accepted though the program does not show them, or rejected
    though it does."""
    # Asked one by one: of a million articles people judged some.
    stands = select(t.Article.relevant).where(t.Article.id == t.ProgramVerdict.article_id).scalar_subquery()
    query = (
        select(func.count())
        .select_from(t.ProgramVerdict)
        .where(t.ProgramVerdict.relevant.is_(not accepted), stands.is_(accepted))
    )
    return connection.execute(query).scalar_one()


def count_turned(connection: Connection) -> int:
    """Articles of which people say otherwise than the program."""
    return _turned(connection, accepted=True) + _turned(connection, accepted=False)


def count_strata(engine: Engine) -> tuple[int, int]:
    """How many there are of each: shown, and not."""
    with reading(engine) as connection:
        return count_stratum(connection, SHOWN), count_stratum(connection, HIDDEN)
