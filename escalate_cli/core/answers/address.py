"""Where answers are read: the `answers` of a gateway, taken apart.

It is read twice: by `check` with its `${…}` references, and by a reader with the secrets filled in. What a
reference hides passes. No error shows a value, since any value may be a secret.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from urllib.parse import unquote

import msgspec

from escalate_cli.core.organisation.catalog import did_you_mean

BY_COMMAND = "by-command"
BY_RECEIPTS = "pushover"
_PORTS = {"imap": (143, 993), "ntfy": (80, 443), "matrix": (80, 443)}
"""the schemes that name a host, with their ports without and with TLS"""
_OPTIONS: Mapping[str, tuple[str, ...]] = {
    "imap": ("folders", "plus", "auth", "require", "authserv"),
    "telegram": ("server",),
    "ntfy": ("write",),
    "twilio": ("apikey", "server"),
    "pushover": ("server",),
    "matrix": (),
}
_SAMPLES = {
    "imap": "imaps://${IMAP_USER}:${IMAP_PASSWORD}@imap.example.com",
    "telegram": "telegram://${TELEGRAM_TOKEN}",
    "ntfy": "ntfys://${NTFY_READ}@ntfy.example.com/escalate-answers?write=${NTFY_WRITE}",
    "twilio": "twilio://${TWILIO_SID}:${TWILIO_TOKEN}@+12025550100",
    "pushover": "pushover://${PUSHOVER_TOKEN}",
    "matrix": "matrixs://${MATRIX_TOKEN}@matrix.example.com",
}
_SCHEMES = ("imap", "imaps", "telegram", "ntfy", "ntfys", "twilio", "pushover", "matrix", "matrixs")
_MEANT = {"tgram": "telegram", "pover": "pushover", "mailto": "imap", "mailtos": "imaps", "pop3": "imap"}
"""what people write who think of the scheme of `url`"""
_MOST_FOLDERS = 10
_REFERENCE = re.compile(r"\$\{[^{}\s]*\}")
_URL = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://([^/?#]*)([^?#]*)(?:\?([^#]*))?(?:#(.*))?", re.DOTALL)
_HOST = re.compile(r"[A-Za-z0-9_.-]+|[0-9A-Fa-f:.]+(?:%\w+)?")
_TOPIC, _NUMBER = re.compile(r"[-_A-Za-z0-9]{1,64}"), re.compile(r"\+[1-9][0-9]{6,14}")
_BOT = re.compile(r"(?:bot)?[0-9]+:[A-Za-z0-9_-]+")


class BadAddress(ValueError):
    """An `answers` that cannot work. The message is a sentence that names the part or option, the
    hint says what to write instead; neither holds a secret.
    """

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message)
        self.message, self.hint = message, hint


class AnswersAddress(msgspec.Struct, frozen=True):
    """An `answers` taken apart and decoded.

    `scheme` is without the `s` of TLS, which is `tls`. A token stands in `password` (`telegram`,
    `pushover`, `matrix`, `ntfy`); `user` and `password` of `twilio` are the account and its token,
    and `host` is the number. `topic` only ntfy has, `folders` only a mailbox. `options` are the others.
    Parts that are still references stand as they are written, `${…}`.
    """

    scheme: str
    tls: bool = True
    user: str = ""
    password: str = ""
    host: str = ""
    port: int = 0
    topic: str = ""
    folders: tuple[str, ...] = ()
    options: Mapping[str, str] = {}

    def __repr__(self) -> str:
        return f"AnswersAddress({self.scheme!r})"

    @property
    def secrets(self) -> tuple[str, ...]:
        """The values that are never shown."""
        hidden = (self.user, self.password, self.options.get("write", ""), self.options.get("apikey", ""))
        return tuple(value for value in hidden if value)


def parse_answers(text: str) -> AnswersAddress:
    """The parts of an `answers`, with or without its references filled in; `BadAddress` says what is
    wrong with it.
    """
    if text == BY_COMMAND:
        return AnswersAddress(BY_COMMAND)
    if any(character.isspace() or not character.isprintable() for character in text):
        raise BadAddress("the URL holds spaces or control characters", "percent-encode them")
    if "{to}" in text:
        raise BadAddress("{to} stands in it, and answers of everybody are read in one place", "leave it out")
    veiled, unveil = _veil(text)
    match = _URL.fullmatch(veiled)
    if match is None:
        raise _no_url(text)
    written, authority, path, query, fragment = match.groups()
    scheme, tls = _scheme(written)
    if fragment is not None:
        raise BadAddress('what follows "#" means nothing in it', 'write "#" as %23 where a value has one')
    parts = _Parts(scheme, tls, authority, path.strip("/"), _options(scheme, query or "", unveil), unveil)
    address = _READ[scheme](parts)
    if any(_unsendable(value) for value in (*address.secrets, *address.folders, *address.options.values())):
        raise BadAddress("a value holds a line break or another control character", "take it out")
    return address


def is_unknown(value: str) -> bool:
    """Whether a value is not known yet, since a reference stands in it."""
    return _REFERENCE.search(value) is not None


def _unsendable(value: str) -> bool:
    """A line break in a password would be a command of its own."""
    return any(ord(character) < 32 or ord(character) == 127 for character in value)


def _veil(text: str) -> tuple[str, Callable[[str], str]]:
    """`text` with marks instead of its references, which hold slashes and colons, and what decodes a
    part and puts them back.
    """
    references = _REFERENCE.findall(text)
    count = iter(range(len(references)))
    veiled = _REFERENCE.sub(lambda _: f"\ue000{next(count)}\ue001", text)

    def unveil(part: str) -> str:
        return re.sub("\ue000([0-9]+)\ue001", lambda mark: references[int(mark[1])], unquote(part))

    return veiled, unveil


def _no_url(text: str) -> BadAddress:
    if ":" not in text and did_you_mean(text, (BY_COMMAND,)) is not None:
        return BadAddress("this is neither a URL nor a way that is known", f'did you mean "{BY_COMMAND}"?')
    return BadAddress(
        "this is not a URL that begins with a scheme of its own",
        f'write it like "{_SAMPLES["imap"]}", or "{BY_COMMAND}"',
    )


def _scheme(written: str) -> tuple[str, bool]:
    name = written.lower()
    if name == BY_COMMAND:
        raise BadAddress(f"{BY_COMMAND} has no URL", f'write the word alone: "{BY_COMMAND}"')
    if name not in _SCHEMES:
        guess = _MEANT.get(name) or did_you_mean(name, _SCHEMES)
        raise BadAddress(
            f"answers cannot be read by {name}://",
            f'did you mean "{guess}://"?' if guess else f"there are: {', '.join(_SCHEMES)}, and {BY_COMMAND}",
        )
    plain = name.removesuffix("s")
    return (plain, name.endswith("s")) if plain in _PORTS else (name, True)


def _options(scheme: str, query: str, unveil: Callable[[str], str]) -> dict[str, str]:
    """The options by name; those that may hold several values are still encoded (`folders`)."""
    options: dict[str, str] = {}
    known = _OPTIONS[scheme]
    for piece in filter(None, query.split("&")):
        name, equals, value = piece.partition("=")
        name = unveil(name).lower()
        if name not in known:
            guess = did_you_mean(name, known)
            hint = f'did you mean "{guess}"?' if guess else _of_scheme(scheme)
            raise BadAddress("it has an option that is not known" + _named(name), hint)
        if name in options:
            raise BadAddress(f"the option {name} is given twice", f"give {name} once")
        if not equals or not value:
            raise BadAddress(f"the option {name} has no value", f"write {name}=…, or leave it out")
        options[name] = value if name == "folders" else unveil(value)
    return options


def _named(name: str) -> str:
    """An option's name, where it is one: a `&` that was not encoded makes part of a secret look so."""
    return f": {name}" if re.fullmatch(r"[a-z][a-z_-]{1,11}", name) else ""


