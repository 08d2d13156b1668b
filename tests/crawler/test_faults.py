"""One crawl of a world in which everything goes wrong: each fault has its name, none touches another."""

from __future__ import annotations

import gzip
import socket
import ssl
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import brotli
import pytest
import zstandard
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.crawler.world import Answer, Server, crawl, item, page, rows, rss, serving

MIB = 1024 * 1024
FEED = "application/rss+xml"
CHALLENGE = b"<html><head><title>Just a moment...</title></head><body>window._cf_chl_opt</body></html>"
GZIP = {"Content-Encoding": "gzip"}
BROTLI = {"Content-Encoding": "br"}
DEFLATE = {"Content-Encoding": "deflate"}
ZSTD = {"Content-Encoding": "zstd"}
TWICE = {"Content-Encoding": "gzip, gzip"}

# Path of a page → what it answers, and the outcome that it must have.
PAGES: dict[str, tuple[Answer, str]] = {
    "/p/good": (page(), "irrelevant"),
    "/p/gzip": (Answer(gzip.compress(b"<p>zipped</p>"), headers=GZIP), "irrelevant"),
    "/p/to-good": (Answer(status=302, headers={"Location": "/p/good2"}), "irrelevant"),
    "/p/missing": (Answer(status=404), "gone"),
    "/p/gone": (Answer(status=410), "gone"),
    "/p/wall": (Answer(status=403, body=b"no"), "blocked"),
    "/p/login": (Answer(status=401), "blocked"),
    "/p/challenge": (Answer(CHALLENGE), "blocked"),
    "/p/error": (Answer(status=500), "http-error"),
    "/p/loop": (Answer(status=302, headers={"Location": "/p/loop"}), "redirect-loop"),
    "/p/loop-a": (Answer(status=301, headers={"Location": "/p/loop-b"}), "redirect-loop"),
    "/p/to-private": (Answer(status=302, headers={"Location": "http://10.0.0.1/x"}), "forbidden-address"),
    "/p/to-decimal": (Answer(status=302, headers={"Location": "http://2130706433:1/x"}), "forbidden-address"),
    "/p/to-mapped": (
        Answer(status=302, headers={"Location": "http://[::ffff:127.0.0.1]:1/"}),
        "forbidden-address",
    ),
    "/p/to-name": (Answer(status=302, headers={"Location": "http://localhost:1/"}), "forbidden-address"),
    "/p/to-metadata": (
        Answer(status=302, headers={"Location": "http://169.254.169.254/"}),
        "forbidden-address",
    ),
    "/p/to-file": (Answer(status=302, headers={"Location": "file:///etc/passwd"}), "bad-address"),
    "/p/to-data": (Answer(status=302, headers={"Location": "data:text/html,hello"}), "bad-address"),
    "/p/to-user": (Answer(status=302, headers={"Location": "http://user:word@example.org/"}), "bad-address"),
    "/p/gzip-bomb": (Answer(gzip.compress(bytes(40 * MIB)), headers=GZIP), "too-large"),
    "/p/br-bomb": (Answer(brotli.compress(bytes(40 * MIB), quality=1), headers=BROTLI), "too-large"),
    "/p/deflate-bomb": (Answer(zlib.compress(bytes(40 * MIB)), headers=DEFLATE), "too-large"),
    "/p/zstd-bomb": (Answer(zstandard.compress(bytes(40 * MIB)), headers=ZSTD), "too-large"),
    # Bombs in each other are unpacked one by one, each under the limit.
    "/p/bomb-in-bomb": (Answer(gzip.compress(gzip.compress(bytes(40 * MIB))), headers=TWICE), "too-large"),
    "/p/hop-1": (Answer(status=302, headers={"Location": "/p/hop-2"}), "irrelevant"),
    "/p/hop-0": (Answer(status=302, headers={"Location": "/p/hop-1"}), "redirect-loop"),
    "/p/announced": (Answer(b"x", announced=11 * MIB), "too-large"),
    "/p/truncated": (Answer(b"<p>half", announced=500), "truncated"),
    "/p/chunked": (Answer(b"<p>half", chunked=True), "truncated"),
    "/p/broken-gzip": (Answer(b"this is not gzip at all", headers=GZIP), "truncated"),
    "/p/silent": (Answer(silent=True), "timeout"),
    "/p/pdf": (Answer(b"%PDF-1.7", type="application/pdf"), "not-html"),
    "/p/empty": (Answer(), "empty"),
    "/p/denied/1": (page(), "robots-denied"),
    "/p/kills": (page("KILL THE READER"), "unreadable"),
    "/p/hangs": (page("HANG THE READER"), "unreadable"),
    "/p/breaks": (page("BREAK THE READER"), "unreadable"),
}

