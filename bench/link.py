"""The weights by which reports are joined (pipeline/alike.py), learned and judged.

    python -m bench.link [--pull 3] [--weights]

On ../shared/corpus/cases-dev.jsonl, by cross-validation: cases of one country of custody are never
learned from and judged at once. Twice: with the records as the program reads them, and with those
that it should have read (its own where it did, else the labelled people, count and stage), which
judges joining apart from reading. Weights are drawn towards bench/beliefs.py, the more the greater
``pull``; signals that can only speak for or against keep their sign.
"""

from __future__ import annotations

import argparse
import json
import random
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import numpy as np

from bench.beliefs import BELIEFS
from bench.gold import CASES_DEV, read_lines
from pipeline import alike
from pipeline.alike import compare_all
from pipeline.cases import CaseHead, choose_cases, fits
from pipeline.clues import Report, find_reports
from pipeline.process import process_text
from pipeline.types import Article, Irrelevant, Record, Rejected, Span
from pipeline.vocabulary import Kind, Stage

KEY = bytes(range(16))
NOW = datetime(2026, 3, 1, tzinfo=UTC)
FOLDS = 8
ORDERS = 6
"""Random orders from which is learned, the order of publication among them."""
STEPS, RATE = 3000, 0.5

Labels = tuple[str | None, ...]
Weights = dict[str, float]


@dataclass(frozen=True)
class Telling:
    """A report, the article that it is of, and the labelled case that it is about."""

    row: dict[str, Any]
    report: Report
    case: str | None


def tellings(rows: Iterable[dict[str, Any]], *, labelled: bool) -> list[Telling]:
    """The reports of the articles; ``labelled`` as they should have been read."""
    out = []
    for row in rows:
        read = process_text(
            row["url"],
            row["title"],
            row["text"],
            language=row["lang"],
            published=datetime.fromisoformat(row["published"]).replace(tzinfo=UTC),
            outlet_country=row["outlet_country"],
            source_slug=row["outlet"],
            now=NOW,
        )
        if isinstance(read, Rejected):
            continue
        records = () if isinstance(read, Irrelevant) else read.records
        labels = _labels(records, row["cases"])
        groups = None
        if labelled:
            records, labels = _as_labelled(read.article, records, labels, row["cases"])
            by_case: dict[object, list[int]] = defaultdict(list)
            for index, record in enumerate(records):
                by_case[labels[index], record.country].append(index)
            groups = list(by_case.values())
        for report in find_reports(read.article, records, key=KEY, groups=groups):
            cases = Counter(label for each in report.records if (label := labels[each]))
            out.append(Telling(row, report, cases.most_common(1)[0][0] if cases else None))
    return out


def _labels(records: Sequence[Record], cases: Sequence[dict[str, Any]]) -> Labels:
    """The labelled case of each record: of the same people, with the likest count and stage."""
    labels: list[str | None] = [None] * len(records)
    left = list(cases)
    for fields in (("count", "stage"), ("count",), ()):
        for index, record in enumerate(records):
            if labels[index] or record.kind is not Kind.EVENT:
                continue
            for case in left:
                wanted = ("nationality", "country", *fields)
                if all(case[name] == getattr(record, name) for name in wanted):
                    labels[index] = case["case"]
                    left.remove(case)
                    break
    return tuple(labels)


def _as_labelled(
    article: Article, records: Sequence[Record], labels: Labels, cases: Sequence[dict[str, Any]]
) -> tuple[tuple[Record, ...], Labels]:
    kept = [(record, label) for record, label in zip(records, labels, strict=True) if label]
    missing = Counter((case["case"], case["nationality"], case["country"]) for case in cases)
    missing.subtract(Counter((label or "", record.nationality, record.country) for record, label in kept))
    for case in cases:
        if missing[case["case"], case["nationality"], case["country"]] <= 0:
            continue
        missing[case["case"], case["nationality"], case["country"]] -= 1
        like = next((record for record, label in kept if label == case["case"]), None)
        base = like or Record(
            nationality="XX", country="XX", count=None, kind=Kind.EVENT, stage=Stage.ARRESTED, drugs=(),
            quantity_kg=None, sentence=None, drug_share=None, when=None, place=None,
            evidence=Span(start=0, end=len(article.title), text=article.title),
        )  # fmt: skip
        people = {name: case[name] for name in ("nationality", "country", "count")}
        kept.append((replace(base, **people, stage=Stage(case["stage"])), case["case"]))
    return tuple(record for record, _ in kept), tuple(label for _, label in kept)


def lessons(told: Sequence[Telling]) -> Iterator[tuple[dict[str, float], bool, str]]:
    """(signals, whether it is the case, country) of each report beside each labelled case as far as
    it is known when the report comes."""
    for seed in range(ORDERS):
        order = random.Random(seed).sample(told, len(told)) if seed else list(told)
        known: dict[str, list[Telling]] = {}
        for each in order:
            if each.case is None:
                continue
            for case, others in known.items():
                reports = [other.report for other in others if other.row is not each.row]
                if signals := compare_all((each.report,), reports):
                    yield signals, case == each.case, each.report.country
            known.setdefault(each.case, []).append(each)


