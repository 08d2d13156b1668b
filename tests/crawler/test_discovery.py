"""From a site's home page to its feed and its table, without and with a network (loopback only)."""

from __future__ import annotations

import contextlib
import gzip
import json
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from crawler.check import check_source, check_sources, discover
from crawler.discovery import WELL_KNOWN, FeedCandidate, feed_kind, find_feeds
from crawler.probe import probe
from crawler.sources import check_source_fields
from crawler.suggest import country_of_host, free_slug, site_label, suggest_source, usual_rate
from pipeline.errors import CrawlError
from pipeline.types import Source
from pipeline.vocabulary import FeedState

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
HOME = "https://www.faro.example/"

PAGE = """<!doctype html>
<html lang="es-UY"><head><title>Todo lo que pasa | El Faro</title>
<meta property="og:site_name" content="El Faro &amp; Co">
<link rel="stylesheet" href="/rss.css">
<link rel="alternate" hreflang="en" href="/en/">
<link rel="alternate" type="application/rss+xml" title="Comentarios" href="/comments/feed/">
<link rel="alternate" type="application/json" href="/wp-json/pages/2">
<link rel="ALTERNATE" type="application/rss+xml; charset=utf-8" title="El &lt;b&gt;Faro" href="/feed/#top">
<link rel="alternate" type="application/atom+xml" href="atom.xml">
<link rel="alternate" type="application/feed+json" href="//faro.example/feed.json">
<link rel="alternate" type="text/xml" href="/portada.xml">
<link rel="alternate" type="application/rss+xml" href="javascript:alert(1)">
<link rel="alternate" type="application/rss+xml" href="file:///etc/passwd">
</head><body>
<a href="/rss/policiales.xml"> Policiales </a> <a href="feed://rss.faro.example/judiciales">Judiciales</a>
<a href="https://feeds.feedburner.com/faro">Feedburner</a> <a href="https://other.example/rss">Otro</a>
<a href="/nota/rss-cumple-anos">nota</a> <a href="/?format=rss">?</a> <a href="http://[::1">x</a>
</body></html>"""


def found(page: str | bytes, url: str = HOME, kind: str = "text/html") -> list[tuple[str, str, str]]:
    body = page.encode() if isinstance(page, str) else page
    return [(one.url, one.via, one.found) for one in find_feeds(body, kind, url) if one.found != "guess"]


def test_linked_feeds_come_first_then_anchors_then_the_usual_paths() -> None:
    assert found(PAGE) == [
        ("https://www.faro.example/feed/", "rss", "link"),
        ("https://www.faro.example/atom.xml", "atom", "link"),
        ("https://faro.example/feed.json", "jsonfeed", "link"),
        ("https://www.faro.example/comments/feed/", "rss", "link"),
        ("https://www.faro.example/rss/policiales.xml", "rss", "anchor"),
        ("http://rss.faro.example/judiciales", "rss", "anchor"),
        ("https://feeds.feedburner.com/faro", "rss", "anchor"),
        ("https://www.faro.example/?format=rss", "rss", "anchor"),
    ]
    candidates = find_feeds(PAGE.encode(), "text/html", HOME)
    assert candidates[0].title == "El Faro"
    guesses = [one.url.removeprefix("https://www.faro.example") for one in candidates if one.found == "guess"]
    # /feed and /atom.xml are not guessed again: the page named them.
    assert guesses == [path for path in WELL_KNOWN if path not in ("/feed", "/atom.xml")]


def test_a_page_that_names_nothing_leaves_the_usual_paths() -> None:
    candidates = find_feeds(b"<p>hello", "text/html", "https://x.example/some/page?q=1")
    assert [one.url for one in candidates] == ["https://x.example" + path for path in WELL_KNOWN]
    assert {one.via for one in candidates} == {"rss", "atom", "jsonfeed", "sitemap"}


