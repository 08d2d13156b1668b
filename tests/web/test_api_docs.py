"""What docs/api.md says of the API is so."""

from __future__ import annotations

import re
from pathlib import Path

from web.api import OPERATIONS
from web.parameters import LIST
from web.trend_asking import TRENDS

TEXT = (Path(__file__).resolve().parents[2] / "docs" / "api.md").read_text(encoding="utf-8")


def test_the_examples_run(full: str) -> None:
    blocks = re.findall(r"```python\n(.*?)```", TEXT, re.S)
    assert len(blocks) == 7
    code = "\n".join(blocks).replace("http://127.0.0.1:8765", full).replace("timeout=60", "trust_env=False")
    known: dict[str, object] = {}
    exec(compile(code + "\napi.close()\n", "docs/api.md", "exec"), known)
    assert known["stocks"]
    assert known["numbers"]
    assert known["behind"]


def test_each_operation_and_parameter_is_named() -> None:
    for operation in OPERATIONS:
        pattern = operation.path.replace("{number}", r"\d+").replace("{slug}", r"[\w-]+")
        assert re.search(rf"{pattern}`", TEXT), operation.path
    for parameter in (*LIST, *TRENDS):
        assert f"`{parameter.name}`" in TEXT, parameter.name
