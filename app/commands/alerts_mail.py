"""``detainee-watch alerts run | deliveries | test | confirm | unsubscribe | feed``: how alerts arrive."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from app import context
from app.commands.alerts import app
from app.console import plain, say, warn, write, write_json

if TYPE_CHECKING:
    from app.alerting import Summary
    from storage.outbox_values import MessageRow

ROWS = 25
"""Messages of a table, unless --limit says otherwise."""

STATES = "pending, sending, sent, retry, failed, unknown"
"""What --state takes: a MessageState, whose module takes too long to load for a help text."""

Json = Annotated[bool, typer.Option("--json", help="One JSON document.")]
Token = Annotated[str, typer.Argument(metavar="TOKEN", help="As it stands in the message.")]


@app.command(
    "run",
    short_help="Write and send what is due.",
    epilog="""\b
Examples:
  detainee-watch alerts run
  */10 * * * * detainee-watch alerts run -q        as a line of a crontab

Exit codes: 0 all well, 1 nothing can be sent (login, TLS, no server), 2 wrong usage,
3 ran, but some messages or addresses were refused.""",
)
def run(
    ctx: typer.Context,
    as_json: Json = False,
    quiet: Annotated[bool, typer.Option("-q", "--quiet", help="Say nothing unless something fails.")] = False,
) -> None:
    """Write the messages that are due by now, and send them with all that waits. A crawl does this at
    its end by itself."""
    from app.alerting import send_due
    from storage.engine import open_database

    settings = context.settings_of(ctx)
    engine = open_database(settings.database_url.get_secret_value())
    try:
        summary = send_due(settings, engine, context.now(), clock=context.now)
    finally:
        engine.dispose()
    if as_json:
        from app.alert_words import summary_shape

        write_json(summary_shape(summary))
    tell_summary(summary, quiet=quiet)
    raise typer.Exit(exit_code(summary))


def tell_summary(summary: Summary, *, quiet: bool) -> None:
    """What came of a round, on stderr; what failed always, the rest unless ``quiet``."""
    from app.alert_words import summary_lines

    loud, calm = summary_lines(summary)
    for line in loud:
        warn(line)
    if not quiet:
        for line in calm:
            say(line)


def exit_code(summary: Summary) -> int:
    """1 when a whole queue waits, 3 when single messages or addresses were refused."""
    if summary.down:
        return context.FAILURE
    return context.SOME_FAILED if summary.failing else context.OK


@app.command(
    "deliveries",
    short_help="Messages, and what became of them.",
    epilog="""\b
