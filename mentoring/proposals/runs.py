"""Runs of the matching: started by a coordinator, done by a worker, all or nothing.

The row is the truth: state, lease, heartbeat, attempts. A worker that dies leaves a lease that runs out; the next one
starts again from the same frozen inputs, and after a few attempts the run counts as failed. Proposals appear in one
transaction, together with the end of the run.
"""

from __future__ import annotations

import logging
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db import OperationalError, transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from mentoring import conf
from mentoring.errors import MentoringError
from mentoring.jobs.knock import knock
from mentoring.jobs.leases import claim, keep
from mentoring.machine import Actor
from mentoring.matching import Cancelled, InvalidInput, MatchResult
from mentoring.matching.result import plain
from mentoring.messages.services import queue
from mentoring.programmes.models import Cohort, EnrolmentState
from mentoring.programmes.services import lock_cohort, lock_enrolments
from mentoring.trust import audit

from . import permissions
from .bars import OnRecord, set_aside, stands_between
from .compute import compute
from .explained import explanation
from .heartbeat import LeaseLost, heartbeat
from .inputs import Inputs, gather, waiting
from .models import RUN_OPEN, MatchRun, Proposal, ProposalState, RunKind, RunState
from .places import held_mentees
from .settings import config_for
from .states import PROPOSAL_MACHINE, RUN_MACHINE

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser

logger = logging.getLogger(__name__)


def start_run(
    *,
    cohort: Cohort,
    actor: AbstractBaseUser,
    objective: str = "best_total",
    floor_percent: int | None = None,
    kind: RunKind = RunKind.PAIRS,
) -> MatchRun:
    """A coordinator asks for proposals. While a run of the cohort is open, asking again gives that run.

    Args:
        kind: JOINT plans mentors and visits together; aim and fair share do not count there.

    Raises:
        MentoringError: not theirs, not in this state, a setting that cannot be, or nobody to match on one side.
    """
    with transaction.atomic():
        cohort = lock_cohort(cohort.pk)
        decision = permissions.can_run(actor, cohort)
        if not decision:
            raise MentoringError(decision.reason)
        config = config_for(cohort, objective=objective, floor_percent=floor_percent)
        running = MatchRun.objects.filter(cohort=cohort, state__in=RUN_OPEN).first()
        if running:
            return running
        mentees, mentors = waiting(cohort)
        if kind == RunKind.JOINT:
            config["time_limit"] = _visits().can_plan(cohort)
        elif not mentees and not mentors:
            raise MentoringError("Nobody is ready to be matched yet: accept applications first.")
        elif not mentees:
            raise MentoringError("No mentee is waiting for a match: accept applications of mentees first.")
        elif not mentors:
            raise MentoringError("No mentor has a free place: accept applications of mentors first.")
        run = MatchRun.objects.create(
            cohort=cohort,
            kind=kind,
            config=config,
            seed=cohort.pk % 2_147_483_647,
            created_by_id=actor.pk,
            step="Waiting for a worker",
        )
        audit.record(
            action="mentoring.run.started",
            obj=run,
            actor=actor,
            programme=cohort.programme,
            after={
                "state": run.state,
                "kind": run.kind,
                "objective": objective,
                "floor_percent": config["floor_percent"],
                "mentees": len(mentees),
                "mentors": len(mentors),
            },
        )
        knock()
    return run


def _visits() -> Any:
    from mentoring.placements import plans  # visits build on proposals

    return plans


def cancel_run(*, run: MatchRun, actor: AbstractBaseUser) -> MatchRun:
    """A coordinator stops a run. One that waits is over at once; a running one stops at its next step, with nothing.

    Raises:
        MentoringError: not theirs.
    """
    decision = permissions.can_cancel(actor, run)
    if not decision:
        raise MentoringError(decision.reason)
    with transaction.atomic():
        row = (
            MatchRun.objects.select_for_update(of=("self",), no_key=True)
            .select_related("cohort__programme")
            .get(pk=run.pk)
        )
        if row.state not in RUN_OPEN or row.cancel_requested:
            return row
        before = row.state
        row.cancel_requested = True
        if row.state == RunState.QUEUED:
            RUN_MACHINE.move(row, RunState.CANCELLED, as_=Actor.COORDINATOR)
            row.finished_at = timezone.now()
            row.step, row.message = "", "Cancelled before it began."
        row.save(update_fields=["cancel_requested", "state", "finished_at", "step", "message"])
        audit.record(
            action="mentoring.run.cancelled",
            obj=row,
            actor=actor,
            programme=row.cohort.programme,
            before={"state": before},
            after={"state": row.state, "cancel_requested": True},
        )
    return row


