"""Tables for people: as wide as the terminal, with the sentence in them, readable without colour."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from rich.padding import Padding
from rich.style import Style
from rich.table import Table
from rich.text import Text

from app.console import draw, plain, write
from pipeline.signal_words import describe
from pipeline.types import Extracted, Irrelevant, Outcome, Record
from pipeline.vocabulary import Bound, Kind

if TYPE_CHECKING:
    from storage.values import ArticleRow, RecordRow

_BOUND = {Bound.EXACT: "", Bound.ABOUT: "~", Bound.AT_LEAST: "≥", Bound.AT_MOST: "≤"}


def held(record: Record) -> str:
    """Who is held where: "2 NL in PE"."""
    number = "?" if record.count is None else f"{_BOUND[record.bound]}{record.count:,}"
    average = f" a {record.per.value}" if record.per else ""
    return f"{number} {record.nationality} in {record.country}{average}"


def facts(record: Record) -> str:
    """The rest of a record in few words: "arrested · cocaine 12 kg · 9 years · Lima · 2026-03"."""
    drugs = ", ".join(drug.value for drug in record.drugs)
    if record.quantity_kg is not None:
        drugs = f"{drugs} {record.quantity_kg:g} kg".strip()
    sentence = record.sentence
    term = f"{sentence:g} years" if isinstance(sentence, int | float) else sentence
    share = f"{record.drug_share:g} % for drugs" if record.drug_share is not None else None
    stage = record.stage.value.replace("_", " ")
    if record.kind is not Kind.EVENT:
        stage = f"{stage} ({record.kind.value})"
    parts = (stage, drugs, term, share, plain(record.place or ""), record.when)
    return " · ".join(part for part in parts if part)


def show_records(rows: Sequence[RecordRow]) -> None:
    """One row a record, newest first or as it was asked for."""
    table = list_table("id", "date", "held", "what and sentence")
    for row in rows:
        text = Text(facts(row.record))
        text.append(f"\n“{plain(row.record.evidence.text)}”", style="italic")
        _add_origin(text, row.source, row.url)
        table.add_row(str(row.id), _day(row.published, row.first_seen), held(row.record), text)
    draw(table)


def show_articles(rows: Sequence[ArticleRow]) -> None:
    """One row an article with its records below its title."""
    table = list_table("id", "date", "source", "article")
    for row in rows:
        # Of an article whose text was taken away, what its records say takes the title's place.
        text = Text(plain(row.title) or ("" if row.records else "(without a title)"), style="bold")
        if row.revision:
            text.append(f"  (corrected by the outlet, {row.revision}×)", style="not bold yellow")
        for each in row.records:
            line = f"{held(each.record)}: {facts(each.record)}"
            text.append(f"\n{line}" if text else line, style="not bold")
        if row.records:
            text.append(f"\n“{plain(row.records[0].record.evidence.text)}”", style="not bold italic")
        _add_origin(text, "", row.url)
        origin = f"{plain(row.source) or '-'} ({row.language})"
        table.add_row(str(row.id), _day(row.published, row.first_seen), origin, text)
    draw(table)


def show_reading(name: str, outcome: Outcome) -> None:
    """The verdict on one page, its reasons and its records."""
    assert isinstance(outcome, Irrelevant | Extracted)
    article, verdict = outcome.article, outcome.assessment
    date = article.published.date().isoformat() if article.published else "no date"
    word = "relevant" if verdict.relevant else "not relevant"
    draw(Text(plain(name), style="bold"))
    _draw_in(Text(plain(article.title) or "(without a title)"))
    _draw_in(Text(f"{article.language} · {date} · {len(article.text):,} characters"))
    _draw_in(Text(f"{word} ({verdict.score:.2f})", style="bold green" if verdict.relevant else ""))
    who = next((plain(reason.span.text) for reason in verdict.reasons if reason.span), "")
    if who:
        _draw_in(Text(f"  “they” are “{who}”", style="dim"))
    for reason in verdict.reasons[:5]:
        weight = f"{reason.weight:+.2f}  " if reason.weight else ""
        _draw_in(Text(f"  {weight}{describe('verdict', reason.rule)}", style="dim"))
    if isinstance(outcome, Extracted):
        table = list_table("held", "what and sentence")
        for record in outcome.records:
            text = Text(facts(record))
            text.append(f"\n“{plain(record.evidence.text)}”", style="italic")
            table.add_row(held(record), text)
        _draw_in(table)
    write("\n")


def _draw_in(what: Text | Table) -> None:
    """Two columns to the right."""
    draw(Padding(what, (0, 0, 0, 2), expand=isinstance(what, Table)))


def list_table(*columns: str) -> Table:
    """Columns that keep their width, but for the last, which takes what is left and wraps."""
    table = Table(box=None, pad_edge=False, expand=True, header_style="bold", padding=(0, 2, 0, 0))
    for name in columns[:-1]:
        table.add_column(name, no_wrap=name in ("id", "date", "held", "made", "state"), overflow="fold")
    table.add_column(columns[-1], ratio=1, overflow="fold")
    return table


def _day(published: datetime | None, first_seen: datetime) -> str:
    """The day of publication; in brackets, where that is not known, the day on which it was stored."""
    return published.date().isoformat() if published else f"({first_seen.date().isoformat()})"


def _add_origin(text: Text, source: str, url: str) -> None:
    """The source and the address on a line of their own; the address can be clicked where it wraps."""
    source, url = plain(source), plain(url)
    if source or url:
        text.append("\n" + (f"{source} · " if source and url else source), style="not bold dim")
        # A style takes the link as a value, so that nothing in an address is read as a style.
        text.append(url, style=Style(dim=True, bold=False, link=url or None))
