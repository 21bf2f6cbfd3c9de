"""Whatever is sent, a kind gives alerts with keys, or says that it cannot read it; and in linear time."""

from __future__ import annotations

import json
import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from escalate_cli.alerts import opsgenie, pagerduty
from escalate_cli.alerts.cloudwatch import subscription
from escalate_cli.alerts.kinds import ALERT_KINDS, kind_named
from escalate_cli.alerts.payload import Payload, UnreadablePayload
from tests.alerts.sending import FORM, SAMPLES
from tests.faults.rounds import mostly_long

quick = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))

texts = st.text(st.characters(exclude_categories=[]), max_size=12)


def _objects(inner: st.SearchStrategy[object]) -> st.SearchStrategy[dict[str, object]]:
    return st.dictionaries(texts, inner, max_size=3)


scalars = st.one_of(
    *(st.none(), st.booleans(), st.integers(), st.floats(), texts),
    st.sampled_from(["0", "1", "$CODE", "{EVENT.ID}", "resolved", "OK", "\x00", " ", "2026-06-12T08:24:38Z"]),
)
values = st.recursive(scalars, lambda inner: st.lists(inner, max_size=3) | _objects(inner), max_leaves=8)


def _documents(kind: str) -> list[object]:
    bodies = (path.read_bytes() for path in sorted((SAMPLES / kind).glob("*.json")))
    documents = []
    for body in bodies:
        try:
            documents.append(json.loads(body))
        except ValueError:
            continue
    if kind == "icinga":
        named = ("NOTIFICATIONTYPE", "HOSTALIAS", "SERVICEDESC", "SERVICESTATE", "SERVICEOUTPUT", "HOSTSTATE")
        documents.append(dict.fromkeys(named, "x"))
    return documents


def _changed(value: object, draw: st.DrawFn) -> object:
    """The same with some parts exchanged for anything, or gone."""
    if draw(st.integers(0, 5)) == 0:
        return draw(values)
    if isinstance(value, dict):
        kept = {name: _changed(part, draw) for name, part in value.items() if draw(st.integers(0, 6))}
        return kept | draw(_objects(values))
    if isinstance(value, list):
        return [_changed(part, draw) for part in value]
    return value


@pytest.mark.parametrize("kind", mostly_long(ALERT_KINDS, "grafana", "json"))
def test_any_types_in_any_field_end_in_alerts_or_are_unreadable(kind):
    documents = _documents(kind)

    @quick
    @given(st.data())
    def holds(data: st.DataObject) -> None:
        document = data.draw(st.sampled_from(documents))
        sent = _changed(document, data.draw)  # type: ignore[arg-type]
        _ask(Payload(body=json.dumps(sent).encode()))
        if kind == "cloudwatch" and isinstance(sent, dict) and data.draw(st.booleans()):
            sent["Message"] = json.dumps(data.draw(values))
        _check(kind, Payload(body=json.dumps(sent).encode(), path=data.draw(_paths), arrived_at=1 << 50))

    holds()


_paths = st.sampled_from(["", "/", "/x%ff/close", "//", "/a/notes", "v2/alerts/%00/close", "/change"])


@pytest.mark.parametrize("kind", ALERT_KINDS)
def test_any_bytes_end_in_alerts_or_are_unreadable(kind):
    types = ["", "application/json", "text/plain; charset=utf-16", "multipart/form-data; boundary=a"]
    coded = [FORM["content-type"], "text/plain; charset=punycode", "text/plain; charset=windows-9999"]
    names = st.sampled_from(["key", "title", "data", "status", "NOTIFICATIONTYPE", "HOSTNAME"]) | texts
    some = st.dictionaries(names, texts, max_size=3)

    @quick
    @given(
        st.binary(max_size=60) | texts.map(lambda text: text.encode("utf-8", "surrogatepass")),
        st.sampled_from([*types, *coded]) | texts,
        some,
        some,
    )
    def holds(body: bytes, type_: str, query: dict[str, str], environ: dict[str, str]) -> None:
        delivery = Payload(body=body, headers={"content-type": type_}, query=query, environ=environ)
        _ask(delivery)
        _check(kind, delivery)

    holds()


def _ask(delivery: Payload) -> None:
    opsgenie.genie_key(delivery)
    pagerduty.routing_key(delivery)
    subscription(delivery)


def _check(kind: str, delivery: Payload) -> None:
    try:
        alerts = kind_named(kind).read(delivery)
    except UnreadablePayload:
        return
    for alert in alerts:
        assert alert.key.strip()
        assert len(alert.key) <= 500
        assert "\n" not in alert.title
        assert len(alert.labels) <= 60
        assert all(0 < len(text) <= 1000 and "\n" not in text for text in alert.labels.values())
        for text in (alert.key, alert.title, alert.message or "", *alert.labels, *alert.labels.values()):
            assert isinstance(text, str)
            assert "\x00" not in text
            text.encode()


MEGABYTES = {
    "brackets": b"[" * 1_000_000,
    "objects": b'{"a":' * 200_000,
    "within": b'{"title": "x", "alerts": ' + b"[" * 900 + b"]" * 900 + b"}",
    "a title": b'{"title": "' + b"x " * 500_000 + b'"}',
    "names": b"{" + b",".join(b'"n%d": "v"' % number for number in range(50_000)) + b"}",
    "one name": b'{"title": "x"' + b', "a": 1' * 100_000 + b"}",
    "digits": b'{"title": ' + b"9" * 1_000_000 + b"}",
    "percents": b"title=" + b"%" * 1_000_000,
    "pairs": b"a=b&" * 250_000,
    "blanks": b" " * 1_000_000,
    "lines": b"x\n" * 500_000,
    "escapes": b'{"title": "' + b"\\ud800" * 150_000 + b'"}',
    "links": b'{"title": "x", "url": "http://' + b"x" * 900_000 + b' "}',
    "bytes": bytes(range(256)) * 4_000,
    "lists": b'{"title": [' + b'"a",' * 200_000 + b'"a"], "tags": [' + b'"a:b",' * 100_000 + b'"a"]}',
    "subjects": b"[" * 500_000 + b"]: " * 100_000,
    "labels": b'[{"labels": {"alertname": "' + b"x" * 50_000 + b'"}}]',
}
"""about a megabyte of each: where it takes more than linear time, it takes minutes"""


@pytest.mark.parametrize("shape", mostly_long(MEGABYTES, "names", "lines", "within"))
def test_a_megabyte_of_anything_is_read_in_no_more_than_linear_time(shape):
    _ask(Payload(body=MEGABYTES[shape]))
    slow = []
    for kind in ALERT_KINDS:
        began = time.process_time()
        _check(kind, Payload(body=MEGABYTES[shape]))
        _check(kind, Payload(body=MEGABYTES[shape], headers=FORM))
        if time.process_time() - began > 20:
            slow.append(kind)
    assert slow == []
