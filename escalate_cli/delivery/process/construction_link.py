"""The parent's end of `construction`. It runs in a process of its own, since Apprise and its
plugins are slow, and other people's code.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from typing import Any

_CODE = (
    "import sys; sys.path[:] = sys.argv[1:]; from escalate_cli.delivery.process.construction import"
    " answer_questions; answer_questions()"
)
_LONGEST = 30.0
"""seconds"""


def ask(questions: Sequence[dict[str, Any]]) -> list[dict[str, Any]] | None:
    """The answers of `construction.examine`, in order; None where the process failed or took too long."""
    options = ["-I"] + (["-B"] if sys.dont_write_bytecode else [])
    try:
        ran = subprocess.run(
            [sys.executable, *options, "-W", "ignore", "-c", _CODE, *sys.path],
            input=json.dumps(questions).encode(),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=_LONGEST,
            check=True,
        )
        answers = json.loads(ran.stdout)
    except (OSError, ValueError, subprocess.SubprocessError):
        return None
    return answers if isinstance(answers, list) and len(answers) == len(questions) else None
