"""Dates and periods, absolute and relative."""

from __future__ import annotations

from datetime import date

import pytest

from pipeline.measures import find_dates

PUBLISHED = date(2019, 8, 22)  # a Thursday


@pytest.mark.parametrize(
    ("language", "text", "value"),
    [
        ("en", "in April 2014", "2014-04"),
        ("es", "el 30 de junio de 2018", "2018-06-30"),
        ("fr", "le 14 mars", "2019-03-14"),
        ("en", "on December 3", "2018-12-03"),
        ("en", "on Wednesday", "2019-08-21"),
        ("es", "el viernes", "2019-08-16"),
        ("de", "am Montag", "2019-08-19"),
        ("en", "yesterday", "2019-08-21"),
        ("es", "ayer", "2019-08-21"),
        ("de", "gestern", "2019-08-21"),
        ("it", "ieri", "2019-08-21"),
        ("pt", "ontem", "2019-08-21"),
        ("fr", "hier", "2019-08-21"),
        ("nl", "gisteren", "2019-08-21"),
        ("en", "last month", "2019-07"),
        ("en", "last year", "2018"),
        ("en", "last December", "2018-12"),
        ("fr", "en octobre dernier", "2018-10"),
        ("en", "this month", "2019-08"),
        ("en", "two years ago", "2017"),
        ("en", "in 2012", "2012"),
        ("en", "between 2001 and 2009", "2001/2009"),
        ("en", "from 2016 to July 2019", "2016/2019-07"),
        ("en", "between 2010 and April 2014", "2010/2014-04"),
        ("en", "the first 10 months of 2011", "2011-01/2011-10"),
        ("en", "so far this year", "2019-01/2019-08"),
        ("en", "in the last two years", "2017/2019-08"),
        ("en", "since 2014", "2014/2019-08"),
        ("en", "the first half of 2020", "2020-01/2020-06"),
        ("de", "im ersten Halbjahr", "2019-01/2019-06"),
        ("en", "the first quarter of 2018", "2018-01/2018-03"),
        ("en", "as of 30 June", "2019-06-30"),
        ("en", "at the end of 2018", "2018-12"),
        ("es", "17/02/2016", "2016-02-17"),
        ("de", "am 3. Oktober 2018", "2018-10-03"),
        ("de", "17.02.2016", "2016-02-17"),
        ("en", "2016-02-17", "2016-02-17"),
        ("en", "In 2012-13 there were", "2012/2013"),
        ("es", "en lo que va de año", "2019-01/2019-08"),
        ("it", "dall'inizio dell'anno", "2019-01/2019-08"),
        ("nl", "sinds begin dit jaar", "2019-01/2019-08"),
        ("pt", "na quarta-feira", "2019-08-21"),
        ("en", "January-June 2004", "2004-01/2004-06"),
        ("en", "in the year to March 2009", "2008-04/2009-03"),
        ("en", "until next 3 October", "2019-10-03"),
    ],
)
def test_dates(language: str, text: str, value: str) -> None:
    assert value in [when.value for when in find_dates(text, language, PUBLISHED)]


def test_relative_dates_need_the_publication() -> None:
    assert find_dates("on Wednesday, last year, two years ago, so far this year", "en", None) == ()


@pytest.mark.parametrize(
    "text", ["You may go. They march on.", "31 February", "2,009 inmates", "version 1.2.3"]
)
def test_what_is_no_date(text: str) -> None:
    assert find_dates(text, "en", PUBLISHED) == ()


def test_kinds_and_spans() -> None:
    text = "In April 2014, on Wednesday, between 2001 and 2009"
    found = find_dates(text, "en", PUBLISHED)
    kinds = [(when.kind, when.relative) for when in found if when.start < 29]
    assert kinds[:2] == [("month", False), ("day", True)]
    assert text[found[0].start : found[0].end] == "In April 2014"


def test_a_bare_german_year_is_a_year_and_no_end_of_one() -> None:
    text = "2019 waren es 38. Ende 2018 saßen 20 ein."
    assert [w.value for w in find_dates(text, "de", None)] == ["2019", "2018-12"]


@pytest.mark.parametrize(
    ("language", "text", "value"),
    [
        ("en", "In 2014, 24 were held; the following year the number was 16.", "2015"),
        ("es", "En 2014 cayeron 24; un año después, 16.", "2015"),
        ("pt", "Em 2014 foram 24; no ano seguinte, 16.", "2015"),
        ("fr", "En 2014, 24 personnes ; l'année suivante, 16.", "2015"),
        ("de", "2014 waren es 24, im Jahr darauf 16.", "2015"),
        ("it", "Nel 2014 erano 24, l'anno dopo 16.", "2015"),
        ("nl", "In 2014 waren het er 24, een jaar later 16.", "2015"),
        ("en", "She was arrested in February 1993. Three years later he was freed.", "1996"),
        ("es", "61.200 en 2010, contra 59.900 un año antes", "2009"),
    ],
)
def test_a_year_beside_another_is_seen_from_the_one_said_last(language: str, text: str, value: str) -> None:
    assert value in [when.value for when in find_dates(text, language, PUBLISHED)]


def test_a_year_before_none_is_seen_from_the_publication() -> None:
    assert [w.value for w in find_dates("Das Jahr zuvor: im Vorjahr waren es 16.", "de", PUBLISHED)][
        -1
    ] == "2018"


