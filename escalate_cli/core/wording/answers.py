"""The sentences that people hear about what they answered: what became of it, or why nothing was done."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from escalate_cli.core.calendar.duration import Span, show_duration
from escalate_cli.core.wording.fitting import clip
from escalate_cli.core.wording.text import printable

_LONGEST_TITLE = 80
NOT_UNDERSTOOD = "I did not understand. Nothing was changed and paging goes on."
WORDS_FOR_PAGES = "Reply OK to take it, NO to pass it on, DONE when it is over, WHO to ask who has it."
WORDS_FOR_LATER = "Reply DONE when it is over, NOTE: and your words to add them, WHO to ask how it stands."
WORDS_AFTER_THE_END = "Reply UNDO to take back what you answered last, WHO to ask how it stands."
WORDS_FOR_NUDGES = "Reply YES or NO."
TEST_NOT_UNDERSTOOD = "It arrived, and I did not understand it. Reply OK to show that answers arrive."


class About(msgspec.Struct, frozen=True):
    """An incident, as sentences name it: "#1 customers can't log in"; a test message has no number."""

    number: int
    title: str

    def __str__(self) -> str:
        title = clip(printable(self.title), _LONGEST_TITLE)
        return f"#{self.number} {title}" if self.number else title


def taken(about: About, own: Iterable[str], spared: Iterable[str], still: Iterable[str], note: bool) -> str:
    """Whoever answered has it, for the teams `own` where that is not all of it. `spared` are the names of
    those who are not paged now, `still` the teams that still are.
    """
    part, nobody = _names(own), list(dict.fromkeys(spared))
    parts = [f"You have it for {part}: {about}." if part else f"You have it: {about}."]
    parts += [f"{_names(nobody)} {'are' if len(nobody) > 1 else 'is'} not paged." if nobody else ""]
    parts += [f"Still paged: {_names(still)}." if _names(still) else ""]
    parts += ["Your note is on the timeline." if note else ""]
    parts += ["DONE when it is over, UNDO if that was a mistake."]
    return " ".join(filter(None, parts))


def taken_besides(about: About) -> str:
    """No escalation was theirs: only their own page stops."""
    return f"Noted: you are not paged for {about} any more."


def noted_in_part(level: int | None, waits_for: Iterable[str]) -> str:
    """The level waits for others as well."""
    which = f"Level {level}" if level else "It"
    return f"Noted. {which} still waits for {_names(waits_for)}."


def somebody_has_it(about: About, name: str, since: str, yours: str, code: str) -> str:
    """Somebody else has it."""
    sent = f" (yours was sent {yours})" if yours else ""
    over = f" Reply TAKE {code} to take it over." if code else " Reply TAKE to take it over."
    return f"{name} has had {about} since {since}{sent}.{over}"


def you_have_it(about: About, since: str) -> str:
    """They have it already."""
    return f"You have had {about} since {since}. DONE when it is over."


def passed(about: About, paged: Iterable[str], left: Iterable[str], until: str, again: str) -> str:
    """They passed it on: `paged` are paged now; or `left` may still take it until `until`; or nobody is
    left, and it is paged again at `again`.
    """
    if _names(paged):
        return f"Passed on: {_names(paged)} is paged now for {about}."
    if _names(left):
        by = f" {_names(left)} has until {until}." if until else f" It still waits for {_names(left)}."
        return f"Noted: you are not paged for {about} any more.{by}"
    return f"Noted. You are the last; {about} is paged again at {again}." if again else f"Noted: {about}."


def over(about: About, at: str, name: str) -> str:
    """The incident is resolved."""
    by = f" by {name}" if name else ""
    return f"{about} was resolved at {at}{by}. Nothing to do."


def resolved(about: About) -> str:
    """They ended it."""
    return f"{about} is over. UNDO if that was a mistake."


def note_added(about: About) -> str:
    """Their note is on the timeline."""
    return f"Noted for {about}. Whether it is paged has not changed."


def snoozed(about: About, span: Span) -> str:
    """They put it off."""
    return f"{about} is quiet for {show_duration(span)}, and yours. Then it pages again. UNDO to page now."


def taken_back(about: About, what: str) -> str:
    """Their last answer is taken back; `what` says what follows."""
    return f"Taken back: {about} {what}"


CARRIED_OUT = (
    "Your answer to that question has been carried out: it cannot be taken back. Nothing was changed."
)


def waits_again(stay: Iterable[str]) -> str:
    """What a pass that is taken back means: `stay` are those who were paged meanwhile."""
    paged = list(dict.fromkeys(stay))
    beside = f", and {_names(paged)} {'stay' if len(paged) > 1 else 'stays'} paged" if paged else ""
    return f"waits for you again{beside}. Reply OK to take it."


def in_part_yours(about: About) -> str:
    """They have a part of it, and others are paged for the rest: it cannot be begun anew."""
    return f"{about} is paged on for others, so your OK cannot be undone. Reply NO to give your part back."


def not_yours_any_more(about: About) -> str:
    """What they had taken has run out by itself meanwhile."""
    return f"{about} is yours no more already: nobody has it, and it is paged. Nothing was changed."


def nothing_to_take_back() -> str:
    """There is no answer of theirs that can be taken back."""
    return "There is nothing to take back: an answer can be taken back for ten minutes. Nothing was changed."


def nudge_answered(accepted: bool, done: str) -> str:
    """Their yes or no to a question; `done` is what it proposed."""
    return f"You said yes: {done}." if accepted else f"You said no: it was dropped ({done})."


def nudge_over(how: str) -> str:
    """The question waits for no answer any more."""
    return f"That question is {how} already. Nothing was changed."


def which_page(choices: Sequence[tuple[About, str]], word: str) -> str:
    """Several pages wait."""
    listed = " ".join(f"{word} {code or '#' + str(about.number)}: {about}." for about, code in choices[:5])
    return f"Which one? {listed} {word} ALL: all of them. Nothing was changed yet."


def unknown_code() -> str:
    """What was named is none of theirs, or too old."""
    return "That code is not known, or is too old. Nothing was changed and paging goes on."


def nothing_waits() -> str:
    """Nothing waits for them."""
    return "No page of yours waits for an answer. Nothing was changed."


def not_allowed(what: str) -> str:
    """`[answers].may` leaves it out."""
    return f"Answers may not {what} here. Nothing was changed and paging goes on."


def how_it_stands(about: About, holder: str, since: str, waiting: str) -> str:
    """Who has it, or who is next."""
    if holder:
        return f"{holder} has had {about} since {since}."
    return f"Nobody has {about} yet. {waiting}".strip()


def test_answered(name: str) -> str:
    """Their answer to a test message arrived."""
    return f"Your answer to the test has arrived, {name}. Nothing else follows from it."


def stranger_answered(sender: str, line: str) -> str:
    """For the person paged: somebody whom nobody knows answered."""
    who = printable(clip(sender, 80)) or "somebody"
    return (
        f'{who} answered "{printable(clip(line, 60))}" to your page. That address is nobody\'s here, so'
        " nothing was done."
    )


def too_early(about: About, before: Span, made: str, word: str) -> str:
    """It was written so long `before` the page that waits; `word` is what they would reply to it."""
    return (
        f"Yours was sent {show_duration(before)} before the page of {made} about {about}: nothing was changed"
        f" and paging goes on. Reply {word} if you meant it."
    )


def not_understood_later(how_it_stands: str, words: str) -> str:
    """No word that may be said, about what somebody has or what is over."""
    return " ".join(filter(None, ("I did not understand. Nothing was changed:", how_it_stands, words)))


def _names(names: Iterable[str]) -> str:
    *first, last = list(dict.fromkeys(names)) or [""]
    return f"{', '.join(first)} and {last}" if first else last
