"""A joint plan as a run of the matching: whether it can begin, what it freezes, and the visits it leaves as drafts."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from django.db import transaction

from mentoring.errors import MentoringError
from mentoring.programmes.models import Cohort, Enrolment, EnrolmentState
from mentoring.proposals.inputs import Inputs
from mentoring.proposals.models import MatchRun
from mentoring.trust import audit

from .models import Placement, PlacementState
from .offer_models import HostOffer
from .plan_inputs import gather_jointly, without_visit
from .planning import TIME_LIMIT, PlannedResult, PlannedVisit
from .ranking import offer_key
from .requests import set_days

__all__ = ["can_plan", "gather_jointly", "note_plan", "visitors_of", "write_drafts"]


def can_plan(cohort: Cohort) -> float:
    """The seconds that a plan of this cohort may take.

    Raises:
        MentoringError: nobody to plan for, or no school opens its door.
    """
    if not HostOffer.objects.open_one_way().filter(programme=cohort.programme_id).exists():
        raise MentoringError(
            "No school offers a visit in this programme yet. Ask hosts to open their doors, or run the matching alone."
        )
    if not without_visit(cohort):
        raise MentoringError("Nobody here waits for a visit. Accept applications first, or run the matching.")
    return TIME_LIMIT


def visitors_of(inputs: Inputs, result: PlannedResult) -> set[int]:
    """Enrolments that a plan sends on a visit: they are locked with those of its pairs."""
    return {inputs.enrolments["visitor"][visit.visitor] for visit in result.visits}


def write_drafts(
    run: MatchRun, inputs: Inputs, result: PlannedResult, people: Mapping[int, Enrolment], warnings: list[str]
) -> int:
    """Visits nobody is told of yet, in the transaction that ends the run. Drafts of an earlier plan make way.

    Args:
        people: enrolments under lock. warnings: added to, where something changed since the people were read.

    Returns:
        How many.
    """
    rows = HostOffer.objects.open_one_way().filter(programme=run.cohort.programme_id)
    offers = {offer_key(row): row for row in rows.prefetch_related("dates")}
    drop_drafts(run.cohort, run=run)
    made = 0
    for visit in result.visits:
        person = people.get(inputs.enrolments["visitor"][visit.visitor])
        offer = offers.get(visit.offer)
        offered = {row.date for row in offer.dates.all()} if offer else set()
        if person is None or person.state != EnrolmentState.ELIGIBLE or offer is None or not offered >= set(visit.days):
            warnings.append(
                "A planned visit was left out: its visitor left the cohort, or its offer changed, meanwhile."
            )
            continue
        _draft(run, person.pk, offer, visit)
        made += 1
    return made


def _draft(run: MatchRun, enrolment: int, offer: HostOffer, visit: PlannedVisit) -> None:
    row = Placement.objects.create(
        enrolment_id=enrolment,
        offer=offer,
        state=PlacementState.DRAFT,
        run=run,
        score=Decimal(str(round(visit.score, 3))),
        reasons=list(visit.reasons),
    )
    set_days(row, visit.days)


def drop_drafts(cohort: Cohort, *, run: MatchRun) -> int:
    """What was planned and never sent goes: nobody was told, so nothing is kept but the line in the trail."""
    with transaction.atomic():
        old = list(
            Placement.objects.select_for_update(of=("self",), no_key=True)
            .filter(enrolment__cohort=cohort, state=PlacementState.DRAFT)
            .order_by("pk")
            .values_list("pk", flat=True)
        )
        if old:
            Placement.objects.filter(pk__in=old).delete()
            audit.record(
                action="mentoring.run.dropped_drafts",
                obj=run,
                actor=None,
                programme=cohort.programme,
                after={"placements": old},
                reason="A newer plan suggests afresh.",
            )
    return len(old)


def note_plan(run: MatchRun, inputs: Inputs, result: PlannedResult) -> None:
    """What the solver says of the plan, and who gets no visit and why: beside the pairs of the run. Not saved here."""
    run.stats = {**run.stats, "plan": dict(result.plan)}
    ids = inputs.enrolments["visitor"]
    run.unmatched = [
        *run.unmatched,
        *(
            {"enrolment": ids.get(key), "role": "visitor", "code": code, "sentence": sentence}
            for key, code, sentence in result.without_visit
        ),
    ]
