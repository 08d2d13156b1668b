"""What trends are asked and what they answer.

Days are ``date.toordinal`` numbers; periods are inclusive at both ends. Counts of events, stocks and
flows are three types, so that nothing can add them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from pipeline.amounts import Amount
from pipeline.clues import Days
from pipeline.gaps import Gap
from pipeline.periods import MOST, Bucket, Step
from pipeline.vocabulary import Bound, Drug, Kind, Per, Stage

NONE_NAMED = "none named"
"""The line of cases and figures of which no drug is known."""
HANDED_IN = "handed in"
"""The line of articles that came from no source."""


class Split(StrEnum):
    """By what a series is split into lines."""

    NATIONALITY = "nationality"
    COUNTRY = "country"  # of custody
    PAIR = "pair"  # nationality and country
    DRUG = "drug"
    STAGE = "stage"
    KIND = "kind"
    SOURCE = "source"
    LANGUAGE = "language"


class Show(StrEnum):
    """What is drawn of events; of stocks and flows there are series and rankings."""

    SERIES = "series"
    MATRIX = "matrix"
    FUNNEL = "funnel"
    SENTENCES = "sentences"
    RANKING = "ranking"
    FIRST = "first"


class DatedBy(StrEnum):
    """Which day of a case counts."""

    EVENT = "event"  # when it began, as its reports date it
    ARTICLE = "article"  # when it was first reported
    ACT = "act"  # when its people came to the stage that they are in


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is to be drawn. Several values of one field are alternatives, fields are all to hold."""

    kind: Kind = Kind.EVENT
    step: Step = Step.YEAR
    split: Split | None = None
    by: DatedBy = DatedBy.EVENT
    first: int | None = None  # day from which on, None: from the first there is
    last: int | None = None  # day up to which, included
    nationality: tuple[str, ...] = ()
    country: tuple[str, ...] = ()  # of custody
    stage: tuple[Stage, ...] = ()  # of cases the latest
    drug: tuple[Drug, ...] = ()
    source: tuple[str, ...] = ()  # outlets
    language: tuple[str, ...] = ()
    query: str = ""
    most: int = MOST  # pieces of time that whoever asks can take


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """Cases and the people in them."""

    cases: int = 0
    people: Amount = field(default_factory=Amount)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of a series: a tally for each bucket."""

    key: str  # "" for the whole; of a pair "NL-PE"
    tallies: tuple[Tally, ...]
    total: Tally


@dataclass(frozen=True, slots=True, kw_only=True)
class EventSeries:
    """Distinct cases and the people in them along time."""

    buckets: tuple[Bucket, ...]
    whole: Line  # each case once, whatever it is split by
    lines: tuple[Line, ...]  # most cases first; empty without a split
    vague: int  # cases whose day is known less exactly than the buckets are long
    late: int  # cases first heard of after their charge; they stand under the day of that
    undated: int  # cases of which nothing says when they were; they stand in no bucket


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """How much was seen in each bucket, and what was not."""

    outlets: int  # that were followed at all
    articles: tuple[int, ...]  # seen, for each bucket
    by_source: dict[str, tuple[int, ...]]  # the same of each outlet, where lines are outlets
    shares: tuple[float | None, ...]  # of what is normal for the outlets; None where none is followed
    gaps: tuple[tuple[Gap, ...], ...]  # what is missing, for each bucket, the heaviest first


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A stock or a flow as one article gives it."""

    record_id: int
    article_id: int
    kind: Kind
    nationality: str
    country: str
    stage: Stage
    count: int | None
    bound: Bound
    per: Per | None
    days: Days  # moment or period
    when: str | None  # as the record has it; None: the day of publication stands for it
    drugs: tuple[Drug, ...]
    drug_share: float | None
    place: str | None
    by: str | None  # whose figure it is, where the sentence says so
    dated: bool  # False: neither it nor its article has a date, the day of storing stands for it
    outlet: str
    language: str  # of the article
    published: datetime | None
    url: str = ""  # this and the sentence where they are asked for; see figures.with_sentences
    evidence: str = ""
    replaced_by: int | None = None  # record of a later figure for the same moment
    per_year: Amount | None = None  # of a flow with a count

    @property
    def pair(self) -> str:
        return f"{self.nationality}-{self.country}"


@dataclass(frozen=True, slots=True, kw_only=True)
class FigureLine:
    """Figures for the same people from the same source, in the order of their moments; those that a
    later one replaces stand with it."""

    key: str  # the line of the split under which it stands; "" without one
    nationality: str
    country: str
    stage: Stage
    place: str | None
    drugs_only: bool  # the figure counts drug cases only
    by: str | None
    figures: tuple[Figure, ...]

    @property
    def standing(self) -> tuple[Figure, ...]:
        return tuple(each for each in self.figures if each.replaced_by is None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """Cases and people of one nationality in one country."""

    nationality: str
    country: str
    tally: Tally


@dataclass(frozen=True, slots=True, kw_only=True)
class StageCount:
    """How many cases came to a stage."""

    stage: Stage
    ever: Tally  # some report says that they came to it
    now: Tally  # it is the latest that is known of them


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentenced:
    """What cases of one drug and one range of weight were sentenced to."""

    drug: str  # "none named" where none is
    least_kg: float | None  # the range of weight; None: not known
    below_kg: float | None  # None: no upper end
    cases: int
    sentenced: int  # of them, those whose sentence is known
    years: float | None  # median of the terms
    longest: float | None
    life: int
    death: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranked:
    """One place of a ranking of cases."""

    key: str
    tally: Tally  # in the period
    before: Tally | None  # in the period of the same length before it
    place_before: int | None  # its place then, from 1; None: it had none


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstSeen:
    """A pair of nationality and country with its first case in a long time."""

    nationality: str
    country: str
    case_id: int
    day: int
    last: int | None  # day of the case before it; None: there is none
    people: Amount
