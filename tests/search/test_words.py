"""Reading what a person typed."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from search.words import MAX_CHARACTERS, MAX_TERMS, Term, clean, fold, read, variants, words_of


@pytest.mark.parametrize(
    ("typed", "terms"),
    [
        ("Drama games", [("drama",), ("games",)]),
        ('"drama games" masks', [("drama", "games"), ("masks",)]),
        ("“drama games”", [("drama", "games")]),
        ('"drama games', [("drama",), ("games",)]),  # a quote that nobody closed
        ("the drama of it", [("drama",)]),
        ("who is who", [("who",), ("is",)]),  # nothing but small words: they are all there is
        ("drama drama", [("drama",)]),
        ("well-being", [("well",), ("being",)]),
        ("children's", [("children",)]),
        ("key stage 2", [("key",), ("stage",), ("2",)]),
        ("drama AND NOT (masks OR mime*)", [("drama",), ("masks",), ("mime",)]),
        ("title:drama^2 ~mime", [("title",), ("drama",), ("2",), ("mime",)]),
        ("'; DROP TABLE home_homepage; --", [("drop",), ("table",), ("home",), ("homepage",)]),
        ("مسرح", [("مسرح",)]),
        ("🎭", []),
        ("\x00", []),
        ('""', []),
        ("%_\\'\"*()-+^~:!&|<>@", []),
    ],
)
def test_read__what_people_type__gives_its_words(typed: str, terms: list[tuple[str, ...]]) -> None:
    assert read(typed).terms == tuple(Term(words) for words in terms)


def test_read__more_than_is_read__is_cut_and_says_so() -> None:
    question = read("drama " * 2000)
    assert question.cut
    assert len(question.typed) <= MAX_CHARACTERS
    assert question.terms == (Term(("drama",)),)


@given(st.text(max_size=500))
@example('"')
@example("\x00\ud800\u202e")
@example("İ" * 300)
def test_read__any_text__gives_letters_and_digits_only_within_bounds(typed: str) -> None:
    question = read(typed)
    assert len(question.terms) <= MAX_TERMS
    assert len(question.typed) <= MAX_CHARACTERS
    assert all(word and word.isalnum() for word in question.words)
    assert "\x00" not in question.typed
    question.typed.encode()  # no lone surrogates: it can be stored and sent


@given(st.text(alphabet=st.sampled_from("abc \"“”'*-"), max_size=60))
def test_read__its_own_key__means_the_same_again(typed: str) -> None:
    question = read(typed)
    assert read(question.key).terms == question.terms


@given(st.text(max_size=300))
def test_clean__twice__changes_nothing_more(text: str) -> None:
    assert clean(clean(text)) == clean(text)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("session", "sessions"),
        ("studies", "study"),
        ("classes", "class"),
        ("courses", "course"),
        ("planning", "plan"),
        ("reading", "read"),
        ("coached", "coach"),
        ("children", "child"),
        ("coaching", "coached"),
        ("making", "make"),
        ("boxes", "box"),
    ],
)
def test_variants__two_forms_of_a_word__find_each_other(one: str, other: str) -> None:
    assert other in variants(one)
    assert one in variants(other)


@pytest.mark.parametrize(
    ("one", "other"), [("bus", "bu"), ("glass", "glas"), ("art", "arts centre"), ("string", "str")]
)
def test_variants__words_that_only_look_alike__stay_apart(one: str, other: str) -> None:
    assert other not in variants(one)


@given(st.text(min_size=1, max_size=40))
def test_variants__any_word__begins_with_itself_and_is_short(word: str) -> None:
    forms = variants(word)
    assert forms[0] == word
    assert len(forms) == len(set(forms)) <= 24


@given(st.text(max_size=60))
def test_words_of__any_text__never_holds_a_sign(text: str) -> None:
    assert all(word.isalnum() for word in words_of(text))


def test_fold__accents_and_case__are_gone() -> None:
    assert fold("CAFÉ") == "cafe"
