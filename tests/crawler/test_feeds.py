"""Feeds of every kind and of every badness, from bytes to entries."""

from __future__ import annotations

import contextlib
import gzip
import json
import time
from datetime import UTC, datetime, timedelta

import pytest

from crawler.feeds import (
    MAX_ENTRIES,
    MAX_SUMMARY,
    MAX_TITLE,
    Feed,
    parse_feed,
    plain_text,
    read_feed,
    web_link,
)
from crawler.spiders.listing import read_listing
from pipeline.errors import FeedError
from pipeline.types import Source
from tests.crawler.world import item, rss

NOW = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)
SOURCE = Source(
    slug="s",
    name="S",
    url="https://news.example/feeds/all.xml",
    via="rss",
    language="en",
    country="XX",
    expect=5,
)
DTD = b'<!DOCTYPE r [<!ENTITY a "aaaaaaaaaa">' + b"".join(
    f'<!ENTITY {chr(98 + i)} "{f"&{chr(97 + i)};" * 10}">'.encode() for i in range(9)
)


def read(body: bytes) -> Feed:
    return read_feed(body, SOURCE, now=NOW)


def links(body: bytes) -> list[str]:
    return [entry.url for entry in read(body).entries]


def test_rss() -> None:
    body = rss(
        "<title>A &amp;amp; B</title><link>https://news.example/1</link>"
        "<description>&lt;p&gt;First&lt;/p&gt;&lt;p&gt;second&lt;/p&gt;</description>"
        "<pubDate>Mon, 09 Mar 2026 08:00:00 +0100</pubDate>"
    )
    (entry,) = parse_feed(body, SOURCE, now=NOW)
    assert (entry.source, entry.url, entry.title) == ("s", "https://news.example/1", "A & B")
    assert entry.summary == "First second"
    assert entry.published == datetime(2026, 3, 9, 7, 0, tzinfo=UTC)


def test_atom() -> None:
    body = b"""<feed xmlns="http://www.w3.org/2005/Atom"><title>T</title><entry><id>urn:1</id>
    <title type="html">&lt;b&gt;X&lt;/b&gt;</title><link href="/a/1"/><updated>2026-03-09T10:00:00Z</updated>
    <content type="html">&lt;p&gt;Body&lt;/p&gt;</content></entry></feed>"""
    feed = read(body)
    assert feed.kind == "atom"
    (entry,) = feed.entries
    assert (entry.url, entry.title, entry.summary) == ("https://news.example/a/1", "X", "Body")
    assert entry.published == datetime(2026, 3, 9, 10, 0, tzinfo=UTC)


def test_rdf() -> None:
    body = b"""<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
    xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>T</title></channel>
    <item rdf:about="https://news.example/1"><title>One</title>
    <link>https://news.example/1</link><dc:date>2026-03-01</dc:date></item></rdf:RDF>"""
    feed = read(body)
    assert (feed.kind, feed.entries[0].published) == ("rdf", datetime(2026, 3, 1, tzinfo=UTC))


def test_json_feed() -> None:
    body = json.dumps(
        {
            "version": "https://jsonfeed.org/version/1.1",
            "items": [
                {
                    "id": 1,
                    "url": "/1",
                    "title": "One",
                    "content_html": "<p>x</p>",
                    "date_published": "2026-03-01T00:00:00Z",
                },
                {"id": "2", "external_url": "https://other.example/2", "title": None},
                "no object",
                {"id": "https://news.example/3"},
            ],
        }
    ).encode()
    feed = read(body)
    assert [entry.url for entry in feed.entries] == [
        "https://news.example/1",
        "https://other.example/2",
        "https://news.example/3",
    ]
    assert feed.entries[0].summary == "x"
    assert feed.entries[0].published == datetime(2026, 3, 1, tzinfo=UTC)


