"""``cases``: lists, one case, and what people decide, as commands."""

from __future__ import annotations

import csv
import io
import json
from datetime import datetime
from pathlib import Path

import pytest

from storage.case_shapes import CASE_COLUMNS
from tests.app.conftest import Command
from tests.storage import builders

ARTICLES = (
    (
        "en",
        "2021-05-05",
        "Two Dutch nationals, Joost Wagemaker, 41, and a friend, were arrested in Lima with 12.3 kilos of "
        "cocaine.",
    ),
    (
        "es",
        "2021-05-06",
        "Dos ciudadanos holandeses fueron detenidos en Lima con 12,3 kilos de cocaína. Uno es Joost "
        "Wagemaker, de 41 años.",
    ),
    (
        "en",
        "2024-01-09",
        "A Kenyan woman was arrested in Hanoi on Monday with 3 kilos of heroin, police said.",
    ),
)


@pytest.fixture
def cases(home: Path, run: Command) -> Command:
    """The command, with a database of three articles about two cases."""
    lines = [
        {
            "url": f"https://outlet.example/{number}",
            "title": "In brief",
            "lang": lang,
            "published": day,
            "text": text,
        }
        for number, (lang, day, text) in enumerate(ARTICLES, 1)
    ]
    (home / "in.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    assert run("ingest", "in.jsonl", "--source", "desk", "-q").code == 0
    return run


def test_cases_as_json(cases: Command) -> None:
    ran = cases("cases", "--json", "--sort", "oldest")
    assert ran.code == 0
    first, second = ran.json
    assert (first["id"], first["country"], first["nationalities"], first["count"]) == (1, "PE", ["NL"], 2)
    assert [(report["outlet"], report["lang"]) for report in first["reports"]] == [
        ("desk", "en"),
        ("desk", "es"),
    ]
    assert first["reports"][0]["url"] == "https://outlet.example/1"
    assert first["first_seen"] < first["last_seen"] < second["first_seen"]
    assert datetime.fromisoformat(first["reports"][0]["published"]).utcoffset() is not None
    assert [step["stage"] for step in first["stages"]] == ["arrested"]
    assert first["disagreements"] == []
    assert "Wagemaker" in first["reports"][0]["records"][0]["evidence"]
    assert cases("cases", "--json", "--nationality", "NL,FR").json == [first]
    assert cases("cases", "--json", "--lang", "de").json == []


def test_cases_as_csv(cases: Command) -> None:
    rows = list(csv.DictReader(io.StringIO(cases("cases", "--csv").out)))
    assert tuple(rows[0]) == CASE_COLUMNS
    assert [(row["nationalities"], row["reports"], row["languages"]) for row in rows] == [
        ("KE", "1", "en"),
        ("NL", "2", "en; es"),
    ]


def test_new_cases_are_shown_once(cases: Command) -> None:
    assert len(cases("cases", "--new", "--peek", "--json").json) == 2
    assert len(cases("cases", "--new", "--json").json) == 2
    again = cases("cases", "--new")
    assert (again.out, again.err) == ("", "Nothing new for 'default'.\n")


def test_a_table_and_one_case(cases: Command) -> None:
    table = cases("cases")
    assert "2 NL in PE" in table.out
    assert "and 1 more" in table.out
    assert table.err == "2 cases.\n"
    shown = cases("cases", "show", "1")
    for piece in ("Case 1: 2 NL in PE", "Stages", "Reports", "record 1:", "https://outlet.example/2"):
        assert piece in shown.out
    assert cases("cases", "show", "1", "--json").json["id"] == 1
    missing = cases("cases", "show", "9")
    assert (missing.code, missing.err) == (1, "error: There is no case 9.\n")


def test_merge_and_split(cases: Command) -> None:
    assert cases("cases", "merge", "1", "2").err == "Case 2 is a part of case 1 now.\n"
    assert cases("cases", "show", "2", "--json").json["id"] == 1
    assert [case["merged"] for case in cases("cases", "--json").json] == [[2]]
    shown = cases("cases", "show", "1", "--json").json
    number = shown["reports"][-1]["records"][0]["id"]
    assert "Case 3 has 1 record of case 1 now." in cases("cases", "split", "1", str(number)).err
    assert cases("reprocess", "-q").code == 0
    assert sorted(case["id"] for case in cases("cases", "--json").json) == [1, 3]
    assert cases("cases", "merge", "1", "1").code == 1
    assert cases("cases", "split", "3", str(number)).code == 1


def test_wrong_questions(cases: Command) -> None:
    assert cases("cases", "--kind", "stock").code == 1
    assert cases("cases", "--query", "cocaine", "--sort", "rank").code == 1
    assert cases("cases", "--json", "--csv").code == 2
    assert cases("cases", "show", "one").code == 2


def test_titles_cannot_steer_a_terminal(run: Command, filled: Path) -> None:
    for ran in (run("cases"), run("cases", "show", "1")):
        assert ran.code == 0
        assert "\x1b" not in ran.out
    assert builders.SENTENCE[:20] in run("cases", "show", "1").out
