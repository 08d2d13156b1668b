"""``trends`` as a command: the seed reproduced, kinds never added, every way to draw and to say it."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

from pipeline.vocabulary import Drug, Kind, Per, Stage
from storage.engine import open_database
from storage.repository import Repository
from tests.app.conftest import ROOT, Command
from tests.storage import builders

SEED = ROOT.parent / "shared" / "corpus" / "seed.jsonl"
TOLD = "As of April 2014 there were 191 Mexicans in Peru, the Foreign Ministry said."


@pytest.fixture
def seeded(home: Path, run: Command) -> Command:
    """The command, with the seed article read by the program into an empty database."""
    if not SEED.exists():
        pytest.skip("the shared corpus is not here")
    ran = run("ingest", SEED, "-q")
    assert ran.code == 0, ran.err
    return run


def test_the_seed_ranking(seeded: Command) -> None:
    ran = seeded("trends", "--kind", "stock", "--nationality", "MX", "--show", "ranking", "--json")
    assert ran.code == 0, ran.err
    ranking = ran.json["ranking"]
    assert [(each["place"], each["country"], each["count"]) for each in ranking] == [
        (1, "US", 35_734),
        (2, "PE", 191),
        (3, "PA", 94),
        (4, "CO", None),
    ]
    assert [each["when"] for each in ranking] == ["2014-09", "2014-04", "2014-01", "2014-01"]


def test_the_seed_drug_shares(seeded: Command) -> None:
    ran = seeded("trends", "--kind", "stock", "--nationality", "MX", "--show", "ranking", "--json")
    shares = {each["country"]: each["drug_share"] for each in ran.json["ranking"]}
    assert shares == {"US": None, "PE": 97, "PA": 96, "CO": 92}


def test_the_seed_average(seeded: Command) -> None:
    asked = ("trends", "--kind", "flow", "--nationality", "MX", "--country", "PE", "--changes")
    (change,) = seeded(*asked, "--json").json["changes"]
    assert (
        change["text"] == "from 10 a year in 2001–2009 to 37 a year in 2010–April 2014: 3.7 times, p < 0.001"
    )
    assert (change["before"]["rate"], change["after"]["rate"]) == (10, 37)
    assert change["factor"] == pytest.approx(3.7)
    assert "3.7 times, p < 0.001" in seeded(*asked).err


def article(number: int, *records: dict[str, object], day: str = "2014-05-02", **fields: object) -> object:
    from app.handed import parse_published

    told = str(fields.pop("told", builders.SENTENCE))
    made = tuple(builders.record(f"Story {number}\n{told}", told, **each) for each in records)
    return builders.relevant(number, *made, body=told, published=parse_published(day), **fields)


STOCK = {
    "nationality": "MX",
    "kind": Kind.STOCK,
    "stage": Stage.IMPRISONED,
    "place": None,
    "drug_share": None,
}
FLOW = {"nationality": "MX", "kind": Kind.FLOW, "place": None, "drug_share": 100.0, "per": Per.YEAR}


@pytest.fixture
def trends(home: Path, url: str, run: Command) -> Command:
    """The command, with cases, stocks and flows of its own."""
    engine = open_database(url)
    thai = {"when": "2014-04-20", "count": None, "country": "TH", "quantity_kg": 1.5}
    death = {"when": "2016-02", "nationality": "GB", "country": "ID", "quantity_kg": 0.4}
    death |= {"stage": Stage.CONVICTED, "sentence": "death", "drugs": (Drug.HEROIN,)}
    british = "A British man was sentenced to death in Denpasar."
    then = {"when": "2014-04", "drug_share": 97.0}
    undated = {"when": None, "nationality": "DE", "country": "MA"}
    outcomes = [
        article(1, {"when": "2014-04-03", "count": 2}),
        article(2, thai, told="Several Dutch were held in Phuket."),
        article(3, death, day="2016-03-01", told=british, source="tribune"),
        article(4, STOCK | then | {"count": 191}, told=TOLD),
        article(5, STOCK | then | {"count": 195}, day="2014-06-01", told=TOLD),
        article(6, STOCK | {"count": 240, "when": "2016-04"}, day="2016-06-01", told=TOLD),
        article(7, FLOW | {"count": 10, "when": "2001/2009"}, FLOW | {"count": 37, "when": "2010/2014-04"}),
        article(8, undated, told="Two Germans were held in Tangier.", day=""),
    ]
    Repository(engine).save_all(outcomes, now=builders.NOW)  # type: ignore[arg-type]
    engine.dispose()
    return run


@pytest.mark.parametrize("asked", [("stock,flow",), ("event", "stock")])
def test_kinds_are_never_added(trends: Command, asked: tuple[str, ...]) -> None:
    ran = trends("trends", *(word for kind in asked for word in ("--kind", kind)))
    assert ran.code == 1
    assert ran.out == ""
    assert "never added" in ran.err
    assert "counts them again and again" in ran.err
    assert "--split kind" in ran.err


def test_kinds_side_by_side(trends: Command) -> None:
    found = trends("trends", "--split", "kind", "--json").json["trends"]
    assert [each["kind"] for each in found] == ["event", "stock", "flow"]
    assert found[0]["whole"]["total"]["cases"] == 3
    rows = list(csv.DictReader(io.StringIO(trends("trends", "--split", "kind", "--csv").out)))
    assert {row["kind"] for row in rows} == {"event", "stock", "flow"}


def test_cases_and_people_by_month(trends: Command) -> None:
    found = trends("trends", "--by", "month", "--json").json
    assert (found["from"], found["to"], len(found["buckets"])) == ("2014-04-01", "2016-02-29", 23)
    first, last = found["whole"]["points"][0], found["whole"]["points"][-1]
    # Of the case without a count it is known that there is somebody.
    assert (first["cases"], first["people"], first["people_bound"]) == (2, 3, "at_least")
    assert (last["label"], last["cases"], last["people"], last["people_bound"]) == ("2016-02", 1, 2, "exact")
    assert any("nothing says when: 1 case" in note for note in found["notes"])
    by_article = trends("trends", "--by", "month", "--dated", "article", "--json").json
    assert by_article["from"] == "2014-05-01"
    assert by_article["to"] == "2016-03-31"


def test_a_part_of_a_year_is_not_taken_for_the_year(trends: Command) -> None:
    found = trends("trends", "--since", "2014-04-10", "--until", "2016", "--json").json
    assert [bucket["complete"] for bucket in found["buckets"]] == [False, True, True]
    assert "a part of it" in trends("trends", "--since", "2014-04-10", "--until", "2016").out
    ran = trends("trends", "--compare", "2014-02/2014-05", "--compare", "2016", "--by", "year")
    assert ran.code == 1
    assert "Nothing in February 2014–May 2014 is complete enough" in ran.err


@pytest.mark.parametrize(
    ("split", "keys"),
    [
        ("nationality", {"NL", "GB"}),
        ("country", {"PE", "TH", "ID"}),
        ("pair", {"NL-PE", "NL-TH", "GB-ID"}),
        ("drug", {"cocaine", "heroin"}),
        ("stage", {"arrested", "convicted"}),
        ("source", {"outlet", "tribune"}),
        ("language", {"en"}),
    ],
)
def test_splits(trends: Command, split: str, keys: set[str]) -> None:
    found = trends("trends", "--split", split, "--json").json
    assert {line["key"] for line in found["series"]} == keys
    assert sum(line["total"]["cases"] for line in found["series"]) == 3
    text = trends("trends", "--split", split).out
    assert "all, each case once" in text


def test_filters(trends: Command) -> None:
    def cases(*asked: str) -> int:
        ran = trends("trends", *asked, "--json")
        assert ran.code == 0, ran.err
        total = ran.json["whole"]["total"]["cases"]
        assert isinstance(total, int)
        return total

    assert cases("--nationality", "NL") == 2
    assert cases("--country", "ID,TH") == 2
    assert cases("--drug", "heroin") == 1
    assert cases("--stage", "convicted") == 1
    assert cases("--source", "tribune") == 1
    assert cases("--lang", "es") == 0
    assert cases("--query", "Denpasar") == 1
    assert cases("--since", "2016") == 1
    assert cases("--until", "2014-04-10") == 1


def test_a_later_figure_replaces_an_earlier_one_and_both_are_kept(trends: Command) -> None:
    (line,) = trends("trends", "--kind", "stock", "--json").json["lines"]
    assert line["source"] == "foreign ministry"
    points = [(each["when"], each["count"], each["replaced_by"] is not None) for each in line["points"]]
    assert points == [("2014-04", 191, True), ("2014-04", 195, False), ("2016-04", 240, False)]
    assert line["points"][0]["replaced_by"] == line["points"][1]["record_id"]
    (ranked,) = trends("trends", "--kind", "stock", "--show", "ranking", "--json").json["ranking"]
    assert (ranked["count"], ranked["before"]["count"], ranked["change"]) == (240, 195, 45)
    text = trends("trends", "--kind", "stock").out
    assert "outlet, replaced" in text
    assert "195" in trends("trends", "--kind", "stock", "--show", "ranking").out


def test_flows_are_rates_over_their_periods(trends: Command) -> None:
    found = trends("trends", "--kind", "flow", "--json").json
    assert [(each["when"], each["per_year"]) for each in found["lines"][0]["points"]] == [
        ("2001/2009", 10),
        ("2010/2014-04", 37),
    ]
    assert found["changes"][0]["p"] is None
    assert found["changes"][0]["text"].endswith(": 3.7 times")


def test_a_ranking_with_drug_shares(url: str, run: Command) -> None:
    """What the seed article says, as records: the ranking does not depend on how well it is read."""
    held = (("PE", 191, 97.0, "2014-04"), ("PA", 94, 96.0, "2014-01"), ("CO", None, 92.0, "2014-01"))
    stocks = [
        STOCK | {"country": country, "count": count, "drug_share": share, "when": when}
        for country, count, share, when in (*held, ("US", 35_734, None, "2014-09"))
    ]
    # A prison, a part of those on death row and an earlier moment do not stand for a country.
    parts = [
        STOCK | {"country": "US", "count": 60, "stage": Stage.DEATH_ROW, "when": "2014-10"},
        STOCK | {"country": "PE", "count": 40, "place": "Callao", "when": "2014-11"},
        STOCK | {"country": "PE", "count": 80, "when": "2009"},
    ]
    engine = open_database(url)
    Repository(engine).save(article(1, *stocks, *parts), now=builders.NOW)  # type: ignore[arg-type]
    engine.dispose()
    asked = ("trends", "--kind", "stock", "--nationality", "MX", "--show", "ranking")
    found = [
        (each["country"], each["count"], each["drug_share"]) for each in run(*asked, "--json").json["ranking"]
    ]
    assert found == [("US", 35_734, None), ("PE", 191, 97), ("PA", 94, 96), ("CO", None, 92)]
    lines = run(*asked).out.splitlines()
    assert [line.split("  ")[0] for line in lines[1:5]] == ["1.", "2.", "3.", "4."]
    assert "35,734" in lines[1]
    assert "80 in 2009 (+111)" in lines[2]
    assert "no count" in lines[4]


def test_cases_across(trends: Command) -> None:
    cells = trends("trends", "--show", "matrix", "--json").json["cells"]
    assert {(cell["nationality"], cell["country"], cell["cases"]) for cell in cells} == {
        ("NL", "PE", 1),
        ("NL", "TH", 1),
        ("GB", "ID", 1),
        ("DE", "MA", 1),
    }
    stages = {
        each["stage"]: each["cases"] for each in trends("trends", "--show", "funnel", "--json").json["stages"]
    }
    assert (stages["arrested"], stages["convicted"], stages["executed"]) == (3, 1, 0)
    (row,) = [
        each
        for each in trends("trends", "--show", "sentences", "--json").json["sentences"]
        if each["drug"] == "heroin"
    ]
    assert (row["least_kg"], row["below_kg"], row["cases"], row["death"]) == (0.1, 1.0, 1, 1)
    ranking = trends("trends", "--show", "ranking", "--since", "2016", "--until", "2016", "--json").json
    assert [(each["key"], each["cases"], each["cases_before"]) for each in ranking["ranking"]] == [
        ("ID", 1, 0)
    ]
    assert ranking["before"] == {"from": "2015-01-01", "to": "2015-12-31"}
    first = trends("trends", "--show", "first", "--json").json
    assert [each["text"] for each in first["first"]] == [
        "First people from the United Kingdom held in Indonesia that are known"
    ]
    for show in ("matrix", "funnel", "sentences", "ranking", "first"):
        assert trends("trends", "--show", show).out.strip()
        assert trends("trends", "--show", show, "--csv").out.count("\n") >= 2


def test_periods_compared(trends: Command) -> None:
    ran = trends("trends", "--compare", "2014", "--compare", "2016", "--json")
    (change,) = ran.json["changes"]
    assert change["text"] == "from 2 cases a year in 2014 to 1 case a year in 2016: 0.5 times, p = 0.86"


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (("--kind", "flow", "--show", "funnel"), "A funnel counts cases"),
        (("--kind", "stock", "--per-10000"), "there is no rate of them"),
        (("--kind", "stock", "--changes"), "Two stocks are two states"),
        (("--panel", "fixed"), "No outlet was followed for all of"),
        (("--per-10000", "--lang", "en"), "name outlets with --source"),
        (("--show", "matrix", "--changes"), "leave out --show"),
    ],
)
def test_what_makes_no_sense_is_said(trends: Command, asked: tuple[str, ...], said: str) -> None:
    ran = trends("trends", *asked)
    assert (ran.code, ran.out) == (1, "")
    assert said in ran.err
    assert "Traceback" not in ran.err


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (("--by", "hour"), "day, week, month, quarter, year"),
        (("--split", "sex"), "nationality, country, pair"),
        (("--show", "map"), "series, matrix, funnel"),
        (("--compare", "2014"), "--compare needs two periods"),
        (("--compare", "2016", "--compare", "2014"), "must end before"),
        (("--compare", "x", "--compare", "2014"), "is no period"),
        (("--panel", "some"), "all, fixed"),
        (("--json", "--csv"), "cannot both"),
    ],
)
def test_wrong_usage(trends: Command, asked: tuple[str, ...], said: str) -> None:
    ran = trends("trends", *asked)
    assert ran.code == 2
    assert said in " ".join(ran.err.replace("│", " ").split())


@pytest.mark.parametrize(
    "asked",
    [
        (),
        ("--split", "country", "--dark"),
        ("--kind", "stock"),
        ("--kind", "flow"),
        ("--show", "matrix"),
        ("--show", "funnel"),
        ("--show", "ranking"),
        ("--split", "kind"),
    ],
)
def test_pictures(trends: Command, home: Path, asked: tuple[str, ...]) -> None:
    path = home / "drawn.svg"
    ran = trends("trends", *asked, "--svg", path)
    assert ran.code == 0, ran.err
    text = path.read_text(encoding="utf-8")
    root = ElementTree.fromstring(text)
    assert root.tag.endswith("svg")
    # Nothing is fetched when it is looked at, and nothing runs in it.
    assert "<script" not in text
    assert "href" not in text
    words = " ".join(root.itertext())
    assert "by" in words or "How many" in words or "latest" in words


def test_nothing_to_draw(run: Command, filled: Path) -> None:
    ran = run("trends", "--kind", "flow")
    assert (ran.code, ran.out) == (0, "")
    assert "No flows fit." in ran.err
    ran = run("trends", "--kind", "flow", "--svg", "none.svg")
    assert "was not written" in ran.err
    assert not Path("none.svg").exists()


@pytest.mark.parametrize(
    ("extra", "missing", "asked"),
    [
        ("charts", "altair", ("--svg", "x.svg")),
        ("stats", "scipy", ("--compare", "2014", "--compare", "2016")),
    ],
)
def test_a_missing_extra_is_named(trends: Command, extra: str, missing: str, asked: tuple[str, ...]) -> None:
    done = without(missing, *asked)
    assert done.returncode == 1
    assert f"pip install 'detainee-watch[{extra}]'" in done.stderr
    assert "Traceback" not in done.stderr


def test_what_needs_no_extra_works_without(trends: Command) -> None:
    done = without("scipy", "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["kind"] == "event"


def without(module: str, *asked: str) -> subprocess.CompletedProcess[str]:
    """The command as a process in which a library is not there."""
    script = f"import sys; sys.modules[{module!r}] = None; from app.cli import main; main()"
    call = [sys.executable, "-c", script, "trends", *asked]
    return subprocess.run(call, capture_output=True, text=True, check=False, timeout=120)
