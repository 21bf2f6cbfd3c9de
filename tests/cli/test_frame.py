"""The frame: what every command promises, whatever it does."""

from __future__ import annotations

import json
import re
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from escalate_cli.cli import parser as app
from escalate_cli.cli.output import json_text, printable


def test_a_command_loads_itself_and_nothing_heavy(escalate):
    escalate("service", "list")  # compiles the configuration, which takes pydantic and tomllib
    ran = escalate.python(
        "import sys, os; from escalate_cli.cli.run import run; run(['service', 'list', '--json'],"
        " os.environ)\nheavy = ('escalate_cli.cli.', 'apprise', 'pydantic', 'rich', 'tomllib',"
        " 'sqlite3')\nprint(*[name for name in sys.modules if name.startswith(heavy)], file=sys.stderr)"
    )
    loaded = {name.removeprefix("escalate_cli.cli.") for name in ran.err.split()}
    frame = {"run", "output", "failures", "parser", "global_options", "index"}
    own = {"commands", "commands.catalog", "completion", "screens", "screens.narrow", "screens.style"}
    assert loaded == frame | own


@pytest.mark.parametrize(
    "arguments",
    [
        ("--json", "--config", "CONFIG", "service", "list"),
        ("service", "--json", "--config=CONFIG", "list"),
        ("service", "list", "--json", "--config", "CONFIG"),
        ("--config", "/nowhere", "service", "list", "--config", "CONFIG", "--json"),
    ],
    ids=["before", "in between", "after", "the later one wins"],
)
def test_global_options_stand_anywhere(escalate, arguments):
    ran = escalate(
        *[word.replace("CONFIG", str(escalate.config)) for word in arguments], ESCALATE_CONFIG="/elsewhere"
    )
    assert ran.code == 0, ran.err
    assert [service["id"] for service in ran.json] == ["login", "auth-db"]


def test_what_looks_like_an_option_is_a_value_where_a_value_is_due(escalate):
    ran = escalate("oncall", "--at", "--json")
    assert ran.code == 2
    assert ran.err.startswith('escalate: error: "--json" is not a moment\nhint: ')
    ran = escalate("service", "show", "--", "--json")
    assert (ran.code, ran.err.splitlines()[0]) == (4, 'escalate: error: no such service: "--json"')


@pytest.mark.parametrize(
    ("arguments", "code", "error", "hint"),
    [
        (("servise", "list"), 2, 'no such command "servise"', 'did you mean "service"?'),
        (("service", "lost"), 2, 'no such command "service lost"', 'did you mean "service list"?'),
        (("service", "list", "--jsno"), 2, 'no such option "--jsno"', 'did you mean "--json"?'),
        (("--jsno", "service", "list"), 2, 'no such option "--jsno"', 'did you mean "--json"?'),
        (("service", "show"), 2, "missing argument 'ID'", "run `escalate service show --help`"),
        (
            ("service", "show", "a", "b"),
            2,
            "got unexpected extra argument(s) (b)",
            "run `escalate service show --help`",
        ),
        (("oncall", "--at"), 2, "option '--at' requires an argument", "run `escalate oncall --help`"),
        (("help", "xyzzy"), 4, 'no such topic or command: "xyzzy"', "run `escalate help` to see the topics"),
        (("version",), 2, 'no such command "version"', "run `escalate --version`"),
        (("service", "--quiet"), 2, "missing command", "run `escalate service --help`"),
        (("list", "--json=yes"), 2, "option '--json' does not take a value", "run `escalate list --help`"),
        (("page",), 2, "missing argument 'ID'", "run `escalate page --help`"),
        (("declare", "x", "--messge", "y"), 2, 'no such option "--messge"', 'did you mean "--message"?'),
        (("--json", "-q"), 2, "missing command", "run `escalate --help`"),
        (("service", "show", "logn"), 4, 'no such service: "logn"', 'did you mean "login"?'),
        (("policy", "show", "\x1b[31mx"), 4, 'no such policy: "\\x1b[31mx"', "known are standard"),
    ],
)
def test_an_error_is_one_line_and_a_hint(escalate, arguments, code, error, hint):
    ran = escalate(*arguments)
    if "--json" in arguments:
        shown = json.loads(ran.err)["error"]
        assert (shown["message"], shown["hint"], shown["code"]) == (error, hint, "usage")
    else:
        assert ran.err == f"escalate: error: {error}\nhint: {hint}\n"
    assert (ran.code, ran.out) == (code, "")


