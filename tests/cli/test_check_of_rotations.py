"""`check` itself says whom an edit takes the turn under way from, and who takes turns and is never
on call.
"""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from tests.command import Escalate
from tests.organisations import ONE_TEAM

THORNMERE = Path(__file__).parents[2] / "benchmarks" / "thornmere"
ROTATION = re.compile(r"(rotations\]\]\nmembers = \[)([^]]*)(\]\nstart = )(\S+)")


def on_call(escalate: Escalate) -> dict[str, str | None]:
    return {row["schedule"]: row["person"] for row in escalate("oncall", "--json").json}


def findings(escalate: Escalate, code: str, *options: str) -> list[dict[str, str]]:
    checked = escalate("check", "--json", *options).json
    return [problem for problem in checked["problems"] if problem["code"] == code]


def test_4_21_check_names_each_turn_that_a_member_more_takes_and_the_start_that_keeps_it(
    escalate: Escalate,
) -> None:
    """Somebody is appended to each of the 20 rotations of an organisation of a thousand people."""
    shutil.rmtree(escalate.config)
    shutil.copytree(THORNMERE, escalate.config)
    catalog = escalate.config / "catalog.toml"
    catalog.chmod(0o644)
    text = catalog.read_text(encoding="utf-8")
    everybody = re.findall(r"^\[people\.([\w-]+)\]", text, re.M)
    secrets = {
        name: "x"
        for file in escalate.config.iterdir()
        for name in re.findall(r"\$\{([A-Z_]+)\}", file.read_text(encoding="utf-8"))
    }
    escalate.environ.update(secrets)
    assert escalate("tick").code == 0
    before = on_call(escalate)
    assert findings(escalate, "turn-taken", "--no-coverage") == []

    def appended(rotation: re.Match[str]) -> str:
        another = next(person for person in everybody if f'"{person}"' not in rotation[2])
        return f'{rotation[1]}{rotation[2]}, "{another}"{rotation[3]}{rotation[4]}'

    edited, rotations = ROTATION.subn(appended, text)
    assert rotations == len(before) == 20
    catalog.write_text(edited, encoding="utf-8")
    changed = {schedule for schedule, person in on_call(escalate).items() if person != before[schedule]}
    taken = findings(escalate, "turn-taken", "--no-coverage")
    assert len(changed) > 10
    assert {re.findall(r'schedule "([^"]+)"', one["message"])[0] for one in taken} == changed
    assert len(taken) == len(changed)

    lines = edited.splitlines()
    for problem in taken:
        line = next(
            number
            for number in range(int(problem["line"]) - 1, len(lines))
            if lines[number].startswith("start = ")
        )
        lines[line] = re.search(r"start = [0-9T:-]+", problem["hint"])[0]
    catalog.write_text("\n".join(lines), encoding="utf-8")
    assert on_call(escalate) == before
    assert findings(escalate, "turn-taken", "--no-coverage") == []


SEVEN = """
[hours.office]
days = ["mon", "tue", "wed", "thu", "fri"]
from = "09:00"
to = "17:00"
[schedules.seven]
[[schedules.seven.rotations]]
members = ["ana", "bo", "cy", "p4", "p5", "p6", "p7"]
start = 2026-01-05T09:00:00
every = "1d"
hours = "office"
""" + "".join(f'[people.p{number}]\ncontact = {{ email = "p{number}" }}\n' for number in range(4, 8))


def test_4_21_check_asks_the_database_that_the_configuration_names(escalate: Escalate) -> None:
    text = ONE_TEAM.replace("[settings]\n", f'[settings]\ndatabase = "{escalate.place / "elsewhere.db"}"\n')
    text = text.replace('lead = "kim"\n', 'lead = "kim"\non_call = "rota"\n')
    text += '[schedules.rota]\n[[schedules.rota.rotations]]\nmembers = ["ana", "bo"]\n'
    shutil.rmtree(escalate.config)
    escalate.config.mkdir()
    file = escalate.config / "all.toml"
    file.write_text(text.replace("PORT", "9") + 'start = 2026-01-05T09:00:00\nevery = "1w"\n')
    del escalate.environ["ESCALATE_DB"]
    assert escalate("tick").code == 0
    turned = file.read_text().replace('members = ["ana", "bo"]\nstart', 'members = ["bo", "ana"]\nstart')
    file.write_text(turned)
    assert len(findings(escalate, "turn-taken", "--no-coverage")) == 1


def test_4_21_check_names_who_takes_turns_and_is_never_on_call(escalate: Escalate) -> None:
    """Seven members, a day each, Monday to Friday: two of them never have a turn."""
    assert findings(escalate, "never-on-call") == []
    (escalate.config / "seven.toml").write_text(SEVEN, encoding="utf-8")
    (problem,) = findings(escalate, "never-on-call")
    assert problem["message"].startswith('"p6", "p7" of rotation 1 of schedule "seven" are never on call: ')
    assert (problem["level"], problem["file"]) == ("warning", "seven.toml")
    assert "never-on-call" in escalate("check").out
