"""What pages ask of alerts and of the crawler: a real outlet on loopback, this program as a process."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer

from app.settings import Settings, load_settings
from app.web_desk import WebDesk
from pipeline.errors import ConfigError, CrawlError, SourceError
from pipeline.types import Source
from storage.engine import open_database
from tests.app.conftest import Command
from tests.app.test_crawling import outlets
from tests.web.site import served, site
from tests.web.writing import visitor
from web.access import Role, Who
from web.app import make_app

__all__ = ["outlets"]


def made(settings: Settings, sources: dict[str, Source]) -> WebDesk:
    return WebDesk(settings=settings, config=None, sources=sources)


def test_a_feed_is_looked_for_followed_and_asked(
    run: Command, home: Path, outlets: HTTPServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    (home / "sources.toml").unlink()
    settings = load_settings()
    engine = open_database(settings.database_url.get_secret_value())
    sources: dict[str, Source] = {}
    values = {"writer": engine, "desk": made(settings, sources), "sources": sources}
    app = make_app(site(engine, alone=Who(name="me", role=Role.ADMIN), **values))
    with served(app) as address, visitor(address) as client:
        looked = client.post("/sources/add/look", data={"address": outlets.url_for("/home")})
        assert looked.status_code == 200, looked.text
        assert "What was found" in looked.text
        assert outlets.url_for("/courier.xml") in looked.text
        assert not (home / "sources.toml").exists(), "nothing is followed before it is said"
        given = {"slug": "courier", "name": "The Courier", "url": outlets.url_for("/courier.xml")}
        given |= {"via": "rss", "language": "en", "country": "Peru", "expect": "14"}
        added = client.post("/sources/add", data=given)
        assert added.headers["location"] == "/sources/courier"
        assert "It is followed from the next crawl on." in client.get("/sources/courier").text
        assert client.post("/sources/add", data=given).status_code == 400
        assert client.post("/sources/add", data=given | {"slug": "../x", "expect": "x"}).status_code == 400
        checked = client.post("/sources/courier/check")
        assert checked.headers["location"] == "/sources/courier"
        assert "It answers: ok, 3 entries, the newest of" in client.get("/sources/courier").text
        assert client.post("/sources/nothing/check").status_code == 404
        nowhere = client.post("/sources/add/look", data={"address": outlets.url_for("/bridge")})
        assert nowhere.status_code == 400
        assert 'class="fault"' in nowhere.text
    engine.dispose()
    assert run("sources", "show", "courier", "--json").json["country"] == "PE"


@pytest.mark.parametrize("address", ["--help", "-x", "file:///etc/passwd", "http://127.0.0.1:9/"])
def test_what_is_no_address_ends_in_a_sentence(home: Path, address: str) -> None:
    desk = made(load_settings(), {})
    with pytest.raises(CrawlError) as caught:
        desk.discover(address)
    assert str(caught.value)
    assert "Traceback" not in str(caught.value)


def test_a_source_that_is_no_source_is_not_followed(home: Path) -> None:
    desk = made(load_settings(), {})
    bad = Source(
        slug="a b", name="", url="javascript:alert(1)", via="rss", language="xx", country="PE", expect=7
    )
    with pytest.raises((SourceError, ConfigError)):
        desk.add_source(bad)
    assert not (home / "sources.toml").exists()
