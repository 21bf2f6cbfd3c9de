"""Reports to draw: a year of a bank, one incident, none, and one whose every name is hostile."""

from __future__ import annotations

import random
from datetime import date, timedelta

from escalate_cli.core.calendar.duration import HOUR, MINUTE, SECOND, Span
from escalate_cli.core.organisation.catalog import Catalog, Person, Settings, Team
from escalate_cli.insight.report.figures import (
    NOT_PAGED,
    GatewayFigures,
    LevelFigures,
    PersonFigures,
    Report,
    RuleFigures,
    Spread,
    Times,
    WeekFigures,
)

NAMES = (
    "Ana Ruiz",
    "Bo Lindqvist",
    "Chidera Okonkwo-Featherstonehaugh",
    "Wu Li",
    "Graham Tolliver",
    "שרה כהן",
    "Mehwish Gill",
)
HOURS = (3, 2, 2, 2, 2, 3, 5, 8, 12, 15, 15, 14, 13, 14, 14, 13, 12, 10, 9, 8, 7, 6, 5, 4)
HOSTILE = "</script></style><img src=x onerror=alert(1)>\"'&\u202e\x00\x1b[2J<b>"
"""a name that tries to be a tag, to end an attribute, to turn the text around and to stop the file"""
NOTHING = Spread(0, None, None)


def catalog(people: int = 98, teams: int = 18) -> Catalog:
    """An organisation of this size."""
    return Catalog(
        settings=Settings(timezone="Europe/London"),
        teams={f"team-{one}": Team(f"team-{one}", f"Team {one} of the bank") for one in range(teams)},
        people={
            f"p{one}": Person(f"p{one}", f"{NAMES[one % 7]}{f' {one}' if one > 6 else ''}", "Europe/London")
            for one in range(people)
        },
    )


def year(seed: int = 1) -> Report:
    """52 weeks, 98 people, 18 teams, 5,000 incidents: everything that a page has to have room for."""
    draw = random.Random(seed)
    people = [_person(f"p{one}", int(1400 / (one + 3)), draw) for one in range(98)]
    return Report(
        times=_times(5000, draw),
        by_severity=tuple(
            (one, _times(count, draw)) for one, count in (("critical", 512), ("major", 3011), ("minor", 1477))
        ),
        by_team=tuple((f"team-{one}", _times(900 - 45 * one, draw)) for one in range(18)),
        running=12,
        never_paged=14,
        never_acknowledged=203,
        acks_by_level=(("1", 3210), ("2", 801), ("3", 122), (NOT_PAGED, 44)),
        acks_by_gateway=(("slack", 2020), ("sms", 1501), ("email", 402), (NOT_PAGED, 44)),
        acks_by_team=tuple((f"team-{one}", 700 - 35 * one) for one in range(18)),
        reached=(("1", 3620), ("2", 980), ("3", 260), ("fallback", 126), ("none", 14)),
        levels=tuple(_level(f"team-{team}", level, draw) for team in range(18) for level in (1, 2, 3)),
        rerouted=tuple((f"team-{one}", f"team-{one + 1}", 60 - 5 * one) for one in range(12)),
        teams_added=tuple((f"team-{one}", 80 - 9 * one) for one in range(8)),
        raised=(("minor", "major", 301), ("major", "critical", 88), ("minor", "critical", 4)),
        nudges=(
            RuleFigures("raise a payment incident to critical after 30 minutes", 210, 3, 1, 0),
            RuleFigures("bring in the vendor", 12, 88, 40, 2),
            RuleFigures("tell the branches", 0, 61, 9, 0),
        ),
        gateways=(
            GatewayFigures(
                "slack", 15200, 15180, 12, 31, (("HTTP 429: too many requests", 9), ("HTTP 500", 3))
            ),
            GatewayFigures(
                "sms",
                9120,
                8001,
                1117,
                1300,
                tuple((f"the provider said no for reason {one}", 400 - one) for one in range(7)),
            ),
            GatewayFigures("email", 20431, 20431, 0, 2, ()),
        ),
        people=tuple(people),
        weeks=tuple(_week(one, draw) for one in range(52)),
        hours=tuple(
            tuple(draw.randint(0, 3) + int(count * (1.6 if day < 5 else 0.5)) for count in HOURS)
            for day in range(7)
        ),
    )


