"""`escalate demo`, once, as a stranger would run it: no home, no configuration, no network but loopback."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

COMMAND = [sys.executable, "-m", "escalate_cli", "demo"]
STEPS = ["declare", "no-answer", "severity", "away", "nudge", "acknowledge", "resolve", "timeline", "lessons"]


@pytest.fixture
def bare(tmp_path: Path) -> dict[str, str]:
    """An environment with little in it, and with a proxy that would swallow everything."""
    return {
        "PATH": os.environ["PATH"],
        "LANG": "C",
        "TMPDIR": str(tmp_path),
        "http_proxy": "http://127.0.0.1:9",
        "PYTHONWARNINGS": "error",
        "PYTHONPATH": str(Path(__file__).parents[2]),
    }


def entries(step: dict[str, Any]) -> list[str]:
    return [one["entry"]["kind"] for one in step["happened"] if one["entry"]]


def messages(step: dict[str, Any]) -> list[dict[str, Any]]:
    return [one["message"] for one in step["happened"] if one["message"]]


@pytest.mark.long
def test_the_whole_story_arrives_for_real_and_leaves_nothing_behind(bare, tmp_path):
    began = time.monotonic()
    done = subprocess.run(
        [*COMMAND, "--json", "-q"], capture_output=True, env=bare, cwd=tmp_path, timeout=60, check=False
    )
    assert (done.returncode, done.stderr.decode()) == (0, "")
    assert time.monotonic() - began < 60
    story = json.loads(done.stdout)
    steps = {one["step"]: one for one in story["steps"]}
    assert list(steps) == STEPS
    assert steps["declare"]["commands"] == ['escalate declare "customers can\'t log in"']
    assert {"routed", "level"} <= set(entries(steps["declare"]))
    assert story["incident"]["services"] == ["login"], "plain words lead to the service"

    lead = "person:cleo"
    assert {message["recipient"] for message in messages(steps["declare"])} & {"person:ana", "person:bo"}, (
        "whoever is on call is paged"
    )
    level_2 = [message for message in messages(steps["no-answer"]) if message["recipient"] == lead]
    assert "level" in entries(steps["no-answer"])
    assert level_2[0]["title"].startswith("[major] #1 customers can't log in ("), "so the lead is paged"
    assert level_2[0]["text"].splitlines()[1].startswith('Tap "I have it" to take it')
    assert "person:ines" in [message["recipient"] for message in messages(steps["severity"])], (
        "the rule pages the CTO"
    )
    assert "nudge" in [message["kind"] for message in messages(steps["nudge"])]
    assert {message["recipient"] for message in messages(steps["nudge"])} & {"person:sam", "person:kim"}, (
        "the yes wakes the other team"
    )
    assert steps["away"]["commands"] == ["escalate answer --mail < vacation-note.eml"]
    assert entries(steps["away"]) == [], "a vacation note takes nothing, though OK stands in it"
    taps = [one["tap"] for one in steps["acknowledge"]["happened"] if one["tap"]]
    tapped = taps[-1]["person"]
    assert tapped in ("sam", "kim")
    assert taps == [{"person": who, "label": "I have it"} for who in ("cleo", tapped)]
    assert steps["acknowledge"]["commands"] == ["escalate tick"], "no shell"
    assert set(entries(steps["acknowledge"])) == {"acknowledged", "paged"}, "taken, and told"
    assert {message["kind"] for message in messages(steps["acknowledge"])} == {"inform"}
    assert {message["kind"] for message in messages(steps["resolve"])} == {"resolved"}

    sent = [one for one in story["incident"]["notifications"] if one["status"] == "sent"]
    sent = [one for one in sent if one["sent_with"] is None]
    assert story["delivered"]
    back = [one["sent_back"] for step in steps.values() for one in step["happened"] if one["sent_back"]]
    heard = {(one["gateway"], one["to"]) for one in back}
    assert heard == {("push", "cleo"), ("push", tapped)}, "whoever answers hears of it"
    assert len(sent) + len(back) == len(story["messages"]), "what was sent is what arrived"
    assert {one["gateway"] for one in story["messages"]} == {"sms", "chat", "email", "push"}
    assert all(one["text"] for one in story["messages"])
    lessons, told = story["lessons"], [one["recipient"] for one in sent]
    assert lessons["messages"] == len(sent)
    assert lessons["messages_to_people"] == sum(who.startswith("person:") for who in told) < len(told)
    assert (lessons["people"], lessons["channels"]) == tuple(
        len({who for who in told if who.startswith(kind)}) for kind in ("person:", "channel:")
    )
    assert story["lessons"]["acknowledged_by"] == "Cleo Marsh"
    assert story["lessons"]["answered_level"] == 2
    assert [one["level"] for one in story["lessons"]["unanswered"]] == [1]
    assert list(tmp_path.iterdir()) == []


@pytest.mark.long
def test_on_the_screen_the_note_and_the_taps_say_what_came_of_them(bare, tmp_path):
    done = subprocess.run(COMMAND, capture_output=True, env=bare, cwd=tmp_path, timeout=60, check=True)
    told = done.stdout.decode()
    assert "nothing is sent back: Auto-Submitted: auto-replied" in told
    assert told.count('taps "I have it" on the phone') == 2
    assert told.count("You have it for ") == 2


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_who_has_seen_enough_leaves_nothing_behind(number, code, bare, tmp_path):
    # ignored where the tests run in the background, and by what they start, too
    signal.signal(signal.SIGINT, signal.default_int_handler)
    with subprocess.Popen(
        COMMAND, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=bare, cwd=tmp_path
    ) as process:
        assert process.stdout is not None
        while b"paged" not in process.stdout.readline():
            assert process.poll() is None
        process.send_signal(number)
        _, told = process.communicate(timeout=30)
    assert (process.returncode, told) == (code, b"")
    assert list(tmp_path.iterdir()) == []
