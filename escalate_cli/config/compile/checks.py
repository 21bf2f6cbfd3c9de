"""What is wrong between tables that are each sound: cycles, teams without a policy, people whom
nobody can reach, conditions that never hold.

References to things that do not exist are refused where they stand (vocabulary.py). Whether
somebody is reached at every hour is a question for foresight's coverage, not for this file.
"""

from __future__ import annotations

from collections.abc import Iterator

from escalate_cli.config.compile.alert_sources import check_sources
from escalate_cli.config.compile.answering import check_answering
from escalate_cli.config.compile.circles import check_circles
from escalate_cli.config.compile.draft import Draft
from escalate_cli.config.compile.gathering import Item
from escalate_cli.config.compile.reach import check_reach
from escalate_cli.config.masking import has_literal_secret
from escalate_cli.config.toml.positions import Path
from escalate_cli.core.organisation.policy import Mode, Rule, When
from escalate_cli.core.organisation.zone_names import FIXED
from escalate_cli.core.wording.problem import ERROR, WARNING, Place, Problem


def check_all(draft: Draft) -> list[Problem]:
    """Every problem between the tables of `draft`."""
    problems: list[Problem] = []
    for check in (
        _emptied,
        _fallback,
        _policies,
        check_circles,
        _keywords,
        _logins,
        _schedules,
        _zones,
        _levels,
        _rules,
        _literal_secrets,
        check_reach,
        check_answering,
        check_sources,
    ):
        problems += check(draft)
    return problems


def _emptied(draft: Draft) -> Iterator[Problem]:
    """Files that define nothing are probably emptied or cut off. Then the last valid configuration
    must go on.
    """
    gathered = draft.gathered
    if not gathered.broken and not any(gathered.by_id.values()):
        hint = "put the files back, or write new ones with `escalate init`"
        yield Problem(
            ERROR,
            "empty",
            "the configuration is empty: it names nobody and nothing",
            hint,
            Place(gathered.first_file, 1, 1),
        )


def _fallback(draft: Draft) -> Iterator[Problem]:
    if draft.gathered.broken:
        return
    item = draft.gathered.single.get("fallback")
    hint = (
        '[fallback] team = "…" takes what matches no service, page = ["person:…"] is paged when a policy has'
        " run out"
    )
    if item is None:
        message = "there is no [fallback]: an incident may be routed to nobody"
        yield Problem(WARNING, "fallback-missing", message, hint, Place(draft.gathered.first_file))
        return
    for key in ("team", "page"):
        if isinstance(item.raw, dict) and not item.raw.get(key):
            yield item.problem(
                (),
                WARNING,
                "fallback-missing",
                f"[fallback] has no `{key}`: an incident may be routed to nobody",
                hint,
            )


def _policies(draft: Draft) -> Iterator[Problem]:
    """Every service must lead to a policy. So must every team that incidents reach in another way."""
    catalog = draft.catalog
    hint = 'give it `policy = "…"`'
    told = set()
    for service in catalog.services.values():
        team = catalog.teams.get(service.team)
        if team is None or service.policy or team.policy:
            continue
        if team.id not in told:
            told.add(team.id)
            item = draft.gathered.by_id["teams"][team.id]
            message = f'team "{team.id}" has no policy, and neither has its service "{service.id}"'
            yield item.problem((), ERROR, "no-policy", message, hint, key=True)
    wanted: list[tuple[Item | None, Path, str | None]] = [
        (draft.gathered.single.get("fallback"), ("team",), catalog.fallback.team)
    ]
    wanted += [
        (item, ("involve", number), name)
        for item, rule in draft.rules
        for number, name in enumerate(rule.involve)
    ]
    for place, loc, name in wanted:
        named = catalog.teams.get(name or "")
        if place is not None and named is not None and named.policy is None and named.id not in told:
            yield place.problem(
                loc, ERROR, "no-policy", f'team "{name}" has no policy to start', f"{hint} in [teams.{name}]"
            )
    for name, policy in catalog.policies.items():
        if not policy.levels:
            item = draft.gathered.by_id["policies"][name]
            message = f'policy "{name}" has no levels'
            yield item.problem(
                (),
                ERROR,
                "policy-without-levels",
                message,
                f"add [[policies.{name}.levels]] with notify and wait",
                key=True,
            )


def _keywords(draft: Draft) -> Iterator[Problem]:
    first: dict[str, tuple[str, str]] = {}
    for service in draft.catalog.services.values():
        item = draft.gathered.by_id["services"][service.id]
        for number, keyword in enumerate(service.keywords):
            word = " ".join(keyword.casefold().split())
            other, team = first.setdefault(word, (service.id, service.team))
            if team != service.team:
                message = (
                    f'"{keyword}" is also a keyword of service "{other}", of team "{team}": it decides for'
                    " neither"
                )
                hint = "keep it at one of them, or make both more precise"
                yield item.problem(("keywords", number), WARNING, "keyword-twice", message, hint)


def _logins(draft: Draft) -> Iterator[Problem]:
    first: dict[str, str] = {}
    for person in draft.catalog.people.values():
        for login in person.login:
            if first.setdefault(login, person.id) != person.id:
                item = draft.gathered.by_id["people"][person.id]
                message = (
                    f'the login "{login}" is also that of "{first[login]}", who will be taken for its user'
                )
                yield item.problem(
                    ("login",), WARNING, "login-twice", message, "a login belongs to one person"
                )


