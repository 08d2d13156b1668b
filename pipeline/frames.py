"""Phrases whose people have no name of a nationality but a country or a home town.

"citizens of Ghana", "of Paraguayan nationality", "a couple from Kent", "John Smith, 43, from Leeds",
"three nationals of that country"
"""

from __future__ import annotations

from dataclasses import replace

from pipeline.figure_words import figure_words
from pipeline.frame_doubts import already_named, before_place, belongs, is_surname, of_drugs, sent_back
from pipeline.frame_lists import goes_on, next_counted
from pipeline.group import Group
from pipeline.mentions import PEOPLE, Document
from pipeline.phrases import PERSONS, Reader
from pipeline.spots import spots
from pipeline.vocabulary import UNKNOWN_COUNTRY, Bound
from pipeline.way_words import load_ways

BY = "door"  # Dutch "by", which is "through" as well
YOUNGEST, OLDEST = 14, 90  # years
MOST_YEARS = 2  # words such as "years old" behind an age


VEHICLES = frozenset(
    {"flight", "flights", "plane", "train", "bus", "ferry", "boat", "service", "route", "airport"}
)
MOSTLY = frozenset({"vor", "allem", "sobre", "todo", "soprattutto", "vooral", "surtout", "mainly", "mostly"})


def is_gang(reader: Reader, word: int) -> bool:
    return reader.has(word, "people", "group") and not reader.has(word, "people", "one", "many")


def is_people_number(reader: Reader, word: int) -> bool:
    number = reader.number_end.get(word)
    return number is not None and number.role in PEOPLE


def age_at(reader: Reader, word: int) -> int | None:
    """The first word of an age that ends with ``word`` and stands by itself: ", 43,", ", de 34 años,"."""
    doc, at = reader.doc, word
    while at > 0 and word - at < MOST_YEARS and doc.words[at] in figure_words("years"):
        at -= 1
    number = reader.number_end.get(at)
    if (
        number is None
        or not number.value
        or not YOUNGEST <= number.value <= OLDEST
        or word + 1 >= len(doc.words)
    ):
        return None
    before = doc.text[max(number.start - 5, 0) : number.start].rstrip()
    behind = doc.text[doc.ends[word] : doc.starts[word + 1]]
    apart = before.endswith((",", "(", "–", ", de", ", di", ", aged")) and "\n" not in behind
    if not apart or not any(c in behind for c in ",)") or any(c in behind for c in ".;:"):
        return None
    return doc.word_at(number.start)


def _head_before(reader: Reader, probe: int, low: int, frame: bool) -> tuple[int, str]:
    """The person of whom "of Ghana" or "de nacionalidad" is said: word and kind, or (-1, "none")."""
    for back in range(0 if frame else 1, 7):
        at = probe - back
        if at < low:
            break
        kind = reader.kind(at)
        if reader.doc.words[at] in figure_words("followed"):
            break  # "731 presos, seguido de Angola": who comes next in a list
        if back == 1 and reader.has(at, "function", "and_or"):
            break  # "hay 92 presos y de Ghana 14": another begins
        if (
            is_people_number(reader, at)
            and age_at(reader, at) is None
            and not reader.has(at, "people", "pair", "trio")
        ):
            break  # "40 stranieri: 12 vengono dal Marocco": the number stands for those from there
        if kind in PERSONS:
            return at, kind
        if kind == "nationality" and reader.has(at, "foreign"):
            return at, "person"
        if reader.has(at, "people", "resident"):
            return at, "person"
        if frame or reader.doc.words[at] in MOSTLY:
            continue
        if kind in ("custody", "police", "things") or reader.has(at, "function", "in_at"):
            break
        if back == 1 and kind == "other" and at - 1 >= low and reader.has(at - 1, "function", "of_from"):
            # "A passenger of the flight from Bogotá": the flight is from there.
            break
    return -1, "none"


def _is_accused_of(reader: Reader, word: int) -> bool:
    words = reader.doc.words
    return words[word] == "accused" and words[word + 1 : word + 2] == ("of",)


def _is_range(doc: Document, probe: int, last: int, starts: set[int]) -> bool:
    """ "From Brazil to New Zealand": only how far they come from."""
    goes_on = any(first in starts for first in (last + 2, last + 3))
    begun = doc.words[probe] in figure_words("range_from") and doc.words[last + 1 : last + 2]
    return bool(begun) and goes_on and doc.words[last + 1] in figure_words("range_to")


