"""Rules in words: the condition that came true, and what is done then. Nobody who is paged reads TOML."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from escalate_cli.core.calendar.duration import show_duration
from escalate_cli.core.organisation.catalog import Catalog
from escalate_cli.core.organisation.policy import RuleAction, Target, TargetKind, When
from escalate_cli.core.organisation.recipient import Recipient


def condition_in_words(when: When, catalog: Catalog) -> str:
    """What holds, as it stands within a sentence: "no update for 30m while it is major or worse".
    A condition without parts is always true: "always".
    """
    happened = _listed(tuple(_happened(when)), "and")
    holds = _listed(tuple(_holds(when, catalog)), "and")
    if happened and holds:
        return f"{happened} while {holds}"
    return happened or holds or "always"


def action_in_words(action: RuleAction, catalog: Catalog) -> str:
    """What a rule does, after "to": "page Kim Osei and raise it to critical"."""
    return _listed(tuple(_done(action, catalog)), "and") or "do nothing"


def question_in_words(action: RuleAction, catalog: Catalog) -> str:
    """What a nudge asks: "Page Kim Osei?" """
    return f"{capital(action_in_words(action, catalog))}?"


def came_true(rule: str, condition: str) -> str:
    """A rule and its condition in words, after "rule", as the pages say it, too."""
    return f'"{rule}": {condition or "always"}'


def capital(text: str) -> str:
    """`text` as a sentence begins."""
    return text[:1].upper() + text[1:]


def _happened(when: When) -> Iterator[str]:
    if when.raised:
        yield "the severity has just risen"
    if when.scope_grew:
        yield "more has just become affected"
    if when.over_at is not None:
        yield f"{when.over_at} says that it is over"
    if when.unacknowledged_for is not None:
        yield f"nobody has acknowledged for {show_duration(when.unacknowledged_for)}"
    if when.no_update_for is not None:
        yield f"no update for {show_duration(when.no_update_for)}"
    if when.open_for is not None:
        yield f"open for {show_duration(when.open_for)}"
    if when.at_severity_for is not None:
        which = _only_severity(when) or "at the same severity"
        yield f"{which} for {show_duration(when.at_severity_for)}"


def _only_severity(when: When) -> str:
    """The severity that the condition is about, where it is one alone."""
    return when.severities[0] if when.severities is not None and len(when.severities) == 1 else ""


def _holds(when: When, catalog: Catalog) -> Iterator[str]:
    severities = _severities(when.severities, catalog)
    if severities and not (when.at_severity_for is not None and _only_severity(when)):
        yield severities
    if when.services is not None:
        yield f"{_listed(tuple(map(catalog.service_name, when.services)), 'or')} is affected"
    if when.teams is not None:
        yield f"{_listed(tuple(map(catalog.team_name, when.teams)), 'or')} is involved"
    for name, value in when.labels:
        yield f"the label {name} is {'set' if value is None else value}"
    if when.hours is not None:
        hours = when.hours.removeprefix("!")
        yield f"it is {'outside of' if when.hours.startswith('!') else 'within'} {hours} hours"


def _severities(ids: Sequence[str] | None, catalog: Catalog) -> str:
    """How bad it is, "" where that does not matter."""
    every = [severity.id for severity in catalog.severities]
    if ids is None or (every and set(ids) == set(every)):
        return ""
    ordered = sorted(ids, key=lambda severity: catalog.severity(severity).rank)
    if len(ordered) > 1 and ordered == every[-len(ordered) :]:
        return f"it is {ordered[0]} or worse"
    if len(ordered) > 1 and ordered == every[: len(ordered)]:
        return f"it is {ordered[-1]} or milder"
    return f"it is {_listed(ordered, 'or') or 'of no severity'}"


def _done(action: RuleAction, catalog: Catalog) -> Iterator[str]:
    if action.page:
        yield f"page {_targets(action.page, catalog)}"
    if action.involve:
        yield f"bring in {_listed(tuple(map(catalog.team_name, action.involve)), 'and')}"
    if action.raise_to:
        yield f"raise it to {action.raise_to}"
    if action.inform:
        yield f"tell {_targets(action.inform, catalog)}"
    if action.resolve:
        yield "resolve it"


def _targets(targets: Iterable[Target], catalog: Catalog) -> str:
    return _listed(tuple(target_in_words(target, catalog) for target in targets), "and")


def target_in_words(target: Target, catalog: Catalog) -> str:
    """Whom a target means, seen from an incident: "whoever is on call for Payments"."""
    return _TARGETS[target.kind](target.name, catalog)


def _of(team: str | None, catalog: Catalog, before: str = "of") -> str:
    return f" {before} {catalog.team_name(team)}" if team else ""


_TARGETS: dict[TargetKind, Callable[[str | None, Catalog], str]] = {
    TargetKind.ON_CALL: lambda name, catalog: f"whoever is on call{_of(name, catalog, 'for')}",
    TargetKind.LEAD: lambda name, catalog: f"the lead{_of(name, catalog)}" if name else "the team's lead",
    TargetKind.MEMBERS: lambda name, catalog: (
        f"everybody in {catalog.team_name(name) if name else 'the team'}"
    ),
    TargetKind.CHANNEL: lambda name, catalog: (
        catalog.name_of(Recipient.channel(name)) if name else "the team's channel"
    ),
    TargetKind.ROUND_ROBIN: lambda name, catalog: f"the next in turn{_of(name, catalog)}",
    TargetKind.PERSON: lambda name, catalog: catalog.person_name(name or ""),
    TargetKind.SCHEDULE: lambda name, catalog: f"whoever is on call in {name}",
    TargetKind.INCIDENT_LEAD: lambda name, catalog: "the incident lead",
}


def _listed(names: Sequence[str], between: str) -> str:
    """ "a, b and c"."""
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} {between} {names[-1]}"
