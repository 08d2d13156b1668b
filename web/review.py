"""Review: one article after another, most in doubt first, by keys or by buttons; and cases put right."""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from pipeline.corrections import CHOICES, FIELDS, Value, as_fields, written
from pipeline.errors import QueryError
from storage import marks, queries
from storage.cells import json_text
from storage.mark_lists import record_marks_of
from storage.review import Waiting
from storage.review_draws import count_strata
from storage.review_sums import labelled, read_sums
from storage.verdicts import read_verdict
from web import acts
from web.access import Role, who_of
from web.answers import missing, site_of
from web.forms import Form, changing, fresh, looking, number_of, onward
from web.marked import marked

AT_ONCE = 40
SAYS = {
    "accept": "accepted",
    "reject": "rejected",
    "clear": "no longer judged by you",
    "correct": "corrected",
    "add": "added",
    "remove": "removed",
    "restore": "as the program reads it again",
    "undo": "as it was before your last step",
}


def review(request: Request) -> Response:
    """What is to be judged next, or the article that is named."""
    site = site_of(request)
    given = request.query_params.get("article", "")
    after = _after(request.query_params.get("after", ""))
    queue = acts.waiting(site, limit=AT_ONCE + after)
    if given:
        number = int(given) if given.isascii() and given.isdigit() and len(given) < 18 else 0
        each = _named(request, number)
        if each is None:
            return missing(request, "article")
        rest = [other for other in queue if other.article_id != number]
    else:
        each = queue[after] if after < len(queue) else None
        rest = list(queue[after + 1 :])
    article = records = text = None
    if each is not None and each.article_id is not None:
        article = queries.read_article(site.engine, each.article_id)
        verdict = read_verdict(site.engine, each.article_id)
        records = queries.records_of(site.engine, each.article_id)
        if article is not None and verdict is not None:
            evidence = [row.record.evidence for row in records]
            text = marked(article.text, evidence, verdict.assessment.reasons)
    return fresh(
        request,
        "review.html",
        each=each,
        article=article,
        text=text,
        records=[(row, _written(as_fields(row.record))) for row in records or ()],
        touched=record_marks_of(site.engine, each.article_id) if each and each.article_id else {},
        rest=rest[:8],
        waiting=len(queue) - (0 if given else after),
        more=len(queue) >= AT_ONCE,
        after=after,
        named=bool(given),
        sums=read_sums(site.engine, strata=site.memory.get("strata", lambda: count_strata(site.engine))),
        fields=FIELDS,
        choices=CHOICES,
        empty=dict.fromkeys(FIELDS, ""),
        by=who_of(request).name,
    )


def _named(request: Request, number: int) -> Waiting | None:
    stored = queries.read_article(site_of(request).engine, number)
    if stored is None:
        return None
    return Waiting(
        article_id=stored.id,
        key="",
        url=stored.url,
        title=stored.title,
        source=stored.source,
        language=stored.language,
        published=stored.published,
        relevant=stored.relevant,
        score=None,
        doubt=0.0,
        why=(),
    )


def _written(fields: Mapping[str, Value]) -> dict[str, str]:
    return {name: written(value) for name, value in fields.items()}


def _after(given: str) -> int:
    """How many were skipped."""
    return min(int(given), 2_000) if re.fullmatch(r"\d{1,5}", given, re.ASCII) else 0


def mark(request: Request, form: Form) -> Response:
    said = {"accept": True, "reject": False, "clear": None}
    verdict = form.get("verdict", "")
    if verdict not in said:
        raise QueryError("Say accept, reject or clear.", key="verdict")
    which: int | str = number_of(form, "article") if form.get("article") else form.get("key", "")
    return _onward(form, acts.judge(site_of(request), who_of(request), which, said[verdict]))


def undo(request: Request, form: Form) -> Response:
    done = acts.undo(site_of(request), who_of(request))
    if done is None:
        return onward(_back(form), "There is nothing to take back.")
    address = f"/review?article={done.article_id}" if done.article_id is not None else "/review"
    return onward(address, _sentence(done))


def record(request: Request, form: Form) -> Response:
    """Corrects, removes or restores a record; of the fields only those that are different count."""
    site, who, number = site_of(request), who_of(request), number_of(form, "record")
    match form.get("act"):
        case "remove":
            done: marks.Reviewed | None = acts.remove_record(site, who, number)
        case "restore":
            done = acts.restore_record(site, who, number)
        case _:
            done = acts.correct(site, who, number, form)
    return onward(_back(form), "Nothing is different.") if done is None else _onward(form, done)


def add(request: Request, form: Form) -> Response:
    article = number_of(form, "article")
    return _onward(form, acts.add_record(site_of(request), who_of(request), article, form))


def merge(request: Request, form: Form) -> Response:
    one, other = request.path_params["number"], number_of(form, "other")
    remains = acts.merge(site_of(request), one, other)
    return onward(f"/cases/{remains}", f"Case {other} is a part of case {remains} now.")


def split(request: Request, form: Form) -> Response:
    given = [word for word in form.get("record", "").split(",") if word]
    numbers = [number_of({"record": word}, "record") for word in given]
    case: int = request.path_params["number"]
    new = acts.split(site_of(request), case, numbers)
    return onward(f"/cases/{new}", f"This is a case of its own now; the rest stays case {case}.")


def _onward(form: Form, done: marks.Reviewed) -> Response:
    return onward(_back(form), _sentence(done))


def _back(form: Form) -> str:
    """The page that comes next: the article that was at hand, or the next of the queue."""
    if (article := form.get("back", "")).isdigit() and article.isascii():
        return f"/review?article={article[:18]}"
    after = _after(form.get("after", ""))
    return f"/review?{urlencode({'after': after})}" if after else "/review"


def _sentence(done: marks.Reviewed) -> str:
    what = f"Record {done.record_id}" if done.record_id is not None else f"“{done.title[:120]}”"
    stands = "It is in the lists." if done.relevant else "It is in no list."
    if done.again:
        stands = "The next crawl fetches it again, for its text is not kept."
    return f"{what} is {SAYS[done.action]}. {stands}"


def labels(request: Request) -> Response:
    """What was judged as labelled data, a line of JSON each; see labelled."""
    engine = site_of(request).engine
    lines = (json_text(each).encode("utf-8", "backslashreplace") + b"\n" for each in labelled(engine))
    headers = {"Content-Disposition": 'attachment; filename="labels.jsonl"'}
    return StreamingResponse(lines, media_type="application/x-ndjson", headers=headers)


ROUTES = [
    looking("/review/labels.jsonl", labels, Role.REVIEWER),
    looking("/review", review, Role.REVIEWER),
    changing("/review/mark", mark, Role.REVIEWER),
    changing("/review/undo", undo, Role.REVIEWER),
    changing("/review/record", record, Role.REVIEWER),
    changing("/review/add", add, Role.REVIEWER),
    changing("/cases/{number:int}/merge", merge, Role.REVIEWER),
    changing("/cases/{number:int}/split", split, Role.REVIEWER),
]
