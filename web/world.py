"""The map of the world: where people of a nationality are held, or who is held in a country. Pure.

Circles on a ground of dots where people live (pipeline/data/world.json); their areas are as the numbers.
The projection is Equal Earth, in which areas are true.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import Any

from web.drawing import NARROW, Drawing, Link, Row

WIDTH, HEIGHT = 760.0, 350.0
MOST_LABELS = 24
LARGEST = 30.0
"""Radius of the largest circle, where there are many cases."""
LEAST_LABELLED = 16.0
"""Radius of a circle from which on its label stands on it."""
Box = tuple[float, float, float, float]
_A = (1.340264, -0.081106, 0.000893, 0.003796)
_ROOT = math.sqrt(3) / 2
_TOP, _BOTTOM = 80.0, -57.0


@cache
def _world() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(
        files("pipeline.data").joinpath("world.json").read_text(encoding="utf-8")
    )
    return found


def _equal_earth(longitude: float, latitude: float) -> tuple[float, float]:
    """x in ±2.71, y in ±1.32."""
    theta = math.asin(_ROOT * math.sin(math.radians(latitude)))
    squared = theta * theta
    sixth = squared**3
    a1, a2, a3, a4 = _A
    scale = 9 * a4 * sixth * squared + 7 * a3 * sixth + 3 * a2 * squared + a1
    x = 2 * math.sqrt(3) * math.radians(longitude) * math.cos(theta) / (3 * scale)
    return x, theta * (a4 * sixth * squared + a3 * sixth + a2 * squared + a1)


def spot(longitude: float, latitude: float) -> tuple[float, float]:
    """Where a place lies on the map."""
    x, y = _equal_earth(longitude, latitude)
    high = _equal_earth(0, _TOP)[1]
    low = _equal_earth(0, _BOTTOM)[1]
    scale = min(WIDTH / 5.42, HEIGHT / (high - low))
    return WIDTH / 2 + x * scale, (high - y) * scale


@cache
def _ground() -> str:
    """Meridians, parallels, and the dots of the land."""
    world = _world()
    step = world["degrees"]
    lines = []
    for longitude in range(-180, 181, 30):
        way = [spot(longitude, latitude) for latitude in range(int(_BOTTOM), int(_TOP) + 1, 3)]
        lines.append("M" + "L".join(f"{x:.0f} {y:.0f}" for x, y in way))
    for latitude in (-30, 0, 30, 60):
        (x1, y), (x2, _) = spot(-180, latitude), spot(180, latitude)
        lines.append(f"M{x1:.0f} {y:.0f}L{x2:.0f} {y:.0f}")
    dots = []
    for number, row in enumerate(world["land"]):
        bits = int(row, 16)
        for column in range(360 // step):
            if bits >> column & 1:
                x, y = spot(column * step - 180 + step / 2, 90 - number * step - step / 2)
                dots.append(f"M{x:.0f} {y:.0f}h0")
    return (
        f'<g id="ground"><path class="grid" d="{"".join(lines)}" '
        'stroke="#d5dbe1" fill="none" stroke-width="0.7"/>'
        f'<path class="land" d="{"".join(dots)}" stroke="#b9c2cb" fill="none" stroke-width="3.1" '
        'stroke-linecap="round"/></g>'
    )


def draw_world(
    rows: Sequence[Row], unit: str, link: Link, *, home: str = "", narrow: bool = False
) -> Drawing:
    """The map. ``rows`` have ``code`` (of a country), ``label`` and ``value``, the largest first; ``home``
    is the country that the others are seen from. Countries that are on no map are left out. ``narrow``: for
    a phone; it borrows the ground of the wide one, which stands on the same page."""
    size = NARROW / WIDTH if narrow else 1.0
    drawing = Drawing(link=link, width=WIDTH * size, height=HEIGHT * size, narrow=narrow)
    drawing.add(f'<use href="#ground" transform="scale({size:.4f})"/>' if narrow else _ground())
    centres = _world()["centres"]
    shown = [row for row in rows if row["code"] in centres and row["value"]]
    most = max((row["value"] for row in shown), default=1)
    # A few cases are small circles, so that neighbours can be told apart.
    largest = min(LARGEST, 8 * math.sqrt(most)) * (0.6 if narrow else 1)
    if home in centres:
        x, y = (at * size for at in spot(*centres[home]))
        drawing.add(
            f'<path class="c1" color="#D55E00" stroke="currentColor" stroke-width="2.4" '
            f'd="M{x - 6:.1f} {y - 6:.1f}l12 12m0 -12l-12 12"/>'
        )
    circles = []
    for row in shown:
        x, y = (at * size for at in spot(*centres[row["code"]]))
        radius = max(3.0, largest * math.sqrt(row["value"] / most))
        circles.append((x, y, radius))
        shape = (
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:.1f}" fill="currentColor" fill-opacity="0.55" '
            'stroke="currentColor"/>'
        )
        drawing.mark(row, 0, shape, f"{row['label']}: {row['value']:,} {unit}")
    taken: list[Box] = []
    for row, circle in zip(shown[:MOST_LABELS], circles, strict=False):
        words = f"{row['code']} {row['value']:,}"
        if (box := _room(circle, len(words) * 6.8, taken, drawing)) is None:
            continue
        taken.append(box)
        drawing.add(
            f'<text class="halo" x="{(box[0] + box[2]) / 2:.1f}" y="{box[1] + 12:.1f}" text-anchor="middle" '
            'fill="#222222" stroke="#ffffff" stroke-width="3" paint-order="stroke" pointer-events="none">'
            f"{words}</text>"
        )
    return drawing


def _room(
    circle: tuple[float, float, float], wide: float, taken: Sequence[Box], drawing: Drawing
) -> Box | None:
    """Where a label of this width stands on its circle or beside it, off the others; None: nowhere."""
    x, y, radius = circle
    beside = (wide / 2 + radius + 2, radius + 9)
    middles = [(x, y)] if radius > LEAST_LABELLED else []
    middles += [(x + beside[0], y), (x - beside[0], y), (x, y + beside[1]), (x, y - beside[1])]
    for middle, height in middles:
        box = (middle - wide / 2, height - 8, middle + wide / 2, height + 8)
        inside = box[0] >= 0 and box[2] <= drawing.width and box[1] >= 0 and box[3] <= drawing.height
        if inside and not any(
            box[0] < b[2] and b[0] < box[2] and box[1] < b[3] and b[1] < box[3] for b in taken
        ):
            return box
    return None


def places(codes: Sequence[str]) -> list[str]:
    """Those of the codes that the map has no place for."""
    centres = _world()["centres"]
    return [code for code in codes if code not in centres]