Examples:
  detainee-watch alerts deliveries                   the latest messages
  detainee-watch alerts deliveries --state failed,unknown,retry
  detainee-watch alerts deliveries 45                one message with all that it told""",
)
def deliveries(
    ctx: typer.Context,
    which: Annotated[
        str | None, typer.Argument(metavar="[ID]", help="Number of a message, or how its Message-ID begins.")
    ] = None,
    state: Annotated[list[str] | None, typer.Option("--state", metavar="STATE", help=STATES)] = None,
    rule: Annotated[str | None, typer.Option("--rule", metavar="NAME", help="Of this rule only.")] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, metavar="N", help="So many messages.")] = ROWS,
    as_json: Json = False,
) -> None:
    """List messages with their states, queues that wait, and addresses that are stopped or have not
    confirmed. With a number: one message, and everything that it told."""
    from app.alert_words import message_shape, show_message, show_messages, told_shape
    from app.commands.asking import asked_engine
    from app.options import words
    from pipeline.errors import QueryError
    from storage import outbox_lists
    from storage.alerts import read_rule
    from storage.outbox_values import MessageState
    from storage.subscribers import subscribers
    from storage.values import Filter

    states = words(state, MessageState, "state")
    with asked_engine(ctx, Filter()) as engine:
        if which is not None:
            found = outbox_lists.message(engine, which)
            if found is None:
                raise QueryError(f"There is no message {which!r}.", key=which)
            if as_json:
                write_json(message_shape(found[0]) | {"told": [told_shape(hit) for hit in found[1]]})
            else:
                show_message(*found)
            return
        number = read_rule(engine, rule).id if rule is not None else None
        rows = outbox_lists.messages(engine, states=states, rule=number, limit=limit)
        stops, counts = outbox_lists.stops(engine), outbox_lists.counts(engine)
        people = subscribers(engine)
    if as_json:
        write_json(_listed(rows, stops, counts, people))
    else:
        show_messages(rows, stops, counts, people)


def _listed(rows: tuple[MessageRow, ...], stops: Any, counts: Any, people: Any) -> dict[str, Any]:
    from app.alert_words import message_shape, stop_shape, subscriber_shape

    return {
        "states": counts,
        "waiting": [stop_shape(each) for each in stops],
        "addresses": [subscriber_shape(each) for each in people],
        "messages": [message_shape(row) for row in rows],
    }


@app.command("test", short_help="Send a sample to an address.")
def test(
    ctx: typer.Context,
    address: Annotated[str, typer.Argument(metavar="ADDRESS", help="A mail address, or one of a channel.")],
) -> None:
    """Send a sample at once, past the outbox, to see what alerts look like and whether they arrive. When
    the server takes it, a stop of the address is lifted, and what was given up for it is sent after all."""
    from alerts.addresses import masked, parse_addresses
    from alerts.channels import CHANNELS
    from alerts.digest import compose
    from alerts.mail import write_letter
    from alerts.sample import sample
    from storage.engine import open_database
    from storage.outbox import Outbox
    from storage.outbox_lists import release_channel
    from storage.outbox_values import MAIL, Leased, Recipient
    from storage.subscribers import lift_stop

    settings, now = context.settings_of(ctx), context.now()
    house, ways = settings.mail.house, replace(settings.mail.ways, allow_hosts=settings.allow_hosts)
    engine = open_database(settings.database_url.get_secret_value())
    try:
        secret = Outbox(engine).secret()
        for target in parse_addresses(address):
            person = Recipient(address=target.address, channel=target.channel, token="sample")  # noqa: S106
            waiting = sample(person, zone="UTC", now=now)
            (letter,) = compose(waiting, now=now, window=now, names={}, site=house.site)
            message = write_letter(letter, house=house, secret=secret, now=now)
            leased = Leased(
                id=0,
                sort=message.sort,
                channel=message.channel,
                recipient=message.recipient,
                message_id=message.message_id,
                subject=message.subject,
                content=message.content,
                tries=1,
                doubts=0,
            )
            channel = CHANNELS[target.channel](ways)
            try:
                said = channel.send(leased, lambda: None)
            finally:
                channel.close()
            if target.channel == MAIL and not settings.mail.host:
                say(f"No mail server is set ([mail] host), so the sample was written into a file: {said}")
                continue
            release_channel(engine, target.channel)
            again = lift_stop(engine, target.address, now=now)
            more = f" {again} messages that were given up will be sent after all." if again else ""
            say(f"{masked(target.address)}: the sample was taken ({plain(said)}).{more}")
    finally:
        engine.dispose()


@app.command("confirm", short_help="An address wants its alerts.")
def confirm(
    ctx: typer.Context,
    which: Annotated[
        str, typer.Argument(metavar="TOKEN|ADDRESS", help="The token of the message, or the address itself.")
    ],
) -> None:
    """Say that an address wants alerts: by the token that was sent to it, or by the address, when you
    who run this program vouch for it. A stop of the address is lifted."""
    from alerts.addresses import mail_address
    from storage import subscribers
    from storage.engine import open_database

    engine = open_database(context.database_of(ctx))
    try:
        if "@" in which:
            found = subscribers.vouch(engine, mail_address(which), now=context.now())
        else:
            found = subscribers.confirm(engine, which, now=context.now())
    finally:
        engine.dispose()
    say(f"{found.address} gets alerts now.")


@app.command("unsubscribe", short_help="Take an address off a rule.")
def unsubscribe(ctx: typer.Context, token: Token) -> None:
    """Take an address off a rule by the token of its mails: what somebody wishes who answers
    'unsubscribe TOKEN'. Other rules go on sending to it."""
    from storage import subscribers
    from storage.engine import open_database

    engine = open_database(context.database_of(ctx))
    try:
        # People paste the whole subject.
        address, rule = subscribers.unsubscribe(
            engine, token.strip().removeprefix("unsubscribe").strip(), now=context.now()
        )
    finally:
        engine.dispose()
    say(f"{address} gets nothing of the rule {plain(rule)!r} any more.")


@app.command(
    "feed",
    short_help="What a rule found, as a feed.",
    epilog="""\b
Examples:
  detainee-watch alerts feed lima --out /srv/www/lima.xml
  detainee-watch alerts feed lima --out /srv/www/lima.json""",
)
def feed(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="Name or number of a rule.")],
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="FILE", help="Where it goes: .json is a JSON Feed, all else Atom."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="A JSON Feed, whatever the file's name.")] = False,
) -> None:
    """Write what a rule found as an Atom feed or a JSON Feed, the latest hundred. Without --out it goes
    to stdout."""
    from alerts.feeds import MOST, atom, feed_entries, json_feed
    from app.alerting import outlet_names
    from app.commands.asking import asked_engine
    from storage.alerts import latest_hits, read_rule
    from storage.engine import reading
    from storage.outbox_load import load_records
    from storage.values import Filter

    settings = context.settings_of(ctx)
    with asked_engine(ctx, Filter()) as engine:
        rule = read_rule(engine, name)
        with reading(engine) as connection:
            hits = latest_hits(connection, rule.id or 0, limit=MOST)
            records = load_records(connection, hits)
    entries = feed_entries(rule, hits, records=records, names=outlet_names(settings))
    site = settings.mail.site
    home = f"{site}/alerts/{rule.id}" if site else ""
    if as_json or (out is not None and out.suffix.lower() == ".json"):
        content = json_feed(rule, entries, home=home)
    else:
        content = atom(rule, entries, now=context.now(), home=home)
    if out is None:
        write(content.decode())
        return
    # Who reads the file never sees half of it.
    part = out.with_name(out.name + ".part")
    part.write_bytes(content)
    part.replace(out)
    say(f"{plain(str(out))}: {len(entries)} entr{'y' if len(entries) == 1 else 'ies'}.")
