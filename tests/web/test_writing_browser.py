"""Pages that change something, in Chromium: by keys, without JavaScript, for everybody."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import Engine

from storage.alerts import read_rules
from storage.cases import find_cases
from storage.queries import find_articles, find_records
from storage.values import Filter
from tests.web.test_browser import PHONE, faults
from tests.web.writing import PASSWORD, users, writable

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page


@pytest.fixture
def desk(filled_path: Path, tmp_path: Path) -> Iterator[tuple[str, Engine]]:
    with writable(filled_path, tmp_path) as made:
        yield made


@pytest.fixture
def plain(browser: Browser) -> Iterator[Page]:
    """A visitor whose browser runs no JavaScript."""
    context = browser.new_context(viewport={"width": 1280, "height": 860}, java_script_enabled=False)
    yield context.new_page()
    context.close()


def count(engine: Engine) -> int:
    return find_articles(engine, Filter()).total


def test_review_by_keys(tab: Page, desk: tuple[str, Engine]) -> None:
    address, engine = desk
    before = count(engine)
    tab.goto(f"{address}/review")
    while tab.get_by_text("The text of this page is not kept").count():
        with tab.expect_navigation():
            tab.keyboard.press("s")
    title = tab.locator("h1").inner_text()
    with tab.expect_navigation():
        tab.keyboard.press("r")
    tab.get_by_text("is rejected. It is in no list.").wait_for()
    assert count(engine) == before - 1
    with tab.expect_navigation():
        tab.keyboard.press("u")
    tab.get_by_text("as it was before your last step").wait_for()
    assert tab.locator("h1").inner_text() == title
    assert count(engine) == before
    tab.keyboard.press("e")
    assert tab.evaluate("document.activeElement.name") == "nationality"
    tab.keyboard.type("x", delay=0)  # In a field, letters are letters.
    tab.locator("details[open] input[name=nationality]").fill("Chile")
    tab.locator("details[open] input[name=count]").fill("44")
    with tab.expect_navigation():
        tab.keyboard.press("Enter")
    tab.get_by_text("is corrected. It is in the lists.").wait_for()
    assert [row.record.count for row in find_records(engine, Filter(nationality=("CL",))).rows] == [44]
    with tab.expect_navigation():
        tab.keyboard.press("a")
    tab.get_by_text("is accepted. It is in the lists.").wait_for()
    assert tab.locator("h1").inner_text() != title, "the next one comes"


def test_keys_can_be_switched_off(tab: Page, desk: tuple[str, Engine]) -> None:
    address, engine = desk
    before = count(engine)
    tab.goto(f"{address}/help")
    tab.locator("#keys-off").check()
    tab.goto(f"{address}/review?article=2")
    tab.keyboard.press("r")
    tab.wait_for_timeout(300)
    assert count(engine) == before


def test_a_query_is_tried_while_it_is_written(tab: Page, desk: tuple[str, Engine]) -> None:
    address, _ = desk
    tab.goto(f"{address}/alerts/new")
    tab.get_by_label("Try it on").select_option("all")
    tab.get_by_label("Looks for").press_sequentially("Dutch country:PE")
    tab.locator("#preview b", has_text="hits").wait_for()
    assert tab.locator("#preview mark").first.inner_text() == "Dutch"
    tab.get_by_label("Looks for").fill("(Dutch")
    tab.locator("#preview .fault").wait_for()
    tab.get_by_label("Looks for").fill("nowheretobefound")
    tab.locator("#preview", has_text="no hits").wait_for()
    assert tab.url.endswith("/alerts/new"), "nothing was sent"


def test_on_a_phone_what_is_found_stands_under_the_query(tab: Page, desk: tuple[str, Engine]) -> None:
    address, _ = desk
    tab.set_viewport_size({"width": 360, "height": 740})
    tab.goto(f"{address}/alerts/new?query=Dutch&since=all")
    tab.locator("#preview mark").first.wait_for()
    parts = (tab.get_by_label("Looks for"), tab.locator("#preview"), tab.get_by_label("Writes to"))
    tops = [box["y"] for box in (part.bounding_box() for part in parts) if box]
    assert len(tops) == 3
    assert tops == sorted(tops)
    # Nobody has to scroll through all that is found to come to the rest.
    assert tops[2] - tops[1] < 740


def test_everything_works_without_javascript(plain: Page, desk: tuple[str, Engine]) -> None:
    address, engine = desk
    plain.goto(f"{address}/review?article=2")
    plain.get_by_role("button", name="Reject").click()
    plain.get_by_text("is rejected").wait_for()
    plain.get_by_role("button", name="Undo").click()
    plain.get_by_text("as it was before").wait_for()
    plain.goto(f"{address}/review?article=6")
    plain.locator("summary", has_text="Correct it").click()
    plain.locator("details[open] input[name=count]").fill("5")
    plain.get_by_role("button", name="Save").click()
    plain.get_by_text("is corrected").wait_for()
    cases = find_cases(engine, Filter()).rows
    plain.goto(f"{address}/cases/{cases[0].id}")
    plain.get_by_label("Case number").fill(str(cases[1].id))
    plain.get_by_role("button", name="is the same case").click()
    plain.get_by_text(f"Case {cases[1].id} is a part of case {cases[0].id} now.").wait_for()
    plain.locator("summary", has_text="another case").click()
    plain.locator("input[name=record]").first.check()
    plain.get_by_role("button", name="a case of their own").click()
    plain.get_by_text("This is a case of its own now").wait_for()
    plain.goto(f"{address}/alerts/new")
    plain.get_by_label("Name").fill("Dutch")
    plain.get_by_label("Looks for").fill("Dutch country:PE")
    plain.get_by_label("Try it on").select_option("all")
    plain.get_by_role("button", name="Try it").click()
    plain.locator("#preview b", has_text="hits").wait_for()
    assert plain.get_by_label("Name").input_value() == "Dutch", "what was written stays"
    plain.get_by_label("Writes to").fill("desk@example.org")
    plain.get_by_role("checkbox", name="Sat").check()
    plain.get_by_role("button", name="Save").click()
    plain.get_by_text("Saved. The rule looks").wait_for()
    assert read_rules(engine)[0].quiet_days == (5,)
    plain.get_by_role("button", name="Pause").click()
    plain.get_by_text("The rule is paused.").wait_for()
    plain.locator("summary", has_text="Remove it").click()
    plain.get_by_label("with all that it found").check()
    plain.get_by_role("button", name="Remove").click()
    plain.get_by_text("is removed").wait_for()
    assert read_rules(engine) == ()


def test_a_login_and_its_end(plain: Page, filled_path: Path, tmp_path: Path) -> None:
    with writable(filled_path, tmp_path, keys=users()) as (address, _):
        plain.goto(f"{address}/review")
        plain.get_by_label("Name").fill("reviewer")
        plain.get_by_label("Password").fill("wrong horse battery")
        plain.get_by_role("button", name="Log in").click()
        plain.get_by_text("not right").wait_for()
        plain.get_by_label("Password").fill(PASSWORD)
        plain.get_by_role("button", name="Log in").click()
        assert plain.url == f"{address}/review"
        plain.get_by_text("You are reviewer, reviewer.").wait_for()
        plain.get_by_role("button", name="Log out").click()
        plain.goto(f"{address}/review")
        assert "/login" in plain.url


PAGES = (
    "/review",
    "/review?article=2",
    "/alerts",
    "/alerts/new?query=Dutch&since=all",
    "/alerts/new?query=(Dutch",
    "/alerts/rules/1",
    "/alerts/rules/1/edit",
    "/alerts/deliveries",
    "/sources/add",
    "/cases/1",
    "/sources/outlet",
    "/login",
    "/alerts/unsubscribe/x",
)


def test_everybody_can_use_it(tab: Page, desk: tuple[str, Engine]) -> None:
    """On a wide screen in the light, and on a phone in the dark with everything opened."""
    address, _ = desk
    tab.request.post(
        f"{address}/alerts/new",
        form={"name": "Dutch " * 12, "query": "Dutch OR cocaine " * 6, "to": "desk@example.org"},
        headers={"Origin": address},
    )
    for path in PAGES:
        tab.set_viewport_size({"width": 1280, "height": 860})
        tab.emulate_media(color_scheme="light")
        tab.goto(address + path)
        assert faults(tab) == [], path
        tab.set_viewport_size(PHONE)  # type: ignore[arg-type]
        tab.emulate_media(color_scheme="dark")
        tab.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true; })")
        assert tab.evaluate("document.documentElement.scrollWidth") <= PHONE["width"], path
        assert faults(tab) == [], path
