"""What holds for any article at all: evidence is verbatim, spans lie inside, nothing raises, time grows with
length, and the answer depends on nothing but the article."""

from __future__ import annotations

import hashlib
import json
import random
import subprocess
import sys
import time
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.explain import explain
from pipeline.process import TEXT_CUT, process_text
from pipeline.records import extract
from pipeline.relevance import assess
from pipeline.segments import split_sentences
from pipeline.text import MAX_TEXT
from pipeline.types import Article, Extracted, Irrelevant, Record, Rejected
from pipeline.understand import understand
from pipeline.vocabulary import LANGUAGES

ROOT = Path(__file__).parents[2]
NOW = datetime(2026, 3, 4, tzinfo=UTC)
SCRIPTS = (
    "Двое граждан Нидерландов задержаны в Лиме.",
    "兩名荷蘭人在利馬被捕,行李中有可卡因。",
    "اعتقل هولنديان في ليما مع الكوكايين",
    "שני הולנדים נעצרו בלימה",
    "ลิมา จับกุมชาวดัตช์สองคน",
    "लीमा में दो डच नागरिक गिरफ्तार",
    "ინგლისელი დააკავეს",
    "두 명의 네덜란드인이 체포되었다",
    "Δύο Ολλανδοί συνελήφθησαν",
    "👮🏽‍♀️ 💊 🇳🇱 İıẞß ﬁ a\u0301 \u200b\u202e\ufeff\u2028 \x1b[31m 𝔇𝔲𝔱𝔠𝔥",
)
UNITS = {
    "sentences": "Two Dutch nationals were arrested in Lima on Tuesday with 12 kilos of cocaine. ",
    "cases": "A Briton, 34, was jailed for nine years in Callao for smuggling 3 kg of heroin.\n",
    "a list": "two Dutchmen, a Briton, three Poles and ",
    "a table": "Peru (271), Colombia 192; ",
    "nationalities": "Dutch ",
    "numbers": "12 ",
    "custody": "arrested ",
    "one word": "arrestedcocaine",
}


@cache
def texts(language: str) -> tuple[str, ...]:
    """Articles of our own in a language."""
    lines = (ROOT / "tests" / "golden" / f"{language}.jsonl").read_text(encoding="utf-8").splitlines()
    found = [json.loads(line) for line in lines]
    return tuple(f"{each['title']}\n{each['text']}" for each in found if each.get("text"))


def article(text: str, language: str, *, country: str | None = "PE") -> Article:
    title, _, rest = text.partition("\n")
    return Article(
        url="",
        source="",
        title=title if rest else "",
        text=text,
        language=language,
        published=NOW,
        date_origin=None,
        outlet_country=country,
        segments=split_sentences(text, language, has_title=bool(rest)),
    )


@st.composite
def any_texts(draw: st.DrawFn) -> tuple[str, str]:
    """A language and a text: pieces of articles, cut anywhere, in any order, with anything between."""
    language = draw(st.sampled_from(LANGUAGES))
    pieces = []
    for _ in range(draw(st.integers(1, 4))):
        if draw(st.booleans()):
            # Of any language: outlets quote others, and the language may have been taken wrongly.
            whole = draw(st.sampled_from(texts(draw(st.sampled_from((language, *LANGUAGES))))))
            start = draw(st.integers(0, len(whole)))
            pieces.append(whole[start : start + draw(st.integers(0, 700))])
        else:
            pieces.append(draw(st.one_of(st.sampled_from(SCRIPTS), st.text(max_size=60))))
    return language, draw(st.sampled_from(("", " ", "\n", ". "))).join(pieces)


