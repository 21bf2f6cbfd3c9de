"""Writes the topic `reference` of the guide from the code: commands, exit codes, the schema, enums.

python -m tests.reference_page
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from enum import Enum
from itertools import pairwise
from pathlib import Path
from typing import Any

from escalate_cli.cli.commands.guide import explained
from escalate_cli.cli.index import COMMANDS
from escalate_cli.cli.parser import global_parameters
from escalate_cli.config.schema.json_schema import json_schema
from escalate_cli.core.organisation import policy
from escalate_cli.core.organisation.policy import TargetKind
from escalate_cli.core.wording.placeholders import PLACEHOLDERS
from escalate_cli.errors import ExitCode
from escalate_cli.views.guide import Option
from tests import completion_table
from tests.pages import PAGES
from tests.sources import PACKAGE

Schema = Mapping[str, Any]

MESSAGES = {
    "severity": "the severity's id",
    "id": "the incident's number",
    "title": "its title",
    "message": "what happened, where the message tells of an event; else what the reporter added",
    "services": "the names of the services in scope",
    "teams": "the ids of the teams",
    "lead": "the incident lead's name",
    "declared_by": "who reported it",
    "declared_at": "when, in the recipient's time zone",
    "status": "open, acknowledged or resolved",
    "level": "the level that pages",
    "levels": "of how many",
    "because": "why the recipient gets it",
    "next": "who is next and when, if nobody acknowledges",
    "ack": "what to type: `escalate ack 42`",
    "answer": "how to answer: where the gateway has `answers`, what may be sent back; else what to type;"
    " of a nudge `escalate nudge 3 yes` or `no`; of a digest, for all of it",
    "code": "what is typed behind a word where several pages wait; empty where the gateway does not listen",
    "question": "what a nudge asks: Page Kim Osei?",
    "count": "how many incidents a digest tells of",
}
"""what each placeholder is"""


def reference() -> str:
    """The whole page."""
    schema = json_schema()
    parts = [*commands(), *exit_codes(), *configuration(schema), *targets(), *conditions(schema)]
    page = "\n".join([*parts, *actions(schema), *placeholders()])
    return re.sub(r"\n{3,}", "\n\n", page).rstrip("\n") + "\n"


# ── commands ──────────────────────────────────────────────────────────────────────────


def commands() -> Iterator[str]:
    yield "# Reference\n"
    yield ("Look up a command, a key, a target, a condition, a placeholder or an exit code. This page is"
           " made from the")  # fmt: skip
    yield "program itself; [JSON](json.md) has what each command answers with `--json`.\n"
    yield "## Commands\n"
    yield "Options may stand before or after the command's name. These work everywhere:\n"
    yield from rows(
        "option",
        "does",
        *(
            (
                " or ".join(
                    f"`{spelling}{value(option.metavar)}`"
                    for spelling in sorted(option.opts, key=len, reverse=True)
                ),
                option.help or "",
            )
            for option in global_parameters()
        ),
    )
    yield ("Answers go to stdout, talk and errors to stderr. Questions are asked only when stdin and stderr"
           " are terminals.")  # fmt: skip
    yield ("An incident is its number, with or without `#`. A service, team or person is its id or its name;"
           " a person, the")  # fmt: skip
    yield ('login name, too. Moments: `"2026-12-24 09:00"`, `"sun 03:00"`, `"tomorrow 09:00"`, `"+2h"`,'
           " `now`, or with an")  # fmt: skip
    yield ("offset `\"2026-12-24T09:00Z\"`; without one they are in the organisation's time zone"
           " (of `override`: the schedule's).")  # fmt: skip
    heading = ""
    for name, (_, _, _, panel) in COMMANDS.items():
        if panel != heading:
            heading = panel
            yield f"\n### {heading}"
        command = explained(name)
        yield f"\n`escalate {command.usage}`: {one_line(command.text)}\n"
        yield from (option_line(option) for option in command.options)


def value(metavar: str | None) -> str:
    return f" {metavar}" if metavar else ""


def option_line(option: Option) -> str:
    spellings = ", ".join(f"`{name}{value(option.value)}`" for name in option.names)
    more = " (repeatable)" if option.repeatable and "repeatable" not in option.about else ""
    return f"- {spellings}: {option.about}{more}"


def one_line(text: str) -> str:
    return " ".join(text.split())


# ── enums ─────────────────────────────────────────────────────────────────────────────


def meanings(file: Path, enum: type[Enum]) -> dict[str, str]:
    """What stands below each member of an enum in its file."""
    [body] = [
        node.body
        for node in ast.parse(file.read_text(encoding="utf-8")).body
        if isinstance(node, ast.ClassDef) and node.name == enum.__name__
    ]
    found = {}
    for line, below in pairwise(body):
        if (
            isinstance(line, ast.Assign)
            and isinstance(below, ast.Expr)
            and isinstance(below.value, ast.Constant)
        ):
            found[ast.unparse(line.targets[0])] = str(below.value.value)
    return found


def exit_codes() -> Iterator[str]:
    yield "\n## Exit codes\n"
    said = meanings(PACKAGE / "errors.py", ExitCode)
    yield from rows("code", "when", *((str(code.value), said[code.name]) for code in ExitCode))
    yield "An error is one line, `escalate: error: …`, and a line with a hint; with `--json` it is"
    yield '`{"error": {"code", "message", "hint"}}` on stderr. Ctrl-C ends with 130.'


def targets() -> Iterator[str]:
    yield "\n## Targets\n"
    said = meanings(Path(policy.__file__), TargetKind)
    yield from rows("target", "means", *((f"`{kind.value}`", said[kind.name]) for kind in TargetKind))
    yield ("On the command line (`page`, `test-page`) a bare id will do: a person's, a channel's, a"
           " schedule's, or a team's for")  # fmt: skip
    yield "its on-call."


# ── the configuration ─────────────────────────────────────────────────────────────────


BELOW = {
    "AnswerWords": "answers",
    "Step": "notify",
    "Rotation": "schedules.ID",
    "Override": "schedules.ID",
    "Level": "policies.ID",
}
"""tables that are explained under another one's heading"""


