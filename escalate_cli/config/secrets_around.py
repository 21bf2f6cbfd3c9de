"""The secrets that a text from outside may repeat, as the output of a job may: those that the
configuration refers to, and those in the environment, known by the names of their variables.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress

from escalate_cli.config.secrets import expand
from escalate_cli.errors import ConfigurationProblem

_TELLING = (
    r"PASS|PASSWD|PASSWORD|PASSPHRASE|PWD|PW|TOKEN|TOKENS|SECRET|SECRETS|KEY|KEYS|APIKEY|AUTH|"
    r"CREDENTIAL|CREDENTIALS|CREDS|DSN|WEBHOOK"
)
_SECRET_NAME = re.compile(rf"(?:^|[_.-])(?:{_TELLING})(?:$|[_.-])|PASSWORD|SECRET|TOKEN|APIKEY", re.I)
"""DB_PASSWORD, PGPASSWORD, API_KEY; not KEYBOARD, MONKEY"""
_NO_SECRETS = frozenset({"PWD", "OLDPWD"})
_ORDINARY = re.compile(r"true|false|none|null|disabled|enabled|[\d.]{1,5}|/[\w./-]*", re.I | re.A)
"""values that say something else: a switch, a port, the path of a file"""
_SHORTEST = 5
"""hiding what is shorter would eat ordinary words"""
_PASSWORD_IN_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://[^\s/:@]*:([^\s/@]+)@")
_OPTION = re.compile(rf"--?(?:[\w-]*[-_])?(?:{_TELLING})", re.I | re.A)


def secrets_around(environ: Mapping[str, str], templates: Iterable[str] = ()) -> frozenset[str]:
    """The values that must not be shown: of the references in `templates` (`secret_templates`), or what
    stands there instead of one, of variables with a telling name, and passwords in URLs. Of a value of
    several lines, as a private key is, each line.
    """
    values = set[str]()
    for template in templates:
        with suppress(ConfigurationProblem):
            values.update(expand(template, "", environ).secrets)
        values.update(_written_out(template))
    for name, value in environ.items():
        values.update(passwords_in_urls(value))
        if name not in _NO_SECRETS and _SECRET_NAME.search(name):
            values.update(_tellable(value))
    return frozenset(values)


def _written_out(template: str) -> Iterable[str]:
    """The secret itself, where it is no reference: a token, the password of a URL."""
    if "${" in template:
        return ()
    return passwords_in_urls(template) if "://" in template else _tellable(template)


def _tellable(value: str) -> Iterator[str]:
    for part in (value, *value.splitlines()):
        if len(part.strip()) >= _SHORTEST and not _ORDINARY.fullmatch(part.strip()):
            yield part.strip()


def passwords_in_urls(text: str) -> tuple[str, ...]:
    """The passwords of all URLs that stand in `text`."""
    return tuple(_PASSWORD_IN_URL.findall(text))


def secrets_in_words(words: Iterable[str]) -> frozenset[str]:
    """The values of a command line that are secrets by their option: `--password X`, `--token=X`; and
    the passwords in its URLs.
    """
    values, before = set[str](), ""
    for word in words:
        option, equals, value = word.partition("=")
        values.update(passwords_in_urls(word))
        if equals and (_OPTION.fullmatch(option) or _SECRET_NAME.search(option)):
            values.update(_tellable(value))
        elif _OPTION.fullmatch(before) and not word.startswith("-"):
            values.update(_tellable(word))
        before = word
    return frozenset(values)