def test_an_invalid_configuration_shows_every_problem(escalate):
    (escalate.config / "more.toml").write_text('[services.x]\nteam = "identitty"\nkolor = 1\n')
    ran = escalate("service", "list")
    assert ran.code == 3
    assert "more.toml:2:" in ran.err
    assert "more.toml:3:" in ran.err
    assert "\nescalate: error: the configuration has 2 errors\nhint: " in ran.err
    error = json.loads(escalate("service", "list", "--json").err)["error"]
    assert error["code"] == "invalid-configuration"
    assert {problem["line"] for problem in error["problems"]} == {2, 3}
    missing = escalate("service", "list", "--config", "/nowhere/at/all")
    assert missing.code == 3
    assert "/nowhere/at/all" in missing.err


def test_a_bug_is_a_line_that_tells_its_kind_and_place_but_not_what_it_held(escalate):
    break_it = (
        "import sys, os; from escalate_cli.cli import parser as app, run as frame; from"
        " escalate_cli.cli.commands import setup\ndef burst(context): raise"
        " KeyError('canary-secret')\nsetup.burst = burst; app.COMMANDS['burst'] = ('setup', 'burst', '', '');"
        " sys.exit(frame.run(['burst', *sys.argv[1:]], os.environ))"
    )
    ran = escalate.python(break_it)
    assert ran.code == 70
    assert ran.err.startswith("escalate: error: a bug in escalate: KeyError at escalate_cli/cli/run.py:")
    assert "Traceback" not in ran.err
    assert "canary" not in ran.err
    told = escalate.python(break_it.replace("*sys.argv[1:]", "'--debug'"))
    assert "in burst\n" in told.err
    assert "canary" not in told.err.replace("raise KeyError('canary-secret')", "")
    stopped = escalate.python(break_it.replace("KeyError('canary-secret')", "KeyboardInterrupt"))
    assert (stopped.code, stopped.err) == (130, "")


def test_version_and_help(escalate):
    assert (
        escalate("--version").out
        == escalate("service", "show", "--version").out
        == f"escalate {app.__version__}\n"
    )
    page = escalate()
    assert page.code == 0
    positions = [
        page.out.index(f"│ {name} ") for name in ("init", "declare", "tick", "oncall", "service", "cron")
    ]
    assert positions == sorted(positions)
    assert " show " in escalate("service").out == escalate("service", "-h").out
    declare = escalate("declare", "-h").out
    assert "Usage: escalate declare [OPTIONS] TITLE\n" in "\n".join(
        line.rstrip() for line in declare.splitlines()
    )
    assert "<" not in declare
    assert [
        escalate(command, "--help").out.splitlines()[1].split("[OPTIONS]")[1].strip()
        for command in ("init", "maintenance")
    ] == ["[DIR]", "[SERVICE…]"]


@pytest.mark.parametrize(
    "name", [name for name in app.COMMANDS if find_spec(f"escalate_cli.cli.commands.{app.COMMANDS[name][0]}")]
)
def test_every_command_can_be_built_and_explains_itself(name):
    module, function, line, heading = app.COMMANDS[name]
    function = getattr(import_module(f"escalate_cli.cli.commands.{module}"), function)
    command = app.command_for(name, function, app.global_parameters())
    assert line
    assert heading
    assert command.help, "a command needs a docstring"
    assert {"config", "json", "version"} <= {parameter.name for parameter in command.params}
    unexplained = [parameter.name for parameter in command.params if not parameter.help]
    assert not unexplained
    kinds = {parameter.type_descriptor.annotation for parameter in command.params}
    assert all(kind in (str, bool, list[str]) for kind in kinds), "what is typed is taken as it is"


