"""Secrets in what is shown: passwords and keys inside addresses become stars."""

from __future__ import annotations

import re

_WORDS = "pass|pwd|secret|token|key|auth|credential"
_USER = re.compile(r"^([a-z][a-z0-9+.-]*://[^:@/?#]*):.*@", re.IGNORECASE | re.DOTALL)
_PARAMETER = re.compile(rf"([?&;][^=&;\s]*(?:{_WORDS})[^=&;\s]*=)[^&;\s\"']*", re.IGNORECASE)
# Up to the last @ of the word: a password may hold any character.
_USER_IN_TEXT = re.compile(r"\b([a-z][a-z0-9+.-]{1,30}://[^\s:@/?#\"']*):[^\s\"']+@", re.IGNORECASE)


def masked(address: str) -> str:
    """An address without its password, whether that stands before the host or among the parameters."""
    return _PARAMETER.sub(r"\1***", _USER.sub(r"\1:***@", address))


def masked_in(text: str) -> str:
    """A message or a line of a log in which addresses may stand, without their passwords."""
    if "://" not in text:
        return text
    return _PARAMETER.sub(r"\1***", _USER_IN_TEXT.sub(r"\1:***@", text))
