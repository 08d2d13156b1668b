"""WARC files: cut into pieces, read, damaged in every way, and fetched from a server that breaks off."""

from __future__ import annotations

import gzip
import http.server
import io
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import brotli  # type: ignore[import-untyped]
import pytest

from crawler.archives import Archived, cut, read_archived, read_records
from crawler.outlets import Outlets
from crawler.remote import Reach, RemoteFile, remote_size
from crawler.sources import load_sources
from pipeline.errors import DataError
from pipeline.types import Extracted, Irrelevant, Page, Rejected
from pipeline.vocabulary import DateOrigin, Rejection
from tests.crawler import warcs

NOW = datetime(2026, 11, 1, tzinfo=UTC)
NOWHERE = Outlets(())


def read(path: Path, *, start: int = 0, stop: int | None = None, max_body: int = 100_000) -> list[Archived]:
    with path.open("rb") as file:
        file.seek(start)
        return list(read_records(file, stop=stop, max_body=max_body, now=NOW))


def names(found: list[Archived]) -> list[str]:
    """The last part of each address, or why it is no page."""
    return [
        one.page.url.rpartition("/")[2] if isinstance(one.page, Page) else one.reason or one.page.reason.value  # type: ignore[union-attr]
        for one in found
    ]


def test_each_record_ends_as_a_page_or_under_its_name(tmp_path: Path) -> None:
    page = warcs.dull()
    path = tmp_path / "a.warc.gz"
    places = warcs.write(
        path,
        [
            b"WARC/1.0\r\nWARC-Type: warcinfo\r\nContent-Length: 3\r\n\r\nabc\r\n\r\n",
            warcs.record("https://a.example/good", page),
            warcs.record("https://a.example/picture", b"\x89PNG", content_type="image/png"),
            warcs.record("https://a.example/gone", page, status="404 Not Found"),
            warcs.record("https://a.example/moved", b"", status="301 Moved"),
            warcs.record("https://a.example/down", page, status="503 No"),
            warcs.record("https://a.example/wall", page, status="403 No"),
            warcs.record("dns:a.example", b"127.0.0.1"),
            warcs.record("https://a.example/again", b"", kind="revisit"),
            warcs.record("https://a.example/huge", b"<html>" + b"x" * 200_000),
            warcs.record("https://a.example/asked", b"", kind="request"),
            warcs.record("<https://a.example/kept>", page, kind="resource", content_type="text/html"),
        ],
    )
    found = read(path)
    assert names(found) == [
        "good", "not-html", "gone", "redirect", "http-error", "blocked", "bad-address", "revisit",
        "too-large", "kept",
    ]  # fmt: skip
    assert [one.at for one in found] == [each for number, each in enumerate(places) if number not in (0, 10)]
    good = found[0].page
    assert isinstance(good, Page)
    assert (good.body, good.status) == (page, 200)
    assert good.fetched == datetime(2019, 3, 5, 10, tzinfo=UTC)


def test_bodies_as_servers_sent_them(tmp_path: Path) -> None:
    """Chunked, compressed, both; and with headers that an archive has left although it unpacked the body."""
    page = warcs.dull()
    packed = gzip.compress(page)

    def chunked(body: bytes) -> bytes:
        half = len(body) // 2
        pieces = (body[:half], body[half:])
        return b"".join(b"%x\r\n%s\r\n" % (len(each), each) for each in pieces) + b"0\r\n\r\n"

    coded = {
        "plain": (page, ()),
        "gzip": (packed, ("Content-Encoding: gzip",)),
        "chunked": (chunked(page), ("Transfer-Encoding: chunked",)),
        "both": (chunked(packed), ("Content-Encoding: gzip", "Transfer-Encoding: chunked")),
        "brotli": (brotli.compress(page), ("Content-Encoding: br",)),
        "unpacked": (page, ("Content-Encoding: br, gzip", "Transfer-Encoding: chunked")),
    }
    path = tmp_path / "a.warc.gz"
    warcs.write(
        path,
        [
            warcs.record(f"https://a.example/{name}", body, headers=more)
            for name, (body, more) in coded.items()
        ]
        + [
            warcs.record("https://a.example/cut", packed[:-20], headers=("Content-Encoding: gzip",)),
            warcs.record(
                "https://a.example/bomb",
                gzip.compress(b"\0" * 50_000_000),
                headers=("Content-Encoding: gzip",),
            ),
        ],
    )
    found = read(path)
    assert names(found) == [*coded, "truncated", "too-large"]
    assert {one.page.body for one in found[:6] if isinstance(one.page, Page)} == {page}


