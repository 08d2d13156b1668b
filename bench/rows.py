"""Labelled articles → training rows: each model's signals with the right answer."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from itertools import pairwise
from typing import Any

from bench.gold import held_at_home, load_scorer
from pipeline.countries import candidates as country_options
from pipeline.countries import country_features, custody_evidence
from pipeline.fields import count, kind, load, place, share, stage, term, when
from pipeline.fields.case import Candidate, Reading
from pipeline.fields.drug_sets import drug_sets
from pipeline.figures import figure_signals
from pipeline.groups import Group
from pipeline.nations import away_signals, find_nations, is_named
from pipeline.records import COUNTED, case_of, split_signals
from pipeline.understand import held_signals, people_of

Aligned = tuple[dict[str, Any], Group, tuple[Group, ...]]
Row = tuple[dict[str, float], int, float]
SCORER = load_scorer()
PAIRED = frozenset(
    {"count", "kind", "drugs", "load", "term", "share", "when", "place"}
)  # models that learn which of two is better


def align(reading: Reading, gold: dict[str, Any]) -> list[Aligned]:
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
            if g.nationality == record["nationality"]
            and g.form != "attribute"
            and g.country in ("", record["country"])
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
    return [(record, best, _own(best, own, siblings_of(record, best, out))) for record, best, own in out]


def siblings_of(record: dict[str, Any], best: Group, aligned: list[Aligned]) -> tuple[Group, ...]:
    """The phrases that stand for the other records of the same nationality."""
    return tuple(
        other
        for r, other, _ in aligned
        if r is not record and r["nationality"] == record["nationality"] and other is not best
    )


def _own(best: Group, phrases: tuple[Group, ...], siblings: tuple[Group, ...]) -> tuple[Group, ...]:
    """The phrases of a record without those that follow upon a sibling's."""
    others = {g.sentence for g in siblings} - {best.sentence}
    heads = sorted({best.sentence, *others})
    return tuple(
        g
        for g in phrases
        if g is best or max((h for h in heads if h <= g.sentence), default=best.sentence) not in others
    )


def first_counted(phrases: tuple[Group, ...]) -> Group:
    """The phrase that would lead a record of these phrases, chosen without knowing the answer."""
    return max(phrases, key=lambda g: (g.counted_by in COUNTED, -g.start))


def _options(model: str, options: Iterable[Candidate], right: Any) -> list[Row]:
    rows = [(c.signals, int(bool(right(c.value))), 1.0) for c in options]
    if not any(label for _, label, _ in rows):
        return []
    return _pairs(rows) if model in PAIRED else rows


def _pairs(rows: list[Row]) -> list[Row]:
    """Right against wrong candidates of one record as differences of their signals, signs in turn.

    The field takes the weightiest candidate, so that only differences matter.
    """
    right = [signals for signals, label, _ in rows if label]
    wrong = [signals for signals, label, _ in rows if not label]
    out: list[Row] = []
    for i, better in enumerate(right):
        for j, worse in enumerate(wrong):
            sign = 1 if (i + j) % 2 else -1
            names = dict.fromkeys((*better, *worse))
            differences = {name: sign * (better.get(name, 0.0) - worse.get(name, 0.0)) for name in names}
            signals = {name: value for name, value in differences.items() if value}
            out.append((signals, int(sign > 0), 1 / len(right) / len(wrong) ** 0.5))
    return out


def _splits(
    reading: Reading, gold: dict[str, Any], spans: list[tuple[int, int, dict[str, Any]]]
) -> list[Row]:
    """Rows of the question whether two phrases of a pair are about other people.

    Where a pair has several records, only phrases in their evidence are known; else all are of one.
    """
    rows: list[Row] = []
    pairs = {(r["nationality"], r["country"]) for r in gold["records"] if r["kind"] == "event"}
    for nationality, country in sorted(pairs):
        own = [(a, b) for a, b, r in spans if (r["nationality"], r["country"]) == (nationality, country)]
        phrases = [g for g in reading.groups if g.nationality == nationality and is_named(g)]
        if len(own) == 1:
            rows += [(split_signals(reading, former, g), 0, 1.0) for former, g in pairwise(phrases)]
            continue
        known: list[tuple[int, Group]] = []
        for g in phrases:
            which = [n for n, (a, b) in enumerate(own) if a <= g.start < b]
            if len(which) == 1:
                for n, former in dict(known).items():
                    rows.append((split_signals(reading, former, g), int(n != which[0]), 2.0))
                known.append((which[0], g))
    return rows