def check(told: Article, records: tuple[Record, ...]) -> None:
    sentences = {(segment.start, segment.end) for segment in told.segments}
    for record in records:
        evidence = record.evidence
        assert told.text[evidence.start : evidence.end] == evidence.text
        assert (evidence.start, evidence.end) in sentences
        assert evidence.text
        assert record.place is None or record.place in told.text
        assert record.count is None or record.count > 0
        assert 0.0 <= record.confidence <= 1.0
        assert record.drugs == tuple(sorted(set(record.drugs)))


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(given_text=any_texts())
def test_any_text_is_read_in_full(given_text: tuple[str, str]) -> None:
    """The whole engine, past the steps that would spare it the text."""
    language, text = given_text
    told = article(text, language)
    verdict = assess(told)
    assert 0.0 <= verdict.score <= 1.0
    for reason in verdict.reasons:
        assert reason.span is None or told.text[reason.span.start : reason.span.end] == reason.span.text
    records = extract(told)
    check(told, records)
    doc = understand(told).reading.doc
    spans = (
        doc.mentions,
        doc.numbers,
        doc.quantities,
        doc.terms,
        doc.dates,
        doc.shares,
        doc.places,
        doc.acts,
    )
    for span in (span for found in spans for span in found):
        assert 0 <= span.start < span.end <= len(text)
    explained = explain(told)
    assert tuple(each.record for each in explained.records) == records
    assert all(0 <= mark.start < mark.end <= len(text) for mark in explained.marks)
    assert all(one.end <= two.start for one, two in zip(explained.marks, explained.marks[1:], strict=False))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(given_text=any_texts(), known=st.booleans())
def test_any_text_has_a_named_outcome(given_text: tuple[str, str], known: bool) -> None:
    language, text = given_text
    outcome = outcome_of("", text, language if known else None)
    if isinstance(outcome, Rejected):
        assert outcome.reason.value != "unreadable", outcome.detail
    elif isinstance(outcome, Extracted):
        check(outcome.article, outcome.records)


def outcome_of(title: str, text: str, language: str | None) -> Any:
    return process_text(
        "",
        title,
        text,
        language=language,
        published=NOW,
        outlet_country="PE",
        source_slug="",
        now=NOW,
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_article_cut_anywhere(language: str) -> None:
    for number, whole in enumerate(texts(language)[:5]):
        for cut in range(0, len(whole), max(len(whole) // 12, 1)):
            told = article(whole[: cut + number], language)
            check(told, extract(told))


def test_two_megabytes_are_cut_by_name() -> None:
    filler = "The harbour was quiet that day, and nothing more was said of it. "
    text = UNITS["cases"] + filler * (2_000_000 // len(filler))
    outcome = outcome_of("Briton jailed in Callao for smuggling heroin", text, "en")
    assert isinstance(outcome, Extracted | Irrelevant)
    assert len(outcome.article.text) <= MAX_TEXT
    assert TEXT_CUT in [reason.rule for reason in outcome.assessment.reasons]
    if isinstance(outcome, Extracted):
        check(outcome.article, outcome.records)


@pytest.mark.parametrize("unit", UNITS)
def test_time_grows_with_length_and_no_faster(unit: str) -> None:
    """Four times the text takes about four times as long; a square would take sixteen. Processor time, so
    that other processes do not count, and the least of two."""

    def seconds(length: int) -> float:
        text = (UNITS[unit] * (length // len(UNITS[unit]) + 1))[:length]
        spent = []
        for turn in range(2):
            told = article(text + " " * turn, "en")  # another article each time: nothing is remembered
            began = time.process_time()
            assess(told)
            extract(told)
            spent.append(time.process_time() - began)
        return min(spent)

    seconds(2_000)  # tables are loaded once
    short, long = seconds(8_000), seconds(32_000)
    assert long < 10 * max(short, 0.05), (short, long)


_DIGEST = """
import sys
from tests.pipeline.test_any_article import digest
print(digest(int(sys.argv[1])))
"""


def digest(seed: int) -> str:
    """Every outcome for articles of all languages, which are read in an order of ``seed``."""
    work = [(language, text) for language in LANGUAGES for text in texts(language)[:4]]
    order = list(range(len(work)))
    random.Random(seed).shuffle(order)
    found = {}
    for index in order:
        language, text = work[index]
        told = article(text, language)
        found[index] = repr((assess(told), extract(told), explain(told).marks))
    return hashlib.sha256("\n".join(found[index] for index in sorted(found)).encode()).hexdigest()


def test_the_answer_depends_on_no_process_and_no_order() -> None:
    """Other seeds of Python's hashes (by which sets are ordered), other orders of the articles."""
    answers = {digest(0)}
    for seed in (1, 2):
        done = subprocess.run(
            [sys.executable, "-c", _DIGEST, str(seed)],
            cwd=ROOT,
            env={"PYTHONHASHSEED": str(seed), "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            timeout=120,
            check=True,
        )
        answers.add(done.stdout.strip())
    assert len(answers) == 1
