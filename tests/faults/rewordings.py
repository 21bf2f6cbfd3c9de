"""What this version says otherwise than the one before the migration to schema 2, on purpose: each with its
reason. All else must be said as it was.

A rewording goes back from what is said now to what was said, so that the whole answer can be compared; each
counts how often it was used.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from escalate_cli.views.markdown.escaping import escaped

StoredEntry = tuple[str, str, Mapping[str, Any]]
"""its kind, its sentence, its facts"""
Words = str | Callable[[re.Match[str], Mapping[str, str]], str]


@dataclass(frozen=True, eq=False)
class Addition:
    """A key that JSON did not have, at its path ("*": in each of a list). Of what there was then it says
    nothing: `value`, where that is one for all.
    """

    command: str
    path: str
    why: str
    value: Any = ...


@dataclass(frozen=True, eq=False)
class Rewording:
    """Words of a command: `now` is a pattern, `then` what it was. Of `explain`, a line is a link: what,
    because and source with bars between.
    """

    command: str
    now: str
    then: Words
    why: str


@dataclass(frozen=True, eq=False)
class Beside:
    """A sentence of a timeline as it stands beside the word for its kind: `now` takes the place of `then`, a
    pattern in the sentence as it was kept.
    """

    kind: str
    then: str
    now: str = ""
    shown: str = ""
    """the word for its kind, if it is another one now"""
    unless: str = ""
    """not of an entry with this fact: the sentence would tell more today, so that it stands as it was kept"""


ADDITIONS = (
    Addition("export", "told.*.code", "answers: a message has a code; those of 0.1.0 have none", None),
    Addition("export", "undelivered.*.code", "answers: a message has a code; those of 0.1.0 have none", None),
    Addition("export", "incident.tell", "where the reporter hears of it: nobody said so", []),
    Addition("export", "incident.suggestion", "what the words of an update sound like is said"),
    Addition("export", "routing.guess", "in doubt it asks the likeliest; 0.1.0 asked the fallback team", []),
    Addition("report", "not_yet_acknowledged", "what still runs is counted apart", 0),
    Addition("report", "acknowledgements.by_way", "answers: by what people answered"),
    Addition("report", "answers_by_gateway", "answers: how long they took, by gateway"),
    Addition("report", "answers_by_way", "answers: how long they took, by what people answered"),
)

_ZONED = "every time that stands in a sentence names its zone"
_NAMES = "names stand for ids"
_ENGLISH = "conditions and actions of rules are said in English, not as they are written"

_PLAIN = "people read plain words for what is sent: news, and news of the end"

REWORDINGS = (
    Rewording("explain", r"^news of the end (?=by |at )", "resolved ", _PLAIN),
    Rewording("explain", r"^news (?=by |at )", "inform ", _PLAIN),
    Rewording("export", r"(?<=\| )news of the end(?= \(| \|)", "resolved", _PLAIN),
    Rewording("export", r"(?<=\| )news(?= \(| \|)", "inform", _PLAIN),
    Rewording("explain", r'^(declared: ".*" at \w{3} [\d-]{10} \d\d:\d\d) (?:GMT|BST)(?=\|)', r"\1", _ZONED),
    Rewording(
        "explain", r"^service ([^|]+)(?=\|added by )", lambda match, ids: f"service {ids[match[1]]}", _NAMES
    ),
    Rewording("explain", r"(?<=\|added by )(.+)(?= at )", lambda match, ids: ids[match[1]], _NAMES),
    Rewording(
        "explain",
        r"^(inform at [^|]*\|.*\n[^|]+\|)channel of [^|]+(?=\|)",
        r"\1named directly",
        "a channel that hears of it is said to be that of its teams",
    ),
    Rewording(
        "explain",
        r"(?<=\|)channel of no team(?=\|)",
        "named directly",
        "a channel that is named is said to be that of its teams, or of none",
    ),
    Rewording(
        "explain", r"(?<=\|)it is major or worse: (?=reached at )", 'severity = ">=major" holds, ', _ENGLISH
    ),
    Rewording("explain", r"(?<=for )Cards and Cash(?= was never reached: | at \d\d:\d\d)", "cards", _NAMES),
    Rewording("explain", "(?<=of )Business Banking(?=: nobody acknowledged)", "business", _NAMES),
    Rewording(
        "explain",
        "; it would have to be their turn, too: .*",
        "",
        "of who is on call it says whose turn it was",
    ),
    Rewording(
        "export",
        "(?<=No update for an hour: page )whoever is on call and the team's channel",
        "on-call, channel",
        _ENGLISH,
    ),
    Rewording(
        "export",
        "(?<=open for two hours: page )Graham Tolliver and Executive incident room",
        "person:graham-tolliver, channel:executives",
        _ENGLISH,
    ),
    Rewording(
        "export",
        "(?<=More than one team is in it: page )whoever is on call for Cloud Platform",
        "on-call:platform",
        _ENGLISH,
    ),
    Rewording(
        "export",
        "(?<=for critical incidents: page )Noor Haddad and Status updates",
        "person:noor-haddad, channel:status-updates",
        _ENGLISH,
    ),
    Rewording("report", r"stayed at level 1 ", "went up to level 1", "nothing goes up to the first level"),
    Rewording(
        "report",
        "30(?= more levels: --json)",
        "38",
        "levels that nobody left unanswered are not worth a line",
    ),
)

BESIDE = (
    Beside("declared", r"declared: ", unless="message"),
    Beside("routed", r"(?<=: )routed (?=by the title)"),
    Beside("escalation", r"escalation (?=to .+ by policy )"),
    Beside("level", r"level (?=\d+ of \d+ of policy )"),
    Beside("sent", r": sent$"),
    Beside("resolved", r"resolved$"),
    Beside("nudge", r"nudge (?=\")"),
    Beside("rule", r"rule (?=\")"),
    Beside("paged", r"paged (?=.*: rule \")"),
    Beside("paged", r"informed ", shown="told"),
)
"""a timeline does not say twice what the word for the kind says; who is only told is not paged"""

KINDS = (("resolved to ", "news of the end to "), ("inform to ", "news to "))
"""how the sentence of a message began, and how it does: people read plain words for what is sent"""

_ROW = re.compile(r"(\| [^|]+ \| )(\w+)( \| [^|]+ \| )(.*)( \| [^|]* \|)")
_OF_MESSAGES = ("sent", "retrying", "failed", "cancelled", "held")
_HEAD = 2
"""lines of a table before its rows"""


@dataclass
class Rewriting:
    """Goes back from what is said now. `ids` has the id of each name; `used` how often each entry of the
    tables above was used."""

    ids: Mapping[str, str]
    used: Counter[object] = field(default_factory=Counter)

    def back(self, command: str, said: dict[str, Any], stored: Sequence[StoredEntry] = ()) -> dict[str, Any]:
        """What was said. `stored` are the incident's entries, as 0.1.0 kept them."""
        then = json.loads(json.dumps(said))
        for addition in ADDITIONS:
            if addition.command == command:
                self._without(then["json"], addition.path.split("."), addition)
        if command == "explain":
            self._explained(then["json"])
        if "text" in then:
            if command == "export":
                then["text"] = self._timeline(then["text"], stored)
            then["text"] = self._reworded(command, then["text"])
        return then

    def _without(self, answer: Any, path: Sequence[str], addition: Addition) -> None:
        name, *rest = path
        if name == "*":
            for part in answer:
                self._without(part, rest, addition)
        elif rest:
            self._without(answer[name], rest, addition)
        else:
            value = answer.pop(name)
            assert addition.value is ... or value == addition.value, (addition, value)
            self.used[addition] += 1

    def _explained(self, explained: dict[str, Any]) -> None:
        names = ("what", "because", "source")
        kept = [tuple((link[name] or "").replace("|", "¦") for name in names) for link in explained["links"]]
        lines = self._reworded("explain", "\n".join(map("|".join, kept))).split("\n")
        explained["links"] = [
            {
                name: part.replace("¦", "|") or None if name == "source" else part.replace("¦", "|")
                for name, part in zip(names, line.split("|"), strict=True)
            }
            for line in lines
        ]
        if explained["stopped_by"] is not None:
            explained["stopped_by"] = self._reworded("explain", explained["stopped_by"])

    def _reworded(self, command: str, text: str) -> str:
        for rewording in REWORDINGS:
            if rewording.command == command:
                then = rewording.then
                words = then if isinstance(then, str) else lambda match, then=then: then(match, self.ids)
                text, many = re.subn(rewording.now, words, text, flags=re.M)
                self.used[rewording] += many
        return text

    def _timeline(self, page: str, stored: Sequence[StoredEntry]) -> str:
        """The page of an incident, with the sentences of its timeline as they were kept."""
        before, heading, after = page.partition("\n## Timeline\n\n")
        table, end, rest = after.partition("\n\n")
        heads, rows = table.split("\n")[:_HEAD], table.split("\n")[_HEAD:]
        rows = [self._row(row, *entry) for row, entry in zip(rows, stored, strict=True)]
        return "".join((before, heading, "\n".join([*heads, *rows]), end, rest))

    def _row(self, row: str, kind: str, text: str, facts: Mapping[str, Any]) -> str:
        match = _ROW.fullmatch(row)
        assert match is not None, row
        shown, now = kind, text
        for then, plain in KINDS:
            if kind in _OF_MESSAGES and now.startswith(then):
                now = plain + now.removeprefix(then)
                self.used[then] += 1
        for beside in BESIDE:
            if beside.kind == kind and re.search(beside.then, now) and not facts.get(beside.unless):
                now = re.sub(beside.then, beside.now, now, count=1)
                shown = beside.shown or kind
                self.used[beside] += 1
                break
        assert (match[2], match[4]) == (shown, escaped(now)), f"{row!r}, was {kind}: {text!r}"
        return f"{match[1]}{kind}{match[3]}{escaped(text)}{match[5]}"
