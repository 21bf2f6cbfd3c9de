"""Whatever a configuration holds, it is understood or refused with places; nothing else comes out."""

from __future__ import annotations

import tomllib  # noqa: TID253
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import tomli_w
from hypothesis import given, settings
from hypothesis import strategies as st

from escalate_cli.config.files.sources import Content
from escalate_cli.config.load import LoadedConfiguration, compile_contents
from escalate_cli.config.problems import InvalidConfiguration, render

EVERYTHING = sorted((Path(__file__).parents[2] / "examples" / "everything").glob("*.toml"))
WHOLE = tomllib.loads("\n".join(path.read_text() for path in EVERYTHING))
ODD = st.sampled_from(
    [0, -1, 10**30, 1.5, True, "", "x", ":", "person:", "on-call:x", "!", "{", "{to}", "${", "json://{to}",
     "1w", "sun 03:00", "\0\u202e", "é" * 5000, [], [[]], [{}], {}, {"a": 1}, {"": ""}, [""], [1],
     date(1, 1, 1), time(0), datetime(9999, 12, 31), datetime.fromisoformat("2026-01-01T00:00:00+14:00")]
)  # fmt: skip


def changed(value: Any, draw: st.DataObject) -> Any:
    """`value` with one thing in it replaced, removed or renamed."""
    if not isinstance(value, (dict, list)) or not value or draw.draw(st.integers(0, 5)) == 0:
        return draw.draw(ODD)
    copy: Any = value.copy()
    key = (
        draw.draw(st.sampled_from(sorted(copy)))
        if isinstance(copy, dict)
        else draw.draw(st.integers(0, len(copy) - 1))
    )
    what = draw.draw(st.integers(0, 9))
    if what == 0:
        del copy[key]
    elif what == 1 and isinstance(copy, dict):
        copy[draw.draw(st.sampled_from(["", "x", key + "x", "é:"]))] = copy.pop(key)
    else:
        copy[key] = changed(copy[key], draw)
    return copy


def outcome(data: bytes) -> LoadedConfiguration | InvalidConfiguration:
    try:
        return compile_contents([Content("a.toml", data)])
    except InvalidConfiguration as invalid:
        return invalid


@settings(max_examples=120, deadline=None)
@given(st.data())
def test_odd_values_in_odd_places(draw: st.DataObject) -> None:
    value = WHOLE
    for _ in range(draw.draw(st.integers(1, 4))):
        value = changed(value, draw)
        if not isinstance(value, dict):
            return
    found = outcome(tomli_w.dumps(value).encode())
    for problem in found.problems:
        assert problem.place.file == "a.toml"
        assert problem.place.line > 0 or problem.code == "fallback-missing"
        assert render(problem).count("\n") <= 3
        assert "microseconds" not in problem.message


@settings(max_examples=120, deadline=None)
@given(st.data())
def test_files_cut_anywhere_and_garbled(draw: st.DataObject) -> None:
    data = draw.draw(st.sampled_from(EVERYTHING)).read_bytes()
    start = draw.draw(st.integers(0, len(data)))
    end = draw.draw(st.integers(start, min(start + 40, len(data))))
    for problem in outcome(data[:start] + draw.draw(st.binary(max_size=3)) + data[end:]).problems:
        assert render(problem)
    outcome(data[:start])
