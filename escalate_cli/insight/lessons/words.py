"""Words that sent incidents to the wrong team: keywords to add, so that the next one who says them
is routed right.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from escalate_cli.core.incident.record import Record
from escalate_cli.core.organisation.catalog import Service
from escalate_cli.core.routing.english import FUNCTION_WORDS, TROUBLE_WORDS
from escalate_cli.core.routing.router import Router
from escalate_cli.core.routing.words import stem, tokens
from escalate_cli.insight.lessons.amending import Amendment
from escalate_cli.insight.lessons.chance import stands_out, usual
from escalate_cli.insight.lessons.proposal import LEAST, Past, Proposal, numbers

_LENGTHS = (2, 3, 1)
"""words of a phrase: of those that say the same, two words are told apart from other things and
still said again
"""

_PLACES = 5
"""a move by chance goes to one of the services; most go to a few of them"""

_KNOWN = 10.0
"""that re-routes are rare is known beforehand: so many observations outweigh it"""

_AGREED = 0.7
"""of the incidents whose title has the phrase, so many ended with the service"""


@dataclass
class _Said:
    """A phrase: the incidents that said it, and for each service those that went there late."""

    phrase: str
    records: list[Record] = field(default_factory=list)
    moved: dict[str, list[Record]] = field(default_factory=dict)


def keywords(past: Past) -> list[Proposal]:
    """A keyword for each phrase whose incidents were routed elsewhere and ended with one service,
    more often than chance.

    "Ended with" means: that service is in scope, and none that it was declared on still is. Words
    of a phrase are compared by their stems; phrases that are a keyword of the service already, or
    hold nothing but words like "down" and "the", teach nothing.
    """
    said = _phrases(past)
    moves = sum(record.rerouted is not None for record in past.records)
    places = min(_PLACES, max(1, len(past.catalog.services) - 1))
    found = []
    looks = sum(len(one.records) >= LEAST for one in said.values())
    for stems, one in said.items():
        for service, moved in one.moved.items():
            at_home = [record for record in one.records if service in record.services]
            if len(moved) < LEAST or len(at_home) < _AGREED * len(one.records):
                continue
            elsewhere = moves - sum(record.rerouted is not None for record in one.records)
            rate = usual(elsewhere, len(past.records) - len(one.records), 0.05, _KNOWN) / places
            if (
                service in past.catalog.services
                and stands_out(len(moved), len(one.records), rate, looks)
                and _is_new(stems, service, past)
            ):
                found.append((stems, one, service, moved, len(at_home)))
    found.sort(
        key=lambda each: (-len(each[3]), -each[4] / len(each[1].records), _LENGTHS.index(len(each[0])))
    )
    made: list[Proposal] = []
    covered: dict[str, set[int]] = {}
    for stems, one, service, moved, settled in found:
        ids = set(numbers(moved))
        if ids <= covered.setdefault(service, set()):
            continue
        covered[service] |= ids
        made.append(_proposal(stems, one, service, moved, settled, past))
    return made


def _proposal(
    stems: tuple[str, ...], one: _Said, service: str, moved: list[Record], at_home: int, past: Past
) -> Proposal:
    known = past.catalog.services[service]
    went = sorted({past.service(name) for record in moved for name in record.first_services})
    if any(not record.first_services for record in moved):
        went.append(
            f"the fallback team {past.team(past.catalog.fallback.team)}"
            if past.catalog.fallback.team
            else "nobody"
        )
    first = ", ".join(went[:3])
    more = f" and {len(went) - 3} others" if len(went) > 3 else ""
    evidence = (
        f'"{one.phrase}" was said in {len(one.records)} incidents; {len(moved)} of them went to {first}{more}'
        f" first and were moved to {known.name} ({past.team(known.team)})"
    )
    if at_home > len(moved):
        evidence += f"; {at_home - len(moved)} were there from the beginning"
    changes = [past.texts.setting(("services", service, "keywords"), [*known.keywords, one.phrase])]
    changes += [
        _without(other, stems, past)
        for other in past.catalog.services.values()
        if other.id != service and _has(other, stems)
    ]
    return Proposal(
        code="keyword",
        title=f'"{one.phrase}" belongs to {known.name}: add it to its keywords',
        evidence=evidence,
        incidents=numbers(moved),
        count=len(moved),
        of=len(one.records),
        changes=tuple(changes),
        service=service,
        team=known.team,
        keyword=one.phrase,
    )


def _phrases(past: Past) -> dict[tuple[str, ...], _Said]:
    """Every phrase of a re-routed incident's title, and all incidents whose title has it. A title
    that would find its service by now teaches nothing more."""
    candidates: dict[tuple[str, ...], _Said] = {}
    router = Router(past.catalog.services.values())
    for record in past.records:
        if record.rerouted is None or router.route(record.first_title).service in record.services:
            continue
        for stems, phrase in _runs(record.first_title):
            one = candidates.setdefault(stems, _Said(phrase))
            for service in record.services:
                one.moved.setdefault(service, []).append(record)
    for record in past.records:
        for stems in {stems for stems, _ in _runs(record.first_title)} & candidates.keys():
            candidates[stems].records.append(record)
    return candidates


def _runs(title: str) -> Iterator[tuple[tuple[str, ...], str]]:
    """(stems, words) of each run of one to three words that begins and ends with a telling one;
    each run once.
    """
    words = tokens(title)
    seen = set()
    for start in range(len(words)):
        for end in range(start + 1, min(start + max(_LENGTHS), len(words)) + 1):
            run = words[start:end]
            if not (_tells(run[0]) and _tells(run[-1])):
                continue
            stems = tuple(map(stem, run))
            if stems not in seen:
                seen.add(stems)
                yield stems, " ".join(run)


def _tells(word: str) -> bool:
    return len(word) > 2 and not word.isdigit() and not {word, stem(word)} & (FUNCTION_WORDS | TROUBLE_WORDS)


def _is_new(stems: tuple[str, ...], service: str, past: Past) -> bool:
    known = past.catalog.services[service]
    return not _has(known, stems) and tuple(map(stem, tokens(known.name))) != stems


def _has(service: Service, stems: tuple[str, ...]) -> bool:
    """Whether the phrase is a keyword of the service."""
    return any(tuple(map(stem, tokens(keyword))) == stems for keyword in service.keywords)


def _without(service: Service, stems: tuple[str, ...], past: Past) -> Amendment:
    """The keyword is taken from a service that has it now."""
    left = [keyword for keyword in service.keywords if tuple(map(stem, tokens(keyword))) != stems]
    return past.texts.setting(("services", service.id, "keywords"), left)
