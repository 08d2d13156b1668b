"""What messages say: grouped by case, marked, in threads, harmless, with the headers of a list."""

from __future__ import annotations

import html
import re
from dataclasses import replace
from datetime import timedelta
from email.utils import parsedate_to_datetime
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine

from alerts.addresses import mail_address, masked, parse_addresses
from alerts.digest import MOST_GROUPS, compose
from alerts.mail import House, argument, write_letter
from alerts.neutral import neutral, pieces, web_address
from app.alerting import send_due
from pipeline.errors import ConfigError
from pipeline.vocabulary import Stage
from storage.alert_values import Hit, HitSort, Matched, Rhythm, Rule
from storage.outbox_values import MAIL, CaseNews, Outlet, Recipient, Waiting
from tests.alerts.post import NOW, Box, add, found, html_text, plain_text, read_mail, settings_for
from tests.storage.builders import record

ANNA = Recipient(address="anna@example.org", channel=MAIL, token="t0k3n")
HOUSE = House(sender="Alerts <alerts@watch.example>")
RULE = Rule(id=7, name="Lima desk", query='country:PE AND "drug mule"', address="mailto:anna@example.org")


def hit(number: int, **fields: Any) -> Hit:
    values: dict[str, Any] = {"id": number, "rule_id": 7, "key": f"k{number}", "sort": HitSort.WORDS}
    values |= {"url": f"https://outlet.example/{number}", "title": f"Story {number}.", "source": "outlet"}
    values |= {"language": "en", "published": NOW, "excerpt": "A man was held in Lima.", "found": NOW}
    return Hit(**{**values, "matched": Matched(), **fields})


def in_case(number: int, case: int, **fields: Any) -> Hit:
    return hit(number, sort=HitSort.CASE, case_id=case, stage=Stage.ARRESTED, **fields)


def mails(*hits: Hit, rule: Rule = RULE, house: House = HOUSE, **waiting: Any) -> list[Any]:
    window = None if rule.rhythm is Rhythm.INSTANT else NOW
    found = Waiting(rule=rule, recipients=(ANNA,), hits=hits, secret=b"s", **waiting)
    letters = compose(found, now=NOW, window=window, names={"outlet": "The Outlet"}, site=house.site)
    written = [write_letter(letter, house=house, secret=b"s", now=NOW) for letter in letters]
    assert sorted(n for message in written for n in message.hits) == sorted(each.id or 0 for each in hits)
    return [read_mail(message.content) for message in written]


def test_the_headers_are_those_of_a_list() -> None:
    (mail,) = mails(hit(1), hit(2))
    assert mail["Subject"] == "Lima desk: 2 new, Wed 4 Mar 2026"
    assert mail["From"] == "Alerts <alerts@watch.example>"
    assert mail["To"] == "anna@example.org"
    assert parsedate_to_datetime(str(mail["Date"])) == NOW
    assert re.fullmatch(r"<[0-9a-f]{30}@watch\.example>", mail["Message-ID"])
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["List-Id"] == '"Lima desk" <rule-7.detainee-watch.watch.example>'
    assert mail["List-Unsubscribe"] == "<mailto:alerts@watch.example?subject=unsubscribe%20t0k3n>"
    assert mail["List-Unsubscribe-Post"] is None
    assert mail["References"] is None
    assert mail.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]


def test_one_click_is_offered_where_the_site_has_a_public_address() -> None:
    house = House(
        sender="alerts@watch.example",
        site="https://watch.example/a/long/path/of/the/site",
        unsubscribe="leave@watch.example",
    )
    (mail,) = mails(hit(1), house=house)
    page, mailto = str(mail["List-Unsubscribe"]).split(",")
    assert page == f"<{house.site}/alerts/unsubscribe/t0k3n>"
    assert mailto.strip() == "<mailto:leave@watch.example?subject=unsubscribe%20t0k3n>"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    for text in (plain_text(mail), html_text(mail)):
        for place in ("alerts/7", "alerts/7/pause", "alerts/unsubscribe/t0k3n"):
            assert f"{house.site}/{place}" in text
    assert (
        mails(hit(1), house=House(sender="a@watch.example", site="http://watch.example"))[0][
            "List-Unsubscribe-Post"
        ]
        is None
    )


def test_the_message_id_is_always_the_same() -> None:
    first, again = mails(hit(1)), mails(hit(1), hit(2))
    assert first[0]["Message-ID"] == again[0]["Message-ID"], "of rule, recipient and window"
    instant = Rule(id=7, name="x", query="x", address="a", rhythm=Rhythm.INSTANT)
    assert len({str(mail["Message-ID"]) for mail in mails(hit(1), hit(2), rule=instant)}) == 2


