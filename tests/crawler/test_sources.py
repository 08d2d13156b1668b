"""The outlets that come with the program, and every way in which a table can be wrong."""

from __future__ import annotations

import csv
import gzip
import stat
import threading
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from crawler.sources import (
    PACKAGE_FOLDER,
    add_source,
    home_page,
    load_sources,
    packaged_slugs,
    remove_source,
    select_sources,
)
from pipeline.errors import SourceError
from pipeline.types import Source
from pipeline.vocabulary import LANGUAGES

GOOD = {
    "name": '"The Example"',
    "url": '"https://example.org/feed"',
    "via": '"rss"',
    "language": '"en"',
    "country": '"GB"',
    "expect": "30",
}


def table(slug: str = "example", **changes: str | None) -> str:
    """A table as TOML, with fields changed, added, or (None) left out."""
    fields = {**GOOD, **changes}
    return "\n".join(
        [f"[{slug}]", *(f"{name} = {value}" for name, value in fields.items() if value is not None)]
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A package folder with two outlets."""
    folder = tmp_path / "package"
    folder.mkdir()
    (folder / "gb.toml").write_text(table() + "\n\n" + table("second", url='"https://second.example/rss"'))
    return folder


def source(slug: str = "mine", **changes: object) -> Source:
    made = Source(
        slug=slug,
        name="My Paper",
        url="https://my.example/feed",
        via="rss",
        language="es",
        country="UY",
        expect=12.0,
        origin="user",
    )
    return replace(made, **changes)  # type: ignore[arg-type]


# -- the package ------------------------------------------------------------------------------


def test_package_has_outlets_of_many_countries_in_all_seven_languages() -> None:
    sources = load_sources()
    names = {source.name for source in sources}
    assert len(names) == len(sources) >= 150
    assert len({source.country for source in sources} - {"XX"}) >= 45
    languages = Counter(source.language for source in sources)
    assert set(languages) == set(LANGUAGES)
    assert min(languages.values()) >= 10


def test_insight_crime_comes_first_in_both_languages() -> None:
    first, second = load_sources()[:2]
    assert (first.slug, first.language, first.url) == (
        "insightcrime-en",
        "en",
        "https://insightcrime.org/feed/",
    )
    assert (second.slug, second.language, second.url) == (
        "insightcrime-es",
        "es",
        "https://es.insightcrime.org/feed/",
    )


def test_no_feed_is_in_the_package_twice() -> None:
    addresses = Counter(source.url.split("://", 1)[1].rstrip("/").lower() for source in load_sources())
    assert [address for address, count in addresses.items() if count > 1] == []


@pytest.mark.parametrize("path", sorted(PACKAGE_FOLDER.glob("*.toml")), ids=lambda path: path.stem)
def test_a_packaged_file_holds_the_outlets_of_its_country(path: Path, tmp_path: Path) -> None:
    (tmp_path / path.name).write_bytes(path.read_bytes())
    countries = {source.country for source in load_sources(folder=tmp_path)}
    assert countries == {"XX" if path.stem == "intl" else path.stem.upper()}


def test_every_address_was_found_in_a_public_catalogue() -> None:
    shared = Path(__file__).parents[2].parent / "shared"
    if not (shared / "sources.csv").exists():
        pytest.skip("../shared, which has the catalogues of addresses, is not here")
    known: set[str] = set()
    with (shared / "sources.csv").open(encoding="utf-8", newline="") as plain:
        known.update(row["url"] for row in csv.DictReader(plain))
    with gzip.open(shared / "sources-more.csv.gz", "rt", encoding="utf-8", newline="") as packed:
        known.update(row["url"] for row in csv.DictReader(packed))
    sources = load_sources()
    assert [one.slug for one in sources if one.url not in known] == []
    assert [one.slug for one in sources if one.sitemap is not None and one.sitemap not in known] == []


# -- what is wrong with a table ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "place", "problem"),
    [
        (table(nmae='"x"'), "[example] nmae", "is not a field (did you mean name?)"),
        (table(zzzzz='"x"'), "[example] zzzzz", "is not a field; the fields are name, url, via"),
        *((table(**{name: None}), f"[example] {name}", "is missing") for name in GOOD),
        (table(name='""'), "[example] name", "is empty"),
        (table(name="7"), "[example] name", "must be a text, not a number"),
        (table(name='"a\\u0007b"'), "[example] name", "has a control character in it"),
        (table(name=f'"{"x" * 201}"'), "[example] name", "is longer than 200 characters"),
        (
            table(via='"gopher"'),
            "[example] via",
            "must be one of rss, atom, jsonfeed, sitemap, listing, not 'gopher'",
        ),
        (table(via="[]"), "[example] via", "must be one of rss"),
        (table(language='"ru"'), "[example] language", "must be one of en, es, pt, fr, de, it, nl, not 'ru'"),
        (table(country='"UK"'), "[example] country", "must be the two capital letters of a country"),
        (table(country='"gb"'), "[example] country", "must be the two capital letters of a country"),
        (table(expect="0"), "[example] expect", "must be more than 0"),
        (table(expect="-3"), "[example] expect", "must be more than 0"),
        (table(expect="nan"), "[example] expect", "must be more than 0"),
        (table(expect="true"), "[example] expect", "must be a number (entries a week), not true or false"),
        (table(expect='"ten"'), "[example] expect", "must be a number (entries a week), not str"),
        (table(url='"ftp://example.org/x"'), "[example] url", "must begin with https:// or http://"),
        (table(url='"file:///etc/passwd"'), "[example] url", "must begin with https:// or http://"),
        (table(url='"example.org/feed"'), "[example] url", "must begin with https:// or http://"),
        (table(url='"https://"'), "[example] url", "has no host"),
        (table(url='"https://a b.example/"'), "[example] url", "has a space"),
        (table(url='"https://x.example:99999/"'), "[example] url", "is no address"),
        (table(url='"https://[::1/"'), "[example] url", "is no address"),
        (
            table(url='"https://me:secret@x.example/"'),
            "[example] url",
            "must not have a user name or password",
        ),
        (table(url=f'"https://x.example/{"a" * 2000}"'), "[example] url", "is longer than 2000 characters"),
        (table(site='"nowhere"'), "[example] site", "must begin with https:// or http://"),
        (table(sitemap="5"), "[example] sitemap", "must be a text, not a number"),
        (table(enabled='"no"'), "[example] enabled", "must be true or false, not 'no'"),
        (table(via='"listing"'), "[example] links", 'is missing; via = "listing" needs the selector'),
        (table(links='"a.title"'), "[example] links", 'is only for via = "listing"'),
        (table(via='"listing"', links='"a[["'), "[example] links", "is not a CSS selector: 'a[['"),
        (table(via='"listing"', links='"a::attr(href)"'), "[example] links", "without ::attr or ::text"),
        (table("Example"), "[Example]", "is no name for a source"),
        (table("a" * 61), "is no name for a source", ""),
        ('example = "https://example.org"', "[example]", "must be a table: write [example]"),
    ],
)
def test_a_wrong_table_is_named_by_file_table_and_field(
    tmp_path: Path, text: str, place: str, problem: str
) -> None:
    (tmp_path / "gb.toml").write_text(text)
    with pytest.raises(SourceError) as caught:
        load_sources(folder=tmp_path)
    message = str(caught.value)
    assert message.startswith("gb.toml: ")
    assert place in message
    assert problem in message
    assert caught.value.key.startswith("gb.toml")
    assert "secret" not in message


def test_broken_toml_is_named_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "gb.toml").write_text(table() + '\nsite = "unclosed\n')
    with pytest.raises(SourceError, match=r"gb\.toml: is not valid TOML: .*line 8"):
        load_sources(folder=tmp_path)


def test_a_table_twice_in_one_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "gb.toml").write_text(table() + "\n" + table())
    with pytest.raises(SourceError, match=r"gb\.toml: is not valid TOML: .*line 8"):
        load_sources(folder=tmp_path)


def test_a_name_in_two_files_is_refused_with_both(folder: Path) -> None:
    (folder / "fr.toml").write_text(table(country='"FR"'))
    with pytest.raises(SourceError, match=r"gb\.toml: \[example\] is also in fr\.toml"):
        load_sources(folder=folder)


def test_a_file_that_is_no_utf8_and_one_that_is_no_file(folder: Path) -> None:
    bad = folder / "zz.toml"
    bad.write_bytes(b'[x]\nname = "Clar\xedn"\n')
    with pytest.raises(SourceError, match=r"zz\.toml: is not UTF-8 text \(byte 17\)"):
        load_sources(folder=folder)
    bad.unlink()
    bad.mkdir()
    with pytest.raises(SourceError, match=r"zz\.toml: cannot be read"):
        load_sources(folder=folder)


def test_a_folder_without_files_is_an_error_and_not_an_empty_crawl(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="no sources file"):
        load_sources(folder=tmp_path)


def test_byte_order_mark_and_windows_line_ends_are_read(tmp_path: Path) -> None:
    (tmp_path / "gb.toml").write_bytes(b"\xef\xbb\xbf" + table().replace("\n", "\r\n").encode())
    assert [one.slug for one in load_sources(folder=tmp_path)] == ["example"]


# -- the user's file --------------------------------------------------------------------------


def test_a_users_file_adds_changes_and_switches_off(folder: Path, tmp_path: Path) -> None:
    user = tmp_path / "sources.toml"
    user.write_text("[example]\nexpect = 3\n\n[second]\nenabled = false\n\n" + table("third", country='"XX"'))
    loaded = {one.slug: one for one in load_sources(user, folder=folder)}
    assert set(loaded) == {"example", "third"}
    assert (loaded["example"].expect, loaded["example"].name, loaded["example"].origin) == (
        3.0,
        "The Example",
        "user",
    )
    assert loaded["third"].origin == "user"


def test_without_a_users_file_only_the_package_is_loaded(folder: Path, tmp_path: Path) -> None:
    loaded = load_sources(tmp_path / "missing.toml", folder=folder)
    assert {one.origin for one in loaded} == {"package"}


def test_an_error_in_a_users_file_names_its_path(folder: Path, tmp_path: Path) -> None:
    user = tmp_path / "sources.toml"
    user.write_text("[example]\nvia = 1\n")
    with pytest.raises(SourceError) as caught:
        load_sources(user, folder=folder)
    assert str(caught.value).startswith(f"{user}: [example] via: must be one of")


def test_a_switched_off_outlet_that_the_package_no_longer_has_is_no_error(
    folder: Path, tmp_path: Path
) -> None:
    user = tmp_path / "sources.toml"
    user.write_text("[long-gone]\nenabled = false\n")
    assert len(load_sources(user, folder=folder)) == 2
    user.write_text("[long-gone]\nexpect = 5\n")
    with pytest.raises(SourceError, match=r"\[long-gone\] name: is missing"):
        load_sources(user, folder=folder)


def test_a_users_table_may_turn_a_listing_into_a_feed(folder: Path, tmp_path: Path) -> None:
    (folder / "it.toml").write_text(table("lista", via='"listing"', links='"h2 a"', country='"IT"'))
    user = tmp_path / "sources.toml"
    user.write_text('[lista]\nvia = "rss"\n')
    changed = select_sources(load_sources(user, folder=folder), ["lista"])
    assert [(one.via, one.links) for one in changed] == [("rss", None)]


def test_add_then_load_then_remove(folder: Path, tmp_path: Path) -> None:
    user = tmp_path / "new" / "sources.toml"
    mine = source()
    add_source(user, mine, folder=folder)
    assert load_sources(user, folder=folder)[-1] == mine
    assert user.read_text().startswith("# Outlets of your own")
    assert "expect = 12\n" in user.read_text()
    assert remove_source(user, "mine", folder=folder) == "deleted"
    assert "mine" not in user.read_text()
    assert len(load_sources(user, folder=folder)) == 2


def test_every_field_survives_the_users_file(folder: Path, tmp_path: Path) -> None:
    user = tmp_path / "sources.toml"
    mine = source(
        name='A "quoted" naïve \\ name',
        via="listing",
        links="h2.title > a",
        site="https://my.example/",
        sitemap="https://my.example/sitemap.xml",
        expect=0.5,
    )
    add_source(user, mine, folder=folder)
    assert load_sources(user, folder=folder)[-1] == mine


def test_comments_order_and_mode_of_the_users_file_are_kept(folder: Path, tmp_path: Path) -> None:
    user = tmp_path / "sources.toml"
    kept = "# my notes\n" + table("third", url='"https://third.example/"') + "  # a remark\n"
    user.write_text(kept)
    user.chmod(0o640)
    add_source(user, source(), folder=folder)
    remove_source(user, "example", folder=folder)
    remove_source(user, "mine", folder=folder)
    text = user.read_text()
    assert text.startswith(kept)
    assert text[len(kept) :].split() == ["[example]", "enabled", "=", "false"]
    assert stat.S_IMODE(user.stat().st_mode) == 0o640
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["sources.toml"]


def test_removing_a_packaged_outlet_switches_it_off_and_adding_it_again_replaces_that(
    folder: Path, tmp_path: Path
) -> None:
    user = tmp_path / "sources.toml"
    user.write_text("[example]\nexpect = 3 # less than they say\n")
    assert remove_source(user, "example", folder=folder) == "disabled"
    assert "expect = 3 # less than they say" in user.read_text()
    assert [one.slug for one in load_sources(user, folder=folder)] == ["second"]
    with pytest.raises(SourceError, match="there is no source 'example'"):
        remove_source(user, "example", folder=folder)
    add_source(user, source("example"), folder=folder)
    assert {one.slug: one.name for one in load_sources(user, folder=folder)}["example"] == "My Paper"


def test_what_cannot_be_added_leaves_the_file_as_it_was(folder: Path, tmp_path: Path) -> None:
    user = tmp_path / "sources.toml"
    user.write_text("# nothing yet\n")
    refused = [
        (source("example"), "already a source 'example'"),
        (source(url="http://EXAMPLE.org/feed/"), "is already there as source 'example'"),
        (source(url="ftp://x.example/"), "url: must begin with"),
        (source("Bad Name"), "is no name for a source"),
        (source(via="listing"), "links: is missing"),
        (source(expect=0.0), "expect: must be more than 0"),
        (source(name="two\nlines"), "name: has a control character"),
    ]
    for wrong, problem in refused:
        with pytest.raises(SourceError, match=problem):
            add_source(user, wrong, folder=folder)
    assert user.read_text() == "# nothing yet\n"


def test_a_users_file_that_cannot_be_written_is_named(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file where the folder should be")
    with pytest.raises(SourceError, match="cannot be written"):
        add_source(tmp_path / "taken" / "sources.toml", source(), folder=folder)


def test_a_symbolic_link_stays_one(folder: Path, tmp_path: Path) -> None:
    real = tmp_path / "dotfiles.toml"
    real.write_text("")
    link = tmp_path / "sources.toml"
    link.symlink_to(real)
    add_source(link, source(), folder=folder)
    assert link.is_symlink()
    assert "[mine]" in real.read_text()


def test_a_reader_never_sees_half_a_file(folder: Path, tmp_path: Path) -> None:
    user = tmp_path / "sources.toml"
    add_source(user, source(), folder=folder)
    stop = threading.Event()
    seen: set[int] = set()
    failures: list[BaseException] = []

    def read() -> None:
        while not stop.is_set():
            try:
                seen.add(len(load_sources(user, folder=folder)))
            except SourceError as error:
                failures.append(error)

    reader = threading.Thread(target=read)
    reader.start()
    for number in range(15):
        add_source(user, source(f"more-{number}", url=f"https://more.example/{number}"), folder=folder)
    stop.set()
    reader.join()
    assert failures == []
    assert seen <= set(range(3, 19))
    assert seen


def test_of_edits_at_the_same_time_none_is_lost(folder: Path, tmp_path: Path) -> None:
    user = tmp_path / "sources.toml"
    more = [source(f"more-{number}", url=f"https://more.example/{number}") for number in range(8)]
    threads = [
        threading.Thread(target=add_source, args=(user, one), kwargs={"folder": folder}) for one in more
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {one.slug for one in load_sources(user, folder=folder)} == {
        "example",
        "second",
        *(one.slug for one in more),
    }


# -- choosing ---------------------------------------------------------------------------------


def test_select_keeps_the_order_asked_for_and_suggests_near_names(folder: Path) -> None:
    sources = load_sources(folder=folder)
    assert [one.slug for one in select_sources(sources, ["second", "example", "second"])] == [
        "second",
        "example",
    ]
    assert select_sources(sources, []) == sources
    with pytest.raises(SourceError, match=r"there is no source 'exmaple' \(did you mean example\?\)"):
        select_sources(sources, ["exmaple"])


def test_home_page_is_given_or_the_root_of_the_host() -> None:
    assert home_page(source(url="https://my.example:8080/a/feed?x=1")) == "https://my.example:8080/"
    assert home_page(source(site="https://www.my.example/home")) == "https://www.my.example/home"


def test_packaged_slugs_has_those_that_are_switched_off_too(folder: Path) -> None:
    (folder / "fr.toml").write_text(table("off", country='"FR"', enabled="false"))
    assert packaged_slugs(folder=folder) == {"example", "second", "off"}
    assert "off" not in {one.slug for one in load_sources(folder=folder)}
