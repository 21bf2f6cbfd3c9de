"""Which database a configuration names although it is broken: its running incidents go on being
paged from there.
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
"""characters of a line that can be the one"""
_KEY = re.compile(r"""\s*(settings\s*\.\s*)?database\s*=\s*(?:"([^"\\]+)"|'([^']+)')\s*(#.*)?""")


def glimpse_database(path: Path, environ: Mapping[str, str]) -> str | None:
    """What `[settings].database` says in whichever file still says it, else what it said when this
    user last saw it valid.
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
    """The line that says it: the file may be no TOML, or one that takes too long to read."""
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
