"""retention run and forget, as a user calls them."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from app import context
from tests.app.conftest import Command
from tests.storage import builders

LATER = builders.NOW + timedelta(days=100)


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> None:
    """A hundred days after the articles were stored."""
    monkeypatch.setattr(context, "now", lambda: LATER)


def test_retention_counts_first_and_then_takes_away(filled: Path, run: Command, later: None) -> None:
    counted = run("retention", "run", "--dry-run", "--json").json
    assert counted["counts"] == {"articles": 4, "pages": 6, "revisions": 1}
    assert (counted["dry_run"], counted["days"]) == (True, 90)
    assert "Story 1" in run("articles").out
    ran = run("retention", "run")
    assert ran.code == 0
    assert ran.err.startswith("Of what was first seen before 2026-03-14, the texts of 4 articles")
    shown = run("articles").out
    assert "Story 1" not in shown
    assert "without a title" not in shown
    assert "7 GB in TH: imprisoned" in shown
    assert "“Two Dutch nationals were arrested in Lima with 12 kilos of cocaine.”" in shown
    assert run("articles", "--json").json["articles"][0]["title"] == ""
    assert "nothing went" in run("retention", "run").err
    reread = run("reprocess", "--json")
    assert (reread.code, reread.json["summary"]["read"]) == (0, 0)


def test_the_setting_says_for_how_long(
    filled: Path, run: Command, later: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DETAINEE_WATCH_RETENTION__TEXT_DAYS", "0")
    assert "kept for ever" in run("retention", "run").err
    monkeypatch.setenv("DETAINEE_WATCH_RETENTION__TEXT_DAYS", "101")
    assert "nothing went" in run("retention", "run").err
    assert "the texts of 4 articles" in run("retention", "run", "--days", "99").err
    assert run("retention", "run", "--days", "2").code == 2
    monkeypatch.setenv("DETAINEE_WATCH_RETENTION__TEXT_DAYS", "2")
    refused = run("retention", "run")
    assert (refused.code, "at least 7 days" in refused.err) == (1, True)


def test_a_quiet_run_says_nothing(filled: Path, run: Command, later: None) -> None:
    ran = run("retention", "run", "-q")
    assert (ran.code, ran.out, ran.err) == (0, "", "")


def test_forget_asks_for_one_thing(filled: Path, run: Command) -> None:
    for args in ((), ("https://a.example/", "--case", "1"), ("--match", "x", "--case", "1")):
        assert run("forget", *args).code == 2
    assert run("forget", "--match", "abc", "--yes").code == 1


def test_nobody_is_asked_where_nobody_sits(filled: Path, run: Command) -> None:
    ran = run("forget", builders.url(2))
    assert ran.code == 2
    assert "nobody can be asked here" in " ".join(ran.err.split())
    assert run("articles").out.count("Story") == 2


def test_forget_shows_what_would_go_and_then_removes_it(filled: Path, run: Command) -> None:
    looked = run("forget", builders.url(2), "--dry-run")
    assert (looked.code, "Story 2" in looked.out) == (0, True)
    assert "Nothing was removed" in looked.err
    ran = run("forget", builders.url(2), "--yes")
    assert ran.code == 0
    assert "Noted as erasure 1" in ran.err
    assert "Story 2" not in run("articles").out
    again = run("forget", builders.url(2), "--yes", "--json")
    assert again.json["counts"] == {"addresses": 1}


def test_by_words_and_by_case(filled: Path, run: Command) -> None:
    assert run("forget", "--match", "story 5", "--yes", "--json").json["counts"] == {"pages": 1}
    cases = run("cases", "--json").json
    number = next(case["id"] for case in cases if case["country"] == "TH")
    counts = run("forget", "--case", str(number), "--yes", "--json").json["counts"]
    assert (counts["articles"], counts["cases"]) == (1, 1)
    assert run("forget", "--case", str(number), "--yes").code == 1
    nothing = run("forget", "--match", "never written anywhere", "--yes", "--json")
    assert (nothing.code, nothing.json["counts"]) == (0, {})


@pytest.mark.parametrize(("answer", "left"), [(b"n\n", 1), (b"\n", 1), (b"y\n", 0)])
def test_a_person_is_asked(filled: Path, run: Command, answer: bytes, left: int) -> None:
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "app", "forget", builders.url(2)],
        stdin=theirs,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    os.write(ours, answer)
    shown, asked = process.communicate(timeout=60)
    os.close(ours)
    os.close(theirs)
    assert b"Story 2" in shown
    assert b"Remove this for good?" in asked
    assert (process.returncode == 0) is (left == 0)
    assert run("articles").out.count("Story 2") == left


def test_what_was_forgotten_is_not_ingested_again(filled: Path, run: Command, home: Path) -> None:
    run("forget", builders.url(2), "--yes")
    line = (
        f'{{"url": "{builders.url(2)}", "title": "Story 2", "text": "{builders.SENTENCE} And more of it."}}'
    )
    (home / "again.jsonl").write_text(line)
    ran = run("ingest", home / "again.jsonl", "--json")
    assert ran.json["outcomes"] == {"forgotten": 1}
    assert run("ingest", home / "again.jsonl", "--skip-known", "--json").json["skipped"] == 1
