"""A mail that arrived: who wrote it, what it answers, what it says; and what is no answer at all: an
absence note, a bounce, a list.

Anything that a robot may have sent never acts and is never answered (RFC 3834). A reply is read as
its writer sees it: the plain text, else the text of the HTML.
"""

from __future__ import annotations

import re
from email import message_from_bytes, policy
from email.errors import MessageError
from email.message import EmailMessage, MIMEPart
from email.utils import getaddresses, parsedate_to_datetime
from html.parser import HTMLParser

import msgspec

from escalate_cli.core.answers.arrived import Arrival, Bounce
from escalate_cli.core.answers.codes import long_codes
from escalate_cli.core.calendar.duration import SECOND, Instant
from escalate_cli.reception.too_slow import TooSlow, at_most

LARGEST_MAIL = 5_000_000
"""bytes of a mail that are looked at: an answer is in the first few"""
LONGEST_TEXT = 200_000
_LONGEST_READING = 1.0
"""seconds of a processor"""

_BULK = frozenset({"bulk", "junk", "list", "auto_reply"})
_ROBOTS = re.compile(r"(?:mailer-daemon|postmaster|no-?reply|do-?not-?reply|bounces?)(?:[+=.-].*)?@.*", re.I)
_ABSENT = re.compile(
    r"\s*(?:\[?auto(?:matic)?(?:[- ]?(?:reply|response|responder|matisch\w*|matique\w*))?\b"
    r"|out[- ]of[- ](?:the[- ])?office|ooo\b|away from (?:my|the) (?:mail|desk|office)"
    r"|on (?:vacation|holiday|leave)\b"
    r"|vacation\b|absence\b|absent\b|i am (?:away|out)\b|abwesen|automatische antwort|ich bin (?:nicht|außer)"
    r"|réponse automatique|absence du bureau|hors du bureau|absent\(?e?\)? du bureau|respuesta autom"
    r"|fuera de la oficina"
    r"|ausente|risposta automatica|fuori (?:sede|ufficio)|automatisch antwoord|afwezig|niet op kantoor"
    r"|autosvar|frånvar|fraværende|fravær|automaattinen|poissa|odpowiedź automatyczna|nieobecno"
    r"|resposta autom|fora do escritório|automatická odpov|nepřítom|otomatik yanıt|ofis dışında"
    r"|automa(?:tis[ck]|tick[ýáé]|tyczn|attin|tikus)|otomatik|автоответ|автоматич|вне офиса|нет на месте"
    r"|αυτόματ|răspuns automat"
    r"|(?:(?:i|im|in|en|de|di|em|på|na|w|v|auf|ich bin|je suis|estoy|sono|estou|jestem|jsem|я|в)\s+)*"
    r"(?:urlaub|congés?\b|vacances|vacaciones|ferie\b|férias|urlop|dovolen|отпуск|semester\b|lomalla|vakantie|tatil|izin)"
    r"|svar under (?:ferie|fravær)|no estoy en|poza biurem|休暇|休假|不在|휴가"
    r"|自動応答|自动回复|自動回覆|자동 회신|부재중)",
    re.IGNORECASE,
)  # fmt: skip
"""how the subject of an absence note begins in the languages of the world"""
_REPLY_MARK = re.compile(
    r"^\s*(?:re|aw|sv|vs|odp|antw|res|rv|回复|答复|返信)\s?(?:\[\d+\])?\s?[:\uff1a]\s*", re.I
)
_MESSAGE_ID = re.compile(r"<[^<>\s]+>")
_REACTION = "text/vnd.google.email-reaction+json"
_BLOCKS = re.compile(r"p|div|br|tr|li|h[1-6]|table|blockquote|hr|section|header|footer")
_HIDDEN = frozenset({"style", "script", "head", "title"})


