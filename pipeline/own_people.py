"""People whose nationality no word of theirs says, but their town or their state does.

"een vrouw uit Krommenie" → home; "Nairobi has asked Hanoi to spare one of its
nationals" → citizen of.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping

from babel.languages import get_official_languages

from pipeline.frames import spots
from pipeline.group import Group
from pipeline.phrases import PERSONS, Reader
from pipeline.vocabulary import Bound

THEIR: Mapping[str, frozenset[str]] = {
    "en": frozenset(["its", "their", "her"]),
    "es": frozenset(["su", "sus"]),
    "pt": frozenset(["seu", "sua", "seus", "suas"]),
    "fr": frozenset(["son", "sa", "ses", "leur", "leurs"]),
    "it": frozenset(["suo", "sua", "suoi", "sue"]),
    "de": frozenset(
        ["seine", "seiner", "seinen", "seinem", "ihre", "ihrer", "ihren", "ihrem", "sein", "ihr"]
    ),
    "nl": frozenset(["zijn", "haar"]),
}
FROM_TOWN: Mapping[str, str] = {"en": "from", "de": "aus", "nl": "uit"}
"""Links that tell nothing but where somebody is from."""
OPENS = 2  # words of a sentence within which a city stands for its state
BETWEEN = 2  # words between "its" and "nationals"


def own_people(reader: Reader) -> Iterable[Group]:
    """Groups of all these kinds."""
    yield from _of_small_towns(reader)
    yield from _of_a_state(reader)


def _of_small_towns(reader: Reader) -> Iterable[Group]:
    """A person from a town that no gazetteer knows is from the outlet's country."""
    doc = reader.doc
    link = FROM_TOWN.get(reader.language)
    home = doc.article.outlet_country
    if link is None or not home or reader.language not in get_official_languages(home, de_facto=True):
        return
    known = {
        word
        for place in doc.places
        for word in range(doc.word_at(place.start), doc.word_at(place.end - 1) + 1)
    }
    for word in range(2, len(doc.words)):
        if (
            doc.words[word - 1] != link
            or word in known
            or not reader.capital(word)
            or reader.kind(word) != "other"
        ):
            continue
        person = word - 2
        if doc.sentence_of[person] != doc.sentence_of[word] or not reader.joined(word - 1, word):
            continue
        if not reader.joined(person, word - 1) or reader.kind(person) not in PERSONS:
            continue
        count, bound, by, begin = reader.count(person, person, doc.sentence_of[word])
        if count is None and reader.has(person, "people", "one") and not reader.has(person, "people", "many"):
            count, by = 1, "form"
        yield _group(reader, home, (begin, word), count, bound, "home", reader.kind(person), by)


def _of_a_state(reader: Reader) -> Iterable[Group]:
    """Nationals of the state that the sentence speaks of before them."""
    doc, theirs = reader.doc, THEIR[reader.language]
    states: list[tuple[int, str]] | None = None
    for word in sorted(
        {m.last for m in doc.mentions if (m.label.section, m.label.key) == ("people", "national")}
    ):
        if reader.kind(word) != "national" or reader.has(word, "nationality"):
            continue
        sentence = doc.sentence_of[word]
        low, _ = reader.bounds(sentence)
        near = range(word - 1, max(low, word - 2 - BETWEEN), -1)
        own = next((w for w in near if doc.words[w] in theirs), None)
        if own is None:
            continue
        states = _states(reader) if states is None else states
        at = bisect_left(states, (low, ""))
        if at == len(states) or states[at][0] >= own:
            continue
        count, bound, by, begin = reader.count(own, word, sentence)
        if count is None and reader.has(word, "people", "one") and not reader.has(word, "people", "many"):
            count, by = 1, "form"
        yield _group(reader, states[at][1], (begin, word), count, bound, "citizen of", "national", by)


def _states(reader: Reader) -> list[tuple[int, str]]:
    """Where the text names a country: by its name, its people's or, where a sentence begins so, a city's."""
    doc = reader.doc
    named = [(m.first, m.label.code) for m in doc.mentions if m.label.section == "nationality"]
    for first, _, code, kind in spots(doc):
        if kind == "country" or first - doc.first_word[doc.sentence_of[first]] < OPENS:
            named.append((first, code))
    return sorted(named)


def _group(
    reader: Reader,
    code: str,
    words: tuple[int, int],
    count: int | None,
    bound: Bound,
    form: str,
    head: str,
    by: str,
) -> Group:
    doc, (first, last) = reader.doc, words
    return Group(
        code, count, bound, count == 1, form, head, first, last, doc.starts[first], doc.ends[last],
        doc.sentence_of[first], by,
    )  # fmt: skip
