"""The entries that version 0.1.0 wrote become events. Here and in old_reasons.py sentences are
taken apart, once and never again.

The old sentences stay as they are. Facts that stand in a sentence but not in its data are read out
of it. Facts that nobody can read out any more are left empty. An entry that fits nothing becomes
`Unclassified`.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable
from typing import Any

import msgspec

from escalate_cli.core import events as happened
from escalate_cli.core.calendar.duration import parse_duration
from escalate_cli.core.events import AnyEvent, EntryKind, Way
from escalate_cli.core.organisation.recipient import Recipient, as_text, from_text
from escalate_cli.store.statements import Statements

_sql = Statements("migrating")
_Data = dict[str, Any]
_TOGETHER = 5000
_LEADS = "You lead this incident now."
"""the whole message to somebody who leads an incident: the only place where schema 1 keeps who led
it at first
"""


def give_events(connection: sqlite3.Connection) -> None:
    """Write the event of each entry in place of its data, within the caller's transaction."""
    leads = _first_leads(connection)
    last = -1
    while rows := connection.execute(_sql.old_entries, {"after": last, "limit": _TOGETHER}).fetchall():
        changes = []
        for number, incident, kind, text, data in rows:
            event = event_of(kind, text, data)
            if isinstance(event, happened.Declared) and incident in leads:
                event = msgspec.structs.replace(event, lead=leads[incident])
            changes.append({"id": number, "data": msgspec.json.encode(event, enc_hook=as_text).decode()})
            last = number
        connection.executemany(_sql.give_event, changes)


def _first_leads(connection: sqlite3.Connection) -> dict[int, str]:
    """Who led an incident from its declaration on, by its id."""
    rows = connection.execute(_sql.letters_at_declaration, {"note": _LEADS})
    return {incident: recipient.removeprefix("person:") for incident, recipient in rows}


def event_of(kind: str, text: str, raw: str) -> AnyEvent:
    """The event that an entry of schema 1 tells of."""
    about = EntryKind(kind)
    try:
        event = _READERS[about](text, msgspec.json.decode(raw, type=dict[str, Any]))
        checked = _events.decode(msgspec.json.encode(event, enc_hook=as_text))
    except (ValueError, KeyError, TypeError, AttributeError):
        return happened.Unclassified(about=about)
    return checked if checked.kind is about else happened.Unclassified(about=about)


_events: msgspec.json.Decoder[AnyEvent] = msgspec.json.Decoder(AnyEvent, dec_hook=from_text)


def _between(text: str, before: str, after: str = "") -> str:
    """What stands between two strings, from the first `before` to the `after` that follows; ""
    where they are not there.
    """
    rest = text.partition(before)[2]
    return rest.partition(after)[0] if after else rest


def _quoted(text: str) -> str:
    """The name of a rule: `rule "A "big" one": …`."""
    match = re.search(r'(?:rule|nudge) "(.*?)"(?=:|$| did | accepted| declined| expired| dropped)', text)
    return match[1] if match else ""


def _span(text: str) -> int | None:
    return parse_duration(text) if text else None


def _declared(text: str, data: _Data) -> AnyEvent:
    if data.get("again"):
        return happened.DeclaredAgain(
            what=happened.Restated(data["what"]),
            declared=_between(text, "title: ") or _between(text, "as ", ": it"),
            kept="",
        )
    return happened.Declared(
        title=text.removeprefix("declared: "),
        severity=str(data.get("severity") or ""),
        message=data.get("message"),
        imported=bool(data.get("imported")),
    )


def _routed(text: str, data: _Data) -> AnyEvent:
    ways = {
        "the reporter named ": Way.NAMED,
        "the imported row named ": Way.IMPORTED,
        "no service fits the title": Way.NOBODY,
        "the title could not be routed": Way.FAILED,
    }
    way = next((way for beginning, way in ways.items() if text.startswith(beginning)), None)
    service, match = data.get("service"), str(data.get("match") or "")
    return happened.Routed(
        query=str(data.get("query") or ""),
        match=match,
        service=service,
        candidates=tuple(data.get("candidates") or ()),
        imported=bool(data.get("imported")),
        way=way or (Way.CHOSEN if ": chosen by the reporter" in text else Way.TITLE),
        services=(service,) if service else (),
        because=_between(text, ": chosen by the reporter, ") or _between(text, f" by the title ({match}), "),
    )


