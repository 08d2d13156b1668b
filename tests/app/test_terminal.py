"""What a person at a terminal sees, by way of a pseudo-terminal."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import struct
import subprocess
import sys
import termios
from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer

from tests.app.conftest import Command
from tests.app.test_crawling import outlets

__all__ = ["outlets"]


def at_terminal(*args: str, columns: int = 80, **environment: str) -> tuple[str, int]:
    """What the command shows on a terminal of so many columns, and its exit code."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
    process = subprocess.Popen(
        [sys.executable, "-m", "app", *args],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env=os.environ | {"TERM": "xterm-256color"} | environment,
    )
    os.close(theirs)
    shown = b""
    while True:
        try:
            piece = os.read(ours, 65_536)
        except OSError:  # Linux says so when the other end is closed
            break
        if not piece:
            break
        shown += piece
    os.close(ours)
    return shown.decode(), process.wait(60)


def bare(text: str) -> str:
    return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]|\x1b\]8;[^\x1b]*\x1b\\", "", text)


@pytest.mark.parametrize("columns", [60, 80, 140])
def test_tables_fit_the_terminal(filled: Path, columns: int) -> None:
    for command in ("records", "articles"):
        shown, code = at_terminal(command, columns=columns)
        assert code == 0
        assert "Two Dutch nationals" in " ".join(bare(shown).split())
        assert max(len(line.rstrip()) for line in bare(shown).splitlines()) <= columns
        assert "\x9b" not in shown
        assert "\x07" not in shown
        assert "\x1b[31mRed" not in shown


def test_no_colour_when_it_is_not_wanted(filled: Path) -> None:
    coloured = re.compile(r"\x1b\[(?:\d+;)*3[0-7]m")
    assert coloured.search(at_terminal("articles")[0])
    assert not coloured.search(at_terminal("articles", NO_COLOR="1")[0])


def test_a_crawl_has_a_bar_on_a_terminal_and_no_line_for_each_source(
    run: Command, outlets: HTTPServer
) -> None:
    shown, code = at_terminal("crawl", "--source", "courier")
    assert code == 0
    assert "pages · " in bare(shown)
    assert "[1/1] courier" not in shown
    assert "sources: 1 ok" in bare(shown)


def test_read_without_arguments_asks_for_some(home: Path) -> None:
    shown, code = at_terminal("read")
    assert code == 2
    assert "name a file or an address" in " ".join(bare(shown).split())
