"""Make ``pipeline/data/weights.json`` from labelled articles, and measure by cross-validation.

    python -m bench.train [GOLD.jsonl…] [--folds 5] [--write] [--errors N] [--out FILE]

Without GOLD: the development corpus, the labelled real articles, those of tests/golden, and those of the
corpus of cases, of which only the verdict, nationalities and countries are learned. GOLD has the
codebook's fields (``id lang outlet_country published title text relevant records``). The figures printed
are always those of articles that the weights had not seen; with ``--write`` the weights are
then fitted on everything and written.
"""

from __future__ import annotations

import argparse
import json
import pathlib
import sys
import zlib
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.feature_extraction import DictVectorizer
from sklearn.linear_model import LogisticRegression

from bench.gold import (
    article_of,
    case_articles,
    dev_articles,
    golden_articles,
    load_scorer,
    ordinary_articles,
    read_gold,
    read_lines,
    real_articles,
    seed_articles,
)
from bench.rows import Row, rows_of
from bench.trees import WITH_TREES, grow, write_weights
from pipeline.fields.case import Reading
from pipeline.model import Model, Weights, probability, weigh
from pipeline.nations import find_nations
from pipeline.passages import settle
from pipeline.prospect import PROMISING, prospect, prospect_signals
from pipeline.records import make_records
from pipeline.screen import could_be_relevant
from pipeline.understand import read, weigh_reading
from pipeline.verdict import verdict_signals

PENALTY = {
    "nationality": 0.1,
    "away": 0.3,
    "member": 0.1,
    "held": 0.25,
    "figure": 0.3,
    "kind": 0.3,
    "count": 0.15,
    "split": 1.0,
    "country": 1.0,
    "verdict": 0.1,
    "drugs": 0.05,
    "place": 0.3,
    "when": 0.3,
    "load": 0.2,
    "term": 0.3,
    "share": 0.1,
    "prospect": 1.0,
    "stage": 0.2,
}  # inverse strength of the pull towards zero, by model; 1.0 for the others
ORDINARY = 0.5  # how much an unlabelled article of ordinary news counts beside a labelled one
REPEATS = 3  # cross-validations, each with other parts
PARTS = 5  # the verdict learns from what models say that have not seen one part
BELOW_THE_VERDICT = frozenset({"nationality", "away", "member", "held", "country", "figure"})
INVENTED = {
    "nationality": 0.5,
    "away": 0.5,
    "verdict": 0.5,
    "member": 1.0,
    "held": 1.0,
    "country": 1.0,
    "figure": 1.0,
    "drugs": 1.0,
    "load": 1.0,
    "stage": 1.0,
}  # how much an invented article counts beside one of real facts, which are told otherwise
LABELLED_IN_PART = frozenset({"nationality", "away", "member", "held", "country"})
UNSAID = 0.5  # how much a "no" counts where not all that is there is labelled
INVENTED_FIELD = 0.3  # the same for the other fields of a record
SMALLEST = 0.005  # weights below it are dropped
Rows = dict[str, list[Row]]
Gold = dict[str, Any]


def fit(name: str, rows: list[Row]) -> Model:
    """One model: weights by logistic regression, and trees where it has some; empty when all rows have one
    answer."""
    if len({label for _, label, _ in rows}) < 2:
        return Model({})
    vectorizer = DictVectorizer()
    matrix = vectorizer.fit_transform([signals for signals, _, _ in rows])
    matrix.indices, matrix.indptr = matrix.indices.astype(np.int32), matrix.indptr.astype(np.int32)
    model = LogisticRegression(
        C=PENALTY.get(name, 1.0), max_iter=300, fit_intercept=False, solver="liblinear"
    )
    labels, importance = np.array([y for _, y, _ in rows]), np.array([w for _, _, w in rows])
    model.fit(matrix, labels, sample_weight=importance)
    names = [str(signal) for signal in vectorizer.get_feature_names_out()]
    weights = {
        signal: round(float(weight), 4)
        for signal, weight in zip(names, model.coef_[0], strict=True)
        if abs(weight) >= SMALLEST
    }
    if name not in WITH_TREES:
        return Model(weights)
    start, trees = grow(names, matrix, labels, importance)
    return Model(weights, start, trees)


def train(parts: list[Rows]) -> Weights:
    """All models but the verdict's from the rows of several articles."""
    rows: Rows = {}
    for part in parts:
        for model, more in part.items():
            rows.setdefault(model, []).extend(more)
    return {model: fit(model, more) for model, more in sorted(rows.items())}


@dataclass(frozen=True)
class Ordinary:
    """An article of ordinary news that passes the screen."""

    signals: dict[str, float]  # of its prospect
    reading: Reading


