"""A query tried on what is stored: what it would have found, and what each part of it is worth.

Each part of a query becomes the set of what it is true of, as one large number with a byte for each
record (or article); the query is then a few operations on these, and leaving out a part is another few.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import compress, count

from alerts.asked import stand_near
from alerts.facts import source_fits
from alerts.marks import Reader, piece
from alerts.matching import RuleIndex
from alerts.normal import normal
from alerts.tree import And, Fact, Leaf, Near, Node, Not, Or, Pattern, Query, Words, leaves
from pipeline.clues import ORDER
from pipeline.vocabulary import Stage
from storage import search
from storage.alert_saving import is_step
from storage.alert_search import Stored, moment_of
from storage.alert_values import EVERYTHING, RELEVANT_ONLY, Hit, HitSort, Rule


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A part of a query, and the articles that the query finds without it."""

    text: str
    articles: int  # in which the part by itself is true
    without: int | None  # articles that the query finds without it; None where that is not known


@dataclass(frozen=True, slots=True, kw_only=True)
class WouldBe:
    """A hit that there would have been."""

    dated: datetime
    article: int
    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """What a query finds among what is stored."""

    query: Query
    looked_at: int  # articles
    found: frozenset[int]  # articles
    hits: tuple[WouldBe, ...]
    parts: tuple[Part, ...]
    words: dict[str, frozenset[int]]  # each word that it looks for, as written → articles that it found


class Trials:
    """Tries queries on one state of what is stored."""

    def __init__(self, stored: Stored, query: Query) -> None:
        self._stored = stored
        self._query = query
        self._articles = stored.articles()
        self.of_records = any(
            isinstance(leaf, Fact) and not leaf.of_article for leaf, _ in leaves(query.root)
        )
        # A unit is a record, or an article of which there is none.
        self._units: list[int] = []  # the article of each
        self._records: list[int] = []  # the record of each of the first
        if self.of_records:
            told = [pair for pair in stored.records() if pair[1] in self._articles]
            self._records, self._units = [record for record, _ in told], [article for _, article in told]
        with_records = set(self._units)
        self._units += [article for article in self._articles if article not in with_records]
        self._all = int.from_bytes(b"\x01" * len(self._units), "little")
        self._masks: dict[Leaf, int] = {}
        self._scanned: list[Words | Near | Pattern] = []
        self.pairs: dict[int, set[int]] = {}
        self.changed: set[int] = set()

    # -- what parts are true of -------------------------------------------------------------------

    def run(self) -> Trial:
        """Try the query."""
        root = self._query.root
        for leaf, _ in leaves(root):
            if leaf not in self._masks:
                self._masks[leaf] = self._ask(leaf)
        if self._scanned:
            self._scan(root)
        whole = self._value(root)
        found = self._articles_of(whole)
        return Trial(
            query=self._query,
            looked_at=len(self._articles),
            found=frozenset(found),
            hits=tuple(self._hits(whole)),
            parts=tuple(self._parts(root)),
            words={
                self._written(leaf): frozenset(self._articles_of(self._masks[leaf] & whole))
                for leaf, negated in leaves(root)
                if not negated and isinstance(leaf, Words | Near | Pattern)
            },
        )

    def _ask(self, leaf: Leaf) -> int:
        """The mask of a leaf; of one that only the texts can answer, zero until they are read."""
        match leaf:
            case Fact(name="lang"):
                return self._of_articles(self._stored.find_language([str(value) for value in leaf.values]))
            case Fact(name="source"):
                by_slug = self._stored.sources()
                fitting = [
                    numbers
                    for slug, numbers in by_slug.items()
                    if any(source_fits(slug, str(value)) for value in leaf.values)
                ]
                return self._of_articles(set().union(*fitting))
            case Fact(name="new_pair"):
                for value in leaf.values:
                    self.pairs[int(value)] = self._stored.find_new_pairs(int(value))
                return self._of_records(set().union(*(self.pairs[int(value)] for value in leaf.values)))
            case Fact(name="stage_changed"):
                self.changed = self._stored.find_changed_stages()
                return self._of_records(self.changed)
            case Fact(name=name, sign=sign):
                found: set[int] = set()
                for value in leaf.values:
                    found |= self._stored.find_fact(name, sign, value)
                return self._of_records(found)
            case Words() | Near() | Pattern():
                expression = self._expression(leaf)
                if expression is None:
                    self._scanned.append(leaf)
                    return 0
                return self._of_articles(self._stored.find_text(expression))

    def _expression(self, leaf: Words | Near | Pattern) -> search.Term | search.Near | None:
        """The leaf as the search index is asked; None where it and the rules may see other words."""
        match leaf:
            case Pattern():
                return None
            case Near(left=left, right=right, distance=distance):
                if not all(map(self._is_indexed, (*left, *right))):
                    return None
                one, other = (tuple(_term(each, "text") for each in side) for side in (left, right))
                return search.Near(one, other, distance, "text")
            case Words(title=title):
                if not self._is_indexed(leaf):
                    return None
                return _term(leaf, "title" if title else "text")

    def _is_indexed(self, leaf: Words) -> bool:
        """Whether the index has the words as rules see them: Latin letters, with or without accents."""
        import unicodedata

        written = unicodedata.normalize("NFD", self._query.text[leaf.start : leaf.end])
        return all(word.isascii() for word in leaf.words) and all(
            char.isascii() or unicodedata.combining(char) or not char.isalnum() for char in written
        )

    def _scan(self, root: Node) -> None:
        """Reads the texts of all articles in which the query may be true."""
        possible = self._value(root, unknown=frozenset(self._scanned))
        wanted = sorted(self._articles_of(possible))
        found: dict[Leaf, set[int]] = {leaf: set() for leaf in self._scanned}
        for article, title, text in self._stored.texts(wanted):
            for leaf in self._scanned:
                if _stands_in(leaf, title, text):
                    found[leaf].add(article)
        for each, articles in found.items():
            self._masks[each] = self._of_articles(articles)

    def _value(
        self,
        node: Node,
        *,
        unknown: frozenset[Leaf] = frozenset(),
        without: Node | None = None,
        positive: bool = True,
        sure: bool = False,
    ) -> int:
        """What the query is true of. ``unknown`` leaves count as may be; ``without``: the part is as if it
        were not written; ``sure``: only what is true whatever the records are."""
        match node:
            case And(parts=parts) | Or(parts=parts):
                values = [
                    self._value(part, unknown=unknown, without=without, positive=positive, sure=sure)
                    for part in parts
                    if part is not without
                ]
                if not values:
                    return self._all if isinstance(node, And) else 0
                total = values[0]
                for value in values[1:]:
                    total = total & value if isinstance(node, And) else total | value
                return total
            case Not(part=part):
                inner = self._value(part, unknown=unknown, without=without, positive=not positive, sure=sure)
                return self._all ^ inner
            case _ if node in unknown or (sure and isinstance(node, Fact) and not node.of_article):
                return self._all if positive is not sure else 0
            case _:
                return self._masks[node]

    # -- from masks to numbers --------------------------------------------------------------------

    def _of_articles(self, articles: Set[int]) -> int:
        return int.from_bytes(bytes(map(articles.__contains__, self._units)), "little")

    def _of_records(self, records: Set[int]) -> int:
        return int.from_bytes(bytes(map(records.__contains__, self._records)), "little")

    def _articles_of(self, mask: int) -> set[int]:
        return set(compress(self._units, mask.to_bytes(len(self._units), "little")))

    def _hits(self, whole: int) -> Iterator[WouldBe]:
        """The hits that there would have been, each once, as when articles come in by their time."""
        certain = self._value(self._query.root, sure=True) if self.of_records else whole
        of_article = certain.to_bytes(len(self._units), "little")
        of_words: set[int] = set()
        fitting: dict[int, list[int]] = defaultdict(list)  # article → records
        for unit in compress(count(), whole.to_bytes(len(self._units), "little")):
            article = self._units[unit]
            if unit < len(self._records) and not of_article[unit]:
                fitting[article].append(self._records[unit])
            elif article not in of_words:
                of_words.add(article)
                yield WouldBe(dated=self._dated(article), article=article, key=f"article:{article}")
        told = self._stored.told([record for records in fitting.values() for record in records])
        stages: dict[int, set[Stage]] = defaultdict(set)  # of each case, what was told
        for article in sorted(fitting, key=lambda each: (self._articles[each], each)):
            records = fitting[article]
            cases: dict[int, list[Stage]] = {}
            for record in records:
                case, stage = told[record]
                if case is None:
                    yield WouldBe(dated=self._dated(article), article=article, key=f"record:{record}")
                else:
                    cases.setdefault(case, []).append(Stage(stage))
            for case, reported in cases.items():
                latest = max(reported, key=ORDER.index)
                if is_step(latest, stages[case]):
                    stages[case].add(latest)
                    key = f"case:{case}:{latest.value}"
                    yield WouldBe(dated=self._dated(article), article=article, key=key)

    def _dated(self, article: int) -> datetime:
        return moment_of(self._articles[article])

    def _parts(self, root: Node) -> Iterator[Part]:
        known = not self._scanned
        for part in _worth_naming(root):
            without = self._value(root, without=part)
            scanned_only = all(leaf in self._scanned for leaf, _ in leaves(part))
            yield Part(
                text=self._written(part),
                articles=len(self._articles_of(self._value(part))),
                without=len(self._articles_of(without)) if known or scanned_only else None,
            )

    def _written(self, node: Node) -> str:
        return " ".join(self._query.text[node.start : node.end].split())


