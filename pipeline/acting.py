"""Countries that act, and countries that people leave for home.

"Singapore hangs a Malaysian", "Yakarta ha entregado a una mujer": the country, or its capital, is the one
who holds them. "Back from Thailand", "aus Peru zurück": who is freed leaves the country of custody, and the
place where they land is not it. The words are data (``data/acting.toml``).
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources

from pipeline.fold import fold
from pipeline.mentions import Document

BETWEEN = 3  # words between the country and what it does: "has for the first time hanged"
BRACKET = 9  # the same where the verb stands at the end: "hat am Freitag einen Malaysier gehängt"
HOMEWARD = 6  # words between "returned" and "from Thailand"
BRACKETS = frozenset({"de", "nl"})  # languages with the verb at the end
STOPS = frozenset(",;:.!?()\n")
DOING = frozenset({"arrested", "charged", "convicted", "imprisoned", "executed", "released", "transferred"})


@dataclass(frozen=True, slots=True)
class ActingWords:
    """The words of one language, folded."""

    verbs: frozenset[str]  # what a state does to prisoners, where the lexicon's words of custody lack it
    helpers: frozenset[str]  # may stand between the country and the verb
    joins: frozenset[str]  # may stand before the country: "after", "que", "dass"
    homeward: frozenset[str]  # going home, or being sent there
    landed: frozenset[str]  # arriving


@cache
def acting_words(language: str) -> ActingWords:
    """The words of a language; without any where it has none."""
    table = tomllib.loads((resources.files("pipeline") / "data" / "acting.toml").read_text(encoding="utf-8"))
    part = table.get(language, {})
    return ActingWords(*(frozenset(fold(part.get(key, "")).split()) for key in ActingWords.__slots__))


def acts(doc: Document, first: int, last: int) -> bool:
    """Whether the place at words ``first`` to ``last`` is the one that does something to prisoners."""
    words = acting_words(doc.article.language)
    sentence = doc.sentence_of[first]
    low, high = doc.first_word[sentence], doc.first_word[sentence + 1]
    before = first - 1
    if before >= low and not _stopped(doc, before) and _is_article(doc, before):
        before -= 1
    if before >= low and not _stopped(doc, before) and doc.words[before] not in words.joins:
        return False
    reach = BETWEEN
    for at in range(last + 1, min(high, last + 2 + BRACKET)):
        if _stopped(doc, at - 1):
            return False
        if doc.words[at] in words.verbs or any(
            m.label.section == "custody" and m.label.key in DOING for m in doc.at_word.get(at, ())
        ):
            return True
        if doc.words[at] in words.helpers:
            reach = BRACKET if doc.article.language in BRACKETS else BETWEEN
        elif at == last + 1 or at - last > reach:
            return False
    return False


def is_homeward(doc: Document, word: int) -> bool:
    """Whether somebody goes home before the small word "from" at ``word``, or behind its place."""
    return _is_near(doc, word, word + 1, acting_words(doc.article.language).homeward)


def has_landed(doc: Document, word: int) -> bool:
    """Whether somebody lands at the place at ``word``, or comes home to it: "touched down at Glasgow",
    "regresa a Manila", "auf dem Flughafen Roissy gelandet"."""
    words = acting_words(doc.article.language)
    return _is_near(doc, word, word, words.landed, words.homeward)


def _is_near(doc: Document, word: int, behind: int, *wanted: frozenset[str]) -> bool:
    """Whether a word of ``wanted`` stands little before ``word`` in its phrase, or from ``behind`` on where
    the verb stands at the end."""
    sentence = doc.sentence_of[word]
    low, high = doc.first_word[sentence], doc.first_word[sentence + 1]
    for at in range(word - 1, max(low, word - HOMEWARD) - 1, -1):
        if _stopped(doc, at):
            break
        if any(doc.words[at] in words for words in wanted):
            return True
    if doc.article.language not in BRACKETS:
        return False
    for at in range(behind, min(high, word + HOMEWARD)):
        if any(doc.words[at] in words for words in wanted):
            return True
        if _stopped(doc, at):
            break
    return False


def _is_article(doc: Document, word: int) -> bool:
    return any(
        m.label.section == "function" and m.label.key.startswith("articles")
        for m in doc.at_word.get(word, ())
    )


def _stopped(doc: Document, word: int) -> bool:
    """Whether a sign stands behind ``word`` that ends the phrase."""
    after = doc.starts[word + 1] if word + 1 < len(doc.starts) else len(doc.text)
    return any(c in STOPS for c in doc.text[doc.ends[word] : after])
