"""Offers in the demo: some open, some answered, one turned down; two log-ins have one to answer."""

from __future__ import annotations

from collections.abc import Sequence

from core.models import User
from mentoring.programmes.models import Cohort
from mentoring.proposals.answers import answer
from mentoring.proposals.models import Proposal, ProposalSource, Refusal
from mentoring.proposals.offers import approve_and_send
from mentoring.proposals.score import Scores
from mentoring.proposals.services import approve, can_approve_now, decline

from .times import at


def decide_on_all(pairs: Sequence[Proposal], *, actor: User) -> None:
    """What a coordinator and the people did with a run's pairs: most begin, and one of each other kind."""
    for number, pair in enumerate(pairs):
        if number == 1:
            decline(proposal=pair, actor=actor, version=pair.version, note="They ran a project together last year.")
        elif not can_approve_now(pair):
            continue
        elif number == 2:
            approve(proposal=pair, actor=actor, version=pair.version, note="To be sent after half-term.")
        else:
            with at(-78 if number == 0 or number > 5 else 0):  # those who began did so some weeks ago
                offer = approve_and_send(proposal=pair, actor=actor, version=pair.version)
                _answered(offer, number)


def _answered(offer: Proposal, number: int) -> None:
    if number == 3:
        _say(offer, "mentor", refusal=Refusal.TIME, text="From September, gladly.")
    elif number == 4:
        _say(offer, "mentee")
    elif number != 5:  # that one is open on both sides
        _say(_say(offer, "mentee"), "mentor")


def _say(offer: Proposal, side: str, *, refusal: str = "", text: str = "") -> Proposal:
    user = getattr(offer, side).profile.user
    return answer(proposal=offer, actor=user, version=offer.version, yes=not refusal, refusal=refusal, text=text)


def offer_by_hand(cohort: Cohort, *, mentee: str, mentor: str, actor: User) -> None:
    """A pair that the coordinator put together, offered to two people by their addresses."""
    people = {
        row.profile.user.email: row
        for row in cohort.enrolments.filter(profile__user__email__in=[mentee, mentor]).select_related(
            "profile__user", "profile__organisation", "cohort__programme"
        )
        if row.profile.user
    }
    if len(people) < 2:
        return
    score, evidence, explanation = Scores(cohort).of(people[mentee], people[mentor])
    pair = Proposal.objects.create(
        source=ProposalSource.MANUAL,
        cohort=cohort,
        mentee=people[mentee],
        mentor=people[mentor],
        score=score,
        evidence=evidence,
        explanation=explanation,
    )
    approve_and_send(proposal=pair, actor=actor, version=pair.version)