def test_base_element_and_declared_encoding() -> None:
    page = (
        '<meta charset="windows-1252"><base href="https://cdn.faro.example/x/">'
        '<link rel=alternate type="application/rss+xml" title="Únicas" href="f.rss">'
    ).encode("cp1252")
    (first, *_) = find_feeds(page, "text/html", HOME)
    assert (first.url, first.title) == ("https://cdn.faro.example/x/f.rss", "Únicas")


@pytest.mark.parametrize(
    ("body", "via", "title"),
    [
        (
            '<?xml version="1.0"?><!-- x --><rss><channel><title>A &amp; B</title></channel></rss>',
            "rss",
            "A & B",
        ),
        (
            "<feed xmlns='urn:x'><title type='text'><![CDATA[T <i>x</i>]]></title></feed>",
            "atom",
            "T x",
        ),
        ("<rdf:RDF xmlns:rdf='x'><channel><title>R</title></channel></rdf:RDF>", "rss", "R"),
        ("\ufeff\n<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'/>", "sitemap", ""),
        ("<sitemapindex><sitemap/></sitemapindex>", "sitemap", ""),
        (
            '{"version": "https://jsonfeed.org/version/1.1", "title": "Caf\\u00e9 \\"x\\"", "items": []}',
            "jsonfeed",
            'Café "x"',
        ),
    ],
)
def test_a_feed_is_its_own_candidate(body: str, via: str, title: str) -> None:
    expected = FeedCandidate(url=HOME, via=via, title=title, found="self")
    assert find_feeds(body.encode(), "text/html", HOME) == (expected,)


def test_what_only_speaks_of_feeds_is_none() -> None:
    assert feed_kind("<html><body><feed></body></html>") is None
    assert feed_kind('{"title": "an API"}') is None
    assert feed_kind("") is None


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\0" * 1000,
        b"\xff\xfe\x00",
        b"<" * 100_000,
        b"<a href='/rss'>" * 20_000,
        b"<link rel=alternate " * 9_000,
        b"{" * 99_000,
    ],
    ids=["empty", "nul", "half a mark", "open", "links", "never closed", "braces"],
)
def test_junk_gives_few_candidates_quickly_and_no_error(body: bytes) -> None:
    started = time.monotonic()
    candidates = find_feeds(body, "text/html; charset=klingon", HOME)
    assert len(WELL_KNOWN) <= len(candidates) <= 40
    assert time.monotonic() - started < 10


def test_an_attribute_whose_name_xml_forbids_hides_no_feed() -> None:
    page = b'<link rel="alternate" x\x1fy="" type="application/rss+xml" href="/f"><a b\x0b href="/rss">x</a>'
    assert [url for url, _, _ in found(page)] == [HOME + "f", HOME + "rss"]


def test_a_page_with_thousands_of_feeds_is_cut() -> None:
    links = "".join(
        f'<link rel=alternate type="application/rss+xml" href="/{number}.rss">' for number in range(2_000)
    )
    assert len(find_feeds(links.encode(), "text/html", HOME)) == 40


# -- guesses about the outlet -----------------------------------------------------------------


def test_a_suggestion_is_a_source_that_would_load() -> None:
    candidate = find_feeds(PAGE.encode(), "text/html", HOME)[0]
    source = suggest_source(
        candidate, page=PAGE.encode(), content_type="text/html", page_url=HOME, taken={"faro"}
    )
    assert (source.slug, source.name, source.language, source.country) == (
        "faro-uy",
        "El Faro & Co",
        "es",
        "UY",
    )
    assert (source.via, source.origin, source.site) == ("rss", "user", None)
    check_source_fields(source)


