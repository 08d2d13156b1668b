"""Cases for people: a list, and one case with all that is known of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from app.console import out, plain
from app.tables import held
from storage.case_shapes import case_shape

if TYPE_CHECKING:
    from storage.values import CaseRow


def show_cases(cases: Sequence[CaseRow]) -> None:
    """One row a case, the latest heard of first or as it was asked for."""
    table = Table(box=None, pad_edge=False, expand=True, header_style="bold", padding=(0, 2, 0, 0))
    for name in ("id", "from", "to", "held"):
        table.add_column(name, no_wrap=True)
    table.add_column("what and latest sentence", ratio=1, overflow="fold")
    for case in cases:
        last = case.reports[-1]
        articles = len({report.article_id for report in case.reports})
        text = Text(_facts(case))
        text.append(f"\n“{plain(last.records[0].record.evidence.text)}”", style="italic")
        origin = " · ".join(part for part in (plain(last.source), plain(last.url)) if part)
        more = f" and {articles - 1} more" if articles > 1 else ""
        text.append(f"\n{origin}{more}" if origin else more, style="dim")
        table.add_row(
            str(case.id),
            case.first_seen.date().isoformat(),
            case.last_seen.date().isoformat(),
            _whom(case),
            text,
        )
    out().print(table)


def show_case(case: CaseRow) -> None:
    """The case in sum, its stages, its reports with their sentences, and where they disagree."""
    console = out()
    shape = case_shape(case)
    console.print(Text(f"Case {case.id}: {_whom(case)}", style="bold"))
    console.print(Padding(Text(_facts(case)), (0, 0, 0, 2)))
    if case.merged:
        console.print(Padding(Text(f"also number {', '.join(map(str, case.merged))}"), (0, 0, 0, 2)))
    console.print(Text("\nStages", style="bold"))
    for step in shape["stages"]:
        when = step["when"] or (f"reported {step['published'].date()}" if step["published"] else "no date")
        line = f"{step['stage'].replace('_', ' '):<12} {when:<22} {plain(step['outlet'] or step['url'])}"
        console.print(Padding(Text(line.rstrip()), (0, 0, 0, 2)))
    console.print(Text("\nReports", style="bold"))
    for report in case.reports:
        day = report.published.date().isoformat() if report.published else "no date"
        hand = "  (put here by hand)" if report.by_hand else ""
        head = (
            f"{day}  {plain(report.source) or '-'} ({report.language})  {plain(report.title)}{hand}".rstrip()
        )
        console.print(Padding(Text(head), (0, 0, 0, 2)))
        for each in report.records:
            text = Text(f"record {each.id}: {held(each.record)}, {each.record.stage.value.replace('_', ' ')}")
            text.append(f"\n“{plain(each.record.evidence.text)}”", style="italic")
            console.print(Padding(text, (0, 0, 0, 6)))
        if report.url:
            console.print(Padding(Text(plain(report.url), style="dim"), (0, 0, 0, 6)))
    if shape["disagreements"]:
        console.print(Text("\nDisagreements", style="bold"))
        for each in shape["disagreements"]:
            who = plain(each["outlet"] or each["url"]) or "a report"
            line = f"{each['field']}: {who} says {each['value']}, not {each['stands']}"
            console.print(Padding(Text(line), (0, 0, 0, 2)))


def _whom(case: CaseRow) -> str:
    """Who is held where: "2 NL, 1 BE in PE"."""
    people = (f"{'?' if count is None else count} {who}" for who, count in case.sums.people.items())
    return f"{', '.join(people)} in {case.country}"


def _facts(case: CaseRow) -> str:
    sums = case.sums
    drugs = ", ".join(drug.value for drug in sums.drugs)
    if sums.quantity_kg is not None:
        drugs = f"{drugs} {sums.quantity_kg:g} kg".strip()
    term = f"{sums.sentence:g} years" if isinstance(sums.sentence, int | float) else sums.sentence
    parts = (sums.stage.value.replace("_", " "), drugs, term, plain(sums.place or ""), sums.when)
    return " · ".join(part for part in parts if part)
