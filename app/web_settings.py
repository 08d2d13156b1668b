"""The settings of ``[web]``: where the pages are shown, and who may read them."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator
from pydantic_settings import NoDecode


class TokenSettings(BaseModel):
    """A token of a program."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(min_length=1, max_length=60, description="whose it is")
    hash: SecretStr = Field(description="its hash, as 'serve --hash' makes it")
    scope: Literal["read", "write", "admin"] = Field("read", description="what it is good for")

    @field_validator("hash")
    @classmethod
    def _is_hash(cls, value: SecretStr) -> SecretStr:
        return _checked(value)


class UserSettings(BaseModel):
    """A person who logs in."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(min_length=1, max_length=60, description="by which the person logs in")
    password_hash: SecretStr = Field(description="hash of the password, as 'serve --hash' makes it")
    role: Literal["reader", "reviewer", "admin"] = Field("reader", description="what the person may do")

    @field_validator("name")
    @classmethod
    def _is_name(cls, value: str) -> str:
        if value != value.strip() or not value.isprintable():
            raise ValueError("must be one line without spaces at its ends")
        return value

    @field_validator("password_hash")
    @classmethod
    def _is_hash(cls, value: SecretStr) -> SecretStr:
        if not value.get_secret_value():
            raise ValueError("must be a hash as 'detainee-watch serve --hash' makes it")
        return _checked(value)


def _checked(value: SecretStr) -> SecretStr:
    kept = value.get_secret_value()
    if kept and not kept.startswith("$argon2"):
        raise ValueError("must be a hash as 'detainee-watch serve --hash' makes it, not the word itself")
    return value


class WebSettings(BaseModel):
    """Each key is described in docs/operations.md."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    address: str = Field("127.0.0.1", description="address that 'serve' listens on")
    port: int = Field(8765, ge=0, le=65_535, description="port that 'serve' listens on; 0: any that is free")
    host_names: Annotated[tuple[str, ...], NoDecode] = Field(
        (), description="names under which the pages may be asked for, beside those of this machine"
    )
    password_hash: SecretStr = Field(
        SecretStr(""), description="hash of the password of readers, as 'serve --hash' makes it"
    )
    token_hash: SecretStr = Field(
        SecretStr(""), description="hash of the token of programs, as 'serve --hash' makes it"
    )

    tokens: tuple[TokenSettings, ...] = Field(
        (), description="tokens of programs, each a table [[web.tokens]] with name, hash and scope"
    )

    users: tuple[UserSettings, ...] = Field(
        (), description="people, each a table [[web.users]] with name, password_hash and role"
    )

    @field_validator("users")
    @classmethod
    def _names_differ(cls, value: tuple[UserSettings, ...]) -> tuple[UserSettings, ...]:
        if len({each.name for each in value}) < len(value):
            raise ValueError("two people have one name")
        return value

    @field_validator("host_names", mode="before")
    @classmethod
    def _listed(cls, value: Any) -> Any:
        """In the environment they stand in one text, with commas or spaces between."""
        return tuple(value.replace(",", " ").split()) if isinstance(value, str) else value

    @field_validator("password_hash", "token_hash")
    @classmethod
    def _is_hash(cls, value: SecretStr) -> SecretStr:
        return _checked(value)
