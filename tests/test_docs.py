"""The docs are complete: each setting, command, outcome, word and exit code has its place."""

from __future__ import annotations

import re
from enum import StrEnum
from pathlib import Path

import pytest

from app import context
from app.cli_help import cli_help
from app.settings import Settings
from app.shapes import ARTICLE_COLUMNS, RECORD_COLUMNS, record_shape
from pipeline.vocabulary import Bound, DateOrigin, Drug, FeedState, Kind, Per, Rejection, Stage
from tests.storage.builders import record

ROOT = Path(__file__).resolve().parents[1]
DOCS = (
    "alerts", "codebook", "operations", "contributing", "decisions", "changelog", "cli", "privacy",
    "review", "web",
)  # fmt: skip


def doc(name: str) -> str:
    path = ROOT / "README.md" if name == "README" else ROOT / "docs" / f"{name}.md"
    return path.read_text(encoding="utf-8")


def test_the_help_in_the_docs_is_the_help() -> None:
    assert doc("cli") == cli_help(), "run: python -m app.cli_help > docs/cli.md"


def test_each_setting_has_its_heading_and_no_other() -> None:
    section = doc("operations").split("## Settings")[1].split("\n## ")[0]
    assert set(re.findall(r"^### `(\w+)`$", section, re.M)) == set(Settings.model_fields)


@pytest.mark.parametrize(
    ("section", "words"),
    [
        ("What can become of a page", {*Rejection, "pending", "relevant", "irrelevant"}),
        ("What can become of a feed", set(FeedState)),
        ("Exit codes", {"0", "1", "2", "3", "130", "141"}),
    ],
)
def test_each_outcome_has_its_row(section: str, words: set[str]) -> None:
    table = doc("operations").split(f"## {section}\n")[1].split("\n## ")[0]
    assert (
        set(re.findall(r"^\| `?([a-z0-9-]+)`? \|", table, re.M)) - {"outcome", "state", "code", "---"}
        == words
    )


def test_failed_feeds_are_marked() -> None:
    table = doc("operations").split("## What can become of a feed\n")[1].split("\n## ")[0]
    marked = set(re.findall(r"^\| `([a-z-]+)` \| yes \|", table, re.M))
    assert marked == {state.value for state in FeedState if state.failed}


def test_exit_codes_are_those_of_the_code() -> None:
    codes = {context.OK, context.FAILURE, context.USAGE, context.SOME_FAILED}
    assert codes | {context.INTERRUPTED, context.PIPE_CLOSED} == {0, 1, 2, 3, 130, 141}
    assert "Exit codes" in doc("README")


@pytest.mark.parametrize("words", [Kind, Stage, Drug, Bound, Per, DateOrigin])
def test_each_word_of_the_vocabulary_is_in_the_codebook(words: type[StrEnum]) -> None:
    for word in words:
        assert f"`{word.value}`" in doc("codebook")


def test_each_field_is_in_the_codebook() -> None:
    for name in record_shape(record()):
        assert f"### `{name}`" in doc("codebook") or name in ("start", "end")
    for name in ("start", "end", "score", "reasons", "language", "published", "first_seen", "revision"):
        assert f"`{name}`" in doc("codebook")


def test_each_command_and_shape_is_in_the_readme() -> None:
    readme = doc("README")
    for name in re.findall(r"^## detainee-watch (\w+)$", doc("cli"), re.M):
        assert f"detainee-watch {name}" in readme, name
    for column in (*RECORD_COLUMNS, *ARTICLE_COLUMNS):
        assert column in readme + doc("codebook"), column
    for target in ("make demo", "make test"):
        assert target in readme


@pytest.mark.parametrize("name", ["README", *DOCS])
def test_links_lead_somewhere(name: str) -> None:
    text = doc(name)
    assert text.startswith("# ")
    folder = ROOT if name == "README" else ROOT / "docs"
    for target in re.findall(r"\]\((?!https?://|#)([^)#]+)", text):
        assert (folder / target).exists(), target
