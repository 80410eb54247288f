"""A member's own offers, for their pages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from mentoring.people.models import Direction, ProfileInterest
from mentoring.programmes.models import Enrolment, EnrolmentRole
from mentoring.programmes.wish_models import Goal
from mentoring.trust import access

from .endings import answer_of
from .models import Answer, Proposal, ProposalSource, ProposalState

if TYPE_CHECKING:
    from mentoring.trust.access import AnyUser


@dataclass(frozen=True)
class Offer:
    """An offer from one person's side."""

    proposal: Proposal
    me: Enrolment
    other: Enrolment

    @classmethod
    def seen_by(cls, proposal: Proposal, user: AnyUser) -> Offer:
        mentee, mentor = proposal.mentee, proposal.mentor
        mine = mentee.profile.user_id == user.pk
        return cls(proposal, mentee if mine else mentor, mentor if mine else mentee)

    @property
    def is_open(self) -> bool:
        return self.proposal.state == ProposalState.OFFERED

    @property
    def answered(self) -> bool:
        """I said yes already."""
        return answer_of(self.proposal, self.me) == Answer.YES

    @property
    def chosen(self) -> bool:
        """The mentee asked for this mentor."""
        return self.proposal.source == ProposalSource.CHOICE

    @property
    def other_role(self) -> str:
        return self.other.get_as_role_display().lower()

    @property
    def answer_by(self) -> date | None:
        return self.proposal.answer_by

    @property
    def title(self) -> str:
        if self.chosen and self.answered:
            return f"{self.other.profile}: asked for you"
        return f"{self.other.profile} as your {self.other_role}?"

    @property
    def turn(self) -> str:
        """Whose turn it is."""
        if not self.answered:
            return "Your turn"
        return f"The {self.other_role}’s turn" if self.chosen else "Waiting for the other answer"


_PEOPLE = tuple(
    f"{side}__profile__{path}" for side in ("mentee", "mentor") for path in ("organisation", "role_level", "user")
)


def offers_of(user: AnyUser) -> list[Offer]:
    """A member's open offers, the one that ends first before the others. One query."""
    rows = access.offers_to(user).filter(state=ProposalState.OFFERED).select_related(*_PEOPLE)
    return [Offer.seen_by(row, user) for row in rows.order_by("answer_by", "pk")]


@dataclass(frozen=True)
class About:
    """What the offer page says of the other person. No address: that comes with the second yes."""

    topics_heading: str
    topics: list[str]
    goals: list[Goal]


def about(offer: Offer) -> About:
    """Two queries."""
    is_mentor = offer.other.as_role == EnrolmentRole.MENTOR
    direction = Direction.OFFER if is_mentor else Direction.SEEK
    topics = ProfileInterest.objects.filter(profile=offer.other.profile_id, direction=direction)
    return About(
        "Can help with" if is_mentor else "Would like help with",
        list(topics.order_by("-strength", "interest__label").values_list("interest__label", flat=True)),
        [] if is_mentor else list(offer.other.goal_set.all()),
    )
