"""Queries made ready to be asked of many articles: the parts that several rules share are one atom.

An atom is a thing that is true or not of an article, or of a record in it: that a phrase stands in
it, that a record has a nationality. A rule becomes one or several ways in which it comes true: what must
be true for it at the least, atoms of which one must be true (``guards``), and a small tree of the rest.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable
from dataclasses import dataclass, field

from alerts.marks import piece, wanted
from alerts.patterns import literals_of, read_pattern
from alerts.query import parse
from alerts.tree import And, Fact, Near, Node, Not, Or, Pattern, Query, Words, leaves
from storage.alert_values import EVERYTHING, Rule

Atom = int | str
"""A number; a whole word is its own atom, so that the words of an article need no looking up."""
Tree = Atom | bool | tuple["str", tuple["Tree", ...]]
"""An atom; a constant; ("and" | "or" | "not", parts)."""
OF_RECORDS = frozenset({"nationality", "country", "stage", "kind", "drug", "sentence"})
"""Sorts of atoms that are looked up for each record."""
LATER = {"number": 1, "near": 2, "pattern": 3, "new_pair": 4, "stage_changed": 4}
"""Sorts of atoms that are asked about only when a rule needs the answer, and how dear that is."""
OF_ONE = frozenset({"number", "new_pair", "stage_changed"})
"""Those of them that are about one record."""
COMMON = {"words": 1, "literal": 1, "lang": 40, "nationality": 2, "country": 2, "source": 2, "number": 10}
"""How likely an atom of each sort is true of an article, by and large; the others are 5."""


@dataclass(frozen=True, slots=True)
class Way:
    """One way in which a rule comes true: the rule holds where one of its ways does."""

    tree: Tree
    need: frozenset[Atom]  # atoms that must be true of the article
    facts: frozenset[Atom]  # atoms that must be true of the record
    rest: Tree  # what is to be asked where these are true, the dearest last; True: nothing
    ask: Atom | None  # what is to be asked of the record besides


@dataclass(frozen=True, slots=True)
class Ready:
    """A rule made ready."""

    rule: Rule
    query: Query
    ways: tuple[Way, ...]
    certain: Tree  # true where the rule holds whatever the records are: False where that cannot be
    of_records: bool  # whether it has facts of records
    looked_for: tuple[Words | Pattern, ...]  # for marks


@dataclass(slots=True)
class Atoms:
    """Every atom of some rules, by number."""

    numbers: dict[Hashable, int] = field(default_factory=dict)
    sorts: dict[Atom, str] = field(default_factory=dict)
    uses: Counter[Atom] = field(default_factory=Counter)
    titled: dict[str, int] = field(default_factory=dict)  # whole words in the title
    pieces: dict[str, list[tuple[int, bool]]] = field(
        default_factory=dict
    )  # the rest → atoms, in titles only?
    written: dict[Atom, str] = field(default_factory=dict)  # atoms of words → their piece of a normal text
    facts: dict[tuple[str, str | float], int] = field(default_factory=dict)  # equal values
    limits: dict[Atom, tuple[str, str, float]] = field(default_factory=dict)  # atom → name, sign, number
    sources: list[tuple[int, str]] = field(default_factory=list)
    nears: dict[Atom, tuple[tuple[Atom, ...], tuple[Atom, ...], int]] = field(default_factory=dict)
    patterns: dict[Atom, Pattern] = field(default_factory=dict)
    literals: dict[Atom, tuple[int, ...]] = field(default_factory=dict)  # true wherever the pattern fits
    pairs: dict[Atom, int] = field(default_factory=dict)  # atom → days
    stages: set[int] = field(default_factory=set)  # the atom of stage_changed

    def number(self, sort: str, key: Hashable) -> tuple[int, bool]:
        """The number of the atom, and whether it is a new one."""
        known = self.numbers.get((sort, key))
        number = known if known is not None else self.numbers.setdefault((sort, key), len(self.numbers))
        self.sorts[number] = sort
        self.uses[number] += 1
        return number, known is None

    def words(self, leaf: Words) -> Atom:
        single = len(leaf.words) == 1 and not leaf.prefix
        if single and not leaf.title:
            word = leaf.words[0]
            self.sorts[word], self.written[word] = "words", piece(leaf)
            self.uses[word] += 1
            return word
        number, new = self.number("words", (leaf.words, leaf.prefix, leaf.title))
        if new:
            self.written[number] = piece(leaf)
            if single:
                self.titled[leaf.words[0]] = number
            else:
                self.pieces.setdefault(piece(leaf), []).append((number, leaf.title))
        return number

    def near(self, leaf: Near) -> int:
        left, right = (tuple(self.words(each) for each in side) for side in (leaf.left, leaf.right))
        number, new = self.number("near", (left, right, leaf.distance))
        if new:
            self.nears[number] = (left, right, leaf.distance)
        return number

    def pattern(self, leaf: Pattern) -> int:
        read_pattern(leaf.pattern)
        number, new = self.number("pattern", (leaf.pattern, leaf.title))
        if new:
            self.patterns[number] = leaf
            guards = []
            for literal in literals_of(leaf.pattern):
                guard, fresh = self.number("literal", literal)
                if fresh:
                    self.written[guard] = literal
                    self.pieces.setdefault(literal, []).append((guard, False))
                guards.append(guard)
            self.literals[number] = tuple(guards)
        return number

    def fact(self, leaf: Fact, value: str | float) -> int:
        name = leaf.name
        if name == "new_pair":
            number, _ = self.number("new_pair", value)
            self.pairs[number] = int(value)
        elif name == "stage_changed":
            number, _ = self.number("stage_changed", "")
            self.stages.add(number)
        elif name == "source":
            number, new = self.number("source", value)
            if new:
                self.sources.append((number, str(value)))
        elif isinstance(value, float):
            number, new = self.number("number", (name, leaf.sign, value))
            if new:
                self.limits[number] = (name, leaf.sign, value)
        else:
            number, _ = self.number(name, value)
            self.facts[name, value] = number
        return number


class Compiler:
    """Makes rules ready; ``atoms`` grows with each."""

    def __init__(self) -> None:
        self.atoms = Atoms()

    def ready(self, rule: Rule, query: Query | None = None) -> Ready:
        """The rule made ready. Raises QueryError for one that is not understood."""
        query = query or parse(rule.query)
        tree = self._tree(query.root)
        of_records = any(isinstance(leaf, Fact) and not leaf.of_article for leaf, _ in leaves(query.root))
        return Ready(
            rule=rule,
            query=query,
            ways=tuple(map(self._way, _alternatives(tree))),
            certain=self._certain(query.root, positive=True) if of_records else tree,
            of_records=of_records,
            looked_for=wanted(query.root),
        )

    def _way(self, tree: Tree) -> Way:
        need = frozenset(self._need(tree))
        facts = frozenset(atom for atom in need if self.atoms.sorts[atom] in OF_RECORDS)
        rest, ask = self._rest(tree)
        return Way(tree=tree, need=need - facts, facts=facts, rest=rest, ask=ask)

    def _rest(self, tree: Tree) -> tuple[Tree, Atom | None]:
        """What is to be asked where the atoms that the tree needs are true."""
        parts = tree[1] if isinstance(tree, tuple) and tree[0] == "and" else (tree,)
        left = sorted((part for part in parts if not self._is_plain(part)), key=self._dear)
        ask = None
        if left and isinstance(last := left[-1], int | str) and self.atoms.sorts[last] in OF_ONE:
            ask = last
            del left[-1]
        if not left:
            return True, ask
        return left[0] if len(left) == 1 else ("and", tuple(left)), ask

    def _dear(self, tree: Tree) -> int:
        """How dear the dearest question of the tree is."""
        if isinstance(tree, bool):
            return 0
        if isinstance(tree, int | str):
            return LATER.get(self.atoms.sorts[tree], 0)
        return max(map(self._dear, tree[1]))

    def guards(self, tree: Tree) -> frozenset[Atom] | None:
        """Atoms of which at least one is true wherever the tree is; None where none need be."""
        if isinstance(tree, bool):
            return None
        if isinstance(tree, int | str):
            return self._guard(tree)
        operator, parts = tree
        if operator == "not":
            return None
        found = [self.guards(part) for part in parts]
        if operator == "or":
            known = [each for each in found if each is not None]
            return frozenset().union(*known) if len(known) == len(found) else None
        return min((each for each in found if each is not None), key=self.cost, default=None)

    def pair(self, way: Way) -> tuple[Atom, Atom] | None:
        """The two facts of one record that are the best guard of a way; None where words are better."""
        guards = self.guards(way.tree)
        if guards is None or not guards <= way.facts or len(way.facts) < 2:
            return None
        first, other = sorted(way.facts, key=lambda atom: (self.cost((atom,)), atom))[:2]
        return min(first, other), max(first, other)

    def _guard(self, atom: Atom) -> frozenset[Atom] | None:
        sort = self.atoms.sorts[atom]
        if sort == "near":
            left, right, _ = self.atoms.nears[atom]
            return min(frozenset(left), frozenset(right), key=self.cost)
        if sort == "pattern":
            literals = self.atoms.literals[atom]
            return frozenset((min(literals, key=lambda each: self.cost((each,))),)) if literals else None
        return None if sort in ("new_pair", "stage_changed") else frozenset((atom,))

    def cost(self, guards: Iterable[Atom]) -> float:
        """How much is to be asked, by and large, where these are the guards."""
        return sum(self._share(atom) * self.atoms.uses[atom] for atom in guards)

    def _share(self, atom: Atom) -> float:
        written = self.atoms.written.get(atom)
        if written is None:
            return COMMON.get(self.atoms.sorts[atom], 5)
        # The longer a word, the rarer; nothing else is known of it here.
        return 4 / max(1, len(written.strip()) - 2)

    def _need(self, tree: Tree) -> set[Atom]:
        if isinstance(tree, bool):
            return set()
        if isinstance(tree, int | str):
            if tree in self.atoms.nears:
                left, right, _ = self.atoms.nears[tree]
                return {side[0] for side in (left, right) if len(side) == 1}
            return set(self.atoms.literals.get(tree, ())) or ({tree} if self._is_plain(tree) else set())
        operator, parts = tree
        return set().union(*(self._need(part) for part in parts)) if operator == "and" else set()

    def _is_plain(self, tree: Tree) -> bool:
        """Whether the tree is an atom that is known at once."""
        return isinstance(tree, int | str) and self.atoms.sorts[tree] not in LATER

    def _tree(self, node: Node) -> Tree:
        match node:
            case Words():
                return self.atoms.words(node)
            case Near():
                return self.atoms.near(node)
            case Pattern():
                return self.atoms.pattern(node)
            case Fact():
                parts = tuple(self.atoms.fact(node, value) for value in node.values or ("",))
                return parts[0] if len(parts) == 1 else ("or", parts)
            case Not(part=part):
                return ("not", (self._tree(part),))
            case And(parts=nodes):
                return ("and", tuple(self._tree(part) for part in nodes))
            case Or(parts=nodes):
                return ("or", tuple(self._tree(part) for part in nodes))

    def _certain(self, node: Node, *, positive: bool) -> Tree:
        """The tree in which facts of records never help: what is true of it is true of any record."""
        match node:
            case Fact() if not node.of_article:
                return not positive
            case Not(part=part):
                inner = self._certain(part, positive=not positive)
                return not inner if isinstance(inner, bool) else ("not", (inner,))
            case And(parts=nodes) | Or(parts=nodes):
                ends = isinstance(node, Or)  # the constant that decides the whole
                parts = [self._certain(part, positive=positive) for part in nodes]
                if any(part is ends for part in parts):
                    return ends
                rest = tuple(part for part in parts if not isinstance(part, bool))
                return (("or" if ends else "and"), rest) if rest else not ends
            case _:
                return self._tree(node)


def _alternatives(tree: Tree) -> list[Tree]:
    """The trees of which one must be true."""
    if isinstance(tree, tuple) and tree[0] == "or":
        return [each for part in tree[1] for each in _alternatives(part)]
    return [tree]


def looks_everywhere(rule: Rule, query: Query) -> bool:
    """Whether the rule looks at irrelevant articles too."""
    return query.everything or rule.scope == EVERYTHING
