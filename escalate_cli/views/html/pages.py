"""A page of HTML from a template and values: one file that loads nothing and runs nothing.

Text is given to a template as it is. What `{{ }}` shows is made harmless here: nothing in it is a tag, ends
an attribute, or turns the direction of what follows. The page forbids itself to run a script or to load
anything, so that a name stays a name whatever it says.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from escalate_cli.core.wording.text import printable
from escalate_cli.views.numbers import counted, number

if TYPE_CHECKING:
    from jinja2 import Environment


def fill_template(template: str, **values: object) -> str:
    """The whole page that a template of `templates/` makes of these values."""
    return environment().get_template(template).render(values)


@cache
def environment() -> Environment:
    """Where templates are read, once they are asked for. A value that a template names and nobody gave is an
    error."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    made = Environment(
        loader=PackageLoader("escalate_cli.views.html"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_shown,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals["styles"] = _styles
    made.filters["number"] = number
    made.filters["counted"] = counted
    return made


def _shown(value: object) -> object:
    """What people wrote, without characters that steer; what a macro made is made of such text already."""
    return value if hasattr(value, "__html__") else printable(value)


def _styles(*names: str) -> str:
    """The style sheets of these names, to stand in the page itself."""
    sheets = files("escalate_cli.views.html") / "static"
    return "".join((sheets / name).read_text(encoding="utf-8") for name in names)
