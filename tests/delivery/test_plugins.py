"""Facts about Apprise that the delivery relies on; look again when its version changes."""

from __future__ import annotations

import subprocess
import sys

import pytest

from escalate_cli.delivery.plugins import find_plugin_modules, load_plugin

_LOADED = """
import sys
from escalate_cli.delivery.plugins import find_plugin_modules, make_plugin, schema_of, speaks_on_the_wire
import apprise
url = sys.argv[1]
modules = find_plugin_modules(schema_of(url))
plugin = make_plugin(url, apprise.AppriseAsset(storage_mode="memory"), modules)
loaded = {name.split(".")[2] for name in sys.modules if name.startswith("apprise.plugins.")} - {"base"}
print(type(plugin).__name__, speaks_on_the_wire(plugin), len(loaded))
"""


@pytest.mark.parametrize(
    ("url", "plugin", "wired", "few"),
    [
        ("json://localhost", "NotifyJSON", True, True),
        ("JSONS://localhost", "NotifyJSON", True, True),
        ("mailtos://u:p@example.com?to=a@example.com", "NotifyEmail", True, True),
        ("slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ/#room", "NotifySlack", True, True),
        (f"twilio://AC{32 * '1'}:{32 * '2'}@15551230000/15551230001", "NotifyTwilio", True, True),
        ("pagerduty://abcd1234@key", "NotifyPagerDuty", True, True),
        ("workflows://host:443/workflow/signature", "NotifyWorkflows", True, True),
        ("syslog://", "NotifySyslog", False, True),
        ("https://discord.com/api/webhooks/0123456789/abcdefghij", "NotifyDiscord", True, False),
    ],
)
def test_a_schema_finds_its_plugin_without_loading_the_others(url, plugin, wired, few):
    ran = subprocess.run([sys.executable, "-c", _LOADED, url], capture_output=True, text=True, timeout=60)
    assert ran.returncode == 0, ran.stderr
    name, on_the_wire, loaded = ran.stdout.split()
    assert (name, on_the_wire == "True") == (plugin, wired)
    assert (int(loaded) <= 4) is few, loaded


@pytest.mark.parametrize(
    ("schema", "body", "title", "together"),
    [
        ("tgram", 4096, 0, False), ("discord", 2000, 250, True), ("slack", 35000, 250, False),
        ("pover", 1024, 250, False), ("pagerduty", 1024, 0, False), ("rockets", 1000, 0, False),
        ("gchat", 4000, 0, False), ("mmosts", 4000, 0, False), ("vonage", 160, 0, False),
        ("zulip", 10000, 60, False), ("workflows", 1000, 250, False), ("json", 32768, 250, False),
    ],
)  # fmt: skip
def test_apprise_knows_what_each_service_takes(schema, body, title, together):
    plugin = load_plugin(schema, find_plugin_modules(schema))
    assert (plugin.body_maxlen, plugin.title_maxlen, plugin.overflow_amalgamate_title) == (
        body,
        title,
        together,
    )


def test_sending_costs_nothing_until_something_is_sent():
    heavy = ("apprise", "requests", "smtplib", "multiprocessing", "subprocess", "socket")
    code = (
        f"import sys, escalate_cli.delivery.sender; print([name for name in {heavy} if name in sys.modules])"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert ran.stdout.strip() == "[]", ran.stderr
