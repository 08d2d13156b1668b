"""What the benchmark of storage is compared with: the plainest SQL that gives the same answer, through
the bare driver, and for saving and choosing the time that driver and database take of it.

The same answer: the same columns, the total beside the page, times as times, drugs one by one, each row
by its names. Values in the words of the codebook (enums, frozen types) are the program's own.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from sqlalchemy import Engine, event

from bench.storage_fill import COMMON, DAY, EPOCH, FIRST, LAST, RARE
from storage import casebook
from storage.engine import is_postgres

PAGE = 20
_TIMES = frozenset({"published", "dated", "first_seen", "revised", "changed", "valid_from", "valid_to"})
_ARTICLE = (
    "a.id, a.url, a.source, a.title, a.language, a.published, a.date_origin, a.dated, a.outlet_country, "
    "a.first_seen, a.revised, a.revision, a.relevant, a.score, a.seq"
)
_BESIDE = "a.url, a.source, a.title, a.language, a.published AS published, a.outlet_country"


def statements(postgres: bool, size: int) -> dict[str, tuple[str, ...]]:
    """Question → the plainest SQL for it."""
    drugs = "string_agg(d.drug, ',')" if postgres else "group_concat(d.drug)"
    drugs = f"(SELECT {drugs} FROM record_drugs d WHERE d.record_id = r.id) AS drugs"
    newest = f"ORDER BY a.dated DESC, a.id DESC LIMIT {PAGE}"
    word = (
        "a.id IN (SELECT id FROM articles_fts WHERE words @@ watch_forms('{}', ''))"
        if postgres
        else "a.id IN (SELECT rowid FROM articles_fts WHERE articles_fts MATCH '{{title text}}: {}')"
    )

    def page(listed: str) -> str:
        return (
            f"SELECT r.*, {drugs}, {_BESIDE} FROM records r JOIN articles a ON a.id = r.article_id "
            f"WHERE r.article_id IN (SELECT id FROM ({listed}) AS page) ORDER BY r.article_id, r.position"
        )

    def articles(where: str) -> tuple[str, ...]:
        listed = f"SELECT {_ARTICLE} FROM articles a WHERE a.relevant = true AND {where} {newest}"
        total = f"SELECT count(*) FROM articles a WHERE a.relevant = true AND {where}"
        return total, listed, page(listed)

    best = (
        f"SELECT {_ARTICLE} FROM articles a JOIN (SELECT id, "
        f"ts_rank('{{0.33,0,0,1}}', words, watch_forms('{RARE}', ''), 1) AS rank FROM articles_fts "
        f"WHERE words @@ watch_forms('{RARE}', '')) f ON f.id = a.id ORDER BY rank DESC LIMIT {PAGE}"
        if postgres
        else f"SELECT {_ARTICLE} FROM articles a JOIN articles_fts ON articles_fts.rowid = a.id "
        f"WHERE articles_fts MATCH '{{title text}}: {RARE}' ORDER BY bm25(articles_fts, 3, 1, 0) LIMIT {PAGE}"
    )
    pair = (
        "FROM records r JOIN articles a ON a.id = r.article_id "
        "WHERE a.relevant = true AND r.nationality = 'NL' AND r.country = 'PE'"
    )
    month = (
        f"to_char('1970-01-01'::date + (day - {EPOCH})::int, 'YYYY-MM')"
        if postgres
        else f"strftime('%Y-%m', (day - {EPOCH}) * 86400, 'unixepoch')"
    )
    return {
        "articles --new, after a day": articles(f"a.seq > {size - DAY}"),
        "articles --new, the first time": articles("a.seq > 0"),
        "search, a rare word": articles(word.format(RARE)),
        "search, a common word": articles(word.format(COMMON)),
        "search, a rare word, best first": (
            f"SELECT count(*) FROM articles a WHERE a.relevant = true AND {word.format(RARE)}",
            best,
            page(best),
        ),
        "records of a pair": (
            f"SELECT count(*) {pair}",
            f"SELECT r.*, {_BESIDE} {pair} {newest}",
            f"SELECT * FROM record_drugs WHERE record_id IN (SELECT r.id {pair} {newest})",
        ),
        "monthly trend of five years": (
            f"SELECT {month}, count(DISTINCT case_id), sum(coalesce(people, 1)), "
            "max(CASE WHEN people IS NULL OR bound = 'at_least' THEN 1 ELSE 0 END), "
            "max(CASE WHEN bound IN ('about', 'at_most') THEN 1 ELSE 0 END), "
            "count(DISTINCT CASE WHEN exactness = 'year' THEN case_id END), "
            "count(DISTINCT CASE WHEN stages NOT LIKE 'arrested%' AND stages NOT LIKE 'charged%' "
            "THEN case_id END) "
            f"FROM case_counts WHERE day BETWEEN {FIRST} AND {LAST} GROUP BY 1 ORDER BY 1",
        ),
        "export of all records": (
            "SELECT h.*, a.url, a.source, a.language, a.published, a.outlet_country, "
            "(SELECT min(valid_from) FROM record_history f WHERE f.record_id = h.record_id) AS first_seen "
            "FROM record_history h JOIN articles a ON a.id = h.article_id WHERE h.valid_to IS NULL "
            "ORDER BY h.record_id",
        ),
    }


def ask(engine: Engine, wanted: Sequence[str]) -> None:
    """Runs the statements in one transaction, and makes each row what a caller can use."""
    raw = engine.raw_connection()
    written = not is_postgres(engine)  # SQLite gives times as they are written
    try:
        cursor = raw.cursor()
        cursor.execute("BEGIN")
        for statement in wanted:
            cursor.execute(statement)
            names = [column[0] for column in cursor.description]
            times = [place for place, name in enumerate(names) if name in _TIMES] if written else []
            drugs = names.index("drugs") if "drugs" in names else None
            while found := cursor.fetchmany(2_000):
                for row in found:
                    values = list(row)
                    for place in times:
                        if values[place] is not None:
                            values[place] = datetime.fromisoformat(values[place] + "+00:00")
                    if drugs is not None:
                        values[drugs] = (values[drugs] or "").split(",")
                    dict(zip(names, values, strict=True))
        cursor.execute("COMMIT")
    finally:
        raw.close()


# -- the part of driver and database, and of what is decided between --------------------------------


class Spent:
    """Seconds by the clock and of the processor."""

    def __init__(self) -> None:
        self.clock = self.processor = 0.0
        self._deep = 0

    def around(self, work: Callable[..., Any]) -> Callable[..., Any]:
        """``work``, whose time is added; what it calls of the same sort is not counted twice."""

        def clocked(*given: Any, **named: Any) -> Any:
            if self._deep:
                return work(*given, **named)
            self._deep += 1
            clock, processor = time.perf_counter(), time.process_time()
            try:
                return work(*given, **named)
            finally:
                self.clock += time.perf_counter() - clock
                self.processor += time.process_time() - processor
                self._deep -= 1

        return clocked

    def start(self) -> None:
        """Begins anew."""
        self.clock = self.processor = 0.0


@contextmanager
def watched(engine: Engine) -> Iterator[tuple[Spent, Spent]]:
    """What driver and database take from now on, with each commit; and what is decided meanwhile: the
    clues of reports are read from texts and compared, which no SQL does."""
    driver, deciding = Spent(), Spent()

    def cursors(base: type[Any]) -> type[Any]:
        names = ("execute", "executemany", "fetchall", "fetchone", "fetchmany")
        return type("Clocked", (base,), {name: driver.around(getattr(base, name)) for name in names})

    if is_postgres(engine):
        import psycopg

        more: dict[str, Any] = {"cursor_factory": cursors(psycopg.Cursor)}
    else:
        made = cursors(sqlite3.Cursor)

        class Clocked(sqlite3.Connection):
            def cursor(self, factory: Any = made) -> Any:
                return super().cursor(factory)

        more = {"factory": Clocked}

    def connecting(_: Any, __: Any, ___: Any, named: dict[str, Any]) -> None:
        named.update(more)

    engine.dispose()
    event.listen(engine, "do_connect", connecting)
    dialect: Any = engine.dialect
    dialect.do_commit = driver.around(dialect.do_commit)
    decided = ("find_reports", "fits", "choose_cases")
    before = {name: getattr(casebook, name) for name in decided}
    try:
        for name, work in before.items():
            setattr(casebook, name, deciding.around(work))
        yield driver, deciding
    finally:
        for name, work in before.items():
            setattr(casebook, name, work)
        del dialect.do_commit
        event.remove(engine, "do_connect", connecting)
        engine.dispose()