def test_it_is_grouped_by_case_with_all_that_is_told() -> None:
    arrest = record(told="Two Dutch nationals were arrested in Lima.")
    case = CaseNews(
        id=12,
        reports=(
            Outlet(article_id=90, source="rpp", url="https://rpp.example/9", title="", published=None),
            Outlet(article_id=91, source="outlet", url="https://outlet.example/1", title="", published=None),
        ),
    )
    (mail,) = mails(
        in_case(1, 12, matched=Matched(records=(5,), excerpt=((9, 13),)), excerpt="A man in Lima was held."),
        in_case(2, 13, url="https://outlet.example/2", note="corrected from 12 to 9"),
        hit(3),
        records={5: arrest},
        cases={12: case, 13: case},
    )
    text = plain_text(mail)
    assert text.count("2 from the Netherlands, arrested in Peru") == 1
    assert "cocaine, 12 kg · 2026-03 · Lima" in text
    assert "A man in *Lima* was held." in text
    assert "Also in: rpp" in text
    assert "[corrected from 12 to 9]" in text
    assert text.count("The whole case: detainee-watch cases show 12") == 1
    assert "The Outlet, Wed 4 Mar 2026" in text
    page = html_text(mail)
    assert "<mark" in page
    assert page.count('class="card"') == 2, "two reports of one case are one group"
    assert 'href="https://rpp.example/9"' in page
    for words in (
        "The rule “Lima desk” writes to anna@example.org every day at 8:00 (UTC)",
        "detainee-watch alerts pause 'Lima desk'",
        "unsubscribe t0k3n",
    ):
        assert words in text.replace("\n", " ")


def test_a_correction_is_counted_as_one() -> None:
    case = CaseNews(id=12, reports=())
    rule = replace(RULE, rhythm=Rhythm.INSTANT)
    note = "corrected from 12 to 9"
    corrected = hit(2, sort=HitSort.FIGURE, case_id=12, note=note, matched=Matched(records=(5,)))
    given = {"rule": rule, "cases": {12: case}, "records": {5: record(count=9)}}
    (mail,) = mails(corrected, **given)
    told = "Lima desk: 1 corrected, Wed 4 Mar 2026"
    assert mail["Subject"] == f"{told} – 9 from the Netherlands, arrested in Peru"
    assert plain_text(mail).startswith(told)
    assert "[case] [corrected from 12 to 9]" in plain_text(mail)
    assert "1 corrected · Wed 4 Mar 2026" in html_text(mail)
    (both,) = mails(in_case(1, 12), corrected, **given)
    assert both["Subject"].startswith("Lima desk: 1 new, 1 corrected, Wed 4 Mar 2026")


def test_and_so_many_more() -> None:
    (mail,) = mails(*(hit(number) for number in range(1, 101)))
    assert mail["Subject"].startswith("Lima desk: 100 new,")
    assert plain_text(mail).count("Story ") == MOST_GROUPS
    code = mail["Message-ID"][1:11]
    assert f"and {100 - MOST_GROUPS} more: detainee-watch alerts deliveries {code}" in plain_text(mail)
    assert f"and {100 - MOST_GROUPS} more" in html_text(mail)
    site = House(sender="a@watch.example", site="https://watch.example")
    (mail,) = mails(*(hit(number) for number in range(1, 101)), house=site)
    assert "more: https://watch.example/alerts/7" in plain_text(mail)


def test_days_are_those_of_the_subscriber() -> None:
    rule = Rule(id=7, name="x", query="x", address="a", zone="Pacific/Kiritimati")
    (mail,) = mails(hit(1, published=NOW.replace(hour=11)), rule=rule)
    assert "Thu 5 Mar 2026" in plain_text(mail)
    assert "Thu" not in mail["Subject"]
    assert parsedate_to_datetime(str(mail["Date"])).utcoffset() == timedelta(hours=14)


