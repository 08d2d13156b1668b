"""Which rules find something in an article that was just saved? Pure.

The words of the article are held against those of all rules at once, phrases and beginnings of words by
one pass of an automaton; the facts of its records are looked up; only rules of which a guard is true are
asked at all, each by its small tree. So the cost hardly grows with the number of rules (bench/alerts.py).
"""

from __future__ import annotations

import logging
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from operator import itemgetter

from ahocorasick_rs import AhoCorasick, MatchKind

from alerts.compiled import Atom, Compiler, Ready, Tree, looks_everywhere
from alerts.facts import SIGNS, number_of, source_fits
from alerts.findings import Findings
from alerts.normal import joined, normal, words_of
from alerts.patterns import read_pattern
from pipeline.errors import QueryError
from pipeline.types import Article, Record
from storage.alert_values import Found, News, NewsRecord, Rule

logger = logging.getLogger(__name__)

NOTHING: frozenset[Atom] = frozenset()
FIRST = itemgetter(0)


@dataclass(frozen=True, slots=True)
class Broken:
    """A stored rule that this version of the program does not understand."""

    rule: Rule
    why: QueryError


class RuleMatcher:
    """Keeps the index of the rules for as long as none of them changes. Safe to use from several threads:
    an index is never changed, only replaced."""

    def __init__(self) -> None:
        self._known: tuple[int, RuleIndex] | None = None

    def index(self, version: int, load: Callable[[], Sequence[Rule]]) -> RuleIndex:
        """See storage.alert_values.Matcher. A rule that is not understood is left out, and said."""
        known = self._known
        if known is None or known[0] != version:
            index = RuleIndex(load() if version else ())
            for each in index.broken:
                logger.warning("the rule %r looks at nothing: %s", each.rule.name, each.why)
            known = self._known = (version, index)
        return known[1]


