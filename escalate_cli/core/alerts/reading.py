"""An alert in the organisation's terms: which service it is about, how bad it is, what people read."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence

import msgspec

from escalate_cli.core.alerts.alert import Alert
from escalate_cli.core.events import AlertHeard, SeverityFrom
from escalate_cli.core.organisation.catalog import Catalog
from escalate_cli.core.organisation.source import Grouping, Source
from escalate_cli.core.organisation.spelled import spelled_alike
from escalate_cli.core.wording.fitting import clip
from escalate_cli.core.wording.text import printable

SeverityRanks = Sequence[Sequence[str]]
"""a monitor's own words for how bad it is, the least first; those of one rank together"""

USUAL_LABELS = (
    "alertname", "severity", "instance", "cluster", "namespace", "service", "team", "job", "host", "env",
)  # fmt: skip
"""those that are kept where the source does not say which"""
_LONGEST_TITLE = 300
_LONGEST_MESSAGE = 100_000
_LONGEST_KEY = 200
_LONGEST_LABEL = 1000
_PLACEHOLDER = re.compile(r"\{(labels\.)?([^{}]+)\}")


class AlertReading(msgspec.Struct, frozen=True):
    """What an alert says, in the organisation's terms. `key` is that of the incident that it is or
    becomes part of. `service` is the one that it names; None: the title has to be routed. `named` is the
    word that names it, `template` where that stood.
    """

    title: str
    message: str | None
    severity: str
    severity_from: SeverityFrom
    labels: Mapping[str, str]
    service: str | None = None
    template: str = ""
    named: str = ""

    def key(self, alert: Alert, source: Source, service: str | None) -> str:
        """The key of its incident, with the service that was found for it in the end."""
        if source.group is Grouping.SERVICE and service is not None:
            return f"{source.id}:service:{service}"
        if source.group is not Grouping.ALERT and alert.group:
            return _key(source, f"group:{alert.group}")
        return _key(source, alert.key)

    def heard(self, alert: Alert, source: Source, service: str | None) -> AlertHeard:
        """The event that tells of it."""
        return AlertHeard(
            source=source.id,
            key=clip(printable(alert.key), _LONGEST_KEY),
            title=self.title,
            severity=self.severity,
            severity_from=self.severity_from,
            word=clip(printable(alert.severity), 60) if alert.severity else None,
            service=service,
            template=self.template,
            named=self.named,
            config=source.source,
            labels=dict(self.labels),
        )


def read_alert(alert: Alert, source: Source, ranks: SeverityRanks, catalog: Catalog) -> AlertReading:
    """Never refuses: what is not known is left to the default, and said."""
    severity, severity_from = severity_of_alert(alert.severity, source, ranks, catalog)
    service, template, named = _service(alert, source, catalog)
    return AlertReading(
        title=alert_title(alert),
        message=_message(alert),
        severity=severity,
        severity_from=severity_from,
        labels=_labels(alert, source),
        service=service,
        template=template,
        named=named,
    )


def alert_title(alert: Alert) -> str:
    """One line that says what is wrong; never empty."""
    words = alert.title or alert.labels.get("alertname") or alert.key
    line = " ".join(printable(words).split()) or clip(printable(alert.key), 60) or "An alert without a name"
    return clip(line, _LONGEST_TITLE)


def severity_of_alert(
    word: str | None, source: Source, ranks: SeverityRanks, catalog: Catalog
) -> tuple[str, SeverityFrom]:
    """Our severity for a monitor's word: as the source says; else the one of that name; else by rank of
    both lists; else the default.
    """
    asked = (word or "").strip().casefold()
    for theirs, ours in source.severity.items():
        if asked and theirs.casefold() == asked:
            return ours, SeverityFrom.NAMED
    for severity in catalog.severities:
        if severity.id.casefold() == asked:
            return severity.id, SeverityFrom.SAME
    for rank, words in enumerate(ranks):
        if asked in words:
            top = len(catalog.severities) - 1
            place = (2 * rank * top + len(ranks) - 1) // (2 * max(1, len(ranks) - 1))  # rounded half up
            return catalog.severities[min(place, top)].id, SeverityFrom.RANK
    return catalog.settings.default_severity, SeverityFrom.DEFAULT


def _service(alert: Alert, source: Source, catalog: Catalog) -> tuple[str | None, str, str]:
    """The first template that names a service; the template and the word."""
    for template in source.service:
        word = _filled(template, alert)
        service = service_named(word, catalog) if word else None
        if service is not None:
            return service, template, clip(printable(word), 100)
    return None, "", ""


def service_named(word: str, catalog: Catalog) -> str | None:
    """The id of the service with this id, name or keyword, in that order; None where that is none, or
    several.
    """
    if word in catalog.services:
        return word
    asked = spelled_alike(word)
    for spellings in (
        lambda service: (service.id,),
        lambda service: (service.name,),
        lambda service: service.keywords,
    ):
        named = [
            service.id
            for service in catalog.services.values()
            if asked and asked in map(spelled_alike, spellings(service))
        ]
        if named:
            return named[0] if len(named) == 1 else None
    return None


def _filled(template: str, alert: Alert) -> str:
    """The template with what the alert has; "" where a part of it is missing."""
    missing = False

    def fill(match: re.Match[str]) -> str:
        nonlocal missing
        of_labels, name = match.groups()
        own = {"title": alert.title, "group": alert.group or "", "key": alert.key}
        value = alert.labels.get(name, "") if of_labels else own.get(name, "")
        missing = missing or not value
        return value

    filled = _PLACEHOLDER.sub(fill, template)
    return "" if missing else filled.strip()


def _message(alert: Alert) -> str | None:
    links = [f"{name}: {url}" for name, url in alert.links.items() if url]
    text = "\n".join(part for part in (clip(alert.message or "", _LONGEST_MESSAGE), *links) if part)
    return text or None


def _labels(alert: Alert, source: Source) -> dict[str, str]:
    wanted = source.labels if source.labels is not None else USUAL_LABELS
    return {
        name: clip(printable(alert.labels[name]), _LONGEST_LABEL) for name in wanted if alert.labels.get(name)
    }


def _key(source: Source, name: str) -> str:
    """Readable where it is short; else a part of it, with a digest of the whole."""
    plain = printable(name)
    if len(plain) <= _LONGEST_KEY and plain == name:
        return f"{source.id}:{name}"
    digest = hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:16]
    return f"{source.id}:{plain[:40]}:{digest}"
