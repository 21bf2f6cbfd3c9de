"""A mail server on loopback that keeps what arrives and refuses what it is told to."""

from __future__ import annotations

import asyncio
import email
import email.policy
import socket
import threading
import time
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Any, Self

from escalate_cli.clock import Clock
from escalate_cli.core.calendar.duration import Instant
from tests.servers import LOOPBACK, ServerRecord


@dataclass(frozen=True)
class Mail:
    """A mail that arrived (also one that was then refused); `at` is `time.monotonic()`, `instant`
    the wall clock in microseconds.
    """

    at: float
    instant: Instant
    sender: str
    recipients: tuple[str, ...]
    content: bytes

    @property
    def message(self) -> EmailMessage:
        message = email.message_from_bytes(self.content, policy=email.policy.default)
        assert isinstance(message, EmailMessage)
        return message

    @property
    def subject(self) -> str:
        return str(self.message["Subject"])

    @property
    def text(self) -> str:
        part = self.message.get_body(("plain", "html"))
        return "" if part is None else str(part.get_content())


class SmtpServer(ServerRecord[Mail]):
    """A mail server (aiosmtpd). `replies` are what it says instead of accepting, by command:
    `RCPT="550 no such user"`; "hang" for no answer.

    Commands: MAIL, RCPT, DATA (the message has arrived and is recorded by then). `set` changes them
    while it runs. `banner="hold"`: it takes connections (`connected` tells of the first) and
    greets nobody before `release()`.
    """

    def __init__(self, banner: str = "", **replies: str) -> None:
        super().__init__()
        self.replies = replies
        self.connected = threading.Event()
        self._greets = asyncio.Event()
        if banner != "hold":
            self._greets.set()
        self._socket = socket.create_server((LOOPBACK, 0), backlog=256)
        self.port: int = self._socket.getsockname()[1]
        self._started = threading.Event()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def url(self, to: str = "ana@example.com", options: str = "") -> str:
        """An Apprise URL for one mail through here."""
        return f"mailto://{LOOPBACK}:{self.port}?from=escalate@example.com&to={to}{options}"

    def set(self, **replies: str) -> None:
        """From now on, these replies."""
        self.replies = replies

    def release(self) -> None:
        """Whoever waits for the banner has it now."""
        self._loop.call_soon_threadsafe(self._greets.set)

    def __enter__(self) -> Self:
        self._thread.start()
        assert self._started.wait(60)
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self.stop.set)
        self._thread.join()

    def _run(self) -> None:
        with asyncio.Runner(loop_factory=lambda: self._loop) as runner:
            runner.run(self._serve())

    async def _serve(self) -> None:
        from aiosmtpd.smtp import SMTP

        waiting: list[asyncio.Task[None]] = []

        class Greeting(SMTP):
            def connection_made(greeting, transport: asyncio.BaseTransport) -> None:
                greet = super().connection_made

                async def greet_later() -> None:
                    await self._greets.wait()
                    greet(transport)

                self.connected.set()
                if self._greets.is_set():
                    greet(transport)
                else:
                    waiting.append(self._loop.create_task(greet_later()))

        self.stop = asyncio.Event()
        protocols: list[Any] = []

        def protocol() -> Any:
            protocols.append(
                Greeting(
                    _Mailbox(self),
                    enable_SMTPUTF8=True,
                    hostname="mail.example.com",
                    ident="test",
                    loop=self._loop,
                )
            )
            return protocols[-1]

        server = await self._loop.create_server(protocol, sock=self._socket)
        self._started.set()
        await self.stop.wait()
        server.close()
        for each in protocols:
            if each.transport is not None:
                each.transport.abort()
        await asyncio.sleep(0)


class _Mailbox:
    """aiosmtpd's hooks."""

    def __init__(self, owner: SmtpServer) -> None:
        self._owner = owner

    async def _reply(self, command: str) -> str | None:
        reply = self._owner.replies.get(command)
        if reply == "hang":
            await self._owner.stop.wait()
            return "421 closing"
        return reply

    async def handle_MAIL(
        self, server: Any, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        refusal = await self._reply("MAIL")
        if refusal is None:
            envelope.mail_from = address
            envelope.mail_options.extend(options)
        return refusal or "250 OK"

    async def handle_RCPT(
        self, server: Any, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        refusal = await self._reply("RCPT") or self._owner.replies.get(address)
        if refusal is None:
            envelope.rcpt_tos.append(address)
        return refusal or "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        content = envelope.content if isinstance(envelope.content, bytes) else str(envelope.content).encode()
        self._owner.record(
            Mail(time.monotonic(), Clock().now(), envelope.mail_from or "", tuple(envelope.rcpt_tos), content)
        )
        return await self._reply("DATA") or "250 accepted"
