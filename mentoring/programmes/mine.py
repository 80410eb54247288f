"""What "My mentoring" shows a member: where each of their applications stands, whose turn it is, and what happened."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils import timezone

from mentoring.proposals.endings import was_asked
from mentoring.proposals.models import Proposal, ProposalSource, ProposalState
from mentoring.relationships.models import RELATIONSHIP_LIVE, Relationship
from mentoring.trust import access
from mentoring.trust.link_models import LinkPurpose, SignedLink
from mentoring.trust.models import AuditEvent

from .applying import MAY_CHANGE
from .choosing import may_choose
from .consent import is_current
from .models import Cohort, CohortState, Enrolment, EnrolmentRole, EnrolmentState, HeadSupport
from .wish_models import Preference

#: Lines of the trail that a member reads about their own application. What others noted is not among them.
HAPPENED = {
    "submitted": "You sent your application.",
    "sent_again": "You answered and sent it again.",
    "returned": "The coordinator sent it back with a question.",
    "eligible": "You were accepted.",
    "added": "A coordinator brought you in.",
    "waitlisted": "You joined the waiting list.",
    "declined": "There was no place for you.",
    "withdrawn": "You withdrew.",
    "back_in_pool": "You wait for a match again.",
    "completed": "Your part in this cohort was completed.",
    "agreed_again": "You agreed to the new wording.",
}
HEAD_HAPPENED = {
    "asked": "Your head was asked.",
    "reminded": "Your head was reminded.",
    "yes": "Your head said yes.",
    "no": "Your head could not agree.",
    "question": "Your head asked a question.",
    "lapsed": "Your head did not answer in two weeks.",
}
_TRAIL = {f"mentoring.enrolment.{key}": words for key, words in HAPPENED.items()} | {
    f"mentoring.head.{key}": words for key, words in HEAD_HAPPENED.items()
}


@dataclass(frozen=True)
class Event:
    """Something that happened, on a day."""

    at: dt.datetime
    words: str


@dataclass(frozen=True)
class Now:
    """Whose turn it is, what they do, until when, and where."""

    turn: str
    words: str
    due: dt.date | None = None
    link: str = ""
    link_text: str = ""


@dataclass
class Mine:
    """One application with everything its card says."""

    enrolment: Enrolment
    events: list[Event] = field(default_factory=list)
    head_until: dt.date | None = None
    offered: bool = False
    paired: int = 0

    @property
    def may_change(self) -> bool:
        return self.enrolment.state in MAY_CHANGE

    @property
    def is_draft(self) -> bool:
        return self.enrolment.state == EnrolmentState.DRAFT

    @property
    def is_mentee(self) -> bool:
        return self.enrolment.as_role == EnrolmentRole.MENTEE

    @property
    def state(self) -> str:
        if self.paired:
            return "Matched"
        if self.enrolment.state == EnrolmentState.SUBMITTED and self.head_until is not None:
            return "Waiting for your head"
        return self.enrolment.get_state_display()

    @property
    def chose(self) -> bool:
        """Whether they said whom they would like. `overview` reads it with the row."""
        return bool(getattr(self.enrolment, "chose", False))

    @property
    def may_choose(self) -> bool:
        """Whether they may look at mentors and rank some."""
        return may_choose(self.enrolment) and not (self.paired or self.offered)

    @property
    def now(self) -> Now:
        """Whose turn it is, and what happens next."""
        row = self.enrolment
        here = reverse("mentoring:application", args=[row.pk])
        if row.cohort.state in (CohortState.CLOSED, CohortState.CANCELLED):
            return Now("Nobody’s turn", "This cohort is over.")
        if row.state in _SIMPLE:
            return Now(*_SIMPLE[EnrolmentState(row.state)])
        if row.state == EnrolmentState.DRAFT:
            words = "Finish your application and send it. Nobody sees it before."
            return Now("Your turn", words, row.cohort.apply_to, here, "Go on with your application")
        if row.state == EnrolmentState.RETURNED:
            words = "The coordinator has a question. Answer it and send your application again."
            return Now("Your turn", words, None, here, "Answer and send again")
        if not is_current(row.consent_version):
            words = "What taking part means has changed. Please read it and agree again: until then nobody is proposed."
            return Now("Your turn", words, None, here, "Read and agree")
        if row.state == EnrolmentState.SUBMITTED:
            return self._submitted(here)
        return self._ready()

    def _submitted(self, here: str) -> Now:
        row = self.enrolment
        if self.is_mentee and row.cohort.programme.head_support_needed:
            if row.head_support == HeadSupport.ASKED and self.head_until is not None:
                return Now(
                    "Your head’s turn", "Your head was asked to agree. Then the coordinator decides.", self.head_until
                )
            if row.head_support == HeadSupport.ASKED:
                words = "Your head has not answered. Have a word with them, then ask again."
                return Now("Your turn", words, None, f"{here}#head", "Ask your head again")
        return Now(
            "The coordinator’s turn",
            "A coordinator reads your application and writes to you. There is nothing to do until then.",
        )

    def _ready(self) -> Now:
        row = self.enrolment
        if row.profile.is_paused:
            words = f"You have paused until {row.profile.paused_until:%-d %B %Y}: until then nobody is proposed to you."
            step = reverse("mentoring:profile_step", args=["you"])
            return Now("Nobody’s turn", words, row.profile.paused_until, step, "Change the pause")
        if self.offered:
            return Now("An offer is open", "Read it above: it says whose answer is awaited, and until when.")
        if self.paired and (self.is_mentee or self.paired >= row.capacity):
            return Now("You are matched", "What comes next stands with your match, above.")
        if self.may_choose and not self.chose:
            words = "You may look at mentors and say whom you would like. If you do not, the coordinator looks for one."
            choose = reverse("mentoring:choose", args=[row.pk])
            return Now("Your turn, if you like", words, None, choose, "Look at mentors")
        who = "mentor" if self.is_mentee else "mentee"
        left = row.capacity - self.paired
        more = f"You have {left} more place{'' if left == 1 else 's'} to give. " if self.paired else "You are in. "
        return Now(
            "The coordinator’s turn",
            f"{more}The coordinator looks for a {who} for you and writes as soon as there is somebody.",
        )


_SIMPLE = {
    EnrolmentState.WITHDRAWN: ("Nobody’s turn", "You withdrew. While applications are open you can apply again."),
    EnrolmentState.DECLINED: (
        "Nobody’s turn",
        "There was no place for you this time. The coordinator is happy to talk it over.",
    ),
    EnrolmentState.WAITLISTED: (
        "Nobody’s turn",
        "All places are taken. When one becomes free, whoever has waited longest hears first.",
    ),
    EnrolmentState.COMPLETED: ("Nobody’s turn", "You have come to the end of this cohort. Thank you for taking part."),
}


def overview(user: Any, pairs: Sequence[Relationship] = ()) -> list[Mine]:
    """A member's applications, the newest first; `pairs` are theirs. Four queries, whatever there is to show."""
    rows = [
        Mine(row)
        for row in access.enrolments_of(user)
        .select_related("cohort__programme", "profile__organisation")
        .annotate(chose=Exists(Preference.objects.filter(enrolment=OuterRef("pk"))))
        .order_by("-created_at", "-pk")
    ]
    by_id = {mine.enrolment.pk: mine for mine in rows}
    if rows:
        _add_offers(by_id)
        _add_pairs(by_id, pairs)
        _add_events(by_id)
    return rows


