"""``backfill`` as a user runs it: archives of each kind, stopped and killed, on one machine and on Dask."""

from __future__ import annotations

import gzip
import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from pytest_httpserver import HTTPServer

from app.backfill_files import Job, plan
from app.backfill_queue import Queue
from app.backfill_run import run_here
from crawler.outlets import Outlets
from crawler.remote import Reach
from pipeline.types import Source
from storage.backfill import fail_file
from storage.engine import open_database
from tests.app.conftest import Command
from tests.crawler import warcs
from tests.storage.builders import NOW

pytest.importorskip("fastwarc", reason="the extra 'archives' is not installed")


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """Three files: 46 dull pages and two relevant ones of two outlets on two days, records that are none, and
    a damaged place."""
    folder = tmp_path / "archive"
    folder.mkdir()
    for number in range(3):
        records = [
            warcs.record(
                f"https://www.{('one', 'two')[page % 2]}.example/{number}/{page}",
                warcs.dull(page, day=f"2019-03-0{page % 2 + 3}"),
            )
            for page in range(16)
        ]
        if number < 2:
            records[5] = warcs.record(f"https://www.two.example/{number}/held", warcs.held(number))
        records.append(
            warcs.record(f"https://one.example/{number}.png", b"\x89PNG", content_type="image/png")
        )
        places = warcs.write(folder / f"{number}.warc.gz", records)
        if number == 2:
            damaged = bytearray((folder / "2.warc.gz").read_bytes())
            damaged[places[9] + 40 : places[9] + 90] = b"\xff" * 50
            (folder / "2.warc.gz").write_bytes(damaged)
    return folder


OUTCOMES = {"damaged": 1, "irrelevant": 45, "not-html": 3, "relevant": 2}
"""What comes of the archive."""


def stored(path: Path) -> dict[str, Any]:
    """All of a database that an archive can put into it, without the times of day at which it was done."""
    with closing(sqlite3.connect(path)) as connection:

        def rows(query: str) -> list[Any]:
            return connection.execute(query).fetchall()

        return {
            "pages": rows("SELECT url, source, day, outcome, published, tries FROM pages ORDER BY url"),
            "articles": rows(
                "SELECT url, source, title, text, revision, published FROM articles ORDER BY url"
            ),
            "records": rows("SELECT nationality, country, count, stage, evidence FROM records ORDER BY 5, 1"),
            "coverage": rows("SELECT source, day, seen, read, relevant FROM coverage ORDER BY 1, 2"),
            "cases": rows("SELECT country FROM cases ORDER BY 1"),
            "files": rows("SELECT name, state, detail FROM backfill_files ORDER BY 1"),
            "counts": sorted(
                (name, start, sorted(json.loads(counts).items()))
                for name, start, counts in rows(
                    "SELECT f.name, p.start, p.counts FROM backfill_pieces p JOIN backfill_files f "
                    "ON f.id = p.file_id"
                )
            ),
        }


def test_a_folder_of_warc_files(run: Command, archive: Path, home: Path) -> None:
    ran = run("backfill", archive, "--workers", "2", "--json")
    assert ran.code == 0, ran.err
    assert (ran.json["outcomes"], ran.json["files"], ran.json["failed"]) == (OUTCOMES, 3, {})
    found = stored(home / "watch.sqlite3")
    # Each outlet and day has its denominator; the irrelevant ones have no text.
    assert found["coverage"] == [
        ("one.example", "2019-03-03", 24, 24, 0),
        ("two.example", "2019-03-04", 23, 23, 2),
    ]
    assert [url for url, *_ in found["articles"]] == [
        "https://www.two.example/0/held",
        "https://www.two.example/1/held",
    ]
    listed = run("articles", "--json").json
    assert {each["published"][:10] for each in listed["articles"]} == {"2019-03-04"}
    # The same again changes nothing, and reads nothing.
    again = run("backfill", archive, "--json")
    assert (again.code, again.json["records"], again.json["done_before"]) == (0, 0, 3)
    assert stored(home / "watch.sqlite3") == found
    status = run("backfill", "--status", "--json").json
    assert [(file["state"], file["part"]) for file in status] == [("done", 1.0)] * 3
    assert "2.warc.gz" in run("backfill", "--status").out


