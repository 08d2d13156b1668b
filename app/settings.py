"""Settings from ``detainee-watch.toml`` and the environment; the only reader of the environment.

Order of strength: ``DETAINEE_WATCH_*`` variables, then the file. The file is the first of
``--config``, ``DETAINEE_WATCH_CONFIG``, ``./detainee-watch.toml`` and the user's configuration
folder. Unknown keys are refused, in the file and in the environment.
"""

from __future__ import annotations

import os
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import platformdirs
from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, field_validator
from pydantic_settings import (
    BaseSettings,
    EnvSettingsSource,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from app.mail_settings import MailSettings
from app.masking import masked
from app.schedule_settings import ScheduleSettings
from app.web_settings import WebSettings
from pipeline.errors import ConfigError

APP = "detainee-watch"
PREFIX = "DETAINEE_WATCH_"
FILE = "detainee-watch.toml"
FROM_FILE = "_FILE"
"""Ends the name of a variable that names a file in which the value stands."""
SIGNALS = ("tdm", "noai", "noindex")
"""What an outlet may say against the mining of its texts; crawler/rights.py reads it."""
SHORTEST_RETENTION = 7
"""Days below which texts are not taken away."""


def data_folder() -> Path:
    """Where what is stored lies unless the settings say otherwise."""
    return Path(platformdirs.user_data_dir(APP))


def _default_database() -> SecretStr:
    return SecretStr(f"sqlite:///{data_folder() / 'detainee-watch.sqlite3'}")


class Retention(BaseModel):
    """The table ``[retention]``: how long what may name persons is kept."""

    model_config = ConfigDict(extra="forbid")

    text_days: int = Field(
        default=90, ge=0, le=36_500, description="days for which texts and titles are kept; 0: for ever"
    )

    @field_validator("text_days")
    @classmethod
    def _not_too_short(cls, value: int) -> int:
        # Corrections are looked for in the first days, and a case of last week is still being joined.
        if 0 < value < SHORTEST_RETENTION:
            raise ValueError(f"must be 0 (for ever) or at least {SHORTEST_RETENTION} days")
        return value


class Settings(BaseSettings):
    """Every setting, with its default; ``docs/operations.md`` has a heading for each.

    A field that is a model of its own is a table of the file; in the environment its fields have two
    underscores before them (``DETAINEE_WATCH_RETENTION__TEXT_DAYS``).
    """

    # Lists stand in the environment as words with commas between them, also those of a table: no JSON.
    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_nested_delimiter="__", enable_decoding=False, extra="forbid"
    )

    database_url: SecretStr = Field(
        default_factory=_default_database,
        description="SQLAlchemy address of the database; may hold a password",
    )
    contact: str = Field(
        "", description="mail or web address in the User-Agent, so that outlets can reach you"
    )
    sources_file: Path = Field(
        default_factory=lambda: Path(platformdirs.user_config_dir(APP)) / "sources.toml",
        description="your own sources, beside those of the package",
    )
    workers: int = Field(0, ge=0, le=64, description="processes that read pages; 0: one less than the cores")
    concurrency: int = Field(32, ge=1, le=512, description="requests under way at once")
    concurrency_per_host: int = Field(2, ge=1, le=32, description="requests under way at once to one host")
    delay: float = Field(1.0, ge=0, le=60, description="seconds between two requests to one host")
    timeout: float = Field(30.0, gt=0, le=300, description="seconds until a request is given up")
    max_body: int = Field(10 * 1024 * 1024, ge=1024, description="bytes of a page or feed, unpacked")
    allow_hosts: Annotated[tuple[str, ...], NoDecode] = Field(
        (), description="hosts or networks that may be fetched although they are not public"
    )
    honour: Annotated[tuple[str, ...], NoDecode] = Field(
        ("tdm", "noai"), description="reservations of text and data mining that are honoured"
    )
    retention: Retention = Field(default_factory=Retention, description="how long texts are kept")
    schedule: ScheduleSettings = Field(
        default_factory=lambda: ScheduleSettings.model_validate({}),
        description="when what is done while nobody looks",
    )
    mail: MailSettings = Field(
        default_factory=lambda: MailSettings.model_validate({}),
        description="by which server alerts go, and how",
    )
    web: WebSettings = Field(
        default_factory=lambda: WebSettings.model_validate({}),
        description="where the pages of 'serve' are shown, and who may read them",
    )
    redis_url: SecretStr = Field(
        SecretStr(""), description="Redis through which crawls share their work; not set: each is alone"
    )
    metrics_file: Path | None = Field(
        None, description="where figures for Prometheus are written after each crawl; not set: nowhere"
    )

    @field_validator("metrics_file", mode="before")
    @classmethod
    def _empty_is_none(cls, value: Any) -> Any:
        return value or None

    @field_validator("contact")
    @classmethod
    def _one_line(cls, value: str) -> str:
        if any(ord(c) < 32 for c in value) or len(value) > 200:
            raise ValueError("must be one line of at most 200 characters")
        return value.strip()

    @field_validator("honour")
    @classmethod
    def _signals(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if unknown := [each for each in value if each not in SIGNALS]:
            raise ValueError(f"{unknown[0]!r} is none of {', '.join(SIGNALS)}")
        return value

    @field_validator("allow_hosts", "honour", mode="before")
    @classmethod
    def _listed(cls, value: Any) -> Any:
        """In the environment they stand in one text, with commas or spaces between."""
        return tuple(value.replace(",", " ").split()) if isinstance(value, str) else value

    @field_validator("sources_file", "metrics_file")
    @classmethod
    def _at_home(cls, value: Path | None) -> Path | None:
        return value.expanduser() if value is not None else None

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The environment is stronger than the file, which comes in as arguments."""
        if isinstance(env_settings, EnvSettingsSource):
            # Those that name a file are read by _read_secret.
            names = {name.lower() for name in _variables()}
            env_settings.env_vars = {
                name: value
                for name, value in env_settings.env_vars.items()
                if name in names or name.removesuffix(FROM_FILE.lower()) not in names
            }
        return (env_settings, init_settings)


def config_file(path: Path | None = None) -> Path | None:
    """The file that is read: the one given (it must exist), or the first of the usual places."""
    given = path or (Path(os.environ[PREFIX + "CONFIG"]) if os.environ.get(PREFIX + "CONFIG") else None)
    if given is not None:
        if not given.is_file():
            raise ConfigError(f"There is no settings file {given}.", key=str(given))
        return given
    for place in (Path(FILE), Path(platformdirs.user_config_dir(APP)) / FILE):
        if place.is_file():
            return place
    return None


def load_settings(path: Path | None = None) -> Settings:
    """Read file and environment. Raises ConfigError with a sentence for each wrong key."""
    file = config_file(path)
    values: dict[str, Any] = {}
    if file is not None:
        try:
            values = tomllib.loads(file.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            raise ConfigError(f"{file} cannot be read: {error}", key=str(file)) from error
    names = _variables()
    known = names | {name + FROM_FILE for name in names} | {PREFIX + "CONFIG"}
    unknown = sorted(
        name for name in os.environ if name.upper().startswith(PREFIX) and name.upper() not in known
    )
    if unknown:
        raise ConfigError(f"The environment has a setting that does not exist: {unknown[0]}.", key=unknown[0])
    for name in sorted(names):
        _read_secret(values, name)
    try:
        return Settings(**values)
    except ValidationError as error:
        lines = []
        for problem in error.errors():
            name = ".".join(map(str, problem["loc"])) or "?"
            lines.append(f"{name}: {_in_words(problem['type'], problem['msg'])}")
        where = (
            file
            if file is not None and any(line.split(":")[0].split(".")[0] in values for line in lines)
            else "the environment"
        )
        raise ConfigError(f"Wrong setting in {where}: " + "; ".join(lines), key=str(where)) from error


def _in_words(kind: str, message: str) -> str:
    """What is wrong with a setting, as one says it."""
    if kind == "extra_forbidden":
        return "there is no such setting"
    said = message.removeprefix("Value error, ").partition(", unable to parse")[0]
    return said.replace("Input should be", "must be", 1)


def _read_secret(values: dict[str, Any], name: str) -> None:
    """Puts a value into ``values`` that stands in a file, as container systems hand out secrets."""
    path = os.environ.get(name + FROM_FILE)
    if path is None:
        return
    if name in os.environ:
        raise ConfigError(f"Both {name} and {name}{FROM_FILE} are set; one is enough.", key=name)
    try:
        value = Path(path).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{name}{FROM_FILE}: {path} cannot be read: {error}", key=name) from error
    *table, field = name.removeprefix(PREFIX).lower().split("__")
    inner = values
    for each in table:
        inner = inner.setdefault(each, {})
    inner[field] = value


def _tables() -> dict[str, type[BaseModel]]:
    """The settings that are tables of the file, by name."""
    fields = Settings.model_fields.items()
    return {
        name: field.annotation
        for name, field in fields
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel)
    }


def _variables() -> set[str]:
    """What settings are called in the environment."""
    return {PREFIX + name.upper() for name in Settings.model_fields} | _in_tables()


def _in_tables() -> set[str]:
    """What the fields of tables are called in the environment."""
    return {
        f"{PREFIX}{table}__{name}".upper()
        for table, model in _tables().items()
        for name in model.model_fields
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A setting as it may be shown to anyone."""

    name: str
    value: str | int | float | list[str]  # passwords masked
    origin: str  # environment | file | default


def shown_settings(settings: Settings, file: Path | None) -> tuple[Shown, ...]:
    """Every setting with its masked value and where it comes from."""
    values: dict[str, Any] = {}
    if file is not None:
        values = tomllib.loads(file.read_text(encoding="utf-8"))
    in_environment = {name.upper() for name in os.environ}
    rows = []
    for name in Settings.model_fields:
        value = getattr(settings, name)
        if isinstance(value, BaseModel):
            table = values.get(name, {})
            for inner in type(value).model_fields:
                variables = (f"{PREFIX}{name}__{inner}".upper(), f"{PREFIX}{name}".upper())
                rows.append(
                    Shown(
                        name=f"{name}.{inner}",
                        value=_shown_value(getattr(value, inner)),
                        origin=_origin(in_environment.intersection(variables), inner in table),
                    )
                )
            continue
        origin = _origin({PREFIX + name.upper()} & in_environment, name in values)
        rows.append(Shown(name=name, value=_shown_value(value), origin=origin))
    return tuple(rows)


def _origin(variables: set[str], in_file: bool) -> str:
    return "environment" if variables else "file" if in_file else "default"


def _shown_value(value: Any) -> str | int | float | list[str]:
    """A value as it may be shown; what is secret as a whole is stars, an address keeps its harmless parts."""
    if isinstance(value, SecretStr):
        secret = value.get_secret_value()
        return masked(secret) if "://" in secret else "***" if secret else ""
    if isinstance(value, tuple | list):
        return [str(_shown_value(each)) for each in value]
    if isinstance(value, bool | int | float):
        return value
    return "" if value is None else masked(str(value))
