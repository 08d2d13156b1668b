"""The pages in Chromium: keyboard, filters, phone, dark, without JavaScript, and for everybody (axe)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

from tests.web.test_pages import PAGES

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

WCAG = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa")
PHONE = {"width": 360, "height": 740}


def faults(page: Page) -> list[str]:
    """What axe-core finds against WCAG 2.2 AA, and where."""
    from axe_playwright_python.sync_playwright import Axe

    found: dict[str, Any] = (
        Axe()
        .run(page, options={"runOnly": {"type": "tag", "values": list(WCAG)}, "resultTypes": ["violations"]})
        .response
    )
    return [f"{each['id']}: {node['html'][:200]}" for each in found["violations"] for node in each["nodes"]]


@pytest.fixture
def phone(browser: Browser) -> Iterator[Page]:
    """A phone in the dark, without JavaScript."""
    context = browser.new_context(viewport=PHONE, color_scheme="dark", java_script_enabled=False)
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("path", PAGES)
def test_everybody_can_use_it(tab: Page, full: str, path: str) -> None:
    """On a wide screen in the light, and on a phone in the dark with everything opened."""
    tab.goto(full + path)
    assert faults(tab) == []
    tab.set_viewport_size(PHONE)  # type: ignore[arg-type]
    tab.emulate_media(color_scheme="dark")
    tab.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true; })")
    assert tab.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    assert tab.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(20, 24, 29)"
    assert faults(tab) == []


def test_everybody_can_use_it_when_it_is_empty(tab: Page, bare: str) -> None:
    for path in ("/", "/articles", "/cases", "/figures"):
        tab.goto(bare + path)
        assert faults(tab) == []


def test_faults_would_be_found(tab: Page, full: str) -> None:
    tab.goto(f"{full}/help")
    tab.evaluate(
        "document.querySelector('main').insertAdjacentHTML('beforeend', '<img src=/static/icon.svg>')"
    )
    assert [each for each in faults(tab) if each.startswith("image-alt")]


def test_lists_are_walked_by_keyboard(tab: Page, full: str) -> None:
    tab.goto(f"{full}/articles")
    titles = tab.locator(".item h3 a").all_inner_texts()
    tab.keyboard.press("j")
    tab.keyboard.press("j")
    assert tab.locator(".here h3").inner_text() == titles[1]
    tab.keyboard.press("k")
    assert tab.locator(".here h3").inner_text() == titles[0]
    with tab.expect_navigation():
        tab.keyboard.press("o")
    assert re.search(r"/articles/\d+$", tab.url)
    with tab.expect_navigation():
        tab.keyboard.press("?")
    assert tab.url == f"{full}/help"
    tab.keyboard.press("/")
    assert tab.evaluate("document.activeElement.id") == "search"
    # What is typed into a field is text.
    tab.keyboard.type("jo?/")
    assert tab.input_value("#search") == "jo?/"
    assert tab.url == f"{full}/help"


def test_keys_can_be_switched_off(tab: Page, full: str) -> None:
    tab.goto(f"{full}/help")
    tab.check("#keys-off")
    tab.goto(f"{full}/articles")
    tab.keyboard.press("j")
    assert tab.locator(".here").count() == 0
    tab.goto(f"{full}/help")
    assert tab.is_checked("#keys-off")
    tab.uncheck("#keys-off")
    tab.keyboard.press("Tab")
    with tab.expect_navigation():
        tab.goto(f"{full}/articles")
    tab.keyboard.press("j")
    assert tab.locator(".here").count() == 1


def test_rows_of_tables_are_walked_too(tab: Page, full: str) -> None:
    tab.goto(f"{full}/sources")
    tab.keyboard.press("j")
    with tab.expect_navigation():
        tab.keyboard.press("o")
    assert tab.url == f"{full}/sources/broken"


def test_a_search_is_an_address(browser: Browser, tab: Page, full: str) -> None:
    """Words and filters are in the address: reloaded, or opened elsewhere, it is the same list."""
    tab.goto(f"{full}/")
    tab.keyboard.press("/")
    tab.keyboard.type("cocaine")
    with tab.expect_navigation():
        tab.keyboard.press("Enter")
    assert tab.url == f"{full}/articles?query=cocaine"
    all_of_them = tab.locator(".item h3").all_inner_texts()
    with tab.expect_navigation():
        tab.locator("aside").get_by_role("link", name=re.compile("^Brazil")).click()
    assert tab.url == f"{full}/articles?nationality=BR&query=cocaine"
    narrow = tab.locator(".item h3").all_inner_texts()
    assert 0 < len(narrow) < len(all_of_them)
    tab.reload()
    assert tab.locator(".item h3").all_inner_texts() == narrow
    context = browser.new_context()
    elsewhere = context.new_page()
    elsewhere.goto(tab.url)
    assert elsewhere.locator(".item h3").all_inner_texts() == narrow
    context.close()
    # The form keeps what is set beside it, and a chip takes it away again.
    tab.select_option("select[name=sort]", "found")
    with tab.expect_navigation():
        tab.get_by_role("button", name="Show").click()
    assert "nationality=BR" in tab.url
    assert "sort=found" in tab.url
    with tab.expect_navigation():
        tab.get_by_role("link", name=re.compile("nationality: Brazil")).click()
    assert "nationality" not in tab.url
    assert tab.locator(".item h3").count() == len(all_of_them)


def test_it_works_without_javascript(phone: Page, full: str) -> None:
    phone.goto(f"{full}/articles")
    assert not phone.locator("aside input[name=since]").is_visible()
    phone.get_by_text("Search and filters").click()
    phone.fill("aside input[name=query]", "cocaine")
    with phone.expect_navigation():
        phone.get_by_role("button", name="Show").click()
    assert "query=cocaine" in phone.url
    assert phone.locator(".item").count() > 0
    phone.locator(".item h3 a").first.click()
    phone.wait_for_url(re.compile(r"/articles/\d+"))
    assert "UTC" in phone.locator("article .meta").first.inner_text()
    assert phone.locator("footer").inner_text().startswith("Days and times are those of UTC.")
    phone.goto(f"{full}/figures")
    phone.get_by_role("link", name="Flows").click()
    phone.wait_for_url(re.compile("kind=flow"))
    assert "120 a year" in phone.locator("main").inner_text()


def test_filters_are_open_on_a_wide_screen(tab: Page, full: str) -> None:
    tab.goto(f"{full}/cases")
    assert tab.locator("aside input[name=query]").is_visible()
    assert not tab.get_by_text("Search and filters").is_visible()


def test_times_are_those_of_the_reader(tab: Page, full: str) -> None:
    """05:06 UTC is six minutes past midnight in Lima."""
    tab.goto(f"{full}/articles/2")
    time = tab.locator("article time[data-moment]").first
    assert time.inner_text() == "2026-03-04 00:06"
    assert time.get_attribute("title") == "2026-03-04 05:06 UTC"
    assert "America/Lima" in tab.locator("footer").inner_text()


def test_evil_texts_do_nothing(tab: Page, full: str) -> None:
    said: list[str] = []
    tab.on("dialog", lambda dialog: (said.append(dialog.message), dialog.dismiss()))
    tab.goto(f"{full}/articles")
    with tab.expect_navigation():
        tab.get_by_role("link", name=re.compile("<script>alert")).first.click()
    tab.hover(".text p:last-child")
    tab.goto(f"{full}/sources/broken")
    assert said == []
