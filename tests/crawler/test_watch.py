"""Whole crawls: every kind of source, coming back, history, interruption, a failing database."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import sqlite3
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.crawler.world import ROOT, Answer, Server, command, crawl, item, page, rows, rss, serving

RSS = "application/rss+xml"


@pytest.fixture
def server() -> Iterator[Server]:
    """One outlet's server."""
    with serving() as (one,):
        yield one


def source(server: Server, slug: str, path: str, via: str = "rss", **more: Any) -> dict[str, Any]:
    return {"slug": slug, "name": slug, "url": f"http://{server.place}{path}", "via": via, **more}


def conditional(body: bytes) -> Any:
    """A feed that answers 304 to whoever knows its ETag."""
    tag = f'"{hashlib.sha256(body).hexdigest()[:8]}"'

    def answer(request: Any) -> Answer:
        if request.headers.get("If-None-Match") == tag:
            return Answer(status=304, headers={"ETag": tag})
        return Answer(body, type=RSS, headers={"ETag": tag})

    return answer


def site(server: Server) -> list[dict[str, Any]]:
    """An outlet of each kind, three pages each."""
    kinds = ("rss", "same", "json", "map", "index", "list")
    server.paths |= {f"/{kind}/{n}": page(f"{kind} {n}") for kind in kinds for n in range(3)}

    def urls(kind: str) -> str:
        return "".join(f"<url><loc>/{kind}/{n}</loc></url>" for n in range(3))

    server.paths |= {
        "/rss": conditional(rss(*(item(f"/rss/{n}") for n in range(3)))),
        "/same": Answer(rss(*(item(f"/same/{n}") for n in range(3))), type=RSS),
        "/json": Answer(json.dumps({"items": [{"url": f"/json/{n}"} for n in range(3)]}).encode()),
        "/map": Answer(f"<urlset>{urls('map')}</urlset>".encode()),
        "/index": Answer(b"<sitemapindex><sitemap><loc>/index.xml</loc></sitemap></sitemapindex>"),
        "/index.xml": Answer(f"<urlset>{urls('index')}</urlset>".encode()),
        "/list": Answer("".join(f"<h2><a href='/list/{n}'>{n}</a></h2>" for n in range(3)).encode()),
    }
    return [
        source(server, "rss", "/rss"),
        source(server, "same", "/same"),
        source(server, "json", "/json", "jsonfeed"),
        source(server, "map", "/map", "sitemap"),
        source(server, "index", "/index", "sitemap"),
        source(server, "list", "/list", "listing", links="h2 a"),
    ]


def test_every_kind_of_source_and_coming_back(server: Server, tmp_path: Path) -> None:
    config: dict[str, Any] = {"sources": site(server), "allow_hosts": [server.place]}
    first = crawl(tmp_path, **config, now="2026-03-01T08:00:00+00:00")
    assert set(first["sources"]) == {"rss", "same", "json", "map", "index", "list"}
    for one in first["sources"].values():
        assert (one["state"], one["new"], one["read"]) == ("ok", 3, 3), one
    assert Counter(path for path, _ in server.asked if path.count("/") == 2).most_common(1)[0][1] == 1

    server.asked.clear()
    second = crawl(tmp_path, **config, now="2026-03-02T08:00:00+00:00")
    states = {slug: one["state"] for slug, one in second["sources"].items()}
    # An index that is the same may name sitemaps that are not.
    assert states == {"rss": "unchanged", "same": "unchanged", "json": "unchanged", "map": "unchanged",
                      "index": "ok", "list": "unchanged"}  # fmt: skip
    assert second["sources"]["rss"]["detail"] == "304"
    assert not [path for path, _ in server.asked if path.count("/") == 2]
    assert second["counts"] == {}

    server.asked.clear()
    third = crawl(tmp_path, **config, now="2026-03-09T08:00:00+00:00")
    asked = dict(server.asked)
    assert "if-none-match" not in asked["/rss"]
    assert third["sources"]["rss"]["state"] == "ok"
    assert third["sources"]["rss"]["new"] == 0
    assert rows(tmp_path, "SELECT COUNT(*), COUNT(DISTINCT url) FROM pages") == [(18, 18)]


