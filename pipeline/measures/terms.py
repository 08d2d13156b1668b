"""Prison terms of a text in years, life and death sentences, and what is said of them."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.measures.numerals import Numeral, read_numerals
from pipeline.measures.reading import Reading, read_text
from pipeline.measures.roles import is_linked, is_range
from pipeline.measures.term_kinds import YEARS, Surroundings, TermKind, term_rules
from pipeline.measures.tokens import tokenise


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """A term at ``text[start:end]``."""

    start: int
    end: int
    years: float | str  # years, rounded to 1/100; "life"; "death"
    kind: TermKind
    suspended: bool = False


class _Finder:
    def __init__(self, reading: Reading) -> None:
        self.tokens = reading.tokens
        self.rules = term_rules(reading.language)
        self.around = Surroundings(reading)
        self.language = reading.language
        self.numerals = reading.numerals
        self.ends = reading.ends

    def find(self) -> list[Term]:
        found: list[Term] = []
        position = 0
        while position < len(self.numerals):
            read = self._term(position)
            if read is None:
                bare = self._bare(position)
                if bare is not None:
                    found.append(bare)
                position += 1
                continue
            position, first, last, years = read
            found.append(self._made(first, last, years, self.around.kind(first, last)))
        found.extend(self._compounds())
        for hit in self.rules.forever.find(self.tokens):
            name, imposed = hit.tag
            if imposed:
                modal = self.rules.modal.at(self.tokens, hit.first)
                kind = TermKind.POSSIBLE if modal is not None else TermKind.IMPOSED
            else:
                kind = self.around.kind(hit.first, hit.last, span=False)
                kind = TermKind.POSSIBLE if kind is TermKind.DURATION else kind
            found.append(self._made(hit.first, hit.last, name, kind))
        return sorted(found, key=lambda term: (term.start, term.end))

    def _made(self, first: int, last: int, years: float | str, kind: TermKind) -> Term:
        tokens = self.tokens
        around = range(max(first - 5, 0), min(last + 8, len(tokens)))
        suspended = any(
            self.rules.suspended.at(tokens, index) is not None
            and self.around.same_sentence(first, last, index)
            for index in around
        )
        return Term(
            start=tokens.starts[first], end=tokens.ends[last - 1], years=years, kind=kind, suspended=suspended
        )

    def _term(self, position: int) -> tuple[int, int, int, float] | None:
        """(next numeral, first token, last token, years) of a duration that begins at a numeral."""
        tokens, rules = self.tokens, self.rules
        total, first, last, size = 0.0, self.numerals[position].first, -1, 9.0
        index = position
        while index < len(self.numerals):
            numeral = self.numerals[index]
            value = numeral.decimal if numeral.decimal is not None else numeral.value
            if value is None or numeral.about or value > 1200:
                break
            if last >= 0 and numeral.first != last:
                link = rules.links.at(tokens, last)
                if link is None or link.last != numeral.first or last in tokens.breaks:
                    break
            half = rules.half.after(tokens, numeral.last)
            unit = rules.units.after(tokens, half.last if half is not None else numeral.last)
            if unit is None or YEARS[unit.tag] >= size:
                break
            total += (value + (0.5 if half is not None else 0)) * YEARS[unit.tag]
            size, last, index = YEARS[unit.tag], unit.last, index + 1
            half = rules.half.after(tokens, last)
            if half is not None and unit.tag == "year":
                total, last = total + 0.5, half.last
        if last < 0:
            return self._shared(position)
        years = round(total, 2)
        return (index, first, last, years) if years > 0 else None

    def _shared(self, position: int) -> tuple[int, int, int, float] | None:
        """ "four to 15 years": one term, its longest reading."""
        if position + 1 >= len(self.numerals):
            return None
        first, second = self.numerals[position], self.numerals[position + 1]
        if first.form in ("article", "vague") or not is_range(self.tokens, first, second):
            return None
        if first.value is None or second.value is None or first.value > 120:
            return None
        read = self._term_alone(position + 1)
        if read is None:
            return None
        after, last, years = read
        unit = years / second.value if second.value else 0
        return after, first.first, last, max(years, round(first.value * unit, 2))

    def _bare(self, position: int) -> Term | None:
        """A number of years without the word: "condenado a 15 de cárcel", "16½, 14½ and 14 years"."""
        tokens, rules = self.tokens, self.rules
        numeral = self.numerals[position]
        value = numeral.value
        if value is None or not 1 <= value <= 60 or numeral.form not in ("digits", "words"):
            return None
        following = tokens.word(numeral.last)
        sentenced = rules.bare.at(tokens, numeral.first) is not None
        behind = rules.prison.after(tokens, numeral.last)
        prison = behind is not None and behind.last - behind.first > 1
        if prison and not sentenced and value >= 2:
            sentenced = self.around.kind(numeral.first, numeral.last) is TermKind.IMPOSED
        if sentenced and (prison or following in (",", ";", ".", "por", "for", "pour", "per")):
            return self._made(numeral.first, numeral.last, round(float(value), 2), TermKind.IMPOSED)
        after = position + 1
        while after < len(self.numerals) and after - position < 4:
            earlier, later = self.numerals[after - 1], self.numerals[after]
            if later.first != earlier.last + 1 or not (
                tokens.word(earlier.last) in (",", "/") or is_linked(tokens, earlier, later)
            ):
                return None
            read = self._term_alone(after)
            if read is not None and later.value:
                kind = self.around.kind(numeral.first, read[1])
                if kind is TermKind.DURATION:
                    return None
                years = round(value * read[2] / later.value, 2)
                return self._made(numeral.first, numeral.last, years, kind)
            after += 1
        return None

    def _term_alone(self, position: int) -> tuple[int, int, float] | None:
        numeral = self.numerals[position]
        unit = self.rules.units.after(self.tokens, numeral.last)
        if unit is None:
            return None
        read = self._term(position)
        return None if read is None else (read[0], read[2], read[3])

    def _compounds(self) -> list[Term]:
        """ "zwanzigjährige Haftstrafe", "20-jährige", "15jarige gevangenisstraf"."""
        tokens, rules = self.tokens, self.rules
        found: list[Term] = []
        if not rules.compounds:
            return found
        for index, word in enumerate(tokens.words):
            if len(word) < 5 or len(word) > 60:
                continue
            for stem, unit in rules.compounds.items():
                cut = word.find(stem)
                if cut < 0:
                    continue
                value, first = self._compound_number(word[:cut], index)
                if value is not None and 0 < value <= 1200:
                    years = round(value * YEARS[unit], 2)
                    found.append(self._made(first, index + 1, years, self.around.kind(first, index + 1)))
                break
        return found

    def _compound_number(self, stem: str, index: int) -> tuple[float | None, int]:
        """The number before the stem, glued, hyphened or apart, and the token it begins at."""
        if stem:
            numerals: tuple[Numeral, ...] = ()
            for candidate in (stem, stem.removesuffix("s"), stem.removesuffix("e")):
                inner = tokenise(candidate)
                numerals = read_numerals(inner, self.language)
                if len(numerals) == 1 and len(inner) == numerals[0].last:
                    return numerals[0].value, index
            return None, index
        before = index
        if self.tokens.word(before - 1) == "-":
            before -= 1
        numeral = self.ends.get(before)
        if numeral is None or before in self.tokens.breaks:
            return None, index
        return numeral.value, numeral.first


def terms_in(reading: Reading) -> tuple[Term, ...]:
    """All terms of a text that was read."""
    return tuple(_Finder(reading).find())


def find_terms(text: str, language: str) -> tuple[Term, ...]:
    """All spans of years, months or days of ``text``, life and death, each with its kind.

    Raises:
        LexiconError: ``language`` is none of ``LANGUAGES``.
    """
    return terms_in(read_text(text, language))
