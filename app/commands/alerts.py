"""``detainee-watch alerts``: rules that tell somebody what they find."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from app import context
from app.console import say, write, write_json

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine

    from storage.alert_values import Rule

EXAMPLES = """\b
Examples:
  detainee-watch alerts preview 'nationality:MX country:PE'        try it first
  detainee-watch alerts add peru 'nationality:MX country:PE' --to desk@example.org
  detainee-watch alerts add mules '"drug mule" AND (Lima OR Callao) -film' --to a@example.org
  detainee-watch alerts add first 'new_pair:12m' --to a@example.org --rhythm weekly --weekday mon
  detainee-watch alerts add all 'scope:all fentanyl' --to 'ntfy://topic' --rhythm instant
  detainee-watch alerts edit peru --query 'nationality:MX,CO country:PE'

docs/alerts.md explains the queries."""

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)

Name = Annotated[str, typer.Argument(metavar="NAME", help="Name or number of a rule.")]
Query = Annotated[str, typer.Argument(metavar="QUERY", help="What it looks for; see docs/alerts.md.")]
To = Annotated[
    str | None, typer.Option("--to", metavar="ADDRESS", help="Mail addresses, or the address of a channel.")
]
Scope = Annotated[
    str | None, typer.Option(metavar="SCOPE", help="relevant (articles), or all that was read.")
]
RhythmOption = Annotated[
    str | None, typer.Option("--rhythm", metavar="RHYTHM", help="instant, hourly, daily or weekly.")
]
Hour = Annotated[
    int | None, typer.Option(min=0, max=23, metavar="H", help="When daily and weekly ones are sent.")
]
Weekday = Annotated[str | None, typer.Option(metavar="DAY", help="When weekly ones are sent: monday, tue, …")]
Zone = Annotated[
    str | None, typer.Option(metavar="ZONE", help="Time zone of the subscriber, such as America/Lima.")
]
Quiet = Annotated[
    str | None, typer.Option(metavar="HH:MM-HH:MM", help="Hours in which nothing is sent, or none.")
]
QuietDays = Annotated[
    str | None, typer.Option("--quiet-days", metavar="DAYS", help="Days on which nothing is sent: sat,sun.")
]
Json = Annotated[bool, typer.Option("--json", help="One JSON document.")]


@app.callback(epilog=EXAMPLES, short_help="Be told what is new.")
def alerts() -> None:
    """Be told of new cases, figures and articles: write a rule, try it, and get a message."""


@app.command("add", short_help="Save a rule.")
def add(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="What the rule is called.")],
    query: Query,
    to: To = None,
    rhythm: RhythmOption = None,
    hour: Hour = None,
    weekday: Weekday = None,
    zone: Zone = None,
    quiet: Quiet = None,
    quiet_days: QuietDays = None,
    scope: Scope = None,
) -> None:
    """Save a rule. It looks at every article that is stored from now on; a new mail address is asked
    first whether it wants mail. Without options it sends daily at 8 o'clock UTC."""
    from alerts.compiled import looks_everywhere
    from alerts.query import parse
    from alerts.rules import make_rule
    from storage.alerts import add_rule

    if not to:
        raise typer.BadParameter("--to is missing: a mail address, or the address of a channel")
    rule = make_rule(_given(locals()))
    with _writing(ctx) as connection:
        add_rule(connection, rule, now=context.now())
    what = "every article" if looks_everywhere(rule, parse(rule.query)) else "every relevant article"
    say(f"Saved. The rule {name!r} looks at {what} from now on.")
    _foretell_mail(ctx, rule)
    _foretell(ctx, rule.query, rule.scope)


@app.command("list", short_help="List the rules.")
def list_(ctx: typer.Context, as_json: Json = False) -> None:
    """List the rules with what they found."""
    from app.alert_rules import rule_shape, show_rules
    from storage.alerts import all_rules, hit_counts
    from storage.engine import reading

    with _asked(ctx) as engine, reading(engine) as connection:
        rules, counts = all_rules(connection), hit_counts(connection)
    if as_json:
        write_json([rule_shape(rule, counts.get(rule.id or 0)) for rule in rules])
    elif rules:
        show_rules(rules, counts)
    else:
        say("There is no rule yet; 'detainee-watch alerts add' saves one.")


@app.command("show", short_help="All about one rule.")
def show(
    ctx: typer.Context,
    name: Name,
    limit: Annotated[int, typer.Option("--limit", min=1, metavar="N", help="Of what it found.")] = 10,
    as_json: Json = False,
) -> None:
    """Show a rule and what it found, latest first."""
    from app.alert_rules import hit_shape, rule_shape, show_rule
    from storage.alerts import find_rule, hit_counts, latest_hits
    from storage.engine import reading

    with _asked(ctx) as engine, reading(engine) as connection:
        rule = find_rule(connection, name)
        counts = hit_counts(connection).get(rule.id or 0)
        hits = latest_hits(connection, rule.id or 0, limit=limit)
    if as_json:
        write_json(rule_shape(rule, counts) | {"latest": [hit_shape(hit) for hit in hits]})
    else:
        show_rule(rule, counts, hits)


