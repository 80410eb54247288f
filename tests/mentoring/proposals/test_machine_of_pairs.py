"""Coordinators and members act at random on a small cohort; a plain model says what must hold after every act."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from mentoring.errors import MentoringError
from mentoring.models import AuditEvent, Enrolment, Outbox, Proposal
from mentoring.programmes import services as programmes
from mentoring.programmes.models import EnrolmentState
from mentoring.proposals import services
from mentoring.proposals.models import ProposalState
from tests.mentoring import scenes

pytestmark = pytest.mark.django_db

SIZE = 3
INDEX = st.integers(min_value=0, max_value=SIZE - 1)


class Pairs(RuleBasedStateMachine):
    """Three mentees, three mentors with one or two places, every pair proposed."""

    def __init__(self) -> None:
        super().__init__()
        self.scene = scenes.ready_to_match(SIZE, SIZE)
        for number, mentor in enumerate(self.scene.mentors):
            mentor.capacity = 1 + number % 2
            mentor.save()
        self.pairs = {(i, j): scenes.proposed(self.scene, i, j).pk for i in range(SIZE) for j in range(SIZE)}
        self.model = dict.fromkeys(self.pairs, "draft")
        self.gone: set[int] = set()
        self.acts = 0

    def pair(self, i: int, j: int) -> Proposal:
        return Proposal.objects.get(pk=self.pairs[i, j])

    def attempt(self, allowed: bool, act: Any) -> bool:
        """Does the act; the model and the services must agree whether it may be done."""
        audited, queued = AuditEvent.objects.count(), Outbox.objects.count()
        try:
            act()
        except MentoringError:
            assert not allowed
            assert (AuditEvent.objects.count(), Outbox.objects.count()) == (audited, queued)
            return False
        assert allowed
        self.acts += 1
        return True

    @rule(i=INDEX, j=INDEX, stale=st.booleans())
    def approve(self, i: int, j: int, stale: bool) -> None:
        row = self.pair(i, j)
        taken = sum(1 for (_, b), state in self.model.items() if b == j and state == "approved")
        paired = any(self.model[i, b] == "approved" for b in range(SIZE))
        allowed = (
            not stale
            and self.model[i, j] == "draft"
            and not paired
            and taken < self.scene.mentors[j].capacity
            and i not in self.gone
        )
        version = row.version + 5 if stale else row.version
        if self.attempt(allowed, lambda: services.approve(proposal=row, actor=self.scene.coordinator, version=version)):
            self.model[i, j] = "approved"

    @rule(i=INDEX, j=INDEX)
    def decline(self, i: int, j: int) -> None:
        row = self.pair(i, j)
        if self.attempt(
            self.model[i, j] in ("draft", "approved"),
            lambda: services.decline(proposal=row, actor=self.scene.owner, version=row.version, note="no"),
        ):
            self.model[i, j] = "rejected"

    @rule(i=INDEX)
    def mentee_withdraws(self, i: int) -> None:
        row = self.scene.mentees[i]
        programmes.withdraw(enrolment=row, actor=row.profile.user)
        self.gone.add(i)
        for j in range(SIZE):
            if self.model[i, j] in ("draft", "approved"):
                self.model[i, j] = "superseded"

    @invariant()
    def rows_are_as_the_model_says(self) -> None:
        states = dict(Proposal.objects.filter(cohort=self.scene.cohort).values_list("pk", "state"))
        assert {key: states[pk] for key, pk in self.pairs.items()} == self.model

    @invariant()
    def nobody_has_more_than_their_places(self) -> None:
        approved = Proposal.objects.filter(cohort=self.scene.cohort, state=ProposalState.APPROVED)
        for mentor in self.scene.mentors:
            assert approved.filter(mentor=mentor).count() <= mentor.capacity
        for mentee in self.scene.mentees:
            assert approved.filter(mentee=mentee).count() <= 1
        assert not approved.exclude(mentee__state=EnrolmentState.ELIGIBLE).exists()

    @invariant()
    def every_decision_is_audited_once(self) -> None:
        ids = [str(pk) for pk in self.pairs.values()]
        events = AuditEvent.objects.filter(object_type="mentoring.proposal", object_id__in=ids)
        versions = Proposal.objects.filter(cohort=self.scene.cohort).values_list("version", flat=True)
        assert events.count() == sum(version - 1 for version in versions)

    def teardown(self) -> None:
        assert Enrolment.objects.filter(cohort=self.scene.cohort).count() == 2 * SIZE


def test_pairs__any_order_of_acts__keeps_what_must_hold() -> None:
    run_state_machine_as_test(
        Pairs,
        settings=settings(
            max_examples=12, stateful_step_count=14, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