def test_news_sitemap() -> None:
    body = b"""<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"
    xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"
    xmlns:image="http://www.google.com/schemas/sitemap-image/1.1">
    <url><loc> https://news.example/1 </loc><lastmod>2026-03-09</lastmod>
      <image:image><image:loc>https://news.example/pic.jpg</image:loc>
      <image:title>Picture</image:title></image:image>
      <news:news><news:publication_date>2026-03-08T05:00:00+01:00</news:publication_date>
      <news:title>One</news:title></news:news></url>
    <url><loc>https://news.example/2</loc><lastmod>2026-03-09</lastmod></url></urlset>"""
    feed = read(body)
    first, second = feed.entries
    assert (feed.kind, first.url, first.title) == ("sitemap", "https://news.example/1", "One")
    assert first.published == datetime(2026, 3, 8, 4, 0, tzinfo=UTC)
    # A last change is no publication.
    assert second.published is None
    assert links(gzip.compress(body)) == ["https://news.example/1", "https://news.example/2"]


def test_sitemap_index() -> None:
    body = b"""<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
    <sitemap><loc>/old.xml</loc><lastmod>2020-01-01</lastmod></sitemap>
    <sitemap><loc>/new.xml</loc><lastmod>2026-03-01</lastmod></sitemap>
    <sitemap><loc>file:///x</loc></sitemap></sitemapindex>"""
    feed = read(body)
    assert feed.kind == "index"
    assert [child.url for child in feed.children] == [
        "https://news.example/new.xml",
        "https://news.example/old.xml",
    ]
    assert parse_feed(body, SOURCE) == ()


def test_only_what_is_dated_since() -> None:
    body = b"""<urlset><url><loc>/1</loc><lastmod>2026-03-01</lastmod></url>
    <url><loc>/2</loc><lastmod>2025-01-01</lastmod></url>
    <url><loc>/3</loc></url></urlset>"""
    feed = read_feed(body, SOURCE, since=datetime(2026, 1, 1, tzinfo=UTC))
    assert [entry.url[-1] for entry in feed.entries] == ["1", "3"]
    assert feed.dropped == {"too-old": 1}


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"   \n",
        b"<html><body>Hello</body></html>",
        b"<!DOCTYPE html><title>x</title>",
        b"\x00\xff" * 500,
        b"plain words",
        b"{",
        b"[]",
        b'{"version": "https://jsonfeed.org/version/1"}',
        b'{"items": 3}',
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b"<rss><channel><item><tit",
        b"<urlset",
        b"\x1f\x8b\x08broken",
        b"<opml/>",
        b"\xff\xfe<\x00",
    ],
)
def test_what_is_no_feed(body: bytes) -> None:
    with pytest.raises(FeedError) as caught:
        read(body)
    assert str(caught.value)


def test_a_feed_without_entries_is_a_feed() -> None:
    assert read(rss()).entries == ()
    assert read(b'{"version": "https://jsonfeed.org/version/1", "items": []}').entries == ()


def test_broken_xml_gives_what_stands_before_the_break() -> None:
    feed = read(rss(item("/1", "One"), item("/2", "Two"))[:-40])
    assert feed.entries[0].title == "One"
    assert feed.flaw


@pytest.mark.parametrize(
    ("encoding", "declared"),
    [
        ("cp1252", "utf-8"),
        ("iso-8859-1", "iso-8859-1"),
        ("utf-8", "iso-8859-1"),
        ("utf-16", "utf-16"),
        ("cp1252", None),
    ],
)
def test_charsets(encoding: str, declared: str | None) -> None:
    head = f'<?xml version="1.0" encoding="{declared}"?>' if declared else ""
    text = f'{head}<rss version="2.0"><channel><item>{item("/1", "Málaga, señor")}</item></channel></rss>'
    (entry,) = read(text.encode(encoding)).entries
    # What is declared is believed where the bytes can be so; where they cannot, the bytes are.
    assert entry.title in ("Málaga, señor", "Málaga, señor".encode().decode("iso-8859-1").replace("\xad", ""))


def test_ten_megabytes_of_title() -> None:
    begun = time.process_time()
    feed = read(
        rss(item("/1", "word " * 2_000_000), f"<link>/2</link><description>{'x' * 10_000_000}</description>")
    )
    assert len(feed.entries[0].title) <= MAX_TITLE
    assert len(feed.entries[1].summary) <= MAX_SUMMARY
    assert time.process_time() - begun < 20


