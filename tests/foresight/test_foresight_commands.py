"""simulate, explain, diff, replay as they are typed."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.command import Escalate


def test_simulate_tells_each_message_with_its_line(escalate: Escalate) -> None:
    ran = escalate("simulate", "--service", "login", "--at", "2026-11-23T10:00Z", "--for", "6m", "--json")
    assert (ran.code, ran.err) == (0, "")
    assert (ran.json["from"], ran.json["until"]) == ("2026-11-23T10:00:00Z", "2026-11-23T10:06:00Z")
    first = ran.json["messages"][0]
    source = first.pop("source")
    assert first == {
        "at": "2026-11-23T10:00:00Z",
        "after_seconds": 0,
        "kind": "page",
        "recipient": "person:ana",
        "gateway": "sms",
        "address": "+447700900123",
        "team": "identity",
        "level": 1,
        "because": "on call for Identity; level 1 of 2 of policy standard",
    }
    line = (escalate.config / "catalog.toml").read_text().splitlines()[int(source.partition(":")[2]) - 1]
    assert (source.partition(":")[0], line) == ("catalog.toml", "[[policies.standard.levels]]")
    assert [(one["after_seconds"], one["recipient"]) for one in ran.json["messages"]] == [
        (0, "person:ana"), (120, "person:ana"), (300, "person:cy"),
    ]  # fmt: skip


def test_simulate_for_people_and_for_documents(escalate: Escalate) -> None:
    script = ("--at", "2026-11-23 10:00", "--ack", "1m:ana", "--resolve", "20m")
    screen = escalate("simulate", "sign in is broken", *script).out
    assert re.search(r"^0s +10:00 +Ana \[bold\]Ruiz\[/bold\] +sms +1 +on call for Identity", screen, re.M)
    assert re.search(r"^\+1m +10:01 +acknowledged by Ana", screen, re.M)
    assert "policies   standard for Identity" in screen
    assert "Nothing more is due after that." in screen
    diagram = escalate("simulate", "sign in is broken", *script, "--mermaid").out.splitlines()
    assert diagram[:2] == ["sequenceDiagram", "    participant e as escalate"]
    assert "    Note over e: +1m acknowledged by Ana [bold]Ruiz[/bold] for Identity" in diagram


def test_simulate_shows_each_message_as_it_will_leave(escalate: Escalate) -> None:
    for file in escalate.config.glob("*.toml"):
        text = file.read_text(encoding="utf-8")
        file.write_text(
            text.replace("[gateways.sms]\n", '[gateways.sms]\ntext = "short"\n'), encoding="utf-8"
        )
    night = ("simulate", "--service", "login", "--at", "2026-11-23T10:00Z", "--for", "6m", "--messages")
    ran = escalate(*night, "--json")
    assert ran.code == 0
    sms, mail = ran.json["messages"][:2]
    assert sms["title"] == ""
    assert sms["text"].startswith("[major L1] #1 ")
    assert "escalate ack 1" in sms["text"]
    assert len(sms["text"]) <= 160
    assert mail["title"].startswith("[major] #1 ")
    assert "Acknowledge: escalate ack 1" in mail["text"]
    assert "Next:" in mail["text"]
    screen = escalate(*night)
    assert f"page to Ana [bold]Ruiz[/bold] by sms, {len(sms['text'])} characters" in screen.out
    assert "Acknowledge: escalate ack 1" in screen.out
    assert not (escalate.place / "escalate.db").exists()


def test_simulate_shows_what_may_be_replied_with_a_code_that_it_says_is_an_example(
    escalate: Escalate,
) -> None:
    for file in escalate.config.glob("*.toml"):
        text = file.read_text(encoding="utf-8")
        file.write_text(
            text.replace("[gateways.sms]\n", '[gateways.sms]\ntext = "short"\nanswers = "by-command"\n'),
            encoding="utf-8",
        )
    night = ("simulate", "--service", "login", "--at", "2026-11-23T10:00Z", "--for", "6m", "--messages")
    screen = escalate(*night)
    assert " - reply OK k7m4 or NO k7m4" in screen.out
    assert "k7m4 is an example: each message has a code of its own" in screen.out + screen.err


def test_simulate_stores_nothing(escalate: Escalate) -> None:
    escalate("simulate", "--service", "login")
    assert not (escalate.place / "escalate.db").exists()


def test_a_time_that_comes_twice_is_the_first_and_that_is_said(escalate: Escalate) -> None:
    ran = escalate("simulate", "-s", "login", "--at", "2026-10-25 01:30", "--for", "1m", "--json")
    assert ran.json["from"] == "2026-10-25T00:30:00Z"
    assert (
        ran.err
        == "the clock shows that time twice: the first is meant. The second is --at 2026-10-25T01:30:00Z\n"
    )
    for unmistakable in (
        "2026-10-25T01:30Z",
        "2026-10-25T01:30+01:00",
        "2026-10-25 02:30",
        "2026-10-26 01:30",
    ):
        assert escalate("simulate", "-s", "login", "--at", unmistakable, "--for", "1m").err == ""


def test_words_that_fit_no_service_go_to_the_fallback_team_and_that_is_said(escalate: Escalate) -> None:
    ran = escalate("simulate", "the coffee machine", "--for", "1m", "--json")
    assert ran.code == 0
    assert {one["team"] for one in ran.json["messages"]} == {"platform"}
    assert "no service fits these words for sure" in ran.err


MISTAKES = {
    ("simulate",): (2, "nothing is broken yet"),
    ("simulate", "--service", "logn"): (4, 'no such service: "logn"'),
    ("simulate", "-s", "login", "--severity", "huge"): (4, 'no such severity: "huge"'),
    ("simulate", "-s", "login", "--ack", "5m:anna"): (4, 'no such person: "anna"'),
    ("simulate", "-s", "login", "--ack", "5"): (2, '--ack: "5" has no unit'),
    ("simulate", "-s", "login", "--raise", "5m"): (2, '--raise: "5m" does not say what'),
    ("simulate", "-s", "login", "--nudge", "5m:maybe"): (2, '--nudge: "maybe" is neither yes nor no'),
    ("simulate", "-s", "login", "--at", "2027-03-28 01:30"): (2, "does not exist in Europe/London"),
    ("simulate", "-s", "login", "--for", "400d"): (2, "--for: 400d is more than 31 days"),
    ("explain", "7"): (4, "no such incident: 7"),
    ("replay", "7"): (4, "no such incident: 7"),
    ("replay",): (2, "name one incident, or --all"),
    ("diff", "HEAD"): (3, '"HEAD" is no file or directory'),
}


@pytest.mark.parametrize("arguments", MISTAKES, ids=" ".join)
def test_a_mistake_is_one_line_and_a_hint(
    arguments: tuple[str, ...], escalate: Escalate, capfd: pytest.CaptureFixture[str]
) -> None:
    from escalate_cli.cli.run import run

    code, message = MISTAKES[arguments]
    assert run(arguments, escalate.environ) == code
    out, err = capfd.readouterr()
    lines = err.splitlines()
    assert out == ""
    assert lines[0].startswith("escalate: error: ")
    assert message in lines[0]
    assert len(lines) == 2
    assert lines[1].startswith("hint: ")


def declared(escalate: Escalate) -> None:
    escalate("declare", "sign in is broken", "--by", "desk")


def test_explain_tells_the_chain_and_what_stopped_it(escalate: Escalate) -> None:
    declared(escalate)
    chain: Any = escalate("explain", "1", "ana", "--json").json
    assert [set(one) for one in chain["links"]] == [{"what", "because", "source"}] * len(chain["links"])
    assert chain["links"][0]["because"] == "reported by desk, severity major now"
    not_told = escalate("explain", "1", "cy", "--json").json
    assert "level 2 of policy standard for Identity is not reached yet" in not_told["stopped_by"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", not_told["would_page_at"])
    assert "was not told" in escalate("explain", "1", "cy").out


def test_explain_uses_the_configuration_as_it_was(escalate: Escalate) -> None:
    declared(escalate)
    before = escalate("explain", "1", "ana", "--json").json["links"]
    file = escalate.config / "catalog.toml"
    file.write_text("# a line\n" + file.read_text(encoding="utf-8"), encoding="utf-8")
    after = escalate("explain", "1", "ana", "--json")
    assert [one["source"] for one in after.json["links"]] == [one["source"] for one in before]
    assert "lines and names are those of the configuration at that time" in after.err


def test_diff_tells_people_what_changes_for_them(escalate: Escalate) -> None:
    other = escalate.place / "other"
    other.mkdir()
    text = (escalate.config / "catalog.toml").read_text(encoding="utf-8")
    (other / "catalog.toml").write_text(text.replace('wait = "5m"', 'wait = "1m"'), encoding="utf-8")
    same = escalate("diff", "config", "--json")
    assert (same.code, same.json) == (0, {"changes": []})
    ran = escalate("diff", "config", "other", "--json")
    assert ran.code == 1
    of_login = next(
        one for one in ran.json["changes"] if one["service"] == "login" and one["severity"] == "major"
    )
    assert (of_login["person"], of_login["before_seconds"], of_login["after_seconds"]) == ("cy", 300, 60)
    assert re.search(
        r"^Log in +major +5m +1m +earlier +always", escalate("diff", "config", "other").out, re.M
    )
    comment = escalate("diff", "config", "other", "--markdown").out
    assert "| Cy Łódź | Log in | major | 5m | 1m | earlier | always |" in comment
    assert "| Log in | Cy Łódź (earlier) |" in comment


def test_diff_says_which_of_two_configurations_is_broken(escalate: Escalate) -> None:
    other = escalate.place / "other"
    other.mkdir()
    (other / "catalog.toml").write_text("x =\n")
    ran = escalate("diff", "config", "other")
    assert ran.code == 3
    assert "catalog.toml:1:4: error[syntax]" in ran.err
    assert ran.err.endswith(
        "error: the configuration in other has 1 error\nhint: put that right, then run `escalate --config"
        " other check`\n"
    )


def test_replay_tells_what_another_configuration_would_have_done(escalate: Escalate) -> None:
    escalate("declare", "down", "--service", "auth-db")
    escalate("resolve", "1")
    other = escalate.place / "other"
    other.mkdir()
    text = (escalate.config / "catalog.toml").read_text(encoding="utf-8")
    (other / "catalog.toml").write_text(
        text.replace('["on-call", "lead"]', '["person:bo"]'), encoding="utf-8"
    )
    own = escalate("replay", "1", "--json").json
    assert [(one["person"], one["change"]) for one in own["people"]] == [("cy", "same")]
    through = escalate("replay", "--all", "--config", "other", "--json").json
    assert [(one["incident"], one["new"], one["spared"]) for one in through] == [(1, ["bo"], ["cy"])]
    assert "1 person spared, 1 person newly paged" in escalate("replay", "1", "--config", "other").out
