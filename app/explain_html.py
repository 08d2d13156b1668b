"""An explanation as one HTML file that needs nothing else: no script, no font, no address is loaded."""

from __future__ import annotations

from jinja2 import Environment, StrictUndefined

from app.console import plain
from app.explain_page import CSS, PAGE
from app.explain_pieces import LEGEND, paragraphs, verdict_line
from app.tables import facts, held
from pipeline.explain import Explanation
from pipeline.marks import Sort

REASONS = 16
LEAST = 0.01
"""Share under which a value that was not taken is not listed."""


def explanation_html(name: str, explained: Explanation) -> str:
    """The page; everything that comes from an article is escaped."""
    article = explained.article
    date = article.published.date().isoformat() if article.published else "no date"
    outlet = f" · outlet of {article.outlet_country}" if article.outlet_country else ""
    seen = {mark.sort for mark in explained.marks}
    reasons = explained.reasons[:REASONS]
    page = Environment(autoescape=True, undefined=StrictUndefined).from_string(PAGE)
    return page.render(
        it=explained,
        title=plain(article.title or name),
        link=article.url if article.url.startswith(("https://", "http://")) else "",
        meta=f"{article.language} · {date}{outlet} · {len(article.text):,} characters",
        verdict=verdict_line(explained),
        css=CSS,
        legend=[sort for sort in Sort if sort in seen],
        words=LEGEND,
        text=paragraphs(explained),
        reasons=reasons,
        most=max((abs(reason.weight) for reason in reasons), default=1.0),
        least=LEAST,
        held=held,
        facts=facts,
    )