def configuration(schema: Schema) -> Iterator[str]:
    yield "\n## Configuration\n"
    yield ("A directory with any number of `*.toml` files, read as one, or a single file. An id that is"
           " defined twice is an")  # fmt: skip
    yield ("error naming both places. `escalate schema > escalate.schema.json` gives editors completion and"
           " checks as you type.")  # fmt: skip
    yield ('Durations are text with units: `"90s"`, `"15m"`, `"1h30m"`, `"2d"`, `"1w"`. Ids are letters,'
           " digits and")  # fmt: skip
    yield "`. _ - @ +`, at most 64, a letter or digit first."
    for name, shape in schema["properties"].items():
        table, heading = table_of(shape), heading_of(name, shape)
        yield f"\n### `{heading}`\n"
        yield f"{schema['$defs'][table]['description']}\n"
        yield from keys(table, schema["$defs"][table])
        for below, above in BELOW.items():
            if f"{above}]" in heading:
                yield f"{BELOW_WORDS[below]}\n"
                yield from keys(below, schema["$defs"][below])


BELOW_WORDS = {
    "AnswerWords": "Words, `[answers.words]`:",
    "Step": 'A step of `high` or `low`, `{ via = ["sms", "email"], after = "2m" }`:',
    "Rotation": "A rotation, `[[schedules.ID.rotations]]`:",
    "Override": "An override, `[[schedules.ID.overrides]]`:",
    "Level": "A level, `[[policies.ID.levels]]`:",
}


def table_of(shape: Schema) -> str:
    """The definition that a key of the whole configuration refers to."""
    [name] = re.findall(r"#/\$defs/(\w+)", str(shape))
    return str(name)


def heading_of(name: str, shape: Schema) -> str:
    if shape.get("type") == "array":
        return f"[[{name}]]"
    return f"[{name}.ID]" if "additionalProperties" in shape else f"[{name}]"


def keys(table: str, shape: Schema) -> Iterator[str]:
    needed = shape.get("required", ())
    yield from rows(
        "key",
        "value",
        "what",
        *(
            (
                f"`{key}`",
                kind(of),
                described(table, key, of) + default(of) + (" (needed)" if key in needed else ""),
            )
            for key, of in shape["properties"].items()
        ),
    )


def described(table: str, key: str, of: Schema) -> str:
    text = of.get("description")
    assert text, f"give the key {key} of {table} a description: the reference is made from it"
    return str(text).replace("|", "\\|")


def default(of: Schema) -> str:
    return f"; `{toml(of['default'])}` if left out" if "default" in of else ""


