"""What the API changes: by whom, from where, what it answers, and that it does what the forms do."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from jsonschema import Draft202012Validator
from sqlalchemy import func, select

from app.settings import Settings
from app.web_desk import WebDesk
from pipeline.errors import CrawlError
from storage import tables as t
from storage.alerts import read_rules
from storage.cases import find_cases
from storage.engine import reading
from storage.queries import find_articles, find_records
from storage.values import Filter
from tests.web.described import A_FEW, checks, schemathesis
from tests.web.site import SOURCES
from tests.web.writing import log_in, users, visitor, writable
from web.api import OPERATIONS
from web.guard import hasher
from web.openapi import description
from web.schemas import SCHEMAS
from web.site import Keys
from web.tokens import Scope, Token

if TYPE_CHECKING:
    from sqlalchemy import Engine

    Place = tuple[httpx.Client, Engine]

RULE: dict[str, Any] = {
    "name": "Dutch in Peru",
    "query": "nationality:NL country:PE",
    "to": "desk@example.org",
    "rhythm": "weekly",
    "hour": 7,
    "weekday": "friday",
    "zone": "America/Lima",
    "quiet": "22:00-07:00",
    "quiet_days": ["saturday", "sunday"],
}
FOUND = {
    "slug": "found", "name": "Found", "url": "https://found.example/feed", "via": "rss", "language": "es",
    "country": "XX", "expect": 7.0,
}  # fmt: skip
JSON = {"Content-Type": "application/json"}
NEW = {
    "nationality": "Belgium", "country": "PE", "kind": "event", "stage": "arrested", "count": 2,
    "evidence": "Two Dutch nationals were arrested in Lima with 12 kilos of cocaine.",
}  # fmt: skip


class Alone(WebDesk):
    """A desk that reaches no outlet but one, as the commands answer about it."""

    def _ask(self, *words: str) -> Any:
        if "https://found.example/" in words:
            number = "-2" if "found" in self.sources else ""
            return {"source": FOUND | {"slug": f"found{number}"}}
        if words[:3] == ("sources", "check", "found"):
            check = {"state": "ok", "failed": False, "entries": 3, "newest": "2026-03-01T00:00", "detail": ""}
            return {"checks": [check]}
        raise CrawlError("There is no way out.", key=words[-1])


def alone(folder: Path) -> WebDesk:
    made = Settings(sources_file=folder / "sources.toml", mail={"folder": folder})
    return Alone(settings=made, config=None, sources=dict(SOURCES))


@pytest.fixture
def api(filled_path: Path, tmp_path: Path) -> Iterator[Place]:
    """A machine with nobody else on it, asked by a program."""
    desk = alone(tmp_path)
    with (
        writable(filled_path, tmp_path, desk=desk, sources=desk.sources) as (address, writer),
        httpx.Client(base_url=f"{address}/api/v1", headers=JSON, timeout=60, trust_env=False) as client,
    ):
        yield client, writer


def shape(answer: httpx.Response, name: str) -> Any:
    """The document, once it is as it is described."""
    checker = Draft202012Validator(
        {"components": {"schemas": SCHEMAS}, "$ref": f"#/components/schemas/{name}"}
    )
    document = answer.json()
    assert [error.message for error in checker.iter_errors(document)] == [], answer.text
    return document


def fault(answer: httpx.Response, status: int) -> dict[str, Any]:
    assert answer.status_code == status, answer.text
    error: dict[str, Any] = shape(answer, "Error")["error"]
    assert error["status"] == status
    return error


def shown(engine: Engine) -> list[int]:
    return [row.id for row in find_articles(engine, Filter()).rows]


# -- rules --------------------------------------------------------------------------------------------


def test_a_rule_is_written_tried_changed_and_removed(api: Place) -> None:
    client, engine = api
    tried = client.post("/alerts/preview", json={"query": "Dutch country:PE", "since": "all"})
    trial = shape(tried, "Trial")
    assert trial["hits"] > 0
    assert [part["text"] for part in trial["parts"]] == ["Dutch", "country:PE"]
    assert read_rules(engine) == ()

    made = client.post("/alerts", json=RULE)
    assert made.status_code == 201
    rule = shape(made, "Rule")
    assert {name: rule[name] for name in RULE} == RULE
    assert made.headers["location"] == f"/api/v1/alerts/{rule['id']}"
    assert client.get(f"/alerts/{rule['id']}").json() == rule
    again = client.post("/alerts", json=RULE)
    assert (again.status_code, again.json()) == (200, rule), "the same request again makes no other one"
    other = fault(client.post("/alerts", json=RULE | {"hour": 8}), 409)
    assert other["detail"] == "There is another rule of the name 'Dutch in Peru'."

    at = f"/alerts/{rule['id']}"
    paused = shape(client.patch(at, json={"state": "paused", "hour": 9}), "Rule")
    assert paused | {"changed": None} == rule | {"state": "paused", "hour": 9, "changed": None}
    anew = shape(
        client.put(at, json={"name": "GB", "query": "nationality:GB", "to": "a@example.org"}), "Rule"
    )
    assert (anew["rhythm"], anew["hour"], anew["quiet_days"], anew["state"]) == ("daily", 8, [], "paused")
    assert (
        client.put(at, json={"name": "GB", "query": "nationality:GB", "to": "a@example.org"}).json() == anew
    )
    second = client.post("/alerts", json=RULE).json()["id"]
    fault(client.patch(f"/alerts/{second}", json={"name": "GB"}), 409)

    compared = client.post("/alerts/preview", json={"query": "Dutch", "before": "Dutch Lima", "since": "all"})
    assert shape(compared, "Trial")["added"] is not None
    assert shape(client.delete(at), "RemovedRule") == {"removed": rule["id"], "name": "GB"}
    fault(client.delete(at), 404)
    fault(client.patch(at, json={"hour": 3}), 404)
    assert [each.id for each in read_rules(engine)] == [second]


@pytest.mark.parametrize(
    ("given", "key"),
    [
        ({"query": "lima country:Perru"}, "query"),
        ({"query": "(lima"}, "query"),
        ({"hour": 24}, "hour"),
        ({"hour": "7"}, "hour"),
        ({"hour": True}, "hour"),
        ({"to": "nobody"}, "to"),
        ({"zone": "Mars"}, "zone"),
        ({"quiet": "late"}, "quiet"),
        ({"quiet_days": ["someday"]}, "quiet_days"),
        ({"quiet_days": list(range(9))}, "quiet_days"),
        ({"name": ""}, "name"),
        ({"name": None}, "name"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_a_wrong_field_is_named(api: Place, given: dict[str, Any], key: str) -> None:
    client, engine = api
    error = fault(client.post("/alerts", json=RULE | given), 422)
    assert error.get("parameter") == key
    assert error["detail"]
    fault(client.post("/alerts", json={name: RULE[name] for name in ("name", "to")}), 422)
    assert read_rules(engine) == ()


# -- review -------------------------------------------------------------------------------------------


def test_articles_are_judged_and_words_taken_back(api: Place) -> None:
    client, engine = api
    before = shown(engine)
    waiting = shape(client.get("/review/queue", params={"limit": 3}), "Queue")["waiting"]
    assert 0 < len(waiting) <= 3
    done = shape(client.post("/review/marks", json={"article": 2, "verdict": "reject"}), "Reviewed")
    assert (done["action"], done["relevant"]) == ("reject", False)
    assert 2 not in shown(engine)
    again = shape(client.post("/review/marks", json={"article": 2, "verdict": "reject"}), "Reviewed")
    assert again["step"] is None, "what was said already is no step"
    assert shape(client.post("/review/undo"), "Undone")["undone"]["step"] == done["step"]
    assert shown(engine) == before
    assert shape(client.post("/review/undo"), "Undone") == {"undone": None}
    by_key = [each for each in waiting if each["key"]]
    for each in by_key[:1]:
        shape(client.post("/review/marks", json={"key": each["key"], "verdict": "accept"}), "Reviewed")
    assert (
        fault(client.post("/review/marks", json={"article": 99, "verdict": "accept"}), 422)["parameter"]
        == "article"
    )
    fault(client.post("/review/marks", json={"verdict": "accept"}), 422)
    fault(client.post("/review/marks", json={"article": 1, "key": "x", "verdict": "accept"}), 422)
    fault(client.post("/review/marks", json={"article": 1, "verdict": "perhaps"}), 422)


def test_records_are_corrected_added_removed_and_restored(api: Place) -> None:
    client, engine = api
    row = next(row for row in find_records(engine, Filter()).rows if row.article_id == 6)
    at = f"/records/{row.id}"
    first = client.get(at).json()
    done = shape(client.patch(at, json={"count": 7, "sentence": 6.5, "drugs": ["heroin"]}), "Reviewed")
    assert {name: done["record"][name] for name in ("count", "sentence", "drugs")} == {
        "count": 7,
        "sentence": 6.5,
        "drugs": ["heroin"],
    }
    assert client.get(at).json() == done["record"]
    assert shape(client.patch(at, json={"count": 7}), "Reviewed")["step"] is None
    assert (
        shape(client.patch(at, json={"count": None, "sentence": "life"}), "Reviewed")["record"]["count"]
        is None
    )
    assert shape(client.post(f"{at}/restore"), "Reviewed")["record"] == first
    assert shape(client.post(f"{at}/restore"), "Reviewed")["step"] is None
    assert shape(client.delete(at), "Reviewed")["record"] is None
    assert shape(client.delete(at), "Reviewed")["step"] is None
    fault(client.get(at), 404)
    fault(client.patch(at, json={"count": 2}), 404)
    assert shape(client.post(f"{at}/restore"), "Reviewed")["record"] == first

    made = client.post("/articles/6/records", json=NEW)
    assert made.status_code == 201
    number = shape(made, "Reviewed")["record_id"]
    assert made.headers["location"] == f"/api/v1/records/{number}"
    assert made.json()["record"]["nationality"] == "BE"
    same = client.post("/articles/6/records", json=NEW)
    assert (same.status_code, same.json()["record_id"]) == (200, number)
    assert find_records(engine, Filter(nationality=("BE",))).total == 1
    assert shape(client.delete(f"/records/{number}"), "Reviewed")["record"] is None
    fault(client.delete(f"/records/{number}"), 404)

    fault(client.post("/articles/99/records", json=NEW), 404)
    for path, body, key in (
        (at, {}, ""),
        (at, {"count": -1}, "count"),
        (at, {"count": "three"}, "count"),
        (at, {"sentence": "long"}, "sentence"),
        (at, {"when": "soon"}, "when"),
        (at, {"stage": "lost"}, "stage"),
        (at, {"nationality": "Pru"}, "nationality"),
        (at, {"evidence": "It says nothing of the kind."}, "evidence"),
    ):
        assert fault(client.patch(path, json=body), 422).get("parameter", "") == key
    fault(client.patch("/records/99999", json={"count": 1}), 404)
    fault(client.post("/records/99999/restore"), 404)
    missing = fault(client.post("/articles/6/records", json={"nationality": "NL"}), 422)
    assert missing["parameter"] == "country"


# -- cases --------------------------------------------------------------------------------------------


def test_cases_are_merged_and_split(api: Place) -> None:
    client, engine = api
    one, other = (case.id for case in find_cases(engine, Filter()).rows[:2])
    number = len(find_cases(engine, Filter()).rows)
    merged = shape(client.post(f"/cases/{one}/merge", json={"case": other}), "Case")
    assert merged["id"] == one
    assert other in merged["merged"]
    assert client.post(f"/cases/{one}/merge", json={"case": other}).json() == merged, (
        "once more is nothing new"
    )
    assert client.get(f"/cases/{other}").json()["id"] == one
    records = [record["id"] for report in merged["reports"] for record in report["records"]]
    made = client.post(f"/cases/{one}/split", json={"records": records[:1]})
    assert made.status_code == 201
    new = shape(made, "Case")
    assert made.headers["location"] == f"/api/v1/cases/{new['id']}"
    assert len(find_cases(engine, Filter()).rows) == number
    assert fault(client.post(f"/cases/{one}/merge", json={"case": one}), 422)["parameter"] == "case"
    assert fault(client.post(f"/cases/{one}/merge", json={"case": 999}), 422)["parameter"] == "case"
    assert fault(client.post(f"/cases/{one}/split", json={"records": []}), 422)["parameter"] == "records"
    assert fault(client.post(f"/cases/{one}/split", json={"records": [99]}), 422)["parameter"] == "records"
    fault(client.post("/cases/999/merge", json={"case": one}), 404)
    fault(client.post("/cases/999/split", json={"records": [1]}), 404)


# -- sources ------------------------------------------------------------------------------------------

SOURCE = {
    "slug": "mine",
    "name": "Mine",
    "url": "https://mine.example/feed",
    "language": "en",
    "country": "PE",
}


def test_a_source_is_followed_and_followed_no_more(api: Place, tmp_path: Path) -> None:
    client, _ = api
    made = client.post("/sources", json=SOURCE)
    assert made.status_code == 201, made.text
    source = shape(made, "Source")
    assert {name: source[name] for name in SOURCE} == SOURCE
    assert client.get("/sources/mine").json() == source
    assert "mine.example" in (tmp_path / "sources.toml").read_text()
    again = client.post("/sources", json=SOURCE)
    assert (again.status_code, again.json()) == (200, source)
    fault(client.post("/sources", json=SOURCE | {"url": "https://other.example/feed"}), 409)
    fault(client.post("/sources", json=SOURCE | {"slug": "yours"}), 409)
    fault(client.post("/sources", json={"slug": "bad one"} | {"name": "x", "url": "https://x.example/"}), 422)
    fault(client.post("/sources", json={}), 422)
    assert fault(client.post("/sources", json=SOURCE | {"language": "xx"}), 422)["parameter"] == "language"
    assert fault(client.post("/sources/discover", json={"address": "ftp://x"}), 422)["parameter"] == "address"
    assert fault(client.post("/sources/discover", json={"address": "x.example"}), 502)["detail"]
    fault(client.post("/sources", json={"address": "x.example"}), 502)
    fault(client.post("/sources/mine/check"), 502)
    fault(client.post("/sources/nothing/check"), 404)
    assert shape(client.delete("/sources/mine"), "RemovedSource") == {"removed": "mine", "name": "Mine"}
    fault(client.delete("/sources/mine"), 404)
    fault(client.delete("/sources/outlet"), 409)


def test_a_source_is_found_and_followed_at_once(api: Place) -> None:
    client, _ = api
    found = shape(client.post("/sources/discover", json={"address": "found.example/"}), "FoundSource")
    assert (found["slug"], found["url"]) == ("found", FOUND["url"])
    assert client.get("/sources/found").status_code == 404, "nothing is followed by a look"
    sent = {"address": "https://found.example/", "country": "Peru"}
    made = client.post("/sources", json=sent)
    assert (made.status_code, shape(made, "Source")["country"]) == (201, "PE")
    again = client.post("/sources", json=sent)
    assert (again.status_code, again.json()["slug"]) == (200, "found")
    fault(client.post("/sources", json=sent | {"slug": "other"}), 409)
    checked = shape(client.post("/sources/found/check"), "Checked")
    assert (checked["entries"], checked["newest"]) == (3, "2026-03-01")
    client.delete("/sources/found").raise_for_status()


# -- by whom and from where ---------------------------------------------------------------------------

TOKENS = {scope: f"{scope.value}-" + "x" * 20 for scope in Scope}
CHANGES: list[tuple[str, str, dict[str, Any], Scope]] = [
    ("POST", "/review/marks", {"article": 2, "verdict": "reject"}, Scope.WRITE),
    ("POST", "/review/undo", {}, Scope.WRITE),
    ("PATCH", "/records/1", {"count": 4}, Scope.WRITE),
    ("POST", "/cases/1/merge", {"case": 2}, Scope.WRITE),
    ("POST", "/alerts", RULE, Scope.ADMIN),
    ("POST", "/alerts/preview", {"query": "Dutch"}, Scope.ADMIN),
    ("DELETE", "/alerts/1", {}, Scope.ADMIN),
    ("POST", "/sources", SOURCE, Scope.ADMIN),
    ("POST", "/sources/outlet/check", {}, Scope.ADMIN),
]


def test_each_scope_may_do_its_part(filled_path: Path, tmp_path: Path) -> None:
    tokens = tuple(
        Token(name=scope.value, hash=hasher().hash(word), scope=scope) for scope, word in TOKENS.items()
    )
    desk = alone(tmp_path)
    keys = Keys(tokens=tokens, users=users().users)
    with writable(filled_path, tmp_path, keys=keys, desk=desk, sources=desk.sources) as (address, engine):
        with httpx.Client(base_url=f"{address}/api/v1", timeout=60, trust_env=False) as client:
            for method, path, body, needed in CHANGES:
                fault(client.request(method, path, json=body), 401)
                for scope, word in TOKENS.items():
                    headers = {"Authorization": f"Bearer {word}"}
                    answer = client.request(method, path, json=body, headers=headers)
                    assert (answer.status_code == 403) == (not scope.covers(needed)), (path, scope)
                    if answer.status_code == 403:
                        assert f"It needs the scope {needed.value}" in answer.json()["error"]["detail"]
                evil = {"Authorization": f"Bearer {TOKENS[Scope.ADMIN]}", "Sec-Fetch-Site": "cross-site"}
                fault(client.request(method, path, json=body, headers=evil), 403)
        with reading(engine) as connection:
            assert set(connection.execute(select(t.ReviewStep.by)).scalars()) == {"write", "admin"}
        # A login serves as well, as long as its page is ours.
        with visitor(address) as person:
            log_in(person, "reviewer")
            accept = {"article": 1, "verdict": "accept"}
            assert person.post("/api/v1/review/marks", json=accept).status_code == 200
            assert person.get("/api/v1/me").json() == {"name": "reviewer", "scope": "write"}
            fault(person.post("/api/v1/alerts", json=RULE), 403)
            for headers in ({"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "same-site"}):
                fault(person.post("/api/v1/review/marks", json=accept, headers=headers), 403)
            cookie = {"Cookie": f"session={person.cookies['session']}"}
        with httpx.Client(base_url=address, trust_env=False, headers=cookie) as bare:
            fault(bare.post("/api/v1/review/marks", json=accept), 403)
            fault(bare.delete("/api/v1/records/1"), 403)


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site", "Origin": "http://localhost:1"},
        {"Content-Type": "text/plain"},
        {"Content-Type": "application/x-www-form-urlencoded"},
    ],
)
def test_what_another_site_sends_is_refused(api: Place, headers: dict[str, str]) -> None:
    client, engine = api
    before = shown(engine)
    body = b'{"article": 2, "verdict": "reject"}'
    fault(client.post("/review/marks", content=body, headers=JSON | headers), 403)
    assert shown(engine) == before


def test_bodies_and_methods_that_are_none(api: Place) -> None:
    client, _ = api
    for body in (b"{", b"[1", b'{"a": NaN}', b"\xff", b'"\\ud800"', b"[" * 20_000, b"1" * 5_000):
        assert fault(client.post("/alerts", content=body, headers=JSON), 400)["title"] == "Bad Request"
    for body in (b"[]", b"3", b"null", b'""', b"{}", b""):
        fault(client.post("/alerts", content=body, headers=JSON), 422)
    fault(client.post("/alerts", content=b"{" + b" " * 70_000 + b"}", headers=JSON), 413)
    fault(client.put("/alerts/1", content=b"a=1", headers={"Content-Type": "text/plain"}), 415)
    refused = client.put("/review/marks", json={})
    assert fault(refused, 405)["detail"] == "This address takes POST."
    assert refused.headers["allow"] == "POST"
    assert client.delete("/cases/1").headers["allow"] == "GET, HEAD"
    fault(client.request("OPTIONS", "/alerts"), 405)
    fault(client.post("/nothing", json={}), 404)
    assert client.head("/alerts").status_code == 200


def test_nothing_can_be_changed_where_there_is_nothing_to_write_into(full: str) -> None:
    with httpx.Client(base_url=f"{full}/api/v1", trust_env=False) as client:
        for method, path, body, _ in CHANGES:
            assert "only shows" in fault(client.request(method, path, json=body), 403)["detail"]
        fault(client.get("/review/queue"), 403)


def test_a_trial_counts_what_people_said(api: Place) -> None:
    client, engine = api
    for article, verdict in ((2, "reject"), (6, "accept")):
        client.post("/review/marks", json={"article": article, "verdict": verdict}).raise_for_status()
    trial = client.post("/alerts/preview", json={"query": "Dutch", "since": "all"}).json()
    assert (trial["judged"], trial["right"]) == (2, 1)
    with reading(engine) as connection:
        assert connection.execute(select(func.count()).select_from(t.ReviewStep)).scalar() == 2


@pytest.mark.parametrize(
    ("at", "method", "body"),
    [
        ("/alerts/1", "PATCH", {"hour": 9}),
        ("/alerts/1", "PUT", RULE | {"hour": 9}),
        ("/alerts/1", "DELETE", None),
        ("/records/1", "PATCH", {"count": 7}),
        ("/records/1", "DELETE", None),
        ("/articles/6/records", "POST", NEW),
        ("/cases/1/merge", "POST", {"case": 2}),
        ("/sources/found", "DELETE", None),
    ],
)
def test_what_was_changed_meanwhile_is_left_alone(
    api: Place, at: str, method: str, body: dict[str, Any] | None
) -> None:
    client, _ = api
    client.post("/alerts", json=RULE).raise_for_status()
    client.post("/sources", json={"address": "https://found.example/"}).raise_for_status()
    read = "/".join(at.split("/")[:3])
    before = client.get(read)
    late = client.request(method, at, json=body or {}, headers={"If-Match": 'W/"0123", "4567"'})
    assert fault(late, 412)["title"] == "It was changed meanwhile"
    assert late.headers["etag"] == before.headers["etag"]
    assert client.get(read).json() == before.json()
    in_time = client.request(method, at, json=body or {}, headers={"If-Match": before.headers["etag"]})
    assert in_time.status_code in (200, 201), in_time.text
    # It is another one now, or there is none.
    again = client.request(method, at, json=body or {}, headers={"If-Match": before.headers["etag"]})
    assert again.status_code in (404, 412) or client.get(read).status_code == 404


def test_of_two_who_change_the_same_one_is_told(api: Place) -> None:
    client, _ = api
    tag = client.get("/records/1").headers["etag"]

    def correct(count: int) -> int:
        return client.patch("/records/1", json={"count": count}, headers={"If-Match": tag}).status_code

    with ThreadPoolExecutor(4) as threads:
        assert sorted(threads.map(correct, range(50, 58))) == [200] + [412] * 7
    assert client.patch("/records/1", json={"count": 60}, headers={"If-Match": "*"}).status_code == 200
    fault(client.patch("/records/999", json={"count": 60}, headers={"If-Match": "*"}), 404)


# -- whatever is sent ---------------------------------------------------------------------------------

CHECKS = checks("response_headers_conformance", "negative_data_rejection")
WRITING = schemathesis.openapi.from_dict(
    description(tuple(each for each in OPERATIONS if each.changes), version="1")
)


@pytest.fixture(scope="module")
def asked(filled_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("asked")
    desk = alone(folder)
    with writable(filled_path, folder, desk=desk, sources=desk.sources) as (address, _):
        yield address


@WRITING.parametrize()
@A_FEW
def test_whatever_is_sent_is_answered_as_described(case: Any, asked: str) -> None:
    response = case.call(base_url=f"{asked}/api/v1", headers={"Accept-Encoding": "identity"})
    # An outlet that does not answer is no error of ours, and a wrong value may be too long for an address.
    checks = {502: CHECKS[1:], 414: CHECKS[:-1]}.get(response.status_code, CHECKS)
    case.validate_response(response, checks=checks)
