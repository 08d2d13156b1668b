"""How a place stands to what happens: held in it, bound for it, come from it, an embassy of it.

The words (``way_words.py``) are laid over a document.
"""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.acting import acts, is_homeward
from pipeline.figure_words import figure_words
from pipeline.mentions import Document
from pipeline.way_words import Ways, load_ways

JOURNEY_REACH = 6  # words between "flight" and "from Lima"
NEAR_REACH = 6  # words between "in" and the place: "in the northern city of"
EITHER = frozenset({"a", "al", "alla", "ad", "au", "aux", "agli", "ai"})  # both "in" and "to"
WITHOUT_REACH = 8  # words between "not counting" and the place: "those who are held in the United States"
SENT_REACH = 5  # words between "deported" and "to Mexico"
SOUGHT_REACH = 6  # words between "wanted by" and the force: "wanted by the anti-drug agency of the"
SEEKS_REACH = 2  # words from the force to "offered"
NEAR = 3  # words between "most" and "in"
SEAT_REACH = 3  # words between a court and "of": "Tribunal de Première Instance de"
STREETS_BEHIND = frozenset({"en", "de", "nl"})  # languages in which a street's noun stands behind its name
PRO_DROP = frozenset({"es", "pt", "it"})
STOPS = frozenset(";:.!?()\n")


