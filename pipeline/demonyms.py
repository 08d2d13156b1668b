"""How a people's name is meant: people, an adjective, a language, an origin, part of a name.

"a Colombian", "two Spanish nationals"      → noun, noun+person, person+noun
"a Norwegian-flagged carrier", "Thai court" → attribute
"of Indian origin", "di origini albanesi"   → origin
"siglas en inglés", "Miguel Alemán"         → nothing
"""

from __future__ import annotations

from pipeline.gazetteer_table import load_table
from pipeline.lexicon import load_lexicon
from pipeline.mentions import Mention
from pipeline.peoples import people_words
from pipeline.phrases import GERMANIC, PERSONS, Reader
from pipeline.ways import load_ways

NAMED_IN_LOWER_CASE = frozenset({"es", "pt", "it"})  # languages in which a capital makes a people a name
ORIGIN_IS_NATIONALITY = frozenset({"es", "pt"})  # "de origen colombiano" means a Colombian there
BORN = ("born", "geb")
SUBJECT_REACH = 4  # words before "is" in which its subject is looked for
VERB_ENDINGS = {"en": ("ed", "ly"), "nl": ("de", "te")}  # of verbs that often follow a people's name


def _has_adjective(language: str, code: str) -> bool:
    """Whether a country's adjective differs from its nouns: "Spaniard" and "Spanish", not "Mexican"."""
    return bool(load_lexicon(language).raw["nationality"].get(code, {}).get("adjective"))


def stands_alone(reader: Reader, mention: Mention) -> bool:
    """Whether a form that may be noun or adjective has no noun of its own beside it."""
    doc, language = reader.doc, reader.language
    if language in GERMANIC:
        forms = [m.label.key for m in doc.at_word.get(mention.first, ()) if m.last == mention.last]
        after = mention.last + 1
        if after >= len(doc.words) or not reader.joined(mention.last, after) or reader.kind(after) != "other":
            return True
        if doc.words[after] in people_words(language).alone:
            return True  # "Chinese with 160", "De Amerikaanse zit vast"
        if "adjective" not in forms and (language == "de" or _has_adjective(language, mention.label.code)):
            return True
        if reader.capital(after):
            # "Mexican Joaquín G." is a person, "Russian Grand Prix" and "Spanish Prime Minister" are not.
            return "adjective" not in forms
        if language == "de":
            return True
        if forms == ["many"] and "adjective" not in forms:
            return True
        # An unknown small word is the verb ("the Nigerian swallowed") or the noun ("Nigerian food").
        return doc.words[after].endswith(VERB_ENDINGS[language])
    if language == "fr" and mention.label.section == "nationality" and doc.text[mention.start].islower():
        return False
    before = mention.first - 1
    if before < doc.first_word[mention.sentence] or not reader.joined(before, mention.first):
        return True
    if language == "fr" and doc.words[before] in people_words(language).alone:
        return True  # "un autre Français"; an adjective has no capital
    return reader.kind(before) not in ("other", "things", "police")


def is_name(reader: Reader, mention: Mention) -> bool:
    """ "Miguel Alemán", "el Veneto": a capital where the language writes peoples without one."""
    doc, word = reader.doc, mention.first
    if reader.language not in NAMED_IN_LOWER_CASE or mention.label.section != "nationality":
        return False
    low, high = reader.bounds(mention.sentence)
    after = word + 1
    if (
        doc.words[word] in load_table().given
        # "Francés" is nobody's given name, "Frances" is.
        and doc.text[doc.starts[word] : doc.ends[word]].casefold() == doc.words[word]
        and reader.capital(word)
        and after < high
        and reader.joined(word, after)
        and reader.capital(after)
        and not reader.has(after, "nationality")
    ):
        return True  # "Josefina Vargas": a given name with another name behind it, and nobody from San José
    if (
        word == low
        or not reader.capital(word)
        or reader.capital(word) == doc.text[doc.starts[word] : doc.ends[word]].isupper()
    ):
        return False
    if mention.sentence == 0:
        # A headline may write every word with a capital.
        long = [reader.capital(w) for w in range(low, high) if doc.ends[w] - doc.starts[w] > 3]
        return sum(long) < 0.6 * len(long)
    return doc.text[: doc.starts[word]].rstrip()[-1:] not in (".", ":", "«", '"', "“", "-", "–", "—")


