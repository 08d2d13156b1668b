"""Every page and every file, on a filled and on an empty database, over a real server."""

from __future__ import annotations

import csv
import io
import re
from datetime import timedelta
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urljoin
from xml.etree import ElementTree

import httpx
import pytest

from tests.web.site import EVIL, NOW, later, shown
from web.marked import changes

LISTS = ("articles", "cases", "figures", "sources")
PAGES = (
    "/",
    "/articles",
    "/articles/1",
    "/articles?query=cocaine&nationality=NL&sort=rank",
    "/cases",
    "/cases/1",
    "/cases?country=PE&stage=convicted",
    "/figures",
    "/figures?kind=flow",
    "/sources",
    "/sources?state=trouble",
    "/sources/broken",
    "/help",
)
FEEDS = {"a": "{http://www.w3.org/2005/Atom}"}


class Read(HTMLParser):
    """What a test wants to know of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def links(self) -> list[str]:
        return [attrs["href"] or "" for tag, attrs in self.tags if tag == "a" and "href" in attrs]


@pytest.mark.parametrize("path", PAGES)
def test_every_page_is_shown(full: str, client: httpx.Client, path: str) -> None:
    answer = client.get(full + path)
    assert answer.status_code == 200, answer.text
    page = Read(answer.text)
    assert [tag for tag, _ in page.tags].count("h1") == 1
    assert len(answer.content) < 250_000
    ids = [attrs["id"] for _, attrs in page.tags if "id" in attrs]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("path", [path for path in PAGES if not re.search(r"/\w+/\w", path)])
def test_an_empty_database_says_what_to_do(bare: str, client: httpx.Client, path: str) -> None:
    answer = client.get(bare + path)
    assert answer.status_code == 200, answer.text
    if path in ("/", "/articles", "/cases", "/figures"):
        assert "detainee-watch crawl" in answer.text
        assert "detainee-watch demo --serve" in answer.text


@pytest.mark.parametrize("path", ["/articles/1", "/cases/1", "/sources/none", "/nothing", f"/cases/{10**30}"])
def test_what_is_not_there_is_404(bare: str, client: httpx.Client, path: str) -> None:
    for end in ("", ".json"):
        answer = client.get(bare + path + end)
        assert answer.status_code == 404
    assert answer.json()["error"]["status"] == 404


def test_every_link_leads_somewhere(full: str, client: httpx.Client) -> None:
    """From the first page on, through all that is linked here, and some of the many filters; pages of
    other parts are not followed."""
    seen: set[str] = set()
    waiting = ["/"]
    while waiting:
        path = waiting.pop()
        if path in seen or ("?" in path and sum("?" in each for each in seen) >= 30):
            continue
        seen.add(path)
        answer = client.get(full + path, follow_redirects=True)
        assert answer.status_code == 200, path
        if answer.headers["content-type"].startswith("text/html"):
            for link in Read(answer.text).links():
                target = urljoin(full + path, link)
                if target.startswith(full):
                    found = target.removeprefix(full).partition("#")[0]
                    ours = re.match(r"/(articles|cases|figures|sources|help)\b|/$|/\?", found)
                    if ours:
                        waiting.append(found)
    assert {"/cases/1", "/articles/1", "/sources/broken", "/help", "/articles.csv"} <= seen


@pytest.mark.parametrize("name", LISTS)
def test_every_list_is_a_file_and_a_feed_too(full: str, client: httpx.Client, name: str) -> None:
    table = list(csv.DictReader(io.StringIO(client.get(f"{full}/{name}.csv").text)))
    document = client.get(f"{full}/{name}.json").json()
    rows = document["lines" if name == "figures" else name]
    assert table
    assert rows
    if name != "figures":
        assert document["total"] == len(table) == len(rows)
    feed = ElementTree.fromstring(client.get(f"{full}/{name}.atom").content)
    entries = feed.findall("a:entry", {"a": "http://www.w3.org/2005/Atom"})
    items = client.get(f"{full}/{name}.feed.json").json()["items"]
    assert len(items) == len(entries) > 0
    ids = [entry.findtext("a:id", "", {"a": "http://www.w3.org/2005/Atom"}) for entry in entries]
    assert len(set(ids)) == len(ids)
    assert all(each.startswith("urn:uuid:") for each in ids)


@pytest.mark.parametrize("name", LISTS)
def test_files_have_the_query_of_the_list(full: str, client: httpx.Client, name: str) -> None:
    query = {
        "articles": "nationality=BR",
        "cases": "country=GB",
        "figures": "kind=flow",
        "sources": "state=ok",
    }
    page = Read(client.get(f"{full}/{name}?{query[name]}").text)
    for end in (".csv", ".json", ".atom", ".feed.json"):
        assert f"/{name}{end}?{query[name]}" in page.links()
    narrow = client.get(f"{full}/{name}.csv?{query[name]}").text.splitlines()
    assert len(narrow) < len(client.get(f"{full}/{name}.csv").text.splitlines()) or name == "figures"


@pytest.mark.parametrize("name", LISTS)
def test_files_of_nothing_are_well_formed(bare: str, client: httpx.Client, name: str) -> None:
    assert client.get(f"{bare}/{name}.csv").status_code == 200
    assert client.get(f"{bare}/{name}.json").json()["total"] in (0, 4)
    assert ElementTree.fromstring(client.get(f"{bare}/{name}.atom").content).tag.endswith("feed")
    assert client.get(f"{bare}/{name}.feed.json").json()["items"] == []


def test_csv_is_safe_in_a_spreadsheet(full: str, client: httpx.Client) -> None:
    answer = client.get(f"{full}/articles.csv")
    assert answer.headers["content-disposition"] == 'attachment; filename="articles.csv"'
    assert "\x1b" not in answer.text
    assert "\u202e" not in answer.text


def test_an_article_has_its_evidence_marked(full: str, client: httpx.Client) -> None:
    text = client.get(f"{full}/articles/1").text
    marked = re.findall(r'<mark class="evidence[^>]*>(.*?)</mark>', text.split('<div class="text"')[1], re.S)
    plain = re.sub("<sup>.*?</sup>|<.*?>", "", "".join(marked))
    assert plain == "Three Dutch nationals were arrested in Lima with 12 kilos of cocaine."
    assert "<del>Two</del>" in text
    assert "<ins>Three</ins>" in text
    assert 'href="/cases/1"' in text
    assert "changed by the outlet" in text
    document = client.get(f"{full}/articles/1.json").json()
    evidence = document["records"][0]
    assert document["text"][evidence["start"] : evidence["end"]] == evidence["evidence"]


def test_a_case_has_stages_and_disagreements(full: str, client: httpx.Client) -> None:
    text = client.get(f"{full}/cases/1").text
    stages = text.split('id="stages"')[1].split("</section>")[0]
    assert stages.index("arrested") < stages.index("convicted")
    assert "The Outlet" in text
    assert "El Otro" in text
    assert re.search(r"By language: English \d, Spanish 1\.", text)
    assert "6 years 6 months" in text
    assert "people from the Netherlands" in text.split('id="differing"')[1]
    assert [step["stage"] for step in client.get(f"{full}/cases/1.json").json()["stages"]] == [
        "arrested",
        "convicted",
    ]


def test_figures_are_apart_with_their_moment_and_source(full: str, client: httpx.Client) -> None:
    stocks = client.get(f"{full}/figures").text
    assert "about 1,014" in stocks
    assert "2026-01-01" in stocks
    assert "1 other figure" in stocks
    assert "a year" not in stocks.split("<table")[1]
    assert "120 a year" in client.get(f"{full}/figures?kind=flow").text
    assert client.get(f"{full}/figures?kind=event").status_code == 400


def test_sources_that_need_a_look_come_first(full: str, client: httpx.Client) -> None:
    rows = client.get(f"{full}/sources.json").json()["sources"]
    assert [row["slug"] for row in rows] == ["broken", "other", "outlet", "new"]
    page = client.get(f"{full}/sources/outlet")
    assert "2026-03-03: 1, 1 of them failed" in page.text
    days = {row["day"]: row for row in client.get(f"{full}/sources/outlet.json").json()["days"]}
    assert len(days) == 60
    assert days["2026-03-03"]["failed"] == 1
    assert days["2026-03-04"]["new"] == 1
    assert days["2026-03-04"]["text_length"] > 50


def test_today_tells_what_is_new_and_what_changed(full: str, client: httpx.Client) -> None:
    text = re.sub(r"\s+", " ", client.get(f"{full}/").text)
    assert "arrested → <b>convicted</b>" in text
    assert "2 from the Netherlands, arrested in Peru</del> → <ins>3 from the Netherlands" in text
    assert "Broken &lt;i&gt;News&lt;/i&gt;" in text
    assert 'crawl: <span class="good">ok</span>' in text


def test_today_remembers_when_the_reader_last_looked(filled_path: object, full: str) -> None:
    with httpx.Client(trust_env=False) as reader:
        first = reader.get(f"{full}/")
        assert "in the last week" in first.text
        assert "HttpOnly" in first.headers["set-cookie"]
        assert "SameSite=Strict" in first.headers["set-cookie"]
        # Within a visit what was new stays so.
        assert "since you last looked" in reader.get(f"{full}/").text
    long_ago = int(later(-48).timestamp())
    cookie = {"Cookie": f"looked={long_ago}.{long_ago}"}
    text = httpx.get(f"{full}/", headers=cookie, trust_env=False).text
    assert later(-48).strftime("%Y-%m-%d %H:%M UTC") in text
    for broken in ("x", "1.2.3", "9999999999999.1", f"{2**40}.1", "-1.5", f"{int(later(99).timestamp())}.1"):
        answer = httpx.get(f"{full}/", headers={"Cookie": f"looked={broken}"}, trust_env=False)
        assert "in the last week" in answer.text, broken


def test_a_moment_can_be_shared(full: str, client: httpx.Client) -> None:
    since = (NOW - timedelta(days=200)).strftime("%Y-%m-%dT%H:%M:%SZ")
    answer = client.get(f"{full}/?since={since}")
    assert since in answer.text
    assert "set-cookie" not in answer.headers
    assert client.get(f"{full}/?since=never").status_code == 400


def test_an_unchanged_page_is_not_sent_again(full: str, client: httpx.Client) -> None:
    first = client.get(f"{full}/articles")
    again = client.get(f"{full}/articles", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert "content-security-policy" in again.headers


def test_evil_texts_are_shown_as_text(full: str, client: httpx.Client) -> None:
    listed = client.get(f"{full}/articles").text
    (number,) = re.findall(r'href="/articles/(\d+)"[^>]*>&lt;script', listed)
    pages = [listed] + [client.get(full + path).text for path in (f"/articles/{number}", "/", "/cases")]
    pages.append(client.get(f"{full}/sources/broken").text)
    pages.append(client.get(f"{full}/articles?query={EVIL[:20]}&since=2026&nationality=NL").text)
    for text in pages:
        page = Read(text)
        assert [attrs for tag, attrs in page.tags if tag == "script"] == [
            {"src": "/static/keys.js?1", "defer": None}
        ]
        assert not [tag for tag, attrs in page.tags if tag == "img" or any(n.startswith("on") for n in attrs)]
        assert not [tag for tag, attrs in page.tags if "style" in attrs or tag == "style"]
        assert "\x1b" not in text
        title = re.search(r"<h[13][^>]*>.*?</h[13]>", text, re.S)
        assert title
        assert "\u202e" not in title[0]
    assert "49" not in re.findall(r"<h1.*?</h1>", pages[1], re.S)[0]


def test_feeds_lead_by_https_where_readers_come_so(filled_path: Path) -> None:
    with shown(filled_path, secure=True) as address:
        feed = httpx.get(f"{address}/articles.feed.json", trust_env=False).json()
    assert feed["items"][0]["url"].startswith("https://127.0.0.1")


def test_texts_that_are_hard_to_compare_are_compared_quickly() -> None:
    """Words that come again and again cost a plain comparison the square of their number."""
    before, after = "a b " * 4_000, "b a " * 4_000
    (paragraph,) = changes(before, after)
    assert {piece.how for piece in paragraph} == {"removed", "added"}
    three = changes("Twelve men\nTwelve were held.\nThey wait.", "Nine men\nNine were held.\nThey wait.")
    assert [[each.text for each in paragraph] for paragraph in three] == [
        ["Twelve", "Nine", "men"],
        ["Twelve", "Nine", "were held."],
    ]
    lines = changes("x\n" * 20_000, "y\nx\n" * 20_000)
    assert lines
