"""Make ``pipeline/data/weights.json`` from labelled articles, and measure by cross-validation.

    python -m bench.train GOLD.jsonl… [--folds 5] [--write] [--errors N]

GOLD has the codebook's fields (``id lang outlet_country published title text relevant records``).
With ``--write`` the weights are fitted on everything and written; the figures printed before are
always those of articles that the weights had not seen.
"""

from __future__ import annotations

import argparse
import json
import pathlib
import sys
import zlib
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

import numpy as np
from sklearn.feature_extraction import DictVectorizer
from sklearn.linear_model import LogisticRegression

from pipeline.fields import count, drugs, kind, load, place, share, stage, term, when
from pipeline.fields.case import Candidate, Reading
from pipeline.groups import Group
from pipeline.records import COUNTED, case_of, make_records, split_signals
from pipeline.segments import split_sentences
from pipeline.territory import candidates as country_options
from pipeline.territory import country_features
from pipeline.types import Article
from pipeline.nations import find_nations, is_named
from pipeline.understand import held_signals, people_of, read, weigh_reading
from pipeline.verdict import judge, verdict_signals

HERE = pathlib.Path(__file__).parent
Row = tuple[dict[str, float], int, float]
PENALTY = {"held": 0.25, "nationality": 1.0, "member": 0.1, "country": 0.5, "verdict": 1.0, "drugs": 0.3, "place": 0.3, "stage": 0.5}


def article_of(gold: dict[str, Any]) -> Article:
    """A labelled article as the program would see it."""
    title, text, language = gold["title"] or "", gold["text"], gold["lang"]
    whole = f"{title}\n{text}" if title else text
    published = gold.get("published") or ""
    # A month or a year alone stands for its first day.
    published = (
        (published + "-01-01"[len(published) - 4 :])[:10] if len(published) in (4, 7) else published[:10]
    )
    return Article(
        url="",
        source="",
        title=title,
        text=whole,
        language=language,
        published=datetime.fromisoformat(published).replace(tzinfo=UTC) if published else None,
        date_origin=None,
        outlet_country=gold.get("outlet_country"),
        segments=split_sentences(whole, language, has_title=bool(title)),
    )


def read_gold(gold: dict[str, Any]) -> Reading:
    """The reading of a labelled article."""
    return read(article_of(gold))


def align(reading: Reading, gold: dict[str, Any]) -> list[tuple[dict[str, Any], Group, tuple[Group, ...]]]:
    """Each gold record with the phrase that stands for it and all its phrases."""
    out = []
    text = reading.doc.text
    records = gold["records"]
    for record in records:
        at = text.find(record["evidence"])
        end = at + len(record["evidence"])
        same = [
            r
            for r in records
            if (r["nationality"], r["country"]) == (record["nationality"], record["country"])
        ]
        phrases = [
            g for g in reading.groups
            if g.nationality == record["nationality"] and g.form != "attribute" and g.country in ("", record["country"])
            and (not g.form.startswith("number") or g.count == record["count"])
        ]  # fmt: skip
        if not phrases:
            continue

        def fit(g: Group, at: int = at, end: int = end, record: dict[str, Any] = record) -> float:
            inside = 2.0 * (at <= g.start < end)
            return (
                inside
                + 1.5 * (g.count == record["count"] and g.count is not None)
                + 0.5 * (g.counted_by in COUNTED)
                - g.start / 1e6
            )

        best = max(phrases, key=fit)
        if len(same) > 1 and not (at <= best.start < end):
            continue
        own = tuple(phrases) if len(same) == 1 else (best,)
        out.append((record, best, own))
    return out


def _options(model: str, options: Iterable[Candidate], right: Any) -> list[Row]:
    rows = [(c.signals, int(bool(right(c.value))), 1.0) for c in options]
    return rows if any(label for _, label, _ in rows) else []


