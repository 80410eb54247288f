from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from mentoring.jobs.hourly import once_an_hour


def test_once_an_hour__asked_every_few_seconds__goes_round_once_and_again_in_the_next_hour(clock: Any) -> None:
    rounds: list[str] = []

    def work(name: str) -> int:
        rounds.append(name)
        return 1

    visits, heads = once_an_hour("visits", lambda: work("visits")), once_an_hour("heads", lambda: work("heads"))
    assert [visits(), visits(), heads(), visits()] == [1, 0, 1, 0]
    clock.shift(dt.timedelta(minutes=61))
    assert [visits(), heads(), visits()] == [1, 1, 0]
    assert rounds == ["visits", "heads", "visits", "heads"]


def test_once_an_hour__round_that_fails__is_made_up_for_some_minutes_later(clock: Any) -> None:
    outcomes = iter([RuntimeError("the database is away"), 3])

    def work() -> int:
        outcome = next(outcomes)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    visits = once_an_hour("visits", work)
    with pytest.raises(RuntimeError):
        visits()
    assert visits() == 0
    clock.shift(dt.timedelta(minutes=6))
    assert [visits(), visits()] == [3, 0]
