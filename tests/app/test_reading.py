"""``read``, ``ingest`` and ``reprocess``: articles from files, lines, pipes and addresses."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import unicodedata
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer

from app.handed import HandedIn, given_text, locate, parse_line, parse_published
from pipeline.errors import DataError
from pipeline.types import Span
from tests.app.conftest import ROOT, Command
from tests.storage import builders

TITLE = "Two Dutch nationals arrested at Lima airport with cocaine"
TEXT = (
    "Two Dutch nationals were arrested on Tuesday at Jorge Chávez airport in Lima, Peru, with 12 kilograms "
    "of cocaine hidden in their suitcases, police said.\n\nThe two men, aged 24 and 31, were about to board "
    "a flight to Amsterdam. They are accused of drug trafficking and were remanded in custody by a court in "
    "Callao. Officers of the anti-drug police found the packages during a routine check of the luggage, and "
    "a test on the spot was positive for cocaine. Under the law of Peru they face a prison sentence of "
    "eight to 15 years."
)
DULL = (
    "The town council agreed on Monday to repair the bridge over the river before the winter. The work will "
    "cost two million and take five months. Buses will use the road past the school until then, and the "
    "market moves to the square in front of the station. Shopkeepers had asked for a shorter closure."
)
RECORD = {"nationality": "NL", "country": "PE", "count": 2, "kind": "event"}
KEYS = {
    *("nationality", "country", "count", "kind", "stage", "drugs", "quantity_kg", "sentence", "drug_share"),
    *("when", "place", "evidence", "bound", "per", "start", "end", "confidence"),
}


def line(**fields: object) -> str:
    return json.dumps({"id": "a", "title": TITLE, "text": TEXT, "published": "2026-03-04", **fields})


def page(title: str, text: str) -> str:
    paragraphs = "".join(f"<p>{each}</p>" for each in text.split("\n\n"))
    return (
        f"<!doctype html><html lang=en><head><title>{title}</title>"
        "<meta property='article:published_time' content='2026-03-04T05:06:07Z'></head><body><nav>"
        f"<a href=/>Home</a> <a href=/w>World</a></nav><article><h1>{title}</h1>{paragraphs}</article>"
        "<footer>All rights reserved.</footer></body></html>"
    )


def test_a_line_in_gives_a_line_out_with_the_codebooks_fields(run: Command) -> None:
    ran = run("read", "--jsonl", stdin=line() + "\n" + line(id=7, title="Bridge", text=DULL) + "\n")
    assert ran.code == 0, ran.err
    first, second = map(json.loads, ran.out.splitlines())
    assert first.keys() == {"id", "relevant", "score", "reasons", "records"}
    assert (first["id"], first["relevant"]) == ("a", True)
    assert first["reasons"]
    assert first["reasons"][0].keys() == {"rule", "weight", "says", "text"}
    (record,) = first["records"]
    assert record.keys() == KEYS
    assert {name: record[name] for name in RECORD} == RECORD
    assert record["drugs"] == ["cocaine"]
    assert f"{TITLE}\n{TEXT}"[record["start"] : record["end"]] == record["evidence"]
    assert (second["id"], second["relevant"], second["records"]) == (7, False, [])


def test_what_else_stands_in_a_line_is_never_read(run: Command) -> None:
    labels = {"relevant": False, "records": [], "country": "TH", "source": "x", "lang_": "zz"}
    plain, labelled = run("read", "--jsonl", stdin=line()), run("read", "--jsonl", stdin=line(**labels))
    assert plain.out == labelled.out


def test_bad_lines_are_answered_and_the_rest_goes_on(process: Command) -> None:
    lines = [
        b"{broken",
        b"[1, 2]",
        b"\xff\xfe{}",
        b'{"id": "no text"}',
        b'{"id": "n", "text": 5}',
        b'{"id": {"a": 1}, "text": "x"}',
        b'{"id": "d", "text": "x", "published": "yesterday"}',
        b'{"id": "c", "text": "x", "outlet_country": "Peru"}',
        b'{"id": "b", "text": "x", "html": "y"}',
        b"[" * 100_000,
        b'{"id": "\\ud800", "text": 1}',
        b"",
        line(id="good").encode(),
    ]
    ran = process("read", "--jsonl", "-", stdin=b"\n".join(lines))
    assert ran.code == 1
    answers = list(map(json.loads, ran.out.splitlines()))
    assert len(answers) == 12
    assert [one["id"] for one in answers[:11]] == [1, 2, 3, "no text", "n", 6, "d", "c", "b", 10, "\ud800"]
    for number, answer in enumerate(answers[:11], 1):
        assert answer["error"].startswith(f"line {number}: ")
    assert "error" not in answers[-1]
    assert answers[-1]["relevant"] is True


def test_an_article_that_cannot_be_relevant_or_read_has_its_outcome(run: Command) -> None:
    czech = "Policie v pondělí večer oznámila, že most přes řeku bude opraven ještě před zimou. " * 5
    ran = run("read", "--jsonl", stdin=line(text="", title="") + "\n" + line(title="", text=czech))
    assert ran.code == 0
    assert [json.loads(each)["rejected"] for each in ran.out.splitlines()] == ["empty", "other-language"]


def test_evidence_is_verbatim_whatever_the_spaces(run: Command) -> None:
    odd = TEXT.replace("Two Dutch", "Two\u00a0Dutch", 1).replace("arrested on", "arres\u00adted  on", 1)
    odd = unicodedata.normalize("NFD", odd).replace("\n\n", "\r\n\r\n")
    ran = run("read", "--jsonl", stdin=line(title="", text=odd))
    (record,) = json.loads(ran.out)["records"]
    assert "Two\u00a0Dutch" in record["evidence"]
    assert odd[record["start"] : record["end"]] == record["evidence"]


def test_locate_finds_what_reading_made_plain() -> None:
    given = "A  b\u200bc\u00a0d e\u0301.\x00 F"
    for told in ("A bc d \u00e9.", "bc d \u00e9. F"):
        start, end = locate(given, builders.record(evidence=Span(start=0, end=len(told), text=told)))
        assert given[start:end].replace("\u200b", "").split() == told.replace(
            "\u00e9", "e\u0301"
        ).split() or ("\x00" in given[start:end])
    nowhere = builders.record(evidence=Span(start=0, end=3, text="xyz"))
    assert locate(given, nowhere) == (-1, -1)


@pytest.mark.parametrize(
    ("value", "moment"),
    [
        ("2014", (2014, 1, 1)),
        (2014, (2014, 1, 1)),
        ("2014-04", (2014, 4, 1)),
        ("2014-04-30", (2014, 4, 30)),
        ("2014-04-30T01:00:00+02:00", (2014, 4, 29, 23)),
        ("2014-04-30T01:00:00Z", (2014, 4, 30, 1)),
        ("", None),
        (None, None),
    ],
)
def test_dates_that_are_given(value: object, moment: tuple[int, ...] | None) -> None:
    assert parse_published(value) == (datetime(*moment, tzinfo=UTC) if moment else None)  # type: ignore[misc, arg-type]


@pytest.mark.parametrize("value", ["2014-13", "04/2014", "x", True, 3.5, [], "0000", "99999"])
def test_dates_that_are_none(value: object) -> None:
    with pytest.raises(DataError, match="is no date"):
        parse_published(value)


def test_a_line_as_a_value() -> None:
    handed = parse_line(
        b'\xef\xbb\xbf{"title": "T", "text": "x", "lang": "EN-us", "outlet_country": "pe"}', 3
    )
    assert handed == HandedIn(
        id=3, title="T", text="x", html=None, lang="en", url="", published=None, outlet_country="PE"
    )
    assert given_text(handed) == "T\nx"


def test_pages_texts_and_standard_input(run: Command, home: Path) -> None:
    (home / "a.html").write_text(page(TITLE, TEXT))
    (home / "b.txt").write_text(f"{TITLE}\n\n{TEXT}\n")
    (home / "dull.html").write_text(page("A bridge", DULL))
    ran = run("read", "--json", "a.html", "b.txt", "dull.html", "-", stdin=page(TITLE, TEXT))
    assert ran.code == 0, ran.err
    readings = ran.json["readings"]
    assert [one["input"] for one in readings] == ["a.html", "b.txt", "dull.html", "-"]
    assert [one["relevant"] for one in readings] == [True, True, False, True]
    assert readings[0]["published"] == "2026-03-04T05:06:07+00:00"
    for reading in readings:
        for record in reading["records"]:
            assert reading["text"][record["start"] : record["end"]] == record["evidence"]
    shown = run("read", "a.html", "dull.html")
    assert "relevant (" in shown.out
    assert "not relevant (" in shown.out
    assert "2 NL in PE" in shown.out
    dated = run("read", "--json", "b.txt", "--published", "2014-04", "--outlet-country", "pe").json[
        "readings"
    ]
    assert dated[0]["published"] == "2014-04-01T00:00:00+00:00"


def test_html_in_a_line_is_read_as_a_page(run: Command) -> None:
    ran = run("read", "--jsonl", stdin=json.dumps({"id": 1, "html": page(TITLE, TEXT)}))
    answer = json.loads(ran.out)
    (record,) = answer["records"]
    assert answer["text"][record["start"] : record["end"]] == record["evidence"]


@pytest.mark.parametrize(
    ("name", "body", "words"),
    [
        ("missing.html", None, "No such file"),
        ("empty.txt", b"", "is empty"),
        ("blank.html", b" \n\n ", "is empty"),
        ("photo.jpg", b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + bytes(range(256)) * 20, "not-html"),
        ("paper.pdf", b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n" + bytes(range(256)) * 9, "not-html"),
        ("lines.jsonl", b'{"text": "x"}\n', "--jsonl"),
        (".", None, "directory"),
    ],
)
def test_what_is_no_article_is_named(
    run: Command, home: Path, name: str, body: bytes | None, words: str
) -> None:
    if body is not None:
        (home / name).write_bytes(body)
    ran = run("read", name)
    assert ran.code == 1
    assert ran.out == ""
    assert ran.err.startswith(f"{name}: ")
    assert words in ran.err
    assert run("read", "--json", name).json["readings"][0]["error"]


def test_lines_of_a_file_that_is_not_there(run: Command) -> None:
    ran = run("read", "--jsonl", "missing.jsonl")
    assert ran.code == 1
    assert "missing.jsonl: No such file" in ran.err


def test_wrong_options_of_read(run: Command) -> None:
    assert run("read", "--published", "soon", "x").code == 2
    assert run("read", "--outlet-country", "Pru", "x").code == 2
    assert run("read", "--jsonl", "--published", "2014", "x").code == 2


def test_addresses_are_fetched_under_the_crawls_rules(
    process: Command, httpserver: HTTPServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    httpserver.expect_request("/robots.txt").respond_with_data("User-agent: *\nDisallow: /no\n")
    httpserver.expect_request("/a").respond_with_data(page(TITLE, TEXT), content_type="text/html")
    httpserver.expect_request("/gone").respond_with_data("", status=410)
    refused = process("read", httpserver.url_for("/a"))
    assert refused.code == 1
    assert "forbidden-address" in refused.err
    monkeypatch.setenv("DETAINEE_WATCH_ALLOW_HOSTS", "127.0.0.1, localhost")
    monkeypatch.setenv("DETAINEE_WATCH_DELAY", "0")
    urls = [httpserver.url_for(path) for path in ("/a", "/no", "/gone")]
    ran = process("read", "--json", *urls)
    assert ran.code == 1
    readings = ran.json["readings"]
    assert readings[0]["relevant"] is True
    assert readings[0]["url"] == urls[0]
    assert readings[1]["error"].startswith("robots-denied")
    assert readings[2]["error"] == "gone: HTTP 410"


def test_many_lines_keep_their_order_in_several_processes(
    process: Command, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DETAINEE_WATCH_WORKERS", "2")
    lines = [line(id=n) if n % 10 == 0 else line(id=n, title="", text=DULL) for n in range(90)]
    (home / "many.jsonl").write_text("\n".join(lines))
    ran = process("read", "--jsonl", "many.jsonl")
    assert ran.code == 0, ran.err
    answers = list(map(json.loads, ran.out.splitlines()))
    assert [one["id"] for one in answers] == list(range(90))
    assert [one["id"] for one in answers if one["relevant"]] == list(range(0, 90, 10))
    monkeypatch.setenv("DETAINEE_WATCH_WORKERS", "1")
    assert process("read", "--jsonl", "many.jsonl").out == ran.out


def test_answers_come_while_lines_still_do(home: Path) -> None:
    command = [sys.executable, "-m", "app", "read", "--jsonl"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        for number in (1, 2):
            process.stdin.write(line(id=number).encode() + b"\n")
            process.stdin.flush()
            assert json.loads(process.stdout.readline())["id"] == number
        process.stdin.close()
        assert process.wait(30) == 0


SEED = ROOT.parent / "shared" / "corpus" / "seed.jsonl"
SEED_FIELDS = ("nationality", "country", "count", "kind", "stage", "drugs", "quantity_kg", "sentence")
SEED_FIELDS += ("drug_share", "when", "place")


@pytest.fixture
def seed(run: Command) -> tuple[list[tuple[object, ...]], list[tuple[object, ...]]]:
    """The nine records of the article that started this project, and those that are read in it, with
    the site's clutter around it."""
    if not SEED.exists():
        pytest.skip("../shared/corpus/seed.jsonl is not here")
    told = json.loads(SEED.read_text())
    ran = run("read", "--json", "--published", told["published"], SEED.with_suffix(".txt"))
    (reading,) = ran.json["readings"]
    assert reading["relevant"] is True

    def facts(records: list[dict[str, object]]) -> list[tuple[object, ...]]:
        return [tuple(str(record[name]) for name in SEED_FIELDS) for record in records]

    return facts(told["records"]), facts(reading["records"])


