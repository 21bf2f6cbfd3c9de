"""Values as any sender writes them: times, texts, tags, links."""

from __future__ import annotations

import pytest

from escalate_cli.alerts.fields import any_instant, any_text, decoded
from escalate_cli.alerts.labels import link_or_none, tags_of
from escalate_cli.core.calendar.moment import iso


@pytest.mark.parametrize(
    ("written", "means"),
    [
        ("2026-06-12T08:24:38Z", "2026-06-12T08:24:38Z"),
        ("2026-06-12T08:24:38.326123456Z", "2026-06-12T08:24:38.326123Z"),
        ("2026-06-12t08:24:38.3+02:00", "2026-06-12T06:24:38.300Z"),
        ("2026-06-12 08:24:38 -0330", "2026-06-12T11:54:38Z"),
        ("2026-06-12 08:24", "2026-06-12T08:24:00Z"),
        ("2026-06-12T23:59:60Z", "2026-06-12T23:59:59Z"),
        ("2026-03-04T11:38:59.002+0000", "2026-03-04T11:38:59.002Z"),
        (1781252678, "2026-06-12T08:24:38Z"),
        (1781252678.5, "2026-06-12T08:24:38.500Z"),
        ("1781252678000", "2026-06-12T08:24:38Z"),
        (1781252678000000, "2026-06-12T08:24:38Z"),
        ("1781252678000000000", "2026-06-12T08:24:38Z"),
    ],
)
def test_a_time_is(written, means):
    at = any_instant(written)
    assert at is not None
    assert iso(at) == iso(any_instant(means))
    assert at == any_instant(means)


@pytest.mark.parametrize(
    "written",
    [
        *(
            "0001-01-01T00:00:00Z",
            "0001-01-01T00:00:00+01:00",
            "0000-00-00T00:00:00Z",
            "9999-12-31T24:00:00Z",
        ),
        *("2026-13-01T00:00:00Z", "2026-06-12T08:24:38+99:99", "yesterday", "", "٢٠٢٦-06-12T08:24:38Z"),
        *(0, -1, True, None, [], {}, float("nan"), float("inf"), 10**400, "9" * 60, "x" * 1000),
    ],
)
def test_what_is_no_time_is_none(written):
    assert any_instant(written) is None


@pytest.mark.parametrize(
    ("value", "text"),
    [
        *((None, ""), (True, "true"), (7, "7"), (7.0, "7"), (7.25, "7.25"), (float("nan"), "nan")),
        *((["a", 1, None], "a, 1"), ({}, ""), ({"b": 1, "a": [2]}, '{"a": [2], "b": 1}')),
        *(("a\x00b", "ab"), ("\ud83d\udd34", "🔴"), ("\udce4", "\ufffd")),
        *(({"token": 1, "a": 2}, '{"a": 2}'), ([{"password": "x", "a": 2}], '{"a": 2}')),
    ],
)
def test_any_value_is_a_text(value, text):
    assert any_text(value) == text


@pytest.mark.parametrize(
    ("tags", "labels"),
    [
        ("service:api, team=web,urgent,prod", {"service": "api", "team": "web", "tags": "urgent, prod"}),
        (["url:http://x/?a=b", "k=v:w"], {"url": "http://x/?a=b", "k": "v:w"}),
        ([["browser", "Chrome"], {"name": "ENV", "value": "prod"}], {"browser": "Chrome", "ENV": "prod"}),
        ({"a": 1}, {"a": 1}),
        (None, {}),
        (7, {}),
    ],
)
def test_tags_are_labels(tags, labels):
    assert tags_of(tags) == labels


@pytest.mark.parametrize(
    ("value", "is_link"),
    [
        *(
            ("https://example.com/a?b=c#d", True),
            ("HTTP://example.com", True),
            ("javascript:alert(1)", False),
        ),
        *(("https://a b", False), ('https://a"b', False), ("https://", False), ("//example.com", False)),
        *((7, False), ("https://" + "x" * 3000, False), ("https://a\nb", False)),
    ],
)
def test_a_link_is_one_that_may_be_opened(value, is_link):
    assert bool(link_or_none(value)) is is_link


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("a%20b", "a b"),
        ("%F0%9F%94%B4", "🔴"),
        ("100%", "100%"),
        ("%zz%", "%zz%"),
        ("%ff", "\ufffd"),
        ("%00a", "a"),
    ],
)
def test_what_is_percent_encoded_is_read(written, text):
    assert decoded(written) == text
