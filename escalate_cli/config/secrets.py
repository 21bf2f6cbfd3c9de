"""References to secrets in URLs and tokens, `${NAME}` and `${file:/path}`. They are looked up at the
moment of sending and never kept.

Every value is percent-encoded when it is put in, so that an `@` or `/` in a password cannot change
the host. So a reference is one *part* of a URL (a user, a password, a token, a port), never a whole
URL. A token with slashes (`T1/B1/xyz` of a Slack webhook) arrives as one part: Apprise first takes
the URL apart and decodes the parts afterwards. Where a plugin wants three parts, write three
references.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote, quote_plus

from escalate_cli import files
from escalate_cli.errors import ConfigurationProblem

_LARGEST = 64 * 1024
TO = "{to}"

_REFERENCE = re.compile(r"\$\{([^{}\s]*)\}|\{to\}|(\$\{)")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*", re.ASCII)
_FILE = "file:"


class MissingSecret(ConfigurationProblem):
    """A secret that a URL refers to cannot be had. `reference` names it (`${SMTP_PASSWORD}`); no
    value is ever part of this error.
    """

    code = "missing-secret"

    def __init__(self, reference: str, why: str) -> None:
        self.reference = reference
        hint = (
            "make the file readable for this user"
            if _FILE in reference
            else "set it where this command runs (cron has its own environment)"
        )
        super().__init__(f"the secret {reference} {why}", hint)


class BadReference(ConfigurationProblem):
    """A `${` that is not a reference."""

    code = "bad-reference"


@dataclass(frozen=True, slots=True, repr=False)
class ReadyUrl:
    """A URL ready for use, and every spelling of the values in it that must be hidden in whatever
    is shown. Its repr shows neither. There are such `secrets` where the URL refers to any.
    """

    url: str
    secrets: tuple[str, ...]


def expand(template: str, to: str, environ: Mapping[str, str]) -> ReadyUrl:
    """The URL of `template` for the address `to`.

    Raises `MissingSecret` when a variable or file is missing, empty or unreadable, `BadReference`
    when a `${` is malformed.
    """
    values: dict[str, None] = {}

    def put(match: re.Match[str]) -> str:
        if match[0] == TO:
            return quote(to, safe="")
        value = _value(_checked(match), environ)
        encoded = quote(value, safe="")
        for form in (value, encoded, quote(value), quote_plus(value)):
            values[form] = None
        return encoded

    url = _REFERENCE.sub(put, template)
    return ReadyUrl(url, tuple(sorted(values, key=len, reverse=True)))


def fill_in(template: str, environ: Mapping[str, str]) -> str:
    """What `template` says with the values of its references as they are, for what is no URL: a token.
    Raises as `expand`.
    """
    values = {reference: _value(reference[2:-1], environ) for reference in references(template)}
    return _REFERENCE.sub(lambda match: values.get(match[0], match[0]), template)


def references(template: str) -> tuple[str, ...]:
    """The references in `template` as they are written there, each once; `BadReference` when one is
    malformed.
    """
    matches = _REFERENCE.finditer(template)
    return tuple(dict.fromkeys(f"${{{_checked(match)}}}" for match in matches if match[0] != TO))


def secret_files(template: str) -> tuple[str, ...]:
    """The paths of the files that `template` refers to; `BadReference` as `references`."""
    names = [reference[2:-1] for reference in references(template)]
    return tuple(name[len(_FILE) :] for name in names if name.startswith(_FILE))


def _checked(match: re.Match[str]) -> str:
    """What stands between the braces; `BadReference` when it is neither a variable's name nor an
    absolute path.
    """
    name = match[1]
    hint = "write ${NAME} for an environment variable or ${file:/path} for a file"
    if name is None:
        raise BadReference('"${" begins a reference that never ends', hint)
    if name.startswith(_FILE):
        if not name[len(_FILE) :].startswith("/") or "\0" in name:
            raise BadReference("${file:…} needs an absolute path", hint)
    elif not _NAME.fullmatch(name):
        raise BadReference("${…} does not hold the name of an environment variable", hint)
    return name


def _value(name: str, environ: Mapping[str, str]) -> str:
    reference = f"${{{name}}}"
    if not name.startswith(_FILE):
        if name not in environ:
            raise MissingSecret(reference, "is not set")
        value = environ[name]
    else:
        value = _file(name[len(_FILE) :], reference)
    if not value:
        raise MissingSecret(reference, "is empty")
    try:
        value.encode()
    except UnicodeEncodeError:
        raise MissingSecret(reference, "is not UTF-8") from None
    return value


def _file(path: str, reference: str) -> str:
    """The text of a secret's file without the newline at its end. Only regular files are opened: a
    FIFO would hang the sender.
    """
    try:
        with files.open_regular(path) as stream:
            data = stream.read(_LARGEST + 1)
    except files.NotRegular:
        raise MissingSecret(reference, "is not a regular file") from None
    except OSError as problem:
        raise MissingSecret(reference, f"cannot be read: {problem.strerror}") from None
    if len(data) > _LARGEST:
        raise MissingSecret(reference, f"is larger than {_LARGEST // 1024} KB")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise MissingSecret(reference, "is not UTF-8") from None
    return text.rstrip("\r\n")
