"""Review by the API: what waits, what a person says, what stands then."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pipeline.corrections import FIELDS, as_fields, read_field, written
from pipeline.errors import QueryError
from storage import marks, queries
from storage.mark_lists import record_marks_of
from storage.shapes import record_row_shape, waiting_shape
from storage.values import StoredArticle
from web import acts
from web.bodies import Body, Field
from web.operations import Asked, Made, Operation
from web.parameters import FILTERS, number
from web.record_fields import CORRECTION, RECORD
from web.tokens import Scope

MOST = 200
LANG = next(each for each in FILTERS if each.name == "lang")
SOURCE = next(each for each in FILTERS if each.name == "source")


def _queue(asked: Asked) -> dict[str, Any]:
    found = acts.waiting(
        asked.site,
        limit=asked.values["limit"],
        languages=asked.values["lang"],
        sources=asked.values["source"],
    )
    return {"waiting": [waiting_shape(each) for each in found]}


def _reviewed(asked: Asked, done: marks.Reviewed) -> dict[str, Any]:
    """What was done, and how what it is about stands now."""
    record = None
    if done.record_id is not None and done.article_id is not None:
        record = _record(asked, done.record_id)
    return {
        "step": done.step or None,
        "action": done.action,
        "article_id": done.article_id,
        "record_id": done.record_id,
        "title": done.title,
        "key": done.key,
        "url": done.url,
        "relevant": done.relevant,
        "again": done.again,
        "record": record,
    }


def _record(asked: Asked, number: int) -> dict[str, Any] | None:
    writer = acts.writer_of(asked.site)
    rows = queries.records_of(writer, queries.article_of_record(writer, number) or 0)
    return next((record_row_shape(row) for row in rows if row.id == number), None)


def _mark(asked: Asked) -> dict[str, Any]:
    article, key = asked.body.get("article"), asked.body.get("key")
    if (article is None) == (key is None):
        raise QueryError("Say which: 'article' is its number, 'key' its address; one of them.", key="article")
    relevant = {"accept": True, "reject": False, "clear": None}[asked.body["verdict"]]
    which = article if article is not None else key
    assert which is not None
    try:
        return _reviewed(asked, acts.judge(asked.site, asked.who, which, relevant))
    except QueryError as error:
        raise type(error)(str(error), key="article" if article is not None else "key") from error


def _undo(asked: Asked) -> dict[str, Any]:
    done = acts.undo(asked.site, asked.who)
    return {"undone": None if done is None else _reviewed(asked, done)}


def _correct(asked: Asked) -> dict[str, Any] | None:
    if _record(asked, asked.key) is None:
        return None
    if not asked.body:
        raise QueryError("Say which field is what.")
    done = acts.correct(asked.site, asked.who, asked.key, _as_written(asked.body))
    return _reviewed(asked, done if done is not None else _unchanged(asked))


def _as_written(body: Body) -> dict[str, str]:
    return {name: written(value) for name, value in body.items()}


def _unchanged(asked: Asked, *, gone: int | None = None) -> marks.Reviewed:
    """What stands, where nothing new was said; ``gone``: the article of a record that is not there."""
    writer = acts.writer_of(asked.site)
    article = gone or queries.article_of_record(writer, asked.key)
    stored = queries.read_article(writer, article or 0)
    assert stored is not None
    return _as_it_was(stored, "remove" if gone else "correct", asked.key)


def _as_it_was(stored: StoredArticle, action: str, record: int) -> marks.Reviewed:
    """What stands of a record, where nothing new was said."""
    return marks.Reviewed(
        step=0,
        action=action,
        article_id=stored.id,
        record_id=record,
        title=stored.title,
        key=stored.url,
        url=stored.url,
        relevant=stored.relevant,
    )


def _add(asked: Asked) -> Made | None:
    writer = acts.writer_of(asked.site)
    stored = queries.read_article(writer, asked.key)
    if stored is None:
        return None
    given = _as_written(asked.body)
    for row in queries.records_of(writer, asked.key):
        if row.id in record_marks_of(writer, asked.key) and _says(as_fields(row.record), given):
            # The same request was sent before.
            again = _as_it_was(stored, "add", row.id)
            return Made(document=_reviewed(asked, again), status=200, at=f"/records/{row.id}")
    done = acts.add_record(asked.site, asked.who, asked.key, given)
    return Made(document=_reviewed(asked, done), at=f"/records/{done.record_id}")


def _says(record: Mapping[str, Any], given: Mapping[str, str]) -> bool:
    """Whether a record has all that is given, and nothing else that is known."""
    usual = {"bound": "exact", "drugs": []}
    wanted = {name: read_field(name, given[name]) if name in given else usual.get(name) for name in FIELDS}
    return all(record[name] == wanted[name] for name in FIELDS)


def _remove(asked: Asked) -> dict[str, Any] | None:
    if _record(asked, asked.key) is None:
        article = acts.removed_from(asked.site, asked.key)
        return None if article is None else _reviewed(asked, _unchanged(asked, gone=article))
    return _reviewed(asked, acts.remove_record(asked.site, asked.who, asked.key))


def _restore(asked: Asked) -> dict[str, Any] | None:
    there = _record(asked, asked.key) is not None
    if not there and acts.removed_from(asked.site, asked.key) is None:
        return None
    article = queries.article_of_record(acts.writer_of(asked.site), asked.key) if there else None
    if there and asked.key not in record_marks_of(acts.writer_of(asked.site), article or 0):
        return _reviewed(asked, _unchanged(asked))
    return _reviewed(asked, acts.restore_record(asked.site, asked.who, asked.key))


_REDUCED = "The text was taken away when its time was over; nothing can be judged by it any more."

OPERATIONS = (
    Operation(
        path="/review/queue",
        id="listWaiting",
        says="What is to be judged next, most in doubt first; every third is drawn at random.",
        parameters=(LANG, SOURCE, number("limit", "How many.", default=50, most=MOST)),
        answers="Queue",
        scope=Scope.WRITE,
        make=_queue,
    ),
    Operation(
        path="/review/marks",
        method="POST",
        id="markArticle",
        says="Accepts or rejects an article, or takes your word back. What was said already is no step.",
        answers="Reviewed",
        body=(
            Field(
                name="article",
                says="Its number.",
                schema={"type": "integer", "minimum": 1, "maximum": 2**53 - 1},
            ),
            Field(
                name="key",
                says="Or its address, as the queue has it: of a page whose text is not kept.",
                schema={"type": "string", "minLength": 1, "maxLength": 4_000},
            ),
            Field(
                name="verdict",
                says="accept, reject or clear.",
                schema={"type": "string", "enum": ["accept", "reject", "clear"]},
                needed=True,
            ),
        ),
        example={"article": 12, "verdict": "reject"},
        conflicts=_REDUCED,
        scope=Scope.WRITE,
        make=_mark,
    ),
    Operation(
        path="/review/undo",
        method="POST",
        id="undoReview",
        says="Takes back your last step; again, the one before it.",
        answers="Undone",
        conflicts=_REDUCED,
        scope=Scope.WRITE,
        make=_undo,
    ),
    Operation(
        path="/articles/{number}/records",
        method="POST",
        id="addRecord",
        says="Adds a record that the program does not see. The article is accepted by that.",
        answers="Reviewed",
        of="article",
        body=RECORD,
        example={
            "nationality": "NL",
            "country": "PE",
            "count": 2,
            "kind": "event",
            "stage": "arrested",
            "evidence": "Two Dutch nationals were arrested in Lima.",
        },
        creates="The record.",
        conflicts=_REDUCED,
        scope=Scope.WRITE,
        make=_add,
    ),
    Operation(
        path="/records/{number}",
        method="PATCH",
        id="correctRecord",
        says="Corrects fields of a record; the others stay the program's. The article is accepted by that.",
        answers="Reviewed",
        of="record",
        body=CORRECTION,
        example={"count": 3, "stage": "convicted", "sentence": 6.5},
        conflicts=_REDUCED,
        scope=Scope.WRITE,
        make=_correct,
    ),
    Operation(
        path="/records/{number}",
        method="DELETE",
        id="removeRecord",
        says="There is no such record.",
        answers="Reviewed",
        of="record",
        conflicts=_REDUCED,
        scope=Scope.WRITE,
        make=_remove,
    ),
    Operation(
        path="/records/{number}/restore",
        method="POST",
        id="restoreRecord",
        says="The record is as the program reads it, whatever people said of it.",
        answers="Reviewed",
        of="record",
        conflicts=_REDUCED,
        scope=Scope.WRITE,
        make=_restore,
    ),
)
