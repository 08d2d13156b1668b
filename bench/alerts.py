"""Alerts: what 10,000 rules cost each article, and how long a preview over 100,000 articles takes.

    python -m bench alerts [--rules 10000] [--articles 100000] [--dir FOLDER] [--only rules|preview]

Rules of mixed sorts against the articles of tests/golden with the records that people read in them;
processor time, the fastest of several rounds. Wanted: at most 2 ms an article with 10,000 rules, at most
3 times what 100 cost, and at most 2 s for a preview over everything that is stored.
"""

from __future__ import annotations

import argparse
import random
import re
import statistics
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

from alerts.matching import RuleIndex
from bench.gold import article_of, golden_articles
from pipeline.types import Record, Span
from pipeline.vocabulary import Drug, Kind, Stage
from storage.alert_values import News, NewsRecord, Rule

NOW = datetime(2026, 3, 1, tzinfo=UTC)
ROUNDS = 7
_CODES = (
    "AE AF AL AO AR AU BD BE BG BO BR BS CA CD CH CI CL CM CN CO CR CU CV CZ DE DK DO DZ EC EE EG ES "
    "ET FI FR GB GE GH GN GR GT GW GY HN HR HT HU ID IE IL IN IQ IR IT JM JO JP KE KH KR KW LA LB LK "
    "LT LV LY MA MD ML MM MX MY MZ NA NE NG NI NL NO NP NZ PA PE PH PK PL PT PY QA RO RS RU SA SE SG "
    "SI SK SL SN SR SV SY TH TN TR TT TZ UA UG US UY VE VN YE ZA ZM ZW "
)
COUNTRIES = _CODES.split()


def main(arguments: Sequence[str]) -> None:
    """Run both parts, or one."""
    parser = argparse.ArgumentParser(prog="python -m bench alerts")
    parser.add_argument("--rules", type=int, default=10_000)
    parser.add_argument("--articles", type=int, default=100_000)
    parser.add_argument("--dir", type=Path, help="keep the large database there and use it again")
    parser.add_argument("--only", choices=("rules", "preview"))
    wanted = parser.parse_args(arguments)
    if wanted.only != "preview":
        matching(wanted.rules)
    if wanted.only != "rules":
        from bench.preview import preview

        with tempfile.TemporaryDirectory() as folder:
            preview(wanted.dir or Path(folder), wanted.articles)


def news_of_golden() -> list[News]:
    """The relevant golden articles as they are after saving, with the records that people read in them."""
    out = []
    for number, gold in enumerate(each for each in golden_articles() if each["records"]):
        article = replace(
            article_of(gold),
            url=f"https://outlet.example/{number}",
            source=f"outlet-{number % 40}",
            published=NOW - timedelta(days=number % 300),
        )
        records = tuple(
            NewsRecord(id=place, record=_record(told), case_id=place if told["kind"] == "event" else None)
            for place, told in enumerate(gold["records"], number * 100 + 1)
        )
        key = article.url
        out.append(News(article=article, key=key, relevant=True, article_id=number, records=records))
    return out


def _record(told: dict[str, Any]) -> Record:
    words = told["evidence"]
    return Record(
        **told
        | {
            "kind": Kind(told["kind"]),
            "stage": Stage(told["stage"]),
            "drugs": tuple(sorted(Drug(drug) for drug in told["drugs"])),
            "evidence": Span(start=0, end=len(words), text=words),
        }
    )


