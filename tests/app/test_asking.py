"""``records`` and ``articles``: filters, shapes, readers, and what a database can do to them."""

from __future__ import annotations

import csv
import io
import os
import sqlite3
from datetime import datetime
from pathlib import Path

import pytest

from app.console import csv_cell, json_text, plain
from app.shapes import ARTICLE_COLUMNS, RECORD_COLUMNS
from tests.app.conftest import Command

RECORD_KEYS = {
    *("nationality", "country", "count", "bound", "per", "kind", "stage", "drugs", "quantity_kg"),
    *("sentence", "drug_share", "when", "place", "evidence", "start", "end", "confidence"),
}


def test_records_as_json_have_the_codebooks_fields(run: Command, filled: Path) -> None:
    ran = run("records", "--json", "--country", "pe")
    assert ran.code == 0
    assert ran.json.keys() == {"total", "page", "limit", "records"}
    assert ran.json["total"] == 3
    record = ran.json["records"][0]
    assert record.keys() >= RECORD_KEYS
    assert set(RECORD_COLUMNS) == record.keys() - {"start", "end"}
    assert (record["nationality"], record["count"], record["drugs"]) == ("NL", 2, ["cocaine"])
    assert record["evidence"].startswith("Two Dutch nationals")
    assert datetime.fromisoformat(record["published"]).utcoffset() is not None
    assert datetime.fromisoformat(record["first_seen"]).utcoffset() is not None


def test_articles_as_json_have_their_records_and_revisions(run: Command, filled: Path) -> None:
    ran = run("articles", "--json", "--sort", "oldest")
    assert ran.json["total"] == 4
    first = ran.json["articles"][0]
    assert first["revision"] == 1
    assert first["revised"] is not None
    assert RECORD_KEYS | {"id"} == first["records"][0].keys()


@pytest.mark.parametrize(
    ("options", "total"),
    [
        (["--nationality", "gb"], 1),
        (["--nationality", "United Kingdom"], 1),
        (["--nationality", "GB,NL"], 4),
        (["--country", "TH", "--country", "PE"], 4),
        (["--stage", "imprisoned"], 1),
        (["--drug", "cocaine", "--kind", "event"], 4),
        (["--drug", "heroin"], 0),
        (["--lang", "en"], 4),
        (["--lang", "es"], 0),
        (["--source", "outlet"], 4),
        (["--source", "elsewhere"], 0),
        (["--query", '"Dutch nationals" -film'], 4),
        (["--query", "sought"], 1),
        (["--query", "title:story", "--sort", "rank"], 2),
        (["--since", "2026-03-04", "--until", "2026-03-04"], 4),
        (["--since", "2026-03-05"], 0),
        (["--until", "2026-02"], 0),
        (["--until", "2026-03"], 4),
    ],
)
def test_filters(run: Command, filled: Path, options: list[str], total: int) -> None:
    ran = run("records", "--json", *options)
    assert ran.code == 0, ran.err
    assert ran.json["total"] == total == len(ran.json["records"])
    assert run("articles", "--json", *options).json["total"] == total


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--country", "Pru"], ["'Pru' is no country", "PE (Peru)"]),
        (["--nationality", "zz"], ["'zz' is no country", "ISO 3166"]),
        (["--stage", "jailed"], ["arrested", "death_row", "died"]),
        (["--drug", "coke"], ["cocaine", "precursors"]),
        (["--kind", "case"], ["event", "stock", "flow"]),
        (["--lang", "pl"], ["en, es, pt, fr, de, it, nl"]),
        (["--since", "31.12.2025"], ["is no date", "2026-03"]),
        (["--since", "2026-02-30"], ["is no date"]),
        (["--since", "9999999d"], ["is no date"]),
        (["--until", "2026-13"], ["is no date"]),
        (["--since", "2026-03", "--until", "2026-02"], ["before"]),
        (["--sort", "best"], ["newest, oldest, found, count, rank"]),
        (["--sort", "rank"], ["--query"]),
        (["--as", "me"], ["--new"]),
        (["--peek"], ["--new"]),
        (["--new", "--as", " "], ["name"]),
        (["--new", "--page", "2"], ["ask again"]),
        (["--json", "--csv"], ["both"]),
        (["--limit", "0"], ["limit"]),
        (["--nonsense"], ["nonsense"]),
    ],
)
def test_a_wrong_option_is_a_usage_error_that_names_the_right_ones(
    run: Command, filled: Path, options: list[str], words: list[str]
) -> None:
    for command in ("records", "articles"):
        ran = run(command, *options)
        assert ran.code == 2
        assert ran.out == ""
        for word in words:
            assert word in ran.err


def test_a_query_that_makes_no_sense_is_a_failure_in_words(run: Command, filled: Path) -> None:
    ran = run("records", "--query", "(Lima")
    assert ran.code == 1
    assert "bracket" in ran.err
    assert "Traceback" not in ran.err


