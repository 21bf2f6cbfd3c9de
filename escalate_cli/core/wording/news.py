"""The sentences of what people hear: that somebody has it, that it is over; and the plain ones for
whoever reported it.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from escalate_cli.core.calendar.duration import SECOND, Span, show_about, show_duration
from escalate_cli.core.events.reasons import Lapse, Taking
from escalate_cli.core.organisation.catalog import Catalog


class Since(msgspec.Struct, frozen=True):
    """How long after what somebody acted: "3m after the page"."""

    span: Span
    what: str

    def __str__(self) -> str:
        span = show_about(self.span) if self.span >= SECOND else "right"
        return f", {span} after {self.what}"


class DeedNews(msgspec.Struct, frozen=True):
    """What somebody did about it, for the telling: `paging` are the teams that are still paged,
    `waits_for` the people whose acknowledgement a level still wants, `before` whoever had it,
    `length` of a snooze.
    """

    by: str
    how: Taking
    since: Since | None = None
    paging: tuple[str, ...] = ()
    waits_for: tuple[str, ...] = ()
    before: str | None = None
    length: Span = 0


def who_has_it(deed: DeedNews, catalog: Catalog) -> str:
    """That somebody has it: "Ana Ruiz has it, 3m after the page."."""
    who, since = catalog.person_name(deed.by), str(deed.since or "")
    still = f" Still paged: {_names(map(catalog.team_name, deed.paging))}." if deed.paging else ""
    if deed.how is Taking.LEADS:
        return f"{who} leads it now."
    if deed.how is Taking.TAKEN_OVER:
        before = f", taken over from {catalog.person_name(deed.before)}" if deed.before else ""
        return f"{who} has it now{before}.{still}"
    if deed.how is Taking.SNOOZED:
        return f"{who} has it for {show_duration(deed.length)}{since}. Then it is paged again."
    if deed.how is Taking.IN_PART:
        others = _names(map(catalog.person_name, deed.waits_for))
        return f"{who} has acknowledged it{since}. It still waits for {others}."
    if deed.how is Taking.PASSED:
        others = _names(map(catalog.person_name, deed.waits_for))
        return f"{who} cannot take it." + (f" It still waits for {others}." if others else "")
    if deed.how is Taking.GIVEN_BACK:
        return f"{who} has it no more: it is paged again."
    if deed.how is Taking.BESIDES and still:
        return f"{who} has acknowledged it{since}.{still}"
    if deed.how is Taking.BESIDES:
        return f"{who} has acknowledged it, too{since}."
    return f"{who} has it{since}.{still}"


class LapseNews(msgspec.Struct, frozen=True):
    """That nobody has it any more, for the telling: who `had` it, for which `teams` where others have
    theirs still, who made it so (`by`) and what they say; for how long nobody said anything.
    """

    had: tuple[str, ...]
    why: Lapse
    teams: tuple[str, ...] = ()
    by: str | None = None
    silent_for: Span = 0
    message: str | None = None


def nobody_has_it(lapsed: LapseNews, catalog: Catalog) -> str:
    """ "Ana Ruiz no longer has it: no update for 30m."; what was said of it in a line of its own."""
    had = " and ".join(map(catalog.person_name, lapsed.had))
    have = "has" if len(lapsed.had) == 1 else "have"
    for_teams = f" for {_names(map(catalog.team_name, lapsed.teams))}" if lapsed.teams else ""
    text = f"{had} no longer {have} it{for_teams}: {_why(lapsed, had, catalog)}."
    return text + (f"\n{lapsed.message}" if lapsed.message else "")


def _why(lapsed: LapseNews, had: str, catalog: Catalog) -> str:
    by = f" by {catalog.person_name(lapsed.by)}" if lapsed.by else ""
    if lapsed.why is Lapse.FORGOTTEN:
        return f"no update for {show_about(lapsed.silent_for)}"
    if lapsed.why is Lapse.TAKEN_BACK:
        return "given back" if lapsed.by in lapsed.had else f"taken back{by}"
    if lapsed.why is Lapse.GONE_ON:
        return f"a level was asked for{by}"
    if lapsed.why is Lapse.SNOOZE_ENDED:
        return "it got worse while it was put off"
    return f"it got worse, and {had} cannot be told"


def it_is_open_again(by: str | None, message: str | None, catalog: Catalog) -> str:
    """That it is not over, who says so; and why, in a line of its own."""
    who = f", reopened by {catalog.person_name(by)}" if by else ""
    return f"It is open again{who}." + (f"\n{message}" if message else "")


def it_is_over(by: str | None, lasted: Span, message: str | None, catalog: Catalog) -> str:
    """By whom and after how long; what they say of it in a line of its own."""
    who = f", ended by {catalog.person_name(by)}" if by else ""
    return f"It is over after {show_about(lasted)}{who}." + (f"\n{message}" if message else "")


def reporter_hears_who(deed: DeedNews, title: str, catalog: Catalog) -> str:
    """For whoever reported it: somebody has it."""
    who = catalog.person_name(deed.by)
    does = "has seen it and comes back to it" if deed.how is Taking.SNOOZED else "is working on it"
    return f'You reported "{title}". {who} {does}.'


def reporter_hears_end(
    by: str | None, lasted: Span, message: str | None, title: str, catalog: Catalog
) -> str:
    """For whoever reported it: it is over."""
    text = f'You reported "{title}". {it_is_over(by, lasted, None, catalog)}'
    return text + (f"\n{message}" if message else "")


def reporter_hears_again(by: str | None, message: str | None, title: str, catalog: Catalog) -> str:
    """For whoever reported it: it is not over after all."""
    text = f'You reported "{title}". {it_is_open_again(by, None, catalog)}'
    return text + (f"\n{message}" if message else "")


def _names(names: Iterable[str]) -> str:
    return ", ".join(dict.fromkeys(names))