def rules(news: Sequence[News], *, seed: int = 7) -> Iterator[str]:
    """Queries of mixed sorts without end; their words and phrases are those of these articles,
    each word as likely as any other: nobody looks for "with"."""
    chance = random.Random(seed)
    texts = [each.article.text for each in news]
    words = [found for text in texts if len(found := re.findall(r"[^\W\d_]{4,}", text)) > 9]
    drugs = ["cocaine", "cocaína", "heroin", "cannabis", "drogas", "drug", "Kokain", "cocaïne", "fentanyl"]

    distinct = sorted({word for some in words for word in some})

    def word() -> str:
        return chance.choice(distinct)

    phrases = sorted(
        {(one, other) for some in words for one, other in pairwise(some) if min(len(one), len(other)) > 4}
    )

    def phrase() -> str:
        return '"{} {}"'.format(*chance.choice(phrases))

    stages, substances = [stage.value for stage in Stage], [drug.value for drug in Drug]

    def country() -> str:
        return chance.choice(COUNTRIES)

    sorts = (
        lambda: f"{phrase()} AND ({word()} OR {word()}) -{word()}",
        lambda: f"{chance.choice(drugs)} {word()} {word()}",
        lambda: f"nationality:{country()} country:{country()}",
        lambda: f"nationality:{country()} country:{country()}",
        lambda: f"stage:{chance.choice(stages)} drug:{chance.choice(substances)} country:{country()}",
        lambda: f"count>={chance.randrange(2, 60)} nationality:{country()}",
        lambda: f"{word()[:5]}* {word()} {chance.choice(drugs)}",
        lambda: f"{word()} NEAR/5 {word()}",
        lambda: f"re:/{word()[:5]}[a-z]* {word()}/",
        lambda: f"scope:all {phrase()} {word()}",
        lambda: f"kind:stock nationality:{country()}",
        lambda: f"new_pair:12m country:{country()}",
        lambda: f"stage_changed nationality:{country()} -country:{country()}",
        lambda: f"lang:{chance.choice(['en', 'es', 'pt'])} {word()} {word()}",
        lambda: f"title:{word()} quantity>{chance.randrange(1, 500)}",
        lambda: f"sentence:death country:{country()} OR {phrase()}",
    )
    while True:
        yield chance.choice(sorts)()


def made(queries: Iterator[str], many: int) -> list[Rule]:
    """Rules of the next queries."""
    return [
        Rule(id=number, name=f"rule {number}", query=next(queries), address="mailto:desk@example.org")
        for number in range(1, many + 1)
    ]


def matching(many: int) -> None:
    """Print what 100 and ``many`` rules cost each article."""
    # Rules are written before the articles that they wait for: their words are those of other articles.
    every = news_of_golden()
    news, known = every[::2], every[1::2]
    # Articles of outlets are longer than those that people wrote for the tests.
    long = [_longer(each, news) for each in news]
    small, large = made(rules(known), 100), made(rules(known), many)
    began = time.process_time()
    index = RuleIndex(large)
    ready = time.process_time() - began
    assert not index.broken, index.broken
    print(f"{many:,} rules are ready after {ready:.2f} s")
    few = RuleIndex(small)
    for name, articles in (("golden", news), ("five times as long", long)):
        size = statistics.mean(len(each.article.text) for each in articles)
        costs = {}
        for label, each in (("100", few), (f"{many:,}", index)):
            costs[label], slowest, hits = _cost(each, articles)
            print(
                f"{name}, {size:,.0f} characters: {label} rules {costs[label]:.3f} ms an article, "
                f"slowest {slowest:.2f} ms, {hits:.2f} hits an article"
            )
        first, last = costs.values()
        print(f"{name}: {last / first:.2f} times")


def _longer(news: News, others: Sequence[News]) -> News:
    chance = random.Random(news.key)
    text = "\n".join([news.article.text, *(chance.choice(others).article.text for _ in range(4))])
    return replace(news, article=replace(news.article, text=text))


def _cost(index: RuleIndex, articles: Sequence[News]) -> tuple[float, float, float]:
    """Mean and slowest milliseconds an article, of the fastest rounds, and hits an article."""
    best = [float("inf")] * len(articles)
    hits = 0
    for _ in range(ROUNDS):
        hits = 0
        for place, each in enumerate(articles):
            began = time.perf_counter()
            hits += len(index.match(each))
            best[place] = min(best[place], (time.perf_counter() - began) * 1000)
    return statistics.mean(best), max(best), hits / len(articles)
