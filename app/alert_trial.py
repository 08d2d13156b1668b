"""Queries tried on what is stored, in words: what they would have found, and what each part is worth."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import typer

from app import context
from app.console import draw, plain, say
from storage.alert_values import EVERYTHING, Hit, Rule

if TYPE_CHECKING:
    from alerts.trial import Trial, Trials
    from storage.alert_search import Stored

WEEKS = 12
"""Weeks that are shown one by one."""
SPARKS = "▁▂▃▄▅▆▇█"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """A query that was tried, with what is needed to show hits of it."""

    stored: Stored
    trials: Trials
    trial: Trial


@contextmanager
def trying(
    ctx: typer.Context, query: str, scope: str, *, since: datetime | None, rejected: bool = False
) -> Iterator[Tried]:
    """The query tried on what is stored; ``rejected``: also on what only a person's word keeps out of the
    lists. Raises QueryError."""
    from alerts.query import parse
    from alerts.trial import Trials
    from app.commands.asking import asked_engine
    from storage.alert_search import Stored
    from storage.engine import reading
    from storage.values import Filter

    tree = parse(query)
    with asked_engine(ctx, Filter()) as engine, reading(engine) as connection:
        everything = tree.everything or scope == EVERYTHING
        stored = Stored(connection, since=since, everything=everything, rejected=rejected)
        trials = Trials(stored, tree)
        yield Tried(stored=stored, trials=trials, trial=trials.run())


def foretold(ctx: typer.Context, query: str, scope: str, *, days: int = 30) -> str:
    """A sentence on what a rule would have found lately."""
    with trying(ctx, query, scope, since=context.now() - timedelta(days=days)) as tried:
        hits = len(tried.trial.hits)
        if not tried.trial.looked_at:
            return (
                "Nothing is stored of the last 30 days, so nobody can say how often it will find something."
            )
        if not hits:
            return f"In the last {days} days it would have found nothing."
        return f"In the last {days} days it would have found {hits:,}{rate(hits, days)}."


def rate(hits: int, days: float) -> str:
    """How often that is: "7.9 a week", "3 a year"; "" where less than a week is known."""
    if days < 7:
        return ""
    weekly = hits * 7 / days
    if weekly >= 10:
        return f": {weekly:,.0f} a week"
    return f": {weekly:.1f} a week" if weekly >= 0.1 else f": {hits * 365 / days:.2g} a year"


def days_of(trial: Trial, since: datetime | None, now: datetime) -> float:
    """The days over which the hits are spread."""
    first = since or min((hit.dated for hit in trial.hits), default=now)
    return max((now - first) / timedelta(days=1), 1.0)


def say_sum(trial: Trial, since: datetime | None, now: datetime) -> None:
    """How many hits, how often, and when."""
    from alerts.trial import by_week

    days = days_of(trial, since, now)
    hits, articles = len(trial.hits), len(trial.found)
    sorts = Counter(hit.key.partition(":")[0] for hit in trial.hits)
    kinds = [
        f"{sorts[sort]:,} {one if sorts[sort] == 1 else many}"
        for sort, one, many in (
            ("case", "stage of a case", "stages of cases"),
            ("record", "figure", "figures"),
            ("article", "article", "articles"),
        )
        if sorts[sort]
    ]
    looked = f"{trial.looked_at:,} stored article{'' if trial.looked_at == 1 else 's'}"
    span = f"since {since.date().isoformat()}" if since else "of all time"
    if not hits:
        say(f"It would have found nothing in {looked} {span}.")
        return
    say(
        f"It would have found {hits:,} ({', '.join(kinds)}) in {articles:,} of {looked} {span}"
        f"{rate(hits, days)}."
    )
    weeks = max(1, min(WEEKS, -(-int(days) // 7)))
    counts = by_week(trial.hits, until=now, weeks=weeks)
    if weeks > 1:
        most = max(counts) or 1
        bars = "".join(SPARKS[(len(SPARKS) - 1) * count // most] for count in counts)
        say(f"The last {weeks} weeks, latest last: {bars}  {' '.join(map(str, counts))}")


def show_parts(trial: Trial) -> None:
    """What each part of the query is worth."""
    from rich.text import Text

    from app.tables import list_table

    if not trial.parts:
        return
    whole = len(trial.found)
    table = list_table("articles with it", "found without it", "part of the query")
    for part in trial.parts:
        if part.without is None:
            without = "not counted"
        else:
            change = part.without - whole
            without = f"{part.without:,} ({change:+,})" if change else f"{part.without:,} (no change)"
        table.add_row(f"{part.articles:,}", without, Text(plain(part.text)))
    draw(table)


def part_shapes(trial: Trial) -> list[dict[str, Any]]:
    return [
        {"part": part.text, "articles_with_it": part.articles, "found_without_it": part.without}
        for part in trial.parts
    ]


# -- judged by people and by the program --------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What of the articles that a query finds is right, by people's marks and by the verdict."""

    marked: int  # articles found on which somebody decided
    right: int  # of them, those accepted
    missed: int  # articles that somebody accepted and the query does not find
    read: int  # articles found whose verdict counts: those on which nobody decided
    relevant: int  # of them, relevant by the program's verdict
    words: tuple[tuple[str, int, int], ...]  # word, articles found by it, of them false; worst first
    false: frozenset[int]


