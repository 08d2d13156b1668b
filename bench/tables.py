"""The figures of a cross-validation as Markdown tables, for docs/accuracy.md.

python -m bench.tables > FILE
"""

from __future__ import annotations

import sys
from typing import Any

from bench.gold import case_articles, dev_articles, golden_articles, load_scorer, real_articles
from bench.train import REPEATS, copies, cross_validate, found


def table(golds: list[dict[str, Any]], guess: dict[str, Any]) -> str:
    """Verdict, pairs and records with precision and recall apart, all and by language."""
    scorer = load_scorer()
    lines = [
        "| language | articles | verdict P / R / F1 | pairs P / R / F1 | records P / R / F1 |",
        "| --- | --- | --- | --- | --- |",
    ]
    for name in ("all", *sorted({g["lang"] for g in golds})):
        part = {g["id"]: g for g in golds if name in ("all", g["lang"])}
        figures, _ = scorer.score(part, guess)
        cells = [
            " / ".join(f"{figures[key][part_]:.3f}" for part_ in ("precision", "recall", "f1"))
            for key in ("relevance", "pairs", "records")
        ]
        lines.append(f"| {name} | {len(part) // REPEATS} | {' | '.join(cells)} |")
    return "\n".join(lines)


def fields(sets: dict[str, list[dict[str, Any]]], guess: dict[str, Any]) -> str:
    """The fields of records whose pair was found, one column a set."""
    scorer = load_scorer()
    scores = {name: scorer.score({g["id"]: g for g in part}, guess)[0] for name, part in sets.items()}
    lines = [f"| field | {' | '.join(sets)} |", "| --- |" + " --- |" * len(sets)]
    for field in scorer.FIELDS:
        lines.append(
            f"| {field} | " + " | ".join(f"{s['fields'][field]:.3f}" for s in scores.values()) + " |"
        )
    lines.append(
        "| evidence verbatim | " + " | ".join(f"{s['evidence']:.3f}" for s in scores.values()) + " |"
    )
    return "\n".join(lines)


def main() -> int:
    """Print the tables."""
    sets = {"dev": dev_articles(), "real": real_articles(), "golden": golden_articles()}
    cases = case_articles()
    predicted, *_ = cross_validate([*(gold for part in sets.values() for gold in part), *cases])
    guess = {p["id"]: p for p in predicted}
    sets = {name: copies(part) for name, part in sets.items()}
    for name, part in sets.items():
        print(f"### {name}\n\n{table(part, guess)}\n")
    if cases:
        articles, pairs = found(copies(cases), predicted)
        print(f"### cases\n\nfound: {articles:.3f} of the articles, {pairs:.3f} of the pairs\n")
    print(f"### fields\n\n{fields(sets, guess)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
