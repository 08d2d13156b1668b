"""What an outlet says about text and data mining, and whether it is honoured. Pure.

    answer's headers ┐
    the page's meta  ├→ signals → the first that the operator honours
    tdmrep.json      ┘

Read are TDMRep (the W3C community's protocol for the reservation of Article 4 of Directive (EU)
2019/790): the header and the meta element ``tdm-reservation`` and ``/.well-known/tdmrep.json``, and of
robots directives (``X-Robots-Tag``, ``<meta name="robots">``) ``noai`` and ``noindex``.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

AGENT = "detainee-watch"
HEAD = 200_000
"""Bytes of a page in which its meta elements are looked for."""
MAX_RULES = 500
"""Rules of a tdmrep.json that are read."""
TDM = "tdm-reservation"
_META = re.compile(rb"<meta\b[^>]{0,1000}>", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"""\b(name|content)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""", re.IGNORECASE)


class Signal(StrEnum):
    """What an outlet may say."""

    TDM = "tdm"  # TDMRep: text and data mining is reserved
    NOAI = "noai"  # robots directive: not for AI
    NOINDEX = "noindex"  # robots directive: not for search indexes


@dataclass(frozen=True, slots=True, kw_only=True)
class TdmRule:
    """One rule of a tdmrep.json."""

    location: str  # as in robots.txt: * is anything, $ at the end is the end
    reserved: bool


def find_signals(headers: Iterable[tuple[str, str]], body: bytes) -> dict[Signal, str]:
    """What an answer says of itself, each with the place where. A page's ``tdm-reservation`` of 0 takes
    back that of the header, as it is the nearer one."""
    found: dict[Signal, str] = {}
    for name, value in headers:
        match name.lower():
            case "tdm-reservation":
                if value.strip() == "1":
                    found[Signal.TDM] = "header tdm-reservation"
            case "x-robots-tag":
                _directives(found, _ours(value), "header X-Robots-Tag")
    for match in _META.finditer(body, 0, HEAD):
        text = match.group().decode("utf-8", "replace")
        said = {key.lower(): html.unescape(a or b or c) for key, a, b, c in _ATTRIBUTE.findall(text)}
        name, value = said.get("name", "").strip().lower(), said.get("content", "").strip()
        if name == TDM:
            if value == "1":
                found[Signal.TDM] = "meta tdm-reservation"
            elif value == "0":
                found.pop(Signal.TDM, None)
        elif name in ("robots", AGENT):
            _directives(found, value, f"meta {name}")
    return found


def honoured(found: dict[Signal, str], honour: Sequence[str]) -> str | None:
    """Why a page is left alone, in a few words; None when it may be read."""
    for signal, place in found.items():
        if signal.value in honour:
            return f"{signal.value}: {place}"
    return None


def parse_tdmrep(body: bytes) -> tuple[TdmRule, ...]:
    """The rules of a ``/.well-known/tdmrep.json``, in its order; none for what is no such file."""
    try:
        found: Any = json.loads(body.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        return ()
    rules = []
    for each in (found if isinstance(found, list) else [])[:MAX_RULES]:
        location = each.get("location") if isinstance(each, dict) else None
        if isinstance(location, str) and 0 < len(location) <= 1_000:
            reserved = str(each.get(TDM)).strip() == "1"
            rules.append(TdmRule(location=location, reserved=reserved))
    return tuple(rules)


def reserves(rules: Sequence[TdmRule], path: str) -> bool:
    """Whether the rules reserve this path (with its query): the first that fits decides."""
    return next((rule.reserved for rule in rules if _fits(rule.location, path)), False)


def _fits(location: str, path: str) -> bool:
    """Whether a path begins as a location says. Piece by piece: a pattern of a stranger's is not run."""
    first, *rest = location.removesuffix("$").split("*")
    if not path.startswith(first):
        return False
    at = len(first)
    last = rest.pop() if rest and location.endswith("$") else None
    for piece in rest:
        found = path.find(piece, at)
        if found < 0:
            return False
        at = found + len(piece)
    if last is not None:
        return path.endswith(last) and len(path) - len(last) >= at
    return at == len(path) or not location.endswith("$")


def _ours(value: str) -> str:
    """The directives of an X-Robots-Tag that are for everybody or for us ("otherbot: noindex" is not)."""
    agent, colon, rest = value.partition(":")
    if not colon or "," in agent or agent.strip().lower() in ("unavailable_after", "max-snippet"):
        return value
    return rest if agent.strip().lower() in (AGENT, "*") else ""


def _directives(found: dict[Signal, str], value: str, place: str) -> None:
    words = {word.strip().lower() for word in value.split(",")}
    if "noai" in words:
        found.setdefault(Signal.NOAI, place)
    if words & {"noindex", "none"}:
        found.setdefault(Signal.NOINDEX, place)