@pytest.mark.parametrize("date", ["1970-01-01T00:00:00Z", "2099-01-01T00:00:00Z", "yesterday", ""])
def test_a_record_of_no_time_is_of_now(tmp_path: Path, date: str) -> None:
    path = tmp_path / "a.warc.gz"
    warcs.write(path, [warcs.record("https://a.example/1", warcs.dull(), date=date)])
    (found,) = read(path)
    assert isinstance(found.page, Page)
    assert found.page.fetched == NOW


def test_a_damaged_place_costs_its_record_and_no_other(tmp_path: Path) -> None:
    path = tmp_path / "a.warc.gz"
    records = [warcs.record(f"https://a.example/{number}", warcs.dull(number)) for number in range(8)]
    places = warcs.write(path, records)
    damaged = bytearray(path.read_bytes())
    damaged[places[3] + 40 : places[3] + 80] = b"\xff" * 40
    path.write_bytes(damaged)
    assert names(read(path)) == ["0", "1", "2", "damaged", "4", "5", "6", "7"]


@pytest.mark.parametrize("packed", [True, False])
def test_a_file_that_ends_in_the_middle(tmp_path: Path, packed: bool) -> None:
    path = tmp_path / "a.warc.gz"
    records = [warcs.record(f"https://a.example/{number}", warcs.dull(number)) for number in range(3)]
    warcs.write(path, records, packed=packed)
    whole = path.read_bytes()
    path.write_bytes(whole[: -120 if packed else -1_000])
    found = names(read(path))
    assert found[:2] == ["0", "1"]
    assert found[2] in ("truncated", "damaged")


