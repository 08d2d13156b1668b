"""Cases → the shapes that --json and --csv show; README.md describes them. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pipeline.case_sums import Told, disagreements, timeline

if TYPE_CHECKING:
    from storage.values import CaseReportRow, CaseRow

CASE_COLUMNS = (
    "id",
    "country",
    "nationalities",
    "count",
    "stage",
    "drugs",
    "quantity_kg",
    "sentence",
    "place",
    "when",
    "first_seen",
    "last_seen",
    "reports",
    "outlets",
    "languages",
    "evidence",
    "urls",
)
"""The columns of ``cases --csv``; there ``reports`` is their number."""


def case_shape(case: CaseRow) -> dict[str, Any]:
    """A case in sum, its timeline, what single reports say otherwise, and its reports."""
    where = {id(told): report for report, told in _origins(case)}
    sums = case.sums
    return {
        "id": case.id,
        "country": case.country,
        "nationalities": list(sums.nationalities),
        "count": sums.count,
        "people": sums.people,
        "stage": sums.stage.value,
        "drugs": [drug.value for drug in sums.drugs],
        "quantity_kg": sums.quantity_kg,
        "sentence": sums.sentence,
        "place": sums.place,
        "when": sums.when,
        "first_seen": case.first_seen,
        "last_seen": case.last_seen,
        "added": case.added,
        "changed": case.changed,
        "merged": list(case.merged),
        "stages": [
            {
                "stage": step.stage.value,
                "when": step.when,
                "published": where[id(step.told)].published,
                "url": where[id(step.told)].url,
                "outlet": where[id(step.told)].source,
            }
            for step in timeline(case.told)
        ],
        "disagreements": [
            {
                "field": each.field,
                "nationality": each.told.record.nationality,
                "value": each.value,
                "stands": each.stands,
                "url": where[id(each.told)].url,
                "outlet": where[id(each.told)].source,
            }
            for each in disagreements(case.told)
        ],
        "reports": [_report_shape(report) for report in case.reports],
    }


def case_csv(case: CaseRow) -> dict[str, Any]:
    """The same on one line of a table."""
    reports = case.reports
    return case_shape(case) | {
        "reports": len({report.article_id for report in reports}),
        "outlets": list(dict.fromkeys(report.source for report in reports if report.source)),
        "languages": list(dict.fromkeys(report.language for report in reports)),
        "evidence": reports[-1].records[0].record.evidence.text,
        "urls": [report.url for report in reports if report.url],
    }


def _report_shape(report: CaseReportRow) -> dict[str, Any]:
    return {
        "article_id": report.article_id,
        "url": report.url,
        "outlet": report.source,
        "lang": report.language,
        "published": report.published,
        "outlet_country": report.outlet_country,
        "title": report.title,
        "first_seen": report.first_seen,
        "by_hand": report.by_hand,
        "records": [
            {
                "id": each.id,
                "nationality": each.record.nationality,
                "count": each.record.count,
                "bound": each.record.bound.value,
                "stage": each.record.stage.value,
                "when": each.record.when,
                "evidence": each.record.evidence.text,
            }
            for each in report.records
        ],
    }


def _origins(case: CaseRow) -> list[tuple[CaseReportRow, Told]]:
    """Each telling with its report; they stand in the same order."""
    reports = [report for report in case.reports for _ in report.records]
    return list(zip(reports, case.told, strict=True))
