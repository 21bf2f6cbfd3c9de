"""Services that send mail by HTTP get the page, too, each as its real plugin hands it over."""

from __future__ import annotations

import base64
import email
import email.policy
from collections.abc import Callable
from typing import Any

import pytest

from escalate_cli.core.calendar.duration import SECOND
from escalate_cli.core.messages.card import MessageCard, MessageKind, ToType
from escalate_cli.core.wording.fitting import Text
from escalate_cli.delivery.envelope import Envelope
from escalate_cli.delivery.mail.alternative import shows_pages
from escalate_cli.delivery.mail.page import page_of
from escalate_cli.delivery.sender import Sender
from tests.delivery.test_mail_services import URLS
from tests.internet import MAIL_HOSTS, Internet

# a plugin of Apprise imports it
pytestmark = pytest.mark.filterwarnings("ignore:.*imghdr.*:DeprecationWarning")

BODY = "#41 Nobody can <b>sign in</b>\n\nAcknowledge: escalate ack 41\n"
CARD = MessageCard(
    kind=MessageKind.PAGE, to_person=True, number=41, severity="critical", subject=Text("x"),
    title=Text("Nobody can <b>sign in</b>"), answers=(ToType("Acknowledge", "escalate ack 41"),),
)  # fmt: skip


def raw(payload: Any) -> tuple[str, str]:
    """Both parts of a whole mail."""
    message = email.message_from_bytes(
        base64.b64decode(payload["RawMessage.Data"]), policy=email.policy.default
    )
    plain, html = (part.get_content() for part in message.iter_parts())
    return plain, html


PARTS: dict[str, tuple[str, Callable[[Any], tuple[str | None, str]]]] = {
    "mailgun": ("api.mailgun.net", lambda sent: (sent.get("text"), sent["html"])),
    "sparkpost": ("api.sparkpost.com", lambda sent: (sent["content"].get("text"), sent["content"]["html"])),
    "smtp2go": ("api.smtp2go.com", lambda sent: (sent.get("text_body"), sent["html_body"])),
    "sendgrid": ("api.sendgrid.com", lambda sent: (None, sent["content"][0]["value"])),
    "postmark": ("api.postmarkapp.com", lambda sent: (sent.get("TextBody"), sent["HtmlBody"])),
    "brevo": ("api.brevo.com", lambda sent: (sent["textContent"], sent["htmlContent"])),
    "resend": ("api.resend.com", lambda sent: (sent.get("text"), sent["html"])),
    "mailersend": ("api.mailersend.com", lambda sent: (sent["text"], sent["html"])),
    "ses": ("email.us-east-2.amazonaws.com", raw),
}
"""service → where it is, and its (text, HTML) in what it is sent;\
 the text is None where it takes HTML alone"""
BOTH = {"brevo", "mailersend", "ses"}


@pytest.fixture(scope="module")
def internet(tmp_path_factory: pytest.TempPathFactory):
    with Internet(tmp_path_factory.mktemp("internet")) as running:
        yield running


def send(internet: Internet, monkeypatch: pytest.MonkeyPatch, schema: str, more: str = "") -> Any:
    """What the service is sent."""
    for name, value in internet.environ.items():
        monkeypatch.setenv(name, value)
    url = URLS[schema] + (f"{'&' if '?' in URLS[schema] else '?'}{more}" if more else "")
    before = len(internet.arrived)
    with Sender() as sender:
        sender.begin(1, Envelope(url, (), "t", BODY, "page", 30 * SECOND, card=CARD))
        while not (ended := sender.outcomes(5)):
            pass
    arrived = internet.arrived[before:]
    assert arrived, ended
    assert arrived[-1].host == PARTS[schema][0]
    return arrived[-1].payload


def test_every_service_that_is_tried_here_is_one_that_has_pages() -> None:
    assert {where for where, _ in PARTS.values()} == set(MAIL_HOSTS)
    assert all(shows_pages(url) for url in URLS.values())
    assert not shows_pages("slack://a/b/c")


@pytest.mark.parametrize("schema", PARTS)
def test_a_mail_service_sends_the_page(
    internet: Internet, monkeypatch: pytest.MonkeyPatch, schema: str
) -> None:
    text, html = PARTS[schema][1](send(internet, monkeypatch, schema))
    assert html.strip() == page_of(CARD).strip()
    assert (text or "").strip() == (BODY.strip() if schema in BOTH else "")


@pytest.mark.parametrize("schema", ["mailgun", "brevo", "ses"])
def test_a_gateway_that_asks_for_text_alone_gets_no_page(
    internet: Internet, monkeypatch: pytest.MonkeyPatch, schema: str
) -> None:
    sent = send(internet, monkeypatch, schema, "format=text")
    shown = str(sent) + base64.b64decode(sent.get("RawMessage.Data", "")).decode()
    assert "<!doctype html>" not in shown
    assert "text/html" not in shown