def train_all(
    readings: list[Reading], rows: list[Rows], golds: list[Gold], ordinary: list[Ordinary]
) -> Weights:
    """Every model; the verdict learns from nationalities weighed by models that had not seen them."""
    prospects = fit("prospect", _prospects(readings, golds, ordinary))
    news = [one.reading for one in ordinary if probability(weigh(prospects, one.signals)) >= PROMISING]
    news_rows: list[Rows] = [
        {"nationality": [(nation.signals, 0, ORDINARY) for nation in find_nations(reading)]}
        for reading in news
    ]
    all_readings, all_rows = [*readings, *news], [*rows, *news_rows]
    labels = [*(int(gold["relevant"]) for gold in golds), *(0 for _ in news)]
    shares = [INVENTED["verdict"] if gold.get("invented") else 1.0 for gold in golds]
    shares += [ORDINARY for _ in news]
    verdicts: list[Row] = []
    everything = range(len(all_rows))
    for part in range(PARTS):
        weights = train([_of_the_verdict(all_rows[i]) for i in everything if i % PARTS != part])
        for i in everything:
            if i % PARTS == part:
                signals = verdict_signals(weigh_reading(all_readings[i], weights))
                verdicts.append((signals, labels[i], shares[i]))
    weights = train(all_rows)
    weights["verdict"] = fit("verdict", verdicts)
    weights["prospect"] = prospects
    return weights


def _of_the_verdict(rows: Rows) -> Rows:
    """The rows of the models on which the verdict stands."""
    return {model: part for model, part in rows.items() if model in BELOW_THE_VERDICT}


def _prospects(readings: list[Reading], golds: list[Gold], ordinary: list[Ordinary]) -> list[Row]:
    """Relevant articles against ordinary news, both weighing the same."""
    relevant = [
        reading.doc.article for reading, gold in zip(readings, golds, strict=True) if gold["relevant"]
    ]
    weight = max(1.0, len(ordinary) / max(len(relevant), 1))
    rows = [(prospect_signals(a.text, len(a.title), a.language), 1, weight) for a in relevant]
    return rows + [(one.signals, 0, 1.0) for one in ordinary]


def ordinary_reading(row: Gold) -> Ordinary | None:
    """An ordinary article, or None when it does not pass the screen."""
    gold = {key: row.get(key) for key in ("text", "lang", "published", "outlet_country")}
    article = article_of(gold | {"title": row.get("title") or ""})
    if not could_be_relevant(article.text, article.language):
        return None
    return Ordinary(prospect_signals(article.text, len(article.title), article.language), read(article))


def predict(reading: Reading, gold: Gold, weights: Weights) -> dict[str, Any]:
    """What the program says of an article by the given weights, in the codebook's fields."""
    article = reading.doc.article
    chance = prospect(article, weights)
    settled = settle(article, weights, chance, lambda _: reading)
    relevant = settled is not None and settled.relevant
    records = make_records(settled.understanding, weights) if settled is not None and relevant else ()
    return {
        "id": gold["id"],
        "relevant": relevant and bool(records),
        "score": settled.score if settled is not None else chance,
        "records": [
            {
                "nationality": r.nationality,
                "country": r.country,
                "count": r.count,
                "kind": r.kind.value,
                "stage": r.stage.value,
                "drugs": [d.value for d in r.drugs],
                "quantity_kg": r.quantity_kg,
                "sentence": r.sentence,
                "drug_share": r.drug_share,
                "when": r.when,
                "place": r.place,
                "evidence": r.evidence.text,
            }
            for r in records
        ],
    }


def _work(gold: Gold) -> tuple[Reading, Rows]:
    reading = read_gold(gold)
    rows = rows_of(reading, gold)
    if gold.get("partial"):
        rows = {
            model: [(signals, label, weight if label else UNSAID * weight) for signals, label, weight in own]
            for model, own in rows.items()
            if model in LABELLED_IN_PART
        }
    if gold.get("invented"):
        for model, own in rows.items():
            share = INVENTED.get(model, INVENTED_FIELD)
            rows[model] = [(signals, label, share * weight) for signals, label, weight in own]
    return reading, rows


Job = tuple[str, list[int], list[int], list[Reading], list[Rows], list[Gold], list[Ordinary]]


def _fold(job: Job) -> list[dict[str, Any]]:
    salt, inside, outside, readings, rows, golds, ordinary = job
    parts = ([readings[i] for i in inside], [rows[i] for i in inside], [golds[i] for i in inside])
    weights = train_all(*parts, ordinary)
    return [predict(readings[i], golds[i], weights) | {"id": f"{golds[i]['id']}#{salt}"} for i in outside]


def copies(golds: list[Gold]) -> list[Gold]:
    """The articles as often as ``cross_validate`` judges them, each with an id of its own."""
    return [gold | {"id": f"{gold['id']}#{number}"} for number in range(REPEATS) for gold in golds]