def test_most_of_the_article_that_started_the_project_is_read(
    seed: tuple[list[tuple[object, ...]], list[tuple[object, ...]]],
) -> None:
    known, read = seed
    assert len(known) == 9
    assert len(set(known) & set(read)) >= 8
    assert len(read) == len(set(read))


@pytest.mark.xfail(
    strict=True,
    reason="a flow has a drug that its sentence does not name, and a case of the background is told besides",
)
def test_the_article_that_started_the_project_gives_its_nine_records(
    seed: tuple[list[tuple[object, ...]], list[tuple[object, ...]]],
) -> None:
    known, read = seed
    assert sorted(read) == sorted(known)


# -- ingest and reprocess ---------------------------------------------------------------------------


def test_ingest_stores_once_and_counts_by_outcome(run: Command, home: Path) -> None:
    lines = [
        line(id=1, url="https://outlet.example/1"),
        line(id=2, title="", text=DULL, url="https://outlet.example/2"),
        line(id=3, title="Anonymous"),
        "{broken",
        line(id=5, text="", title=""),
    ]
    (home / "a.jsonl").write_text("\n".join(lines) + "\n")
    ran = run("ingest", "--json", "a.jsonl", "--source", "archive")
    assert ran.code == 1
    assert ran.json["outcomes"] == {"empty": 1, "irrelevant": 1, "relevant": 2}
    assert ran.json["new"] == 4
    assert [error["at"] for error in ran.json["errors"]] == ["a.jsonl:4"]
    assert "a.jsonl:4: not valid JSON" in ran.err
    again = run("ingest", "--json", "a.jsonl", "--source", "archive")
    assert (again.json["new"], again.json["revised"]) == (0, 0)
    records = run("records", "--json", "--source", "archive").json
    assert records["total"] == 2
    assert {record["url"] for record in records["records"]} == {"https://outlet.example/1", ""}
    skipped = run("ingest", "--json", "a.jsonl", "--source", "archive", "--skip-known").json
    assert (skipped["skipped"], skipped["read"]) == (2, 2)
    (home / "b.jsonl").write_text(line(url="https://outlet.example/1", text=TEXT.replace("Two", "Three", 1)))
    assert run("ingest", "--json", "b.jsonl").json["revised"] == 1


