"""Nothing that a stranger wrote steers what reads our output, and no secret is shown in it."""

from __future__ import annotations

import csv
import io
import json
import logging
import re
from pathlib import Path

import pytest

from app.handed import MAX_LINE, numbered_lines
from app.logs import set_up_logs
from app.masking import masked, masked_in
from app.settings import load_settings
from pipeline.errors import ConfigError
from storage.engine import open_database
from storage.repository import Repository
from tests.app.conftest import Command
from tests.storage import builders

NASTY = "\x1b]0;owned\x07 \x1b[2J\x9b31m \u202egnp.exe\u2066\u061c\u200f\U000e0041 =1+1\r\nCookie: x <b>y</b>"
STEERING = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\U000e0000-\U000e007f]"
)


@pytest.fixture
def hostile(home: Path) -> Path:
    """A database in which everything that an outlet writes is hostile."""
    engine = open_database(f"sqlite:///{home}/watch.sqlite3")
    body = f"{builders.SENTENCE[:-1]} {NASTY}."
    told = builders.record(body, body, place=f"=cmd|'/C calc'!A0 {NASTY}")
    hurt = builders.relevant(1, told, title=f"@{NASTY}", body=body, source=f"out{NASTY}")
    other = builders.relevant(
        2, told, title=f"-{NASTY}", body=body + " More.", url=f"https://x.example/{NASTY}"
    )
    Repository(engine).save_all((hurt, other), now=builders.NOW)
    engine.dispose()
    return home


LISTS = [
    ("records",),
    ("articles",),
    ("cases",),
    ("cases", "show", "1"),
    ("records", "--json"),
    ("articles", "--json"),
    ("cases", "--json"),
    ("records", "--csv"),
    ("articles", "--csv"),
    ("cases", "--csv"),
    ("forget", "--match", "cocaine", "--dry-run"),
    ("sources", "list"),
    ("config", "show"),
]


@pytest.mark.parametrize("args", LISTS, ids=" ".join)
def test_no_list_steers_a_terminal(hostile: Path, run: Command, args: tuple[str, ...]) -> None:
    ran = run(*args)
    assert ran.code == 0, ran.err
    assert STEERING.findall(ran.out + ran.err) == []


@pytest.mark.parametrize("what", ["records", "articles", "cases"])
def test_no_cell_is_a_formula_or_two_lines(hostile: Path, run: Command, what: str) -> None:
    table = list(csv.reader(io.StringIO(run(what, "--csv").out)))
    assert len({len(line) for line in table}) == 1
    for cell in (cell for line in table for cell in line):
        assert not re.match(r"\s*[=+@|%]|\s*-\D", cell), cell
        assert "\n" not in cell


def test_json_says_the_same_and_is_escaped(hostile: Path, run: Command) -> None:
    out = run("articles", "--json").out
    titles = [article["title"] for article in json.loads(out)["articles"]]
    assert all("gnp.exe" in title and "\u202e" in title for title in titles)


def test_logs_are_one_line_an_event_and_harmless(capsys: pytest.CaptureFixture[str]) -> None:
    for verbose in (0, 1):
        set_up_logs(verbose)
        logging.getLogger("crawler").error("read %s", NASTY)
        shown = capsys.readouterr().err
        assert STEERING.findall(shown) == []
    set_up_logs(0)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("cannot reach postgresql://user:pa:ss/w@rd@db/x now", "cannot reach postgresql://user:***@db/x now"),
        ("at 'smtp://me:secret@mail' and https://x.example/a:b", "at 'smtp://me:***@mail' and https://x.example/a:b"),
        ("https://hook.example/?a=1&token=abc&b=2", "https://hook.example/?a=1&token=***&b=2"),
        ("no address here: a@b", "no address here: a@b"),
    ],
)  # fmt: skip
def test_passwords_in_a_text_become_stars(text: str, shown: str) -> None:
    assert masked_in(text) == shown


def test_an_address_of_the_database_is_masked_as_a_whole() -> None:
    assert (
        masked("postgresql+psycopg://u:p@h@ost/db?password=x")
        == "postgresql+psycopg://u:***@ost/db?password=***"
    )


@pytest.mark.parametrize("options", [(), ("--debug",), ("-v",), ("-vv",)])
def test_no_output_shows_a_password(
    home: Path, process: Command, monkeypatch: pytest.MonkeyPatch, options: tuple[str, ...]
) -> None:
    for url in (
        "postgresql://me:hunter2@127.0.0.1:1/x",
        "sqlite:////nowhere/else/x.sqlite3?key=hunter2",
        "nonsense://me:hunter2@",
        "mysql://me:hunter2@127.0.0.1/x",
    ):
        monkeypatch.setenv("DETAINEE_WATCH_DATABASE_URL", url)
        for command in (("records",), ("config", "show"), ("config", "show", "--json"), ("retention", "run")):
            ran = process(*options, *command)
            assert "hunter2" not in ran.out + ran.err, (url, command)


def test_a_secret_may_stand_in_a_file(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (home / "url").write_text(f"sqlite:///{home}/from-file.sqlite3\n")
    monkeypatch.delenv("DETAINEE_WATCH_DATABASE_URL")
    monkeypatch.setenv("DETAINEE_WATCH_DATABASE_URL_FILE", str(home / "url"))
    monkeypatch.setenv("DETAINEE_WATCH_RETENTION__TEXT_DAYS_FILE", str(home / "days"))
    with pytest.raises(ConfigError, match="days cannot be read"):
        load_settings()
    (home / "days").write_text("30")
    settings = load_settings()
    assert settings.database_url.get_secret_value().endswith("from-file.sqlite3")
    assert settings.retention.text_days == 30
    monkeypatch.setenv("DETAINEE_WATCH_DATABASE_URL", "sqlite://")
    with pytest.raises(ConfigError, match="Both"):
        load_settings()


def test_a_line_that_never_ends_is_not_held(home: Path, run: Command) -> None:
    file = home / "long.jsonl"
    with file.open("wb") as out:
        out.write(b'{"id": "a", "text": "x"}\n{"id": "b", "text": "')
        out.write(b"y" * (MAX_LINE + 3_000_000))
        out.write(b'"}\n\n{"id": "c", "text": "z"}')
    with file.open("rb") as found:
        lines = [(number, len(line)) for number, line in numbered_lines(found)]
    assert lines == [(1, 25), (2, MAX_LINE + 1), (4, 24)]
    ran = run("ingest", file)
    assert ran.code == 1
    assert "long.jsonl:2: is longer than 50 MB" in ran.err
    assert "2 articles read" in ran.err
