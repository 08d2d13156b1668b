"""``detainee-watch export`` as a user calls it."""

from __future__ import annotations

import csv
import json
from pathlib import Path

from tests.app.conftest import Command


def test_a_data_set_of_the_database(run: Command, filled: Path, home: Path) -> None:
    done = run("export", "out", "--licence", "CC0-1.0")
    assert done.code == 0
    assert done.out == ""
    assert "4 records" in done.err
    assert "datapackage.json says what each column means" in done.err
    with (home / "out" / "records.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["nationality"] for row in rows] == ["NL", "GB", "NL", "NL"]
    package = json.loads((home / "out" / "datapackage.json").read_text(encoding="utf-8"))
    assert package["licenses"] == [{"name": "CC0-1.0"}]
    assert len(run("export", "out", "--format", "csv", "--country", "TH", "--json").json["files"]) == 10


def test_as_of_a_day(run: Command, filled: Path, home: Path) -> None:
    shown = run("export", "out", "--as-of", "2026-03-03", "--json").json
    assert (shown["as_of"], shown["tables"]["records"]) == ("2026-03-03", 0)
    assert run("export", "out", "--as-of", "2026-03", "--json").json["tables"]["records"] == 4


def test_what_is_wrong_is_said(run: Command, filled: Path, home: Path) -> None:
    wrong = run("export", "out", "--format", "xlsx")
    assert wrong.code == 2
    assert "csv, jsonl, parquet" in wrong.err
    later = run("export", "out", "--as-of", "2999")
    assert later.code == 2
    assert "has not come yet" in later.err
    assert not (home / "out").exists()
    (home / "mine").mkdir()
    (home / "mine" / "notes.txt").write_text("mine")
    full = run("export", "mine")
    assert full.code == 1
    assert "notes.txt" in full.err


def test_without_the_library_of_parquet(process: Command, filled: Path, home: Path) -> None:
    """In the working directory of the process lies what an import finds first: a pyarrow that is none."""
    (home / "pyarrow.py").write_text("raise ImportError('not installed')")
    bare = process("export", "out")
    assert bare.code == 0, bare.err
    assert "pip install 'detainee-watch[export]'" in bare.err
    assert not (home / "out" / "records.parquet").exists()
    asked = process("export", "out", "--format", "parquet")
    assert asked.code == 1
    assert "pip install 'detainee-watch[export]'" in asked.err
