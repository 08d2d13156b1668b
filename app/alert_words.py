"""What came of alerts, in words, tables and shapes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from alerts.addresses import masked
from app.console import draw, plain, say, warn
from storage.outbox_values import MessageState

if TYPE_CHECKING:
    from app.alerting import Summary
    from storage.alert_values import Hit
    from storage.outbox_values import MessageRow, Stop, Subscriber

_SHOWN = 10
"""Delays and notes that are named one by one."""


def summary_lines(summary: Summary) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """(what has to be looked at, what happened), a sentence each."""
    loud = [f"no alert can be sent, the queue waits: {why}" for why in summary.down]
    loud += [f"alerts to {masked(address)} are stopped: the server refuses it" for address in summary.stopped]
    loud += [f"a rule cannot send: {fault}" for fault in summary.faults]
    if summary.failed:
        loud.append(
            f"{_many(summary.failed, 'message')} given up; 'detainee-watch alerts deliveries' says why"
        )
    calm = list(_some(summary.notes))
    parts = []
    if summary.hits:
        parts.append(f"{_many(summary.hits, 'hit')} in {_many(summary.messages, 'message')}")
    if summary.sent or (summary.hits and not summary.down):
        parts.append(f"{summary.sent} sent")
    for number, words in (
        (summary.retry, "to be tried again"),
        (summary.unknown, "perhaps arrived, to be tried again"),
        (summary.failed, "given up"),
    ):
        if number:
            parts.append(f"{number} {words}")
    if parts:
        calm.append("alerts: " + ", ".join(parts) + ".")
    elif not (summary.asked or summary.down or summary.delays):
        calm.append("alerts: nothing is due.")
    if summary.folder:
        calm.append(
            f"No mail server is set ([mail] host), so mails were written into files: {summary.folder}"
        )
    calm += [
        f"{address} is asked to confirm; until then nothing else is sent to it" for address in summary.asked
    ]
    delays = [
        f"{_many(delay.hits, 'hit')} of {plain(delay.rule)!r} wait{'s' if delay.hits == 1 else ''} for: "
        + (f"{delay.why}, {_moment(delay.until)}" if delay.until else plain(delay.why))
        for delay in summary.delays
    ]
    calm += _some(delays)
    return tuple(loud), tuple(calm)


def _some(lines: Sequence[str]) -> tuple[str, ...]:
    more = (f"and {len(lines) - _SHOWN} more",) if len(lines) > _SHOWN else ()
    return (*lines[:_SHOWN], *more)


def show_messages(
    rows: Sequence[MessageRow],
    stops: Sequence[Stop],
    counts: Mapping[MessageState, int],
    people: Sequence[Subscriber],
) -> None:
    """A table of messages; what has to be looked at on stderr."""
    from rich.text import Text

    from app.tables import list_table

    if rows:
        shown = list_table("id", "made", "state", "to", "subject")
        for row in rows:
            text = Text(plain(row.subject))
            text.append(f"\n{_state_words(row)}", style="dim")
            state = Text(row.state.value, style=_STYLES.get(row.state, ""))
            shown.add_row(str(row.id), _moment(row.created), state, masked(row.recipient), text)
        draw(shown)
    for stop in stops:
        warn(f"the queue of {stop.channel} waits since {_moment(stop.since)}: {stop.detail}")
    for one in people:
        if one.stopped is not None:
            warn(f"{one.address} is stopped since {_moment(one.stopped)}: {one.detail}")
        elif one.state == "waiting" and one.asked is not None:
            say(f"{one.address} has not confirmed, asked {_moment(one.asked)}.")
    total = sum(counts.values())
    words = ", ".join(f"{number} {state.value}" for state, number in counts.items() if number)
    say(f"{_many(total, 'message')}: {words}." if total else "There are no messages yet.")


def show_message(row: MessageRow, told: Sequence[Hit]) -> None:
    """One message with all that it told."""
    from rich.text import Text

    draw(Text(plain(row.subject), style="bold"))
    for name, value in (
        ("to", masked(row.recipient)),
        ("rule", plain(row.rule or "-")),
        ("state", f"{row.state.value}: {_state_words(row)}"),
        ("made", _moment(row.created)),
        ("Message-ID", row.message_id),
    ):
        draw(Text(f"{name:<12}{value}"))
    for hit in told:
        draw(Text(""))
        draw(Text(plain(hit.title) or "(without a title)", style="bold"))
        note = f" · {plain(hit.note)}" if hit.note else ""
        draw(Text(f"  {plain(hit.source)}{note}"))
        draw(Text(f"  {plain(hit.url)}", style="dim"))


_STYLES = {MessageState.FAILED: "bold red", MessageState.UNKNOWN: "yellow", MessageState.RETRY: "yellow"}


def _state_words(row: MessageRow) -> str:
    parts = [_many(row.hits, "hit")] if row.hits else [row.sort.value]
    if row.rule:
        parts.append(plain(row.rule))
    match row.state:
        case MessageState.SENT:
            parts.append(f"sent {_moment(row.ended)}")
        case MessageState.RETRY | MessageState.UNKNOWN | MessageState.PENDING:
            parts.append(f"due {_moment(row.due)}")
        case MessageState.FAILED | MessageState.SENDING:
            pass
    if row.tries > 1:
        parts.append(f"{row.tries} tries")
    if row.doubts:
        parts.append("may have arrived twice" if row.state is MessageState.SENT else "may have arrived")
    if row.detail and row.state is not MessageState.SENT:
        parts.append(plain(row.detail))
    return " · ".join(parts)


def _many(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def _moment(at: datetime | None) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC" if at else "-"


def summary_shape(summary: Summary) -> dict[str, Any]:
    """The whole summary; addresses of channels masked."""
    return asdict(summary) | {"stopped": [masked(address) for address in summary.stopped]}


def message_shape(row: MessageRow) -> dict[str, Any]:
    return asdict(row) | {"recipient": masked(row.recipient)}


def told_shape(hit: Hit) -> dict[str, Any]:
    return {
        "key": hit.key,
        "sort": hit.sort.value,
        "title": hit.title,
        "url": hit.url,
        "source": hit.source,
        "published": hit.published,
        "case": hit.case_id,
        "stage": hit.stage.value if hit.stage else None,
        "note": hit.note,
        "found": hit.found,
    }


def stop_shape(stop: Stop) -> dict[str, Any]:
    return asdict(stop)


def subscriber_shape(one: Subscriber) -> dict[str, Any]:
    """Without the token: whoever has it may confirm."""
    found = asdict(one)
    del found["token"]
    return found
