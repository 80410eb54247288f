"""What must hold after every step of the walk, whatever happened."""

from __future__ import annotations

from typing import Any

from django.core.cache import cache

from mentoring.desk.items import Item, Whose, items_for, open_cohorts
from mentoring.jobs import due
from mentoring.models import AuditEvent, Cohort, Enrolment, MatchRun, Outbox, Proposal, Relationship
from mentoring.programmes.models import EnrolmentState
from mentoring.proposals.places import taken_places
from mentoring.relationships.meeting_models import Meeting

from .people import Cast

Key = tuple[str, str]
WATCHED = (Cohort, Enrolment, MatchRun, Proposal, Relationship, Meeting)
#: A mentee in one of these has somebody who looks after them.
LOOKED_AFTER = (
    EnrolmentState.SUBMITTED,
    EnrolmentState.RETURNED,
    EnrolmentState.ELIGIBLE,
    EnrolmentState.WAITLISTED,
)
#: Whose turn without a last day is right: a coordinator works through queues by age, a waiting list waits for a place.
MAY_BE_OPEN_ENDED = {Whose.COORDINATOR, Whose.NOBODY}


def states() -> dict[Key, str]:
    return {
        (model._meta.label_lower, str(pk)): state
        for model in WATCHED
        for pk, state in model._default_manager.order_by().values_list("pk", "state")
    }


class Ledger:
    """Remembers how everything stood and how far the trail had come, and compares."""

    def __init__(self, cast: Cast) -> None:
        self.cast = cast
        self.states = states()
        self.last = self._newest()
        self.checked = 0

    @staticmethod
    def _newest() -> int:
        return AuditEvent.objects.order_by("-pk").values_list("pk", flat=True).first() or 0

    def check_what_changed(self) -> None:
        self.every_change_is_in_the_trail()
        self.no_place_is_given_twice()
        self.checked += 1

    def every_change_is_in_the_trail(self) -> None:
        told: set[Key] = set()
        for event in AuditEvent.objects.filter(pk__gt=self.last):
            told.add((event.object_type, event.object_id))
            if "meeting" in event.after:
                told.add(("mentoring.meeting", str(event.after["meeting"])))
            told |= {("mentoring.proposal", str(pk)) for pk in event.after.get("proposals", [])}
            if event.action == "mentoring.run.complete":
                made = Proposal.objects.filter(run=event.object_id).values_list("pk", flat=True)
                told |= {("mentoring.proposal", str(pk)) for pk in made}
        now = states()
        silent = {key for key, state in now.items() if self.states.get(key) != state} - told
        assert not silent, f"changed without a line in the trail: {sorted(silent)}"
        self.states, self.last = now, self._newest()

    def no_place_is_given_twice(self) -> None:
        mentors = dict(
            Enrolment.objects.filter(cohort=self.cast.cohort, as_role="mentor").values_list("pk", "capacity")
        )
        over = {pk: taken for pk, taken in taken_places(mentors).items() if taken > mentors[pk]}
        assert not over, f"more pairs than places: {over}"

    def every_open_item_has_an_owner_and_a_date(self) -> None:
        items = self.items()
        for item in items:
            assert item.since is not None, f"open since never: {item}"
            assert item.until is not None or item.turn in MAY_BE_OPEN_ENDED, f"no last day: {item}"
        who = [item.who for item in items]
        twice = {name for name in who if who.count(name) > 1}
        assert not twice, f"more than one owner: {twice}"
        waiting = Enrolment.objects.filter(cohort=self.cast.cohort, as_role="mentee", state__in=LOOKED_AFTER)
        for name in waiting.values_list("profile__display_name", flat=True):
            own = [item for item in items if item.who.startswith(name)]
            assert own, f"nobody looks after {name}"

    def items(self) -> list[Item]:
        coordinator = self.cast.coordinator
        return items_for(coordinator, open_cohorts(coordinator))

    def nothing_is_due_twice(self) -> None:
        """Straight after everything due was done: once more, and every clock must find nothing to do."""
        before = self._everything()
        cache.clear()  # pairs are looked after once an hour: this makes it another hour
        done = {name: count for name, count in due.run_due().items() if count}
        assert not done, f"done twice: {done}"
        assert self._everything() == before, "a second round changed something"

    def _everything(self) -> tuple[Any, ...]:
        turns = list(Relationship.objects.order_by("pk").values_list("pk", "version", "turn", "turn_since", "turn_due"))
        return states(), self._newest(), list(Outbox.objects.order_by("pk").values_list("pk", "state")), turns
