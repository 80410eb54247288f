"""Erasing somebody who visited another school."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone

from mentoring.errors import MentoringError
from mentoring.messages.models import Outbox
from mentoring.personal.erasing import erase
from mentoring.personal.gathering import gather
from mentoring.placements.models import Assurance, Placement, PlacementApproval, PlacementDay
from mentoring.placements.offer_models import HostOffer
from tests.mentoring import scenes
from tests.mentoring.personal.everywhere import tables_with

pytestmark = pytest.mark.django_db


def visit(state: str) -> Placement:
    scene = scenes.ready_to_match(1, 1)
    host = scene.mentors[0].profile
    offer = HostOffer.objects.create(
        programme=scene.programme,
        host=host,
        organisation=host.organisation,
        title="A xylophonic day",
        summary="A xylophonic welcome",
        head_email="head.xylophonic@example.org",
    )
    return Placement.objects.create(
        enrolment=scene.mentees[0],
        offer=offer,
        state=state,
        questions=["A xylophonic question"],
        debrief="A xylophonic debrief",
        debriefed_at=timezone.now(),
        rules_version="1",
        answer_by=timezone.localdate(),
    )


def test_erase__a_visit_is_over__stays_as_a_date_without_words() -> None:
    row = visit("completed")
    people: list[Any] = [row.enrolment.profile.user, row.offer.host.user]
    for user in people:
        erase(user=user, actor=None)
    assert Placement.objects.filter(pk=row.pk).exists()
    assert tables_with("xylophonic") == []


@pytest.mark.parametrize("who", ["visitor", "host"])
def test_erase__a_visit_lies_ahead__is_cancelled_first_and_the_heads_hear_days_without_a_name(who: str) -> None:
    row = visit("confirmed")
    day = PlacementDay.objects.create(placement=row, date=timezone.localdate() + dt.timedelta(days=20))
    PlacementApproval.objects.create(placement=row, party="host_head", email="head.host@example.org")
    person = row.enrolment.profile if who == "visitor" else row.offer.host
    name, user = str(person), person.user
    erase(user=user, actor=user)
    row.refresh_from_db()
    assert (row.state, row.cancel_reason) == ("cancelled", "left")
    told = Outbox.objects.get(recipient="head.host@example.org")
    assert str(day) in told.text
    assert name not in told.subject + told.text + told.html + told.calendar
    assert "METHOD:CANCEL" in told.calendar


def test_erase__a_visit_is_under_way__is_refused() -> None:
    user: Any = visit("in_progress").enrolment.profile.user
    with pytest.raises(MentoringError, match="under way"):
        erase(user=user, actor=user)


def test_gather__visitor_and_host__see_their_visits_statements_and_offers() -> None:
    row = visit("completed")
    visitor = row.enrolment.profile
    today = timezone.localdate()
    Assurance.objects.create(
        person=visitor, organisation=visitor.organisation, statement_version="1", confirmed_by="Head",
        confirmed_on=today, valid_until=today,
    )  # fmt: skip
    found = {section.key: section.rows for section in gather(visitor.user).sections}
    assert found["visits"][0]["What you want to learn"] == ["A xylophonic question"]
    assert found["assurances"][0]["Confirmed by"] == "Head"
    found = {section.key: section.rows for section in gather(row.offer.host.user).sections}
    assert found["visitors"][0]["Visitor"] == visitor
    assert "xylophonic question" not in str(found)  # that is the visitor's
    assert found["host_offers"][0]["Title"] == "A xylophonic day"
