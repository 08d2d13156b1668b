"""The demo, run once as a user runs it; what it shows and what it leaves behind."""

from __future__ import annotations

import io
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from rich.console import Console
from sqlalchemy import Engine

from app.demo import RULES, run_demo
from app.demo.articles import CORRECTED, SAME_STORY, WINDOWS, Story, fill_dates, load_stories
from app.demo.outlets import OUTLETS, TROUBLES
from app.demo.rounds import database_url, run_round
from app.demo.world import DAY, World
from crawler.sources import load_sources
from pipeline.errors import CrawlError
from pipeline.record_words import country_name, record_words
from pipeline.types import Record, Span
from pipeline.vocabulary import LANGUAGES, Drug, FeedState, Kind, Rejection, Stage
from storage import overview, queries
from storage.engine import open_database
from storage.values import ArticleRow, Filter
from tests.app.test_serve import serving
from tests.web.site import served

NOW = datetime(2025, 3, 5, 9, 30, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A demo that was run."""

    code: int
    text: str
    folder: Path


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Shown:
    folder = tmp_path_factory.mktemp("demo")
    stream = io.StringIO()
    offered: list[Path] = []
    console = Console(file=stream, width=120, highlight=False)
    code = run_demo(folder=folder, console=console, show=offered.append)
    assert offered == [folder.resolve()]
    return Shown(code=code, text=stream.getvalue(), folder=folder)


@pytest.fixture
def engine(shown: Shown) -> Iterator[Engine]:
    engine = open_database(database_url(shown.folder), read_only=True)
    yield engine
    engine.dispose()


@pytest.fixture
def articles(engine: Engine) -> tuple[ArticleRow, ...]:
    return queries.find_articles(engine, Filter()).rows


def of_story(articles: tuple[ArticleRow, ...], story: Story) -> ArticleRow | None:
    slug = story.path.rsplit("/", 1)[1]
    return next((row for row in articles if row.source == story.outlet and row.url.endswith(slug)), None)


def stories(tag: str) -> list[Story]:
    return [story for story in load_stories(datetime.now(UTC)) if tag in story.tags]


def test_all_came_as_planned(shown: Shown) -> None:
    assert "things that were planned came as planned." in shown.text, shown.text
    assert shown.code == 0


def test_report_is_plain_and_narrow(shown: Shown) -> None:
    assert "\x1b" not in shown.text
    copied = ("  export ", "  unset ", "(or write --config")
    lines = [line for line in shown.text.splitlines() if not line.startswith(copied)]
    assert max(len(line) for line in lines if not line.endswith("detainee-watch.toml serve")) <= 80


def test_each_page_ended_with_its_planned_name(engine: Engine) -> None:
    outcomes = overview.totals(engine).outcomes
    for reason in {trouble.reason for trouble in TROUBLES}:
        assert outcomes[reason.value] == sum(trouble.reason is reason for trouble in TROUBLES)
    known = {reason.value for reason in Rejection}
    assert sum(count for name, count in outcomes.items() if name in known) == len(TROUBLES)
    assert "pending" not in outcomes
    assert sum(outcomes.values()) == len(TROUBLES) + len(load_stories(NOW))


def test_each_feed_ended_with_its_planned_name(engine: Engine, shown: Shown) -> None:
    stats = {each.slug: each for each in overview.source_stats(engine)}
    for outlet in OUTLETS:
        last = stats[outlet.slug].last
        assert last is not None
        assert last.state is outlet.second, outlet.slug
    assert {outlet.first for outlet in OUTLETS} | {outlet.second for outlet in OUTLETS} == {
        FeedState.OK,
        FeedState.UNCHANGED,
        FeedState.EMPTY,
        FeedState.MALFORMED,
        FeedState.BLOCKED,
        FeedState.CONNECTION,
        FeedState.FORBIDDEN_ADDRESS,
    }
    assert "unchanged (304)" in shown.text


def test_every_language_has_relevant_articles(articles: tuple[ArticleRow, ...]) -> None:
    for language in LANGUAGES:
        found = [row for row in articles if row.language == language]
        assert len(found) >= 2, language
        assert all(row.records for row in found)


def test_most_articles_are_judged_rightly(articles: tuple[ArticleRow, ...]) -> None:
    """A floor, so that a broken reading is seen; how good it is in full is measured elsewhere."""
    everything = load_stories(datetime.now(UTC))
    wrong = [s.title for s in everything if s.relevant != (of_story(articles, s) is not None)]
    assert len(wrong) <= len(everything) // 10, wrong


def test_correction_is_a_revision(engine: Engine, articles: tuple[ArticleRow, ...], shown: Shown) -> None:
    (story,) = stories(CORRECTED)
    (article,) = [row for row in articles if row.source == story.outlet and row.revision]
    assert [row.record.count for row in article.records] == [9]
    (earlier,) = queries.revisions(engine, article.id)
    assert earlier.title.startswith("Twelve Nigerians")
    assert article.title.startswith("Nine Nigerians")
    section = shown.text.split("Corrected by its outlet")[1].split("The outlets")[0]
    assert re.search(r"12 from Nigeria.*9 from Nigeria", section, re.S)
    assert sum(row.revision for row in articles) == 1


def test_one_story_is_in_three_outlets_and_two_languages(articles: tuple[ArticleRow, ...]) -> None:
    found = [of_story(articles, story) for story in stories(SAME_STORY)]
    assert len({row.source for row in found if row}) == 3
    assert {row.language for row in found if row} == {"en", "es"}


def test_old_charset_is_read(articles: tuple[ArticleRow, ...]) -> None:
    (story,) = stories(WINDOWS)
    article = of_story(articles, story)
    assert article is not None
    assert article.title == story.title
    assert "“perché costretto”" in article.title


def test_what_it_leaves_can_be_asked(shown: Shown) -> None:
    command = [sys.executable, "-m", "app", "--config", str(shown.folder / "detainee-watch.toml")]
    done = subprocess.run(
        [*command, "records", "--nationality", "BR", "--json"], capture_output=True, check=False, text=True
    )
    assert done.returncode == 0, done.stderr
    assert "BR" in json.dumps(json.loads(done.stdout))


def test_what_it_leaves_can_be_looked_at(shown: Shown) -> None:
    assert "--config" in shown.text.split("Go on")[1].split(" serve")[0]
    with serving("--config", str(shown.folder / "detainee-watch.toml"), "serve", "--port", "0") as address:
        articles = httpx.get(f"{address}/articles", trust_env=False, timeout=60).text
        sources = httpx.get(f"{address}/sources?state=trouble", trust_env=False, timeout=60).text
    assert "The Harbour Courier" in articles
    assert "Het Stille Eiland" in sources


def test_who_looks_at_it_may_do_everything(shown: Shown) -> None:
    from app.commands.demo import demo_site

    with (
        demo_site(shown.folder) as app,
        served(app) as address,
        httpx.Client(base_url=address, trust_env=False, timeout=60) as client,
    ):
        for path in ("/review", "/alerts", "/alerts/new", "/alerts/deliveries", "/sources/add"):
            assert client.get(path).status_code == 200, path
        rules = client.get("/api/v1/alerts").json()["alerts"]
        assert {rule["name"]: rule["hits"] > 0 for rule in rules} == {each["name"]: True for each in RULES}
        source = {"slug": "mine", "name": "Mine", "url": "https://mine.example/feed", "language": "en"}
        assert client.post("/api/v1/sources", json=source).status_code == 201
        assert "[mine]" in (shown.folder / "outlets" / "demo.toml").read_text(encoding="utf-8")
        assert client.delete("/api/v1/sources/mine").status_code == 200


def test_third_round_finds_nothing_new(tmp_path: Path) -> None:
    """The same day once more: no page is new, and none but the bot wall is asked for again."""
    # Written by the demo itself, so that the world of this test is one of its worlds.
    from app.demo import _write_files

    today = datetime.now(UTC)
    with World(load_stories(today), today=today) as world:
        world.at = today
        _write_files(tmp_path, world)
        first = run_round(tmp_path, world.at, world.allowed, lambda *_: None)
        again = run_round(tmp_path, world.at + timedelta(hours=1), world.allowed, lambda *_: None)
        assert world.trespasses == 0
    assert sum(report.new for report in first.sources.values()) == len(load_stories(today)) + len(TROUBLES)
    assert sum(report.new for report in again.sources.values()) == 0
    assert dict(again.counts) == {"blocked": 1}
    assert again.sources["harbour-courier"].state is FeedState.UNCHANGED


def test_failed_crawl_is_told(tmp_path: Path) -> None:
    with pytest.raises(CrawlError, match="there is no sources file"):
        run_round(tmp_path, NOW, (), lambda *_: None)


def test_nothing_is_kept_when_nothing_is_wanted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever ends the demo, a folder that it may not keep is empty again."""

    def stopped(*_: object) -> None:
        (tmp_path / "demo.sqlite3").write_bytes(b"")
        raise KeyboardInterrupt

    monkeypatch.setattr("app.demo.run_round", stopped)
    console = Console(file=io.StringIO())
    with pytest.raises(KeyboardInterrupt):
        run_demo(folder=tmp_path, keep=False, console=console)
    assert list(tmp_path.iterdir()) == []


def test_world_has_what_the_demo_promises() -> None:
    everything = load_stories(NOW)
    assert len(OUTLETS) >= 8
    assert len(everything) >= 84
    assert {outlet.language for outlet in OUTLETS} == set(LANGUAGES)
    assert {outlet.via for outlet in OUTLETS} == {"rss", "atom", "jsonfeed", "sitemap", "listing"}
    assert len({(story.outlet, story.path) for story in everything}) == len(everything)
    for language in LANGUAGES:
        assert sum(story.language == language for story in everything) >= 12
    for story in everything:
        assert "{" not in story.title + "".join(story.paragraphs), story.title
        assert 100 <= sum(len(paragraph.split()) for paragraph in story.paragraphs) <= 350, story.title
        assert story.published < NOW
    (corrected,) = [story for story in everything if CORRECTED in story.tags]
    # Only relevant articles of the last three days are looked at again.
    assert NOW - 3 * DAY < corrected.published < NOW - DAY


def test_sources_of_the_world_load(tmp_path: Path) -> None:
    from app.demo import _write_files

    with World((), today=NOW) as world:
        _write_files(tmp_path, world)
        assert [source.slug for source in load_sources(folder=tmp_path / "outlets")] == [
            outlet.slug for outlet in OUTLETS
        ]


@pytest.mark.parametrize(
    ("language", "written"),
    [
        ("en", "Tuesday, 2 March, February, December 2024, 2025"),
        ("es", "martes, 2 de marzo, febrero, diciembre de 2024, 2025"),
        ("de", "Dienstag, 2. März, Februar, Dezember 2024, 2025"),
        ("nl", "dinsdag, 2 maart, februari, december 2024, 2025"),
    ],
)
def test_dates_move_with_the_publication(language: str, written: str) -> None:
    assert fill_dates("{wd-1}, {d-3}, {m-1}, {my-3}, {y}", language, NOW.date()) == written


def record(**fields: object) -> Record:
    values: dict[str, object] = {
        "nationality": "NL",
        "country": "GB",
        "count": 1,
        "kind": Kind.EVENT,
        "stage": Stage.CONVICTED,
        "drugs": (Drug.COCAINE,),
        "quantity_kg": 1.5,
        "sentence": 1.0,
        "drug_share": None,
        "when": "2025-03",
        "place": "Dover",
        "evidence": Span(start=0, end=1, text="x"),
    }
    return Record(**values | fields)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (
            record(),
            "1 from the Netherlands · convicted in the United Kingdom · cocaine, 1.5 kg · 1 year"
            " · 2025-03 · Dover",
        ),
        (
            record(sentence=6 + 8 / 12, drugs=(Drug.COCAINE, Drug.HEROIN), when=None, place=None),
            "1 from the Netherlands · convicted in the United Kingdom · cocaine and heroin, 1.5 kg"
            " · 6 years 8 months",
        ),
        (
            record(
                nationality="XX", country="XX", count=None, kind=Kind.STOCK, drug_share=97.5, sentence=None
            ),
            "foreigners · convicted abroad · cocaine, 1.5 kg · 97.5 % for drugs · 2025-03 · Dover",
        ),
        (
            record(
                kind=Kind.FLOW,
                stage=Stage.EXECUTED,
                drugs=(),
                quantity_kg=0.05,
                sentence="death",
                when="2024-01/2024-06",
                place=None,
            ),
            "1 from the Netherlands · executed in the United Kingdom over a period · drugs, 50 g"
            " · death sentence · 2024-01 to 2024-06",
        ),
    ],
)
def test_record_in_words(value: Record, words: str) -> None:
    assert record_words(value) == words


def test_country_names() -> None:
    assert [country_name(code) for code in ("BR", "GB", "GF")] == [
        "Brazil",
        "the United Kingdom",
        "French Guiana",
    ]