class RuleIndex:
    """Rules made ready. Nothing in it changes once it is made, but for a memory of outlets."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        broken: list[Broken] = []
        compiler = Compiler()
        ready: list[Ready] = []
        for rule in rules:
            try:
                ready.append(compiler.ready(rule))
            except QueryError as error:
                broken.append(Broken(rule, error))
        self.broken = tuple(broken)
        self._relevant = _Side(compiler, ready)
        everywhere = Compiler()
        self._everywhere = _Side(
            everywhere,
            [
                everywhere.ready(each.rule, each.query)
                for each in ready
                if looks_everywhere(each.rule, each.query)
            ],
        )

    @property
    def empty(self) -> bool:
        """Whether there is no rule that looks."""
        return not self._relevant.ready

    def match(self, news: News) -> tuple[Found, ...]:
        """What the rules find, in the order of their numbers; known or not is not their business."""
        side = self._relevant if news.relevant else self._everywhere
        return side.match(news) if side.ready else ()


class _Side:
    """The rules that look at relevant articles, or those that look at the others."""

    def __init__(self, compiler: Compiler, ready: Sequence[Ready]) -> None:
        self.ready = tuple(ready)
        self.atoms = atoms = compiler.atoms
        # By each guard, the rules that it lets through to be asked, with what they need besides.
        self._guarded: dict[Atom, list[tuple[frozenset[Atom], int]]] = {}
        self._always: list[int] = []
        for number, each in enumerate(self.ready):
            guards = compiler.guards(each.tree)
            if guards is None:
                self._always.append(number)
            for atom in guards or NOTHING:
                self._guarded.setdefault(atom, []).append((each.need, number))
        self._pieces = list(atoms.pieces)
        self._atoms_of = [atoms.pieces[text] for text in self._pieces]
        # Nearly all pieces are of one atom that looks anywhere.
        self._plain = [each[0][0] if len(each) == 1 and not each[0][1] else None for each in self._atoms_of]
        self._automaton = AhoCorasick(self._pieces, matchkind=MatchKind.Standard) if self._pieces else None
        self._sources: dict[str, tuple[int, ...]] = {}  # by slug; there are only so many
        # Numbers of one name and sign in order: which of them a value reaches is one bisection.
        scales: dict[tuple[str, str], list[tuple[float, int]]] = {}
        for atom, name, sign, limit in atoms.signs:
            scales.setdefault((name, sign), []).append((limit, atom))
        self._scales = [(key, sorted(values)) for key, values in scales.items()]

    def match(self, news: News) -> tuple[Found, ...]:
        asked = _Asked(self, news)
        found: list[Found] = []
        findings = Findings(news)
        for number in self._candidates(asked.somewhere):
            each = self.ready[number]
            if not each.of_records:
                if each.enough or asked.holds(each.tree, asked.true, None):
                    found.append(findings.of_article(each))
                continue
            if each.certain is not False and asked.holds(each.certain, asked.true, None):
                found.append(findings.of_article(each))
                continue
            fitting = [
                record
                for record, true in zip(news.records, asked.of_records, strict=True)
                if each.need <= true and (each.enough or asked.holds(each.tree, true, record))
            ]
            if fitting:
                found += findings.of_records(each, fitting)
            elif not news.records and asked.holds(each.tree, asked.true, None):
                # Nothing is known of anybody here: no fact holds, and what denies facts is true.
                found.append(findings.of_article(each))
        return tuple(found)

    def _candidates(self, true: set[Atom]) -> list[int]:
        """The rules that are to be asked where these atoms are true of the article or of any record."""
        found = list(self._always)
        for atom in self._guarded.keys() & true:
            for need, number in self._guarded[atom]:
                if need <= true:
                    found.append(number)
        return sorted(set(found))

    def words_in(self, article: Article, words: Sequence[str], text: str) -> set[Atom]:
        """The atoms of words that stand in an article, of which ``words`` are all and ``text`` is the
        normal text."""
        found: set[Atom] = set(words)
        if self._automaton is not None:
            for piece in set(map(FIRST, self._automaton.find_matches_as_indexes(text, overlapping=True))):
                if (atom := self._plain[piece]) is not None:
                    found.add(atom)
                    continue
                for atom, title in self._atoms_of[piece]:
                    if not title or self._pieces[piece] in normal(article.title):
                        found.add(atom)
        if titled := self.atoms.titled:
            found.update(titled[word] for word in titled.keys() & set(words_of(article.title)))
        return found

    def sources_of(self, slug: str) -> tuple[int, ...]:
        """The atoms of outlets so named."""
        found = self._sources.get(slug)
        if found is None:
            named = self.atoms.sources
            found = self._sources[slug] = tuple(atom for atom, name in named if source_fits(slug, name))
        return found

    def facts_of(self, record: Record) -> set[Atom]:
        """The atoms of facts that the record has."""
        facts = self.atoms.facts
        values: list[tuple[str, str | float]] = [
            ("nationality", record.nationality),
            ("country", record.country),
            ("stage", record.stage.value),
            ("kind", record.kind.value),
            *(("drug", drug.value) for drug in record.drugs),
        ]
        if isinstance(record.sentence, str):
            values.append(("sentence", record.sentence))
        found: set[Atom] = {facts[value] for value in values if value in facts}
        for (name, sign), scale in self._scales:
            number = number_of(record, name)
            if number is not None:
                found.update(_reached(scale, sign, number))
        return found


def _reached(scale: list[tuple[float, int]], sign: str, number: float) -> list[int]:
    """The atoms of a scale that ``number`` fulfils."""
    at = bisect_left(scale, (number, -1))
    fulfils = SIGNS[sign]
    if sign in (">", ">="):
        return [atom for limit, atom in scale[: at + 1] if fulfils(number, limit)]
    return [atom for limit, atom in scale[at:] if fulfils(number, limit)]


class _Asked:
    """What is true of one article; the dear questions are asked when a rule needs the answer."""

    def __init__(self, side: _Side, news: News) -> None:
        self._atoms = atoms = side.atoms
        self._news = news
        article = news.article
        words = words_of(article.text)
        self._text = joined(words)
        true = side.words_in(article, words, self._text)
        if (language := atoms.facts.get(("lang", article.language))) is not None:
            true.add(language)
        true.update(side.sources_of(article.source))
        self.true = true
        facts = [side.facts_of(each.record) for each in news.records]
        self.of_records = [true | each for each in facts]
        self.somewhere = true.union(*facts)
        self._known: dict[object, bool] = {}
        self._bytes: tuple[bytes, bytes] | None = None  # text, title

    def holds(self, tree: Tree, true: set[Atom], record: NewsRecord | None) -> bool:
        """Whether the tree is true where the atoms ``true`` are, of the article and this record."""
        if isinstance(tree, bool):
            return tree
        if isinstance(tree, int | str):
            return tree in true or self._asked(tree, record)
        operator, parts = tree
        if operator == "and":
            for part in parts:  # noqa: SIM110 - a generator takes twice as long
                if not self.holds(part, true, record):
                    return False
            return True
        if operator == "or":
            for part in parts:  # noqa: SIM110
                if self.holds(part, true, record):
                    return True
            return False
        return not self.holds(parts[0], true, record)

    def _asked(self, atom: Atom, record: NewsRecord | None) -> bool:
        sort = self._atoms.sorts[atom]
        if sort == "near":
            return self._remembered(atom, lambda: self._is_near(*self._atoms.nears[atom]))
        if sort == "pattern":
            return self._remembered(atom, lambda: self._fits(atom))
        if record is None:
            return False
        if sort == "new_pair":
            days, told = self._atoms.pairs[atom], record.record
            key = (days, told.nationality, told.country)
            return self._remembered(key, lambda: self._news.is_new_pair(record, days))
        if sort == "stage_changed":
            return self._remembered(("stage", record.id), lambda: self._news.has_changed_stage(record))
        return False

    def _remembered(self, key: object, ask: Callable[[], bool]) -> bool:
        known = self._known.get(key)
        if known is None:
            known = self._known[key] = ask()
        return known

    def _fits(self, atom: Atom) -> bool:
        leaf = self._atoms.patterns[atom]
        if self._bytes is None:
            # RE2 works on bytes, and would make them anew for each expression.
            article = self._news.article
            self._bytes = article.text.encode(errors="replace"), article.title.encode(errors="replace")
        return read_pattern(leaf.pattern).search(self._bytes[leaf.title]) is not None

    def _is_near(self, left: tuple[Atom, ...], right: tuple[Atom, ...], distance: int) -> bool:
        written = self._atoms.written
        sides = [[written[atom] for atom in side if atom in self.true] for side in (left, right)]
        return stand_near(self._text, sides[0], sides[1], distance)


def stand_near(text: str, left: Sequence[str], right: Sequence[str], distance: int) -> bool:
    """Whether in a normal text one of the pieces ``left`` and one of ``right`` stand with at most
    ``distance`` words between, in any order."""
    ones = [place for written in left for place in _places(text, written)]
    others = [place for written in right for place in _places(text, written)]
    return _follow(text, ones, others, distance) or _follow(text, others, ones, distance)


def _places(text: str, written: str) -> Iterator[tuple[int, int]]:
    at = text.find(written)
    while at >= 0:
        yield at, at + len(written)
        at = text.find(written, at + 1)


def _follow(text: str, ones: list[tuple[int, int]], others: list[tuple[int, int]], distance: int) -> bool:
    """Whether one of ``others`` begins at most ``distance`` words after the end of one of ``ones``.

    Each of ``others`` is held against the nearest before it, and only the first after that one, so that
    no part of the text is counted twice.
    """
    ends = sorted(end for _, end in ones)
    last = -1
    for start, _ in sorted(others):
        nearest = bisect_right(ends, start + 1) - 1
        if nearest in (-1, last):
            continue
        last = nearest
        # A piece has a space at each end: between neighbours stands one, and no word.
        if text.count(" ", ends[nearest] - 1, start + 1) - 1 <= distance:
            return True
    return False
