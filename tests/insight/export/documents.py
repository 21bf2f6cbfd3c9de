"""Documents of incidents, parsed; and the story that they tell."""

from __future__ import annotations

from collections.abc import Iterator

from markdown_it import MarkdownIt
from markdown_it.token import Token

from escalate_cli.insight.document import Document, document
from tests.loopback import Bank
from tests.world import World


def parse(text: str) -> list[Token]:
    return MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"]).parse(text)


def shown(token: Token) -> str:
    """What a reader sees of an inline token."""
    return "".join("\n" if "break" in child.type else child.content for child in token.children or ())


def tables(text: str) -> dict[str, list[dict[str, str]]]:
    """The rows of the first table below each heading, by column."""
    found: dict[str, list[dict[str, str]]] = {}
    for part in text.split("\n## ")[1:]:
        heading, _, body = part.partition("\n")
        cells = [[shown(one) for one in row] for row in table_rows(parse(body))]
        if cells:
            found[heading] = [dict(zip(cells[0], row, strict=True)) for row in cells[1:]]
    return found


def table_rows(tokens: list[Token]) -> Iterator[list[Token]]:
    row: list[Token] = []
    inside = False
    for token in tokens:
        if token.type == "tr_open":
            row, inside = [], True
        elif token.type == "inline" and inside:
            row.append(token)
        elif token.type == "tr_close":
            inside = False
            yield row
        elif token.type == "table_close":
            return


def story(escalate: Bank, title: str, message: str, update: str, end: str) -> None:
    """Declared on two services, one of which cannot be reached; raised, nudged, handed over,
    acknowledged twice, resolved.
    """
    say = escalate.here
    for arguments in (
        (
            "declare",
            title,
            "-s",
            "login",
            "-s",
            "mail",
            "-m",
            message,
            "--by",
            "desk",
            "--label",
            f"where={update}",
            "--key",
            title,
        ),
        ("update", "1", "--severity", "critical", "-m", update, "--by", "bo"),
        ("update", "1", "--title", f"{title}!", "--lead", "cy"),
        ("tick",),
        ("ack", "1", "--by", "ana"),
        ("nudge", "1", "yes", "--by", "ana"),
        ("ack", "1", "--all", "--by", "bo"),
        ("resolve", "1", "-m", end, "--by", "cy"),
    ):
        ran = say(*arguments)
        assert ran.code in (0, 6), ran.err


TAME = ("Nobody can sign in", "since three\nweb and app\n\nsecond paragraph", "all of Europe", "rolled back")


def made(world: World, incident: int = 1) -> Document:
    situation = world.look(incident)
    at = situation.incident.declared_at
    record = next(one for one in world.store.history.records(at, at + 1)[0] if one.id == incident)
    return document(situation, record, world.store.situations.timeline(incident))