def rows_of(reading: Reading, gold: dict[str, Any]) -> dict[str, list[Row]]:
    """Training rows of every model from one article."""
    rows: dict[str, list[Row]] = {}
    nationalities = {r["nationality"] for r in gold["records"]}
    evidence_spans = []
    for record in gold["records"]:
        at = reading.doc.text.find(record["evidence"])
        evidence_spans.append((at, at + len(record["evidence"]), record))
    people = people_of(reading)
    for nation in find_nations(reading):
        label = int(nation.nationality in nationalities)
        rows.setdefault("nationality", []).append((nation.signals, label, 1.0))
        if gold["relevant"]:
            rows.setdefault("member", []).append((nation.signals, label, 1.0))
    for index, group in enumerate(reading.groups):
        if group.form == "attribute" or not gold["relevant"]:
            continue
        label = int(group.nationality in nationalities)
        wanted = [
            r
            for r in gold["records"]
            if r["nationality"] == group.nationality and group.country in ("", r["country"])
        ]
        if group.form.startswith("number") or (
            wanted and group.counted_by in COUNTED and all(r["kind"] != "event" for r in wanted)
        ):
            label = int(any(r["count"] == group.count for r in wanted))
        inside = any(
            a <= group.start < b and r["nationality"] == group.nationality for a, b, r in evidence_spans
        )
        weight = 1.0 if inside or not label else 0.4
        rows.setdefault("held", []).append((held_signals(reading, index), label, weight))
        held_in = {r["country"] for r in gold["records"]}
        if not label and group.nationality not in nationalities and group.nationality in held_in and is_named(group):
            for c in country_options(reading.doc, reading.evidence):
                signals = country_features(reading.doc, reading.evidence, group, c, people)
                rows.setdefault("country", []).append((signals, int(c == group.nationality), 0.5))
        if label:
            countries = {r["country"] for r in gold["records"] if r["nationality"] == group.nationality}
            if len(countries) > 1:
                countries = {
                    r["country"]
                    for a, b, r in evidence_spans
                    if r["nationality"] == group.nationality and a <= group.start < b
                }
            if len(countries) == 1:
                options = country_options(reading.doc, reading.evidence)
                if countries & set(options):
                    for c in options:
                        signals = country_features(reading.doc, reading.evidence, group, c, people)
                        rows.setdefault("country", []).append(
                            (signals, int(c in countries), 1.0 if inside else 0.5)
                        )
    for nationality, country in sorted({(r["nationality"], r["country"]) for r in gold["records"] if r["kind"] == "event"}):
        spans = [(a, b) for a, b, r in evidence_spans if (r["nationality"], r["country"], r["kind"]) == (nationality, country, "event")]
        phrases = [g for g in reading.groups if g.nationality == nationality and is_named(g)]
        known = [g for g in phrases if any(a <= g.start < b for a, b in spans)] if len(spans) > 1 else phrases

        def which(g: Group, spans: list[tuple[int, int]] = spans) -> int:
            return next((n for n, (a, b) in enumerate(spans) if a <= g.start < b), 0) if len(spans) > 1 else 0

        for former, group in pairwise(known):
            rows.setdefault("split", []).append((split_signals(reading, former, group), int(which(former) != which(group)), 1.0))
    aligned = align(reading, gold)
    for record, best, own in aligned:
        rivals = tuple(g for r, g, _ in aligned if r["country"] != record["country"])
        case = case_of(reading, best, record["country"], record["kind"], own, rivals)
        case = type(case)(
            **{f: getattr(case, f) for f in ("reading", "group", "country", "kind", "rivals", "own")},
            stage=record["stage"],
        )
        agrees = SCORER.agrees
        plain = {
            "kind": (kind.candidates(case), lambda v, r=record: v == r["kind"]),
            "stage": (stage.candidates(case), lambda v, r=record: v == r["stage"]),
            "count": (count.candidates(case, own), lambda v, r=record: v == r["count"]),
            "load": (load.candidates(case), lambda v, r=record: agrees("quantity_kg", r, {"quantity_kg": v})),
            "term": (term.candidates(case), lambda v, r=record: agrees("sentence", r, {"sentence": v})),
            "share": (share.candidates(case), lambda v, r=record: agrees("drug_share", r, {"drug_share": v})),
            "when": (when.candidates(case), lambda v, r=record: agrees("when", r, {"when": v})),
            "place": (place.candidates(case), lambda v, r=record: agrees("place", r, {"place": v})),
        }
        for model, (options, right) in plain.items():
            rows.setdefault(model, []).extend(_options(model, options, right))
        for option in drugs.candidates(case):
            rows.setdefault("drugs", []).append((option.signals, int(option.value in record["drugs"]), 1.0))
    return rows


def fit(rows: list[Row], penalty: float) -> dict[str, float]:
    """Weights of one model by logistic regression."""
    if len({label for _, label, _ in rows}) < 2:
        return {}
    vectorizer = DictVectorizer()
    matrix = vectorizer.fit_transform([signals for signals, _, _ in rows])
    matrix.indices, matrix.indptr = matrix.indices.astype(np.int32), matrix.indptr.astype(np.int32)
    model = LogisticRegression(C=penalty, max_iter=300, fit_intercept=False, solver="liblinear")
    model.fit(
        matrix, np.array([label for _, label, _ in rows]), sample_weight=np.array([w for _, _, w in rows])
    )
    return {
        str(name): round(float(weight), 4)
        for name, weight in zip(vectorizer.get_feature_names_out(), model.coef_[0], strict=True)
        if abs(weight) >= 0.005
    }


def train(parts: list[dict[str, list[Row]]]) -> dict[str, dict[str, float]]:
    """All models from the rows of several articles."""
    rows: dict[str, list[Row]] = {}
    for part in parts:
        for model, more in part.items():
            rows.setdefault(model, []).extend(more)
    return {model: fit(more, PENALTY.get(model, 1.0)) for model, more in sorted(rows.items())}