def test_the_same_articles_under_other_names_change_nothing(run: Command, archive: Path, home: Path) -> None:
    run("backfill", archive, "-q", "--workers", "1")
    before = stored(home / "watch.sqlite3")
    for path in archive.iterdir():
        path.rename(path.with_name(f"again-{path.name}"))
    ran = run("backfill", f"{archive}/again-*.warc.gz", "--json", "--workers", "1")
    assert ran.json["outcomes"] == {"damaged": 1, "known": 47, "not-html": 3}
    after = stored(home / "watch.sqlite3")
    assert {name: after[name] for name in ("pages", "articles", "records", "coverage", "cases")} == {
        name: before[name] for name in ("pages", "articles", "records", "coverage", "cases")
    }


def test_known_outlets_are_stored_under_their_slug(run: Command, tmp_path: Path, home: Path) -> None:
    path = tmp_path / "a.warc.gz"
    warcs.write(path, [warcs.record("https://insightcrime.org/news/held", warcs.held())])
    assert run("backfill", path, "-q", "--workers", "1").code == 0
    assert [source for _, source, *_ in stored(home / "watch.sqlite3")["pages"]] == ["insightcrime-en"]
    other = tmp_path / "b.warc.gz"
    warcs.write(other, [warcs.record("https://insightcrime.org/news/other", warcs.dull())])
    run("backfill", other, "-q", "--source", "my-archive", "--workers", "1")
    assert [source for _, source, *_ in stored(home / "watch.sqlite3")["pages"]] == [
        "insightcrime-en",
        "my-archive",
    ]


def test_a_list_of_addresses(
    run: Command, archive: Path, httpserver: HTTPServer, monkeypatch: pytest.MonkeyPatch, home: Path
) -> None:
    for path in archive.iterdir():
        httpserver.expect_request(f"/crawl/{path.name}").respond_with_data(
            path.read_bytes(), headers={"ETag": '"1"'}
        )
    paths = "".join(f"crawl/{number}.warc.gz\n" for number in range(4))
    httpserver.expect_request("/crawl/3.warc.gz").respond_with_data("", status=404)
    listed = httpserver.url_for("/warc.paths.gz")
    httpserver.expect_request("/warc.paths.gz").respond_with_data(gzip.compress(paths.encode()))
    refused = run("backfill", listed)
    assert (refused.code, "no public address" in refused.err) == (1, True)
    monkeypatch.setenv("DETAINEE_WATCH_ALLOW_HOSTS", "127.0.0.1 localhost")
    ran = run("backfill", listed, "--base", httpserver.url_for("/"), "--json", "--workers", "2")
    assert ran.code == 3
    assert ran.json["outcomes"] == OUTCOMES
    assert list(ran.json["failed"]) == [httpserver.url_for("/crawl/3.warc.gz")]
    assert "HTTP 404" in ran.err
    asked = len(httpserver.log)
    again = run("backfill", listed, "--base", httpserver.url_for("/"), "--json", "--workers", "1")
    assert again.json["records"] == 0
    # Files that are read are not asked for again: the list, and the one that was not there.
    assert len(httpserver.log) - asked == 2


LINES = [
    {"url": "https://www.one.example/1", "title": "Dutch couple held in Lima", "text": warcs.HELD * 2},
    {
        "url": "https://www.one.example/2",
        "title": "A bridge",
        "text": warcs.DULL * 4,
        "published": "2018-05-01",
    },
    {"url": "https://two.example/3", "html": warcs.held().decode()},
    {"title": "nothing"},
]


def test_lines_of_json(run: Command, tmp_path: Path, home: Path) -> None:
    path = tmp_path / "dump.jsonl"
    path.write_text("\n".join([*map(json.dumps, LINES), "{broken", ""]), encoding="utf-8")
    ran = run("backfill", path, "--json", "--workers", "1")
    assert ran.code == 0, ran.err
    assert ran.json["outcomes"] == {"bad-record": 2, "irrelevant": 1, "relevant": 2}
    found = stored(home / "watch.sqlite3")
    assert [source for _, source, *_ in found["pages"]] == ["two.example", "one.example", "one.example"]
    assert ("one.example", "2018-05-01", 1, 1, 0) in found["coverage"]


