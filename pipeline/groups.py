"""Document → Group…: every phrase that may denote people of a foreign nationality.

A group is a noun phrase such as "two Dutchmen", "a 34-year-old Mexican woman", "tres ciudadanos de
Ghana", "12 der Häftlinge aus Litauen", "a couple from Kent", "foreigners". Whether those people are
detainees at all is decided later; here a phrase only has to denote them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from babel.languages import get_official_languages

from pipeline.demonyms import form_of, is_language, is_name, is_place, is_the_country, stands_alone
from pipeline.mentions import PEOPLE, Document, Mention
from pipeline.phrases import PERSONS, Reader
from pipeline.vocabulary import UNKNOWN_COUNTRY, Bound
from pipeline.ways import load_ways

PLACE_KINDS = frozenset({"country", "city", "region"})


@dataclass(frozen=True, slots=True)
class Group:
    """People of one nationality as one phrase names them."""

    nationality: str  # ISO alpha-2 or XX
    count: int | None
    bound: Bound
    singular: bool  # the phrase denotes one person
    form: str  # how it is said: see FORMS
    head: str  # what the person noun says: mule, prisoner, national, person, group, police, things, none
    first: int  # words of the phrase
    last: int
    start: int  # characters
    end: int
    sentence: int
    counted_by: str  # near, copula, list, article, form, none: where the count came from
    country: str = ""  # of custody, where the phrase itself says it ("Peru 271, Colombia 192")


FIRST_COUNTRY = {"de": "DE", "it": "IT", "nl": "NL", "fr": "FR"}  # of languages at home in few countries

FORMS = (
    "noun", "noun+person", "person+noun", "loose", "citizen of", "home", "foreign", "region", "compatriot",
    "origin", "headless", "resident", "attribute", "number", "number at", "number of",
)  # fmt: skip


def _own_country(language: str, outlet_country: str | None) -> str:
    """Whose compatriots a text speaks of: the outlet's country where the language is at home there,
    else the language's first country (an Italian blog from Goa means Italians)."""
    if outlet_country and language in get_official_languages(outlet_country, de_facto=True):
        return outlet_country
    return FIRST_COUNTRY.get(language, outlet_country or UNKNOWN_COUNTRY)


def _from_nationalities(reader: Reader) -> list[Group]:
    doc, groups = reader.doc, []
    best: dict[tuple[int, str], Mention] = {}
    keys: dict[tuple[int, str], set[str]] = {}
    order = {"many": 0, "one": 1, "adjective": 2}
    for mention in doc.mentions:
        if mention.label.section not in ("nationality", "foreign") or mention.label.key == "abroad":
            continue  # "weltweit", "prisons étrangères": where people are held, not who
        key = (mention.first, mention.label.code)
        keys.setdefault(key, set()).add(mention.label.key)
        if key not in best or order.get(mention.label.key, 3) < order.get(best[key].label.key, 3):
            best[key] = mention
    for key, mention in best.items():
        if is_language(reader, mention) or is_place(reader, mention) or is_the_country(reader, mention):
            continue
        first, last, head = reader.extend(mention)
        if head == "person" and any(_is_gang(reader, w) for w in (first, last)):
            head = "group"
        if is_name(reader, mention) and head not in ("police", "things"):
            continue
        code = mention.label.code
        if mention.label.section == "foreign":
            code = UNKNOWN_COUNTRY
            if mention.label.key.startswith("compatriot"):
                code = _own_country(doc.article.language, doc.article.outlet_country)
            elif head in ("none", "police", "things") and (
                "adjective" in mention.label.key or not stands_alone(reader, mention)
            ):
                continue  # "foreign customs", "Latin American waters", "voitures à plaques étrangères"
        count, bound, by, begin = reader.count(first, last, mention.sentence)
        said = reader.number_of(mention, first, last, begin, {"one", "many"} <= keys[key])
        singular = count == 1 or (count is None and bool(said))
        if count is None and singular and by in ("the", "none"):
            count, by = 1, "form"
        form = form_of(reader, mention, head, first, last)
        if form == "citizen of" and head in ("none", "things"):
            head = "national"  # the passport's holder, the one of that origin
        groups.append(
            Group(
                code, count, bound, singular, form, head, begin, last,
                doc.starts[begin], doc.ends[last], mention.sentence, by,
            )
        )  # fmt: skip
    return groups


def _goes_on(reader: Reader, last: int, word: int) -> bool:
    """Whether only commas, "and", articles and prepositions stand between two places of a list."""
    if word - last > 4:
        return False
    between = reader.doc.text[reader.doc.ends[last] : reader.doc.starts[word]]
    return not any(c in between for c in ".;:()\n") and all(
        reader.has(w, "function", "and_or", "articles", "of_from") for w in range(last + 1, word)
    )


MOSTLY = frozenset({"vor", "allem", "sobre", "todo", "soprattutto", "vooral", "surtout", "mainly", "mostly"})
REALM = frozenset(
    ["republic", "republica", "republique", "republik", "repubblica", "republiek", "kingdom", "reino"]
)


def _spots(doc: Document) -> list[tuple[int, int, str, str]]:
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
    return out


def _is_gang(reader: Reader, word: int) -> bool:
    return reader.has(word, "people", "group") and not reader.has(word, "people", "one", "many")


def _is_people_number(reader: Reader, word: int) -> bool:
    number = reader.number_end.get(word)
    return number is not None and number.role in PEOPLE