def test_history_by_sitemaps(server: Server, tmp_path: Path) -> None:
    def months(*names: str) -> bytes:
        inner = "".join(f"<sitemap><loc>/map-{name}.xml</loc></sitemap>" for name in names)
        return f"<sitemapindex>{inner}</sitemapindex>".encode()

    def days(*dates: str) -> Answer:
        inner = "".join(f"<url><loc>/{date}</loc><lastmod>{date}</lastmod></url>" for date in dates)
        return Answer(f"<urlset>{inner}</urlset>".encode())

    old = "<pubDate>Mon, 01 Dec 2025 08:00:00 GMT</pubDate>"
    new = "<pubDate>Mon, 02 Mar 2026 08:00:00 GMT</pubDate>"
    server.paths |= {
        "/robots.txt": Answer(b"Sitemap: /maps.xml\nUser-agent: *\nAllow: /\n", type="text/plain"),
        "/feed": Answer(rss(item("/feed-old") + old, item("/feed-new") + new), type=RSS),
        "/maps.xml": Answer(months("2025-12", "2026-02", "2026-03")),
        "/map-2026-02.xml": days("2026-02-03", "2026-02-20"),
        "/map-2026-03.xml": days("2026-03-01"),
        **{path: page() for path in ("/feed-new", "/2026-02-20", "/2026-03-01")},
    }
    report = crawl(
        tmp_path,
        sources=[source(server, "s", "/feed")],
        allow_hosts=[server.place],
        since="2026-02-15",
        now="2026-03-05T08:00:00+00:00",
    )
    assert report["sources"]["s"]["read"] == 3
    assert server.times("/map-2025-12.xml") == 0
    urls = {url.rpartition("/")[2] for (url,) in rows(tmp_path, "SELECT url FROM pages")}
    assert urls == {"feed-new", "2026-02-20", "2026-03-01"}


def many(server: Server, count: int) -> dict[str, Any]:
    """A feed of so many pages and the configuration of its crawl, slow enough to be interrupted."""
    server.paths |= {f"/{n}": page(str(n)) for n in range(count)}
    server.paths["/feed"] = Answer(rss(*(item(f"/{n}") for n in range(count))), type=RSS)
    return {
        "sources": [source(server, "s", "/feed")],
        "allow_hosts": [server.place],
        "concurrency_per_host": 4,
    }