def toml(thing: object) -> str:
    if isinstance(thing, bool):
        return str(thing).lower()
    return f'"{thing}"' if isinstance(thing, str) else str(thing)


def kind(of: Schema) -> str:
    """What sort of value a key takes."""
    if "anyOf" in of:
        return " or ".join(dict.fromkeys(kind(choice) for choice in of["anyOf"]))
    if "$ref" in of:
        return "a condition" if of["$ref"].endswith("When") else "a table"
    if "enum" in of:
        return ", ".join(f"`{toml(choice)}`" for choice in of["enum"])
    if "const" in of:
        return f"`{str(of['const']).lower()}`"
    if of.get("type") == "boolean":
        return "`true`, `false`"
    if of.get("type") == "array":
        return "a list" if kind(of["items"]) in ("text", "a table") else f"a list: {kind(of['items'])}"
    if of.get("type") == "object":
        return "a table"
    if of.get("type") == "integer":
        bounds = [str(of[bound]) for bound in ("minimum", "maximum") if bound in of]
        return (
            f"a number, {' to '.join(bounds)}" + ("" if len(bounds) == 2 else " or more")
            if bounds
            else "a number"
        )
    pattern = of.get("pattern", "")
    if "[wW]" in pattern:
        return "a duration"
    if "on-call" in pattern:
        return "[targets](#targets)"
    if of.get("format"):
        return {"date-time": "a local date and time", "date": "dates"}[of["format"]]
    examples = [f"`{toml(example)}`" for example in of.get("examples", ()) if isinstance(example, str)]
    return ", ".join(examples) or "text"


def conditions(schema: Schema) -> Iterator[str]:
    yield "\n## Conditions\n"
    yield ("All parts of a `when` must hold. A level asks about its own team, a rule about the incident. A"
           " rule acts when its")  # fmt: skip
    yield "condition becomes true; again only after it was false in between, or every `every`.\n"
    known = schema["$defs"]
    levels = known["LevelWhen"]["properties"]
    yield from rows(
        "key",
        "value",
        "in",
        "holds when",
        *(
            (
                f"`{key}`",
                kind(of),
                "levels, rules" if key in levels else "rules",
                described("a condition", key, of),
            )
            for key, of in known["RuleWhen"]["properties"].items()
        ),
    )
    yield ('A severity may be compared (`">=major"`, `"<critical"`); each may be a list, of which one is'
           " enough (of labels: all).")  # fmt: skip


def actions(schema: Schema) -> Iterator[str]:
    yield "\n## Actions of a rule\n"
    of_rule = schema["$defs"]["Rule"]["properties"]
    yield from rows(
        "key",
        "value",
        "does",
        *(
            (f"`{key}`", kind(of_rule[key]), described("Rule", key, of_rule[key]))
            for key in ("page", "inform", "involve", "raise_to")
        ),
    )
    yield ('Each acts by itself (`mode = "auto"`) or [asks first](policies.md#by-itself-or-ask-first)'
           ' (`mode = "nudge"`).')  # fmt: skip


def placeholders() -> Iterator[str]:
    yield "\n## Messages\n"
    yield ("A page says what is broken, why you, who has been told, who is next and when, and what to type."
           " With `[messages]`")  # fmt: skip
    yield ("you write your own: plain `title`, `body` and `short` are a page's, `nudge.short` and so on a"
           " kind's own; what you")  # fmt: skip
    yield "leave out is built in. Templates hold placeholders and nothing else; `{{` and `}}` are braces.\n"
    yield from rows("placeholder", "is", *((f"`{{{name}}}`", MESSAGES[name]) for name in PLACEHOLDERS))


def rows(*parts: Any) -> Iterator[str]:
    """A table: its heads, then its rows, then an empty line."""
    heads = [part for part in parts if isinstance(part, str)]
    lines: Iterable[tuple[str, ...]] = [part for part in parts if not isinstance(part, str)]
    yield f"| {' | '.join(heads)} |"
    yield f"|{'---|' * len(heads)}"
    yield from (f"| {' | '.join(line)} |" for line in lines)
    yield ""


if __name__ == "__main__":
    PAGES["reference"].write_text(reference(), encoding="utf-8")
    completion_table.TABLE.write_text(completion_table.table(), encoding="utf-8")  # goes with it
    print(f"wrote {PAGES['reference']}", file=sys.stderr)
