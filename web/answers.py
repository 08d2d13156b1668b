"""How answers are made: pages by Jinja2, CSV, JSON, and errors that say what to do."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import cache, partial
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from pipeline.errors import QueryError, StorageBusyError, StorageSlowError
from pipeline.record_words import record_words
from pipeline.signal_words import describe
from storage.cells import csv_cell, json_text
from web import words
from web.access import Role, who_of
from web.guard import etag_of
from web.site import Site

if TYPE_CHECKING:
    from jinja2 import Environment

FOLDER = Path(__file__).parent
NAVIGATION = (
    ("/", "Today"),
    ("/articles", "Articles"),
    ("/cases", "Cases"),
    ("/figures", "Figures"),
    ("/trends", "Trends"),
    ("/sources", "Sources"),
)
SAID = "said"
"""The cookie that tells the next page what was done."""
MOST_ROWS = 10_000
"""Rows of a CSV file; an export by the command line has no end."""


@cache
def environment() -> Environment:
    """The templates. Everything in them is escaped; a name that is not there is an error."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    made = Environment(
        loader=FileSystemLoader(FOLDER / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {
        "ago": words.ago,
        "amount": words.amount,
        "as_of": words.as_of,
        "capitalize_first": words.capitalize_first,
        "case_facts": words.case_facts,
        "case_words": words.case_words,
        "count_words": words.count,
        "cut": words.cut,
        "day": words.day,
        "day_of": lambda number: date.fromordinal(number).isoformat(),
        "harmless": words.harmless,
        "host": words.host,
        "link": words.link,
        "many": words.many,
        "moment": words.moment,
        "people": words.people,
        "people_from": words.people_from,
        "place": words.place,
        "plain": words.plain,
        "record_words": record_words,
        "sentence": words.sentence,
        "stage": words.stage,
        "why": lambda rule: describe("verdict", rule),
    }
    made.globals |= {"Role": Role, "said": words.said, "FIELD": words.FIELD, "SORT": words.SORT}
    return made


def site_of(request: Request) -> Site:
    """The site that the request is for."""
    site = request.app.state.site
    assert isinstance(site, Site)
    return site


def base_of(request: Request) -> str:
    """The address of the site as readers have it, with a slash at its end."""
    base = str(request.base_url)
    # What speaks TLS before the site hands on plain HTTP.
    return base.replace("http://", "https://", 1) if site_of(request).secure else base


MOST_NUMBER = 2**63 - 1
"""The highest number that a row can have."""


def number_in(request: Request) -> int:
    """The number in the path; 0, which no row has, where it is higher than any can be."""
    number: int = request.path_params["number"]
    return number if number <= MOST_NUMBER else 0


def page(request: Request, template: str, *, status: int = 200, **values: Any) -> Response:
    """A page; with an ETag of what is on it."""
    site = site_of(request)
    path = request.scope["path"]
    now = site.now()
    told = unquote(request.cookies.get(SAID, ""))[:600]
    rendered = (
        environment()
        .get_template(template)
        .render(
            site=site,
            path=path,
            now=now,
            # What is asked of rules of alerts is no search of articles.
            asked="" if path.startswith("/alerts") else str(request.query_params.get("query", ""))[:2_000],
            told=told,
            who=who_of(request),
            may=partial(may, request),
            navigation=(*NAVIGATION, *_for_few(request)),
            **values,
        )
    )
    made = answer(request, rendered.encode("utf-8", "replace"), "text/html; charset=utf-8", status=status)
    if told:
        # What was done is said once.
        made.delete_cookie(SAID, path="/", httponly=True, samesite="strict")
    return made


def may(request: Request, role: Role) -> bool:
    """Whether whoever asks may change what needs ``role``; pages offer it only then."""
    return site_of(request).writer is not None and who_of(request).role.covers(role)


def _for_few(request: Request) -> list[tuple[str, str]]:
    """The pages of those who may change something."""
    found = [("/review", "Review")] if may(request, Role.REVIEWER) else []
    return found + ([("/alerts", "Alerts")] if may(request, Role.ADMIN) else [])


def answer(
    request: Request,
    body: bytes,
    media: str,
    *,
    status: int = 200,
    name: str = "",
    headers: Mapping[str, str] | None = None,
) -> Response:
    """An answer with its ETag, or the word that nothing changed. ``name``: the file as which it is kept."""
    tag = etag_of(body)
    made = {"ETag": tag, **(headers or {})}
    if name:
        made["Content-Disposition"] = f'attachment; filename="{name}"'
    known = [each.strip() for each in request.headers.get("if-none-match", "").split(",")]
    if status == 200 and request.method in ("GET", "HEAD") and (tag in known or "*" in known):
        return Response(status_code=304, headers=made)
    return Response(body, status_code=status, media_type=media, headers=made)


def as_json(
    request: Request, value: Any, *, status: int = 200, headers: Mapping[str, str] | None = None
) -> Response:
    """A JSON document, in UTF-8."""
    return answer(request, json_body(value), "application/json", status=status, headers=headers)


def json_body(value: Any) -> bytes:
    """A JSON document as it is sent."""
    # On one line: with an indentation Python writes it several times slower.
    return json_text(value).encode("utf-8", "replace") + b"\n"


def as_csv(
    request: Request,
    name: str,
    columns: Sequence[str],
    rows: Iterable[Mapping[str, Any]],
    *,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """CSV with a header, safe to open in a spreadsheet."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([csv_cell(row.get(column)) for column in columns] for row in rows)
    body = out.getvalue().encode("utf-8", "replace")
    return answer(request, body, "text/csv; charset=utf-8", name=name, headers=headers)


def failure(request: Request, status: int, title: str, detail: str, *, key: str = "") -> Response:
    """An error: for programs as JSON, for people as a page."""
    if request.scope["path"].startswith("/api") or request.scope["path"].endswith(".json"):
        error = {"status": status, "title": title, "detail": detail}
        return as_json(request, {"error": error | ({"parameter": key} if key else {})}, status=status)
    return page(request, "error.html", status=status, title=title, detail=detail, key=key)


def not_understood(request: Request, error: Exception) -> Response:
    """400 for a QueryError."""
    assert isinstance(error, QueryError)
    return failure(request, 400, "That was not understood", str(error), key=error.key)


def storage_failed(request: Request, error: Exception) -> Response:
    """503 for a database that cannot be used."""
    match error:
        case StorageBusyError():
            title = "The database is busy"
        case StorageSlowError():
            title = "That takes too long"
        case _:
            title = "The database cannot be read"
    answered = failure(request, 503, title, str(error))
    answered.headers["Retry-After"] = "5"
    return answered


def refused(request: Request, error: Exception) -> Response:
    """What is wrong with a request before anybody looks at what it asks for: too long, of another kind."""
    assert isinstance(error, HTTPException)
    title = HTTPStatus(error.status_code).phrase
    answered = failure(request, error.status_code, title, error.detail)
    answered.headers.update(error.headers or {})
    return answered


def not_found(request: Request, _: Exception) -> Response:
    return failure(request, 404, "There is no such page", "Nothing is kept under this address.")


def missing(request: Request, what: str) -> Response:
    """404 for something that is not, or no longer, in the database."""
    return failure(
        request, 404, f"There is no such {what}", f"No {what} stands under this address, or it was forgotten."
    )
