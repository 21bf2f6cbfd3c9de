"""Every command by name: where it lives, its line of help, its heading. Nothing here imports a command."""

from __future__ import annotations

# name: (module of escalate_cli.cli.commands, function, one line of help, heading). The order is the order
# of `--help`.
COMMANDS: dict[str, tuple[str, str, str, str]] = {
    "init": ("setup", "init", "Write a starter configuration and the database", "Begin"),
    "demo": ("demo", "demo", "The whole story in under a minute, in a scratch place", "Begin"),
    "help": ("guide", "read_guide", "The guide, a topic at a time, without a network", "Begin"),
    "check": ("check", "check", "Validate the configuration and look for holes in coverage", "Begin"),
    "route": ("routing", "route", "Who would be paged for these words", "Incidents"),
    "declare": ("declaring", "declare", "Declare an incident and page", "Incidents"),
    "run": ("run_job", "run_job", "Run a job: an incident when it fails, over when it works", "Incidents"),
    "update": ("incidents", "update", "Change an incident or add a message", "Incidents"),
    "ack": ("incidents", "ack", "Acknowledge: I am on it", "Incidents"),
    "pass": ("incidents", "pass_", "Not me: somebody else takes it", "Incidents"),
    "resolve": ("incidents", "resolve", "It is over", "Incidents"),
    "reopen": ("incidents", "reopen", "It is not over", "Incidents"),
    "snooze": ("incidents", "snooze", "Hold the paging for a while", "Incidents"),
    "page": ("paging", "page", "Page someone now, by hand", "Incidents"),
    "next": ("paging", "next_level", "Go to the next level now", "Incidents"),
    "reload": ("paging", "reload", "Adopt an edited policy in a running incident", "Incidents"),
    "maintenance": (
        "paging",
        "maintenance",
        "Record incidents on a service but page nobody for a while",
        "Incidents",
    ),
    "alert": ("alert", "alert", "Hand in what a monitor sends", "Incidents"),
    "answer": ("answer", "answer", "Hand in what somebody answered to a page", "Incidents"),
    "nudge": ("paging", "nudge", "List open nudges, answer one", "Incidents"),
    "list": ("listing", "list_incidents", "Incidents", "Look"),
    "show": ("show", "show", "One incident, everything", "Look"),
    "timeline": ("timeline", "timeline", "What happened, in order", "Look"),
    "simulate": ("simulate", "simulate", "Who would be woken when, message by message", "Before the night"),
    "explain": ("explain", "explain", "Why somebody was told, or was not", "Before the night"),
    "diff": ("diff", "diff", "What a change of the configuration changes for people", "Before the night"),
    "replay": ("replay", "replay", "Past incidents through another configuration", "Before the night"),
    "report": (
        "report",
        "report",
        "How soon people were paged and answered, and what it cost them",
        "After the night",
    ),
    "export": (
        "documents",
        "export",
        "The incident as a document that a review can start from",
        "After the night",
    ),
    "import-history": (
        "documents",
        "import_history",
        "Past incidents from a CSV or JSON file",
        "After the night",
    ),
    "lessons": ("lessons", "lessons", "What to change, with evidence and the TOML", "After the night"),
    "tick": ("ticking", "tick", "One pass: page whoever is due", "Time"),
    "watch": ("ticking", "watch", "Passes for ever, with a live board", "Time"),
    "oncall": ("on_call", "oncall", "Who is on call", "On call"),
    "override": ("on_call", "override", "Swap who is on call for a while", "On call"),
    "service list": ("catalog", "service_list", "Services and the teams behind them", "Catalog"),
    "service show": ("catalog", "service_show", "One service: who is behind it and who is paged", "Catalog"),
    "service add": ("service_add", "service_add", "Add a service to the configuration", "Catalog"),
    "team list": ("catalog", "team_list", "Teams and who is on call", "Catalog"),
    "team show": ("catalog", "team_show", "One team: people, schedule, policy, services", "Catalog"),
    "person list": ("catalog", "person_list", "People and how to reach them", "Catalog"),
    "person show": (
        "catalog",
        "person_show",
        "One person: teams, contacts, how they are notified",
        "Catalog",
    ),
    "policy list": ("catalog", "policy_list", "Escalation policies", "Catalog"),
    "policy show": ("catalog", "policy_show", "One policy, its levels in words", "Catalog"),
    "test-page": ("test_page", "test_page", "Send a marked test message", "Care"),
    "backup": ("copies", "backup", "A sound copy of the database", "Care"),
    "restore": ("copies", "restore", "Put a copy of the database back", "Care"),
    "doctor": ("doctor", "doctor", "What is wrong with this installation", "Care"),
    "schema": ("setup", "schema", "JSON Schema of the configuration", "Care"),
    "completion": ("setup", "completion", "Shell completion for bash, zsh or fish", "Care"),
    "cron": ("setup", "cron", "Crontab line and systemd units to install", "Care"),
}

SENDING = frozenset({"declare", "alert", "update", "resolve", "reopen", "page", "next", "test-page"})
"""those that send before they answer"""

WRAPPING = frozenset({"run"})
"""those whose first word that is no option begins a command line of somebody else's"""

FAMILIES = {  # the words that stand before list, show, add
    "service": "Services: list, show, add",
    "team": "Teams: list, show",
    "person": "People: list, show",
    "policy": "Policies: list, show",
}
