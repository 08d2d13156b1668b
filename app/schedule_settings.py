"""The settings of ``[schedule]``: when what is done while nobody looks."""

from __future__ import annotations

from datetime import time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from pipeline.rhythm import (
    Adaptive,
    Daily,
    Every,
    Off,
    parse_hour,
    parse_interval,
    parse_rhythm,
    parse_source_rhythm,
)


class ScheduleSettings(BaseModel):
    """Each key is described in docs/operations.md."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    hour: str = Field("05:17", description="hour of the daily crawl")
    zone: str = Field("UTC", description="zone of every hour here, such as America/Lima")
    every: str = Field("daily", description="how often a source is asked: daily, adaptive, or 2h")
    adaptive_min: str = Field("30m", description="shortest interval of an adaptive source")
    adaptive_max: str = Field("24h", description="longest interval of an adaptive source")
    jitter: str = Field("10m", description="a crawl begins up to so much later, by chance; 0m: at once")
    crawl_limit: str = Field("6h", description="after so long a crawl is ended; the next one carries on")
    digests: str = Field("15m", description="when due alerts and digests are sent")
    health: str = Field("1h", description="when it is checked whether all is well")
    retention: str = Field("03:40", description="when what was kept long enough is removed")
    backup: str = Field("04:10", description="when the database is copied")
    backup_folder: str = Field("", description="where the copies go; empty: 'backups' beside the database")
    backup_keep: int = Field(3, ge=1, le=1000, description="how many of the copies are kept")

    @field_validator("hour", mode="before")
    @classmethod
    def _number(cls, value: Any) -> Any:
        """``hour = 5`` is as clear as ``hour = "05:00"``."""
        return str(value) if isinstance(value, int) and not isinstance(value, bool) else value

    @model_validator(mode="after")
    def _understood(self) -> ScheduleSettings:
        for name, check in (
            ("hour", parse_hour),
            ("every", lambda word: parse_source_rhythm(word, time())),
            ("adaptive_min", parse_interval),
            ("adaptive_max", parse_interval),
            ("crawl_limit", parse_interval),
            ("jitter", _jitter),
            ("zone", _zone),
            *((name, parse_rhythm) for name in ("digests", "health", "retention", "backup")),
        ):
            try:
                check(getattr(self, name))
            except ValueError as error:
                raise ValueError(f"{name}: {error}") from error
        if parse_interval(self.adaptive_min) > parse_interval(self.adaptive_max):
            raise ValueError("adaptive_min: is longer than adaptive_max")
        return self

    @property
    def at(self) -> time:
        """The hour of the daily crawl."""
        return parse_hour(self.hour)

    @property
    def zone_info(self) -> ZoneInfo:
        """The zone of every hour."""
        return _zone(self.zone)

    @property
    def jitter_time(self) -> timedelta:
        """The most by which a crawl begins late."""
        return _jitter(self.jitter)

    @property
    def limit(self) -> timedelta:
        """How long a crawl may take."""
        return parse_interval(self.crawl_limit)

    def rhythm(self, job: str) -> Daily | Every | Off:
        """The rhythm of a job other than the crawl, by its name."""
        return parse_rhythm(getattr(self, job))

    def source_rhythm(self, every: str | None) -> Daily | Every | Adaptive:
        """The rhythm of a source whose table says ``every``, or says nothing."""
        return parse_source_rhythm(every or self.every, self.at)


def _jitter(text: str) -> timedelta:
    if text.strip().lower() in ("0", "0m", "off"):
        return timedelta()
    minutes = text.strip().lower().removesuffix("m")
    if not text.strip().lower().endswith("m") or not minutes.isdigit() or int(minutes) > 180:
        raise ValueError(f"{text!r} must be between 0m and 180m")
    return timedelta(minutes=int(minutes))


def _zone(text: str) -> ZoneInfo:
    try:
        return ZoneInfo(text)
    except (ValueError, OSError, KeyError) as error:
        # A name that is not there is a KeyError, one that leads out of the folder a ValueError, and
        # one of a folder an OSError.
        raise ValueError(f"there is no zone {text!r}; write one such as UTC or America/Lima") from error