def _of_scheme(scheme: str) -> str:
    known = _OPTIONS[scheme]
    return f"{scheme}:// has: {', '.join(known)}" if known else f"{scheme}:// has no options"


class _Parts:
    """A URL that is split and not yet decoded."""

    def __init__(
        self,
        scheme: str,
        tls: bool,
        authority: str,
        path: str,
        options: dict[str, str],
        unveil: Callable[[str], str],
    ) -> None:
        self.scheme, self.tls, self.authority, self.path = scheme, tls, authority, path
        self.options, self.unveil = options, unveil
        self.login, self.at, self.place = authority.rpartition("@")

    def wrong(self, message: str, hint: str = "") -> BadAddress:
        return BadAddress(message, hint or f'write it like "{_SAMPLES[self.scheme]}"')

    def no_path(self) -> None:
        if self.path:
            raise self.wrong(f"{self.scheme}:// has nothing behind its first part")

    def user_and_password(self) -> tuple[str, str]:
        user, _, password = self.login.partition(":")
        return self.unveil(user), self.unveil(password)

    def token(self) -> str:
        """A token that stands where a user does, with no password behind it."""
        user, password = self.user_and_password()
        if password:
            raise self.wrong(f"{self.scheme}:// takes an access token, not a user and a password")
        return user

    def host_and_port(self) -> tuple[str, int]:
        match = re.fullmatch(r"(\[[^\]]*\]|[^:]*)(?::([^:]*))?", self.place)
        if match is None:
            raise self.wrong("an address of IPv6 is not in brackets", "write it like [2001:db8::1]:993")
        host, port = self.unveil(match[1]).strip("[]"), self.unveil(match[2] or "")
        if not host:
            raise self.wrong("the host is missing")
        if not is_unknown(host) and not _HOST.fullmatch(host):
            raise self.wrong("the host is not a name", 'write "@" and "/" in a password as %40 and %2F')
        if not port or is_unknown(port):
            return host, _PORTS[self.scheme][self.tls]
        if not re.fullmatch(r"[0-9]{1,5}", port) or not 0 < int(port) < 65536:
            raise self.wrong("the port is not a number from 1 to 65535", "write it like imap.example.com:993")
        return host, int(port)

    def choice(self, name: str, *values: str) -> str:
        """The value of an option that has one of a few; "" where it is left out."""
        value = self.options.get(name, "")
        if value and not is_unknown(value) and value not in values:
            guess = did_you_mean(value, values)
            hint = f"did you mean {name}={guess}?" if guess else f"write {name}={' or '.join(values)}"
            raise BadAddress(f"the option {name} has a value that is not known", hint)
        return value

    def check_server(self) -> None:
        server = self.options.get("server", "https://")
        if not is_unknown(server) and not re.match(r"https?://", server):
            raise self.wrong(
                "the option server is no URL of http", "write it like server=https://bot.example.com"
            )


