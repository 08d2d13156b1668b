"""Small bar charts by day, as the numbers that a template draws. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

WIDTH, HEIGHT = 600, 90
"""Of the drawing, in units; it is as wide as its place."""
GAP = 0.2
"""Of a bar's place, that is left free."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One day."""

    x: str
    y: str
    width: str
    height: str
    part: tuple[str, str] | None  # y and height of the part that is drawn in another colour
    says: str  # its day and value, for who points at it


@dataclass(frozen=True, slots=True, kw_only=True)
class Bars:
    """A chart; the table beside it says the same to everybody."""

    name: str
    bars: tuple[Bar, ...]
    most: float


def bars(values: Sequence[float | None], first: date, *, parts: Sequence[float] = ()) -> Bars:
    """One bar a day from ``first`` on. ``parts`` are drawn in another colour, as failures are."""
    most = max((value for value in values if value is not None), default=0) or 0
    step = WIDTH / max(1, len(values))
    drawn = []
    for place, value in enumerate(values):
        if not value:
            continue
        part = parts[place] if parts else 0
        said = f"{(first + timedelta(days=place)).isoformat()}: {value:,.0f}"
        y, height = _bar(value / most)
        drawn.append(
            Bar(
                x=f"{place * step + step * GAP / 2:.2f}",
                y=y,
                width=f"{step * (1 - GAP):.2f}",
                height=height,
                part=_bar(part / most) if part else None,
                says=said + (f", {part:,.0f} of them failed" if part else ""),
            )
        )
    last = first + timedelta(days=max(0, len(values) - 1))
    name = f"{first.isoformat()} to {last.isoformat()}, at most {most:,.0f}"
    return Bars(name=name, bars=tuple(drawn), most=most)


def _bar(share: float) -> tuple[str, str]:
    height = max(1.5, share * (HEIGHT - 4))
    return f"{HEIGHT - 1 - height:.2f}", f"{height:.2f}"
