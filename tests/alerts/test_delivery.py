"""The outbox against a real server that accepts, refuses, hangs up and is slow."""

from __future__ import annotations

import socket
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine

from alerts.deliver import PAUSES
from app.alerting import Summary, notify, send_due, together
from app.meanwhile import Meanwhile
from pipeline.errors import ConfigError
from storage import outbox_lists, subscribers
from storage.outbox_values import MessageState
from tests.alerts.post import (
    NOW,
    Box,
    add,
    count,
    found,
    mail_server,
    plain_text,
    read_mail,
    settings_for,
    wait_for,
)

Post = tuple[Box, int]


def states(engine: Engine) -> dict[str, int]:
    return {state.value: number for state, number in outbox_lists.counts(engine).items() if number}


def test_a_hit_is_sent_once(engine: Engine, post: Post, tmp_path: Path) -> None:
    box, port = post
    settings = settings_for(port, tmp_path)
    rule = add(engine)
    assert send_due(settings, engine, NOW).quiet, "nothing new: no mail"
    found(engine, rule, 1)
    summary = send_due(settings, engine, NOW)
    assert (summary.hits, summary.messages, summary.sent) == (1, 1, 1)
    assert send_due(settings, engine, NOW + timedelta(days=3)).quiet
    assert [recipient for recipient, _ in box.taken] == ["anna@example.org"]
    (message,) = box.messages()
    assert message["To"] == "anna@example.org"
    assert message["Subject"] == "lima: 1 new, Wed 4 Mar 2026"
    assert "Story 1." in plain_text(message)
    assert "held in *Lima*" in plain_text(message)
    assert states(engine) == {"sent": 1}
    assert count(engine, "SELECT count(*) FROM outbox WHERE content IS NOT NULL") == 0, "its text is dropped"


def test_each_recipient_has_a_message_of_its_own(engine: Engine, post: Post, tmp_path: Path) -> None:
    box, port = post
    rule = add(engine, address="mailto:anna@example.org,ben@example.org")
    found(engine, rule, 1)
    found(engine, rule, 2)
    summary = send_due(settings_for(port, tmp_path), engine, NOW)
    assert (summary.hits, summary.messages, summary.sent) == (2, 4, 4)
    assert box.sessions == 1, "one connection for all"
    assert (
        sorted(recipient for recipient, _ in box.taken) == ["anna@example.org"] * 2 + ["ben@example.org"] * 2
    )
    assert all(message["To"] in ("anna@example.org", "ben@example.org") for message in box.messages())
    assert len({message["List-Unsubscribe"] for message in box.messages()}) == 2
    assert len(box.ids()) == 4


def test_450_is_tried_again_with_growing_pauses_and_then_given_up(
    engine: Engine, post: Post, tmp_path: Path
) -> None:
    box, port = post
    settings = settings_for(port, tmp_path)
    box.rules["RCPT"] = "450 4.2.0 greylisted, come back later"
    found(engine, add(engine), 1)
    now = NOW
    for number, pause in enumerate(PAUSES, 1):
        assert send_due(settings, engine, now).retry == 1
        (row,) = outbox_lists.messages(engine)
        assert (row.state, row.tries, row.code) == (MessageState.RETRY, number, 450)
        assert row.due == now + pause
        assert "greylisted" in row.detail
        assert send_due(settings, engine, row.due - timedelta(seconds=1)) == Summary(), "not before its time"
        now = row.due
    assert send_due(settings, engine, now).failed == 1
    assert states(engine) == {"failed": 1}
    assert box.taken == []
    assert list(PAUSES) == sorted(PAUSES)


def test_450_and_then_accepted(engine: Engine, post: Post, tmp_path: Path) -> None:
    box, port = post
    settings = settings_for(port, tmp_path)
    box.rules["DOT"] = "451 4.3.0 try again"
    found(engine, add(engine), 1)
    send_due(settings, engine, NOW)
    (before,) = outbox_lists.messages(engine)
    box.rules.clear()
    assert send_due(settings, engine, NOW + PAUSES[0]).sent == 1
    assert box.ids() == {before.message_id: 1}


