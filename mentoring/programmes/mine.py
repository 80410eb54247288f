"""What "My mentoring" shows a member: their applications, their matches, whose turn it is."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q

from mentoring.people.models import Profile
from mentoring.proposals.models import Proposal, ProposalState
from mentoring.trust import access

from .models import Cohort, CohortState, Enrolment, EnrolmentRole, EnrolmentState
from .services import email_of


@dataclass(frozen=True)
class Match:
    """An approved pair, from one person's side."""

    other: Profile
    other_role: str
    email: str
    reasons: list[str]


@dataclass
class Mine:
    """One application with everything its card says."""

    enrolment: Enrolment
    matches: list[Match] = field(default_factory=list)

    @property
    def may_change(self) -> bool:
        return self.enrolment.state in (EnrolmentState.SUBMITTED, EnrolmentState.ELIGIBLE)

    @property
    def turn(self) -> str:
        """Whose turn it is, in two words."""
        if self.matches:
            mentee = self.enrolment.as_role == EnrolmentRole.MENTEE
            return "Your turn" if mentee else ("Your mentee’s turn" if len(self.matches) == 1 else "Your mentees’ turn")
        return "The coordinator’s turn" if self.may_change else "Nobody’s turn"

    @property
    def next_step(self) -> str:
        """What happens next, in one or two sentences."""
        row = self.enrolment
        mentee = row.as_role == EnrolmentRole.MENTEE
        if row.state == EnrolmentState.WITHDRAWN:
            return "You withdrew. While applications are open you can apply again."
        if row.state == EnrolmentState.DECLINED:
            return "There was no place for you this time. The coordinator is happy to talk it over."
        if self.matches and mentee:
            return "Write to your mentor and suggest two or three times for a first conversation."
        if self.matches:
            left = row.capacity - len(self.matches)
            more = f" You have {left} more place{'' if left == 1 else 's'} to give." if left > 0 else ""
            first = "Your mentee writes to you first" if len(self.matches) == 1 else "Your mentees write to you first"
            return f"{first}. If you hear nothing for a week, please write yourself.{more}"
        if row.state == EnrolmentState.SUBMITTED:
            return "A coordinator reads your application and writes to you. There is nothing to do until then."
        if row.cohort.state in (CohortState.CLOSED, CohortState.CANCELLED):
            return "This cohort is over."
        who = "mentor" if mentee else "mentee"
        return f"You are in. The coordinator looks for a {who} for you and writes as soon as a match is agreed."


def overview(user: Any) -> list[Mine]:
    """A member's applications, the newest first. Three queries, whatever their number."""
    rows = [Mine(row) for row in access.enrolments_of(user).order_by("-created_at", "-pk")]
    by_id = {mine.enrolment.pk: mine for mine in rows}
    pairs = (
        Proposal.objects.filter(Q(mentee__in=by_id) | Q(mentor__in=by_id), state=ProposalState.APPROVED)
        .select_related(
            *(f"{side}__profile__{field}" for side in ("mentee", "mentor") for field in ("user", "organisation"))
        )
        .order_by("decided_at", "pk")
    )
    for pair in pairs:
        for me, other in ((pair.mentee, pair.mentor), (pair.mentor, pair.mentee)):
            if me.pk in by_id:
                by_id[me.pk].matches.append(
                    Match(
                        other=other.profile,
                        other_role=other.get_as_role_display(),
                        email=email_of(other.profile),
                        reasons=list(pair.explanation.get("reasons", [])),
                    )
                )
    return rows


def open_cohorts(rows: list[Mine]) -> list[dict[str, Any]]:
    """Cohorts that take applications, with what this member has already applied for."""
    live = {(mine.enrolment.cohort_id, mine.enrolment.as_role) for mine in rows if mine.may_change}
    barred = {
        (mine.enrolment.cohort_id, mine.enrolment.as_role)
        for mine in rows
        if mine.enrolment.state == EnrolmentState.DECLINED
    }
    return [
        {
            "cohort": cohort,
            "mentee": (cohort.pk, "mentee") not in live | barred,
            "mentor": (cohort.pk, "mentor") not in live | barred,
        }
        for cohort in Cohort.objects.open_for_applications()
        .select_related("programme__owner_org", "programme__pathway_page")
        .order_by("apply_to", "programme__title")
    ]
