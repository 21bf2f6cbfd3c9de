"""The examples are what a user would copy: they pass `check`, leave nothing out, and run."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from escalate_cli.config.schema.json_schema import json_schema

ROOT = Path(__file__).parents[2]
EXAMPLES = sorted(path.parent for path in (ROOT / "examples").glob("*/catalog.toml"))


def escalate(*arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "escalate_cli", *arguments]
    return subprocess.run(
        command, capture_output=True, text=True, env={**os.environ, **environ}, timeout=60, check=False
    )


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.name)
def test_each_example_passes_the_strict_check(example: Path, tmp_path: Path) -> None:
    ran = escalate("check", "--strict", "--config", str(example), HOME=str(tmp_path))
    assert (ran.returncode, ran.stderr) == (0, ""), ran.stdout


def keys_of(schema: dict[str, Any], table: dict[str, Any], path: str = "") -> Iterator[str]:
    """Every key that a table of the schema knows, as `services.*.team` or
    `policies.*.levels[].when.hours`.
    """
    table = schema["$defs"][table["$ref"].rpartition("/")[2]] if "$ref" in table else table
    for name, value in table.get("properties", {}).items():
        yield f"{path}{name}"
        yield from _below(schema, value, f"{path}{name}")


def _below(schema: dict[str, Any], value: dict[str, Any], path: str) -> Iterator[str]:
    for one in [value, *value.get("anyOf", []), *value.get("allOf", [])]:
        if "$ref" in one:
            yield from keys_of(schema, one, f"{path}.")
        if "$ref" in (items := one.get("items", {})):
            yield from keys_of(schema, items, f"{path}[].")
        values = one.get("additionalProperties")
        if isinstance(values, dict) and "$ref" in values:
            yield from keys_of(schema, values, f"{path}.*.")


def uses(tables: Any, path: list[str]) -> bool:
    """Whether a document has a value at this path; `*` and `[]` stand for any of several."""
    if not path:
        return True
    if isinstance(tables, list):
        return any(uses(table, path) for table in tables)
    if not isinstance(tables, dict):
        return False
    if path[0] == "*":
        return any(uses(table, path[1:]) for table in tables.values())
    name = path[0].removesuffix("[]")
    return name in tables and uses(tables[name], path[1:])


def test_the_example_of_everything_uses_every_key_that_the_schema_knows() -> None:
    import tomllib

    everything: dict[str, Any] = {}
    for file in sorted((ROOT / "examples" / "everything").glob("*.toml")):
        everything |= tomllib.loads(file.read_text())
    schema = json_schema()
    known = sorted(set(keys_of(schema, schema)))
    assert len(known) > 100
    assert [key for key in known if not uses(everything, key.split("."))] == []


@pytest.fixture
def inbox() -> Iterator[tuple[subprocess.Popen[str], dict[str, str]]]:
    """examples/loopback/inbox.py on free ports, and what it says to export."""
    script = ROOT / "examples" / "loopback" / "inbox.py"
    command = [sys.executable, str(script), "--smtp", "0", "--http", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as running:
        assert running.stdout is not None
        words = running.stdout.readline().split()
        yield running, dict(word.split("=") for word in words[1:])
        running.kill()


def read_until(running: subprocess.Popen[str], *wanted: str) -> str:
    """What the inbox prints, up to where all of `wanted` have been seen; the test's own time limit
    ends a wait in vain.
    """
    text = ""
    assert running.stdout is not None
    while not all(one in text for one in wanted):
        line = running.stdout.readline()
        assert line, f"the inbox ended; it said:\n{text}"
        text += line
    return text


def test_the_loopback_example_pages_escalates_and_stops(
    inbox: tuple[subprocess.Popen[str], dict[str, str]], tmp_path: Path
) -> None:
    running, ports = inbox
    environ = {
        **ports,
        "HOME": str(tmp_path),
        "ESCALATE_CONFIG": str(ROOT / "examples" / "loopback"),
        "ESCALATE_DB": str(tmp_path / "loopback.db"),
    }
    declared = escalate("declare", "readers cannot buy books", "--service", "shop", **environ)
    assert declared.returncode == 0, declared.stderr
    seen = read_until(
        running,
        "sms to +440000000001",
        "[major L1] #1 readers cannot buy books - escalate ack 1",
        "email to shop-room@lantern.example",
        "escalate show 1",
    )
    assert escalate("next", "1", **environ).returncode == 0
    seen += read_until(running, "sms to +440000000002", "[major L2] #1")
    assert seen.count("[major L1]") == 1
    assert escalate("ack", "1", "--by", "bea", **environ).returncode == 0
    assert (
        escalate("resolve", "1", "--by", "bea", "--message", "the provider is back", **environ).returncode
        == 0
    )
    seen = read_until(running, "[resolved] #1 readers cannot buy books", "the provider is back")
    assert "L1]" not in seen
    assert "L2]" not in seen
