"""Hours by grid and by words: the same text, whichever way they were given."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mentoring.errors import MentoringError
from mentoring.matching import windows
from mentoring.programmes import hours


@given(st.sets(st.sampled_from(sorted(hours.CELLS))), st.sampled_from(["", "A: Thu 9:00-10:30", "Sat 10-12\nSun 9-10"]))
def test_together__taken_apart_again__is_the_same(cells: set[str], words: str) -> None:
    text = hours.together(cells, words)
    assert hours.apart(text) == (cells, words)
    windows(text)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Mon 15:30-17:00", "Mon 15:30-17:00"),
        ("Monday 3.30pm to 5pm", "Monday 15:30 to 17:00"),
        ("Tue 9.15-10.45, b: wed 12am-1am", "Tue 9:15-10:45; b: wed 0:00-1:00"),
        ("  \n; ,", ""),
        ("Fri 12pm-1.30 PM", "Fri 12:00-13:30"),
        ("wed pm", "wed pm"),
    ],
)
def test_tidy__as_people_write__is_read(typed: str, kept: str) -> None:
    assert hours.tidy(typed) == kept
    windows(kept)


@pytest.mark.parametrize(
    "typed", ["whenever", "Mon 17:00-15:00", "Mon 25-26", "Mon", "13pm-14pm Mon", "<b>Mon 9-10</b>"]
)
def test_tidy__not_hours__is_a_sentence_that_names_the_part(typed: str) -> None:
    with pytest.raises(MentoringError, match="cannot be read as hours"):
        hours.tidy(f"Tue 9-10; {typed}")


def test_together__the_same_by_tick_and_by_word__is_kept_once() -> None:
    assert hours.together({"mon-am"}, "mon AM; Tue 9-10") == "Mon am; Tue 9-10"


def test_together__far_too_much__is_refused() -> None:
    with pytest.raises(MentoringError, match="a lot of hours"):
        hours.together(set(), "\n".join(f"Mon {h}:00-{h + 1}:00" for h in range(23) for _ in range(4)))
