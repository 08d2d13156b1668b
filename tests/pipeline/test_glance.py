"""In a hurry: what a look at the bytes says, and that it is what the whole reading says."""

from __future__ import annotations

import gzip
import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipeline.glance import glance
from pipeline.process import process
from pipeline.text import Glimpse, QuickPage
from pipeline.types import Extracted, FeedEntry, Irrelevant, Outcome, Page, Rejected
from pipeline.vocabulary import LANGUAGES, Rejection

NOW = datetime(2026, 11, 1, tzinfo=UTC)
ROOT = Path(__file__).resolve().parents[2]
REAL = ROOT.parent / "shared" / "real"
DULL = (
    "The bridge over the river was closed this week because of the weather, and the ferry carried all who "
    "had to reach the market on the other side of the water before noon."
)
RUSSIAN = (
    "Мост через реку был закрыт на этой неделе из-за погоды, и паром перевозил всех, кому нужно было "
    "добраться до рынка на другом берегу до полудня, сообщили вчера городские власти."
)


def page(body: str, *, lang: str = "en", head: str = "", title: str = "The bridge is closed") -> Page:
    html = (
        f'<!DOCTYPE html><html lang="{lang}"><head><title>{title}</title>{head}</head><body>'
        f"<article><h1>{title}</h1>{body}</article></body></html>"
    )
    entry = FeedEntry(source="", url="https://a.example/1", title="", summary="", published=None)
    kind = "text/html; charset=utf-8"
    return Page(entry=entry, url=entry.url, fetched=NOW, status=200, content_type=kind, body=html.encode())


def verdict(outcome: Outcome) -> tuple[object, ...]:
    """What is kept of an outcome of which there is no text."""
    match outcome:
        case Rejected(reason=reason):
            return (reason,)
        case Irrelevant(article=a) | Extracted(article=a):
            return (type(outcome), a.url, a.title, a.language, a.published, a.date_origin)


def test_a_dull_page_is_not_parsed() -> None:
    dated = page(
        f"<p>{DULL}</p>" * 12, head='<meta property="article:published_time" content="2019-03-04T08:00:00Z">'
    )
    seen = glance(dated, source=None, now=NOW)
    assert isinstance(seen, QuickPage)
    assert (seen.title, seen.language, seen.published) == (
        "The bridge is closed",
        "en",
        datetime(2019, 3, 4, 8, tzinfo=UTC),
    )
    assert verdict(process(dated, source=None, now=NOW, hurry=True)) == verdict(
        process(dated, source=None, now=NOW)
    )


@pytest.mark.parametrize(
    "words",
    [
        "Police arrested a man with cocaine.",
        "Police arrested a man with coc&shy;aine.",
        "Police arrested a man with c&#111;caine.",
        "<b>Police</b> arrested <i>a man</i> with <a href=x>cocaine</a>.",
        "POLICE ARRESTED A MAN WITH COCAINE.",
    ],
)
def test_words_are_found_however_they_are_written(words: str) -> None:
    assert isinstance(glance(page(f"<p>{DULL}</p>" * 12 + words), source=None, now=NOW), Glimpse)


def test_words_in_a_script_or_an_attribute_are_not_the_articles() -> None:
    inside = (
        "<script>var tags = ['cocaine', 'arrested'];</script><a title='cocaine arrested' href='/x'>Go</a>"
    )
    assert isinstance(glance(page(f"<p>{DULL}</p>" * 12 + inside), source=None, now=NOW), QuickPage)


def test_another_language_is_told_only_when_the_page_says_so_too() -> None:
    paragraphs = f"<p>{RUSSIAN}</p>" * 12
    told = glance(page(paragraphs, lang="ru"), source=None, now=NOW)
    assert isinstance(told, Rejected)
    assert told.reason is Rejection.OTHER_LANGUAGE
    assert isinstance(glance(page(paragraphs, lang="en"), source=None, now=NOW), Glimpse)


def test_where_it_is_not_sure_it_says_nothing() -> None:
    short = page(f"<p>{DULL}</p>" * 3)
    foreign_teasers = page(f"<p>{DULL}</p>" * 12, lang="es")
    gone = replace(page(f"<p>{DULL}</p>" * 12), status=404)
    mangled = page(f"<p>{DULL} caf\u00c3\u00a9</p>" * 12)
    for each in (short, foreign_teasers, gone, mangled):
        assert isinstance(glance(each, source=None, now=NOW), Glimpse)
        assert verdict(process(each, source=None, now=NOW, hurry=True)) == verdict(
            process(each, source=None, now=NOW)
        )


def test_relevant_articles_stay_relevant_in_a_hurry() -> None:
    lost, kept = [], 0
    for code in LANGUAGES:
        lines = (ROOT / "tests" / "golden" / f"{code}.jsonl").read_text(encoding="utf-8").splitlines()
        for line in lines[::8]:
            found = json.loads(line)
            paragraphs = "".join(f"<p>{each}</p>" for each in found["text"].split("\n") if each.strip())
            more = f"<aside><p>{found['title']}</p><p>{found['text'][-200:]}</p></aside>"
            each = page(paragraphs + more, lang=code, title=found["title"])
            if isinstance(process(each, source=None, now=NOW), Extracted):
                kept += 1
                if not isinstance(process(each, source=None, now=NOW, hurry=True), Extracted):
                    lost.append(found["id"])
    assert kept > 25
    assert len(lost) <= kept // 50, lost


@pytest.mark.skipif(not REAL.is_dir(), reason="../shared/real is not here")
def test_real_pages_come_to_the_same() -> None:
    different, settled, count = [], 0, 0
    for line in (REAL / "index.jsonl").read_text(encoding="utf-8").splitlines()[::4]:
        row = json.loads(line)
        entry = FeedEntry(source="", url=row["url"], title="", summary="", published=None)
        body = gzip.decompress((REAL / row["file"]).read_bytes())
        each = Page(entry=entry, url=row["url"], fetched=NOW, status=200, content_type="text/html", body=body)
        count += 1
        settled += not isinstance(glance(each, source=None, now=NOW), Glimpse)
        hurried = process(each, source=None, now=NOW, hurry=True)
        whole = process(each, source=None, now=NOW)
        # Of a page that is not read in full the date may be missing that only its text has.
        if verdict(hurried)[:4] != verdict(whole)[:4]:
            different.append(row["url"])
    assert len(different) <= count // 50, different
    assert settled >= count * 0.4
