"""What to install around escalate: crontab lines, systemd units, shell completions; and what this
machine says of itself.
"""

from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from escalate_cli.core.calendar.hours import zone


def this_command() -> list[str]:
    """The words that start this very escalate, from anywhere: its absolute path, or this Python with `-m`."""
    started = Path(sys.argv[0])
    if started.name == "escalate" and started.is_file():
        return [str(started.absolute())]
    return [sys.executable, "-m", "escalate_cli"]


def crontab(command: Sequence[str]) -> str:
    """A crontab line that ticks every minute. cron reads `%` as a line end, so it is escaped."""
    return f"* * * * * {shlex.join([*command, 'tick'])}".replace("%", "\\%")


def units(command: Sequence[str]) -> dict[str, str]:
    """systemd user units by file name: a service for `watch`; a timer and its service for `tick`."""
    watch, tick = (" ".join(_systemd_word(word) for word in [*command, verb]) for verb in ("watch", "tick"))
    secrets = (
        "# Values of the ${NAME} in the configuration, one NAME=value a"
        " line:\nEnvironmentFile=-%h/.config/escalate/secrets.env\n"
    )
    return {
        "escalate-watch.service": (
            "[Unit]\nDescription=escalate: page whoever is due\n\n"
            f"[Service]\nType=notify\nWatchdogSec=2min\nExecStart={watch}\nRestart=always\nRestartSec=5\n{secrets}\n[Install]\nWantedBy=default.target\n"
        ),
        "escalate-tick.service": (
            # A pass that hangs would hold up all later ones: systemd starts no second one beside it.
            "[Unit]\nDescription=escalate: one"
            f" pass\n\n[Service]\nType=oneshot\nExecStart={tick}\nTimeoutStartSec=10min\n{secrets}"
        ),
        "escalate-tick.timer": (
            "[Unit]\nDescription=escalate: one pass a minute\n\n"
            "[Timer]\nOnCalendar=*:*:00\nPersistent=true\nAccuracySec=1s\n\n[Install]\nWantedBy=timers.target\n"
        ),
    }


def installation_steps(crontab: str, units: Mapping[str, str]) -> str:
    """The crontab line and the units (by file name), as three numbered choices that say what to
    type and where secrets go.
    """
    watch, tick = (
        {name: text for name, text in units.items() if name.startswith(f"escalate-{verb}")}
        for verb in ("watch", "tick")
    )
    parts = [
        "# One of these three is enough; two do no harm. None of them knows the environment of your shell:",
        (
            "# put the values of the ${NAME} in the configuration into ~/.config/escalate/secrets.env, as"
            " lines NAME='value':"
        ),
        (
            "#    mkdir -p ~/.config/escalate; touch ~/.config/escalate/secrets.env; chmod 600"
            " ~/.config/escalate/secrets.env"
        ),
        "",
        "# 1. cron: one pass a minute",
        (
            "#    crontab -e, and add this line. Secrets: write this before the command in it:  set -a; ."
            " ~/.config/escalate/secrets.env;"
        ),
        crontab,
        "",
        *_systemd_steps("2. systemd, a service: passes for ever", watch, "escalate-watch.service"),
        *_systemd_steps("3. systemd, a timer: one pass a minute", tick, "escalate-tick.timer"),
        "# 2 and 3 end when you log out, unless you type once:",
        "#    loginctl enable-linger",
    ]
    return "\n".join(parts)


def _systemd_steps(heading: str, files: Mapping[str, str], enabled: str) -> list[str]:
    return [
        f"# {heading}",
        "#    mkdir -p ~/.config/systemd/user",
        "#    Secrets: ~/.config/escalate/secrets.env is read as it is.",
        *(f"# ~/.config/systemd/user/{name}\n{text}" for name, text in files.items()),
        "#    systemctl --user daemon-reload",
        f"#    systemctl --user enable --now {enabled}",
        "",
    ]


def _systemd_word(word: str) -> str:
    """A word of ExecStart: `%` and `$` mean something to systemd; spaces and quotes need quoting."""
    doubled = word.replace("%", "%%").replace("$", "$$")
    if any(character in doubled for character in " \t\"'\\;"):
        return '"' + doubled.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return doubled


def local_zone(environ: Mapping[str, str]) -> str:
    """The IANA name of this machine's time zone; "UTC" when it does not say."""
    try:
        link = os.readlink("/etc/localtime")
    except OSError:
        link = ""
    for name in (environ.get("TZ", "").removeprefix(":"), link.partition("zoneinfo/")[2]):
        try:
            if name:
                return zone(name).key
        except ValueError:
            continue
    return "UTC"
