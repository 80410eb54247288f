"""What must be in order before a cohort goes on."""

from __future__ import annotations

from django.utils import timezone

from mentoring.trust.decision import YES, Decision, no

from .models import Cohort, CohortState

#: Names in the sentence that refuses; the list behind the link has them all.
NAMED = 5


def can_become(cohort: Cohort, to: CohortState, *, reason: str = "") -> Decision:
    """Whether nothing is missing for the cohort's next state. Whether the move exists at all, its machine knows."""
    if to == CohortState.OPEN:
        return _can_open(cohort)
    if to == CohortState.MATCHING:
        return _applications_ended(cohort)
    if to in (CohortState.CLOSED, CohortState.CANCELLED):
        decision = _nobody_at_work(cohort)
        if not decision:
            return decision
    if to == CohortState.CANCELLED and not reason:
        return no("Please write why the cohort is cancelled: the next coordinator will ask.")
    return YES


def _can_open(cohort: Cohort) -> Decision:
    programme = cohort.programme
    if not programme.active:
        return no("The programme is switched off. Switch it on before opening a cohort.")
    if not programme.contact_email:
        return no("The programme has no contact address yet. Its owner gives one under Programmes.")
    if programme.privacy_page_id is None:
        return no("The programme has no privacy notice yet. Its owner chooses that page under Programmes.")
    return YES


def _applications_ended(cohort: Cohort) -> Decision:
    """Matching is a promise that nobody can apply any more. Who matches as people come stays open: runs work there."""
    if timezone.localdate() > cohort.apply_to:
        return YES
    return no(
        f"Applications come in until {cohort.apply_to:%-d %B %Y}. Wait for that day, or bring it forward under “Edit”. "
        "You can run the matching while the cohort is open, too."
    )


def _nobody_at_work(cohort: Cohort) -> Decision:
    from mentoring.relationships.models import RELATIONSHIP_LIVE  # pairs build on programmes

    pairs = cohort.relationships.filter(state__in=RELATIONSHIP_LIVE)
    count = pairs.count()
    if not count:
        return YES
    names = "; ".join(
        str(pair) for pair in pairs.select_related("mentee__profile", "mentor__profile").order_by("pk")[:NAMED]
    )
    more = f" and {count - NAMED} more" if count > NAMED else ""
    verb = "pair is" if count == 1 else "pairs are"
    return no(f"{count} {verb} still at work: {names}{more}. Close them or end them first.")
