"""How the guide is read: a topic drawn from its Markdown, the list of topics, the lines that have a word."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, ClassVar

from escalate_cli.cli.screens.style import piece, table
from escalate_cli.guide.topics import Passage, beginning

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
    from rich.text import Text

_WIDEST = 100  # columns in which a sentence is still read with ease

_THEME = {
    "markdown.h1": "bold",
    "markdown.h2": "bold",
    "markdown.h3": "bold",
    "markdown.code": "cyan",
    "markdown.link": "none",
    "markdown.link_url": "dim",
    "markdown.table.border": "dim",
    "markdown.table.header": "bold",
}


def draw_topic(console: Console, text: str) -> None:
    """The page of a topic. Where nobody looks at a terminal it is the Markdown itself: no line of it
    is broken, so that it can be searched and copied.
    """
    if not console.is_terminal:
        console.out(text, end="", highlight=False)
        return
    from rich.markdown import CodeBlock, Heading, Markdown, TableElement
    from rich.text import Text
    from rich.theme import Theme

    class Plain(Heading):
        """A heading at the left, without a frame."""

        def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
            self.text.justify = "left"
            if self.tag != "h1":
                yield Text("")
            yield self.text

    class IndentedCode(CodeBlock):
        """Code as it is typed. No line is broken: what is copied can be typed."""

        def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
            for line in str(self.text).rstrip().split("\n"):
                yield Text(f"    {line}".rstrip(), "cyan", no_wrap=True, overflow="ignore")

    class Rows(TableElement):
        """A table; where a word of it would not fit into its column, its rows one after the other."""

        def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
            if self.header and self.header.row and self.body:
                heads = [cell.content for cell in self.header.row.cells]
                rows = [[cell.content for cell in row.cells] for row in self.body.rows]
                yield from _table(heads, rows, options.max_width)

    class Page(Markdown):
        elements: ClassVar = Markdown.elements | {
            "heading_open": Plain,
            "fence": IndentedCode,
            "code_block": IndentedCode,
            "table_open": Rows,
        }

    with console.use_theme(Theme(_THEME)):
        console.print(Page(text, hyperlinks=False), width=min(console.width, _WIDEST), crop=False)


def _table(heads: Sequence[Text], rows: Sequence[Sequence[Text]], width: int) -> Iterator[RenderableType]:
    """A table, if every word fits into its column; else its rows one below the other. No word is cut."""
    from rich import box
    from rich.cells import cell_len
    from rich.padding import Padding
    from rich.table import Table
    from rich.text import Text

    columns = [[head, *(row[number] for row in rows)] for number, head in enumerate(heads)]
    least = [
        max(cell_len(word) for cell in column for word in [*cell.plain.split(), ""]) for column in columns
    ]
    if sum(least) + 2 * len(least) <= width:
        grid = Table(box=box.SIMPLE_HEAD, pad_edge=False, border_style="dim")
        for head in heads:
            grid.add_column(head, overflow="fold")
        for row in rows:
            grid.add_row(*row)
        yield grid
        return
    for first, *others in rows:
        yield Text("")
        yield Text.assemble(first, style="bold")
        for head, cell in zip(heads[1:], others, strict=False):
            if cell.plain:
                line = Text.assemble((f"{head.plain}: " if head.plain else "", "dim"), cell)
                yield Padding(line, (0, 0, 0, 2))


def draw_topics(console: Console, topics: Mapping[str, str]) -> None:
    """Every topic with its line, and what else can be asked."""
    console.print(table(["topic", "what it is about"], topics.items(), wrap=["what it is about"]))
    console.print(
        piece(
            "\nescalate help TOPIC            read one\n"
            "escalate help --search WORD    where a word stands\n"
            "escalate help COMMAND          the options of a command",
            lines=True,
        )
    )


def draw_passages(console: Console, passages: Sequence[Passage], words: Iterable[str]) -> None:
    """The lines that have the words, below their topic and heading; on a terminal a line each."""
    anything = re.compile("|".join(map(beginning, words)), re.IGNORECASE)
    for number, ((topic, heading), lines) in enumerate(
        groupby(passages, key=lambda passage: (passage.topic, passage.heading))
    ):
        if number:
            console.out("")
        console.print(piece(f"{topic}: {heading}", "bold"), soft_wrap=True)
        for passage in lines:
            line = piece(passage.text)
            if console.is_terminal:
                line = _around(line, anything, console.width - 2)
            line.highlight_regex(anything, "bold yellow")
            console.print(piece("  ") + line, soft_wrap=True)


def _around(line: Text, wanted: re.Pattern[str], width: int) -> Text:
    """As much of the line as has room, with the word in it."""
    first = wanted.search(line.plain)
    if line.cell_len <= width or first is None:
        return line
    begin = max(0, min(first.start() - width // 3, len(line.plain) - width))
    end = begin + width
    before, after = "…" if begin else "", "…" if end < len(line.plain) else ""
    return piece(before + line.plain[begin + len(before) : end - len(after)] + after)
