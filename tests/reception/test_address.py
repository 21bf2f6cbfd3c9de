"""`answers` of a gateway: what it means, what is wrong with it, and whether it fits what pages."""

from __future__ import annotations

import subprocess
import sys

import msgspec
import pytest

from escalate_cli.core.answers.address import AnswersAddress, BadAddress, parse_answers
from escalate_cli.core.answers.fitting_gateway import why_unfit

SECRET = "hunter2canary"

PARTS = {
    "imaps://oncall:pw@imap.example.com": AnswersAddress(
        "imap", True, "oncall", "pw", "imap.example.com", 993, folders=("INBOX",)
    ),
    "imap://oncall:pw@imap.example.com": AnswersAddress(
        "imap", False, "oncall", "pw", "imap.example.com", 143, folders=("INBOX",)
    ),
    "IMAPS://a%40example.com:p%3Aw%2F%3F%23%2540@127.0.0.1:11143/?folders=INBOX,Junk%2C old&plus=yes".replace(
        " ", "%20"
    ): AnswersAddress(
        *("imap", True, "a@example.com", "p:w/?#%40", "127.0.0.1", 11143),
        folders=("INBOX", "Junk, old"),
        options={"plus": "yes"},
    ),
    "imaps://a@example.com:pw+x@[2001:db8::1]:993?auth=xoauth2&require=dmarc"
    "&authserv=mx.example.com": AnswersAddress(
        *("imap", True, "a@example.com", "pw+x", "2001:db8::1", 993),
        folders=("INBOX",),
        options={"auth": "xoauth2", "require": "dmarc", "authserv": "mx.example.com"},
    ),
    "telegram://123456:AAbb_cc-dd": AnswersAddress("telegram", password="123456:AAbb_cc-dd"),
    "telegram://bot123456%3AAAbb?server=http://127.0.0.1:8081": AnswersAddress(
        "telegram", password="123456:AAbb", options={"server": "http://127.0.0.1:8081"}
    ),
    "ntfys://tk_read@ntfy.example.com/escalate-answers?write=tk_write": AnswersAddress(
        *("ntfy", True, "", "tk_read", "ntfy.example.com", 443, "escalate-answers"),
        options={"write": "tk_write"}
    ),
    "ntfy://ana:pw@127.0.0.1:2586/a": AnswersAddress("ntfy", False, "ana", "pw", "127.0.0.1", 2586, "a"),
    "ntfy://127.0.0.1:2586/answers/": AnswersAddress("ntfy", False, "", "", "127.0.0.1", 2586, "answers"),
    "twilio://AC1:token@+12025550100": AnswersAddress("twilio", True, "AC1", "token", "+12025550100"),
    "twilio://AC1:token@%2B12025550100?apikey=SK1": AnswersAddress(
        "twilio", True, "AC1", "token", "+12025550100", options={"apikey": "SK1"}
    ),
    "twilio://AC1:token@12345": AnswersAddress("twilio", True, "AC1", "token", "12345"),
    "pushover://azGDORePK8gMaC0QOYAMyEEuzJnyUi": AnswersAddress(
        "pushover", password="azGDORePK8gMaC0QOYAMyEEuzJnyUi"
    ),
    "matrixs://syt_token@matrix.example.com": AnswersAddress(
        "matrix", True, "", "syt_token", "matrix.example.com", 443
    ),
    "matrix://syt_token@127.0.0.1:8008/": AnswersAddress(
        "matrix", False, "", "syt_token", "127.0.0.1", 8008
    ),
    "by-command": AnswersAddress("by-command"),
    "imaps://${SMTP_USER}:${file:/run/secrets/imap:1}@${HOST}:${PORT}?folders=${FOLDERS}": AnswersAddress(
        "imap", True, "${SMTP_USER}", "${file:/run/secrets/imap:1}", "${HOST}", 993, folders=("${FOLDERS}",)
    ),
    "telegram://${TELEGRAM_TOKEN}": AnswersAddress("telegram", password="${TELEGRAM_TOKEN}"),
    "telegram://${ID}:${TOKEN}": AnswersAddress("telegram", password="${ID}:${TOKEN}"),
    "twilio://${SID}:${TOKEN}@${NUMBER}": AnswersAddress("twilio", True, "${SID}", "${TOKEN}", "${NUMBER}"),
    "ntfys://${R}@n.example.com/x-${TOPIC}?write=${W}": AnswersAddress(
        "ntfy", True, "", "${R}", "n.example.com", 443, "x-${TOPIC}", options={"write": "${W}"}
    ),
}  # fmt: skip


@pytest.mark.parametrize("text", PARTS)
def test_it_is_taken_apart_and_decoded(text: str) -> None:
    address = parse_answers(text)
    assert address == PARTS[text]
    assert msgspec.json.decode(msgspec.json.encode(address), type=AnswersAddress) == address


