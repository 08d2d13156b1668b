"""The language of queries: each example of the docs, and each way to be wrong."""

from __future__ import annotations

import re
import time
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from alerts.matching import RuleIndex
from alerts.normal import normal, word_spans
from alerts.query import parse
from pipeline.errors import QueryError
from pipeline.vocabulary import Drug, Kind, Stage
from storage.alert_values import Found, News, NewsRecord, Rule
from tests.storage import builders

DOCS = Path(__file__).resolve().parents[2] / "docs" / "alerts.md"


def table(heading: str) -> list[tuple[str, str, str]]:
    section = DOCS.read_text(encoding="utf-8").split(f"### {heading}\n")[1].split("\n### ")[0]
    rows = [line.strip("| ").split(" | ") for line in section.splitlines() if line.startswith("| `")]
    return [(row[0].strip("`"), row[1], row[2]) for row in rows]


def news(
    text: str = "", *records: NewsRecord, title: str = "", relevant: bool = True, **fields: object
) -> News:
    article = builders.article(1, text, title=title, **fields)
    if not title:
        article = replace(article, text=text)
    return News(article=article, key=article.url, relevant=relevant, article_id=1, records=records)


def find(query: str, news: News, scope: str = "relevant") -> tuple[Found, ...]:
    index = RuleIndex([Rule(id=1, name="rule", query=query, address="", scope=scope)])
    assert not index.broken, index.broken[0].why
    return tuple(index.match(news))


@pytest.mark.parametrize(("query", "yes", "no"), table("Words"))
def test_the_words_of_the_docs(query: str, yes: str, no: str) -> None:
    for told, expected in ((yes, 1), (no, 0)):
        title, _, body = told.rpartition(" ¶ ") if " ¶ " in told else (told, "", "")
        found = find(query, news(body, title=title))
        assert len(found) == expected, told


def told(words: str) -> News:
    """An article with the records that the docs name: "MX in ES, DK in PE", "convicted cocaine" …"""
    records, fields = [], {}
    for number, part in enumerate(words.split(", "), 1):
        record = builders.record(count=1, drugs=(), quantity_kg=None)
        if found := re.fullmatch(r"(\w\w) in (\w\w)", part):
            record = replace(record, nationality=found[1], country=found[2])
        elif found := re.fullmatch(r"(\w+) (cocaine)", part):
            record = replace(record, stage=Stage(found[1]), drugs=(Drug.COCAINE,))
        elif found := re.fullmatch(r"(\w\w) (stock|event)", part):
            record = replace(record, nationality=found[1], kind=Kind(found[2]))
        elif found := re.fullmatch(r"(\d+) people", part):
            record = replace(record, count=int(found[1]))
        elif found := re.fullmatch(r"([\d.]+) kg", part):
            record = replace(record, quantity_kg=float(found[1]))
        elif found := re.fullmatch(r"sentence (\w+)", part):
            record = replace(record, sentence=float(found[1]) if found[1].isdigit() else found[1])
        elif found := re.fullmatch(r"in (\w\w)", part):
            fields = {"language": found[1]}
        else:
            fields = {"source": part.removeprefix("by ")}
        records.append(NewsRecord(id=number, record=record, case_id=None))
    return news("Held.", *records, **fields)


@pytest.mark.parametrize(("query", "yes", "no"), table("Facts"))
def test_the_facts_of_the_docs(query: str, yes: str, no: str) -> None:
    assert len(find(query, told(yes))) == 1
    assert find(query, told(no)) == ()


WRONG = [
    ("", 1, "nothing in it"),
    ("(lima", 1, "never closed"),
    ("lima)", 5, "never opened"),
    ("lima AND", 9, "missing here"),
    ("OR lima", 1, "missing here"),
    ('lima "drug', 6, "never closed"),
    ("nationality:NZX", 13, "no country"),
    ("nationality:Mexicoo", 13, "did you mean MX"),
    ("nationalty:MX", 1, "did you mean 'nationality'"),
    ("cocaine stage:convict", 15, "did you mean convicted"),
    ("drug:sugar", 6, "cocaine, heroin"),
    ("people>=3", 1, "there is no 'people'"),
    ("count>=five", 8, "no number"),
    ("count>5,6", 7, "only one number"),
    ("stage>=convicted", 8, "no more or less"),
    ("sentence>death", 10, "sentence:death"),
    ("new_pair:soon", 10, "span of time"),
    ("new_pair", 1, "span of time"),
    ("lima re:/a(?=b)/", 10, "RE2"),
    (r"re:/(a)\1/", 5, "escape"),
    ("re:/a*/", 5, "fits everywhere"),
    ("re:/(a{1000}){1000}/", 5, "1000"),
    (r"re:/\béxtasis/", 5, "accents"),
    ("re:/abc", 1, "slash at its end"),
    ("re:abc", 1, "between slashes"),
    ("mule NEAR country:PE", 11, "beside NEAR"),
    ("mule NEAR/x lima", 6, "NEAR/5"),
    ("lima OR scope:all", 9, "outside"),
    ("scope:all", 1, "what to look for"),
    ("scope:some lima", 1, "'all' or 'relevant'"),
    ("a*", 1, "two letters"),
    ("*mule", 1, "only at the end"),
    ("title:", 1, "must follow"),
    ("()", 2, "between the brackets"),
    ("(" * 30 + "a" + ")" * 30, 22, "too many brackets"),
    ("lima " * 101, 501, "more than 100"),
    ("x" * 2001, 2001, "longer than"),
]


@pytest.mark.parametrize(("query", "place", "why"), WRONG)
def test_a_wrong_query_is_pointed_at(query: str, place: int, why: str) -> None:
    with pytest.raises(QueryError, match=re.escape(why)) as caught:
        parse(query)
    assert caught.value.key == str(place)
    first, shown, mark = str(caught.value).split("\n")
    assert f"at character {place}:" in first
    at = mark.index("^")
    if place <= len(query) and "…" not in shown:
        assert shown[at] == query[place - 1]


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet='ab é"()-*:/>=,.ANDORT毒\x00𝒳\ud800 NEAR/5re:/[title:count', max_size=40))
def test_any_text_is_a_query_or_a_message(text: str) -> None:
    try:
        query = parse(text)
    except QueryError:
        return
    assert RuleIndex([Rule(id=1, name="r", query=query.text, address="")]).broken == ()


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=60))
@example("0ｦ")
def test_words_have_their_places(text: str) -> None:
    words = normal(text).split()
    spans = word_spans(text)
    assert len(words) == len(spans)
    for word, (start, end) in zip(words, spans, strict=True):
        assert normal(text[start:end]).split() == [word]


def test_no_expression_takes_long() -> None:
    text = "a" * 200_000
    began = time.process_time()
    assert find("re:/(a+)+$x/", news(text)) == ()
    assert find("a NEAR/1 b", news("a b c " * 30_000)) != ()
    assert find("a NEAR/1 zz", news("a " * 90_000 + "x y w zz")) == ()
    assert time.process_time() - began < 3
