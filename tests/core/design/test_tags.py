"""Small helpers of the components."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from core.design.facets import Facet
from core.templatetags.common_room import clock_time

LONDON = ZoneInfo("Europe/London")


@pytest.mark.parametrize(
    ("time", "words"),
    [
        (dt.time(9, 0), "9am"),
        (dt.time(16, 30), "4.30pm"),
        (dt.time(12, 0), "midday"),
        (dt.time(0, 0), "midnight"),
        (dt.time(0, 5), "12.05am"),
        (dt.time(12, 15), "12.15pm"),
        (None, ""),
        ("", ""),
    ],
)
def test_clock_time__any_hour__reads_as_people_write_it(time: dt.time | None, words: str) -> None:
    assert clock_time(time) == words


def test_clock_time__stored_in_utc_in_summer__is_shown_in_london() -> None:
    assert clock_time(dt.datetime(2027, 6, 1, 15, 0, tzinfo=dt.UTC)) == "4pm"


def test_facet__values_of_the_address__are_chosen_and_unknown_ones_ignored() -> None:
    facet = Facet.of(
        "phase", "Phase", [("early", "Early years", 4), ("primary", "Primary", None)], ["primary", "'; --"]
    )

    assert [(option.value, option.chosen) for option in facet.options] == [("early", False), ("primary", True)]
    assert facet.chosen_count == 1
