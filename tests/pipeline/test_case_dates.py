"""When a case happened, out of reports that say it more or less exactly, or not at all."""

from __future__ import annotations

from datetime import date

import pytest

from pipeline.attribution import whose
from pipeline.case_dates import Exactness, act_day, event_day
from pipeline.case_sums import Told
from pipeline.vocabulary import Stage
from tests.storage import builders


def told(published: str, when: str | None, stage: Stage = Stage.ARRESTED) -> Told:
    day = date.fromisoformat(published).toordinal()
    return Told(day=day, record=builders.record(when=when, stage=stage))


def began(*reports: Told) -> tuple[str, Exactness]:
    found = event_day(reports, min(each.day for each in reports))
    assert found.day is not None
    return date.fromordinal(found.day).isoformat(), found.exactness


def test_the_date_of_the_event_not_of_the_article() -> None:
    assert began(told("2020-03-09", "2020-03-04")) == ("2020-03-04", Exactness.DAY)


def test_a_month_stands_for_its_day_nearest_to_the_report() -> None:
    assert began(told("2020-03-09", "2020-03")) == ("2020-03-09", Exactness.MONTH)
    assert began(told("2020-05-09", "2020-03")) == ("2020-03-31", Exactness.MONTH)
    assert began(told("2020-05-09", "2018")) == ("2018-12-31", Exactness.YEAR)


def test_without_a_date_the_first_report_stands_for_it() -> None:
    assert began(told("2020-03-09", None), told("2020-03-11", None)) == ("2020-03-09", Exactness.REPORT)


def test_a_later_stage_does_not_move_the_case() -> None:
    arrested, sentenced = told("2020-03-09", None), told("2022-01-20", "2022-01-18", Stage.CONVICTED)
    assert began(arrested, sentenced) == ("2020-03-09", Exactness.REPORT)
    # What a late report says of the arrest counts when the case was first heard of at the sentence.
    late = told("2022-01-20", "2020-03-04")
    assert began(late, sentenced) == ("2020-03-04", Exactness.DAY)
    last = act_day((arrested, sentenced), sentenced.day)
    assert last.day == date(2022, 1, 18).toordinal()


def test_exact_before_often_before_first() -> None:
    loose = told("2020-03-08", "2020-03")
    slip = told("2020-03-09", "2020-03-01")
    assert (
        began(loose, slip, told("2020-03-10", "2020-03-04"), told("2020-03-11", "2020-03-04"))[0]
        == "2020-03-04"
    )


def test_a_date_after_its_own_report_is_none() -> None:
    assert began(told("2020-03-09", "2021-03-04")) == ("2020-03-09", Exactness.REPORT)


def test_where_nothing_says_when() -> None:
    found = event_day((told("2020-03-09", None),), None)
    assert (found.day, found.exactness) == (None, Exactness.NONE)


@pytest.mark.parametrize(
    ("sentence", "office"),
    [
        ("According to figures from Mexico’s Foreign Ministry (SRE), 191 were held.", "foreign ministry"),
        ("La Cancillería calcula que 8.600 colombianos están detenidos.", "foreign ministry"),
        ("Segundo o Itamaraty, 761 brasileiros cumprem pena.", "foreign ministry"),
        ("Le Quai d'Orsay recense 1 270 ressortissants.", "foreign ministry"),
        ("Laut Auswärtigem Amt sitzen 31 Deutsche ein, teilte das Auswärtige Amt mit.", "foreign ministry"),
        ("Volgens Buitenlandse Zaken zijn het er 22.", "foreign ministry"),
        ("The Mexican Embassy recorded an average of 10 a year.", "embassy"),
        ("31 Landsleute hat die deutsche Botschaft betreut.", "embassy"),
        ("Secondo il consolato sono 12.", "embassy"),
        ("The prison service counts 40 of them.", "prison service"),
        ("Según la policía, fueron 57.", "police"),
        ("Prisoners Abroad said it was supporting 80 people.", "charity"),
        ("Twenty Ugandans are now under sentence of death.", None),
    ],
)
def test_whose_figure_it_is(sentence: str, office: str | None) -> None:
    assert whose(sentence) == office
