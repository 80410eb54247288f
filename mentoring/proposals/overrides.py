"""A coordinator's word on a pair: it must be made, or must not. Given with its price in sight, and taken back."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from django.db import transaction

from mentoring.errors import MentoringError, Stale
from mentoring.machine import Actor
from mentoring.matching import Pair
from mentoring.people.models import Profile
from mentoring.programmes.models import Enrolment
from mentoring.programmes.services import lock_cohort, lock_enrolments
from mentoring.trust import audit

from . import permissions
from .bars import OnRecord, stands_between
from .desk import Desk
from .displacement import Displacement, foresee
from .explained import explanation
from .models import RUN_OPEN, MatchRun, Override, OverrideKind, Proposal, ProposalSource, ProposalState, RunState
from .standing import WAIVABLE
from .states import PROPOSAL_MACHINE

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser

NOTHING_LOST = "Nobody loses by it."


def newest_run(cohort_id: int) -> MatchRun | None:
    """The run whose pairs are on the table."""
    return MatchRun.objects.filter(cohort=cohort_id, state=RunState.COMPLETE).defer("inputs", "unmatched").first()


def may_override(actor: AbstractBaseUser, run: MatchRun, mentee: int, mentor: int) -> None:
    """Whether this coordinator may have a word on this pair, and now.

    Raises:
        MentoringError: not theirs, not the newest run, or a run is under way.
    """
    decision = permissions.can_run(actor, run.cohort)
    decision = decision and permissions.stands_apart(actor, *_profiles(run, mentee, mentor))
    if not decision:
        raise MentoringError(decision.reason)
    runs = MatchRun.objects.filter(cohort=run.cohort_id, state__in=[*RUN_OPEN, RunState.COMPLETE])
    states = dict(runs.order_by("created_at", "pk").values_list("pk", "state"))
    if RUN_OPEN & set(states.values()):
        raise MentoringError("A run of this cohort is under way: please wait until it is done.")
    if run.pk != next(reversed(states), None):
        raise MentoringError("There is a newer run of this cohort: please open that one, its pairs are on the table.")


def _profiles(run: MatchRun, mentee: int, mentor: int) -> list[Profile]:
    rows = run.cohort.enrolments.filter(pk__in=[mentee, mentor]).select_related("profile__user")
    if len(rows) < 2:
        raise MentoringError("One of the two is not in this cohort.")
    return [row.profile for row in rows]


def override(
    *,
    run: MatchRun,
    kind: OverrideKind,
    mentee: int,
    mentor: int,
    actor: AbstractBaseUser,
    digest: str,
    reason: str = "",
) -> Override:
    """Forces or forbids a pair, and brings the undecided pairs to the plan that was shown.

    `digest` is that of the displacement the coordinator saw. The same form again gives the same row.

    Raises:
        MentoringError: not theirs, a rule in the way, somebody held, or a reason is needed.
        Stale: the plan changed after it was shown.
    """
    reason = reason.strip()
    if len(reason) > 1000:
        raise MentoringError("Please keep the reason below 1,000 characters.")
    with transaction.atomic():
        lock_cohort(run.cohort_id)
        given = Override.objects.filter(cohort=run.cohort_id, mentee=mentee, mentor=mentor).first()
        if given is not None and given.kind == kind:
            return given  # the same form once more, or another coordinator with the same word
        may_override(actor, run, mentee, mentor)
        if given is not None:
            raise MentoringError(
                f"There is a word on this pair already (“{given.get_kind_display().lower()}”): undo it first."
            )
        shown = foresee(Desk(run, actor), kind=kind, mentee=mentee, mentor=mentor)
        people = {mentee, mentor, *(pk for s in shown.difference.shifts for pk in (s.mentee, s.before, s.after) if pk)}
        held = lock_enrolments(people)
        desk = Desk(run, actor)
        # Once more, now that nobody can decide meanwhile.
        shown = foresee(desk, kind=kind, mentee=mentee, mentor=mentor)
        if shown.digest != digest:
            raise Stale("The pairs changed after you looked. Please read again what would change, then decide.")
        _still_possible(shown, held)
        if shown.needs_reason and not reason:
            raise MentoringError(_why_a_reason(shown))
        row = Override.objects.create(
            cohort_id=run.cohort_id,
            mentee_id=mentee,
            mentor_id=mentor,
            kind=kind,
            waived=sorted(shown.broken),
            reason=reason or NOTHING_LOST,
            displaced=shown.stored(),
            created_by_id=actor.pk,
        )
        audit.record(
            action=f"mentoring.override.{kind.value}",
            obj=row,
            actor=actor,
            programme=run.cohort.programme,
            after={"mentee": mentee, "mentor": mentor, "waived": row.waived, "displaced": row.displaced},
            reason=reason,
        )
        _replan(row, shown, desk, actor)
    return row


def _still_possible(shown: Displacement, held: dict[int, Enrolment]) -> None:
    """Nothing that came after the run bars a pair that it would make.

    Raises:
        MentoringError: a pair that cannot be proposed any more.
    """
    new = {shift.mentee: shift.after for shift in shown.difference.shifts if shift.after}
    known = OnRecord.about((held[mentee], held[mentor]) for mentee, mentor in new.items())
    for mentee, mentor in new.items():
        between = stands_between(held[mentee], held[mentor], waived=WAIVABLE, on_record=known)
        if not between and (mentee, mentor) == (shown.mentee, shown.mentor):
            raise MentoringError(f"This pair cannot be made. {between.reason}")
        if not between:
            raise MentoringError(
                "Something changed since this run: a pair that it would propose instead cannot be made any more. "
                "Please run the matching again, then decide."
            )


def _why_a_reason(shown: Displacement) -> str:
    if shown.broken:
        return "This sets a rule aside: please write why, for the next coordinator and for the record."
    return "Somebody loses by this: please write why, for the next coordinator and for the record."


def _replan(row: Override, shown: Displacement, desk: Desk, actor: AbstractBaseUser) -> None:
    """Undecided pairs that no longer stand make way; new ones are made, with their reasons."""
    new = shown.explained(desk.cast)
    changed = {shift.mentee for shift in shown.difference.shifts}
    drafts = desk.standing.drafts
    leaving = [made.proposal for mentee, made in drafts.items() if mentee in changed and made.proposal]
    _supersede(leaving, row, actor)
    for shift in shown.difference.shifts:
        if shift.after:
            forced = row.kind == OverrideKind.FORCE and (shift.mentee, shift.after) == (row.mentee_id, row.mentor_id)
            _propose(row, new[shift.mentee], shift.mentee, shift.after, desk, actor, forced=forced)


def _supersede(ids: list[int], row: Override, actor: AbstractBaseUser) -> None:
    for old in (
        Proposal.objects.select_for_update(no_key=True).filter(pk__in=ids, state=ProposalState.DRAFT).order_by("pk")
    ):
        before = PROPOSAL_MACHINE.move(old, ProposalState.SUPERSEDED, as_=Actor.SYSTEM)
        old.version += 1
        old.save(update_fields=["state", "version"])
        audit.record(
            action="mentoring.proposal.superseded",
            obj=old,
            actor=actor,
            programme=row.cohort.programme,
            before={"state": before, "version": old.version - 1},
            after={"state": old.state, "version": old.version, "override": row.pk},
            reason="A coordinator’s word on a pair.",
        )


def _propose(
    row: Override, pair: Pair, mentee: int, mentor: int, desk: Desk, actor: AbstractBaseUser, *, forced: bool
) -> None:
    ids = (desk.run.inputs or {}).get("enrolments", {}).get("mentor", {})
    made = Proposal.objects.create(
        run=None,  # the run stays what it was
        cohort_id=row.cohort_id,
        mentee_id=mentee,
        mentor_id=mentor,
        source=ProposalSource.MANUAL if forced else ProposalSource.RUN,
        score=Decimal(str(round(pair.score, 3))),
        evidence=Decimal(str(round(pair.evidence, 3))),
        has_caution=bool(pair.caution),
        explanation=explanation(pair, ids),
        displaced=row.displaced if forced else [],
        note=row.reason if forced else "",
    )
    audit.record(
        action="mentoring.proposal.proposed",
        obj=made,
        actor=actor,
        programme=row.cohort.programme,
        after={"state": made.state, "source": made.source, "override": row.pk},
    )


def undo(*, row: Override, actor: AbstractBaseUser) -> None:
    """Takes a word back: later runs are free again. The pair it made goes if nobody has decided on it yet.

    Raises:
        MentoringError: not theirs.
    """
    with transaction.atomic():
        lock_cohort(row.cohort_id)
        here = Override.objects.select_related("cohort__programme").filter(pk=row.pk).first()
        if here is None:
            return  # the same form once more
        pair = Proposal(cohort=here.cohort, mentee=here.mentee, mentor=here.mentor)
        decision = permissions.can_decide(actor, pair)
        if not decision:
            raise MentoringError(decision.reason)
        audit.record(
            action="mentoring.override.undone",
            obj=here,
            actor=actor,
            programme=here.cohort.programme,
            before=here.in_trail(),
            reason=here.reason,
        )
        if here.kind == OverrideKind.FORCE:
            lock_enrolments([here.mentee_id, here.mentor_id])
            mine = Proposal.objects.filter(
                cohort=here.cohort_id, mentee=here.mentee_id, mentor=here.mentor_id, source=ProposalSource.MANUAL
            )
            _supersede(list(mine.values_list("pk", flat=True)), here, actor)
        here.delete()
