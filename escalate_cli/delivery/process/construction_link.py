"""The parent's end of `construction`. It runs in a process of its own, since Apprise and its
plugins are slow, and other people's code.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Sequence
from typing import Any

from escalate_cli.processes import starting

_MODULE = "escalate_cli.delivery.process.construction"
_LONGEST = 30.0
"""seconds"""


def ask(questions: Sequence[dict[str, Any]]) -> list[dict[str, Any]] | None:
    """The answers of `construction.examine`, in order; None where the process failed or took too long."""
    question = json.dumps(questions).encode()
    try:
        answers = json.loads(starting.ask_process(_MODULE, "answer_questions", question, _LONGEST))
    except (OSError, ValueError, subprocess.SubprocessError):
        return None
    return answers if isinstance(answers, list) and len(answers) == len(questions) else None
