"""Asking for a visit, and moving its days: the scarce rows are the two schools' days, so the two schools are locked."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from mentoring.errors import MentoringError, Stale
from mentoring.people.models import Organisation, Profile
from mentoring.programmes.head import clean_head_email
from mentoring.programmes.models import Enrolment, EnrolmentRole, EnrolmentState
from mentoring.programmes.services import email_of, lock_enrolments
from mentoring.trust import audit, links
from mentoring.trust.access import runs_programme
from mentoring.trust.link_models import LinkPurpose

from . import limits, mail
from .models import (
    PLACEMENT_COUNTS,
    ApprovalDecision,
    ApprovalParty,
    Placement,
    PlacementApproval,
    PlacementDay,
    PlacementState,
)
from .offer_models import HostOffer, OfferState, VisitKind
from .wording import RULES_VERSION

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser

#: How long both heads have, in days. The links in their mails live as long.
ANSWER_DAYS = links.DAYS
NEEDS_RETURN = (
    "In an exchange each visits the other. Please offer a visit to you first, as an exchange; then ask for this one."
)
MOST_WORDS = 300


def answer_day(days: Sequence[dt.date]) -> dt.date:
    """Last day for whoever is asked: in two weeks, and before the visit."""
    return min(timezone.localdate() + dt.timedelta(days=ANSWER_DAYS), min(days) - dt.timedelta(days=1))


def lock_schools(*ids: int) -> None:
    """Both schools' rows, in the one order that everybody keeps."""
    list(
        Organisation.objects.select_for_update(of=("self",), no_key=True)
        .filter(pk__in=ids)
        .order_by("pk")
        .values_list("pk")
    )


def locked(placement: Placement | int, *further: int) -> Placement:
    """The visit with all that its decisions read, under lock: the schools first, then the visitor, then the visit.

    `further`: ids of more schools, where a visit moves to another one.
    """
    pk = placement if isinstance(placement, int) else placement.pk
    known = Placement.objects.select_related("enrolment__profile", "offer").get(pk=pk)
    schools, people = (
        {known.enrolment.profile.organisation_id, known.offer.organisation_id, *further},
        [known.enrolment_id],
    )
    other = other_half(known)
    if other is not None:  # what ends one half of an exchange asks about the other
        schools |= {other.enrolment.profile.organisation_id, other.offer.organisation_id}
        people.append(other.enrolment_id)
    lock_schools(*schools)
    lock_enrolments(people)
    return (
        Placement.objects.select_for_update(of=("self",), no_key=True)
        .select_related(
            "enrolment__profile__organisation", "enrolment__profile__user", "enrolment__cohort__programme",
            "offer__organisation", "offer__host__user", "offer__host__organisation",
        )
        .get(pk=pk)
    )  # fmt: skip


def other_half(row: Placement) -> Placement | None:
    """The visit that this one returns, or is returned by."""
    halves = Placement.objects.select_related("enrolment__profile", "offer__organisation", "offer__host")
    return halves.filter(Q(returned_by=row.pk) | Q(in_return_for=row.pk)).first()


def before_write(row: Any) -> None:
    """Between the checks and the write: race tests hold the door open here."""


def record(row: Placement, what: str, actor: AbstractBaseUser | None, *, before: str = "", reason: str = "") -> None:
    audit.record(
        action=f"mentoring.placement.{what}",
        obj=row,
        actor=actor,
        programme=row.enrolment.cohort.programme,
        before={"state": before} if before else {},
        after={"state": str(row.state), "days": [str(day.date) for day in row.days.all()], "version": row.version},
        reason=reason,
    )


def clean_questions(questions: Sequence[str]) -> list[str]:
    """What a visitor wants to learn.

    Raises:
        MentoringError: none, more than three, or one too long.
    """
    asked = [question.strip() for question in questions if question.strip()]
    if not 1 <= len(asked) <= 3:
        raise MentoringError("Please write one to three things you want to learn on the visit.")
    if any(len(question) > MOST_WORDS for question in asked):
        raise MentoringError(f"Please keep each of them below {MOST_WORDS} characters.")
    return asked


