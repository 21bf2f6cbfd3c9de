"""Plain words find their service, say why, and admit doubt; a hospital, so that nothing can be
known beforehand.
"""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from escalate_cli.config.english.reading import meanings
from escalate_cli.core.organisation.catalog import Service
from escalate_cli.core.routing.router import Match, Router

HOSPITAL = (
    Service(
        "patient-records",
        "Patient records",
        "records",
        "The files that doctors and nurses open at the bedside: notes, allergies, letters.",
        keywords=("notes", "medical history", "ehr"),
        depends_on=("records-db",),
        tier=1,
    ),
    Service(
        "booking",
        "Outpatient appointments",
        "front-desk",
        "Where people reserve, move or cancel a visit to a clinic.",
        keywords=("appointment", "check in", "waiting list"),
        tier=2,
    ),
    Service(
        "e-prescribing",
        "Electronic prescribing",
        "pharmacy",
        "Doctors order medicines here; the pharmacy dispenses them.",
        keywords=("prescription", "dosage", "drug chart"),
        tier=1,
    ),
    Service(
        "pathology",
        "Laboratory results",
        "labs",
        "Blood and tissue samples, from the label on the tube to the report.",
        keywords=("blood test", "lab result", "specimen label"),
        tier=1,
    ),
    Service(
        "imaging",
        "Medical imaging",
        "radiology",
        "Stores X-rays and scans and shows them on the wards.",
        keywords=("x-ray", "ct scan", "mri", "pacs"),
        tier=1,
    ),
    Service(
        "bleeps",
        "Bleeps and crash calls",
        "telecoms",
        "Pagers and the emergency number that call a team to the bed.",
        keywords=("pager", "crash team", "2222"),
        tier=1,
    ),
    Service(
        "catering",
        "Ward catering",
        "facilities",
        "Meals for patients, special diets and the staff canteen.",
        keywords=("menu", "kitchen", "lunch trolley"),
        tier=3,
    ),
    Service(
        "visitor-wifi",
        "Visitor wifi",
        "network",
        "Free wireless for patients and visitors.",
        keywords=("wi-fi", "hotspot"),
        tier=3,
    ),
    Service(
        "staff-rota",
        "Staff rota",
        "people",
        "Shifts, swaps and annual leave.",
        keywords=("rota", "shift swap", "leave"),
        tier=3,
    ),
    Service(
        "records-db",
        "Records database",
        "platform",
        "Oracle cluster under the patient records.",
        kind="technical",
        keywords=("oracle", "replication"),
        tier=1,
    ),
    Service(
        "theatre-tablets",
        "Theatre tablets",
        "theatres",
        "Checklists in the operating theatre.",
        keywords=("checklist", "leave"),
        tier=2,
    ),
    Service("night-porter", "Porters", "facilities", "Moves beds and patients at night.", tier=3),
    Service("day-porter", "Porters", "facilities", "Moves beds and patients by day.", tier=2),
    Service("cafe", "Café Zoë", "facilities", "Coffee by the main entrance.", tier=3),
)
ROUTER = Router(HOSPITAL, meanings)


@pytest.mark.parametrize(
    ("typed", "service", "because"),
    [
        ("e-prescribing", "e-prescribing", "matched 'e prescribing' (id)"),
        ("Electronic Prescribing", "e-prescribing", "matched 'electronic prescribing' (name)"),
        ("  lab   RESULT! ", "pathology", "matched 'lab result' (keyword)"),
        ("LAB-RESULT", "pathology", "matched 'lab result' (keyword)"),
        ("Check in", "booking", "matched 'check in' (keyword)"),
        ("checkin", "booking", "matched 'checkin' (keyword)"),
        ("wifi", "visitor-wifi", "matched 'wifi' (keyword)"),
        ("XRAY", "imaging", "matched 'xray' (keyword)"),
        ("2222", "bleeps", "matched '2222' (keyword)"),
        ("cafe zoe", "cafe", "matched 'cafe zoe' (name)"),
        ("night-porter", "night-porter", "matched 'night porter' (id)"),
        ("\u202erota\u200b", "staff-rota", "matched 'rota' (keyword)"),
    ],
)
def test_an_id_a_name_or_a_keyword_typed_alone_is_exact(typed: str, service: str, because: str) -> None:
    routing = ROUTER.route(typed)
    assert (routing.match, routing.service, routing.candidates[0].because) == (
        Match.EXACT,
        service,
        (because,),
    )
    assert routing.query == typed
    assert routing.candidates[0].score == 1.0