def test_550_stops_the_address_and_no_other(engine: Engine, post: Post, tmp_path: Path) -> None:
    box, port = post
    settings = settings_for(port, tmp_path)
    box.rules["gone@example.org"] = "550 5.1.1 no such user"
    rule = add(engine, address="mailto:gone@example.org,ben@example.org")
    found(engine, rule, 1)
    found(engine, rule, 2)
    summary = send_due(settings, engine, NOW)
    assert summary.stopped == ("gone@example.org",)
    assert (summary.sent, summary.failed) == (2, 1)
    assert summary.failing
    assert box.turns["gone@example.org"] == 1, "the second message was not even tried"
    assert states(engine) == {"sent": 2, "failed": 2}
    found(engine, rule, 3)
    assert send_due(settings, engine, NOW + timedelta(days=1)).sent == 1
    assert box.turns["gone@example.org"] == 1
    # The mailbox is there again: the operator says so, and nothing is lost.
    box.rules.clear()
    assert subscribers.lift_stop(engine, "gone@example.org", now=NOW) == 2
    assert send_due(settings, engine, NOW + timedelta(days=2)).sent == 2
    assert states(engine) == {"sent": 5}


def test_a_rule_whose_only_address_is_stopped_waits_and_says_so(
    engine: Engine, post: Post, tmp_path: Path
) -> None:
    box, port = post
    settings = settings_for(port, tmp_path)
    box.rules["RCPT"] = "550 no"
    rule = add(engine)
    found(engine, rule, 1)
    send_due(settings, engine, NOW)
    found(engine, rule, 2)
    (delay,) = send_due(settings, engine, NOW).delays
    assert (delay.hits, delay.until) == (1, None)
    assert "anna@example.org is stopped (The mail server says: 550 no)" in delay.why


@pytest.mark.parametrize(("answer", "stops"), [("552 too big", False), ("554 spam", False), ("550 no", True)])
def test_a_refused_text(engine: Engine, post: Post, tmp_path: Path, answer: str, stops: bool) -> None:
    box, port = post
    box.rules["DOT"] = answer
    found(engine, add(engine), 1)
    summary = send_due(settings_for(port, tmp_path), engine, NOW)
    assert summary.failed == 1
    assert bool(summary.stopped) is stops
    assert answer in outbox_lists.messages(engine)[0].detail


@pytest.mark.parametrize(
    ("step", "answer"),
    [("RCPT", "530 log in first"), ("MAIL", "550 we know no such sender"), ("DOT", "535 no")],
)
def test_faults_of_ours_hold_up_all_and_burn_no_try(
    engine: Engine, post: Post, tmp_path: Path, step: str, answer: str
) -> None:
    box, port = post
    settings = settings_for(port, tmp_path)
    box.rules[step] = answer
    rule = add(engine)
    for number in range(3):
        found(engine, rule, number)
    for day in range(12):
        summary = send_due(settings, engine, NOW + timedelta(days=day))
        assert len(summary.down) == 1
        assert answer in summary.down[0]
    assert states(engine) == {"pending": 3}
    assert box.turns[step] == 12, "one look a round"
    (stop,) = outbox_lists.stops(engine)
    assert (stop.channel, stop.since, stop.last) == ("mail", NOW, NOW + timedelta(days=11))
    box.rules.clear()
    assert send_due(settings, engine, NOW + timedelta(days=12)).sent == 3
    assert outbox_lists.stops(engine) == ()


def test_a_policy_of_the_server_stops_nobody(engine: Engine, post: Post, tmp_path: Path) -> None:
    box, port = post
    box.rules["RCPT"] = "550 5.7.1 relaying denied"
    found(engine, add(engine), 1)
    summary = send_due(settings_for(port, tmp_path), engine, NOW)
    assert (summary.retry, summary.stopped) == (1, ())


@pytest.mark.parametrize("step", ["EHLO", "MAIL", "RCPT", "DATA"])
def test_a_lost_connection_before_the_text_is_no_doubt(
    engine: Engine, post: Post, tmp_path: Path, step: str
) -> None:
    box, port = post
    settings = settings_for(port, tmp_path)
    box.rules[step] = "drop"
    found(engine, add(engine), 1)
    summary = send_due(settings, engine, NOW)
    assert summary.unknown == 0
    box.rules.clear()
    assert send_due(settings, engine, NOW + PAUSES[0]).sent == 1
    assert set(box.ids().values()) == {1}
    assert outbox_lists.messages(engine)[0].doubts == 0


