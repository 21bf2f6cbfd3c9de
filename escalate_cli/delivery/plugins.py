"""Loading the one plugin that an Apprise URL names, without the other two hundred (saves about 200
ms).
"""

from __future__ import annotations

import importlib
import os
import re
import sys
from functools import cache
from typing import TYPE_CHECKING, NamedTuple, Protocol, cast

if TYPE_CHECKING:
    from apprise import AppriseAsset

_SCHEMA = re.compile(r"\s*([A-Za-z0-9][A-Za-z0-9+.-]*)://")
_WIRED = ("requests", "smtplib")


class Plugin(Protocol):
    """What we use of a plugin of Apprise, made for one URL."""

    enabled: bool
    retry: int
    optional: bool
    redirects: bool
    request_rate_per_sec: float
    title_maxlen: int
    body_maxlen: int
    body_max_line_count: int
    overflow_mode: object


class PluginKind(Protocol):
    """What we use of its class."""

    enabled: bool
    template_tokens: dict[str, dict[str, object]]

    def parse_url(self, url: str) -> dict[str, object] | None:
        """The arguments that a URL stands for; None where it is not one of this plugin."""

    def __call__(self, **arguments: object) -> Plugin:
        """A plugin."""


class PluginModule(NamedTuple):
    """A module of Apprise. `wired`: it speaks HTTP or SMTP."""

    name: str
    wired: bool


def schema_of(url: str) -> str:
    """The schema of `url` in lower case, or ""."""
    match = _SCHEMA.match(url)
    return match[1].lower() if match else ""


@cache
def find_plugin_modules(schema: str) -> list[PluginModule]:
    """The plugin modules whose text contains `schema`, the likeliest first. Reading the text of all
    plugins takes about 7 ms, importing them 200; a process reads them once for each schema. Empty
    when the texts cannot be read (a zip file).
    """
    import apprise.plugins

    needle = re.compile(
        rb"protocol(?::[^=\n]*)?\s*=[^=]*?[\"']" + re.escape(schema.encode("ascii", "replace")) + rb"[\"']"
    )
    modules = []
    for folder in apprise.plugins.__path__:
        try:
            names = sorted(os.listdir(folder))
        except OSError:
            continue
        for name in names:
            path = (
                os.path.join(folder, name) if name.endswith(".py") else os.path.join(folder, name, "base.py")
            )
            text = _text(path) or _text(os.path.join(folder, name, "__init__.py"))
            if needle.search(text):
                wired = any(f"import {module}".encode() in text for module in _WIRED)
                modules.append(PluginModule(f"apprise.plugins.{name.removesuffix('.py')}", wired))
    return sorted(modules, key=lambda module: not module.name.endswith(schema))


def load_plugin(schema: str, modules: list[PluginModule]) -> PluginKind | None:
    """The plugin class for `schema` from one of `modules`, or None."""
    for module_name, _ in modules:
        module = importlib.import_module(module_name)
        for name in dir(module):
            candidate = getattr(module, name)
            if (
                name.startswith("Notify")
                and hasattr(candidate, "app_id")
                and schema in candidate.schemas(candidate)
            ):
                return cast("PluginKind", candidate)
    return None


def make_plugin(url: str, asset: AppriseAsset | None, modules: list[PluginModule]) -> Plugin | None:
    """The plugin instance for `url`, or None if Apprise does not understand it; a plugin may also
    raise. If the plugin lacks a library on this machine, its class, whose `enabled` is False.

    What `modules` does not hold is left to Apprise, which loads everything: native `https://`
    addresses, and people's own plugins from the path in the environment variable
    `APPRISE_PLUGIN_PATH`, as for the `apprise` command.
    """
    from apprise import Apprise, AppriseAsset

    kind = load_plugin(schema_of(url), modules)
    if kind is None:
        if own := _own_plugins():
            AppriseAsset(plugin_paths=own)  # loads them
        plugin = Apprise.instantiate(url, asset=asset, suppress_exceptions=False)
        return cast("Plugin | None", plugin)
    # as Apprise does: the # of a channel does not begin a fragment
    arguments = kind.parse_url(url.replace("/#", "/%23"))
    if not kind.enabled:
        return cast("Plugin", kind)
    return kind(**{**arguments, "asset": asset}) if arguments else None


def known_schemas() -> frozenset[str]:
    """Every schema that Apprise knows, people's own plugins included. Loads all of them (about 350 ms)."""
    import warnings

    from apprise import AppriseAsset
    from apprise.manager_plugins import NotificationManager

    # our user need not know what the plugins' own imports deprecate
    with warnings.catch_warnings(action="ignore"):
        if own := _own_plugins():
            AppriseAsset(plugin_paths=own)  # loads them
        return frozenset(NotificationManager().schemas())  # type: ignore[no-untyped-call]


def speaks_on_the_wire(plugin: object) -> bool:
    """Whether the plugin sends by HTTP or SMTP, so that every message can be seen leaving."""
    shared = ("apprise.plugins.base", "apprise.url")
    own = [sys.modules.get(kind.__module__) for kind in type(plugin).__mro__ if kind.__module__ not in shared]
    return any(hasattr(module, name) for module in own for name in _WIRED)


def _own_plugins() -> list[str]:
    return [path for path in re.split(r"[\r\n;]+", os.environ.get("APPRISE_PLUGIN_PATH", "")) if path.strip()]


def _text(path: str) -> bytes:
    try:
        with open(path, "rb") as file:
            return file.read()
    except OSError:
        return b""