@dataclass(frozen=True, slots=True)
class Trace:
    """A document's small words, as the evidence for countries asks for them."""

    doc: Document
    ways: Ways
    articles: frozenset[int]  # words that are articles
    of: frozenset[int]  # words for "of" and "from"
    handed: frozenset[int]  # words of an extradition, a transfer
    countries: frozenset[int]  # first words of the names of countries
    ends: dict[int, int]  # first word of a place → its last one

    def link(self, word: int) -> str:
        """What stands before the place at ``word``: in, partly (in), told (in), lives (in), beside
        (a border), from, journey, to, handed, sent (home), date (line),
        left (for home), acts (on prisoners), except or none."""
        doc, ways = self.doc, self.ways
        low = doc.first_word[doc.sentence_of[word]]
        if self.is_left_out(word):
            return "except"
        if word in self.countries and self._is_sent_to(word, low):
            return "sent"
        found = "none"
        at = word - 1
        for _ in range(NEAR_REACH):
            if at < low or self._stopped(at):
                break
            key = doc.words[at]
            if key in ways.inside and not self._is_verb(at):
                if self._behind(at, self.handed, low) and key not in ("in", "en", "em"):
                    return "handed"
                if self._near(at, ways.partly, low):
                    return "partly"
                # Who "told a court in Funchal" stands before it; who told reporters is anywhere.
                if self._near(at, ways.told, low) and not self._near(at, ways.courts, low):
                    return "told"
                return "lives" if self._near(at, ways.lives, low) else "in"
            if key in ways.beside and at > low and doc.words[at - 1] in ways.borders:
                return "beside"
            if key in ways.to:
                return "handed" if self._behind(at, self.handed, low) else "to"
            if (at in self.of or key in ways.origin) and self._seated(at, low):
                return "in"
            if key in ways.origin:
                return self._origin(at, low)
            if at in self.of:
                found = self._origin(at, low)
                if at - 1 < low or doc.words[at - 1] not in ways.near:
                    return found
            elif at not in self.articles and key not in ways.near:
                break
            at -= 1
        if found == "none" and self._dateline(word):
            return "date"
        if found == "none" and word in self.ends and acts(doc, word, self.ends[word]):
            return "acts"
        return found

    def _seated(self, at: int, low: int) -> bool:
        """Whether the word at ``at`` joins a court or a force to its place: "un juez de Cusco",
        "der Richter von Denpasar", "cour d'appel de Colmar"."""
        for word in range(at - 1, max(low, at - 1 - SEAT_REACH) - 1, -1):
            if self._stopped(word):
                return False
            if self.doc.words[word] in self.ways.seats:
                return True
            if self.doc.words[word] not in self.ways.seated:
                return False
        return False

    def is_street(self, word: int) -> bool:
        """Whether the place at ``word`` only names a street: "avenida España", "rue de Lisbonne"."""
        doc, streets = self.doc, self.ways.streets
        low, high = doc.first_word[doc.sentence_of[word]], doc.first_word[doc.sentence_of[word] + 1]
        after = self.ends.get(word, word) + 1
        if doc.article.language in STREETS_BEHIND and after < high and not self._stopped(after - 1):
            return doc.words[after] in streets and doc.text[doc.starts[after]].isupper()
        at = word - 1
        while at >= low and (at in self.of or at in self.articles) and not self._stopped(at):
            at -= 1
        return at >= low and not self._stopped(at) and doc.words[at] in streets

    def _origin(self, at: int, low: int) -> str:
        if is_homeward(self.doc, at):
            return "left"
        return "journey" if self._travelled(at, low) else "from"

    def is_outside(self, word: int) -> bool:
        """Whether a word for "outside" stands before the place: "hors de France", "outside the States"."""
        doc = self.doc
        low = doc.first_word[doc.sentence_of[word]]
        for end in range(word, max(word - 3, low), -1):
            if end < word and (end not in self.articles or self._stopped(end)):
                return False
            if any(
                end - size >= low and doc.words[end - size : end] in self.ways.outside for size in (3, 2, 1)
            ):
                return not self._stopped(end - 1)
        return False

    def is_left_out(self, word: int) -> bool:
        """Whether the place is named as one that does not count: "sans compter les États-Unis"."""
        if self.is_outside(word):
            return self.doc.text[self.doc.starts[word]].isupper() and word in self.countries
        low = max(self.doc.first_word[self.doc.sentence_of[word]], word - WITHOUT_REACH)
        for at in range(word - 1, low - 1, -1):
            if self._stopped(at):
                return False
            if _begins(self.doc, at, self.ways.without.get(self.doc.words[at], ())):
                return True
        return False

    def _is_sent_to(self, word: int, low: int) -> bool:
        """Whether people are said to have been deported to the place: they were held elsewhere, and are
        free in it. In Dutch and German the word may stand behind it."""
        doc, sent = self.doc, figure_words("sent_home")
        at = word - 1
        while at >= low and at in self.articles and doc.words[at] not in figure_words("sent_to"):
            at -= 1
        if at < low or doc.words[at] not in figure_words("sent_to"):
            return False
        for before in range(at - 1, max(low, at - SENT_REACH) - 1, -1):
            if self._stopped(before):
                break
            if doc.words[before] in sent:
                return True
        if doc.words[at] not in ("nach", "naar", "in"):
            return False
        high = doc.first_word[doc.sentence_of[word] + 1]
        for after in range(word + 1, min(high, word + 1 + SENT_REACH)):
            if self._stopped(after - 1):
                return False
            if doc.words[after] in sent:
                return True
        return False

    def is_seeking(self, word: int, last: int) -> bool:
        """Whether the force named by these words looks for somebody: "wanted by the DEA", "the DEA offered
        a reward". Whoever it looks for is not in its hands."""
        doc = self.doc
        sentence = doc.sentence_of[word]
        low, high = doc.first_word[sentence], doc.first_word[sentence + 1]
        for at in range(word - 1, max(low, word - SOUGHT_REACH) - 1, -1):
            if self._stopped(at):
                break
            if _begins(doc, at, self.ways.sought.get(doc.words[at], ())):
                return True
        behind = range(last + 1, min(high, last + 1 + SEEKS_REACH))
        return any(doc.words[w] in self.ways.seeks and not self._stopped(w - 1) for w in behind)

    def _near(self, at: int, words: frozenset[str], low: int) -> bool:
        """Whether one of ``words`` stands little before ``at``: "la mayoría en Perú", "told reporters in"."""
        return any(self.doc.words[w] in words for w in range(max(low, at - NEAR), at))

    def _is_verb(self, at: int) -> bool:
        """Whether a French "a" is the verb: "il y a Nadia", "Cuba en a arrêté"."""
        start, end = self.doc.starts[at], self.doc.ends[at]
        return self.doc.article.language == "fr" and self.doc.text[start:end] == "a"

    def _stopped(self, word: int) -> bool:
        """Whether a sign stands behind ``word`` that ends the phrase."""
        between = self.doc.text[self.doc.ends[word] : self.doc.starts[word + 1]]
        return len(between) > 3 or any(c in STOPS or c == "," for c in between)

    def _behind(self, word: int, words: frozenset[int], low: int) -> bool:
        return any(w in words for w in range(max(low, word - 5), word))

    def _travelled(self, word: int, low: int) -> bool:
        for at in range(word, max(low - 1, word - JOURNEY_REACH), -1):
            if at < word and self._stopped(at):
                return False
            if self.doc.words[at] in self.ways.journey:
                return True
        return False

    def _dateline(self, word: int) -> bool:
        """Whether the place opens a paragraph and a dash, colon, bracket or date follows at once."""
        doc = self.doc
        sentence = doc.sentence_of[word]
        if sentence > 4 or word - doc.first_word[sentence] > 3:
            return False
        last = doc.first_word[sentence + 1] - 1
        tail = doc.text[doc.ends[word] : doc.starts[min(word + 4, last)]]
        head = doc.text[doc.ends[word] : doc.ends[word] + 3].lstrip()
        return head[:1] in ("-", "–", "—", ":", "(", "/") or (
            head[:1] == "," and any(c in tail for c in "–—-(:")
        )


