"""PostgreSQL is restarted, or dies, in the middle of a crawl: nothing is lost, nothing is there twice."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from sqlalchemy import func, select

from storage import tables as t
from storage.copying import copy_database
from storage.engine import open_database, reading
from storage.values import PENDING
from tests.crawler import kills
from tests.crawler.world import serving
from tests.databases import database, server


def saved(url: str) -> int:
    """Pages with an outcome."""
    engine = open_database(url, read_only=True)
    with reading(engine) as connection:
        query = select(func.count()).select_from(t.Page).where(t.Page.outcome != PENDING)
        found = connection.execute(query).scalar_one()
    engine.dispose()
    return int(found)


@pytest.mark.parametrize("mode", ["fast", "immediate"])
def test_a_restart_in_the_middle_of_a_crawl(mode: str, tmp_path: Path) -> None:
    truth, mine = tmp_path / "truth", tmp_path / "mine"
    truth.mkdir()
    mine.mkdir()
    with serving() as (outlets,), database("postgresql", mine) as url:
        config = kills.build(outlets)
        known, _ = kills.undisturbed(outlets, truth, config)
        crawl = kills.start(mine, {**config, "database_url": url})
        while saved(url) < 20 and crawl.poll() is None:
            time.sleep(0.01)
        server().stop(mode)
        amid = crawl.poll() is None
        server().start()
        code = crawl.wait(120)
        # An orderly restart is waited for; what a crash took away is fetched again by the next crawl.
        assert code == 0 or mode == "immediate"
        assert amid
        assert kills.start(mine, {**config, "database_url": url}).wait(120) == 0
        copy_database(url, f"sqlite:///{mine}/watch.sqlite3")
        found = kills.truth(mine)
    assert [name for name in known if found[name] != known[name]] == []
