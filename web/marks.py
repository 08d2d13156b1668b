"""How each form of chart is drawn; see drawing.py. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from html import escape

from pipeline.amounts import say_number
from pipeline.charts import COLOURS, Chart
from web.drawing import HEIGHT, LEFT, LETTER, MOST_LABELS, RIGHT, TOP, Drawing, in_colours

A_YEAR = 366
MOST_MARKED = 400
"""Pieces of time of a chart of lines whose points are marked."""
MOST_MARKED_NARROW = 40
_SHAPES: tuple[Callable[[float, float, float], str], ...] = (
    lambda x, y, r: f"M{x - r:.1f} {y:.1f}a{r} {r} 0 1 0 {2 * r} 0a{r} {r} 0 1 0 {-2 * r} 0z",
    lambda x, y, r: f"M{x - r:.1f} {y - r:.1f}h{2 * r}v{2 * r}h{-2 * r}z",
    lambda x, y, r: f"M{x:.1f} {y - 1.3 * r:.1f}l{1.2 * r:.1f} {2.2 * r:.1f}h{-2.4 * r:.1f}z",
    lambda x, y, r: (
        f"M{x:.1f} {y - 1.4 * r:.1f}l{1.4 * r:.1f} {1.4 * r:.1f}l{-1.4 * r:.1f} {1.4 * r:.1f}"
        f"l{-1.4 * r:.1f} {-1.4 * r:.1f}z"
    ),
    lambda x, y, r: (
        f"M{x - r:.1f} {y - r / 3:.1f}h{r * 2 / 3:.1f}v{-r * 2 / 3:.1f}h{r * 2 / 3:.1f}"
        f"v{r * 2 / 3:.1f}h{r * 2 / 3:.1f}v{r * 2 / 3:.1f}h{-r * 2 / 3:.1f}v{r * 2 / 3:.1f}h{-r * 2 / 3:.1f}"
        f"v{-r * 2 / 3:.1f}h{-r * 2 / 3:.1f}z"
    ),
    lambda x, y, r: f"M{x:.1f} {y + 1.3 * r:.1f}l{1.2 * r:.1f} {-2.2 * r:.1f}h{-2.4 * r:.1f}z",
    lambda x, y, r: f"M{x + 1.3 * r:.1f} {y:.1f}l{-2.2 * r:.1f} {1.2 * r:.1f}v{-2.4 * r:.1f}z",
)


def dot(number: int, x: float, y: float, *, hollow: bool = False, size: float = 4.0) -> str:
    """The mark of a line."""
    path = _SHAPES[number % len(_SHAPES)](x, y, size)
    # A wider, unseen one around it can be hit with a finger.
    around = f'<circle cx="{x:.1f}" cy="{y:.1f}" r="9" fill="transparent"/>'
    filled = 'class="paper" fill="#ffffff"' if hollow else 'fill="currentColor"'
    return f'{around}<path d="{path}" {filled} stroke="currentColor" stroke-width="1.6"/>'


def _labels(drawing: Drawing, labels: Sequence[str], places: Sequence[float]) -> None:
    """Labels of pieces of time below the field, as many as there is room for."""
    half = max(map(len, labels), default=0) * LETTER / 2
    fit = max(2, int((drawing.width - LEFT - RIGHT) / (2 * half + LETTER)))
    step = max(1, -(-len(labels) // min(fit, MOST_LABELS)))
    for number in range(0, len(labels), step):
        # The last one must not stand over the edge.
        x = min(places[number], drawing.width - half)
        drawing.text(x, TOP + HEIGHT + 16, labels[number], anchor="middle", soft=True)
    drawing.height = TOP + HEIGHT + 22


def _number(value: float | None) -> str:
    return "not known" if value is None else say_number(round(value, 1))


def bars(drawing: Drawing, chart: Chart) -> None:
    """A bar for each piece of time."""
    place = drawing.values(max((row["value"] or 0 for row in chart.rows), default=0), chart.value)
    wide = (drawing.width - LEFT - RIGHT) / max(1, len(chart.rows))
    for number, row in enumerate(chart.rows):
        x, value = LEFT + wide * number, row["value"] or 0
        if not row["complete"]:
            drawing.shade(x, wide)
        if not value:
            continue
        top = place(value)
        gap = min(wide * 0.12, 6)
        how = 'fill="currentColor"' if row["complete"] else 'fill="currentColor" fill-opacity="0.15"'
        dashed = "" if row["complete"] else ' stroke-dasharray="3 2"'
        shape = (
            f'<rect x="{x + gap:.1f}" y="{top:.1f}" width="{max(wide - 2 * gap, 0.8):.1f}" '
            f'height="{TOP + HEIGHT - top:.1f}" {how} stroke="currentColor"{dashed}/>'
        )
        says = f"{row['label']}: {_number(row['value'])} {chart.value}"
        drawing.mark(row, 0, shape, says + ("" if row["complete"] else " (incomplete)"))
    centres = [LEFT + wide * (number + 0.5) for number in range(len(chart.rows))]
    _labels(drawing, [row["label"] for row in chart.rows], centres)


def lines(drawing: Drawing, chart: Chart) -> None:
    """A line for each key."""
    labels = list(dict.fromkeys(row["label"] for row in chart.rows))
    place = drawing.values(max((row["value"] or 0 for row in chart.rows), default=0), chart.value)
    wide = (drawing.width - LEFT - RIGHT) / max(1, len(labels))
    at = {label: LEFT + wide * (number + 0.5) for number, label in enumerate(labels)}
    for label in dict.fromkeys(row["label"] for row in chart.rows if not row["complete"]):
        drawing.shade(at[label] - wide / 2, wide)
    most_marked = MOST_MARKED_NARROW if drawing.narrow else MOST_MARKED
    names = []
    for number, key, rows in in_colours(chart.rows):
        names.append(key)
        path, pen = [], "M"
        for row in rows:
            if row["value"] is None:
                pen = "M"
                continue
            path.append(f"{pen}{at[row['label']]:.1f} {place(row['value']):.1f}")
            pen = "L"
        colour = COLOURS[number % len(COLOURS)]
        drawing.add(
            f'<path class="c{number}" color="{colour}" d="{"".join(path)}" fill="none" '
            'stroke="currentColor" stroke-width="2"/>'
        )
        size = 4.0 if wide > 12 else 2.2
        for row in rows:
            # Nothing is behind a nought, and the line shows it; of very many marks none could be hit.
            if row["value"] and len(labels) <= most_marked:
                says = f"{key}, {row['label']}: {_number(row['value'])} {chart.value}"
                says += "" if row["complete"] else " (incomplete)"
                shape = dot(
                    number, at[row["label"]], place(row["value"]), hollow=not row["complete"], size=size
                )
                drawing.mark(row, number, shape, says)
    _labels(drawing, labels, [at[label] for label in labels])
    drawing.legend(names, dot)


def _days(drawing: Drawing, days: Sequence[str]) -> Callable[[str], float]:
    """An axis of days, with years or months as its labels; gives where a day lies."""
    numbers = [date.fromisoformat(day).toordinal() for day in days]
    first, last = min(numbers) - 20, max(numbers) + 20
    wide = drawing.width - LEFT - RIGHT

    def at(day: str) -> float:
        return LEFT + wide * (date.fromisoformat(day).toordinal() - first) / (last - first)

    begin, end = date.fromordinal(first), date.fromordinal(last)
    years = end.year - begin.year
    fit = min(MOST_LABELS, int(wide / (LETTER * (6 if years >= 2 else 9))))
    step = max(1, -(-years // fit))
    marks = [date(year, 1, 1) for year in range(begin.year, end.year + 1, step)]
    if years < 2:
        months = range(1, 13) if last - first < A_YEAR else (1, 4, 7, 10)
        marks = [date(y, m, 1) for y in range(begin.year, end.year + 1) for m in months]
        marks = [mark for mark in marks if first <= mark.toordinal() <= last]
        marks = marks[:: max(1, -(-len(marks) // fit))]
    for mark in marks:
        if first <= mark.toordinal() <= last:
            x = at(mark.isoformat())
            drawing.rule(x, TOP, x, TOP + HEIGHT)
            drawing.text(
                x, TOP + HEIGHT + 16, mark.isoformat()[: 4 if years >= 2 else 7], anchor="middle", soft=True
            )
    drawing.height = TOP + HEIGHT + 22
    return at


def points(drawing: Drawing, chart: Chart) -> None:
    """Stocks: points at their moments, joined where they are of one office."""
    place = drawing.values(max((row["value"] for row in chart.rows), default=0), chart.value)
    at = _days(drawing, [row["day"] for row in chart.rows])
    names = []
    for number, key, rows in in_colours(chart.rows):
        names.append(key)
        spots = [(at(row["day"]), place(row["value"])) for row in rows]
        way = [f"{x:.1f} {y:.1f}" for row, (x, y) in zip(rows, spots, strict=True) if row["drawn"]]
        if len(way) > 1:
            colour = COLOURS[number % len(COLOURS)]
            drawing.add(
                f'<path class="c{number}" color="{colour}" d="M{"L".join(way)}" fill="none" '
                'stroke="currentColor" stroke-width="2"/>'
            )
        # Of marks that lie on one spot the last, which hides the others.
        last = {
            (round(x), round(y), row["replaced"]): n
            for n, (row, (x, y)) in enumerate(zip(rows, spots, strict=True))
        }
        for n in sorted(last.values()):
            row, (x, y) = rows[n], spots[n]
            says = f"{key}, {row['day']}: {row['text']} {chart.value}"
            says += ", replaced by a later figure" if row["replaced"] else ""
            drawing.mark(row, number, dot(number, x, y, hollow=row["replaced"]), says)
    drawing.legend(names, dot)


def spans(drawing: Drawing, chart: Chart) -> None:
    """Flows: a bar over each period, at the height of its rate a year."""
    place = drawing.values(max((row["value"] for row in chart.rows), default=0), chart.value)
    at = _days(drawing, [row[end] for row in chart.rows for end in ("first", "last")])
    names = []
    for number, key, rows in in_colours(chart.rows):
        names.append(key)
        for row in rows:
            begin, end, y = at(row["first"]), at(row["last"]), place(row["value"])
            dashed = ' stroke-dasharray="2 6"' if row["replaced"] else ""
            shape = (
                f'<path d="M{begin:.1f} {y:.1f}H{max(end, begin + 1):.1f}" fill="none" '
                f'stroke="currentColor" stroke-width="5" stroke-linecap="round"{dashed}/>'
            )
            says = f"{key}, {row['first']} to {row['last']}: {row['text']} {chart.value}"
            drawing.mark(row, number, shape, says)
    drawing.legend(
        names, lambda _, x, y: f'<path d="M{x - 6} {y}h12" stroke="currentColor" stroke-width="5"/>'
    )


def heat(drawing: Drawing, chart: Chart) -> None:
    """A matrix: one hue from light to dark, and the number in each square."""
    columns = list(dict.fromkeys(row["x"] for row in chart.rows))
    names = list(dict.fromkeys(row["y"] for row in chart.rows))
    most = max((row["value"] for row in chart.rows), default=1)
    left = min(120.0 if drawing.narrow else 210.0, 12 + LETTER * max(map(len, names), default=0))
    top = min(150.0, 30 + LETTER * 0.68 * max(map(len, columns), default=0))
    wide = max(26.0, min(46.0, (drawing.width - left - 60) / max(1, len(columns))))
    high = 24.0
    drawing.width = max(drawing.width, left + wide * len(columns) + 60)
    for number, name in enumerate(columns):
        x = left + wide * (number + 0.5)
        drawing.add(
            f'<text class="soft" fill="#59636e" transform="translate({x:.1f} {top - 6:.1f}) rotate(-42)">'
            f"{escape(name)}</text>"
        )
    for number, name in enumerate(names):
        label = _fitting(name, left - 14)
        drawing.text(left - 8, top + high * (number + 0.68), label, anchor="end", soft=True)
    for row in chart.rows:
        x, y = left + wide * columns.index(row["x"]), top + high * names.index(row["y"])
        share = row["value"] / most
        dark = "on" if share > 0.5 else "ink"
        shape = (
            f'<rect x="{x + 1:.1f}" y="{y + 1:.1f}" width="{wide - 2:.1f}" height="{high - 2:.1f}" '
            f'fill="currentColor" fill-opacity="{0.1 + 0.9 * share:.2f}"/>'
            f'<text class="{dark}" x="{x + wide / 2:.1f}" y="{y + high * 0.68:.1f}" text-anchor="middle" '
            f'fill="{"#ffffff" if share > 0.5 else "#222222"}">{row["value"]:,}</text>'
        )
        drawing.mark(row, 0, shape, f"{row['y']} held in {row['x']}: {row['value']:,} {chart.value}")
    drawing.height = top + high * len(names) + 8


def ranks(drawing: Drawing, chart: Chart) -> None:
    """A bar for each place, the number behind it; on a phone both stand above the bar."""
    if drawing.narrow:
        _ranks_narrow(drawing, chart)
        return
    # Names and codes have many capitals, which are wider.
    left = min(300.0, 18 + 1.1 * LETTER * max((len(row["label"]) for row in chart.rows), default=0))
    after = min(240.0, 12 + LETTER * max((len(row["text"]) for row in chart.rows), default=0))
    most = max((row["value"] or 0 for row in chart.rows), default=1) or 1
    high = 26.0
    for number, row in enumerate(chart.rows):
        y = 4 + high * number
        long = (drawing.width - left - after) * (row["value"] or 0) / most
        drawing.text(left - 8, y + 16, _fitting(row["label"], left), anchor="end")
        shape = (
            f'<rect x="{left:.1f}" y="{y + 3:.1f}" width="{max(long, 1):.1f}" height="{high - 8:.1f}" '
            'fill="currentColor"/>'
        )
        drawing.mark(row, 0, shape, f"{row['label']}: {row['text']}")
        drawing.text(left + max(long, 1) + 6, y + 16, row["text"], soft=True)
    drawing.height = 8 + high * len(chart.rows)


def _ranks_narrow(drawing: Drawing, chart: Chart) -> None:
    most = max((row["value"] or 0 for row in chart.rows), default=1) or 1
    high = 38.0
    for number, row in enumerate(chart.rows):
        y = 4 + high * number
        words = row["text"]
        drawing.text(0, y + 12, _fitting(row["label"], drawing.width - LETTER * len(words) - 10))
        drawing.text(drawing.width, y + 12, words, anchor="end", soft=True)
        long = drawing.width * (row["value"] or 0) / most
        shape = (
            f'<rect x="0" y="{y + 17:.1f}" width="{max(long, 1):.1f}" height="13" fill="currentColor"/>'
            # The whole row can be hit with a finger.
            f'<rect x="0" y="{y:.1f}" width="{drawing.width:.0f}" height="{high}" fill="transparent"/>'
        )
        drawing.mark(row, 0, shape, f"{row['label']}: {row['text']}")
    drawing.height = 8 + high * len(chart.rows)


def _fitting(label: str, room: float) -> str:
    most = int((room - 10) / LETTER)
    return label if len(label) <= most else label[: most - 1] + "…"
