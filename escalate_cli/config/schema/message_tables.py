"""The tables of `[messages]`: an organisation's own texts, by kind, and what goes before what is to be
typed.

Imported only when a configuration has to be read anew, or for its JSON Schema.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field  # noqa: TID253

from escalate_cli.config.schema.table import TomlTable
from escalate_cli.config.schema.templates import check_host, check_message

Template = Annotated[str, AfterValidator(check_message)]


class TextsTable(TomlTable):
    """Your own texts of one kind of message, with {placeholders}; what is left out is built in."""

    title: Template | None = Field(default=None, description="the subject")
    body: Template | None = Field(default=None, description="the full text")
    short: Template | None = Field(default=None, description='for gateways with `text = "short"`')


class MessagesTable(TomlTable):
    """Your own texts, with {placeholders}; the built-in ones otherwise. Plain ones are a page's."""

    host: Annotated[str, AfterValidator(check_host)] = Field(
        default="",
        description=(
            "what goes before everything that is to be typed, in every message:"
            ' `"ssh oncall@ops1"` makes "ssh oncall@ops1 escalate ack 12"'
        ),
    )
    title: Template | None = Field(default=None, description="the subject of a page")
    body: Template | None = Field(default=None, description="the full text of a page")
    short: Template | None = Field(default=None, description='a page, for gateways with `text = "short"`')
    inform: TextsTable = Field(
        default=TextsTable(), description="news for those who work on it: `inform.title`, `.body`, `.short`"
    )
    stakeholders: TextsTable = Field(
        default=TextsTable(),
        description="news for those whom a severity informs; where left out, what `inform` has",
    )
    reporter: TextsTable = Field(
        default=TextsTable(), description="what whoever reported it hears: somebody has it, it is over"
    )
    nudge: TextsTable = Field(default=TextsTable(), description="a question: {question}, {answer}")
    resolved: TextsTable = Field(default=TextsTable(), description="it is over")
    test: TextsTable = Field(default=TextsTable(), description="a test message")
    digest: TextsTable = Field(
        default=TextsTable(),
        description=(
            "many messages in one: {count} incidents, {message} lists them, {answer} acknowledges all;"
            " {severity}, {id} and {title} are the worst's"
        ),
    )

    def by_part(self) -> dict[str, str]:
        """The templates that are given, by part: "short", "nudge.short"."""
        own = {"title": self.title, "body": self.body, "short": self.short}
        for kind, texts in self:
            if isinstance(texts, TextsTable):
                own |= {f"{kind}.{part}": template for part, template in texts}
        return {part: template for part, template in own.items() if template is not None}
