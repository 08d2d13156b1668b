"""``detainee-watch explain``: on the screen, as a page, as JSON; of files and of stored articles."""

from __future__ import annotations

import html
import re
from datetime import timedelta
from pathlib import Path

from storage.engine import open_database
from storage.retention import run_retention
from tests.app.conftest import Command
from tests.pipeline.test_explain import TEXT
from tests.storage import builders

HARMLESS = "New harbour opens\n\nThe mayor opened the new harbour on Friday. Fishermen were pleased with it."


def test_a_file_on_the_screen(run: Command, home: Path) -> None:
    (home / "story.txt").write_text(TEXT.replace("\n", "\n\n"), encoding="utf-8")
    done = run("explain", "story.txt", "--published", "2026-03-04")
    assert done.code == 0, done.err
    assert "Relevant: its score is" in done.out
    # Without colour the marks are in brackets.
    assert "[12 kilograms]‹weight, 12 kg›" in " ".join(done.out.split())
    assert "1. 2 NL in PE" in done.out
    assert "“Two Dutch nationals” names it" in done.out
    for name in ("country", "stage", "quantity_kg", "place"):
        assert re.search(rf"^\s+{name} ", done.out, re.M)
    assert "bias" not in done.out


def test_a_page_for_a_browser_needs_nothing_else_and_runs_nothing(run: Command, home: Path) -> None:
    evil = TEXT.replace("\n", " <script>alert(1)</script>\n\n").replace(
        "suitcases", '"><img src=x onerror=1>'
    )
    (home / "story.txt").write_text(evil, encoding="utf-8")
    done = run("explain", "story.txt", "--html", "why.html")
    assert done.code == 0, done.err
    assert done.out == ""
    page = (home / "why.html").read_text(encoding="utf-8")
    assert "<script" not in page
    assert "<img" not in page
    assert not re.findall(r"(?:src|href)=\"(?!#)", page)
    assert "prefers-color-scheme: dark" in page
    assert "default-src 'none'" in page
    body = html.unescape(re.sub(r"<[^>]+>", "", page.split("</style>")[1]))
    assert "The text as it is seen" in body
    assert "Jorge Chávez airport" in body
    # The style is not escaped: its selectors work.
    assert ".field > summary" in page


def test_as_json(run: Command, home: Path) -> None:
    (home / "story.txt").write_text(TEXT.replace("\n", "\n\n"), encoding="utf-8")
    told = run("explain", "story.txt", "--json").json
    assert told["relevant"]
    assert told["records"][0]["fields"][1]["name"] == "country"
    text = told["text"]
    assert all(text[mark["start"] : mark["end"]] for mark in told["marks"])
    assert told["reasons"][0].keys() == {"name", "says", "weight"}


def test_what_was_not_read_to_the_end_is_explained_all_the_same(run: Command, home: Path) -> None:
    (home / "harbour.txt").write_text(HARMLESS * 3, encoding="utf-8")
    done = run("explain", "harbour.txt")
    assert done.code == 0, done.err
    assert "the first look found no word" in " ".join(done.out.split())


def test_a_stored_article_by_its_number_or_that_of_a_record(run: Command, filled: Path) -> None:
    by_article = run("explain", "2", "--json").json
    assert by_article["input"] == "https://outlet.example/news/2"
    assert run("explain", "--record", "2", "--json").json["input"] == by_article["input"]
    none = run("explain", "999")
    assert none.code == 1
    assert "There is no article 999; 'articles' lists their numbers." in none.err
    assert run("explain", "--record", "story.txt").code == 2


def test_an_article_without_its_text_cannot_be_explained(run: Command, filled: Path, url: str) -> None:
    engine = open_database(url)
    assert run_retention(engine, text_days=1, now=builders.NOW + timedelta(days=9)).total
    engine.dispose()
    gone = run("explain", "2")
    assert gone.code == 1
    assert "was taken away when its time was over" in gone.err


def test_what_cannot_be_read_is_said(run: Command, home: Path) -> None:
    assert "No such file" in run("explain", "none.html").err
    (home / "empty.txt").write_text(" \n")
    assert run("explain", "empty.txt").code == 1
    (home / "short.txt").write_text("Wir lesen kein Polnisch. To jest po polsku, naprawdę bardzo krótko.")
    assert run("explain", "short.txt", "--html", "a.html", "--json").code == 2


def test_read_gives_its_reasons_in_words(run: Command, home: Path) -> None:
    (home / "story.txt").write_text(TEXT.replace("\n", "\n\n"), encoding="utf-8")
    done = run("read", "story.txt")
    assert "“they” are “" in done.out
    assert "bias" not in done.out
    reasons = run("read", "story.txt", "--json").json["readings"][0]["reasons"]
    assert all(each["says"] and each["says"] != each["rule"] for each in reasons)
