"""What the neighbours of a numeral say that it counts or measures, and how it is bounded."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from pipeline.measures.numerals import Numeral
from pipeline.measures.tokens import Phrases, Tokens
from pipeline.measures.words import section, tagged
from pipeline.vocabulary import Bound


class Role(StrEnum):
    """What a number stands for, as far as its neighbours say it."""

    PLAIN = "plain"  # may be a count of people
    AGE = "age"
    YEAR = "year"
    DATE = "date"  # day of a month, part of 17/02/2016
    CLOCK = "clock"
    MONEY = "money"
    WEIGHT = "weight"  # also volume
    DISTANCE = "distance"  # also area, temperature, speed
    PERCENT = "percent"
    DURATION = "duration"
    LAW = "law"  # section, article, case or room number
    ROUTE = "route"  # flight, road, type of aircraft, phone
    SCORE = "score"  # 2-1, 3/4, part of a larger written number
    OBJECT = "object"  # packages, plants, vehicles, countries
    CASE = "case"  # arrests and cases, which may stand for people
    ORDINAL = "ordinal"
    FRACTION = "fraction"  # no whole number


@dataclass(frozen=True, slots=True)
class _Rules:
    before: Phrases
    after: Phrases
    bounds: Phrases
    bounds_after: Phrases
    months: frozenset[str]
    weights: frozenset[str]


@cache
def _rules(language: str) -> _Rules:
    table = section(language, "numbers")
    bounds = dict(table["bounds"])
    trailing = {"at_least": bounds.pop("after_at_least", []), "about": bounds.pop("after_about", [])}
    units = section(language, "units")
    weights = [name for names in units["mass"].values() for name in names]
    litres = units["other"].get("litre", [])
    after = {"weight": [*weights, *(f"- {name}" for name in weights), *litres], **table["after"]}
    return _Rules(
        before=Phrases(tagged(table["before"]), backward=True),
        after=Phrases(tagged(after)),
        bounds=Phrases(tagged(bounds), backward=True),
        bounds_after=Phrases(tagged(trailing)),
        months=frozenset(section(language, "time")["months"]),
        weights=frozenset(weights),
    )


def bound_of(tokens: Tokens, numeral: Numeral, language: str) -> Bound:
    """How the words around a numeral mean it."""
    rules = _rules(language)
    hit = rules.bounds.at(tokens, numeral.first)
    if hit is not None:
        return Bound(hit.tag)
    hit = rules.bounds_after.after(tokens, numeral.last)
    if hit is not None:
        return Bound(hit.tag)
    if numeral.value is None:
        return Bound.AT_LEAST
    return Bound.ABOUT if numeral.about else Bound.EXACT


def bound_start(tokens: Tokens, numeral: Numeral, language: str) -> int:
    """Token index at which the words that bound a numeral begin."""
    hit = _rules(language).bounds.at(tokens, numeral.first)
    return numeral.first if hit is None else hit.first


def is_year(numeral: Numeral, tokens: Tokens) -> bool:
    """Whether digits could be a year of the calendar."""
    word = tokens.words[numeral.first]
    return numeral.plain and len(word) == 4 and numeral.value is not None and 1900 <= numeral.value <= 2100


_PER = frozenset(("per", "por", "pour"))  # "58 per cento degli stranieri": no hundred people
_DECADES = frozenset((20, 30, 40, 50, 60, 70, 80))
_OF_A_DECADE = frozenset(("la", "sa", "leur", "sulla", "sua"))  # before a collective that is an age
_OF_MANY = frozenset(("de", "d", "di", "des"))  # behind one that counts: "la trentaine de détenus"
_PART_OF_A_DECADE = frozenset(("mitte", "anfang", "ende", "midden", "begin", "eind"))
_ROOMS = frozenset(("cella", "cellule", "celda", "cela", "zelle", "cel", "cell"))
_CURRENCY = frozenset("$€£¥₹₦₱฿₫₩₽₺₵")


class _Judge:
    """Gives each numeral of one text its role."""

    def __init__(self, tokens: Tokens, language: str) -> None:
        self.tokens = tokens
        self.language = language
        self.rules = _rules(language)

    def role(self, numeral: Numeral) -> Role:
        tokens, first, last = self.tokens, numeral.first, numeral.last
        before, after = tokens.word(first - 1), tokens.word(last)
        glued_before, glued_after = tokens.gap(first) == "", tokens.gap(last) == ""
        if first in tokens.breaks:
            before = ""
        if before in _CURRENCY or after in _CURRENCY:
            return Role.MONEY
        if numeral.value == 100 and numeral.form != "digits" and before in _PER:
            return Role.PERCENT
        if glued_before and before in ("#", "§", "°"):
            return Role.LAW
        follows = self.rules.after.after(tokens, last)
        if (
            follows is not None
            and len(tokens.words[follows.last - 1]) == 1
            and tokens.word(follows.last) == "'"
        ):
            follows = None  # "36 l'estradizione": an article, not litres
        if follows is not None and follows.tag != "ordinal":
            return self._after(numeral, follows.tag)
        if follows is not None and glued_after and numeral.form == "digits":
            return Role.DATE if self._date(numeral, follows.last) else Role.ORDINAL
        precedes = self.rules.before.at(tokens, first)
        if numeral.form == "digits":
            role = self._signs(numeral, before, after, glued_before, glued_after)
            if role is not None:
                return role
            if self._date(numeral, last):
                return Role.DATE
        if precedes is not None and precedes.tag == "age" and self._among(numeral, after):
            precedes = None
        crowded = numeral.form == "words" and before in _ROOMS  # "in cella due albanesi"
        if precedes is not None and numeral.form not in ("collective", "vague") and not crowded:
            if precedes.tag == "money" and is_year(numeral, tokens):
                return Role.YEAR
            return Role(precedes.tag)
        if is_year(numeral, tokens):
            return Role.YEAR
        if self._age(numeral, before, after) or self._decade(numeral, before, after):
            return Role.AGE
        if isinstance(numeral.value, float) and not numeral.value.is_integer():
            return Role.FRACTION
        return Role.PLAIN

    def _among(self, numeral: Numeral, after: str) -> bool:
        """ "Entre los 49 mexicanos": between whom, and not between which ages ("entre los 20 y los 35")."""
        begins = self.tokens.word(numeral.first - 2) == "entre" and after[:1].isalpha()
        return begins and after not in ("y", "e", "a")

    def _after(self, numeral: Numeral, tag: str) -> Role:
        if tag == "object" and numeral.form in ("collective",) and numeral.value in (2, 3):
            return Role.PLAIN
        return Role(tag)

    def _date(self, numeral: Numeral, last: int) -> bool:
        """Day of a month: "2 May", "May 2", "2 de mayo"."""
        tokens, months = self.tokens, self.rules.months
        value = numeral.value
        if value is None or not 1 <= value <= 31 or numeral.form != "digits":
            return False
        if tokens.word(last) in (".", "º", "°", "o") and tokens.gap(last) == "":
            last += 1
        if tokens.word(last) in months and tokens.close(last):
            return True
        if tokens.word(last) in ("de", "of") and tokens.word(last + 1) in months:
            return True
        month_first = tokens.word(numeral.first - 1) in months and tokens.close(numeral.first)
        # Datelines have the day behind the month in Spanish too: "MADRID, octubre 9.-".
        return month_first and (self.language == "en" or tokens.word(numeral.last) in (".", ",", "("))

    def _signs(
        self, numeral: Numeral, before: str, after: str, glued_before: bool, glued_after: bool
    ) -> Role | None:
        """What signs that touch the digits say: 17/02/2016, 39B, 747-400, 12:30, +44."""
        tokens, first, last = self.tokens, numeral.first, numeral.last
        if after == "+" and glued_after:
            return None
        if (glued_after and after in ("/", ":", "-", ".", "h", "_")) or (
            glued_before and before in "/:-_" and before
        ):
            right = tokens.word(last + 1) if glued_after and tokens.gap(last + 1) == "" else ""
            left = tokens.word(first - 2) if glued_before and tokens.gap(first - 1) == "" else ""
            sign = after if right and glued_after else before
            if right[:1].isdecimal() or left[:1].isdecimal():
                if sign == ":" or after == "h":
                    return Role.CLOCK
                if is_year(numeral, tokens):
                    return Role.YEAR
                return Role.DATE if sign in "/." else Role.SCORE
            if after == "h" and glued_after:
                return Role.CLOCK
            if left and left[-1:].isalpha() and before == "-":
                return Role.ROUTE
            if right and right[0].isalpha() and after in "/_":
                return Role.LAW
            if right and after == "-" and len(right) < 2:
                return Role.ROUTE
        if glued_before and before[:1].isalpha() and "'" not in before:
            return Role.ROUTE
        if glued_after and after[:1].isalpha():
            return Role.LAW if len(after) == 1 else Role.ROUTE
        if tokens.words[first].startswith("0") and numeral.value:
            return Role.ROUTE
        if before == "+":
            return Role.ROUTE
        return None

    def _age(self, numeral: Numeral, before: str, after: str) -> bool:
        """ "(34)" or ", 34," after the name of a person; ", de 34;" in Romance lists."""
        tokens, first, value = self.tokens, numeral.first, numeral.value
        if value is None or not 12 <= value <= 99 or numeral.form != "digits" or not numeral.plain:
            return False
        ends = after in (")", ",", ";")
        if before in ("de", "di") and tokens.word(first - 2) == "," and (ends or after in (".", "y", "e")):
            return True
        if not (before == "(" and after in (")", ",")) and not (before == "," and ends):
            return False
        index = first - 2
        if tokens.word(index) == "." and len(tokens.word(index - 1)) == 1:
            index -= 1  # "Max M. (34)"
            return self._capital(index)
        if before == "," == after and self._capital(index) and tokens.word(numeral.last + 1) in _FROM:
            return self._capital(numeral.last + 2)  # "Joaquin, 41, of Colombia"
        if not (self._capital(index) and self._capital(index - 1)) or index in tokens.breaks:
            return False
        # Names of persons are two capitalised words; "South Africa (34)" is a count.
        return tokens.word(index - 1) not in _OPENS_PLACE and not {
            tokens.word(first - 3), tokens.word(first - 4)
        } & {"south", "north", "united"}  # fmt: skip

    def _decade(self, numeral: Numeral, before: str, after: str) -> bool:
        """ "la trentaine", "sulla trentina", "Mitte dreißig", "na casa dos trinta", "eind veertig"."""
        tokens, first, value = self.tokens, numeral.first, numeral.value
        if value not in _DECADES or numeral.form in ("article", "vague"):
            return False
        if numeral.form == "collective":
            return before in _OF_A_DECADE and after not in _OF_MANY
        if before in _PART_OF_A_DECADE:
            return numeral.form == "words" or after in (".", ",", ";", ")")
        return before == "dos" and tokens.word(first - 2) == "casa"

    def _capital(self, index: int) -> bool:
        tokens = self.tokens
        return bool(tokens.word(index)[:1].isalpha()) and tokens.text[tokens.starts[index]].isupper()


# Folded words that open the name of a country or stand between names, in all languages at once.
_PLACE_WORDS = (
    "united great new south north east west central saudi sri costa el hong puerto sierra papua "
    "burkina czech dominican ivory cote trinidad cabo cape guinea arabia estados reino nueva corea "
    "republica paises gran grande emiratos africa sudafrica america estado royaume etats nouvelle "
    "coree pays arabie republique vereinigte vereinigtes stati regno nuova sud repubblica "
    "verenigde verenigd zuid noord of de del den der aus from in en a au aux und and y e et ed i"
)
_OPENS_PLACE = frozenset(_PLACE_WORDS.split())
_FROM = frozenset(("of", "from", "de", "di", "aus", "uit"))
_AND = frozenset(("and", "y", "e", "et", "und", "en", "ed"))
_BETWEEN = frozenset(("between", "entre", "zwischen", "tra", "fra", "tussen"))
_LINKS = _AND | frozenset(("to", "or", "-", "a", "o", "u", "ou", "bis", "oder", "tot", "of", "da"))
_SHARED = (Role.WEIGHT, Role.AGE, Role.DURATION, Role.MONEY, Role.DISTANCE, Role.PERCENT, Role.DATE)


def is_linked(tokens: Tokens, first: Numeral, second: Numeral) -> bool:
    """Whether two numerals are the ends of a range or a pair: "four to six", "4 y 15"."""
    return (
        second.first == first.last + 1
        and tokens.word(first.last) in _LINKS
        and second.first not in tokens.breaks
        and first.last not in tokens.breaks
    )


def is_range(tokens: Tokens, first: Numeral, second: Numeral) -> bool:
    """Whether two numerals are the ends of one amount: "4 to 6", "between 4 and 6", not "4 and 6"."""
    if not is_linked(tokens, first, second):
        return False
    return tokens.word(first.last) not in _AND or tokens.word(first.first - 1) in _BETWEEN


def judge(tokens: Tokens, numerals: tuple[Numeral, ...], language: str) -> tuple[Role, ...]:
    """The role of each numeral."""
    judge = _Judge(tokens, language)
    roles = [judge.role(numeral) for numeral in numerals]
    for index in range(len(numerals) - 2, -1, -1):
        if roles[index] in (Role.PLAIN, Role.FRACTION) and roles[index + 1] in _SHARED:
            second = numerals[index + 1]
            if second.form != "article" and is_linked(tokens, numerals[index], second):
                roles[index] = roles[index + 1]
    return tuple(roles)


def decimal_reading(numeral: Numeral, language: str) -> float | None:
    """The value where decimals are likely: the language says what "1,200" of a weight is."""
    sign = "." if language == "en" else ","
    return numeral.decimal if numeral.decimal is not None and numeral.separator == sign else numeral.value
