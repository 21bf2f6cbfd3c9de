"""Injecting faults: every public function of core, found by looking, raises for the arguments of
one team, and for nobody else's.

    for name in functions(): ...
    with raising("escalate_cli.core.notification.targets.contacts", ValueError, MARKS) as raised: ...

A function raises where one of its arguments says one of `marks`: the id of the team, of its
schedule, policy, people, of its service.
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import sys
from collections.abc import Callable, Collection, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, fields, is_dataclass
from enum import Enum
from functools import cache, wraps
from types import ModuleType
from typing import Any
from zoneinfo import ZoneInfoNotFoundError

import msgspec

import escalate_cli
from escalate_cli.core.organisation.catalog import Catalog

ERRORS: tuple[Callable[[], Exception], ...] = (
    lambda: ValueError("injected"),
    lambda: KeyError("injected"),
    lambda: ZoneInfoNotFoundError("injected"),
    lambda: RecursionError("injected"),
    lambda: AttributeError("injected"),
)
_DEEPEST = 7


def modules(package: str = "escalate_cli") -> Iterator[ModuleType]:
    """Every module of the program, imported: a name that one imports from another is to be found in both."""
    for found in pkgutil.walk_packages(escalate_cli.__path__, "escalate_cli."):
        if not found.name.endswith("__main__") and found.name.startswith(package):
            yield importlib.import_module(found.name)


@cache
def functions() -> dict[str, Any]:
    """Every public function of core, and every public method of its classes, by its full name."""
    found: dict[str, Any] = {}
    for module in modules("escalate_cli.core."):
        for name, thing in vars(module).items():
            if name.startswith("_") or getattr(thing, "__module__", None) != module.__name__:
                continue
            if inspect.isfunction(thing):
                found[f"{module.__name__}.{name}"] = thing
            elif inspect.isclass(thing) and not issubclass(thing, Enum | BaseException):
                methods = {
                    key: each
                    for key, each in vars(thing).items()
                    if inspect.isfunction(each) and not key.startswith("_")
                }
                found |= {f"{module.__name__}.{name}.{key}": each for key, each in methods.items()}
    return found


def says(thing: object, marks: Collection[str], depth: int = 0, *, but: tuple[type, ...] = ()) -> bool:
    """Whether an argument says one of `marks`: as an id, within a text such as "person:ana",
    anywhere but in the catalog and in what is one of `but`."""
    if isinstance(thing, str) and not isinstance(thing, Enum):
        return any(mark in thing for mark in marks)
    if isinstance(thing, (Catalog, Enum, int, float, *but)) or thing is None or depth > _DEEPEST:
        return False
    if isinstance(thing, msgspec.Struct):
        return any(says(getattr(thing, name, None), marks, depth + 1) for name in thing.__struct_fields__)
    if is_dataclass(thing) and not isinstance(thing, type):
        return any(
            says(getattr(thing, field.name, None), marks, depth + 1, but=but) for field in fields(thing)
        )
    if isinstance(thing, dict):
        return any(says(one, marks, depth + 1, but=but) for pair in thing.items() for one in pair)
    if isinstance(thing, list | tuple | set | frozenset):
        return any(says(one, marks, depth + 1, but=but) for one in thing)
    return False


@dataclass
class Raised:
    """How often the function has raised."""

    times: int = 0


@contextmanager
def replaced(name: str, wrap: Callable[[Any], Any]) -> Iterator[None]:
    """Wherever the program has this function by a name of its own, it has `wrap(function)` instead."""
    function = functions()[name]
    instead = wraps(function)(wrap(function))
    places: list[tuple[object, str]] = []
    for module in [
        one for key, one in sys.modules.items() if key.startswith("escalate_cli.") and one is not None
    ]:
        places += [(module, key) for key, thing in vars(module).items() if thing is function]
    owner, _, method = name.rpartition(".")
    class_module, _, class_name = owner.rpartition(".")
    if class_name[:1].isupper():
        places.append((getattr(sys.modules[class_module], class_name), method))
    try:
        for place, key in places:
            setattr(place, key, instead)
        yield
    finally:
        for place, key in places:
            setattr(place, key, function)


@contextmanager
def raising(
    name: str, error: Callable[[], Exception], marks: Collection[str], *, but: tuple[type, ...] = ()
) -> Iterator[Raised]:
    """The function raises for arguments that say one of `marks`, be it not within one of `but`."""
    raised = Raised()

    def wrap(function: Any) -> Any:
        def instead(*arguments: Any, **named: Any) -> Any:
            if says(arguments, marks, but=but) or says(named, marks, but=but):
                raised.times += 1
                raise error()
            return function(*arguments, **named)

        return instead

    with replaced(name, wrap):
        yield raised


@contextmanager
def watching(marks: Collection[str], *, but: tuple[type, ...] = ()) -> Iterator[set[str]]:
    """The names of all functions that are asked about one of `marks` meanwhile: each of them would raise,
    were it made to.
    """
    asked: set[str] = set()

    def watched(name: str) -> Callable[[Any], Any]:
        def wrap(function: Any) -> Any:
            def instead(*arguments: Any, **named: Any) -> Any:
                if name not in asked and (says(arguments, marks, but=but) or says(named, marks, but=but)):
                    asked.add(name)
                return function(*arguments, **named)

            return instead

        return wrap

    with ExitStack() as every:
        for name in functions():
            every.enter_context(replaced(name, watched(name)))
        yield asked