def _escalation(text: str, data: _Data) -> AnyEvent:
    team, source = data["team"], str(data.get("source") or "")
    if data.get("policy"):
        services = tuple(data.get("services") or ())
        because = _between(text, f" by policy {data['policy']}: ")
        return happened.EscalationStarted(
            team=team, policy=data["policy"], services=services, because=because, source=source
        )
    if text.startswith(f"escalation to {team} stopped: "):
        return happened.EscalationStopped(team=team, reason=_between(text, " stopped: "))
    if text.endswith(" by hand"):
        return happened.GoneOnByHand(
            team=team, level=data["level"], past_the_last="on from the last level" in text
        )
    if text.startswith("the snooze by "):
        return happened.SnoozeOver(team=team, person=None, source=source)
    if text.startswith("acknowledged by "):
        return happened.AcknowledgementForgotten(
            team=team, person=None, taken_at=None, updated_at=None, source=source
        )
    if text.startswith("the urgency rose"):
        return happened.RestEnded(team=team, person=None, snoozed="the snooze by" in text, source=source)
    return happened.LevelsWalkedAgain(
        team=team, policy=_between(text, "the levels of policy ", " of "), source=source
    )


def _level(text: str, data: _Data) -> AnyEvent:
    if "recipients" not in data:
        hours = _between(text, "until the hours ", " begin")
        return happened.LevelHeld(
            team=data["team"], level=data["level"], hours=hours, until=data["until"], source=data["source"]
        )
    levels = re.match(r"level \d+ of (\d+) of policy ", text)
    why = re.match(r".*?(?:: paged .*?| reaches nobody) \(((?:again|owed|it waited)[^)]*)\)", text)
    return happened.LevelPaged(
        team=data["team"],
        policy=data.get("policy"),
        level=data["level"],
        levels=int(levels[1]) if levels else None,
        cycle=data.get("cycle") or 0,
        recipients=tuple(data["recipients"]),
        called_off=tuple(data.get("called_off") or ()),
        missed=tuple(data.get("missed") or ()),
        late_seconds=data.get("late_seconds") or 0,
        source=str(data.get("source") or ""),
        why=why[1] if why else "",
        human=not text.endswith("; next level at once"),
        estimated=bool(data.get("estimated")),
    )


def _skipped(text: str, data: _Data) -> AnyEvent:
    team, level, source = data.get("team"), data.get("level"), str(data.get("source") or "")
    if data.get("by_hand"):
        return _by_hand(data)
    if data.get("broken"):
        return happened.DoneWithout(what=text, team=team, source=source)
    if team is None:
        return _skipped_without_team(text, source)
    if level is not None and "recipients" in data:
        return _level(text, data)
    if level is not None and " left out: " in text:
        return happened.LevelLeftOut(
            team=team, level=level, reason=_between(text, " left out: "), source=source
        )
    if level is not None and " is owed: its hours " in text:
        return happened.LevelOwed(
            team=team, level=level, hours=_between(text, "its hours ", " passed"), source=source
        )
    if level is not None:
        return happened.LevelFailed(team=team, level=level)
    if text.startswith("no level of policy "):
        policy, has_fallback = _between(text, "of policy ", " reaches"), "the fallback reaches nobody" in text
        return happened.NobodyToPage(team=team, policy=policy, has_fallback=has_fallback, source=source)
    why = (
        _between(text, ": ", "; the levels")
        if "no person" in text
        else _between(text, ": ", "; again every ")
    )
    return happened.FallbackReachedNoPerson(
        team=team, recipients=(), missed=tuple(why.split("; ")), source=source
    )


def _skipped_without_team(text: str, source: str) -> AnyEvent:
    if " did not reach: " in text:
        missed = tuple(_between(text, " did not reach: ").split("; "))
        return happened.RuleMissed(rule=_quoted(text), missed=missed, source=source)
    if text.startswith("nobody to ask ("):
        missed = tuple(_between(text, "nobody to ask (", "): the fallback").split("; "))
        return happened.NobodyToAsk(rule="", missed=missed, source=source)
    return happened.Unclassified(about=EntryKind.SKIPPED)