@pytest.mark.parametrize(
    ("rules", "arrived"), [({"TEXT": "drop"}, 0), ({"DOT": "lose"}, 0), ({"DOT": "drop"}, 1)]
)
def test_a_lost_connection_after_the_text_is_a_doubt(
    engine: Engine, post: Post, tmp_path: Path, rules: dict[str, str], arrived: int
) -> None:
    box, port = post
    settings = settings_for(port, tmp_path)
    box.rules |= rules
    found(engine, add(engine), 1)
    summary = send_due(settings, engine, NOW)
    assert (summary.sent, summary.unknown) == (0, 1)
    assert states(engine) == {"unknown": 1}
    assert len(box.taken) == arrived
    box.rules.clear()
    assert send_due(settings, engine, NOW + PAUSES[0]).sent == 1
    # Twice at most, and under one Message-ID, so that a mail program can fold the two.
    (row,) = outbox_lists.messages(engine)
    assert box.ids() == {row.message_id: arrived + 1}
    assert row.doubts == 1
    assert len({text for _, text in box.taken}) == 1


def test_a_server_that_does_not_answer_in_time(engine: Engine, post: Post, tmp_path: Path) -> None:
    box, port = post
    settings = settings_for(port, tmp_path, timeout=0.5)
    box.rules["RCPT"] = "slow"
    found(engine, add(engine), 1)
    assert send_due(settings, engine, NOW).retry == 1
    box.rules.clear()
    box.rules["DOT"] = "slow"
    assert send_due(settings, engine, NOW + PAUSES[0]).unknown == 1
    assert "did not answer in time" in outbox_lists.messages(engine)[0].detail


