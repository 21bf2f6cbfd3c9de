"""Problems that are found later in a checked configuration, with their places in its files."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path as FilePath

import msgspec

from escalate_cli.config.toml.positions import Path
from escalate_cli.core.wording.problem import Problem, ProblemLevel


class UnplacedProblem(msgspec.Struct, frozen=True):
    """A problem with what stands at `path`: a section, an id, and so on: ("people", "ana",
    "contact", "sms").
    """

    path: Path
    level: ProblemLevel
    code: str
    message: str
    hint: str


def put_in_place(path: FilePath, problems: Iterable[UnplacedProblem]) -> list[Problem]:
    """The problems as `check` shows them, in the order of the files at `path`. The files are read
    again: a checked configuration keeps no columns, because they are rarely needed.
    """
    wanted = list(problems)
    if not wanted:
        return []
    from escalate_cli.config.compile.gathering import gather
    from escalate_cli.config.files.sources import find_sources, read
    from escalate_cli.config.toml.parsing import ParsedFile

    tables = gather([ParsedFile(read(source)) for source in find_sources(path)]).by_id
    placed = []
    for problem in wanted:
        section, name, *inside = problem.path
        item = tables.get(str(section), {}).get(str(name))
        if item is None:  # taken out a moment ago
            placed.append(Problem(problem.level, problem.code, problem.message, problem.hint))
        else:
            placed.append(
                item.problem(tuple(inside), problem.level, problem.code, problem.message, problem.hint)
            )
    return sorted(placed, key=lambda problem: problem.place.position)
