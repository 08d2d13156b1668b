"""Document → Group…: every phrase that may denote people of a foreign nationality.

A group is a noun phrase such as "two Dutchmen", "a 34-year-old Mexican woman", "tres ciudadanos de
Ghana", "12 der Häftlinge aus Litauen", "a couple from Kent", "foreigners". Whether those people are
detainees at all is decided later; here a phrase only has to denote them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from babel.languages import get_official_languages

from pipeline.mentions import PEOPLE, Document, Mention
from pipeline.vocabulary import UNKNOWN_COUNTRY, Bound

REACH = 4  # words between a number and the phrase that it counts
PLACE_KINDS = frozenset({"country", "city", "region"})


@dataclass(frozen=True, slots=True)
class Group:
    """People of one nationality as one phrase names them."""

    nationality: str  # ISO alpha-2 or XX
    count: int | None
    bound: Bound
    singular: bool  # the phrase denotes one person
    form: str  # how it is said: see FORMS
    head: str  # what the person noun says: mule, prisoner, national, person, police, things, none
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
    "attribute", "number", "number at", "number of",
)  # fmt: skip


class _Reader:
    """Looks at the words around a mention; one per document."""

    def __init__(self, doc: Document) -> None:
        self.doc = doc
        self.cover: dict[int, list[Mention]] = {}
        for mention in doc.mentions:
            for word in range(mention.first, mention.last + 1):
                self.cover.setdefault(word, []).append(mention)
        self.number_at = {doc.word_at(n.start): n for n in doc.numbers}
        self.number_end = {doc.word_at(max(n.end - 1, n.start)): n for n in doc.numbers}

    def has(self, word: int, section: str, *keys: str) -> bool:
        return any(
            m.label.section == section and (not keys or m.label.key in keys) for m in self.cover.get(word, ())
        )

    def kind(self, word: int) -> str:
        """A word's role next to a nationality."""
        if self.has(word, "people", "mule"):
            return "mule"
        if self.has(word, "people", "prisoner"):
            return "prisoner"
        if self.has(word, "people", "national"):
            return "national"
        if self.has(word, "people", "one", "many", "pair", "trio", "group"):
            return "person"
        if self.has(word, "people", "police"):
            return "police"
        if self.has(word, "people", "things") or self.has(word, "drugs") or self.has(word, "offence"):
            return "things"
        if self.has(word, "nationality") or self.has(word, "foreign"):
            return "nationality"
        if self.has(word, "function"):
            return "function"
        if self.has(word, "custody"):
            return "custody"
        if word in self.number_at or word in self.number_end:
            return "number"
        return "other"

    def joined(self, left: int, right: int) -> bool:
        """Whether only blanks or a hyphen stand between two neighbouring words."""
        between = self.doc.text[self.doc.ends[left] : self.doc.starts[right]]
        return between.strip(" \u00a0-‑") == "" and "\n" not in between

    def bounds(self, sentence: int) -> tuple[int, int]:
        return self.doc.first_word[sentence], self.doc.first_word[sentence + 1]

    def extend(self, mention: Mention) -> tuple[int, int, str]:
        """Words of the phrase around the nationality, and what its head noun says."""
        low, high = self.bounds(mention.sentence)
        first, last, head = mention.first, mention.last, "none"
        # A noun after it: "Mexican woman", "Dutch drug couriers".
        after = mention.last + 1
        if after < high and self.joined(mention.last, after):
            kinds = []
            probe = after
            while probe < high and probe <= mention.last + 3 and (probe == after or self.joined(probe - 1, probe)):
                kinds.append(self.kind(probe))
                probe += 1
            for offset, kind in enumerate(kinds):
                if kind in ("mule", "prisoner", "national", "person"):
                    if all(k in ("things", "nationality", "other", "custody", "number") for k in kinds[:offset]):
                        last, head = after + offset, kind
                    break
                if kind in ("police", "function"):
                    break
            if head == "none" and kinds and kinds[0] in ("police", "things"):
                head = kinds[0]
        # A noun before it: "ciudadanos mexicanos", "une femme de nationalité".
        if head in ("none", "things") and mention.first - 1 >= low:
            for back in range(1, 4):
                word = mention.first - back
                if word < low or not self.joined(word, word + 1):
                    break
                kind = self.kind(word)
                if kind in ("mule", "prisoner", "national", "person"):
                    first, head = word, kind
                    break
                if kind in ("police", "things") and back == 1:
                    head = kind
                    break
                if kind == "function" and not self.has(word, "function", "of_from"):
                    break
        return first, last, head

    def count(self, first: int, last: int, sentence: int) -> tuple[int | None, Bound, str, int]:
        """The number of people that the phrase has, its bound, where it came from, new first word."""
        low, _high = self.bounds(sentence)
        for back in range(1, REACH + 1):
            word = first - back
            if word < low:
                break
            if not self.joined(word, word + 1):
                break
            number = self.number_end.get(word)
            if number is not None:
                if number.role in PEOPLE:
                    value = None if number.value is None else int(number.value)
                    return value, number.bound, "near", self.doc.word_at(number.start)
                if number.role != "age":
                    break
            if self.has(word, "people", "pair") or self.has(word, "function", "both"):
                return 2, Bound.EXACT, "near", word
            if self.has(word, "people", "trio"):
                return 3, Bound.EXACT, "near", word
            if self.has(word, "function", "articles_one"):
                return 1, Bound.EXACT, "article", word
            if self.has(word, "function", "articles"):
                inner = self.number_at.get(word + 1)
                if inner is None:
                    return None, Bound.EXACT, "the", word
            if self.kind(word) in ("function", "police") and not self.has(word, "function", "of_from"):
                break
        for word in range(first, last + 1):
            if self.has(word, "people", "pair"):
                return 2, Bound.EXACT, "near", first
            if self.has(word, "people", "trio"):
                return 3, Bound.EXACT, "near", first
        return None, Bound.EXACT, "none", first


