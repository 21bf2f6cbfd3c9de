"""How mail programs of the world write a reply to a page of ours: the text on top, our page below it
in their manner."""

from __future__ import annotations

from collections.abc import Callable
from html import escape

CODE = "k7m4xq9wbcdf2345vwxz"
PAGE = """#1 customers can't log in · k7m4
Reply OK to take it, NO if it cannot be you. (DONE when it is over; a line after OK: is a note.)

Severity   major
Affected   Log in
Next       level 2 (Bo Lindqvist) at 04:57 GMT, unless somebody has it
"""
SUBJECT = "[major] #1 customers can't log in (k7m4)"
ANSWERED = f"<1.{CODE}@escalate.oncall.example.com>"

_OUTLOOK = {
    "en": ("From", "Sent", "To", "Subject"),
    "de": ("Von", "Gesendet", "An", "Betreff"),
    "fr": ("De", "Envoyé", "À", "Objet"),
    "it": ("Da", "Inviato", "A", "Oggetto"),
    "es": ("De", "Enviado", "Para", "Asunto"),
    "nl": ("Van", "Verzonden", "Aan", "Onderwerp"),
    "pl": ("Od", "Wysłano", "Do", "Temat"),
    "sv": ("Från", "Skickat", "Till", "Ämne"),
    "da": ("Fra", "Sendt", "Til", "Emne"),
    "fi": ("Lähettäjä", "Lähetetty", "Vastaanottaja", "Aihe"),
    "pt": ("De", "Enviado", "Para", "Assunto"),
    "cs": ("Od", "Odesláno", "Komu", "Předmět"),
    "tr": ("Kimden", "Gönderilen", "Kime", "Konu"),
    "ru": ("От", "Отправлено", "Кому", "Тема"),
    "ja": ("差出人", "送信日時", "宛先", "件名"),
    "zh": ("发件人", "发送时间", "收件人", "主题"),
}
_APPLE = {
    "en": "On 27 Nov 2026, at 04:52, On-call <oncall@example.com> wrote:",
    "de": "Am 27.11.2026 um 04:52 schrieb On-call <oncall@example.com>:",
    "fr": "Le 27 nov. 2026 à 04:52, On-call <oncall@example.com> a écrit :",
    "it": "Il giorno 27 nov 2026, alle ore 04:52, On-call <oncall@example.com> ha scritto:",
    "es": "El 27 nov 2026, a las 4:52, On-call <oncall@example.com> escribió:",
    "nl": "Op 27 nov 2026 om 04:52 heeft On-call <oncall@example.com> het volgende geschreven:",
    "pl": "Wiadomość napisana przez On-call <oncall@example.com> w dniu 27.11.2026, o godz. 04:52:",
    "sv": "27 nov. 2026 kl. 04:52 skrev On-call <oncall@example.com>:",
    "pt": "Em 27 de nov. de 2026, à(s) 04:52, On-call <oncall@example.com> escreveu:",
    "ja": "2026/11/27 4:52、On-call <oncall@example.com>のメール:",
}


def _outlook(text: str, language: str) -> str:
    """Outlook: no `>` anywhere; a line, four heads, our page as it was."""
    sender, sent, to, subject = _OUTLOOK[language]
    head = (
        f"{sender}: On-call <oncall@example.com>\n{sent}: Freitag, 27. November 2026 04:52\n"
        f"{to}: Ana Ruiz <ana@example.com>\n{subject}: {SUBJECT}"
    )
    return f"{text}\n\n________________________________\n{head}\n\n{PAGE}"


def _outlook_bare(text: str, language: str) -> str:
    """Outlook on the web and phones: the heads, without a line above them."""
    sender, sent, to, subject = _OUTLOOK[language]
    head = (
        f"*{sender}:* On-call <oncall@example.com>\n*{sent}:* 27.11.2026\n"
        f"*{to}:* ana@example.com\n*{subject}:* {SUBJECT}"
    )
    return f"{text}\n\n{head}\n\n{PAGE}"


def _apple(text: str, language: str) -> str:
    """Apple Mail, Gmail, Thunderbird: a sentence, and `>` before each line."""
    quoted = "\n".join(f"> {line}" for line in PAGE.splitlines())
    return f"{text}\n\n{_APPLE[language]}\n\n{quoted}\n"


def _gmail_wrapped(text: str, language: str) -> str:
    """Gmail wraps its sentence behind the name."""
    quoted = "\n".join(f"> {line}" for line in PAGE.splitlines())
    sentence = "On Fri, Nov 27, 2026 at 4:52 AM On-call <\noncall@example.com> wrote:"
    return f"{text}\n\n{sentence}\n\n{quoted}\n"


def _unmarked(text: str, language: str) -> str:
    """A client that puts our page below, with no sign at all."""
    return f"{text}\n{PAGE}"


def _original(text: str, language: str) -> str:
    word = {"de": "Ursprüngliche Nachricht", "fr": "Message d'origine", "es": "Mensaje original"}.get(
        language, "Original Message"
    )
    return f"{text}\n\n-----{word}-----\n{PAGE}"


def _alone(text: str, language: str) -> str:
    return f"{text}\n"


TEXTS: dict[str, Callable[[str, str], str]] = {
    "outlook": _outlook,
    "outlook-bare": _outlook_bare,
    "apple": _apple,
    "gmail": _gmail_wrapped,
    "unmarked": _unmarked,
    "original": _original,
    "alone": _alone,
}


def _gmail_html(text: str) -> str:
    rows = "".join(f"<div>{escape(line)}</div>" for line in text.splitlines())
    page = escape(PAGE).replace("\n", "<br>\r\n")
    return (
        f'<div dir="auto">{rows}</div><br><div class="gmail_quote"><div dir="ltr" class="gmail_attr">'
        "On Fri, 27 Nov 2026 at 04:52, "
        f'On-call &lt;<a href="mailto:oncall@example.com">oncall@example.com</a>&gt; wrote:<br></div>'
        f'<blockquote class="gmail_quote" style="margin:0 0 0 .8ex">{page}</blockquote></div>'
    )


def _outlook_html(text: str) -> str:
    rows = "".join(
        f'<p class="MsoNormal"><span lang="DE">{escape(line)}<o:p></o:p></span></p>'
        for line in text.splitlines()
    )
    page = "".join(f'<p class="MsoNormal">{escape(line)}</p>' for line in PAGE.splitlines() if line)
    return (
        "<html><head><style><!-- p.MsoNormal {margin:0cm} ok --></style></head>"
        '<body><div class="WordSection1">'
        f'{rows}<p class="MsoNormal">&nbsp;</p>'
        "<div><b>Von:</b> On-call &lt;oncall@example.com&gt; <br><b>Gesendet:</b> Freitag, 27. November 2026"
        f"<br><b>Betreff:</b> {escape(SUBJECT)}</div>{page}</div></body></html>"
    )


HTML: dict[str, Callable[[str], str]] = {"gmail-html": _gmail_html, "outlook-html": _outlook_html}