@pytest.mark.parametrize(
    ("page", "url", "name", "language", "country"),
    [
        (
            "<html lang=de><title>Nachrichten - Tagblatt",
            "https://www.tagblatt.example.ch/",
            "Tagblatt",
            "de",
            "CH",
        ),
        # en-US is what a content system writes when nobody has chosen.
        ("<html lang='en-US'><title>News", "https://daily.example.co.za/", "News", "en", "ZA"),
        ("<html lang='en-US'><title>News", "https://daily.example.com/", "News", "en", "XX"),
        (
            "<html><meta property=og:locale content=pt_BR><title>Folha",
            "https://folha.example.com/",
            "Folha",
            "pt",
            "BR",
        ),
        ("<html><title>Corriere", "https://corriere.example.it/", "Corriere", "it", "IT"),
        ("<html lang=ru><title>Gazeta", "https://gazeta.example.com.co/", "Gazeta", "es", "CO"),
        ("<html lang='x'><title></title>", "https://x.example.io/", "example", "en", "XX"),
    ],
)
def test_name_language_and_country(page: str, url: str, name: str, language: str, country: str) -> None:
    candidate = FeedCandidate(url=url + "feed", via="rss", title="", found="link")
    source = suggest_source(candidate, page=page.encode(), content_type="text/html", page_url=url)
    assert (source.name, source.language, source.country) == (name, language, country)
    check_source_fields(source)


@pytest.mark.parametrize(
    ("url", "label", "country"),
    [
        ("https://www.bbc.co.uk/news", "bbc", "GB"),
        ("https://feeds.elpais.com/x", "elpais", None),
        ("https://elpais.com.uy/", "elpais", "UY"),
        ("https://www.news.com/", "news", None),
        ("https://example.co/", "example", None),
        ("https://127.0.0.1:8000/", "site-127-0-0-1", None),
        ("https://[::1]/", "site-1", None),
        ("https://localhost/", "localhost", None),
        ("https://Größe.example.de/", "example", "DE"),
    ],
)
def test_hosts(url: str, label: str, country: str | None) -> None:
    host = url.split("/")[2]
    assert (site_label(url), country_of_host(host)) == (label, country)


def test_names_that_are_taken_get_a_country_then_a_number() -> None:
    assert free_slug("Él Faro!", "UY", ()) == "el-faro"
    assert free_slug("faro", "UY", {"faro"}) == "faro-uy"
    assert free_slug("faro", "UY", {"faro", "faro-uy", "faro-uy-2"}) == "faro-uy-3"
    assert free_slug("新聞", "CN", ()) == "site"


def test_usual_rate_is_per_week_over_the_whole_feed() -> None:
    daily = [NOW - timedelta(days=day) for day in range(15)]
    assert usual_rate(daily, now=NOW) == 8
    hourly = [NOW - timedelta(hours=hour) for hour in range(20)]
    assert usual_rate(hourly, now=NOW) == 140
    assert usual_rate([None, NOW, None], now=NOW) == 20
    assert usual_rate([NOW + timedelta(days=900)] * 5, now=NOW) == 20
    assert usual_rate([NOW - timedelta(days=300 * year) for year in range(4)], now=NOW) == 1


# -- over the network -------------------------------------------------------------------------

RSS = """<rss version="2.0"><channel><title>Prueba</title>
<item><title>one</title><link>/1</link><pubDate>Tue, 17 Nov 2026 10:00:00 GMT</pubDate></item>
<item><title>two</title><link>/2</link><pubDate>Wed, 18 Nov 2026 10:00:00 GMT</pubDate></item>
<item><title>bad</title><link>javascript:alert(1)</link></item></channel></rss>"""
HOME_OF_TWO = """<html lang="nl"><head><title>De Proef</title>
<link rel="alternate" type="application/rss+xml" href="/gone">
<link rel="alternate" type="application/rss+xml" href="/good"></head></html>"""
SITEMAP = "<sitemapindex><sitemap><loc>https://x.example/a.xml</loc><lastmod>2026-11-01</lastmod></sitemap></sitemapindex>"
PAGES: dict[str, tuple[int, str, str]] = {
    "/": (200, "text/html", HOME_OF_TWO),
    "/plain": (200, "text/html", "<html><body>no feed is named here</body></html>"),
    "/good": (200, "application/rss+xml", RSS),
    "/rss.xml": (200, "application/rss+xml", RSS),
    "/empty": (200, "application/rss+xml", "<rss><channel><title>x</title></channel></rss>"),
    "/html": (200, "text/html", "<html><body>Please sign in</body></html>"),
    "/wall": (200, "text/html", "<html><title>Just a moment...</title></html>"),
    "/no": (403, "text/html", "no"),
    "/gone": (410, "text/html", "gone"),
    "/broken": (500, "text/html", "oops"),
    "/map": (200, "application/xml", SITEMAP),
    "/list": (200, "text/html", '<h2><a href="/a">A</a></h2><h2><a href="/b">B</a></h2><a href="/c">C</a>'),
    "/robots.txt": (200, "text/plain", "User-agent: *\nDisallow: /private"),
}  # fmt: skip