def _own_country(language: str, outlet_country: str | None) -> str:
    """Whose compatriots a text speaks of: the outlet's country where the language is at home there,
    else the language's first country (an Italian blog from Goa means Italians)."""
    if outlet_country and language in get_official_languages(outlet_country, de_facto=True):
        return outlet_country
    return FIRST_COUNTRY.get(language, outlet_country or UNKNOWN_COUNTRY)


def _singular(reader: _Reader, mention: Mention, first: int, last: int) -> bool:
    if mention.label.key in ("many", "regions_many", "compatriot_many"):
        return False
    words = range(first, last + 1)
    return not any(
        reader.has(w, "people", "many") and not reader.has(w, "people", "one") for w in words
    )


GERMANIC = frozenset({"en", "de", "nl"})  # languages in which an adjective stands before its noun


def _stands_alone(reader: _Reader, mention: Mention) -> bool:
    """Whether a form that may be noun or adjective has no noun of its own beside it."""
    doc = reader.doc
    language = doc.article.language
    if language in GERMANIC:
        forms = [m.label.key for m in doc.at_word.get(mention.first, ()) if m.last == mention.last]
        after = mention.last + 1
        if "adjective" not in forms or after >= len(doc.words) or not reader.joined(mention.last, after):
            return True
        return reader.kind(after) != "other" or doc.text[doc.starts[after]].isupper() != doc.text[mention.start].isupper()
    if language == "fr" and doc.text[mention.start].islower():
        return False
    before = mention.first - 1
    if before < doc.first_word[mention.sentence] or not reader.joined(before, mention.first):
        return True
    return reader.kind(before) not in ("other", "things", "police")


def _form(reader: _Reader, mention: Mention, head: str, first: int, last: int) -> str:
    label = mention.label
    if label.section == "foreign":
        key = label.key
        if key.startswith("regions"):
            return "region"
        return "compatriot" if key.startswith("compatriot") else "foreign"
    if head in ("police", "things"):
        return "attribute"
    if head != "none":
        return "noun+person" if last > mention.last else "person+noun"
    return "noun" if label.key in ("one", "many") and _stands_alone(reader, mention) else "loose"


