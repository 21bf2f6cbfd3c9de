"""Which mail services carry the headers of a mail: what the guide says is what Apprise's plugins,
as they are here, can do.
"""

from __future__ import annotations

import re
from typing import Any

import pytest

from escalate_cli.delivery.mail.headers import mark_mail
from escalate_cli.delivery.plugins import find_plugin_modules, make_plugin
from tests.pages import page

# a plugin of Apprise imports it
pytestmark = pytest.mark.filterwarnings("ignore:.*imghdr.*:DeprecationWarning")

KEY = "0123456789abcdef0123456789abcdef"
AZURE = "oncall@example.com/tenant/aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee/secretsecretsecret/ana@example.org"
URLS = {
    "mailto": "mailto://u:p@smtp.example.com?from=oncall@example.com&to=ana@example.org",
    "mailtos": "mailtos://u:p@smtp.example.com?from=oncall@example.com&to=ana@example.org",
    "mailgun": f"mailgun://oncall@example.com/{KEY}-01234567-01234567/ana@example.org",
    "sparkpost": f"sparkpost://oncall@example.com/{KEY}01234567/ana@example.org",
    "smtp2go": f"smtp2go://oncall@example.com/{KEY}/ana@example.org",
    "ses": (
        "ses://oncall@example.com/"
        "AHIAJGNT76XIMXDBIJYA/bu1dHSdO22pfaaVy5wmNsdljF4C07D3bndi9PQJ9/us-east-2/ana@example.org"
    ),
    "sendgrid": "sendgrid://abcdefghijkl:oncall@example.com/ana@example.org",
    "o365": f"o365://{AZURE}",
    "azure": f"azure://{AZURE}",
    "postmark": "postmark://0123456789abcdef:oncall@example.com/ana@example.org",
    "brevo": "brevo://abcdefghijkl:oncall@example.com/ana@example.org",
    "resend": "resend://abcdefghijkl:oncall@example.com/ana@example.org",
    "mailersend": "mailersend://abcdefghijkl:oncall@example.com/ana@example.org",
}


def plugin(schema: str, more: str = "") -> Any:
    """The real plugin, as the sender makes it; nothing is sent."""
    from apprise import AppriseAsset

    url = URLS[schema]
    separator = "&" if "?" in url else "?"
    made = make_plugin(
        f"{url}{separator}{more}" if more else url, AppriseAsset(), find_plugin_modules(schema)
    )
    assert made is not None
    return made


def told() -> dict[str, bool]:
    """The guide's table: schema → whether its mails carry the headers."""
    rows = page("reaching-people").split("| mails by |")[1].split("\n\n")[0].splitlines()[2:]
    return {schema: "| yes |" in row for row in rows for schema in re.findall(r"`(\w+)://`", row)}


def test_4_22_the_guide_tells_of_every_mail_service_that_is_tried_here() -> None:
    assert set(told()) == set(URLS)


@pytest.mark.parametrize("schema", URLS)
def test_4_22_a_mail_service_carries_the_headers_where_the_guide_says_so(schema: str) -> None:
    service = plugin(schema)
    mark_mail(service, "escalate.1.2")
    carried = {name.lower(): value for name, value in getattr(service, "headers", {}).items()}
    wanted = {
        "auto-submitted": "auto-generated",
        "x-auto-response-suppress": "All",
        "x-ms-reactions": "disallow",
        "references": "<escalate.1.2@example.com>",
    }
    assert carried == (wanted if told()[schema] else {})


@pytest.mark.parametrize("schema", URLS)
def test_4_22_a_header_of_the_gateway_wins_where_there_are_any(schema: str) -> None:
    service = plugin(schema, "+Auto-Submitted=no")
    mark_mail(service, "escalate.1.2")
    found = [
        value for name, value in getattr(service, "headers", {}).items() if name.lower() == "auto-submitted"
    ]
    assert found == (["no"] if told()[schema] else [])
