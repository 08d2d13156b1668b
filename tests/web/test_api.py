"""The API over a real server: lists, pages of them, filters, errors, ETag, tokens."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import pytest

from app.commands.serve import _rule_feed
from app.settings import Settings
from storage.alert_values import Hit, HitSort, Matched, Rule
from storage.alerts import add_hits, add_rule
from storage.engine import open_database, writing
from storage.repository import Repository
from tests.storage import builders
from tests.web.site import EVIL, NOW, shown
from web.api import OPERATIONS
from web.cursors import read_cursor, write_cursor
from web.guard import hasher
from web.site import Keys
from web.tokens import Scope, Token

LISTS = ("articles", "records", "cases", "figures")
MANY = 23


def _save(path: Path, numbers: range, *, day: int = 0) -> None:
    engine = open_database(f"sqlite:///{path}")
    repository = Repository(engine)
    at = builders.NOW - timedelta(days=day)
    # Two of a day, so that the order needs more than the day.
    repository.save_all(
        [
            builders.relevant(
                number,
                builders.record(count=number % 5 or None),
                published=at - timedelta(days=(number % 100) // 2),
            )
            for number in numbers
        ],
        now=builders.NOW,
    )
    engine.dispose()


@pytest.fixture(scope="module")
def many_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("many") / "watch.sqlite3"
    _save(path, range(1, MANY + 1))
    return path


@pytest.fixture(scope="module")
def many(many_path: Path) -> Iterator[str]:
    with shown(many_path) as address:
        yield address


def _pages(client: httpx.Client, address: str, **parameters: Any) -> list[dict[str, Any]]:
    found, cursor = [], ""
    for _ in range(100):
        answer = client.get(address, params={**parameters, **({"cursor": cursor} if cursor else {})})
        assert answer.status_code == 200, answer.text
        found.append(answer.json())
        cursor = found[-1]["next"]
        if cursor is None:
            return found
    raise AssertionError("the pages have no end")


@pytest.mark.parametrize("sort", ["newest", "oldest", "found", "count"])
@pytest.mark.parametrize("of", ["articles", "records", "cases"])
def test_pages_have_each_row_once_in_the_order_of_the_whole(
    many: str, client: httpx.Client, of: str, sort: str
) -> None:
    whole = _pages(client, f"{many}/api/v1/{of}", sort=sort, limit=200)
    assert len(whole) == 1
    pages = _pages(client, f"{many}/api/v1/{of}", sort=sort, limit=5)
    assert [row["id"] for page in pages for row in page[of]] == [row["id"] for row in whole[0][of]]
    assert {page["total"] for page in pages} == {len(whole[0][of])}
    assert len(whole[0][of]) == MANY or of == "cases"


def test_rows_that_come_in_move_no_page(tmp_path: Path, client: httpx.Client) -> None:
    path = tmp_path / "watch.sqlite3"
    _save(path, range(1, MANY + 1), day=10)
    with shown(path) as address:
        api = f"{address}/api/v1/articles"
        before = [row["id"] for row in client.get(api, params={"limit": 200}).json()["articles"]]
        first = client.get(api, params={"limit": 10}).json()
        # Newer ones before it, older ones behind it, and one in between.
        _save(path, range(101, 106))
        _save(path, range(201, 206), day=60)
        rest = _pages(client, api, limit=10, cursor=first["next"])
    seen = [row["id"] for page in (first, *rest) for row in page["articles"]]
    assert len(seen) == len(set(seen))
    assert [number for number in seen if number in before] == before
    assert len(set(seen) - set(before)) == 5


def test_a_cursor_belongs_to_its_list(many: str, client: httpx.Client) -> None:
    cursor = client.get(f"{many}/api/v1/articles?limit=5").json()["next"]
    for address in ("records?", "articles?sort=oldest&", "articles?country=PE&", "cases?"):
        answer = client.get(f"{many}/api/v1/{address}cursor={cursor}")
        assert answer.status_code == 400
        assert answer.json()["error"]["parameter"] == "cursor"
    # Of the size of the pages it knows nothing.
    assert client.get(f"{many}/api/v1/articles?limit=3&cursor={cursor}").status_code == 200


@pytest.mark.parametrize(
    "cursor", ["x", "e30", "W10", "bnVsbA", "WyJ4IiwgMV0", "%00", "é", "A" * 999, write_cursor((1, 2, 3), 0)]
)
def test_broken_cursors_are_refused(many: str, client: httpx.Client, cursor: str) -> None:
    answer = client.get(f"{many}/api/v1/articles", params={"cursor": cursor})
    assert answer.status_code == 400
    assert answer.json()["error"]["parameter"] == "cursor"


def test_a_cursor_is_read_as_it_was_written() -> None:
    place = (NOW, 7, "é")
    kinds = (type(NOW), int, str)
    assert read_cursor(write_cursor(place, "list"), "list", kinds) == place
    assert read_cursor("", "list", kinds) is None


@pytest.mark.parametrize(
    ("address", "number"),
    [
        ("records?nationality=NL", 4),
        ("records?nationality=Netherlands&country=PE&stage=convicted", 1),
        ("records?kind=stock,flow", 3),
        ("records?drug=heroin", 1),
        ("articles?lang=es", 1),
        ("articles?source=other", 2),
        ("articles?query=cocaine+-six", 5),
        ("articles?since=2026-03-01&until=2026-03", 6),
        ("cases?stage=convicted", 1),
        ("figures?nationality=GB", 2),
        ("figures?kind=flow", 1),
    ],
)
def test_filters_are_those_of_the_command_line(
    full: str, client: httpx.Client, address: str, number: int
) -> None:
    found = client.get(f"{full}/api/v1/{address}").json()
    assert found["total"] == len(found[address.split("?")[0]])
    # The sample's counts are told apart from none and from all.
    everything = client.get(f"{full}/api/v1/{address.split('?')[0]}").json()["total"]
    assert 0 < found["total"] <= everything
    assert found["total"] == number or number > 3, found["total"]


def test_a_figure_has_its_moment_and_its_rate(full: str, client: httpx.Client) -> None:
    rows = client.get(f"{full}/api/v1/figures").json()["figures"]
    flow = next(row for row in rows if row["kind"] == "flow")
    assert (flow["from"], flow["to"], flow["per_year"]) == ("2025-01-01", "2025-12-31", 120)
    stocks = {(row["from"], row["count"], row["per_year"]) for row in rows if row["kind"] == "stock"}
    assert stocks == {("2026-01-01", 1014, None), ("2025-01-01", 980, None)}


def test_an_article_has_its_text_and_what_the_offsets_count_in(full: str, client: httpx.Client) -> None:
    article = client.get(f"{full}/api/v1/articles/1").json()
    for record in article["records"]:
        assert article["text"][record["start"] : record["end"]] == record["evidence"]
    assert article["records"]
    assert article["revision"] == len(article["revisions"]) == 1
    assert client.get(f"{full}/api/v1/cases/{article['cases'][0]}").json()["country"] == "PE"
    titles = [row["title"] for row in client.get(f"{full}/api/v1/articles").json()["articles"]]
    assert any("<script>" in title for title in titles)
    assert "\x1b" not in client.get(f"{full}/api/v1/articles").text
    assert EVIL


@pytest.mark.parametrize(
    ("address", "parameter"),
    [
        ("articles?country=Pru", "country"),
        ("articles?since=soon", "since"),
        ("articles?since=2026-02&until=2026-01", "until"),
        ("articles?limit=0", "limit"),
        ("articles?limit=201", "limit"),
        ("articles?limit=1e3", "limit"),
        ("articles?sort=rank", "sort"),
        ("articles?stage=gone", "stage"),
        ("articles?lang=xx", "lang"),
        ("articles?page=2", "page"),
        ("articles?query=(open", "query"),
        ("trends?query=(open", "query"),
        ("cases?sort=rank&query=x", "sort"),
        ("figures?kind=event", "kind"),
        ("trends?by=hour", "by"),
        ("trends?kind=stock&show=matrix", "show"),
        ("trends?compare=2019", "compare"),
        ("trends?compare=2022&compare=2019", "compare"),
        ("trends?per_10000=maybe", "per_10000"),
        ("trends?since=1800&by=day&until=2026", "by"),
        ("trends/cases?line=PE", "line"),
    ],
)
def test_what_is_not_understood_is_said(
    full: str, client: httpx.Client, address: str, parameter: str
) -> None:
    answer = client.get(f"{full}/api/v1/{address}")
    assert answer.status_code == 400, answer.text
    error = answer.json()["error"]
    assert error["status"] == 400
    assert error.get("parameter", "") == parameter
    assert len(error["detail"]) > 10
    assert not re.search(r"--[a-z]", error["detail"])


@pytest.mark.parametrize("number", ["0", "999", "9" * 30])
@pytest.mark.parametrize("of", ["articles", "records", "cases", "alerts"])
def test_what_is_not_there_is_404(full: str, client: httpx.Client, of: str, number: str) -> None:
    answer = client.get(f"{full}/api/v1/{of}/{number}")
    assert answer.status_code == 404
    assert answer.json()["error"]["status"] == 404


def test_nothing_changed_is_304(full: str, client: httpx.Client) -> None:
    for path in ("articles", "cases/1", "trends?by=month", "sources"):
        first = client.get(f"{full}/api/v1/{path}")
        again = client.get(f"{full}/api/v1/{path}", headers={"If-None-Match": first.headers["etag"]})
        assert again.status_code == 304
        assert again.content == b""
        other = client.get(f"{full}/api/v1/{path}", headers={"If-None-Match": 'W/"0"'})
        assert other.content == first.content
    head = client.head(f"{full}/api/v1/articles")
    assert head.status_code == 200
    assert head.content == b""


INJECTIONS = (
    "' OR 1=1 --",
    '"; DROP TABLE articles; --',
    "1) UNION SELECT value FROM secrets --",
    "<script>alert(1)</script>",
    "../../../../etc/passwd",
    "{{7*7}}",
    "%00%0d%0aSet-Cookie: a=b",
    "\ud7ff\u202e\x00",
    "NEAR(a b) AND OR NOT (",
    "1e400",
    "-1",
    "9" * 400,
    "☃" * 300,
)


READING = [each for each in OPERATIONS if not each.changes]


@pytest.mark.parametrize("operation", READING, ids=lambda each: each.id)
def test_nothing_that_is_typed_breaks_it(bare: str, client: httpx.Client, operation: Any) -> None:
    path = operation.path.replace("{number}", "1").replace("{slug}", "outlet")
    for place, parameter in enumerate(operation.parameters):
        # Each parameter meets some of them, and each of them some parameter of each sort.
        for bad in INJECTIONS[place % 6 :: 6]:
            answer = client.get(f"{bare}/api/v1{path}", params={parameter.name: bad})
            assert answer.status_code in (200, 400, 404), (parameter.name, bad, answer.text[:300])
            assert answer.json()
            assert "set-cookie" not in answer.headers


@pytest.mark.parametrize("bad", INJECTIONS)
def test_no_search_breaks_it(full: str, client: httpx.Client, bad: str) -> None:
    for path in ("articles", "records", "cases", "trends", "trends/cases"):
        answer = client.get(f"{full}/api/v1/{path}", params={"query": bad, "source": bad})
        assert answer.status_code in (200, 400), (path, bad, answer.text[:300])
    answer = client.get(f"{full}/api/v1/sources/{quote(bad, safe='')}")
    assert answer.status_code == 404


def test_outside_of_the_api_errors_have_the_same_shape(full: str, client: httpx.Client) -> None:
    for answer, status in (
        (client.get(f"{full}/api/v1/nothing"), 404),
        (client.post(f"{full}/api/v1/articles", json={}), 405),
        (client.get(f"{full}/api/v1/articles", headers={"Host": "evil.example"}), 421),
        (client.get(f"{full}/api/v1/articles?query={'x' * 9_000}"), 414),
    ):
        assert answer.status_code == status
        assert answer.json()["error"]["status"] == status


# -- tokens ---------------------------------------------------------------------------------------

SECRETS = {Scope.READ: "read-" + "r" * 20, Scope.WRITE: "write-" + "w" * 20, Scope.ADMIN: "admin-" + "a" * 20}


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    path = tmp_path_factory.mktemp("guarded") / "watch.sqlite3"
    engine = open_database(f"sqlite:///{path}")
    Repository(engine).save(builders.relevant(1), now=builders.NOW)
    rule = Rule(name="lima", query="lima", address="mailto:someone@example.org")
    with writing(engine) as connection:
        stored = add_rule(connection, rule, now=NOW)
        hit = Hit(
            rule_id=stored.id or 0,
            key="a",
            sort=HitSort.WORDS,
            url="https://outlet.example/1",
            title="<b>Lima</b>",
            source="outlet",
            language="en",
            published=NOW,
            excerpt="Two were arrested in Lima.",
            matched=Matched(words=("Lima",)),
            article_id=1,
        )
        add_hits(connection, [replace(hit, key=f"{n}") for n in range(5)], now=NOW)
    engine.dispose()
    keys = Keys(
        tokens=tuple(
            Token(name=scope.value, hash=hasher().hash(secret), scope=scope)
            for scope, secret in SECRETS.items()
        )
    )
    with shown(path, keys=keys, rule_feed=_rule_feed(Settings())) as address:
        yield address


def test_tokens_are_asked_for(guarded: str, client: httpx.Client) -> None:
    for headers in ({}, {"Authorization": "Bearer wrong"}, {"Authorization": "Basic eDp5"}):
        answer = client.get(f"{guarded}/api/v1/articles", headers=headers)
        assert answer.status_code == 401
        assert answer.json()["error"]["status"] == 401
        assert answer.headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize("scope", list(Scope))
def test_a_token_has_a_scope(guarded: str, client: httpx.Client, scope: Scope) -> None:
    headers = {"Authorization": f"Bearer {SECRETS[scope]}"}
    me = client.get(f"{guarded}/api/v1/me", headers=headers)
    assert me.json() == {"name": scope.value, "scope": scope.value}
    rule = client.get(f"{guarded}/api/v1/alerts", headers=headers).json()["alerts"][0]
    assert rule["address"] == ("mailto:someone@example.org" if scope is Scope.ADMIN else None)
    assert (rule["hits"], rule["name"]) == (5, "lima")
    with httpx.Client(headers=headers, trust_env=False) as mine:
        hits = _pages(mine, f"{guarded}/api/v1/alerts/1/hits", limit=2)
    assert [hit["id"] for page in hits for hit in page["hits"]] == [5, 4, 3, 2, 1]


def test_a_rule_is_a_feed(guarded: str, client: httpx.Client) -> None:
    headers = {"Authorization": f"Bearer {SECRETS[Scope.READ]}"}
    atom = client.get(f"{guarded}/alerts/1.atom", headers=headers)
    assert atom.status_code == 200
    assert atom.headers["content-type"].startswith("application/atom+xml")
    assert atom.text.count("<entry>") == 5
    assert "someone@example.org" not in atom.text
    again = client.get(f"{guarded}/alerts/1.atom", headers=headers | {"If-None-Match": atom.headers["etag"]})
    assert again.status_code == 304
    feed = client.get(f"{guarded}/alerts/1.feed.json", headers=headers).json()
    assert len(feed["items"]) == 5
    assert client.get(f"{guarded}/alerts/99.atom", headers=headers).status_code == 404
