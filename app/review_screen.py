"""Reviews as a terminal shows them: the queue, one article on a screen, the sums."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from rich.console import Group
from rich.text import Text

from app.console import draw, plain
from app.tables import facts, held, list_table

if TYPE_CHECKING:
    from pipeline.estimates import Share
    from storage.marks import Reviewed
    from storage.review import Waiting
    from storage.review_sums import Sums
    from storage.values import RecordRow, StoredArticle

ACTIONS = {
    "accept": "accepted",
    "reject": "rejected",
    "clear": "no longer judged by you",
    "correct": "corrected",
    "add": "added",
    "remove": "removed",
    "restore": "as the program reads it again",
    "undo": "as before your last step",
}
KEYS = "a accept · r reject · e edit · t whole text · s skip · u undo · q quit"


def told(done: Reviewed) -> str:
    """What a step did, in a sentence."""
    what = f"Article {done.article_id}" if done.article_id is not None else "The page"
    if done.record_id is not None:
        what = f"Record {done.record_id} of article {done.article_id}"
    title = f" “{plain(done.title)}”" if done.title else ""
    sentence = f"{what} is {ACTIONS[done.action]}:{title}" if title else f"{what} is {ACTIONS[done.action]}"
    stands = "It is in the lists." if done.relevant else "It is in no list."
    if done.again:
        stands = "Its text is not kept; the next crawl fetches it again."
    return f"{sentence}. {stands}"


def show_queue(found: Sequence[Waiting]) -> None:
    """One row for each that waits."""
    table = list_table("id", "date", "stands", "article and why it is asked")
    for each in found:
        text = Text(plain(each.title) or "(without a title)", style="bold")
        if each.why:
            text.append(f"\n{'; '.join(each.why)}", style="not bold")
        origin = " · ".join(
            part
            for part in (plain(each.source), plain(each.url or (each.key if each.article_id is None else "")))
            if part
        )
        if origin:
            text.append(f"\n{origin}", style="not bold dim")
        day = each.published.date().isoformat() if each.published else "no date"
        number = str(each.article_id) if each.article_id is not None else "-"
        table.add_row(number, day, "shown" if each.relevant else "not shown", text)
    draw(table)


def screen(
    each: Waiting,
    article: StoredArticle | None,
    records: Sequence[RecordRow],
    *,
    place: str,
    height: int,
    width: int,
    whole: bool,
) -> Group:
    """One article: where it is from, why it is asked, its records, and the sentences that say it."""
    origin = " · ".join(
        part
        for part in (
            plain(each.source) or "handed in",
            each.published.date().isoformat() if each.published else "no date",
            each.language,
            "shown" if each.relevant else "not shown",
            f"score {each.score:.2f}" if each.score is not None else "",
            place,
        )
        if part
    )
    parts: list[Any] = [Text(plain(each.title) or "(without a title)", style="bold"), Text(origin)]
    if each.url:
        parts.append(Text(plain(each.url), style="dim"))
    if each.why:
        parts.append(Text("Asked because: " + "; ".join(each.why), style="yellow"))
    parts.append(Text(""))
    for number, row in enumerate(records, 1):
        line = Text(f"{number}  ", style="bold")
        line.append(f"{held(row.record)}: {facts(row.record)}", style="not bold")
        line.append(f"  (record {row.id})", style="not bold dim")
        parts.append(line)
    if article is None:
        parts.append(Text("The text is not kept. Read it at its address, then say what it is."))
    elif not records:
        parts.append(Text("No record.", style="dim"))
    parts.append(Text(""))
    if article is not None and article.text:
        room = max(6, height - len(parts) - 6) * max(20, width - 2)
        parts.append(_text(article, records, room=None if whole else room))
    return Group(*parts)


def _text(article: StoredArticle, records: Sequence[RecordRow], *, room: int | None) -> Text:
    """The text with the sentences of the records marked; cut to ``room`` characters around them."""
    spans = sorted(
        {(row.record.evidence.start, row.record.evidence.end) for row in records if row.record.evidence.end}
    )
    whole = article.text
    start = len(article.title) + 1 if article.title and whole.startswith(article.title) else 0
    end = len(whole)
    if room is not None and end - start > room:
        inside = [span for span in spans if span[0] >= start]
        if inside:
            start = max(start, min(inside[0][0] - room // 4, end - room))
        end = min(end, start + room)
    out = Text("" if start <= len(article.title) + 1 else "… ")
    at = start
    for first, last in spans:
        first, last = max(first, at), min(last, end)
        if first >= last:
            continue
        out.append(_lines(whole[at:first]))
        out.append(_lines(whole[first:last]), style="reverse")
        at = last
    out.append(_lines(whole[at:end]))
    if end < len(whole):
        out.append(" …")
    return out


def _lines(text: str) -> str:
    return "\n".join((" " if line[:1] == " " else "") + plain(line) + (" " if line[-1:] == " " else "")
                     for line in text.split("\n"))  # fmt: skip


def show_sums(sums: Sums) -> None:
    """What was judged, and what follows from it."""
    table = list_table("what", "share", "between", "how it is known")
    rows: tuple[tuple[str, Share | None, str], ...] = (
        ("precision", sums.precision, "of the articles that are shown, those that are right"),
        ("recall", sums.recall, "of all that should be shown, those that are"),
        ("missed", sums.missed, "of the pages that are not shown, those that should be"),
        ("records right", sums.record_precision, "of the records of drawn articles, those nobody changed"),
    )
    for name, share, means in rows:
        if share is None:
            table.add_row(name, "?", "", f"{means}: nothing drawn at random was judged yet")
        else:
            between = f"{share.low:.1%} to {share.high:.1%}"
            table.add_row(name, f"{share.value:.1%}", between, f"{means}: {share.answers:,} judged")
    draw(table)
    judged = sums.accepted + sums.rejected
    lines = [
        f"{judged:,} judged: {sums.accepted:,} accepted, {sums.rejected:,} rejected; of {sums.turned:,} a "
        "person says otherwise than the program.",
        f"Records: {sums.corrected:,} corrected, {sums.added:,} added, {sums.removed:,} removed.",
    ]
    if sums.fields:
        lines.append("Fields: " + ", ".join(f"{name} {number:,}" for name, number in sums.fields.items()))
    drawn = " and ".join(
        f"{sums.drawn.get(stratum, 0):,} of {total:,} {words}"
        for stratum, total, words in (("shown", sums.shown, "shown"), ("hidden", sums.hidden, "not shown"))
    )
    lines.append(f"Drawn at random: {drawn}.")
    if sums.people:
        lines.append("By: " + ", ".join(f"{plain(name)} {number:,}" for name, number in sums.people.items()))
    draw(Text("\n" + "\n".join(lines)))
