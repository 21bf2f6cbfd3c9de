"""The templates of `[messages]`: placeholders and nothing else, no attributes, no formats, no code."""

from __future__ import annotations

import string
from collections.abc import Mapping

from escalate_cli.core.wording.fitting import Text, may_cut

PLACEHOLDERS = (
    "severity", "id", "title", "message", "services", "teams", "lead", "declared_by", "declared_at",
    "status", "level", "levels",
    "because", "next", "ack", "answer", "code", "question", "count",
)  # fmt: skip

_CUT_FIRST = {
    "message": 3,
    "question": 2,
    "teams": 2,
    "services": 2,
    "because": 2,
    "declared_by": 2,
    "lead": 2,
    "title": 1,
    "next": 1,
}
"""what of a filled template is shortened where it is too long, the highest first; the rest says
who, when and what to type
"""


def fill(template: str, values: Mapping[str, str]) -> Text:
    """Put values into `{name}` places; a ValueError says what is wrong. Long values may be cut, the
    template's own words not.
    """
    filled = Text()
    for literal, name, spec, conversion in string.Formatter().parse(template):
        filled = filled + literal
        if name is None:
            continue
        if spec or conversion or name not in values:
            raise ValueError(f"{{{name}}} is not a placeholder")
        rank = _CUT_FIRST.get(name)
        filled = filled + (values[name] if rank is None else may_cut(values[name], rank))
    return filled
