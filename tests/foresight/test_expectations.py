"""`[[expect]]` and the findings of `check`: each hole is found where it is, told in a sentence, and
shown by a command that works.
"""

from __future__ import annotations

import json
import shlex
from pathlib import Path

import pytest

from escalate_cli.config.load import load
from escalate_cli.core.calendar.duration import HOUR, WEEK
from escalate_cli.core.calendar.hours import instant_to_local
from escalate_cli.foresight.expectations import moments_of
from escalate_cli.foresight.look_ahead import look_ahead
from tests.cli.conftest import escalate  # noqa: F401
from tests.command import Escalate
from tests.foresight.small_organisations import OFFICE
from tests.organisations import SOUND
from tests.world import instant

NOW = instant("2026-11-23T10:00:00")


def findings(tmp_path: Path, text: str) -> list[tuple[str, str, str]]:
    (tmp_path / "all.toml").write_text(text)
    found = look_ahead(load(tmp_path).catalog, NOW, 8).findings
    for one in found:
        assert (one.place.file, one.place.line > 0) == ("all.toml", True)
    return [(one.level, one.code, one.message) for one in found]


def test_a_sound_configuration_has_no_findings(tmp_path: Path) -> None:
    assert findings(tmp_path, SOUND) == []


@pytest.mark.parametrize(
    ("what", "change", "level", "code", "says"),
    [
        (
            "a level that is held over the weekend",
            [('wait = "5m"', 'wait = "5m"\nduring = "office"'), ("[people.ana]", OFFICE + "[people.ana]")],
            "warning",
            "reached-late",
            "login (major): the first person is reached later than 15m from Fri 2026-11-27 17:00 GMT "
            "until Mon 2026-11-30 08:45 GMT (and 39 more times until Mon 2027-01-18); "
            "declared Fri 2026-11-27 17:00 GMT, bo after 2d16h, Mon 2026-11-30 09:00 GMT",
        ),
        (
            "a rota that begins in two weeks, and nobody behind it",
            [("2026-01-05T09", "2026-12-07T09"), ('notify = ["lead"]', 'notify = ["channel"]')],
            "warning",
            "nobody-reached",
            'login (minor, major): policy "standard" reaches nobody from Mon 2026-11-23 10:00 GMT '
            "until Mon 2026-12-07 09:00 GMT: only the fallback, boss, after 10m",
        ),
        (
            "the same without a fallback",
            [
                ("2026-01-05T09", "2026-12-07T09"),
                ('notify = ["lead"]', 'notify = ["channel"]'),
                ('page = ["person:boss"]', ""),
            ],
            "error",
            "nobody-reached",
            "and there is no fallback",
        ),
        (
            "the same, and somebody without an address in the fallback",
            [
                ("2026-01-05T09", "2026-12-07T09"),
                ('notify = ["lead"]', 'notify = ["channel"]'),
                ('page = ["person:boss"]', 'page = ["person:mute"]'),
                ("[people.ana]", '[people.mute]\nname = "Mute"\n[people.ana]'),
            ],
            "error",
            "nobody-reached",
            "and the fallback reaches nobody either",
        ),
        (
            "the same, and only a channel in the fallback",
            [
                ("2026-01-05T09", "2026-12-07T09"),
                ('notify = ["lead"]', 'notify = ["channel"]'),
                ('page = ["person:boss"]', 'page = ["channel:room"]'),
            ],
            "error",
            "nobody-reached",
            "and the fallback reaches nobody either",
        ),
        (
            "a fallback with an address for high urgency only",
            [
                ("2026-01-05T09", "2026-12-07T09"),
                ('notify = ["lead"]', 'notify = ["channel"]'),
                ('contact = { mail = "boss" }', 'contact = { sms = "+1" }'),
                ("[gateways.mail]",
                 '[notify]\nhigh = [{ via = ["mail", "sms"] }]\nlow = [{ via = ["mail"] }]\n'
                 '[gateways.sms]\nurl = "json://127.0.0.1:9/{to}"\n[gateways.mail]'),
            ],
            "error",
            "nobody-reached",
            'login (minor, major): policy "standard" reaches nobody from Mon 2026-11-23 10:00 GMT',
        ),
        (
            "a weekend without anybody on call and without a fallback: the levels are walked until Monday",
            [
                ('every = "1w"', 'every = "1w"\nhours = "office"'),
                ("[people.ana]", OFFICE + "[people.ana]"),
                ('notify = ["lead"]', 'notify = ["channel"]'),
                ('page = ["person:boss"]', ""),
            ],
            "warning",
            "reached-late",
            "declared Fri 2026-11-27 17:00 GMT, bo after 2d16h",
        ),
        (
            "a rota that begins in two weeks",
            [("2026-01-05T09", "2026-12-07T09")],
            "warning",
            "schedule-gap",
            'nobody is on call in schedule "rota" from Mon 2026-11-23 10:00 GMT'
            " until Mon 2026-12-07 09:00 GMT",
        ),
        (
            "a lead who takes turns",
            [('lead = "boss"', 'lead = "bo"')],
            "warning",
            "repeated-person",
            'level 2 of policy "standard" pages nobody new for ops: level 1 has paged bo already,'
            " from Mon 2026-11-30 09:00 GMT on",
        ),
        (
            "a level for a team that never runs the policy",
            [
                ('wait = "10m"', 'wait = "10m"\nwhen = { team = "others" }'),
                ("[people.ana]", '[teams.others]\nmembers = ["ana"]\npolicy = "standard"\n[people.ana]'),
            ],
            "warning",
            "level-never-applies",
            'level 2 of policy "standard" never applies: others never has such an incident',
        ),
        (
            "a rule for a team that never has an incident",
            [
                ("[people.ana]", '[teams.others]\nmembers = ["ana"]\npolicy = "standard"\n[people.ana]'),
                ("[policies.standard]",
                 '[[rules]]\nname = "Never"\nwhen = { team = "others" }\npage = ["lead"]\n'
                 "[policies.standard]"),
            ],
            "warning",
            "rule-never-fires",
            'rule "Never" never fires',
        ),
        (
            "two services of one name",
            [("[teams.ops]", '[services.sign-in]\nname = "Log in"\nteam = "ops"\n[teams.ops]')],
            "warning",
            "service-unreachable-by-words",
            'no words lead to service "sign-in" but its id',
        ),
        (
            "somebody on the rota who is in no team",
            [('members = ["ana", "bo"]\nlead', 'members = ["ana"]\nlead')],
            "warning",
            "member-left",
            '"bo" takes turns on call for ops, but is in no team',
        ),
        (
            "an override of last spring",
            [
                (
                    "[people.ana]",
                    '[[schedules.rota.overrides]]\nperson = "bo"\nfrom = 2026-04-01T00:00:00\n'
                    "until = 2026-04-02T00:00:00\n[people.ana]",
                )
            ],
            "warning",
            "override-past",
            "the last one on 2026-04-02",
        ),
        ("a policy for nobody",
         [("[policies.standard]\n",
           '[policies.old]\n[[policies.old.levels]]\nnotify = ["lead"]\n[policies.standard]\n')],
         "warning", "unused-policy", 'policy "old" is used by nothing'),
        ("a person for nothing", [("[people.bo]", '[people.cy]\ncontact = { mail = "cy" }\n[people.bo]')],
         "warning", "unused-person", 'person "cy" is used by nothing'),
        ("hours for nothing", [("[people.ana]", OFFICE + "[people.ana]")],
         "warning", "unused-hours", 'hours "office" is used by nothing'),
        ("a gateway for nothing",
         [("[policies.standard]", '[gateways.sms]\nurl = "json://x/{to}"\n[policies.standard]')],
         "warning", "unused-gateway", 'gateway "sms" is used by nothing'),
    ],
)  # fmt: skip
def test_each_hole_is_found(
    tmp_path: Path, what: str, change: list[tuple[str, str]], level: str, code: str, says: str
) -> None:
    text = SOUND
    for before, after in change:
        assert before in text, what
        text = text.replace(before, after, 1)
    found = [finding for finding in findings(tmp_path, text) if finding[1] == code]
    assert [(one[0], one[1]) for one in found[:1]] == [(level, code)], what
    assert says in found[0][2]


