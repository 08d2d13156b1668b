"""Logs: one line an event on stderr, never on stdout; quiet unless asked for by -v."""

from __future__ import annotations

import logging
import sys
from typing import Any

from app.masking import masked_in


def set_up_logs(verbose: int) -> None:
    """0: what ends badly (errors); 1 (-v): each step; 2 (-vv): everything, the libraries' included.

    Log lines of other libraries go the same way. Control characters in what outlets send are shown
    escaped, so that a log cannot steer a terminal.
    """
    level = {0: logging.ERROR, 1: logging.INFO}.get(verbose, logging.DEBUG)
    root = logging.getLogger()
    root.setLevel(max(level, logging.WARNING) if verbose == 0 else level)
    for old in root.handlers[:]:
        if isinstance(old, _Stderr):
            root.removeHandler(old)
    handler = _Stderr()
    handler.setLevel(level)
    root.addHandler(handler)
    if verbose == 0:
        handler.setFormatter(_Plain("%(name)s: %(message)s"))
        return
    # structlog takes a twentieth of a second to import; without -v nobody sees it.
    import structlog

    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.LogfmtRenderer(key_order=["timestamp", "level", "logger", "event"]),
                _harmless,
            ],
            foreign_pre_chain=[
                structlog.stdlib.add_log_level,
                structlog.stdlib.add_logger_name,
                structlog.processors.TimeStamper(fmt="iso", utc=True),
                structlog.stdlib.PositionalArgumentsFormatter(),
                structlog.processors.format_exc_info,
            ],
        )
    )
    if verbose == 1:
        for name in ("scrapy", "twisted", "asyncio", "trafilatura", "htmldate", "courlan", "alembic"):
            logging.getLogger(name).setLevel(logging.WARNING)


class _Stderr(logging.StreamHandler[Any]):
    """Writes to what stderr is at the moment, as print does."""

    def __init__(self) -> None:
        logging.Handler.__init__(self)

    @property
    def stream(self) -> Any:
        return sys.stderr

    @stream.setter
    def stream(self, value: Any) -> None:
        """Another stream than stderr is never meant."""


class _Plain(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        return _escaped(super().format(record))


def _harmless(_logger: Any, _name: str, line: Any) -> str:
    return _escaped(str(line))


def _escaped(line: str) -> str:
    """``line`` without passwords, and with everything that is neither printable nor a line break as an
    escape."""
    return "".join(
        c if c.isprintable() or c == "\n" else c.encode("unicode_escape").decode("ascii")
        for c in masked_in(line)
    )
