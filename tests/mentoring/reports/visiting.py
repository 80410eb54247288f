"""Visits as they stand in the books, made in a line: for ledgers and reports, which never make one themselves."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from django.utils import timezone

from mentoring.models import Enrolment, HostOffer, Organisation, Placement, PlacementApproval, PlacementDay, Profile
from mentoring.placements.models import PlacementState
from tests.mentoring import scenes


def offered(scene: scenes.Scene, host: Profile | None = None, **given: Any) -> HostOffer:
    host = host or scenes.person(rank=40)
    fields: dict[str, Any] = {"state": "open", "head_agreed_at": timezone.now(), "title": "A day", "summary": "Talks."}
    return HostOffer.objects.create(
        programme=scene.programme, host=host, organisation=host.organisation, **{**fields, **given}
    )


def visited(
    scene: scenes.Scene,
    home: Organisation,
    *days: dt.date,
    who: Enrolment | None = None,
    offer: HostOffer | None = None,
    state: str = "completed",
    cover: str = "arranged",
    half_days: int = 2,
    session: str = "full",
    cost: Decimal | str | None = None,
    asked: dt.date | None = None,
    no_by: str = "",
    **given: Any,
) -> Placement:
    """A visit of somebody (new, unless given) from a school, with what its head said about cover each day."""
    who = who or scenes.enrolled(scene, scenes.person(at=home), "mentee")
    done = timezone.now() if state == PlacementState.COMPLETED else None
    fields = {"questions": ["Why?"], "rules_version": "1", "answer_by": days[0], "debriefed_at": done, **given}
    row = Placement.objects.create(enrolment=who, offer=offer or offered(scene), state=state, **fields)
    if asked:
        noon = dt.datetime.combine(asked, dt.time(12), tzinfo=timezone.get_default_timezone())
        Placement.objects.filter(pk=row.pk).update(created_at=noon)
    for day in days:
        PlacementDay.objects.create(
            placement=row, date=day, session=session, cover=cover, cover_half_days=half_days, cover_cost=cost
        )
    if no_by:
        PlacementApproval.objects.create(
            placement=row, party=no_by, email="head@example.org", decision="no", decided_at=timezone.now()
        )
    return row
