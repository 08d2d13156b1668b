"""What people are held for, where a sentence says it of their custody.

"convicted of money laundering"         → another crime
"detenido por tráfico de cocaína"       → drugs
"arrested for fraud and possession"     → both

A word of another crime, or of a drug, may stand anywhere in a sentence; behind the custody and a
preposition it is what the custody is for.
"""

from __future__ import annotations

from collections.abc import Iterable

from pipeline.figure_words import figure_words
from pipeline.mentions import Document, Mention

LINK_REACH = 3  # words from the custody to the preposition
REACH = 7  # words from the preposition to what it is for
STOPS = frozenset(".;:()\n")
BECAUSE = frozenset({"wegen", "wegens"})
DRUG, OTHER = "drug", "other"


def charges(doc: Document, mentions: tuple[Mention, ...]) -> Iterable[str]:
    """What the custody of a sentence with these mentions is for, as far as it says so."""
    offences = [m for m in mentions if m.label.section in ("offence", "drugs")]
    custodies = [m for m in mentions if m.label.section == "custody"]
    if not offences or not custodies:
        return
    for m in offences:
        if _is_because(doc, m):
            yield _sort(m)
    for custody in custodies:
        begin = _link(doc, custody)
        for m in offences:
            inside = custody.first <= m.first and m.last <= custody.last  # "drug charges"
            if inside or (begin >= 0 and begin <= m.first <= begin + REACH and _joined(doc, begin, m.first)):
                yield _sort(m)


def _sort(mention: Mention) -> str:
    return OTHER if (mention.label.section, mention.label.key) == ("offence", "other") else DRUG


def _is_because(doc: Document, mention: Mention) -> bool:
    """ "Wegen Drogenhandels verhaftet": in German and Dutch the reason may stand before the custody."""
    low = doc.first_word[mention.sentence]
    return any(
        doc.words[w] in BECAUSE and _joined(doc, w, mention.first)
        for w in range(max(low, mention.first - LINK_REACH), mention.first)
    )


def _link(doc: Document, custody: Mention) -> int:
    """The word behind the preposition that leads to what a custody is for, or -1."""
    high = doc.first_word[custody.sentence + 1]
    said = figure_words("charged_with")
    if doc.words[custody.last] in said and custody.last > custody.first:
        return custody.last + 1  # "accused of", "acusado de"
    for word in range(custody.last + 1, min(custody.last + 1 + LINK_REACH, high)):
        if not _joined(doc, custody.last, word):
            return -1
        if doc.words[word] in said:
            return word + 1
    return -1


def _joined(doc: Document, left: int, right: int) -> bool:
    return not any(c in STOPS for c in doc.text[doc.ends[left] : doc.starts[right]])
