"""Regular expressions of users, only through RE2: its time is linear in the text, whatever they write.

RE2's ``\\b`` knows ASCII only: beside a letter with an accent it never holds, so there it is refused.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from alerts.facts import Unclear
from pipeline.fold import fold

MAX_PATTERN = 500
"""Longest regular expression in characters."""
MAX_MEMORY = 2 * 1024 * 1024
"""Bytes that a compiled expression and its search may take."""
SHORTEST = 3
"""Letters of a piece that is worth being looked for by itself."""
_LOST_BORDER = re.compile(r"\\b[^\x00-\x7f]|[^\x00-\x7f]\\b")
_SAYS = {
    "invalid perl operator": "look-ahead, look-behind and possessive forms do not exist here (RE2)",
    "invalid escape sequence": "this escape does not exist here (RE2 has no back references)",
    "invalid repetition size": "a repetition may count to 1000 at most",
    "bad repetition operator": "two signs of repetition stand together",
    "no argument for repetition operator": "a sign of repetition has nothing to repeat",
    "missing )": "a bracket is never closed",
    "missing ]": "a square bracket is never closed",
    "unexpected )": "a bracket is closed that was never opened",
    "invalid character class range": "a range in square brackets is the wrong way round",
    "trailing \\": "a backslash stands at the end",
    "pattern too large - compile failed": "it takes too much memory; make its repetitions smaller",
}


@lru_cache(maxsize=4096)
def read_pattern(pattern: str) -> Any:
    """The expression, compiled by RE2. Raises Unclear."""
    import re2  # type: ignore[import-untyped]  # only where somebody uses one

    if _LOST_BORDER.search(pattern):
        raise Unclear(r"\b knows letters without accents only; write [^\pL] for what is no letter.")
    options = re2.Options()
    options.case_sensitive = False
    options.log_errors = False
    options.max_mem = MAX_MEMORY
    try:
        compiled = re2.compile(pattern, options)
    except re2.error as error:
        detail = error.args[0] if error.args else ""
        said = detail.decode("utf-8", "replace") if isinstance(detail, bytes) else str(detail)
        known, _, piece = said.partition(": ")
        why = _SAYS.get(known, known or "it is no regular expression")
        raise Unclear(f"{why}{f' ({piece})' if piece else ''}.") from None
    if compiled.search("") is not None:
        raise Unclear("this regular expression fits everywhere, even where nothing stands.")
    return compiled


def literals_of(pattern: str) -> tuple[str, ...]:
    """Pieces of folded words that stand in every text that ``pattern`` fits; none where none is known.

    It is read by Python's own parser. What that does not understand, or what is not plain, gives none.
    """
    import warnings
    from re import _parser as parser  # type: ignore[attr-defined]

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = parser.parse(pattern)
    except (re.error, OverflowError, RecursionError):
        return ()
    if pattern.find("\\Q") >= 0 or pattern.find("[[:") >= 0:
        return ()  # RE2 reads these otherwise
    return tuple(dict.fromkeys(run for run in _runs(tree) if len(run) >= SHORTEST))


def _runs(tree: Any) -> list[str]:
    """Runs of plain letters and digits that must stand in a fitting text."""
    runs, run = [], ""
    for operation, argument in tree:
        name = str(operation)
        char = fold(chr(argument)) if name == "LITERAL" else ""
        if char and char.isascii() and char.isalnum():
            run += char
            continue
        runs.append(run)
        run = ""
        if name == "SUBPATTERN":
            runs += _runs(argument[3])
        elif name in ("MAX_REPEAT", "MIN_REPEAT") and argument[0] >= 1:
            runs += _runs(argument[2])
    return [*runs, run]
