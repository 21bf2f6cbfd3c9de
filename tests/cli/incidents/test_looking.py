"""`list`, `route`, a dry run, an idle `tick` and the screens: looking changes nothing."""

from __future__ import annotations

import io
import re
import signal
import sqlite3
import subprocess
import sys

from escalate_cli.cli.screens.incident_told import draw_told
from tests.cli.incidents.answers import ANA, CY, INCIDENT, ROOM, fields
from tests.delivery.processes import until
from tests.loopback import ISO
from tests.terminal import Terminal
from tests.world import World

ROUTE = fields("query match service guess team policy severity at candidates levels")
TICK = fields("at incidents planned sent failed retrying notifications_sent next_due_at")


# ── list, route, dry run ────────────────────────────────────────────────────────────


def test_the_list_shows_whose_and_what(escalate):
    escalate.declare("one", "-s", "auth-db")
    escalate.declare("two", "-s", "login", "--join", "never")
    escalate("resolve", "1")

    def listed(*options: str) -> list[int]:
        ran = escalate.here("list", *options, "--json")
        assert ran.code == 0
        assert all(set(one) == INCIDENT - {"notifications"} for one in ran.json)
        return [one["id"] for one in ran.json]

    assert listed() == [2]
    assert listed("--all") == [2, 1]
    assert listed("--status", "resolved") == [1]
    assert listed("--all", "--team", "Platform") == [1]
    assert listed("--all", "--mine") == [2]
    assert escalate("list", "--status", "acknowledged").out == "No incidents.\n"


def damage(escalate, number: int) -> None:
    with sqlite3.connect(escalate.environ["ESCALATE_DB"]) as database:
        database.execute("UPDATE incidents SET labels = '{odd' WHERE id = ?", (number,))


def test_where_only_what_cannot_be_read_is_open_it_is_not_said_that_nothing_is(escalate):
    escalate.declare("one", "-s", "login")
    damage(escalate, 1)
    for options in ((), ("--all",), ("--mine",), ("--team", "identity")):
        ran = escalate("list", *options)
        assert (ran.code, ran.out) == (
            7,
            "Incident #1 cannot be read: page people for it by other means, and see `escalate doctor`.\n"
            "There is no other.\n",
        ), options
    escalate.declare("two", "-s", "login")
    damage(escalate, 2)
    assert escalate("list").out.startswith("Incidents #1, #2 cannot be read: ")


def test_what_cannot_be_read_is_not_taken_for_nothing_where_no_number_is_typed(escalate):
    escalate.declare("one", "-s", "login")
    damage(escalate, 1)
    for verb in ("ack", "show", "resolve"):
        ran = escalate(verb)
        assert (ran.code, ran.out) == (7, ""), verb
        assert "incident 1: a record of the database cannot be read" in ran.err
    escalate.declare("two", "-s", "login")
    assert escalate("ack").code == 0, "the only one that can be read"


def test_route_says_who_would_be_paged_and_pages_nobody(escalate):
    ran = escalate("route", "login", "--at", "2026-06-01 03:00", "--json")
    assert ran.code == 0
    assert set(ran.json) == ROUTE
    assert (ran.json["match"], ran.json["service"], ran.json["team"], ran.json["policy"]) == (
        "exact",
        "login",
        "identity",
        "standard",
    )
    assert [set(one) for one in ran.json["levels"]] == [
        {"level", "after_seconds", "targets", "people", "skipped"}
    ] * 2
    assert [(one["after_seconds"], one["people"]) for one in ran.json["levels"]] == [
        (0, ["ana"]),
        (300, ["bo"]),
    ]
    assert escalate("route", "login", "--expect", "identity").code == 0
    wrong = escalate.here("route", "login", "--expect", "platform")
    assert (wrong.code, wrong.err) == (1, "expected team platform, but it goes to identity\n")
    unclear = escalate("route", "the coffee machine hums", "--json")
    assert (unclear.code, unclear.json["service"], unclear.json["team"]) == (1, None, "platform")
    assert escalate.here("route", "login", "--expect", "platfrom").code == 4
    assert not escalate.told
    assert not escalate.db.exists()