def test_later_mails_on_a_case_stand_under_the_first(
    engine: Engine, post: tuple[Box, int], tmp_path: Path
) -> None:
    from storage.repository import Repository
    from tests.storage.builders import relevant

    box, port = post
    settings = settings_for(port, tmp_path)
    saved = Repository(engine).save(relevant(1), now=NOW)
    other = Repository(engine).save(
        relevant(2, record(nationality="BR", country="TH"), body="One Brazilian was arrested in Bangkok."),
        now=NOW,
    )
    rule = add(engine, address="mailto:anna@example.org,ben@example.org")
    case, second = saved.cases[0], other.cases[0]
    fields: dict[str, Any] = {"sort": HitSort.CASE, "stage": Stage.ARRESTED}
    found(engine, rule, 1, case_id=case, **fields)
    found(engine, rule, 2, case_id=second, **fields)
    send_due(settings, engine, NOW)
    found(engine, rule, 3, case_id=case, sort=HitSort.CASE, stage=Stage.CONVICTED)
    send_due(settings, engine, NOW + timedelta(days=30))
    found(engine, rule, 4, case_id=case, sort=HitSort.CASE, stage=Stage.RELEASED)
    send_due(settings, engine, NOW + timedelta(days=90))
    assert len(box.taken) == 8
    for name in ("anna", "ben"):
        mine = [mail for mail in box.messages() if mail["To"] == f"{name}@example.org"]
        first = next(mail for mail in mine if "Story 1." in plain_text(mail))
        assert first["References"] is None
        assert "[new case]" in plain_text(first)
        for number, label in ((3, "now convicted"), (4, "now released")):
            later = next(mail for mail in mine if f"Story {number}." in plain_text(mail))
            assert later["References"] == later["In-Reply-To"] == first["Message-ID"]
            assert f"[{label}]" in plain_text(later)


def test_a_letter_of_two_known_cases_joins_no_threads() -> None:
    cases = {n: CaseNews(id=n, reports=()) for n in (1, 2)}
    told = {("anna@example.org", 1): "<one@x>", ("anna@example.org", 2): "<two@x>"}
    (mail,) = mails(in_case(1, 1), in_case(2, 2), cases=cases, told=told)
    assert mail["References"] is None
    (mail,) = mails(in_case(1, 1), hit(2), cases=cases, told=told)
    assert mail["References"] == "<one@x>"


# -- hostile texts ----------------------------------------------------------------------------------

HOSTILE = [
    "Held\r\nBcc: everybody@example.org\r\n\r\nBuy now",
    "Held\nTo: x@example.org",
    "x" * 10_000,
    "word " * 2_000,
    "<script>alert(1)</script><img src=https://evil.example/p.gif onerror=alert(1)>",
    '"><a href="javascript:alert(1)">click</a>',
    "{{ 7*7 }} {% include 'base.html' %}",
    "\u202egnp.exe\u202c Lima \u2066hidden\u2069 \u200b\ufeff",
    "\x00\x07\x1b[31mred\x1b[0m\x85\u2028next",
    "Å" + "\u0301" * 400,
    "\ud800 half \udfff",
    "=?utf-8?q?=0d=0aBcc:_x=40example.org?=",
    ".\r\n.\r\nQUIT",
    "",
    "   ",
]


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def check_harmless(mail: Any) -> None:
    names = [name for name, _ in mail.raw_items()]
    assert len(names) == len(set(names))
    assert set(names) <= {
        "From",
        "To",
        "Subject",
        "Date",
        "Message-ID",
        "Auto-Submitted",
        "X-Auto-Response-Suppress",
        "List-Id",
        "List-Unsubscribe",
        "List-Unsubscribe-Post",
        "References",
        "In-Reply-To",
        "MIME-Version",
        "Content-Type",
    }
    assert mail["To"] == "anna@example.org"
    assert len(mail["Subject"]) <= 150
    for text in (mail["Subject"], plain_text(mail), html.unescape(html_text(mail))):
        assert not re.search(
            "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]", text
        )
    tags = _Tags()
    tags.feed(html_text(mail))
    assert not {tag for tag, _ in tags.found} & {"script", "img", "iframe", "object", "link", "form", "svg"}
    for _, attributes in tags.found:
        assert not [name for name in attributes if name.startswith("on")]
        assert (attributes.get("href") or "https:").startswith(("https:", "http:", "mailto:"))
        assert "src" not in attributes
    assert "url(" not in html_text(mail)
    assert "@import" not in html_text(mail)


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
@pytest.mark.parametrize("where", ["title", "excerpt", "note", "source", "url", "name", "query"])
def test_hostile_texts_are_harmless(text: str, where: str) -> None:
    stored = text.replace("\ud800", "\ufffd").replace("\udfff", "\ufffd")
    rule = RULE
    fields: dict[str, Any] = {}
    if where in ("name", "query"):
        rule = Rule(**{"id": 7, "name": "x", "query": "x", "address": "a", where: stored})
    else:
        fields[where] = stored
    (mail,) = mails(
        hit(1, matched=Matched(title=((0, 3), (2, 9000)), excerpt=((-4, 2), (5, 5)))),
        hit(2, **fields),
        rule=rule,
    )
    check_harmless(mail)


