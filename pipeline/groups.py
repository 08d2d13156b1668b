"""Document → Group…: every phrase that may denote people of a foreign nationality.

A group is a noun phrase such as "two Dutchmen", "a 34-year-old Mexican woman", "tres ciudadanos de
Ghana", "12 der Häftlinge aus Litauen", "a couple from Kent", "foreigners". Whether those people are
detainees at all is decided later; here a phrase only has to denote them.
"""

from __future__ import annotations

from dataclasses import replace

from babel.languages import get_official_languages

from pipeline.all_from import all_from
from pipeline.copulas import copula_counts
from pipeline.demonym_doubts import is_language, is_name, is_the_country
from pipeline.demonyms import form_of, stands_alone
from pipeline.frames import from_frames, is_gang, is_people_number
from pipeline.group import FORMS as FORMS
from pipeline.group import Group as Group
from pipeline.measures.numbers import Number
from pipeline.mentions import Document, Mention
from pipeline.own_people import own_people
from pipeline.phrases import GERMANIC, PERSONS, Reader
from pipeline.vocabulary import UNKNOWN_COUNTRY

NUMBER_REACH = 2  # words between a number and an adjective that stands for people
QUOTES = frozenset("\"“”„«»‘’'")
MANY = frozenset({"many", "regions_many", "compatriot_many"})  # keys of plurals
FIRST_COUNTRY = {"de": "DE", "it": "IT", "nl": "NL", "fr": "FR"}  # of languages at home in few countries


def own_country(language: str, outlet_country: str | None) -> str:
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
        if is_language(reader, mention) or is_the_country(reader, mention):
            continue
        if mention.last in reader.number_end:
            continue  # "in English"; "una trentina di romeni": a number, nobody from Trento
        first, last, head = reader.extend(mention)
        if head == "person" and any(is_gang(reader, w) for w in (first, last)):
            head = "group"
        if is_name(reader, mention) and head not in ("police", "things"):
            continue
        part = _part(reader, mention)
        code = mention.label.code
        if mention.label.section == "foreign":
            code = UNKNOWN_COUNTRY
            if mention.label.key.startswith("compatriot"):
                code = own_country(doc.article.language, doc.article.outlet_country)
            elif (
                head in ("none", "police", "things")
                and part is None
                and (
                    not (_has_noun(reader, mention) or stands_alone(reader, mention))
                    or ("adjective" in mention.label.key and not _has_number(reader, mention))
                )
            ):
                continue  # "foreign customs", "Latin American waters", "voitures à plaques étrangères"
        if _is_nickname(reader, first, last):
            continue
        band = reader.is_band(first) or reader.is_band(last) or reader.is_heap(first)
        several = band or (mention.label.key in MANY and "one" not in keys[key])
        count, bound, by, begin = reader.count(first, last, mention.sentence, several=several, band=band)
        said = not band and reader.number_of(mention, first, last, begin, {"one", "many"} <= keys[key])
        singular = count == 1 or (count is None and bool(said))
        if count is None and singular and by in ("the", "none"):
            count, by = 1, "form"
        if part is not None and by in ("the", "none", "form"):
            count, bound, by, begin = int(part.value or 0), part.bound, "near", reader.doc.word_at(part.start)
            singular = count == 1
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


def _is_nickname(reader: Reader, first: int, last: int) -> bool:
    """ "Liked to be known as 'the Colombian'", "alias «el Ruso»": an article and a people's name in
    quotation marks of their own."""
    doc, begin = reader.doc, first - 1
    if first != last or begin < 0 or not reader.has(begin, "function", "articles"):
        return False
    before = doc.text[max(doc.starts[begin] - 2, 0) : doc.starts[begin]].rstrip(" \u00a0")[-1:]
    behind = doc.text[doc.ends[last] : doc.ends[last] + 3].lstrip(" \u00a0,")[:1]
    return bool(before) and before in QUOTES and bool(behind) and behind in QUOTES


def _has_noun(reader: Reader, mention: Mention) -> bool:
    """ "131 riguardano cittadini stranieri": words for foreigners that hold a noun for people themselves."""
    return mention.last > mention.first and any(
        reader.kind(w) in PERSONS for w in (mention.first, mention.last)
    )


def _has_number(reader: Reader, mention: Mention) -> bool:
    """ "1.580 zonder Belgisch paspoort", "23 van hen uit het buitenland": the number stands for people."""
    low, _ = reader.bounds(mention.sentence)
    if mention.first == mention.last:
        return False  # "23 foreign ministers"
    for word in range(mention.first - 1, max(low, mention.first - 1 - NUMBER_REACH) - 1, -1):
        if not reader.joined(word, word + 1):
            return False
        if word in reader.number_end:
            return is_people_number(reader, word)
        if not reader.has(word, "function"):
            return False
    return False


def _part(reader: Reader, mention: Mention) -> Number | None:
    """ "58 mulas, 49 delas estrangeiras", "49 of them Dutch": how many of those who were counted they are."""
    low, _ = reader.bounds(mention.sentence)
    before = mention.first - 1
    if before <= low or not reader.joined(before, mention.first):
        return None
    first = min((m.first for m in reader.cover.get(before, ()) if m.label.key == "of_whom"), default=low)
    number = reader.number_end.get(first - 1) if first > low else None
    if number is None or not is_people_number(reader, first - 1) or not reader.joined(first - 1, first):
        return None
    return number


def _without_doubles(groups: list[Group], language: str) -> list[Group]:
    """ "Un immigrato tunisino", "an Albanian migrant": a word for foreigners in the phrase of those whose
    nationality is said is the noun of that phrase, and no foreigner besides."""
    said = {
        w: g
        for g in groups
        if g.nationality != UNKNOWN_COUNTRY and g.form in ("noun", "noun+person", "person+noun")
        for w in range(g.first, g.last + 1)
    }
    doubles, heads = set[int](), set[int]()
    for group in groups:
        if group.nationality == UNKNOWN_COUNTRY and group.form in ("foreign", "region"):
            own = next((said[w] for w in range(group.first, group.last + 1) if w in said), None)
            if own is not None:
                doubles.add(id(group))
                heads.add(id(own))
    form = "noun+person" if language in GERMANIC else "person+noun"
    return [
        replace(g, form=form, head="person") if id(g) in heads and g.form == "noun" else g
        for g in groups
        if id(g) not in doubles
    ]


def find_groups(doc: Document) -> tuple[Group, ...]:
    """All candidate groups in order of the text."""
    reader = Reader(doc)
    named = _without_doubles(_from_nationalities(reader), reader.language)
    groups = [*named, *from_frames(reader), *own_people(reader)]
    groups += all_from(reader, frozenset(g.last for g in groups))
    groups = copula_counts(reader, groups)
    groups.sort(key=lambda g: (g.start, g.end))
    return tuple(groups)