def _stands_bare(reader: Reader, mention: Mention) -> bool:
    """Whether no article and no number stands before a name."""
    before = mention.first - 1
    return before < reader.bounds(mention.sentence)[0] or not (
        reader.has(before, "function", "articles", "articles_one", "articles_many")
        or reader.kind(before) in ("number", "person")
        or reader.is_heap(mention.first)
    )


def _is_subject(reader: Reader, mention: Mention) -> bool:
    """ "Polen hat die Auslieferung beantragt": a country has a verb of one."""
    after = mention.last + 1
    return (
        after < reader.bounds(mention.sentence)[1]
        and reader.joined(mention.last, after)
        and reader.has(after, "function", "verb_one")
        and not reader.has(after, "function", "verb_many")
        and _stands_bare(reader, mention)
    )


def _is_among_countries(reader: Reader, mention: Mention) -> bool:
    """ "Polen und Tschechien", "de Turkije, Polen": a name in a list of countries is one."""
    doc, (low, high) = reader.doc, reader.bounds(mention.sentence)
    if not _stands_bare(reader, mention):
        return False
    for step, edge in ((-1, mention.first), (1, mention.last)):
        word = edge + step
        while low <= word < high and reader.has(word, "function", "and_or", "articles"):
            word += step
        if not low <= word < high or not reader.has(word, "country") or reader.has(word, "nationality"):
            continue
        gap = doc.text[doc.ends[min(word, edge)] : doc.starts[max(word, edge)]]
        if not any(c in gap for c in ".;:()") and ("," in gap or abs(word - edge) > 1):
            return True
    return False


def is_the_country(reader: Reader, mention: Mention) -> bool:
    """ "In Schweden", "naar Polen", "via Polen": the country, though its people have the same name."""
    if mention.label.section != "nationality" or not reader.has(mention.first, "country"):
        return False
    before = mention.first - 1
    if _is_subject(reader, mention) or _is_among_countries(reader, mention):
        return True
    if before < reader.bounds(mention.sentence)[0]:
        return False
    said, ways = reader.doc.words[before], load_ways(reader.language)
    if mention.label.key == "many" and said in people_words(reader.language).before:
        return True
    return reader.joined(before, mention.first) and said in ways.inside | ways.to


def is_language(reader: Reader, mention: Mention) -> bool:
    """ "siglas en inglés", "parle anglais", "in English", "auf Deutsch"."""
    if mention.label.section != "nationality" and not mention.label.key.startswith("regions"):
        return False
    doc, word = reader.doc, mention.first
    low, high = reader.bounds(mention.sentence)
    after = mention.last + 1
    alone = (
        after >= high
        or not reader.joined(mention.last, after)
        or reader.kind(after) in ("function", "number", "custody")
    )
    if not alone:
        return False
    before = word - 1
    while (
        before >= low
        and reader.has(before, "function", "articles", "and_or")
        and not reader.has(before, "function", "in_at")
    ):
        before -= 1
    probe = [w for w in range(max(low, word - 5), word) if reader.has(w, "people", "language")]
    if probe and not any(
        reader.kind(w) in ("person", "number", "police") for w in range(probe[-1] + 1, word)
    ):
        return True
    said = doc.words[before] if before >= low else ""
    if (
        said in ("de", "d", "di")
        and before - 1 >= low
        and doc.words[before - 1] in people_words(reader.language).teaching
    ):
        return True
    return said in ("en", "em", "in", "auf", "ins") and before == word - 1 and mention.label.key != "many"


def _is_origin(reader: Reader, mention: Mention) -> bool:
    """ "di origini albanesi", "of Indian origin", "türkischer Herkunft", "Indian-origin trucker"."""
    low, high = reader.bounds(mention.sentence)
    near = (*range(mention.first - 2, mention.last + 2),)
    return any(low <= w < high and reader.has(w, "people", "origin") for w in near)


