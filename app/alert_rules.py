"""Rules and what they found, in tables and shapes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from app.console import draw, plain, say
from storage.alert_values import EVERYTHING, Hit, Rhythm, Rule

if TYPE_CHECKING:
    from rich.text import Text

Counts = tuple[int, int, datetime | None]


def rule_shape(rule: Rule, counts: Counts | None) -> dict[str, Any]:
    """A rule as JSON. Of the address of a channel only the kind is shown."""
    from alerts.rules import given_of, shown_address

    total, unsent, last = counts or (0, 0, None)
    return (
        {"id": rule.id}
        | given_of(rule)
        | {
            "to": shown_address(rule.address),
            "state": rule.state.value,
            "detail": rule.detail,
            "created": rule.created,
            "changed": rule.changed,
            "fault": fault_of(rule),
            "hits": total,
            "unsent": unsent,
            "last_found": last,
        }
    )


def hit_shape(hit: Hit) -> dict[str, Any]:
    """A hit as JSON; marks are [start, end] in the title and in the excerpt."""
    matched = hit.matched
    return {
        "id": hit.id,
        "key": hit.key,
        "sort": hit.sort.value,
        "found": hit.found,
        "sent": hit.message_id is not None,
        "note": hit.note,
        "article": hit.article_id,
        "case": hit.case_id,
        "stage": hit.stage.value if hit.stage else None,
        "url": hit.url,
        "title": hit.title,
        "source": hit.source,
        "language": hit.language,
        "published": hit.published,
        "excerpt": hit.excerpt,
        "words": list(matched.words),
        "facts": list(matched.facts),
        "records": list(matched.records),
        "title_marks": [list(mark) for mark in matched.title],
        "excerpt_marks": [list(mark) for mark in matched.excerpt],
    }


def fault_of(rule: Rule) -> str:
    """Why the rule looks at nothing, where its query is not understood; else ''."""
    from alerts.query import parse
    from pipeline.errors import QueryError

    try:
        parse(rule.query)
    except QueryError as error:
        return str(error)
    return ""


def when(rule: Rule) -> str:
    """When it sends: "daily at 8:00, America/Lima, not 22:00–07:00 nor on Sat, Sun"."""
    from alerts.rules import DAYS

    words: str = rule.rhythm.value
    if rule.rhythm is Rhythm.WEEKLY:
        words += f" on {DAYS[rule.weekday].capitalize()}"
    if rule.rhythm in (Rhythm.DAILY, Rhythm.WEEKLY):
        words += f" at {rule.hour}:00"
    quiet = [f"{rule.quiet_from}–{rule.quiet_until}"] if rule.quiet_from else []
    if rule.quiet_days:
        quiet.append("on " + ", ".join(DAYS[day][:3].capitalize() for day in rule.quiet_days))
    return f"{words}, {rule.zone}" + (f", not {' nor '.join(quiet)}" if quiet else "")


def show_rules(rules: Sequence[Rule], counts: Mapping[int, Counts]) -> None:
    """One row a rule."""
    from rich.text import Text

    from alerts.rules import shown_address
    from app.tables import list_table

    table = list_table("id", "state", "found", "rule")
    for rule in rules:
        total, unsent, last = counts.get(rule.id or 0, (0, 0, None))
        text = Text(plain(rule.name), style="bold")
        text.append(f"\n{plain(rule.query)}", style="not bold")
        if rule.scope == EVERYTHING:
            text.append("  (looks at everything)", style="not bold dim")
        text.append(f"\n{when(rule)} → {plain(shown_address(rule.address))}", style="not bold dim")
        if fault_of(rule):
            text.append("\nits query is not understood any more: it looks at nothing", style="not bold red")
        found = f"{total:,}" + (f"\n{unsent:,} unsent" if unsent else "")
        found += f"\n{last.date().isoformat()}" if last else ""
        table.add_row(str(rule.id), rule.state.value, found, text)
    draw(table)


def show_rule(rule: Rule, counts: Counts | None, hits: Sequence[Hit]) -> None:
    """All about a rule."""
    show_rules([rule], {rule.id or 0: counts} if counts else {})
    if fault := fault_of(rule):
        say(fault)
    if rule.detail:
        say(rule.detail)
    if hits:
        say(f"\nFound, latest first{'' if len(hits) < 2 else f' ({len(hits)})'}:")
        show_hits(hits)
    else:
        say("It has found nothing yet.")


def show_hits(hits: Sequence[Hit]) -> None:
    """Hits with the words that matched marked."""

    from app.tables import list_table

    table = list_table("date", "source", "what and sentence")
    for hit in hits:
        text = marked(hit.title or "(without a title)", hit.matched.title if hit.title else (), "bold")
        if hit.note:
            text.append(f"\n{plain(hit.note)}", style="yellow")
        text.append("\n“")
        text.append_text(marked(hit.excerpt, hit.matched.excerpt, "italic"))
        text.append("”")
        told = [f"case {hit.case_id}" if hit.case_id else "", hit.stage.value if hit.stage else ""]
        told += [" ".join(hit.matched.facts)]
        if words := [each for each in told if each]:
            text.append("\n" + plain(" · ".join(words)), style="dim")
        if hit.url:
            text.append(f"\n{plain(hit.url)}", style="dim")
        day = hit.published.date().isoformat() if hit.published else "-"
        table.add_row(day, f"{plain(hit.source) or '-'} ({hit.language})", text)
    draw(table)


def marked(text: str, marks: Sequence[tuple[int, int]], style: str) -> Text:
    """The text with its marks: in colour on a terminal, and always between » and «."""
    from rich.text import Text

    out = Text(style=style)
    at = 0
    for start, end in marks:
        out.append(_line(text[at:start]))
        out.append(f"»{_line(text[start:end])}«", style="bold yellow")
        at = end
    out.append(_line(text[at:]))
    return out


def _line(text: str) -> str:
    """A piece of a line, harmless, with the spaces at its ends."""
    inner = plain(text)
    if not inner:
        return " " if text else ""
    return f"{' ' if text[0].isspace() else ''}{inner}{' ' if text[-1].isspace() else ''}"
