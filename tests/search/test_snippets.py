"""Marking what matched."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from search.snippets import LENGTH, Part, excerpt, marked, matches

DRAMA = {("drama",)}


def test_marked__matches__are_marked_and_nothing_is_lost() -> None:
    assert marked("Drama, and more drama.", DRAMA) == [
        Part("Drama", True),
        Part(", and more "),
        Part("drama", True),
        Part("."),
    ]


def test_marked__part_of_a_word__is_not_marked() -> None:
    assert marked("Dramatic", DRAMA) == [Part("Dramatic")]


def test_marked__words_side_by_side__are_marked_as_one_across_signs() -> None:
    assert marked("Early – reading first", {("early", "reading")})[0] == Part("Early – reading", True)


def test_marked__accents__do_not_matter() -> None:
    assert marked("A café", {("cafe",)})[-1] == Part("café", True)


def test_excerpt__long_text__stands_around_the_place_with_most_matches() -> None:
    text = "drama " + "filler " * 200 + "here drama and mime meet " + "filler " * 200
    found = excerpt(text, {("drama",), ("mime",)})
    shown = "".join(part.text for part in found)
    assert shown.startswith("… ") and shown.endswith(" …")
    assert "drama and mime meet" in shown


def test_excerpt__no_match__is_nothing() -> None:
    assert excerpt("Something else", DRAMA) == []


@given(st.text(max_size=200), st.sets(st.tuples(st.text(alphabet="abc", min_size=1, max_size=2)), max_size=3))
def test_marked__any_text__joins_to_the_same_text(text: str, wanted: set[tuple[str, ...]]) -> None:
    assert "".join(part.text for part in marked(text, wanted)) == text


@given(st.text(alphabet="ab c\n<&", max_size=2000))
def test_excerpt__any_text__is_short_and_holds_a_match(text: str) -> None:
    found = excerpt(text, {("a",)})
    assert bool(found) == bool(matches(text, {("a",)}))
    assert sum(len(part.text) for part in found) <= LENGTH + 4
    assert not found or any(part.marked for part in found)
