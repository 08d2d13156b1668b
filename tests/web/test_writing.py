"""What may be changed by whom, from where, and that each form does what it says; over a real server."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest
from sqlalchemy import Engine, select

from app.settings import Settings
from app.sources import all_sources
from app.web_desk import WebDesk
from storage import subscribers
from storage import tables as t
from storage.alerts import read_rules
from storage.cases import find_cases
from storage.engine import reading
from storage.queries import find_articles, find_records
from storage.values import Filter
from tests.web.site import NOW
from tests.web.writing import PASSWORD, log_in, users, visitor, writable
from web.access import Role, Sessions, User, is_from_elsewhere
from web.guard import hasher
from web.site import Keys
from web.tokens import Scope, Token

if TYPE_CHECKING:
    Site = tuple[httpx.Client, Engine]


@pytest.fixture
def desk(filled_path: Path, tmp_path: Path) -> Iterator[Site]:
    """A machine with nobody else on it: no password, and everything may be done."""
    with writable(filled_path, tmp_path) as (address, writer), visitor(address) as client:
        yield client, writer


@pytest.fixture
def house(filled_path: Path, tmp_path: Path) -> Iterator[Site]:
    """People with names, passwords and roles."""
    with writable(filled_path, tmp_path, keys=users()) as (address, writer), visitor(address) as client:
        yield client, writer


def shown(engine: Engine) -> list[int]:
    return [row.id for row in find_articles(engine, Filter()).rows]


REJECT = {"article": "2", "verdict": "reject"}


# -- from where ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "none"},
        {"Origin": "https://evil.example"},
        {"Origin": "null", "Sec-Fetch-Site": "cross-site"},
        {"Origin": "http://127.0.0.1:1"},
        {"Origin": "http://[::1"},
    ],
)
def test_what_another_site_sends_is_refused(desk: Site, headers: dict[str, str]) -> None:
    client, engine = desk
    before = shown(engine)
    answer = client.post("/review/mark", data=REJECT, headers=headers)
    assert answer.status_code == 403
    assert "another site" in answer.text
    assert shown(engine) == before


def test_what_says_nothing_of_where_it_comes_from_is_no_browser(desk: Site) -> None:
    client, engine = desk
    address = str(client.base_url)
    with httpx.Client(base_url=address, trust_env=False) as bare:
        assert bare.post("/review/mark", data=REJECT).status_code == 403
        assert bare.post("/review/mark", data=REJECT, headers={"Origin": "null"}).status_code == 403
        # An older browser says its origin alone.
        assert bare.post("/review/mark", data=REJECT, headers={"Origin": address}).status_code == 303
    assert 2 not in shown(engine)


def test_a_token_may_come_from_no_page_and_not_from_another_site() -> None:
    assert not is_from_elsewhere({"host": "a"}, by_token=True)
    assert is_from_elsewhere({"host": "a"}, by_token=False)
    assert is_from_elsewhere({"host": "a", "origin": "https://b"}, by_token=True)
    assert not is_from_elsewhere({"host": "a:1", "origin": "http://a:1"}, by_token=False)


def test_other_methods_are_refused(desk: Site) -> None:
    client, _ = desk
    for method in ("PUT", "DELETE", "PATCH"):
        assert client.request(method, "/review/mark").status_code == 405
    assert client.post("/articles").status_code == 405
    assert client.get("/review/mark").status_code == 405


# -- by whom ------------------------------------------------------------------------------------------


def test_each_role_may_do_its_part(house: Site) -> None:
    client, engine = house
    for role, may in (
        (
            "reader",
            {"/": 200, "/review": 403, "/review/labels.jsonl": 403, "/alerts": 403, "/sources/add": 403},
        ),
        ("reviewer", {"/": 200, "/review": 200, "/alerts": 403, "/sources/add": 403}),
        ("admin", {"/": 200, "/review": 200, "/alerts": 200, "/sources/add": 200}),
    ):
        assert log_in(client, role).status_code == 303
        assert {path: client.get(path).status_code for path in may} == may
        links = client.get("/").text
        assert ('href="/review"' in links) == (role != "reader")
        assert ('href="/alerts"' in links) == (role == "admin")
        rejected = client.post("/review/mark", data=REJECT).status_code
        assert rejected == (403 if role == "reader" else 303)
        client.post("/logout")
    with reading(engine) as connection:
        assert set(connection.execute(select(t.ReviewStep.by)).scalars()) == {"reviewer", "admin"}


def test_nobody_gets_in_without_a_login(house: Site) -> None:
    client, engine = house
    answer = client.get("/articles?nationality=NL")
    assert (answer.status_code, answer.headers["location"]) == (
        303,
        "/login?next=/articles%3Fnationality%3DNL",
    )
    assert client.post("/review/mark", data=REJECT).status_code == 401
    assert client.get("/articles.csv", headers={"Accept": "*/*"}).status_code == 401
    assert len(shown(engine)) == 6
    wrong = client.post("/login", data={"name": "admin", "password": "wrong horse"})
    assert wrong.status_code == 403
    assert "not right" in wrong.text
    assert "session" not in client.cookies
    assert client.post("/login", data={"name": "nobody", "password": PASSWORD}).status_code == 403


def test_too_many_wrong_passwords_wait(house: Site) -> None:
    client, _ = house
    for _ in range(10):
        client.post("/login", data={"name": "admin", "password": "x"})
    assert client.post("/login", data={"name": "admin", "password": "x"}).status_code == 429
    assert log_in(client, "admin").status_code == 429, "the right one waits too"


@pytest.mark.parametrize(
    ("wanted", "led"),
    [
        ("/cases/1", "/cases/1"),
        ("//evil.example/", "/"),
        ("https://evil.example/", "/"),
        ("/\\evil.example", "/"),
        ("/a\r\nSet-Cookie: x=y", "/"),
        ("", "/"),
    ],
)
def test_a_login_leads_nowhere_else(house: Site, wanted: str, led: str) -> None:
    client, _ = house
    data = {"name": "admin", "password": PASSWORD, "next": wanted}
    assert client.post("/login", data=data).headers["location"] == led


def test_the_cookie_is_for_nobody_else(filled_path: Path, tmp_path: Path) -> None:
    for secure in (False, True):
        folder = tmp_path / str(secure)
        folder.mkdir()
        with (
            writable(filled_path, folder, keys=users(), secure=secure) as (address, _),
            visitor(address) as client,
        ):
            words = log_in(client, "admin").headers["set-cookie"].lower()
            assert {"httponly", "samesite=strict", "path=/"} <= {part.strip() for part in words.split(";")}
            assert ("secure" in words) == secure


def test_a_session_ends(filled_path: Path, tmp_path: Path) -> None:
    clock = [NOW]
    with (
        writable(filled_path, tmp_path, keys=users(), now=lambda: clock[0]) as (address, _),
        visitor(address) as client,
    ):
        log_in(client, "admin")
        kept = client.cookies["session"]
        clock[0] = NOW + timedelta(hours=11)
        assert client.get("/review").status_code == 200
        clock[0] += timedelta(hours=13)
        assert client.get("/review").status_code == 303
        log_in(client, "admin")
        assert client.get("/review").status_code == 200
        other = client.cookies["session"]
        assert other != kept
        assert client.post("/logout").headers["location"] == "/login"
        client.cookies.set("session", other)
        assert client.get("/review").status_code == 303, "a session that ended stays ended"


def test_sessions_are_over_after_a_week_and_are_bounded() -> None:
    sessions, user = Sessions(), User(name="a", hash="", role=Role.ADMIN)
    word = sessions.begin(user, now=NOW)
    now: datetime = NOW
    for _ in range(20):
        now += timedelta(hours=10)
        sessions.find(word, now=now)
    assert sessions.find(word, now=now) is None
    first = sessions.begin(user, now=NOW)
    for _ in range(1_000):
        last = sessions.begin(user, now=NOW + timedelta(seconds=1))
    assert sessions.find(first, now=NOW) is None
    assert sessions.find(last, now=NOW) is not None


def test_readers_passwords_and_tokens_have_their_roles(filled_path: Path, tmp_path: Path) -> None:
    kept = hasher().hash("a word for programs")
    keys = Keys(
        password=hasher().hash("a word for readers"),
        tokens=(Token(name="robot", hash=kept, scope=Scope.WRITE),),
        users=users().users,
    )
    with writable(filled_path, tmp_path, keys=keys) as (address, engine):
        with httpx.Client(base_url=address, trust_env=False) as client:
            reader = ("", "a word for readers")
            assert client.get("/articles", auth=reader).status_code == 200
            assert client.get("/review", auth=reader).status_code in (303, 403)
            bearer = {"Authorization": "Bearer a word for programs"}
            assert client.post("/review/mark", data=REJECT, headers=bearer).status_code == 303
            assert client.get("/alerts", headers=bearer).status_code == 403
        with visitor(address) as client:
            client.post("/login", data={"name": "", "password": "a word for readers"})
            assert client.get("/articles").status_code == 200
            assert client.get("/review").status_code == 403
        with reading(engine) as connection:
            assert connection.execute(select(t.ArticleMark.by)).scalars().all() == ["robot"]


def test_nothing_can_be_changed_where_there_is_nothing_to_write_into(full: str) -> None:
    with visitor(full) as client:
        assert client.post("/review/mark", data=REJECT).status_code == 403
        assert client.get("/review").status_code == 403
        assert 'href="/review"' not in client.get("/").text


# -- what forms do ------------------------------------------------------------------------------------


def test_a_rejected_article_goes_and_comes_back(desk: Site) -> None:
    client, engine = desk
    before = shown(engine)
    answer = client.post("/review/mark", data=REJECT)
    assert answer.status_code == 303
    assert 2 not in shown(engine)
    following = client.get(answer.headers["location"]).text
    assert "is rejected" in following
    assert "is rejected" not in client.get("/review").text, "it is said once"
    assert "Rejected by a person" in client.get("/articles/2").text
    client.post("/review/undo")
    assert shown(engine) == before


def test_a_record_is_corrected_removed_and_brought_back(desk: Site) -> None:
    client, engine = desk
    row = next(row for row in find_records(engine, Filter()).rows if row.article_id == 6)
    page = client.get("/review?article=6").text.partition("Add a record")[0]
    names = {"record": str(row.id), "back": "6", "act": "correct"}
    fields = r'name="(nationality|country|count|when|place|quantity_kg)" value="(.*?)"'
    given = names | dict(re.findall(fields, page))
    assert client.post("/review/record", data=given).headers["location"] == "/review?article=6"
    with reading(engine) as connection:
        assert connection.execute(select(t.RecordMark.id)).all() == [], "nothing was different"
    client.post("/review/record", data=given | {"count": "7", "sentence": "life", "drugs": "heroin, cocaine"})
    record = next(each for each in find_records(engine, Filter()).rows if each.id == row.id).record
    assert (record.count, record.sentence, len(record.drugs)) == (7, "life", 2)
    assert "corrected</span>" in client.get("/review?article=6").text.replace(" by me", "")
    page = client.get("/articles/6").text
    assert "corrected by a person" in page
    assert "Accepted by a person" in page
    client.post("/review/record", data=names | {"act": "restore"})
    client.post("/review/record", data=names | {"act": "remove"})
    assert row.id not in [each.id for each in find_records(engine, Filter()).rows]
    assert "Bring it back" in client.get("/review?article=6").text
    client.post("/review/record", data=names | {"act": "restore"})
    assert (
        next(each for each in find_records(engine, Filter()).rows if each.id == row.id).record == row.record
    )


def test_a_record_is_added(desk: Site) -> None:
    client, engine = desk
    sentence = "Two Dutch nationals were arrested in Lima with 12 kilos of cocaine."
    data = {"article": "6", "nationality": "Belgium", "country": "PE", "kind": "event", "stage": "arrested"}
    missing = client.post("/review/add", data=data)
    assert missing.status_code == 400
    assert "needs evidence" in missing.text
    assert client.post("/review/add", data=data | {"evidence": sentence, "back": "6"}).status_code == 303
    assert find_records(engine, Filter(nationality=("BE",))).total == 1


def test_what_was_judged_is_handed_out_as_labelled_data(desk: Site) -> None:
    client, _ = desk
    assert "labels.jsonl" not in client.get("/review").text, "nothing was judged yet"
    client.post("/review/mark", data=REJECT)
    client.post("/review/mark", data={"article": "6", "verdict": "accept"})
    assert 'href="/review/labels.jsonl"' in client.get("/review").text
    answer = client.get("/review/labels.jsonl")
    assert answer.headers["content-type"].startswith("application/x-ndjson")
    lines = [json.loads(line) for line in answer.text.splitlines()]
    assert [line["relevant"] for line in lines] == [False, True]
    for name in ("id", "lang", "source_url", "outlet_country", "published", "title", "text", "records"):
        assert name in lines[0]
    assert lines[1]["records"][0]["nationality"] == "BR"


def test_cases_are_merged_and_split(desk: Site) -> None:
    client, engine = desk
    cases = find_cases(engine, Filter()).rows
    one, other = cases[0].id, cases[1].id
    assert client.post(f"/cases/{one}/merge", data={"other": str(one)}).status_code == 400
    assert client.post(f"/cases/{one}/merge", data={"other": "x"}).status_code == 400
    merged = client.post(f"/cases/{one}/merge", data={"other": str(other)})
    assert merged.headers["location"] == f"/cases/{one}"
    page = client.get(f"/cases/{one}").text
    assert f"Case {other} is a part of case {one} now." in page
    records = re.findall(r'name="record" value="(\d+)"', page)
    assert len(records) > 1
    split = client.post(
        f"/cases/{one}/split", content=f"record={records[0]}&record={records[0]}", headers=FORM
    )
    assert split.status_code == 303
    assert len(find_cases(engine, Filter()).rows) == len(cases)
    assert client.post(f"/cases/{one}/split", data={}, headers=FORM).status_code == 400


def test_a_source_that_was_added_is_removed_once_that_is_sure(filled_path: Path, tmp_path: Path) -> None:
    sources = {each.slug: each for each in all_sources(Settings(sources_file=tmp_path / "none.toml"))}
    packaged = next(iter(sources))
    settings = Settings(sources_file=tmp_path / "sources.toml")
    desk = WebDesk(settings=settings, config=None, sources=sources)
    with (
        writable(filled_path, tmp_path, sources=sources, desk=desk) as (address, _),
        visitor(address) as client,
    ):
        given = {"slug": "mine", "name": "Mine", "url": "https://mine.example/feed", "language": "en"}
        assert client.post("/sources/add", data=given).headers["location"] == "/sources/mine"
        assert "mine" in {each.slug for each in all_sources(settings)}
        assert 'action="/sources/mine/remove"' in client.get("/sources/mine").text
        assert client.post("/sources/mine/remove", data={}).status_code == 400
        assert client.get("/sources/mine").status_code == 200
        gone = client.post("/sources/mine/remove", data={"sure": "yes"})
        assert gone.headers["location"] == "/sources"
        assert "Mine is followed no more; what came from it stays." in client.get("/sources").text
        assert client.get("/sources/mine").status_code == 404
        assert "mine" not in {each.slug for each in all_sources(settings)}
        # One of the package is no one's own.
        assert "/remove" not in client.get(f"/sources/{packaged}").text
        refused = client.post(f"/sources/{packaged}/remove", data={"sure": "yes"})
        assert refused.status_code == 400
        assert "Only a source that was added" in refused.text
        assert client.post("/sources/nothing/remove", data={"sure": "yes"}).status_code == 404


FORM = {"Content-Type": "application/x-www-form-urlencoded"}
RULE = {
    "name": "Dutch in Peru", "query": "nationality:NL country:PE", "to": "desk@example.org",
    "scope": "relevant", "rhythm": "weekly", "hour": "7", "weekday": "friday", "zone": "America/Lima",
    "quiet": "22:00-07:00", "quiet_days": "saturday,sunday",
}  # fmt: skip


def test_a_rule_is_tried_saved_changed_paused_and_removed(desk: Site) -> None:
    client, engine = desk
    tried = client.get("/alerts/new", params={"query": "Dutch country:PE", "since": "all"})
    assert "hits</b> in" in tried.text
    assert "Found without it" in tried.text
    assert tried.text.count("<mark") > 0
    saved = client.post("/alerts/new", data=RULE)
    assert saved.status_code == 303, saved.text
    page = client.get(saved.headers["location"]).text
    assert "Saved. The rule looks at every article from now on." in page
    (rule,) = read_rules(engine)
    assert (rule.hour, rule.weekday, rule.quiet_days, rule.quiet_from) == (7, 4, (5, 6), "22:00")
    again = client.post("/alerts/new", data=RULE)
    assert again.status_code == 400
    assert "There is a rule" in again.text
    assert 'value="Dutch in Peru"' in again.text, "what was written stays in the form"
    at = f"/alerts/rules/{rule.id}"
    edit = client.get(f"{at}/edit").text
    assert re.findall(r'value="(\w+)" checked', edit) == ["saturday", "sunday"]
    compared = client.get(f"{at}/edit", params={"query": "nationality:GB", "since": "all"}).text
    assert "Against what is saved" in compared
    client.post(f"{at}/edit", data=RULE | {"query": "nationality:GB", "quiet_days": ""})
    (rule,) = read_rules(engine)
    assert (rule.query, rule.quiet_days) == ("nationality:GB", ())
    for act, state in (("pause", "paused"), ("resume", "active")):
        client.post(at, data={"act": act})
        assert read_rules(engine)[0].state.value == state
    assert client.post(at, data={"act": "remove"}).status_code == 400
    assert client.post(at, data={"act": "remove", "sure": "yes"}).headers["location"] == "/alerts"
    assert read_rules(engine) == ()
    assert client.get(at).status_code == 404


def test_rules_and_messages_are_files_too(desk: Site) -> None:
    client, _ = desk
    client.post("/alerts/new", data=RULE | {"to": "https://chat.example/hook/a-secret-word"})
    page = client.get("/alerts").text
    for address in ("/alerts.csv", "/alerts.json"):
        assert f'href="{address}"' in page
    (rule,) = client.get("/alerts.json").json()["alerts"]
    assert (rule["name"], rule["to"], rule["found"]) == ("Dutch in Peru", "https://***", 0)
    table = client.get("/alerts.csv").text
    assert "a-secret-word" not in table
    rows = list(csv.DictReader(io.StringIO(table)))
    assert [row["query"] for row in rows] == ["nationality:NL country:PE"]
    assert client.get("/alerts/deliveries.json?state=sent").json() == {"messages": []}
    assert client.get("/alerts/deliveries.csv").text.startswith("id,rule,")
    assert client.get("/alerts/deliveries.csv?state=lost").status_code == 400


def test_a_wrong_query_is_pointed_at(desk: Site) -> None:
    client, _ = desk
    answer = client.post("/alerts/new", data=RULE | {"query": "lima country:Perru"})
    assert answer.status_code == 400
    assert "did you mean PE (Peru)?" in answer.text
    preview = client.get("/alerts/preview", params={"query": "(lima"})
    assert preview.status_code == 200
    assert 'class="fault"' in preview.text
    assert client.post("/alerts/new", data=RULE | {"hour": "25"}).status_code == 400
    assert client.post("/alerts/new", data=RULE | {"to": "nobody"}).status_code == 400


def test_what_people_rejected_counts_in_a_trial(desk: Site) -> None:
    client, _ = desk
    client.post("/review/mark", data=REJECT)
    client.post("/review/mark", data={"article": "6", "verdict": "accept"})
    text = client.get("/alerts/preview", params={"query": "Dutch", "since": "all"}).text
    assert "Of 2 articles that people judged, 1 is right (50 %)" in " ".join(text.split())


def test_to_leave_takes_a_click_and_not_a_look(filled_path: Path, tmp_path: Path) -> None:
    with writable(filled_path, tmp_path, keys=users()) as (address, engine), visitor(address) as client:
        log_in(client, "admin")
        client.post("/alerts/new", data=RULE)
        (rule,) = read_rules(engine)
        subscribers.enrol(engine, [(rule.id or 0, "desk@example.org", True)], now=NOW)

        def token() -> str | None:
            ((_, recipient),) = subscribers.enrolled(engine).values()
            return recipient.token if recipient else None

        word = token()
        with httpx.Client(base_url=address, trust_env=False) as mailer:
            page = mailer.get(f"/alerts/unsubscribe/{word}")
            assert page.status_code == 200
            assert 'method="post"' in page.text
            assert token() == word
            # RFC 8058: a mail program posts this, from nowhere, without cookies.
            body = {"List-Unsubscribe": "One-Click"}
            left = mailer.post(f"/alerts/unsubscribe/{word}", data=body)
            assert left.status_code == 200
            assert "gets no more mails" in left.text
            assert token() is None
            assert mailer.post(f"/alerts/unsubscribe/{word}", data=body).status_code == 200
            assert mailer.post("/alerts/unsubscribe/nothing", data=body).status_code == 404
            ((subscriber, _),) = subscribers.enrolled(engine).values()
            assert mailer.get(f"/alerts/confirm/{subscriber.token}").status_code == 200
            assert mailer.post(f"/alerts/confirm/{subscriber.token}").status_code == 200
            assert mailer.get("/alerts").status_code in (401, 303)
        client.get("/alerts/deliveries").raise_for_status()


# -- what nobody should send --------------------------------------------------------------------------


EVIL = ("'; DROP TABLE articles; --", "\x00", "999999999999999999999", "-1", "<script>", "٣", "\ud800", "1e9")


@pytest.mark.parametrize("evil", EVIL)
def test_no_value_breaks_a_form(desk: Site, evil: str) -> None:
    client, engine = desk
    before = shown(engine)
    value = evil.encode("utf-8", "surrogatepass").decode("latin-1")
    forms: list[tuple[str, dict[str, str]]] = [
        ("/review/mark", {"article": value, "verdict": "reject"}),
        ("/review/mark", {"key": value, "verdict": "reject"}),
        ("/review/mark", {"article": "1", "verdict": value}),
        ("/review/record", {"record": value, "act": "remove"}),
        ("/review/add", {"article": value, "nationality": value}),
        ("/cases/1/merge", {"other": value}),
        ("/cases/1/split", {"record": value}),
        ("/alerts/new", RULE | {"name": value + "\n"}),
        ("/alerts/new", RULE | {"hour": value}),
        ("/alerts/new", RULE | {"to": value}),
        ("/alerts/rules/1", {"act": value}),
        ("/sources/add/look", {"address": f"-{value}"}),
        ("/sources/add", {"slug": value, "name": value, "url": value}),
    ]
    forms += [("/review/record", {"record": "1", name: value}) for name in ("when", "sentence", "stage")]
    for path, data in forms:
        assert client.post(path, data=data).status_code in (303, 400, 404), (path, data)
    for path in ("/review", "/alerts/new", "/alerts/preview", "/alerts/deliveries", "/login"):
        for name in ("article", "after", "query", "since", "scope", "state", "next"):
            answer = client.get(path, params={name: value})
            assert answer.status_code in (200, 400, 404), (path, name)
            assert "<script>" not in answer.text.replace('<script src="/static', "")
    assert shown(engine) == before


def test_forms_have_a_length_and_a_kind(desk: Site) -> None:
    client, _ = desk
    assert client.post("/review/mark", content="a=" + "x" * 70_000, headers=FORM).status_code == 413
    assert client.post("/review/mark", content="&".join(["a=1"] * 200), headers=FORM).status_code == 400
    assert client.post("/review/mark", json={"article": 1}).status_code == 415
    assert client.post("/review/mark", files={"a": b"x"}).status_code == 415
    assert client.post("/review/mark", content=b"\xff=\xff", headers=FORM).status_code == 400
