"""Addresses that cannot work: every contact of every person and channel is tried on its gateway,
without sending anything.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from escalate_cli.config.secrets import BadReference, MissingSecret, expand, references
from escalate_cli.core.organisation.catalog import Catalog
from escalate_cli.core.organisation.phone import looks_like_number, number_problem
from escalate_cli.delivery.envelope import NO_ADDRESS
from escalate_cli.delivery.process.construction import UNKNOWN_HERE
from escalate_cli.delivery.process.construction_link import ask


class AddressProblem(msgspec.Struct, frozen=True):
    """A contact that reaches nobody, or not for sure; or a gateway that takes no address at all.

    It is no `Problem` yet: that has a place in a file, which only `check` knows, and a level. There the two
    differ: `doctor` speaks for this machine, `check` for any.

    `section`, `id` and `gateway` say where it stands: the contact for `gateway` of `people.ID` or
    `channels.ID`; or `gateways.ID`, and then `gateway` is "". With `sure`, nothing arrives there;
    otherwise it works only because one service is lenient. With `only_here`, perhaps not the
    configuration is wrong but the secrets on this machine.
    """

    section: str
    id: str
    gateway: str
    code: str
    message: str
    hint: str
    sure: bool = True
    only_here: bool = False

    @property
    def path(self) -> tuple[str, ...]:
        """Where it stands in the configuration."""
        return (
            (self.section, self.id, "contact", self.gateway)
            if self.gateway
            else (self.section, self.id, "url")
        )


def bad_addresses(catalog: Catalog, environ: Mapping[str, str]) -> tuple[AddressProblem, ...] | None:
    """Every address that Apprise refuses or would tell nobody by, and every number that is not
    E.164 where a gateway dials. None if that cannot be found out. Secrets that are not known
    here do not matter.

    It takes a process with about half a second of CPU, so nothing that pages asks for it.
    """
    contacts = _contacts(catalog)
    by_gateway: dict[str, dict[str, None]] = {}
    for _, _, gateway, address in contacts:
        by_gateway.setdefault(gateway, {})[address] = None
    questions = {}
    for gateway, addresses in by_gateway.items():
        question = _question(catalog.gateways[gateway].url, tuple(addresses), environ)
        if question is not None:
            questions[gateway] = question
    if not questions:
        return ()
    answers = ask(list(questions.values()))
    if answers is None:
        return None
    answered = {
        gateway: answer for gateway, answer in zip(questions, answers, strict=True) if "failed" not in answer
    }
    return (*_gateways(answered, catalog), *_addresses(contacts, answered))


def _contacts(catalog: Catalog) -> list[tuple[str, str, str, str]]:
    """(section, id, gateway, address) of everybody."""
    return [
        (section, recipient.id, gateway, address)
        for section, everybody in (("people", catalog.people), ("channels", catalog.channels))
        for recipient in everybody.values()
        for gateway, address in recipient.contact.items()
        if gateway in catalog.gateways
    ]


def _question(template: str, addresses: tuple[str, ...], environ: Mapping[str, str]) -> dict[str, Any] | None:
    """What to ask `delivery.construction` about a gateway; None for a URL that is broken itself,
    which is reported elsewhere.
    """
    unknown, bare = [], template
    markers: dict[str, str] = {}
    try:
        for reference in references(template):
            markers[reference] = f"{UNKNOWN_HERE}{len(markers)}0"
            bare = bare.replace(reference, markers[reference])
            try:
                expand(reference, "", environ)
            except MissingSecret:
                unknown.append(markers[reference])
                template = template.replace(reference, markers[reference])
        expanded = expand(template, NO_ADDRESS, environ)
    except (BadReference, MissingSecret):
        return None
    return {
        "url": expanded.url,
        "secrets": expanded.secrets,
        "unknown": unknown,
        "bare": expand(bare, NO_ADDRESS, {}).url,
        "references": tuple(markers.values()),
        "addresses": addresses,
    }


def _gateways(answered: Mapping[str, dict[str, Any]], catalog: Catalog) -> Iterator[AddressProblem]:
    for gateway, answer in answered.items():
        if answer["refused"]:
            message = f'Apprise takes no address by gateway "{gateway}": {answer["refused"]}'
            hint = "compare the URL and its secrets with https://appriseit.com; `escalate test-page` tries it"
            yield AddressProblem(
                "gateways",
                gateway,
                "",
                "bad-gateway",
                message,
                hint,
                only_here="${" in catalog.gateways[gateway].url,
            )


def _addresses(
    contacts: list[tuple[str, str, str, str]], answered: Mapping[str, dict[str, Any]]
) -> Iterator[AddressProblem]:
    for section, identifier, gateway, address in contacts:
        answer = answered.get(gateway)
        fault = _fault(address, gateway, answer) if answer is not None else None
        if fault is not None:
            code, message, hint, sure = fault
            yield AddressProblem(section, identifier, gateway, code, message, hint, sure)


def _fault(address: str, gateway: str, answer: dict[str, Any]) -> tuple[str, str, str, bool] | None:
    refused = answer["addresses"].get(address, "")
    number = number_problem(address) if answer["phones"] and looks_like_number(address) else None
    if number is not None:
        dialled = number.same_digits and (number.corrected or "+")[1:] in answer["numbers"].get(address, ())
        text = f'"{address}" is not a number that the whole world can dial (E.164): {number.why}'
        return "bad-number", text, number.hint, bool(refused) or not dialled
    if refused:
        hint = (
            f'add "{answer["additions"][address]}" to the end of the URL of gateway {gateway}'
            if address in answer["additions"]
            else 'write a number like "+447700900123"'
            if answer["phones"]
            else f"write an address as gateway {gateway} takes it"
        )
        return "bad-address", f'"{address}" reaches nobody by {gateway}: {refused}', hint, True
    return None
