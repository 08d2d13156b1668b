"""Charts as SVG, drawn by ourselves: they need no extra, carry links, and take the colours of the page. Pure.

Every mark has a class for its colour and, for files that stand alone, the colour itself; the style
sheet's word counts more than the attribute, so that one drawing does for light and dark. Colours are
those of Okabe and Ito and never stand alone: lines differ in their marks, and what is incomplete is
hollow on a shaded ground.
"""

from __future__ import annotations

import math
import textwrap
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from html import escape
from typing import Any

from pipeline.amounts import say_number
from pipeline.charts import COLOURS, Chart, Form

Row = dict[str, Any]
Link = Callable[[Row], str]
"""A row of a chart → the address of what is behind it; "" where there is none."""

WIDTH = 760.0
NARROW = 344.0
"""How wide a drawing is, and how wide the one for phones."""
LEFT, RIGHT, TOP = 52.0, 14.0, 18.0
HEIGHT = 300.0
"""Of the field in which marks stand."""
INK, SOFT, GRID = "#222222", "#59636e", "#d5dbe1"
LETTER = 6.4
"""About how wide a letter is, at the size of labels."""
MOST_LABELS = 13


def nowhere(_: Row) -> str:
    """The link of charts that lead nowhere."""
    return ""


@dataclass(slots=True)
class Drawing:
    """A drawing while it is made: pieces of SVG, and how high it is."""

    link: Link = nowhere
    width: float = WIDTH
    narrow: bool = False  # for a phone
    height: float = 0.0
    pieces: list[str] = field(default_factory=list)

    def add(self, piece: str) -> None:
        self.pieces.append(piece)

    def text(self, x: float, y: float, words: str, *, anchor: str = "start", soft: bool = False) -> None:
        """Words; they are escaped."""
        kind, colour = ("soft", SOFT) if soft else ("ink", INK)
        self.add(
            f'<text class="{kind}" x="{x:.1f}" y="{y:.1f}" fill="{colour}" text-anchor="{anchor}">'
            f"{escape(words)}</text>"
        )

    def rule(self, x1: float, y1: float, x2: float, y2: float) -> None:
        """A line of the grid."""
        self.add(f'<path class="grid" stroke="{GRID}" d="M{x1:.1f} {y1:.1f}L{x2:.1f} {y2:.1f}" fill="none"/>')

    def mark(self, row: Row, colour: int, shape: str, says: str) -> None:
        """A mark with its words; it leads to what is behind it. ``shape`` is SVG that draws in
        currentColor."""
        titled = f"<title>{escape(says)}</title>{shape}"
        drawn = f'<g class="c{colour}" color="{COLOURS[colour % len(COLOURS)]}">{titled}</g>'
        address = self.link(row)
        # The table beside the chart has the same links for the keyboard.
        self.add(f'<a href="{escape(address)}" tabindex="-1">{drawn}</a>' if address else drawn)

    def shade(self, x: float, width: float) -> None:
        """Ground of something incomplete."""
        self.add(
            f'<rect class="shade" x="{x:.1f}" y="{TOP:.1f}" width="{width:.1f}" height="{HEIGHT:.1f}" '
            'fill="#7a8793" fill-opacity="0.16"/>'
        )

    def values(self, most: float, unit: str) -> Callable[[float], float]:
        """The axis of values, from 0 to above ``most``; gives where a value lies."""
        steps = ticks(most)
        top = steps[-1] or 1.0

        def place(value: float) -> float:
            return TOP + HEIGHT * (1 - value / top)

        for value in steps:
            self.rule(LEFT, place(value), self.width - RIGHT, place(value))
            self.text(LEFT - 6, place(value) + 4, say_number(value), anchor="end", soft=True)
        self.text(LEFT - 6, TOP - 7, unit, soft=True)
        self.height = TOP + HEIGHT
        return place

    def legend(self, names: Sequence[str], draw: Callable[[int, float, float], str]) -> None:
        """What the colours are, below the rest."""
        x, y = LEFT, self.height + 20
        for number, name in enumerate(names):
            short = textwrap.shorten(name, 44 if self.narrow else 100, placeholder="…")
            wide = 26 + len(short) * LETTER
            if x > LEFT and x + wide > self.width - RIGHT:
                x, y = LEFT, y + 20
            colour = COLOURS[number % len(COLOURS)]
            self.add(f'<g class="c{number % len(COLOURS)}" color="{colour}">{draw(number, x + 8, y - 4)}</g>')
            self.text(x + 20, y, short)
            x += wide
        self.height = y + 8

    def svg(self, *, label: str) -> str:
        """The drawing as a part of a page, which says the rest around it."""
        kind, size = "narrow" if self.narrow else "wide", ""
        if self.narrow and self.width > NARROW:
            # What cannot be made narrower is as wide as it is, and scrolled.
            kind, size = "narrow asis", f' width="{self.width:.0f}" height="{self.height:.0f}"'
        return (
            f'<svg class="chart {kind}"{size} viewBox="0 0 {self.width:.0f} {self.height:.0f}" '
            f'aria-hidden="true" data-chart="{escape(label)}" font-size="12">{"".join(self.pieces)}</svg>'
        )

    def alone(self, title: str, notes: Sequence[str]) -> str:
        """The drawing as a file, with its title and what must be read with it."""
        lines = [line for note in notes for line in textwrap.wrap(note, 108)]
        head = 34 + 16 * len(lines)
        said = "".join(
            f'<text x="{LEFT}" y="{44 + 16 * n}" fill="{INK}">{escape(line)}</text>'
            for n, line in enumerate(lines)
        )
        whole = self.height + head + 16
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {self.width:.0f} {whole:.0f}" '
            f'width="{self.width:.0f}" height="{whole:.0f}" '
            'font-family="system-ui, Arial, Liberation Sans, sans-serif" font-size="12">'
            f'<rect width="100%" height="100%" fill="#ffffff"/>'
            f'<text x="{LEFT}" y="24" fill="{INK}" font-size="16" font-weight="bold">{escape(title)}</text>'
            f'{said}<g transform="translate(0 {head})">{"".join(self.pieces)}</g></svg>\n'
        )


def ticks(most: float) -> list[float]:
    """Round values from 0 to at least ``most``, some five of them; whole ones where that is few."""
    if most <= 0:
        return [0.0, 1.0]
    rough = most / 5
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(size * power for size in (1, 2, 2.5, 5, 10) if size * power >= rough * 0.999)
    if step < 1 and most >= 2:
        step = 1.0
    return [round(step * n, 10) for n in range(math.ceil(most / step - 1e-9) + 1)]


def draw(chart: Chart, link: Link = nowhere, *, narrow: bool = False) -> Drawing:
    """The drawing of a chart; ``narrow``: for a phone."""
    from web import marks

    drawing = Drawing(link=link, width=NARROW if narrow else WIDTH, narrow=narrow)
    forms: dict[Form, Callable[[Drawing, Chart], None]] = {
        Form.BARS: marks.bars,
        Form.LINES: marks.lines,
        Form.POINTS: marks.points,
        Form.SPANS: marks.spans,
        Form.HEAT: marks.heat,
        Form.RANKS: marks.ranks,
    }
    forms[chart.form](drawing, chart)
    return drawing


def in_colours(rows: Sequence[Row]) -> Iterator[tuple[int, str, list[Row]]]:
    """The lines of a chart with their numbers, in the order in which they first come."""
    keys = list(dict.fromkeys(row["key"] for row in rows))
    for number, key in enumerate(keys):
        yield number, key, [row for row in rows if row["key"] == key]
