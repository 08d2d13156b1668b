"""OPML in and out: what other readers write, what we write, and what is no OPML."""

from __future__ import annotations

import time
from xml.etree import ElementTree

import pytest

from crawler.opml import MAX_BYTES, MAX_FEEDS, read_opml, read_opml_list, write_opml
from crawler.sources import check_source_fields, load_sources
from crawler.suggest import source_of_opml
from pipeline.errors import DataError
from pipeline.types import Source

LIST = """<?xml version="1.0" encoding="UTF-8"?>
<!-- written by a reader -->
<opml version="1.0">
  <head><title>My feeds</title></head>
  <body>
    <outline text="News">
      <outline text="South America" title="South America">
        <outline type="rss" text="El Faro" title="El Faro &amp; Co" xmlUrl="https://faro.example/rss"
                 htmlUrl="https://faro.example/" language="es-UY"/>
      </outline>
      <outline text="Plain" xmlUrl=" http://plain.example/feed "/>
    </outline>
    <outline type="rss" XMLURL="https://case.example/atom" text="Odd case" category="/law/courts,/x"/>
    <outline text="A note with no feed"/>
    <outline text="Again" xmlUrl="https://faro.example/rss"/>
    <outline text="Local" xmlUrl="file:///etc/passwd"/>
    <outline text="Script" xmlUrl="javascript:alert(1)" htmlUrl="javascript:alert(2)"/>
  </body>
</opml>
"""


def test_feeds_with_their_folders_languages_and_pages() -> None:
    result = read_opml_list(LIST.encode())
    assert [(feed.url, feed.title, feed.category, feed.language, feed.html_url) for feed in result.feeds] == [
        ("https://faro.example/rss", "El Faro & Co", "News/South America", "es", "https://faro.example/"),
        ("http://plain.example/feed", "Plain", "News", None, None),
        ("https://case.example/atom", "Odd case", "law/courts", None, None),
    ]
    assert result.repeated == 1
    assert [refusal.split(":")[0] for refusal in result.refused] == ["Local", "Script"]
    assert read_opml(LIST.encode()) == result.feeds


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "iso-8859-1", "windows-1252"])
def test_encodings(encoding: str) -> None:
    body = f'<?xml version="1.0" encoding="{encoding}"?><opml><body><outline text="Clarín" xmlUrl="https://x.example/"/></body></opml>'
    assert [feed.title for feed in read_opml(body.encode(encoding))] == ["Clarín"]


def test_titles_lose_control_characters_and_absurd_length() -> None:
    body = f'<opml><body><outline text="a&#9;b\u202ec\u200b {"x" * 100_000}" xmlUrl="https://x.example/"/></body></opml>'
    (feed,) = read_opml(body.encode())
    assert feed.title.startswith("a b c x")
    assert len(feed.title) == 200
    assert feed.title.isprintable()


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        (b"", "is empty"),
        (b"  \n ", "is empty"),
        (b"not xml at all", "not well-formed XML"),
        (b"\x00\xff\xfe" * 50, "not well-formed XML"),
        (b"<html><body>Sign in</body></html>", "outermost element is <html>"),
        (b"<rss version='2.0'><channel/></rss>", "outermost element is <rss>"),
        (b"<opml><body><outline text='a & b'/></body></opml>", "not well-formed XML"),
        (b"<opml><body>", "not well-formed XML"),
        (b"<?xml version='1.0' encoding='klingon'?><opml/>", "is no OPML"),
        (b"<opml>" + b" " * MAX_BYTES + b"</opml>", "is larger than 10 MB"),
    ],
)
def test_what_is_no_opml_is_said_with_the_files_name(body: bytes, problem: str) -> None:
    with pytest.raises(DataError) as caught:
        read_opml(body, name="list.opml")
    assert str(caught.value).startswith("list.opml: ")
    assert problem in str(caught.value)


def test_too_many_feeds() -> None:
    outlines = "".join(f'<outline xmlUrl="https://x.example/{number}"/>' for number in range(MAX_FEEDS + 1))
    with pytest.raises(DataError, match="has more than 10000 feeds"):
        read_opml(f"<opml><body>{outlines}</body></opml>".encode())


def test_xml_bombs_are_refused_at_once() -> None:
    laughs = "".join(f'<!ENTITY l{level} "{f"&l{level - 1};" * 10}">' for level in range(1, 10))
    billion = f'<!DOCTYPE opml [<!ENTITY l0 "lol">{laughs}]><opml><body><outline text="&l9;"/></body></opml>'
    entity = '<!DOCTYPE opml [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
    outside = f'{entity}<opml><body><outline text="&x;"/></body></opml>'
    started = time.monotonic()
    for body in (billion, outside):
        with pytest.raises(DataError, match="declares entities"):
            read_opml(body.encode())
    assert time.monotonic() - started < 5


def test_a_hundred_thousand_folders_in_each_other() -> None:
    depth = 100_000
    body = (
        "<opml><body>"
        + '<outline text="d">' * depth
        + '<outline xmlUrl="https://x.example/"/>'
        + "</outline>" * depth
    )
    (feed,) = read_opml((body + "</body></opml>").encode())
    assert len(feed.category) <= 200


def test_all_sources_survive_the_way_out_and_in() -> None:
    sources = load_sources()
    written = write_opml(sources)
    assert ElementTree.fromstring(written).attrib == {"version": "2.0"}
    feeds = read_opml(written)
    restored = {feed.url: source_of_opml(feed) for feed in feeds}
    assert len(feeds) == len(sources)
    for source in sources:
        again = restored[source.url]
        assert (again.name, again.language, again.country) == (source.name, source.language, source.country)
        assert (again.via == "sitemap") == (source.via == "sitemap")
        check_source_fields(again)


def test_names_that_must_be_escaped_and_a_listing_survive() -> None:
    odd = Source(
        slug="odd",
        name='"A" & <b>\'s</b> été',
        url="https://odd.example/list?a=1&b=2",
        via="listing",
        links="h2 > a[href]",
        language="fr",
        country="FR",
        expect=3,
    )
    (feed,) = read_opml(write_opml([odd]))
    assert (feed.title, feed.url, feed.via, feed.links) == (odd.name, odd.url, "listing", odd.links)
    assert source_of_opml(feed).links == odd.links


def test_a_listing_of_another_program_without_a_selector_is_taken_for_a_feed() -> None:
    (feed,) = read_opml(b'<opml><body><outline type="listing" xmlUrl="https://x.example/"/></body></opml>')
    assert (feed.via, feed.links) == ("rss", None)
