"""The walk of a cohort: that it comes to its end, and what a few of its people read on the way."""

from __future__ import annotations

import pytest

from .guide import Guide
from .walking import RealPeople, walk

pytestmark = pytest.mark.django_db


def _of(guide: Guide, name: str) -> list[str]:
    return next(mails for who, mails in guide.got().items() if who.startswith(name))


def _subjects(guide: Guide, name: str) -> list[str]:
    return [mail.split("  ", 1)[1] for mail in _of(guide, name)]


def test_walk__whole_cohort__keeps_every_invariant_and_tells_everybody() -> None:
    """One walk and all questions to it: it is the walk that takes the time."""
    lines: list[str] = []
    guide = walk(lines.append)
    assert guide.ledger.checked > 200

    # A head who says no, one who is silent: reminded, lapsed, another asked.
    assert [mail[:10] for mail in _of(guide, "Head of Cedar School")] == ["Tue 07 Sep", "Tue 14 Sep"]
    assert _subjects(guide, "Deputy head of Cedar School") == [
        "Do you support an application to Stepping up?",
        "Your answer about an application to Stepping up",
    ]
    assert _subjects(guide, "Ben Carter")[-1] == "About your application: Stepping up"
    # The ninth for eight places waits, and is next.
    elif_ = _subjects(guide, "Elif Demir")
    assert elif_.index("You are next: Stepping up") < elif_.index("You have a place: Stepping up")
    # Reminded on the third and sixth working day, lapsed after the seventh. Grace had said yes and is not reminded.
    will = [mail for mail in _of(guide, "Will Hughes") if "Oct 2027" in mail]
    assert [mail[:10] for mail in will] == ["Mon 11 Oct", "Thu 14 Oct", "Tue 19 Oct", "Thu 21 Oct"]
    # A quiet pair is asked, and the coordinator hears of it.
    assert any(mail.startswith("Is all well?") for mail in _subjects(guide, "Hana Sato"))
    assert any("needs you" in mail for mail in _subjects(guide, "the programme’s inbox"))
    # The pause ends by the clock, after half-term.
    assert any(mail.startswith("Mon 28 Feb 2028") for mail in _of(guide, "Elif Demir"))
    # Left by a mentor in January, with another on the same day.
    assert len([mail for mail in _subjects(guide, "Ivo Petrov") if mail.startswith("Your mentor is")]) == 2
    # Whoever withdrew before the matching hears nothing after it.
    assert not [mail for mail in _of(guide, "Jonas Berg") if "2028" in mail]
    assert any("refused: " in line for line in lines), "a cohort with pairs at work does not close"
    assert lines.index("== What each of them received") > lines.index("== Closing")


def test_walk__somebody_is_there__refuses(make_user: object) -> None:
    make_user("teacher@example.org")  # type: ignore[operator]
    with pytest.raises(RealPeople):
        walk(lambda line: None)
