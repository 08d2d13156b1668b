"""Publication dates: what machines write, and which of several is believed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.dates import EARLIEST, parse_moment, publication_date
from pipeline.vocabulary import DateOrigin

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2014-11-13", datetime(2014, 11, 13, tzinfo=UTC)),
        ("2014-11-13T10:20:30Z", datetime(2014, 11, 13, 10, 20, 30, tzinfo=UTC)),
        ("2014-11-13T10:20:30.123+02:00", datetime(2014, 11, 13, 8, 20, 30, tzinfo=UTC)),
        ("2014-11-13T10:20:30-0500", datetime(2014, 11, 13, 15, 20, 30, tzinfo=UTC)),
        ("2014-11-13 10:20 +01", datetime(2014, 11, 13, 9, 20, tzinfo=UTC)),
        ("2014/11/13", datetime(2014, 11, 13, tzinfo=UTC)),
        ("20141113", datetime(2014, 11, 13, tzinfo=UTC)),
        ("20141113T102030Z", datetime(2014, 11, 13, 10, 20, 30, tzinfo=UTC)),
        ("1415873730", datetime(2014, 11, 13, 10, 15, 30, tzinfo=UTC)),
        ("1415873730000", datetime(2014, 11, 13, 10, 15, 30, tzinfo=UTC)),
        ("Thu, 13 Nov 2014 10:20:30 +0100", datetime(2014, 11, 13, 9, 20, 30, tzinfo=UTC)),
        ("Thu, 13 Nov 2014 10:20:30 GMT", datetime(2014, 11, 13, 10, 20, 30, tzinfo=UTC)),
        ("2014-11-13T24:00:00Z", datetime(2014, 11, 13, tzinfo=UTC)),
        ("0001-01-01T00:00:00Z", datetime(1, 1, 1, tzinfo=UTC)),
    ],
)
def test_dates_that_machines_write(text: str, moment: datetime) -> None:
    assert parse_moment(text) == moment


@pytest.mark.parametrize(
    "text", ["", "soon", "13/11/2014", "2014-02-30", "2014-13-01", "99999999999999", "0000-00-00", "May"]
)
def test_what_is_no_date(text: str) -> None:
    assert parse_moment(text) is None


@given(st.text(max_size=60))
def test_any_text_is_a_date_or_none(text: str) -> None:
    moment = parse_moment(text)
    assert moment is None or moment.tzinfo is UTC


@given(st.datetimes(min_value=datetime(1990, 1, 2), max_value=datetime(2030, 1, 1)))  # noqa: DTZ001 (the zone follows)
def test_iso_dates_come_back(naive: datetime) -> None:
    moment = naive.replace(microsecond=0, tzinfo=UTC)
    assert parse_moment(moment.isoformat()) == moment


def test_order_of_trust() -> None:
    feed = datetime(2020, 1, 1, tzinfo=UTC)
    everything = {"json_ld": ["2020-02-02"], "meta": ["2020-03-03"], "html": "2020-04-04"}
    assert publication_date(now=NOW, given=feed, feed=NOW, **everything) == (feed, DateOrigin.GIVEN)
    assert publication_date(now=NOW, feed=feed, **everything) == (feed, DateOrigin.FEED)
    assert publication_date(now=NOW, **everything) == (datetime(2020, 2, 2, tzinfo=UTC), DateOrigin.JSON_LD)
    assert publication_date(now=NOW, meta=["?", "2020-03-03"], html="2020-04-04") == (
        datetime(2020, 3, 3, tzinfo=UTC),
        DateOrigin.META,
    )
    assert publication_date(now=NOW, html="2020-04-04") == (datetime(2020, 4, 4, tzinfo=UTC), DateOrigin.HTML)
    assert publication_date(now=NOW) == (None, None)


def test_future_absurd_and_zoneless_dates_are_passed_over() -> None:
    ahead = NOW + timedelta(days=2)
    assert publication_date(now=NOW, feed=ahead, meta=["2026-10-30"]) == (
        datetime(2026, 10, 30, tzinfo=UTC),
        DateOrigin.META,
    )
    assert publication_date(now=NOW, feed=NOW + timedelta(hours=20))[1] is DateOrigin.FEED
    assert publication_date(now=NOW, feed=EARLIEST - timedelta(days=1)) == (None, None)
    assert publication_date(now=NOW, feed=NOW.replace(tzinfo=None)) == (None, None)
