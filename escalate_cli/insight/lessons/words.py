"""Words that sent incidents to the wrong team: keywords to add, so that the next reporter who uses
them is routed right.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from escalate_cli.config.english.reading import meanings
from escalate_cli.core.incident.record import Record
from escalate_cli.core.organisation.catalog import Service
from escalate_cli.core.routing.english import FUNCTION_WORDS, TROUBLE_WORDS
from escalate_cli.core.routing.router import Router
from escalate_cli.core.routing.words import stem, tokens
from escalate_cli.insight.lessons.amending import Amendment
from escalate_cli.insight.lessons.chance import usual
from escalate_cli.insight.lessons.proposal import LEAST, Backing, Past, Proposal, incident_ids

_LENGTHS = (2, 3, 1)
"""words in a phrase: two are specific enough, and are still said again by others"""

_PLACES = 5
"""a random move would go to any of the services; in fact most go to a few"""

_KNOWN = 10.0
"""re-routes are known to be rare: that is worth so many observations"""

_AGREED = 0.7
"""of the incidents whose title has the phrase, so many ended with the service"""


@dataclass
class _Phrase:
    """Some words and their stems: the incidents that said it, and for each service those that went
    there late.
    """

    text: str
    stems: tuple[str, ...]
    records: list[Record] = field(default_factory=list)
    moved: dict[str, list[Record]] = field(default_factory=dict)


class _Keyword(NamedTuple):
    """A phrase that a service may get: the incidents that were moved there, and how many that say it
    ended there.
    """

    phrase: _Phrase
    service: str
    moved: list[Record]
    at_home: int

    @property
    def order(self) -> tuple[int, float, int]:
        """The phrase that was moved most comes first, then the one whose incidents agree most."""
        agreed = self.at_home / len(self.phrase.records)
        return -len(self.moved), -agreed, _LENGTHS.index(len(self.phrase.stems))


def keywords(past: Past) -> list[Proposal]:
    """A keyword for each phrase whose incidents were routed elsewhere and ended with one service,
    more often than chance.

    "Ended with" means: that service is in scope, and none that it was declared on still is. Words
    of a phrase are compared by their stems. Phrases that are a keyword of the service already, or
    hold nothing but words like "down" and "the", teach nothing; nor does a second phrase for the
    same incidents.
    """
    proposals: list[Proposal] = []
    covered: dict[str, set[int]] = {}
    for keyword in sorted(_candidates(past), key=lambda keyword: keyword.order):
        incidents = set(incident_ids(keyword.moved))
        if not incidents <= covered.setdefault(keyword.service, set()):
            covered[keyword.service] |= incidents
            proposals.append(_proposal(keyword, past))
    return proposals


def _candidates(past: Past) -> Iterator[_Keyword]:
    """Every phrase that stands out for a service."""
    phrases = _phrases(past)
    moves = sum(record.rerouted is not None for record in past.records)
    places = min(_PLACES, max(1, len(past.catalog.services) - 1))
    looks = sum(len(phrase.records) >= LEAST for phrase in phrases)
    for phrase in phrases:
        elsewhere = moves - sum(record.rerouted is not None for record in phrase.records)
        rate = usual(elsewhere, len(past.records) - len(phrase.records), 0.05, _KNOWN) / places
        for service, moved in phrase.moved.items():
            at_home = sum(service in record.services for record in phrase.records)
            if (
                at_home >= _AGREED * len(phrase.records)
                and service in past.catalog.services
                and Backing.by(moved, len(phrase.records)).stands_out(0, rate, looks)
                and _is_new(phrase, past.catalog.services[service])
            ):
                yield _Keyword(phrase, service, moved, at_home)


def _proposal(keyword: _Keyword, past: Past) -> Proposal:
    phrase, moved = keyword.phrase, keyword.moved
    service = past.catalog.services[keyword.service]
    evidence = (
        f'"{phrase.text}" was said in {len(phrase.records)} incidents;'
        f" {len(moved)} of them went to {_where_first(moved, past)} first"
        f" and were moved to {service.name} ({past.team(service.team)})"
    )
    if keyword.at_home > len(moved):
        evidence += f"; {keyword.at_home - len(moved)} were there from the beginning"
    changes = [past.texts.setting(("services", service.id, "keywords"), [*service.keywords, phrase.text])]
    changes += [
        _without(other, phrase, past)
        for other in past.catalog.services.values()
        if other.id != service.id and _has(other, phrase)
    ]
    return Proposal(
        code="keyword",
        title=f'"{phrase.text}" belongs to {service.name}: add it to its keywords',
        evidence=evidence,
        backing=Backing.by(moved, len(phrase.records)),
        changes=tuple(changes),
        service=service.id,
        team=service.team,
        keyword=phrase.text,
    )


def _where_first(moved: list[Record], past: Past) -> str:
    """The services that these incidents went to first, and the fallback team."""
    names = sorted({past.service(service) for record in moved for service in record.first_services})
    if any(not record.first_services for record in moved):
        team = past.catalog.fallback.team
        names.append(f"the fallback team {past.team(team)}" if team else "nobody")
    return ", ".join(names[:3]) + (f" and {len(names) - 3} others" if len(names) > 3 else "")


def _phrases(past: Past) -> list[_Phrase]:
    """Every phrase of a re-routed incident's title, and all incidents whose title has it. A title
    that would find its service by now teaches nothing more.
    """
    phrases: dict[tuple[str, ...], _Phrase] = {}
    router = Router(past.catalog.services.values(), meanings)
    for record in past.records:
        if record.rerouted is None or router.route(record.first_title).service in record.services:
            continue
        for stems, text in _runs(record.first_title):
            phrase = phrases.setdefault(stems, _Phrase(text, stems))
            for service in record.services:
                phrase.moved.setdefault(service, []).append(record)
    for record in past.records:
        for stems in {stems for stems, _ in _runs(record.first_title)} & phrases.keys():
            phrases[stems].records.append(record)
    return list(phrases.values())


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


def _is_new(phrase: _Phrase, service: Service) -> bool:
    return not _has(service, phrase) and _stems(service.name) != phrase.stems


def _has(service: Service, phrase: _Phrase) -> bool:
    """Whether the phrase is a keyword of the service."""
    return any(_stems(keyword) == phrase.stems for keyword in service.keywords)


def _without(service: Service, phrase: _Phrase, past: Past) -> Amendment:
    """The keyword is taken from a service that has it now."""
    left = [keyword for keyword in service.keywords if _stems(keyword) != phrase.stems]
    return past.texts.setting(("services", service.id, "keywords"), left)


def _stems(text: str) -> tuple[str, ...]:
    return tuple(map(stem, tokens(text)))