def _schedules(draft: Draft) -> Iterator[Problem]:
    for name, schedule in draft.catalog.schedules.items():
        item = draft.gathered.by_id["schedules"][name]
        if not schedule.rotations:
            hint = f"add [[schedules.{name}.rotations]] with members, start and every"
            message = f'schedule "{name}" has no rotation: nobody is on call'
            yield item.problem((), WARNING, "schedule-without-rotation", message, hint, key=True)


def _zones(draft: Draft) -> Iterator[Problem]:
    """Zones with names that mean a fixed offset. Where the clocks of the place change, everything
    would be an hour off for half of the year.
    """
    gathered = draft.gathered
    items = [
        item for section in ("people", "schedules", "hours") for item in gathered.by_id[section].values()
    ]
    items += [gathered.single["settings"]] if "settings" in gathered.single else []
    for item in items:
        name = item.raw.get("timezone") if isinstance(item.raw, dict) else None
        if isinstance(name, str) and name in FIXED:
            message = f'the timezone "{name}" is a fixed offset: it knows no summer time'
            hint = f'did you mean "{FIXED[name]}"? Name the place'
            yield item.problem(("timezone",), WARNING, "fixed-timezone", message, hint)


def _levels(draft: Draft) -> Iterator[Problem]:
    for name, policy in draft.catalog.policies.items():
        item = draft.gathered.by_id["policies"][name]
        for number, level in enumerate(policy.levels):
            loc = ("levels", number, "when")
            yield from _never(draft, item, loc, level.when, "this level is always skipped")
            if level.when.hours and level.during and level.when.hours == f"!{level.during}":
                message = "this level is held until the very hours that its condition excludes"
                yield item.problem((*loc, "hours"), WARNING, "never-true", message, "leave one of them out")


def _rules(draft: Draft) -> Iterator[Problem]:
    for item, rule in draft.rules:
        yield from _never(draft, item, ("when",), rule.when, "this rule can never fire")
        if not (rule.page or rule.inform or rule.involve or rule.raise_to):
            hint = "add page, inform, involve or raise_to"
            yield item.problem((), ERROR, "rule-without-action", f'rule "{rule.name}" does nothing', hint)
        if rule.mode is not Mode.NUDGE:
            for key in ("ask", "expires", "on_expiry"):
                if key in item.raw:
                    message = f'`{key}` only means something with mode = "nudge"'
                    yield item.problem(
                        (key,),
                        ERROR,
                        "nudge-only",
                        message,
                        f'add mode = "nudge" or remove `{key}`',
                        key=True,
                    )
        elif "on_expiry" in item.raw and rule.expires is None:
            message = "this nudge never expires, so `on_expiry` never applies"
            yield item.problem(
                ("on_expiry",), WARNING, "never-true", message, 'add expires = "10m"', key=True
            )
        yield from _raises(draft, item, rule)


def _raises(draft: Draft, item: Item, rule: Rule) -> Iterator[Problem]:
    ladder = draft.gathered.ladder
    fitting = [ladder.index(name) for name in rule.when.severities or ladder if name in ladder]
    if rule.raise_to in ladder and fitting and min(fitting) >= ladder.index(rule.raise_to):
        message = f'this rule only applies where the severity is "{rule.raise_to}" or graver already'
        yield item.problem(
            ("raise_to",),
            WARNING,
            "never-true",
            message,
            "raise to a graver severity, or widen the condition",
        )


def _never(draft: Draft, item: Item, loc: Path, when: When, consequence: str) -> Iterator[Problem]:
    """Conditions that nothing can meet. Only certain cases: that a condition is unlikely is not our
    business.
    """
    ladder = draft.gathered.ladder
    for key, names in (("service", when.services), ("team", when.teams)):
        if names == ():
            yield item.problem(
                (*loc, key),
                ERROR,
                "never-true",
                f"this list is empty: {consequence}",
                f"leave `{key}` out where it does not matter",
            )
    values: dict[str, str] = {}
    for label, value in when.labels:
        if value is not None and values.setdefault(label, value) != value:
            message = f'the label "{label}" cannot be "{values[label]}" and "{value}" at once: {consequence}'
            yield item.problem(
                (*loc, "label"), ERROR, "never-true", message, "write two of these, one for each value"
            )
    if when.raised and when.at_severity_for:
        message = f"a severity that just rose cannot have lasted `at_severity_for`: {consequence}"
        yield item.problem(
            (*loc, "at_severity_for"), ERROR, "never-true", message, "leave out `raised` or `at_severity_for`"
        )
    if (
        when.raised
        and when.severities is not None
        and set(when.severities) <= set(ladder[:1])
        and when.severities
    ):
        message = f'a severity cannot rise to "{ladder[0]}", the least of all: {consequence}'
        yield item.problem((*loc, "raised"), ERROR, "never-true", message, "name a graver severity")


def _literal_secrets(draft: Draft) -> Iterator[Problem]:
    items = [
        (name, draft.gathered.by_id["gateways"][name], key, url)
        for name, gateway in draft.catalog.gateways.items()
        for key, url in (("url", gateway.url), ("answers", gateway.answers or ""))
    ]
    if draft.catalog.heartbeat:
        heartbeat = draft.gathered.single["heartbeat"]
        items.append(("heartbeat", heartbeat, "url", draft.catalog.heartbeat.url))
    for name, item, key, url in items:
        if has_literal_secret(url):
            what = "URL" if key == "url" else f"`{key}`"
            message = (
                f'the {what} of "{name}" seems to hold a secret itself; everyone who can read these files can'
                " use it"
            )
            hint = "put ${NAME} or ${file:/path} in its place, and change the secret"
            yield item.problem((key,), WARNING, "literal-secret", message, hint)
