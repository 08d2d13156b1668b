"""Letters → messages as they are sent: headers, plain text and HTML. Pure.

The headers are those that a list has: who sent it and that a program did, how to leave it, under which
earlier message it stands. Nothing in a message is fetched from anywhere when it is read.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email.header import Header
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8
from email.utils import format_datetime, parseaddr
from hashlib import blake2b
from urllib.parse import quote

from alerts.digest import MOST_SUBJECT, Letter
from alerts.neutral import cut, neutral
from alerts.templating import render
from alerts.windows import zone_of
from storage.alert_values import Rhythm, Rule
from storage.outbox_values import MAIL, MessageSort, NewMessage, Recipient

NAME = "detainee-watch"
_WEEKDAYS = ("Mondays", "Tuesdays", "Wednesdays", "Thursdays", "Fridays", "Saturdays", "Sundays")


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """What the messages of one installation have in common."""

    sender: str  # "Detainee Watch <alerts@example.org>"
    unsubscribe: str = ""  # mail address that takes wishes to leave; "": the sender's
    list_id: str = ""  # domain under which lists have their names; "": that of the sender
    site: str = ""  # public address of the web site, https, without a slash at its end; "": there is none

    @property
    def address(self) -> str:
        """The sender's bare address."""
        return parseaddr(self.sender)[1]

    @property
    def domain(self) -> str:
        """Where Message-IDs are from."""
        return self.address.rpartition("@")[2] or "localhost"


def write_letter(letter: Letter, *, house: House, secret: bytes, now: datetime) -> NewMessage:
    """The message of a letter. Its Message-ID follows from rule, recipient and window."""
    recipient, rule = letter.recipient, letter.rule
    message_id = make_id(f"{rule.id}|{recipient.address}|{letter.window}", house=house, secret=secret)
    words = {
        "letter": letter,
        "why": reason_words(rule, recipient.address),
        "query": neutral(rule.query, 300),
        "name": neutral(rule.name, 120),
        "argument": argument(rule.name),
        "code": message_id[1:11],
        "links": _links(house, rule, recipient),
    }
    content = ""
    if recipient.channel == MAIL:
        message = _message(
            house, recipient.address, letter.subject, message_id, now=now.astimezone(zone_of(rule))
        )
        _list_headers(message, house, rule, recipient)
        if letter.references:
            message.set_raw("References", _folded(letter.references))
            message.set_raw("In-Reply-To", letter.references[-1])
        _bodies(message, "digest", words)
        body = as_bytes(message, recipient.address)
    else:
        content = render("digest.txt", words | {"short": True})
        body = content.encode()
    return NewMessage(
        sort=MessageSort.DIGEST,
        channel=recipient.channel,
        recipient=recipient.address,
        window=letter.window,
        message_id=message_id,
        subject=letter.subject,
        content=body,
        hits=letter.hits,
    )


def write_question(
    address: str, token: str, rules: tuple[str, ...], *, house: House, secret: bytes, now: datetime
) -> NewMessage:
    """The message that asks a new address whether it wants mail."""
    message_id = make_id(f"confirm|{address}|{token}", house=house, secret=secret)
    subject = "Please confirm: alerts of detainee-watch"
    message = _message(house, address, subject, message_id, now=now)
    words = {
        "address": address,
        "token": token,
        "rules": tuple(neutral(rule, 120) for rule in rules),
        "link": f"{house.site}/alerts/confirm/{token}" if house.site else "",
        "sender": house.address,
    }
    _bodies(message, "confirm", words)
    return NewMessage(
        sort=MessageSort.CONFIRM,
        channel=MAIL,
        recipient=address,
        window=f"confirm {token[:8]}",
        message_id=message_id,
        subject=subject,
        content=as_bytes(message, address),
    )


def write_notice(
    address: str, subject: str, text: str, key: str, *, house: House, secret: bytes, now: datetime
) -> NewMessage:
    """A message to the operator: words of the program's own. The same ``key`` is the same message."""
    message_id = make_id(f"notice|{address}|{key}", house=house, secret=secret)
    subject = cut(neutral(subject), MOST_SUBJECT)
    message = _message(house, address, subject, message_id, now=now)
    lines = [" " * (len(line) - len(line.lstrip())) + neutral(line, 2000) for line in text.splitlines()]
    _bodies(message, "notice", {"subject": subject, "text": "\n".join(lines)})
    return NewMessage(
        sort=MessageSort.NOTICE,
        channel=MAIL,
        recipient=address,
        window=f"notice {key}",
        message_id=message_id,
        subject=subject,
        content=as_bytes(message, address),
    )


def make_id(key: str, *, house: House, secret: bytes) -> str:
    """A Message-ID that is always the same for ``key``, and that nobody else can guess."""
    return f"<{blake2b(key.encode(), key=secret[:64], digest_size=15).hexdigest()}@{house.domain}>"