WRONG = {
    "imap.example.com": ("scheme of its own", "imaps://"),
    "by_command": ("neither a URL nor", "by-command"),
    "bycommand": ("neither a URL nor", "by-command"),
    "By-Command": ("neither a URL nor", "by-command"),
    "by-command://x": ("by-command has no URL", '"by-command"'),
    "https://example.com": ("cannot be read by https://", "there are: imap, imaps"),
    "tgram://123:abc": ("cannot be read by tgram://", '"telegram://"'),
    "mailtos://a:b@example.com": ("cannot be read by mailtos://", '"imaps://"'),
    "imps://a:b@example.com": ("cannot be read by imps://", '"imaps://"'),
    "telegrams://1:a": ("cannot be read by telegrams://", '"telegram://"'),
    f"imaps://a:{SECRET} x@h": ("spaces", "percent-encode"),
    f"imaps://a:{SECRET}%0d%0aA2 DELETE@h".replace(" ", "%20"): ("line break", ""),
    f"imaps://a:{SECRET}@h/{{to}}": ("{to}", "leave it out"),
    f"imaps://a:{SECRET}@h#x": ('"#"', "%23"),
    f"imaps://a:{SECRET}@h/INBOX": ("a folder stands behind the host", "?folders="),
    f"imaps://{SECRET}@h": ("the password is missing", "imaps://"),
    "imaps://imap.example.com": ("the user and the password are missing", "imaps://"),
    f"imaps://:{SECRET}@h": ("the user and the password are missing", "imaps://"),
    f"imaps://a:{SECRET}@": ("the host is missing", "imaps://"),
    f"imaps://a:{SECRET}@h:0": ("the port", "1 to 65535", ""),
    f"imaps://a:{SECRET}@h:99999": ("the port", ""),
    f"imaps://a:{SECRET}@h:imap": ("the port", ""),
    f"imaps://a:{SECRET}@2001:db8::1": ("IPv6", "[2001:db8::1]"),
    f"imaps://a:{SECRET}@h h".replace(" ", "%20"): ("the host is not a name", "%40"),
    f"imaps://a:{SECRET}@h?folder=x": ("not known: folder", '"folders"'),
    f"imaps://a:{SECRET}@h?verify=no": ("not known: verify", "imap:// has: folders, plus"),
    f"imaps://a:p@h?x={SECRET}&{SECRET}": ("not known", ""),
    f"imaps://a:{SECRET}@h?folders=A&folders=B": ("folders is given twice", "once"),
    f"imaps://a:{SECRET}@h?folders=A,,B": ("folders has an empty name", "INBOX,Junk"),
    f"imaps://a:{SECRET}@h?folders=1,2,3,4,5,6,7,8,9,10,11": ("folders has more than 10", "leave some out"),
    f"imaps://a:{SECRET}@h?folders=A,A": ("a name twice", "INBOX,Junk"),
    f"imaps://a:{SECRET}@h?folders": ("folders has no value", "folders=…"),
    f"imaps://a:{SECRET}@h?plus=on": ("plus has a value that is not known", "plus="),
    f"imaps://a:{SECRET}@h?auth=oauth2": ("auth has a value", "auth=xoauth2"),
    f"imaps://a:{SECRET}@h?require=dkim&authserv=x": ("require has a value", "require=dmarc"),
    f"imaps://a:{SECRET}@h?require=dmarc": ("needs authserv", "&authserv="),
    f"imaps://a:{SECRET}@h?authserv=mx": ("authserv does nothing", "require=dmarc"),
    "telegram://": ("the token is missing", "telegram://"),
    f"telegram://{SECRET}": ("not the token of a bot", "BotFather"),
    f"telegram://1:{SECRET}@api.telegram.org": ("a token alone", "telegram://"),
    f"telegram://1:{SECRET}/12345": ("nothing behind", "telegram://"),
    f"telegram://1:{SECRET}?server=bots.example.com": ("server is no URL", "server=https://"),
    f"ntfys://{SECRET}@ntfy.example.com": ("the topic is missing", "escalate-answers"),
    f"ntfys://{SECRET}@ntfy.example.com/a/b": ("not a name of ntfy", "one topic"),
    f"ntfys://{SECRET}@n.example.com/a?write={SECRET}": ("write is the token that reads", "second token"),
    "ntfys://${T}@n.example.com/a?write=${T}": ("write is the token that reads", "second token"),
    "twilio://+12025550100": ("the account and its token are missing", "twilio://"),
    f"twilio://AC1:{SECRET}@": ("the number is missing", "twilio://"),
    f"twilio://AC1:{SECRET}@ACME": ("nobody can reply to this sender", "+12025550100"),
    f"twilio://AC1:{SECRET}@07700900123": ("nobody can reply to this sender", "+12025550100"),
    f"pushover://user@{SECRET}": ("a token alone", "pushover://"),
    "matrixs://matrix.example.com": ("access token is missing", "matrixs://"),
    f"matrixs://bot:{SECRET}@matrix.example.com": ("not a user and a password", "matrixs://"),
    f"matrixs://{SECRET}@matrix.example.com?hsreq=no": ("not known: hsreq", "has no options"),
}


