"""The page beside the text of a mail, as it arrives: what it says, that it is harmless, small, and readable
in the light and in the dark.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from escalate_cli.core.calendar.duration import SECOND
from escalate_cli.core.messages.card import (
    DigestEntry,
    HowItStands,
    Line,
    MessageCard,
    MessageKind,
    Quote,
    ToType,
)
from escalate_cli.core.wording.fitting import Text
from escalate_cli.delivery.envelope import Envelope
from escalate_cli.delivery.mail.colours import severity_colour
from escalate_cli.delivery.mail.page import LONGEST_PAGE, page_of
from escalate_cli.delivery.sender import Sender
from tests.delivery.shown_page import Page
from tests.insight.browser import Browser, installed
from tests.loopback import bank, server
from tests.mail_server import Mail, SmtpServer
from tests.organisations import ONE_TEAM

BODY = "#41 Nobody can sign in\n\nAcknowledge: escalate ack 41\n"
HOSTILE = "<img src=http://evil.example/x onerror=alert(1)></p>\"'&copy;{{ 7*7 }}\u202e"
LONG_WORD = "w" * 150


def line(label: str, value: str) -> Line:
    return Line(label, Text(value))


def card(
    kind: MessageKind = MessageKind.PAGE, title: str = "Nobody can sign in", **parts: object
) -> MessageCard:
    """A card with everything that a page may say."""
    everything: dict[str, object] = {
        "kind": kind,
        "to_person": True,
        "number": 41,
        "severity": "critical",
        "rank": 2,
        "ranks": 3,
        "subject": Text(f"[critical] #41 {title}"),
        "title": Text(title),
        "news": Text("Bo asks for you."),
        "question": Text("Page Kim Osei?"),
        "facts": (line("Severity", "critical"), line("Affected", "Log in"), line("Declared", "04:52 GMT")),
        "candidates": (ToType("Log in (identity)", "escalate update 41 --service login"),),
        "quotes": (
            Quote(Text("Since the release.\nWeb and app.")),
            Quote(Text("rolled back"), "Latest update"),
        ),
        "remarks": ("This page is 4m late: escalate was not running.",),
        "told": line("Told so far", "Bo Lindqvist at 04:52 GMT"),
        "why": line("Why you", "on call for Identity"),
        "upcoming": line("Next", "level 2 of 3 (Kim Osei) at 05:02 GMT"),
        "deadline": "Without an answer by 05:10 GMT nothing happens.",
        "answers": (ToType("Acknowledge", "ssh ops1 escalate ack 41"), ToType("Details", "escalate show 41")),
        "links": (line("Runbook", "https://wiki.example.com/runbooks/log-in"), line("Room", "#incidents")),
        "listed": (
            DigestEntry(
                41, "Nobody can sign in", "critical", 2, HowItStands.UNANSWERED, "open", "escalate ack 41"
            ),
            DigestEntry(
                40, "Card payments slow", "major", 1, HowItStands.ANSWERED, "acknowledged", "escalate ack 40"
            ),
            DigestEntry(38, "Search out of date", "minor", 0, HowItStands.OVER, "resolved"),
        ),
        "closing": "This is only a test.",
    }
    return MessageCard(**{**everything, **parts})  # type: ignore[arg-type]


def send(mail: SmtpServer, given: MessageCard | None, options: str = "", body: str = BODY) -> Mail:
    envelope = Envelope(mail.url(options=options), (), "t", body, "page", 30 * SECOND, card=given)
    with Sender() as sender:
        sender.begin(1, envelope)
        while not (ended := sender.outcomes(5)):
            pass
    assert (ended[0][1].kind.value, ended[0][1].detail) == ("sent", "SMTP 250")
    return mail.arrived[-1]


def parts(mail: Mail) -> list[tuple[str, str]]:
    return [
        (part.get_content_type(), part.get_content().replace("\r\n", "\n"))
        for part in mail.message.walk()
        if not part.is_multipart()
    ]


@pytest.fixture(scope="module")
def mail():
    with SmtpServer() as running:
        yield running


def test_a_mail_has_its_text_and_the_page_beside_it_as_alternatives(mail: SmtpServer) -> None:
    arrived = send(mail, card())
    assert arrived.message.get_content_type() == "multipart/alternative"
    (text, said), (page, shown) = parts(arrived)
    assert (text, said.strip()) == ("text/plain", BODY.strip())
    assert page == "text/html", "the last is what a mail program prefers"
    assert shown.strip() == page_of(card()).strip()


@pytest.mark.parametrize(
    ("given", "options"), [(None, ""), (card(), "&format=text"), (card(), "&format=markdown")]
)
def test_a_mail_is_text_alone_where_there_is_no_card_or_the_gateway_says_so(
    mail: SmtpServer, given: MessageCard | None, options: str
) -> None:
    ((text, said),) = parts(send(mail, given, options))
    assert (text, said.strip()) == ("text/plain", BODY.strip())


def test_a_gateway_that_asks_for_html_gets_the_page_and_not_the_text_made_into_one(mail: SmtpServer) -> None:
    (_, said), (_, shown) = parts(send(mail, card(), "&format=html"))
    assert said.strip() == BODY.strip()
    assert shown.strip() == page_of(card()).strip()


def test_a_mail_in_several_parts_has_no_page_for_each(mail: SmtpServer) -> None:
    before = len(mail.arrived)
    send(mail, card(), "&overflow=split", "word " * 20_000)
    pieces = mail.arrived[before:]
    assert len(pieces) > 1
    assert all([kind for kind, _ in parts(piece)] == ["text/plain"] for piece in pieces)


def test_what_people_wrote_is_shown_and_is_nothing_but_text() -> None:
    texts = {
        "news": Text(HOSTILE), "question": Text(HOSTILE),
        "quotes": (Quote(Text(HOSTILE)), Quote(Text(HOSTILE), HOSTILE)), "facts": (line(HOSTILE, HOSTILE),),
        "links": (line(HOSTILE, HOSTILE), line("x", "javascript:alert(1)")),
        "candidates": (ToType(HOSTILE, HOSTILE),), "answers": (ToType(HOSTILE, HOSTILE),),
        "why": line("Why", HOSTILE),
        "listed": (DigestEntry(1, HOSTILE, HOSTILE, 0, HowItStands.UNANSWERED, "open", HOSTILE),),
        "severity": HOSTILE, "remarks": (HOSTILE,), "deadline": HOSTILE, "closing": HOSTILE,
        "subject": Text(HOSTILE),
    }  # fmt: skip
    tame = {name: _tamed(value) for name, value in texts.items()}
    shown, plain = Page(page_of(card(title=HOSTILE, **texts))), Page(page_of(card(title="x", **tame)))
    assert shown.tags == plain.tags
    written = HOSTILE.replace("\u202e", "\\u202e")
    assert shown.words.lower().count(written.lower()) >= 18
    assert "49" not in shown.words


def _tamed(value: object) -> object:
    """The same with harmless words."""
    if isinstance(value, tuple):
        return tuple(map(_tamed, value))
    if isinstance(value, Text):
        return Text("x")
    if isinstance(value, str):
        return "x"
    if isinstance(value, DigestEntry):
        return DigestEntry(1, "x", "x", 0, HowItStands.UNANSWERED, "open", "x")
    if isinstance(value, ToType):
        return ToType("x", "x")
    if isinstance(value, Quote):
        return Quote(Text("x"), value.label and "x")
    assert isinstance(value, Line)
    return line("x", "x")


@pytest.mark.parametrize("kind", MessageKind)
def test_a_page_loads_nothing_and_runs_nothing(kind: MessageKind) -> None:
    html = page_of(card(kind))
    page = Page(html)
    assert not {"script", "link", "img", "iframe", "object", "form", "base", "video"} & set(page.tags)
    loading = {"src", "srcset", "background", "poster", "action", "data"}
    assert [name for name in page.attributes if name in loading or name.startswith("on")] == []
    assert "url(" not in html
    assert "@import" not in html
    assert page.links == ["https://wiki.example.com/runbooks/log-in"], "a web address, and no other text"


def test_it_says_what_is_broken_who_is_next_and_what_to_type() -> None:
    page = Page(page_of(card()))
    for words in (
        "CRITICAL", "#41", "Nobody can sign in", "ssh ops1 escalate ack 41",
        "level 2 of 3 (Kim Osei) at 05:02 GMT", "Bo Lindqvist at 04:52 GMT", "on call for Identity",
        "“Since the release. Web and app.”", "Log in",
    ):  # fmt: skip
        assert words in page.words
    assert all("monospace" in style for words, style in page.pieces if words.startswith(("ssh", "escalate")))
    assert page.style_of("Nobody can sign in")["font-size"] == "28px"
    assert page.style_of("CRITICAL")["color"] != page.style_of("Nobody can sign in")["color"]


@pytest.mark.parametrize("letter", ["x", "<", "ü", "\u202e", "\U0001f525"])
def test_its_size_is_bounded_whatever_people_wrote(letter: str) -> None:
    rows = tuple(
        DigestEntry(number, letter * 200, "critical", 2, HowItStands.UNANSWERED, "open", "escalate ack 1")
        for number in range(5_000)
    )
    long = Text(letter * 20_000)
    for given in (
        card(news=long, quotes=(Quote(long), Quote(long)), title=letter * 20_000),
        card(MessageKind.DIGEST, listed=rows),
        card(links=tuple(line("x", letter * 2_000) for _ in range(3))),
    ):
        html = page_of(given)
        assert "Acknowledge" in html
        assert len(html.encode()) <= LONGEST_PAGE
    digest = Page(page_of(card(MessageKind.DIGEST, listed=rows))).words
    shown = digest.count("CRITICAL") - 1
    assert f"and {5_000 - shown} more" in digest
    assert shown >= 20


@pytest.mark.parametrize(
    ("severity", "rank", "ranks", "colour"),
    [
        ("critical", 2, 3, "critical"), ("major", 1, 3, "major"), ("minor", 0, 3, "minor"),
        ("sev1", 4, 5, "critical"), ("sev2", 3, 5, "major"), ("sev3", 2, 5, "minor"), ("sev5", 0, 5, "minor"),
        ("bad", 0, 1, "critical"), ("major", 0, 1, "major"), ("gone", 3, 4, "critical"),
    ],
)  # fmt: skip
def test_a_severity_s_colour_is_of_its_name_or_of_its_rank(
    severity: str, rank: int, ranks: int, colour: str
) -> None:
    given = card(severity=severity, rank=rank, ranks=ranks)
    assert severity_colour(given, ranks) == colour


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("standing", HowItStands)
@pytest.mark.parametrize("severity", ["critical", "major", "minor"])
def test_every_text_stands_out_from_its_ground_and_so_does_every_bar(
    severity: str, standing: HowItStands, dark: bool
) -> None:
    for kind in MessageKind:
        page = Page(page_of(card(kind, severity=severity, standing=standing)), dark=dark)
        low = {(words, ratio) for words, ratio in page.contrasts() if ratio < 4.5}
        assert not low
        assert page.bars
        assert all(ratio >= 3 for ratio in page.bars)
    assert len(page.pieces) > 20, "there was something to look at"


def test_it_is_at_most_600_px_wide_and_nothing_has_a_width_that_a_phone_has_not() -> None:
    html = page_of(card())
    assert "max-width:600px" in html
    outside_of_outlook = re.sub(r"<!--\[if mso\]>.*?<!\[endif\]-->", "", html, flags=re.DOTALL)
    widths = re.findall(r"(?<![-\w])width[:=]\"?(\d+)(?!%|\d)", outside_of_outlook)
    assert all(int(width) < 100 for width in widths)


@pytest.mark.skipif(installed() is None, reason="there is no browser here")
def test_nothing_scrolls_sideways_on_a_phone(tmp_path: Path) -> None:
    html = page_of(card(title=LONG_WORD, answers=(ToType("Acknowledge", f"ssh {LONG_WORD} escalate ack 1"),),
                        links=(line("Runbook", f"https://wiki.example.com/{LONG_WORD}"),)))  # fmt: skip
    (tmp_path / "page.html").write_text(html, encoding="utf-8")
    browser = Browser(tmp_path)
    try:
        for width in (390, 320):
            browser.open(tmp_path / "page.html", width)
            assert browser.run("document.documentElement.scrollWidth") == width
        browser.open(tmp_path / "page.html", 1200)
        assert browser.run("document.querySelector('table').getBoundingClientRect().width") == 600
        assert [event for event in browser.events if event.get("method") == "Network.requestWillBeSent"][
            1:
        ] == []
    finally:
        browser.close()


def test_nothing_but_the_process_that_sends_a_mail_loads_jinja2() -> None:
    loads = (
        "import sys, escalate_cli.engine.sending, escalate_cli.delivery.one_attempt;"
        " print('jinja2' in sys.modules)"
    )
    ran = subprocess.run(
        [sys.executable, "-c", loads], capture_output=True, text=True, timeout=60, check=True
    )
    assert ran.stdout.strip() == "False"


ORGANISATION = (
    ONE_TEAM.but('web = "ana"', 'web = "ana@example.com"')
    .but('web = "bo"', 'web = "bo@example.org"')
    .but("json://127.0.0.1:PORT/{to}", "mailto://127.0.0.1:MAILPORT?from=oncall@pager.example&to={to}")
    .but("[fallback]", '[fallback]\nevery = "1h"')
    + 'timeout = "30s"\n'
)


def test_a_page_by_mail_shows_what_its_text_says(mail: SmtpServer, tmp_path: Path) -> None:
    with server() as web:
        escalate = bank(tmp_path, web, ("all.toml", ORGANISATION.but("MAILPORT", str(mail.port))))
        before = len(mail.arrived)
        escalate(
            "declare", "Nobody can <b>sign in</b>", "-s", "login", "-m", "Since the release.\nWeb and app."
        )
        (_, said), (_, shown) = parts(mail.arrived[before])
    words = Page(shown).words
    for both in (
        "#1", "Nobody can <b>sign in</b>", "escalate ack 1", "escalate show 1", "Log in", "Why you", "Next",
        "(Kim)",
    ):  # fmt: skip
        assert both in " ".join(said.split())
        assert both in words
    assert "MAJOR" in words
    assert "“Since the release. Web and app.”" in words


def test_what_an_organisation_writes_itself_goes_out_as_it_wrote_it(mail: SmtpServer, tmp_path: Path) -> None:
    own = '[messages]\nbody = "{title}: {ack}"\n'
    with server() as web:
        escalate = bank(tmp_path, web, ("all.toml", ORGANISATION.but("MAILPORT", str(mail.port)) + own))
        before = len(mail.arrived)
        escalate("declare", "Nobody can sign in", "-s", "login")
        ((kind, said),) = parts(mail.arrived[before])
    assert (kind, said.strip()) == ("text/plain", "Nobody can sign in: escalate ack 1")