def test_ingest_of_a_folder(run: Command, home: Path) -> None:
    folder = home / "texts"
    folder.mkdir()
    (folder / "a.html").write_text(page(TITLE, TEXT))
    (folder / "b.txt").write_text(f"Another title\n\n{TEXT}\n")
    (folder / "c.jsonl").write_text(line(title="A third title"))
    (folder / "d.jpg").write_bytes(b"\xff\xd8")
    (folder / "e.txt").write_bytes(b"")
    ran = run("ingest", folder)
    assert ran.code == 0, ran.err
    assert "4 articles read: relevant 3, empty 1; 4 new." in ran.err
    assert run("ingest", folder).err.strip().endswith("0 new.")


@pytest.mark.parametrize("name", ["missing.jsonl", "folder", "data.csv"])
def test_what_cannot_be_ingested_is_said_before_anything_is_stored(
    run: Command, home: Path, name: str
) -> None:
    (home / "folder").mkdir()
    (home / "data.csv").write_text("a,b\n")
    (home / "good.jsonl").write_text(line())
    ran = run("ingest", "good.jsonl", name)
    assert ran.code == 1
    assert ran.err.startswith(f"error: {name}: ")
    assert not (home / "watch.sqlite3").exists()


def test_reprocess_says_what_changed(run: Command, filled: Path) -> None:
    ran = run("reprocess", "--json")
    assert ran.code == 0, ran.err
    assert ran.json["summary"].keys() >= {"read", "changed", "records_added", "records_removed"}
    assert ran.json["summary"]["read"] == 4
    assert ran.json["summary"]["changed"] == len(ran.json["changes"]) > 0
    assert run("reprocess", "--json").json["summary"]["changed"] == 0
    assert "4 articles read again: 0 changed" in run("reprocess").err


def test_reading_starts_quickly(process: Command) -> None:
    def spent() -> float:
        """Processor time of the children that have ended; a busy machine does not add to it."""
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        return used.ru_utime + used.ru_stime

    before = spent()
    assert process("read", "--jsonl", stdin=line().encode()).code == 0
    # The aim is 1.5 s on a machine of today; an older one may take twice that.
    assert spent() - before < 3.0
