"""Which language a text is in, among those that are read and their neighbours.

The neighbours are there so that Catalan is not taken for Spanish and Danish not for German: a
model that may only choose among seven answers one of the seven for everything.
"""

from __future__ import annotations

from functools import cache

from py3langid.langid import MODEL_FILE, LanguageIdentifier  # type: ignore[import-untyped]

from pipeline.vocabulary import LANGUAGES

NEIGHBOURS = tuple(
    """
    ca gl eu oc ro da sv no nn fi is af lb pl cs sk sl hr bs sr sq hu et lv lt el tr az bg mk ru uk be
    id ms tl jv sw ha yo ig zu xh so rw ht mt cy ga la eo vi th lo km my ar fa ur ps ku he am hi bn pa
    gu ta te ml kn mr ne si ka hy kk uz ky mn zh ja ko
    """.split()  # noqa: SIM905 (a list of words reads better than a page of quotes)
)
"""Languages that are told apart from ours, ISO 639-1."""

SAMPLE = 1_000
"""Characters that are looked at: more adds time and hardly any certainty."""

_SHORT = 40  # under this a hint is believed
_PRIOR = 4.0  # how much likelier the source's own language is than any other


@cache
def _identifier() -> LanguageIdentifier:
    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    identifier.set_languages((*LANGUAGES, *NEIGHBOURS))
    return identifier


def detect_language(text: str, hint: str | None) -> str | None:
    """One of LANGUAGES, or None when the text is in another language or says too little.

    ``hint`` is the language that the source says it writes in, or None. A text of less than 40
    letters is believed to be in it; a longer one is measured, with the hint as a prior.
    """
    known = hint if hint in LANGUAGES else None
    sample = _sample(text)
    letters = sum(character.isalpha() for character in sample)
    if letters < _SHORT:
        return known if letters or known is None else None
    best, weight = None, 0.0
    for language, probability in _identifier().rank(sample):
        weighed = probability * (_PRIOR if language == hint else 1.0)
        if weighed > weight:
            best, weight = language, weighed
    return best if best in LANGUAGES else None


def _sample(text: str) -> str:
    """The beginning of a text; of a long one the part after the title, where prose is."""
    head, _, body = text[: SAMPLE * 2].partition("\n")
    return (body if len(body) >= SAMPLE // 2 else f"{head}\n{body}")[:SAMPLE]