@pytest.mark.parametrize("dated", [True, False])
def test_fifty_thousand_entries(dated: bool) -> None:
    dates = [NOW - timedelta(minutes=minute) for minute in range(50_000)]
    # Oldest first, against the custom: only the dates tell which are new.
    if dated:
        dates.reverse()
    items = [
        item(f"/{n}") + (f"<pubDate>{date:%a, %d %b %Y %H:%M:%S} GMT</pubDate>" if dated else "")
        for n, date in enumerate(dates)
    ]
    begun = time.process_time()
    feed = read(rss(*items))
    assert time.process_time() - begun < 20
    assert len(feed.entries) == MAX_ENTRIES
    expected = 50_000 - MAX_ENTRIES if dated else 0
    assert feed.entries[0].url == f"https://news.example/{expected}"


def test_fifty_thousand_addresses_in_a_sitemap() -> None:
    body = b"<urlset>" + b"".join(b"<url><loc>/%d</loc></url>" % n for n in range(50_000)) + b"</urlset>"
    feed = read(body)
    assert (feed.found, len(feed.entries), feed.dropped) == (50_000, MAX_ENTRIES, {"over-limit": 48_000})


@pytest.mark.parametrize(
    ("date", "expected"),
    [
        ("Tue, 10 Mar 2026 11:00:00 GMT", datetime(2026, 3, 10, 11, 0, tzinfo=UTC)),
        ("2026-03-10T11:00:00Z", datetime(2026, 3, 10, 11, 0, tzinfo=UTC)),
        ("Tue, 10 Mar 2026 20:00:00 GMT", NOW),  # a zone that was left out
        ("Tue, 10 Mar 2027 11:00:00 GMT", None),
        ("Fri, 31 Dec 9999 23:59:59 GMT", None),
        ("Thu, 01 Jan 1970 00:00:00 GMT", None),
        ("Mon, 01 Jan 0001 00:00:00 GMT", None),
        ("2026-99-99T99:99:99Z", None),
        ("yesterday", None),
        ("", None),
        ("9" * 400, None),
    ],
)
def test_dates(date: str, expected: datetime | None) -> None:
    (entry,) = read(rss(item("/1") + f"<pubDate>{date}</pubDate>")).entries
    assert entry.published == expected
    (entry,) = read(json.dumps({"items": [{"url": "/1", "date_published": date}]}).encode()).entries
    assert entry.published == expected


@pytest.mark.parametrize(
    ("link", "expected"),
    [
        ("https://a.example/x?id=1&amp;b=2", "https://a.example/x?id=1&b=2"),
        ("/x", "https://news.example/x"),
        ("x", "https://news.example/feeds/x"),
        ("//b.example/x", "https://b.example/x"),
        ("../x", "https://news.example/x"),
        ("?p=1", "https://news.example/feeds/all.xml?p=1"),
        (" https://a.example/x\n ", "https://a.example/x"),
        ("https://a.example/x#part", "https://a.example/x"),
        ("https://a.example/a b", "https://a.example/a%20b"),
        ("https://a.example/ñ", "https://a.example/ñ"),
    ],
)
def test_links(link: str, expected: str) -> None:
    assert links(rss(item(link, "t"))) == [expected]


@pytest.mark.parametrize(
    "link",
    [
        "javascript:alert(1)",
        "JavaScript:alert(1)",
        "data:text/html,x",
        "file:///etc/passwd",
        "ftp://a.example/",
        "mailto:a@b",
        "https://user:pass@a.example/",
        "http://",
        "https://a.example:999999/",
        "https://a.example/" + "x" * 3_000,
        "urn:uuid:1",
        "http://a.example\\@b.example/",
        "http://[::1",
    ],
)
def test_links_that_are_dropped_and_counted(link: str) -> None:
    feed = read(rss(item(link, "t"), item("/good")))
    assert [entry.url for entry in feed.entries] == ["https://news.example/good"]
    assert feed.found == 2
    assert feed.dropped in ({"bad-link": 1}, {"no-link": 1})  # feedparser itself drops one of them


def test_a_guid_that_is_an_address_stands_in_for_a_link() -> None:
    assert links(rss("<title>t</title><guid isPermaLink='false'>https://news.example/9</guid>")) == [
        "https://news.example/9"
    ]
    assert read(rss("<title>t</title><guid isPermaLink='false'>abc</guid>")).dropped == {"no-link": 1}


