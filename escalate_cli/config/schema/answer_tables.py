"""The table about answers: what people may answer, and in which words.

Imported only when a configuration has to be read anew, or for its JSON Schema.
"""

from __future__ import annotations

from typing import Literal

from pydantic import Field  # noqa: TID253

from escalate_cli.config.schema.conditions import PlainTexts
from escalate_cli.config.schema.table import TomlTable


class AnswerWordsTable(TomlTable):
    """Your own words, beside the built-in ones."""

    take: PlainTexts = Field(default=[], description="as OK")
    pass_: PlainTexts = Field(default=[], alias="pass", description="as NO")
    done: PlainTexts = Field(default=[], description="as DONE")
    note: PlainTexts = Field(default=[], description="as NOTE: …")
    later: PlainTexts = Field(default=[], description="as LATER 30m")
    undo: PlainTexts = Field(default=[], description="as UNDO")
    who: PlainTexts = Field(default=[], description="as WHO")

    def given(self) -> dict[str, list[str]]:
        """The words that are given, by the word that each stands for."""
        return {
            name.rstrip("_"): getattr(self, name) for name in type(self).model_fields if getattr(self, name)
        }


class AnswersTable(TomlTable):
    """What people may answer from where a page reached them."""

    may: list[Literal["take", "pass", "yes", "no", "resolve", "note", "snooze", "undo"]] | None = Field(
        default=None, description="what an answer may do; everything if left out"
    )
    confirm: bool = Field(default=True, description="tell people what became of their answer")
    words: AnswerWordsTable = Field(
        default=AnswerWordsTable(), description="your own words, beside the built-in ones"
    )
