"""Who gets a rule's messages: its addresses, whether they said yes, left, or are stopped."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from alerts.addresses import parse_addresses
from alerts.mail import House, write_question
from pipeline.errors import ConfigError
from storage import subscribers
from storage.alert_values import Rule
from storage.outbox import Outbox
from storage.outbox_values import CHAT, MAIL, Recipient, Subscriber, SubscriberState

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from app.mail_settings import MailSettings
    from app.settings import Settings

Person = tuple[str, str, Subscriber | None, Recipient | None]
"""Channel, address, what is known of the address, and the recipient; None where it has left the rule."""


def recipients_of(mail: MailSettings, people: Sequence[Person]) -> list[Recipient]:
    """Those of a rule's addresses that may get its messages now."""
    found = []
    for channel, address, known, recipient in people:
        if channel != MAIL:
            found.append(Recipient(address=address, channel=channel, token=""))
        elif known is not None and recipient is not None:
            # A folder is on this machine: nobody else is reached by it, so nobody has to say yes.
            willing = known.willing if mail.host else known.stopped is None
            if willing:
                found.append(Recipient(address=address, channel=channel, token=recipient.token))
    return found


def why_nobody(people: Sequence[Person]) -> str:
    """Why a rule has nobody to write to, in words."""
    words = []
    for _, address, known, recipient in people:
        if known is None or known.stopped is not None:
            words.append(f"{address} is stopped" + (f" ({known.detail})" if known and known.detail else ""))
        elif recipient is None:
            words.append(f"{address} has unsubscribed")
        else:
            words.append(f"{address} has not confirmed")
    return "; ".join(words) or "it has no address"


def what_is_missing(mail: MailSettings, engine: Engine, rule: Rule) -> tuple[str, ...]:
    """What has to happen before the addresses of a rule get anything, a sentence each."""
    addresses = [each.address for each in parse_addresses(rule.address) if each.channel == MAIL]
    if addresses and not mail.host:
        return (
            f"No mail server is set ([mail] host), so mails are written as files into {mail.folder}; "
            "docs/operations.md says how to set one.",
        )
    known = {one.address: one for one in subscribers.subscribers(engine)}
    return tuple(
        f"{address} is asked to confirm before it gets anything, by the next crawl or 'alerts run'. "
        f"If you vouch for it: detainee-watch alerts confirm {address}"
        for address in addresses
        if not mail.vouches(address)
        and (address not in known or known[address].state is SubscriberState.WAITING)
    )


def enrol(
    settings: Settings, outbox: Outbox, rules: Sequence[Rule], faults: list[str], *, now: datetime
) -> tuple[dict[int, list[Person]], tuple[str, ...]]:
    """For each rule its addresses with what is known of them, and the addresses that were asked now. New
    ones are stored, and asked whether they want mail, unless the operator vouches for them. What is wrong
    in an address is added to ``faults``."""
    mail = settings.mail
    wanted: dict[tuple[int, str], str] = {}
    chats: dict[int, list[str]] = {}
    for rule in rules:
        assert rule.id is not None
        try:
            for each in parse_addresses(rule.address):
                if each.channel == MAIL:
                    wanted[rule.id, each.address] = rule.name
                else:
                    chats.setdefault(rule.id, []).append(each.address)
        except ConfigError as error:
            faults.append(f"The rule {rule.name!r}: {error}")
    known = subscribers.enrolled(outbox.engine)
    new = [
        (number, address, mail.vouches(address))
        for number, address in wanted
        if (number, address) not in known
        or (known[number, address][0].state is SubscriberState.WAITING and mail.vouches(address))
    ]
    if new:
        subscribers.enrol(outbox.engine, new, now=now)
        known = subscribers.enrolled(outbox.engine)
    asked = _ask(mail.house, outbox, wanted, known, now=now) if mail.host else ()
    people: dict[int, list[Person]] = {}
    for number, address in wanted:
        subscriber, recipient = known.get((number, address)) or (None, None)
        people.setdefault(number, []).append((MAIL, address, subscriber, recipient))
    for number, addresses in chats.items():
        people.setdefault(number, []).extend((CHAT, address, None, None) for address in addresses)
    return people, asked


def _ask(
    house: House,
    outbox: Outbox,
    wanted: dict[tuple[int, str], str],
    known: dict[tuple[int, str], tuple[Subscriber, Recipient | None]],
    *,
    now: datetime,
) -> tuple[str, ...]:
    """Asks each new address once, and returns those that it asked."""
    asked: list[str] = []
    for key, name in wanted.items():
        found = known.get(key)
        if found is None:
            continue
        one = found[0]
        waits = one.state is SubscriberState.WAITING and one.asked is None and one.stopped is None
        if not waits or one.address in asked:
            continue
        asked.append(one.address)
        rules = tuple(other for (_, address), other in wanted.items() if address == one.address) or (name,)
        message = write_question(
            one.address, one.token, rules[:10], house=house, secret=outbox.secret(), now=now
        )
        # Killed between the two, the message is put again, and is the same one.
        outbox.put(message, now=now)
        subscribers.mark_asked(outbox.engine, one.address, now=now)
    return tuple(asked)
