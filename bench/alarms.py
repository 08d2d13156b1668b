"""False alarms at the real base rate: read tens of thousands of ordinary articles and list the alarms.

    python -m bench.alarms [--each N] [--workers 3] [--out FILE]

The articles lie in ../shared/general and are not part of the project; almost none is relevant.
Articles whose labels are known count as what they are; the others are for a person to look at.
"""

from __future__ import annotations

import argparse
import json
import pathlib
import sys
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from typing import Any

from bench.gold import OUTLET_COUNTRY, SHARED, read_lines, real_articles
from pipeline.process import process_text
from pipeline.types import Extracted
from pipeline.vocabulary import LANGUAGES

NOW = datetime(2026, 11, 1, tzinfo=UTC)


def _moment(published: str | None) -> datetime | None:
    try:
        return datetime.fromisoformat((published or "")[:10]).replace(tzinfo=UTC)
    except ValueError:
        return None


def alarm(row: dict[str, Any]) -> dict[str, Any] | None:
    """What the program says of an article, or None when it is not taken as relevant."""
    outcome = process_text(
        "",
        row.get("title") or "",
        row["text"],
        language=row["lang"],
        published=_moment(row.get("published")),
        outlet_country=OUTLET_COUNTRY.get(row["set"]),
        source_slug="",
        now=NOW,
    )
    if not isinstance(outcome, Extracted):
        return None
    first = outcome.records[0]
    return {
        "set": row["set"],
        "id": row["id"],
        "title": row.get("title") or "",
        "score": outcome.assessment.score,
        "records": len(outcome.records),
        "first": f"{first.count} {first.nationality} in {first.country} {first.stage.value}",
        "evidence": first.evidence.text[:300],
    }


def main() -> int:
    """The command."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--each", type=int, default=10**9, help="articles of each set, evenly spread")
    parser.add_argument("--workers", type=int, default=3)
    parser.add_argument("--out", type=pathlib.Path, help="write the alarms here, one object a line")
    args = parser.parse_args()
    rows = []
    for file in sorted((SHARED / "general").glob("*.jsonl.gz")):
        part = [row for row in read_lines(file) if row["lang"] in LANGUAGES and row["text"]]
        name = file.name.removesuffix(".jsonl.gz")
        rows += [row | {"set": name} for row in part[:: max(1, len(part) // args.each)][: args.each]]
    if not rows:
        print("../shared/general is not here", file=sys.stderr)
        return 1
    labels = {row["id"]: row["relevant"] for row in real_articles()}
    with ProcessPoolExecutor(args.workers) as pool:
        found = [one for one in pool.map(alarm, rows, chunksize=50) if one is not None]
    for one in found:
        one["label"] = labels.get(one["id"])
    for name in sorted({row["set"] for row in rows}):
        mine = [one for one in found if one["set"] == name]
        known = [one["label"] for one in mine]
        counts = f"{known.count(True)} labelled relevant, {known.count(False)} labelled not"
        total = sum(row["set"] == name for row in rows)
        print(f"{name}: {total} articles, {len(mine)} alarms: {counts}, {known.count(None)} not labelled")
    if args.out:
        args.out.write_text("".join(json.dumps(one, ensure_ascii=False) + "\n" for one in found), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