def read_mail(raw: bytes) -> Arrival:
    """A mail as it came over the wire. What of it cannot be read is empty; this never fails, and takes
    a second at most.
    """
    try:
        with at_most(_LONGEST_READING):
            return _read(raw)
    except (Exception, TooSlow):  # somebody else wrote it
        return Arrival(external_id="", sender="", text="", robot="it cannot be read")


def _read(raw: bytes) -> Arrival:
    mail = message_from_bytes(raw[:LARGEST_MAIL], policy=policy.default)
    sender = _addresses(mail, "From")
    subject = _header(mail, "Subject")
    bounce = _bounce(mail)
    answered = _answered(mail) + (_returned(mail) if bounce is not None else ())
    recipients = _addresses(mail, "Delivered-To", "X-Original-To", "To", "Cc")
    return Arrival(
        external_id=next(iter(_ids(_header(mail, "Message-ID"))), ""),
        sender=sender[0] if len(sender) == 1 else "",
        text=_reaction(mail) or _text(mail),
        sent_at=_sent_at(mail),
        codes=long_codes(" ".join((*recipients, *answered))),
        answered=answered,
        subject=subject,
        robot="a report of delivery" if bounce is not None else _robot(mail, sender, subject),
        bounce=bounce,
    )


def _header(mail: EmailMessage, name: str) -> str:
    """A header on one line; "" where there is none, or none that can be read."""
    try:
        return " ".join(str(mail.get(name, "")).split())
    except (MessageError, ValueError, LookupError, TypeError, AttributeError, IndexError):
        return ""


def _headers(mail: EmailMessage, name: str) -> list[str]:
    try:
        return [str(value) for value in mail.get_all(name, [])]
    except (MessageError, ValueError, LookupError, TypeError, AttributeError, IndexError):
        return []


def _addresses(mail: EmailMessage, *names: str) -> tuple[str, ...]:
    written = [value for name in names for value in _headers(mail, name)]
    addresses = (address.strip().lower() for _, address in getaddresses(written))
    return tuple(dict.fromkeys(address for address in addresses if "@" in address))


def _ids(text: str) -> list[str]:
    return _MESSAGE_ID.findall(text)


def _answered(mail: EmailMessage) -> tuple[str, ...]:
    nearest = _ids(_header(mail, "In-Reply-To"))
    before = _ids(_header(mail, "References"))[::-1]
    return tuple(dict.fromkeys([*nearest, *before]))


def _sent_at(mail: EmailMessage) -> Instant | None:
    try:
        return round(parsedate_to_datetime(_header(mail, "Date")).timestamp() * SECOND)
    except (ValueError, TypeError, OverflowError, OSError):
        return None


def _robot(mail: EmailMessage, sender: tuple[str, ...], subject: str) -> str | None:
    """Why this mail cannot be somebody's answer."""
    submitted = _header(mail, "Auto-Submitted").partition(";")[0].strip().lower()
    if submitted not in ("", "no"):
        return f"Auto-Submitted: {submitted}"
    if mail.get_content_type() == "multipart/report":
        return "a report"
    precedence = _header(mail, "Precedence").lower()
    if precedence in _BULK:
        return f"Precedence: {precedence}"
    marked = next((name for name in ("List-Id", "List-Unsubscribe", "X-Autoreply", "X-Autorespond",
                                     "X-Autoresponder", "X-Auto-Reply", "X-Escalate")
                   if _headers(mail, name)), None)  # fmt: skip
    if marked is not None:
        return marked
    if any(path.strip() in ("", "<>") for path in _headers(mail, "Return-Path")):
        return "an empty Return-Path"
    if len(sender) != 1 or _ROBOTS.fullmatch(sender[0]):
        return "nobody's address"
    if _is_absence(subject):
        return "an absence note"
    return None


def _is_absence(subject: str) -> bool:
    """Whether a subject begins like an absence note; one that answers us keeps our subject behind it."""
    while (mark := _REPLY_MARK.match(subject)) is not None:
        subject = subject[mark.end() :]
    return _ABSENT.match(subject) is not None


