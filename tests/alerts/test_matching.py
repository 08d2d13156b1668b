"""What rules find in an article, and what they say of it."""

from __future__ import annotations

from dataclasses import replace

from alerts.matching import RuleIndex, RuleMatcher
from pipeline.vocabulary import Kind, Stage
from storage.alert_values import Hit, HitSort, NewsRecord, Rule
from tests.alerts.test_query import find, news
from tests.storage import builders

TEXT = "Two Dutch mules were held in Lima. “Las mulas” were paid. A third was sentenced in Callao."


def records(*fields: dict[str, object]) -> list[NewsRecord]:
    return [
        NewsRecord(
            id=number, record=builders.record(**{k: v for k, v in each.items() if k != "case"}), case_id=case
        )
        for number, each in enumerate(fields, 1)
        for case in [each.get("case")]
        if case is None or isinstance(case, int)
    ]


def only(query: str, *told: NewsRecord, title: str = "In brief", **fields: object) -> Hit:
    (found,) = find(query, news(TEXT, *told, title=title, **fields))
    return found.describe()


def cut(text: str, marks: tuple[tuple[int, int], ...]) -> list[str]:
    return [text[start:end] for start, end in marks]


def test_a_hit_says_what_matched_and_where() -> None:
    hit = only("mul* lima OR quito", title="Mules of Lima")
    assert hit.key == "article:https://outlet.example/news/1"
    assert (hit.sort, hit.article_id, hit.matched.records) == (HitSort.WORDS, 1, ())
    assert (
        hit.excerpt
        == "Two Dutch mules were held in Lima. “Las mulas” were paid. A third was sentenced in Callao."
    )
    assert cut(hit.excerpt, hit.matched.excerpt) == ["mules", "Lima", "mulas"]
    assert cut(hit.title, hit.matched.title) == ["Mules", "Lima"]
    assert set(hit.matched.words) == {"mules", "lima", "mulas"}


def test_records_of_one_case_are_one_hit_at_the_latest_stage() -> None:
    told = records(
        {"case": 7, "stage": Stage.ARRESTED},
        {"case": 7, "stage": Stage.CONVICTED, "nationality": "BE"},
        {"case": 8, "stage": Stage.ARRESTED},
        {"kind": Kind.STOCK, "stage": Stage.IMPRISONED},
        {"case": 9, "country": "BO"},
    )
    found = find("country:PE", news(TEXT, *told))
    assert [(each.key, each.records) for each in found] == [
        ("case:7:convicted", (1, 2)),
        ("case:8:arrested", (3,)),
        ("record:4", (4,)),
    ]
    assert [each.sort for each in found] == [HitSort.CASE, HitSort.CASE, HitSort.FIGURE]
    hit = found[0].describe()
    assert (hit.stage, hit.case_id, hit.matched.facts) == (Stage.CONVICTED, 7, ("country:PE",))
    assert hit.excerpt == builders.SENTENCE


def test_facts_are_of_one_record() -> None:
    told = records({"nationality": "MX", "country": "ES"}, {"nationality": "DK", "country": "PE"})
    assert find("nationality:MX country:PE", news(TEXT, *told)) == ()
    assert [each.key for each in find("nationality:MX -country:PE", news(TEXT, *told))] == ["record:1"]


def test_what_holds_without_the_facts_is_of_the_article() -> None:
    told = records({"case": 1}, {"case": 2})
    assert [each.key[:7] for each in find("nationality:MX OR lima", news(TEXT, *told))] == ["article"]
    assert [each.key for each in find("lima -nationality:MX", news(TEXT, *told))] == [
        "case:1:arrested",
        "case:2:arrested",
    ]
    assert find("lima nationality:MX", news(TEXT, *told)) == ()


def test_scope() -> None:
    irrelevant = news(TEXT, relevant=False)
    assert find("lima", irrelevant) == ()
    assert len(find("lima", irrelevant, scope="all")) == len(find("scope:all lima", irrelevant)) == 1
    assert find("scope:all lima country:PE", irrelevant) == ()
    assert len(find("scope:all lima -country:PE", irrelevant)) == 1
    assert len(find("scope:all lima", news(TEXT))) == 1


def test_the_questions_to_the_database_are_asked_once_and_only_where_needed() -> None:
    asked: list[object] = []

    def pair(each: NewsRecord, days: int) -> bool:
        asked.append((each.id, days))
        return True

    told = replace(news(TEXT, *records({"case": 1}, {"case": 1})), is_new_pair=pair)
    index = RuleIndex(
        [
            Rule(id=n, name=str(n), query=query, address="")
            for n, query in enumerate(("new_pair:12m quito",) * 2)
        ]
    )
    assert index.match(told) == ()
    assert asked == []
    assert len(find("new_pair:12m lima", told)) == 1
    assert asked == [(1, 365)]
    changed = replace(told, has_changed_stage=lambda each: each.id == 2)
    assert [each.records for each in find("stage_changed", changed)] == [(2,)]


def test_many_rules_find_what_each_finds_alone() -> None:
    queries = [
        "lima",
        "lima callao",
        '"dutch mules"',
        "title:brief",
        "title:lima",
        "mules NEAR/3 held",
        "held NEAR/1 dutch",
        "re:/sentenc(ed|ia)/",
        "re:/kg$/",
        "mul*",
        "-quito",
        "lima -callao",
        "nationality:NL count>=2",
        "count<2",
        "quantity=12",
        "drug:cocaine OR quito",
        "(lima OR quito) (callao OR paita)",
        "lang:en source:outlet",
        "country:PE,BO stage:arrested",
        "sentence:death",
        "stage:arrested -drug:cocaine",
    ]
    told = news(TEXT, *records({"case": 3}), title="In brief")
    index = RuleIndex([Rule(id=n, name=str(n), query=query, address="") for n, query in enumerate(queries)])
    together = {(each.rule_id, each.key) for each in index.match(told)}
    alone = {(n, each.key) for n, query in enumerate(queries) for each in find(query, told)}
    assert together == alone
    assert {queries[n] for n, _ in together} == {
        "lima",
        "lima callao",
        '"dutch mules"',
        "title:brief",
        "mules NEAR/3 held",
        "re:/sentenc(ed|ia)/",
        "mul*",
        "-quito",
        "nationality:NL count>=2",
        "quantity=12",
        "drug:cocaine OR quito",
        "(lima OR quito) (callao OR paita)",
        "lang:en source:outlet",
        "country:PE,BO stage:arrested",
    }


def test_a_rule_that_is_not_understood_stops_no_other() -> None:
    rules = [
        Rule(id=1, name="old", query="(lima", address=""),
        Rule(id=2, name="good", query="lima", address=""),
    ]
    matcher = RuleMatcher()
    index = matcher.index(1, lambda: rules)
    assert [each.rule.name for each in index.broken] == ["old"]
    assert [each.rule_id for each in index.match(news(TEXT))] == [2]
    assert matcher.index(1, list) is index
    assert matcher.index(2, list).match(news(TEXT)) == ()
