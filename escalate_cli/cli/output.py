"""The one printer: answers, talk and errors leave through here, and nothing leaves with a live
control character in it.

Commands return an `Answer`; the frame hands it to `show_answer`. Answers go to stdout, talk and errors
to stderr. JSON is the same on a terminal and in a pipe. Rich is loaded only when a screen is drawn.
"""

from __future__ import annotations

import io
import os
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from typing import IO, TYPE_CHECKING, Any, Protocol, cast

import msgspec

from escalate_cli import files
from escalate_cli.context import Options
from escalate_cli.core.wording.text import LIVE, printable
from escalate_cli.errors import EscalateError, ExitCode, FileRefusal, error_data

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions, RenderableType

Draw = Callable[["Console"], None]

_ENDLESS = 10_000
"""columns of a pipe"""


class Answer(msgspec.Struct, frozen=True):
    """What a command found or did.

    `data` is JSON-able: what `--json` prints. `screen` is what people get: a function that draws on
    a console, a text that is printed as it is (one line needs no Rich; "" prints nothing), or None
    when people get the JSON too. `notes` are talk, for stderr. `acted`: something was changed, so
    that a lost answer (stdout full) does not turn success into failure. `failures`: what went wrong
    with some of several things while the others were done; they are errors on stderr, also for
    `--quiet`. `paged`: it is long, and a terminal shows it page by page. `aside`: stdout is
    somebody else's, so that this goes to stderr.
    """

    data: Any
    screen: Draw | str | None = None
    exit_code: int = ExitCode.DONE
    notes: Sequence[str] = ()
    acted: bool = False
    failures: Sequence[EscalateError] = ()
    paged: bool = False
    aside: bool = False


def _json_escape(match: re.Match[str]) -> str:
    if match[0] == "\n":
        return "\n"  # a line end of the layout: inside of strings it is already escaped
    return "".join(f"\\u{unit:04x}" for unit in _utf16(ord(match[0])))


def _utf16(code: int) -> tuple[int, ...]:
    return (code,) if code < 0x10000 else (0xD800 + ((code - 0x10000) >> 10), 0xDC00 + (code & 0x3FF))


def json_text(data: object) -> str:
    """`data` as one JSON document that is valid UTF-8 and harmless on a terminal, and says exactly
    what `data` says.
    """
    import json  # most answers are not JSON

    return LIVE.sub(_json_escape, json.dumps(data, ensure_ascii=False, indent=2, allow_nan=False))


def show_answer(answer: Answer, options: Options) -> int:
    """Print `answer`, then its notes; return the exit code of the process.

    A reader that went away (`| head`) ends the printing quietly. A full disk under stdout is said
    on stderr; it is a failure only when nothing but the answer was wanted.
    """
    if answer.aside:
        written = True
        _tell_aside(answer, options)
    else:
        page = _page(answer, options)
        written = (answer.paged and _turned(page, options)) or write_out(page, options, acted=answer.acted)
    notes = () if options.quiet else answer.notes
    if answer.failures and options.json:  # one document, so that stderr can be parsed
        first, *others = answer.failures
        fail(first, options, more={"others": [error_data(other) for other in others], "notes": list(notes)})
        notes = ()
    elif answer.failures:
        for failure in answer.failures:
            fail(failure, options)
    for note in notes:
        say(note)
    return answer.exit_code if written or answer.acted or answer.exit_code else ExitCode.NO


def _turned(page: bytes, options: Options) -> bool:
    from escalate_cli.cli.pager import show_in_pager

    return not options.json and show_in_pager(page, os.environ)


def _tell_aside(answer: Answer, options: Options) -> None:
    if options.json:
        _write_err(json_text(answer.data) + "\n")
    elif isinstance(answer.screen, str) and answer.screen and not options.quiet:
        _write_err(printable(answer.screen, lines=True) + "\n")


def _page(answer: Answer, options: Options) -> bytes:
    if options.json or answer.screen is None:
        return (json_text(answer.data) + "\n").encode()
    if not isinstance(answer.screen, str):
        return drawn(answer.screen, options)
    text = printable(answer.screen.rstrip("\n"), lines=True) + "\n" if answer.screen else ""
    return text.encode(sys.stdout.encoding, "backslashreplace")