def _add_countries(
    rows: dict[str, list[Row]],
    reading: Reading,
    group: Group,
    right: Iterable[str],
    people: frozenset[str],
    weight: float,
) -> None:
    """Rows of the question where a phrase's people are held."""
    evidence = custody_evidence(reading.evidence, group)
    for c in country_options(reading.doc, evidence):
        signals = country_features(reading.doc, evidence, group, c, people)
        rows.setdefault("country", []).append((signals, int(c in right), weight))


def rows_of(reading: Reading, gold: dict[str, Any]) -> dict[str, list[Row]]:
    """Training rows of every model from one article."""
    rows: dict[str, list[Row]] = {}
    nationalities = {r["nationality"] for r in gold["records"]}
    evidence_spans = []
    for record in gold["records"]:
        at = reading.doc.text.find(record["evidence"])
        evidence_spans.append((at, at + len(record["evidence"]), record))
    people = people_of(reading)
    at_home = held_at_home(gold)
    held_in = {r["country"] for r in gold["records"]}
    for nation in find_nations(reading):
        label = int(nation.nationality in nationalities)
        if label or nation.nationality in at_home:
            rows.setdefault("nationality", []).append((nation.signals, 1, 1.0))
            rows.setdefault("away", []).append((away_signals(nation), label, 1.0))
        elif nation.nationality in held_in:
            # Nationals among foreigners: at home, and held or not.
            rows.setdefault("away", []).append((away_signals(nation), 0, 0.5))
        else:
            rows.setdefault("nationality", []).append((nation.signals, 0, 1.0))
        if gold["relevant"]:
            rows.setdefault("member", []).append((nation.signals, label, 1.0))
    for index, group in enumerate(reading.groups):
        if group.form == "attribute":
            continue
        if not gold["relevant"]:
            if group.nationality in at_home and is_named(group):
                _add_countries(rows, reading, group, frozenset({group.nationality}), people, 1.0)
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
        if group.form.startswith("number"):
            # A number of a case is read by the model "count"; here it says nothing.
            figure = int(any(r["count"] == group.count and r["kind"] != "event" for r in wanted))
            if figure or not label:
                rows.setdefault("figure", []).append((figure_signals(reading, index), figure, 1.0))
        else:
            rows.setdefault("held", []).append((held_signals(reading, index), label, weight))
        if (
            not label
            and group.nationality not in nationalities
            and group.nationality in held_in
            and is_named(group)
        ):
            _add_countries(rows, reading, group, frozenset({group.nationality}), people, 0.5)
        if label:
            countries = {r["country"] for r in gold["records"] if r["nationality"] == group.nationality}
            if len(countries) > 1:
                countries = {
                    r["country"]
                    for a, b, r in evidence_spans
                    if r["nationality"] == group.nationality and a <= group.start < b
                }
            if len(countries) == 1 and countries & set(country_options(reading.doc, reading.evidence)):
                _add_countries(rows, reading, group, countries, people, 1.0 if inside else 0.5)
    rows["split"] = _splits(reading, gold, evidence_spans)
    aligned = [] if gold.get("partial") else align(reading, gold)
    for record, best, own in aligned:
        rivals = tuple(g for r, g, _ in aligned if r["country"] != record["country"])
        siblings = siblings_of(record, best, aligned)
        case = case_of(reading, best, record["country"], record["kind"], own, rivals, siblings)
        case = replace(case, stage=record["stage"])
        plain = {
            "kind": (kind.candidates(case), lambda v, r=record: v == r["kind"]),
            "stage": (stage.candidates(case), lambda v, r=record: v == r["stage"]),
            "count": (
                count.candidates(replace(case, group=first_counted(own)), own)
                if record["kind"] == "event"
                else (),
                lambda v, r=record: v == r["count"],
            ),
            "drugs": (drug_sets(case), lambda v, r=record: list(v) == sorted(r["drugs"])),
            "load": (
                load.candidates(case),
                lambda v, r=record: SCORER.agrees("quantity_kg", r, {"quantity_kg": v}),
            ),
            "term": (
                term.candidates(case),
                lambda v, r=record: SCORER.agrees("sentence", r, {"sentence": v}),
            ),
            "share": (
                share.candidates(case),
                lambda v, r=record: SCORER.agrees("drug_share", r, {"drug_share": v}),
            ),
            "when": (when.candidates(case), lambda v, r=record: SCORER.agrees("when", r, {"when": v})),
            "place": (place.candidates(case), lambda v, r=record: SCORER.agrees("place", r, {"place": v})),
        }
        for model, (options, right) in plain.items():
            rows.setdefault(model, []).extend(_options(model, options, right))
    return rows