def _head_before(reader: Reader, probe: int, low: int, frame: bool) -> tuple[int, str]:
    """The person of whom "of Ghana" or "de nacionalidad" is said: word and kind, or (-1, "none")."""
    for back in range(0 if frame else 1, 7):
        at = probe - back
        if at < low:
            break
        kind = reader.kind(at)
        if _is_people_number(reader, at):
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


def _of_drugs(reader: Reader, probe: int, low: int) -> bool:
    """ "Weed which is believed to have come from Thailand": what came from there is no person."""
    for at in range(probe, max(low, probe - 8) - 1, -1):
        if at < probe and not reader.joined(at, at + 1):
            return False
        if reader.has(at, "drugs"):
            return True
    return False


def _from_frames(reader: Reader) -> list[Group]:
    """ "citizens of Ghana", "of Paraguayan nationality" with a country's name, "a couple from Kent"."""
    doc, groups = reader.doc, []
    journey = load_ways(reader.language).journey
    former: Group | None = None
    gangs: set[str] = set()  # places by whose name a gang is called
    for word, last, code, place_kind in _spots(doc):
        sentence = doc.sentence_of[word] if doc.sentence_of else 0
        low, high = reader.bounds(sentence)
        start, end = doc.starts[word], doc.ends[last]
        if (
            former is not None
            and former.sentence == sentence
            and place_kind == "country"
            and _goes_on(reader, former.last, word)
        ):
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
        ):
            # "A Nepal national", "the Leeds woman".
            form = "citizen of" if reader.kind(after) == "national" else "home"
            if reader.has(after, "people", "resident"):
                form = "resident"  # "a Leeds resident", "the Vietnam veteran"
            elif place_kind != "country" and (_is_gang(reader, after) or doc.folded[start:end] in gangs):
                gangs.add(doc.folded[start:end])
                form = "resident"  # "the Sinaloa Cartel", and later "two Sinaloa operatives"
            former = _framed(reader, (word, after), word, code, sentence, form, reader.kind(after))
            groups.append(former)
            former = None
            continue
        probe = word - 1
        while probe >= low and (
            (reader.has(probe, "function", "articles") and not reader.has(probe, "function", "of_from"))
            or doc.words[probe] in REALM
            or (probe > low and doc.words[probe - 1] in REALM)
        ):
            probe -= 1
        if probe < low:
            continue
        link = reader.has(probe, "function", "of_from")
        frame = any(
            m.label.key == "nationality_of" and (m.last > m.first or not link)
            for m in reader.cover.get(probe, ())
        )
        if not frame and not link:
            continue
        head_word, head = _head_before(reader, probe, low, frame)
        if head_word < 0 and (not frame or reader.of_things(probe, low) or _of_drugs(reader, probe, low)):
            continue
        if not frame and any(w in journey for w in doc.words[head_word + 1 : probe]):
            continue  # "passengers of a flight from Lima": where they came from is not who they are
        known = place_kind == "country" and (frame or head in ("national", "prisoner"))
        form = "citizen of" if known else "home"
        if head_word < 0:
            form = "headless"
        elif reader.has(head_word, "people", "resident"):
            form = "resident"
        elif place_kind != "country" and _is_gang(reader, head_word):
            form = "resident"  # "el cartel de Sinaloa"
        former = _framed(
            reader, (head_word if head_word >= 0 else probe, last), head_word, code, sentence, form, head
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
    count, bound, by, begin = reader.count(first, first, sentence)
    singular = count == 1 or (
        count is None and reader.has(noun, "people", "one") and not reader.has(noun, "people", "many")
    )
    if count is None and singular:
        count, by = 1, "form"
    return Group(
        code, count, bound, singular, form, head, begin, last, doc.starts[begin], doc.ends[last], sentence, by
    )


def _copula_counts(reader: Reader, groups: list[Group]) -> list[Group]:
    """ "Six are Pakistanis and one is Iranian", "twee van hen zijn Marokkanen"."""
    doc, out = reader.doc, []
    taken = {g.first for g in groups if g.counted_by == "near"}
    for group in groups:
        if group.counted_by in ("near", "article") or group.form == "attribute":
            out.append(group)
            continue
        low, _ = reader.bounds(group.sentence)
        found = None
        for word in range(group.first - 1, max(low, group.first - 7) - 1, -1):
            between = doc.text[doc.ends[word] : doc.starts[word + 1]]
            if any(c in between for c in ";:()"):
                break
            number = reader.number_end.get(word)
            if number is not None:
                if (
                    number.role in PEOPLE
                    and number.value is not None
                    and doc.word_at(number.start) not in taken
                ):
                    found = number
                break
        if (
            found is not None
            and found.value is not None
            and (not group.singular or found.value == 1 or reader.are(doc.word_at(found.end), group.first))
        ):
            count = int(found.value)
            alone = group.singular and count == 1
            out.append(replace(group, count=count, bound=found.bound, counted_by="copula", singular=alone))
        else:
            out.append(group)
    return out


def find_groups(doc: Document) -> tuple[Group, ...]:
    """All candidate groups in order of the text."""
    reader = Reader(doc)
    groups = _from_nationalities(reader) + _from_frames(reader)
    groups = _copula_counts(reader, groups)
    groups.sort(key=lambda g: (g.start, g.end))
    return tuple(groups)