def test_weekly_moments_follow_the_wall_clock() -> None:
    start = instant("2026-03-20T10:00:00")
    found = moments_of("sun 01:30", "Europe/London", start, start + 3 * WEEK)
    seen = [f"{instant_to_local(at, 'Europe/London'):%m-%d %H:%M}" for at in found]
    assert seen == ["03-22 01:30", "03-29 02:00", "04-05 01:30"], "on the 29th the clock leaps over 01:30"
    assert found[2] - found[0] == 2 * WEEK - HOUR
    assert moments_of("2020-01-01T00:00", "UTC", start, start + WEEK) == [instant("2020-01-01T00:00:00")]


EXPECT = '[[expect]]\nservice = "login"\nseverity = "{}"\nat = "{}"\nwithin = "{}"\nreaches = "{}"\n'


@pytest.mark.parametrize(
    ("severity", "at", "within", "reaches", "instead"),
    [
        ("major", "sun 03:00", "1m", "team:ops", None),
        ("major", "2026-12-01 12:00", "1s", "person:bo", None),
        ("major", "sun 03:00", "5m", "person:boss", None),
        ("major", "sun 03:00", "1m", "channel:room", None),
        (
            "major",
            "sun 03:00",
            "4m",
            "person:boss",
            "(8 of 8 times): boss is reached after 5m; before that ana at once",
        ),
        ("minor", "2026-12-01 12:00", "5m", "person:ana", "it never is; bo at once, boss after 5m"),
    ],
)
def test_an_expectation_holds_or_says_what_happens_instead(
    tmp_path: Path, severity: str, at: str, within: str, reaches: str, instead: str | None
) -> None:
    found = findings(tmp_path, SOUND + EXPECT.format(severity, at, within, reaches))
    if instead is None:
        assert found == []
    else:
        assert [(level, code) for level, code, _ in found] == [("error", "expectation-failed")]
        assert instead in found[0][2]


