"""The database as files: that they can be read back, what stood when, and folders that cannot be written."""

from __future__ import annotations

import csv
import hashlib
import json
import os
import signal
import subprocess
import sys
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow.parquet
import pytest
from sqlalchemy import Engine

from pipeline.errors import ExportError, QueryError
from pipeline.types import Source
from pipeline.vocabulary import CODEBOOK, Drug, Kind, Per, Stage
from storage.export import NAMES, Exported, export
from storage.export_fields import TABLES
from storage.export_files import PACKAGE, Format
from storage.repository import Repository
from storage.values import Filter
from tests.storage.builders import NOW, SENTENCE, article, irrelevant, record, relevant

ROOT = Path(__file__).parents[2]
DAY = timedelta(days=1)
OUTLET = Source(
    slug="outlet", name="The Outlet", url="https://outlet.example/feed", via="rss", language="en",
    country="PE", expect=5.0,
)  # fmt: skip
FIGURES = (
    record(count=None, nationality="ES", drugs=(), quantity_kg=None, place="=HYPERLINK(1)", told="@SUM(A1)"),
    record(
        kind=Kind.STOCK,
        count=2009,
        nationality="ES",
        drug_share=82.5,
        when="2011-06-30",
        stage=Stage.IMPRISONED,
    ),
    record(kind=Kind.FLOW, count=10, nationality="MX", per=Per.YEAR, when="2001/2009-02", sentence=6.5),
    record(nationality="GB", sentence="life", drugs=(Drug.HEROIN, Drug.COCAINE), stage=Stage.CONVICTED),
)


@pytest.fixture
def filled(repository: Repository) -> Repository:
    repository.save_all([relevant(1), relevant(2, *FIGURES), irrelevant(3)], now=NOW)
    return repository


def exported(engine: Engine, folder: Path, **options: Any) -> Exported:
    return export(engine, folder, **{"sources": (OUTLET,), "program": "1.2.3", **options})


