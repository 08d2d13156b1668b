"""``alerts``: rules as a user makes, tries, changes and moves them."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import pytest

from alerts.rules import make_rule, parse_rules, write_rules
from app import context
from pipeline.errors import ConfigError, QueryError
from storage.alert_values import Rhythm
from tests.app.conftest import Command
from tests.storage import builders

TO = ("--to", "desk@example.org")


@pytest.fixture
def stored(filled: Path, run: Command, monkeypatch: pytest.MonkeyPatch) -> Command:
    """The command on four stored articles, a day after they were stored."""
    monkeypatch.setattr(context, "now", lambda: builders.NOW)
    return run


def test_a_rule_is_saved_listed_and_shown(stored: Command) -> None:
    added = stored(
        "alerts",
        "add",
        "thai",
        "nationality:GB country:TH",
        *TO,
        "--rhythm",
        "weekly",
        "--weekday",
        "fri",
        "--quiet",
        "22-7:30",
        "--zone",
        "Asia/Bangkok",
    )
    assert added.code == 0
    assert "would have found 1: 0.2 a week" in added.err
    (rule,) = stored("alerts", "list", "--json").json
    assert (rule["name"], rule["query"], rule["to"]) == (
        "thai",
        "nationality:GB country:TH",
        "desk@example.org",
    )
    assert (rule["rhythm"], rule["weekday"], rule["quiet"], rule["zone"]) == (
        "weekly",
        "friday",
        "22:00-07:30",
        "Asia/Bangkok",
    )
    assert (rule["hits"], rule["unsent"], rule["state"], rule["fault"]) == (0, 0, "active", "")
    listed = stored("alerts", "list").out
    assert "weekly on Friday at 8:00, Asia/Bangkok, not 22:00–07:30" in listed
    shown = stored("alerts", "show", "thai")
    assert "thai" in shown.out
    assert "found nothing yet" in shown.err


def test_ingest_finds_and_show_tells(home: Path, stored: Command) -> None:
    stored("alerts", "add", "dutch", "nationality:NL", *TO)
    stored("alerts", "add", "market", "scope:all market*", *TO)
    lines = [
        {
            "url": "https://x.example/1",
            "lang": "en",
            "title": "Held",
            "text": "Three Dutch nationals were arrested in Lima with 12.3 kilos of cocaine.",
        },
        {
            "url": "https://x.example/2",
            "lang": "en",
            "title": "Shares",
            "text": "The markets opened late on Monday and nobody knew why.",
        },
    ]
    (home / "in.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    assert stored("ingest", "in.jsonl", "-q").code == 0
    dutch, market = (stored("alerts", "show", name, "--json").json for name in ("dutch", "market"))
    assert (dutch["hits"], dutch["latest"][0]["facts"], dutch["latest"][0]["case"] is None) == (
        1,
        ["nationality:NL"],
        False,
    )
    (hit,) = market["latest"]
    assert (hit["url"], hit["words"], hit["article"], hit["sent"]) == (
        "https://x.example/2",
        ["markets"],
        None,
        False,
    )
    assert "The »markets« opened late" in stored("alerts", "show", "market").out
    removed = stored("alerts", "remove", "market")
    assert "1 of 1 hits were not sent yet" in removed.err
    assert stored("alerts", "show", "market").code == 1


def test_a_wrong_query_is_pointed_at(stored: Command) -> None:
    for command in (("add", "x"), ("preview",), ("backtest",)):
        ran = stored(
            "alerts", command[0], *command[1:], "lima country:Perru", *(TO if command[0] == "add" else ())
        )
        assert ran.code == 1
        assert "did you mean PE (Peru)?" in ran.err
        lines = ran.err.rstrip().split("\n")
        assert lines[-2][lines[-1].index("^") :] == "Perru"
    assert stored("alerts", "list").err == "There is no rule yet; 'detainee-watch alerts add' saves one.\n"


def test_preview_marks_counts_and_takes_apart(stored: Command) -> None:
    ran = stored("alerts", "preview", "Dutch cocaine -film", "--limit", "2")
    assert ran.code == 0
    assert "Two »Dutch« nationals were arrested in Lima with 12 kilos of »cocaine«." in ran.out
    assert "would have found 4 (4 articles) in 4 of 4 stored articles" in ran.err
    found = stored("alerts", "preview", "Dutch country:TH", "--json").json
    assert (found["hits"], found["articles"], found["looked_at"]) == (1, 1, 4)
    assert found["parts"] == [
        {"part": "Dutch", "articles_with_it": 4, "found_without_it": 1},
        {"part": "country:TH", "articles_with_it": 1, "found_without_it": 4},
    ]
    assert "\x1b" not in stored("alerts", "preview", "evil").out
    assert "found nothing" in stored("alerts", "preview", "nowhere").err


def test_backtest_of_a_change(stored: Command) -> None:
    stored("alerts", "add", "held", "Dutch", *TO)
    ran = stored("alerts", "backtest", "held", "--edit", "Dutch sought", "--json").json
    assert (ran["articles"], ran["edit"]["articles"], ran["edit"]["added"], ran["edit"]["dropped"]) == (
        4,
        1,
        0,
        3,
    )
    said = stored("alerts", "backtest", "held", "--edit", "Dutch sought").err
    assert "it would find 1 article: 0 more, 3 no more." in said
    assert "It drops:" in said


def test_edit_pause_resume(stored: Command) -> None:
    stored("alerts", "add", "a", "lima", *TO)
    assert stored("alerts", "edit", "a", "--query", "callao", "--name", "b", "--quiet", "none").code == 0
    assert stored("alerts", "edit", "b").code == 2
    assert stored("alerts", "edit", "b", "--query", "(callao").code == 1
    stored("alerts", "pause", "b")
    assert "paused already" in stored("alerts", "pause", "1").err
    (rule,) = stored("alerts", "list", "--json").json
    assert (rule["name"], rule["query"], rule["state"]) == ("b", "callao", "paused")
    stored("alerts", "resume", "b")
    assert stored("alerts", "list", "--json").json[0]["state"] == "active"


def test_rules_go_through_a_file(home: Path, stored: Command) -> None:
    stored(
        "alerts",
        "add",
        'a "b" \\ é',
        '"drug mule" re:/a\\/b\'c/',
        *TO,
        "--rhythm",
        "weekly",
        "--quiet-days",
        "sat,sun",
    )
    stored("alerts", "add", "chat", "scope:all lima", "--to", "ntfy://topic", "--rhythm", "instant")
    assert "2 rules written" in stored("alerts", "export", "rules.toml").err
    before = stored("alerts", "list", "--json").json
    stored("alerts", "edit", "chat", "--query", "callao")
    stored("alerts", "remove", "1")
    assert stored("alerts", "import", "rules.toml").err == "1 added, 1 changed, 0 as they were.\n"
    assert stored("alerts", "import", "rules.toml").err == "0 added, 0 changed, 2 as they were.\n"
    after = stored("alerts", "list", "--json").json
    for one, other in zip(before, after, strict=True):
        for name in ("name", "query", "to", "rhythm", "weekday", "quiet_days", "zone", "state"):
            assert one[name] == other[name]
    assert after[1]["to"] == "ntfy://***"
    assert tomllib.loads(stored("alerts", "export").out)["rule"][1]["to"] == "ntfy://topic"


def test_a_file_is_saved_whole_or_not_at_all(home: Path, stored: Command) -> None:
    good = '[[rule]]\nname = "good"\nquery = "lima"\nto = "a@example.org"\n'
    for bad, why in (
        (
            '[[rule]]\nname = "bad"\nquery = "(lima"\nto = "a@example.org"\n',
            "rule 2 ('bad'): The query is not",
        ),
        ('[[rule]]\nname = "good"\nquery = "lima"\nto = "a@example.org"\n', "two rules of this name"),
        ('[[rule]]\nname = "bad"\nquery = "lima"\nto = "nobody"\n', "no mail address"),
        ('[[rule]]\nname = "bad"\nquery = "lima"\nto = "a@example.org"\nhours = 3\n', "has no 'hours'"),
        ('[[rule]]\nname = "bad"\nquery = "lima"\nto = "a@example.org"\nhour = 24\n', "0 to 23"),
        ('[[rule]]\nname = "bad"\nquery = "lima"\nto = "a@example.org"\nzone = "Mars/Base"\n', "time zone"),
        ("[rule]\n", "list of rules"),
        ("rule = 3 3\n", "no TOML file"),
    ):
        (home / "rules.toml").write_text(good + bad, encoding="utf-8")
        ran = stored("alerts", "import", "rules.toml")
        assert ran.code == 1
        assert why in ran.err or "no TOML file" in ran.err
    assert stored("alerts", "list", "--json").json == []


def test_what_a_rule_may_be() -> None:
    rule = make_rule({"name": "a", "query": "lima", "to": "Anna@Example.ORG"})
    assert (rule.address, rule.rhythm, rule.hour) == ("mailto:Anna@example.org", Rhythm.DAILY, 8)
    assert parse_rules(write_rules([rule]), "f") == (rule,)
    for given in (
        {"name": ""},
        {"name": "a\nb"},
        {"to": ""},
        {"rhythm": "often"},
        {"scope": "some"},
        {"weekday": "t"},
        {"quiet": "22:00"},
        {"quiet": "7-7"},
        {"quiet_days": "mon,tue,wed,thu,fri,sat,sun"},
        {"state": "unconfirmed"},
        {"query": 3},
    ):
        with pytest.raises((ConfigError, QueryError)):
            make_rule(given, rule)
