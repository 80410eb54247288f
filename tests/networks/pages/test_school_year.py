"""Terms, and dates that repeat with them."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from networks.pages.school_year import Repeat, halves, ordered_terms, repeated, term_of


@pytest.mark.parametrize(
    ("day", "name"),
    [
        (date(2026, 9, 1), "Autumn term 2026"),
        (date(2026, 12, 31), "Autumn term 2026"),
        (date(2027, 1, 1), "Spring term 2027"),
        (date(2027, 4, 9), "Spring term 2027"),
        (date(2027, 4, 10), "Summer term 2027"),
        (date(2027, 8, 31), "Summer term 2027"),
    ],
)
def test_term__first_and_last_days__belong_to_it(day: date, name: str) -> None:
    assert term_of(day).name == name


def test_terms__of_a_school_year__stand_in_order() -> None:
    days = [date(2027, 5, 1), date(2026, 10, 1), date(2027, 2, 1), date(2026, 11, 1)]
    assert [term.name for term in ordered_terms(days)] == ["Autumn term 2026", "Spring term 2027", "Summer term 2027"]


def test_repeat__weekly__keeps_weekday_and_hour_and_leaves_holidays_out() -> None:
    found = repeated(datetime(2026, 10, 8, 15, 45), Repeat.WEEKLY, date(2026, 11, 30))
    assert found == [
        datetime(2026, *day, 15, 45) for day in ((10, 15), (10, 22), (11, 5), (11, 12), (11, 19), (11, 26))
    ]


def test_repeat__half_termly__gives_one_in_each_later_half() -> None:
    found = repeated(datetime(2026, 9, 16, 16, 0), Repeat.HALF_TERMLY, date(2027, 7, 31))
    assert len(found) == 5
    assert {day.weekday() for day in found} == {2}
    windows = halves(date(2026, 9, 1), date(2027, 7, 31))[1:]
    assert all(day.date() in half for day, half in zip(found, windows, strict=True))


def test_repeat__termly__gives_one_in_each_later_term() -> None:
    found = repeated(datetime(2026, 9, 17, 16, 15), Repeat.TERMLY, date(2027, 7, 31))
    assert [term_of(day.date()).name for day in found] == ["Spring term 2027", "Summer term 2027"]


def test_repeat__until_before_the_next__gives_nothing() -> None:
    assert repeated(datetime(2026, 9, 17, 16, 15), Repeat.WEEKLY, date(2026, 9, 20)) == []


def test_repeat__a_hundred_years__stops_at_the_longest_series() -> None:
    assert len(repeated(datetime(2026, 9, 17, 16, 15), Repeat.WEEKLY, date(2126, 9, 20))) == 60
