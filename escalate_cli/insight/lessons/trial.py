"""What past incidents would have looked like with a proposal: their facts through the configuration
as it is, and as it would be.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

import msgspec

from escalate_cli.core.calendar.duration import DAY, Instant, Span, show_about
from escalate_cli.core.incident.record import Record
from escalate_cli.core.incident.situation import NotificationKind
from escalate_cli.core.organisation.catalog import Catalog
from escalate_cli.core.routing.router import Router
from escalate_cli.core.routing.words import stem, tokens
from escalate_cli.foresight.case import Case
from escalate_cli.foresight.replaying import THE_SAME, Replay, replay
from escalate_cli.insight.lessons.proposal import Past, Proposal
from escalate_cli.insight.report.statistics import quantile

MOST = 20
"""incidents that are replayed for one proposal: the latest"""

_ROUTED = ("keyword",)
_SEEN = ("no-runbook",)

Look = Callable[[int], Case | None]
"""what is known of an incident; None where its record is damaged"""


class Before(msgspec.Struct, frozen=True):
    """One incident with the configuration as it is, and with the proposal: when whoever
    acknowledged would first be paged (microseconds after the declaration; None: never), and how
    many messages call people."""

    incident: int
    who: str | None
    was: Span | None
    becomes: Span | None
    calls_were: int
    calls_become: int
    spared: tuple[str, ...]
    new: tuple[str, ...]
    earlier: tuple[str, ...]
    """people who would have been paged or asked earlier, whoever acknowledged aside"""


class Trial(msgspec.Struct, frozen=True):
    """What a proposal would have come to. `text` says it in a sentence; `incidents` are those that
    it was tried on, in order.
    """

    text: str
    incidents: tuple[Before, ...] = ()


def try_out(one: Proposal, past: Past, look: Look, now: Instant) -> Trial | None:
    """Try a proposal on the incidents behind it, the latest of them; None where there is nothing to
    change.
    """
    if not one.changes:
        return None
    if one.code in _SEEN:
        return Trial(f"the link would have stood in the messages of {len(one.incidents)} incidents")
    changed = past.texts.with_changes(one.changes)
    if one.code in _ROUTED:
        return _routed(one, past, changed)
    tried = []
    ends = {record.id: _end(record, now) for record in past.records}
    for incident in sorted(one.incidents)[-MOST:]:
        case = look(incident)
        if case is not None:
            until = ends.get(incident, now)
            tried.append(_before(replay(case, past.catalog, until), replay(case, changed, until)))
    return Trial(_summary(tried, past, of=len(one.incidents)), tuple(tried))


def _routed(one: Proposal, past: Past, changed: Catalog) -> Trial:
    """The titles of all incidents that share a word with the new keyword, routed as now and as then."""
    stems = {stem(word) for word in tokens(one.keyword or "")}
    told = [record for record in past.records if stems & {stem(word) for word in tokens(record.first_title)}]
    as_is, as_would_be = Router(past.catalog.services.values()), Router(changed.services.values())
    right_now = right_then = wrong = 0
    ids = set(one.incidents)
    for record in told:
        now, then = as_is.route(record.first_title), as_would_be.route(record.first_title)
        if record.id in ids:
            right_now += _best(now.service, now.candidates) == one.service
            right_then += _best(then.service, then.candidates) == one.service
        else:
            wrong += _ended(record, _best(now.service, now.candidates)) and not _ended(
                record, _best(then.service, then.candidates)
            )
    text = (
        f"of the {len(ids)} that were moved, {right_then} would have been routed right ({right_now} are as it"
        f" is); of {len(told) - len(ids)} others with these words {wrong or 'none'} would go wrong for it"
    )
    return Trial(text)


def _best(service: str | None, candidates: Sequence[object]) -> str | None:
    first = candidates[0] if candidates else None
    return service or (str(getattr(first, "service", None)) if first is not None else None)


def _ended(record: Record, service: str | None) -> bool:
    return service in record.services


def _end(record: Record, now: Instant) -> Instant:
    """When to stop looking: at one that nobody has ended, a day after the last thing that somebody did."""
    if record.resolved_at is not None:
        return now
    done = [record.declared_at, *(ack.at for ack in record.acks)]
    done += [change.at for change in record.raised] + [change.at for change in record.scopes]
    return min(now, max(done) + DAY)


def _before(was: Replay, becomes: Replay) -> Before:
    earlier = {person.person: person.replayed for person in was.people if person.replayed is not None}
    later = {person.person: person.replayed for person in becomes.people if person.replayed is not None}
    who = was.situation.incident.acknowledged_by
    return Before(
        was.situation.incident.id,
        who,
        earlier.get(who or ""),
        later.get(who or ""),
        _calls(was),
        _calls(becomes),
        tuple(one for one in earlier if one not in later),
        tuple(one for one in later if one not in earlier),
        tuple(
            one for one in earlier if one != who and one in later and earlier[one] - later[one] >= THE_SAME
        ),
    )


def _calls(one: Replay) -> int:
    kinds = (NotificationKind.PAGE, NotificationKind.NUDGE)
    return sum(message.kind in kinds and message.person is not None for message in one.simulation.messages)


def _summary(tried: Sequence[Before], past: Past, of: int) -> str:
    said = []
    gains = sorted(one.was - one.becomes for one in tried if one.was is not None and one.becomes is not None)
    gained, lost = (
        [gain for gain in gains if gain >= THE_SAME],
        [-gain for gain in gains if gain <= -THE_SAME],
    )
    if gained:
        said.append(
            f"whoever acknowledged is paged earlier in {len(gained)}, by"
            f" {show_about(quantile(gained, 0.5) or 0)} in the median"
        )
    if lost:
        said.append(f"later in {len(lost)}, by {show_about(quantile(sorted(lost), 0.5) or 0)}")
    calls = sum(one.calls_become - one.calls_were for one in tried)
    if calls:
        said.append(f"{abs(calls)} messages {'more' if calls > 0 else 'fewer'} that call people")
    changed = (
        ("others paged earlier" if gained else "paged earlier", [one.earlier for one in tried]),
        ("spared", [one.spared for one in tried]),
        ("newly called", [one.new for one in tried]),
    )
    for word, groups in changed:
        count = Counter(person for group in groups for person in group)
        if count:
            names = ", ".join(f"{past.person(person)} {times}×" for person, times in count.most_common(3))
            said.append(f"{word}: {names}" + (f" and {len(count) - 3} more" if len(count) > 3 else ""))
    which = (
        f"the last {len(tried)} of these incidents" if len(tried) < of else f"these {len(tried)} incidents"
    )
    return f"in {which}: {'; '.join(said) or 'nothing changes for people'}"
