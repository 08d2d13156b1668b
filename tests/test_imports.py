"""The fences between the rooms and around the libraries, as docs/contributing.md draws them."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
ROOMS: dict[str, set[str]] = {
    "pipeline": set(),
    "storage": {"pipeline"},
    "crawler": {"pipeline", "storage"},
    "alerts": {"pipeline", "storage"},
    "web": {"pipeline", "storage"},
    "app": {"pipeline", "storage", "crawler", "alerts", "web"},
}
LIBRARIES = {
    "scrapy": ("crawler/",),
    "twisted": ("crawler/",),
    "feedparser": ("crawler/feeds.py",),
    "sqlalchemy": ("storage/",),
    "alembic": ("storage/",),
    "trafilatura": ("pipeline/text.py",),
    "resiliparse": ("pipeline/text.py",),
    "apscheduler": ("app/schedule.py",),
    "starlette": ("web/",),
    "uvicorn": ("app/",),
    "smtplib": ("alerts/channels/",),
    "apprise": ("alerts/channels/",),
    "re2": ("alerts/patterns.py",),
    "typer": ("app/",),
    "rich": ("app/",),
    "pydantic_settings": ("app/settings.py", "app/web_settings.py"),
    "structlog": ("app/logs.py",),
    "psycopg": ("storage/",),
    "redis": ("crawler/",),
    "scrapy_redis": ("crawler/",),
    "fastwarc": ("crawler/",),
    "distributed": ("app/",),
}
FILES = sorted(path for room in ROOMS for path in (ROOT / room).rglob("*.py"))


def imported(path: Path, *, at_run_time: bool = False) -> Iterator[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    blocks = (node for node in ast.walk(tree) if isinstance(node, ast.If))
    typing_only = [block for block in blocks if "TYPE_CHECKING" in ast.unparse(block.test)]
    skipped = {id(inner) for block in typing_only for inner in ast.walk(block)} if at_run_time else set()
    for node in ast.walk(tree):
        if id(node) in skipped:
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports are absolute here"
            yield node.module or ""


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_fences(path: Path) -> None:
    name = path.relative_to(ROOT).as_posix()
    room = name.split("/")[0]
    for module in imported(path):
        other = module.split(".")[0]
        if other in (*ROOMS, "tests", "bench"):
            assert other == room or other in ROOMS[room], f"{room} may not import {module}"
    for module in imported(path, at_run_time=True):
        allowed = LIBRARIES.get(module.split(".")[0])
        assert allowed is None or name.startswith(allowed), f"{module} belongs into {' or '.join(allowed)}"


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_only_the_settings_read_the_environment(path: Path) -> None:
    words = ("os.environ", "os.getenv", "getenv(")
    if path != ROOT / "app" / "settings.py":
        assert not any(word in path.read_text(encoding="utf-8") for word in words)


def test_the_fences_are_drawn_around_something() -> None:
    seen = {module.split(".")[0] for path in FILES for module in imported(path)}
    assert {"scrapy", "sqlalchemy", "trafilatura", "feedparser", "pipeline", "storage", "crawler"} <= seen