def show_hits(stored: Stored, trials: Trials, query: Query, hits: Sequence[WouldBe]) -> list[Hit]:
    """These hits as they would have been told."""
    scope = EVERYTHING if stored.everything else RELEVANT_ONLY
    index = RuleIndex([Rule(id=0, name="", query=query.text, address="", scope=scope)])
    out = []
    for each in hits:
        news = stored.news(each.article, pairs=trials.pairs, changed=trials.changed)
        for found in index.match(news):
            of_article = found.sort is HitSort.WORDS
            if found.key == each.key or (of_article and each.key.startswith("article:")):
                out.append(found.describe())
                break
    return out


def by_week(hits: Sequence[WouldBe], *, until: datetime, weeks: int) -> list[int]:
    """How many hits there would have been in each of the last ``weeks``, the latest last."""
    ages = Counter((until - each.dated) // timedelta(weeks=1) for each in hits)
    return [ages.get(age, 0) for age in reversed(range(weeks))]


def _worth_naming(root: Node) -> Iterator[Node]:
    """The parts that can be left out: those that are joined by AND or OR, down to two levels."""
    if not isinstance(root, And | Or):
        return
    for part in root.parts:
        yield part
        if isinstance(part, And | Or):
            yield from part.parts


def _term(leaf: Words, column: str) -> search.Term:
    return search.Term(" ".join(leaf.words), column, leaf.prefix, phrase=True)


def _stands_in(leaf: Words | Near | Pattern, title: str, text: str) -> bool:
    if isinstance(leaf, Near):
        left, right = (list(map(piece, side)) for side in (leaf.left, leaf.right))
        return stand_near(normal(text), left, right, leaf.distance)
    return bool(Reader(title if leaf.title else text).find(leaf, 0))