def predict(reading: Reading, gold: dict[str, Any], weights: dict[str, dict[str, float]]) -> dict[str, Any]:
    """What the program says of an article by the given weights, in the codebook's fields."""
    understanding = weigh_reading(reading, weights)
    records = make_records(understanding, weights)
    relevant, score = judge(understanding, weights)
    relevant = relevant and bool(records)
    return {
        "id": gold["id"], "relevant": relevant, "score": score,
        "records": [
            {"nationality": r.nationality, "country": r.country, "count": r.count, "kind": r.kind.value, "stage": r.stage.value,
             "drugs": [d.value for d in r.drugs], "quantity_kg": r.quantity_kg, "sentence": r.sentence, "drug_share": r.drug_share,
             "when": r.when, "place": r.place, "evidence": r.evidence.text} for r in records] if relevant else [],
    }  # fmt: skip


def load_scorer(path: pathlib.Path) -> Any:
    """The corpus's own scorer as a module."""
    import importlib.util

    spec = importlib.util.spec_from_file_location("score", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


SCORER: Any = load_scorer(HERE.parent.parent / "shared" / "corpus" / "score.py")


def _work(gold: dict[str, Any]) -> tuple[Reading, dict[str, list[Row]]]:
    reading = read_gold(gold)
    return reading, rows_of(reading, gold)


def _fold(
    args: tuple[list[int], list[int], list[Reading], list[dict[str, list[Row]]], list[dict[str, Any]]],
) -> list[dict[str, Any]]:
    inside, outside, readings, rows, golds = args
    half = [i for n, i in enumerate(inside) if n % 2]
    other = [i for n, i in enumerate(inside) if not n % 2]
    # The verdict learns from phrases weighed by models that had not seen them.
    parts = []
    for a, b in ((half, other), (other, half)):
        weights = train([rows[i] for i in a])
        parts += [
            (
                verdict_signals(weigh_reading(readings[i], weights)),
                int(golds[i]["relevant"]),
                1.0,
            )
            for i in b
        ]
    weights = train([rows[i] for i in inside])
    weights["verdict"] = fit(parts, PENALTY["verdict"])
    return [predict(readings[i], golds[i], weights) for i in outside]


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("gold", nargs="+", type=pathlib.Path)
    parser.add_argument("--folds", type=int, default=5)
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--errors", type=int, default=0)
    parser.add_argument("--out", type=pathlib.Path, help="write the predictions here")
    args = parser.parse_args()
    golds = [json.loads(line) for path in args.gold for line in path.open(encoding="utf-8") if line.strip()]
    with ProcessPoolExecutor(3) as pool:
        readings, rows = zip(*pool.map(_work, golds, chunksize=20), strict=True)
        fold = [zlib.crc32(str(g["id"]).encode()) % args.folds for g in golds]
        jobs = []
        for k in range(args.folds):
            inside = [i for i in range(len(golds)) if fold[i] != k]
            outside = [i for i in range(len(golds)) if fold[i] == k]
            jobs.append((inside, outside, list(readings), list(rows), golds))
        predicted = [p for part in pool.map(_fold, jobs) for p in part]
    report(golds, predicted, args.errors)
    if args.out:
        args.out.write_text(
            "".join(json.dumps(p, ensure_ascii=False) + "\n" for p in predicted), encoding="utf-8"
        )
    if args.write:
        everything = list(range(len(golds)))
        verdict_rows = []
        for parity in (0, 1):
            weights = train([rows[i] for i in everything if i % 2 == parity])
            verdict_rows += [
                (verdict_signals(weigh_reading(readings[i], weights)), int(golds[i]["relevant"]), 1.0)
                for i in everything if i % 2 != parity
            ]  # fmt: skip
        weights = train(list(rows))
        weights["verdict"] = fit(verdict_rows, PENALTY["verdict"])
        target = HERE.parent / "pipeline" / "data" / "weights.json"
        target.write_text(
            json.dumps(weights, ensure_ascii=False, indent=0, sort_keys=True) + "\n", encoding="utf-8"
        )
        print(f"wrote {sum(map(len, weights.values()))} weights")


def report(golds: list[dict[str, Any]], predicted: list[dict[str, Any]], errors: int) -> None:
    """Print the corpus's figures, all and by language."""
    gold = {g["id"]: g for g in golds}
    guess = {p["id"]: p for p in predicted}
    overall, wrong = SCORER.score(gold, guess)
    for name in ["all", *sorted({g["lang"] for g in golds})]:
        part = gold if name == "all" else {k: g for k, g in gold.items() if g["lang"] == name}
        s = overall if name == "all" else SCORER.score(part, guess)[0]
        v, p, r = s["relevance"], s["pairs"], s["records"]
        print(
            f"{name:4} n={s['articles']:4} verdict P {v['precision']:.3f} R {v['recall']:.3f} F1 {v['f1']:.3f}"
            f" | pairs P {p['precision']:.3f} R {p['recall']:.3f} F1 {p['f1']:.3f} | records P {r['precision']:.3f} R {r['recall']:.3f} F1 {r['f1']:.3f}"
        )
    print(
        "  ".join(f"{k} {v:.3f}" if v is not None else f"{k} -" for k, v in overall["fields"].items()),
        " evidence",
        overall["evidence"],
    )
    for error in wrong[:errors]:
        print("  ", *error, sep=" | ")


if __name__ == "__main__":
    sys.exit(main())
