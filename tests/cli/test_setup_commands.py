"""init, check, schema, completion, cron: from nothing to a configuration that is sound and a clock
that ticks.
"""

from __future__ import annotations

import json
import shlex

import pytest


def test_init_writes_a_starter_that_is_valid_and_never_overwrites(escalate):
    ran = escalate("init", "fresh", "--json")
    assert ran.code == 0, ran.err
    place = escalate.place / "fresh"
    assert [path.name for path in sorted(place.iterdir())] == sorted(
        path.rpartition("/")[2] for path in ran.json["written"]
    )
    assert all(path.stat().st_mode & 0o077 == 0 for path in place.iterdir())
    assert escalate("check", "--strict", "--config", "fresh").code == 0
    (place / "catalog.toml").write_text("# mine\n")
    (place / "policies.toml").unlink()
    again = escalate("init", "fresh")
    assert again.code == 0
    assert "left as it is   fresh/catalog.toml" in again.out
    assert (place / "catalog.toml").read_text() == "# mine\n"
    assert not (place / "policies.toml").exists(), (
        "a starter file beside somebody's own files would break them"
    )
    (escalate.place / "h.csv").write_text("a,b\n")
    no_place = escalate("init", "h.csv")
    assert (no_place.code, no_place.err.splitlines()[0]) == (3, "escalate: error: h.csv is not a directory")
    refused = escalate("init", "/proc/nowhere")
    assert refused.code == 3
    assert refused.err.startswith("escalate: error: cannot write /proc/nowhere")


def test_check_finds_every_problem_and_says_where(escalate):
    assert escalate("check", "--json").json["ok"] is True
    (escalate.config / "more.toml").write_text(
        '[services.x]\nteam = "identitty"\n[services.y]\nname = 3\nteam = "identity"\n'
    )
    ran = escalate("check", "--json")
    assert (ran.code, ran.json["ok"]) == (3, False)
    found = [problem for problem in ran.json["problems"] if problem["level"] == "error"]
    assert {(problem["file"], problem["line"]) for problem in found} == {("more.toml", 2), ("more.toml", 4)}
    assert all(
        set(problem) == {"file", "line", "column", "level", "code", "message", "hint"} for problem in found
    )
    page = escalate("check")
    assert page.code == 3
    assert "more.toml:2:8: error[" in page.out
    assert 'did you mean "identity"?' in page.out


@pytest.mark.parametrize(
    ("arguments", "both"),
    [
        (("check", "--heatmap", "--json"), "--heatmap and --json"),
        (("check", "--heatmap", "--sarif"), "--heatmap and --sarif"),
        (("simulate", "--service", "login", "--mermaid", "--json"), "--mermaid and --json"),
        (("diff", "config", "--markdown", "--json"), "--markdown and --json"),
        (("report", "--csv", "--json"), "--csv and --json"),
        (("report", "--csv", "--html", "page.html"), "--csv and --html"),
    ],
    ids=str,
)
def test_two_answers_at_once_are_refused(escalate, arguments, both):
    ran = escalate(*arguments)
    assert (ran.code, ran.out) == (2, "")
    assert f"{both} are two answers" in ran.err


def test_diff_with_nothing_to_compare_with_offers_the_last_commit(escalate):
    ran = escalate("diff")
    assert (ran.code, ran.out) == (2, "")
    assert "nothing to compare with" in ran.err
    assert "escalate diff HEAD" in ran.err


def test_schema_is_json_schema(escalate):
    ran = escalate("schema")
    assert (ran.code, ran.err) == (0, "")
    assert {"services", "policies"} <= set(json.loads(ran.out)["properties"])


def test_cron_names_absolute_paths_that_work(escalate):
    ran = escalate("cron", "--config", "config", "--db", "100% mine.db", "--json")
    line = ran.json["crontab"]
    schedule, command = line.split(" ", 5)[:5], line.split(" ", 5)[5]
    assert schedule == ["*"] * 5
    assert "100\\% mine.db" in command, "cron ends a line at a bare %"
    words = shlex.split(command.replace("\\%", "%"))
    assert words[-5:] == [
        "--config",
        str(escalate.config),
        "--db",
        str(escalate.place / "100% mine.db"),
        "tick",
    ]
    assert escalate.process([*words[:-1], "service", "list"], {}).code == 0
    units = ran.json["systemd"]
    assert '"' + str(escalate.place / "100%% mine.db") + '"' in units["escalate-watch.service"]
    assert {"Persistent=true", "AccuracySec=1s"} <= set(units["escalate-tick.timer"].splitlines())
    page = escalate("cron")
    assert units["escalate-tick.timer"] in page.out
    place = 0
    for words in (
        "secrets.env",
        "1. cron",
        "set -a; . ~",
        "2. systemd",
        "mkdir -p",
        "secrets.env",
        "daemon-reload",
        "3. systemd",
    ):
        place = page.out.index(words, place)
    assert page.err == ""
    nowhere = escalate("cron", "--config", "nowhere")
    assert (nowhere.code, "there is no configuration at nowhere" in nowhere.err) == (0, True)


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_scripts(escalate, shell):
    assert "_ESCALATE_COMPLETE=complete_" + shell in escalate("completion", shell).out


def test_no_completion_for_other_shells(escalate):
    ran = escalate("completion", "cmd")
    assert (ran.code, ran.err) == (
        2,
        'escalate: error: no completion for the shell "cmd"\nhint: there is bash, zsh and fish\n',
    )