def test_a_dry_run_stores_nothing_and_pages_nobody(escalate):
    ran = escalate("declare", "Nobody can sign in", "-s", "login", "--dry-run", "--json")
    assert (ran.code, set(ran.json), ran.json["team"]) == (0, ROUTE, "identity")
    assert ran.err == "dry run: nothing was stored and nobody was paged\n"
    assert escalate.here("list", "--all", "--json").json == []
    escalate.declare("Nobody can sign in", "-s", "login")
    told = len(escalate.told)
    foreseen = escalate("tick", "--dry-run")
    assert "#1 Identity: waiting for an acknowledgement of level 1 of 2 (in " in foreseen.out
    assert len(escalate.told) == told


def test_words_that_fit_no_service_go_to_the_fallback_team_one_update_away(escalate):
    said = escalate.declare("the coffee machine hums")
    assert (said["services"], said["teams"], said["routing"]["service"]) == ([], ["platform"], None)
    assert escalate.told == [CY]
    moved = escalate("update", "1", "--service", "login", "--json").json
    assert moved["teams"] == ["identity"]
    assert {ANA, ROOM} <= set(escalate.told)


# ── tick ────────────────────────────────────────────────────────────────────────────


def test_an_idle_tick_says_nothing_and_its_json_says_everything(escalate):
    escalate.declare("Nobody can sign in", "-s", "login")
    ran = escalate("tick")
    assert (ran.code, ran.out, ran.err) == (0, "", "")
    said = escalate("tick", "--json").json
    assert set(said) == TICK
    assert [
        said[key] for key in ("incidents", "planned", "sent", "failed", "retrying", "notifications_sent")
    ] == [0, 0, 0, 0, 0, 0]
    assert ISO.fullmatch(said["at"])
    assert ISO.fullmatch(said["next_due_at"])


# ── screens ─────────────────────────────────────────────────────────────────────────


def test_one_look_at_3_am_says_what_is_broken_who_knows_who_is_next_and_what_to_type(escalate):
    title = "Customers in Spain cannot sign in since the release"
    page = escalate("declare", title, "-s", "login", "--severity", "critical", "-m", "502 on /signin").out
    lines = page.splitlines()
    assert max(map(len, lines)) <= 80
    assert lines[0] == f"CRITICAL  #1  {title}"
    assert re.fullmatch(r"open for \d+s, nobody has acknowledged", lines[1])
    sections = [lines.index(one) for one in ("Told", "Next, unless someone acknowledges", "Type")]
    assert sections == sorted(sections)
    said = " ".join(page.split())
    for words in (
        "affected Log in (login)",
        "message 502 on /signin",
        "may also concern Authentication database (Platform)",
        "Ana Ruiz sms sent level 1, on call for Identity",
        "Identity room chat sent level 1, channel of Identity",
        "Status chat sent informed: hears of critical incidents",
        "Ana Ruiz by email",
        "in 5m Identity: level 2 of 2 (Bo Chen)",
        "in 10m nudge 1 without an answer: dropped",
        "escalate ack 1",
        "escalate nudge 1 yes|no (Critical may need Cy: page Cy Łódź)",
    ):
        assert words in said, page
    after = escalate("ack", "1").out
    lines = after.splitlines()
    assert lines[0] == f"CRITICAL  #1  {title}"
    assert re.fullmatch(r"open for \d+s, acknowledged by Ana Ruiz (just now|\ds ago)", lines[1])
    said = " ".join(after.split())
    for words in (
        "affected Log in (login) Told",
        "Identity room chat sent informed: Ana Ruiz has it Next",
        "nudge 1 without an answer: dropped",
        "Identity: nobody is paged any more",
        'Type escalate update 1 --message "…" escalate resolve 1 escalate nudge 1 yes|no',
    ):
        assert words in said, after
    assert "Ana Ruiz by email, about nudge 1" in after, "a nudge's mail is no page"