def _bounce(mail: EmailMessage) -> Bounce | None:
    """What a delivery report says (RFC 3464), and about which mail."""
    reports = [part for part in mail.walk() if part.get_content_type() == "message/delivery-status"]
    if not reports:
        return None
    fields: dict[str, str] = {}
    for block in reports[0].walk():
        for name, value in block.items():
            fields.setdefault(name.lower(), " ".join(str(value).split()))
    recipient = fields.get("original-recipient") or fields.get("final-recipient") or ""
    return Bounce(
        final=fields.get("action", "").lower() == "failed",
        status=fields.get("status", ""),
        recipient=recipient.rpartition(";")[2].strip().lower(),
    )


def _returned(mail: EmailMessage) -> tuple[str, ...]:
    """The ids in the mail that a report of delivery brings back."""
    parts = [
        part for part in mail.walk() if part.get_content_type() in ("message/rfc822", "text/rfc822-headers")
    ]
    return tuple(dict.fromkeys(identity for part in parts for identity in _ids(str(part))))


def _reaction(mail: EmailMessage) -> str | None:
    """The emoji with which somebody reacted in Gmail."""
    for part in mail.walk():
        if part.get_content_type() == _REACTION:
            try:
                emoji = msgspec.json.decode(_decoded(part))["emoji"]
            except (msgspec.DecodeError, KeyError, TypeError):
                return None
            return emoji if isinstance(emoji, str) else None
    return None


def _text(mail: EmailMessage) -> str:
    try:
        body = mail.get_body(("plain", "html"))
    except (KeyError, AttributeError, ValueError):
        body = None
    if body is None:
        return ""
    content = _decoded(body)
    text = _of_html(content) if body.get_content_subtype() == "html" else _unflowed(body, content)
    if not text.strip() and body.get_content_subtype() == "plain":
        other = mail.get_body(("html",))
        text = _of_html(_decoded(other)) if other is not None else ""
    return text[:LONGEST_TEXT]


def _decoded(part: MIMEPart) -> str:
    payload = part.get_payload(decode=True)
    raw = payload if isinstance(payload, bytes) else str(part.get_payload()).encode(errors="replace")
    for charset in (part.get_content_charset(), "utf-8", "latin-1"):
        try:
            return raw.decode(charset or "utf-8", "strict" if charset == "utf-8" else "replace")
        except (LookupError, UnicodeDecodeError):
            continue
    return ""


def _unflowed(part: MIMEPart, text: str) -> str:
    """A `format=flowed` text: one space in front of a line is stuffing (RFC 3676)."""
    if str(part.get_param("format", "")).lower() != "flowed":
        return text
    return "\n".join(line.removeprefix(" ") for line in text.splitlines())


class _Lines(HTMLParser):
    """The text of HTML, a line for each block; a quotation's lines begin with ">"."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []
        self.hidden = 0
        self.quoted = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _HIDDEN:
            self.hidden += tag not in ("head",)
        if _BLOCKS.fullmatch(tag):
            self.pieces.append("\n")
        if tag == "blockquote":
            self.quoted += 1
        if tag == "hr":
            self.pieces.append("-----\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in _HIDDEN:
            self.hidden -= tag not in ("head",) and self.hidden > 0
        if _BLOCKS.fullmatch(tag):
            self.pieces.append("\n")
        if tag == "blockquote":
            self.quoted = max(0, self.quoted - 1)

    def handle_data(self, data: str) -> None:
        if self.hidden:
            return
        text = re.sub(r"\s+", " ", data)
        if text.strip() and self.quoted:
            text = f"\n> {text.strip()}\n"
        self.pieces.append(text)


def _of_html(html: str) -> str:
    reader = _Lines()
    reader.feed(html)
    reader.close()
    return "\n".join(line.strip() for line in "".join(reader.pieces).splitlines() if line.strip())
