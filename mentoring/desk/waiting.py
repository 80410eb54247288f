"""The waiting lists: who would come in if there were room, and who waits again through no fault of theirs."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Exists, F, OuterRef, Q

from mentoring.programmes.models import Cohort, Enrolment, EnrolmentRole, EnrolmentState
from mentoring.proposals.models import PROPOSAL_HOLDS_PLACE, Proposal
from mentoring.relationships.models import RELATIONSHIP_LIVE, Relationship
from mentoring.trust.access import enrolments_for

from .items import open_cohorts
from .screens import DeskScreen

if TYPE_CHECKING:
    from mentoring.trust.access import AnyUser


#: As `programmes.room` counts the places of a cohort: also those whose pair has come to its end.
HAVE_A_PLACE = (EnrolmentState.ELIGIBLE, EnrolmentState.COMPLETED)


@dataclass
class Waiting:
    """One cohort: its limit, how many mentees it has, and who waits."""

    cohort: Cohort
    mentees: int
    again: list[Enrolment] = field(default_factory=list)
    listed: list[Enrolment] = field(default_factory=list)

    @property
    def room(self) -> int | None:
        """Places for mentees that are left; None where the cohort has no limit."""
        limit = self.cohort.max_mentees
        return None if limit is None else max(0, limit - self.mentees)


def waiting_for(user: AnyUser) -> list[Waiting]:
    """Cohorts in which somebody waits. Three queries."""
    cohorts = open_cohorts(user)
    held = Exists(Proposal.objects.filter(mentee=OuterRef("pk"), state__in=PROPOSAL_HOLDS_PLACE))
    paired = Exists(Relationship.objects.filter(mentee=OuterRef("pk"), state__in=RELATIONSHIP_LIVE))
    again = Q(state=EnrolmentState.ELIGIBLE, as_role=EnrolmentRole.MENTEE, rematch_since__isnull=False)
    rows = (
        enrolments_for(user)
        .filter(Q(state=EnrolmentState.WAITLISTED) | (again & ~held & ~paired), cohort__in=cohorts)
        .order_by(F("rematch_since").asc(nulls_last=True), F("submitted_at").asc(nulls_last=True), "pk")
    )
    mentees = dict(
        Enrolment.objects.filter(cohort__in=cohorts, as_role=EnrolmentRole.MENTEE, state__in=HAVE_A_PLACE)
        .order_by()
        .values_list("cohort")
        .annotate(n=Count("pk"))
    )
    found: dict[int, Waiting] = {}
    for row in rows:
        cohort = cohorts[row.cohort_id]
        here = found.setdefault(cohort.pk, Waiting(cohort, mentees.get(cohort.pk, 0)))
        (here.listed if row.state == EnrolmentState.WAITLISTED else here.again).append(row)
    return [found[pk] for pk in cohorts if pk in found]


class WaitingScreen(DeskScreen):
    template_name = "mentoring/admin/waiting_lists.html"
    page_title = "Waiting lists"
    header_icon = "list-ol"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(lists=waiting_for(self.request.user), **kwargs)