def execute_due() -> int:
    """Due work: takes each run that waits, or whose worker went silent, and does it. Says how many."""
    done = 0
    while True:
        due = MatchRun.objects.filter(
            Q(state=RunState.QUEUED) | Q(state=RunState.RUNNING, lease_until__lt=timezone.now())
        ).order_by("created_at", "pk")
        run = claim(due, seconds=conf.lease_seconds(), take=_take)
        if run is None:
            return done
        done += 1
        if run.state == RunState.RUNNING:
            execute_run(run)


def _take(run: MatchRun) -> None:
    now = timezone.now()
    if run.state == RunState.QUEUED:
        RUN_MACHINE.move(run, RunState.RUNNING, as_=Actor.SYSTEM)
        run.started_at = now
    elif run.cancel_requested:
        _over(run, RunState.CANCELLED, "Cancelled. Nothing was proposed.")
        _record_end(run)
        return
    elif run.attempts >= conf.max_attempts():
        _over(run, RunState.FAILED, f"The worker stopped {run.attempts} times without finishing. Nothing was proposed.")
        _record_end(run)
        _report(run)
        return
    run.attempts += 1
    run.heartbeat_at = now
    run.step = "Gathering people"


def _over(run: MatchRun, state: RunState, message: str) -> None:
    RUN_MACHINE.move(run, state, as_=Actor.SYSTEM)
    run.finished_at = timezone.now()
    run.step, run.message, run.lease_until = "", message, None


def execute_run(run: MatchRun) -> MatchRun:
    """Does one run whose lease the caller holds. Its end, whatever it is, is in the row; nothing is raised."""
    try:
        with heartbeat(run) as beat:
            inputs = _frozen_inputs(run)
            beat.say(5, "Comparing people")
            result = compute(
                inputs,
                config=run.config,
                seed=run.seed,
                progress=lambda share, what: beat.say(5 + int(share * 85), what),
                cancelled=beat.cancelled,
            )
            beat.say(92, "Writing proposals")
            return _write(run, inputs, result)
    except Cancelled:
        return _end(run, RunState.CANCELLED, "Cancelled. Nothing was proposed.")
    except InvalidInput as error:
        return _end(run, RunState.FAILED, f"The matching refused its input: {error}")
    except LeaseLost:
        logger.warning("Run %s was taken over by another worker.", run.pk)
    except OperationalError:
        logger.exception("Run %s lost its database; it will be taken up again.", run.pk)
    except Exception:
        logger.exception("Run %s failed.", run.pk)
        return _end(run, RunState.FAILED, "Something went wrong inside the matching. Nothing was proposed.")
    return run


def _frozen_inputs(run: MatchRun) -> Inputs:
    """Read once and kept: a second attempt works on the same people as the first.

    Read and written under the run's lock: somebody who is erased meanwhile is either not read, or found and emptied.
    """
    if not run.inputs:
        with transaction.atomic():
            _lock(run)
            inputs = _visits().gather_jointly(run.cohort) if run.is_joint else gather(run.cohort)
            run.inputs = inputs.to_json()
            _before_keeping(run)
            if not keep(run, seconds=conf.lease_seconds(), inputs=run.inputs):
                raise LeaseLost
    return Inputs.from_json(run.inputs)


def _lock(run: MatchRun) -> MatchRun:
    """The run's row under lock, still ours.

    Raises:
        LeaseLost: another worker has it. Cancelled: a coordinator stopped it at the last moment.
    """
    row = (
        MatchRun.objects.select_for_update(of=("self",), no_key=True).select_related("cohort__programme").get(pk=run.pk)
    )
    if row.state != RunState.RUNNING or row.lease_token != run.lease_token:
        raise LeaseLost
    return row


def _before_keeping(run: MatchRun) -> None:
    """Between reading the people and keeping them: race tests hold the door open here."""


def _before_write(run: MatchRun) -> None:
    """Between the computation and the one transaction: kill tests stop a worker here."""


