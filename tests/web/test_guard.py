"""Who is answered, what every answer carries, and that no parameter can break a page."""

from __future__ import annotations

import itertools
from pathlib import Path

import httpx
import pytest
from sqlalchemy.exc import OperationalError

from storage.engine import open_database
from storage.patience import limit_time
from tests.web.site import fill, opened, served, shown, site
from web.app import make_app
from web.guard import hasher
from web.site import Keys
from web.tokens import Token

PATHS = (
    "/",
    "/articles",
    "/articles/1",
    "/cases/1",
    "/nothing",
    "/articles?limit=x",
    "/static/style.css",
    "/metrics",
)


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "", "[::1]x", "a b"])
def test_other_names_are_refused(full: str, client: httpx.Client, host: str) -> None:
    """A page of another site cannot ask through its reader's browser by a name that leads here."""
    answer = client.get(f"{full}/articles", headers={"Host": host})
    assert answer.status_code in (421, 400)
    assert "Dutch" not in answer.text


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST.:80", "[::1]:8765", "127.0.0.1:1"])
def test_own_names_are_answered(full: str, client: httpx.Client, host: str) -> None:
    assert client.get(f"{full}/articles", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize("path", PATHS)
def test_every_answer_is_guarded(full: str, client: httpx.Client, path: str) -> None:
    headers = client.get(full + path).headers
    policy = dict(part.strip().split(" ", 1) for part in headers["content-security-policy"].split(";"))
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == "'self'"
    assert policy["frame-ancestors"] == policy["base-uri"] == "'none'"
    assert "unsafe" not in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["x-frame-options"] == "DENY"
    assert "access-control-allow-origin" not in headers
    assert "server" not in headers or "uvicorn" in headers["server"]


def test_an_error_of_ours_is_guarded_and_says_nothing(filled_path: Path) -> None:
    def broken(_: object) -> str:
        raise RuntimeError("a secret of the inside")

    with shown(filled_path, advise=broken) as address:
        answer = httpx.get(f"{address}/sources", trust_env=False)
    assert answer.status_code == 500
    assert "secret" not in answer.text
    assert "content-security-policy" in answer.headers


def test_long_addresses_are_refused(full: str, client: httpx.Client) -> None:
    assert client.get(f"{full}/articles?query={'x' * 9_000}").status_code == 414
    assert client.get(f"{full}/articles?query={'x' * 3_000}").status_code == 400


def test_a_password_keeps_others_out(filled_path: Path) -> None:
    keys = Keys(
        password=hasher().hash("a long password"),
        tokens=(Token(name="robot", hash=hasher().hash("a long token here")),),
    )
    with shown(filled_path, keys=keys) as address:

        def status(**given: object) -> int:
            return httpx.get(f"{address}/articles", trust_env=False, **given).status_code  # type: ignore[arg-type]

        assert status() == 401
        assert "Dutch" not in httpx.get(f"{address}/articles", trust_env=False).text
        assert status(auth=("anybody", "a long password")) == 200
        assert status(auth=("anybody", "another password")) == 401
        assert status(headers={"Authorization": "Bearer a long token here"}) == 200
        assert status(headers={"Authorization": "Bearer a long password"}) == 401
        assert status(headers={"Authorization": "Basic %%%"}) == 401
        tries = [status(auth=("x", f"wrong password {number}")) for number in range(12)]
        assert tries[-1] == 429
        # Who was let in before is not kept out by others' guesses.
        assert status(auth=("anybody", "a long password")) == 200


def test_metrics_are_those_of_the_program(filled_path: Path, full: str, client: httpx.Client) -> None:
    assert client.get(f"{full}/metrics").status_code == 404
    with shown(filled_path, metrics=lambda engine, now: b"up 1\n") as address:
        answer = httpx.get(f"{address}/metrics", trust_env=False)
    assert (answer.text, answer.headers["content-type"][:10]) == ("up 1\n", "text/plain")


def test_nothing_can_be_written(filled_path: Path) -> None:
    with (
        opened(filled_path) as engine,
        engine.connect() as connection,
        pytest.raises(OperationalError, match="readonly database"),
    ):
        connection.exec_driver_sql("DELETE FROM articles")


def test_a_question_that_takes_too_long_is_given_up(tmp_path: Path) -> None:
    path = tmp_path / "watch.sqlite3"
    fill(path)
    engine = open_database(f"sqlite:///{path}", read_only=True)
    limit_time(engine, -1.0)
    try:
        from storage import patience

        # So small a database is asked within few steps: the clock is looked at at each.
        patience.STEPS, before = 1, patience.STEPS
        with served(make_app(site(engine))) as address:
            answer = httpx.get(f"{address}/articles", trust_env=False)
    finally:
        patience.STEPS = before
        engine.dispose()
    assert answer.status_code == 503
    assert "takes too long" in answer.text
    assert answer.headers["retry-after"] == "5"


def test_a_damaged_database_is_told(tmp_path: Path) -> None:
    path = tmp_path / "watch.sqlite3"
    fill(path)
    with shown(path) as address:
        for end in ("", "-wal", "-shm"):
            path.with_name(path.name + end).unlink(missing_ok=True)
        path.write_bytes(b"SQLite format 3\x00" + b"\xff" * 5_000)
        answer = httpx.get(f"{address}/cases", trust_env=False)
    assert answer.status_code == 503
    assert "Traceback" not in answer.text


WORDS = (
    "' OR 1=1 --",
    '"; DROP TABLE articles; --',
    "<script>alert(1)</script>",
    "{{7*7}}${7*7}",
    "../../etc/passwd",
    "%00",
    "\u202e\u0000\ud7ff",
    "-1",
    "9" * 30,
    "1e9",
    "NaN",
    "0001-01-01",
    "9999-12-31",
    "2026-02-31",
    "99999d",
    "2026-03-04T05:06:07Z",
    "0001-01-01T00:00:00+23:59",
    "9999-12-31T23:59:59-23:59",
    "NEAR(a b) AND (",
    "a* OR title:",
    "*",
    ",,,",
    "XX",
    "\n\r\nSet-Cookie: a=b",
)
FREE = ("query", "since", "found", "sort", "page", "words")
"""Parameters that are read in ways of their own."""
PARAMETERS = {
    "/": ("since",),
    "/articles": (
        "query", "since", "until", "found", "nationality", "country", "stage", "drug", "kind", "lang",
        "source", "sort", "page", "limit", "unknown",
    ),
    "/cases": ("query", "since", "until", "found", "nationality", "stage", "drug", "source", "sort", "page"),
    "/figures": ("query", "since", "until", "nationality", "kind", "source", "page", "limit"),
    "/sources": ("words", "state", "lang", "of", "page", "limit"),
}  # fmt: skip


@pytest.mark.parametrize("path", PARAMETERS)
def test_no_parameter_breaks_a_page(full: str, client: httpx.Client, path: str) -> None:
    """Whatever is in it, the answer is a page or says what was not understood; never an error of ours."""
    for place, (name, word) in enumerate(itertools.product(PARAMETERS[path], WORDS)):
        # Those that are words of a list are read by one function: each word is tried on some of them.
        if name not in FREE and (place + len(name)) % 3:
            continue
        # A list and its file are of one query: each word is tried on one of them.
        end = "" if path == "/" or WORDS.index(word) % 3 else ".csv"
        answer = client.get(full + path + end, params={name: word})
        assert answer.status_code in (200, 400), (path, end, name, word)
        assert "set-cookie" not in answer.headers or path == "/"
        if answer.headers["content-type"].startswith("text/html"):
            assert "<script>alert" not in answer.text, (path, name, word)
        if answer.status_code == 400:
            assert "That was not understood" in answer.text


@pytest.mark.parametrize("path", ["/articles/", "/cases/", "/sources/", "/static/"])
def test_no_path_breaks_a_page(full: str, client: httpx.Client, path: str) -> None:
    for word in (
        "0",
        "-1",
        "9" * 40,
        "1.5",
        "%2e%2e%2f%2e%2e%2fetc%2fpasswd",
        "%00",
        "'",
        "<b>",
        "\u202e",
        "x" * 999,
    ):
        for end in ("", ".json", ".csv"):
            assert client.get(full + path + word + end).status_code in (404, 400), (path, word, end)