def test_who_was_told_again_and_again_is_one_line_and_nobody_is_lost_by_it(tmp_path):
    from rich.console import Console

    world = World(tmp_path)
    world.declare("down", "login", severity="critical")
    world.advance("2h")
    situation = world.look()
    paged = {
        world.catalog.name_of(page.recipient) for page in situation.notifications if page.status == "sent"
    }
    console = Console(file=io.StringIO(), width=80, height=24, force_terminal=False)
    draw_told(console, situation, world.catalog, world.clock.now())
    told = console.file.getvalue()
    assert all(name in told for name in paged)
    assert len(told.splitlines()) <= 3 + 12
    assert "fallback: still no acknowledgement; " in told
    assert " times" in told
    world.post.letters.clear()


def test_the_board_shows_what_happens_whoever_does_it(escalate):
    command = [sys.executable, "-m", "escalate_cli", "watch", "--interval", "1s"]
    environ = {**escalate.environ, "TERM": "xterm"}
    with Terminal() as terminal:
        inner = terminal.inner
        watching = subprocess.Popen(command, stdin=inner, stdout=inner, stderr=subprocess.PIPE, env=environ)
        try:
            until(lambda: terminal.shows("Nothing is open."))
            escalate.declare("Nobody can sign in", "-s", "login")
            until(
                lambda: terminal.shows(
                    ": Ana Ruiz,", "Bo Chen", "page to Ana Ruiz by sms: sent", "escalate ack ID"
                )
            )
            escalate.here("ack", "1")
            until(lambda: terminal.shows("acknowledged by Ana Ruiz for Identity"))
        finally:
            watching.send_signal(signal.SIGTERM)
            _, err = watching.communicate(timeout=20)
    assert (watching.returncode, err) == (0, b"")


# ── test-page and doctor ────────────────────────────────────────────────────────────


def test_list_counts_a_persons_next_address_and_says_who_is_next(escalate):
    """Ana's mail comes two minutes after her text; the next level only after five."""
    escalate("declare", "down", "--service", "login")
    listed = escalate("list", "--json").json[0]
    shown = escalate("show", "1", "--json").json
    waits = [one["due_at"] for one in shown["notifications"] if one["status"] in ("pending", "retrying")]
    assert listed["next_due_at"] == shown["next_due_at"] == min(waits) < listed["escalations"][0]["next_at"]
    assert re.search(r"^#1 .* in (2m|1m\d+s): Ana Ruiz, in [45]m\w*: Bo Chen ", escalate("list").out, re.M), (
        escalate("list").out
    )


def test_where_no_service_is_known_yet_it_is_said_who_has_the_incident_meanwhile(escalate):
    answer = " ".join(escalate("declare", "Something odd with the fax").out.split())
    team = escalate.show()["teams"][0]
    name = escalate.here("team", "list", "--json").json
    [fallback] = [one["name"] for one in name if one["id"] == team]
    assert f"affected no service known yet; meanwhile it is with {fallback} " in answer


def test_of_what_is_over_the_list_says_who_had_it_and_who_ended_it(escalate):
    escalate.declare("Nobody can sign in", "-s", "login")
    escalate.here("ack", "1", "--by", "bo")
    escalate.here("resolve", "1", "--by", "cy", "-m", "restarted it")
    [_, line] = escalate.here("list", "--all").out.splitlines()
    assert re.search(r"Bo Chen, resolved by Cy \w+ ", line)
    told = " ".join(escalate.here("show", "1").out.split())
    assert re.search(r"acknowledged by Bo Chen resolved \d\d:\d\d by Cy \w+: restarted it", told)


def test_a_monitor_that_is_nobodys_name_may_update_and_end_what_it_has_declared(escalate):
    escalate.declare("disk", "-s", "login", "--key", "disk:db-3", "--by", "monitor")
    ran = escalate("update", "1", "-m", "91 %", "--by", "monitor", "--json")
    assert (ran.code, ran.json["id"]) == (0, 1)
    ran = escalate("resolve", "--key", "disk:db-3", "--by", "monitor", "--json")
    assert (ran.code, ran.json["status"]) == (0, "resolved")