def learn(found: Sequence[tuple[dict[str, float], bool, str]], start: Weights, pull: float) -> Weights:
    """Weights by logistic regression, drawn towards ``start``."""
    names = sorted(start)
    place = {name: index for index, name in enumerate(names)}
    values = np.zeros((len(found), len(names)))
    for row, (signals, _, _) in enumerate(found):
        for name, value in signals.items():
            values[row, place[name]] = value
    right = np.array([float(same) for _, same, _ in found])
    prior = np.array([start[name] for name in names])
    low, high = np.where(prior > 0, 0.0, -9.0), np.where(prior < 0, 0.0, 9.0)
    free = np.array([name == "bias" or "," in name for name in names])
    low, high = np.where(free, -9.0, low), np.where(free, 9.0, high)
    force = pull * 2 * ORDERS * np.where(np.array(names) == "bias", 0.2, 1.0)
    weights = prior.copy()
    for _ in range(STEPS):
        guess = 1 / (1 + np.exp(-values @ weights))
        slope = (values.T @ (guess - right) + force * (weights - prior)) / len(found)
        weights = np.clip(weights - RATE * slope, low, high)
    return {name: float(weight) for name, weight in zip(names, weights, strict=True)}


def join(told: Sequence[Telling]) -> dict[int, int]:
    """Place of a telling → number of its case, the articles coming in this order."""
    cases: dict[int, list[int]] = {}
    articles: dict[str, list[int]] = defaultdict(list)
    for index, each in enumerate(told):
        articles[each.row["id"]].append(index)
    number = {row: place for place, row in enumerate(articles)}
    for row, waiting in articles.items():
        while waiting:
            offers = []
            for index in waiting:
                known = [
                    CaseHead(
                        id=case,
                        reports=tuple(told[other].report for other in members),
                        articles=frozenset(
                            (number[told[other].row["id"]], nationality)
                            for other in members
                            for nationality in told[other].report.nationalities
                        ),
                    )
                    for case, members in cases.items()
                    if not any(
                        told[other].row["id"] == row
                        and told[other].report.nationalities & told[index].report.nationalities
                        for other in members
                    )
                ]
                odds = max((fit.odds for fit in fits(told[index].report, known)), default=float("-inf"))
                offers.append((odds, -index, known))
            _, index, known = max(offers, key=lambda offer: offer[:2])
            waiting.remove(-index)
            found = choose_cases(told[-index].report, known)
            case = min((head.id for head in found), default=len(told) + -index)
            for head in found:
                if head.id != case:
                    cases[case] += cases.pop(head.id)
            cases.setdefault(case, []).append(-index)
    return {index: case for case, members in cases.items() for index in members}


def judge(rows: Sequence[dict[str, Any]], told: Sequence[Telling], of: dict[int, object]) -> str:
    """B-cubed figures, a mention being in a case that reports its article with its people."""
    where: dict[tuple[str, str, str], list[object]] = defaultdict(list)
    members: dict[object, list[Telling]] = defaultdict(list)
    for index, case in of.items():
        members[case].append(told[index])
    for case, each in members.items():
        nationalities = {name for one in each for name in one.report.nationalities}
        for row in {one.row["id"] for one in each}:
            for nationality in nationalities:
                where[row, nationality, each[0].report.country].append((case, {one.case for one in each}))
    gold: dict[object, set[int]] = defaultdict(set)
    guess: dict[object, set[int]] = defaultdict(set)
    mentions = [(article["id"], case) for article in rows for case in article["cases"]]
    for index, (name, case) in enumerate(mentions):
        there = where[name, case["nationality"], case["country"]]
        there.sort(key=lambda one: case["case"] not in one[1])  # type: ignore[index]
        gold[case["case"]].add(index)
        guess[there.pop(0)[0] if there else ("alone", index)].add(index)  # type: ignore[index]
    total = sum(map(len, gold.values()))
    shared = [(len(a & b), len(a), len(b)) for a in gold.values() for b in guess.values() if a & b]
    precision = sum(both * both / right for both, _, right in shared) / total
    recall = sum(both * both / left for both, left, _ in shared) / total
    return f"{precision:.3f} {recall:.3f} {2 * precision * recall / (precision + recall):.3f}"


def main() -> None:
    """Prints precision, recall and F1, in order of publication and in two random ones."""
    parser = argparse.ArgumentParser(prog="python -m bench.link")
    parser.add_argument("--pull", type=float, default=3.0)
    parser.add_argument("--weights", action="store_true", help="print the weights of all cases")
    wanted = parser.parse_args()
    start = dict(BELIEFS)
    rows = sorted(read_lines(CASES_DEV), key=lambda row: (row["published"], row["id"]))
    kinds = {"as read": tellings(rows, labelled=False), "as labelled": tellings(rows, labelled=True)}
    found = [lesson for told in kinds.values() for lesson in lessons(told)]
    fold: dict[str, int] = {}
    loads = [0] * FOLDS
    for country, lessons_of in Counter(country for _, _, country in found).most_common():
        fold[country] = loads.index(min(loads))
        loads[fold[country]] += lessons_of
    weights = [
        learn([one for one in found if fold[one[2]] != number], start, wanted.pull) for number in range(FOLDS)
    ]
    for name, told in kinds.items():
        for seed in range(3):
            order = random.Random(seed).sample(rows, len(rows)) if seed else rows
            place = {row["id"]: index for index, row in enumerate(order)}
            ordered = sorted(told, key=lambda each: place[each.row["id"]])
            of: dict[int, object] = {}
            for number in range(FOLDS):
                mine = [i for i, one in enumerate(ordered) if fold.get(one.report.country, 0) == number]
                alike.ALIKE.clear()
                alike.ALIKE.update(weights[number])
                joined = join([ordered[index] for index in mine])
                of.update({mine[index]: (number, case) for index, case in joined.items()})
            print(f"{name:<12} order {seed}: {judge(rows, ordered, of)}")
        best: dict[int, object] = {index: one.case or index for index, one in enumerate(told)}
        print(f"{name:<12} joined without a mistake: {judge(rows, told, best)}")
    if wanted.weights:
        learned = learn(found, start, wanted.pull)
        print(
            json.dumps({name: round(learned[name], 1) for name in sorted(learned, key=lambda n: -learned[n])})
        )


if __name__ == "__main__":
    main()
