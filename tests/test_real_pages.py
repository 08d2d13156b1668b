"""Reading measured on real pages, beside what trafilatura alone makes of them.

The pages are others' and lie outside the project; where they are not, these tests are skipped.
Scores: text by the overlap of words as multisets (F1 against the reference text, the same for both);
a title agrees when the Dice coefficient of its words with the reference's is 0.7 or more (one page
often has three wordings of its headline); a date agrees when it is the same day, give or take one.
"""

from __future__ import annotations

import gzip
import json
import re
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
import trafilatura

from pipeline.dates import publication_date
from pipeline.head import read_head
from pipeline.text import (
    FullPage,
    QuickPage,
    cheap_text,
    date_in_page,
    decode,
    full_text,
    main_text,
    quick_text,
)
from pipeline.titles import choose_title, likeness
from pipeline.types import FeedEntry, Page, Rejected, Source
from pipeline.vocabulary import LANGUAGES, Rejection

REAL = Path(__file__).resolve().parents[2] / "shared" / "real"
NOW = datetime(2026, 11, 1, tzinfo=UTC)
WORDS = re.compile(r"\w+")

pytestmark = pytest.mark.skipif(
    not (REAL / "index.jsonl").is_file(), reason="the real pages (../shared/real) are not here"
)


@dataclass(frozen=True)
class Read:
    row: dict[str, Any]
    outcome: FullPage | Rejected
    title: str
    text: str
    published: datetime | None
    baseline: str  # what trafilatura.extract() gives


@pytest.fixture(scope="module")
def read() -> list[Read]:
    """Every page, read without its feed's help.

    Title, text and date do not depend on the language, so they are measured on the pages of all
    languages: those that are refused for theirs are read past that by the same functions.
    """
    return [
        read_one(json.loads(line)) for line in (REAL / "index.jsonl").read_text(encoding="utf-8").splitlines()
    ]


def read_one(row: dict[str, Any]) -> Read:
    body = gzip.decompress((REAL / row["file"]).read_bytes())
    source = Source(
        slug=row["outlet"],
        name="",
        url="https://example.org/feed",
        via="rss",
        language=row["lang"],
        country="XX",
        expect=1,
    )
    entry = FeedEntry(source=row["outlet"], url=row["url"], title="", summary="", published=None)
    page = Page(entry=entry, url=row["url"], fetched=NOW, status=200, content_type="text/html", body=body)
    quick = quick_text(page, source=source, now=NOW)
    outcome = full_text(page, quick, source=source, now=NOW) if isinstance(quick, QuickPage) else quick
    baseline = (trafilatura.extract(body) or "") if row["text"] else ""
    if isinstance(outcome, FullPage):
        title, text, published = outcome.title, outcome.text, outcome.published
    else:
        html = decode(body, page.content_type)
        head = read_head(html)
        title = choose_title(head, feed_title="", outlet="", url=row["url"])
        text = main_text(html, cheap_text(html, head, title), head, title)
        published, _ = publication_date(
            now=NOW, json_ld=head.json_ld_dates, meta=head.meta_dates, html=date_in_page(html, now=NOW)
        )
    return Read(row=row, outcome=outcome, title=title, text=text, published=published, baseline=baseline)


def words_f1(text: str, reference: str) -> float:
    ours, theirs = Counter(WORDS.findall(text.lower())), Counter(WORDS.findall(reference.lower()))
    shared = sum((ours & theirs).values())
    return 2 * shared / (sum(ours.values()) + sum(theirs.values())) if shared else 0.0


def recall(text: str, reference: str) -> float:
    ours, theirs = Counter(WORDS.findall(text.lower())), Counter(WORDS.findall(reference.lower()))
    return sum((ours & theirs).values()) / sum(theirs.values())


def day(published: str) -> date:
    moment = datetime.fromisoformat(published.replace("Z", "+00:00"))
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC).date()


def test_every_page_has_a_named_outcome_and_articles_have_text(read: list[Read]) -> None:
    refused = Counter(page.outcome.reason for page in read if isinstance(page.outcome, Rejected))
    print(f"\n{len(read)} pages, refused: {dict(refused)}")
    assert {*refused} <= {Rejection.OTHER_LANGUAGE, Rejection.PAYWALLED}
    for page in read:
        if page.row["lang"] not in LANGUAGES:
            assert isinstance(page.outcome, Rejected)
            assert page.outcome.reason is Rejection.OTHER_LANGUAGE, page.row["url"]
    for pages in (
        [page for page in read if page.row["text"]],
        [page for page in read if page.row["text"] and page.row["lang"] in LANGUAGES],
    ):
        found = sum(recall(page.text, page.row["text"]) >= 0.5 for page in pages)
        print(f"text found on {found} of {len(pages)} article pages")
        assert found >= 0.97 * len(pages)
    read_in_ours = [
        page for page in read if page.row["lang"] in LANGUAGES and isinstance(page.outcome, FullPage)
    ]
    assert len(read_in_ours) >= 0.97 * sum(page.row["lang"] in LANGUAGES for page in read)


def test_text_is_at_least_as_good_as_trafilaturas_own(read: list[Read]) -> None:
    pages = [page for page in read if page.row["text"]]
    ours = [words_f1(page.text, page.row["text"]) for page in pages]
    theirs = [words_f1(page.baseline, page.row["text"]) for page in pages]
    mean_ours, mean_theirs = sum(ours) / len(ours), sum(theirs) / len(theirs)
    print(f"\ntext F1 on {len(pages)} pages: ours {mean_ours:.4f}, trafilatura {mean_theirs:.4f}")
    assert mean_ours >= mean_theirs
    assert mean_ours >= 0.95


def test_titles_agree(read: list[Read]) -> None:
    pages = [page for page in read if page.row["title"]]
    agreeing = sum(likeness(page.title, page.row["title"].replace("\u00ad", "")) >= 0.7 for page in pages)
    print(f"\ntitles agree on {agreeing} of {len(pages)} pages")
    assert agreeing >= 0.95 * len(pages)


def test_dates_agree(read: list[Read]) -> None:
    pages = [page for page in read if page.row["published"]]
    right = sum(
        page.published is not None and abs((page.published.date() - day(page.row["published"])).days) <= 1
        for page in pages
    )
    print(f"\ndates agree on {right} of {len(pages)} pages")
    assert right >= 0.9 * len(pages)
