"""Rules and hits in the database: what is found once, what again, and all of it in one transaction."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, select

from alerts.matching import RuleMatcher
from pipeline.errors import QueryError
from pipeline.types import Extracted, Outcome
from pipeline.vocabulary import Kind, Stage
from storage import tables as t
from storage.alert_values import Hit, Rule, RuleState
from storage.alerts import (
    add_hits,
    add_rule,
    change_rule,
    find_rule,
    hit_counts,
    latest_hits,
    remove_rule,
    rules_version,
    set_state,
    unsent_hits,
)
from storage.engine import reading, writing
from storage.repository import Repository
from tests.storage import builders
from tests.storage.builders import NOW

PAPER = "Two Dutch nationals were {} in Lima {} with 12.3 kilos of cocaine hidden in a shipment of quinoa."


@pytest.fixture
def repository(engine: Engine) -> Repository:
    return Repository(engine, matcher=RuleMatcher())


def rule(engine: Engine, query: str, name: str = "rule", **fields: Any) -> Rule:
    with writing(engine) as connection:
        return add_rule(
            connection, Rule(name=name, query=query, address="mailto:a@example.org", **fields), now=NOW
        )


def hits(engine: Engine, each: Rule) -> tuple[Hit, ...]:
    assert each.id is not None
    with reading(engine) as connection:
        return tuple(reversed(latest_hits(connection, each.id, limit=100)))


def keys(engine: Engine, each: Rule) -> list[str]:
    return [hit.key for hit in hits(engine, each)]


def paper(
    number: int, stage: Stage = Stage.ARRESTED, *, count: int = 2, days: int = 0, **fields: Any
) -> Extracted:
    """One paper's report of one and the same case; ``days`` after the first."""
    verb = {Stage.ARRESTED: "arrested", Stage.CHARGED: "charged", Stage.CONVICTED: "convicted"}[stage]
    text = PAPER.format(verb, "again" * (days > 0))
    published = NOW + timedelta(days=days)
    kilos = builders.record(text, told=text, stage=stage, count=count, quantity_kg=12.3, when=None)
    values = {"source": f"paper-{number}", "title": f"Held in Lima {number}"} | fields
    return builders.relevant(number, kilos, body=text, published=published, **values)


def save(repository: Repository, outcome: Outcome, *, days: int = 0) -> int:
    return repository.save(outcome, now=NOW + timedelta(days=days)).hits


def test_a_case_is_found_once_and_again_at_a_new_stage(engine: Engine, repository: Repository) -> None:
    watched = rule(engine, "nationality:NL country:PE")
    assert save(repository, paper(1)) == 1
    assert save(repository, paper(2), days=1) == 0
    assert save(repository, paper(3, Stage.CONVICTED, days=9), days=9) == 1
    assert save(repository, paper(4, Stage.CHARGED, days=10), days=10) == 0  # it looks back
    assert save(repository, paper(5, Stage.CONVICTED, days=11), days=11) == 0
    first, second = hits(engine, watched)
    assert (first.key, second.key) == ("case:1:arrested", "case:1:convicted")
    assert (first.case_id, first.stage, first.article_id) == (1, Stage.ARRESTED, 1)
    assert (first.url, first.source, first.message_id) == (builders.url(1), "paper-1", None)


def test_saving_the_same_again_finds_nothing(engine: Engine, repository: Repository) -> None:
    facts, words = rule(engine, "nationality:NL", "facts"), rule(engine, "quinoa", "words")
    assert save(repository, paper(1)) == 2
    assert save(repository, paper(1)) == 0
    assert keys(engine, words) == [f"article:{builders.url(1)}"]
    assert keys(engine, facts) == ["case:1:arrested"]


def test_words_find_each_article_once_also_when_it_is_edited(engine: Engine, repository: Repository) -> None:
    words = rule(engine, "quinoa OR smugglers")
    save(repository, paper(1))
    save(repository, paper(2))
    edited = paper(1)
    body = edited.article.text + " More smugglers were sought."
    save(repository, replace(edited, article=replace(edited.article, text=body)))
    assert keys(engine, words) == [f"article:{builders.url(number)}" for number in (1, 2)]
    assert [hit.case_id for hit in hits(engine, words)] == [1, 1]


def test_a_corrected_figure_is_told_also_to_a_rule_that_finds_it_no_more(
    engine: Engine, repository: Repository
) -> None:
    many, any_, other = (
        rule(engine, "count>=10", "many"),
        rule(engine, "country:PE", "any"),
        rule(engine, "country:BO", "other"),
    )

    def stock(count: int) -> Extracted:
        text = f"Peru holds {count} Dutch nationals for drug offences, the embassy in Lima said on Monday."
        held = builders.record(text, told=text, count=count, kind=Kind.STOCK, stage=Stage.IMPRISONED)
        return builders.relevant(1, held, body=text)

    assert save(repository, stock(12)) == 2
    assert save(repository, stock(9)) == 2
    assert save(repository, stock(9)) == 0
    assert save(repository, stock(12)) == 2
    assert keys(engine, other) == []
    for each in (many, any_):
        found = hits(engine, each)
        assert [hit.key for hit in found] == ["record:1", "record:1:r1", "record:1:r2"]
        assert [hit.note for hit in found] == ["", "corrected from 12 to 9", "corrected from 9 to 12"]
        assert "holds 9 Dutch" in found[1].excerpt