@pytest.mark.parametrize(
    ("typed", "services"),
    [("leave", ["theatre-tablets", "staff-rota"]), ("porters", ["day-porter", "night-porter"])],
)
def test_what_two_services_are_called_is_ambiguous_however_exact(typed: str, services: list[str]) -> None:
    routing = ROUTER.route(typed)
    assert (routing.match, routing.service) == (Match.AMBIGUOUS, None)
    assert [candidate.service for candidate in routing.candidates] == services, "the lower tier first"


@pytest.mark.parametrize(
    ("typed", "service", "because"),
    [
        (
            "nobody on ward 6 can see the blood test from this morning",
            "pathology",
            "matched 'blood test' (keyword)",
        ),
        ("the pager is not working", "bleeps", "matched 'pager' (keyword)"),
        (
            "perscription printed twice, wrong dosage",
            "e-prescribing",
            "matched 'perscription' ~ 'prescription' (keyword)",
        ),
        ("specimen labels come out blank", "pathology", "matched 'specimen labels' (keyword)"),
        ("wi fi is slow again", "visitor-wifi", "matched 'wi fi' (keyword)"),
        ("WiFi down", "visitor-wifi", "matched 'wi fi' (keyword)"),
        ("drugchart won't open", "e-prescribing", "matched 'drugchart' (keyword)"),
        ("the X-rays and the scans do not load", "imaging", "matched 'x rays' (keyword)"),
        ("meals arrived cold and the menu was yesterday's", "catering", "matched 'menu' (keyword)"),
        ("pager broken 3", "bleeps", "matched 'pager' (keyword)"),
        (
            "OracleReplication lagging on the records database",
            "records-db",
            "matched 'records database' (name)",
        ),
    ],
)
def test_plain_words_that_fit_one_service_are_confident_and_say_why(
    typed: str, service: str, because: str
) -> None:
    routing = ROUTER.route(typed)
    assert (routing.match, routing.service) == (Match.CONFIDENT, service)
    assert because in routing.candidates[0].because


@pytest.mark.parametrize(
    ("typed", "service", "because"),
    [
        ("apointments gone for tomorrow", "booking", "matched 'apointments' ~ 'appointment' (keyword)"),
        ("medication orders missing", "e-prescribing", "'medication' is like 'prescription' (keyword)"),
        ("holiday request refused", "staff-rota", "'holiday' is like 'leave' (keyword)"),
        ("dispensing halted", "e-prescribing", "its description has 'dispenses'"),
        ("presc not going through", "e-prescribing", "matched 'presc' ~ 'prescription' (keyword)"),
    ],
)
def test_other_words_for_the_same_thing_put_it_first(typed: str, service: str, because: str) -> None:
    best = ROUTER.route(typed).candidates[0]
    assert best.service == service
    assert because in best.because


@pytest.mark.parametrize(
    "typed",
    [
        "patients are affected on the wards",
        "I went on leave and the medical history of a patient was in a report on the ward",
        "notes",
    ],
)
def test_one_keyword_in_a_long_sentence_is_never_exact(typed: str) -> None:
    assert ROUTER.route(f"{typed} when the bed was moved").match is not Match.EXACT


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "   ",
        "help",
        "it does not work",
        "???",
        "urgent!!!",
        "🔥🔥🔥",
        "\x00",
        "\ud800",
        "same as yesterday",
        "支付失败",
        "Zahlung geht nicht",
        "qwpoeiru 884",
    ],
)
def test_words_about_no_service_match_none(typed: str) -> None:
    routing = ROUTER.route(typed)
    assert (routing.match, routing.service) == (Match.NONE, None)


