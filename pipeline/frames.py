"""Phrases whose people have no name of a nationality but a country or a home town.

"citizens of Ghana", "of Paraguayan nationality", "a couple from Kent", "John Smith, 43, from Leeds",
"three nationals of that country"
"""

from __future__ import annotations

from dataclasses import replace

from pipeline.figure_words import figure_words
from pipeline.frame_doubts import before_place, belongs, is_surname, of_drugs, sent_back
from pipeline.group import Group
from pipeline.mentions import PEOPLE, Document
from pipeline.phrases import PERSONS, Reader
from pipeline.vocabulary import UNKNOWN_COUNTRY, Bound
from pipeline.ways import load_ways

PLACE_KINDS = frozenset({"country", "city", "region"})
BY = "door"  # Dutch "by", which is "through" as well
YOUNGEST, OLDEST = 14, 90  # years
MOST_YEARS = 2  # words such as "years old" behind an age


def _goes_on(reader: Reader, last: int, word: int) -> bool:
    """Whether only commas, "and", articles and prepositions stand between two places of a list."""
    if word - last > 4:
        return False
    between = reader.doc.text[reader.doc.ends[last] : reader.doc.starts[word]]
    return not any(c in between for c in ".;:()\n") and all(
        reader.has(w, "function", "and_or", "articles", "of_from") for w in range(last + 1, word)
    )


VEHICLES = frozenset(
    {"flight", "flights", "plane", "train", "bus", "ferry", "boat", "service", "route", "airport"}
)
MOSTLY = frozenset({"vor", "allem", "sobre", "todo", "soprattutto", "vooral", "surtout", "mainly", "mostly"})


def spots(doc: Document) -> list[tuple[int, int, str, str]]:
    """Places that may be a home: first and last word, country and kind; a longer country's name wins."""
    countries = [m for m in doc.mentions if m.label.section == "country"]
    out, cursor = [], 0
    for place in doc.places:
        if place.kind not in PLACE_KINDS or not place.countries:
            continue
        first, last, code, kind = (
            doc.word_at(place.start),
            doc.word_at(place.end - 1),
            place.countries[0],
            place.kind,
        )
        while cursor < len(countries) and countries[cursor].last < first:
            cursor += 1
        if cursor < len(countries):
            name = countries[cursor]
            if name.first <= first and last <= name.last and name.last - name.first > last - first:
                first, last, code, kind = name.first, name.last, name.label.code, "country"
        out.append((first, last, code, kind))
    return sorted([*out, *_that_country(doc), *_many_countries(doc)])


def _many_countries(doc: Document) -> list[tuple[int, int, str, str]]:
    """ "400 women from 40 countries", "Häftlinge aus 93 Ländern": people of several countries."""
    many = figure_words("lands_many")
    if many.isdisjoint(doc.words):
        return []
    named = [word for word, said in enumerate(doc.words) if said in many]
    ends = {doc.word_at(max(n.end - 1, n.start)): n for n in doc.numbers if (n.value or 0) > 1}
    out = []
    for word in named:
        number = next((ends[w] for w in (word - 1, word - 2) if w in ends), None)
        if number is not None and doc.sentence_at(number.start) == doc.sentence_of[word]:
            out.append((doc.word_at(number.start), word, UNKNOWN_COUNTRY, "country"))
    return out


def _that_country(doc: Document) -> list[tuple[int, int, str, str]]:
    """ "Three citizens of that country", "otro ciudadano del vecino país": the one that was named last; "two
    men from this country": the outlet's."""
    that, this, neighbour, lands = (figure_words(key) for key in ("that", "this", "neighbour", "lands"))
    if lands.isdisjoint(doc.words):
        return []
    named = [(m.start, m.label.code) for m in doc.mentions if m.label.section in ("country", "nationality")]
    out, cursor, last, former = [], 0, "", ""  # the country that was named last, and another before it
    for word, said in enumerate(doc.words):
        if word == 0 or said not in lands:
            continue
        near = {doc.words[word - 1], *doc.words[word + 1 : word + 2]}
        if doc.words[word - 1] in this and doc.article.outlet_country:
            first = word if doc.words[word - 1] == "deste" else word - 1
            out.append((first, word, doc.article.outlet_country, "country"))
            continue
        if doc.words[word - 1] not in that and not near & neighbour:
            continue
        begin = word - (doc.words[word - 1] in neighbour)
        while cursor < len(named) and named[cursor][0] < doc.starts[begin]:
            if named[cursor][1] not in ("", last):
                last, former = named[cursor][1], last
            cursor += 1
        code = former if near & neighbour and last == doc.article.outlet_country else last
        if code:
            out.append((begin, word, code, "country"))
    return out


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
    gangs: set[str] = set()  # places by whose name a gang is called
    found = spots(doc)
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
            and _goes_on(reader, former.last, word)
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
        link = reader.has(probe, "function", "of_from") and doc.words[probe] != BY
        if link and place_kind == "country" and _is_range(doc, probe, last, starts):
            continue
        frame = any(
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
