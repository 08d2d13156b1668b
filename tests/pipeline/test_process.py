# ruff: noqa: E501 (sentences of prose)
"""Every page and every handed-in article ends in a named outcome."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import pipeline.process
from pipeline.process import SCREENED_OUT, TEXT_CUT, process, process_text, read_page
from pipeline.text import MAX_TEXT
from pipeline.types import Article, Extracted, Irrelevant, Outcome, Rejected
from pipeline.vocabulary import DateOrigin, Rejection
from tests.pipeline.pages import NOW, PARAGRAPHS, SOURCE, TITLE, html, page

HARBOUR = (
    "The harbour authority opened a new pier on Monday, and several hundred people came to see the first ferry leave "
    "for the islands in bright sunshine.",
    "The pier took three years to build. A second one is planned for the next decade, the mayor said, if the budget "
    "allows it and the fishermen agree.",
)


def text_outcome(title: str, text: str, **known: object) -> Outcome:
    rest: dict[str, object] = {
        "language": None,
        "published": None,
        "outlet_country": None,
        "source_slug": "",
        "now": NOW,
    }
    return process_text("", title, text, **(rest | known))  # type: ignore[arg-type]


def test_a_relevant_page_becomes_records_with_verbatim_evidence() -> None:
    published = NOW - timedelta(days=3)
    outcome = process(page(html(), published=published), source=SOURCE, now=NOW)
    assert isinstance(outcome, Extracted), outcome
    article = outcome.article
    assert article.title == TITLE
    assert article.text == "\n".join((TITLE, *PARAGRAPHS))
    assert article.url == "https://harbour.example/news/1"
    assert (article.source, article.language, article.outlet_country) == ("harbour-post", "en", "TH")
    assert (article.published, article.date_origin) == (published, DateOrigin.FEED)
    assert [segment.paragraph for segment in article.segments] == [0, 1, 2, 2, 3]
    for record in outcome.records:
        span = record.evidence
        assert article.text[span.start : span.end] == span.text
    assert {record.nationality for record in outcome.records} == {"KE"}


def test_the_same_article_as_text_gives_the_same_records() -> None:
    as_page = process(page(html()), source=SOURCE, now=NOW)
    as_text = text_outcome(TITLE, "\n\n".join(PARAGRAPHS), outlet_country="TH")
    assert isinstance(as_page, Extracted)
    assert isinstance(as_text, Extracted)
    assert as_text.records == as_page.records


def test_a_page_that_cannot_be_relevant_is_not_read_to_the_end() -> None:
    outcome = process(page(html(title="New pier opens", paragraphs=HARBOUR)), source=SOURCE, now=NOW)
    assert isinstance(outcome, Irrelevant), outcome
    assert [reason.rule for reason in outcome.assessment.reasons] == [SCREENED_OUT]
    assert outcome.article.title == "New pier opens"
    assert all(paragraph in outcome.article.text for paragraph in HARBOUR)
    whole = read_page(page(html(title="New pier opens", paragraphs=HARBOUR)), source=SOURCE, now=NOW)
    assert isinstance(whole, Article)
    assert len(whole.segments) == 4


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (401, Rejection.BLOCKED),
        (403, Rejection.BLOCKED),
        (429, Rejection.BLOCKED),
        (404, Rejection.GONE),
        (410, Rejection.GONE),
        (418, Rejection.HTTP_ERROR),
        (503, Rejection.HTTP_ERROR),
    ],
)
def test_answers_that_are_no_page(status: int, reason: Rejection) -> None:
    outcome = process(page(html(), status=status), source=SOURCE, now=NOW)
    assert isinstance(outcome, Rejected)
    assert (outcome.reason, outcome.detail) == (reason, f"HTTP {status}")


def test_a_stub_that_was_screened_out_is_a_stub() -> None:
    outcome = process(
        page(html(title="New pier opens", paragraphs=("Watch the video.",))), source=SOURCE, now=NOW
    )
    assert isinstance(outcome, Rejected)
    assert outcome.reason is Rejection.TOO_SHORT


def test_an_exception_in_a_reader_is_an_outcome(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object, **__: object) -> None:
        raise RecursionError("too deep")

    monkeypatch.setattr(pipeline.process, "quick_text", fails)
    outcome = process(page(html()), source=SOURCE, now=NOW)
    assert isinstance(outcome, Rejected)
    assert (outcome.reason, outcome.detail) == (Rejection.UNREADABLE, "RecursionError: too deep")


def test_a_very_long_text_is_cut_and_says_so() -> None:
    outcome = text_outcome(
        TITLE, "\n".join(PARAGRAPHS) + "\n" + "Nothing more was said. " * 20_000, language="en"
    )
    assert isinstance(outcome, Extracted | Irrelevant)
    assert len(outcome.article.text) <= MAX_TEXT
    assert TEXT_CUT in [reason.rule for reason in outcome.assessment.reasons]
    short = text_outcome(TITLE, "\n".join(PARAGRAPHS))
    assert isinstance(short, Extracted)
    assert TEXT_CUT not in [reason.rule for reason in short.assessment.reasons]


def test_what_is_known_of_a_handed_in_article_is_believed() -> None:
    published = datetime(2020, 1, 2, tzinfo=UTC)
    outcome = text_outcome(
        "New pier", HARBOUR[0], language="en", published=published, outlet_country="XX", source_slug="x"
    )
    assert isinstance(outcome, Irrelevant), outcome
    article = outcome.article
    assert (article.published, article.date_origin) == (published, DateOrigin.GIVEN)
    assert (article.outlet_country, article.source, article.url) == (None, "x", "")
    other = text_outcome("New pier", HARBOUR[0], language="pl")
    assert isinstance(other, Rejected)
    assert other.reason is Rejection.OTHER_LANGUAGE
    future = text_outcome("New pier", HARBOUR[0], published=NOW + timedelta(days=9))
    assert isinstance(future, Irrelevant)
    assert future.article.published is None


def test_nothing_handed_in_is_empty() -> None:
    outcome = text_outcome("", " \n\x00")
    assert isinstance(outcome, Rejected)
    assert outcome.reason is Rejection.EMPTY


def test_plain_text_pages_are_read_with_their_title() -> None:
    body = f"{TITLE}\n\n" + "\n\n".join(PARAGRAPHS)
    given = replace(
        page(body, content_type="text/plain", url=""), entry=replace(page("").entry, source="", url="")
    )
    outcome = process(given, source=None, now=NOW)
    assert isinstance(outcome, Extracted), outcome
    assert outcome.article.text == "\n".join((TITLE, *PARAGRAPHS))


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow], max_examples=40)
@given(
    body=st.one_of(
        st.binary(max_size=400), st.text(max_size=400).map(lambda text: html(paragraphs=(text,)).encode())
    ),
    content_type=st.sampled_from(
        ["text/html", "text/plain", "", "text/html; charset=utf-16", "application/xhtml+xml", "x"]
    ),
)
def test_any_bytes_have_an_outcome(body: bytes, content_type: str) -> None:
    outcome = process(page(body, content_type=content_type), source=SOURCE, now=NOW)
    assert isinstance(outcome, Rejected | Irrelevant | Extracted)
    assert not (isinstance(outcome, Rejected) and outcome.reason is Rejection.UNREADABLE), outcome.detail


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow], max_examples=40)
@given(
    title=st.text(max_size=60),
    text=st.text(max_size=400),
    language=st.sampled_from([None, "", "en", "de", "xx"]),
)
def test_any_text_has_an_outcome(title: str, text: str, language: str | None) -> None:
    outcome = text_outcome(title, text, language=language)
    assert not (isinstance(outcome, Rejected) and outcome.reason is Rejection.UNREADABLE), outcome.detail
