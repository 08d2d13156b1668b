"""How far archives are read: in one transaction with what they gave, on both databases."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime

from sqlalchemy import Engine, func, select

from storage import tables as t
from storage.backfill import (
    DONE,
    FAILED,
    KNOWN,
    OPEN,
    FilePlan,
    begin_piece,
    fail_file,
    pieces_of,
    plan_file,
    save_piece,
    stored_plan,
    stored_plans,
)
from storage.engine import reading
from storage.repository import Repository
from tests.storage import builders

NOW = datetime(2026, 11, 1, tzinfo=UTC)


def begin(engine: Engine, *, size: int = 300, stamp: str = "1") -> FilePlan:
    cuts = ((0, 100), (100, 200), (200, 300))
    return plan_file(engine, "/archive/a.warc.gz", kind="warc", size=size, stamp=stamp, cuts=cuts, now=NOW)


def coverage(engine: Engine) -> tuple[int, int, int]:
    """Seen, read, relevant over all outlets and days."""
    c = t.Coverage
    with reading(engine) as connection:
        row = connection.execute(select(func.sum(c.seen), func.sum(c.read), func.sum(c.relevant))).one()
    return tuple(int(each or 0) for each in row)  # type: ignore[return-value]


def test_a_file_is_begun_once_and_anew_when_it_has_changed(engine: Engine) -> None:
    assert stored_plan(engine, "/archive/a.warc.gz") is None
    one = begin(engine)
    assert (one.state, one.part, [piece.start for piece in one.pieces]) == (OPEN, 0.0, [0, 100, 200])
    assert begin(engine) == one == stored_plan(engine, "/archive/a.warc.gz")
    save_piece(engine, one.pieces[0], (), at=100, done=True, counts={"gone": 2}, now=NOW)
    assert begin(engine).part == 1 / 3
    other = begin(engine, size=301)
    assert (other.id != one.id, other.part, other.counts) == (True, 0.0, Counter())
    assert [file.name for file in stored_plans(engine)] == ["/archive/a.warc.gz"]


def test_what_is_stored_and_how_far_it_is_belong_together(engine: Engine) -> None:
    file = begin(engine)
    piece = begin_piece(engine, file.id, 0)
    work = [(builders.relevant(1), None), (builders.irrelevant(2), None), (builders.rejected(3), None)]
    saved = save_piece(engine, piece, work, at=60, done=False, counts={"not-html": 4}, now=NOW)
    assert (saved.at, saved.done, saved.tries) == (60, False, 0)
    reason = work[2][0].reason.value  # type: ignore[union-attr]
    assert saved.counts == {"not-html": 4, "relevant": 1, "irrelevant": 1, reason: 1}
    before = coverage(engine)
    assert before == (3, 2, 1)
    # A worker that had the same piece, and was slower, changes nothing.
    assert save_piece(engine, piece, work, at=40, done=False, counts={"not-html": 4}, now=NOW) == saved
    assert coverage(engine) == before


def test_what_was_read_before_is_left_as_it_is(engine: Engine, repository: Repository) -> None:
    repository.save_all([builders.relevant(1), builders.irrelevant(2)], now=NOW)
    before = coverage(engine)
    file = begin(engine)
    edited = builders.relevant(1, body=builders.SENTENCE + " One more was sought.")
    work = [(edited, None), (builders.irrelevant(2), None), (builders.rejected(1), None)]
    piece = save_piece(engine, file.pieces[0], work, at=90, done=False, counts={}, now=NOW)
    assert piece.counts == {KNOWN: 3}
    assert coverage(engine) == before
    with reading(engine) as connection:
        assert connection.execute(select(t.Article.revision)).scalar_one() == 0
    # Twice in one batch counts once; what could not be read before may be read now.
    repository.save(builders.rejected(7), now=NOW)
    work = [(builders.irrelevant(7), None), (builders.irrelevant(7), None)]
    piece = save_piece(engine, piece, work, at=95, done=False, counts={}, now=NOW)
    assert piece.counts == {KNOWN: 4, "irrelevant": 1}


def test_a_file_is_done_with_its_last_piece(engine: Engine) -> None:
    file = begin(engine)
    for piece in (file.pieces[2], file.pieces[0]):
        save_piece(engine, piece, (), at=piece.stop, done=True, counts={}, now=NOW)
    assert stored_plan(engine, file.name).state == OPEN  # type: ignore[union-attr]
    save_piece(engine, file.pieces[1], (), at=200, done=True, counts={"damaged": 1}, now=NOW)
    found = stored_plan(engine, file.name)
    assert found is not None
    assert (found.state, found.part, found.counts) == (DONE, 1.0, Counter(damaged=1))


def test_tries_are_counted_until_it_comes_further(engine: Engine) -> None:
    file = begin(engine)
    assert [begin_piece(engine, file.id, 100).tries for _ in range(3)] == [0, 1, 2]
    piece = begin_piece(engine, file.id, 100)
    save_piece(engine, piece, (), at=150, done=False, counts={"unreadable": 1}, now=NOW)
    assert begin_piece(engine, file.id, 100).tries == 0
    assert {each.start: each.at for each in pieces_of(engine, {file.id})} == {0: 0, 100: 150, 200: 200}


def test_a_file_that_failed_says_why_and_is_tried_again(engine: Engine) -> None:
    file = begin(engine)
    fail_file(engine, file.id, "HTTP 404", now=NOW)
    found = stored_plan(engine, file.name)
    assert found is not None
    assert (found.state, found.detail) == (FAILED, "HTTP 404")
    begin_piece(engine, file.id, 0)
    assert stored_plan(engine, file.name).state == OPEN  # type: ignore[union-attr]
