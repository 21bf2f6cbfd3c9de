"""An installation with one gateway that listens: Ana is paged by it, then Bo and Kim by the web."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.faults.harness import Installation, installation
from tests.servers import Answer, HttpServer


def organisation(url: str, answers: str, ana: str, gateway: str = "phone", ana_more: str = "") -> str:
    """Ana's address is `ana`; `url` pages her and `answers` is where she is heard."""
    return f"""
[settings]
default_severity = "major"
[fallback]
team = "core"
page = ["person:kim"]
[[severities]]
id = "major"
urgency = "high"
[services.x]
name = "The X"
team = "core"
[teams.core]
name = "Core"
members = ["ana", "bo"]
lead = "kim"
policy = "standard"
[people.ana]
name = "Ana"
contact = {{ {gateway} = "{ana}" }}
{ana_more}
[people.bo]
name = "Bo"
contact = {{ web = "bo" }}
[people.kim]
name = "Kim"
contact = {{ web = "kim" }}
[policies.standard]
[[policies.standard.levels]]
notify = ["person:ana"]
wait = "5m"
[[policies.standard.levels]]
notify = ["person:bo"]
wait = "5m"
[gateways.{gateway}]
url = "{url}"
answers = "{answers}"
[gateways.web]
url = "json://127.0.0.1:PORT/{{to}}"
"""


class Night(Installation):
    """What is asked of it in these tests."""

    def sent_code(self) -> str:
        rows = self.rows("SELECT code FROM notifications WHERE code IS NOT NULL ORDER BY id DESC")
        return str(rows[0][0])

    @property
    def status(self) -> str:
        return str(self.rows("SELECT status FROM incidents WHERE id = 1")[0][0])

    @property
    def told(self) -> str:
        return "\n".join(row[0] for row in self.rows("SELECT text FROM timeline WHERE incident_id = 1"))


@contextmanager
def night_by(
    place: Path, url: str, answers: str, ana: str, gateway: str = "phone", more: str = "", ana_more: str = ""
) -> Iterator[Night]:
    """A night in which Ana is paged by `url` and answers where `answers` reads."""
    config = organisation(url, answers, ana, gateway, ana_more) + more
    with HttpServer(Answer(200)) as web, installation(place, web, config) as made:
        night = Night(made.place, made.environ, made.web, made.seen)
        try:
            yield night
        finally:
            night.kill(*[process for process in night.begun if process.poll() is None])