def set_days(row: Placement, days: Sequence[dt.date]) -> None:
    """The visit's days, each with the part of the day that the offer says."""
    row.days.all().delete()
    sessions = dict(row.offer.dates.filter(date__in=days).values_list("date", "session"))
    PlacementDay.objects.bulk_create(
        PlacementDay(placement=row, date=day, session=sessions[day]) for day in sorted(set(days))
    )


def request_visit(
    *,
    enrolment: Enrolment,
    offer: HostOffer,
    actor: AbstractBaseUser,
    days: Sequence[dt.date],
    questions: Sequence[str],
    head_email: str,
    rules_accepted: bool,
    in_return_for: Placement | None = None,
) -> Placement:
    """A member asks for a visit on days that fit; both heads are asked at once, in any order.

    The days are held from now on: nobody else is promised the same place. The same request again gives the same row.

    `in_return_for`: the visit to oneself that this one returns; then those who take part as mentor may ask, too.

    Raises:
        MentoringError: not theirs, not accepted, closed, full, outside a calendar, or something is missing.
    """
    asked = clean_questions(questions)
    days = sorted(set(days))
    if not rules_accepted:
        raise MentoringError("Please accept the rules of a visit.")
    with transaction.atomic():
        lock_schools(enrolment.profile.organisation_id, offer.organisation_id)
        person = lock_enrolments([enrolment.pk])[enrolment.pk]
        place = (
            HostOffer.objects.select_for_update(of=("self",), no_key=True)
            .select_related("organisation", "host")
            .get(pk=offer.pk)
        )
        if person.profile.user_id != actor.pk:
            raise MentoringError("Only the person themselves can ask for a visit.")
        if in_return_for is not None:
            check_return(in_return_for, person, place)
        elif not has_return(person, place):
            raise MentoringError(NEEDS_RETURN)
        if (
            person.as_role != EnrolmentRole.MENTEE and in_return_for is None
        ) or person.state != EnrolmentState.ELIGIBLE:
            raise MentoringError("Visits are for those whose application was accepted.")
        if place.programme_id != person.cohort.programme_id or place.state != OfferState.OPEN:
            raise MentoringError("This offer is not open any more. Please choose another.")
        same = Placement.objects.filter(enrolment=person, offer=place, state=PlacementState.REQUESTED).first()
        if same is not None:
            asked_for = sorted(day.date for day in same.days.all())
            if asked_for == days:
                return same
            on = " and ".join(f"{day:%-d %B}" for day in asked_for)
            raise MentoringError(
                f"You have asked for this visit already, on {on}. For another day, cancel it and ask again, or ask "
                "your coordinator to move it."
            )
        for decision in (limits.may_visit(person, place), limits.days_fit(person, place, days)):
            if not decision:
                raise MentoringError(decision.reason)
        heads = heads_of(person, place, head_email)
        before_write(place)
        row = Placement(
            enrolment=person,
            offer=place,
            questions=asked,
            rules_version=RULES_VERSION,
            answer_by=answer_day(days),
            in_return_for=in_return_for,
        )
        try:
            with transaction.atomic():
                row.save()
        except IntegrityError as error:
            raise MentoringError("You have asked for this visit already.") from error
        set_days(row, days)
        record(row, "requested", actor)
        ask_heads(row, heads)
    return row


def own_exchanges(person: Profile, programme: int) -> QuerySet[HostOffer]:
    """The open offers with which somebody takes part in exchanges."""
    return HostOffer.objects.filter(
        host=person, programme=programme, kind=VisitKind.EXCHANGE, state=OfferState.OPEN
    ).select_related("organisation", "host", "programme")


