"""The data dictionary of an export: its tables, their columns, and what each means.

A column that stands in a table of the database has the comment of that column, so that the two cannot
come apart; what an export works out itself is described here. Pure.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from enum import StrEnum

from pipeline.vocabulary import Bound, DateOrigin, Kind, Per, Stage
from storage import tables as t
from storage.export_types import Field, Table, Type


def _column(column: object, name: str | None = None, *, text: str | None = None, **more: object) -> Field:
    """A field that is described as the column of the database is."""
    found = column.property.columns[0]  # type: ignore[attr-defined]
    kinds = {"Integer": Type.INTEGER, "Double": Type.NUMBER, "Float": Type.NUMBER, "Text": Type.STRING}
    kinds |= {"UtcDateTime": Type.DATETIME, "Date": Type.DATE, "BigInteger": Type.INTEGER}
    field = Field(
        name=name or found.name,
        type=kinds[type(found.type).__name__],
        description=text or found.comment,
        filled=not found.nullable,
    )
    return replace(field, **more)  # type: ignore[arg-type]


def _own(name: str, kind: Type, description: str, *, filled: bool = False) -> Field:
    return Field(name=name, type=kind, description=description, filled=filled)


def _words(words: type[StrEnum]) -> tuple[str, ...]:
    return tuple(word.value for word in words)


_H, _C, _A, _P, _R = t.RecordHistory, t.CaseHistory, t.Article, t.Page, t.Coverage
_PERIOD = (
    _own("when_start", Type.DATE, "first day of 'when'"),
    _own("when_end", Type.DATE, "last day of 'when'"),
)
_VALID = (
    _column(_H.valid_from, text="since when the values of this row stand in the data set (UTC)"),
    _column(_H.valid_to, text="until when they stood (UTC); empty: they stand"),
)
_URL = _column(
    _A.url,
    text="address of the article, by which it is told from others; empty for text without one",
    filled=False,
)
_ADDRESS = (
    _own("id", Type.INTEGER, "number of the record; it is never given to another", filled=True),
    _URL,
    _column(_H.article_id, text="number of the article, in 'reports'"),
)
_PEOPLE = (
    _column(
        _H.kind, words=_words(Kind), text="event | stock | flow: figures of different kinds are never added"
    ),
    _column(_H.nationality),
    _column(_H.country),
    _column(_H.count),
    _column(_H.bound, words=_words(Bound)),
)
_STAGE = _column(_H.stage, words=_words(Stage))
_DRUGS = _own("drugs", Type.LIST, "drugs by the words of the codebook; empty where none is named")
_TERM = (_column(_H.sentence_years), _column(_H.sentence_word, words=("life", "death")))
_EVIDENCE = _column(_H.evidence, text="the sentence that states the values of this row, verbatim")
_CONFIDENCE = _column(
    _H.confidence, text="how sure the program is, 0 to 1; of the last reading that gave these values"
)
_ORIGIN = (
    _column(_A.source),
    _column(_A.language),
    _column(_A.published),
    _column(_A.outlet_country, text="country of the outlet, ISO 3166-1 alpha-2"),
    _own("first_seen", Type.DATETIME, "when the record was first stored", filled=True),
)
_RECORD = (
    *_ADDRESS,
    _column(_H.case_id, text="case that the record is of, in 'cases'; empty for a figure"),
    *_PEOPLE,
    _column(_H.per, words=_words(Per)),
    _STAGE,
    _DRUGS,
    _column(_H.quantity_kg),
    *_TERM,
    _column(_H.drug_share),
    _column(_H.when),
    *_PERIOD,
    _column(_H.place),
    _EVIDENCE,
    _CONFIDENCE,
    *_ORIGIN,
    *_VALID,
)


def _of_record(*names: str) -> tuple[Field, ...]:
    known = {field.name: field for field in _RECORD}
    return tuple(known[name] for name in names)


RECORDS = Table(
    name="records",
    title="Records",
    description="One row for each group of detainees or figure that an article reports, as it stands.",
    key=("id",),
    fields=_RECORD,
    points=(("article_id", "reports"), ("case_id", "cases")),
)
_FIGURE = ("id", "url", "article_id", "kind", "nationality", "country", "count", "bound")
_AFTER = (
    "stage",
    "drugs",
    "drug_share",
    "when",
    "when_start",
    "when_end",
    "place",
    "evidence",
    "confidence",
    "source",
    "language",
    "published",
    "outlet_country",
    "first_seen",
    "valid_from",
    "valid_to",
)
STOCKS = Table(
    name="stocks",
    title="Stocks",
    description="Those of 'records' that say how many are held at a moment; 'when' is the moment.",
    key=("id",),
    fields=_of_record(*_FIGURE, *_AFTER),
    points=(("article_id", "reports"),),
)
FLOWS = Table(
    name="flows",
    title="Flows",
    description=(
        "Those of 'records' that say how many were arrested, sentenced… over a period, which is 'when'; "
        "with 'per' the count is an average over it."
    ),
    key=("id",),
    fields=_of_record(*_FIGURE, "per", *_AFTER),
    points=(("article_id", "reports"),),
)
CASES = Table(
    name="cases",
    title="Cases",
    description="One row for each case, however many articles report it; its values are what they come to.",
    key=("id",),
    fields=(
        _own("id", Type.INTEGER, "number of the case; it is never given to another", filled=True),
        _own("url", Type.STRING, "address of the article that reports the stage; empty for text without one"),
        _column(_C.country),
        _own("nationalities", Type.LIST, "nationalities of the people, most people first"),
        _own(
            "people", Type.LIST, 'people of each nationality, as "MX 6"; "MX ?" where no report counts them'
        ),
        _column(_C.count),
        _column(_C.stage, words=_words(Stage)),
        _DRUGS,
        _column(_H.quantity_kg),
        *_TERM,
        _column(_H.place),
        _column(
            _H.when, text="date of the act that gives the stage: 2014, 2014-04, 2018-12-20 or a period a/b"
        ),
        *_PERIOD,
        _column(t.Case.reports, text="how many articles report it"),
        _own("outlets", Type.LIST, "slugs of the sources that report it"),
        _own("languages", Type.LIST, "languages in which it is reported, ISO 639-1"),
        _column(t.Case.first_seen),
        _column(t.Case.last_seen),
        _own("record_ids", Type.LIST, "numbers of its records, in 'records'"),
        _own("evidence", Type.STRING, "the sentence that states the stage, verbatim", filled=True),
        _own("count_evidence", Type.STRING, "the sentences that state the count, one for each nationality"),
        _own("quantity_evidence", Type.STRING, "the sentence of the record that has the quantity"),
        _own("sentence_evidence", Type.STRING, "the sentence of the record that has the term"),
        _own("place_evidence", Type.STRING, "the sentence of the record that has the place"),
        _own("when_evidence", Type.STRING, "the sentence of the record that has the date"),
        replace(_VALID[0], description="since when country, count and stage stand in the data set (UTC)"),
        _VALID[1],
    ),
)
REPORTS = Table(
    name="reports",
    title="Reports",
    description=(
        "One row for each article that reports a foreign drug detainee. Titles are left out: they often "
        "name the accused."
    ),
    key=("id",),
    fields=(
        _own("id", Type.INTEGER, "number of the article; it is never given to another", filled=True),
        _URL,
        _column(_A.source),
        _column(_A.language),
        _column(_A.published),
        _column(_A.date_origin, words=_words(DateOrigin)),
        _column(_A.outlet_country, text="country of the outlet, ISO 3166-1 alpha-2"),
        _column(_A.first_seen),
        _own("revisions", Type.INTEGER, "how many times the outlet had changed the text", filled=True),
        _column(_A.score, text="score of the verdict at the last reading, 0 to 1"),
        _own("records", Type.INTEGER, "how many records it has", filled=True),
        _own("record_ids", Type.LIST, "numbers of its records, in 'records'"),
        _own("case_ids", Type.LIST, "numbers of the cases that it reports, in 'cases'"),
        replace(_VALID[0], description="since when its present text stands (UTC)"),
        _VALID[1],
    ),
    points=(("source", "sources"),),
)
SOURCES = Table(
    name="sources",
    title="Sources",
    description="One row for each outlet that is followed, and for each that was and left articles behind.",
    key=("id",),
    fields=(
        _own("id", Type.STRING, "slug of the source", filled=True),
        _own("url", Type.STRING, "feed, sitemap or page that is read"),
        _own("name", Type.STRING, "the outlet as people call it"),
        _own("via", Type.STRING, "rss | atom | jsonfeed | sitemap | listing"),
        _own("language", Type.STRING, "ISO 639-1"),
        _own("country", Type.STRING, "of the outlet, ISO 3166-1 alpha-2, XX for an international one"),
        _own("expect", Type.NUMBER, "entries a week that are normal for it"),
        _own("origin", Type.STRING, "package | user: who lists it"),
        _own("first_day", Type.DATE, "first day of publication of which an article was seen"),
        _own("last_day", Type.DATE, "last such day"),
        _own("seen", Type.INTEGER, "addresses seen in all", filled=True),
        _own("read", Type.INTEGER, "of them, read to a verdict", filled=True),
        _own("relevant", Type.INTEGER, "of them, relevant", filled=True),
        _own("last_ok", Type.DATETIME, "when a fetch of its feed last did not fail"),
    ),
)
COVERAGE = Table(
    name="coverage",
    title="Daily coverage",
    description="How many articles of a source there were on a day: the denominator of every trend.",
    key=("id",),
    fields=(
        _own("id", Type.STRING, "source and day, with a / between", filled=True),
        _own("url", Type.STRING, "feed, sitemap or page of the source"),
        _column(_R.source),
        _column(_R.day),
        _column(_R.seen),
        _column(_R.read),
        _column(_R.relevant),
        _column(t.CoverageHistory.noted, "valid_from", text="day (UTC) since which these numbers stand"),
    ),
    points=(("source", "sources"),),
)
_ENDING = "revised: other values took their place; withdrawn: no reading gives the record any more"
REVISED_RECORDS = Table(
    name="revised_records",
    title="Records that were revised",
    description=(
        "What records said before they were corrected or withdrawn: one row for each set of values, with the "
        "time in which it stood. Together with 'records' it is all that ever stood."
    ),
    key=("id", "valid_from"),
    fields=(
        *_RECORD,
        replace(_own("ending", Type.STRING, _ENDING, filled=True), words=("revised", "withdrawn")),
    ),
)
REVISED_CASES = Table(
    name="revised_cases",
    title="Cases that were revised",
    description="Country, count and stage that cases had before, with the time in which each stood.",
    key=("id", "valid_from"),
    fields=(
        _own("id", Type.INTEGER, "number of the case", filled=True),
        _column(_C.country),
        _column(_C.count),
        _column(_C.stage, words=_words(Stage)),
        *_VALID,
        replace(
            _own(
                "ending",
                Type.STRING,
                "as in revised_records; merged: it is a part of another case now",
                filled=True,
            ),
            words=("revised", "merged", "withdrawn"),
        ),
        _column(_C.merged_into),
    ),
)
TABLES: Sequence[Table] = (
    RECORDS,
    CASES,
    REPORTS,
    STOCKS,
    FLOWS,
    SOURCES,
    COVERAGE,
    REVISED_RECORDS,
    REVISED_CASES,
)
