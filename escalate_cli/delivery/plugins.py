"""From an Apprise URL to the one plugin it names, without loading the other two hundred (saves
about 200 ms).
"""

from __future__ import annotations

import importlib
import os
import re
import sys
from typing import Any

_SCHEMA = re.compile(r"\s*([A-Za-z0-9][A-Za-z0-9+.-]*)://")
_WIRED = ("requests", "smtplib")


def schema_of(url: str) -> str:
    """The schema of `url` in lower case, or ""."""
    found = _SCHEMA.match(url)
    return found.group(1).lower() if found else ""


def find_plugin_modules(schema: str) -> list[tuple[str, bool]]:
    """The plugin modules whose text names `schema`, likeliest first, each with whether it speaks
    HTTP or SMTP.

    Reading the text of all plugins takes about 7 ms; importing them takes 200. Empty when the texts
    cannot be read (a zip file).
    """
    import apprise.plugins

    needle = re.compile(
        rb"protocol(?::[^=\n]*)?\s*=[^=]*?[\"']" + re.escape(schema.encode("ascii", "replace")) + rb"[\"']"
    )
    found: list[tuple[str, bool]] = []
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
                found.append((f"apprise.plugins.{name.removesuffix('.py')}", wired))
    return sorted(found, key=lambda module: not module[0].endswith(schema))


def load_plugin(schema: str, modules: list[tuple[str, bool]]) -> Any:
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
                return candidate
    return None


def make_plugin(url: str, asset: Any, modules: list[tuple[str, bool]]) -> Any:
    """The plugin instance for `url`, or None if Apprise does not understand it; a plugin may also
    raise. Of one that lacks a library here, the class, whose `enabled` is False.

    What `modules` does not hold is left to Apprise, which loads everything: native `https://`
    addresses, and people's own plugins from where the environment variable `APPRISE_PLUGIN_PATH`
    points, as for the `apprise` command.
    """
    from apprise import Apprise, AppriseAsset

    plugin = load_plugin(schema_of(url), modules)
    if plugin is None:
        if own := _own_plugins():
            AppriseAsset(plugin_paths=own)  # loads them
        return Apprise.instantiate(url, asset=asset, suppress_exceptions=False)
    # as Apprise does: a channel's # does not begin a fragment
    parsed = plugin.parse_url(url.replace("/#", "/%23"))
    if not plugin.enabled:
        return plugin
    if not parsed:
        return None
    return plugin(**{**parsed, "asset": asset})


def known_schemas() -> frozenset[str]:
    """Every schema that Apprise knows, people's own plugins included. Loads all of them (about 350 ms)."""
    import warnings

    from apprise import AppriseAsset
    from apprise.manager_plugins import NotificationManager

    # what the plugins' own imports deprecate is not our user's business
    with warnings.catch_warnings(action="ignore"):
        if own := _own_plugins():
            AppriseAsset(plugin_paths=own)  # loads them
        return frozenset(NotificationManager().schemas())  # type: ignore[no-untyped-call]


def speaks_on_the_wire(plugin: Any) -> bool:
    """Whether the plugin sends by HTTP or SMTP, where every message can be seen leaving."""
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
