"""One exchange with a provider, and what it says about the message. Pure: it knows neither Apprise
nor a socket.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass

from msgspec.structs import replace

from escalate_cli.core.calendar.duration import Span
from escalate_cli.core.notification.attempt import Outcome, OutcomeKind
from escalate_cli.core.wording.refusals import BLOCKED_US, UNSUBSCRIBED
from escalate_cli.delivery.external_id import external_id_in, sound_id

MAY_HAVE_ARRIVED = "it may have arrived"


@dataclass(slots=True)
class Exchange:
    """What went over the wire: one HTTP request, or one SMTP conversation.

    `sent`: the message, or a part of it, left this machine. `status` is the HTTP status, or the
    SMTP reply that decided. `answer` is the provider's answer in its own words. `trouble` is what
    came instead of an answer. `hopeless` trouble stays however often it is tried; `local` trouble
    is this process's own. `external_id` is the id of the mail itself (its Message-ID). `farewell` marks
    a request that says goodbye after the message and decides nothing. `by_proxy`: a proxy that the
    environment names stands between, which may itself have given the answer.
    """

    protocol: str
    sent: bool = False
    status: int | None = None
    answer: str = ""
    retry_after: Span | None = None
    trouble: str | None = None
    hopeless: bool = False
    local: bool = False
    farewell: bool = False
    by_proxy: bool = False
    external_id: str | None = None

    def outcome(self) -> Outcome:
        """What this exchange alone says about the message."""
        if self.status is None:
            return self._without_answer()
        return _of_smtp(self) if self.protocol == "SMTP" else _of_http(self)

    def _without_answer(self) -> Outcome:
        trouble = self.trouble or "no answer"
        if self.hopeless:
            return Outcome(OutcomeKind.PERMANENT, trouble)
        if self.sent:
            return Outcome(OutcomeKind.UNKNOWN, f"{trouble} after the message was sent; {MAY_HAVE_ARRIVED}")
        return Outcome(OutcomeKind.TEMPORARY, trouble, local=self.local)


def outcome_of(succeeded: bool, exchanges: Sequence[Exchange], words: str, *, on_the_wire: bool) -> Outcome:
    """The outcome of an attempt. What was seen on the wire counts more than what the plugin says.

    `succeeded` and `words` are Apprise's answer and what the plugin logged. `on_the_wire`: this
    plugin speaks HTTP or SMTP, so that silence means that nothing was sent. With the few others
    (syslog, D-Bus, MQTT, IRC …) nothing can be seen, and Apprise is believed.
    """
    telling = [exchange for exchange in exchanges if not exchange.farewell]
    if not telling:
        if succeeded and not on_the_wire:
            return Outcome(OutcomeKind.SENT, "accepted")
        if succeeded:
            return Outcome(OutcomeKind.PERMANENT, "the plugin claims success but sent nothing")
        kind = OutcomeKind.PERMANENT if on_the_wire else OutcomeKind.TEMPORARY
        return Outcome(
            kind, words or ("the plugin sent nothing" if on_the_wire else "the plugin reports a failure")
        )
    last = telling[-1]
    outcome = replace(last.outcome(), external_id=_external_id(telling))
    if last.status is None and last.trouble is None and words:
        outcome = replace(outcome, detail=f"{words}; {MAY_HAVE_ARRIVED}" if last.sent else words)
    if outcome.kind is not OutcomeKind.SENT or succeeded or last.protocol == "SMTP":
        return outcome
    detail = (
        f"{outcome.detail}, but the plugin reports a failure ({words or 'no reason'}); {MAY_HAVE_ARRIVED}"
    )
    return Outcome(OutcomeKind.UNKNOWN, detail, external_id=outcome.external_id)


def _external_id(exchanges: Sequence[Exchange]) -> str | None:
    """The provider's id of the message, of the last exchange that has one: a message in parts is
    answered at its end, where the way to answer stands.
    """
    for exchange in reversed(exchanges):
        took = exchange.status is not None and 200 <= exchange.status < 300
        if exchange.protocol == "SMTP" and exchange.sent and exchange.external_id:
            return sound_id(exchange.external_id)
        if took and (named := external_id_in(exchange.answer)) is not None:
            return named
    return None


_TEMPORARY_HTTP = frozenset({302, 303, 307, 408, 421, 423, 425, 429})
"""a temporary redirect leads to a sign-in page or means maintenance; the others ask to try again"""
_NOT_FROM_A_PROVIDER = {
    407: "the proxy wants a password",
    511: "the network that this machine is in wants a sign-in",
}
"""answers of what stands between (RFC 9110 §15.5.8, RFC 6585 §6): the provider has heard nothing"""


def _of_http(exchange: Exchange) -> Outcome:
    status = exchange.status or 0
    if 200 <= status < 300:
        refusal = find_refusal(exchange.answer)
        if refusal is None:
            return Outcome(OutcomeKind.SENT, f"HTTP {status}")
        kind = OutcomeKind.PERMANENT if refusal in _HOPELESS_REFUSALS else OutcomeKind.TEMPORARY
        return Outcome(kind, f"HTTP {status}, but the answer says no: {refusal}", exchange.retry_after)
    reason = _reason(exchange.answer)
    if _is_blocked(exchange.answer):
        return Outcome(OutcomeKind.PERMANENT, f"HTTP {status}: {BLOCKED_US}")
    detail = f"HTTP {status}" + (
        " (a redirect, not followed)" if 300 <= status < 400 else f": {reason}" if reason else ""
    )
    between = _NOT_FROM_A_PROVIDER.get(status)
    if between is None and exchange.by_proxy:
        between = "by way of the proxy that the environment names, whose answer it may be"
    if between is not None:
        return Outcome(OutcomeKind.TEMPORARY, f"{detail} ({between})", exchange.retry_after, local=True)
    if status >= 500 or status in _TEMPORARY_HTTP:
        return Outcome(OutcomeKind.TEMPORARY, detail, exchange.retry_after)
    return Outcome(OutcomeKind.PERMANENT, detail)


def _is_blocked(body: str) -> bool:
    answer = _parsed(body)
    return isinstance(answer, dict) and answer.get("code") == UNSUBSCRIBED


def _of_smtp(exchange: Exchange) -> Outcome:
    status = exchange.status or 0
    if 200 <= status < 300:
        return Outcome(OutcomeKind.SENT, f"SMTP {status}")
    kind = OutcomeKind.PERMANENT if 500 <= status < 600 else OutcomeKind.TEMPORARY
    return Outcome(kind, f"SMTP {status}: {exchange.answer}" if exchange.answer else f"SMTP {status}")


_HOPELESS_REFUSALS = frozenset({
    "account_inactive", "channel_not_found", "invalid_auth", "invalid_token", "is_archived",
    "missing_scope", "no_permission",
    "not_authed", "not_in_channel", "restricted_action", "token_expired", "token_revoked", "user_not_found",
})  # fmt: skip
"""errors that Slack reports with HTTP 200 and that are final
(https://api.slack.com/methods/chat.postMessage#errors)
"""
_BAD_WORDS = frozenset(
    {
        "error",
        "err",
        "fail",
        "failed",
        "failure",
        "rejected",
        "refused",
        "denied",
        "invalid",
        "undelivered",
        "nok",
    }
)
_NOTHING = (None, False, 0, "", "0", "none", "null", "false", "ok", "success")
_REASONS = (
    "error",
    "error-text",
    "error_text",
    "error_message",
    "errmsg",
    "message",
    "msg",
    "description",
    "detail",
    "reason",
    "title",
)


_MAY_MEAN_LENGTH = frozenset({400, 413, 414, 422, 431})
"""HTTP statuses by which a service says that it does not take the message as it is"""
_TOO_BIG_FOR_MAIL = frozenset({523, 552, 554})
_SPEAKS_OF_LENGTH = re.compile(
    r"too[_ -]?(?:long|large|big|many)|max(?:imum)?[_ -]|exceed|length|limit of|shorten|size", re.IGNORECASE
)
_IS_TOO_LONG = re.compile(
    r"(?:message|text|body|content|payload)\b(?: is| was|'s)? too[_ -]?(?:long|large|big)\b"
    r"|(?:message|text|body)[_ -](?:is[_ -])?too[_ -](?:long|large|big)\b"
    r"|too[_ -](?:long|large|big) (?:an? )?(?:message|text|body)\b"
    r"|(?:message|text|body) (?:length|size)\b.*exceed|shorten (?:the|your) (?:message|text)",
    re.IGNORECASE,
)
"""of a server in trouble (500): there, most that is too long is a time or a queue"""
_IN_TROUBLE = 500
"""of a service that fails over what it could have refused; 502 to 504 are of a gateway before it"""


def may_be_for_length(outcome: Outcome, exchanges: Sequence[Exchange]) -> bool:
    """Whether the message was refused, so that a shorter one may be taken. Certainly nobody has
    received it: what may have arrived is not tried again.
    """
    telling = [exchange for exchange in exchanges if not exchange.farewell]
    if not telling or outcome.kind not in (OutcomeKind.PERMANENT, OutcomeKind.TEMPORARY):
        return False
    status = telling[-1].status or 0
    if telling[-1].protocol == "SMTP":
        return status in _TOO_BIG_FOR_MAIL
    if _is_blocked(telling[-1].answer):
        return False
    if status in _MAY_MEAN_LENGTH:
        return True
    if status >= _IN_TROUBLE:
        return status == _IN_TROUBLE and _IS_TOO_LONG.search(outcome.detail) is not None
    refused = status < 300 or (400 <= status < 500 and status not in _TEMPORARY_HTTP)
    return refused and status >= 200 and _SPEAKS_OF_LENGTH.search(outcome.detail) is not None


def find_refusal(body: str) -> str | None:
    """The reason if a 2xx answer says no in its body, else None.

    Providers that do this: Slack and Telegram (`ok: false`), Vonage (`messages[].status`), WeCom
    and DingTalk (`errcode`), and many SMS gateways (`status: error`, `error: …`, `success: false`,
    or just a text that begins with "error"). Only the top level counts: below it our own message
    may be repeated.
    """
    answer = _parsed(body)
    if not isinstance(answer, dict):
        first = body.strip()[:200]
        word = first.split(maxsplit=1)[0].strip(":,;.!-").lower() if first else ""
        return first if word in _BAD_WORDS else None
    refused = (
        any(answer.get(key, True) in (False, 0) for key in ("ok", "success"))
        or _is_bad_word(answer.get("status"))
        or _is_bad_word(answer.get("result"))
        or any(_tells_something(answer.get(key)) for key in ("error", "errors", "errcode", "error_code"))
    )
    if refused:
        return _reason(body) or "no reason given"
    for message in answer.get("messages") or () if isinstance(answer.get("messages"), list) else ():
        if isinstance(message, dict) and "error-text" in message and str(message.get("status")) != "0":
            return f"{message['error-text']} (status {message.get('status')})"
    return None


def _parsed(body: str) -> object:
    if body.lstrip()[:1] != "{":
        return None
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


def _is_bad_word(value: object) -> bool:
    return isinstance(value, str) and value.strip().lower() in _BAD_WORDS


def _tells_something(value: object) -> bool:
    if isinstance(value, str):
        return value.strip().lower() not in _NOTHING
    return bool(value)


def _reason(body: str) -> str:
    """The reason in a provider's JSON answer; "" if it gives none. HTML and other text does not
    belong on a timeline.
    """
    answer = _parsed(body)
    if not isinstance(answer, dict):
        return ""
    nested = answer.get("error")
    for source in (answer, nested if isinstance(nested, dict) else {}):
        for key in _REASONS:
            value = source.get(key)
            if isinstance(value, (str, int)) and not isinstance(value, bool) and _tells_something(value):
                return str(value)[:200]
    errors = answer.get("errors")
    return str(errors[0])[:200] if isinstance(errors, list) and errors else ""
