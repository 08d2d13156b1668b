"""What people say stands above what the program says, everywhere and for as long as they say it."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import Engine, select

from pipeline.errors import QueryError
from pipeline.types import Extracted
from pipeline.vocabulary import Drug, Stage
from storage import marks
from storage import tables as t
from storage.alert_search import Stored
from storage.alert_values import EVERYTHING, Hit, HitSort, Matched, Rule
from storage.alerts import add_hits, add_rule, unsent_hits
from storage.cases import find_cases
from storage.engine import reading, writing
from storage.forget import find_url, forget
from storage.outbox import Outbox
from storage.queries import find_articles, find_records, read_article
from storage.repository import Repository
from storage.retention import run_retention
from storage.review import find_queue
from storage.review_draws import draw_samples
from storage.review_sums import labelled, read_sums
from storage.values import Filter
from tests.storage.builders import NOW, entry, fetch, irrelevant, record, relevant, url

LATER = NOW + timedelta(hours=1)
BODY = (
    "Two Dutch nationals were arrested in Lima with 12 kilos of cocaine. "
    "Three Belgians were held with them, the police of the airport said on Tuesday."
)
DUTCH = "Two Dutch nationals were arrested in Lima with 12 kilos of cocaine."
BELGIANS = "Three Belgians were held with them, the police of the airport said on Tuesday."


def told(number: int = 1, body: str = BODY) -> Extracted:
    text = f"Story {number}\n{body}"
    return relevant(
        number,
        record(text, DUTCH),
        record(text, BELGIANS, nationality="BE", count=3, quantity_kg=None),
        body=body,
    )


def counts(engine: Engine) -> tuple[int, int, int, int]:
    """Articles, records, cases, and what trends count."""
    with reading(engine) as connection:
        counted = len(connection.execute(select(t.CaseCount.case_id)).all())
    return (
        find_articles(engine, Filter()).total,
        find_records(engine, Filter()).total,
        find_cases(engine, Filter()).total,
        counted,
    )


def numbers(engine: Engine) -> list[int]:
    return [row.id for row in find_records(engine, Filter()).rows]


def coverage(engine: Engine) -> int:
    with reading(engine) as connection:
        return sum(connection.execute(select(t.Coverage.relevant)).scalars())


def test_a_rejected_article_goes_everywhere_and_comes_back(repository: Repository) -> None:
    engine = repository.engine
    repository.save(told(), now=NOW)
    before, were = counts(engine), numbers(engine)
    assert before[:3] == (1, 2, 1)
    done = marks.mark_article(engine, 1, relevant=False, by="ann", now=LATER)
    assert (done.relevant, done.article_id, done.action) == (False, 1, "reject")
    assert counts(engine) == (0, 0, 0, 0)
    assert coverage(engine) == 0
    stored = read_article(engine, 1)
    assert stored is not None
    assert not stored.relevant
    assert stored.text
    undone = marks.undo(engine, by="ann", now=LATER)
    assert undone is not None
    assert undone.relevant
    assert counts(engine) == before
    assert numbers(engine) == were, "records that come back have the numbers that they had"
    assert coverage(engine) == 1
    assert marks.undo(engine, by="ann", now=LATER) is None
    with reading(engine) as connection:
        for table in (t.ProgramVerdict, t.ProgramRecord, t.ArticleMark):
            assert connection.execute(select(table)).all() == []


def test_a_rejection_outlives_readings_and_edits(repository: Repository) -> None:
    engine = repository.engine
    repository.save(told(), now=NOW)
    marks.mark_article(engine, 1, relevant=False, by="ann", now=LATER)
    change = repository.save_reading(1, told(), now=LATER)
    assert (change.was_relevant, change.relevant, change.any) == (False, False, False)
    repository.save(told(body=BODY + " More was not known."), now=LATER)
    assert counts(engine) == (0, 0, 0, 0)
    marks.mark_article(engine, 1, relevant=None, by="ann", now=LATER)
    assert counts(engine)[:3] == (1, 2, 1)


def test_an_accepted_article_stays_though_the_program_changes_its_mind(repository: Repository) -> None:
    engine = repository.engine
    repository.save(told(), now=NOW)
    marks.mark_article(engine, url(1), relevant=True, by="ann", now=LATER)
    record_two = numbers(engine)
    marks.correct_record(engine, record_two[0], {"count": 4}, by="ann", now=LATER)
    repository.save_reading(1, irrelevant(1, BODY), now=LATER)
    assert find_articles(engine, Filter()).total == 1
    corrected = [row for row in find_records(engine, Filter()).rows if row.id == record_two[0]]
    assert [row.record.count for row in corrected] == [4]
    marks.undo(engine, by="ann", now=LATER)
    marks.undo(engine, by="ann", now=LATER)
    assert counts(engine) == (0, 0, 0, 0), "the program's own verdict is back"


def test_each_field_of_a_record_is_corrected(repository: Repository) -> None:
    engine = repository.engine
    repository.save(told(), now=NOW)
    first = numbers(engine)[0]
    was = find_records(engine, Filter()).rows[0].record
    given: dict[str, marks.Value] = {
        "nationality": "DE",
        "country": "BO",
        "count": 7,
        "bound": "about",
        "per": None,
        "kind": "event",
        "stage": "convicted",
        "drugs": ["cannabis", "heroin"],
        "quantity_kg": 3.5,
        "sentence": "life",
        "drug_share": 100.0,
        "when": "2026-02-28",
        "place": "La Paz",
        "evidence": BELGIANS,
    }
    marks.correct_record(engine, first, given, by="ann", now=LATER)
    now = {row.id: row.record for row in find_records(engine, Filter()).rows}[first]
    assert (now.nationality, now.country, now.count, now.stage) == ("DE", "BO", 7, Stage.CONVICTED)
    assert (now.drugs, now.quantity_kg, now.sentence) == ((Drug.CANNABIS, Drug.HEROIN), 3.5, "life")
    assert (now.when, now.place, now.evidence.text) == ("2026-02-28", "La Paz", BELGIANS)
    sums = read_sums(engine)
    assert (sums.corrected, sums.fields, sums.accepted) == (1, dict.fromkeys(given, 1), 1)
    text = read_article(engine, 1)
    assert text is not None
    assert text.text[now.evidence.start : now.evidence.end] == BELGIANS
    assert find_cases(engine, Filter(country=("BO",))).total == 1
    for _ in range(2):
        repository.save_reading(1, told(), now=LATER)
        assert {row.id: row.record for row in find_records(engine, Filter()).rows}[first] == now
    marks.restore_record(engine, first, by="bob", now=LATER)
    assert {row.id: row.record for row in find_records(engine, Filter()).rows}[first] == was


def test_what_the_program_reads_otherwise_fills_the_fields_that_nobody_gave(repository: Repository) -> None:
    engine = repository.engine
    repository.save(told(), now=NOW)
    first = numbers(engine)[0]
    marks.correct_record(engine, first, {"count": 4}, by="ann", now=LATER)
    text = f"Story 1\n{BODY}"
    again = relevant(1, record(text, DUTCH, place="Callao", count=5), body=BODY)
    repository.save_reading(1, again, now=LATER)
    rows = find_records(engine, Filter()).rows
    assert [(row.id, row.record.count, row.record.place) for row in rows] == [(first, 4, "Callao")]


def test_a_record_is_added_and_one_removed(repository: Repository) -> None:
    engine = repository.engine
    repository.save(told(), now=NOW)
    dutch, belgians = numbers(engine)
    marks.remove_record(engine, belgians, by="ann", now=LATER)
    assert numbers(engine) == [dutch]
    fields: dict[str, marks.Value] = {
        "nationality": "FR", "country": "PE", "count": 1, "kind": "event", "stage": "arrested",
        "evidence": "Three  Belgians were\nheld with them",
    }  # fmt: skip
    added = marks.add_record(engine, 1, fields, by="ann", now=LATER).record_id
    assert added is not None
    for _ in range(2):
        found = {row.id: row.record for row in find_records(engine, Filter()).rows}
        assert set(found) == {dutch, added}
        assert found[added].evidence.text == "Three Belgians were held with them"
        repository.save_reading(1, told(), now=LATER)
    assert find_cases(engine, Filter(nationality=("FR",))).total == 1
    marks.undo(engine, by="ann", now=LATER)
    assert numbers(engine) == [dutch]
    marks.undo(engine, by="ann", now=LATER)
    assert numbers(engine) == [dutch, belgians]
    marks.remove_record(engine, dutch, by="ann", now=LATER)
    marks.mark_article(engine, 1, relevant=False, by="ann", now=LATER)
    marks.mark_article(engine, 1, relevant=None, by="ann", now=LATER)
    assert numbers(engine) == [belgians], "what was said of a record holds while its article is away"


def test_an_outlets_edit_leaves_corrections(repository: Repository) -> None:
    engine = repository.engine
    repository.save(told(), now=NOW)
    dutch, belgians = numbers(engine)
    marks.correct_record(engine, belgians, {"stage": "released"}, by="ann", now=LATER)
    much_later = LATER + timedelta(hours=5)
    text = f"Story 1\n{DUTCH} The police of the airport said on Tuesday that nobody else was held with them."
    cut = relevant(1, record(text, DUTCH), body=text.partition("\n")[2])
    assert repository.save(cut, now=much_later).revised
    found = {row.id: row.record for row in find_records(engine, Filter()).rows}
    assert found[belgians].stage is Stage.RELEASED, "a person's word outlives the sentence"
    assert (found[belgians].evidence.start, found[belgians].evidence.end) == (0, 0)
    assert found[dutch].count == 2
    queue = find_queue(engine)
    assert [(each.article_id, each.why) for each in queue] == [
        (1, ("the outlet has changed the text since somebody judged it",))
    ]
    # The program sees them again: the same record, no second one.
    repository.save(told(), now=much_later + timedelta(hours=1))
    assert sorted(numbers(engine)) == [dutch, belgians]


def test_pages_whose_text_is_not_kept(repository: Repository) -> None:
    engine = repository.engine
    repository.save_feed(None, fetch(), [entry(5)], now=NOW)
    repository.save(irrelevant(5, BODY), now=NOW, entry=entry(5))
    assert repository.pending() == ()
    done = marks.mark_article(engine, url(5), relevant=True, by="ann", now=LATER)
    assert (done.article_id, done.again, done.relevant) == (None, True, True)
    assert [each.url for each in repository.pending()] == [url(5)]
    repository.save(irrelevant(5, BODY), now=LATER, entry=entry(5))
    assert find_articles(engine, Filter()).total == 1
    assert repository.pending() == ()
    marks.undo(engine, by="ann", now=LATER)
    assert find_articles(engine, Filter()).total == 0
    with pytest.raises(QueryError, match="never seen"):
        marks.mark_article(engine, "https://outlet.example/none", relevant=True, by="ann", now=LATER)


def test_decisions_about_cases_hold_through_a_rejection(repository: Repository) -> None:
    engine = repository.engine
    repository.save(told(), now=NOW)
    repository.save(told(2), now=NOW)
    case = find_cases(engine, Filter()).rows[0]
    mine = [each.id for report in case.reports if report.article_id == 1 for each in report.records]
    new = repository.split_case(case.id, mine, now=LATER)
    before = counts(engine)
    marks.mark_article(engine, 1, relevant=False, by="ann", now=LATER)
    assert [each.id for each in find_cases(engine, Filter()).rows] == [case.id]
    marks.mark_article(engine, 1, relevant=None, by="ann", now=LATER)
    assert counts(engine) == before
    assert {each.id for each in find_cases(engine, Filter()).rows} == {case.id, new}


def test_the_latest_of_several_people_stands(repository: Repository) -> None:
    engine = repository.engine
    repository.save(told(), now=NOW)
    marks.mark_article(engine, 1, relevant=False, by="ann", now=NOW)
    marks.mark_article(engine, 1, relevant=True, by="bob", now=LATER)
    assert find_articles(engine, Filter()).total == 1
    assert read_sums(engine).people == {"ann": 1, "bob": 1}
    marks.undo(engine, by="bob", now=LATER)
    assert find_articles(engine, Filter()).total == 0


@pytest.mark.parametrize("by", ["", " ann", "a\nb", "x" * 101])
def test_names_that_nobody_has(repository: Repository, by: str) -> None:
    repository.save(told(), now=NOW)
    with pytest.raises(QueryError, match="name"):
        marks.mark_article(repository.engine, 1, relevant=True, by=by, now=NOW)


def test_evidence_must_stand_in_the_article(repository: Repository) -> None:
    repository.save(told(), now=NOW)
    with pytest.raises(QueryError, match="word for word"):
        marks.correct_record(repository.engine, 1, {"evidence": "Nobody."}, by="ann", now=NOW)


def test_the_queue_is_ordered_by_doubt_and_holds_draws(repository: Repository) -> None:
    engine = repository.engine
    for number, score in ((1, 0.99), (2, 0.46), (3, 0.7)):
        made = told(number)
        repository.save(replace(made, assessment=replace(made.assessment, score=score)), now=NOW)
    for number in range(10, 20):
        repository.save(irrelevant(number), now=NOW)
    assert [each.article_id for each in find_queue(engine)] == [2, 3, 1]
    assert draw_samples(engine, now=NOW, chance=Random(7)) == 3 + 10
    assert draw_samples(engine, now=NOW, chance=Random(7)) == 0
    queue = find_queue(engine)
    assert len(queue) == 13, "none comes twice"
    assert {each.sample for each in queue} == {"shown", "hidden"}
    for each in queue[:6]:
        marks.mark_article(engine, each.key, relevant=each.relevant, by="ann", now=LATER)
    assert not {each.key for each in queue[:6]} & {each.key for each in find_queue(engine)}


def test_precision_and_recall_are_told_by_draws_alone(repository: Repository) -> None:
    engine = repository.engine
    for number in range(1, 11):
        repository.save(told(number), now=NOW)
    for number in range(100, 140):
        repository.save(irrelevant(number), now=NOW)
    marks.mark_article(engine, 1, relevant=False, by="ann", now=LATER)
    sums = read_sums(engine)
    assert (sums.precision, sums.recall) == (None, None)
    assert (sums.shown, sums.hidden) == (10, 40)
    draw_samples(engine, now=NOW, chance=Random(1))
    drawn = {"shown": 10, "hidden": 20}
    for each in find_queue(engine, limit=100):
        right = each.sample == "shown" or each.key in (url(100), url(101))
        marks.mark_article(engine, each.key, relevant=right, by="ann", now=LATER)
    sums = read_sums(engine)
    assert sums.drawn == drawn
    assert sums.precision is not None
    assert sums.precision.value == pytest.approx(0.9)
    assert sums.precision.answers == 10
    assert sums.precision.low < 0.9 < sums.precision.high
    assert (sums.shown, sums.hidden) == (10, 40), "people's words do not change what the program said"
    assert sums.recall is not None
    assert sums.recall.low < sums.recall.value <= sums.recall.high
    assert sums.record_precision is not None
    assert sums.record_precision.value == pytest.approx(0.9)


def test_labels_have_the_form_of_the_corpus(repository: Repository) -> None:
    engine = repository.engine
    repository.save(told(1), now=NOW)
    repository.save(told(2), now=NOW)
    repository.save(told(3), now=NOW)
    first = find_records(engine, Filter(query='title:"Story 1"')).rows[0].id
    marks.correct_record(engine, first, {"count": 4}, by="ann", now=LATER)
    marks.mark_article(engine, 2, relevant=False, by="ann", now=LATER)
    out = list(labelled(engine))
    assert [(each["id"], each["relevant"], len(each["records"])) for each in out] == [
        ("en-r1", True, 2),
        ("en-r2", False, 0),
    ]
    assert out[0]["records"][0]["count"] == 4
    assert out[0]["text"] == BODY
    assert out[0]["published"] == date(2026, 3, 4).isoformat()
    corpus = Path(__file__).resolve().parents[3] / "shared" / "corpus" / "dev.jsonl"
    if not corpus.exists():
        pytest.skip("the labelled corpus is not here")
    with corpus.open(encoding="utf-8") as lines:
        sample = next(row for row in map(json.loads, lines) if row["records"])
    assert set(out[0]) == set(sample)
    assert set(out[0]["records"][0]) == set(sample["records"][0])


def test_forgetting_and_retention_see_to_marks(repository: Repository) -> None:
    engine = repository.engine
    for number in (1, 2):
        repository.save(told(number), now=NOW)
        marks.correct_record(engine, number * 2, {"place": "Callao"}, by="ann", now=LATER)
    draw_samples(engine, now=NOW, chance=Random(1))
    forget(engine, find_url(engine, url(1)), now=LATER)
    with reading(engine) as connection:
        for table in (t.ArticleMark, t.ReviewStep, t.ReviewSample):
            assert set(connection.execute(select(table.url)).scalars()) == {url(2)}
        assert set(connection.execute(select(t.RecordMark.article_id)).scalars()) == {2}
    run_retention(engine, text_days=1, now=NOW + timedelta(days=3))
    with reading(engine) as connection:
        for table in (t.RecordMark, t.ProgramRecord, t.ReviewStep):
            assert connection.execute(select(table.id)).all() == []
    with pytest.raises(QueryError, match="taken away"):
        marks.mark_article(engine, 2, relevant=False, by="ann", now=LATER)
    assert find_articles(engine, Filter()).total == 1
    assert list(labelled(engine)) == []


def test_what_a_person_rejects_is_mailed_by_rules_of_everything_alone(
    repository: Repository,
) -> None:
    engine = repository.engine
    repository.save(told(), now=NOW)
    with writing(engine) as connection:
        strict = add_rule(connection, Rule(name="a", query="x", address="mailto:a@example.org"), now=NOW)
        every = replace(Rule(name="b", query="x", address="mailto:a@example.org"), scope=EVERYTHING)
        loose = add_rule(connection, every, now=NOW)
        hits = [
            Hit(
                rule_id=rule.id or 0, key="article:1", sort=HitSort.WORDS, url=url(1), title="Story 1",
                source="outlet", language="en", published=NOW, excerpt="", matched=Matched(), article_id=1,
            )
            for rule in (strict, loose)
        ]  # fmt: skip
        add_hits(connection, hits, now=NOW)

    def waiting() -> dict[str, int]:
        return {rule.name: number for rule, number, _ in Outbox(engine).rules()}

    assert waiting() == {"a": 1, "b": 1}
    marks.mark_article(engine, 1, relevant=False, by="ann", now=LATER)
    assert waiting() == {"a": 0, "b": 1}
    with reading(engine) as connection:
        assert unsent_hits(connection, strict.id or 0) == ()
    marks.undo(engine, by="ann", now=LATER)
    assert waiting() == {"a": 1, "b": 1}


def test_a_trial_counts_what_people_rejected(repository: Repository) -> None:
    engine = repository.engine
    for number in (1, 2, 3):
        repository.save(told(number), now=NOW)
    marks.mark_article(engine, 1, relevant=False, by="ann", now=LATER)
    with reading(engine) as connection:
        usual = Stored(connection, since=None, everything=False)
        whole = Stored(connection, since=None, everything=False, rejected=True)
        assert set(usual.articles()) == {2, 3}
        assert set(whole.articles()) == {1, 2, 3}
        assert whole.marks() == {1: False}
        dutch = whole.find_fact("nationality", "=", "NL")
        assert len(dutch) == 3
        assert len(usual.find_fact("nationality", "=", "NL")) == 2
        assert len(whole.find_fact("drug", "=", "cocaine")) == 6
        assert dutch <= {number for number, _ in whole.records()}
        assert dutch <= set(whole.told(sorted(dutch)))
        news = whole.news(1, pairs={}, changed=set())
        assert (news.relevant, len(news.records)) == (True, 2)
