"""Any sender: what is taken from an object, a form, a query or a text."""

from __future__ import annotations

import pytest

from tests.alerts.sending import FORM, read, read_only


@pytest.mark.parametrize(
    ("sent", "headers", "query", "says"),
    [
        ({"title": "Disk full"}, {}, {}, ("Disk full", "firing", "Disk full", None)),
        ({"summary": "A", "dedup": "k", "action": "close"}, {}, {}, ("k", "over", "A", None)),
        ({"key": 7, "status": "ok"}, {}, {}, ("7", "over", "7", None)),
        ({"message": "one\ntwo"}, {}, {}, ("one", "firing", "one", "one\ntwo")),
        ({"title": "one\ntwo", "key": "k"}, {}, {}, ("k", "firing", "one", "one\ntwo")),
        ({"cpu": 97, "mem": None}, {}, {}, ("cpu: 97", "firing", "cpu: 97", None)),
        ({"title": "A", "status": "critical"}, {}, {}, ("A", "firing", "A", None)),
        (b"title=Disk full on db-1&key=k", FORM, {}, ("k", "firing", "Disk full on db-1", None)),
        (b"Disk full: 99%=too much", FORM, {}, ("Disk full: 99%=too much",)),
        (b'{"title": "A"}', FORM, {}, ("A", "firing", "A", None)),
        (b"[db-1] disk full", {}, {}, ("[db-1] disk full", "firing", "[db-1] disk full", None)),
        (b"it is over", {}, {"key": "k", "status": "resolved"}, ("k", "over", "it is over", None)),
        (b"the text", {}, {"title": "A"}, ("A", "firing", "A", "the text")),
        (b"", {}, {"title": "A", "key": "k"}, ("k", "firing", "A", None)),
        (b"K\xfcche", {"content-type": "text/plain; charset=iso-8859-1"}, {}, ("Küche",)),
        (b"K\xfcche", {}, {}, ("K\ufffdche",)),
    ],
)
def test_it_says(sent, headers, query, says):
    alert = read_only("json", sent, headers=headers, query=query)
    assert (alert.key, alert.state.value, alert.title, alert.message)[: len(says)] == says


def test_a_list_has_an_alert_of_each_object():
    assert [alert.key for alert in read("json", [{"title": "A"}, 7, {"key": "b"}])] == ["A", "b"]


def test_all_else_becomes_labels_without_secrets():
    document = {
        "title": "A",
        "service": "shop",
        "severity": "high",
        "url": "https://example.com/a b",
        "labels": {"host": {"name": "db-1"}},
        "tags": ["team:web", "urgent"],
        "disks": ["a", "b"],
        "password": "geheim",
        "auth": {"token": "geheim"},
        "runbook": "https://example.com/r",
        "n": 1.0,
    }
    alert = read_only("json", document, query={"token": "geheim"})
    assert alert.labels == {
        "service": "shop",
        "severity": "high",
        "team": "web",
        "host.name": "db-1",
        "tags": "urgent",
        "disks": "a, b",
        "n": "1",
    }
    assert alert.links == {"runbook": "https://example.com/r"}
    assert (alert.severity, "geheim" in repr(alert)) == ("high", False)


def test_of_many_labels_the_well_known_ones_are_kept():
    many = {f"n{number}": "x" * 5000 for number in range(200)}
    alert = read_only("json", {"title": "A", **many, "severity": "high", "instance": "web-1"})
    assert len(alert.labels) == 60
    assert list(alert.labels)[:2] == ["severity", "instance"]
    assert max(map(len, alert.labels.values())) == 1000


def test_meta_of_goalert_are_labels():
    alert = read_only("json", b"summary=A&meta=host=db-1&meta=team=web", headers=FORM)
    assert alert.labels == {"host": "db-1", "team": "web"}


def test_a_key_that_is_too_long_ends_in_a_hash_of_it_all():
    first = read_only("json", {"title": "A", "key": "x" * 9000})
    other = read_only("json", {"title": "A", "key": "x" * 9001})
    assert len(first.key) == len(other.key) == 500
    assert first.key != other.key
