"""What follows each crawl: the figures for Prometheus are written, the operator is told of changes.

A failure of these takes nothing from the crawl; it is said and no more.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from app.console import warn
from pipeline.errors import DetaineeWatchError

if TYPE_CHECKING:
    from app.settings import Settings
    from pipeline.types import Source


def tell_of_run(settings: Settings, sources: Sequence[Source], *, now: datetime) -> None:
    """Write the metrics file and hand the operator's messages on, where the settings name them."""
    if settings.metrics_file is None and not settings.mail.operator:
        return
    from app.health_watch import tell_operator
    from app.metrics import write_metrics
    from storage.engine import open_database

    try:
        engine = open_database(settings.database_url.get_secret_value())
    except DetaineeWatchError as error:
        warn(str(error))
        return
    try:
        tell_operator(engine, settings, sources, now=now)
        if settings.metrics_file is not None:
            write_metrics(engine, settings.metrics_file, now=now)
    except DetaineeWatchError as error:
        warn(str(error))
    except OSError as error:
        warn(f"the figures for Prometheus cannot be written to {settings.metrics_file}: {error.strerror}")
    finally:
        engine.dispose()
