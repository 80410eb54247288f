"""A member's pairs as "My mentoring" shows them: with whom, whose turn it is, what to do next and until when."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db.models import Prefetch
from django.urls import reverse
from django.utils import timezone

from mentoring.people.models import Profile
from mentoring.programmes.models import EnrolmentRole
from mentoring.programmes.services import email_of
from mentoring.trust.access import relationships_of

from .checks import token_for
from .ending import REOPEN
from .meeting_models import Meeting, MeetingState
from .models import RELATIONSHIP_LIVE, Relationship, RelationshipState, Turn
from .permissions import side_of
from .services import path_of, person
from .turns import Facts, What, day_of, other, what_now

#: What to do, for the one whose turn it is and for the one who waits: (mine, theirs). `{other}` is their name.
SENTENCES: dict[What, tuple[str, str]] = {
    What.ATTENTION: ("", "The coordinator looks into something and comes back to you."),
    What.WRITE: ("Write down what you two agree on. One writes, the other signs.", ""),
    What.SIGN: (
        "{other} wrote your agreement. Read it, and sign or change it.",
        "{other} reads and signs the agreement.",
    ),
    What.PAUSED: ("You two have paused. Nothing is asked of you until then.", ""),
    What.CHECK: ("We have not heard from you two for a while. Is all well?", "{other} is asked whether all is well."),
    What.MARK: ("Your meeting’s time is over. Did it happen?", ""),
    What.PICK: ("{other} proposed times for a meeting. Pick one.", "{other} picks one of the times that you proposed."),
    What.MEET: ("Your next meeting is booked.", ""),
    What.PROPOSE: ("Propose times for your next meeting.", "{other} proposes times for your next meeting."),
    What.CLOSE: ("How was it? Four short questions are left.", "{other} answers the closing questions."),
    What.AFTER: ("Please say what you would like next.", "Nothing more is asked of you."),
    What.NOTHING: ("", ""),
}
HELD = "Your work together pauses for now. We write to you when it can go on."
#: The page where it is done, and what its link says.
ACTIONS: dict[What, tuple[str, str]] = {
    What.WRITE: ("pair_agreement", "Write your agreement"),
    What.SIGN: ("pair_agreement", "Read the agreement"),
    What.PAUSED: ("pair_pause", "Go on earlier"),
    What.PROPOSE: ("pair_meeting_new", "Propose times"),
    What.CLOSE: ("pair_closing", "Answer the questions"),
    What.AFTER: ("pair_next", "Say what comes next"),
}


@dataclass
class Mine:
    """One pair from one side."""

    pair: Relationship
    side: EnrolmentRole
    facts: Facts

    @cached_property
    def now(self) -> tuple[What, Turn]:
        return what_now(self.pair, self.facts, timezone.now())

    @property
    def what(self) -> What:
        return self.now[0]

    @property
    def turn(self) -> Turn:
        return self.now[1]

    @property
    def other(self) -> Profile:
        found: Profile = person(self.pair, other(self.side)).profile
        return found

    @property
    def other_role(self) -> str:
        return other(self.side).label.lower()

    @property
    def other_email(self) -> str:
        return email_of(self.other)

    @property
    def is_live(self) -> bool:
        return self.pair.state in RELATIONSHIP_LIVE

    @property
    def my_turn(self) -> bool:
        return self.turn in (Turn.BOTH, Turn(self.side))

    @property
    def turn_words(self) -> str:
        """Whose turn it is, in a few words."""
        if self.what is What.PAUSED:
            return "Paused"
        if self.what is What.MEET:
            return "All set"
        return {
            Turn.BOTH: "Your turn, both of you",
            Turn.COORDINATOR: "The coordinator’s turn",
            Turn.NOBODY: "Nobody’s turn",
        }.get(self.turn, "Your turn" if self.my_turn else f"Your {self.other_role}’s turn")

    @property
    def is_held_back(self) -> bool:
        """A pause without a last day: only whoever began it can end it."""
        return self.what is What.PAUSED and self.pair.paused_until is None

    @property
    def sentence(self) -> str:
        if self.is_held_back:
            return HELD
        if self.what is What.NOTHING:
            return OVER.get(RelationshipState(self.pair.state), "")
        mine, theirs = SENTENCES[self.what]
        return (mine if self.my_turn else theirs).format(other=self.other.display_name)

    @property
    def due(self) -> dt.date | None:
        """The last day of the turn; a day behind says nothing to the two."""
        due = self.pair.turn_due
        if due is None or due < timezone.localdate() or self.what in (What.MEET, What.ATTENTION):
            return None
        return due

    @property
    def action(self) -> tuple[str, str] | None:
        """Address and label of what is to do now, if it is theirs."""
        if not self.my_turn or self.is_held_back:
            return None
        if self.what in (What.PICK, What.MARK, What.MEET):
            meeting = self.meeting
            if meeting is None:
                return None
            labels = {What.PICK: "Pick a time", What.MARK: "Say how it was", What.MEET: "See or move it"}
            return reverse("mentoring:pair_meeting", args=[self.pair.pk, meeting.pk]), labels[self.what]
        if self.what is What.CHECK and self.facts.check is not None:
            return reverse("mentoring:check", args=[token_for(self.facts.check, self.side)]), "Answer"
        if self.what not in ACTIONS:
            return None
        page, label = ACTIONS[self.what]
        return path_of(self.pair, page), label

    @property
    def meeting(self) -> Meeting | None:
        """The one that the turn is about."""
        now = timezone.now()
        rows = self.facts.meetings
        if self.what is What.PICK:
            return next((m for m in rows if m.options), None)
        if self.what is What.MARK:
            return min((m for m in rows if m.state == "booked" and m.end and m.end <= now), key=_start, default=None)
        return self.next_meeting

    @property
    def next_meeting(self) -> Meeting | None:
        now = timezone.now()
        to_come = (m for m in self.facts.meetings if m.state == MeetingState.BOOKED and m.end and m.end > now)
        return min(to_come, key=_start, default=None)

    @property
    def held(self) -> int:
        return sum(m.state == MeetingState.HELD for m in self.facts.meetings)


OVER = {
    RelationshipState.COMPLETED: "You have completed this. Your notes can still be read.",
    RelationshipState.ENDED: "This has ended. Your notes can still be read.",
    RelationshipState.LAPSED: "The agreement was not signed in time, so this never began.",
}


def _start(meeting: Meeting) -> dt.datetime:
    assert meeting.start is not None  # a constraint says so of booked ones
    return meeting.start


def facts_of(pair: Relationship) -> Facts:
    """From a pair that was fetched by `pairs_of`."""
    return Facts(
        list(pair.agreements.all()),
        list(pair.open_meetings),  # type: ignore[attr-defined]  # prefetched below
        list(pair.checks.all()),
        {answer.role for answer in pair.closing_answers.all()},
    )


def pairs_of(user: Any) -> list[Mine]:
    """A member's pairs: those that live first, then those that ended of late. Five queries, whatever their number."""
    meetings = Meeting.objects.exclude(state__in=[MeetingState.CANCELLED, MeetingState.MISSED])
    rows = (
        relationships_of(user)
        .order_by("-created_at", "-pk")
        .prefetch_related(
            "agreements", "checks", "closing_answers", Prefetch("meetings", queryset=meetings, to_attr="open_meetings")
        )
    )
    since = timezone.localdate() - 3 * REOPEN
    found = []
    for pair in rows:
        side = side_of(user, pair)
        over = pair.state not in RELATIONSHIP_LIVE
        if side is None or (over and pair.ended_at is not None and day_of(pair.ended_at) < since):
            continue
        found.append(Mine(pair, side, facts_of(pair)))
    return sorted(found, key=lambda mine: not mine.is_live)
