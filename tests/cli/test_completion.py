"""Completion in real shells: commands, options, people, moments, and what is open with its title; and
`completion --install`.
"""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import pytest

from tests import completion_table
from tests.loopback import Bank, another

SAY = """
eval "$(escalate completion bash)"
say() { COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _escalate_complete escalate;\
 printf '%s|' "${COMPREPLY[@]}"; echo; }
"""


@pytest.fixture
def escalate(organisation, tmp_path) -> Bank:
    return another(organisation, tmp_path)


def said(escalate: Bank, *lines: str) -> list[str]:
    ran = escalate.script(SAY + "\n".join(f"say {line}" for line in lines))
    assert (ran.code, ran.err) == (0, "")
    return ran.out.splitlines()


def test_the_table_is_made_from_the_commands():
    made = completion_table.table()
    assert completion_table.TABLE.read_text(encoding="utf-8") == made, "python -m tests.completion_table"


@pytest.mark.long
def test_bash_shows_what_is_open_with_its_title_for_every_id(escalate):
    escalate.declare("Nobody can sign in", "-s", "login", "--key", "sign-in")
    escalate.declare("Disk full: 99 %", "-s", "auth-db", "--severity", "critical")
    escalate.declare("over", "-s", "login", "--join", "never")
    escalate.here("resolve", "3")
    escalate.here("ack", "1")
    both = "2  (critical: Disk full: 99 %)|1  (major, acknowledged: Nobody can sign in)|"
    for verb in ("ack", "resolve", "update", "page", "next", "reload"):
        assert said(escalate, f"escalate {verb} ''") == [both], verb
    assert said(escalate, "escalate ack 2", "escalate ack '#1'", "escalate ack 2 ''") == ["2|", "1|", "1|"]
    latest = (
        "3  (major, resolved: over)|2  (critical: Disk full: 99 %)|"
        "1  (major, acknowledged: Nobody can sign in)|"
    )
    for verb in ("show", "timeline", "explain", "reopen", "export", "replay"):
        assert said(escalate, f"escalate {verb} ''") == [latest], verb
    assert said(escalate, "escalate resolve --key ''") == ["sign-in|"]
    assert said(escalate, "escalate page 1 b") == ["bo|"]


def test_bash_completes_nudges_people_moments_and_what_has_a_name(escalate):
    escalate.declare("Nobody can sign in", "-s", "login", "--severity", "critical")
    assert said(
        escalate,
        "escalate nudge ''",
        "escalate nudge 1 ''",
        "escalate ack 1 --by a",
        "escalate ack 1 --by = a",
        "escalate update 1 --service l",
        "escalate declare x --severity m",
        "escalate override identity-",
        "escalate override identity-primary bo --from tom",
        "escalate override identity-primary bo --from '\"tom'",
        "escalate oncall --at today",
        "escalate snooze 1 3",
        "escalate list --status a",
        "escalate completion z",
        "escalate help al",
        "escalate nonsense ''",
        "escalate --json team sh",
    ) == [
        "1|", "yes|no|", "ana|", "ana|", "login|", "minor|major|", "identity-primary|", r"tomorrow\ 09:00|",
        "tomorrow 09:00|", r"today\ 18:00|", "30m|", "acknowledged|", "zsh|", "alerts|alert|", "|", "show|",
    ]  # fmt: skip


def test_after_the_id_comes_what_is_typed_next_and_no_id_again(escalate):
    escalate.declare("Nobody can sign in", "-s", "login", "--key", "sign-in")
    spans = "15m|30m|1h|2h|8h|1d|1w|"
    assert said(
        escalate,
        "escalate snooze 1 ''",
        "escalate snooze '#1' ''",
        "escalate snooze 1 --by ana ''",
        "escalate snooze --key sign-in ''",
        "escalate snooze 1 30m ''",
        "escalate snooze 30m ''",
    ) == [spans, spans, spans, spans, "|", "|"]
    assert said(escalate, "escalate snooze ''")[0].startswith("1  (major: Nobody can sign in)|15m|")
    for verb in ("update", "next", "reload", "show", "timeline", "export", "replay", "reopen"):
        assert said(escalate, f"escalate {verb} 1 ''") == ["|"], verb
    for verb in ("ack", "pass", "resolve"):
        assert said(escalate, f"escalate {verb} 1 ''", f"escalate {verb} --key sign-in ''") == ["|", "|"]
    assert "1|" not in said(escalate, "escalate explain 1 ''")[0]


@pytest.mark.long
def test_a_key_or_a_title_never_becomes_a_part_of_a_command(escalate):
    for number in (1, 2):
        escalate.declare("$(touch here); `x`", "-s", "login", "--key", f"$(touch here) ';{number}")
    escalate.declare("two\nlines", "-s", "login", "--key", "two\nlines")
    (first, second, *_) = said(escalate, "escalate ack --key '$'")[0].split("|")
    begins = r"\$\(touch\ here\)\ \'\;"
    assert (first.startswith(begins + "2  ("), second.startswith(begins + "1  (")) == (True, True)
    assert said(escalate, "escalate ack --key ''")[0].count("|") == 2, "one of two lines cannot be typed"
    whole = escalate.script(SAY.replace("say()", "COMP_TYPE=37; say()") + "say escalate ack ''")
    assert whole.out == "3|2|1|\n", "nothing but numbers, where bash puts each on the line"


