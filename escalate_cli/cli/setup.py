"""Setting escalate up: the starter, the check, the schema, completions, and what makes the clock tick."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from escalate_cli.cli.frame import problem_data
from escalate_cli.cli.render import Answer
from escalate_cli.context import Context
from escalate_cli.errors import ConfigurationProblem, ExitCode, UsageProblem


def init(
    context: Context,
    directory: Annotated[str | None, typer.Argument(metavar="[DIR]", help="Where; your configuration directory otherwise")] = None,
) -> Answer:
    """Write a starter configuration, with comments, and create the database. What exists is never overwritten."""
    from escalate_cli.config.find import find_config, find_db
    from escalate_cli.config.starter import files
    from escalate_cli.installation import local_zone

    place = Path(directory) if directory else find_config(context.options.config, context.environ)
    existing = sorted(place.glob("*.toml")) if place.is_dir() else [place] if place.exists() else []
    # A file that stands beside others is read together with them: a starter added to somebody's own configuration would break it.
    written = [] if existing else _write(place, files(local_zone(context.environ)))
    database = find_db(context.options.db, context.environ)
    context.store.close()  # asking for it has created it
    data = {
        "directory": str(place),
        "written": [str(path) for path in written],
        "existing": [str(path) for path in existing],
        "database": str(database),
    }
    lines = [f"written   {path}" for path in written] + [f"left as it is   {path}" for path in existing] + [f"database  {database}"]
    named = f" --config {place}" if directory else ""
    lines += [
        "",
        "Next:",
        f"  1. put your people, teams and services into {place}",
        f"  2. escalate check{named}",
        f"  3. escalate cron{named}    what to install so that time passes: without it nobody is escalated to",
        f'  4. escalate route "cannot log in"{named}    who would be paged',
    ]
    return Answer(data, "\n".join(lines), acted=True)


def _write(place: Path, texts: dict[str, str]) -> list[Path]:
    try:
        place.mkdir(parents=True, exist_ok=True)
        written = []
        for name, text in texts.items():
            with open(place / name, "x", encoding="utf-8") as file:
                file.write(text)
            written.append(place / name)
    except OSError as error:
        hint = "name a directory that you may write to: escalate init DIR"
        raise ConfigurationProblem(f"cannot write {error.filename or place}: {error.strerror}", hint, code="cannot-write") from None
    return written


def check(
    context: Context,
    strict: Annotated[bool, typer.Option("--strict", help="Warnings are failures too")] = False,
) -> Answer:
    """Validate the configuration: every problem at once, each with its place. Exit 3 when there are errors."""
    from escalate_cli.config.load import load
    from escalate_cli.config.problems import ERROR, InvalidConfiguration, render

    try:
        problems = load(context.config_path).problems
    except InvalidConfiguration as error:
        problems = error.problems
    errors = sum(problem.level == ERROR for problem in problems)
    warnings = len(problems) - errors
    ok = not errors and not (strict and warnings)
    blocks = [render(problem) for problem in problems]
    counts = [f"{count} {word}{'s' * (count != 1)}" for count, word in ((errors, "error"), (warnings, "warning")) if count]
    blocks.append(f"{context.config_path}: {' and '.join(counts) or 'no problems'}")
    data = {"ok": ok, "problems": [problem_data(problem) for problem in problems]}
    return Answer(data, "\n\n".join(blocks), ExitCode.DONE if ok else ExitCode.CONFIGURATION)


def schema(context: Context) -> Answer:
    """Print the JSON Schema of the configuration, for editors that check TOML as you type."""
    from escalate_cli.config.schema import json_schema

    return Answer(json_schema())


def completion(context: Context, shell: Annotated[str, typer.Argument(metavar="SHELL", help="bash, zsh or fish")]) -> Answer:
    """Print the completion script of a shell. For bash: eval "$(escalate completion bash)" in ~/.bashrc."""
    from escalate_cli.installation import completion_script

    try:
        script = completion_script(shell)
    except KeyError:
        raise UsageProblem(f'no completion for the shell "{shell}"', "there is bash, zsh and fish") from None
    return Answer({"shell": shell, "script": script}, script)


def cron(context: Context) -> Answer:
    """Print what to install so that time passes: a crontab line, or systemd units for `watch` or for `tick`."""
    from escalate_cli.config.find import find_db
    from escalate_cli.installation import crontab, this_command, units

    paths = ("--config", str(context.config_path.absolute()), "--db", str(find_db(context.options.db, context.environ).absolute()))
    command = [*this_command(), *paths]
    data: dict[str, Any] = {"crontab": crontab(command), "systemd": units(command)}
    blocks = ["# One of these three is enough; two do no harm.\n\n# 1. crontab -e", data["crontab"], ""]
    for name, text in data["systemd"].items():
        blocks += [f"# ~/.config/systemd/user/{name}", text]
    blocks.append(
        "# Enable one:  systemctl --user enable --now escalate-watch.service   (or escalate-tick.timer)\n"
        "# and let it run while you are logged out:  loginctl enable-linger"
    )
    return Answer(data, "\n".join(blocks))