def test_parquet_with_fields_of_other_names(run: Command, tmp_path: Path, home: Path) -> None:
    pa = pytest.importorskip("pyarrow")
    parquet = pytest.importorskip("pyarrow.parquet")
    rows = [
        {
            "id": number,
            "link": f"https://www.one.example/{number}",
            "title": "Dutch couple held in Lima" if number % 10 == 0 else "A bridge",
            "maintext": (warcs.HELD if number % 10 == 0 else warcs.DULL) * 3,
            "date_publish": NOW.replace(tzinfo=None, year=2019),
        }
        for number in range(100)
    ]
    path = tmp_path / "dump.parquet"
    parquet.write_table(pa.Table.from_pylist(rows), path, row_group_size=40)
    fields = ("--field", "text=maintext", "--field", "published=date_publish", "--field", "url=link")
    ran = run("backfill", path, *fields, "--json", "--workers", "1")
    assert (ran.code, ran.json["outcomes"]) == (0, {"irrelevant": 90, "relevant": 10}), ran.err
    found = stored(home / "watch.sqlite3")
    assert [start for _, start, _ in found["counts"]] == [0, 40, 80]
    assert found["coverage"] == [("one.example", f"2019-{NOW:%m-%d}", 100, 100, 10)]
    broken = tmp_path / "broken.parquet"
    broken.write_bytes(b"no parquet")
    ran = run("backfill", broken)
    assert (ran.code, "cannot be read as Parquet" in ran.err) == (3, True)


def test_a_sitemap_of_a_period(
    run: Command, httpserver: HTTPServer, monkeypatch: pytest.MonkeyPatch, home: Path, process: Command
) -> None:
    monkeypatch.setenv("DETAINEE_WATCH_ALLOW_HOSTS", "127.0.0.1 localhost")
    monkeypatch.setenv("DETAINEE_WATCH_DELAY", "0")
    monkeypatch.setenv("DETAINEE_WATCH_WORKERS", "1")
    server = httpserver
    server.expect_request("/robots.txt").respond_with_data("User-agent: *\nDisallow: /secret/")
    html = "text/html; charset=utf-8"
    entries = {"/a": "2019-03-04", "/secret/b": "2019-03-05", "/c": "2019-05-04", "/d": "2018-05-04"}
    news = "".join(
        f"<url><loc>{server.url_for(path)}</loc><n:news xmlns:n='http://www.google.com/schemas/sitemap-news/0.9'>"
        f"<n:publication_date>{day}</n:publication_date><n:title>T</n:title></n:news></url>"
        for path, day in entries.items()
    )
    urlset = "http://www.sitemaps.org/schemas/sitemap/0.9"
    server.expect_request("/sitemap-2019-03.xml").respond_with_data(
        f"<urlset xmlns='{urlset}'>{news}</urlset>"
    )
    server.expect_request("/sitemap-2020-01.xml").respond_with_data("never asked for", status=500)
    index = "".join(
        f"<sitemap><loc>{server.url_for(f'/sitemap-{month}.xml')}</loc></sitemap>"
        for month in ("2019-03", "2020-01")
    )
    server.expect_request("/sitemap.xml").respond_with_data(
        f"<sitemapindex xmlns='{urlset}'>{index}</sitemapindex>", content_type="text/xml"
    )
    for path, day in entries.items():
        server.expect_request(path).respond_with_data(warcs.held(day=day), content_type=html)
    ran = process(
        "backfill",
        "--sitemap",
        server.url_for("/sitemap.xml"),
        "--since",
        "2019-03",
        "--until",
        "2019-03",
        "--json",
    )
    assert ran.code == 0, ran.err
    asked = {request.path for request, _ in server.log}
    assert asked == {
        "/robots.txt",
        "/sitemap.xml",
        "/sitemap-2019-03.xml",
        "/a",
        "/.well-known/tdmrep.json",
    }
    pages = stored(home / "watch.sqlite3")["pages"]
    assert [(url.rpartition("/")[2], outcome) for url, _, _, outcome, *_ in pages] == [
        ("a", "relevant"),
        ("b", "robots-denied"),
    ]


