"""One folder of a mailbox, and mails that are laid into it."""

from __future__ import annotations

import json
from urllib.parse import quote

from escalate_cli.core.answers.address import AnswersAddress, parse_answers
from tests.answers.clients import ANSWERED, SUBJECT
from tests.answers.mailboxes import ImapAccount


class Folder:
    """One folder, made anew."""

    def __init__(self, account: ImapAccount, name: str) -> None:
        self.account, self.name = account, name
        account.create(name)

    def address(self, options: str = "") -> AnswersAddress:
        """Where answers are read: this folder and nothing else."""
        return parse_answers(self.account.url(f"?folders={quote(self.name, safe='')}{options}"))

    def put(self, content: bytes, at: float | None = None) -> None:
        self.account.put(content, self.name, at)


def places(place: str) -> dict[str, str]:
    """How far each folder has been read, without when that was."""
    return {folder: read for folder, read in json.loads(place).items() if folder}


def reply(text: str = "OK", number: int = 1, heads: str = "", sender: str = "ana@example.com") -> bytes:
    """A mail that answers a page."""
    lines = f"""\
From: Ana Ruiz <{sender}>
To: oncall@example.com
Subject: Re: {SUBJECT}
Message-ID: <{number}@phone.example.com>
In-Reply-To: {ANSWERED}
Date: Fri, 27 Nov 2026 04:53:10 +0000
{heads}
{text}
"""
    return lines.replace("\n", "\r\n").encode()
