"""What docs/api.md says of the API is so."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from tests.web.writing import writable
from web.api import OPERATIONS
from web.parameters import LIST
from web.trend_asking import TRENDS

TEXT = (Path(__file__).resolve().parents[2] / "docs" / "api.md").read_text(encoding="utf-8")


def test_the_examples_run(filled_path: Path, tmp_path: Path) -> None:
    with writable(filled_path, tmp_path) as (address, _):
        _run(address)


def _run(address: str) -> None:
    blocks = re.findall(r"```python\n(.*?)```", TEXT, re.S)
    assert len(blocks) == 11
    code = (
        "\n".join(blocks).replace("http://127.0.0.1:8765", address).replace("timeout=60", "trust_env=False")
    )
    known: dict[str, Any] = {}
    exec(compile(code + "\napi.close()\nwrite.close()\n", "docs/api.md", "exec"), known)
    assert known["stocks"]
    assert known["numbers"]
    assert known["behind"]
    assert known["new"].status_code == 201


def test_each_operation_and_parameter_is_named() -> None:
    for operation in OPERATIONS:
        pattern = operation.path.replace("{number}", r"\d+").replace("{slug}", r"[\w-]+")
        found = [line for line in TEXT.splitlines() if re.search(rf"{pattern}`", line)]
        assert found, operation.path
        if operation.changes:
            row = next((line for line in found if f"`{operation.method}" in line), operation.id)
            assert f"| {operation.scope.value} |" in row, operation.path
    for parameter in (*LIST, *TRENDS):
        assert f"`{parameter.name}`" in TEXT, parameter.name
