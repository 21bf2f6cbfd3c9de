"""What is foreseen, as data: a simulation, an explanation, a replay of what was."""

from __future__ import annotations

from collections.abc import Sequence

from escalate_cli.core.calendar.duration import SECOND, Instant, Span
from escalate_cli.core.calendar.moment import iso
from escalate_cli.core.incident.situation import Situation
from escalate_cli.foresight.explanation import Link
from escalate_cli.foresight.replaying import Replay
from escalate_cli.foresight.simulation import Simulation
from escalate_cli.views import Data


def simulation_data(foreseen: Simulation) -> Data:
    """A simulation as JSON carries it."""
    return {
        "from": iso(foreseen.start),
        "until": iso(foreseen.until),
        "messages": [
            {
                "at": iso(message.at),
                "after_seconds": message.after // SECOND,
                "kind": message.kind.value,
                "recipient": message.recipient,
                "gateway": message.gateway,
                "address": message.address,
                "team": message.team,
                "level": message.level,
                "because": message.because,
                "source": message.source or None,
                **(
                    {"title": message.preview.title, "text": message.preview.text}
                    if message.preview is not None
                    else {}
                ),
            }
            for message in foreseen.messages
        ],
    }


def explanation_data(
    situation: Situation,
    person: str | None,
    links: Sequence[Link],
    stopped: str | None,
    would_at: Instant | None,
) -> Data:
    """An explanation as JSON carries it."""
    return {
        "incident": situation.incident.id,
        "person": person,
        "links": [
            {"what": link.what, "because": link.because, "source": link.source or None} for link in links
        ],
        "stopped_by": stopped,
        "would_page_at": iso(would_at),
    }


def replay_data(replay: Replay) -> Data:
    """A replay as JSON carries it; `gained_seconds` is how much earlier the first person is
    reached, negative for later.
    """
    incident = replay.situation.incident
    return {
        "incident": incident.id,
        "title": incident.title,
        "declared_at": iso(incident.declared_at),
        "people": [
            {
                "person": reach.person,
                "recorded_seconds": _seconds(reach.recorded),
                "replayed_seconds": _seconds(reach.replayed),
                "change": reach.change,
            }
            for reach in replay.people
        ],
        "spared": [reach.person for reach in replay.people if reach.change == "spared"],
        "new": [reach.person for reach in replay.people if reach.change == "new"],
        "gained_seconds": replay.gained // SECOND,
    }


def _seconds(span: Span | None) -> int | None:
    return None if span is None else span // SECOND
