"""A query that is tried on what is stored finds what a rule would have found when it came in."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from alerts.matching import RuleMatcher
from alerts.query import parse
from alerts.trial import Trial, Trials, by_week, show_hits
from app.alert_trial import Tried, judge
from pipeline.segments import split_sentences
from pipeline.types import Extracted
from pipeline.vocabulary import Drug, Kind, Stage
from storage.alert_search import Stored
from storage.alert_values import Rule
from storage.alerts import add_rule, latest_hits, mark_article
from storage.case_tables import Case
from storage.engine import open_database, reading, writing
from storage.repository import Repository
from tests.databases import KINDS, database
from tests.storage import builders
from tests.storage.builders import NOW

GOLDEN = Path(__file__).resolve().parents[1] / "golden"
QUERIES = (
    "cocaine",
    "cocaína OR kokain",
    "detenc*",
    '"drug mule" OR prison -court',
    "cocaine NEAR/5 (kg OR kilos OR kilograms)",
    "title:drug",
    "(prison OR cárcel) NEAR/30 (drug OR drugs OR drogas OR cocaine OR years)",
    "re:/\\d+ (kilos|kg)/ cocaine",
    "-the",
    "lang:es drogas",
    "source:outlet lima",
    "source:out* prisão",
    "nationality:GB",
    "nationality:MX,CO,NL country:PE,US,ES",
    "stage:convicted drug:cocaine -kind:stock",
    "kind:stock",
    "kind:stock count>=100 OR sentence:death",
    "quantity>2 quantity<=20 cocaine",
    "sentence>=5 years",
    "nationality:NG OR prison",
    "prison -nationality:GB",
    "new_pair:6m",
    "new_pair:6m lang:en",
    "stage_changed",
    "-stage:arrested drugs",
    "straße OR haft",
    "毒品 OR lima",
)


def outcome(number: int, gold: dict[str, object], *, later: bool) -> Extracted:
    records = []
    for told in gold["records"]:  # type: ignore[attr-defined]
        fields = {
            name: told[name]
            for name in ("nationality", "country", "count", "quantity_kg", "sentence", "when")
        }
        fields |= {"kind": Kind(told["kind"]), "place": told["place"]}
        fields["stage"] = Stage.RELEASED if later and told["kind"] == "event" else Stage(told["stage"])
        drugs = tuple(sorted({Drug(drug) for drug in told["drugs"]}))
        records.append(
            builders.record(f"{gold['title']}\n{gold['text']}", told["evidence"], drugs=drugs, **fields)
        )
    made = builders.relevant(
        number,
        *records,
        body=str(gold["text"]),
        title=str(gold["title"]),
        language=gold["lang"],
        source=f"outlet-{number % 3}",
        published=NOW + timedelta(days=number),
    )
    sentences = split_sentences(made.article.text, made.article.language, has_title=True)
    return replace(made, article=replace(made.article, segments=sentences))


@pytest.fixture(scope="module", params=KINDS)
def engine(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """Relevant golden articles, one a day, seen by a rule for each query as they came in; every fifth
    article again at the end, with a later stage, so that there are cases of several reports."""
    with database(request.param, tmp_path_factory.mktemp("trial")) as address:
        engine = open_database(address)
        _fill(engine)
        yield engine
        engine.dispose()


def _fill(engine: Engine) -> None:
    with writing(engine) as connection:
        for query in QUERIES:
            add_rule(connection, Rule(name=query, query=query, address=""), now=NOW)
    repository = Repository(engine, matcher=RuleMatcher())
    lines = [line for path in sorted(GOLDEN.glob("*.jsonl")) for line in path.read_text("utf-8").splitlines()]
    relevant = [gold for gold in map(json.loads, lines) if gold["records"]][::2]
    for number, gold in enumerate([*relevant, *relevant[::5]], 1):
        repository.save(outcome(number, gold, later=number > len(relevant)), now=NOW + timedelta(days=number))


def tried(engine: Engine, query: str, *, days: int | None = None) -> Trial:
    with reading(engine) as connection:
        since = NOW + timedelta(days=days) if days is not None else None
        return Trials(Stored(connection, since=since, everything=False), parse(query)).run()


def _remaining(key: str, joined: dict[int, int]) -> str:
    """The key of a hit as it would be for the case that its case was joined to."""
    sort, _, rest = key.partition(":")
    case, _, stage = rest.partition(":")
    return f"{sort}:{joined.get(int(case), int(case))}:{stage}" if sort == "case" else key


@pytest.mark.parametrize("query", QUERIES)
def test_a_trial_finds_what_the_rule_found(engine: Engine, query: str) -> None:
    with reading(engine) as connection:
        stored = Stored(connection, since=None, everything=False)
        trials = Trials(stored, parse(query))
        trial = trials.run()
        number = QUERIES.index(query) + 1
        # A case that a later report joined to another stands for that one.
        merged = select(Case.id, Case.merged_into).where(Case.merged_into.is_not(None))
        joined = {case.id: case.merged_into for case in connection.execute(merged)}
        found = {
            (hit.article_id, _remaining(hit.key.split(":http")[0], joined)): hit
            for hit in latest_hits(connection, number, limit=9999)
        }
        would_be = {
            (hit.article, hit.key.split(":")[0] if "article" in hit.key else hit.key) for hit in trial.hits
        }
        # Two cases of one article that were joined later were two hits then, and are one now.
        stems = {(article, key.rpartition(":")[0]) for article, key in would_be}
        twice = {
            (article, key)
            for article, key in set(found) - would_be
            if (article, key.rpartition(":")[0]) in stems and int(key.split(":")[1]) in joined.values()
        }
        found = {each: hit for each, hit in found.items() if each not in twice}
        assert would_be == set(found)
        shown = show_hits(stored, trials, trial.query, trial.hits)
    one_now = {(article, key.rpartition(":")[0]) for article, key in twice}
    matched = {(hit.article_id, hit.key.split(":http")[0]): hit.matched for hit in shown}
    for each, hit in found.items():
        if (each[0], each[1].rpartition(":")[0]) not in one_now:
            assert matched.pop(each) == hit.matched
        else:
            assert set(hit.matched.records) <= set(matched.pop(each).records)
    assert not matched


def test_nearly_all_of_these_queries_find_something(engine: Engine) -> None:
    silent = [query for query in QUERIES if not tried(engine, query).hits]
    assert silent == []


def test_each_part_says_what_it_is_worth(engine: Engine) -> None:
    trial = tried(engine, "drugs (prison OR airport) -court")
    counts = {part.text: (part.articles, part.without) for part in trial.parts}
    for text, without in (
        ("drugs", "(prison OR airport) -court"),
        ("prison OR airport", "drugs -court"),
        ("prison", "drugs airport -court"),
        ("airport", "drugs prison -court"),
        ("-court", "drugs (prison OR airport)"),
    ):
        assert counts[text] == (len(tried(engine, text).found), len(tried(engine, without).found)), text
    assert trial.looked_at > 50
    assert 0 < len(trial.found) < trial.looked_at


def test_since_cuts_and_weeks_add_up(engine: Engine) -> None:
    whole, part = tried(engine, "cocaine"), tried(engine, "cocaine", days=40)
    assert 0 < part.looked_at < whole.looked_at
    assert part.found == {hit.article for hit in whole.hits if hit.dated >= NOW + timedelta(days=40)}
    weeks = by_week(whole.hits, until=NOW + timedelta(days=365), weeks=60)
    assert (sum(weeks), len(weeks)) == (len(whole.hits), 60)


def test_marks_go_before_the_verdict(engine: Engine) -> None:
    with reading(engine) as connection:
        stored = Stored(connection, since=None, everything=False)
        trial = Trials(stored, parse("cocaine OR prison")).run()
    prisons = sorted(trial.words["prison"])
    only_prison = [number for number in prisons if number not in trial.words["cocaine"]]
    assert len(only_prison) >= 2
    outside = min(set(range(1, 60)) - trial.found)
    with writing(engine) as connection:
        for number, accepted in (
            (only_prison[0], False),
            (only_prison[1], False),
            (prisons[-1], True),
            (outside, True),
        ):
            mark_article(connection, builders.url(number), relevant=accepted, by="ana", now=NOW)
        mark_article(connection, builders.url(only_prison[1]), relevant=None, by="ana", now=NOW)
    with reading(engine) as connection:
        stored = Stored(connection, since=None, everything=False)
        trials = Trials(stored, parse("cocaine OR prison"))
        judged = judge(Tried(stored=stored, trials=trials, trial=trials.run()))
    assert (judged.marked, judged.right, judged.missed) == (2, 1, 1)
    assert judged.read == judged.relevant == len(trial.found) - 2
    assert judged.false == {only_prison[0]}
    assert judged.words == (("prison", len(prisons), 1),)