RELEASED = threading.Event()
"""Set when the slow page may answer: after everyone has given up waiting."""


class Server(ThreadingHTTPServer):
    request_queue_size = 64


class World(BaseHTTPRequestHandler):
    """A small world of good and bad feeds."""

    agents: set[str] = set()

    def do_GET(self) -> None:
        World.agents.add(self.headers["User-Agent"])
        match self.path:
            case "/moved":
                self._answer(302, "text/html", b"", {"Location": "/good"})
            case "/inward":
                self._answer(302, "text/html", b"", {"Location": "http://169.254.169.254/latest/meta-data"})
            case "/round":
                self._answer(302, "text/html", b"", {"Location": "/round"})
            case "/slow":
                RELEASED.wait(30)
                self._answer(200, "text/html", b"late")
            case "/bomb":
                body = gzip.compress(b"\0" * 30_000_000)
                self._answer(200, "text/html", body, {"Content-Encoding": "gzip"})
            case path:
                status, kind, body_text = PAGES.get(path, (404, "text/html", "no such page"))
                self._answer(status, kind, body_text.encode())

    def _answer(self, status: int, kind: str, body: bytes, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in {
            "Content-Type": kind,
            "Content-Length": str(len(body)),
            **(headers or {}),
        }.items():
            self.send_header(name, value)
        self.end_headers()
        # The client hangs up, as it should, on a bomb or a late answer.
        with contextlib.suppress(OSError):
            self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def world() -> Iterator[str]:
    server = Server(("127.0.0.1", 0), World)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    RELEASED.set()
    server.shutdown()
    thread.join()
    server.server_close()


def at(url: str, slug: str, **changes: str) -> Source:
    fields = {"via": "rss", "links": None, **changes}
    return Source(slug=slug, name=slug, url=url, language="en", country="XX", expect=1, **fields)  # type: ignore[arg-type]


def test_check_names_every_outcome_in_one_go(world: str) -> None:
    expected = {
        "/good": (FeedState.OK, 2),
        "/moved": (FeedState.OK, 2),
        "/map": (FeedState.OK, 1),
        "/empty": (FeedState.EMPTY, 0),
        "/html": (FeedState.MALFORMED, 0),
        "/wall": (FeedState.BLOCKED, 0),
        "/no": (FeedState.BLOCKED, 0),
        "/gone": (FeedState.GONE, 0),
        "/missing": (FeedState.GONE, 0),
        "/broken": (FeedState.HTTP_ERROR, 0),
        "/private/feed": (FeedState.ROBOTS_DENIED, 0),
        "/inward": (FeedState.FORBIDDEN_ADDRESS, 0),
        "/round": (FeedState.REDIRECT_LOOP, 0),
        "/slow": (FeedState.TIMEOUT, 0),
        "/bomb": (FeedState.TOO_LARGE, 0),
    }
    sources = [at(world + path, path) for path in expected]
    sources.append(at(world + "/list", "listing", via="listing", links="h2 a"))
    sources.append(at(world + "/plain", "no-links", via="listing", links="h2 a"))
    sources.append(at("http://10.0.0.1/feed", "private"))
    World.agents.clear()
    host = world.removeprefix("http://")
    checks = check_sources(
        sources, contact="me@example.org", now=NOW, allow_hosts=[host], timeout=2, delay=0.01
    )
    results = {check.slug: check for check in checks}
    got = {slug: (check.state, check.entries) for slug, check in results.items()}
    assert got == expected | {
        "listing": (FeedState.OK, 2),
        "no-links": (FeedState.EMPTY, 0),
        "private": (FeedState.FORBIDDEN_ADDRESS, 0),
    }
    assert results["/good"].newest == datetime(2026, 11, 18, 10, tzinfo=UTC)
    assert "1 dropped" in results["/good"].detail
    assert results["/moved"].detail.startswith(f"moved to {world}/good")
    assert results["/no"].detail == "HTTP 403"
    assert results["/map"].detail == "index of 1 sitemaps"
    assert results["no-links"].detail == "no link fits 'h2 a'"
    assert {agent.split("/")[0] for agent in World.agents} == {"detainee-watch"}
    assert all("(+me@example.org)" in agent for agent in World.agents)


def test_loopback_is_refused_unless_it_is_allowed(world: str) -> None:
    check = check_source(at(world + "/good", "x"), contact="", now=NOW)
    assert check.state is FeedState.FORBIDDEN_ADDRESS


def test_probe_keeps_the_order_and_names_what_is_no_address(world: str) -> None:
    urls = [f"{world}/gone", "nonsense", "file:///etc/passwd", f"{world}/good", f"{world}/good"]
    outcomes = probe(urls, contact="", allow_hosts=["127.0.0.1"], delay=0)
    assert [one.asked for one in outcomes] == urls
    assert [one.state for one in outcomes] == [
        FeedState.GONE,
        FeedState.FORBIDDEN_ADDRESS,
        FeedState.FORBIDDEN_ADDRESS,
        FeedState.OK,
        FeedState.OK,
    ]
    assert outcomes[3].body == RSS.encode()
    assert outcomes[0].body == b""
    assert probe([], contact="") == ()


def test_discover_takes_the_first_named_feed_that_works(world: str) -> None:
    discovery = discover(f"{world}/", contact="", now=NOW, allow_hosts=["127.0.0.1"], delay=0)
    assert discovery.source.url == f"{world}/good"
    assert (discovery.source.name, discovery.source.language) == ("De Proef", "nl")
    assert [check.state for check in discovery.checks] == [FeedState.GONE, FeedState.OK]
    check_source_fields(discovery.source)


def test_discover_tries_the_usual_paths_when_the_page_names_none(world: str) -> None:
    discovery = discover(f"{world}/plain", contact="", now=NOW, allow_hosts=["127.0.0.1"], delay=0)
    assert discovery.source.url == f"{world}/rss.xml"


def test_discover_takes_a_feed_for_itself_and_says_what_failed(world: str) -> None:
    discovery = discover(f"{world}/good", contact="", now=NOW, allow_hosts=["127.0.0.1"], delay=0)
    assert (discovery.source.url, discovery.source.name) == (f"{world}/good", "Prueba")
    with pytest.raises(CrawlError, match=r"/empty: no feed was found; these were tried:\n.*/empty: empty"):
        discover(f"{world}/empty", contact="", now=NOW, allow_hosts=["127.0.0.1"], delay=0)
    with pytest.raises(CrawlError, match=r"/no: blocked: HTTP 403"):
        discover(f"{world}/no", contact="", now=NOW, allow_hosts=["127.0.0.1"], delay=0)


def test_a_fetching_process_that_fails_is_an_error_with_its_words() -> None:
    with pytest.raises(CrawlError, match=r"fetching ended early .*is no host, host:port or network"):
        probe(["https://x.example/"], contact="", allow_hosts=["not a host/"])


def test_the_suggestion_for_a_feed_in_json_has_its_title() -> None:
    body = json.dumps({"version": "https://jsonfeed.org/version/1.1", "title": "Línea", "items": []}).encode()
    (candidate,) = find_feeds(body, "application/feed+json", "https://linea.example.ar/feed.json")
    source = suggest_source(candidate, page=body, page_url=candidate.url)
    assert (source.name, source.country, source.language, source.via) == ("Línea", "AR", "es", "jsonfeed")
