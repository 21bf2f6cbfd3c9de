"""Which database a configuration names although it is broken: running incidents are still paged
from there.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from escalate_cli.config.compile.cache import remembered_database
from escalate_cli.config.files.find import cache_dir
from escalate_cli.config.files.sources import find_sources, read
from escalate_cli.errors import ConfigurationProblem

_TABLE = re.compile(r"\s*\[(\[?)\s*([^\[\]]+?)\s*\]\]?\s*(#.*)?")
_LONGEST = 4096
"""the longest line, in characters, that is looked at"""
_KEY = re.compile(r"""\s*(settings\s*\.\s*)?database\s*=\s*(?:"([^"\\]+)"|'([^']+)')\s*(#.*)?""")


def glimpse_database(path: Path, environ: Mapping[str, str]) -> str | None:
    """What `[settings].database` says in the first file that still says it; else what it said when
    this user last had a valid configuration.
    """
    try:
        texts = [read(source).data.decode("utf-8", "replace") for source in find_sources(path)]
    except ConfigurationProblem:
        texts = []
    for text in texts:
        named = _named_in(text)
        if named is not None:
            return named
    cache = cache_dir(environ)
    return None if cache is None else remembered_database(cache, path)


def _named_in(text: str) -> str | None:
    """The line with the setting. The file may not be TOML, or may take too long to parse."""
    table = "[top]"
    for line in text.splitlines():
        if len(line) > _LONGEST:
            continue
        heading = _TABLE.fullmatch(line)
        if heading:
            table = "" if heading[1] else f"[{heading[2]}]"
        match = _KEY.fullmatch(line)
        if match and table == ("[settings]" if match[1] is None else "[top]"):
            return match[2] or match[3]
    return None