def _add_offers(by_id: dict[int, Mine]) -> None:
    """As far as somebody knows of them: an approved pair that was not sent is nobody's news yet."""
    either = Q(mentee__in=by_id) | Q(mentor__in=by_id)
    for offer in Proposal.objects.filter(either, offered_at__isnull=False).select_related("mentee", "mentor"):
        for me in (offer.mentee, offer.mentor):
            chosen = offer.source == ProposalSource.CHOICE and me.pk == offer.mentee_id
            if me.pk not in by_id or offer.offered_at is None or not (chosen or was_asked(offer, me)):
                continue
            words = "A mentor of your choice was asked." if chosen else "An offer was sent."
            by_id[me.pk].events.append(Event(offer.offered_at, words))
            by_id[me.pk].offered |= offer.state == ProposalState.OFFERED


def _add_pairs(by_id: dict[int, Mine], pairs: Sequence[Relationship]) -> None:
    for pair in pairs:
        for me, other in ((pair.mentee, pair.mentor), (pair.mentor, pair.mentee)):
            if me.pk not in by_id:
                continue
            mine = by_id[me.pk]
            mine.events.append(Event(pair.created_at, f"You and {other.profile} both said yes."))
            if pair.ended_at:
                mine.events.append(Event(pair.ended_at, f"Your time with {other.profile} came to its end."))
            mine.paired += pair.state in RELATIONSHIP_LIVE


def _add_events(by_id: dict[int, Mine]) -> None:
    trail = AuditEvent.objects.filter(
        object_type=Enrolment._meta.label_lower, object_id__in=[str(pk) for pk in by_id], action__in=_TRAIL
    )
    for at, action, pk in trail.values_list("at", "action", "object_id"):
        by_id[int(pk)].events.append(Event(at, _TRAIL[action]))
    asked = [pk for pk, mine in by_id.items() if mine.enrolment.head_support == HeadSupport.ASKED]
    if asked:
        waiting = SignedLink.objects.filter(
            purpose=LinkPurpose.HEAD_SUPPORT, object_id__in=asked, used_at__isnull=True, revoked_at__isnull=True
        ).exclude(answer__has_key="lapsed")
        for link in waiting:
            by_id[link.object_id].head_until = timezone.localdate(link.expires_at)
    for mine in by_id.values():
        mine.events.sort(key=lambda event: event.at)


def open_cohorts(rows: Sequence[Mine]) -> list[dict[str, Any]]:
    """Cohorts that take applications, with what this member has already applied for."""
    shut = {
        (mine.enrolment.cohort_id, mine.enrolment.as_role)
        for mine in rows
        if mine.enrolment.state != EnrolmentState.WITHDRAWN
    }
    return [
        {
            "cohort": cohort,
            "mentee": (cohort.pk, "mentee") not in shut,
            "mentor": (cohort.pk, "mentor") not in shut,
        }
        for cohort in Cohort.objects.open_for_applications()
        .select_related("programme__owner_org", "programme__pathway_page")
        .order_by("apply_to", "programme__title")
    ]
