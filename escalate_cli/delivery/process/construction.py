"""Whether a plugin accepts an address, found out by building the plugin in a process of its own.
Nothing is sent.

A plugin that gets an address it cannot use refuses to be built; or it silently drops the address
and tells nobody, or tells itself instead. So what it holds is compared with what it holds for
addresses of other shapes, and for none. In this way no plugin needs to be known by name.
"""

from __future__ import annotations

import itertools
import json
import logging
import os
import re
import sys
from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import quote

from escalate_cli.delivery.envelope import NO_ADDRESS
from escalate_cli.delivery.plugins import (
    Plugin,
    PluginKind,
    find_plugin_modules,
    load_plugin,
    make_plugin,
    schema_of,
)
from escalate_cli.redaction import Redaction

UNKNOWN_HERE = "escalate0unknown0"
"""begins what stands in the URL for a secret that is not known here; a number and a 0 follow"""

SAMPLES = (
    "+15005550006",
    "ana@example.com",
    "#general",
    "general",
    "123456789012345678",
    "u" * 30,
    "8",
    "local0",
    "@ana",
)
"""addresses of other shapes, one of which a service takes"""
_VALUES = (
    "AC" + "a1" * 16, "a1" * 16, "1025", "12345678-1234-1234-1234-123456789abc",
    "123456789:AAbbCCddEEff_gg-hhIIjjKKllMMnnOOppQ",
    "xoxb-1234567890-1234567890-AbCdEfGhIjKlMnOpQrStUvWx", "+12025550100", "t" * 30, "abcdefgh12345678",
    "a" * 64,
    "eu-west-1", "example.com",
)  # fmt: skip
"""shapes of secrets that providers give out: an unknown secret is assumed to have one of these"""
_MATRIX_ROOM_12 = re.compile(r"![A-Za-z0-9_-]{43}")
"""a hash of 32 bytes in base64; ids of older rooms are 18 characters and a server part"""
_MOST_BUILDS = 1200
"""how often to try to find values for the secrets of one gateway"""


def answer_questions() -> None:
    """Answer the questions on standard input, one gateway each, on standard output; whatever a
    plugin prints goes nowhere.
    """
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    nothing = os.open(os.devnull, os.O_RDWR)
    for stream in (1, 2):
        os.dup2(nothing, stream)
    questions = json.load(sys.stdin.buffer)
    with answers:
        json.dump([_safely(question) for question in questions], answers)


def _safely(question: dict[str, Any]) -> dict[str, Any]:
    try:
        return examine(question)
    except (Exception, SystemExit) as problem:  # a plugin is other people's code
        return {"failed": type(problem).__name__}


def examine(question: dict[str, Any]) -> dict[str, Any]:
    """What Apprise makes of a gateway's `url` (with `NO_ADDRESS` in it), whose `unknown` secrets are not
    here, and of each of `addresses`. `bare` is the URL without its secrets and `references` what
    stands there instead, so that a wrong secret hides no wrong address.

    In the answer, `refused` is why it takes no address at all, and `phones` whether it sends to
    telephone numbers. `addresses` are those that it does not take, with the reason. `numbers` are,
    for every address, the digits that would be dialled. `additions` are, for an address that a
    change of the URL would make work, what to add to the URL. No `secrets` are in any of it.
    """
    gateway, refused = _Gateway(question["url"], question["secrets"]), None
    addresses: list[str] = question["addresses"]
    working = gateway.settle(question["unknown"], addresses)
    if not working and not question["unknown"]:
        refused = gateway.words or "the URL does not fit the service"
        gateway = _Gateway(question["bare"], question["secrets"])
        working = gateway.settle(question["references"], addresses)
    phones = _sends_to_phones(load_plugin(schema_of(gateway.url), gateway.modules))
    if not working:
        return {"refused": refused, "phones": phones, "addresses": {}, "numbers": {}, "additions": {}}
    judged = {address: gateway.judge(address) for address in addresses}
    elsewhere = {address: why for address in addresses if (why := gateway.other_room(address))}
    return {
        "refused": refused,
        "phones": phones,
        "addresses": elsewhere | {address: why for address, (why, _) in judged.items() if why},
        "numbers": {address: re.findall(r"[0-9]{5,}", held) for address, (_, held) in judged.items()},
        "additions": dict.fromkeys(elsewhere, ("&" if "?" in gateway.url else "?") + "hsreq=no"),
    }