def test_each_reader_is_shown_a_thing_once(run: Command, filled: Path) -> None:
    def total(*options: str) -> int:
        return int(run("records", "--new", "--json", *options).json["total"])

    assert total("--peek") == 4
    assert total("--peek") == 4
    assert total("--as", "anna", "--country", "TH") == 1
    assert total("--as", "anna") == 3
    assert total("--as", "anna") == 0
    assert total() == 4
    assert total() == 0
    assert run("articles", "--new", "--json").json["total"] == 4
    assert "Nothing new for 'default'." in run("articles", "--new").err


def test_a_cut_list_leaves_the_rest_new(run: Command, filled: Path) -> None:
    ran = run("records", "--new", "--limit", "3")
    assert "3 of 4 records" in ran.err
    assert run("records", "--new", "--json").json["total"] == 1


def test_pages(run: Command, filled: Path) -> None:
    ids = [run("records", "--json", "--limit", "3", "--page", str(n)).json["records"] for n in (1, 2, 3)]
    assert [len(page) for page in ids] == [3, 1, 0]
    assert len({record["id"] for page in ids for record in page}) == 4
    assert "--page 2" in run("records", "--limit", "3").err


def test_csv_is_safe_in_a_spreadsheet(run: Command, filled: Path) -> None:
    ran = run("records", "--csv")
    rows = list(csv.DictReader(io.StringIO(ran.out)))
    assert tuple(rows[0]) == RECORD_COLUMNS
    titles = {row["title"] for row in rows}
    assert "'=cmd|' /C calc'!A0" in titles
    assert "\x1b" not in ran.out
    assert "\x9b" not in ran.out
    assert rows[0]["drugs"] == "cocaine"
    articles = list(csv.DictReader(io.StringIO(run("articles", "--csv").out)))
    assert tuple(articles[0]) == ARTICLE_COLUMNS
    assert {row["records"] for row in articles} == {"1"}


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1+1", "@SUM(A1)", "\t=1", " =1", "\n=1", '"=1', "|x", "%0A", "＝1", "\u200b=1"]
)
def test_no_text_becomes_a_formula(text: str) -> None:
    assert str(csv_cell(text)).startswith("'")


def test_cells() -> None:
    assert csv_cell(-3.5) == -3.5
    assert csv_cell(None) == ""
    assert csv_cell(True) == "true"
    assert csv_cell(["cocaine", "heroin"]) == "cocaine; heroin"
    assert csv_cell("Lima-Callao") == "Lima-Callao"


def test_tables_show_the_sentence_and_fit(run: Command, filled: Path) -> None:
    for command in ("records", "articles"):
        ran = run(command)
        assert ran.code == 0
        assert "Two Dutch nationals were arrested in Lima" in " ".join(ran.out.split())
        assert max(map(len, ran.out.splitlines())) <= 100
        assert "\x1b" not in ran.out
        assert "\u202e" not in ran.out
        assert "4 " in ran.err
    assert "corrected by the outlet" in run("articles").out


def test_text_of_outlets_steers_no_terminal() -> None:
    assert plain("a\x1b[2Jb\u202ec\nd\x9be") == "a [2Jb c d e"
    assert json_text({"t": "a\x1b\x9b\u202e\u2028é"}) == '{"t": "a\\u001b\\u009b\\u202e\\u2028é"}'


@pytest.mark.usefixtures("on_file")
def test_no_database_yet(run: Command, home: Path) -> None:
    ran = run("records")
    assert ran.code == 1
    assert "There is no database" in ran.err
    assert not (home / "watch.sqlite3").exists()
    assert run("records", "--new").code == 1
    assert not (home / "watch.sqlite3").exists()


@pytest.mark.usefixtures("on_file")
def test_a_read_only_database_can_be_asked(run: Command, filled: Path) -> None:
    for name in filled.parent.glob("watch.sqlite3*"):
        name.chmod(0o444)
    filled.parent.chmod(0o555)
    try:
        assert run("records", "--json").json["total"] == 4
        if os.access(filled, os.W_OK):
            pytest.skip("this user may write anything")
        ran = run("records", "--new")
        assert ran.code == 1
        assert "read-only" in ran.err
    finally:
        filled.parent.chmod(0o755)


@pytest.mark.usefixtures("on_file")
def test_a_newer_database_is_refused(run: Command, filled: Path) -> None:
    connection = sqlite3.connect(filled)
    connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.commit()
    connection.close()
    for command in (["records"], ["records", "--new"], ["reprocess"]):
        ran = run(*command)
        assert ran.code == 1
        assert "later version" in ran.err


@pytest.mark.usefixtures("on_file")
def test_a_file_that_is_no_database(run: Command, home: Path) -> None:
    (home / "watch.sqlite3").write_bytes(b"not a database" * 100)
    ran = run("articles")
    assert ran.code == 1
    assert "no database of this program" in ran.err