def _exhausted(text: str, data: _Data) -> AnyEvent:
    team, source = data["team"], str(data.get("source") or "")
    if "recipients" not in data:
        return happened.Exhausted(team=team, policy=_between(text, "policy ", " of "), source=source)
    recipients, called_off = tuple(data["recipients"]), tuple(data.get("called_off") or ())
    if text.startswith("paged by every address"):
        return happened.PagedByEveryAddress(team=team, recipients=recipients, called_off=called_off)
    if text.startswith("the fallback reaches no person"):
        return happened.FallbackReachedNoPerson(
            team=team, recipients=recipients, called_off=called_off, missed=(), source=source
        )
    every = _span(_between(text, "; again every ", " until someone")) or 0
    return happened.FallbackPaged(
        team=team, recipients=recipients, called_off=called_off, every=every, source=source
    )


def _acknowledged(text: str, data: _Data) -> AnyEvent:
    team = data.get("team")
    if data.get("partly") and team is not None:
        waits_for = tuple(_between(text, " still waits for ").split(", "))
        return happened.AcknowledgedInPart(team=team, level=data.get("level"), waits_for=waits_for)
    if data.get("partly"):
        return happened.AcknowledgedBesides()
    timeout = _span(_between(text, "; without an update for ", " it pages again"))
    return happened.Acknowledged(
        team=data["team"], level=data.get("level"), everything=data.get("everything"), timeout=timeout
    )


def _updated(text: str, data: _Data) -> AnyEvent:
    change = data["change"]
    if change == "severity":
        before, after = str(data["before"]), str(data["after"])
        because = _between(text, f" to {after}: ")
        return happened.SeverityChanged(
            before=before, after=after, rises="severity raised" in text, because=because
        )
    if change == "services":
        added, dropped = tuple(data["added"]), tuple(data["dropped"])
        return happened.ScopeChanged(added=added, dropped=dropped, before=tuple(map(str, data["before"])))
    if change == "title":
        return happened.TitleChanged(before=None, after=data["after"])
    if change == "labels":
        return happened.LabelsSet(after=data["after"])
    return (
        happened.LeadChanged(after=data["after"]) if change == "lead" else happened.MessageAdded(message=text)
    )


def _by_hand(data: _Data) -> AnyEvent:
    recipients, called_off = tuple(data["recipients"]), tuple(data.get("called_off") or ())
    missed = tuple(data.get("missed") or ())
    return happened.PagedByHand(
        recipients=recipients, called_off=called_off, missed=missed, message=data.get("message")
    )


def _paged(text: str, data: _Data) -> AnyEvent:
    if data.get("by_hand"):
        return _by_hand(data)
    if "recipients" not in data:
        steps = _between(text, "failed for good: ", " at once").split(", ")
        return happened.LaterStepsHurried(
            steps=tuple((Recipient(step.partition(" by ")[0]), step.partition(" by ")[2]) for step in steps)
        )
    source = str(data.get("source") or "")
    told: _Data = {"recipients": tuple(data["recipients"]), "called_off": tuple(data.get("called_off") or ())}
    if "missed" not in data:
        return happened.PagedByRule(**told, rule=_quoted(text), source=source)
    if text.startswith("told "):
        return happened.ToldOfRise(**told)
    missed = tuple(data["missed"])
    return happened.Informed(
        **told, missed=missed, reason=_between(text, ": ", " (not reached: "), source=source
    )


def _attempt(make: Callable[..., AnyEvent], *, reason: bool) -> Callable[[str, _Data], AnyEvent]:
    def read(text: str, data: _Data) -> AnyEvent:
        if "notification" not in data:
            recipient, _, rest = text.partition(": ")
            return happened.Ended(
                recipient=Recipient(recipient), status=rest.partition(" (")[0], why=_between(rest, " (")
            )
        gateway = data["gateway"]
        digest = re.search(rf" by {re.escape(gateway)}, in a digest of (\d+): ", text)
        after = text.partition(f" by {gateway}")[2]
        why = {"reason": after.partition(": ")[2]} if reason else {}
        return make(
            what=text.partition(" to ")[0],
            notification=data["notification"],
            recipient=data["recipient"],
            gateway=gateway,
            attempt=data["attempt"],
            digest_of=int(digest[1]) if digest else 0,
            beside_another=after.startswith(", in the same message: "),
            **why,
        )

    return read


