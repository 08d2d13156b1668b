"""An explanation on the screen. Without colour the marks are in brackets."""

from __future__ import annotations

from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from app.console import draw, out, plain, write
from app.explain_pieces import LEGEND, paragraphs, verdict_line
from app.tables import facts, held
from pipeline.explain import Explanation, Field, Option, RecordWhy
from pipeline.marks import Sort

REASONS = 10
STYLES: dict[Sort, str] = {
    Sort.PEOPLE: "bold black on bright_yellow",
    Sort.CUSTODY: "bold white on blue",
    Sort.DRUG: "bold white on magenta",
    Sort.WEIGHT: "bold magenta",
    Sort.TERM: "bold blue",
    Sort.SHARE: "bold cyan",
    Sort.PLACE: "bold green",
    Sort.DATE: "cyan",
    Sort.OTHER: "red",
    Sort.TRAP: "red italic",
    Sort.ATTRIBUTE: "yellow",
}


def show_explanation(name: str, explained: Explanation) -> None:
    """All of it, from the verdict to the last field."""
    article = explained.article
    draw(Text(plain(name), style="bold"))
    date = article.published.date().isoformat() if article.published else "no date"
    outlet = f" · outlet of {article.outlet_country}" if article.outlet_country else ""
    _in(Text(f"{article.language} · {date}{outlet} · {len(article.text):,} characters"))
    _in(Text(verdict_line(explained), style="bold green" if explained.relevant else "bold"))
    _heading("The text as it is seen")
    _show_text(explained)
    _heading("What spoke for (+) and against (-) the verdict")
    for reason in explained.reasons[:REASONS]:
        line = Text(f"{reason.weight:+6.2f}  ", style="green" if reason.weight > 0 else "red")
        line.append(reason.says, style="default")
        _in(line)
    if explained.nations:
        chances = ", ".join(f"{code} {chance:.2f}" for code, chance in explained.nations[:6])
        _in(Text(f"How surely each nationality is held for drugs abroad: {chances}.", style="dim"))
    _heading("Records" if explained.relevant else "Records that would have been made")
    if not explained.records:
        _in(Text("None: no phrase names people who may be held abroad."))
    for number, each in enumerate(explained.records, 1):
        _show_record(number, each)


def _heading(text: str) -> None:
    write("\n")
    draw(Text(text, style="bold underline"))


def _in(what: Text | Table) -> None:
    draw(Padding(what, (0, 0, 0, 2), expand=isinstance(what, Table)))


def _show_text(explained: Explanation) -> None:
    coloured = out().is_terminal and not out().no_color
    seen: dict[Sort, None] = {}
    for sentences in paragraphs(explained):
        line = Text()
        for sentence in sentences:
            line.append(f"{sentence.number} ", style="dim")
            for piece in sentence.pieces:
                text = piece.text.replace("\n", " ")
                if piece.mark is None:
                    line.append(_clean(text))
                    continue
                seen.setdefault(piece.mark.sort)
                if coloured:
                    line.append(_clean(text), style=STYLES[piece.mark.sort])
                    note = f"‹{piece.mark.note}›" if piece.mark.note else ""
                else:
                    line.append(f"[{_clean(text)}]")
                    note = f"‹{', '.join(filter(None, (piece.mark.sort.value, piece.mark.note)))}›"
                line.append(note, style="dim")
            for record in sentence.records:
                line.append(f" → record {record}", style="bold green")
            line.append(" ")
        _in(line)
    if coloured and seen:
        legend = Text("  ").join(
            Text(f" {LEGEND[sort]} ", style=STYLES[sort]) for sort in Sort if sort in seen
        )
        write("\n")
        _in(legend)


def _clean(text: str) -> str:
    """plain() with the spaces at both ends, which stand between two pieces."""
    body = plain(text)
    if not body:
        return " " if text else ""
    return (" " if text[:1].isspace() else "") + body + (" " if text[-1:].isspace() else "")


def _show_record(number: int, why: RecordWhy) -> None:
    record = why.record
    head = Text(f"{number}. {held(record)}", style="bold")
    head.append(f"  {facts(record)}", style="not bold")
    _in(head)
    _in(Text(f"“{plain(record.evidence.text)}”", style="italic"))
    _in(Text("made of: " + ", ".join(f"“{plain(each)}”" for each in why.phrases), style="dim"))
    table = Table(box=None, pad_edge=False, expand=True, header_style="bold", padding=(0, 2, 0, 0))
    table.add_column("field", no_wrap=True)
    table.add_column("value", overflow="fold", max_width=24)
    table.add_column("why, and what else it could have been", ratio=1, overflow="fold")
    for field in why.fields:
        table.add_row(field.name, plain(field.value), _reasons(field))
    _in(table)
    write("\n")


def _reasons(field: Field) -> Text:
    text = Text(field.why)
    for option in field.options:
        if not option.chosen and (option.share < 0.03 or (field.name == "drugs" and option.share < 0.2)):
            continue
        if text:
            text.append("\n")
        _add_option(text, option)
    if not text:
        # What stands was no candidate by itself, and no other is worth a line.
        text.append("nothing else came near")
    return text


def _add_option(text: Text, option: Option) -> None:
    style = "" if option.chosen else "dim"
    text.append(f"{option.share:4.0%} {plain(option.value)}", style="bold" if option.chosen else style)
    if option.signals:
        says = "; ".join(
            f"{each.says} ({each.weight:+.1f})" for each in option.signals[: 3 if option.chosen else 2]
        )
        text.append(f": {says}", style=style)
