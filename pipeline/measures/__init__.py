"""Counts, weights, prison terms, dates and shares of a text, as spans with values.

Every finder is pure and takes any text in one of ``LANGUAGES``; offsets are code points of that
text. Their words are data: ``pipeline/lexicon/measures/<lang>.toml``.
"""

from pipeline.measures.numbers import Number, Role, find_numbers
from pipeline.measures.quantities import Quantity, UnitKind, find_quantities
from pipeline.measures.shares import Share, find_shares
from pipeline.measures.terms import Term, TermKind, find_terms
from pipeline.measures.when import When, find_dates

__all__ = [
    "Number",
    "Quantity",
    "Role",
    "Share",
    "Term",
    "TermKind",
    "UnitKind",
    "When",
    "find_dates",
    "find_numbers",
    "find_quantities",
    "find_shares",
    "find_terms",
]
