"""The body of a delivery as text, JSON or a form, whatever wrote it.

What a sender's language does with odd characters differs: NaN, control characters within a text, halves
of a character, a BOM, UTF-16 are all read. Each function takes linear time.
"""

from __future__ import annotations

import json
import re

import msgspec

from escalate_cli.alerts.fields import decoded
from escalate_cli.alerts.payload import Payload, UnreadablePayload

_MARKS = (
    *((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe\x00\x00", "utf-32"), (b"\x00\x00\xfe\xff", "utf-32")),
    *((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")),
)
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]{1,40})", re.IGNORECASE | re.ASCII)
_CODINGS = re.compile(
    r"utf-?8|utf-?(16|32)(-?[lb]e)?|iso-?8859-\d{1,2}|latin-?1|(us-)?ascii|(windows-|cp)\d{3,4}|koi8-[ru]"
    r"|shift[-_]jis|euc-(jp|kr)|gb2312|gbk|gb18030|big5",
    re.IGNORECASE,
)
"""what is believed of a charset: plain codings of text"""
_FORM = re.compile(r"[\w.\[\]%-]+=[^\s&]*(?:&[\w.\[\]%-]+=[^\s&]*)*", re.ASCII)
_BOUNDARY = re.compile(r"boundary\s*=\s*(?:\"([^\"]{1,200})\"|([^\s;\"]{1,200}))", re.IGNORECASE)
_NAME = re.compile(rb"(?:^|[\s;])name\s*=\s*(?:\"([^\"\r\n]*)\"|([^\s;]+))", re.IGNORECASE)
_MOST_FIELDS = 10_000
_LONGEST_HEAD = 4_000


def text_in_body(delivery: Payload) -> str:
    """The body as text. What is no character of its coding becomes U+FFFD."""
    body = delivery.body
    for mark, coding in _MARKS:
        if body.startswith(mark):
            return body.decode(coding, "replace").removeprefix("\ufeff")
    empty = [byte == 0 for byte in body[:2]]
    if empty == [True, False]:
        return body.decode("utf-16-be", "replace")
    if empty == [False, True]:
        return body.decode("utf-16-le", "replace")
    named = _CHARSET.search(_content_type(delivery))
    coding = named[1] if named and _CODINGS.fullmatch(named[1]) else "utf-8"
    try:
        return body.decode(coding, "replace")
    except LookupError:
        return body.decode("utf-8", "replace")


def json_in_body(delivery: Payload) -> object:
    """What the body is in JSON, or `UnreadablePayload`. A text of JSON that is JSON itself is opened."""
    text = text_in_body(delivery).strip().strip("\x00")
    if not text:
        raise UnreadablePayload("the body is empty")
    value = json_of(text)
    if isinstance(value, str) and _looks_like_json(value):
        value = json_of(value)
    return value


def json_of(text: str) -> object:
    """What a text is in JSON, or `UnreadablePayload`."""
    try:
        return msgspec.json.decode(text)
    except RecursionError:
        raise UnreadablePayload("the JSON is nested too deeply") from None
    except ValueError:
        pass
    try:
        return json.loads(text, strict=False)
    except json.JSONDecodeError as problem:
        raise UnreadablePayload(f"it is no JSON: line {problem.lineno}, column {problem.colno}") from None
    except RecursionError:
        raise UnreadablePayload("the JSON is nested too deeply") from None
    except ValueError:
        raise UnreadablePayload("it is no JSON: a number in it is too long") from None


def objects_in_body(delivery: Payload) -> list[dict[str, object]]:
    """The objects of a body that is one object or a list of them; what else stands in the list is left
    out.
    """
    value = json_in_body(delivery)
    values = value if isinstance(value, list) else [value]
    objects = [each for each in values if isinstance(each, dict)]
    if values and not objects:
        raise UnreadablePayload("there is no object in the JSON")
    return objects


def fields_in_body(delivery: Payload, plain: str | None = None) -> list[dict[str, object]]:
    """The fields by name, of each object of JSON, or of a form; where the body has none, the query's. A
    kind that takes a plain text as well has it in the field `plain`.
    """
    if is_json(delivery):
        return objects_in_body(delivery)
    if form := form_in_body(delivery):
        return [form]
    fields = dict[str, object](delivery.query)
    if plain and (text := text_in_body(delivery).strip()):
        fields[plain] = text
    if not fields:
        raise UnreadablePayload("it is neither JSON nor a form")
    return [fields]


def is_json(delivery: Payload) -> bool:
    """Whether the body is meant as JSON: it begins so, or its type says so."""
    if not delivery.body:
        return False
    if _looks_like_json(text_in_body(Payload(body=delivery.body[:4000]))):
        return True
    type_ = _content_type(delivery).partition(";")[0].strip().lower()
    return type_ == "application/json" or type_.endswith("+json")


def form_in_body(delivery: Payload) -> dict[str, object]:
    """The fields of a form, empty where the body is none. A field that comes twice is a list."""
    type_ = _content_type(delivery)
    kind = type_.partition(";")[0].strip().lower()
    if kind == "multipart/form-data":
        return _multipart(delivery.body, type_)
    text = text_in_body(delivery).strip()
    if kind == "application/x-www-form-urlencoded" or _FORM.fullmatch(text):
        return _gathered(_pairs(text) if "=" in text else [])
    return {}


def _looks_like_json(text: str) -> bool:
    """An object, or a list of some: a title may begin with a bracket as well."""
    start = text.lstrip("\ufeff\x00 \t\r\n")[:200]
    return start.startswith(("{", '"{', '"[')) or re.match(r"\[\s*[\[{\]]", start) is not None


def _content_type(delivery: Payload) -> str:
    return delivery.headers.get("content-type", "")[:500]


def _pairs(text: str) -> list[tuple[str, str]]:
    fields = text.split("&", _MOST_FIELDS)
    if len(fields) > _MOST_FIELDS:
        raise UnreadablePayload("the form has too many fields")
    parts = (field.replace("+", " ").partition("=") for field in fields if field)
    return [(decoded(name), decoded(value)) for name, _, value in parts]


def _gathered(pairs: list[tuple[str, str]]) -> dict[str, object]:
    several: dict[str, list[str]] = {}
    for name, value in pairs:
        several.setdefault(name, []).append(value)
    return {name: values[0] if len(values) == 1 else values for name, values in several.items()}


def _multipart(body: bytes, content_type: str) -> dict[str, object]:
    boundary = _BOUNDARY.search(content_type)
    if boundary is None:
        return {}
    mark = b"--" + (boundary[1] or boundary[2]).encode("latin-1", "replace")
    pairs = []
    for part in body.split(mark, _MOST_FIELDS)[1:]:
        head, blank, value = part.partition(b"\r\n\r\n")
        name = _NAME.search(head[:_LONGEST_HEAD])
        if blank and name:
            written = (name[1] or name[2] or b"").decode("utf-8", "replace")
            pairs.append((written, text_in_body(Payload(body=value.removesuffix(b"\r\n")))))
    return _gathered(pairs)
