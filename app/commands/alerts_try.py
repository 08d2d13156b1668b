"""``detainee-watch alerts preview | backtest``: queries tried before they are saved."""

from __future__ import annotations

from typing import Annotated

import typer

from app import context
from app.commands.alerts import Json, app
from app.console import say, write_json

Limit = Annotated[int, typer.Option("--limit", min=0, metavar="N", help="Hits that are shown.")]
Scope = Annotated[
    str | None, typer.Option("--scope", metavar="SCOPE", help="relevant (articles), or all that is stored.")
]


@app.command(
    "preview",
    short_help="What a query would have found.",
    epilog="""\b
Examples:
  detainee-watch alerts preview '"drug mule" AND (Lima OR Callao) -film'
  detainee-watch alerts preview 'nationality:MX country:PE count>=5' --since 2025-01
  detainee-watch alerts preview 'new_pair:12m' --since 90d --limit 3""",
)
def preview(
    ctx: typer.Context,
    query: Annotated[str, typer.Argument(metavar="QUERY|NAME", help="A query, or the name of a rule.")],
    since: Annotated[
        str, typer.Option("--since", metavar="DATE", help="Published on or after: 30d, 2026-03, all.")
    ] = "30d",
    scope: Scope = None,
    limit: Limit = 10,
    as_json: Json = False,
) -> None:
    """Show what a query would have found: the latest hits with the words that matched marked, how many a
    week, and what each part of the query is worth. Nothing is saved or sent.

    It looks at what is stored. Of irrelevant pages no text is kept, so a rule with scope:all finds more
    than its preview shows.
    """
    from app.alert_rules import hit_shape, show_hits
    from app.alert_trial import days_of, part_shapes, rule_or_query, say_sum, show_parts, shown, trying
    from app.options import midnight, parse_days

    now = context.now()
    start = None if since.lower() == "all" else midnight(parse_days(since, now=now)[0])
    rule = rule_or_query(ctx, query)
    text, looks_at = (rule.query, rule.scope) if rule else (query, _scope(scope))
    with trying(ctx, text, _scope(scope) if scope else looks_at, since=start) as tried:
        hits = shown(tried, limit)
    trial = tried.trial
    if as_json:
        write_json(
            {
                "query": text,
                "since": start,
                "looked_at": trial.looked_at,
                "articles": len(trial.found),
                "hits": len(trial.hits),
                "hits_a_week": len(trial.hits) * 7 / days_of(trial, start, now),
                "parts": part_shapes(trial),
                "latest": [hit_shape(hit) for hit in hits],
            }
        )
        return
    if hits:
        show_hits(hits)
    if limit and len(trial.hits) > len(hits):
        say(f"These are the latest {len(hits)} of {len(trial.hits):,}; --limit shows more.")
    say_sum(trial, start, now)
    show_parts(trial)


@app.command(
    "backtest",
    short_help="A rule held against what is known.",
    epilog="""\b
Examples:
  detainee-watch alerts backtest mules
  detainee-watch alerts backtest 'burundanga OR "drug mule"' --scope all
  detainee-watch alerts backtest mules --edit '"drug mule" -film -series'""",
)
def backtest(
    ctx: typer.Context,
    query: Annotated[str, typer.Argument(metavar="NAME|QUERY", help="The name of a rule, or a query.")],
    edit: Annotated[
        str | None, typer.Option("--edit", metavar="QUERY", help="What the rule would be changed to.")
    ] = None,
    scope: Scope = None,
    limit: Limit = 3,
    as_json: Json = False,
) -> None:
    """Try a rule or query on all that is stored, and judge what it finds by your marks of articles and by
    the program's verdict: how much of it is right, and which words bring most false hits. With --edit:
    what the change adds and drops."""
    from app.alert_rules import hit_shape, show_hits
    from app.alert_trial import (
        days_of,
        judge,
        judged_shape,
        part_shapes,
        rule_or_query,
        say_judged,
        say_sum,
        show_parts,
        shown,
        trying,
    )

    now = context.now()
    rule = rule_or_query(ctx, query)
    text = rule.query if rule else query
    looks_at = _scope(scope) if scope else (rule.scope if rule else "relevant")
    with trying(ctx, text, looks_at, since=None, rejected=True) as tried:
        judged = judge(tried)
        false = shown(tried, limit, articles=judged.false)
        trial = tried.trial
        if edit is not None:
            with trying(ctx, edit, looks_at, since=None, rejected=True) as other:
                added, dropped = other.trial.found - trial.found, trial.found - other.trial.found
                after = judge(other)
                new = shown(other, limit, articles=added)
                old = shown(tried, limit, articles=dropped)
    shape = {
        "query": text,
        "looked_at": trial.looked_at,
        "articles": len(trial.found),
        "hits": len(trial.hits),
        "hits_a_week": len(trial.hits) * 7 / days_of(trial, None, now),
        "judged": judged_shape(judged),
        "parts": part_shapes(trial),
        "false": [hit_shape(hit) for hit in false],
    }
    if edit is not None:
        shape["edit"] = {
            "query": edit,
            "articles": len(other.trial.found),
            "added": len(added),
            "dropped": len(dropped),
            "judged": judged_shape(after),
            "latest_added": [hit_shape(hit) for hit in new],
            "latest_dropped": [hit_shape(hit) for hit in old],
        }
    if as_json:
        write_json(shape)
        return
    say_sum(trial, None, now)
    say_judged(judged, everything=tried.stored.everything)
    if false:
        say("\nThe latest false ones:")
        show_hits(false)
    if edit is None:
        show_parts(trial)
        return
    say(
        f"\nChanged to {edit} it would find {_articles(len(other.trial.found))}: "
        f"{len(added):,} more, {len(dropped):,} no more."
    )
    say_judged(after, everything=other.stored.everything)
    for title, hits in (("It adds:", new), ("It drops:", old)):
        if hits:
            say(f"\n{title}")
            show_hits(hits)


def _articles(number: int) -> str:
    return f"{number:,} article{'' if number == 1 else 's'}"


def _scope(value: str | None) -> str:
    if value is None:
        return "relevant"
    if value.lower() not in ("relevant", "all"):
        raise typer.BadParameter(f"{value!r} is no scope; it is relevant or all")
    return value.lower()
