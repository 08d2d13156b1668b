"""Names of places that no gazetteer has: small towns, jails, parks, by where they stand."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.facilities import FACILITY
from pipeline.fields.case import Case

NOUNS_CAPITAL = frozenset({"de"})  # languages in which a capital is no sign of a name
NAMED = 6  # words between a prison's word and its name: "jail for women of Kvarna"
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


def find_facilities(case: Case, taken: set[int]) -> Iterator[tuple[int, str, str]]:
    """Prisons, airports and ports by their word and a name that no gazetteer has, with what they are: "HMP
    Dodds", "Penitenciária de Alcaçuz", "Kashimpur jail"."""
    doc = case.doc
    for word, said in enumerate(doc.words):
        kind = FACILITY.get(said)
        if kind is None or (word in taken and not taken.isdisjoint((word - 1, word + 1))):
            continue  # a known prison; "JVA" and "HMP" alone are known, and of many
        sentence = doc.sentence_of[word]
        high = min(doc.first_word[sentence + 1], word + NAMED)
        after = word + 1
        while after < high and not doc.text[doc.starts[after]].isupper():
            after += 1
        between = doc.text[doc.ends[word] : doc.starts[after]] if after < high else "."
        if not set(between) & set('.,;:()\n"«»“”') and after not in taken and not _is_known(case, after):
            match = _NAME.match(doc.text, doc.starts[after])
            if match:
                yield doc.starts[word], doc.text[doc.starts[word] : match.end()], kind
                continue
        if doc.article.language != "en" or word == doc.first_word[sentence]:
            continue
        before = word - 1
        while (
            before > doc.first_word[sentence]
            and word - before < NAMED
            and doc.text[doc.starts[before - 1]].isupper()
            and doc.text[doc.ends[before - 1] : doc.starts[before]] == " "
        ):
            before -= 1
        if (
            doc.text[doc.starts[before]].isupper()
            and before > doc.first_word[sentence]
            and doc.text[doc.ends[word - 1] : doc.starts[word]] == " "
            and not any(w in taken or _is_known(case, w) for w in range(before, word))
        ):
            yield doc.starts[before], doc.text[doc.starts[before] : doc.ends[word]], kind


def _is_known(case: Case, word: int) -> bool:
    """Whether a lexicon has a word: it is then no name of a place."""
    return any(m.label.section in NEVER for m in case.doc.at_word.get(word, ()))


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
