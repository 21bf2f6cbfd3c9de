"""Bad configurations, and what is said about them: code, place, hint."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from escalate_cli.config.load import Loaded, load
from escalate_cli.config.problems import InvalidConfiguration, render
from escalate_cli.core.wording.problem import ERROR, Place, Problem
from escalate_cli.errors import ConfigurationProblem
from tests.organisations import SMALLEST


def problems_of(directory: Path, **files: str) -> tuple[Problem, ...]:
    for name, text in files.items():
        (directory / f"{name}.toml").write_text(text)
    try:
        return load(directory).problems
    except InvalidConfiguration as invalid:
        return invalid.problems


def test_the_base_of_the_table_is_sound(tmp_path: Path) -> None:
    assert problems_of(tmp_path, base=SMALLEST) == ()


# what is added to the sound configuration → error or warning, code, line:column in it, part of the hint
MISTAKES: list[tuple[str, str, str, str, str, str]] = [
    # what it is about, TOML, level, code, place, hint
    (
        "a key misspelt",
        '[services.a]\nteam = "ops"\nkeywrods = []',
        "error",
        "unknown-key",
        "3:1",
        '"keywords"',
    ),
    ("a table misspelt", "[servces.a]\n", "error", "unknown-key", "1:2", '"services"'),
    (
        "a time condition in a level",
        '[policies.q]\n[[policies.q.levels]]\nnotify = ["lead"]\nwhen = { open_for = "5m" }',
        "error",
        "unknown-key",
        "4:10",
        "[[rules]]",
    ),
    ("an unknown team", '[services.a]\nteam = "opps"', "error", "unknown-reference", "2:8", '"ops"'),
    (
        "an unknown dependency",
        '[services.a]\nteam = "ops"\ndepends_on = [\n  "web",\n  "wbe",\n]',
        "error",
        "unknown-reference",
        "5:3",
        '"web"',
    ),
    (
        "an unknown member",
        '[teams.a]\nmembers = ["ana", "anna"]',
        "error",
        "unknown-reference",
        "2:19",
        '"ana"',
    ),
    ("an unknown lead", '[teams.a]\nlead = "bob"', "error", "unknown-reference", "2:8", "there are: ana"),
    ("an unknown schedule", '[teams.a]\non_call = "rotta"', "error", "unknown-reference", "2:11", '"rota"'),
    ("an unknown policy", '[teams.a]\npolicy = "web"', "error", "unknown-reference", "2:10", "is a service"),
    (
        "an unknown channel",
        '[teams.a]\nchannel = "room"',
        "error",
        "unknown-reference",
        "2:11",
        "no channel at all",
    ),
    (
        "a contact without gateway",
        '[people.b]\ncontact = { emial = "b@x" }',
        "error",
        "unknown-reference",
        "2:13",
        '"email"',
    ),
    (
        "a step without gateway",
        '[people.b]\ncontact = { email = "b@x" }\nnotify.high = [ { via = ["mail"] } ]',
        "error",
        "unknown-reference",
        "3:26",
        '"email"',
    ),
    (
        "an unknown severity",
        '[[rules]]\nname = "r"\nwhen = { severity = ">=majr" }\npage = ["lead"]',
        "error",
        "unknown-reference",
        "3:21",
        '"major"',
    ),
    (
        "unknown hours",
        '[[rules]]\nname = "r"\nwhen = { hours = "!ofice" }\npage = ["lead"]',
        "error",
        "unknown-reference",
        "3:18",
        '"office"',
    ),
    (
        "an unknown default severity",
        '[settings]\ndefault_severity = "bad"',
        "error",
        "unknown-reference",
        "2:20",
        "minor, major, critical",
    ),
    (
        "a person where a target belongs",
        '[policies.q]\nlevels = [ { notify = ["ana"] } ]',
        "error",
        "bad-target",
        "2:24",
        '"person:ana"',
    ),
    (
        "a team where a target belongs",
        '[policies.q]\nlevels = [ { notify = ["team:ops"] } ]',
        "error",
        "bad-target",
        "2:24",
        '"on-call:ops"',
    ),
    (
        "a target misspelt",
        '[policies.q]\nlevels = [ { notify = ["oncall:ops"] } ]',
        "error",
        "bad-target",
        "2:24",
        '"on-call:ops"',
    ),
    (
        "a target of an unknown team",
        '[policies.q]\nlevels = [ { notify = ["lead:osp"] } ]',
        "error",
        "unknown-reference",
        "2:24",
        '"ops"',
    ),
    (
        "a bare number for a duration",
        '[policies.q]\nlevels = [ { notify = ["lead"], wait = 5 } ]',
        "error",
        "bad-duration",
        "2:40",
        '"5m"',
    ),
    (
        "a number without unit in quotes",
        '[policies.q]\nlevels = [ { notify = ["lead"], wait = "5" } ]',
        "error",
        "bad-duration",
        "2:40",
        '"5m"',
    ),
    ("a duration of nothing", '[limits]\nper = "0s"', "error", "bad-duration", "2:7", '"1m"'),
    (
        "months written as minutes",
        '[schedules.s]\nrotations = [ { members = ["ana"], start = 2026-01-05T09:00:00, every = "1m" } ]',
        "error",
        "bad-duration",
        "2:73",
        '"1 months"',
    ),
    (
        "a number as text",
        '[policies.q]\nrepeat = "2"\nlevels = [ { notify = ["lead"] } ]',
        "error",
        "wrong-type",
        "2:10",
        "leave out the quotes",
    ),
    ("true for a number", "[limits]\nmessages = true", "error", "wrong-type", "2:12", ""),
    ("text for a list", '[teams.a]\nmembers = "ana"', "error", "wrong-type", "2:11", "brackets"),
    ("one rule without brackets", '[rules]\nname = "r"', "error", "wrong-type", "1:2", "[[rules]]"),
    (
        "a word that is not a choice",
        '[services.a]\nteam = "ops"\nkind = "techncal"',
        "error",
        "bad-value",
        "3:8",
        '"technical"',
    ),
    ("a missing key", "[services.a]\nname = 'A'", "error", "missing-key", "1:11", "`team ="),
    (
        "a level that notifies nobody",
        "[policies.q]\nlevels = [ { notify = [] } ]",
        "error",
        "bad-value",
        "2:23",
        "notify",
    ),
    (
        "a policy without levels",
        "[policies.q]\nrepeat = 1",
        "error",
        "policy-without-levels",
        "1:11",
        "[[policies.q.levels]]",
    ),
    (
        "a team without a policy",
        '[services.a]\nteam = "two"\n[teams.two]\nmembers = ["ana"]',
        "error",
        "no-policy",
        "3:8",
        "policy =",
    ),
    (
        "a team involved without a policy",
        '[teams.two]\n[[rules]]\nname = "r"\nwhen = {}\ninvolve = ["two"]',
        "error",
        "no-policy",
        "5:12",
        "[teams.two]",
    ),
    (
        "an id with a colon",
        '[people."a:b"]\ncontact = { email = "b@x" }',
        "error",
        "bad-id",
        "1:9",
        "letters",
    ),
    (
        "an empty rotation",
        '[schedules.s]\n[[schedules.s.rotations]]\nmembers = []\nstart = 2026-01-05T09:00:00\nevery = "1w"',
        "error",
        "empty-rotation",
        "3:11",
        "people",
    ),
    (
        "a handoff with an offset",
        '[schedules.s]\nrotations = [ { members = ["ana"], start = 2026-01-05T09:00:00Z, every = "1w" } ]',
        "error",
        "wrong-type",
        "2:44",
        "timezone",
    ),
    (
        "an override that ends first",
        '[schedules.s]\noverrides = [ { person = "ana", from = 2026-01-05T09:00:00, until = 2026-01-05T09:00:00 } ]',
        "error",
        "override-ends-first",
        "2:69",
        "after",
    ),
    (
        "hours without days",
        '[hours.h]\ndays = []\nfrom = "09:00"\nto = "10:00"',
        "error",
        "hours-without-days",
        "2:8",
        "mon",
    ),
    (
        "a day written out",
        '[hours.h]\ndays = ["monday"]\nfrom = "09:00"\nto = "10:00"',
        "error",
        "bad-value",
        "2:9",
        '"mon"',
    ),
    (
        "a time that is none",
        '[hours.h]\ndays = ["mon"]\nfrom = "25:00"\nto = "10:00"',
        "error",
        "bad-value",
        "3:8",
        "09:00",
    ),
    (
        "the zone PST",
        '[people.b]\ntimezone = "PST"\ncontact = { email = "b@x" }',
        "error",
        "unknown-timezone",
        "2:12",
        'did you mean "America/Los_Angeles"?',
    ),
    (
        "the zone BST",
        '[people.b]\ntimezone = "BST"\ncontact = { email = "b@x" }',
        "error",
        "unknown-timezone",
        "2:12",
        'did you mean "Europe/London"?',
    ),
    (
        "the zone CEST",
        '[people.b]\ntimezone = "CEST"\ncontact = { email = "b@x" }',
        "error",
        "unknown-timezone",
        "2:12",
        'did you mean "Europe/Berlin"?',
    ),
    (
        "the zone IST",
        '[people.b]\ntimezone = "IST"\ncontact = { email = "b@x" }',
        "error",
        "unknown-timezone",
        "2:12",
        'did you mean "Asia/Kolkata"?',
    ),
    (
        "the zone pdt",
        '[people.b]\ntimezone = "pdt"\ncontact = { email = "b@x" }',
        "error",
        "unknown-timezone",
        "2:12",
        'did you mean "America/Los_Angeles"?',
    ),
    (
        "the zone AEST",
        '[people.b]\ntimezone = "AEST"\ncontact = { email = "b@x" }',
        "error",
        "unknown-timezone",
        "2:12",
        'did you mean "Australia/Sydney"?',
    ),
    (
        "the zone new york",
        '[people.b]\ntimezone = "new york"\ncontact = { email = "b@x" }',
        "error",
        "unknown-timezone",
        "2:12",
        'did you mean "America/New_York"?',
    ),
    (
        "the zone europe/berlin",
        '[people.b]\ntimezone = "europe/berlin"\ncontact = { email = "b@x" }',
        "error",
        "unknown-timezone",
        "2:12",
        'did you mean "Europe/Berlin"?',
    ),
    (
        "an offset for a zone",
        '[people.b]\ntimezone = "UTC+2"\ncontact = { email = "b@x" }',
        "error",
        "unknown-timezone",
        "2:12",
        "no summer time",
    ),
    (
        "the fixed zone EST",
        '[hours.h]\ntimezone = "EST"\ndays = ["mon"]\nfrom = "09:00"\nto = "10:00"',
        "warning",
        "fixed-timezone",
        "2:12",
        'did you mean "America/New_York"?',
    ),
    (
        "the fixed zone MST",
        '[hours.h]\ntimezone = "MST"\ndays = ["mon"]\nfrom = "09:00"\nto = "10:00"',
        "warning",
        "fixed-timezone",
        "2:12",
        'did you mean "America/Denver"?',
    ),
    (
        "the fixed zone HST",
        '[hours.h]\ntimezone = "HST"\ndays = ["mon"]\nfrom = "09:00"\nto = "10:00"',
        "warning",
        "fixed-timezone",
        "2:12",
        'did you mean "Pacific/Honolulu"?',
    ),
    (
        "a fixed zone for everybody",
        '[settings]\ntimezone = "EST"',
        "warning",
        "fixed-timezone",
        "2:12",
        "America/New_York",
    ),
    (
        "a maintenance of an unknown service",
        '[[maintenance]]\nservices = ["wbe"]\nstart = 2026-12-05T22:00:00\nfor = "2h"',
        "error",
        "unknown-reference",
        "2:13",
        '"web"',
    ),
    (
        "a maintenance of nothing",
        '[[maintenance]]\nservices = []\nstart = 2026-12-05T22:00:00\nfor = "2h"',
        "error",
        "bad-value",
        "2:12",
        "services",
    ),
    (
        "a maintenance without an end",
        '[[maintenance]]\nservices = ["web"]\nstart = 2026-12-05T22:00:00\nfor = "1d"\nevery = "1d"',
        "error",
        "maintenance-without-end",
        "5:9",
        "shorter",
    ),
    (
        "a maintenance of no length",
        '[[maintenance]]\nservices = ["web"]\nstart = 2026-12-05T22:00:00',
        "error",
        "missing-key",
        "1:1",
        "for",
    ),
    (
        "a maintenance with an offset",
        '[[maintenance]]\nservices = ["web"]\nstart = 2026-12-05T22:00:00Z\nfor = "2h"',
        "error",
        "wrong-type",
        "3:9",
        "timezone",
    ),
    (
        "a key of maintenance misspelt",
        '[[maintenance]]\nservices = ["web"]\nstart = 2026-12-05T22:00:00\nfor = "2h"\nevry = "1w"',
        "error",
        "unknown-key",
        "5:1",
        '"every"',
    ),
    (
        "a maintenance as one table",
        '[maintenance]\nservices = ["web"]',
        "error",
        "wrong-type",
        "1:2",
        "[[maintenance]]",
    ),
    (
        "an unknown timezone",
        '[people.b]\ntimezone = "Europe/Londn"\ncontact = { email = "b@x" }',
        "error",
        "unknown-timezone",
        "2:12",
        '"Europe/London"',
    ),
    (
        "a nudge's key on an automatic rule",
        '[[rules]]\nname = "r"\nwhen = {}\npage = ["lead"]\nexpires = "5m"',
        "error",
        "nudge-only",
        "5:1",
        "nudge",
    ),
    (
        "a rule that does nothing",
        '[[rules]]\nname = "r"\nwhen = {}',
        "error",
        "rule-without-action",
        "1:1",
        "involve",
    ),
    (
        "a severity above the gravest",
        '[[rules]]\nname = "r"\nwhen = { severity = ">critical" }\npage = ["lead"]',
        "error",
        "never-true",
        "3:21",
        "critical",
    ),
    (
        "an empty list of services",
        '[[rules]]\nname = "r"\nwhen = { service = [] }\npage = ["lead"]',
        "error",
        "never-true",
        "3:20",
        "leave",
    ),
    (
        "just risen, and for ten minutes",
        '[[rules]]\nname = "r"\nwhen = { raised = true, at_severity_for = "10m" }\npage = ["lead"]',
        "error",
        "never-true",
        "3:43",
        "leave out",
    ),
    (
        "a label with two values",
        '[[rules]]\nname = "r"\nwhen = { label = ["a=1", "a=2"] }\npage = ["lead"]',
        "error",
        "never-true",
        "3:18",
        "two",
    ),
    (
        "raised = false",
        '[[rules]]\nname = "r"\nwhen = { raised = false }\npage = ["lead"]',
        "error",
        "bad-value",
        "3:19",
        "leave",
    ),
    (
        "raising to where it is",
        '[[rules]]\nname = "r"\nwhen = { severity = ">=major" }\nraise_to = "major"',
        "warning",
        "never-true",
        "4:12",
        "graver",
    ),
    (
        "two rules of one name",
        '[[rules]]\nname = "r"\nwhen = {}\npage = ["lead"]\n[[rules]]\nname = "r"\nwhen = {}\npage = ["lead"]',
        "error",
        "duplicate",
        "6:8",
        "keep one",
    ),
    (
        "a gateway without {to}",
        '[gateways.g]\nurl = "json://x.example"',
        "error",
        "gateway-without-to",
        "2:7",
        "{to}",
    ),
    (
        "a reference that never ends",
        '[gateways.g]\nurl = "json://${TOKEN/{to}"',
        "error",
        "bad-reference",
        "2:7",
        "${NAME}",
    ),
    (
        "a relative secret file",
        '[gateways.g]\nurl = "json://${file:token}/{to}"',
        "error",
        "bad-reference",
        "2:7",
        "${file:/path}",
    ),
    (
        "an endless attempt",
        '[gateways.g]\nurl = "json://x/{to}"\ntimeout = "1h"',
        "error",
        "bad-duration",
        "3:11",
        "20s",
    ),
    (
        "a placeholder misspelt",
        '[messages]\ntitle = "{titel}"',
        "error",
        "bad-placeholder",
        "2:9",
        '"{title}"',
    ),
    (
        "a placeholder that reaches inside",
        '[messages]\ntitle = "{title.__class__}"',
        "error",
        "bad-placeholder",
        "2:9",
        '"{title}"',
    ),
    (
        "a placeholder with an index",
        '[messages]\nbody = "{services[0]}"',
        "error",
        "bad-placeholder",
        "2:8",
        '"{services}"',
    ),
    (
        "a placeholder with a format",
        '[messages]\nshort = "{id:>{level}}"',
        "error",
        "bad-placeholder",
        "2:9",
        '"{id}"',
    ),
    ("a brace alone", '[messages]\nshort = "{"', "error", "bad-placeholder", "2:9", "{{"),
    (
        "an expectation of a moment that is none",
        '[[expect]]\nservice = "web"\nat = "someday"\nreaches = "team:ops"',
        "error",
        "bad-value",
        "3:6",
        "sun 03:00",
    ),
    (
        "an expectation of nobody",
        '[[expect]]\nservice = "web"\nat = "sun 03:00"\nreaches = "ana"',
        "error",
        "bad-target",
        "4:11",
        "person:ID",
    ),
    (
        "a circle of dependencies",
        '[services.a]\nteam = "ops"\ndepends_on = ["b"]\n[services.b]\nteam = "ops"\ndepends_on = ["a"]',
        "warning",
        "dependency-cycle",
        "6:15",
        "leave",
    ),
    (
        "a keyword of two teams",
        '[services.a]\nteam = "ops"\nkeywords = ["Log In"]\n[services.b]\nteam = "two"\nkeywords = ["log  in"]\n[teams.two]\nmembers = ["ana"]\npolicy = "p"',
        "warning",
        "keyword-twice",
        "6:13",
        "precise",
    ),
    ("a person without any contact", "[people.b]\nname = 'B'", "warning", "no-address", "1:9", "contact"),
    (
        "a person without an address for a step",
        '[gateways.sms]\nurl = "json://x/{to}"\n[people.b]\ncontact = { email = "b@x" }\nnotify.low = [ { via = ["sms"] } ]',
        "warning",
        "no-address",
        "4:11",
        "sms",
    ),
    (
        "a lead that a team lacks",
        '[teams.two]\nmembers = ["ana"]\n[policies.q]\nlevels = [ { notify = ["lead:two"] } ]',
        "warning",
        "reaches-nobody",
        "4:24",
        "name someone",
    ),
    (
        "a schedule without rotation",
        "[schedules.s]\n",
        "warning",
        "schedule-without-rotation",
        "1:12",
        "rotations",
    ),
    (
        "two people with one login",
        '[people.b]\nlogin = "x"\ncontact = { email = "b@x" }\n[people.c]\nlogin = "x"\ncontact = { email = "b@x" }',
        "warning",
        "login-twice",
        "5:9",
        "one person",
    ),
    (
        "a password in a URL",
        '[gateways.g]\nurl = "mailtos://me:hunter2@x.example?to={to}"',
        "warning",
        "literal-secret",
        "2:7",
        "${NAME}",
    ),
    (
        "a token in a heartbeat",
        '[heartbeat]\nurl = "https://hc.example/8f14e45f-ceea-467f-9575-1de4c5e1d4f2"',
        "warning",
        "literal-secret",
        "2:7",
        "${NAME}",
    ),
    ("not TOML", "[services.a]\nteam = ops", "error", "syntax", "2:8", "quotes"),
    ("half-written", '[services.a]\nteam = "op', "error", "syntax", "2:11", "quotes"),
    ("a table twice in a file", "[teams.a]\n[people.z]\n[teams.a]", "error", "duplicate", "3:8", "keep one"),
    ("a key twice in a table", '[teams.a]\nname = "A"\nname = "B"', "error", "duplicate", "3:1", "keep one"),
    ("a table of another file", '[teams.ops]\npolicy = "p"', "error", "duplicate", "1:8", "keep one"),
    ("a number of 5,000 digits", "[limits]\nmessages = " + "9" * 5000, "error", "syntax", "2:12", ""),
]


@pytest.mark.parametrize(
    ("about", "text", "level", "code", "place", "hint"), MISTAKES, ids=[row[0] for row in MISTAKES]
)
def test_a_mistake_is_told_with_its_place(
    tmp_path: Path, about: str, text: str, level: str, code: str, place: str, hint: str
) -> None:
    found = [
        each
        for each in problems_of(tmp_path, base=SMALLEST, more=text)
        if each.code == code and each.place.file == "more.toml"
    ]
    assert found, problems_of(tmp_path)
    problem = found[0]
    assert (problem.level, f"{problem.place.line}:{problem.place.column}") == (level, place)
    assert hint in problem.hint
    shown = render(problem).splitlines()
    assert shown[0].startswith(f"more.toml:{place}: {level}[{code}]: ")
    assert shown[2].strip() == "^"


def test_one_mistake_causes_no_second_complaint(tmp_path: Path) -> None:
    for about, text, *_ in MISTAKES:
        errors = [each for each in problems_of(tmp_path, base=SMALLEST, more=text) if each.level == "error"]
        assert len(errors) <= 1, (about, errors)


def test_everything_is_told_at_once_and_across_files(tmp_path: Path) -> None:
    problems = problems_of(
        tmp_path,
        a='[services.web]\nteam = "opps"\ntier = "1"\nkeyword = []\n[teams.ops]\nmembers = []\n',
        b='[policies.p]\nlevels = [ { notify = ["oncall"], wait = 5 } ]\n[schedules.s]\nrotations = [ { members = [] } ]\n',
        c="broken = ",
    )
    assert {each.code for each in problems} >= {
        "unknown-reference",
        "wrong-type",
        "unknown-key",
        "bad-target",
        "bad-duration",
        "syntax",
        "empty-rotation",
    }
    assert [(each.place.file, each.place.line, each.place.column) for each in problems] == sorted(
        (each.place.file, each.place.line, each.place.column) for each in problems
    )


def test_what_a_broken_file_seems_to_define_is_not_missed_elsewhere(tmp_path: Path) -> None:
    problems = problems_of(
        tmp_path, a='[services.web]\nteam = "ops"\n', b='[teams.ops]\npolicy = "p"\n[people.ana]\nname = "A'
    )
    assert [each.code for each in problems] == ["syntax"]


def test_an_id_defined_twice_names_both_places(tmp_path: Path) -> None:
    problem = next(
        each
        for each in problems_of(tmp_path, base=SMALLEST, extra="\n[people.ana]\ncontact = {}")
        if each.code == "duplicate"
    )
    assert (problem.place.file, problem.place.line) == ("extra.toml", 2)
    assert "base.toml:11" in problem.message


def test_the_summary_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text('[services.a]\nteam = "x"\ntier = "1"\n')
    with pytest.raises(
        InvalidConfiguration, match=r"^a\.toml:2:8: there is no team \"x\" \(and 1 more\)$"
    ) as raised:
        load(tmp_path)
    assert raised.value.exit_code == 3


@pytest.mark.parametrize("text", ['url = "mailto://u:{}@h', "[gateways.g]\nurl = mailto://u:{}@h?to={{to}}",
                                  '[gateways.g]\npasword = "{}"\nurl = "json://h/{{to}}"', '[gateways]\ng = {{ url = "json://u:{}@h", txt = "short" }}',
                                  '[gateways.g]\nurl = "json://u:{}@h/{{to}}/${{"', "[gateways.g]\nurl = ['{}']", '[heartbeat]\nurl = "ftp://h/{}"',
                                  '[gateways.g]\ntoken = {}', '[gateways.g]\nurl = "json://u:{}@h/{{to}}"'])  # fmt: skip
def test_a_secret_written_into_a_gateway_is_not_printed(tmp_path: Path, text: str) -> None:
    canary = "Kanarienvogel77x"
    problems = problems_of(tmp_path, a=text.format(canary))
    assert problems
    for problem in problems:
        assert canary not in render(problem) + repr(problem)


def test_a_line_that_would_harm_the_terminal_is_shown_harmlessly(tmp_path: Path) -> None:
    text = '[services.a]\nteam = "x\\u001b" # \u202e \x9b \u200b\tß 語 \u2028'
    problem = next(each for each in problems_of(tmp_path, a=text) if each.code == "unknown-reference")
    shown = render(problem)
    assert "\\u202e \\x9b \\u200b ß 語 \\u2028" in shown
    assert all(char == "\n" or char.isprintable() for char in shown)
    assert render(Problem(ERROR, "x", "\ud800", "\x07", Place("\udcff.toml", 1, 2, "語語x"))).encode()


BYTES: list[tuple[str, bytes, str | None]] = [
    ("a byte order mark", b"\xef\xbb\xbf" + SMALLEST.encode(), None),
    ("CRLF", SMALLEST.replace("\n", "\r\n").encode(), None),
    ("Latin-1", b'[services.a]\nname = "caf\xe9"\n', "a.toml:2:12: not-utf8"),
    ("UTF-16", "x = 1\n".encode("utf-16"), "a.toml:1:1: not-utf8"),
    ("NUL", b"x = \0", "a.toml:1:5: syntax"),
    ("deep lists", b"x = " + b"[" * 100_000, "a.toml:1:37: too-deep"),
    ("deep tables", b"x = " + b"{a=" * 100_000, "a.toml:1:101: too-deep"),
    ("huge", b"#" * (5 * 1024 * 1024 + 1), "a.toml:0:0: too-large"),
    ("a merge conflict", b"<<<<<<< HEAD\n", "a.toml:1:1: syntax"),
]


@pytest.mark.parametrize(("about", "data", "expected"), BYTES, ids=[row[0] for row in BYTES])
def test_any_bytes_are_understood_or_refused(
    tmp_path: Path, about: str, data: bytes, expected: str | None
) -> None:
    (tmp_path / "a.toml").write_bytes(data)
    errors = [each for each in problems_of(tmp_path) if each.level == "error"]
    assert [f"{each.place.file}:{each.place.line}:{each.place.column}: {each.code}" for each in errors] == (
        [] if expected is None else [expected]
    )


def test_an_emptied_configuration_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.toml").touch()
    with pytest.raises(InvalidConfiguration, match="the configuration is empty"):
        load(tmp_path)


def test_a_configuration_of_little_is_fine_and_warned_about(tmp_path: Path) -> None:
    (tmp_path / "a.toml").touch()
    (tmp_path / "b.toml").write_text('[gateways.g]\nurl = "json://h/{to}"\n')
    loaded = load(tmp_path)
    assert isinstance(loaded, Loaded)
    assert [each.code for each in loaded.problems] == ["fallback-missing"]
    assert [each.id for each in loaded.catalog.severities] == ["minor", "major", "critical"]
    assert loaded.catalog.settings.default_severity == "major"


def test_what_is_not_a_file_is_never_opened(tmp_path: Path) -> None:
    (tmp_path / "base.toml").write_text(SMALLEST)
    os.mkfifo(tmp_path / "fifo.toml")
    (tmp_path / "directory.toml").mkdir()
    (tmp_path / ".hidden.toml").write_text("broken =")
    assert [(each.place.file, each.code, each.level) for each in problems_of(tmp_path)] == [
        ("directory.toml", "not-a-file", "warning"), ("fifo.toml", "not-a-file", "warning")]  # fmt: skip
    (tmp_path / "dangling.toml").symlink_to(tmp_path / "nowhere")
    assert ("dangling.toml", "unreadable", "error") in [
        (each.place.file, each.code, each.level) for each in problems_of(tmp_path)
    ]


def test_nothing_to_read_says_where_and_what_to_do(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "missing"):
        with pytest.raises(ConfigurationProblem, match=re.escape(str(path))) as raised:
            load(path)
        assert "escalate init" in raised.value.hint
    with pytest.raises(ConfigurationProblem):
        load(tmp_path / "a\0b")


def test_no_more_than_a_thousand_of_what_every_incident_is_held_against_are_read(tmp_path: Path) -> None:
    rule = '[[rules]]\nname = "r{}"\nwhen = {{ severity = "major" }}\ninform = ["lead"]\n'
    texts = {
        "a": SMALLEST + "".join(rule.format(number) for number in range(600)),
        "b": "".join(rule.format(number) for number in range(600, 1000)),
    }
    assert [each for each in problems_of(tmp_path, **texts) if each.level == "error"] == []
    texts["b"] += rule.format("one more")
    (found,) = [each for each in problems_of(tmp_path, **texts) if each.level == "error"]
    assert (found.place.file, found.place.line, found.code) == ("b.toml", 1601, "too-many")
