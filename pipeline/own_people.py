"""People whose nationality no word of theirs says, but their town or their state does.

"Jane Doe, from Hull,", "een vrouw uit Krommenie", "Mirco B., 42 anni, di Fiscaglia", "Mr Urban, of
Ostrzeszow, western Poland" → home; "Nairobi has asked Hanoi to spare one of its nationals" → citizen of.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping

from babel.languages import get_official_languages

from pipeline.frame_doubts import before_place
from pipeline.frames import age_at
from pipeline.gazetteer_table import load_table
from pipeline.group import Group
from pipeline.home_words import home_words
from pipeline.phrases import PERSONS, Reader
from pipeline.spots import spots
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
AWAY_FROM_BEING = 4  # words back to those people who "are from" a town
COMMA = 14  # characters before a country in which its town's comma stands
TOWN_WORDS = 5  # of one town's name, or of two towns
NAME_AFTER = frozenset(",(–—")
OPENS = 2  # words of a sentence within which a city stands for its state
BETWEEN = 2  # words between "its" and "nationals"


def own_people(reader: Reader) -> Iterable[Group]:
    """Groups of all these kinds."""
    yield from _of_small_towns(reader)
    yield from _of_towns_with_a_country(reader)
    yield from _of_a_state(reader)
    yield from _named(reader)


def _of_small_towns(reader: Reader) -> Iterable[Group]:
    """A person from a town that no gazetteer knows is from the outlet's country."""
    doc = reader.doc
    home = doc.article.outlet_country
    if not home or reader.language not in get_official_languages(home, de_facto=True):
        return
    link = home_words("from_town", reader.language)
    aged = home_words("from_town_aged", reader.language)
    near = aged | link | home_words("district", reader.language)
    known = {
        word
        for place in doc.places
        for word in range(doc.word_at(place.start), doc.word_at(place.end - 1) + 1)
    }
    for word in range(2, len(doc.words)):
        if doc.words[word - 1] not in near or not reader.capital(word) or word in known:
            continue
        if reader.kind(word) != "other":
            continue
        if doc.words[word] in home_words("lands", reader.language):
            continue
        at = _link_before(reader, word)
        if at < 1 or doc.words[at] not in aged or doc.sentence_of[at - 1] != doc.sentence_of[word]:
            continue
        age = age_at(reader, at - 1)
        if age is not None:
            yield _group(reader, home, (age, word), 1, Bound.EXACT, "home", "person", "form")
            continue
        person = at - 1
        if doc.words[at] not in link or not reader.joined(person, at) or reader.kind(person) not in PERSONS:
            continue
        count, bound, by, begin = reader.count(person, person, doc.sentence_of[word])
        if count is None and reader.has(person, "people", "one") and not reader.has(person, "people", "many"):
            count, by = 1, "form"
        yield _group(reader, home, (begin, word), count, bound, "home", reader.kind(person), by)


def _link_before(reader: Reader, word: int) -> int:
    """The word before a town, or before "the district of" it, blanks alone between; -1 where none is."""
    at = word - 1
    if (
        at >= 0
        and reader.doc.words[at] in home_words("district", reader.language)
        and reader.joined(at, word)
    ):
        at -= 1
        if at >= 0 and reader.doc.words[at] not in home_words("from_town_aged", reader.language):
            at -= reader.has(at, "function")
    return at if at >= 0 and all(reader.joined(w, w + 1) for w in range(at, word)) else -1


def _of_towns_with_a_country(reader: Reader) -> Iterable[Group]:
    """ "Mr Urban, of Ostrzeszow, western Poland", "que dijeron ser de Tumaco, Colombia": a town that may be
    unknown, and its country behind a comma."""
    doc = reader.doc
    if not any(
        place.kind == "country" and "," in doc.text[max(place.start - COMMA, 0) : place.start]
        for place in doc.places
    ):
        return
    found, sides = spots(reader), home_words("sides", reader.language)
    towns = {first for first, _, _, _ in found}
    countries = {first for first, _, _, kind in found if kind == "country"}
    for word, last, code, kind in found:
        low, _ = reader.bounds(doc.sentence_of[word])
        town = word - 1
        while town > low and doc.words[town] in sides and reader.joined(town, town + 1):
            town -= 1
        if kind != "country" or town <= low + 1 or doc.text[doc.ends[town]] != ",":
            continue
        at = town
        while (
            at > low
            and town - at < TOWN_WORDS
            and (reader.capital(at) or reader.has(at, "function", "and_or"))
        ):
            at -= 1
        if at in (town, low) or not reader.has(at, "function", "of_from"):
            continue
        elsewhere = reader.language == "en" and doc.words[at] == "of" and at + 1 not in countries
        if at + 1 in towns and not elsewhere:
            continue  # a phrase of its own (pipeline/frames.py)
        before = doc.text[doc.ends[at - 1] : doc.starts[at]].strip()
        age = age_at(reader, at - 1)
        if age is not None:
            yield _group(reader, code, (age, last), 1, Bound.EXACT, "home", "person", "form")
            continue
        being = doc.words[at - 1] in home_words("being", reader.language) or reader.has(
            at - 1, "people", "origin"
        )
        reach = AWAY_FROM_BEING if being else 1
        person = next(
            (w for w in range(at - 1, max(low - 1, at - 1 - reach), -1) if reader.kind(w) in PERSONS), None
        )
        named = before in NAME_AFTER and bool(before) and reader.capital(at - 1)
        if person is not None and not named:
            count, bound, by, begin = reader.count(person, person, doc.sentence_of[word])
            if count is None and reader.has(person, "people", "one"):
                count, by = 1, "form"
            yield _group(reader, code, (begin, last), count, bound, "home", reader.kind(person), by)
        elif named:
            yield _group(reader, code, (at - 1, last), 1, Bound.EXACT, "home", "person", "form")


def _named(reader: Reader) -> Iterable[Group]:
    """ "Jane Doe, from Hull, was held": a given name, another one and a town. The name is not kept."""
    doc, given = reader.doc, load_table().given
    called = {doc.word_at(place.end - 1) for place in doc.places}  # "Jorge Chávez" is an airport
    for word, last, code, _ in spots(reader):
        if doc.text[doc.ends[last] : doc.ends[last] + 1] != ",":
            continue
        low, high = reader.bounds(doc.sentence_of[word])
        probe = before_place(reader, word, low)
        if probe - 2 < low or not reader.has(probe, "function", "of_from") or last + 1 >= high:
            continue
        if reader.language == "en" and doc.words[probe] == "of":
            continue  # where somebody lives
        between = doc.text[doc.ends[probe - 1] : doc.starts[probe]].strip()
        named = (
            doc.words[probe - 2] in given
            and probe - 1 not in called
            and reader.capital(probe - 2)
            and reader.capital(probe - 1)
            and reader.joined(probe - 2, probe - 1)
            and reader.kind(probe - 1) == "other"
        )
        if between == "," and named:
            yield _group(reader, code, (probe, last), 1, Bound.EXACT, "home", "person", "form")


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
    for first, _, code, kind in spots(reader):
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
