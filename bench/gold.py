"""Labelled articles: where they lie, and as the program sees them."""

from __future__ import annotations

import gzip
import importlib.util
import json
import pathlib
import tomllib
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from typing import Any

from pipeline.fields.case import Reading
from pipeline.segments import split_sentences
from pipeline.types import Article
from pipeline.understand import read
from pipeline.vocabulary import LANGUAGES

ROOT = pathlib.Path(__file__).parent.parent
SHARED = ROOT.parent / "shared"
DEV = SHARED / "corpus" / "dev.jsonl"
CASES_DEV = SHARED / "corpus" / "cases-dev.jsonl"
GOLDEN = ROOT / "tests" / "golden"
OUTLET_COUNTRY = {
    "es_ljz_jornada_zacatecas": "MX",
    "pt_jamildo": "BR",
    "en_finescoop_2020": "GB",
    "it_dice_modena": "IT",
    "fr_akinarticle": "FR",
    "de_10kgnad": "AT",
}  # of the sets of real articles that are of one outlet's country


def read_lines(path: pathlib.Path) -> Iterator[dict[str, Any]]:
    """The objects of a JSON Lines file, gzipped or not."""
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            if line.strip():
                yield json.loads(line)


def real_articles() -> list[dict[str, Any]]:
    """The labelled verbatim articles with their texts; empty where the folder is not there."""
    folder = SHARED / "general"
    labels = {
        (row["set"], row["id"]): row
        for file in sorted(folder.glob("labels-*.jsonl"))
        for row in read_lines(file)
    }
    out = []
    for name in sorted({name for name, _ in labels}):
        for row in read_lines(folder / f"{name}.jsonl.gz"):
            label = labels.get((name, row["id"]))
            if label is not None:
                gold = {key: label.get(key) for key in ("relevant", "records", "why")}
                gold |= {
                    "id": row["id"],
                    "lang": row["lang"],
                    "text": row["text"],
                    "title": row.get("title") or "",
                }
                gold |= {"outlet_country": OUTLET_COUNTRY.get(name)}
                gold |= {"published": (row.get("published") or "")[:10] or None}
                out.append(gold)
    return out


def dev_articles() -> list[dict[str, Any]]:
    """The development corpus; empty where it is not there."""
    return list(read_lines(DEV)) if DEV.is_file() else []


def seed_articles() -> list[dict[str, Any]]:
    """The labelled article that the project began with; empty where it is not there."""
    path = SHARED / "corpus" / "seed.jsonl"
    return list(read_lines(path)) if path.is_file() else []


def case_articles() -> list[dict[str, Any]]:
    """The relevant articles of the corpus of cases, marked as ``partial``: who is held where is labelled, the
    other fields and figures are not. Those of one case have one ``group``. Empty where it is not there."""
    if not CASES_DEV.is_file():
        return []
    unknown = {"kind": "event", "evidence": ""}
    return [
        {key: row[key] for key in ("id", "lang", "title", "text", "published", "outlet_country")}
        | {"relevant": True, "partial": True, "group": row["id"].rpartition("-")[0]}
        | {"records": [case | unknown for case in row["cases"]]}
        for row in read_lines(CASES_DEV)
    ]


def ordinary_articles(each: int = 700) -> list[dict[str, Any]]:
    """Every n-th unlabelled real article, ``each`` of every set: almost none of them is relevant."""
    labelled = {row["id"] for row in real_articles()}
    out = []
    for file in sorted((SHARED / "general").glob("*.jsonl.gz")):
        if file.name.startswith("it_dice"):
            continue  # Crime news alone: many of its unlabelled articles are relevant.
        rows = [row for row in read_lines(file) if row["lang"] in LANGUAGES and row["id"] not in labelled]
        country = OUTLET_COUNTRY.get(file.name.removesuffix(".jsonl.gz"))
        out += [row | {"outlet_country": country} for row in rows[:: max(1, len(rows) // each)][:each]]
    return out


def golden_articles() -> list[dict[str, Any]]:
    """The labelled articles of this repository, marked as ``invented``: no report stands behind them."""
    return [row | {"invented": True} for file in sorted(GOLDEN.glob("*.jsonl")) for row in read_lines(file)]


@cache
def _at_home() -> dict[str, list[str]]:
    with (ROOT / "bench" / "at_home.toml").open("rb") as file:
        return tomllib.load(file)


def held_at_home(gold: dict[str, Any]) -> frozenset[str]:
    """The nationalities of those who are held for drugs in their own country, in an irrelevant article."""
    return frozenset(gold.get("home") or _at_home().get(str(gold["id"]), ()))


def load_scorer() -> Any:
    """The corpus's own scorer as a module. Raises FileNotFoundError where it is not there."""
    path = SHARED / "corpus" / "score.py"
    spec = importlib.util.spec_from_file_location("score", path)
    if spec is None or spec.loader is None or not path.is_file():
        raise FileNotFoundError(f"there is no scorer at {path}")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def article_of(gold: dict[str, Any]) -> Article:
    """A labelled article as the program would see it."""
    title, text, language = gold["title"] or "", gold["text"], gold["lang"]
    whole = f"{title}\n{text}" if title else text
    published = str(gold.get("published") or "")
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