def _nudge(text: str, data: _Data) -> AnyEvent:
    rule, status, source = data["rule"], data.get("status"), str(data.get("source") or "")
    after = text.partition(f'"{rule}"')[2]
    proposal = after.partition(": ")[2]
    if status in ("accepted", "declined"):
        return happened.NudgeAnswered(rule=rule, status=status, proposal=proposal, source=source)
    if "acts" in data:
        return happened.NudgeExpired(rule=rule, acts=data["acts"], proposal=proposal, source=source)
    if status is not None:
        return happened.NudgeDropped(rule=rule, reason=proposal)
    condition, _, asked = proposal.rpartition(": asked ")
    return happened.NudgeAsked(
        rule=rule,
        condition=condition,
        proposal=_between(asked, " whether to ", "; without an answer in "),
        asked=tuple(data["asked"]),
        expires=_span(_between(asked, "; without an answer in ", " it is ")),
        done_anyway=asked.endswith("it is done anyway"),
        source=source,
    )


def _rule(text: str, data: _Data) -> AnyEvent:
    condition, _, proposal = text.partition(f'"{data["rule"]}": ')[2].rpartition(": ")
    return happened.RuleFired(
        rule=data["rule"], condition=condition, proposal=proposal, source=str(data.get("source") or "")
    )


def _maintenance(text: str, data: _Data) -> AnyEvent:
    if "until" not in data:
        return happened.MaintenanceOver(team=data["team"])
    services = tuple(_between(text, "maintenance of ", f": {data['team']} is not paged").split(", "))
    return happened.MaintenanceBegan(team=data["team"], services=services, until=data["until"])


def _suggestion(text: str, data: _Data) -> AnyEvent:
    number = int(_between(text, ": escalate update ", " --service"))
    return happened.SoundsLike(incident=number, service=data["service"], team=data["team"])


def _reloaded(text: str, data: _Data) -> AnyEvent:
    policy = _between(text, ": policy ", " as it is now")
    return happened.PolicyReloaded(team=data["team"], policy=policy, source=str(data.get("source") or ""))


def _held(text: str, data: _Data) -> AnyEvent:
    gateway = text.rpartition(", for a digest in ")[0].rpartition(" by ")[2]
    return happened.HeldBack(recipient=data["recipient"], gateway=gateway, until=data["until"])


_READERS: dict[EntryKind, Callable[[str, _Data], AnyEvent]] = {
    EntryKind.DECLARED: _declared,
    EntryKind.ROUTED: _routed,
    EntryKind.ESCALATION: _escalation,
    EntryKind.LEVEL: _level,
    EntryKind.SKIPPED: _skipped,
    EntryKind.EXHAUSTED: _exhausted,
    EntryKind.ACKNOWLEDGED: _acknowledged,
    EntryKind.UPDATED: _updated,
    EntryKind.RESOLVED: lambda text, data: happened.Resolved(message=data.get("message")),
    EntryKind.REOPENED: lambda text, data: happened.Reopened(was_resolved=text == "reopened"),
    EntryKind.SNOOZED: lambda text, data: happened.Snoozed(until=data["until"]),
    EntryKind.PAGED: _paged,
    EntryKind.SENT: _attempt(happened.Sent, reason=False),
    EntryKind.HELD: _held,
    EntryKind.RETRYING: _attempt(happened.Retrying, reason=True),
    EntryKind.FAILED: _attempt(happened.GivenUp, reason=True),
    EntryKind.CANCELLED: _attempt(happened.CalledOff, reason=True),
    EntryKind.RULE: _rule,
    EntryKind.NUDGE: _nudge,
    EntryKind.MAINTENANCE: _maintenance,
    EntryKind.SUGGESTION: _suggestion,
    EntryKind.RELOADED: _reloaded,
    EntryKind.CLOCK: lambda text, data: happened.Unclassified(about=EntryKind.CLOCK),
}
