"""How past incidents would have gone with a proposal: their facts run through the configuration as
it is, and as it would be.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

import msgspec

from escalate_cli.config.english.reading import meanings
from escalate_cli.core.calendar.duration import DAY, Instant, Span, show_about
from escalate_cli.core.incident.holding import who_took_it_first
from escalate_cli.core.incident.record import Record
from escalate_cli.core.incident.situation import NotificationKind
from escalate_cli.core.organisation.catalog import Catalog
from escalate_cli.core.routing.router import Router, Routing
from escalate_cli.core.routing.words import stem, tokens
from escalate_cli.foresight.case import Case
from escalate_cli.foresight.replaying import THE_SAME, Replay, replay
from escalate_cli.insight.lessons.proposal import Past, Proposal
from escalate_cli.insight.report.statistics import quantile

MOST = 20
"""incidents that are replayed for one proposal: the latest"""

_ROUTED = ("keyword",)
_SEEN = ("no-runbook",)

_Look = Callable[[int], Case | None]
"""what is known of an incident; None where its record is damaged"""


class TrialIncident(msgspec.Struct, frozen=True):
    """One incident with the configuration as it is, and with the proposal: when whoever
    acknowledged would first be paged (microseconds after the declaration; None: never), and how
    many messages call people.
    """

    incident: int
    who: str | None
    was: Span | None
    becomes: Span | None
    calls_were: int
    calls_become: int
    spared: tuple[str, ...]
    new: tuple[str, ...]
    earlier: tuple[str, ...]
    """people who would have been paged or asked earlier, except whoever acknowledged"""


class Trial(msgspec.Struct, frozen=True):
    """What a proposal would have come to. `text` says it in a sentence; `incidents` are those that
    it was tried on, in order.
    """

    text: str
    incidents: tuple[TrialIncident, ...] = ()


def try_out(proposal: Proposal, past: Past, look: _Look, now: Instant) -> Trial | None:
    """Try a proposal on the incidents behind it, the latest of them; None where there is nothing to
    change.
    """
    if not proposal.changes:
        return None
    if proposal.code in _SEEN:
        return Trial(f"the link would have stood in the messages of {len(proposal.incidents)} incidents")
    changed = past.texts.with_changes(proposal.changes)
    if proposal.code in _ROUTED:
        return _routed(proposal, past, changed)
    tried = []
    ends = {record.id: _last_look(record, now) for record in past.records}
    for incident in sorted(proposal.incidents)[-MOST:]:
        case = look(incident)
        if case is not None:
            until = ends.get(incident, now)
            who = who_took_it_first(case.situation, case.timeline)
            tried.append(_compared(who, replay(case, past.catalog, until), replay(case, changed, until)))
    return Trial(_summary(tried, past, of=len(proposal.incidents)), tuple(tried))


def _routed(proposal: Proposal, past: Past, changed: Catalog) -> Trial:
    """The titles of all incidents that share a word with the new keyword, routed as now and as then."""
    stems = {stem(word) for word in tokens(proposal.keyword or "")}
    alike = [record for record in past.records if stems & {stem(word) for word in tokens(record.first_title)}]
    as_is = Router(past.catalog.services.values(), meanings)
    as_would_be = Router(changed.services.values(), meanings)
    right_now = right_then = wrong = 0
    ids = set(proposal.incidents)
    for record in alike:
        now, then = _best(as_is.route(record.first_title)), _best(as_would_be.route(record.first_title))
        if record.id in ids:
            right_now += now == proposal.service
            right_then += then == proposal.service
        else:
            wrong += now in record.services and then not in record.services
    text = (
        f"of the {len(ids)} that were moved, {right_then} would have been routed right ({right_now} are as it"
        f" is); of {len(alike) - len(ids)} others with these words {wrong or 'none'} would go wrong for it"
    )
    return Trial(text)


def _best(routing: Routing) -> str | None:
    """The service that a title is routed to, else the one that fits best."""
    return routing.service or (routing.candidates[0].service if routing.candidates else None)


def _last_look(record: Record, now: Instant) -> Instant:
    """When to stop looking: at one that nobody has ended, a day after the last thing that somebody did."""
    if record.resolved_at is not None:
        return now
    done = [record.declared_at, *(ack.at for ack in record.acks)]
    done += [change.at for change in record.raised] + [change.at for change in record.scopes]
    return min(now, max(done) + DAY)


def _compared(who: str | None, was: Replay, becomes: Replay) -> TrialIncident:
    before = {person.person: person.replayed for person in was.people if person.replayed is not None}
    after = {person.person: person.replayed for person in becomes.people if person.replayed is not None}
    both = [person for person in before if person in after]
    return TrialIncident(
        incident=was.situation.incident.id,
        who=who,
        was=before.get(who or ""),
        becomes=after.get(who or ""),
        calls_were=_calls(was),
        calls_become=_calls(becomes),
        spared=tuple(person for person in before if person not in after),
        new=tuple(person for person in after if person not in before),
        earlier=tuple(
            person for person in both if person != who and before[person] - after[person] >= THE_SAME
        ),
    )


def _calls(replay: Replay) -> int:
    kinds = (NotificationKind.PAGE, NotificationKind.NUDGE)
    return sum(message.kind in kinds and message.person is not None for message in replay.simulation.messages)


def _summary(tried: Sequence[TrialIncident], past: Past, of: int) -> str:
    """In one sentence: how much earlier or later, how many messages, and for whom else it changes."""
    gains = [
        incident.was - incident.becomes
        for incident in tried
        if incident.was is not None and incident.becomes is not None
    ]
    gained = sorted(gain for gain in gains if gain >= THE_SAME)
    lost = sorted(-gain for gain in gains if gain <= -THE_SAME)
    texts = []
    if gained:
        median = show_about(quantile(gained, 0.5) or 0)
        texts.append(f"whoever acknowledged is paged earlier in {len(gained)}, by {median} in the median")
    if lost:
        texts.append(f"later in {len(lost)}, by {show_about(quantile(lost, 0.5) or 0)}")
    calls = sum(incident.calls_become - incident.calls_were for incident in tried)
    if calls:
        texts.append(f"{abs(calls)} messages {'more' if calls > 0 else 'fewer'} that call people")
    earlier = "others paged earlier" if gained else "paged earlier"
    texts += _people(earlier, [incident.earlier for incident in tried], past)
    texts += _people("spared", [incident.spared for incident in tried], past)
    texts += _people("newly called", [incident.new for incident in tried], past)
    last = f"the last {len(tried)} of these" if len(tried) < of else f"these {len(tried)}"
    return f"in {last} incidents: {'; '.join(texts) or 'nothing changes for people'}"


def _people(word: str, by_incident: Sequence[Sequence[str]], past: Past) -> list[str]:
    """`spared: Ana Ruiz 3×, Bo Lind 1×`, the first few; nothing of nobody."""
    count = Counter(person for people in by_incident for person in people)
    names = ", ".join(f"{past.person(person)} {times}×" for person, times in count.most_common(3))
    more = f" and {len(count) - 3} more" if len(count) > 3 else ""
    return [f"{word}: {names}{more}"] if count else []
