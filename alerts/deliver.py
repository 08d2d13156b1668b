"""The outbox: due → lease → send → mark.

A message is leased, handed over and marked by itself, so that a process that dies has at most one in
hand. What the channel raises decides what becomes of it; a fault of the channel itself ends the round
for all of its messages, costs none of them a try, and is told loudly.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from alerts.channels import CHANNELS, Channel, LeaseLostError, Ways
from pipeline.errors import (
    AddressRefusedError,
    ChannelDownError,
    DeliveryError,
    InDoubtError,
    MessageRefusedError,
    TryLaterError,
)
from storage.outbox import Outbox
from storage.outbox_lists import release_channel, stop_channel
from storage.outbox_values import Leased, MessageState
from storage.subscribers import stop_address

PAUSES = tuple(
    timedelta(minutes=minutes) for minutes in (5, 20, 60, 3 * 60, 6 * 60, 12 * 60, 24 * 60, 24 * 60)
)
"""How long a message waits after each try that failed; after the last it is given up."""
LEASE = timedelta(minutes=15)
"""How long a process may have a message in hand; longer than the steps of a delivery can take."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivered:
    """What one round of sending came to."""

    sent: int = 0
    retry: int = 0  # to be tried again
    unknown: int = 0  # may have arrived; to be tried again
    failed: int = 0  # given up
    stopped: tuple[str, ...] = ()  # addresses that are refused for good
    down: tuple[str, ...] = ()  # why the queue of a channel waits, in sentences
    notes: tuple[str, ...] = ()  # what servers said of messages that were not sent
    folder: str = ""  # where mail was written instead of being sent


def deliver(
    outbox: Outbox,
    ways: Ways,
    *,
    worker: str,
    alive: Callable[[str], bool],
    clock: Callable[[], datetime],
    most: int | None = None,
) -> Delivered:
    """Sends what is due, ``most`` at most. ``worker`` is this process's name, and ``alive`` knows whether the
    one of another name still runs."""
    begin = clock()
    outbox.reap(alive=alive, pause=PAUSES[0], now=begin)
    result = Delivered()
    open_: dict[str, Channel] = {}
    waiting: set[str] = set()
    try:
        while most is None or most > 0:
            now = clock()
            channels = [name for name in CHANNELS if name not in waiting]
            # What this round has put back is left for the next, however long the round takes.
            message = outbox.lease(worker, now=begin, until=now + LEASE, channels=channels)
            if message is None:
                break
            most = most - 1 if most is not None else None
            hand = _Hand(outbox, message, worker, clock)
            try:
                channel = open_.get(message.channel) or CHANNELS[message.channel](ways)
                open_[message.channel] = channel
                said = channel.send(message, hand)
            except LeaseLostError:
                continue
            except DeliveryError as error:
                result = _put_back(outbox, message, error, result, worker=worker, now=clock())
                if isinstance(error, ChannelDownError):
                    waiting.add(message.channel)
                continue
            except Exception as error:
                # A fault of ours with one message must not hold up the others.
                fault = f"unexpected {type(error).__name__}: {str(error)[:200]}"
                sort = InDoubtError if hand.done else TryLaterError
                result = _put_back(outbox, message, sort(fault), result, worker=worker, now=clock())
                continue
            except BaseException:
                # Stopped by the user: what may have arrived is in doubt, the rest is as before.
                state = MessageState.UNKNOWN if hand.done else MessageState.RETRY
                due = clock() + (PAUSES[0] if hand.done else timedelta())
                detail = "stopped on the way"
                outbox.back(message.id, worker, state, due=due, code=None, detail=detail, counted=hand.done)
                raise
            outbox.sent(message.id, worker, now=clock(), detail=said)
            release_channel(outbox.engine, message.channel)
            result = replace(result, sent=result.sent + 1)
    finally:
        for channel in open_.values():
            channel.close()
    if result.sent and not ways.server.host:
        result = replace(result, folder=str(ways.folder))
    return result


class _Hand:
    """Stores that a message is about to be handed over, and remembers it."""

    def __init__(self, outbox: Outbox, message: Leased, worker: str, clock: Callable[[], datetime]) -> None:
        self._outbox, self._message, self._worker, self._clock = outbox, message, worker, clock
        self.done = False

    def __call__(self) -> None:
        if not self._outbox.hand(self._message.id, self._worker, now=self._clock()):
            raise LeaseLostError
        self.done = True


def _put_back(
    outbox: Outbox, message: Leased, error: DeliveryError, result: Delivered, *, worker: str, now: datetime
) -> Delivered:
    """Stores what the error means for the message, and counts it."""
    detail, number = str(error), message.id
    if isinstance(error, ChannelDownError):
        outbox.back(
            number, worker, MessageState.RETRY, due=now, code=error.code, detail=detail, counted=False
        )
        stop_channel(outbox.engine, message.channel, detail, now=now)
        return replace(result, down=(*result.down, detail))
    note = f"{message.subject[:60]}: {detail}"
    if isinstance(error, AddressRefusedError):
        outbox.failed(number, worker, now=now, code=error.code, detail=detail)
        stop_address(outbox.engine, message.recipient, detail, now=now)
        return replace(
            result,
            failed=result.failed + 1,
            stopped=(*result.stopped, message.recipient),
            notes=(*result.notes, note),
        )
    if isinstance(error, MessageRefusedError) or message.tries > len(PAUSES):
        if not isinstance(error, MessageRefusedError):
            detail = f"given up after {message.tries} tries: {detail}"
        outbox.failed(number, worker, now=now, code=error.code, detail=detail)
        return replace(result, failed=result.failed + 1, notes=(*result.notes, note))
    state = MessageState.UNKNOWN if isinstance(error, InDoubtError) else MessageState.RETRY
    due = now + PAUSES[message.tries - 1]
    outbox.back(number, worker, state, due=due, code=error.code, detail=detail)
    if state is MessageState.UNKNOWN:
        return replace(result, unknown=result.unknown + 1, notes=(*result.notes, note))
    return replace(result, retry=result.retry + 1, notes=(*result.notes, note))