def test_duplicates_are_folded_and_one_id_for_all_is_not_believed() -> None:
    guid = "<guid isPermaLink='false'>7</guid>"
    feed = read(
        rss(item("/1", "A") + guid, item("/1", "A") + guid, item("/1#x", "A"), item("/2", "A") + guid)
    )
    assert [entry.url for entry in feed.entries] == ["https://news.example/1"]
    assert feed.dropped == {"duplicate": 3}
    assert len(read(rss(item("/1", "A") + guid, item("/2", "B") + guid)).entries) == 2


@pytest.mark.parametrize(
    ("raw", "plain"),
    [
        ("a\x1b[31mred\x1b[0m", "ared"),
        ("\x1b]0;title\x07x", "x"),
        ("abc\u202edef\u2066", "abcdef"),
        ("a\x00b\x9bc\ufeff", "abc"),
        ("line\nbreak\ttab", "line break tab"),
        ("<b>bold</b> &amp; &lt;i&gt;x&lt;/i&gt;", "bold & x"),
        ("<script>alert(1)</script>text<style>p{}</style>", "text"),
        ("a<br>b<p>c</p>d", "a b c d"),
        ("5 < 6 and 7 > 3", "5 < 6 and 7 > 3"),
        ("\ud800x", "x"),
        ("<!-- " + "<!--" * 5_000, ""),
        (None, ""),
        (3, ""),
    ],
)
def test_plain_text(raw: object, plain: str) -> None:
    assert plain_text(raw, 100) == plain


@pytest.mark.parametrize(
    "text", ["<" * 20_000, "<a " * 7_000, "<script>" * 3_000, "&" * 20_000, "<!--" * 5_000, "\x1b]" * 9_000]
)
def test_plain_text_is_quick_on_hostile_text(text: str) -> None:
    begun = time.process_time()
    plain_text(text, 1_000)
    assert time.process_time() - begun < 2


@pytest.mark.parametrize("kind", [b"rss", b"urlset"])
def test_entity_bombs_come_to_nothing(kind: bytes) -> None:
    body = DTD + b"]><" + kind + b">&j;</" + kind + b">"
    begun = time.process_time()
    with contextlib.suppress(FeedError):
        assert read(b"<?xml version='1.0'?>" + body).entries == ()
    assert time.process_time() - begun < 20


def test_external_entities_are_not_read(tmp_path: object) -> None:
    for root, inner in (
        ("rss", "<channel><item><title>&x;</title><link>/1</link></item></channel>"),
        ("urlset", "<url><loc>/1</loc><title>&x;</title></url>"),
    ):
        body = f'<?xml version="1.0"?><!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]><{root}>{inner}</{root}>'
        assert all("root" not in entry.title for entry in read(body.encode()).entries)


def test_web_link_on_a_broken_base() -> None:
    assert web_link("https://a.example/", "nonsense") == "https://a.example/"
    assert web_link("/x", "nonsense") is None


LISTING = Source(
    slug="l",
    name="L",
    url="https://news.example/latest",
    via="listing",
    language="en",
    country="XX",
    expect=5,
    links="h2 a",
)


def test_listing() -> None:
    body = b"""<html><base href="https://news.example/base/"><h2><a href="/1">One <i>story</i></a></h2>
    <h2><a href="two">Two</a></h2><h2><a href="/1">x</a></h2><h2><a href="javascript:x">No</a></h2>
    <h2><a>none</a></h2><p><a href="/nav">nav</a></p></html>"""
    feed = read_listing(body, LISTING, base_url=LISTING.url)
    assert [(entry.url, entry.title) for entry in feed.entries] == [
        ("https://news.example/1", "One story"),
        ("https://news.example/base/two", "Two"),
    ]
    assert feed.dropped == {"duplicate": 1, "bad-link": 1, "no-link": 1}


@pytest.mark.parametrize(("selector", "word"), [(None, "no selector"), ("a[[", "is no CSS selector")])
def test_listing_with_a_broken_selector(selector: str | None, word: str) -> None:
    source = Source(
        slug="l",
        name="L",
        url="https://a.example/",
        via="listing",
        language="en",
        country="XX",
        expect=1,
        links=selector,
    )
    with pytest.raises(FeedError, match=word):
        read_listing(b"<p>x</p>", source, base_url=source.url)