@pytest.mark.parametrize(
    ("args", "word"),
    [
        ((), "name either files or a --sitemap"),
        (("a.warc.gz", "--sitemap", "https://a.example/s.xml"), "name either files or a --sitemap"),
        (("a.warc.gz", "--since", "2019"), "are for --sitemap"),
        (("--sitemap", "https://a.example/s.xml"), "needs --since"),
        (("--sitemap", "https://a.example/s.xml", "--since", "2019", "--until", "2018"), "before --since"),
    ],
)
def test_what_cannot_be_meant(run: Command, args: tuple[str, ...], word: str) -> None:
    ran = run("backfill", *args)
    assert (ran.code, word in ran.err) == (2, True), ran.err


def test_what_is_not_there_or_of_no_known_kind(run: Command, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("a")
    (tmp_path / "empty").mkdir()
    (tmp_path / "no.warc.gz").write_bytes(b"<html>")
    for what, code, word in (
        ("none.warc.gz", 1, "no such file"),
        ("none*.warc.gz", 1, "no such file"),
        ("a.csv", 1, "is none of .warc"),
        ("empty", 1, "there is no .warc"),
        ("no.warc.gz", 3, "no WARC file"),
        ("https://a.example/x.jsonl", 1, "only WARC is read from addresses"),
    ):
        ran = run("backfill", what, "--workers", "1")
        assert (ran.code, word in ran.err) == (code, True), (what, ran.err)
    assert run("backfill", "a.warc.gz", "--field", "text").code == 1


# -- stopped, killed, poisoned ------------------------------------------------------------------------


@pytest.fixture
def large(tmp_path: Path) -> Path:
    """A file of 800 pages."""
    path = tmp_path / "large.warc.gz"
    warcs.write(
        path,
        [
            warcs.record(f"https://www.one.example/{n}", warcs.held(n) if n % 100 == 7 else warcs.dull(n))
            for n in range(800)
        ],
    )
    return path


def stored_so_far(path: Path) -> int:
    """Pages that are stored."""
    try:
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=10)) as connection:
            return int(connection.execute("SELECT count(*) FROM pages").fetchone()[0])
    except sqlite3.OperationalError:
        return 0


def test_a_stopped_backfill_goes_on_where_it_was(process: Command, large: Path, home: Path) -> None:
    command = [sys.executable, "-m", "app", "backfill", str(large), "--workers", "1"]
    before = 0
    for how in (signal.SIGINT, signal.SIGKILL):
        with subprocess.Popen(command, stderr=subprocess.PIPE) as first:
            deadline = time.monotonic() + 60
            while stored_so_far(home / "watch.sqlite3") <= before and time.monotonic() < deadline:
                time.sleep(0.01)
            first.send_signal(how)
            assert first.stderr is not None
            err = first.stderr.read().decode()
        if how is signal.SIGINT:
            assert (first.returncode, "Stopped" in err) == (130, True), err
        now = stored_so_far(home / "watch.sqlite3")
        assert now > before
        before = now
    ran = process("backfill", large, "--workers", "1", "--json")
    assert ran.code == 0, ran.err
    # What was stored is not read again.
    assert ran.json["records"] == 800 - before
    assert ran.json["outcomes"].get("known", 0) == 0
    found = stored(home / "watch.sqlite3")
    assert [row[2:] for row in found["coverage"]] == [(800, 800, 8)]
    assert found["counts"][0][2] == [("irrelevant", 792), ("relevant", 8)]


def queue_of(job: Job, *names: Path) -> Queue:
    """The queue of a run in this process."""
    engine = open_database(job.database_url)
    return Queue(
        [str(name) for name in names],
        plan=lambda name: plan(engine, job, name, now=NOW),
        fail=lambda file, why: fail_file(engine, file.id, why, now=NOW),
        per_host=1,
    )


class Deadly(Outlets):
    """Kills the process that looks up one address, as a parser's fault would."""

    def of(self, url: str, language: str = "") -> tuple[str, Source | None]:
        if url.endswith("/137"):
            os.kill(os.getpid(), signal.SIGKILL)
        return super().of(url, language)


class Slow(Outlets):
    """Hangs on one address."""

    def of(self, url: str, language: str = "") -> tuple[str, Source | None]:
        if url.endswith("/3"):
            time.sleep(600)
        return super().of(url, language)


def job_of(url: str, outlets: Outlets, **more: Any) -> Job:
    return Job(database_url=url, outlets=outlets, reach=Reach(), honour=(), max_body=1_000_000, **more)


