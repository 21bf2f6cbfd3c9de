"""The short text of a message: one SMS, in which what it is about, and what to type, stay whole and
the title gives way.
"""

from __future__ import annotations

from escalate_cli.core.calendar.duration import show_about
from escalate_cli.core.incident.situation import Incident, Notification, NotificationKind, Nudge
from escalate_cli.core.wording.fitting import Text, fit_sms, join, may_cut
from escalate_cli.core.wording.gsm import with_gsm_letters
from escalate_cli.core.wording.mentions import without_mentions
from escalate_cli.core.wording.text import printable


def short_message(notification: Notification, incident: Incident, nudge: Nudge | None) -> str:
    """The built-in short text."""
    title = may_cut(words(incident.title), 1, least=8)
    repeat = "(repeat) " if notification.unsure else ""
    number = f"#{incident.id} "
    if notification.kind is NotificationKind.TEST or incident.id <= 0:
        return one_sms(Text("[TEST] ") + title + " Only a test: nothing is broken.")
    if nudge is not None:
        asked = may_cut(words(nudge.action), 2, least=20)
        return one_sms(
            _head(repeat, incident.severity)
            + number
            + title
            + ": "
            + asked
            + f"? escalate nudge {nudge.id} yes|no"
        )
    if notification.kind is NotificationKind.PAGE:
        level = f" L{notification.level}" if notification.level else ""
        late = f", {show_about(notification.late)} late" if notification.late else ""
        return one_sms(
            _head(repeat, incident.severity, level + late) + number + title + f" - escalate ack {incident.id}"
        )
    if notification.kind is NotificationKind.RESOLVED:
        return one_sms(Text(f"{repeat}[resolved] {number}") + title)
    return one_sms(
        join(
            ": ",
            [Text(f"{repeat}[info] {number}") + title, may_cut(words(notification.note or ""), 2, least=30)],
        )
    )


def _head(repeat: str, severity: str, more: str = "") -> Text:
    return Text(f"{repeat}[") + may_cut(with_gsm_letters(severity), 0, least=8) + f"{more}] "


def words(text: str) -> str:
    """Text from people as an SMS takes it: on one line, quiet, with typographic signs made plain."""
    return without_mentions(Text(with_gsm_letters(printable(" ".join(text[:2000].split()))))).text


def one_sms(text: Text) -> str:
    """`text` as one SMS that rings nobody."""
    return fit_sms(without_mentions(text))
