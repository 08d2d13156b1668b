"""How schemathesis asks a server, and what an answer is held against."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings

from web.schemas import SCHEMAS

schemathesis = pytest.importorskip("schemathesis")
schemathesis.checks.load_all_checks()
WHOLE: dict[str, Any] = {"components": {"schemas": SCHEMAS}}
A_FEW = settings(
    max_examples=8,
    derandomize=True,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
_ALWAYS = ("status_code_conformance", "content_type_conformance", "response_schema_conformance")


def checks(*more: str) -> list[Any]:
    """What holds of every answer, and what is named besides."""
    named = (schemathesis.checks.CHECKS.get_one(name) for name in (*_ALWAYS, *more))
    return [schemathesis.checks.not_a_server_error, *named]
