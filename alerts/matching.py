"""Which rules find something in an article that was just saved? Pure.

One pass of a word automaton over the article finds the words of all rules; the facts of its records
are looked up; only rules of which a guard is true are asked at all, each by its small tree. So the
cost hardly grows with the number of rules (bench/alerts.py).
"""

from __future__ import annotations

import logging
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ahocorasick_rs import AhoCorasick, MatchKind

from alerts.compiled import Compiler, Ready, Tree, looks_everywhere
from alerts.facts import SIGNS, number_of, source_fits
from alerts.findings import Findings
from alerts.normal import normal
from alerts.patterns import read_pattern
from pipeline.errors import QueryError
from pipeline.types import Record
from storage.alert_values import Hit, News, NewsRecord, Rule

logger = logging.getLogger(__name__)

NOTHING: frozenset[int] = frozenset()


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

    def match(self, news: News) -> tuple[Hit, ...]:
        """What the rules find, in the order of their numbers; known or not is not their business."""
        side = self._relevant if news.relevant else self._everywhere
        return side.match(news) if side.ready else ()


class _Side:
    """The rules that look at relevant articles, or those that look at the others."""

    def __init__(self, compiler: Compiler, ready: Sequence[Ready]) -> None:
        self.ready = tuple(ready)
        self.atoms = atoms = compiler.atoms
        self._guarded: dict[int, list[int]] = {}
        self._always: list[int] = []
        for number, each in enumerate(self.ready):
            guards = compiler.guards(each.tree)
            if guards is None:
                self._always.append(number)
            for atom in guards or NOTHING:
                self._guarded.setdefault(atom, []).append(number)
        self._pieces = list(atoms.pieces)
        self._atoms_of = [atoms.pieces[text] for text in self._pieces]
        self._automaton = AhoCorasick(self._pieces, matchkind=MatchKind.Standard) if self._pieces else None
        self.titles = frozenset(atom for each in self._atoms_of for atom, title in each if title)
        self._sources: dict[str, tuple[int, ...]] = {}  # by slug; there are only so many
        # Numbers of one name and sign in order: which of them a value reaches is one bisection.
        scales: dict[tuple[str, str], list[tuple[float, int]]] = {}
        for atom, name, sign, limit in atoms.signs:
            scales.setdefault((name, sign), []).append((limit, atom))
        self._scales = [(key, sorted(values)) for key, values in scales.items()]

    def match(self, news: News) -> tuple[Hit, ...]:
        asked = _Asked(self, news)
        hits: list[Hit] = []
        findings = Findings(news)
        for number in self._candidates(asked):
            each = self.ready[number]
            if not each.need <= asked.somewhere:
                continue
            if each.certain is not False and asked.holds(each.certain, NOTHING, None):
                hits.append(findings.words_hit(each))
                continue
            if not each.of_records:
                continue
            fitting = [
                record
                for record, true in zip(news.records, asked.of_records, strict=True)
                if asked.holds(each.tree, true, record)
            ]
            if fitting:
                hits += findings.record_hits(each, fitting)
            elif not news.records and asked.holds(each.tree, NOTHING, None):
                # Nothing is known of anybody here: no fact holds, and what denies facts is true.
                hits.append(findings.words_hit(each))
        return tuple(hits)

    def _candidates(self, asked: _Asked) -> list[int]:
        found = set(self._always)
        for atom in asked.somewhere:
            found.update(self._guarded.get(atom, ()))
        return sorted(found)

    def places(self, text: str) -> dict[int, list[tuple[int, int]]]:
        """Where in a normal text the pieces of each atom stand."""
        found: dict[int, list[tuple[int, int]]] = {}
        if self._automaton is not None:
            for index, start, end in self._automaton.find_matches_as_indexes(text, overlapping=True):
                for atom, _ in self._atoms_of[index]:
                    found.setdefault(atom, []).append((start, end))
        return found

    def sources_of(self, slug: str) -> tuple[int, ...]:
        """The atoms of outlets so named."""
        found = self._sources.get(slug)
        if found is None:
            named = self.atoms.sources
            found = self._sources[slug] = tuple(atom for atom, name in named if source_fits(slug, name))
        return found

    def facts_of(self, record: Record) -> set[int]:
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
        found = {facts[value] for value in values if value in facts}
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
        self._text = normal(article.text)
        self._places = side.places(self._text)
        true = set(self._places)
        if in_titles := side.titles & true:
            end = len(normal(article.title))
            true.difference_update(atom for atom in in_titles if self._places[atom][0][1] > end)
        if (language := atoms.facts.get(("lang", article.language))) is not None:
            true.add(language)
        true.update(side.sources_of(article.source))
        self._true = true
        self.of_records = [side.facts_of(each.record) for each in news.records]
        self.somewhere = true.union(*self.of_records)
        self._known: dict[object, bool] = {}

    def holds(self, tree: Tree, also: set[int] | frozenset[int], record: NewsRecord | None) -> bool:
        """Whether the tree is true of the article and the record, whose atoms are ``also``."""
        if isinstance(tree, bool):
            return tree
        if isinstance(tree, int):
            return tree in self._true or tree in also or self._asked(tree, record)
        operator, parts = tree
        if operator == "and":
            return all(self.holds(part, also, record) for part in parts)
        if operator == "or":
            return any(self.holds(part, also, record) for part in parts)
        return not self.holds(parts[0], also, record)

    def _asked(self, atom: int, record: NewsRecord | None) -> bool:
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
            return self._remembered(key, lambda: self._news.is_new_pair(told, days))
        if sort == "stage_changed":
            return self._remembered(("stage", record.id), lambda: self._news.has_changed_stage(record))
        return False

    def _remembered(self, key: object, ask: Callable[[], bool]) -> bool:
        known = self._known.get(key)
        if known is None:
            known = self._known[key] = ask()
        return known

    def _fits(self, atom: int) -> bool:
        leaf = self._atoms.patterns[atom]
        text = self._news.article.title if leaf.title else self._news.article.text
        return read_pattern(leaf.pattern).search(text) is not None

    def _is_near(self, left: tuple[int, ...], right: tuple[int, ...], distance: int) -> bool:
        ones = [place for atom in left for place in self._places.get(atom, ())]
        others = [place for atom in right for place in self._places.get(atom, ())]
        return _follow(self._text, ones, others, distance) or _follow(self._text, others, ones, distance)


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