def test_a_record_that_kills_its_reader_costs_itself_alone(tmp_path: Path, url: str, large: Path) -> None:
    job = job_of(url, Deadly(()), piece=16 * 1024)
    queue = queue_of(job, large)
    run_here(queue, job, workers=2, on_progress=lambda: None)
    assert not queue.failed
    assert queue.counts() == {"irrelevant": 791, "relevant": 8, "unreadable": 1}
    assert queue.standing().part == 1.0


def test_a_worker_that_hangs_is_ended(url: str, archive: Path) -> None:
    job = job_of(url, Slow(()))
    queue = queue_of(job, archive / "0.warc.gz")
    run_here(queue, job, workers=1, on_progress=lambda: None, silence=2.0)
    # On a busy machine others may be silent for as long; each of them is one record, and all end.
    assert queue.counts()["unreadable"] >= 1
    assert queue.counts().total() == 17


def test_more_workers_come_to_the_same(run: Command, home: Path, tmp_path: Path, large: Path) -> None:
    found = []
    for workers in (1, 3):
        url = f"sqlite:///{tmp_path}/{workers}.sqlite3"
        job = job_of(url, Outlets(()), piece=16 * 1024)
        queue = queue_of(job, large)
        run_here(queue, job, workers=workers, on_progress=lambda: None)
        found.append(stored(tmp_path / f"{workers}.sqlite3"))
    assert found[0] == found[1]


def test_it_says_how_far_it_is(archive: Path, url: str) -> None:
    from app.backfill_told import told

    seconds = iter(range(0, 1_000, 10))
    job = job_of(url, Outlets(()), batch=4)
    engine = open_database(url)
    queue = Queue(
        [str(path) for path in sorted(archive.iterdir())],
        plan=lambda name: plan(engine, job, name, now=NOW),
        fail=lambda file, why: None,
        per_host=1,
        clock=lambda: float(next(seconds)),
    )
    lines: list[str] = []
    run_here(queue, job, workers=1, on_progress=lambda: lines.append(told(queue.standing())))
    assert lines[0].startswith("0 of 3 files, 0%, 0 records")
    assert lines[-1].startswith("3 of 3 files, 100%, 51 records, 2 relevant")
    assert any("about" in line and "left" in line for line in lines[1:])


# -- Dask ---------------------------------------------------------------------------------------------


@pytest.fixture
def cluster(home: Path) -> Iterator[str]:
    """A scheduler and two workers, each a process of its own."""
    pytest.importorskip("distributed", reason="the extra 'cluster' is not installed")
    python = [sys.executable, "-W", "ignore", "-m"]
    log = (home / "dask.log").open("wb")
    file = home / "scheduler.json"
    started = [
        subprocess.Popen(
            [*python, "distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", "0",
             "--dashboard-address", "127.0.0.1:0", "--scheduler-file", str(file)],
            stdout=log, stderr=log,
        )
    ]  # fmt: skip
    try:
        deadline = time.monotonic() + 60
        while not file.exists() and time.monotonic() < deadline:
            time.sleep(0.05)
        address = json.loads(file.read_text())["address"]
        started += [
            subprocess.Popen(
                [*python, "distributed.cli.dask_worker", address, "--nthreads", "1", "--no-dashboard",
                 "--host", "127.0.0.1", "--local-directory", str(home / f"dask-{number}")],
                stdout=log, stderr=log,
            )
            for number in range(2)
        ]  # fmt: skip
        yield address
    finally:
        for process in started:
            process.kill()
            process.wait()
        log.close()


def test_a_cluster_comes_to_the_same(
    process: Command,
    run: Command,
    home: Path,
    archive: Path,
    cluster: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ran = process("backfill", archive, "--dask", cluster, "--json", timeout=120)
    assert ran.code == 0, ran.err
    assert ran.json["outcomes"] == OUTCOMES
    monkeypatch.setenv("DETAINEE_WATCH_DATABASE_URL", f"sqlite:///{home}/alone.sqlite3")
    run("backfill", archive, "-q", "--workers", "1")
    assert stored(home / "watch.sqlite3") == stored(home / "alone.sqlite3")


def test_no_cluster_there(run: Command, archive: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.backfill_dask.CONNECT_SECONDS", 0.5)
    ran = run("backfill", archive, "--dask", "tcp://127.0.0.1:9")
    assert (ran.code, "No Dask scheduler answers" in ran.err) == (1, True)
