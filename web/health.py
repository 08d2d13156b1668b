"""How sources stand, in the order in which they need a look. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from pipeline.types import Source
from storage.health_values import SourceHealth


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A source and how it stands; either may be unknown."""

    slug: str
    source: Source | None  # None: it is followed no more
    health: SourceHealth | None  # None: it was never asked

    @property
    def well(self) -> bool:
        return self.health is not None and self.health.state.well

    @property
    def word(self) -> str:
        """Its state in a word."""
        return self.health.state.value if self.health else "not asked yet"


def standings(healths: Mapping[str, SourceHealth], sources: Mapping[str, Source]) -> tuple[Standing, ...]:
    """The sources that are followed, those that need a look first."""
    made = [Standing(slug=slug, source=source, health=healths.get(slug)) for slug, source in sources.items()]
    return tuple(sorted(made, key=_rank))


def in_trouble(healths: Iterable[SourceHealth], sources: Mapping[str, Source]) -> tuple[Standing, ...]:
    """Of them those that do not stand well."""
    known = {health.source: health for health in healths if not health.state.well}
    return tuple(each for each in standings(known, sources) if each.health is not None)


def _rank(each: Standing) -> tuple[int, float, str]:
    """What the operator is told of, other trouble, notes, those that are well, those never asked; in the
    first three the latest first."""
    health = each.health
    if health is None:
        return 4, 0.0, each.slug
    place = 0 if health.alarm else 1 if not health.state.well else 2 if health.detail else 3
    return place, -health.since.timestamp() if place < 3 else 0.0, each.slug
