"""Which outlet an address belongs to: the known source of its host, else the host itself."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlsplit

from crawler.sources import home_page
from pipeline.types import Source


class Outlets:
    """The known outlets by host. Picklable."""

    def __init__(self, sources: Iterable[Source]) -> None:
        self._by_host: dict[str, list[tuple[str, Source]]] = {}
        for source in sources:
            home = urlsplit(home_page(source))
            path = home.path if home.path.endswith("/") else f"{home.path}/"
            self._by_host.setdefault(host_name(home.hostname or ""), []).append((path, source))
        for places in self._by_host.values():
            # The longest path first, so that an edition goes before the paper that it is of.
            places.sort(key=lambda place: -len(place[0]))

    def of(self, url: str, language: str = "") -> tuple[str, Source | None]:
        """The slug under which an article is counted, and its source where that is a known one.

        Subdomains belong to the nearest outlet above them. Where several outlets share a host, the one
        counts whose home page's path the address begins with, and of several the one that writes in
        ``language`` (ISO 639-1, as the page says), else the first.
        """
        try:
            parts = urlsplit(url)
            host = host_name(parts.hostname or "")
        except ValueError:
            return "", None
        labels = host.split(".")
        for start in range(max(1, len(labels) - 1)):
            places = self._by_host.get(".".join(labels[start:]), ())
            fitting = [(path, source) for path, source in places if f"{parts.path}/".startswith(path)]
            nearest = [source for path, source in fitting if path == fitting[0][0]]
            if nearest:
                source = next((one for one in nearest if one.language == language), nearest[0])
                return source.slug, source
        return host, None


def host_name(host: str) -> str:
    """A host as an outlet is called by: lower case, without www."""
    return host.lower().rstrip(".").removeprefix("www.")
