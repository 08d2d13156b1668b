"""Whether a text can be about a foreign drug detainee at all (placeholder: everything can)."""

from __future__ import annotations


def could_be_relevant(text: str, language: str | None) -> bool:
    """True when the words that every relevant article needs are there."""
    return bool(text)