def wait_for(condition: Any, seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it never came to it"
        time.sleep(0.02)


def saved(folder: Path) -> int:
    """Pages with an outcome."""
    try:
        return int(rows(folder, "SELECT COUNT(*) FROM pages WHERE outcome <> 'pending'")[0][0])
    except sqlite3.OperationalError:
        return 0


def processes_of_session(session: int) -> list[int]:
    """The living processes of a session; [] where /proc is not there to tell."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[3]) == session and fields[0] != "Z":
            found.append(int(stat.parent.name))
    return found


@pytest.mark.parametrize("word", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_an_interrupted_crawl_is_carried_on(server: Server, tmp_path: Path, word: signal.Signals) -> None:
    count = 240
    config = many(server, count)
    child = subprocess.Popen(
        command(tmp_path, **config, reader="slow"),
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    wait_for(lambda: saved(tmp_path) >= 50)
    # As a terminal does it: to the whole group, workers and all; but a kill hits the one process.
    if word is signal.SIGKILL:
        os.kill(child.pid, word)
    else:
        os.killpg(child.pid, word)
    out, err = child.communicate(timeout=30)
    assert "Traceback" not in err, err
    wait_for(lambda: not processes_of_session(child.pid))
    done = saved(tmp_path)
    assert 50 <= done < count
    if word is not signal.SIGKILL:
        report = json.loads(out.splitlines()[-1])
        assert report["interrupted"] is True
        assert (sum(report["counts"].values()), report["left"]) == (done, count - done)
        assert rows(tmp_path, "SELECT outcome FROM runs") == [("interrupted",)]

    server.asked.clear()
    report = crawl(tmp_path, **config)
    assert report["counts"] == {"irrelevant": count - done}
    assert rows(tmp_path, "SELECT COUNT(*), COUNT(DISTINCT url), SUM(open) FROM pages") == [(count, count, 0)]
    assert rows(tmp_path, "SELECT DISTINCT outcome FROM pages") == [("irrelevant",)]
    assert len([path for path, _ in server.asked if path[1:].isdigit()]) == count - done
    assert rows(tmp_path, "SELECT outcome FROM runs ORDER BY id") == [("interrupted",), ("ok",)]


def test_ctrl_c_does_not_wait_for_the_delay_of_a_host(server: Server, tmp_path: Path) -> None:
    child = subprocess.Popen(
        command(tmp_path, **many(server, 3), delay=60), cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    wait_for(lambda: server.times("/robots.txt"))  # the feed waits a minute now
    child.send_signal(signal.SIGINT)
    out, _ = child.communicate(timeout=20)
    report = json.loads(out.splitlines()[-1])
    assert (report["interrupted"], report["sources"]["s"]["state"]) == (True, "interrupted")


def test_a_full_disk_ends_the_crawl_tidily_and_the_next_one_carries_on(
    server: Server, tmp_path: Path
) -> None:
    config = many(server, 120)
    crawl(tmp_path, **config, read=False)  # the tables and the entries are there
    size = rows(tmp_path, "PRAGMA page_count")[0][0]
    server.paths["/feed"] = Answer(rss(*(item(f"/{n}?{'x' * 900}") for n in range(120))), type=RSS)
    failed = crawl(tmp_path, **config, max_page_count=size + 2)
    assert failed["error"] == "StorageFullError", failed
    report = crawl(tmp_path, **config)
    assert report["reason"] == "finished"
    assert rows(tmp_path, "SELECT COUNT(*) FROM pages WHERE open AND outcome = 'pending'") == [(0,)]


@pytest.mark.parametrize(
    ("content", "error"),
    [(b"this is not a database " * 100, "StorageCorruptError"), (None, "StorageError")],
)
def test_a_database_that_cannot_be_opened(
    server: Server, tmp_path: Path, content: bytes | None, error: str
) -> None:
    file = tmp_path / "watch.sqlite3"
    if content is None:
        file.mkdir()
    else:
        file.write_bytes(content)
    result = crawl(tmp_path, **many(server, 1))
    assert result["error"].startswith("Storage")
    assert content is None or result["error"] == error
    assert server.asked == []


def test_two_sources_with_the_same_page_store_it_once(server: Server, tmp_path: Path) -> None:
    server.paths |= {f"/{name}": Answer(rss(item("/same?utm_source=x#a")), type=RSS) for name in ("a", "b")}
    server.paths |= {"/same?utm_source=x": page(), "/same": page()}
    sources = [source(server, name, f"/{name}") for name in ("a", "b")]
    report = crawl(tmp_path, sources=sources, allow_hosts=[server.place])
    assert sum(one["new"] for one in report["sources"].values()) == 1
    assert rows(tmp_path, "SELECT COUNT(*) FROM pages") == [(1,)]


def test_feeds_only(server: Server, tmp_path: Path) -> None:
    config = many(server, 5)
    report = crawl(tmp_path, **config, read=False)
    assert (report["sources"]["s"]["new"], report["counts"]) == (5, {})
    assert crawl(tmp_path, **config)["counts"] == {"irrelevant": 5}


def test_an_entry_of_allow_hosts_that_is_none(server: Server, tmp_path: Path) -> None:
    result = crawl(tmp_path, **{**many(server, 1), "allow_hosts": ["http://x/"]})
    assert result["error"] == "ConfigError"
    assert "allow_hosts" in result["message"]


def test_the_real_reading_finds_a_relevant_article(server: Server, tmp_path: Path) -> None:
    story = (
        "<p>Police at Harbourtown airport in Thailand have arrested two Nigerian men with 4 kg of cocaine in "
        "their luggage, officers said on Tuesday.</p><p>The two Nigerians, who had arrived from Brazil, were "
        "charged with drug trafficking and remain in custody in Bangkok until their trial. Customs officers "
        "found the cocaine in the lining of two suitcases after a tip. Under Thai law the men face a long "
        "sentence if they are convicted, a spokesman for the police told reporters at the airport.</p>"
    )
    title = "Two Nigerians arrested in Thailand with 4 kg of cocaine"
    prose = (
        "<p>The museum in the old harbour opened its doors again this spring after a long winter.</p>" * 12
    )

    def html(title: str, text: str) -> Answer:
        head = f"<html lang='en'><head><title>{title}</title></head>"
        return Answer(f"{head}<body><article><h1>{title}</h1>{text}</article></body></html>".encode())

    server.paths |= {
        "/feed": Answer(rss(item("/story", title), item("/museum", "Museum")), type=RSS),
        "/story": html(title, story),
        "/museum": html("Museum", prose),
    }
    report = crawl(tmp_path, sources=[source(server, "s", "/feed")], allow_hosts=[server.place], reader=None)
    assert report["counts"] == {"relevant": 1, "irrelevant": 1}
    assert report["sources"]["s"]["relevant"] == 1
