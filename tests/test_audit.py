"""The look at published vulnerabilities: where it cannot be had, a word says so and nothing fails."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def test_without_a_network_it_is_skipped_with_a_word() -> None:
    done = subprocess.run(
        [ROOT / ".ci" / "audit", sys.executable],
        capture_output=True,
        text=True,
        env=os.environ | {"PIP_NO_INDEX": "1", "PIP_CONFIG_FILE": os.devnull},
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("pip-audit skipped: it cannot be installed here")


def test_continuous_integration_runs_it() -> None:
    assert ".ci/audit" in (ROOT / ".ci" / "run").read_text(encoding="utf-8").split()
