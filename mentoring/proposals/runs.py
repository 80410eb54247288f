"""Runs of the matching: started by a coordinator, done by a worker, all or nothing.

The row is the truth: state, lease, heartbeat, attempts. A worker that dies leaves a lease that runs out; the next one
starts again from the same frozen inputs, and after a few attempts the run counts as failed. Proposals appear in one
transaction, together with the end of the run.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db import OperationalError, connection, connections, transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from mentoring import conf, matching
from mentoring.errors import MentoringError
from mentoring.jobs.knock import knock
from mentoring.jobs.leases import claim, keep
from mentoring.machine import Actor
from mentoring.matching import Cancelled, InvalidInput, MatchResult
from mentoring.messages.services import queue
from mentoring.programmes.models import Cohort, EnrolmentState
from mentoring.programmes.services import lock_enrolments
from mentoring.trust import audit

from . import permissions
from .inputs import Inputs, default_config, gather, rules_of, waiting, weights_of
from .models import RUN_OPEN, MatchRun, Proposal, ProposalState, RunState
from .states import PROPOSAL_MACHINE, RUN_MACHINE

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser

logger = logging.getLogger(__name__)

OBJECTIVES = {
    "best_total": "Best total: the highest scores over all",
    "fairest_floor": "Fairest: first raise the weakest match, then the total",
}


class LeaseLost(Exception):
    """Another worker has the run now; this one stops and writes nothing."""


def start_run(*, cohort: Cohort, actor: AbstractBaseUser, objective: str = "best_total") -> MatchRun:
    """A coordinator asks for proposals. While a run of the cohort is open, asking again gives that run.

    Raises:
        MentoringError: not theirs, not in this state, or nobody to match on one side.
    """
    if objective not in OBJECTIVES:
        raise MentoringError("Please choose one of the two aims.")
    with transaction.atomic():
        cohort = Cohort.objects.select_for_update(of=("self",)).select_related("programme").get(pk=cohort.pk)
        decision = permissions.can_run(actor, cohort)
        if not decision:
            raise MentoringError(decision.reason)
        running = MatchRun.objects.filter(cohort=cohort, state__in=RUN_OPEN).first()
        if running:
            return running
        mentees, mentors = waiting(cohort)
        if not mentees and not mentors:
            raise MentoringError("Nobody is ready to be matched yet: accept applications first.")
        if not mentees:
            raise MentoringError("No mentee is waiting for a match: accept applications of mentees first.")
        if not mentors:
            raise MentoringError("No mentor has a free place: accept applications of mentors first.")
        run = MatchRun.objects.create(
            cohort=cohort,
            config={**default_config(), "objective": objective},
            seed=cohort.pk % 2_147_483_647,
            created_by_id=actor.pk,
            step="Waiting for a worker",
        )
        audit.record(
            action="mentoring.run.started",
            obj=run,
            actor=actor,
            programme=cohort.programme,
            after={"state": run.state, "objective": objective, "mentees": len(mentees), "mentors": len(mentors)},
        )
        knock()
    return run


def cancel_run(*, run: MatchRun, actor: AbstractBaseUser) -> MatchRun:
    """A coordinator stops a run. One that waits is over at once; a running one stops at its next step, with nothing.

    Raises:
        MentoringError: not theirs.
    """
    decision = permissions.can_cancel(actor, run)
    if not decision:
        raise MentoringError(decision.reason)
    with transaction.atomic():
        row = MatchRun.objects.select_for_update(of=("self",)).select_related("cohort__programme").get(pk=run.pk)
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
        with _heartbeat(run) as beat:
            inputs = _frozen_inputs(run)
            beat.say(5, "Comparing people")
            result = matching.match(
                inputs.mentees,
                inputs.mentors,
                rules=rules_of(run.config),
                weights=weights_of(run.config),
                objective=run.config["objective"],
                seed=run.seed,
                overrides=inputs.overrides,
                thesaurus=inputs.thesaurus,
                ladder=inputs.ladder,
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
    """Read once and kept: a second attempt works on the same people as the first."""
    if not run.inputs:
        inputs = gather(run.cohort)
        run.inputs = inputs.to_json()
        if not keep(run, seconds=conf.lease_seconds(), inputs=run.inputs):
            raise LeaseLost
    return Inputs.from_json(run.inputs)


class _Beat:
    """Signs of life: the lease is prolonged and progress written at each step, and every second in between."""

    def __init__(self, run: MatchRun) -> None:
        self.run = run
        self.percent, self.step = run.progress, run.step
        self.lost = self.stop_asked = False
        self._asked_at = 0.0

    def write(self) -> None:
        now = timezone.now()
        changes = {"progress": min(100, self.percent), "step": self.step[:120], "heartbeat_at": now}
        if not keep(self.run, seconds=conf.lease_seconds(), **changes):
            self.lost = True

    def say(self, percent: int, step: str) -> None:
        self.percent, self.step = percent, step
        self.write()
        if self.lost:
            raise LeaseLost

    def cancelled(self) -> bool:
        """Asked often; looks at the row twice a second."""
        now = time.monotonic()
        if now - self._asked_at > 0.5:
            self._asked_at = now
            self.stop_asked = bool(
                MatchRun.objects.filter(pk=self.run.pk).values_list("cancel_requested", flat=True).first()
            )
        return self.stop_asked or self.lost


@contextmanager
def _heartbeat(run: MatchRun) -> Iterator[_Beat]:
    beat = _Beat(run)
    stop = threading.Event()

    def tick() -> None:
        while not stop.wait(1.0):
            try:
                beat.write()
            except Exception:
                logger.warning("A heartbeat of run %s was not written.", run.pk, exc_info=True)
        connections.close_all()

    ticker: threading.Thread | None = None
    # Inside somebody's transaction, or on a database that lives in this connection's memory, another connection
    # would see nothing or wait for ever; there the steps alone are the sign of life.
    in_memory = connection.vendor == "sqlite" and connection.is_in_memory_db()  # type: ignore[attr-defined]  # SQLite's
    if not connection.in_atomic_block and not in_memory:
        ticker = threading.Thread(target=tick, name=f"mentoring-run-{run.pk}", daemon=True)
        ticker.start()
    try:
        yield beat
    finally:
        stop.set()
        if ticker is not None:
            ticker.join(timeout=5)


def _lock(run: MatchRun) -> MatchRun:
    """The run's row under lock, still ours.

    Raises:
        LeaseLost: another worker has it. Cancelled: a coordinator stopped it at the last moment.
    """
    row = MatchRun.objects.select_for_update(of=("self",)).select_related("cohort__programme").get(pk=run.pk)
    if row.state != RunState.RUNNING or row.lease_token != run.lease_token:
        raise LeaseLost
    return row


def _before_write(run: MatchRun) -> None:
    """Between the computation and the one transaction: kill tests stop a worker here."""


def _write(run: MatchRun, inputs: Inputs, result: MatchResult) -> MatchRun:
    _before_write(run)
    ids = inputs.enrolments
    pairs = [(pair, ids["mentee"][pair.mentee], ids["mentor"][pair.mentor]) for pair in result.pairs]
    with transaction.atomic():
        cohort = Cohort.objects.select_for_update().get(pk=run.cohort_id)
        people = lock_enrolments({pk for _, *two in pairs for pk in two})
        row = _lock(run)
        if row.cancel_requested:
            raise Cancelled
        warnings = list(result.warnings)
        kept = []
        for pair, mentee, mentor in pairs:
            gone = [pk for pk in (mentee, mentor) if pk not in people or people[pk].state != EnrolmentState.ELIGIBLE]
            if gone:
                warnings.append("A proposed pair was left out: one of the two left the cohort during the run.")
            else:
                kept.append((pair, mentee, mentor))
        _supersede_drafts(row)
        live = set(
            Proposal.objects.filter(cohort=cohort, state=ProposalState.APPROVED).values_list("mentee", flat=True)
        )
        kept = [item for item in kept if item[1] not in live]
        Proposal.objects.bulk_create(
            [
                Proposal(
                    run=row,
                    cohort=cohort,
                    mentee_id=mentee,
                    mentor_id=mentor,
                    score=Decimal(str(round(pair.score, 3))),
                    evidence=Decimal(str(round(pair.evidence, 3))),
                    has_caution=bool(pair.caution),
                    explanation=_explanation(pair, ids["mentor"]),
                )
                for pair, mentee, mentor in kept
            ]
        )
        state = RunState.COMPLETE if kept else RunState.NO_SOLUTION
        found = f"{len(kept)} pair{'' if len(kept) == 1 else 's'} proposed."
        _over(row, state, found if kept else "No pair is possible: see below who could not be matched, and why.")
        row.progress = 100
        row.input_hash, row.outcome_hash, row.code_version = result.input_hash, result.outcome_hash, result.version
        row.stats = {key: value for key, value in result.stats.items() if key != "seconds"}
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
        row.save()
        audit.record(
            action=f"mentoring.run.{RunState(row.state).value}",
            obj=row,
            actor=None,
            programme=row.cohort.programme,
            before={"state": RunState.RUNNING.value},
            after={"state": RunState(row.state).value, "pairs": len(kept), "outcome": row.outcome_hash},
        )
        _report(row)
        knock()
    return row


def _supersede_drafts(run: MatchRun) -> None:
    """Undecided pairs of earlier runs make way; decided ones stay."""
    old = Proposal.objects.select_for_update().filter(cohort=run.cohort_id, state=ProposalState.DRAFT).order_by("pk")
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


def _explanation(pair: matching.Pair, mentors: dict[str, int]) -> dict[str, Any]:
    plain = pair.to_dict()
    for key in ("mentee", "mentor", "score", "evidence"):
        plain.pop(key)
    plain["caution"] = _caution(pair)
    for other in plain["alternatives"]:
        other["mentor"] = mentors.get(other["mentor"])
    return plain


def _caution(pair: matching.Pair) -> str:
    """A weak point said as one: where few wishes are met, the engine's sentence names only those that are."""
    topics = next((part for part in pair.components if part.key == "interests" and part.value is not None), None)
    if topics is None or pair.caution != topics.sentence or not topics.value:
        return pair.caution
    return f"Only about {100 * topics.value:.0f} per cent of what the mentee asks for is offered."


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
