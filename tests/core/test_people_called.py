"""Whom a word names: by login, id, name or address, whatever the case."""

from __future__ import annotations

import unicodedata

import pytest

from escalate_cli.core.organisation.catalog import Catalog, Person

PEOPLE = [
    Person("kim", "Kim Osei", "UTC", {"email": "kim@corp.test", "sms": "+447700900123", "chat": "@KimO"}),
    Person(
        "lee", "Kim Lee", "UTC", {"email": "Lee@Corp.Test", "sms": "whatsapp:+15550101234"}, ("klee", "root")
    ),
    Person("jose", "José Núñez", "UTC", {"email": "desk@corp.test"}),
    Person("zoe", "Zoë Weiß", "UTC", {"email": "desk@corp.test"}),
    Person("root", "Rosa Ott", "UTC"),
]
CATALOG = Catalog(people={person.id: person for person in PEOPLE})


@pytest.mark.parametrize(
    ("word", "ids"),
    [
        ("kim", "kim"),
        ("Kim", "kim"),
        ("person:Kim", "kim"),
        ("KIM OSEI", "kim"),
        ("kim  osei ", "kim"),
        ("Osei", "kim"),
        ("KIM@corp.test", "kim"),
        ("+44 7700 900123", "kim"),
        ("+44 (0)7700-900123", "kim"),
        ("00447700900123", "kim"),
        ("@kimo", "kim"),
        ("lee@corp.test", "lee"),
        ("KLEE", "lee"),
        ("WhatsApp:+1 555 010 1234", "lee"),
        ("root", "lee"),
        ("Root", "lee root"),
        ("jose", "jose"),
        (unicodedata.normalize("NFD", "josé núñez"), "jose"),
        ("ZOË WEISS", "zoe"),
        ("desk@corp.test", "jose zoe"),
        ("kimm", ""),
        ("+447700900124", ""),
        ("", ""),
        ("  ", ""),
    ],
)
def test_a_person_is_named_by_login_id_name_or_address_whatever_the_case(word, ids):
    assert [person.id for person in CATALOG.people_called(word)] == ids.split()


def test_a_first_name_that_two_have_names_both():
    without_id = Catalog(
        people={"osei": Person("osei", "Kim Osei", "UTC"), "lee": Person("lee", "Kim Lee", "UTC")}
    )
    assert [person.id for person in without_id.people_called("kim")] == ["osei", "lee"]
