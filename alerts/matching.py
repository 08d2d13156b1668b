"""Which rules find something in an article that was just saved? Pure.

The words of the article are held against those of all rules at once, phrases and beginnings of words by
one pass of an automaton; the facts of its records are looked up; only rules of which a guard is true are
asked at all, each by its small tree. So the cost hardly grows with the number of rules (bench/alerts.py).
"""

from __future__ import annotations

import logging
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence, Set
from dataclasses import dataclass
from itertools import chain, combinations
from operator import itemgetter

from ahocorasick_rs import AhoCorasick, MatchKind

from alerts.asked import Asked
from alerts.compiled import OF_RECORDS, Atom, Compiler, Ready, Tree, Way, looks_everywhere
from alerts.facts import SIGNS, number_of, source_fits
from alerts.findings import Findings
from alerts.normal import joined, normal, words_of
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


_Entry = tuple[Atom | None, frozenset[Atom], frozenset[Atom], Atom | None, Tree, int]
"""What a way needs of the article besides its guard, the rarest of it first and by itself; what it needs of
a record; what is to be asked of the record; the rest of it; its rule."""


class _Side:
    """The rules that look at relevant articles, or those that look at the others."""

    def __init__(self, compiler: Compiler, ready: Sequence[Ready]) -> None:
        self.ready = tuple(ready)
        self.atoms = atoms = compiler.atoms
        # The ways of rules by what lets them through to be asked: an atom, or two facts of one record.
        self._guarded: dict[Atom, list[_Entry]] = {}
        self._paired: dict[tuple[Atom, Atom], list[_Entry]] = {}
        self._always: list[_Entry] = []
        for number, each in enumerate(self.ready):
            for way in each.ways:
                self._put(compiler, way, number)
        of_records = OF_RECORDS | {"number"}
        self._guards_of_records = frozenset(each for each in self._guarded if atoms.sorts[each] in of_records)
        self._guards = frozenset(self._guarded) - self._guards_of_records
        self._in_pairs = frozenset(chain.from_iterable(self._paired))
        # Of the words of an article only those matter that some rule has.
        self._words = frozenset(atom for atom in atoms.sorts if isinstance(atom, str))
        self._pieces = list(atoms.pieces)
        self._atoms_of = [atoms.pieces[text] for text in self._pieces]
        # Nearly all pieces are of one atom that looks anywhere; the others have a number that is no atom.
        self._plain = [each[0][0] if len(each) == 1 and not each[0][1] else -1 for each in self._atoms_of]
        self._several = frozenset(piece for piece, atom in enumerate(self._plain) if atom == -1)
        self._automaton = AhoCorasick(self._pieces, matchkind=MatchKind.Standard) if self._pieces else None
        self._sources: dict[str, tuple[int, ...]] = {}  # by slug; there are only so many
        # Numbers of one name and sign in order, where one is a guard: which of them a value reaches is one
        # bisection.
        scales: dict[tuple[str, str], list[tuple[float, Atom]]] = {}
        for atom, (name, sign, limit) in atoms.limits.items():
            if atom in self._guards_of_records:
                scales.setdefault((name, sign), []).append((limit, atom))
        self._scales = [(key, sorted(values, key=FIRST)) for key, values in scales.items()]

    def _put(self, compiler: Compiler, way: Way, number: int) -> None:
        def entry(*guards: Atom) -> _Entry:
            need, facts = way.need.difference(guards), way.facts.difference(guards)
            first = min(need, key=lambda atom: compiler.cost((atom,)), default=None)
            return first, need - {first}, facts, way.ask, way.rest, number

        if (pair := compiler.pair(way)) is not None:
            self._paired.setdefault(pair, []).append(entry(*pair))
        elif (guards := compiler.guards(way.tree)) is None:
            self._always.append(entry())
        else:
            for atom in guards:
                self._guarded.setdefault(atom, []).append(entry(atom))

    def match(self, news: News) -> tuple[Found, ...]:
        article = news.article
        words = words_of(article.text)
        text = joined(words)
        true = self.words_in(article, words, text)
        if (language := self.atoms.facts.get(("lang", article.language))) is not None:
            true.add(language)
        true.update(self.sources_of(article.source))
        asked = Asked(self.atoms, news, text, true)
        records = [(each, self.facts_of(each.record)) for each in news.records]
        whole, fitting = self._of_article(asked, true, records)
        for place, (record, has) in enumerate(records):
            self._of_record(asked, true, record, has, 1 << place, fitting)
        findings = Findings(news)
        found: list[Found] = []
        for number in sorted(whole | fitting.keys()):
            if number in whole:
                found.append(findings.of_article(self.ready[number]))
            else:
                found += findings.of_records(self.ready[number], fitting[number])
        return tuple(found)

    def _of_article(
        self, asked: Asked, true: Set[Atom], records: Sequence[tuple[NewsRecord, Set[Atom]]]
    ) -> tuple[set[int], dict[int, int]]:
        """The rules that the article lets through: those that hold for it, whoever it is about, and by
        rule the records for which others do, a bit for each."""
        whole: set[int] = set()
        fitting: dict[int, int] = {}
        guarded = self._guarded
        known = true | {None}
        for entries in (self._always, *[guarded[atom] for atom in self._guards & true]):
            for first, need, facts, ask, rest, number in entries:
                # One look is enough for nearly all of them.
                if first not in known or not need <= true or number in whole:
                    continue
                each = self.ready[number]
                if not facts:
                    if not each.of_records or not records:
                        # Where nothing is known of anybody, no fact holds, and what denies facts is true.
                        if ask is None and (rest is True or asked.holds(rest, NOTHING, None)):
                            whole.add(number)
                        continue
                    if each.certain is not False and asked.holds(each.certain, NOTHING, None):
                        whole.add(number)
                        continue
                for place, (record, has) in enumerate(records):
                    if (
                        facts <= has
                        and (rest is True or asked.holds(rest, has, record))
                        and (ask is None or asked.holds(ask, has, record))
                    ):
                        fitting[number] = fitting.get(number, 0) | 1 << place
        return whole, fitting

    def _of_record(
        self,
        asked: Asked,
        true: Set[Atom],
        record: NewsRecord,
        has: Set[Atom],
        bit: int,
        fitting: dict[int, int],
    ) -> None:
        """Adds the rules that a record's facts let through, and that hold for it."""
        ways = [self._guarded[atom] for atom in self._guards_of_records & has]
        pairs = combinations(sorted(self._in_pairs & has), 2)
        ways += [entries for pair in pairs if (entries := self._paired.get(pair)) is not None]
        yes: set[Atom | None] = {None}
        no: set[Atom | None] = set()
        for entries in ways:
            for first, need, facts, ask, rest, number in entries:
                if ask in no or not (facts <= has and need <= true):
                    continue
                if first is not None and first not in true:
                    continue
                if rest is not True and not asked.holds(rest, has, record):
                    continue
                if ask not in yes:
                    if ask is not None and not asked.holds(ask, has, record):
                        no.add(ask)
                        continue
                    yes.add(ask)
                fitting[number] = fitting.get(number, 0) | bit

    def words_in(self, article: Article, words: Sequence[str], text: str) -> set[Atom]:
        """The atoms of words that stand in an article, of which ``words`` are all and ``text`` is the
        normal text."""
        found: set[Atom] = set(self._words.intersection(words))
        if self._automaton is not None:
            pieces = set(map(FIRST, self._automaton.find_matches_as_indexes(text, overlapping=True)))
            found.update(map(self._plain.__getitem__, pieces))
            for piece in pieces & self._several:
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
        """The atoms of facts that the record has, and of the numbers that let a rule through."""
        facts = self.atoms.facts
        values: list[tuple[str, str | float]] = [
            ("nationality", record.nationality),
            ("country", record.country),
            ("stage", record.stage),
            ("kind", record.kind),
            *(("drug", drug) for drug in record.drugs),
        ]
        if isinstance(record.sentence, str):
            values.append(("sentence", record.sentence))
        found: set[Atom] = {facts[value] for value in values if value in facts}
        for (name, sign), scale in self._scales:
            number = number_of(record, name)
            if number is not None:
                found.update(_reached(scale, sign, number))
        return found


def _reached(scale: list[tuple[float, Atom]], sign: str, number: float) -> list[Atom]:
    """The atoms of a scale that ``number`` fulfils."""
    fulfils = SIGNS[sign]
    if sign in (">", ">="):
        reached = scale[: bisect_right(scale, number, key=FIRST)]
    else:
        reached = scale[bisect_left(scale, number, key=FIRST) :]
    return [atom for limit, atom in reached if fulfils(number, limit)]
