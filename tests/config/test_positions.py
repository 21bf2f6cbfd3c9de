"""The scanner finds every key where tomllib read it."""

from __future__ import annotations

import string
import tomllib  # noqa: TID253
from collections.abc import Iterator
from typing import Any

import pytest
import tomli_w
from hypothesis import given
from hypothesis import strategies as st

from escalate_cli.config.toml.positions import Path, scan

TRICKY = '''\
# comment with [brackets] = and "quotes"
top = 1  # [not.a.table]
"quoted key" = 'it\\s' # literal strings know no escapes
a.b . "c.d" = { x = 1, y = [ { z = "}" }, [1, 2, """]"""] ] }
[ table . "sub ]" ] # header
text = """
[fake]
key = "value" \\""" still
"""
more = \'\'\'
[fake]
\'\'\'
quotes = """a""\\""""
dates = [2026-01-05 09:00:00, 2026-01-05T09:00:00Z, 07:32:00]
[[list]]
k = [
  "a", # , ]
  "b",
]
[list.sub]
v = inf
[[list]]
[[list.inner]]
n = 0x1
[[list.inner]]
n = -1e-3
"\\u00e9\\t" = ""
'\\u00e9' = """"q"""
[empty]
'''


def leaves(value: Any, path: Path = ()) -> Iterator[Path]:
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    if path:
        yield path
    for key, each in inside:
        yield from leaves(each, (*path, key))


def check(text: str) -> None:
    found = scan(text)
    expected = set(leaves(tomllib.loads(text)))
    assert set(found.keys) == expected
    assert found.twice == []
    for path in expected:
        if isinstance(path[-1], str):
            offset = found.keys[path]
            written = text[offset:]
            assert written.startswith(path[-1]) or written[0] in "\"'", path
        line, column = found.key(path)
        assert text.split("\n")[line - 1][column - 1 :] == text[found.keys[path] :].split("\n")[0]


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_tricky_toml(newline: str) -> None:
    check(TRICKY.replace("\n", newline))


def test_lines_and_columns_are_those_an_editor_shows() -> None:
    found = scan(TRICKY)
    lines = TRICKY.split("\n")
    assert lines[found.key(("list", 1, "inner", 1, "n"))[0] - 1] == "n = -1e-3"
    assert lines[found.key(("list", 1))[0] - 1] == "[[list]]"
    line, column = found.value(("list", 0, "k", 1))
    assert lines[line - 1][column - 1 :] == '"b",'
    assert found.key(("table", "sub ]", "missing", 3)) == found.key(("table", "sub ]"))
    assert found.key(("nowhere",)) == (0, 0)


KEYS = st.text(string.ascii_letters + string.digits + "-_ .\"'\\#[]=\n\té語", min_size=1, max_size=6)
VALUES = st.recursive(
    st.integers(-9, 9)
    | st.booleans()
    | st.text("ab\"'\\\n#[]{},= é", max_size=12)
    | st.datetimes()
    | st.floats(allow_nan=False),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=12,
)


@given(st.dictionaries(KEYS, VALUES, max_size=4), st.booleans())
def test_every_key_of_any_toml_has_its_position(data: dict[str, Any], multiline: bool) -> None:
    check(tomli_w.dumps(data, multiline_strings=multiline))


@given(st.text("[]{}=\"'#,.\n\r ab1\\", max_size=60))
def test_what_is_not_toml_does_no_harm(text: str) -> None:
    found = scan(text)
    assert all(1 <= found.line_column(offset)[0] <= text.count("\n") + 1 for offset in found.keys.values())
