"""A crawl of real pages: served on loopback as the outlets that they came from, read by the spiders.

The pages are others' and lie outside the project; where they are not, these tests are skipped.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import urllib.request
from collections import Counter
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from pipeline.titles import likeness
from pipeline.vocabulary import LANGUAGES, Rejection
from tests.crawler.keep import FOLDER
from tests.crawler.world import crawl

REAL = Path(__file__).resolve().parents[3] / "shared" / "real"
WORDS = re.compile(r"\w+")

pytestmark = pytest.mark.skipif(
    not (REAL / "serve.py").is_file(), reason="the real pages (../shared/real) are not here"
)


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, Any], dict[str, Any]]:
    """The report of a crawl of every outlet, and what each page became, by its file."""
    folder = tmp_path_factory.mktemp("real")
    kept = folder / "kept"
    kept.mkdir()
    with (
        pytest.MonkeyPatch.context() as patch,
        subprocess.Popen([sys.executable, REAL / "serve.py"], stdout=subprocess.PIPE, text=True) as server,
    ):
        try:
            report = crawl_all(server, patch, folder, kept)
        finally:
            server.terminate()
    pages = [json.loads(file.read_text(encoding="utf-8")) for file in kept.iterdir()]
    return report, {page["url"].rpartition("/")[2]: page for page in pages}


def crawl_all(server: Any, patch: pytest.MonkeyPatch, folder: Path, kept: Path) -> dict[str, Any]:
    place = f"127.0.0.1:{server.stdout.readline().strip()}"
    with urllib.request.urlopen(f"http://{place}/") as answer:
        outlets = json.load(answer)
    sources = [
        {
            "slug": f"real-{number}",
            "name": outlet["outlet"],
            "url": outlet["feed"],
            "via": "rss",
            "language": outlet["lang"] if outlet["lang"] in LANGUAGES else "en",
            "country": "XX",
        }
        for number, outlet in enumerate(outlets)
    ]
    patch.setenv(FOLDER, str(kept))
    return crawl(
        folder,
        sources=sources,
        allow_hosts=[place],
        reader="keep",
        timeout=30,
        concurrency_per_host=2,
        delay=0.02,
        now="2026-11-01T08:00:00+00:00",
        honour=[],  # what is tested here is reading, on pages that are kept for that
    )


def index() -> list[dict[str, Any]]:
    lines = (REAL / "index.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def name(row: dict[str, Any]) -> str:
    return Path(row["file"]).name.removesuffix(".gz")


def test_every_page_ends_in_a_named_outcome(crawled: Any) -> None:
    report, pages = crawled
    assert {source["state"] for source in report["sources"].values()} == {"ok"}
    assert not report["interrupted"], report["reason"]
    assert report["left"] == 0
    assert {name(row) for row in index()} == set(pages)
    assert sum(report["counts"].values()) == len(index())
    assert set(report["counts"]) <= {"relevant", "irrelevant", *(reason.value for reason in Rejection)}
    print(f"\n{len(pages)} pages: {report['counts']}")


def test_articles_have_their_text(crawled: Any) -> None:
    _, pages = crawled
    rows = [row for row in index() if row["text"] and row["lang"] in LANGUAGES]
    found = 0
    for row in rows:
        ours, theirs = (
            Counter(WORDS.findall(text.lower())) for text in (pages[name(row)].get("text", ""), row["text"])
        )
        found += sum((ours & theirs).values()) >= 0.5 * sum(theirs.values())
    print(f"\ntext found on {found} of {len(rows)} article pages")
    assert found >= 0.97 * len(rows)


def test_titles_and_dates_agree(crawled: Any) -> None:
    _, pages = crawled
    read = [(row, pages[name(row)]) for row in index() if pages[name(row)]["outcome"] == "read"]
    titled = [(row, page) for row, page in read if row["title"]]
    titles = sum(likeness(page["title"], row["title"].replace("\u00ad", "")) >= 0.7 for row, page in titled)
    dated = [(row, page) for row, page in read if row["published"]]
    dates = sum(
        page["published"] is not None and abs((day(page["published"]) - day(row["published"])).days) <= 1
        for row, page in dated
    )
    print(f"\ntitles agree on {titles} of {len(titled)}, dates on {dates} of {len(dated)}")
    assert titles >= 0.95 * len(titled)
    assert dates >= 0.9 * len(dated)


def day(published: str) -> date:
    moment = datetime.fromisoformat(published.replace("Z", "+00:00"))
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC).date()