@pytest.mark.parametrize(
    "typed",
    [
        "my car is blocked in by a lorry",
        "the lift smells",
        "patients complain",
        "which ward is it",
        "I left my notes at the cafe near the station",
    ],
)
def test_words_about_nothing_in_the_catalog_are_never_confident(typed: str) -> None:
    assert ROUTER.route(typed).service is None


def test_an_organisation_that_does_not_write_english_is_found_by_its_own_words() -> None:
    router = Router(
        [
            Service("pay", "支付", "a"),
            Service("uberweisung", "Überweisung", "b", keywords=("Zahlung",)),
            Service("ł", "Łódź", "c"),
        ],
        meanings,
    )
    for typed, service in (
        ("支付", "pay"),
        ("ÜBERWEISUNG", "uberweisung"),
        ("lodz", "ł"),
        ("Zahlung", "uberweisung"),
    ):
        assert (router.route(typed).match, router.route(typed).service) == (Match.EXACT, service)
    assert router.route("die Zahlungen haengen").service in (None, "uberweisung")


@pytest.mark.parametrize("services", [(), HOSPITAL[:1]])
def test_a_catalog_of_no_or_one_service_answers_too(services: tuple[Service, ...]) -> None:
    router = Router(services, meanings)
    assert router.route("coffee").service is None
    assert router.route("ehr is down").service == (services[0].id if services else None)


@pytest.mark.parametrize(
    "typed",
    [
        "x" * 1_000_000,
        "blood test " * 100_000,
        "é" * 1_000_000,
        "a b c " * 200_000,
        "\x00" * 1_000_000,
        "Ab" * 500_000,
        "\ufdfa" * 1_000_000,
    ],
)
def test_a_megabyte_is_read_only_as_far_as_it_can_matter(typed: str) -> None:
    before = time.process_time()
    ROUTER.route(typed)
    assert time.process_time() - before < 0.25


@settings(max_examples=150, deadline=None)
@given(
    st.text(st.characters(), max_size=200)
    | st.lists(st.sampled_from(" ".join(one.description for one in HOSPITAL).split())).map(" ".join)
)
def test_any_text_gets_an_answer_and_always_the_same(typed: str) -> None:
    routing = ROUTER.route(typed)
    assert routing == Router(reversed(HOSPITAL), meanings).route(typed), (
        "the order of the files does not matter"
    )
    assert (routing.service is not None) == (routing.match in (Match.EXACT, Match.CONFIDENT))
    assert len(routing.candidates) <= 5
    assert [candidate.score for candidate in routing.candidates] == sorted(
        (candidate.score for candidate in routing.candidates), reverse=True
    )
    assert all(0 <= candidate.score <= 1 and candidate.because for candidate in routing.candidates)
    if routing.service:
        assert routing.candidates[0].service == routing.service


def test_the_router_of_the_same_services_is_kept_and_that_of_others_is_another():
    last = Router.over(HOSPITAL, meanings)
    assert Router.over(iter(HOSPITAL), meanings) is last
    fewer = Router.over([*HOSPITAL][1:], meanings)
    assert fewer is not last
    typed = next(iter(HOSPITAL)).name
    assert fewer.route(typed) != last.route(typed) == Router(HOSPITAL, meanings).route(typed)


def test_a_number_in_passing_says_next_to_nothing() -> None:
    router = Router(
        [
            Service("secure", "Secure checkout", "cards", "Links to 3-D Secure."),
            Service("partner", "Partner API", "partners", "For integrations.", keywords=("integration",)),
        ],
        meanings,
    )
    assert router.route("their integration stops after 3 tries").candidates[0].service == "partner"
    alone = router.route("after 3 tries").candidates
    assert not alone or alone[0].score < 0.2
