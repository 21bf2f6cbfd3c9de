"""Services that depend on each other in a circle, found in time that grows with the size of the
configuration and no faster.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from escalate_cli.config.compile.draft import Draft
from escalate_cli.core.wording.problem import WARNING, Problem

_MOST_TOLD = 100
"""circles that are told; whoever has more begins with these"""
_FIRST_NAMED, _LAST_NAMED = 8, 3
"""services that are named of a long circle, from its beginning and its end"""


def check_circles(draft: Draft) -> Iterator[Problem]:
    """A warning for each dependency that closes a circle."""
    needs = {name: service.depends_on for name, service in draft.catalog.services.items()}
    for told, (last, number, circle) in enumerate(_closing(needs)):
        if told == _MOST_TOLD:
            return
        yield draft.gathered.by_id["services"][last].problem(
            ("depends_on", number),
            WARNING,
            "dependency-cycle",
            f"services depend on each other in a circle: {circle}",
            "leave one of these dependencies out",
        )


def _closing(needs: Mapping[str, tuple[str, ...]]) -> Iterator[tuple[str, int, str]]:
    """Each dependency that leads back to where the walk came from: whose, the number among theirs,
    and the circle in words.

    Every service is entered once and every dependency followed once: what was left for good is in no
    circle that is not told yet.
    """
    left: set[str] = set()
    for start in needs:
        if start in left:
            continue
        way, place = [start], {start: 0}
        open_ends = [enumerate(needs[start])]
        while way:
            for number, name in open_ends[-1]:
                if name in place:
                    yield way[-1], number, _circle(way, place[name])
                elif name in needs and name not in left:
                    place[name] = len(way)
                    way.append(name)
                    open_ends.append(enumerate(needs[name]))
                    break
            else:
                open_ends.pop()
                left.add(way[-1])
                del place[way.pop()]


def _circle(way: list[str], begin: int) -> str:
    length = len(way) - begin
    if length <= _FIRST_NAMED + _LAST_NAMED + 1:
        named = way[begin:]
    else:
        rest = length - _FIRST_NAMED - _LAST_NAMED
        named = [*way[begin : begin + _FIRST_NAMED], f"({rest:,} more)", *way[-_LAST_NAMED:]]
    return " → ".join([*named, way[begin]])
