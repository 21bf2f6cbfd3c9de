"""What a provider's number for a refusal means, for the few that somebody has to act on."""

from __future__ import annotations

from escalate_cli.core.wording.text import printable

UNSUBSCRIBED = 21610
"""Twilio's error for a number that has sent STOP (https://www.twilio.com/docs/api/errors/21610)"""
BLOCKED_US = "this number has blocked us: its owner must send START to our number"


def bounced(status: str) -> str:
    """Why a message came back, with the number that its report gives."""
    if status.strip() == str(UNSUBSCRIBED):
        return BLOCKED_US
    return f"bounced: {printable(status)[:20] or 'it could not be delivered'}"