def _imap(parts: _Parts) -> AnswersAddress:
    if parts.path:
        raise parts.wrong("a folder stands behind the host", "write it as ?folders=INBOX,Junk")
    host, port = parts.host_and_port()
    user, password = parts.user_and_password()
    if not user or not password:
        missing = "the user and the password are" if not user else "the password is"
        raise parts.wrong(f"{missing} missing")
    folders = tuple(map(parts.unveil, parts.options.pop("folders", "INBOX").split(",")))
    if not all(folders) or len(set(folders)) < len(folders):
        raise BadAddress("the option folders has an empty name, or a name twice", "write folders=INBOX,Junk")
    if len(folders) > _MOST_FOLDERS:
        raise BadAddress(f"the option folders has more than {_MOST_FOLDERS} names", "leave some out")
    parts.choice("plus", "yes", "no")
    parts.choice("auth", "password", "xoauth2")
    require, authserv = parts.choice("require", "dmarc"), parts.options.get("authserv")
    if require and not authserv:
        raise BadAddress(
            "the option require=dmarc needs authserv: anybody can write a result of a name of their own",
            "add &authserv= with the first word of your server's Authentication-Results",
        )
    if authserv and not require:
        raise BadAddress("the option authserv does nothing without require=dmarc", "add &require=dmarc")
    return AnswersAddress(
        "imap", parts.tls, user, password, host, port, folders=folders, options=parts.options
    )


def _ntfy(parts: _Parts) -> AnswersAddress:
    host, port = parts.host_and_port()
    first, second = parts.user_and_password()
    user, password = (first, second) if second else ("", first)
    topic = parts.unveil(parts.path)
    if not topic:
        raise parts.wrong("the topic is missing")
    if not is_unknown(topic) and not _TOPIC.fullmatch(topic):
        raise parts.wrong(
            "the topic is not a name of ntfy", "write one topic: at most 64 letters, digits, - and _"
        )
    if password and parts.options.get("write") == password:
        raise BadAddress(
            "the option write is the token that reads: it goes onto the phones, which could read all answers",
            "make a second token that may only write to this topic",
        )
    return AnswersAddress("ntfy", parts.tls, user, password, host, port, topic, options=parts.options)


def _matrix(parts: _Parts) -> AnswersAddress:
    parts.no_path()
    host, port = parts.host_and_port()
    token = parts.token()
    if not token:
        raise parts.wrong("the access token is missing")
    return AnswersAddress("matrix", parts.tls, "", token, host, port)


def _twilio(parts: _Parts) -> AnswersAddress:
    parts.no_path()
    parts.check_server()
    user, password = parts.user_and_password()
    if not user or not password:
        raise parts.wrong("the account and its token are missing")
    number = parts.unveil(parts.place)
    if not number:
        raise parts.wrong("the number is missing")
    if not is_unknown(number) and not _NUMBER.fullmatch(number) and not re.fullmatch(r"[0-9]{5,6}", number):
        raise parts.wrong(
            "nobody can reply to this sender: it is no number with its country code",
            "write the number that pages, like +12025550100",
        )
    return AnswersAddress("twilio", True, user, password, number, options=parts.options)


def _token_alone(parts: _Parts) -> AnswersAddress:
    parts.no_path()
    parts.check_server()
    if parts.at:
        raise parts.wrong(f"{parts.scheme}:// takes a token alone, without a host")
    token = parts.unveil(parts.authority)
    if not token:
        raise parts.wrong("the token is missing")
    if parts.scheme == "telegram":
        if not is_unknown(token) and not _BOT.fullmatch(token):
            raise parts.wrong("this is not the token of a bot", "BotFather gives it: 123456789:AA…")
        token = token.removeprefix("bot")
    return AnswersAddress(parts.scheme, True, "", token, options=parts.options)


_READ: Mapping[str, Callable[[_Parts], AnswersAddress]] = {
    "imap": _imap,
    "ntfy": _ntfy,
    "matrix": _matrix,
    "twilio": _twilio,
    "telegram": _token_alone,
    "pushover": _token_alone,
}