def test_typer_is_used_by_what_it_documents():
    sources = Path(app.__file__).parent.rglob("*.py")
    private = re.compile(r"\btyper\._|\b_click\b|__mro__|__signature__|process_value|\b(import|from) click\b")
    assert not [source.name for source in sources if private.search(source.read_text())]


# Surroundings (scenario 29)


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
def test_closed_streams_change_nothing(escalate, closed):
    assert escalate.script(f"escalate service list {closed}").code == 0
    assert escalate.script(f"escalate service show nix {closed}").code == 4


def test_a_full_or_broken_stdout(escalate):
    full = escalate.script("escalate service list > /dev/full")
    assert full.code == 1
    assert full.err.startswith("escalate: error: the answer could not be written to stdout: No space left")
    page = escalate.script("escalate --help > /dev/full")
    assert (page.code, page.err.count("\n")) == (1, 2)
    broken = escalate.script("set -o pipefail; escalate service list | true")
    assert (broken.code, broken.err) == (0, "")


@pytest.mark.parametrize(
    "surroundings",
    [
        {"LC_ALL": "C"},
        {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
        {"PYTHONIOENCODING": "ascii"},
    ],
    ids=["LC_ALL=C", "LC_ALL=C without Python's own remedies", "ascii"],
)
def test_names_with_accents_come_through_anywhere(escalate, surroundings):
    assert "Cy Łódź" in escalate("person", "list", **surroundings).out
    assert escalate("person", "show", "cy", "--json", **surroundings).json["name"] == "Cy Łódź"


def test_colours_only_where_they_are_wanted(escalate):
    assert "\x1b[" not in escalate("service", "list").out
    assert "\x1b[" in escalate("service", "list", FORCE_COLOR="1", TERM="xterm").out
    assert "\x1b[" not in escalate("service", "list", "--no-color", FORCE_COLOR="1", TERM="xterm").out
    assert "\x1b[" not in escalate("service", "list", FORCE_COLOR="1", TERM="xterm", NO_COLOR="1").out


# Text (scenario 27)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain, żółć, 漢字, 🚒", "plain, żółć, 漢字, 🚒"),
        ("\x1b]0;x\x07", "\\x1b]0;x\\x07"),
        ("a\nb\tc\r", "a\\nb\\tc\\r"),
        ("\x9b31m\x7f", "\\x9b31m\\x7f"),
        ("user\u202egnp.exe\u2066", "user\\u202egnp.exe\\u2066"),
        ("pay\u200bpal\ufeff", "pay\\u200bpal\\ufeff"),
        ("a\u200db", "a\\u200db"),
        ("👩\u200d💻 می\u200cخواهم", "👩\u200d💻 می\u200cخواهم"),
        ("\udcff \U000e0041", "\\udcff \\U000e0041"),
        ("[bold]x[/bold] :fire:", "[bold]x[/bold] :fire:"),
    ],
)
def test_what_people_see_cannot_steer_their_terminal(text, shown):
    assert printable(text) == shown


ANY_TEXT = st.text(st.characters(exclude_categories=()))


@given(st.recursive(ANY_TEXT, lambda inner: st.lists(inner) | st.dictionaries(ANY_TEXT, inner), max_leaves=5))
def test_json_says_exactly_what_it_was_given_and_harms_nobody(data):
    text = json_text(data)
    assert json.loads(text) == data
    assert printable(text, lines=True) == text  # no live character but line ends
    text.encode("utf-8")


# Completion


def test_bash_completes_commands_options_and_ids(escalate):
    escalate("check")
    ran = escalate.script(
        'eval "$(escalate completion bash)"\nsay() { COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1));'
        ' _escalate_complete escalate; echo "${COMPREPLY[@]}"; }\nsay escalate se; say escalate service s;'
        " say escalate service list --j; say escalate service show l; say escalate nonsense x;"
        " say escalate service list --json --j; say escalate explain 1 a"
    )
    assert ran.out.splitlines() == ["service", "show", "--json", "login", "", "", "ana"], ran.err
