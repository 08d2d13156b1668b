"""python -m bench [PART]: what is measured, side by side with what others do."""

from __future__ import annotations

import importlib
import sys

PARTS = (
    "crawl", "read", "cases", "alerts", "trends", "storage", "web", "cluster_crawl", "backfill", "cluster",
)  # fmt: skip


def main() -> None:
    """Run one part with its own arguments, or all without."""
    chosen, arguments = PARTS, sys.argv[1:]
    if arguments and not arguments[0].startswith("-"):
        if arguments[0] not in PARTS:
            raise SystemExit(f"There is no benchmark {arguments[0]!r}. Known: {', '.join(PARTS)}")
        chosen, arguments = (arguments[0],), arguments[1:]
    for part in chosen:
        importlib.import_module(f"bench.{part}").main(arguments)


if __name__ == "__main__":
    main()
