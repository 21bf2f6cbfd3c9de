"""Problems as SARIF 2.1.0, for code review."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from urllib.parse import quote

from escalate_cli import __version__
from escalate_cli.core.wording.problem import Problem
from escalate_cli.views import Data


def sarif_data(problems: Sequence[Problem], path: Path) -> Data:
    """The problems as SARIF 2.1.0, for code review. Files are named from the working directory
    where they lie below it.
    """
    codes = list(dict.fromkeys(problem.code for problem in problems))
    results = [
        {
            "ruleId": problem.code,
            "ruleIndex": codes.index(problem.code),
            "level": problem.level.value,
            "message": {
                "text": f"{problem.message}. Hint: {problem.hint}" if problem.hint else problem.message
            },
            "locations": [{"physicalLocation": _location(problem, path)}],
        }
        for problem in problems
    ]
    rules = [{"id": code, "shortDescription": {"text": code.replace("-", " ")}} for code in codes]
    driver = {"name": "escalate", "version": __version__, "rules": rules}
    return {
        "$schema": "https://json.schemastore.org/sarif_data-2.1.0.json",
        "version": "2.1.0",
        "runs": [{"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}],
    }


def _location(problem: Problem, path: Path) -> Data:
    file = (path / problem.place.file if path.is_dir() else path).absolute()
    below = file.is_relative_to(Path.cwd())
    uri = quote(file.relative_to(Path.cwd()).as_posix()) if below else file.as_uri()
    location: Data = {"artifactLocation": {"uri": uri}}
    if problem.place.line:
        location["region"] = {"startLine": problem.place.line, "startColumn": max(problem.place.column, 1)}
    return location