@given(
    text=st.text(max_size=300),
    marks=st.lists(st.tuples(st.integers(-5, 320), st.integers(-5, 320)), max_size=5),
)
@settings(max_examples=150, deadline=None)
def test_any_text_with_any_marks_is_harmless(text: str, marks: list[tuple[int, int]]) -> None:
    text = re.sub("[\ud800-\udfff\x00]", "\ufffd", text)
    shown = pieces(text, marks, 100)
    joined = "".join(piece.text for piece in shown)
    assert joined.startswith((neutral(text)[:20], "…"))
    assert len(joined) <= 103
    (mail,) = mails(
        hit(1, title=text, excerpt=text, matched=Matched(title=tuple(marks), excerpt=tuple(marks)))
    )
    check_harmless(mail)


def test_marks_are_where_they_were() -> None:
    text = "Two  Dutch\u200b men\nwere held in Lima"
    shown = pieces(text, [(5, 10), (text.index("Lima"), len(text))], 200)
    assert [(piece.text, piece.marked) for piece in shown] == [
        ("Two ", False),
        ("Dutch", True),
        (" men were held in ", False),
        ("Lima", True),
    ]


def test_a_long_sentence_is_cut_around_its_first_mark() -> None:
    text = "word " * 200 + "Lima " + "more " * 200
    shown = pieces(text, [(1000, 1004)], 200)
    assert ("Lima", True) in [(piece.text, piece.marked) for piece in shown]
    assert sum(len(piece.text) for piece in shown) <= 204


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        "https://",
        "//x",
        "https://a\n.example",
        "https://[",
        'https://a.example/"><b>',
    ],
)
def test_what_no_link_may_lead_to(url: str) -> None:
    assert web_address(url) == ""


def test_plain_text_lines_are_short_and_addresses_whole() -> None:
    url = "https://outlet.example/" + "a" * 200
    (mail,) = mails(hit(1, title="word " * 40, url=url, excerpt="more " * 60))
    lines = plain_text(mail).splitlines()
    assert url in lines
    assert all(len(line) <= 78 for line in lines if "http" not in line)
    assert max(map(len, mail.as_bytes().split(b"\n"))) < 998, "no line that a server may break"


# -- addresses --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given_", "used"),
    [
        ("anna@Example.ORG", "anna@example.org"),
        ("anna@exämple.org", "anna@xn--exmple-cua.org"),
        ("anna@straße.de", "anna@xn--strae-oqa.de"),
        ("müller@example.org", "müller@example.org"),
        ("o'neil+news@example.org", "o'neil+news@example.org"),
    ],
)
def test_addresses_as_they_are_used(given_: str, used: str) -> None:
    assert mail_address(given_) == used


@pytest.mark.parametrize(
    "text",
    [
        "",
        "mailto:",
        "anna",
        "@example.org",
        "anna@",
        "a b@example.org",
        "anna@example..org",
        "a@-x.org",
        "anna@exa mple.org",
        "a@x\r\nBcc: b@y",
        ".a@x.org",
        "a..b@x.org",
        "<a@x.org>",
        '"a"@x.org',
        "a" * 65 + "@x.org",
        "a@" + "x" * 64 + ".org",
        "ntfy://a b",
        "a\u202e@x.org",
    ],
)
def test_what_is_no_address(text: str) -> None:
    with pytest.raises(ConfigError):
        parse_addresses(text)


def test_several_addresses_and_channels() -> None:
    many = parse_addresses("mailto:anna@example.org,ben@example.org, anna@example.org")
    assert [each.address for each in many] == ["anna@example.org", "ben@example.org"]
    (chat,) = parse_addresses("slack://TokenA/TokenB/TokenC/#general")
    assert chat.channel == "chat"
    assert masked(chat.address) == "slack://***"
    assert masked("anna@example.org") == "anna@example.org"


@pytest.mark.parametrize(
    ("name", "typed"),
    [("lima", "lima"), ("Lima desk", "'Lima desk'"), ("it's", "'it'\\''s'"), ("$(rm)", "'$(rm)'")],
)
def test_names_as_they_are_typed(name: str, typed: str) -> None:
    assert argument(name) == typed