def _write(run: MatchRun, inputs: Inputs, result: MatchResult) -> MatchRun:
    _before_write(run)
    ids = inputs.enrolments
    pairs = [(pair, ids["mentee"][pair.mentee], ids["mentor"][pair.mentor]) for pair in result.pairs]
    with transaction.atomic():
        cohort = lock_cohort(run.cohort_id)
        visitors = _visits().visitors_of(inputs, result) if run.is_joint else set()
        people = lock_enrolments({pk for _, *two in pairs for pk in two} | visitors)
        row = _lock(run)
        if row.cancel_requested:
            raise Cancelled
        warnings = [*inputs.notes, *result.warnings]
        kept = []
        here = {pk: person for pk, person in people.items() if person.state == EnrolmentState.ELIGIBLE}
        known = OnRecord.about((here[a], here[b]) for _, a, b in pairs if a in here and b in here)
        for pair, mentee, mentor in pairs:
            if mentee not in here or mentor not in here:
                warnings.append("A proposed pair was left out: one of the two left the cohort during the run.")
                continue
            made = Proposal(
                run=row,
                cohort=row.cohort,
                mentee=here[mentee],
                mentor=here[mentor],
                score=Decimal(str(round(pair.score, 3))),
                evidence=Decimal(str(round(pair.evidence, 3))),
                has_caution=bool(pair.caution),
                explanation=explanation(pair, ids["mentor"]),
            )
            if stands_between(made.mentee, made.mentor, waived=set_aside(made), on_record=known):
                kept.append(made)
            else:
                warnings.append("A proposed pair was left out: something came to stand against it during the run.")
        _supersede_drafts(row)
        live = held_mentees(cohort)
        kept = [made for made in kept if made.mentee_id not in live]
        Proposal.objects.bulk_create(kept)
        planned = _visits().write_drafts(row, inputs, result, people, warnings) if row.is_joint else None
        state = RunState.COMPLETE if kept or planned else RunState.NO_SOLUTION
        found = f"{len(kept)} pair{'' if len(kept) == 1 else 's'} proposed."
        if planned is not None:
            found = f"{found[:-10]} and {planned} visit{'' if planned == 1 else 's'} planned."
        nobody = "No pair is possible: see below who could not be matched, and why."
        _over(row, state, found if state == RunState.COMPLETE else nobody)
        row.progress = 100
        row.input_hash, row.outcome_hash, row.code_version = result.input_hash, result.outcome_hash, result.version
        row.stats = _stats(result)
        row.warnings = warnings
        row.unmatched = [
            {
                "enrolment": ids.get(str(who.role), {}).get(who.key),
                "role": str(who.role),
                "code": who.code,
                "sentence": who.sentence,
            }
            for who in result.unmatched
        ]
        after = {"state": RunState(row.state).value, "pairs": len(kept), "outcome": row.outcome_hash}
        if planned is not None:
            _visits().note_plan(row, inputs, result)
            after["visits"] = planned
        row.save()
        audit.record(
            action=f"mentoring.run.{RunState(row.state).value}",
            obj=row,
            actor=None,
            programme=row.cohort.programme,
            before={"state": RunState.RUNNING.value},
            after=after,
        )
        _report(row)
        knock()
    return row


def _stats(result: MatchResult) -> dict[str, Any]:
    """Numbers of the whole, the schools' certificate, and what the aim cost against the best total."""
    return {
        **{key: value for key, value in result.stats.items() if key != "seconds"},
        "certificate": plain(result.certificate),
        "price": plain(result.price),
    }


def _supersede_drafts(run: MatchRun) -> None:
    """Undecided pairs of earlier runs make way; decided ones stay."""
    old = (
        Proposal.objects.select_for_update(no_key=True)
        .filter(cohort=run.cohort_id, state=ProposalState.DRAFT)
        .order_by("pk")
    )
    for proposal in old:
        PROPOSAL_MACHINE.move(proposal, ProposalState.SUPERSEDED, as_=Actor.SYSTEM)
        proposal.version += 1
    Proposal.objects.bulk_update(old, ["state", "version"])
    if old:
        audit.record(
            action="mentoring.run.superseded_drafts",
            obj=run,
            actor=None,
            programme=run.cohort.programme,
            after={"proposals": [proposal.pk for proposal in old]},
            reason="A newer run proposes afresh.",
        )


def _end(run: MatchRun, state: RunState, message: str) -> MatchRun:
    """Closes a run that proposes nothing."""
    with transaction.atomic():
        try:
            row = _lock(run)
        except LeaseLost:
            return run
        _over(row, state, message)
        row.save()
        _record_end(row)
        _report(row)
    return row


def _record_end(run: MatchRun) -> None:
    audit.record(
        action=f"mentoring.run.{RunState(run.state).value}",
        obj=run,
        actor=None,
        programme=run.cohort.programme,
        before={"state": RunState.RUNNING.value},
        after={"state": RunState(run.state).value},
        reason=run.message,
    )


_HEADLINES = {
    RunState.COMPLETE: "Proposals are ready",
    RunState.NO_SOLUTION: "No pair was possible",
    RunState.FAILED: "A matching run failed",
}


def _report(run: MatchRun) -> None:
    """Tells whoever started it. A cancelled run needs no mail: somebody has just pressed the button."""
    user: Any = run.created_by
    to = str(getattr(user, user.get_email_field_name(), "") or "") if user else ""
    headline = _HEADLINES.get(RunState(run.state))
    if not to or headline is None:
        return
    programme = run.cohort.programme
    queue(
        key=f"run:{run.pk}:{run.state}",
        template="run_finished",
        to=to,
        reply_to=programme.contact_email,
        programme=programme,
        context={
            "name": user.get_full_name() or str(user),
            "headline": headline,
            "sentence": run.message,
            "programme": programme,
            "path": reverse("mentoring_run:detail", args=[run.pk]),
        },
    )
