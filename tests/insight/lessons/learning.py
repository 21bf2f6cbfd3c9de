"""Incidents to learn from in a small organisation, and what is learned."""

from __future__ import annotations

from escalate_cli.insight.lessons.amending import Texts
from escalate_cli.insight.lessons.lessons import lessons
from escalate_cli.insight.lessons.proposal import Past, Proposal
from tests.organisations import STANDARD
from tests.world import World


def learned(world: World) -> dict[str, Proposal]:
    """Proposals by code; there is one of each in these stories. No service of theirs has a runbook,
    which is another story.
    """
    records, _ = world.store.history.records()
    found = [
        lesson
        for lesson in lessons(Past(records, world.catalog, Texts.at(world.config)))
        if lesson.code != "no-runbook"
    ]
    assert len({one.code for one in found}) == len(found)
    return {one.code: one for one in found}


def bank_transfer(world: World, title: str, *, moved: bool = True) -> None:
    incident = world.declare(title, "login")
    world.advance("1m")
    if moved:
        world.update(incident, add_services=("payments",), drop_services=("login",))
        world.ack("cara", incident)
    else:
        world.ack("ana", incident)
    world.resolve(incident)
    world.advance("1h", every="10m")


def unanswered(world: World, times: int) -> None:
    for _ in range(times):
        incident = world.declare("Log in is down", "login")
        world.advance("6m")
        world.ack("bo", incident)
        world.resolve(incident)
        world.advance("2h", every="10m")


OF_ITS_OWN = STANDARD.but("standard", "other") + STANDARD
"""the policy of one team alone"""


def alone(world: World, policies: str = OF_ITS_OWN) -> None:
    text = (world.config / "escalate.toml").read_text().split("\n[policies.")[0]
    head, tail = text.split("[teams.payments]")
    world.configure(policies, organisation=f"{head}[teams.payments]{tail.replace('standard', 'other')}")