def _has_passport(reader: Reader, mention: Mention) -> bool:
    low, high = reader.bounds(mention.sentence)
    near = (mention.last + 1,) if reader.language in GERMANIC else (mention.first - 1,)
    return any(low <= w < high and reader.has(w, "people", "passport") for w in near)


def _is_false(reader: Reader, mention: Mention) -> bool:
    """ "A forged Greek passport", "un pasaporte griego falso": its bearer is of another country."""
    low, high = reader.bounds(mention.sentence)
    near = range(max(low, mention.first - 3), min(high, mention.last + 3))
    return any(reader.doc.words[w] in people_words(reader.language).false for w in near)


def _has_papers(reader: Reader, mention: Mention) -> bool:
    """ "De 30 años y nacionalidad polaca", "met de Nederlandse nationaliteit"."""
    low, high = reader.bounds(mention.sentence)
    word = mention.last + 1 if reader.language in GERMANIC else mention.first - 1
    return low <= word < high and reader.doc.words[word] in people_words(reader.language).papers


def _is_born_elsewhere(reader: Reader, mention: Mention) -> bool:
    """ "A Jamaican-born US citizen" is no Jamaican: another nationality stands behind the birth."""
    doc, born = reader.doc, mention.last + 1
    high = reader.bounds(mention.sentence)[1]
    if born >= high or not reader.joined(mention.last, born) or not doc.words[born].startswith(BORN):
        return False
    return any(
        reader.has(w, "nationality") or reader.has(w, "country")
        for w in range(born + 1, min(born + 3, high))
        if reader.joined(w - 1, w)
    )


def _predicate(reader: Reader, mention: Mention) -> str:
    """What "is Dutch", "sont boliviens" says: "noun" of people, "attribute" of things, else nothing."""
    doc, verb = reader.doc, mention.first - 1
    low, high = reader.bounds(mention.sentence)
    if verb < low or not reader.has(verb, "function", "verb_one", "verb_many"):
        return ""
    after = mention.last + 1
    if (
        reader.language in GERMANIC
        and after < high
        and reader.joined(mention.last, after)
        and reader.kind(after) in ("other", "things")
        and doc.words[after] not in people_words(reader.language).alone
    ):
        return ""  # "was Dutch territory"
    subject = range(max(low, verb - SUBJECT_REACH), verb)
    if any(
        reader.kind(w) in (*PERSONS, "nationality", "number")
        or (
            reader.has(w, "function", "pronouns_one", "pronouns_many", "both")
            and not reader.has(w, "function", "articles")  # "el barco", not "él"
        )
        for w in subject
    ):
        return "noun"
    return "attribute" if any(reader.kind(w) == "things" for w in subject) else ""


def form_of(reader: Reader, mention: Mention, head: str, first: int, last: int) -> str:
    label = mention.label
    if label.section == "foreign":
        key = label.key
        if key.startswith("regions"):
            return "region"
        return "compatriot" if key.startswith("compatriot") else "foreign"
    if _has_passport(reader, mention):
        return "attribute" if _is_false(reader, mention) else "citizen of"
    if head in ("none", "things") and _has_papers(reader, mention):
        return "citizen of"
    if _is_born_elsewhere(reader, mention):
        return "attribute"
    if _is_origin(reader, mention):
        return "citizen of" if reader.language in ORIGIN_IS_NATIONALITY else "origin"
    if head in ("police", "things") or _is_compound(reader, mention):
        return "attribute"
    if head != "none":
        return "noun+person" if last > mention.last else "person+noun"
    said = _predicate(reader, mention)
    if said:
        return said
    return "noun" if label.key in ("one", "many") and stands_alone(reader, mention) else "loose"


def _is_compound(reader: Reader, mention: Mention) -> bool:
    """ "A Norwegian-flagged carrier", "Spanish-speaking", "Dutch-era prisons": no people."""
    after = mention.last + 1
    return (
        reader.hyphen(mention.last)
        and reader.kind(after) in ("other", "things")
        and not reader.doc.words[after].startswith(BORN)
    )
