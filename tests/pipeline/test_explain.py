"""Why an article was read as it was, and in words that need no knowledge of the program."""

from __future__ import annotations

import pytest

from pipeline.explain import Explanation, explain
from pipeline.marks import Sort
from pipeline.model import Node, load_weights, questions
from pipeline.records import extract
from pipeline.relevance import LEAST, NO_REASONS, assess
from pipeline.signal_words import VERDICT_MODELS, describe, describe_fact, is_described
from pipeline.types import Article
from tests.pipeline.test_any_article import article

TEXT = (
    "Two Dutch nationals held at Lima airport\n"
    "Two Dutch nationals were arrested on Tuesday at Jorge Chávez airport in Lima, Peru, with 12 kilograms "
    "of cocaine in their suitcases. A British woman was sentenced to six years in Callao for heroin."
)


@pytest.fixture(scope="module")
def told() -> Article:
    return article(TEXT, "en")


@pytest.fixture(scope="module")
def explained(told: Article) -> Explanation:
    return explain(told)


def test_it_explains_the_reading_that_there_is(told: Article, explained: Explanation) -> None:
    verdict = assess(told)
    assert (explained.relevant, round(explained.score, 4)) == (verdict.relevant, verdict.score)
    assert tuple(each.record for each in explained.records) == extract(told)
    assert len(explained.records) == 2


def test_each_field_shows_the_value_that_it_has(explained: Explanation) -> None:
    for why in explained.records:
        fields = {field.name: field for field in why.fields}
        record = why.record
        assert list(fields) == [
            "nationality", "country", "kind", "count", "stage", "drugs", "quantity_kg", "sentence",
            "drug_share", "when", "place",
        ]  # fmt: skip
        assert fields["country"].value == record.country
        assert fields["stage"].value == record.stage.value
        assert fields["place"].value == (record.place or "–")
        for field in fields.values():
            chosen = [option.value for option in field.options if option.chosen]
            assert field.why or chosen or field.name == "drugs", field.name
            if field.name != "drugs":
                assert chosen in ([], [field.value])
                assert sum(option.share for option in field.options) <= 1.0 + 1e-9
            for option in field.options:
                assert all(each.says and each.weight for each in option.signals)
    place = next(field for field in explained.records[0].fields if field.name == "place")
    assert len(place.options) > 1
    assert [option.share for option in place.options] == sorted(
        (option.share for option in place.options), reverse=True
    )


def test_marks_are_what_was_noticed(explained: Explanation) -> None:
    found = {(TEXT[mark.start : mark.end], mark.sort, mark.note) for mark in explained.marks}
    assert ("Jorge Chávez airport", Sort.PLACE, "PE, airport") in found
    assert ("12 kilograms", Sort.WEIGHT, "12 kg") in found
    assert ("cocaine", Sort.DRUG, "") in found  # the note would only repeat the word
    assert ("A British woman", Sort.PEOPLE, "GB ×1") in found


def test_an_article_that_is_not_read_in_full_says_by_which_step() -> None:
    told = article("Harbour opens\nThe new harbour was opened by the mayor.", "en")
    found = explain(told, stopped="screened-out")
    assert (found.relevant, found.stopped, found.records) == (False, "screened-out", ())


def test_reasons_are_one_sum_a_signal_and_none_is_where_all_start(told: Article) -> None:
    rules = [reason.rule for reason in assess(told).reasons]
    assert len(set(rules)) == len(rules)
    assert not NO_REASONS & set(rules)


@pytest.mark.parametrize("model", VERDICT_MODELS)
def test_every_signal_of_a_verdict_has_words(model: str) -> None:
    """A new signal needs a line in pipeline/data/signal_words.toml, or a reader sees its bare name."""
    found = load_weights()[model]
    heavy = {name for name, weight in found.weights.items() if abs(weight) >= LEAST}
    asked = {node.signal for tree in found.trees if isinstance(tree, Node) for node in questions(tree)}
    assert [name for name in sorted(heavy | asked) if not is_described(model, name)] == []


@pytest.mark.parametrize(
    ("model", "name", "says"),
    [
        ("verdict", "title: custody", "the title speaks of custody"),
        ("verdict", "trap: fiction", "words of another theme: fiction"),
        ("nationality", "held: charged and drug", "a charge or trial and a drug are said of them"),
        ("stage", "act here arrested", "the act is told in the same sentence (arrested)"),
        ("place", "airport link in", "an airport: something happens “in” or “at” it"),
        ("country", "own: date line of nowhere", "“own: date line of nowhere”"),
    ],
)
def test_names_in_words(model: str, name: str, says: str) -> None:
    assert describe(model, name) == says


def test_beside_the_value_of_a_field_its_own_sort_is_left_out() -> None:
    assert describe_fact("stage", "act here arrested") == "the act is told in the same sentence"
    assert describe_fact("when", "event same year") == "it is in the year of publication"
