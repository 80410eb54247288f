"""Moments of a visit, made in a line."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from mentoring.models import Enrolment, HostOffer, Outbox, Placement, PlacementApproval, Profile
from mentoring.placements import approvals, offers, requests
from mentoring.placements.models import ApprovalParty, PlacementState
from mentoring.trust import links
from mentoring.trust.link_models import SignedLink
from tests.mentoring import scenes

PATH = re.compile(r"/mentoring/(?:visits/agree/(?:offer|visit))/([\w-]+)/")


def working_day(weeks: int = 3, weekday: int = 2) -> dt.date:
    """A Wednesday some weeks ahead, or another day of that week."""
    today = timezone.localdate()
    return today - dt.timedelta(days=today.weekday()) + dt.timedelta(weeks=weeks, days=weekday)


def token_to(address: str) -> str:
    """The token in the latest mail to an address."""
    mail = Outbox.objects.filter(recipient=address, text__contains="/visits/agree/").order_by("-pk").first()
    assert mail is not None, f"no link was sent to {address}"
    found = PATH.search(mail.text)
    assert found is not None
    return found[1]


def link_to(address: str) -> SignedLink:
    found = links.find(token_to(address))
    assert found is not None
    return found


@dataclass
class Stage:
    """A visitor, a host with an open offer on three days, and their coordinator."""

    scene: scenes.Scene
    visitor: Enrolment
    host: Profile
    offer: HostOffer
    days: list[dt.date]

    @property
    def user(self) -> Any:
        return self.visitor.profile.user

    def ask(self, *days: dt.date, who: Enrolment | None = None, **given: Any) -> Placement:
        who = who or self.visitor
        fields: dict[str, Any] = {
            "questions": ["How does she run a difficult meeting?"],
            "head_email": "head.home@example.org",
            "rules_accepted": True,
        }
        return requests.request_visit(
            enrolment=who, offer=self.offer, actor=who.profile.user, days=days or self.days[:1], **{**fields, **given}
        )

    def heads_agree(self, row: Placement, *, cover: str = "not_needed") -> Placement:
        for approval in PlacementApproval.objects.filter(placement=row):
            releasing = approval.party == ApprovalParty.RELEASING_HEAD
            approvals.answer(
                link=link_to(approval.email),
                decision="yes",
                cover=cover if releasing else "",
                statement=True,
                name="Head",
            )
        row.refresh_from_db()
        return row

    def confirmed(self, *days: dt.date) -> Placement:
        from mentoring.placements import steps

        row = self.heads_agree(self.ask(*days))
        return steps.confirm(placement=row, actor=self.scene.coordinator, version=row.version)


def open_offer(scene: scenes.Scene, host: Profile, days: list[dt.date], **given: Any) -> HostOffer:
    fields: dict[str, Any] = {
        "words": {"title": "A day with our deputy", "summary": "Walks, talks, a governors’ meeting.", "conditions": ""},
        "kind": "day",
        "days_needed": 1,
        "dates": dict.fromkeys(days, "full"),
        "head_email": "head.host@example.org",
    }
    row = offers.save_offer(host=host, programme=scene.programme, actor=host.user, **{**fields, **given})
    if row.head_email:
        offers.head_answers(link=link_to(row.head_email), agrees=True)
    row.refresh_from_db()
    return row


def staged(**given: Any) -> Stage:
    scene = scenes.programme_with_cohort()
    visitor = scenes.enrolled(scene, scenes.person("Vera Visitor", seek=("behaviour",)), "mentee")
    host = scenes.person("Hana Host", rank=40)
    scenes.enrolled(scene, host, "mentor")
    days = [working_day(weekday=n) for n in (1, 2, 3)]
    return Stage(scene, visitor, host, open_offer(scene, host, days, **given), days)


def state(row: Placement) -> PlacementState:
    row.refresh_from_db()
    return PlacementState(row.state)