def one_incident() -> Report:
    """One incident, acknowledged by the first person paged."""
    once = Spread(1, 4 * MINUTE + 12 * SECOND, 4 * MINUTE + 12 * SECOND)
    times = Times(1, Spread(1, 2 * SECOND, 2 * SECOND), once, NOTHING)
    return Report(
        times=times, by_severity=(("major", times),), by_team=(("team-1", times),), running=1, never_paged=0,
        never_acknowledged=0, acks_by_level=(("1", 1),), acks_by_gateway=(("sms", 1),),
        acks_by_team=(("team-1", 1),), reached=(("1", 1),),
        levels=(LevelFigures("team-1", 1, 1, 1, 0, once),), rerouted=(), teams_added=(), raised=(), nudges=(),
        gateways=(GatewayFigures("sms", 1, 1, 0, 0, ()),), people=(PersonFigures("p1", 1, 1, 0, 1, 1, 1),),
        weeks=(WeekFigures(date(2026, 11, 16), 1, once),),
        hours=tuple(tuple(int((day, hour) == (3, 2)) for hour in range(24)) for day in range(7)),
    )  # fmt: skip


def nothing() -> Report:
    """No incident at all."""
    times = Times(0, NOTHING, NOTHING, NOTHING)
    return Report(times, (), (), 0, 0, 0, (), (), (), (), (), (), (), (), (), (), (), (), ((0,) * 24,) * 7)


def hostile() -> Report:
    """Every text that a configuration, a provider or a person can choose is hostile."""
    spread = Spread(2, MINUTE, HOUR)
    times = Times(2, spread, spread, spread)
    two = tuple(WeekFigures(date(2026, 11, 9) + timedelta(days=7 * one), 1, spread) for one in range(2))
    return Report(
        times=times, by_severity=((HOSTILE, times), ("b", times)), by_team=((HOSTILE, times), ("b", times)),
        running=0, never_paged=0, never_acknowledged=0, acks_by_level=(("1", 2),),
        acks_by_gateway=((HOSTILE, 2),), acks_by_team=((HOSTILE, 1), ("b", 1)), reached=(("2", 2),),
        levels=(LevelFigures(HOSTILE, 1, 2, 0, 2, NOTHING),), rerouted=((HOSTILE, HOSTILE, 2),),
        teams_added=((HOSTILE, 1),), raised=((HOSTILE, HOSTILE, 1),),
        nudges=(RuleFigures(HOSTILE, 1, 1, 1, 1),),
        gateways=(
            GatewayFigures(
                HOSTILE, 9, 4, 5, 1, ((HOSTILE * 20, 4), *((f"{HOSTILE}{one}", 1) for one in range(6)))
            ),
        ),
        people=tuple(PersonFigures(f"{HOSTILE}{one}", 3, 1, 2, 3, 1, 1) for one in range(30)), weeks=two,
        hours=tuple((1,) * 24 for _ in range(7)),
    )  # fmt: skip


def _times(count: int, draw: random.Random) -> Times:
    page = Spread(count - 1, draw.randint(1, 9) * SECOND // 2, draw.randint(10, 90) * SECOND)
    acknowledge = Spread(count - count // 24, draw.randint(90, 400) * SECOND, draw.randint(9, 40) * MINUTE)
    return Times(
        count,
        page,
        acknowledge,
        Spread(count - 1, draw.randint(40, 130) * MINUTE, draw.randint(4, 40) * HOUR),
    )


def _person(person: str, pages: int, draw: random.Random) -> PersonFigures:
    night, weekend = int(pages * draw.uniform(0, 0.6)), int(pages * draw.uniform(0, 0.4))
    both = min(night, weekend) // 3
    return PersonFigures(person, pages, night, weekend, night + weekend - both, pages * 2 // 3, pages // 2)


def _level(team: str, level: int, draw: random.Random) -> LevelFigures:
    paged = draw.randint(20, 600) // level
    unanswered = paged if (team, level) == ("team-4", 2) else int(paged * draw.uniform(0, 0.6))
    answered = (paged - unanswered) * 9 // 10
    took: Span = draw.randint(60, 500) * SECOND
    return LevelFigures(
        team, level, paged, answered, unanswered, Spread(answered, took, took * 4) if answered else NOTHING
    )


def _week(place: int, draw: random.Random) -> WeekFigures:
    start = date(2025, 11, 24) + timedelta(days=7 * place)
    if place in (17, 18, 30, 32):
        return WeekFigures(start, 0 if place != 30 else 5, NOTHING)
    median = (draw.randint(150, 300) - place) * SECOND
    return WeekFigures(
        start,
        draw.randint(70, 120),
        Spread(70, median, median * draw.randint(25, 50) // 10 * (12 if place == 40 else 1)),
    )