def test_so_far_this_year_is_all_of_it_in_december() -> None:
    assert [w.value for w in find_dates("En lo que va de año", "es", date(2011, 12, 26))] == ["2011"]


def test_without_a_publication_date_the_latest_date_of_the_text_dates_last_year() -> None:
    text = "Bogotá, marzo de 2017. El año pasado hubo 1.664."
    assert [w.value for w in find_dates(text, "es", None)] == ["2017-03", "2016"]


def test_the_end_of_a_period_is_in_the_latest_year_of_the_text() -> None:
    text = (
        "Figures run to May 2023. Their part was 40 percent in 2021. From 2018 through May, 3,400 were held."
    )
    assert "2018/2023-05" in [w.value for w in find_dates(text, "en", None)]


@pytest.mark.parametrize(
    ("language", "text", "value"),
    [
        ("en", "He was stopped in March last year.", "2018-03"),
        ("es", "Cayó en marzo del año pasado.", "2018-03"),
        ("pt", "Foi preso em março do ano passado.", "2018-03"),
        ("fr", "Il est tombé en mars de l'année dernière.", "2018-03"),
        ("de", "Er wurde im März vergangenen Jahres gefasst.", "2018-03"),
        ("it", "È stato fermato nel marzo dell'anno scorso.", "2018-03"),
        ("nl", "Hij is in maart vorig jaar gepakt.", "2018-03"),
        ("en", "He was stopped in 2012. In June of that year he was freed.", "2012-06"),
        ("es", "Cayó en 2012. En junio de ese año salió.", "2012-06"),
        ("pt", "Foi preso em 2012. Em junho desse ano saiu.", "2012-06"),
        ("fr", "Il est tombé en 2012. En juin de la même année, il sort.", "2012-06"),
        ("de", "Er wurde 2012 gefasst. Im Juni desselben Jahres kam er frei.", "2012-06"),
        ("it", "Fu fermato nel 2012. Nel giugno di quell'anno uscì.", "2012-06"),
        ("nl", "Hij werd in 2012 gepakt. In juni van dat jaar kwam hij vrij.", "2012-06"),
        ("en", "He was stopped in 2012. On 3 May of the following year he was freed.", "2013-05-03"),
        ("es", "Cayó en 2012. El 3 de mayo del año siguiente salió.", "2013-05-03"),
        ("pt", "Foi preso em 2012. A 3 de maio do ano seguinte saiu.", "2013-05-03"),
    ],
)
def test_a_month_is_of_the_year_that_is_named_behind_it(language: str, text: str, value: str) -> None:
    assert value in [when.value for when in find_dates(text, language, PUBLISHED)]
    assert "2019-03" not in [when.value for when in find_dates(text, language, PUBLISHED)]


@pytest.mark.parametrize(
    ("language", "text", "value"),
    [
        ("en", "He was stopped in November 2012. Three months later he was freed.", "2013-02"),
        ("es", "Cayó en noviembre de 2012. Tres meses después salió.", "2013-02"),
        ("pt", "Foi preso em novembro de 2012. Três meses depois saiu.", "2013-02"),
        ("fr", "Il est tombé en novembre 2012. Trois mois plus tard, il sort.", "2013-02"),
        ("de", "Er wurde im November 2012 gefasst. Drei Monate später kam er frei.", "2013-02"),
        ("it", "Fu fermato nel novembre 2012. Tre mesi dopo uscì.", "2013-02"),
        ("nl", "Hij werd in november 2012 gepakt. Drie maanden later kwam hij vrij.", "2013-02"),
        ("en", "From January to June 2014 24 were held, 33 in the same period of 2013.", "2013-01/2013-06"),
        ("es", "Entre enero y junio de 2014 cayeron 24; en el mismo periodo de 2013, 33.", "2013-01/2013-06"),
        ("pt", "De janeiro a junho de 2014 foram 24; em igual período de 2013, 33.", "2013-01/2013-06"),
        ("fr", "De janvier à juin 2014, 24 ; sur la même période de 2013, 33.", "2013-01/2013-06"),
        ("de", "Von Januar bis Juni 2014 waren es 24, im gleichen Zeitraum 2013 33.", "2013-01/2013-06"),
        ("it", "Tra gennaio e giugno 2014 erano 24, nello stesso periodo del 2013 33.", "2013-01/2013-06"),
        ("nl", "Van januari tot juni 2014 24, in dezelfde periode van 2013 33.", "2013-01/2013-06"),
        ("en", "From January to June 2014 24 were held, the same period last year 33.", "2013-01/2013-06"),
        ("en", "January to June 2014 saw 24 held, the same period a year earlier 33.", "2013-01/2013-06"),
        ("de", "Von Januar bis Juni 2014 waren es 24, im Vorjahreszeitraum 33.", "2013-01/2013-06"),
    ],
)  # fmt: skip
def test_times_seen_from_the_one_said_last(language: str, text: str, value: str) -> None:
    assert value in [when.value for when in find_dates(text, language, PUBLISHED)]


def test_nothing_is_seen_from_what_was_not_said() -> None:
    assert find_dates("Three months later, in the same period, that year.", "en", PUBLISHED) == ()
    assert find_dates("It began in 9998. Three months later it ended.", "en", PUBLISHED) == ()