def has_return(person: Enrolment, place: HostOffer) -> bool:
    """Whether an exchange would have its other half; true for every visit that is none."""
    return place.kind != VisitKind.EXCHANGE or own_exchanges(person.profile, place.programme_id).exists()


def may_return(row: Placement) -> bool:
    """Whether the host of this visit can still ask for theirs in return."""
    return (
        row.offer.kind == VisitKind.EXCHANGE
        and row.in_return_for_id is None
        and row.state in PLACEMENT_COUNTS - {PlacementState.SUGGESTED}
        and not Placement.objects.filter(in_return_for=row).exists()
    )


def check_return(first: Placement, person: Enrolment, place: HostOffer) -> None:
    """
    Raises:
        MentoringError: this is not the visit that would return the first one.
    """
    first = Placement.objects.select_related("enrolment", "offer").get(pk=first.pk)
    mine = first.offer.host_id == person.profile_id and first.enrolment.profile_id == place.host_id
    if not mine or not may_return(first):
        raise MentoringError("There is no visit that this one could return.")


def heads_of(person: Enrolment, place: HostOffer, head_email: str) -> dict[str, str]:
    """Whom to ask: party → address.

    Raises:
        MentoringError: the visitor has a head, and this is no address of theirs.
    """
    heads: dict[str, str] = {ApprovalParty.HOST_HEAD: place.head_email} if place.head_email else {}
    if limits.needs_release(person.profile):
        heads[ApprovalParty.RELEASING_HEAD] = clean_head_email(head_email, own=email_of(person.profile))
    return heads


def ask_heads(row: Placement, heads: Mapping[str, str]) -> None:
    """Both heads get their question, visitor and host hear of it."""
    for party, address in sorted(heads.items()):
        approval = PlacementApproval.objects.create(placement=row, party=party, email=address)
        mail.ask_head(row, approval, key="asked:1")
    mail.tell_visitor(row, "placement_requested", key="requested", answer_by=row.answer_by)
    mail.tell_host(row, "placement_heard", key="requested")


def ask_afresh(row: Placement, approval: PlacementApproval, *, calendar: str = "") -> None:
    """What this head said no longer counts, if they said anything: they are asked about the visit as it is now."""
    approval.decision, approval.text, approval.decided_at = ApprovalDecision.PENDING, "", None
    approval.asked_at, approval.reminded_at = timezone.now(), None
    approval.save(update_fields=["email", "decision", "text", "decided_at", "asked_at", "reminded_at"])
    mail.ask_head(row, approval, key=f"asked:{row.version}", calendar=calendar)


def ask_another_head(
    *, approval: PlacementApproval, actor: AbstractBaseUser, email: str, version: int
) -> PlacementApproval:
    """A head left or cannot be reached: the link goes to another address, and the one sent before stops working.

    Raises:
        MentoringError: not a coordinator's, decided already, no address. Stale: changed meanwhile.
    """
    with transaction.atomic():
        row = locked(approval.placement_id)
        if not runs_programme(actor, row.enrolment.cohort.programme_id) or row.enrolment.profile.user_id == actor.pk:
            raise MentoringError("Only a coordinator of the programme changes whom we ask.")
        if row.version != version:
            raise Stale("This visit changed after you opened it.")
        held = PlacementApproval.objects.select_for_update().get(pk=approval.pk)
        if row.state not in (PlacementState.REQUESTED, PlacementState.ON_HOLD) or held.decision == ApprovalDecision.NO:
            raise MentoringError("Nobody is asked about this visit now.")
        held.email = clean_head_email(email, own=email_of(row.enrolment.profile))
        before_write(row)
        row.version += 1
        row.save(update_fields=["version"])
        record(row, "head_changed", actor)
        ask_afresh(row, held)
    return held


def close_links(row: Placement) -> None:
    """No head is asked any more."""
    for pk in row.approvals.values_list("pk", flat=True):
        links.revoke(LinkPurpose.PLACEMENT, pk)
