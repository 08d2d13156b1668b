"""Where a people's name is no people: part of a name, a language, the country itself.

"Miguel Alemán", "Korean Air", "siglas en inglés", "Polen" (the country, in German)
"""

from __future__ import annotations

from pipeline.gazetteer_table import load_table
from pipeline.mentions import Mention
from pipeline.peoples import people_words
from pipeline.phrases import Reader
from pipeline.way_words import load_ways

NAMED_IN_LOWER_CASE = frozenset({"es", "pt", "it"})  # languages in which a capital makes a people a name


def _is_airline(reader: Reader, mention: Mention) -> bool:
    """ "A South African Airways flight", "staff of Korean Air"."""
    after = mention.last + 1
    return (
        after < reader.bounds(mention.sentence)[1]
        and reader.joined(mention.last, after)
        and reader.doc.words[after] in load_table().rules["airlines"]
        and reader.capital(after)
    )


def is_name(reader: Reader, mention: Mention) -> bool:
    """ "Miguel Alemán", "el Veneto": a capital where the language writes peoples without one."""
    doc, word = reader.doc, mention.first
    if _is_airline(reader, mention):
        return True
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