def from_frames(reader: Reader) -> list[Group]:
    """ "citizens of Ghana", "of Paraguayan nationality" with a country's name, "a couple from Kent"."""
    doc, groups = reader.doc, []
    journey = load_ways(reader.language).journey
    former: Group | None = None
    counted: Group | None = None  # the last phrase with a number
    gangs: set[str] = set()  # places by whose name a gang is called
    found = spots(reader)
    listed = {last for _, last, _, _ in found}
    starts = {first for first, _, _, _ in found}
    for word, last, code, place_kind in found:
        sentence = doc.sentence_of[word] if doc.sentence_of else 0
        low, high = reader.bounds(sentence)
        start, end = doc.starts[word], doc.ends[last]
        if (
            former is not None
            and former.sentence == sentence
            and place_kind == "country"
            and goes_on(reader, former.last, word)
        ):
            if code == former.nationality:
                continue  # "two men from Leeds, England"
            former = replace(
                former, nationality=code, first=word, last=last, start=start, end=end,
                count=1 if former.count == 1 else None, counted_by="list" if former.count == 1 else "none",
            )  # fmt: skip
            groups.append(former)
            continue
        former = None
        after = last + 1
        if (
            reader.language == "en"
            and after < high
            and reader.joined(last, after)
            and reader.kind(after) in ("national", "person", "mule")
            and not is_surname(reader, word, low)
        ):
            # "A Nepal national", "the Leeds woman".
            if _is_accused_of(reader, after):
                continue  # "three men in China accused of fraud"
            form = "citizen of" if reader.kind(after) == "national" else "home"
            if reader.has(after, "people", "resident"):
                form = "resident"  # "a Leeds resident", "the Vietnam veteran"
            elif place_kind != "country" and (is_gang(reader, after) or doc.folded[start:end] in gangs):
                gangs.add(doc.folded[start:end])
                form = "resident"  # "the Sinaloa Cartel", and later "two Sinaloa operatives"
            former = _framed(reader, (word, after), word, code, sentence, form, reader.kind(after))
            groups.append(former)
            former = None
            continue
        probe = before_place(reader, word, low)
        if probe < low:
            continue
        more = next_counted(reader, counted, (word, last), probe, code) if place_kind == "country" else None
        if more is not None:
            counted = more
            groups.append(more)
            continue
        link = reader.has(probe, "function", "of_from") and doc.words[probe] != BY
        if link and place_kind == "country" and _is_range(doc, probe, last, starts):
            continue
        frame = doc.words[last] in figure_words("papers") or any(
            m.label.key == "nationality_of" and (m.last > m.first or not link)
            for m in reader.cover.get(probe, ())
        )
        if not frame and not link:
            continue
        head_word, head = (
            (-1, "none") if belongs(reader, probe, low) else _head_before(reader, probe, low, frame)
        )
        aged = None if head_word >= 0 else age_at(reader, probe - 1)
        if (
            aged is not None
            and aged >= low
            and aged - 1 not in listed
            and reader.kind(aged - 1) != "nationality"
        ):
            # "John Smith, 43, from Leeds": the name is not kept, the age stands for the person. In English
            # "of Leeds" is where somebody lives, and many towns are called as others are elsewhere.
            if reader.language == "en" and doc.words[probe] == "of" and place_kind != "country":
                continue
            former = Group(
                code, 1, Bound.EXACT, True, "home", "person", aged, last,
                doc.starts[aged], end, sentence, "form",
            )  # fmt: skip
            groups.append(former)
            continue
        # "Stammen nach Angaben der Polizei aus": what the frame itself holds is not from there.
        frames = (m for m in reader.cover.get(probe, ()) if m.label.key == "nationality_of")
        begin = min((m.first for m in frames if frame and m.last > m.first), default=probe)
        if head_word < 0 and (not frame or reader.of_things(begin, low) or of_drugs(reader, begin, low)):
            continue
        if head_word >= 0 and not frame and sent_back(reader, head_word, probe):
            continue
        onward = reader.language == "en" and after < high and reader.joined(last, after)
        if not frame and onward and doc.words[after] in VEHICLES:
            continue  # "swallowers off the Malaga plane": the plane is from there
        if (
            not frame
            and place_kind != "country"
            and doc.words[head_word].startswith(tuple(figure_words("travellers")))
        ):
            continue  # "a traveller from Lima"
        if not frame and any(w in journey for w in doc.words[head_word + 1 : probe]):
            continue  # "passengers of a flight from Lima": where they came from is not who they are
        known = place_kind == "country" and (frame or head in ("national", "prisoner"))
        form = "foreign" if code == UNKNOWN_COUNTRY else "citizen of" if known else "home"
        if head_word < 0 and code == UNKNOWN_COUNTRY:
            continue
        if head_word < 0:
            form = "headless"
        elif reader.has(head_word, "people", "resident"):
            form = "resident"
        elif place_kind != "country" and is_gang(reader, head_word):
            form = "resident"  # "el cartel de Sinaloa"
        if probe > low and doc.words[probe - 1] in figure_words("formerly"):
            form = "origin"  # "who is originally from Laos"
        elif frame and already_named(reader, max(head_word - 1, low), begin, code):
            form = "origin"  # "un Surinamais arrivé en provenance de Jamaïque"
        former = _framed(
            reader,
            (head_word if head_word >= 0 else begin if probe - begin > 1 else probe, last),
            head_word,
            code,
            sentence,
            form,
            head,
        )
        groups.append(former)
        counted = former
    return groups


def _framed(
    reader: Reader, words: tuple[int, int], head_word: int, code: str, sentence: int, form: str, head: str
) -> Group:
    """The group of a phrase whose nationality is a place's."""
    doc, (first, last) = reader.doc, words
    noun = (
        last
        if head_word == first and form in ("citizen of", "home") and reader.kind(last) in PERSONS
        else first
    )
    band = reader.is_band(first) or reader.is_band(noun)
    count, bound, by, begin = reader.count(first, first, sentence, several=band, band=band)
    if by == "article" and reader.has(first, "people", "pair", "trio"):
        count = 2 if reader.has(first, "people", "pair") else 3
    singular = count == 1 or (
        count is None
        and not band
        and reader.has(noun, "people", "one")
        and not reader.has(noun, "people", "many")
    )
    if count is None and singular:
        count, by = 1, "form"
    return Group(
        code, count, bound, singular, form, head, begin, last, doc.starts[begin], doc.ends[last], sentence, by
    )
