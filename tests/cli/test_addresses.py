"""`check` and `doctor` name every address that cannot work, where it stands and what was meant."""

from __future__ import annotations

import resource

MORE = """\
[gateways.texts]
url = "twilio://${SID}:${TOKEN}@+15550100000/{to}"
text = "short"
[channels.room]
contact = { texts = "+44 (0)7700 900-123" }
[people.dora]
notify.high = [ { via = ["texts"] } ]
notify.low = [ { via = ["texts"] } ]
[people.dora.contact]
texts = "07700900123"
"""


def test_check_says_where_an_address_stands_that_cannot_work_and_what_was_meant(escalate):
    well = escalate("check", "--no-coverage", "--json")
    assert (well.code, well.json["problems"]) == (
        0,
        [one for one in well.json["problems"] if one["level"] == "warning"],
    )
    (escalate.config / "more.toml").write_text(MORE)
    ran = escalate("check", "--no-coverage", "--json")
    assert (ran.code, ran.json["ok"]) == (1, False), (
        "the configuration is valid, but somebody would not be reached"
    )
    found = [
        (one["file"], one["line"], one["column"], one["code"])
        for one in ran.json["problems"]
        if one["level"] == "error"
    ]
    assert found == [("more.toml", 5, 21, "bad-number"), ("more.toml", 10, 9, "bad-number")]
    page = escalate("check", "--no-coverage").out
    assert 'more.toml:5:21: error[bad-number]: "+44 (0)7700 900-123" is not a number' in page
    assert 'hint: write "+447700900123"' in page
    assert "it has no country" in page
    results = escalate("check", "--no-coverage", "--sarif").json["runs"][0]["results"]
    assert [result["ruleId"] for result in results if result["level"] == "error"] == ["bad-number"] * 2


def test_an_error_elsewhere_hides_no_address_that_cannot_work(escalate):
    (escalate.config / "more.toml").write_text(MORE)
    (escalate.config / "wrong.toml").write_text('[people.eli]\ncontact = { texts = "" }\n')
    ran = escalate("check", "--json")
    assert ran.code == 3
    errors = [(one["file"], one["line"]) for one in ran.json["problems"] if one["level"] == "error"]
    assert errors == [("wrong.toml", 2), ("more.toml", 5), ("more.toml", 10)]


def test_doctor_says_so_too_and_a_secret_that_cannot_be_right_is_an_error_there(escalate):
    (escalate.config / "more.toml").write_text(MORE)
    canary = "c4nary-v4lue-not-a-sid"
    ran = escalate("doctor", "--json", SID=canary, TOKEN=canary)
    assert ran.code == 1
    found = [(one["level"], one["code"]) for one in ran.json["findings"] if one["code"].startswith("bad-")]
    assert found == [("error", "bad-gateway"), ("error", "bad-number"), ("error", "bad-number")]
    checked = escalate("check", "--no-coverage", "--json", SID=canary, TOKEN=canary)
    assert ("warning", "bad-gateway") in [(one["level"], one["code"]) for one in checked.json["problems"]], (
        "it may be right elsewhere"
    )
    assert canary not in ran.out + ran.err + checked.out + checked.err
    (escalate.config / "more.toml").unlink()
    assert ("ok", "addresses") in [
        (one["level"], one["code"]) for one in escalate("doctor", "--json").json["findings"]
    ]


def test_a_thousand_people_by_three_gateways_are_checked_in_seconds(escalate):
    gateways = "".join(
        f'[gateways.{name}]\nurl = "{url}"\n'
        for name, url in {
            "texts": "twilio://${SID}:${TOKEN}@+15550100000/{to}",
            "mails": "mailtos://${U}:${P}@smtp.example.com?from=a@example.com&to={to}",
            "chats": "slack://${BOT}/{to}",
        }.items()
    )
    people = "".join(
        f'[people.n{one}]\ncontact = {{ texts = "+44770090{one:04}", mails = "n{one}@example.com", chats ='
        f' "@U0{one:06}" }}\n'
        for one in range(1000)
    )
    (escalate.config / "more.toml").write_text(gateways + people)

    def used() -> float:
        times = resource.getrusage(resource.RUSAGE_CHILDREN)
        return times.ru_utime + times.ru_stime

    before = used()
    assert escalate("check", "--no-coverage", "--json").code == 0
    assert used() - before < 8, "seconds of CPU; about 2 on a quiet machine"
