"""Names of places that no gazetteer has: small towns, jails, parks, by where they stand."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.fields.case import Case

NOUNS_CAPITAL = frozenset({"de"})  # languages in which a capital is no sign of a name
NEVER = frozenset(
    {
        "nationality",
        "foreign",
        "country",
        "drugs",
        "traps",
        "custody",
        "offence",
        "people",
        "figures",
        "status",
    }
)
# A name that the gazetteer does not know, after a word for "in" and perhaps a word for what it is.
_NAME = re.compile(
    r"(?P<name>(?:(?:St|San|Santa|Sant|El|La|Los|Las|Le|Les|Port|Puerto)[. '’-]+)?"
    r"[^\W\d_a-zß-öø-ÿ][\w'’-]{2,}"
    r"(?:[ -](?:(?:de|del|da|do|di|la|du|of|al)[ ])?[^\W\d_a-zß-öø-ÿ][\w'’-]+){0,2})"
)


def find_heads(case: Case, taken: set[int]) -> Iterator[tuple[int, str]]:
    """Names that no gazetteer has and that open the title or the text as a date line does: "Berthoud : six
    vendeurs", "CASTELVETRO. I carabinieri"."""
    doc = case.doc
    for sentence in range(min(len(doc.first_word) - 1, 3)):
        word = doc.first_word[sentence]
        if word >= doc.first_word[sentence + 1] or word in taken:
            continue
        if any(m.label.section in NEVER or m.label.section == "function" for m in doc.at_word.get(word, ())):
            continue
        match = _NAME.match(doc.text, doc.starts[word])
        if match is None:
            continue
        behind = doc.text[match.end() : match.end() + 3]
        capitals = match["name"].isupper() and behind.startswith(". ")
        if (
            capitals
            or behind.lstrip(" \xa0")[:1] in (":", "–", "—", "(")
            or behind.startswith((".- ", ". –", " - "))
        ):
            yield match.start(), match["name"]


def find_names(case: Case, taken: set[int]) -> Iterator[tuple[int, str, bool]]:
    """Names after "in" that no lexicon and no gazetteer has: small towns, jails, parks."""
    doc = case.doc
    language = doc.article.language
    for mention in doc.mentions:
        if (
            mention.label.section != "function"
            or mention.label.key != "in_at"
            or not case.told(mention.sentence)
        ):
            continue
        word = mention.last + 1
        steps = 0
        # "in the Kerobokan prison", "nel parco Pertini": an article and a common noun may stand between.
        while word < len(doc.words) and steps < 3 and not doc.text[doc.starts[word]].isupper():
            word, steps = word + 1, steps + 1
        if word >= doc.first_word[mention.sentence + 1] or word in taken:
            continue
        if language in NOUNS_CAPITAL and steps:
            continue
        if "," in doc.text[doc.ends[mention.last] : doc.starts[word]]:
            continue
        if doc.words[word] == "air":
            continue  # "no caso Air Luxor"
        if any(m.label.section in NEVER for m in doc.at_word.get(word, ())):
            continue
        match = _NAME.match(doc.text, doc.starts[word])
        if match:
            yield match.start(), match["name"], steps > 1