def judge(tried: Tried) -> Judged:
    """Hold what was found against the marks, and where there is none against the verdict."""
    marks, relevant = tried.stored.marks(), tried.stored.relevant()
    found = tried.trial.found
    marked = {article for article in found if article in marks}
    unmarked = found - marked
    false = {article for article in marked if not marks[article]} | (unmarked - relevant)
    words = [
        (word, len(articles), len(articles & false))
        for word, articles in tried.trial.words.items()
        if articles & false
    ]
    return Judged(
        marked=len(marked),
        right=sum(marks[article] for article in marked),
        missed=sum(accepted and article not in found for article, accepted in marks.items()),
        read=len(unmarked),
        relevant=len(unmarked & relevant),
        words=tuple(sorted(words, key=lambda each: (-each[2], -each[2] / each[1], each[0]))),
        false=frozenset(false),
    )


def say_judged(judged: Judged, *, everything: bool) -> None:
    """Precision, and the words that cost most of it."""
    if judged.marked:
        share = judged.right / judged.marked
        say(
            f"By your marks {judged.right:,} of {judged.marked:,} are right ({share:.0%}); "
            f"{judged.missed:,} that you accepted it does not find."
        )
    else:
        say("You have marked none of these articles as right or wrong.")
    if judged.read and not everything:
        say("By the program's verdict all are relevant: the rule looks at nothing else (--scope all does).")
    elif judged.read:
        share = judged.relevant / judged.read
        say(
            f"By the program's verdict {judged.relevant:,} of {judged.read:,} unmarked ones are relevant "
            f"({share:.0%})."
        )
    if judged.words:
        worst = ", ".join(
            f"{plain(word)} ({false:,} of {found:,})" for word, found, false in judged.words[:5]
        )
        say(f"Words that bring most false hits: {worst}.")


def judged_shape(judged: Judged) -> dict[str, Any]:
    return {
        "marked": judged.marked,
        "right": judged.right,
        "precision_by_marks": judged.right / judged.marked if judged.marked else None,
        "accepted_and_missed": judged.missed,
        "unmarked": judged.read,
        "relevant": judged.relevant,
        "precision_by_verdict": judged.relevant / judged.read if judged.read else None,
        "false_hits_by_word": [
            {"word": word, "found": found, "false": false} for word, found, false in judged.words
        ],
    }


def shown(tried: Tried, limit: int, *, articles: frozenset[int] | set[int] | None = None) -> list[Hit]:
    """The latest hits as they would have been told; of these ``articles`` only."""
    from alerts.trial import show_hits

    hits = [hit for hit in tried.trial.hits if articles is None or hit.article in articles]
    latest = sorted(hits, key=lambda hit: hit.dated, reverse=True)[:limit]
    return show_hits(tried.stored, tried.trials, tried.trial.query, latest)


def rule_or_query(ctx: typer.Context, text: str) -> Rule | None:
    """The rule of this name or number, if there is one."""
    from app.commands.asking import asked_engine
    from storage.alerts import read_rules
    from storage.values import Filter

    with asked_engine(ctx, Filter()) as engine:
        rules = read_rules(engine)
    by_name = {rule.name: rule for rule in rules} | {
        str(rule.id): rule for rule in rules if rule.name != text
    }
    return by_name.get(text)