def as_csv(folder: Path, table: str) -> list[dict[str, str]]:
    with (folder / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def as_jsonl(folder: Path, table: str) -> list[dict[str, Any]]:
    lines = (folder / f"{table}.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def as_parquet(folder: Path, table: str) -> list[dict[str, Any]]:
    return pyarrow.parquet.read_table(folder / f"{table}.parquet").to_pylist()


def package(folder: Path) -> Any:
    return json.loads((folder / PACKAGE).read_text(encoding="utf-8"))


def test_what_is_written_can_be_read_back(filled: Repository, tmp_path: Path) -> None:
    done = exported(filled.engine, tmp_path / "out")
    assert sorted(path.name for path in done.folder.iterdir()) == sorted(NAMES)
    assert done.rows == {
        "records": 5, "cases": 2, "reports": 2, "stocks": 1, "flows": 1, "sources": 1, "coverage": 1,
        "revised_records": 0, "revised_cases": 0,
    }  # fmt: skip
    for table in TABLES:
        lines, rows = as_jsonl(done.folder, table.name), as_parquet(done.folder, table.name)
        cells = as_csv(done.folder, table.name)
        assert len(cells) == len(lines) == len(rows) == done.rows[table.name]
        for cell, line, row in zip(cells, lines, rows, strict=True):
            assert list(cell) == list(line) == list(row) == [field.name for field in table.fields]
            for name, value in row.items():
                plain = value.isoformat() if isinstance(value, date | datetime) else value
                assert line[name] == plain
                text = "; ".join(value) if isinstance(value, list) else "" if plain is None else str(plain)
                assert cell[name].removeprefix("'") == text
    stock = as_parquet(done.folder, "stocks")[0]
    assert (stock["count"], stock["drug_share"], stock["when_start"]) == (2009, 82.5, date(2011, 6, 30))
    flow = as_jsonl(done.folder, "flows")[0]
    assert (flow["per"], flow["when_start"], flow["when_end"]) == ("year", "2001-01-01", "2009-02-28")
    ours = as_parquet(done.folder, "records")
    assert [row["sentence_years"] for row in ours] == [None, None, None, 6.5, None]
    assert [row["sentence_word"] for row in ours] == [None, None, None, None, "life"]
    assert ours[4]["drugs"] == ["cocaine", "heroin"]
    assert {row["url"] for row in ours} == {"https://outlet.example/news/1", "https://outlet.example/news/2"}
    assert all(row["evidence"] and row["valid_from"] == NOW and row["valid_to"] is None for row in ours)


def test_a_case_has_the_sentences_behind_its_values(repository: Repository, tmp_path: Path) -> None:
    later = "The two Dutchmen were jailed for eight years in Lima."
    tried = record(told=later, stage=Stage.CONVICTED, sentence=8.0, quantity_kg=None, place=None, when=None)
    repository.save(relevant(1), now=NOW)
    repository.save(relevant(2, tried, body=later, published=NOW + 90 * DAY), now=NOW + 90 * DAY)
    repository.merge_cases(1, 2, now=NOW + 91 * DAY) if len(_cases(repository)) == 2 else None
    done = exported(repository.engine, tmp_path / "out")
    (case,) = as_jsonl(done.folder, "cases")
    assert (case["count"], case["people"], case["reports"]) == (2, ["NL 2"], 2)
    assert (case["stage"], case["evidence"], case["url"]) == (
        "convicted",
        later,
        "https://outlet.example/news/2",
    )
    assert (case["sentence_years"], case["sentence_evidence"]) == (8.0, later)
    assert (case["quantity_kg"], case["quantity_evidence"]) == (12.0, SENTENCE)
    assert (case["place_evidence"], case["count_evidence"]) == (SENTENCE, later)
    assert {row["case_id"] for row in as_jsonl(done.folder, "records")} == {case["id"]}


def _cases(repository: Repository) -> list[int]:
    from storage.cases import find_cases

    return [case.id for case in find_cases(repository.engine, Filter()).rows]


def test_cells_that_a_spreadsheet_would_run_are_defused(filled: Repository, tmp_path: Path) -> None:
    done = exported(filled.engine, tmp_path / "out")
    cell, line = as_csv(done.folder, "records")[1], as_jsonl(done.folder, "records")[1]
    assert (cell["place"], cell["evidence"]) == ("'=HYPERLINK(1)", "'@SUM(A1)")
    assert (line["place"], line["evidence"]) == ("=HYPERLINK(1)", "@SUM(A1)")


def test_the_dictionary_tells_each_file_and_column(filled: Repository, tmp_path: Path) -> None:
    done = exported(filled.engine, tmp_path / "out", licence="CC-BY-4.0")
    told = package(done.folder)
    assert (told["version"], told["codebook"], told["as_of"]) == ("1.2.3", CODEBOOK, None)
    assert told["licenses"] == [{"name": "CC-BY-4.0"}]
    names = [resource["name"] for resource in told["resources"]]
    assert len(set(names)) == len(names) == len(NAMES) - 1
    assert {resource["path"] for resource in told["resources"]} == {*NAMES} - {PACKAGE}
    for resource in told["resources"]:
        body = (done.folder / resource["path"]).read_bytes()
        assert resource["hash"] == f"sha256:{hashlib.sha256(body).hexdigest()}"
        assert resource["bytes"] == len(body)
        fields = resource["schema"]["fields"]
        assert all(field["description"] for field in fields)
        assert {*resource["schema"]["primaryKey"]} <= {field["name"] for field in fields}
        for key in resource["schema"].get("foreignKeys", ()):
            assert key["reference"]["resource"] in names
    for table in TABLES:
        allowed = {field.name: set(field.words) for field in table.fields if field.words}
        for row in as_jsonl(done.folder, table.name):
            assert all(row[name] is None or row[name] in words for name, words in allowed.items())
            assert all(row[field.name] is not None for field in table.fields if field.filled)
    # What the operator does not say is not said for them.
    bare = package(exported(filled.engine, tmp_path / "bare").folder)
    assert "licenses" not in bare
    where = package(exported(filled.engine, tmp_path / "bare", licence="https://example.org/terms").folder)
    assert where["licenses"] == [{"path": "https://example.org/terms"}]


def test_no_column_is_a_title_or_a_name() -> None:
    """Titles often name the accused; names of outlets are none of persons."""
    assert not [field.name for table in TABLES for field in table.fields if "title" in field.name]


def test_the_same_database_gives_the_same_bytes(filled: Repository, tmp_path: Path) -> None:
    one, other = exported(filled.engine, tmp_path / "a"), exported(filled.engine, tmp_path / "b")
    for name in NAMES:
        assert (one.folder / name).read_bytes() == (other.folder / name).read_bytes(), name


def test_as_of_a_day_before_and_after_a_revision(repository: Repository, tmp_path: Path) -> None:
    repository.save(relevant(1), now=NOW)
    before = exported(repository.engine, tmp_path / "then")
    edited = SENTENCE.replace("Two", "Three")
    told = article(1, edited)
    repository.save(relevant(1, record(told.text, edited, count=3), body=edited), now=NOW + 3 * DAY)
    repository.save(relevant(2, record(nationality="ES")), now=NOW + 4 * DAY)
    # An export as of then is the very one that was made then.
    again = exported(repository.engine, tmp_path / "again", as_of=(NOW + 2 * DAY).date())
    for name in NAMES:
        if name != PACKAGE:
            assert (again.folder / name).read_bytes() == (before.folder / name).read_bytes(), name
    assert package(again.folder)["as_of"] == "2026-03-06"
    after = exported(repository.engine, tmp_path / "after", as_of=(NOW + 3 * DAY).date())
    (row,) = as_jsonl(after.folder, "records")
    assert (row["count"], row["evidence"], row["id"]) == (3, edited, 1)
    assert row["valid_from"] == (NOW + 3 * DAY).isoformat()
    (old,) = as_jsonl(after.folder, "revised_records")
    assert (old["id"], old["count"], old["evidence"], old["ending"]) == (1, 2, SENTENCE, "revised")
    assert (old["valid_from"], old["valid_to"]) == (NOW.isoformat(), (NOW + 3 * DAY).isoformat())
    (case,) = as_jsonl(after.folder, "revised_cases")
    assert (case["count"], case["ending"]) == (2, "revised")
    assert as_jsonl(after.folder, "reports")[0]["revisions"] == 1
    assert as_jsonl(after.folder, "coverage")[0]["seen"] == 1
    now = exported(repository.engine, tmp_path / "now")
    same = exported(repository.engine, tmp_path / "same", as_of=(NOW + 9 * DAY).date())
    for name in NAMES:
        if name != PACKAGE:
            assert (now.folder / name).read_bytes() == (same.folder / name).read_bytes(), name
    nothing = exported(repository.engine, tmp_path / "nothing", as_of=(NOW - DAY).date())
    assert set(nothing.rows.values()) == {0, 1}  # the source that is listed


def test_as_of_a_day_before_a_new_reading(repository: Repository, tmp_path: Path) -> None:
    repository.save(relevant(1, record(), record(nationality="GB")), now=NOW)
    repository.save_reading(1, relevant(1, record(count=4)), now=NOW + DAY)
    repository.save_reading(1, irrelevant(1, SENTENCE), now=NOW + 2 * DAY)

    def counts(day: int) -> list[tuple[Any, ...]]:
        done = exported(repository.engine, tmp_path / "out", as_of=(NOW + day * DAY).date())
        cases = [row["count"] for row in as_jsonl(done.folder, "cases")]
        return [
            *((row["nationality"], row["count"]) for row in as_jsonl(done.folder, "records")),
            tuple(cases),
        ]

    assert counts(0) == [("NL", 2), ("GB", 2), (4,)]
    assert counts(1) == [("NL", 4), (4,)]
    assert counts(2) == [()]
    endings = [
        (row["nationality"], row["count"], row["ending"])
        for row in as_jsonl(tmp_path / "out", "revised_records")
    ]
    assert endings == [("NL", 2, "revised"), ("NL", 4, "withdrawn"), ("GB", 2, "withdrawn")]


def test_filters_are_those_of_lists(filled: Repository, tmp_path: Path) -> None:
    def rows(**wanted: Any) -> dict[str, int]:
        return exported(filled.engine, tmp_path / "out", wanted=Filter(**wanted)).rows

    assert rows(nationality=("ES",))["records"] == 2
    assert rows(nationality=("ES",), kind=(Kind.STOCK,)) | {"sources": 0} == {
        "records": 1, "cases": 0, "reports": 1, "stocks": 1, "flows": 0, "sources": 0, "coverage": 1,
        "revised_records": 0, "revised_cases": 0,
    }  # fmt: skip
    assert rows(drug=(Drug.HEROIN,))["cases"] == 1
    assert rows(drug=(Drug.OPIUM,))["records"] == 0
    assert rows(since=NOW + DAY)["records"] == rows(since=NOW + DAY)["coverage"] == 0
    assert rows(query="title:story -nonsense")["reports"] == 2
    assert package(tmp_path / "out")["filter"] == {"query": "title:story -nonsense"}
    with pytest.raises(QueryError):
        rows(page=0)


def test_an_empty_database(engine: Engine, tmp_path: Path) -> None:
    done = exported(engine, tmp_path / "out", sources=())
    assert set(done.rows.values()) == {0}
    for table in TABLES:
        assert as_csv(done.folder, table.name) == []
        assert (done.folder / f"{table.name}.csv").read_text().startswith("id,")
        assert as_jsonl(done.folder, table.name) == as_parquet(done.folder, table.name) == []


def test_a_later_export_takes_the_place_of_an_earlier_one(filled: Repository, tmp_path: Path) -> None:
    exported(filled.engine, tmp_path / "out")
    exported(filled.engine, tmp_path / "out", formats=(Format.JSONL,))
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == sorted(
        [PACKAGE, *(name for name in NAMES if name.endswith(".jsonl"))]
    )
    assert package(tmp_path / "out")["resources"][0]["name"] == "records"


def test_folders_that_cannot_be_written(filled: Repository, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    with pytest.raises(ExportError, match="is a file"):
        exported(filled.engine, tmp_path / "file")
    with pytest.raises(ExportError, match="Not a directory"):
        exported(filled.engine, tmp_path / "file" / "below")
    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / "thesis.odt").write_text("mine")
    with pytest.raises(ExportError, match=r"thesis\.odt"):
        exported(filled.engine, mine)
    assert [path.name for path in mine.iterdir()] == ["thesis.odt"]


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_without_the_right_to_write(filled: Repository, tmp_path: Path) -> None:
    locked = tmp_path / "locked"
    locked.mkdir(mode=0o500)
    with pytest.raises(ExportError, match="Permission denied"):
        exported(filled.engine, locked)


_LIMITED = """
import resource, sys
from pathlib import Path
from storage.engine import open_database
from storage.export import export
from pipeline.errors import ExportError
engine = open_database(sys.argv[1], read_only=True)
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[3]), -1))  # as a full disk: writing ends in an error
try:
    export(engine, Path(sys.argv[2]), program="1")
except ExportError as error:
    print(error)
"""


@pytest.mark.skipif(os.name != "posix", reason="needs limits of a process")
@pytest.mark.parametrize("size", [0, 1_000])
def test_a_full_disk_leaves_nothing_new_and_takes_nothing_old(
    filled: Repository, path: Path, tmp_path: Path, size: int
) -> None:
    def run(folder: Path) -> str:
        command = [sys.executable, "-c", _LIMITED, f"sqlite:///{path}", str(folder), str(size)]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
        assert done.stderr == ""
        return done.stdout

    assert "cannot be written" in run(tmp_path / "new" / "out")
    assert not (tmp_path / "new").exists()
    exported(filled.engine, tmp_path / "old")
    before = {name: (tmp_path / "old" / name).read_bytes() for name in NAMES}
    assert "what was there before stays" in run(tmp_path / "old")
    assert {item.name: item.read_bytes() for item in (tmp_path / "old").iterdir()} == before


_KILLED = """
import os, signal, sys
from pathlib import Path
from storage import export_files
from storage.engine import open_database
from storage.export import export
left = int(sys.argv[3])
class Counting(export_files.JsonlWriter):
    def close(self):
        global left
        super().close()
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
export_files.JsonlWriter = Counting
export(open_database(sys.argv[1], read_only=True), Path(sys.argv[2]), program="1")
"""


@pytest.mark.skipif(os.name != "posix", reason="needs a signal that cannot be caught")
def test_a_killed_export_is_no_export(filled: Repository, path: Path, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    command = [sys.executable, "-c", _KILLED, f"sqlite:///{path}", str(folder), "5"]
    done = subprocess.run(command, cwd=ROOT, timeout=60, check=False)
    assert done.returncode == -signal.SIGKILL
    assert all(item.name.startswith(".partial-") for item in folder.iterdir())
    exported(filled.engine, folder)
    assert sorted(item.name for item in folder.iterdir()) == sorted(NAMES)