LINKS = (
    *(item(path) for path in PAGES),
    item("javascript:alert(1)"),
    item("data:text/html,x"),
    item("file:///etc/passwd"),
)

# Slug → the answer of its feed, and the state that it must have.
FEEDS: dict[str, tuple[Answer, str]] = {
    "html": (page("no feed"), "malformed"),
    "junk": (Answer(bytes(range(256)) * 9, type=FEED), "malformed"),
    "cut": (Answer(b"<rss><channel><item><tit", type=FEED), "malformed"),
    "zero": (Answer(b"", type=FEED), "malformed"),
    "none": (Answer(rss(), type=FEED), "empty"),
    "only-bad": (Answer(rss(item("javascript:x")), type=FEED), "empty"),
    "big-title": (Answer(rss(item("/p/good", "x" * (9 * MIB))), type=FEED), "ok"),
    "charset": (
        Answer(rss(item("/p/kept", "@")).replace(b"@", "Präsident é".encode("cp1252")), type=FEED),
        "ok",
    ),
    "loop": (Answer(status=302, headers={"Location": "/f/loop"}), "redirect-loop"),
    "private": (Answer(status=302, headers={"Location": "http://192.168.0.1/feed"}), "forbidden-address"),
    "file": (Answer(status=302, headers={"Location": "file:///etc/passwd"}), "forbidden-address"),
    "bomb": (Answer(gzip.compress(bytes(40 * MIB)), type=FEED, headers=GZIP), "too-large"),
    "truncated": (Answer(rss(item("/p/never")), type=FEED, announced=9_999), "truncated"),
    "wall": (Answer(status=403), "blocked"),
    "challenge": (Answer(CHALLENGE), "blocked"),
    "gone": (Answer(status=410), "gone"),
    "error": (Answer(status=502), "http-error"),
    "silent": (Answer(silent=True), "timeout"),
}


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> ssl.SSLContext:
    """A TLS server context that nobody has a reason to trust."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    file = tmp_path_factory.mktemp("tls") / "self.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return context


@pytest.fixture(scope="module")
def world(certificate: ssl.SSLContext, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    """The crawl's report, the folder of its database, and the servers with what they were asked."""
    folder = tmp_path_factory.mktemp("faults")
    with serving(4) as (main, busy, shut, resting), serving(tls=certificate) as (secret,):
        main.paths |= {path: answer for path, (answer, _) in PAGES.items()}
        main.paths |= {f"/f/{slug}": answer for slug, (answer, _) in FEEDS.items()}
        main.paths |= {
            # Five redirects are followed, six are not.
            **{
                f"/p/hop-{n}": Answer(status=302, headers={"Location": f"/p/hop-{n + 1}"})
                for n in range(2, 6)
            },
            "/p/hop-6": page(),
            "/p/loop-b": Answer(status=301, headers={"Location": "/p/loop-a"}),
            "/p/good2": page(),
            "/p/kept": page(),
            "/robots.txt": Answer(b"User-agent: *\nDisallow: /p/denied/\n", type="text/plain"),
            "/feed": Answer(rss(*LINKS), type=FEED),
        }
        busy.paths |= {
            "/robots.txt": Answer(status=503),
            "/feed": Answer(rss(item("/1")), type=FEED),
            "/1": page(),
        }
        resting.paths |= {
            "/feed": Answer(rss(item("/1"), item("/2"), item("/3")), type=FEED),
            **{f"/{n}": Answer(status=429, headers={"Retry-After": "3600"}) for n in (1, 2, 3)},
        }
        shut.paths["/robots.txt"] = Answer(status=401)
        shut.paths["/feed"] = Answer(rss(item("/1")), type=FEED)
        shut.paths["/1"] = page()
        secret.paths["/feed"] = Answer(rss(item("/1")), type=FEED)
        with socket.socket() as closed:
            closed.bind(("127.0.0.1", 0))
            refused = closed.getsockname()[1]
        urls = {slug: f"http://{main.place}/f/{slug}" for slug in FEEDS}
        urls |= {
            "all": f"http://{main.place}/feed",
            "busy": f"http://{busy.place}/feed",
            "shut": f"http://{shut.place}/feed",
            "resting": f"http://{resting.place}/feed",
            "tls": f"https://{secret.place}/feed",
            "refused": f"http://127.0.0.1:{refused}/feed",
            "inside": f"http://127.0.0.2:{main.server_port}/feed",
            "named": f"http://localhost:{main.server_port}/feed",
            "data": "data:text/html,hello",
        }
        report = crawl(
            folder,
            sources=[{"slug": slug, "name": slug, "url": url, "via": "rss"} for slug, url in urls.items()],
            allow_hosts=[server.place for server in (main, busy, shut, resting, secret)]
            + [f"127.0.0.1:{refused}"],
            timeout=2,
            page_seconds=1.5,
            concurrency_per_host=8,
        )
        yield {"report": report, "folder": folder, "main": main, "busy": busy, "resting": resting}


