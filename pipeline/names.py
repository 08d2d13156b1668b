"""Masks what may be a person's name in a sentence that is kept after its article's text is gone.

Nothing here knows whom a name belongs to, and no list of names is kept: what has a capital without a
reason for it is taken for a name. A reason is the beginning of a sentence, a word that is ordinary in
the news (``data/ordinary_words.txt``, counted by ``python -m bench.ordinary``), a nationality or
another word of the lexicons, a place of the gazetteer, a body of the state. Names of ships and firms
go with those of persons; that errs on the right side.

Signs that are stronger than any reason: a form of address before it ("Mr", "Herr"), an age behind it
("…, 34,"), a second word of a full name.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from pipeline.fold import fold
from pipeline.gazetteer_table import load_table
from pipeline.mentions import Document, read_document
from pipeline.segments import split_sentences
from pipeline.types import Article

MASK = "[name]"
"""What stands in the place of a name."""
HEADLINE = 0.6
"""Share of capitals among the ordinary words from which a sentence is set as a headline."""
GERMAN_ENDS = ("ung", "heit", "keit", "schaft", "tion", "ismus", "tat", "nis", "tum", "ment", "enz", "anz")
LONGEST_PARTICLES = 3
_AGE_BEHIND = re.compile(
    r"^,? ?(?:\(\d{2}\b|, ?(?:de |aged |von )?\d{2}(?: (?:años|anos|ans|anni|jaar|Jahre))?[,).;])"
)
_INITIALS = re.compile(r"(?<![^\W_])(?:[^\W\d_a-z]\.[ -]?){1,4}(?![^\W\d_]\.)")


@dataclass(frozen=True, slots=True)
class _Words:
    """The lists of data/name_words.toml."""

    particles: frozenset[str]
    carrying: frozenset[str]
    address: frozenset[str]
    bodies: frozenset[str]
    not_initials: frozenset[str]
    german_determiners: frozenset[str]


@cache
def _words() -> _Words:
    found = tomllib.loads(files("pipeline.data").joinpath("name_words.toml").read_text("utf-8"))
    return _Words(**{name: frozenset(words.split()) for name, words in found.items()})


@cache
def ordinary_words() -> frozenset[str]:
    """Words that have a capital only for where they stand, folded."""
    return frozenset(files("pipeline.data").joinpath("ordinary_words.txt").read_text("utf-8").split())


def find_names(doc: Document) -> tuple[tuple[int, int], ...]:
    """What may be names of persons in the whole document: offsets, in order, none overlapping."""
    return _Search(doc).spans()


def mask_names(text: str, language: str) -> str:
    """``text`` (a title, a sentence, a few of them) with each name as MASK."""
    article = Article(
        url="",
        source="",
        title="",
        text=text,
        language=language,
        published=None,
        date_origin=None,
        outlet_country=None,
        segments=split_sentences(text, language),
    )
    return mask_spans(text, find_names(read_document(article)))


def mask_spans(text: str, spans: Sequence[tuple[int, int]], *, offset: int = 0) -> str:
    """``text``, which begins at ``offset`` of a longer one, with each span of that one as MASK."""
    out: list[str] = []
    at = 0
    for start, end in spans:
        first, last = max(start - offset, at), min(end - offset, len(text))
        if first < last:
            out += (text[at:first], MASK)
            at = last
    return "".join((*out, text[at:]))


class _Search:
    """One pass over the words of a document."""

    def __init__(self, doc: Document) -> None:
        self._doc = doc
        self._german = doc.article.language == "de"
        self._known = {word for mention in doc.mentions for word in range(mention.first, mention.last + 1)}
        self._trades: set[int] = set() if self._german else _trades(doc)
        self._peoples = {
            word
            for mention in doc.mentions
            if mention.label.section in ("nationality", "country", "foreign", "people")
            for word in range(mention.first, mention.last + 1)
        }
        self._places = {
            word
            for place in doc.places
            for word in range(doc.word_at(place.start), doc.word_at(place.end - 1) + 1)
        }
        surfaces = [doc.text[start:end] for start, end in zip(doc.starts, doc.ends, strict=True)]
        self._surfaces = surfaces
        self._capital = [surface[:1].isupper() for surface in surfaces]
        self._small = {doc.words[i] for i, surface in enumerate(surfaces) if surface[:1].islower()}
        self._headline = self._set_in_capitals()

    def spans(self) -> tuple[tuple[int, int], ...]:
        doc = self._doc
        found = {index for index in range(len(doc.words)) if self._capital[index] and self._is_name(index)}
        # A surname that is an ordinary word or a place is known by the full name elsewhere.
        found |= self._by_strong_signs()
        parts = {doc.words[index] for index in found if len(doc.words[index]) > 2}
        again = {i for i, word in enumerate(doc.words) if word in parts and self._capital[i]}
        found |= {i for i in again if i not in self._places and (i not in self._known or i in self._trades)}
        found |= self._neighbours(found)
        spans = [(doc.starts[index], doc.ends[index]) for index in sorted(found)]
        spans += self._initials(spans)
        return self._joined(sorted(spans))

    def _is_name(self, index: int) -> bool:
        word = self._doc.words[index]
        surface = self._surfaces[index]
        if self._is_known(index) or index in self._places or not any(c.isalpha() for c in surface):
            return False
        if len(word) < 2 or word in _words().bodies or word in self._small or word in _words().not_initials:
            return False
        bare = word.removesuffix("'s").removesuffix("’s").strip("'’")
        if any(part in ordinary_words() or part in _words().bodies for part in (bare, *_parts(bare))):
            return False
        if surface.isupper() and len(surface) <= 5 and not self._headline[self._doc.sentence_of[index]]:
            return False  # an abbreviation
        return not (self._german and (_german_noun(bare) or self._is_determined(index)))

    def _is_known(self, index: int) -> bool:
        """Whether a word of the lexicons is meant. A trade with a capital inside a sentence is a surname
        ("Baker had two kilos"), but for German, where every noun has one."""
        if index not in self._known:
            return False
        sentence = self._doc.sentence_of[index]
        opens = index == self._doc.first_word[sentence]
        return index not in self._trades or opens or self._headline[sentence]

    def _is_determined(self, index: int) -> bool:
        """Whether a German article stands before a word, and no second name behind it."""
        doc = self._doc
        after = index + 1
        lone = after >= len(doc.words) or not (self._capital[after] and self._beside(index, after))
        return lone and index > 0 and doc.words[index - 1] in _words().german_determiners

    def _by_strong_signs(self) -> set[int]:
        """Words with a capital after a form of address, before an age, or two by two inside a sentence."""
        doc = self._doc
        found: set[int] = set()
        for index, word in enumerate(doc.words):
            if word.rstrip(".") in _words().address or self._surfaces[index] == "M":
                found |= set(self._run(index + 1, +1))
            if not self._capital[index]:
                continue
            opens = doc.first_word[doc.sentence_of[index]]
            if (
                word in load_table().given
                and index not in self._places
                and len(run := self._run(index, +1)) > 1
            ):
                found |= set(run[:2] if self._headline[doc.sentence_of[index]] else run)
            if _AGE_BEHIND.match(doc.text[doc.ends[index] : doc.ends[index] + 14]):
                run = self._run(index, -1)
                if len(run) > 1 or (not self._german and opens not in run):
                    found |= set(run)
            if not self._german and not self._headline[doc.sentence_of[index]] and index != opens:
                run = self._run(index, +1)
                if len(run) > 1 and not any(
                    each in self._places or doc.words[each] in _words().bodies for each in run
                ):
                    found |= set(run)
        return {i for i in found if doc.words[i] not in _words().bodies and not self._is_people(i)}

    def _run(self, index: int, step: int) -> list[int]:
        """Words with a capital that stand one by one from ``index`` on, at most four; particles between
        them are passed."""
        run: list[int] = []
        doc = self._doc
        last = index
        while (
            0 <= index < len(doc.words) and len(run) < 4 and self._beside(min(index, last), max(index, last))
        ):
            if self._capital[index] and not self._is_people(index):
                if self._german and doc.words[index] in ordinary_words():
                    break
                run.append(index)
            elif doc.words[index] not in _words().particles or doc.words[index] in ("y", "e", "und"):
                break
            last = index
            index += step
        return run

    def _is_people(self, index: int) -> bool:
        """Whether a word names a people or a country."""
        return index in self._peoples

    def _neighbours(self, found: set[int]) -> set[int]:
        """What belongs to a name although it is a place or an ordinary word elsewhere: it stands right
        behind a part of one, or behind particles that carry a name on, or right before one."""
        doc = self._doc
        more: set[int] = set()
        for index in sorted(found):
            if not self._headline[doc.sentence_of[index]] and not self._german:
                more |= self._behind(index)
            carried = index + 1
            while carried < len(doc.words) and doc.words[carried] in _words().carrying:
                carried += 1
            if carried > index + 1 and carried < len(doc.words) and self._capital[carried]:
                more.add(carried)
            before = index - 1
            if before in self._places and before - 1 not in self._places and self._beside(before, index):
                more.add(before)  # "Victoria Kowalska"
        return more

    def _behind(self, index: int) -> set[int]:
        after = index + 1
        words = self._doc.words
        mine = after < len(words) and self._capital[after] and self._beside(index, after)
        return (
            {after} if mine and not self._is_people(after) and words[after] not in _words().bodies else set()
        )

    def _beside(self, first: int, second: int) -> bool:
        doc = self._doc
        if first == second:
            return True
        gap = doc.text[doc.ends[first] : doc.starts[second]]
        if second != first + 1 or doc.sentence_of[first] != doc.sentence_of[second]:
            return False
        return gap in (" ", "\u00a0", "-", "'", "’") or (gap == ". " and len(doc.words[first]) <= 3)

    def _initials(self, spans: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
        """ "Thomas M.", "J. P. Müller", "K.L.": initials beside a name, and two or more by themselves."""
        found = []
        text = self._doc.text
        edges = {end for _, end in spans}, {start for start, _ in spans}
        for match in _INITIALS.finditer(text):
            letters = fold(re.sub(r"[^\w]", "", match.group()))
            end = match.start() + len(match.group().rstrip(" -"))
            beside = match.start() - 1 in edges[0] or match.end() in edges[1]
            if letters not in _words().not_initials and (beside or len(letters) > 1):
                found.append((match.start(), end))
            elif (
                self._german
                and len(letters) == 1
                and re.search(r"[^\W\d_a-z][\w-]+ $", text[: match.start()])
            ):
                first = text.rfind(" ", 0, match.start() - 1) + 1
                if fold(text[first : match.start() - 1]) not in ordinary_words():
                    found.append((first, end))
        return found

    def _joined(self, spans: Sequence[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
        """Parts of one name as one: what stands between them is a blank or particles."""
        out: list[tuple[int, int]] = []
        for start, end in spans:
            if start > 1 and self._doc.text[start - 1] in "'’" and self._doc.text[start - 2] in "DO":
                start -= 2
            if out and (start <= out[-1][1] or _is_particles(self._doc.text[out[-1][1] : start])):
                out[-1] = (out[-1][0], max(end, out[-1][1]))
            else:
                out.append((start, end))
        return tuple(out)

    def _set_in_capitals(self) -> list[bool]:
        """Sentence → whether most of its ordinary words have a capital, as in headlines."""
        doc = self._doc
        out = []
        for sentence in range(len(doc.paragraph_of)):
            words = range(doc.first_word[sentence], doc.first_word[sentence + 1])
            longer = [i for i in words if len(doc.words[i]) > 3 and doc.words[i] in ordinary_words()]
            capitals = sum(self._capital[index] for index in longer)
            out.append(len(longer) > 1 and capitals >= HEADLINE * len(longer))
        return out


def _trades(doc: Document) -> set[int]:
    """Words that are nothing but one word for a person: "baker", "sailors"."""
    people: set[int] = set()
    others: set[int] = set()
    for m in doc.mentions:
        alone = m.first == m.last and m.label.section == "people" and m.label.key in ("one", "many")
        (people if alone else others).update(range(m.first, m.last + 1))
    return people - others


def _is_particles(gap: str) -> bool:
    words = re.findall(r"[\w'’]+", gap)
    if re.search(r"[^\w\s'’.-]", gap) or len(words) > LONGEST_PARTICLES or "\n" in gap:
        return False
    return all(fold(word) in _words().particles for word in words) and ". " not in gap.rstrip() + "x"


def _parts(word: str) -> tuple[str, ...]:
    """A word without its plural, and the parts of one with hyphens."""
    parts = [word[:-1]] if word.endswith("s") and len(word) > 4 else []
    for mark in ("'", "’"):
        if mark in word:
            parts.append(word.rpartition(mark)[2])  # "l'Italien", "dell'Interno"
    return tuple(part for part in parts if len(part) > 3)


@cache
def _german_noun(word: str) -> bool:
    """Whether a word is likely a German noun: by its ending, or by a known noun at its end."""
    if len(word) > 6 and word.endswith(GERMAN_ENDS):
        return True
    stems = {word, *(word.removesuffix(end) for end in ("s", "es", "n", "en", "er", "e") if len(word) > 5)}
    if stems & ordinary_words():
        return True
    return len(word) > 8 and any(
        stem[at:] in ordinary_words() for stem in stems for at in range(3, len(stem) - 3)
    )
