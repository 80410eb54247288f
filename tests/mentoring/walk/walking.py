"""The whole walk, in order."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import time_machine
from django.contrib.auth import get_user_model

from mentoring.models import Programme

from . import asking, closing, matching, pairing
from .guide import LONDON, Guide
from .people import gather

BEGIN = dt.datetime(2027, 9, 6, 9, 0, tzinfo=LONDON)
CHAPTERS: tuple[Callable[[Guide], None], ...] = (
    asking.applications,
    asking.heads,
    asking.decisions,
    matching.first_round,
    matching.second_round,
    pairing.beginnings,
    pairing.winter,
    pairing.endings,
    closing.closings,
)


class RealPeople(Exception):
    """The database holds somebody: the walk would send their mails and move their clocks."""


def refuse_where_people_are() -> None:
    if get_user_model().objects.exists() or Programme.objects.exists():
        raise RealPeople("This database holds people or programmes. The walk runs in an empty one only.")


def walk(say: Callable[[str], None] = print) -> Guide:
    """Applications to closing, September 2027 to May 2028. The caller opens a transaction and decides what is kept."""
    refuse_where_people_are()
    with time_machine.travel(BEGIN, tick=False) as traveller:
        guide = Guide(gather(), traveller, say)
        for chapter in CHAPTERS:
            chapter(guide)
        closing.look_at_the_end(guide)
        guide.sum_up()
    return guide
