"""Words: stems, roots and families of English words, and text cut into plain words."""

from __future__ import annotations

import pytest

from escalate_cli.core.routing.words import root, stem, tokens


@pytest.mark.parametrize(
    "forms",
    [
        "decline declines declined declining",
        "pay pays paid paying",
        "city cities",
        "box boxes",
        "freeze froze frozen freezing",
        "log logs logged logging",
        "authorise authorize authorised authorizing",
        "address addresses",
        "status statuses",
        "apply applied applies",
    ],
)
def test_the_forms_of_a_word_have_one_stem(forms: str) -> None:
    assert len({stem(form) for form in forms.split()}) == 1


def test_words_of_one_family_have_one_root_and_strangers_do_not() -> None:
    assert root(stem("replacement")) == root(stem("replacing"))
    assert root(stem("verification")) == root(stem("verifies"))
    assert root(stem("contract")) != root(stem("contact"))


def test_text_is_cut_into_plain_words() -> None:
    assert tokens("Can't log-in: naïve Øre, ﬁle №5\u00ad!") == [
        "cant",
        "log",
        "in",
        "naive",
        "ore",
        "file",
        "no5",
    ]