def test_no_server_there(engine: Engine, tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    found(engine, add(engine), 1)
    summary = send_due(settings_for(port, tmp_path), engine, NOW)
    assert "cannot be reached" in summary.down[0]
    assert states(engine) == {"pending": 1}


def test_without_a_server_mails_lie_in_a_folder(engine: Engine, tmp_path: Path) -> None:
    settings = settings_for(0, tmp_path / "mail", vouched=())
    rule = add(engine)
    found(engine, rule, 1)
    summary = send_due(settings, engine, NOW)
    assert (summary.sent, summary.folder) == (1, str(tmp_path / "mail"))
    (file,) = (tmp_path / "mail").iterdir()
    message = read_mail(file.read_bytes())
    assert message["To"] == "anna@example.org"
    assert "Story 1." in plain_text(message)


# -- who gets mail ----------------------------------------------------------------------------------


def test_a_new_address_confirms_before_it_gets_anything(engine: Engine, post: Post, tmp_path: Path) -> None:
    box, port = post
    settings = settings_for(port, tmp_path, vouched=(), site="https://watch.example")
    rule = add(engine)
    found(engine, rule, 1)
    summary = send_due(settings, engine, NOW)
    assert summary.asked == ("anna@example.org",)
    (question,) = box.messages()
    assert "Story 1." not in plain_text(question)
    (person,) = subscribers.subscribers(engine)
    assert f"https://watch.example/alerts/confirm/{person.token}" in plain_text(question)
    # It is asked once, and hits wait.
    again = send_due(settings, engine, NOW + timedelta(days=9))
    assert (again.sent, again.asked) == (0, ())
    assert again.delays[0].why == "anna@example.org has not confirmed"
    subscribers.confirm(engine, person.token, now=NOW)
    assert send_due(settings, engine, NOW).sent == 1
    assert "Story 1." in plain_text(box.messages()[1])


def test_the_operator_vouches(engine: Engine, post: Post, tmp_path: Path) -> None:
    box, port = post
    settings = settings_for(port, tmp_path, vouched=())
    found(engine, add(engine), 1)
    send_due(settings, engine, NOW)
    subscribers.vouch(engine, "anna@example.org", now=NOW)
    assert send_due(settings, engine, NOW).sent == 1
    assert len(box.taken) == 2


def test_who_was_vouched_for_meanwhile_is_not_asked(engine: Engine, post: Post, tmp_path: Path) -> None:
    box, port = post
    settings = settings_for(port, tmp_path, vouched=())
    box.rules["RCPT"] = "450 later"
    found(engine, add(engine), 1)
    send_due(settings, engine, NOW)
    subscribers.vouch(engine, "anna@example.org", now=NOW)
    box.rules.clear()
    send_due(settings, engine, NOW + timedelta(hours=1))
    assert [message["Subject"] for message in box.messages()] == ["lima: 1 new, Wed 4 Mar 2026"]


def test_who_unsubscribes_gets_nothing_of_that_rule_any_more(
    engine: Engine, post: Post, tmp_path: Path
) -> None:
    box, port = post
    settings = settings_for(port, tmp_path)
    lima = add(engine)
    other = add(engine, name="other")
    box.rules["RCPT"] = "450 later"
    found(engine, lima, 1)
    found(engine, other, 2)
    send_due(settings, engine, NOW)
    token = subscribers.enrolled(engine)[lima.id or 0, "anna@example.org"][1]
    assert token is not None
    for _ in range(2):
        assert subscribers.unsubscribe(engine, token.token, now=NOW) == ("anna@example.org", "lima")
    box.rules.clear()
    found(engine, lima, 3)
    summary = send_due(settings, engine, NOW + timedelta(days=1))
    assert summary.sent == 1, "what was under way is given up, the other rule goes on"
    assert "Story 2." in plain_text(box.messages()[0])
    assert summary.delays[0].why == "anna@example.org has unsubscribed"


def test_a_rule_that_is_removed_sends_nothing_more(engine: Engine, post: Post, tmp_path: Path) -> None:
    from storage.alerts import remove_rule
    from storage.engine import writing

    box, port = post
    settings = settings_for(port, tmp_path)
    box.rules["RCPT"] = "450 later"
    rule = add(engine)
    found(engine, rule, 1)
    send_due(settings, engine, NOW)
    with writing(engine) as connection:
        remove_rule(connection, rule.id or 0)
    box.rules.clear()
    assert send_due(settings, engine, NOW + timedelta(days=1)).sent == 0
    assert outbox_lists.messages(engine)[0].detail == "the rule was removed"


def test_a_notice_to_the_operator_is_sent_once(engine: Engine, post: Post, tmp_path: Path) -> None:
    box, port = post
    settings = settings_for(port, tmp_path, operator="op@example.net")
    for _ in range(2):
        notify(settings, engine, subject="A source broke", text="one\n  two", key="k1", now=NOW)
    assert send_due(settings, engine, NOW).sent == 1
    (message,) = box.messages()
    assert (message["To"], message["Subject"]) == ("op@example.net", "A source broke")
    assert "one\n  two\n" in plain_text(message)
    assert not notify(settings_for(port, tmp_path), engine, subject="x", text="y", key="z", now=NOW)


def test_a_wrong_address_of_one_rule_is_its_own_fault(engine: Engine, post: Post, tmp_path: Path) -> None:
    _, port = post
    bad = add(engine, name="bad", address="mailto:no one@@example")
    good = add(engine)
    found(engine, bad, 1)
    found(engine, good, 2)
    summary = send_due(settings_for(port, tmp_path), engine, NOW)
    assert summary.sent == 1
    assert "'bad'" in summary.faults[0]


def test_an_address_with_smtputf8_and_without(engine: Engine, tmp_path: Path) -> None:
    rule = add(engine, address="mailto:müller@exämple.org")
    with mail_server(utf8=True) as (box, port):
        found(engine, rule, 1)
        assert send_due(settings_for(port, tmp_path, vouched=("@exämple.org",)), engine, NOW).sent == 1
        assert box.taken[0][0] == "müller@xn--exmple-cua.org"
        assert "To: müller@xn--exmple-cua.org".encode() in box.taken[0][1]
    with mail_server() as (_, port):
        found(engine, rule, 2)
        summary = send_due(settings_for(port, tmp_path, vouched=("@exämple.org",)), engine, NOW)
        assert (summary.failed, summary.stopped) == (1, ())
        assert "does not offer SMTPUTF8" in summary.notes[0]


# -- while a crawl runs -----------------------------------------------------------------------------


def test_alerts_go_out_while_a_crawl_still_runs(engine: Engine, post: Post, tmp_path: Path) -> None:
    box, port = post
    rule = add(engine)
    with Meanwhile(settings_for(port, tmp_path), lambda: NOW, every=0.02) as meanwhile:
        for number in range(2):
            found(engine, rule, number)
            wait_for(lambda number=number: len(box.taken) == number + 1)  # type: ignore[misc]
    summary = together(meanwhile.rounds)
    assert (summary.hits, summary.messages, summary.sent) == (2, 2, 2)
    assert together([]).quiet


def test_a_fault_meanwhile_leaves_it_to_the_end(engine: Engine, tmp_path: Path) -> None:
    missing = settings_for(25, tmp_path, user="desk", password_file=tmp_path / "none")
    found(engine, add(engine), 1)
    with Meanwhile(missing, lambda: NOW, every=0.01) as meanwhile:
        wait_for(lambda: not meanwhile._thread.is_alive())
    assert meanwhile.rounds == []
    with pytest.raises(ConfigError, match="mail password"):
        send_due(missing, engine, NOW)