def test_a_case_that_was_merged_is_not_told_again(engine: Engine, repository: Repository) -> None:
    watched = rule(engine, "country:PE")
    save(repository, paper(1))
    far = "A Belgian woman was arrested in Tacna, Peru, on the border, with 3 kilos of heroin in her shoes."
    lone = builders.record(far, told=far, nationality="BE", count=1, quantity_kg=3.0, place="Tacna")
    save(repository, builders.relevant(2, lone, body=far))
    assert keys(engine, watched) == ["case:1:arrested", "case:2:arrested"]
    repository.merge_cases(2, 1, now=NOW)
    assert save(repository, paper(3), days=1) == 0
    assert len(hits(engine, watched)) == 2


def test_a_new_stage_and_a_first_pair_are_found_by_the_article_that_brings_them(
    engine: Engine, repository: Repository
) -> None:
    stage, pair = rule(engine, "stage_changed", "stage"), rule(engine, "new_pair:12m", "pair")
    save(repository, paper(1))
    save(repository, paper(2))
    assert (keys(engine, stage), keys(engine, pair)) == ([], ["case:1:arrested"])
    save(repository, paper(3, Stage.CONVICTED, days=9), days=9)
    assert keys(engine, stage) == ["case:1:convicted"]
    assert keys(engine, pair) == ["case:1:arrested"]
    unknown = builders.record(nationality="XX", country="BO", count=1)
    save(repository, builders.relevant(9, unknown, body="A foreigner was held in Bolivia."))
    assert len(keys(engine, pair)) == 1


def test_irrelevant_articles_are_for_rules_that_look_at_everything(
    engine: Engine, repository: Repository
) -> None:
    some, all_ = rule(engine, "market", "some"), rule(engine, "scope:all market", "all")
    assert save(repository, builders.irrelevant(1)) == 1
    assert save(repository, builders.irrelevant(1)) == 0
    assert keys(engine, some) == []
    (hit,) = hits(engine, all_)
    assert (hit.key, hit.article_id, hit.title) == (f"article:{builders.url(1)}", None, "Story 1")
    assert hit.excerpt == "The market opened late."
    assert hit.matched.excerpt == ((4, 10),)
    assert save(repository, builders.rejected(2)) == 0


def test_old_news_is_not_told(engine: Engine, repository: Repository) -> None:
    watched = rule(engine, "country:PE", "facts")
    assert save(repository, paper(1, days=-31)) == 0
    assert save(repository, paper(2, days=-29)) == 1
    undated = paper(3)
    assert save(repository, replace(undated, article=replace(undated.article, published=None))) == 0
    assert keys(engine, watched) == ["case:1:arrested"]


@pytest.mark.parametrize(("days", "found"), [(2, 1), (4, 0)])
def test_reading_again_tells_only_what_is_still_news(
    engine: Engine, repository: Repository, days: int, found: int
) -> None:
    watched = rule(engine, "country:PE")
    Repository(engine).save(paper(1), now=NOW)  # as by a program that knew no alerts
    repository.save_reading(1, paper(1), now=NOW + timedelta(days=days))
    assert len(hits(engine, watched)) == found


def test_only_active_rules_look_and_a_change_is_noticed_at_once(
    engine: Engine, repository: Repository
) -> None:
    watched = rule(engine, "quinoa")
    assert watched.id is not None
    save(repository, paper(1))
    with writing(engine) as connection:
        set_state(connection, [watched.id], RuleState.PAUSED, now=NOW)
    save(repository, paper(2))
    with writing(engine) as connection:
        set_state(connection, [watched.id], RuleState.ACTIVE, now=NOW)
        assert change_rule(connection, replace(watched, query="tuna"), now=NOW)
        assert not change_rule(connection, replace(watched, query="tuna"), now=NOW)
    save(repository, paper(3))
    assert keys(engine, watched) == [f"article:{builders.url(1)}"]


def test_hits_are_of_the_transaction_of_their_article(engine: Engine, repository: Repository) -> None:
    watched = rule(engine, "quinoa")
    broken = replace(paper(2), records=(builders.record(count=2**70),))
    with pytest.raises(Exception, match=r"int|large"):
        repository.save_all([paper(1), broken], now=NOW)
    assert keys(engine, watched) == []
    with reading(engine) as connection:
        assert connection.execute(select(t.Article.id)).all() == []


def test_rules_have_one_name_and_a_number(engine: Engine) -> None:
    first = rule(engine, "lima", "a", quiet_days=(5, 6), quiet_from="22:00", quiet_until="07:00")
    with pytest.raises(QueryError, match="already"):
        rule(engine, "lima", "a")
    second = rule(engine, "lima", "7")
    with reading(engine) as connection:
        assert find_rule(connection, "a") == find_rule(connection, "1") == first
        assert find_rule(connection, "7") == find_rule(connection, "2") == second
        with pytest.raises(QueryError, match="no rule '3'"):
            find_rule(connection, "3")
    with writing(engine) as connection, pytest.raises(QueryError, match="already"):
        change_rule(connection, replace(second, name="a"), now=NOW)


def test_hits_are_counted_and_go_with_their_rule(engine: Engine, repository: Repository) -> None:
    watched = rule(engine, "quinoa")
    assert watched.id is not None
    save(repository, paper(1))
    save(repository, paper(2), days=1)
    with writing(engine) as connection:
        before = rules_version(connection)
        (one, two) = unsent_hits(connection, watched.id)
        assert unsent_hits(connection, watched.id, until=NOW + timedelta(hours=1)) == (one,)
        assert add_hits(connection, [one, replace(two, key="other")], now=NOW) == 1
        assert hit_counts(connection) == {watched.id: (3, 3, NOW + timedelta(days=1))}
        remove_rule(connection, watched.id)
        assert rules_version(connection) == before + 1
        assert hit_counts(connection) == {}
