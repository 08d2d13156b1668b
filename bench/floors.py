"""The accuracy floors: measured by cross-validation, pinned in ``tests/gate/floors.json``.

    python -m bench.floors [--lower]

Floors only rise: a figure under its floor is an error unless ``--lower`` is given. A floor is the
figure rounded down to whole hundredths, so that another version of a library does not break it.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import math
import pathlib
import sys
from typing import Any

from bench.gold import DEV, ROOT, case_articles, dev_articles, golden_articles, load_scorer, real_articles
from bench.train import copies, cross_validate

FLOORS = ROOT / "tests" / "gate" / "floors.json"


def corpus_hash() -> str:
    """SHA-256 of the development corpus."""
    return hashlib.sha256(DEV.read_bytes()).hexdigest()


def _flat(scores: dict[str, Any]) -> dict[str, float]:
    out = {"relevance F1": scores["relevance"]["f1"], "relevance recall": scores["relevance"]["recall"]}
    out |= {"pairs F1": scores["pairs"]["f1"], "records F1": scores["records"]["f1"]}
    out |= {f"field {name}": value for name, value in scores["fields"].items() if value is not None}
    out["evidence"] = scores["evidence"]
    return out


def measure() -> dict[str, dict[str, float]]:
    """Figures of the development corpus: "all", each language, and "real" for the real articles."""
    scorer = load_scorer()
    dev, real = dev_articles(), real_articles()
    predicted, *_ = cross_validate([*dev, *real, *golden_articles(), *case_articles()])
    guess = {p["id"]: p for p in predicted}
    dev, real = copies(dev), copies(real)
    out = {"all": _flat(scorer.score({g["id"]: g for g in dev}, guess)[0])}
    for language in sorted({g["lang"] for g in dev}):
        part = {g["id"]: g for g in dev if g["lang"] == language}
        figures = _flat(scorer.score(part, guess)[0])
        out[language] = {k: v for k, v in figures.items() if k.endswith(("F1", "recall"))}
    if real:
        out["real"] = _flat(scorer.score({g["id"]: g for g in real}, guess)[0])
    return out


def below(floors: dict[str, dict[str, float]], figures: dict[str, dict[str, float]]) -> list[str]:
    """One line for each figure that is under its floor or was not measured."""
    return [
        f"{part}: {name} is {figures.get(part, {}).get(name)}, its floor is {floor}"
        for part, names in floors.items()
        for name, floor in names.items()
        if figures.get(part, {}).get(name, -1.0) < floor
    ]


def read_floors(path: pathlib.Path = FLOORS) -> dict[str, Any]:
    """``{"corpus": hash, "floors": part → name → figure}``."""
    floors: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return floors


def main() -> int:
    """Measure and raise the floors. Exit code 1 when one would have to be lowered."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--lower", action="store_true", help="let floors go down")
    args = parser.parse_args()
    figures = measure()
    old = read_floors()["floors"] if FLOORS.is_file() else {}
    fallen = below(old, figures)
    if fallen and not args.lower:
        print("\n".join(fallen), file=sys.stderr)
        return 1
    floors = {
        part: {name: math.floor(value * 100 + 1e-9) / 100 for name, value in names.items()}
        for part, names in figures.items()
    }
    text = json.dumps({"corpus": corpus_hash(), "floors": floors}, indent=1, sort_keys=True)
    FLOORS.write_text(text + "\n", encoding="utf-8")
    print(f"{sum(map(len, floors.values()))} floors in {FLOORS}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