@pytest.mark.parametrize("text", WRONG)
def test_what_cannot_work_is_told_in_a_sentence_that_names_the_part_and_shows_no_value(text: str) -> None:
    with pytest.raises(BadAddress) as raised:
        parse_answers(text)
    problem = raised.value
    what, *hints = WRONG[text]
    assert what in problem.message
    assert all(hint in problem.hint + problem.message for hint in hints)
    assert SECRET not in f"{problem!r} {problem.message} {problem.hint}"
    assert isinstance(problem, ValueError)
    assert problem.hint


def test_no_repr_shows_a_secret() -> None:
    for text in (f"imaps://{SECRET}:{SECRET}@h", f"ntfy://{SECRET}@h/t?write={SECRET}1"):
        address = parse_answers(text)
        assert SECRET not in repr(address)
        assert SECRET in address.secrets


MAIL, BOT = "imaps://${U}:${P}@imap.example.com", "telegram://${T}"
FITS = {
    ("mailtos://${U}:${P}@smtp.example.com?to={to}", MAIL): None,
    ("sendgrid://${KEY}:oncall@example.com/{to}", MAIL): None,
    ("jsons://${HOOK}@127.0.0.1:8443/sms/{to}", MAIL): None,
    ("slack://${file:/run/secrets/slack}/{to}", MAIL): "slack:// pages, and mail is read",
    ("tgram://${T}/{to}", BOT): None,
    ("forms://api.telegram.org/bot${T}/sendMessage?:chat_id={to}", BOT): None,
    ("form://127.0.0.1:8081/bot${T}/sendMessage?:chat_id={to}", BOT): None,
    ("forms://api.telegram.org/bot${T}/sendMessage?:chat_id={to}", MAIL): "Telegram pages, and mail is read",
    ("mailto://smtp.example.com?to={to}", BOT): "mailto:// pages, and Telegram is read",
    ("ntfys://${T}@ntfy.example.com/{to}", "ntfys://${R}@ntfy.example.com/a"): None,
    ("pover://{to}@${T}?priority=emergency&interval=60&expire=3600", "pushover://${T}"): None,
    ("pover://{to}@${T}?priority=2", "pushover://${T}"): None,
    ("pover://{to}@${T}?priority=${P}", "pushover://${T}"): None,
    ("pover://{to}@${T}", "pushover://${T}"): "priority=emergency",
    ("pover://{to}@${T}?priority=high", "pushover://${T}"): "priority=emergency",
    ("matrixs://${T}@matrix.example.com/{to}", "matrixs://${T}@matrix.example.com"): None,
    ("matrixs://${T}@matrix.example.com/{to}", "ntfy://n.example.com/a"): "matrixs:// pages, and ntfy is",
    ("twilio://${S}:${T}@+1 202 555 0100/{to}".replace(" ", "-"), "twilio://${S}:${T}@+12025550100"): None,
    ("twilio://${S}:${T}@%2B12025550100/{to}", "twilio://${S}:${T}@+12025550100"): None,
    ("twilio://${S}:${T}@${N}/{to}", "twilio://${S}:${T}@+12025550100"): None,
    ("twilio://${S}:${T}@+12025550199/{to}", "twilio://${S}:${T}@${N}"): None,
    ("twilio://${S}:${T}@+12025550199/{to}", "twilio://${S}:${T}@+12025550100"): "another number pages",
    ("twilio://${S}:${T}@x/{to}?from=%2B12025550100", "twilio://${S}:${T}@+12025550100"): None,
    ("twilio://${file:/a/b@c}:${T}@ACME/{to}", "twilio://${S}:${T}@+12025550100"): "its sender is no number",
    ("slack://x/{to}", "by-command"): None,
    ("mailtos://x?to={to}", "by-command"): None,
}


@pytest.mark.parametrize(("url", "answers"), FITS)
def test_whether_it_fits_what_pages(url: str, answers: str) -> None:
    why = why_unfit(parse_answers(answers), url)
    expected = FITS[url, answers]
    assert (why is None) if expected is None else expected in (why or "")


def test_it_costs_a_check_nothing_heavy() -> None:
    script = (
        "import sys; import escalate_cli.core.answers.fitting_gateway;"
        "print({'imaplib', 'imap_tools', 'email', 'ssl', 'pydantic', 'apprise', 'typer', 'rich'}"
        " & set(sys.modules))"
    )
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "set()"
