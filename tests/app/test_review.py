"""``detainee-watch review``: by words in a script, and by keys at a terminal."""

from __future__ import annotations

import json
import os
import pty
import select
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.app.conftest import Command, Ran
from tests.app.test_terminal import bare


@pytest.fixture
def judged(run: Command, filled: Path) -> Command:
    """The command on a database with four relevant articles and one that is not."""

    def call(*args: str | Path, stdin: bytes | str | None = None) -> Ran:
        return run("review", *args, stdin=stdin)

    return call


def test_a_mark_a_correction_and_back(judged: Command, run: Command) -> None:
    def shown() -> list[int]:
        return [len(run(name, "--json").json[name]) for name in ("articles", "records")] + [
            len(run("cases", "--json").json)
        ]

    before = shown()
    done = judged("mark", "2", "reject", "--by", "ann")
    assert done.code == 0
    assert done.err == "Article 2 is rejected: “Story 2”. It is in no list.\n"
    assert shown() == [before[0] - 1, before[1] - 1, before[2] - 1]
    assert judged("undo", "--by", "bob").err == "There is nothing to take back.\n"
    assert "as before your last step" in judged("undo", "--by", "ann").err
    assert shown() == before
    number = run("records", "--country", "TH", "--json").json["records"][0]["id"]
    assert judged("correct", str(number), "count=3", "sentence=life", "--by", "ann").code == 0
    record = run("records", "--country", "TH", "--json").json["records"][0]
    assert (record["id"], record["count"], record["sentence"]) == (number, 3, "life")
    assert run("reprocess", "-q").code == 0
    kept = run("records", "--json").json["records"]
    assert [(each["count"], each["sentence"]) for each in kept if each["id"] == number] == [(3, "life")]


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("mark", "99", "accept"), 1, "There is no article 99."),
        (("mark", "1", "perhaps"), 2, "say accept, reject or clear"),
        (("mark", "https://outlet.example/none", "accept"), 1, "was never seen"),
        (("correct", "1", "count=many"), 1, "is no number of people"),
        (("correct", "1", "stage=caught"), 1, "the stages are: arrested"),
        (("correct", "1", "weather=fine"), 1, "is no field of a record"),
        (("correct", "1", "count"), 2, "is no field=value"),
        (("correct", "99", "count=1"), 1, "There is no record 99."),
        (("correct", "1", "evidence=Nobody."), 1, "copy it word for word"),
        (("correct", "1", "when=tomorrow"), 1, "is no date"),
        (("add", "1", "nationality=NL"), 1, "A record needs country, kind, stage, evidence too."),
        (("restore", "1"), 1, "Nobody said anything of record 1."),
        (("mark", "1", "accept", "--by", ""), 1, "The name of who says it"),
        ((), 2, "needs a terminal"),
    ],
)
def test_what_cannot_be_said(judged: Command, words: tuple[str, ...], code: int, said: str) -> None:
    ran = judged(*words)
    assert ran.code == code
    assert said in " ".join(ran.err.replace("│", " ").split())


def test_the_queue_the_sums_and_the_labels(judged: Command, tmp_path: Path) -> None:
    found = judged("list", "--json").json
    assert len(found) == 5
    assert {each["sample"] for each in found} == {"shown", "hidden"}
    assert "\x1b" not in judged("list").out
    assert "nothing drawn at random was judged yet" in " ".join(judged("stats").out.split())
    for each in found:
        judged("mark", each["url"], "accept" if each["relevant"] else "reject", "--by", "ann")
    assert judged("list").err == "Nothing waits to be judged.\n"
    sums = judged("stats", "--json").json
    assert (sums["accepted"], sums["rejected"]) == (4, 1)
    assert sums["precision"]["value"] == 1.0
    assert sums["precision"]["low"] == pytest.approx(0.51, abs=0.01)
    assert sums["recall"]["value"] == 1.0
    assert 0 < sums["recall"]["low"] < 1
    assert "between" in judged("stats").out
    file = tmp_path / "labels.jsonl"
    assert judged("export", file).err == "4 judged articles written.\n"
    rows = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    assert [row["relevant"] for row in rows] == [True] * 4
    assert judged("export", "-").out == file.read_text(encoding="utf-8")


def test_the_labels_are_taken_by_the_score_of_the_corpus(judged: Command, tmp_path: Path) -> None:
    score = Path(__file__).resolve().parents[3] / "shared" / "corpus" / "score.py"
    if not score.exists():
        pytest.skip("the score of the labelled corpus is not here")
    for article in (1, 2, 3):
        judged("mark", str(article), "reject" if article == 3 else "accept")
    file = tmp_path / "labels.jsonl"
    judged("export", file)
    done = subprocess.run(
        [sys.executable, score, file, file, "--json"], capture_output=True, check=True, text=True
    )
    scored = json.loads(done.stdout)
    overall = scored.get("all", scored.get("overall", scored))
    assert overall["articles"] == 3
    assert (overall["relevance"]["f1"], overall["records"]["f1"], overall["evidence"]) == (1.0, 1.0, 1.0)


class Terminal:
    """The command on a pseudo-terminal: what it shows, and keys for it."""

    def __init__(self, *args: str) -> None:
        self.ours, theirs = pty.openpty()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "app", *args],
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            env=os.environ | {"TERM": "xterm-256color", "LINES": "40", "COLUMNS": "100"},
        )
        os.close(theirs)

    def read(self, until: str, *, seconds: float = 30) -> str:
        """What is shown, up to and with ``until``."""
        shown, deadline = b"", time.monotonic() + seconds
        while time.monotonic() < deadline:
            ready, _, _ = select.select([self.ours], [], [], 0.2)
            if not ready:
                continue
            try:
                piece = os.read(self.ours, 65_536)
            except OSError:
                break
            shown += piece
            if until in " ".join(bare(shown.decode("utf-8", "replace")).split()):
                return bare(shown.decode("utf-8", "replace"))
        raise AssertionError(f"{until!r} was not shown, but: {bare(shown.decode('utf-8', 'replace'))}")

    def press(self, keys: str) -> None:
        os.write(self.ours, keys.encode())


@pytest.fixture
def terminal(filled: Path) -> Iterator[Terminal]:
    made = Terminal("review", "--by", "ann")
    yield made
    made.process.kill()
    made.process.wait()
    os.close(made.ours)


def test_review_by_keys(terminal: Terminal, run: Command) -> None:
    shown = terminal.read("q quit")
    while "The text is not kept" in shown:
        terminal.press("s")
        shown = terminal.read("q quit")
    assert "Two Dutch nationals were arrested in Lima" in " ".join(shown.split())
    terminal.press("r")
    shown = terminal.read("q quit")
    assert "is rejected" in shown
    assert "1 judged" in shown
    terminal.press("u")
    assert "you took your word back" in terminal.read("q quit")
    terminal.press("e")
    terminal.read("edit>")
    terminal.press("1 count=many\n")
    terminal.read("is no number of people")
    terminal.press("1 count=9\n")
    terminal.read("is corrected")
    terminal.press("\n")
    terminal.read("q quit")
    terminal.press("a")
    terminal.read("is accepted")
    terminal.press("q")
    terminal.read("You judged 1.")
    assert terminal.process.wait(30) == 0
    assert [each["count"] for each in run("records", "--json").json["records"]].count(9) == 1
