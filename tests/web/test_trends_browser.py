"""The pages of trends in Chromium: a click on a point, the keyboard, a phone, dark, WCAG."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.web.site import shown
from tests.web.test_trends import VIEWS, trend_path

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

__all__ = ["trend_path"]
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
OTHERS = ("kind=stock", "kind=flow", "split=kind", "by=month&split=country")


@pytest.fixture(scope="module")
def drawn(trend_path: Path) -> Iterator[str]:
    with shown(trend_path) as address:
        yield address


def test_a_click_on_a_bar_leads_to_its_cases(drawn: str, tab: Page) -> None:
    tab.goto(f"{drawn}/trends?by=year&since=2025&until=2025")
    bar = tab.locator("svg.chart a").first
    title = bar.locator("title").text_content() or ""
    bar.click()
    number = title.split(": ")[1].split(" ")[0]
    assert tab.locator("h1 small").inner_text() == f"{number} cases"
    assert tab.url.startswith(f"{drawn}/trends/cases?")
    tab.locator("h3 a").first.click()
    assert "/cases/" in tab.url


def test_the_form_makes_an_address_that_can_be_opened_again(drawn: str, tab: Page) -> None:
    tab.goto(f"{drawn}/trends")
    tab.locator("input[name=nationality]").fill("Netherlands")
    tab.get_by_label("A line for each").select_option("country")
    tab.get_by_role("button", name="Show").click()
    assert "nationality=Netherlands" in tab.url
    heading = tab.locator("h2").first.inner_text()
    assert "country" in heading
    tab.goto(tab.url)
    assert tab.locator("h2").first.inner_text() == heading
    assert tab.locator("input[name=nationality]").input_value() == "Netherlands"
    tab.get_by_role("link", name="Map", exact=True).click()
    assert "people from" in tab.locator("h2").first.inner_text()


def test_the_table_is_reached_by_the_keyboard(drawn: str, tab: Page) -> None:
    tab.goto(f"{drawn}/trends?by=year&since=2025")
    tab.locator("details.data > summary").focus()
    tab.keyboard.press("Enter")
    tab.keyboard.press("Tab")
    tab.keyboard.press("Tab")
    assert tab.evaluate("document.activeElement.closest('table') !== null")
    tab.keyboard.press("Enter")
    tab.wait_for_url("**/trends/cases?*")


@pytest.mark.parametrize("dark", [False, True])
def test_axe_finds_nothing(drawn: str, browser: Browser, dark: bool) -> None:
    from axe_playwright_python.sync_playwright import Axe

    context = browser.new_context(color_scheme="dark" if dark else "light", bypass_csp=True)
    page = context.new_page()
    paths = [f"trends?show={view}&since=2024&months=1" for view in VIEWS] + [f"trends?{o}" for o in OTHERS]
    # Dark is about colours, of which these have all.
    chosen = (
        ("trends?show=matrix", "trends?show=map", OTHERS[-1]) if dark else (*paths, "trends/cases", "api")
    )
    for path in chosen:
        page.goto(f"{drawn}/{path}")
        page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
        found = Axe().run(page, options={"runOnly": {"type": "tag", "values": TAGS}})
        said = [
            (each["id"], each["nodes"][0]["html"][:200], each["nodes"][0]["failureSummary"][:300])
            for each in found.response["violations"]
        ]
        assert said == [], path
    context.close()


def test_a_phone_never_scrolls_sideways(drawn: str, browser: Browser) -> None:
    # Without JavaScript, too.
    context = browser.new_context(viewport={"width": 360, "height": 740}, java_script_enabled=False)
    page = context.new_page()
    views = [f"show={view}&since=2024&months=1" for view in VIEWS]
    for query in (*views, *OTHERS, "show=map&nationality=NL"):
        page.goto(f"{drawn}/trends?{query}")
        assert page.evaluate("document.documentElement.scrollWidth") <= 360, query
        assert page.locator("h1").inner_text() == "Trends"
        charts = page.locator("svg.chart:visible")
        assert charts.count() == page.locator("svg.chart.narrow").count(), query
        for number in range(charts.count()):
            chart = charts.nth(number)
            # A matrix is as wide as it is, and scrolled in its box; everything else fits, and can be read.
            size = chart.evaluate("each => [each.clientWidth, each.viewBox.baseVal.width]")
            assert size[0] <= 344 or "asis" in (chart.get_attribute("class") or ""), query
            assert size[0] >= 0.85 * size[1], query
    context.close()


def test_the_map_of_a_phone_has_its_land_and_leads_on(drawn: str, browser: Browser) -> None:
    context = browser.new_context(viewport={"width": 360, "height": 740})
    page = context.new_page()
    page.goto(f"{drawn}/trends?show=map&since=2024")
    land = page.locator("svg.narrow use").evaluate("each => each.getBoundingClientRect().width")
    assert 250 < land <= 344
    assert page.locator(".beside table").is_visible(), "the table stands beside it, opened"
    page.locator("svg.narrow a").first.click()
    page.wait_for_url("**/trends/cases?*")
    context.close()
