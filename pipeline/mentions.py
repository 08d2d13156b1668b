"""Article → Document: words, sentences and every labelled mention in it.

A mention is a run of words with a label of the lexicon, a place of the gazetteer or a measure
(number, weight, prison term, date, share). All later rooms look only at the document.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from pipeline.fold import fold
from pipeline.gazetteer import Place, find_places
from pipeline.home_adjectives import town_labels
from pipeline.lexicon import GAP_WORDS, WORD, Label, Lexicon, Node, load_lexicon
from pipeline.measures import Act, measure
from pipeline.measures.numbers import Number
from pipeline.measures.quantities import Quantity
from pipeline.measures.roles import Role
from pipeline.measures.shares import Share
from pipeline.measures.terms import Term
from pipeline.measures.when import When
from pipeline.negation import drop_denied
from pipeline.types import Article

ACCENTS = frozenset("áéíóúñàèìòùâêîôûãõçüöä")
LONGEST_FORM = 12  # words; no form of a lexicon is longer, gaps included


PEOPLE = frozenset({Role.PLAIN, Role.CASE})  # roles of numbers that may count people


@dataclass(frozen=True, slots=True)
class Mention:
    """Words ``first``…``last`` (inclusive) carry ``label``; ``start``/``end`` are character offsets."""

    label: Label
    first: int
    last: int
    start: int
    end: int
    sentence: int


@dataclass(frozen=True, slots=True)
class Document:
    """An article with all its mentions; lists are in order of the text, sentences are numbered."""

    article: Article
    text: str
    folded: str
    words: tuple[str, ...]  # folded
    starts: tuple[int, ...]
    ends: tuple[int, ...]
    sentence_of: tuple[int, ...]  # word → sentence
    first_word: tuple[int, ...]  # sentence → its first word; one more at the end
    paragraph_of: tuple[int, ...]  # sentence → paragraph
    mentions: tuple[Mention, ...]
    by_sentence: tuple[tuple[Mention, ...], ...]
    at_word: dict[int, tuple[Mention, ...]]  # first word → mentions that begin there
    numbers: tuple[Number, ...]
    quantities: tuple[Quantity, ...]
    terms: tuple[Term, ...]
    dates: tuple[When, ...]
    shares: tuple[Share, ...]
    acts: tuple[Act, ...]  # what gives the stage of a case
    places: tuple[Place, ...]

    def sentence_at(self, offset: int) -> int:
        """The number of the sentence in which the character ``offset`` lies."""
        index = bisect_right(self.starts, offset) - 1
        return self.sentence_of[max(index, 0)] if self.sentence_of else 0

    def word_at(self, offset: int) -> int:
        """The number of the word that contains or follows the character ``offset``."""
        index = bisect_right(self.starts, offset) - 1
        return max(index, 0)


def _follow(node: Node, words: tuple[str, ...], at: int, end: int, best: dict[Label, int], gap: int) -> None:
    if node.labels:
        for label in node.labels:
            best[label] = max(best.get(label, -1), at - 1)
    if node.gap is not None and at < end:
        for skip in range(GAP_WORDS + 1):
            if at + skip < end:
                _step(node.gap, words, at + skip, end, best, gap + 1)
    if at < end:
        _step(node, words, at, end, best, gap)


def _step(node: Node, words: tuple[str, ...], at: int, end: int, best: dict[Label, int], gap: int) -> None:
    word = words[at]
    child = node.words.get(word)
    if child is not None:
        _follow(child, words, at + 1, end, best, gap)
    for length in node.lengths:
        if length <= len(word):
            child = node.prefixes.get(word[:length])
            if child is not None:
                _follow(child, words, at + 1, end, best, gap)


def _case_agrees(label: Label, surface: str) -> bool:
    if not label.case:
        return True
    letters = [c for c in surface if c.isalpha()]
    if label.case == "upper":
        return all(c.isupper() for c in letters)
    return bool(letters) and letters[0].isupper()


@lru_cache(maxsize=50_000)
def _first_steps(language: str, word: str) -> tuple[Node, ...]:
    """Where a word leads from the root of a language's trie; the same words come again and again."""
    root = load_lexicon(language).root
    ways = [root.words.get(word)]
    ways += [root.prefixes.get(word[:length]) for length in root.lengths if length <= len(word)]
    return tuple(node for node in ways if node is not None)


def _find_words(
    lexicon: Lexicon,
    text: str,
    words: tuple[str, ...],
    starts: tuple[int, ...],
    ends: tuple[int, ...],
    sentence_of: tuple[int, ...],
    first_word: tuple[int, ...],
) -> list[Mention]:
    found: list[Mention] = []
    writes_accents = sum(c in ACCENTS for c in text[starts[0] if starts else 0 :][:2000]) >= 3
    for at, word in enumerate(words):
        first = _first_steps(lexicon.language, word)
        if not first:
            continue
        sentence = sentence_of[at]
        end = min(first_word[sentence + 1], at + LONGEST_FORM)
        best: dict[Label, int] = {}
        for node in first:
            _follow(node, words, at + 1, end, best, 0)
        for label, last in best.items():
            surface = text[starts[at] : ends[last]]
            if at == last and surface != word and surface.casefold() != word:
                # "cortés" is no court: an accent that no form has makes another word of it.
                if (label, word) in lexicon.plain:
                    continue
            # "Reuniones" are no people of Réunion, where the text writes its accents.
            elif (
                writes_accents
                and label.section == "nationality"
                and at == last
                and surface == word
                and (label, word) in lexicon.accented
            ):
                continue
            marked = lexicon.letters.get((label, words[at : last + 1]), ()) if at < last else ()
            if writes_accents and any(text[starts[at + i] : ends[at + i]] == words[at + i] for i in marked):
                continue  # "e de Espanha" is no "é de"
            if _case_agrees(label, surface):
                found.append(Mention(label, at, last, starts[at], ends[last], sentence))
    return found


