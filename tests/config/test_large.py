"""What a configuration costs grows with its size, whatever its shape: a small file never costs hours."""

from __future__ import annotations

import time
from collections.abc import Iterable
from pathlib import Path

import pytest

from escalate_cli.config.load import LoadedConfiguration, load, load_within
from tests.organisations import SMALLEST


def services(needs: dict[str, Iterable[str]]) -> str:
    """A configuration of services that depend on others."""
    return SMALLEST + "".join(
        f'[services.{name}]\nname = "Our {name}"\nteam = "ops"\n'
        + (f"depends_on = [{', '.join(f'{other!r}' for other in others)}]\n" if others else "")
        for name, others in needs.items()
    )


def layers(count: int, width: int) -> dict[str, Iterable[str]]:
    """Layers of services that each depend on all of the next layer."""
    return {
        f"d{layer}x{number}": [f"d{layer + 1}x{other}" for other in range(width)] if layer + 1 < count else []
        for layer in range(count)
        for number in range(width)
    }


def ring(count: int) -> dict[str, Iterable[str]]:
    return {f"d{number}": [f"d{(number + 1) % count}"] for number in range(count)}


def chain(count: int) -> dict[str, Iterable[str]]:
    return {f"d{number}": [f"d{number + 1}"] if number + 1 < count else [] for number in range(count)}


SHAPES: dict[str, dict[str, Iterable[str]]] = {
    "40 layers of two": layers(40, 2),
    "1,000 layers of two": layers(1000, 2),
    "100 layers of twenty": layers(100, 20),
    "a ring of 3,000": ring(3000),
    "a chain of 3,000": chain(3000),
    "a chain of 3,000, last first": dict(reversed(list(chain(3000).items()))),
    "a long way in, and back from everywhere": chain(1500) | {"d1499": [f"d{n}" for n in range(1500)]},
    "200 that all need all": {f"d{n}": [f"d{other}" for other in range(200)] for n in range(200)},
    "a hub of 2,000": {"hub": [f"d{n}" for n in range(2000)]} | {f"d{n}": ["hub"] for n in range(2000)},
    "layers below a ring": ring(1000) | {"d0": ["d1", "d0x0", "d0x1"]} | layers(500, 2),
}


def load_text(directory: Path, text: str, cpu_seconds: float) -> LoadedConfiguration:
    (directory / "all.toml").write_text(text)
    return load_within(directory, None, cpu_seconds)


@pytest.fixture(scope="module")
def a_kilobyte(tmp_path_factory):
    """CPU seconds for a kilobyte of services that depend on nothing, on this machine and now."""
    directory = tmp_path_factory.mktemp("plain")
    text = services({f"d{number}": [] for number in range(2000)})
    (directory / "all.toml").write_text(text)
    began = time.process_time()
    load(directory)
    return (time.process_time() - began) / (len(text) / 1024)


@pytest.mark.parametrize("shape", SHAPES)
def test_dependencies_of_every_shape_cost_what_their_size_costs(tmp_path, a_kilobyte, shape):
    text = services(SHAPES[shape])
    loaded = load_text(tmp_path, text, 0.3 + 3 * a_kilobyte * len(text) / 1024)
    assert len(loaded.catalog.services) >= len(SHAPES[shape])
    circles = [problem for problem in loaded.problems if problem.code == "dependency-cycle"]
    assert bool(circles) == any(word in shape for word in ("ring", "back", "all need", "hub"))
    assert all(len(circle.message) < 300 for circle in circles), "a warning is read by people"
    assert len(circles) <= 100


def told_circles(directory: Path, needs: dict[str, Iterable[str]]) -> list[str]:
    loaded = load_text(directory, services(needs), 60)
    return [
        problem.message.partition("circle: ")[2]
        for problem in loaded.problems
        if problem.code == "dependency-cycle"
    ]


def test_every_circle_is_told_once_by_the_dependency_that_closes_it(tmp_path):
    told = told_circles(
        tmp_path,
        {"a": ["b", "x"], "b": ["c"], "c": ["a", "c"], "x": ["y", "z"], "y": ["z"], "z": ["x"], "w": ["a"]},
    )
    assert told == ["a → b → c → a", "c → c", "x → y → z → x"]


def test_a_long_circle_is_told_by_its_ends(tmp_path):
    (told,) = told_circles(tmp_path, ring(400))
    assert told.startswith("d0 → d1 → ")
    assert "(389 more)" in told
    assert told.endswith("d398 → d399 → d0")