def as_bytes(message: EmailMessage, recipient: str) -> bytes:
    """The message as it goes over the line. Only a recipient whose address needs it gets UTF-8 headers."""
    policy = SMTP if recipient.isascii() else SMTPUTF8
    # Headers that were set raw stand as they are: refolding would encode the long words in them.
    return message.as_bytes(policy=policy.clone(refold_source="none"))


def reason_words(rule: Rule, address: str) -> str:
    """Why somebody gets a rule's messages, in a sentence."""
    match rule.rhythm:
        case Rhythm.INSTANT:
            often = "as soon as something is found"
        case Rhythm.HOURLY:
            often = "every hour"
        case Rhythm.DAILY:
            often = f"every day at {rule.hour}:00 ({rule.zone})"
        case Rhythm.WEEKLY:
            often = f"on {_WEEKDAYS[rule.weekday]} at {rule.hour}:00 ({rule.zone})"
    to = f" to {neutral(address, 100)}" if "://" not in address else ""
    tail = "" if rule.rhythm is Rhythm.INSTANT else ", when there is something new"
    return f"The rule “{neutral(rule.name, 120)}” writes{to} {often}{tail}."


def argument(name: str) -> str:
    """A rule's name as it is typed in a shell."""
    clean = neutral(name, 120)
    return clean if re.fullmatch(r"[\w.@%+-]+", clean, re.ASCII) else "'" + clean.replace("'", "'\\''") + "'"


def header_text(text: str, most: int = 150) -> str:
    """Text for a header. The library decodes what looks like an encoded word (RFC 2047) when a header is
    set, and with it line breaks that were encoded: no text may look so."""
    return cut(neutral(text).replace("=?", "= ?"), most)


def _message(house: House, to: str, subject: str, message_id: str, *, now: datetime) -> EmailMessage:
    message = EmailMessage(policy=SMTP if to.isascii() else SMTPUTF8)
    name, address = parseaddr(house.sender)
    user, _, domain = address.rpartition("@")
    message["From"] = Address(display_name=header_text(name), username=user, domain=domain)
    user, _, domain = to.rpartition("@")
    message["To"] = Address(username=user, domain=domain)
    message["Subject"] = header_text(subject, MOST_SUBJECT)
    message.set_raw("Date", format_datetime(now))
    message.set_raw("Message-ID", message_id)
    message["Auto-Submitted"] = "auto-generated"
    # Exchange answers "out of office" to what has only the header above.
    message["X-Auto-Response-Suppress"] = "All"
    return message


def _list_headers(message: EmailMessage, house: House, rule: Rule, recipient: Recipient) -> None:
    label = f"rule-{rule.id}.{NAME}.{house.list_id or house.domain}"
    phrase = header_text(rule.name, 60)
    quoted = (
        '"' + re.sub(r'(["\\])', r"\\\1", phrase) + '"'
        if phrase.isascii()
        else Header(phrase, "utf-8").encode()
    )
    message.set_raw("List-Id", f"{quoted} <{label}>" if phrase else f"<{label}>")
    wish = quote(f"unsubscribe {recipient.token}")
    mailto = f"<mailto:{quote(house.unsubscribe or house.address, safe='@')}?subject={wish}>"
    if house.site.startswith("https://"):
        page = f"<{house.site}/alerts/unsubscribe/{recipient.token}>"
        message.set_raw("List-Unsubscribe", _folded((page + ",", mailto)))
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    else:
        message.set_raw("List-Unsubscribe", mailto)


def _folded(words: tuple[str, ...]) -> str:
    """Words of a header, one a line."""
    return "\r\n ".join(words)


def _links(house: House, rule: Rule, recipient: Recipient) -> Mapping[str, str]:
    """Where to go on, on the web site or by mail; "" for what only the command line can do."""
    site = house.site
    leave = quote(f"unsubscribe {recipient.token}")
    return {
        "edit": f"{site}/alerts/{rule.id}" if site else "",
        "pause": f"{site}/alerts/{rule.id}/pause" if site else "",
        "more": f"{site}/alerts/{rule.id}" if site else "",
        "unsubscribe": f"{site}/alerts/unsubscribe/{recipient.token}"
        if site
        else f"mailto:{quote(house.unsubscribe or house.address, safe='@')}?subject={leave}",
        "wish": f"unsubscribe {recipient.token}",
        "to": house.unsubscribe or house.address,
    }


def _bodies(message: EmailMessage, template: str, words: Mapping[str, object]) -> None:
    # Quoted-printable can be read in the raw message and survives every server.
    message.set_content(render(f"{template}.txt", words), cte="quoted-printable")
    message.add_alternative(render(f"{template}.html", words), subtype="html", cte="quoted-printable")