@pytest.mark.long
def test_check_tells_a_broken_configuration_from_a_broken_promise(escalate: Escalate) -> None:  # noqa: F811
    place = escalate.place / "promise"
    place.mkdir()
    sound = ("check", "--config", str(place))
    (place / "all.toml").write_text(SOUND)
    assert escalate(*sound, "--strict").code == 0
    (place / "all.toml").write_text(SOUND.but('lead = "boss"', 'lead = "bo"'))
    assert escalate(*sound).code == 0, "a warning is no failure"
    assert escalate(*sound, "--strict").code == 1
    assert escalate(*sound, "--strict", "--no-coverage").code == 0

    (place / "all.toml").write_text(SOUND + EXPECT.format("major", "sun 03:00", "4m", "person:boss"))
    line = SOUND.count("\n") + 1
    ran = escalate(*sound, "--json")
    assert (ran.code, ran.json["ok"]) == (1, False)
    (problem,) = ran.json["problems"]
    assert (problem["file"], problem["line"], problem["column"], problem["level"]) == (
        "all.toml",
        line,
        1,
        "error",
    )
    command = shlex.split(problem["hint"].partition("see it: ")[2])
    shown = escalate(*command[1:], "--config", str(place))
    assert (shown.code, "+5m" in shown.out) == (0, True)

    log = json.loads(escalate(*sound, "--sarif").out)
    (result,) = log["runs"][0]["results"]
    assert (log["version"], result["ruleId"], result["level"]) == ("2.1.0", "expectation-failed", "error")
    assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"].endswith("promise/all.toml")
    assert result["locations"][0]["physicalLocation"]["region"] == {"startLine": line, "startColumn": 1}

    (place / "more.toml").write_text("[services.x]\nteam = 3\n")
    assert escalate(*sound).code == 3
    assert escalate("check", "--weeks", "many").code == 2


def test_the_week_is_drawn_on_the_terminal_and_on_a_page(escalate: Escalate) -> None:  # noqa: F811
    place = escalate.place / "week"
    place.mkdir()
    held = SOUND.but('wait = "5m"', 'wait = "5m"\nduring = "office"').but(
        "[people.ana]", OFFICE + "[people.ana]"
    )
    (place / "all.toml").write_text(held.replace('name = "Log in"', 'name = "Log in <b>"'))
    ran = escalate("check", "--config", str(place), "--heatmap", "--html", str(place / "week.html"))
    assert "ops: login" in ran.out
    weekdays = "▇▇▇··▇▇▇ "  # 09:00 to 17:00: the cell from 15:00 to 18:00 shows its worst
    assert ran.out.count(weekdays) >= 4, ran.out
    page = (place / "week.html").read_text()
    assert "Log in &lt;b&gt;" in page
    assert "http" not in page.replace("http-equiv", "")
    assert "<script" not in page
    assert "Tue 09:00–Tue 17:00: ana, bo at once" in page or "Tue 09:00–Tue 17:00: bo, ana at once" in page
    major = page.partition("<h2>major</h2>")[2].partition("<h2>")[0]
    assert '<div class="row">' in major.partition("<details")[0], "what takes long is in full"


def test_what_is_paged_at_once_all_week_is_behind_a_click(escalate: Escalate) -> None:  # noqa: F811
    place = escalate.place / "fine"
    place.mkdir()
    (place / "all.toml").write_text(SOUND)
    escalate("check", "--config", str(place), "--html", str(place / "week.html"))
    page = (place / "week.html").read_text()
    assert page.count("1 service: at once, at any time") == 2  # minor and major
    assert '<div class="row">' not in page.partition("<details")[0]
