"""The values of the outbox; frozen, times aware UTC."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from pipeline.types import Record
from storage.alert_values import Hit, Rule

MAIL, CHAT = "mail", "chat"
"""The channels by which a message can go; mail goes into a folder where no server is set."""


class MessageState(StrEnum):
    """What has become of a message."""

    PENDING = "pending"  # made, not tried yet
    SENDING = "sending"  # a process has it, for as long as its lease
    SENT = "sent"  # a server took it, or it lies in the folder
    RETRY = "retry"  # could not be handed over; it is tried again
    FAILED = "failed"  # given up, or refused for good
    UNKNOWN = "unknown"  # the connection was lost before the answer; tried again under the same Message-ID


class MessageSort(StrEnum):
    """What a message is for."""

    DIGEST = "digest"  # what a rule found
    CONFIRM = "confirm"  # asks a new address whether it wants mail
    NOTICE = "notice"  # tells the operator something


class SubscriberState(StrEnum):
    """Whether an address may get messages."""

    WAITING = "waiting"  # it was asked and has not answered
    CONFIRMED = "confirmed"  # it said yes
    VOUCHED = "vouched"  # the operator said that it may


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscriber:
    """An address as it is stored."""

    address: str
    state: SubscriberState
    token: str
    asked: datetime | None = None
    answered: datetime | None = None
    stopped: datetime | None = None
    detail: str = ""

    @property
    def willing(self) -> bool:
        """Whether it may get messages."""
        return self.state is not SubscriberState.WAITING and self.stopped is None


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """Somebody who gets a rule's messages."""

    address: str
    channel: str
    token: str  # by which this rule is unsubscribed; "" where that makes no sense


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseNews:
    """What a message says of a case beside the hits."""

    id: int  # the case that stands: a merged one leads to it
    reports: tuple[Outlet, ...]  # all that report it, oldest first


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlet:
    """A report of a case."""

    article_id: int
    source: str  # slug, "" when it was handed in
    url: str
    title: str
    published: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """All that the messages of one rule are made of."""

    rule: Rule
    recipients: tuple[Recipient, ...]
    hits: tuple[Hit, ...]  # in the order in which they were found
    records: Mapping[int, Record] = field(default_factory=dict)  # those of the hits that still stand
    articles: Mapping[int, tuple[int, ...]] = field(default_factory=dict)
    """By Hit.article_id the records of articles that were found by words alone."""
    cases: Mapping[int, CaseNews] = field(default_factory=dict)  # by Hit.case_id
    told: Mapping[tuple[str, int], str] = field(default_factory=dict)
    """(recipient, number of the standing case) → Message-ID of the first message that told it."""
    secret: bytes = b""  # the database's own, for Message-IDs that nobody can guess


@dataclass(frozen=True, slots=True, kw_only=True)
class NewMessage:
    """A message that is put into the outbox."""

    sort: MessageSort
    channel: str
    recipient: str
    window: str
    message_id: str
    subject: str
    content: bytes
    hits: tuple[int, ...] = ()  # numbers of the hits that it tells


@dataclass(frozen=True, slots=True, kw_only=True)
class Leased:
    """A message that this process is to send."""

    id: int
    sort: MessageSort
    channel: str
    recipient: str
    message_id: str
    subject: str
    content: bytes
    tries: int  # with this one
    doubts: int  # earlier tries that may have succeeded


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageRow:
    """A message in a list."""

    id: int
    rule: str | None  # name of its rule
    sort: MessageSort
    channel: str
    recipient: str
    window: str
    message_id: str
    subject: str
    hits: int
    state: MessageState
    created: datetime
    due: datetime
    tries: int
    doubts: int
    ended: datetime | None
    code: int | None
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """A channel whose queue waits."""

    channel: str
    since: datetime
    last: datetime
    detail: str