def cross_validate(
    golds: list[Gold], *, folds: int = 5, workers: int = 3
) -> tuple[list[dict[str, Any]], list[Reading], list[Rows], list[Ordinary]]:
    """Predictions for ``copies(golds)`` by weights that had not seen the article, and what was learned from.

    The articles are cut into parts anew for each repeat: one cut alone is lucky or unlucky by more
    than what a change of the program mostly gains.
    """
    with ProcessPoolExecutor(workers) as pool:
        work = list(pool.map(_work, golds, chunksize=10))
        readings, rows = [r for r, _ in work], [r for _, r in work]
        ordinary = [one for one in pool.map(ordinary_reading, ordinary_articles(), chunksize=20) if one]
        everything = range(len(golds))
        jobs = []
        for copy in copies(golds)[:: len(golds)]:
            salt = str(copy["id"]).rpartition("#")[2]
            fold = [zlib.crc32(f"{gold.get('group', gold['id'])}#{salt}".encode()) % folds for gold in golds]
            for k in range(folds):
                parts = [i for i in everything if fold[i] != k], [i for i in everything if fold[i] == k]
                jobs.append((salt, *parts, readings, rows, golds, ordinary))
        predicted = [p for part in pool.map(_fold, jobs) for p in part]
    return predicted, readings, rows, ordinary


def found(golds: list[Gold], predicted: list[dict[str, Any]]) -> tuple[float, float]:
    """The share of relevant articles that are found, and of their pairs: all that labels in part can tell."""
    guess = {p["id"]: p for p in predicted}
    wanted = [(g["id"], (r["nationality"], r["country"])) for g in golds for r in g["records"]]
    given = {(p["id"], (r["nationality"], r["country"])) for p in predicted for r in p["records"]}
    pairs = set(wanted)
    return sum(guess[g["id"]]["relevant"] for g in golds) / len(golds), len(pairs & given) / len(pairs)


def report(golds: list[Gold], predicted: list[dict[str, Any]], *, errors: int = 0) -> None:
    """Print the corpus's figures, all and by language."""
    scorer = load_scorer()
    gold = {g["id"]: g for g in golds}
    guess = {p["id"]: p for p in predicted}
    overall, wrong = scorer.score(gold, guess)
    for name in ["all", *sorted({g["lang"] for g in golds})]:
        part = gold if name == "all" else {k: g for k, g in gold.items() if g["lang"] == name}
        s = scorer.score(part, guess)[0]
        figures = " | ".join(
            f"{label} P {s[key]['precision']:.3f} R {s[key]['recall']:.3f} F1 {s[key]['f1']:.3f}"
            for label, key in (("verdict", "relevance"), ("pairs", "pairs"), ("records", "records"))
        )
        print(f"{name:4} n={s['articles'] // REPEATS:4} {figures}")
    fields = (f"{k} {v:.3f}" if v is not None else f"{k} -" for k, v in overall["fields"].items())
    print("  ".join(fields), " evidence", overall["evidence"])
    for error in wrong[:errors]:
        print("  ", *error, sep=" | ")


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("gold", nargs="*", type=pathlib.Path)
    parser.add_argument("--folds", type=int, default=5)
    parser.add_argument("--workers", type=int, default=3)
    parser.add_argument("--write", action="store_true", help="fit on everything and write the weights")
    parser.add_argument("--errors", type=int, default=0, help="print up to N disagreements")
    parser.add_argument("--out", type=pathlib.Path, help="write the predictions here")
    args = parser.parse_args()
    if args.gold:
        sets = {path.name: list(read_lines(path)) for path in args.gold}
    else:
        sets = {"dev": dev_articles(), "real": real_articles(), "golden": golden_articles()}
        sets["golden"] += seed_articles()
        sets["cases"] = case_articles()
    golds = [gold for part in sets.values() for gold in part]
    predicted, readings, rows, ordinary = cross_validate(golds, folds=args.folds, workers=args.workers)
    for name, part in sets.items() if len(sets) <= 4 else {"": golds}.items():
        print(f"\n{name}")
        if any(gold.get("partial") for gold in part):
            articles, pairs = found(copies(part), predicted)
            print(f"found: {articles:.3f} of the articles, {pairs:.3f} of the pairs")
        else:
            report(copies(part), predicted, errors=args.errors)
    if args.out:
        args.out.write_text(
            "".join(json.dumps(p, ensure_ascii=False) + "\n" for p in predicted), encoding="utf-8"
        )
    if args.write:
        weights = train_all(readings, rows, golds, ordinary)
        write_weights(weights)


if __name__ == "__main__":
    sys.exit(main())