OWN = frozenset(
    {"nationality_of", "origin", "passport", "language", "resident"}
)  # keys that lie inside longer forms of their section


def _section(label: Label) -> str:
    """Labels among which the longest form wins."""
    # "South Africans" are no "Africans": both sections name peoples.
    if label.section == "foreign":
        return "nationality"
    if label.key == "negation" or (label.section == "people" and label.key in OWN):
        return label.key
    return label.section


def _drop_inner(found: list[Mention], places: tuple[Place, ...]) -> list[Mention]:
    """Drop a mention that lies wholly inside a longer one of the same section, and a people's name
    inside that of a country or another place ("the Czech Republic", "the Indian Ocean")."""
    found.sort(key=lambda m: (m.first, -m.last))
    spans = sorted((p.start, p.end) for p in places)
    begins = [start for start, _ in spans]
    countries = [(m.start, m.end) for m in found if m.label.section == "country"]
    kept: list[Mention] = []
    reach: dict[str, tuple[int, int]] = {}
    nation = 0
    for mention in found:
        section = _section(mention.label)
        low, high = reach.get(section, (-1, -1))
        if mention.last <= high and (mention.first, mention.last) != (low, high):
            continue
        if section == "nationality":
            while nation < len(countries) and countries[nation][1] < mention.end:
                nation += 1
            near = countries[nation : nation + 1]
            index = bisect_right(begins, mention.start) - 1
            near += spans[max(index - 1, 0) : index + 1] if index >= 0 else []
            if any(
                a <= mention.start and mention.end <= b and b - a > mention.end - mention.start
                for a, b in near
            ):
                continue
        if mention.last >= high:
            reach[section] = (mention.first, mention.last)
        kept.append(mention)
    return kept


BARE = {"en": frozenset({"held"})}  # custody only right after the people: "Nigerian held in Delhi"


def _add_bare(
    found: list[Mention],
    language: str,
    words: tuple[str, ...],
    starts: tuple[int, ...],
    ends: tuple[int, ...],
) -> None:
    """Add custody words that are too common to be listed, where people stand before them."""
    bare = BARE.get(language)
    if bare is None:
        return
    taken = {m.first for m in found if m.label.section == "custody"}
    for m in tuple(found):
        word = m.last + 1
        people = m.label.section in ("nationality", "foreign") or (
            m.label.section == "people" and m.label.key in ("one", "many", "pair", "trio", "mule", "national")
        )
        if people and word < len(words) and words[word] in bare and word not in taken:
            taken.add(word)
            found.append(
                Mention(Label("custody", "arrested"), word, word, starts[word], ends[word], m.sentence)
            )


def read_document(article: Article) -> Document:
    """Find everything that can be found in ``article.text``; linear in its length."""
    text, language = article.text, article.language
    folded = fold(text)
    spans = [m.span() for m in WORD.finditer(folded)]
    words = tuple(folded[a:b] for a, b in spans)
    starts, ends = tuple(a for a, _ in spans), tuple(b for _, b in spans)
    borders = [segment.start for segment in article.segments]
    sentence_of = tuple(max(bisect_right(borders, a) - 1, 0) for a in starts)
    count = max(len(borders), 1)
    first_word = [0] * (count + 1)
    cursor = 0
    for sentence in range(count):
        while cursor < len(words) and sentence_of[cursor] < sentence:
            cursor += 1
        first_word[sentence] = cursor
    first_word[count] = len(words)
    places = find_places(text, language, article.outlet_country)
    found = _find_words(load_lexicon(language), text, words, starts, ends, sentence_of, tuple(first_word))
    _add_bare(found, language, words, starts, ends)
    labelled = [(m.label, m.first, m.last) for m in found]
    for at, label in town_labels(language, text, words, starts, ends, places, labelled):
        found.append(Mention(label, at, at, starts[at], ends[at], sentence_of[at]))
    mentions = drop_denied(_drop_inner(found, places), text, words)
    by_sentence: list[list[Mention]] = [[] for _ in range(count)]
    at_word: dict[int, list[Mention]] = {}
    for mention in mentions:
        by_sentence[mention.sentence].append(mention)
        at_word.setdefault(mention.first, []).append(mention)
    published: date | None = article.published.date() if article.published else None
    measures = measure(text, language, published)
    return Document(
        article=article,
        text=text,
        folded=folded,
        words=words,
        starts=starts,
        ends=ends,
        sentence_of=sentence_of,
        first_word=tuple(first_word),
        paragraph_of=tuple(s.paragraph for s in article.segments) or (0,),
        mentions=tuple(mentions),
        by_sentence=tuple(tuple(m) for m in by_sentence),
        at_word={k: tuple(v) for k, v in at_word.items()},
        numbers=measures.numbers,
        quantities=measures.quantities,
        terms=measures.terms,
        dates=measures.dates,
        shares=measures.shares,
        acts=measures.acts,
        places=places,
    )