def _from_nationalities(reader: _Reader) -> list[Group]:
    doc, groups = reader.doc, []
    best: dict[tuple[int, str], Mention] = {}
    order = {"many": 0, "one": 1, "adjective": 2}
    for mention in doc.mentions:
        if mention.label.section not in ("nationality", "foreign"):
            continue
        key = (mention.first, mention.label.code)
        if key not in best or order.get(mention.label.key, 3) < order.get(best[key].label.key, 3):
            best[key] = mention
    for mention in best.values():
        first, last, head = reader.extend(mention)
        code = mention.label.code
        if mention.label.section == "foreign":
            code = UNKNOWN_COUNTRY
            if mention.label.key.startswith("compatriot"):
                code = _own_country(doc.article.language, doc.article.outlet_country)
            elif "adjective" in mention.label.key and head in ("none", "police", "things"):
                continue
        count, bound, by, begin = reader.count(first, last, mention.sentence)
        singular = count == 1 or (count is None and _singular(reader, mention, first, last))
        if count is None and singular and by in ("the", "none"):
            count, by = 1, "form"
        groups.append(
            Group(
                code, count, bound, singular, _form(reader, mention, head, first, last), head, begin, last,
                doc.starts[begin], doc.ends[last], mention.sentence, by,
            )
        )  # fmt: skip
    return groups


def _goes_on(reader: _Reader, last: int, word: int) -> bool:
    """Whether only commas, "and", articles and prepositions stand between two places of a list."""
    if word - last > 4:
        return False
    between = reader.doc.text[reader.doc.ends[last] : reader.doc.starts[word]]
    return not any(c in between for c in ".;:()\n") and all(
        reader.has(w, "function", "and_or", "articles", "of_from") for w in range(last + 1, word)
    )


def _from_frames(reader: _Reader) -> list[Group]:
    """ "citizens of Ghana", "of Paraguayan nationality" with a country's name, "a couple from Kent"."""
    doc, groups = reader.doc, []
    former: Group | None = None
    for place in doc.places:
        if place.kind not in PLACE_KINDS or not place.countries:
            continue
        word = doc.word_at(place.start)
        sentence = doc.sentence_of[word] if doc.sentence_of else 0
        low, _ = reader.bounds(sentence)
        if former is not None and former.sentence == sentence and place.kind == "country" and _goes_on(reader, former.last, word):
            last = doc.word_at(place.end - 1)
            former = replace(
                former, nationality=place.countries[0], first=word, last=last, start=place.start, end=place.end,
                count=1 if former.count == 1 else None, counted_by="list" if former.count == 1 else "none",
            )  # fmt: skip
            groups.append(former)
            continue
        former = None
        probe = word - 1
        while probe >= low and reader.has(probe, "function", "articles") and not reader.has(probe, "function", "of_from"):
            probe -= 1
        if probe < low:
            continue
        frame = reader.has(probe, "people", "nationality_of")
        link = reader.has(probe, "function", "of_from")
        if not frame and not link:
            continue
        head_word, head = -1, "none"
        for back in range(0 if frame else 1, 7):
            at = probe - back
            if at < low:
                break
            kind = reader.kind(at)
            if kind in ("mule", "prisoner", "national", "person"):
                head_word, head = at, kind
                break
            if kind == "nationality" and reader.has(at, "foreign"):
                head_word, head = at, "person"
                break
            if link and back >= 2 and kind in ("custody", "police", "things"):
                break
        if head_word < 0 and not frame:
            continue
        first = head_word if head_word >= 0 else probe
        count, bound, by, begin = reader.count(first, first, sentence)
        singular = count == 1 or (
            count is None and reader.has(first, "people", "one") and not reader.has(first, "people", "many")
        )
        if count is None and singular:
            count, by = 1, "form"
        last = doc.word_at(place.end - 1)
        form = "citizen of" if frame or head in ("national", "prisoner") else "home"
        former = Group(
            place.countries[0], count, bound, singular, form, head, begin, last,
            doc.starts[begin], doc.ends[last], sentence, by,
        )  # fmt: skip
        groups.append(former)
    return groups


def _copula_counts(reader: _Reader, groups: list[Group]) -> list[Group]:
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
                if number.role in PEOPLE and number.value is not None and doc.word_at(number.start) not in taken:
                    found = number
                break
        if found is not None and found.value is not None and not (group.singular and found.value > 1):
            out.append(replace(group, count=int(found.value), bound=found.bound, counted_by="copula"))
        else:
            out.append(group)
    return out


def find_groups(doc: Document) -> tuple[Group, ...]:
    """All candidate groups in order of the text."""
    reader = _Reader(doc)
    groups = _from_nationalities(reader) + _from_frames(reader)
    groups = _copula_counts(reader, groups)
    groups.sort(key=lambda g: (g.start, g.end))
    return tuple(groups)