def trace(doc: Document) -> Trace:
    """Lay the words of the document's language over it."""
    articles: set[int] = set()
    of: set[int] = set()
    handed: set[int] = set()
    for mention in doc.mentions:
        section, key = mention.label.section, mention.label.key
        if section == "function" and key.startswith("articles"):
            articles.update(range(mention.first, mention.last + 1))
        elif section == "function" and key == "of_from":
            of.update(range(mention.first, mention.last + 1))
        elif section == "custody" and key == "transferred":
            handed.update(range(mention.first, mention.last + 1))
    countries = frozenset(doc.word_at(p.start) for p in doc.places if p.kind == "country")
    ends = {doc.word_at(p.start): doc.word_at(p.end - 1) for p in doc.places}
    ways = load_ways(doc.article.language)
    return Trace(doc, ways, frozenset(articles), frozenset(of), frozenset(handed), countries, ends)


def find_elsewhere(signs: Trace) -> tuple[int, ...]:
    """The first words of all phrases for "abroad", "71 countries" and "in Asia" among them."""
    doc, ways = signs.doc, signs.ways
    numbers = {doc.word_at(n.end - 1) for n in doc.numbers}
    found = []
    for at, word in enumerate(doc.words):
        if (
            _begins(doc, at, ways.elsewhere.get(word, ()))
            or (word in ways.counted and at and (at - 1 in numbers or at - 2 in numbers))
            or (_begins(doc, at, ways.regions.get(word, ())) and _rules(signs, at))
        ):
            found.append(at)
    return tuple(found)


def goes_on(doc: Document, sentence: int) -> bool:
    """Whether a sentence speaks of somebody named before: it begins with a pronoun, or with a verb of custody
    where the language leaves pronouns out ("Fue detenido en Lima")."""
    language = doc.article.language
    word = doc.first_word[sentence]
    if word >= doc.first_word[sentence + 1]:
        return False
    if doc.words[word] in load_ways(language).subjects:
        return True
    labels = doc.at_word.get(word, ())
    return language in PRO_DROP and any(m.label.section == "custody" and m.first == word for m in labels)


def _begins(doc: Document, at: int, phrases: tuple[tuple[str, ...], ...]) -> bool:
    return any(doc.words[at : at + len(phrase)] == phrase for phrase in phrases)


def _rules(signs: Trace, word: int) -> bool:
    """Whether people are in a part of the world, or their figure is its own: "Asia has 343"."""
    doc = signs.doc
    return signs.link(word) == "in" or word - doc.first_word[doc.sentence_of[word]] <= 1
