"""The command as a whole: help, version, settings, errors, exit codes, pipes and Ctrl-C."""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from app.context import INTERRUPTED, PIPE_CLOSED
from app.settings import Settings, masked
from tests.app.conftest import ROOT, Command

COMMANDS = ("crawl", "read", "records", "articles", "ingest", "reprocess", "demo")


def test_help_needs_no_library_but_the_command_lines_own(process: Command) -> None:
    code = (
        "import sys; sys.argv = ['detainee-watch', '--help']\n"
        "from app.cli import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "heavy = {'scrapy', 'twisted', 'sqlalchemy', 'trafilatura', 'resiliparse', 'pycountry', 'pydantic'}\n"
        "print('loaded:', sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert "loaded: []" in done.stdout
    for name in COMMANDS:
        assert f"  {name} " in done.stdout
    assert "Examples:" in done.stdout


@pytest.mark.parametrize("name", [*COMMANDS, "sources list", "sources add", "config show"])
def test_each_command_has_help_with_examples(run: Command, name: str) -> None:
    ran = run(*name.split(), "-h")
    assert ran.code == 0
    assert "Examples:" in ran.out


def test_version_and_no_arguments(run: Command, process: Command) -> None:
    assert run("--version").out.startswith("detainee-watch ")
    assert "Usage: detainee-watch" in (run().out + run().err)
    assert process("--version").code == 0


@pytest.mark.parametrize("args", [["nonsense"], ["records", "--nonsense"], ["sources", "export"], ["ingest"]])
def test_wrong_usage_is_2(run: Command, args: list[str]) -> None:
    ran = run(*args)
    assert ran.code == 2
    assert "Usage:" in ran.err


def test_settings_are_shown_with_their_origin_and_no_secret(
    run: Command, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (home / "detainee-watch.toml").write_text('contact = "desk@outlet.example"\nworkers = 2\n')
    monkeypatch.setenv("DETAINEE_WATCH_DATABASE_URL", "postgresql+psycopg://me:hunter2@db.example/watch")
    monkeypatch.setenv("DETAINEE_WATCH_WORKERS", "3")
    ran = run("config", "show", "--json")
    assert ran.code == 0, ran.err
    assert ran.json["file"] == "detainee-watch.toml"
    settings = ran.json["settings"]
    assert {name.partition(".")[0] for name in settings} == set(Settings.model_fields)
    assert settings["database_url"] == {
        "value": "postgresql+psycopg://me:***@db.example/watch",
        "from": "environment",
    }
    assert settings["contact"] == {"value": "desk@outlet.example", "from": "file"}
    assert settings["workers"] == {"value": 3, "from": "environment"}
    assert settings["delay"]["from"] == "default"
    for shown in (run("config", "show"), run("records"), run("--debug", "records")):
        assert "hunter2" not in shown.out + shown.err


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("postgresql://me:a@b:c@db/x", "postgresql://me:***@db/x"),
        ("postgresql://db/x?user=me&password=hunter2", "postgresql://db/x?user=me&password=***"),
        ("sqlite:////home/a:b@c/x.sqlite3", "sqlite:////home/a:b@c/x.sqlite3"),
        ("postgresql://me@db/x", "postgresql://me@db/x"),
    ],
)
def test_masking(address: str, shown: str) -> None:
    assert masked(address) == shown


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("kontact = 'x'", ["kontact", "no such setting"]),
        ("workers = 'many'", ["workers"]),
        ("workers = [", ["cannot be read"]),
        ("delay = -1", ["delay"]),
        ('contact = "a\\u0007b"', ["contact"]),
    ],
)
def test_wrong_settings_name_file_and_key(run: Command, home: Path, text: str, words: list[str]) -> None:
    (home / "my.toml").write_text(text)
    ran = run("--config", "my.toml", "config", "show")
    assert ran.code == 1
    assert "my.toml" in ran.err
    assert "Traceback" not in ran.err
    for word in words:
        assert word in ran.err


def test_wrong_settings_in_the_environment(run: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DETAINEE_WATCH_KONTACT", "x")
    assert "DETAINEE_WATCH_KONTACT" in run("config", "show").err
    monkeypatch.delenv("DETAINEE_WATCH_KONTACT")
    monkeypatch.setenv("DETAINEE_WATCH_TIMEOUT", "soon")
    ran = run("records")
    assert ran.code == 1
    assert "timeout" in ran.err
    monkeypatch.delenv("DETAINEE_WATCH_TIMEOUT")
    monkeypatch.setenv("DETAINEE_WATCH_CONFIG", "nowhere.toml")
    assert "nowhere.toml" in run("records").err


def test_a_wrong_database_address(run: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    for address in ("not an address", "mysql://me:hunter2@db/x"):
        monkeypatch.setenv("DETAINEE_WATCH_DATABASE_URL", address)
        ran = run("records")
        assert ran.code == 1
        assert ran.err.startswith("error: ")
        assert "hunter2" not in ran.err


def test_no_traceback_reaches_a_user(run: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError("a\x1b[31m surprise")

    monkeypatch.setattr("app.commands.asking.make_filter", broken)
    ran = run("records")
    assert ran.code == 1
    assert ran.err == (
        "error: unexpected ZeroDivisionError: a [31m surprise. "
        "Please report this; 'detainee-watch --debug …' shows where it happened.\n"
    )
    assert "Traceback" in run("--debug", "records").err


def test_ctrl_c_ends_with_130(process: Command, home: Path) -> None:
    command = [sys.executable, "-m", "app", "read", "--jsonl"]
    with subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        # A suite that a shell runs in the background ignores Ctrl-C, and would hand that down.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    ) as running:
        assert running.stdin is not None
        assert running.stdout is not None
        assert running.stderr is not None
        running.stdin.write("{\n")
        running.stdin.flush()
        assert "error" in running.stdout.readline()
        running.send_signal(signal.SIGINT)
        assert running.wait(20) == INTERRUPTED
        assert "Stopped." in running.stderr.read()


def test_a_closed_pipe_is_silent(home: Path) -> None:
    command = [sys.executable, "-m", "app", "sources", "list", "--json"]
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "wb") as pipe:
        done = subprocess.run(command, stdout=pipe, stderr=subprocess.PIPE, check=False, timeout=30)
    assert done.returncode == PIPE_CLOSED
    assert done.stderr == b""


def test_logs_go_to_stderr_and_are_harmless(run: Command, capsys: pytest.CaptureFixture[str]) -> None:
    from app.logs import set_up_logs

    before = logging.getLogger().level
    try:
        set_up_logs(2)
        logging.getLogger("crawler").info("read %s", "a\x1b[2J")
        captured = capsys.readouterr()
        assert captured.out == ""
        assert "crawler" in captured.err
        assert "\x1b" not in captured.err
        set_up_logs(0)
        logging.getLogger("crawler").info("not wanted")
        logging.getLogger("crawler").error("wanted \x9b")
        assert capsys.readouterr().err == "crawler: wanted \\x9b\n"
    finally:
        logging.getLogger().setLevel(before)
