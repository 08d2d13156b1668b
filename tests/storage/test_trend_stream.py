"""Six years of reports whose truth is known: what trends say of them is that truth."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

import pytest
from sqlalchemy import Engine

from pipeline.changes import change_points
from pipeline.gaps import Lack
from pipeline.periods import Step
from storage.engine import open_database
from storage.panels import Panel, load_panel
from storage.repository import Repository
from storage.trend_report import EventReport, event_report
from storage.trend_values import DatedBy, Question, Split
from tests.databases import KINDS, database
from tests.storage import stream

MONTHS = Question(step=Step.MONTH, first=stream.BEGIN.toordinal(), last=stream.END.toordinal())


@pytest.fixture(scope="module", params=KINDS)
def six_years(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    with database(request.param, tmp_path_factory.mktemp("stream")) as address:
        engine = open_database(address)
        _fill(engine)
        yield engine
        engine.dispose()


def _fill(engine: Engine) -> None:
    repository = Repository(engine)
    read = sorted(stream.reports(stream.world()), key=lambda report: report[1])
    assert len(read) >= 300
    for start in range(0, len(read), 50):
        repository.save_all([outcome for *_, outcome in read[start : start + 50]], now=stream.NOW)
    stream.crawl(repository)


@pytest.fixture(scope="module")
def panel(six_years: Engine) -> Panel:
    return load_panel(six_years, now=stream.NOW)


def asked(engine: Engine, panel: Panel, **options: object) -> EventReport:
    return event_report(engine, MONTHS, panel, now=stream.NOW, **options)  # type: ignore[arg-type]


def truth(month: str, *, people: bool = False) -> int:
    cases = stream.known(stream.world()).items()
    return sum(case.count if people else 1 for case, day in cases if day.isoformat().startswith(month))


def test_the_series_is_the_truth(six_years: Engine, panel: Panel) -> None:
    report = asked(six_years, panel)
    pieces = report.series.buckets
    complete = [place for place in range(len(pieces)) if report.complete(place)]
    assert len(pieces) == 72
    assert len(complete) > 40
    tallies = report.series.whole.tallies
    expected = {place: truth(pieces[place].label) for place in complete}
    total = sum(expected.values())
    # Not only in sum: what each month has too many or too few, together, is within 3 percent.
    assert sum(abs(tallies[place].cases - expected[place]) for place in complete) <= 0.03 * total
    people = sum(truth(pieces[place].label, people=True) for place in complete)
    assert sum(tallies[place].people.number for place in complete) == pytest.approx(people, rel=0.03)


def test_reports_are_not_events(six_years: Engine, panel: Panel) -> None:
    report = asked(six_years, panel)
    reports = sum(1 for _ in stream.reports(stream.world()))
    assert report.series.whole.total.cases < 0.8 * reports
    # By the day of the article some cases stand in the next month; it is the same number of cases.
    by_article = event_report(six_years, replace(MONTHS, by=DatedBy.ARTICLE), panel, now=stream.NOW)
    assert by_article.series.whole.total.cases == report.series.whole.total.cases
    assert by_article.series.whole.tallies != report.series.whole.tallies


def test_an_outage_is_marked_and_is_no_change(six_years: Engine, panel: Panel) -> None:
    report = asked(six_years, panel, changes=True)
    out = [f"2021-{month:02}" for month in range(3, 12)]
    marked = {piece.label for place, piece in enumerate(report.series.buckets) if not report.complete(place)}
    assert set(out) <= marked
    gaps = report.coverage.gaps[[piece.label for piece in report.series.buckets].index("2021-06")]
    assert {(gap.source, gap.lack) for gap in gaps} == {
        ("abend", Lack.BLOCKED),
        ("bote", Lack.SILENT),
        ("courier", Lack.NOT_ASKED),
    }
    assert report.changes == ()
    assert any("2021-03" in note and "left out of every comparison" in note for note in report.notes)
    # That is no matter of course: who does not know of the outage sees a change.
    counts = [tally.cases for tally in report.series.whole.tallies]
    assert change_points(counts, [1.0] * len(counts))[0]


def test_an_outlet_added_later_is_no_change(six_years: Engine, panel: Panel) -> None:
    report = asked(six_years, panel)
    gaps = {gap.source: gap.lack for gap in report.coverage.gaps[5]}
    assert gaps == {"echo": Lack.LATER}
    assert 0.7 < (report.coverage.shares[5] or 0) < 0.9
    fixed = asked(six_years, panel, fixed=True)
    assert fixed.panel == ("abend", "bote", "courier", "dia")
    assert fixed.coverage.gaps[5] == ()
    assert fixed.complete(5)
    assert fixed.series.whole.total.cases < report.series.whole.total.cases


def test_rates_are_of_the_same_outlets(six_years: Engine, panel: Panel) -> None:
    report = asked(six_years, panel, fixed=True, rates=True, changes=True)
    assert report.changes == ()
    place = 30
    seen = report.coverage.articles[place]
    mine = sum(each.daily for each in panel.outlets if each.source != "echo") * 30.5
    assert seen == pytest.approx(mine, rel=0.1)
    rate = report.rate(report.series.whole, place)
    assert rate == pytest.approx(report.series.whole.tallies[place].cases / seen * 10_000)


def test_two_periods_compared(six_years: Engine, panel: Panel) -> None:
    from pipeline.clues import days_of

    periods = (days_of("2019-04/2020-12"), days_of("2021/2022-06"))
    report = asked(six_years, panel, periods=periods)
    (change,) = report.changes
    assert change.p is not None
    assert change.p > 0.05
    assert change.text.startswith("from ")
    assert "in April 2019–December 2020 to" in change.text


def test_splits_hold_each_case_once(six_years: Engine, panel: Panel) -> None:
    for split, key in ((Split.NATIONALITY, "nationality"), (Split.COUNTRY, "country"), (Split.DRUG, "drug")):
        report = event_report(six_years, replace(MONTHS, split=split), panel, now=stream.NOW)
        found = Counter({line.key: line.total.cases for line in report.series.lines})
        assert sum(found.values()) == report.series.whole.total.cases
        known = Counter(str(getattr(case, key)) for case in stream.world())
        assert set(found) == set(known)
    report = event_report(six_years, replace(MONTHS, split=Split.SOURCE), panel, now=stream.NOW)
    assert {line.key for line in report.series.lines} == set(stream.OUTLETS)
    line = report.series.lines[0]
    # An outlet's cases are held against its own articles, some sixty a month.
    assert report.rate(line, 50) == pytest.approx(line.tallies[50].cases / 60 * 10_000, rel=0.25)
    assert sum(line.total.cases for line in report.series.lines) > report.series.whole.total.cases
