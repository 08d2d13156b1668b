"""Lists of people by the countries that they come from.

"59 aus Nigeria, 13 aus Nepal", "two men from Syria and three from Iraq"
"""

from __future__ import annotations

from pipeline.facilities import names_facility
from pipeline.fold import fold
from pipeline.gazetteer import Place
from pipeline.group import Group
from pipeline.mentions import PEOPLE
from pipeline.phrases import Reader

STEP = 4  # words from one place of a list to the next
STEP_COUNTED = 6  # the same where each has a number of its own
TOWNS = frozenset({"charleroi", "zaventem", "guarulhos", "merignac", "laredo", "fiumicino", "entebbe"})
STOPS = ".;:()\n"


def is_also_a_town(place: Place) -> bool:
    """ "Twee jongens uit Rotterdam": a town that is best known for its port or its airport has people too."""
    if place.kind == "port":
        return not names_facility(place.text)
    return place.kind in ("airport", "border_post") and fold(place.text) in TOWNS


def goes_on(reader: Reader, last: int, word: int) -> bool:
    """Whether only commas, "and", articles and prepositions stand between two places of a list."""
    if word - last > STEP:
        return False
    between = reader.doc.text[reader.doc.ends[last] : reader.doc.starts[word]]
    return not any(c in between for c in STOPS) and all(
        reader.has(w, "function", "and_or", "articles", "of_from") for w in range(last + 1, word)
    )


def next_counted(
    reader: Reader, former: Group | None, words: tuple[int, int], probe: int, code: str
) -> Group | None:
    """ "14 from Romania" behind "19 came from Spain": a number and "from" alone go on with a counted phrase.

    ``words``: those of the country; ``probe``: the word before it.
    """
    doc, (first, last) = reader.doc, words
    if former is None or former.counted_by != "near" or former.sentence != doc.sentence_of[first]:
        return None
    link = probe  # "aus dem Irak": both words are of the preposition
    while link > former.last and reader.has(link - 1, "function", "of_from"):
        link -= 1
    number = reader.number_end.get(link - 1)
    if number is None or number.role not in PEOPLE or not number.value or code == former.nationality:
        return None
    begin = doc.word_at(number.start)
    if not former.last < begin <= former.last + STEP_COUNTED or not reader.has(link, "function", "of_from"):
        return None
    between = doc.text[former.end : number.start]
    if any(c in between for c in STOPS) or not all(
        reader.has(w, "function", "and_or") for w in range(former.last + 1, begin)
    ):
        return None
    value = int(number.value)
    return Group(
        code, value, number.bound, value == 1, former.form, former.head, begin, last,
        doc.starts[begin], doc.ends[last], former.sentence, "near",
    )  # fmt: skip
