"""How a people's name is meant: people, an adjective, an origin (demonym_doubts.py: or no people at all).

"a Colombian", "two Spanish nationals"      → noun, noun+person, person+noun
"a Norwegian-flagged carrier", "Thai court" → attribute
"of Indian origin", "di origini albanesi"   → origin
"""

from __future__ import annotations

from pipeline.lexicon import load_lexicon
from pipeline.mentions import Mention
from pipeline.names import ordinary_words
from pipeline.peoples import people_words
from pipeline.phrases import GERMANIC, PERSONS, Reader

ORIGIN_IS_NATIONALITY = frozenset({"es", "pt"})  # "de origen colombiano" means a Colombian there
BORN = ("born", "geb")
ORIGIN_REACH = 3  # words from "danés" to "turco" in "danés de origen turco"
ALL = frozenset({"tous", "toutes"})
EACH = frozenset({"un", "une", "autre"})
OF_THE_LAND = frozenset(
    [
        *("nacional", "nacionales", "nacionais", "national", "nationale", "nationales", "nationaux"),
        *("nazionale", "nazionali", "local", "locales", "locais", "locale", "locali", "locaux"),
    ]
)  # adjectives beside "foreign" that say whose else a thing is
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
        return _is_said_apart(reader, mention)
    before = mention.first - 1
    if before < doc.first_word[mention.sentence] or not reader.joined(before, mention.first):
        return True
    if language == "fr" and doc.words[before] in people_words(language).alone:
        return True  # "un autre Français"; an adjective has no capital
    noun = before
    if (
        noun - 2 >= doc.first_word[mention.sentence]
        and reader.has(noun, "function", "and_or")
        and doc.words[noun - 1] in OF_THE_LAND
    ):
        noun -= 2  # "la comunidad nacional y extranjera"
    return reader.kind(noun) not in ("other", "things", "police")


def _is_said_apart(reader: Reader, mention: Mention) -> bool:
    """ "Les onze musiciens, tous surinamais", "l'un polonais, l'autre roumain", "le chauffeur, polonais, et":
    a French adjective in small letters that is said of people, and is no noun's."""
    doc, low = reader.doc, reader.bounds(mention.sentence)[0]
    before = mention.first - 1
    if before < low or mention.last + 1 >= len(doc.words):
        return False
    if not reader.joined(before, mention.first):
        gap = doc.text[doc.ends[before] : mention.start]
        behind = doc.text[mention.end : mention.end + 1]
        bare = gap.strip() in (",", "(") and behind in (",", ")")
        return (
            bare and not reader.has(before, "nationality") and not reader.has(mention.last + 1, "nationality")
        )
    if before in reader.number_end:
        before -= 1
    return doc.words[before] in ALL or (
        doc.words[before] in EACH and before > low and doc.words[before - 1] == "l"
    )


def _is_origin(reader: Reader, mention: Mention) -> bool:
    """ "di origini albanesi", "of Indian origin", "türkischer Herkunft", "Indian-origin trucker"."""
    low, high = reader.bounds(mention.sentence)
    text, ends = reader.doc.text, reader.doc.ends
    for word in range(max(mention.first - 2, low), min(mention.last + 2, high)):
        # "Brüder mit kosovarischen Wurzeln, deutsche Staatsbürger": the roots are of others.
        apart = any(c in text[ends[min(word, mention.first)] : mention.start] for c in ",;:(")
        if not apart and reader.has(word, "people", "origin"):
            return True
    return False


def _has_another(reader: Reader, mention: Mention) -> bool:
    """ "Un danés de origen turco" is a Dane, where "un hombre de origen turco" is a Turk."""
    low, _ = reader.bounds(mention.sentence)
    before = range(max(low, mention.first - ORIGIN_REACH), mention.first)
    return any(
        reader.has(w, "nationality") and all(reader.joined(o, o + 1) for o in range(w, mention.first))
        for w in before
    )


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


FULL_NAME = 2  # words of a name that is surely a person's


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
        known = reader.language in ORIGIN_IS_NATIONALITY and not _has_another(reader, mention)
        return "citizen of" if known else "origin"
    if head in ("police", "things") or _is_compound(reader, mention):
        return "attribute"
    if head != "none":
        return "noun+person" if last > mention.last else "person+noun"
    said = _predicate(reader, mention)
    if said:
        return said
    alone = label.key in ("one", "many") and stands_alone(reader, mention)
    return "noun" if alone or _has_name(reader, mention) else "loose"


def _has_name(reader: Reader, mention: Mention) -> bool:
    """ "Malaysian Prakash Ramachandran": two words behind it that only a name's capitals explain."""
    doc, first = reader.doc, mention.last + 1
    words = range(first, first + FULL_NAME)
    if reader.language != "en" or words.stop > reader.bounds(mention.sentence)[1]:
        return False
    return all(
        reader.joined(word - 1, word)
        and not reader.hyphen(word - 1)
        and reader.capital(word)
        and reader.kind(word) == "other"
        and doc.words[word] not in ordinary_words()
        for word in words
    ) and not any(doc.word_at(place.start) in words for place in doc.places)


def _is_compound(reader: Reader, mention: Mention) -> bool:
    """ "A Norwegian-flagged carrier", "Spanish-speaking", "Dutch-era prisons": no people."""
    after = mention.last + 1
    return (
        reader.hyphen(mention.last)
        and reader.kind(after) in ("other", "things")
        and not reader.doc.words[after].startswith(BORN)
    )
