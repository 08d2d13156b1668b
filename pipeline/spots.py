"""Places of a text that may be somebody's home, with what stands for a place.

"Ghana", "Leeds", "that country", "the same nationality", "40 countries"
"""

from __future__ import annotations

from pipeline.figure_words import figure_words
from pipeline.frame_lists import is_also_a_town
from pipeline.mentions import Document
from pipeline.phrases import Reader
from pipeline.vocabulary import UNKNOWN_COUNTRY

PLACE_KINDS = frozenset({"country", "city", "region"})


def spots(reader: Reader) -> list[tuple[int, int, str, str]]:
    """Places that may be a home: first and last word, country and kind; a longer country's name wins."""
    if reader.spots is None:
        reader.spots = _spots(reader.doc)
    return reader.spots


def _spots(doc: Document) -> list[tuple[int, int, str, str]]:
    countries = [m for m in doc.mentions if m.label.section == "country"]
    out, cursor = [], 0
    for place in doc.places:
        if not (place.kind in PLACE_KINDS or is_also_a_town(place)) or not place.countries:
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
    papers, same, islands = (figure_words(key) for key in ("papers", "same_people", "islands"))
    if (lands | papers | islands).isdisjoint(doc.words):
        return []
    named = [(m.start, m.label.code) for m in doc.mentions if m.label.section in ("country", "nationality")]
    out, cursor, last, former = [], 0, "", ""  # the country that was named last, and another before it
    for word, said in enumerate(doc.words):
        if word and said in papers and doc.words[word - 1] in same:
            code = next((m for at, m in reversed(named) if at < doc.starts[word - 1] and m), "")
            if code:
                out.append((word - 1, word, code, "country"))
            continue
        if word == 0 or said not in lands | islands:
            continue
        near = {doc.words[word - 1], *doc.words[word + 1 : word + 2]}
        if doc.words[word - 1] in this and doc.article.outlet_country:
            first = word if doc.words[word - 1] in ("deste", "desta") else word - 1
            out.append((first, word, doc.article.outlet_country, "country"))
            continue
        if said not in lands:
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
