"""The pages of trends over a real server: charts, tables, files, and the cases behind each point."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from datetime import timedelta
from html import unescape
from itertools import pairwise
from pathlib import Path
from urllib.parse import parse_qs, urlsplit
from xml.etree import ElementTree

import httpx
import pytest

from pipeline.charts import Chart, Form
from pipeline.vocabulary import Drug, Kind, Stage
from storage.engine import open_database
from storage.repository import Repository
from tests.storage import builders
from tests.web.site import EVIL, shown
from web.drawing import LETTER, draw, ticks
from web.world import draw_world, spot

VIEWS = ("series", "matrix", "funnel", "sentences", "ranking", "map", "first")
PAIRS = (("NL", "PE"), ("NL", "PE"), ("BR", "PE"), ("NL", "TH"), ("GB", "TH"), ("NL", "ES"))


@pytest.fixture(scope="module")
def trend_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two years of cases of six pairs, each with another drug and place, two stocks and a flow."""
    path = tmp_path_factory.mktemp("trends") / "watch.sqlite3"
    engine = open_database(f"sqlite:///{path}")
    repository = Repository(engine)
    for number in range(1, 61):
        people, country = PAIRS[number % len(PAIRS)]
        day = builders.NOW - timedelta(days=12 * number)
        drugs = () if number % 7 == 0 else (Drug.COCAINE, Drug.HEROIN)[: 1 + number % 2]
        told = builders.record(
            nationality=people,
            country=country,
            count=number % 4 or None,
            stage=(Stage.ARRESTED, Stage.CONVICTED, Stage.IMPRISONED)[number % 3],
            drugs=drugs,
            quantity_kg=number / 3,
            when=day.date().isoformat(),
            place=f"Town {number}",
        )
        source = EVIL[:25] if number == 5 else ("outlet", "other")[number % 2]
        # Reports with words in common are of one case.
        body = " ".join(
            f"{word}{number}" for word in ["police", "customs", "court", "lawyer", "suitcase"] * 12
        )
        found = builders.relevant(number, told, body=body, published=day, source=source)
        repository.save(found, now=day)
    held = {"kind": Kind.STOCK, "stage": Stage.IMPRISONED, "place": None, "quantity_kg": None}
    for number, (count, when) in enumerate(((300, "2024"), (420, "2025")), 100):
        repository.save(
            builders.relevant(number, builders.record(count=count, when=when, **held)), now=builders.NOW
        )
    flow = builders.record(kind=Kind.FLOW, count=37, when="2024/2025", place=None)
    repository.save(builders.relevant(102, flow), now=builders.NOW)
    engine.dispose()
    return path


@pytest.fixture(scope="module")
def drawn(trend_path: Path) -> Iterator[str]:
    with shown(trend_path) as address:
        yield address