@pytest.fixture(scope="module")
def outcomes(world: dict[str, Any]) -> dict[str, str]:
    """Path → outcome of the pages of the main server."""
    place = world["main"].place
    found = rows(world["folder"], f"SELECT url, outcome FROM pages WHERE url LIKE 'http://{place}/%'")
    return {url.removeprefix(f"http://{place}"): outcome for url, outcome in found}


@pytest.mark.parametrize(("path", "outcome"), [(path, outcome) for path, (_, outcome) in PAGES.items()])
def test_each_page_has_its_outcome(outcomes: dict[str, str], path: str, outcome: str) -> None:
    assert outcomes[path] == outcome


@pytest.mark.parametrize(("slug", "state"), [(slug, state) for slug, (_, state) in FEEDS.items()])
def test_each_feed_has_its_state(world: dict[str, Any], slug: str, state: str) -> None:
    assert world["report"]["sources"][slug]["state"] == state, world["report"]["sources"][slug]


@pytest.mark.parametrize(
    ("slug", "state", "word"),
    [
        ("all", "ok", "3 bad-link"),
        ("busy", "robots-denied", "503"),
        ("shut", "ok", ""),
        ("resting", "ok", ""),
        ("tls", "connection", "certificate"),
        ("refused", "connection", "refused"),
        ("inside", "forbidden-address", "127.0.0.2"),
        ("named", "forbidden-address", "localhost"),
        ("data", "forbidden-address", "not http"),
    ],
)
def test_hosts(world: dict[str, Any], slug: str, state: str, word: str) -> None:
    source = world["report"]["sources"][slug]
    assert source["state"] == state, source
    assert word in source["detail"]


def test_nothing_was_fetched_past_a_robots_txt_that_cannot_be_had(world: dict[str, Any]) -> None:
    assert {path for path, _ in world["busy"].asked} == {"/robots.txt"}


def test_a_denied_page_was_not_asked_for(world: dict[str, Any]) -> None:
    assert world["main"].times("/p/denied/1") == 0


def test_a_host_that_asks_for_rest_gets_it(world: dict[str, Any]) -> None:
    resting: Server = world["resting"]
    # Two are under way at once at most when the first answer comes; none is asked twice.
    assert all(resting.times(f"/{n}") <= 1 for n in (1, 2, 3))
    assert world["report"]["sources"]["resting"]["rejected"] == {"blocked": 3}


def test_server_errors_are_tried_once_more_and_walls_are_not(world: dict[str, Any]) -> None:
    main: Server = world["main"]
    assert main.times("/p/error") == 2
    assert main.times("/p/wall") == 1
    assert main.times("/p/silent") == 1


def test_a_huge_title_is_cut_and_a_wrong_charset_is_read(world: dict[str, Any]) -> None:
    titles = dict(rows(world["folder"], "SELECT url, title FROM pages"))
    assert titles[f"http://{world['main'].place}/p/kept"] == "Präsident é"
    assert max(len(title) for title in titles.values()) <= 1_000


def test_every_request_is_honest_and_tells_no_more(world: dict[str, Any]) -> None:
    headers = [headers for _, headers in world["main"].asked]
    assert {one["user-agent"].split("/")[0] for one in headers} == {"detainee-watch"}
    assert not any("cookie" in one or "referer" in one or "authorization" in one for one in headers)


def test_the_run_ended_and_all_is_counted(world: dict[str, Any]) -> None:
    report = world["report"]
    assert (report["reason"], report["left"], report["interrupted"]) == ("finished", 0, False)
    stored = rows(world["folder"], "SELECT COUNT(*) FROM pages")[0][0]
    assert sum(report["counts"].values()) == stored
    assert report["progress"][0]["pages_done"] == report["progress"][0]["pages_total"] == stored
    assert rows(world["folder"], "SELECT outcome FROM runs") == [("ok",)]


def test_faults_that_may_pass_are_tried_again(world: dict[str, Any], tmp_path: Path) -> None:
    place = world["main"].place
    still_open = {url for (url,) in rows(world["folder"], "SELECT url FROM pages WHERE open")}
    again = {path for path, (_, outcome) in PAGES.items() if outcome in ("timeout", "truncated", "blocked")}
    assert {f"http://{place}{path}" for path in again} <= still_open
    assert f"http://{place}/p/missing" not in still_open