@pytest.mark.parametrize("packed", [True, False])
def test_pieces_have_each_record_once(tmp_path: Path, packed: bool) -> None:
    path = tmp_path / "a.warc"
    # The text of a page may look like the beginning of a record.
    tricky = warcs.html("A page about archives", "x\r\n\r\nWARC/1.0\r\n", *[warcs.DULL] * 12)
    records = [warcs.record(f"https://a.example/{n}", tricky + b" " * n * 97) for n in range(60)]
    warcs.write(path, records, packed=packed)
    size = path.stat().st_size
    with path.open("rb") as file:
        pieces = cut(file, size, piece=size // 9)
    assert len(pieces) >= 5
    assert (pieces[0][0], pieces[-1][1]) == (0, size)
    assert all(one[1] == other[0] for one, other in pairwise(pieces))
    found = [name for start, stop in pieces for name in names(read(path, start=start, stop=stop))]
    assert found == [str(number) for number in range(60)]


def test_a_file_that_is_packed_as_a_whole_is_one_piece(tmp_path: Path) -> None:
    path = tmp_path / "a.warc.gz"
    records = [warcs.record(f"https://a.example/{n}", warcs.dull(n)) for n in range(40)]
    path.write_bytes(gzip.compress(b"".join(records)))
    size = path.stat().st_size
    with path.open("rb") as file:
        assert cut(file, size, piece=size // 4) == ((0, size),)
    assert names(read(path)) == [str(number) for number in range(40)]


def test_what_is_no_warc_file() -> None:
    for body in (b"", b"<html>", gzip.compress(b"<html>"), b"\x1f\x8b\x08" + b"\0" * 100):
        with pytest.raises(DataError, match="no WARC file"):
            cut(io.BytesIO(body), len(body))


# -- outcomes ---------------------------------------------------------------------------------------


def page_of(url: str, body: bytes) -> Page:
    raw = io.BytesIO(warcs.record(url, body))
    (found,) = read_records(raw, stop=None, max_body=10_000_000, now=NOW)
    assert isinstance(found.page, Page)
    return found.page


def test_outcomes_are_of_the_day_of_the_archive() -> None:
    told = read_archived(page_of("https://a.example/1", warcs.held(day="2019-03-04")), NOWHERE, (), honour=())
    assert isinstance(told, Extracted)
    assert (told.article.source, told.article.published) == ("a.example", datetime(2019, 3, 4, 8, tzinfo=UTC))
    # A date after that day is a mistake, and no date is that day.
    for day in ("2019-09-01", ""):
        undated = read_archived(page_of("https://a.example/1", warcs.dull(day=day)), NOWHERE, (), honour=())
        assert isinstance(undated, Irrelevant)
        assert undated.article.published == datetime(2019, 3, 5, 10, tzinfo=UTC)
        assert undated.article.date_origin is DateOrigin.ARCHIVE
    short = read_archived(
        page_of("https://a.example/1", warcs.html("A title", "Little.")), NOWHERE, (), honour=()
    )
    assert isinstance(short, Rejected)
    assert (short.reason, short.page.body) == (Rejection.TOO_SHORT, b"")
    assert short.page.entry.published == datetime(2019, 3, 5, 10, tzinfo=UTC)


def test_reservations_are_honoured_as_a_crawl_does() -> None:
    page = page_of("https://a.example/1", warcs.held())
    reserved = replace(
        page, body=page.body.replace(b"<head>", b'<head><meta name="tdm-reservation" content="1">')
    )
    for found, headers in ((reserved, ()), (page, (("TDM-Reservation", "1"),))):
        outcome = read_archived(found, NOWHERE, headers, honour=("tdm",))
        assert isinstance(outcome, Rejected)
        assert outcome.reason is Rejection.TDM_RESERVED
        assert isinstance(read_archived(found, NOWHERE, headers, honour=()), Extracted)


def test_charsets_are_found_whatever_the_header_says() -> None:
    text = (
        "Dos ciudadanos españoles fueron detenidos ayer en Lima con 12 kilos de cocaína, según la policía. "
        * 3
    )
    body = warcs.html("Dos españoles detenidos", text, lang="es").replace(
        b"<head>", b'<head><meta charset="latin1">'
    )
    page = page_of("https://a.example/1", body.decode("utf-8").encode("latin-1"))
    outcome = read_archived(page, NOWHERE, (), honour=())
    assert isinstance(outcome, Extracted)
    assert "españoles" in outcome.article.text


@pytest.mark.parametrize(
    ("url", "language", "slug"),
    [
        ("https://insightcrime.org/news/a", "en", "insightcrime-en"),
        ("http://www.insightcrime.org:8080/news/a", "", "insightcrime-en"),
        ("https://m.insightcrime.org/news/a", "en", "insightcrime-en"),
        ("https://www.unknown.example/a", "en", "unknown.example"),
        ("https://[::1]/a", "en", "::1"),
        ("https://com/a", "", "com"),
    ],
)
def test_outlets_by_host(url: str, language: str, slug: str) -> None:
    assert Outlets(load_sources()).of(url, language)[0] == slug


def test_an_edition_goes_before_its_paper_and_a_language_before_another() -> None:
    one = load_sources()[0]
    outlets = Outlets(
        (
            replace(one, slug="paper-en", site="https://p.example/", language="en"),
            replace(one, slug="paper-fr", site="https://p.example/", language="fr"),
            replace(one, slug="edition", site="https://p.example/br", language="pt"),
        )
    )
    assert [
        outlets.of(f"https://p.example{path}", lang)[0] for path, lang in (("/x", "fr"), ("/x", "de"))
    ] == [
        "paper-fr",
        "paper-en",
    ]
    assert outlets.of("https://p.example/br/x", "en")[0] == "edition"
    assert outlets.of("https://p.example/brown/x", "en")[0] == "paper-en"


# -- servers ----------------------------------------------------------------------------------------


class Flaky(http.server.BaseHTTPRequestHandler):
    """A server of one file that breaks off after so many bytes of each answer, and may want rest."""

    protocol_version = "HTTP/1.1"
    server: Any

    def do_HEAD(self) -> None:
        self.do_GET(head=True)

    def do_GET(self, *, head: bool = False) -> None:
        told = self.server
        asked = self.headers.get("Range", "")
        told.asked.append((self.command, asked, self.headers.get("User-Agent", "")))
        if told.refusals:
            status, more = told.refusals.pop(0)
            self.send_response(status)
            for name, value in more.items():
                self.send_header(name, value)
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        start = int(asked.removeprefix("bytes=").removesuffix("-")) if asked and told.ranges else 0
        rest = told.body[start:]
        self.send_response(206 if start else 200)
        self.send_header("Content-Length", str(len(rest)))
        self.send_header("ETag", told.etag)
        self.end_headers()
        if not head:
            self.wfile.write(rest[: told.breaks])
            if len(rest) > told.breaks:
                self.wfile.flush()
                self.close_connection = True

    def log_message(self, *args: object) -> None:
        """Nothing is told."""


@contextmanager
def serving(body: bytes, *, breaks: int = 10**9, ranges: bool = True) -> Iterator[Any]:
    server: Any = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Flaky)
    server.body, server.breaks, server.ranges, server.etag = body, breaks, ranges, '"one"'
    server.asked, server.refusals = [], []
    server.url = f"http://127.0.0.1:{server.server_port}/a.warc.gz"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def reach(slept: list[float]) -> Reach:
    return Reach(contact="me@a.example", allow_hosts=("127.0.0.1",), timeout=5, sleep=slept.append)


@pytest.mark.parametrize("ranges", [True, False])
def test_a_remote_file_is_read_on_where_it_broke(ranges: bool) -> None:
    records = [warcs.record(f"https://a.example/{n}", warcs.dull(n)) for n in range(30)]
    body = b"".join(gzip.compress(each, mtime=0) for each in records)
    slept: list[float] = []
    # Without ranges each answer must be read from its beginning: what breaks off never comes further.
    with serving(body, breaks=4_000 if ranges else 10**9, ranges=ranges) as server:
        about = remote_size(server.url, reach(slept))
        assert (about.size, about.stamp) == (len(body), '"one"')
        with RemoteFile(server.url, reach(slept), at=0, stamp=about.stamp) as file:
            found = list(read_records(file, stop=None, max_body=100_000, now=NOW))
        assert names(found) == [str(number) for number in range(30)]
        # From a place in the middle, as a run does that goes on.
        with RemoteFile(server.url, reach(slept), at=found[20].at) as file:
            rest = list(read_records(file, stop=None, max_body=100_000, now=NOW))
        assert [(one.at, name) for one, name in zip(rest, names(rest), strict=True)] == [
            (one.at, name) for one, name in zip(found[20:], names(found)[20:], strict=True)
        ]
        assert all("me@a.example" in agent for *_, agent in server.asked)
        if ranges:
            assert len(slept) >= len(body) // 4_000 - 1
            assert max(slept) <= 1.0  # what came in between is no failure


def test_a_damaged_place_in_a_remote_file(tmp_path: Path) -> None:
    path = tmp_path / "a.warc.gz"
    places = warcs.write(path, [warcs.record(f"https://a.example/{n}", warcs.dull(n)) for n in range(9)])
    damaged = bytearray(path.read_bytes())
    damaged[places[4] + 40 : places[4] + 80] = b"\xff" * 40
    with serving(bytes(damaged)) as server:
        size = remote_size(server.url, reach([])).size
        with RemoteFile(server.url, reach([]), size=size) as file:
            found = list(read_records(file, stop=None, max_body=100_000, now=NOW))
    assert names(found) == ["0", "1", "2", "3", "damaged", "5", "6", "7", "8"]


def test_a_server_that_wants_rest_gets_it() -> None:
    slept: list[float] = []
    with serving(b"abc") as server:
        server.refusals = [(503, {"Retry-After": "7"}), (429, {}), (503, {})]
        with RemoteFile(server.url, reach(slept)) as file:
            assert file.read(10) == b"abc"
        assert slept == [7.0, 2.0, 4.0]
        server.refusals = [(503, {"Retry-After": "3600"})]
        with pytest.raises(DataError, match="HTTP 503"), RemoteFile(server.url, reach(slept)) as file:
            file.read(10)
        server.refusals = [(503, {})] * 20
        with pytest.raises(DataError, match="HTTP 503"), RemoteFile(server.url, reach(slept)) as file:
            file.read(10)
        assert len(server.refusals) == 12


def test_what_a_server_cannot_give() -> None:
    slept: list[float] = []
    with serving(b"abcdef" * 1_000, breaks=1_000) as server:
        server.refusals = [(404, {})]
        with pytest.raises(DataError, match="HTTP 404"):
            remote_size(server.url, reach(slept))
        with pytest.raises(DataError, match="no public address"):
            remote_size(server.url, Reach(sleep=slept.append))
        with RemoteFile(server.url, reach(slept), stamp='"one"') as file:
            file.read(500)
            server.etag = '"two"'
            with pytest.raises(DataError, match="has changed"):
                list(iter(lambda: file.read(500), b""))
        server.refusals = [(302, {"Location": "http://169.254.169.254/latest"})]
        with pytest.raises(DataError, match="no public address"):
            remote_size(server.url, reach(slept))
        server.refusals = [(302, {"Location": "file:///etc/passwd"})]
        with pytest.raises(DataError, match="no web address"):
            remote_size(server.url, reach(slept))
