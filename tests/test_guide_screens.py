"""The screens in README.md and the guide are what the commands above them show, on the configuration of
examples/tour.
"""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from escalate_cli.errors import UsageProblem
from tests.command import Escalate, surroundings
from tests.guide_screens import is_of, screens, shown
from tests.pages import PAGES, page
from tests.servers import HttpServer


def test_there_are_some() -> None:
    assert len(list(screens())) > 4


@pytest.mark.parametrize(
    ("name", "typed", "screen"), [pytest.param(*each, id=f"{each[0]}: {each[1]}") for each in screens()]
)
def test_a_screen_of_the_guide_is_real(name: str, typed: str, screen: str, tmp_path: Path) -> None:
    real = shown(typed, str(tmp_path))
    assert is_of(screen, real), f"python -m tests.guide_screens writes {name} anew:\n{real}"


def test_what_compares_screens_sees_a_difference() -> None:
    assert is_of("a\n…\nz\n", "a\nb\nc\nz\n")
    assert is_of("a\n…\n", "a\n")
    assert not is_of("a\nz\n", "a\nb\nz\n")
    assert not is_of("a\n…\ny\n", "a\nb\nz\n")


def typed_lines() -> list[tuple[str, str]]:
    """Every line that begins with `escalate`, in the code of README.md and the guide."""
    lines = []
    for name in PAGES:
        for kind, block in re.findall(r"^ *```(sh|console)\n((?s:.*?))^ *```$", page(name), re.M):
            begin = r"^ *\$ escalate (.*)$" if kind == "console" else r"^ *escalate (.*)$"
            lines += [(name, line) for line in re.findall(begin, block.replace("\\\n", " "), re.M)]
    return lines


@pytest.mark.parametrize(("name", "line"), dict.fromkeys(typed_lines()))
def test_every_line_of_the_guide_can_be_typed(name: str, line: str) -> None:
    """Its command exists, takes these options, and wants nothing more."""
    from escalate_cli.cli.parser import Call, parse_line

    words = shlex.split(re.sub(r"\$\((.*?)\)", "text", line), comments=True)
    ends = [
        number
        for number, word in enumerate(words)
        if word in ("|", "||", "&", "&&", ">", "<", "…") or word.startswith(">")
    ]
    try:
        call = parse_line(words[: min(ends, default=len(words))], {})
    except UsageProblem as problem:
        raise AssertionError(f"{problem.message}: {problem.hint}") from None
    assert isinstance(call, Call)


def tables() -> list[tuple[str, str]]:
    """The TOML in README.md and the guide."""
    return [
        (name, block)
        for name in PAGES
        for block in re.findall(r"^ *```toml\n((?s:.*?))^ *```$", page(name), re.M)
    ]


@pytest.mark.parametrize(("name", "text"), tables())
def test_every_piece_of_configuration_is_of_the_schema(name: str, text: str) -> None:
    """Its tables and keys exist and their values make sense; whom they name may stand elsewhere."""
    import tomllib

    from escalate_cli.config.schema.shape import Organisation
    from escalate_cli.config.schema.vocabulary import KnownIds

    kinds = frozenset({"person", "team", "channel", "gateway", "policy", "schedule", "hours", "service"})
    ladder = ("minor", "major", "critical")
    known = KnownIds(ladder=ladder, ids={"severity": frozenset(ladder)}, unsure=kinds)
    Organisation.model_validate(tomllib.loads(text), context=known)


CLOCK = re.compile(r"\b\d\d:\d\d\b|\bfor \d+s\b|\bin \d+m\b")


def test_the_screen_on_the_front_page_is_real(tmp_path: Path) -> None:
    """Declared with the starter of `init`, and an SMS gateway; only the time of day and its zone are
    others.
    """
    typed, screen = re.findall(
        r"^```console\n\$ escalate (declare .*)\n((?s:.*?))^```$", page("README"), re.M
    )[0]
    with HttpServer() as web:
        escalate = Escalate(tmp_path, surroundings(tmp_path, columns=100))
        assert escalate("init", str(escalate.config)).code == 0
        for name in ("catalog.toml", "gateways.toml"):
            path = escalate.config / name
            path.write_text(with_sms(path.read_text(encoding="utf-8"), web.port), encoding="utf-8")
        ran = escalate(*shlex.split(typed))
    assert ran.code == 0, ran.err
    # three messages go out side by side: which is the first to have arrived is not the same every time
    shown_here, shown_there = (
        sorted(CLOCK.sub("⏲", text.replace("GMT", "UTC")).splitlines()) for text in (ran.out, screen)
    )
    assert shown_here == shown_there, ran.out


def with_sms(text: str, port: int) -> str:
    """The starter with Bo on call, reached by SMS too; every gateway leads to `port`."""
    text = re.sub(r"^url = .*$", f'url = "json://127.0.0.1:{port}/{{to}}"', text, flags=re.M)
    text = text.replace('members = ["ana", "bo"]                 # in', 'members = ["bo"]  # in')
    text = text.replace('email = "bo@example.com"', 'email = "bo@example.com", sms = "+447700900124"')
    text = text.replace('high = [ { via = ["email"] } ]', 'high = [ { via = ["sms", "email"] } ]')
    if "[gateways.email]" in text:
        text += f'\n[gateways.sms]\nurl = "json://127.0.0.1:{port}/{{to}}"\ntext = "short"\n'
    return text
