"""The words around a mention: what kind each is, where a noun phrase begins and ends, and its number.

Nothing here decides anything: ``groups.py`` asks these questions to read phrases that name people.
"""

from __future__ import annotations

from pipeline.figure_words import figure_words
from pipeline.mentions import PEOPLE, Document, Mention
from pipeline.vocabulary import Bound

REACH = 4  # words between a number and the phrase that it counts
THINGS_REACH = 4  # words between a thing and where it came from
GERMANIC = frozenset({"en", "de", "nl"})  # languages in which an adjective stands before its noun
PARTITIVE = frozenset({"der", "dieser", "jener", "dier"})  # "1.106 dieser Ausländer", "311 der Häftlinge"
WEAK_PLURAL = frozenset({"der", "die", "dieser", "diese", "jener", "jene", "aller", "alle", "beiden"})
OF_ONE_WOMAN = WEAK_PLURAL & {"der", "dieser", "jener"}  # these stand before one woman as well
SISTERS = frozenset({"mutter", "tochter", "schwester"})
HEAP_LINKS = frozenset({"of", "von", "an", "van", "aan"})  # between such a noun and its people
PERSONS = ("mule", "prisoner", "national", "person")


class Reader:
    """Looks at the words around a mention; one per document."""

    def __init__(self, doc: Document) -> None:
        self.doc = doc
        self.language = doc.article.language
        self.cover: dict[int, list[Mention]] = {}
        for mention in doc.mentions:
            for word in range(mention.first, mention.last + 1):
                self.cover.setdefault(word, []).append(mention)
        self.number_at = {doc.word_at(n.start): n for n in doc.numbers}
        self.number_end = {doc.word_at(max(n.end - 1, n.start)): n for n in doc.numbers}
        self.kinds: dict[int, str] = {}
        self.spots: list[tuple[int, int, str, str]] | None = None  # pipeline/spots.py looks for them once

    def has(self, word: int, section: str, *keys: str) -> bool:
        """Whether some mention of a section (and of one of its keys) covers a word."""
        return any(
            m.label.section == section and (not keys or m.label.key in keys) for m in self.cover.get(word, ())
        )

    def kind(self, word: int) -> str:
        """A word's role next to a nationality."""
        known = self.kinds.get(word)
        if known is None:
            known = self.kinds[word] = self._kind(word)
        return known

    def _kind(self, word: int) -> str:
        longest = max((m.last - m.first for m in self.cover.get(word, ())), default=0)
        if longest and any(
            m.last - m.first == longest and m.label.section == "drugs" for m in self.cover[word]
        ):
            return "things"  # "precursor químico" is no chemist
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

    def hyphen(self, left: int) -> bool:
        """Whether a hyphen binds a word to the next one."""
        at = self.doc.ends[left]
        return self.doc.text[at : at + 1] in ("-", "‑") and left + 1 < len(self.doc.words)

    def bounds(self, sentence: int) -> tuple[int, int]:
        """The words of a sentence, half open."""
        return self.doc.first_word[sentence], self.doc.first_word[sentence + 1]

    def capital(self, word: int) -> bool:
        """Whether a word is written with a capital."""
        return self.doc.text[self.doc.starts[word]].isupper()

    def are(self, first: int, last: int) -> bool:
        """ "Honderd van hen zijn buitenlander": whether a verb of these words says that they are many."""
        return any(
            self.has(word, "function", "verb_many")
            and not self.has(word, "nationality")
            and not self.has(word, "foreign")
            for word in range(first, last + 1)
        )

    def of_things(self, word: int, low: int) -> bool:
        """ "The ship came from Cozumel": whether what is from there is no person."""
        return any(self.kind(at) == "things" for at in range(max(low, word - THINGS_REACH), word))

    def extend(self, mention: Mention) -> tuple[int, int, str]:
        """Words of the phrase around the nationality, and what its head noun says."""
        low, high = self.bounds(mention.sentence)
        first, last, head = mention.first, mention.last, "none"
        # A noun after it: "Mexican woman", "Dutch drug couriers".
        after = mention.last + 1
        if after < high and self.joined(mention.last, after):
            kinds = []
            probe = after
            while (
                probe < high
                and probe <= mention.last + 3
                and (probe == after or self.joined(probe - 1, probe))
            ):
                kinds.append("police" if self._is_of_the_nation(probe) else self.kind(probe))
                probe += 1
            for offset, kind in enumerate(kinds):
                if kind in PERSONS:
                    before = kinds[:offset]
                    if all(k in ("things", "nationality", "other", "custody", "number") for k in before):
                        last, head = after + offset, kind
                        if (
                            last + 1 < high
                            and self.joined(last, last + 1)
                            and self.has(last + 1, "people", "pair", "trio")
                        ):
                            last += 1  # "a Nigerian student couple"
                    break
                if kind in ("police", "function"):
                    break
            if (
                head == "none"
                and kinds
                and kinds[0] in ("police", "things")
                and not self._are_people(mention)
            ):
                head = kinds[0]
        # A noun before it: "ciudadanos mexicanos", "une femme de nationalité".
        # "A pensioner bust with Brazilian cocaine" is no Brazilian: an adjective is of the noun after it.
        whole = head == "things" and self.language in GERMANIC
        if head in ("none", "things") and not whole and mention.first - 1 >= low:
            for back in range(1, 4):
                word = mention.first - back
                if word < low or not self.joined(word, word + 1):
                    break
                kind = self.kind(word)
                if kind in PERSONS:
                    first, head = word, kind
                    break
                if kind in ("police", "things") and back == 1:
                    head = kind
                    break
                if kind == "function" and not self.has(word, "function", "of_from"):
                    break
                if kind == "number" or self.has(word, "function", "articles_one"):
                    break  # "hanno arrestato due tunisini": the participle is the verb
        return first, last, head

    def _is_of_the_nation(self, word: int) -> bool:
        """ "The Danish national team": an adjective, and nobody's nationality."""
        after = self.doc.words[word + 1 : word + 2]
        return self.doc.words[word] == "national" and bool(after) and after[0] in figure_words("of_a_nation")

    def _are_people(self, mention: Mention) -> bool:
        """ "Nigerians account for": a form of many that is no adjective has no noun behind it."""
        here = self.doc.at_word.get(mention.first, ())
        return self.language == "en" and {m.label.key for m in here if m.last == mention.last} == {"many"}

    def counts_apart(self, word: int) -> bool:
        """Whether a word is a noun for something else than people: "files" in "300 files of Nigerians"."""
        return self.kind(word) in ("other", "things") and self.doc.words[word] not in figure_words("couples")

    def is_band(self, word: int) -> bool:
        """Whether a word is a noun for several people at once: a gang, a family, a crew."""
        return self.has(word, "people", "group") and not self.has(
            word, "people", "one", "many", "pair", "trio"
        )

    def is_heap(self, first: int) -> bool:
        """ "Eine Handvoll Schweizer": whether a noun for several stands before a phrase."""
        low, word = self.bounds(self.doc.sentence_of[first])[0], first - 1
        if word > low and self.doc.words[word] in HEAP_LINKS:
            word -= 1
        return (
            low <= word
            and self.doc.words[word] in figure_words("heaps")
            and self.joined(word, word + 1)
            and self.joined(first - 1, first)
        )

    def count(
        self, first: int, last: int, sentence: int, *, several: bool = False, band: bool = False
    ) -> tuple[int | None, Bound, str, int]:
        """The number of people that the phrase has, its bound, where it came from, new first word.

        ``several``: its noun is a plural, so that what stands before "of" is something else; ``band``:
        its head is a noun for several, whose article or number counts gangs and not people.
        """
        low, _high = self.bounds(sentence)
        beyond, thing = band, False  # whether "of" was passed, and before it a noun that is no person
        for back in range(1, REACH + 1):
            word = first - back
            if word < low:
                break
            if not self.joined(word, word + 1):
                break
            number = self.number_end.get(word)
            if number is not None:
                if number.role in PEOPLE:
                    if (thing or band) and number.role != "case":
                        break  # "300 files of Nigerians", "two Nigerian gangs"
                    value = int(number.value or 0) or None  # "0 Belgians" counts nobody
                    return value, number.bound, "near", self.doc.word_at(number.start)
                if number.role != "age":
                    break
            if self.has(word, "people", "pair") or self.has(word, "function", "both"):
                return 2, Bound.EXACT, "near", word
            if self.has(word, "people", "trio"):
                return 3, Bound.EXACT, "near", word
            partitive = self.number_end.get(word - 1) if word > low else None
            if (
                self.doc.words[word] in PARTITIVE
                and partitive is not None
                and partitive.role in PEOPLE
                and (partitive.value or 0) > 1
                and self.joined(word - 1, word)
            ):
                first_word = self.doc.word_at(partitive.start)
                return int(partitive.value or 0), partitive.bound, "near", first_word
            if self.has(word, "function", "articles_one"):
                if several and beyond:
                    break  # "a gang of Peruvians"
                return 1, Bound.EXACT, "article", word
            if self.has(word, "function", "articles"):
                inner = self.number_at.get(word + 1)
                if inner is None:
                    return None, Bound.EXACT, "the", word
            if self.kind(word) in ("function", "police") and not self.has(word, "function", "of_from"):
                break
            if self.kind(word) in PERSONS and not self.is_band(word):
                several = band = beyond = thing = False  # "a boss of the Sinaloa cartel"
            thing = thing or (several and beyond and self.counts_apart(word))
            beyond = beyond or self.has(word, "function", "of_from")
        for word in range(first, last + 1):
            if self.has(word, "people", "pair"):
                return 2, Bound.EXACT, "near", first
            if self.has(word, "people", "trio"):
                return 3, Bound.EXACT, "near", first
        return None, Bound.EXACT, "none", first

    def _is_bare_plural(self, mention: Mention, first: int, last: int) -> bool:
        """ "Die größte Gruppe bilden serbische Staatsangehörige", "Mexikanische Soldaten": without an
        article of its own such a German phrase is of many."""
        words, low = self.doc.words, self.bounds(mention.sentence)[0]
        return (
            self.language == "de"
            and last > mention.last
            and words[mention.last].endswith("e")
            and (
                (words[last].endswith("e") and self.has(last, "people", "national"))
                or (words[last].endswith("en") and self.has(last, "people"))
            )
            and not (
                mention.first > low and self.has(mention.first - 1, "function", "articles", "articles_one")
            )
        )

    def _is_weak_plural(self, mention: Mention, first: int, last: int) -> bool:
        """ "Der pakistanischen Bewohner", "die beiden türkischen Fahrer": behind these articles a German
        adjective in -en is of many, or of one woman ("der türkischen Fahrerin")."""
        words, low = self.doc.words, self.bounds(mention.sentence)[0]
        if (
            self.language != "de"
            or last == mention.last
            or not words[mention.last].endswith("en")
            or mention.first == low
            or words[mention.first - 1] not in WEAK_PLURAL
        ):
            return False
        of_one_woman = words[last] in SISTERS or not words[last].endswith(("er", "en"))
        return words[mention.first - 1] not in OF_ONE_WOMAN or not of_one_woman

    def number_of(self, mention: Mention, first: int, last: int, begin: int, both: bool) -> bool | None:
        """Whether a phrase without a number denotes one person; None where its words do not tell.

        ``both``: its form is singular and plural alike ("Chinese"), so that its noun, its article or
        the verb after it must say.
        """
        if mention.label.key in ("many", "regions_many", "compatriot_many") and not both:
            return False
        if self._is_weak_plural(mention, first, last):
            return False
        for word in range(last, first - 1, -1):
            one, many = (self.has(word, "people", key) for key in ("one", "many"))
            if one != many:
                return one
        if self._is_bare_plural(mention, first, last):
            return False
        low, high = self.bounds(mention.sentence)
        if begin > low and self.joined(begin - 1, begin):
            one, many = (self.has(begin - 1, "function", key) for key in ("verb_one", "verb_many"))
            if one != many:
                return one  # "the fourth is Lao", "the men, who are Danish"
        if not both:
            return True
        if any(self.has(word, "function", "articles_many") for word in range(begin, first)):
            return False
        for word in range(last + 1, min(last + 3, high)):
            if not self.joined(word - 1, word):
                break
            one, many = (self.has(word, "function", key) for key in ("verb_one", "verb_many"))
            if one != many:
                return one
        return None
