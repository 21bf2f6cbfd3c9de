"""Facts about Apprise that the delivery relies on; look again when its version changes."""

from __future__ import annotations

import subprocess
import sys

import pytest

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


def test_sending_costs_nothing_until_something_is_sent():
    heavy = ("apprise", "requests", "smtplib", "multiprocessing", "subprocess", "socket")
    code = f"import sys, escalate_cli.delivery.sender; print([name for name in {heavy} if name in sys.modules])"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert ran.stdout.strip() == "[]", ran.stderr
