"""Dates seen from the one that the text gave last: "that year", "three months later", "the same period"."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.measures.periods import Moment, written

OF_SAID = frozenset(
    {"year_after", "year_before", "same_year", "months_after", "same_period", "same_period_last_year"}
)
"""The tags of phrases that mean nothing without a date before them."""
YEARS = range(1900, 2101)


@dataclass(slots=True)
class Said:
    """What a text has said of time so far."""

    year: int | None = None  # of the last date with a year of its own
    month: tuple[int, int] | None = None  # year and month of the last date that has one
    period: str | None = None  # the last period

    def note(self, value: str, *, relative: bool) -> None:
        """Remember a date or period as the one said last."""
        last = value.rpartition("/")[2]
        if not relative:
            self.year = int(last[:4])
        if len(last) >= 7:
            self.month = int(last[:4]), int(last[5:7])
        if "/" in value:
            self.period = value

    def value(self, tag: str, slots: dict[str, int]) -> str | None:
        """What a phrase with one of ``OF_SAID`` means; None where nothing was said that it points to."""
        match tag:
            case "months_after" if self.month is not None:
                index = self.month[0] * 12 + self.month[1] - 1 + slots.get("n", 1)
                return _checked(Moment(index // 12, index % 12 + 1, None))
            case "same_period" if self.period is not None:
                years = 0 if "y" not in slots else slots["y"] - int(self.period.rpartition("/")[2][:4])
                return moved(self.period, years)
            case "same_period_last_year" if self.period is not None:
                return moved(self.period, -1)
            case "year_after" | "year_before" | "same_year" if self.year is not None:
                step = {"year_after": slots.get("n", 1), "year_before": -slots.get("n", 1)}.get(tag, 0)
                return _checked(Moment(self.year + step, slots.get("m"), slots.get("d")))
        return None


def moved(period: str, years: int) -> str | None:
    """The same days or months ``years`` later; None where there are none."""
    ends = []
    for end in period.split("/"):
        year, month, day = (*(int(part) for part in end.split("-")), None, None)[:3]
        moment = _checked(Moment((year or 0) + years, month, day))
        if moment is None:
            return None
        ends.append(moment)
    return "/".join(ends)


def _checked(moment: Moment) -> str | None:
    return written(moment) if moment.exists() and moment.year in YEARS else None
