"""One reading of a text that all finders share: its tokens, its numerals and their roles."""

from __future__ import annotations

from dataclasses import dataclass, field

from pipeline.measures.numerals import Numeral, read_numerals
from pipeline.measures.roles import Role, judge
from pipeline.measures.tokens import Tokens, tokenise


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A text in one language, tokenised, with its numerals."""

    tokens: Tokens
    language: str
    numerals: tuple[Numeral, ...]  # in order, articles among them
    roles: tuple[Role, ...]  # one for each numeral
    ends: dict[int, Numeral] = field(repr=False)  # by the token after them


def read_text(text: str, language: str) -> Reading:
    """Read ``text`` once for all finders.

    Raises:
        LexiconError: ``language`` is none of ``LANGUAGES``.
    """
    tokens = tokenise(text)
    numerals = read_numerals(tokens, language)
    return Reading(
        tokens=tokens,
        language=language,
        numerals=numerals,
        roles=judge(tokens, numerals, language),
        ends={numeral.last: numeral for numeral in numerals},
    )