def test_what_goes_wrong_is_silent(escalate, tmp_path):
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "a.toml").write_text("[[[")
    (tmp_path / "none.db").write_bytes(b"no database" * 100)
    assert said(
        escalate,
        "escalate --config /nowhere team show ''",
        f"escalate --config {tmp_path}/broken ack --by ''",
        f"escalate --db {tmp_path}/none.db ack ''",
        f"escalate --db {tmp_path}/missing.db ack ''",
    ) == ["|", "|", "|", "|"]
    assert not (tmp_path / "missing.db").exists(), "looking makes nothing"
    env = {
        **escalate.environ,
        "_ESCALATE_COMPLETE": "complete_bash",
        "COMP_CWORD": "x",
        "COMP_WORDS": "\udcff",
    }
    ran = escalate.process([sys.executable, "-m", "escalate_cli"], env)
    assert (ran.code, ran.out, ran.err) == (0, "", "")


def test_an_edited_configuration_is_completed_as_it_is_now(tmp_path, organisation):
    place = tmp_path / "config"
    shutil.copytree(organisation.config, place)
    own = Bank(tmp_path, {**organisation.environ, "ESCALATE_CONFIG": str(place)}, organisation.web)
    assert said(own, "escalate person show q") == ["|"]
    with open(place / "catalog.toml", "a", encoding="utf-8") as file:
        file.write('[people.quinn]\nname = "Quinn"\n')
    assert said(own, "escalate person show q") == ["quinn|"]


# ── installing ──────────────────────────────────────────────────────────────────────


def test_bash_completes_once_it_is_installed_and_a_second_time_is_nothing_to_do(escalate, tmp_path):
    escalate.declare("Nobody can sign in", "-s", "login")
    home = tmp_path / "home"
    home.mkdir()
    (home / ".bashrc").write_text("alias ll='ls -l'")
    where = {"HOME": str(home), "SHELL": "/bin/bash", "XDG_CACHE_HOME": f"{escalate.environ['HOME']}/.cache"}
    ran = escalate("completion", "--install", **where)
    assert (ran.code, ran.out.splitlines()[0]) == (
        0,
        f"wrote {home}/.local/share/bash-completion/completions/escalate",
    )
    assert "press the Tab key" in ran.out
    script = home / ".local/share/bash-completion/completions/escalate"
    rc = (home / ".bashrc").read_text()
    assert rc.startswith("alias ll='ls -l'\n" if "escalate" in rc else "alias ll='ls -l'")
    again = escalate("completion", "bash", "--install", **where)
    assert (again.code, again.out) == (0, f"bash completes escalate already: {script}; nothing to do.\n")
    assert (home / ".bashrc").read_text() == rc
    typed = (
        "source ~/.bashrc; type ll >/dev/null || true;"
        " . ~/.local/share/bash-completion/completions/escalate\n"
        'COMP_WORDS=(escalate ack ""); COMP_CWORD=2; _escalate_complete escalate;'
        ' echo "${COMPREPLY[@]}"; complete -p escalate'
    )
    done = escalate.process(["bash", "--norc", "-c", typed], where)
    assert done.out.splitlines()[0] == "1"
    assert "_escalate_complete" in done.out


@pytest.mark.parametrize(
    ("shell", "script", "start_up"),
    [
        ("zsh", ".local/share/escalate/completion.zsh", ".zshrc"),
        ("fish", ".config/fish/completions/escalate.fish", None),
    ],
)
def test_other_shells_find_it_too_and_links_and_modes_stay(escalate, tmp_path, shell, script, start_up):
    home = tmp_path / "home"
    (home / "dotfiles").mkdir(parents=True)
    if start_up:
        (home / "dotfiles" / "rc").write_text("# mine\n")
        (home / "dotfiles" / "rc").chmod(0o640)
        (home / start_up).symlink_to("dotfiles/rc")
    ran = escalate("completion", shell, "--install", "--json", HOME=str(home))
    assert (ran.code, ran.json["file"]) == (0, str(home / script))
    assert (home / script).read_text() == escalate("completion", shell).out
    if start_up:
        assert (home / start_up).is_symlink()
        text = (home / "dotfiles" / "rc").read_text()
        assert text.splitlines()[0] == "# mine"
        assert str(home / script) in text
        assert (home / "dotfiles" / "rc").stat().st_mode & 0o777 == 0o640
    again = escalate("completion", shell, "--install", "--json", HOME=str(home))
    assert (again.code, again.json["changed"]) == (0, [])


@pytest.mark.skipif(
    os.geteuid() == 0 and not Path("/proc").exists(), reason="needs a place that takes nothing"
)
def test_where_nothing_can_be_written_it_is_said(escalate):
    ran = escalate("completion", "bash", "--install", HOME="/proc/none")
    assert (ran.code, ran.err.splitlines()[0][:29]) == (3, "escalate: error: cannot write")


@pytest.mark.long
def test_zsh_completes_what_is_open(escalate):
    if shutil.which("zsh") is None:
        pytest.skip("there is no zsh here (.ci/install has it)")
    escalate.declare("Nobody can sign in", "-s", "login")
    script = (
        'autoload -Uz compinit; compinit -u; eval "$(escalate completion zsh)"\n'
        "_describe() { print -l -- ${(P)@[-1]} }\n"
        "words=(escalate ack ''); CURRENT=3; _escalate"
    )
    ran = escalate.process(["zsh", "-f", "-c", script], {})
    assert ran.out == "1:major\\: Nobody can sign in\n" or "1:major: Nobody can sign in" in ran.out, ran.err


def test_fish_completes_what_is_open(escalate):
    if shutil.which("fish") is None:
        pytest.skip("there is no fish here (.ci/install has it)")
    escalate.declare("Nobody can sign in", "-s", "login")
    script = "escalate completion fish | source; complete -C 'escalate ack '"
    ran = escalate.process(["fish", "--no-config", "-c", script], {})
    assert "1\tmajor: Nobody can sign in" in ran.out, ran.err