@app.command("edit", short_help="Change a rule.")
def edit(
    ctx: typer.Context,
    name: Name,
    new_name: Annotated[str | None, typer.Option("--name", metavar="NAME", help="A new name.")] = None,
    query: Annotated[str | None, typer.Option("--query", metavar="QUERY", help="A new query.")] = None,
    to: To = None,
    rhythm: RhythmOption = None,
    hour: Hour = None,
    weekday: Weekday = None,
    zone: Zone = None,
    quiet: Quiet = None,
    quiet_days: QuietDays = None,
    scope: Scope = None,
) -> None:
    """Change a rule. What it found before is not told again; 'alerts backtest NAME --edit QUERY' says
    what another query would add and drop."""
    from alerts.rules import make_rule
    from storage.alerts import change_rule, find_rule

    given = _given(locals() | {"name": new_name})
    if not given:
        raise typer.BadParameter("nothing to change: give --query, --to, --rhythm, …")
    with _writing(ctx) as connection:
        old = find_rule(connection, name)
        rule = make_rule(given, old)
        changed = change_rule(connection, rule, now=context.now())
    say(f"Saved; {rule.name!r} is as it was." if not changed else f"Saved the rule {rule.name!r}.")
    if rule.address != old.address:
        _foretell_mail(ctx, rule)
    if (rule.query, rule.scope) != (old.query, old.scope):
        _foretell(ctx, rule.query, rule.scope)


@app.command("pause", short_help="Let rules look no more.")
def pause(
    ctx: typer.Context,
    names: Annotated[list[str], typer.Argument(metavar="NAME…", help="Names or numbers of rules.")],
) -> None:
    """Pause rules. What is stored meanwhile is not told later either; 'alerts preview' finds it."""
    from storage.alert_values import RuleState

    _set_state(ctx, names, RuleState.PAUSED)


@app.command("resume", short_help="Let paused rules look again.")
def resume(
    ctx: typer.Context,
    names: Annotated[list[str], typer.Argument(metavar="NAME…", help="Names or numbers of rules.")],
) -> None:
    """Let paused rules look again, at what is stored from now on."""
    from storage.alert_values import RuleState

    _set_state(ctx, names, RuleState.ACTIVE)


@app.command("remove", short_help="Remove a rule.")
def remove(ctx: typer.Context, name: Name) -> None:
    """Remove a rule with all that it found. To keep that, pause it."""
    from storage.alerts import find_rule, hit_counts, remove_rule

    with _writing(ctx) as connection:
        rule = find_rule(connection, name)
        assert rule.id is not None
        total, unsent, _ = hit_counts(connection).get(rule.id, (0, 0, None))
        remove_rule(connection, rule.id)
    lost = f" {unsent} of {total} hits were not sent yet." if unsent else ""
    say(f"Removed the rule {rule.name!r}.{lost}")


@app.command("import", short_help="Save the rules of a TOML file.")
def import_(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE.toml", help="Rules, as 'alerts export' writes them.")],
) -> None:
    """Save the rules of a file, all or none. A rule of a name that exists is changed; others stay."""
    from dataclasses import replace

    from alerts.rules import parse_rules
    from pipeline.errors import ConfigError
    from storage.alerts import add_rule, all_rules, change_rule

    try:
        text = file.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise ConfigError(f"{file} is not written in UTF-8.", key=str(file)) from error
    rules = parse_rules(text, file.name)
    added = changed = 0
    with _writing(ctx) as connection:
        known = {rule.name: rule for rule in all_rules(connection)}
        for rule in rules:
            if (old := known.get(rule.name)) is None:
                add_rule(connection, rule, now=context.now())
                added += 1
            else:
                changed += change_rule(connection, replace(rule, id=old.id), now=context.now())
    say(f"{added} added, {changed} changed, {len(rules) - added - changed} as they were.")


@app.command("export", short_help="Write the rules as TOML.")
def export(
    ctx: typer.Context,
    file: Annotated[
        Path | None, typer.Argument(metavar="FILE.toml", help="Where to; else to the output.")
    ] = None,
) -> None:
    """Write all rules as a TOML file, which 'alerts import' reads. Addresses of channels may hold
    passwords, and are written with them."""
    from alerts.rules import write_rules
    from storage.alerts import read_rules

    with _asked(ctx) as engine:
        rules = read_rules(engine)
    text = write_rules(rules)
    if file is None:
        write(text)
        return
    file.write_text(text, encoding="utf-8")
    say(f"{len(rules)} rule{'' if len(rules) == 1 else 's'} written to {file}.")


def _given(values: dict[str, Any]) -> dict[str, Any]:
    """What of the options is given, by the names of a file."""
    from alerts.rules import FIELDS

    return {name: values[name] for name in FIELDS if values.get(name) is not None}


@contextmanager
def _writing(ctx: typer.Context) -> Iterator[Connection]:
    from storage.engine import open_database, writing

    engine = open_database(context.database_of(ctx))
    try:
        with writing(engine) as connection:
            yield connection
    finally:
        engine.dispose()


@contextmanager
def _asked(ctx: typer.Context) -> Iterator[Engine]:
    from app.commands.asking import asked_engine
    from storage.values import Filter

    with asked_engine(ctx, Filter()) as engine:
        yield engine


def _set_state(ctx: typer.Context, names: list[str], state: Any) -> None:
    from storage.alerts import find_rule, set_state

    with _writing(ctx) as connection:
        rules = [find_rule(connection, name) for name in names]
        numbers = [rule.id for rule in rules if rule.id is not None and rule.state is not state]
        if numbers:
            set_state(connection, numbers, state, now=context.now())
    for rule in rules:
        was = " already" if rule.state is state else ""
        say(f"The rule {rule.name!r} is {state.value}{was}.")


def _foretell_mail(ctx: typer.Context, rule: Rule) -> None:
    """Says what has to happen before the rule's addresses get anything."""
    from app.alert_people import what_is_missing

    with _asked(ctx) as engine:
        for line in what_is_missing(context.settings_of(ctx).mail, engine, rule):
            say(line)


def _foretell(ctx: typer.Context, query: str, scope: str) -> None:
    """Says what the query would have found lately."""
    from app.alert_trial import foretold

    say(foretold(ctx, query, scope))
