"""Cutting a text to any room: what may be cut first, the head and the last lines never."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from escalate_cli.core.wording.fitting import Text, fit, fit_sms, join, may_cut, squeeze
from escalate_cli.core.wording.gsm import is_one_sms, septets, utf16_units
from escalate_cli.core.wording.mentions import text_without_mentions, without_mentions
from tests.internet import sms_parts


def shorter_than(limit: int):
    return lambda text: len(text) <= limit


LOG = may_cut("\n".join(f"line {number}" for number in range(100)), 2, least=20, rest="[{lines} more lines]")
PAGE = join(
    "\n", ["#1 down", LOG, may_cut("Affected: one, two, three", 1), "Next: Bo", "Acknowledge: escalate ack 1"]
)


@pytest.mark.parametrize(
    ("limit", "fitted"),
    [
        (5000, PAGE.text),
        (
            120,
            (
                "#1 down\nline 0\nline 1\nline 2\nline 3\n[96 more lines]\nAffected: one, two, three\nNext:"
                " Bo\nAcknowledge: escalate ack 1"
            ),
        ),
        (
            90,
            (
                "#1 down\nline 0\nline 1\nline 2\n[97 more lines]\nAffec...\nNext: Bo\nAcknowledge: escalate"
                " ack 1"
            ),
        ),
        (20, None),
    ],
)
def test_what_may_be_cut_first_is_cut_first(limit, fitted):
    cut = fit(PAGE, shorter_than(limit))
    assert (cut.text if cut else None) == fitted


def test_what_was_cut_may_be_cut_again():
    once = fit(PAGE, shorter_than(200))
    assert once is not None
    assert fit(once, shorter_than(90)) is not None


def test_a_text_that_nobody_knows_loses_its_middle():
    text = "\n".join(f"line {number}" for number in range(100))
    assert squeeze(text, shorter_than(50)) == "line 0\nline 1\nline 2\n...\nline 97\nline 98\nline 99"
    assert squeeze("x" * 50 + "end", shorter_than(20)) == "xxxxxxxxx...xxxxxend"


@given(st.text(max_size=400), st.text(max_size=60), st.integers(0, 300))
def test_any_text_fits_any_room(loose, rigid, limit):
    text = Text(rigid) + may_cut(loose, 1, rest="[{lines} more]") + rigid
    cut = fit(text, shorter_than(limit))
    if cut is not None:
        assert len(cut.text) <= limit
        assert cut.text.startswith(rigid)
        assert cut.text.endswith(rigid)
    assert len(squeeze(text.text, shorter_than(limit))) <= max(limit, len("...") + 2)


# ── one SMS ───────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("text", "fits"),
    [("a" * 160, True), ("a" * 161, False), ("[" * 80, True), ("[" * 81, False), ("ż" * 70, True),
     ("ż" * 71, False), ("🔥" * 35, True), ("🔥" * 36, False), ("€" * 80, True), ("…" + "a" * 69, True),
     ("…" + "a" * 70, False), ("", True)],
)  # fmt: skip
def test_an_sms_is_counted_as_networks_count(text, fits):
    assert is_one_sms(text) is fits
    assert (sms_parts(text) == 1) is fits


def page(title: str) -> Text:
    return Text("[major L1] #1 ") + may_cut(title, 1) + " - escalate ack 1"


@pytest.mark.parametrize(
    ("title", "sent"),
    [
        ("down", "[major L1] #1 down - escalate ack 1"),
        ("d" * 200, f"[major L1] #1 {'d' * 124}... - escalate ack 1"),
        ("🔥" * 119, f"[major L1] #1 {'🔥' * 18}... - escalate ack 1"),
        ("d" * 90 + "🔥" * 10, f"[major L1] #1 {'d' * 90}... - escalate ack 1"),
    ],
)
def test_a_short_text_is_one_sms_and_keeps_as_much_of_the_title_as_there_is_room_for(title, sent):
    assert fit_sms(page(title)).text == sent


@pytest.mark.parametrize(
    "title",
    [
        "Клиенты не могут войти",
        "Za\u017c\u00f3\u0142\u0107 g\u0119\u015bl\u0105 ja\u017a\u0144",
        "ログインできません",
    ],
)
@pytest.mark.parametrize("beside", ["", " - Log in - since ten", " - Log in - " + "nobody can sign in " * 6])
def test_17_a_title_in_another_alphabet_is_said_before_what_else_there_is(title, beside):
    host = " - ssh oncall@ops1 escalate ack 1"
    sent = fit_sms(Text("[major L1] #1 ") + may_cut(title, 1, least=8) + host + may_cut(beside, 4)).text
    assert is_one_sms(sent)
    assert sent.startswith(f"[major L1] #1 {title[:8]}"), sent


@given(st.text(max_size=300), st.text(max_size=200))
def test_any_short_text_is_one_sms(title, rigid):
    sent = fit_sms(Text(rigid) + may_cut(title, 1) + " - escalate ack 1").text
    assert sms_parts(sent) == 1
    if len(rigid) < 40 and "\n" not in rigid:
        assert sent.endswith(" - escalate ack 1")


def test_where_seventy_characters_are_too_few_for_the_rest_the_foreign_title_gives_way():
    rest = "(repeat) [critical L2, 1h30m late] #123456 ", " - escalate ack 123456"
    fitted = fit_sms(Text(rest[0]) + may_cut("🔥" * 20, 1, least=8) + rest[1])
    assert fitted.text == f"{rest[0]}...{rest[1]}"


def test_units_and_septets():
    assert (utf16_units("a🔥"), septets("a[€")) == (3, 5)


# ── mentions ──────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("text", "dead"),
    [
        ("@everyone down", "@ everyone down"),
        ("a@here", "a@ here"),
        ("<!channel> <!subteam^S1>", "< !channel> < !subteam^S1>"),
        ("<@U1> <@!1> <@&1>", "< @ U1> < @ !1> < @ &1>"),
        ("(@room)", "(@ room)"),
        ("@all, @channel. @Ana", "@ all, @ channel. @ Ana"),
        ("@**all** @*group* @_**x**", "@ **all** @ *group* @ _**x**"),
        ("<users/all> <at>x</at> <at user_id='all'>", "< users/all> < at>x< /at> < at user_id='all'>"),
        ("(met)all(met) [CQ:at,qq=all]", "( met)all( met) [ CQ:at,qq=all]"),
        ("ana@example.com, git@github.com:x/y", "ana@example.com, git@github.com:x/y"),
        ("https://example.com/@ana/1", "https://example.com/@ana/1"),
        ("https://example.com/@everyone", "https://example.com/@ everyone"),
        ("at 5 @ 3, a < b", "at 5 @ 3, a < b"),
        ("@", "@"),
        ("-@all .@channel _@all +@room 95%@all", "-@ all .@ channel _@ all +@ room 95%@ all"),
        ("...@ana --@ana __@ana", "...@ ana --@ ana __@ ana"),
        ("x@all x@channel. x@room", "x@ all x@ channel. x@ room"),
        ("ana.b-c_d+e%f@all.example.com", "ana.b-c_d+e%f@all.example.com"),
        ("<ana@example.com>, root@db1", "<ana@example.com>, root@db1"),
        ("ops@room.example.com", "ops@ room.example.com"),
    ],
)
def test_mentions_are_dead_and_addresses_are_not(text, dead):
    assert text_without_mentions(text) == dead
    assert text_without_mentions(dead) == dead


@given(
    st.lists(
        st.sampled_from(["@", "everyone", "here", "<", "!", "channel>", " ", "a", "https://x/", "\n"]),
        max_size=12,
    ),
    st.data(),
)
def test_what_may_be_cut_stays_what_it_was_when_mentions_die(pieces, data):
    cuts = data.draw(st.lists(st.booleans(), min_size=len(pieces), max_size=len(pieces)))
    text = join("", [])
    for piece, cut in zip(pieces, cuts, strict=True):
        text = text + (may_cut(piece, 1) if cut else piece)
    dead = without_mentions(text)
    assert "@everyone" not in dead.text
    assert "@here" not in dead.text
    kept = [text.text[one.start : one.end].replace(" ", "") for one in text.loose]
    assert [dead.text[one.start : one.end].replace(" ", "") for one in dead.loose] == kept


def test_a_separator_goes_with_what_is_cut_away_behind_it() -> None:
    text = join(
        " - ",
        (
            may_cut("title " * 30, 1, least=8),
            "escalate ack 1",
            may_cut("Log in", 3),
            may_cut("words " * 20, 4),
        ),
    )
    fitted = fit(text, lambda cut: len(cut) <= 40)
    assert fitted is not None
    assert fitted.text.endswith(" - escalate ack 1")
    roomy = fit(text, lambda cut: len(cut) <= 220)
    assert roomy is not None
    assert " - escalate ack 1 - Log in" in roomy.text
    assert not roomy.text.endswith(" - ")
