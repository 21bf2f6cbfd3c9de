"""Texts of the configuration that have holes to fill: message templates, URLs, what names a service.

Imported only when a configuration has to be read anew.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from string import Formatter

from escalate_cli.config.schema.vocabulary import refuse
from escalate_cli.config.secrets import TO, BadReference, references
from escalate_cli.core.answers.address import BadAddress, parse_answers
from escalate_cli.core.organisation.catalog import did_you_mean
from escalate_cli.core.organisation.source import NAMEABLE, NAMEABLE_LABEL
from escalate_cli.core.wording.gsm import is_gsm, septets
from escalate_cli.core.wording.placeholders import PLACEHOLDERS

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")


def check_message(template: str) -> str:
    """A template with nothing but `{name}` of `PLACEHOLDERS`: no attributes, indexes, conversions
    or formats, so that it can run no code.
    """
    fields = _fields(template)
    unknown = [name for name in dict.fromkeys(name for name, _, _ in fields) if name not in PLACEHOLDERS]
    if unknown:
        raise refuse("bad-placeholder", *_unknown_placeholders(unknown))
    _refuse_formats(fields)
    return template


def check_naming(template: str) -> str:
    """What may name a service: a text with nothing but `{labels.NAME}` and `NAMEABLE`, or a plain name."""
    fields = _fields(template)
    for name, _, _ in fields:
        label = name.removeprefix(NAMEABLE_LABEL) if name.startswith(NAMEABLE_LABEL) else ""
        if name not in NAMEABLE and not label.strip():
            raise refuse("bad-placeholder", f'there is no placeholder "{{{name}}}" here', _naming_hint(name))
    _refuse_formats(fields)
    return template


def has_placeholder(template: str) -> bool:
    """Whether a sound template holds any."""
    return bool(_fields(template))


def plain_text(template: str) -> str:
    """What a sound template without placeholders says: braces in it stand for themselves."""
    return "".join(text for text, _, _, _ in Formatter().parse(template))


def _naming_hint(name: str) -> str:
    known = f"there are: {{{NAMEABLE_LABEL}NAME}}, {', '.join(f'{{{word}}}' for word in NAMEABLE)}"
    before, dot, label = name.partition(".")
    if dot and label and did_you_mean(before, [NAMEABLE_LABEL.rstrip(".")]):
        return f'did you mean "{{{NAMEABLE_LABEL}{label}}}"?'
    guess = did_you_mean(name, NAMEABLE)
    if guess:
        return f'did you mean "{{{guess}}}"?'
    return f'did you mean "{{{NAMEABLE_LABEL}{name}}}"? {known}' if name.isidentifier() else known


_Field = tuple[str, str | None, str | None]


def _fields(template: str) -> list[_Field]:
    """The name, the format and the conversion of every placeholder."""
    try:
        return [
            (name, spec, conversion)
            for _, name, spec, conversion in Formatter().parse(template)
            if name is not None
        ]
    except ValueError:
        raise refuse(
            "bad-placeholder",
            "a brace is open or closed alone",
            "write {{ or }} for a brace that stands for itself",
        ) from None


def _refuse_formats(fields: Sequence[_Field]) -> None:
    for name, spec, conversion in fields:
        if spec or conversion:
            raise refuse(
                "bad-placeholder", f'"{{{name}}}" takes no format or conversion', f'write "{{{name}}}"'
            )


def _unknown_placeholders(names: Sequence[str]) -> tuple[str, str]:
    """All of them at once, and what may have been meant."""
    guesses = [did_you_mean(re.split(r"[.\[]", name)[0], PLACEHOLDERS) for name in names]
    meant = " and ".join(f'"{{{guess}}}"' for guess in guesses if guess)
    hint = f"did you mean {meant}?" if meant else f"there are: {', '.join(PLACEHOLDERS)}"
    listed = ", ".join(f'"{{{name}}}"' for name in names)
    what = "there is no placeholder" if len(names) == 1 else "there are no placeholders"
    return f"{what} {listed}", hint


_LONGEST_HOST = 60
"""of 160 for everything"""


def check_host(host: str) -> str:
    """What goes before a command: short enough for an SMS, in its letters, on one line."""
    if host != host.strip() or any(not char.isprintable() for char in host) or not is_gsm(host):
        raise refuse(
            "bad-value",
            "this must be one line, in letters that an SMS has",
            'write what you type before a command: "ssh oncall@ops1"',
        )
    if septets(host) > _LONGEST_HOST:
        raise refuse(
            "bad-value",
            f"this takes {septets(host)} of the 160 characters of an SMS; at most {_LONGEST_HOST} are its",
            "give the machine a shorter name in ~/.ssh/config",
        )
    return host


def check_gateway_url(url: str) -> str:
    """An Apprise URL template: a scheme, `{to}`, and well-formed references. No error shows any of
    it: it may hold a secret.
    """
    _check_url(
        url, 'write an Apprise URL, like "mailtos://${SMTP_USER}:${SMTP_PASSWORD}@smtp.example.com?to={to}"'
    )
    if TO not in url:
        raise refuse(
            "gateway-without-to",
            "the URL has no {to}",
            "put {to} where the address of a person or channel belongs",
        )
    return url


def check_answers_url(text: str) -> str:
    """Where answers are read (`core.answers.address`), with well-formed references. No error shows any
    of it.
    """
    try:
        references(text)
        parse_answers(text)
    except BadReference as problem:
        raise refuse("bad-reference", problem.message, problem.hint) from None
    except BadAddress as problem:
        raise refuse("bad-answers", problem.message, problem.hint) from None
    return text


def check_heartbeat_url(url: str) -> str:
    """An http(s) URL with well-formed references."""
    return _check_web_url(url, "a heartbeat is pinged", "https://hc.example.com/ping/${HEARTBEAT_ID}")


def check_pull_url(url: str) -> str:
    """The same for a monitor that is asked for its alerts."""
    return _check_web_url(url, "a monitor is asked", "http://127.0.0.1:9093")


def check_token(token: str) -> str:
    """A text of one line with well-formed references. No error shows any of it."""
    if not token.strip() or not token.isprintable():
        raise refuse("bad-value", "this must be a text of one line", 'write it like "${PROMETHEUS_HOOK}"')
    _check_references(token)
    return token


def check_textfile(path: str) -> str:
    """An absolute path: cron and a shell have different working directories."""
    if not path.startswith("/") or "\0" in path:
        raise refuse(
            "bad-value",
            "this must be an absolute path",
            'write it like "/var/lib/node_exporter/escalate.prom"',
        )
    return path


def check_database(path: str) -> str:
    """A path of a file; which directory a relative one starts from is not known here."""
    if not path.strip() or "\0" in path or path.endswith("/"):
        raise refuse(
            "bad-value", "this must be the path of a file", 'write it like "/srv/oncall/escalate.db"'
        )
    if _SCHEME.match(path):
        raise refuse(
            "bad-value", "the database is a file, not a URL", 'write its path, like "/srv/oncall/escalate.db"'
        )
    return path


def _check_web_url(url: str, what: str, example: str) -> str:
    hint = f'write it like "{example}"'
    _check_url(url, hint)
    if not url.lower().startswith(("http://", "https://")):
        raise refuse("bad-url", f"{what} by http or https only", hint)
    return url


def _check_url(url: str, hint: str) -> None:
    if not _SCHEME.match(url):
        raise refuse("bad-url", "this is not a URL with a scheme of its own", hint)
    if any(char.isspace() or not char.isprintable() for char in url):
        raise refuse("bad-url", "the URL holds spaces or control characters", "percent-encode them")
    _check_references(url)


def _check_references(text: str) -> None:
    try:
        references(text)
    except BadReference as problem:
        raise refuse("bad-reference", problem.message, problem.hint) from None