def drawn(draw: Draw, options: Options) -> bytes:
    """What `draw` puts on a console like stdout, as the bytes to write there. In a pipe no line is
    wrapped, unless $COLUMNS says how wide it is to be.
    """
    terminal = sys.stdout.isatty() or bool(os.environ.get("FORCE_COLOR"))
    sheet = io.BytesIO()
    paper = io.TextIOWrapper(sheet, encoding=sys.stdout.encoding, errors="backslashreplace", newline="\n")
    narrow = sys.stdout.isatty() or os.environ.get("COLUMNS", "")
    draw(console(paper, options, terminal=terminal, width=None if narrow else _ENDLESS))
    paper.flush()
    drawing = sheet.getvalue()
    return drawing if terminal else b"\n".join(line.rstrip() for line in drawing.split(b"\n"))


class Paper(Protocol):
    """Whatever Rich can draw on."""

    def write(self, text: str, /) -> int: ...

    def flush(self) -> None: ...


def console(file: Paper, options: Options, *, terminal: bool, width: int | None = None) -> Console:
    """A Rich console in the house style: no markup, no emoji codes, no colours guessed from words;
    a last net for control characters.
    """
    from rich.console import Console
    from rich.segment import Segment

    class GuardedConsole(Console):
        def render(
            self, renderable: RenderableType, options: ConsoleOptions | None = None
        ) -> Iterator[Segment]:
            for segment in super().render(renderable, options):
                yield (
                    segment
                    if segment.control
                    else Segment(printable(segment.text, lines=True), segment.style)
                )

    return GuardedConsole(
        file=cast("IO[str]", file),
        force_terminal=terminal,
        color_system="auto" if options.color else None,
        markup=False,
        emoji=False,
        highlight=False,
        soft_wrap=False,
        width=width,
    )


def say(text: str) -> None:
    """Talk: one line on stderr."""
    _write_err(printable(text) + "\n")


def _write_err(text: str) -> None:
    """Whoever closed stderr does not want to hear it."""
    try:
        sys.stderr.write(text)
        sys.stderr.flush()
    except OSError:
        give_up(2)


def fail(
    error: EscalateError, options: Options, *, details: Sequence[str] = (), more: dict[str, Any] | None = None
) -> None:
    """Print an error on stderr: see `error_text`."""
    _write_err(error_text(error, options, details=details, more=more))


def error_text(
    error: EscalateError, options: Options, *, details: Sequence[str] = (), more: dict[str, Any] | None = None
) -> str:
    """An error: `escalate: error: …` and a hint line, or the same as JSON. `details` are blocks of
    lines that come first.
    """
    if options.json:
        return json_text({"error": {**error_data(error), **(more or {})}}) + "\n"
    lines = [printable(detail, lines=True) for detail in details]
    lines.append(printable(f"escalate: error: {error.message}"))
    if error.hint:
        lines.append(printable(f"hint: {error.hint}"))
    return "\n".join(lines) + "\n"


def write_out(data: bytes, options: Options, *, acted: bool = False) -> bool:
    """Put `data` on stdout and see it through; whether that went well. A reader that went away is
    well: it has seen enough.
    """
    try:
        sys.stdout.flush()
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        give_up_stdout()
    except OSError as error:
        lost(error, options, acted=acted)
        return False
    return True


def lost(error: OSError, options: Options, *, acted: bool = False) -> None:
    """Say that stdout could not be written."""
    give_up_stdout()
    fail(unwritable(error, acted=acted), options)


def unwritable(error: OSError, *, acted: bool) -> EscalateError:
    """What is said where stdout cannot be written."""
    done = "what was asked has been done" if acted else "nothing has been changed: make room and ask again"
    return EscalateError(f"the answer could not be written to stdout: {error.strerror}", done, code="output")


def give_up_stdout() -> None:
    """Write no more to stdout."""
    give_up(1)


def give_up(stream: int) -> None:
    """Point a stream at /dev/null: what is left in its buffer would fail again, loudly, when the
    interpreter ends.
    """
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, stream)
    os.close(nowhere)


def written(file: str, text: str) -> str:
    """Write `text` into `file`; the sentence that says so."""
    try:
        files.write(file, text.encode())
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "that is no file name"
        kind = FileRefusal if isinstance(error, PermissionError) else EscalateError
        raise kind(
            f"cannot write {file}: {reason}", "name a file that you may write", code="cannot-write"
        ) from None
    return f"wrote {file}"