class _Gateway:
    """One gateway's URL, and the plugins that came of it."""

    def __init__(self, url: str, secrets: Sequence[str]) -> None:
        self.url = url
        self.modules = find_plugin_modules(schema_of(url))
        self.words = ""
        self._redaction = Redaction(url.replace(NO_ADDRESS, ""), secrets)
        self._targets: frozenset[str] = frozenset()
        self._untold: Plugin | None = None
        """the plugin that was built without any address; None if there is none"""

    def settle(self, unknown: Sequence[str], addresses: Sequence[str]) -> bool:
        """Find values for the unknown secrets with which the plugin can be built, and see where it
        keeps its recipients.
        """
        template, probes = self.url, [*addresses[:3], *SAMPLES]
        for values in itertools.islice(_values(len(unknown)), _MOST_BUILDS // len(probes) + 1):
            self.url = template
            for marker, value in zip(unknown, values, strict=True):
                self.url = self.url.replace(marker, quote(value, safe=""))
            if any(self._build(probe) is not None for probe in probes):
                break
        else:
            return False
        built = [plugin for plugin in map(self._build, SAMPLES) if plugin is not None]
        self._untold = self._build("")
        held = [
            _collections(plugin) for plugin in ([self._untold] if self._untold is not None else []) + built
        ]
        names = {name for collections in held for name in collections}
        self._targets = frozenset(
            name for name in names if any(other.get(name) != held[0].get(name) for other in held[1:])
        )
        return True

    def judge(self, address: str) -> tuple[str, str]:
        """(why Apprise does not take the address, or ""; the recipients that the plugin keeps, as
        text).
        """
        plugin = self._build(address)
        if plugin is None:
            return self.words or "it does not fit the service", ""
        held = _collections(plugin)
        kept = {name: held.get(name) for name in sorted(self._targets)}
        text = str(kept)
        if any(value for name, value in vars(plugin).items() if "invalid" in name and _is_collection(value)):
            return self.words or "it is dropped as invalid", text
        if self._targets and not any(kept.values()):
            return self.words or "nobody would be told", text
        if self._targets and self._untold is not None:
            nobody = {name: _collections(self._untold).get(name) for name in kept}
            if kept == nobody and not _names(address, text):
                return self.words or "nobody would be told", text
        return "", text

    def other_room(self, address: str) -> str:
        """Why another Matrix room would be joined than the room of version 12 that is meant, or "".
        The id of such a room has no server part, and Apprise adds one unless the URL says
        `hsreq=no`.
        """
        if not _MATRIX_ROOM_12.fullmatch(address) or not schema_of(self.url).startswith("matrix"):
            return ""
        plugin = self._build(address)
        if not getattr(plugin, "hsreq", False):
            return ""
        joined = f"{address}:{getattr(plugin, 'host', '')}"
        return f"Apprise would join {joined}, and no room of version 12 is called so"

    def _build(self, address: str) -> Plugin | None:
        """The plugin for an address; None if Apprise refuses it. `words` is then what it said."""
        heard: list[str] = []
        handler = _Ear(heard)
        logger = logging.getLogger("apprise")
        logger.addHandler(handler)
        try:
            return make_plugin(self.url.replace(NO_ADDRESS, quote(address, safe="")), None, self.modules)
        except Exception as problem:
            heard.append(str(problem))
            return None
        finally:
            logger.removeHandler(handler)
            self.words = self._redaction.line(heard[0]).rstrip(".") if heard else ""


class _Ear(logging.Handler):
    """Hears what a plugin complains of."""

    def __init__(self, heard: list[str]) -> None:
        super().__init__(logging.WARNING)
        self._heard = heard

    def emit(self, record: logging.LogRecord) -> None:
        self._heard.append(record.getMessage()[:500])


def _values(count: int) -> Iterator[tuple[str, ...]]:
    """Values for so many secrets: first the same value for all, then every mixture."""
    if count:
        yield from ((value,) * count for value in _VALUES)
    yield from itertools.product(_VALUES, repeat=count)


def _is_collection(value: object) -> bool:
    return isinstance(value, list | tuple | set | frozenset)


def _collections(plugin: Plugin) -> dict[str, object]:
    """What the plugin holds several of, by name; its recipients are among it."""
    return {
        name: value for name, value in vars(plugin).items() if _is_collection(value) and "invalid" not in name
    }


def _names(address: str, text: str) -> bool:
    """Whether the longest word of an address stands in `text`."""
    words = re.findall(r"\w+", address)
    return bool(words) and max(words, key=len).lower() in text.lower()


def _sends_to_phones(plugin: PluginKind | None) -> bool:
    """Whether the plugin says that its targets are telephone numbers of the whole world."""
    tokens: dict[str, dict[str, Any]] = getattr(plugin, "template_tokens", {})
    sender = any("phone" in name for name, token in tokens.items() if token.get("map_to") == "source")
    for name, token in tokens.items():
        if token.get("map_to") != "targets":
            continue
        pattern = (token.get("regex") or ("",))[0]
        if pattern and re.match(pattern, "44 (7700) 900-123") and not re.match(pattern, "abc"):
            return True
        if (
            "phone" in name
            and not pattern
            and (token.get("prefix") == "+" or sender or tokens.get("targets", {}).get("required"))
        ):
            return True
    return False