def _page(client: httpx.Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, answer.text[:500]
    return answer.text


@pytest.mark.parametrize("view", VIEWS)
def test_each_view_has_its_table_and_its_files(drawn: str, client: httpx.Client, view: str) -> None:
    query = f"show={view}&since=2024&months=1"
    text = _page(client, f"{drawn}/trends?{query}")
    assert "<caption>" in text
    assert ("data-chart=" in text) == (view not in ("sentences", "first"))
    rows = list(csv.DictReader(io.StringIO(_page(client, f"{drawn}/trends.csv?{query}"))))
    assert rows
    document = client.get(f"{drawn}/trends.json?{query}").json()
    assert document["show"] == ("ranking" if view == "map" else view)
    svg = client.get(f"{drawn}/trends.svg?{query}")
    if view in ("sentences", "first"):
        assert svg.status_code == 400
    else:
        root = ElementTree.fromstring(svg.text)
        assert root.tag.endswith("svg")
        assert len(svg.content) < 250_000


def test_a_png_is_drawn_where_the_extra_is(drawn: str, client: httpx.Client) -> None:
    pytest.importorskip("vl_convert")
    png = client.get(f"{drawn}/trends.png?by=year")
    assert png.content.startswith(b"\x89PNG")
    assert png.headers["content-disposition"].endswith('trends-series.png"')


LINKS = re.compile(r'href="(/trends/cases\?[^"]+)"')


@pytest.mark.parametrize(
    "query",
    [
        "by=year",
        "by=month&split=country",
        "by=quarter&split=drug",
        "by=year&split=source",
        "by=year&split=source&dated=article",
        "by=year&split=language",
        "by=year&split=pair&nationality=NL",
        "by=year&split=stage&dated=act",
        "show=matrix",
        "show=funnel",
        "show=ranking&split=nationality&since=2025",
        "show=map&nationality=NL",
        "show=map&split=nationality&country=PE",
        "by=month&compare=2024-06/2024-12&compare=2025-06/2025-12",
    ],
)
def test_behind_each_number_there_are_as_many_cases(drawn: str, client: httpx.Client, query: str) -> None:
    text = _page(client, f"{drawn}/trends?{query}")
    table = text[text.index("<tbody>") :]
    found = [
        (unescape(link), int(number.replace(",", "")))
        for link, number in re.findall(r'<a href="(/trends/cases\?[^"]+)">([\d,]+)</a>', table)
    ]
    names = re.findall(
        r'<a href="(/trends/cases\?[^"]+)">[^<]*[^\d<,][^<]*</a></td><td class="number ">(\d+)', table
    )
    found += [(unescape(link), int(number)) for link, number in names]
    assert found
    # All of what a chart leads to is in its table.
    chart = text[text.index("data-chart") : text.index("</svg>")] if "data-chart" in text else ""
    assert set(LINKS.findall(chart)) <= {link.replace("&", "&amp;") for link, _ in found} | set(
        LINKS.findall(table)
    )
    for link, number in found[:12]:
        page = _page(client, drawn + link)
        assert f"<small>{number} case" in page, (link, number)
        document = client.get(f"{drawn}/api/v1{link}").json()
        assert (document["total"], len(document["cases"])) == (number, number)


def test_the_cases_behind_have_pages(drawn: str, client: httpx.Client) -> None:
    first = _page(client, f"{drawn}/trends/cases?since=2024")
    rel = re.search(r'rel="next" href="([^"]+)"', first)
    assert rel
    after = _page(client, f"{drawn}/trends/cases{unescape(rel[1])}")
    numbers = re.compile(r'<h3><a href="/cases/(\d+)"')
    one, other = numbers.findall(first), numbers.findall(after)
    assert len(one) == 25
    assert not set(one) & set(other)


def test_the_cases_behind_a_point_are_files_and_a_feed(drawn: str, client: httpx.Client) -> None:
    page = _page(client, f"{drawn}/trends/cases?since=2024&country=PE")
    number = int(re.search(r"<small>([\d,]+) case", page)[1].replace(",", ""))  # type: ignore[index]
    links = [unescape(link) for link in re.findall(r'href="(/trends/cases\.[^"]+)"', page)]
    assert len(links) == 3
    for link in links:
        answer = client.get(drawn + link)
        assert answer.status_code == 200, link
        if ".csv" in link:
            assert len(list(csv.DictReader(io.StringIO(answer.text)))) == number
        elif ".atom" in link:
            assert answer.text.count("<entry>") == min(50, number)
        else:
            assert len(answer.json()["items"]) == min(50, number)


@pytest.mark.parametrize(
    ("query", "leads"),
    [
        ("?by=year", "/cases/"),
        ("?show=matrix&country=PE", "/cases/"),
        ("?show=first&months=1", "/cases/"),
        ("?show=ranking&split=pair&since=2024", "/cases/"),
        ("?kind=stock", "/articles/"),
        ("?kind=flow&show=ranking", "/articles/"),
        ("?split=kind&since=", "/"),
    ],
)
def test_every_view_has_feeds_of_what_it_counts(
    drawn: str, client: httpx.Client, query: str, leads: str
) -> None:
    page = _page(client, f"{drawn}/trends{query}")
    atom, feed = (
        next(link for link in map(unescape, re.findall(r'<a href="([^"]+)"', page)) if end in link)
        for end in ("/trends.atom", "/trends.feed.json")
    )
    assert f'href="{atom}"'.replace("&", "&amp;") in page.split("</head>")[0]
    space = {"a": "http://www.w3.org/2005/Atom"}
    entries = ElementTree.fromstring(client.get(drawn + atom).content).findall("a:entry", space)
    moments = [entry.findtext("a:updated", "", space) for entry in entries]
    assert 0 < len(entries) <= 50
    assert moments == sorted(moments, reverse=True)
    ids = [entry.findtext("a:id", "", space) for entry in entries]
    assert len(set(ids)) == len(ids)
    items = client.get(drawn + feed).json()["items"]
    assert [item["id"] for item in items] == ids
    assert all(leads in item["url"] for item in items)
    assert client.get(items[0]["url"]).status_code == 200


def test_the_feed_of_first_pairs_has_their_sentences(drawn: str, client: httpx.Client) -> None:
    query = "show=first&months=1&limit=50"
    said = client.get(f"{drawn}/trends.json?{query}").json()["first"]
    items = client.get(f"{drawn}/trends.feed.json?{query}").json()["items"]
    assert [item["title"] for item in items] == [each["text"] for each in said]
    assert [item["date_published"][:10] for item in items] == [each["day"] for each in said]


def test_events_stocks_and_flows_have_an_axis_each(drawn: str, client: httpx.Client) -> None:
    text = _page(client, f"{drawn}/trends?split=kind&since=")
    charts = re.findall(r'class="chart wide"[^>]* data-chart="([^"]+)"', text)
    assert charts == re.findall(r'class="chart narrow"[^>]* data-chart="([^"]+)"', text), "one for phones"
    assert [chart.split(",")[0] for chart in charts] == [
        "Cases by year",
        "How many are held",
        "How many a year",
    ]
    svg = ElementTree.fromstring(client.get(f"{drawn}/trends.svg?split=kind&since=").text)
    assert len(svg) == 3


def test_whether_it_is_a_change_is_said(drawn: str, client: httpx.Client) -> None:
    pytest.importorskip("scipy")
    compared = _page(client, f"{drawn}/trends?by=month&compare=2024-06/2024-12&compare=2025-06/2025-12")
    sentence = re.search(r'<p class="change">([^<]+)</p>', compared)
    assert sentence
    assert "cases a year" in sentence[1]
    assert "p " in sentence[1]
    svg = client.get(f"{drawn}/trends.svg?by=month&compare=2024-06/2024-12&compare=2025-06/2025-12").text
    assert "cases a year" in svg


def test_what_is_incomplete_is_shaded(drawn: str, client: httpx.Client) -> None:
    # 2026 is not over: its bar is hollow, on a shaded ground, and the words under it say so.
    text = _page(client, f"{drawn}/trends?by=year&since=2024")
    assert 'class="shade"' in text
    assert re.search(r"<title>2026: \d+ cases \(incomplete\)</title>", text)
    assert "2026 is not over." in text
    assert "stroke-dasharray" in text
    assert re.search(r">2026</th>.*>not over</td>", text)


def test_nothing_asked_shows_the_last_months_else_all(
    drawn: str, bare: str, full: str, client: httpx.Client
) -> None:
    assert "Cases by month" in _page(client, f"{drawn}/trends")
    assert "detainee-watch crawl" in _page(client, f"{bare}/trends")
    for view in VIEWS:
        assert "detainee-watch" in _page(client, f"{bare}/trends?show={view}")
        assert EVIL not in _page(client, f"{full}/trends?show={view}")


def test_the_first_weeks_are_shown_by_day(tmp_path: Path) -> None:
    path = tmp_path / "young.sqlite3"
    engine = open_database(f"sqlite:///{path}")
    for number in (1, 2):
        day = builders.NOW - timedelta(days=3 * number)
        told = builders.record(when=day.date().isoformat(), place=f"Town {number}")
        Repository(engine).save(builders.relevant(number, told, published=day), now=day)
    engine.dispose()
    with shown(path) as address, httpx.Client(base_url=address, trust_env=False) as client:
        text = client.get("/trends").text
        assert "Cases by day" in text
        assert '<option value="day" selected>' in text
        # Who asks for months is given months.
        assert "Cases by month" in client.get("/trends?by=month").text


def test_labels_of_days_do_not_touch() -> None:
    days = [(builders.NOW + timedelta(days=number)).date().isoformat() for number in range(30)]
    rows = tuple({"label": day, "value": 1, "complete": True, "first": day, "last": day} for day in days)
    svg = draw(Chart(form=Form.BARS, title="", subtitle="", rows=rows, value="cases")).svg(label="")
    found = re.findall(r'x="([\d.]+)"[^>]*>(\d{4}-\d\d-\d\d)<', svg)
    places = [float(x) for x, _ in found]
    assert 4 < len(places) < 13
    assert min(after - before for before, after in pairwise(places)) > 10 * LETTER


def test_names_of_outlets_stay_text(drawn: str, client: httpx.Client) -> None:
    for query in ("by=year&split=source", "show=ranking&split=source"):
        text = _page(client, f"{drawn}/trends?{query}")
        assert "&lt;script&gt;" in text
        assert "<script>" not in text
        svg = client.get(f"{drawn}/trends.svg?{query}").text
        assert ElementTree.fromstring(svg).tag.endswith("svg")
        assert "<script" not in svg


@pytest.mark.parametrize(
    "query",
    [
        "show=pie",
        "kind=stock&show=matrix",
        "by=day&since=1900&until=2026",
        "compare=2019",
        "limit=1000",
        "nationality=Atlantis",
        "page=2",
    ],
)
def test_what_makes_no_sense_is_400(drawn: str, client: httpx.Client, query: str) -> None:
    for end in ("", ".svg", ".csv", ".json"):
        assert client.get(f"{drawn}/trends{end}?{query}").status_code == 400


def test_every_link_of_a_view_leads_somewhere(drawn: str, client: httpx.Client) -> None:
    text = _page(client, f"{drawn}/trends?nationality=NL&by=year&split=country")
    links = {unescape(link) for link in re.findall(r'href="([^"#][^"]*)"', text)}
    tabs = {link for link in links if link.startswith("/trends?")}
    assert len(tabs) >= 8
    for link in tabs:
        assert parse_qs(urlsplit(link).query).get("nationality") == ["NL"], link
        assert client.get(drawn + link).status_code == 200, link


# -- drawing --------------------------------------------------------------------------------------


@pytest.mark.parametrize("most", [0, 0.3, 1, 2, 3, 7, 12, 99, 100, 12_345])
def test_ticks_are_round_and_few(most: float) -> None:
    found = ticks(most)
    assert found[0] == 0
    assert found[-1] >= most
    assert 2 <= len(found) <= 7


def test_a_drawing_escapes_and_leads(drawn: str) -> None:
    rows = tuple({"label": f"<b>{n}", "value": n, "text": f"{n}&", "of": "x"} for n in range(3))
    chart = Chart(form=Form.RANKS, title="t", subtitle="", rows=rows, value="cases")
    svg = draw(chart, lambda row: f'/x?a={row["value"]}&b="').alone("<t>", ["a & b"])
    root = ElementTree.fromstring(svg)
    links = [each.get("href") for each in root.iter() if each.tag.endswith("}a")]
    assert links == [f'/x?a={n}&b="' for n in range(3)]


def test_the_circles_of_a_map_are_as_small_as_their_numbers() -> None:
    def radii(*values: int) -> list[float]:
        codes = ("FR", "BE", "NL", "PE")
        rows = [{"code": code, "label": code, "value": n} for code, n in zip(codes, values, strict=False)]
        svg = draw_world(rows, "cases", lambda _: "").svg(label="")
        for row in rows:
            assert f">{row['code']} {row['value']}<" in svg
        return [float(each) for each in re.findall(r' r="([\d.]+)"', svg)]

    few, many = radii(2, 2, 1, 1), radii(800, 200)
    assert max(few) < 12
    assert many == [30.0, 15.0]


def test_the_map_has_places_in_their_order() -> None:
    lima, amsterdam, bangkok = spot(-77, -12), spot(5, 52), spot(100.5, 13.7)
    assert lima[0] < amsterdam[0] < bangkok[0]
    assert amsterdam[1] < bangkok[1] < lima[1]
    rows = [
        {"code": code, "label": code, "value": n} for n, code in ((9, "PE"), (4, "TH"), (2, "XX"), (0, "ES"))
    ]
    svg = draw_world(rows, "cases", lambda row: f"/{row['code']}", home="NL").alone("t", [])
    areas = [float(radius) ** 2 for radius in re.findall(r'<circle cx="[^"]+" cy="[^"]+" r="([\d.]+)"', svg)]
    assert len(areas) == 2
    assert areas[0] / areas[1] == pytest.approx(9 / 4, rel=0.05)
    assert "/XX" not in svg
