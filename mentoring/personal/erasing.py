"""Erasing a person: what is theirs goes, what others need stays without them, in one transaction with one audit row."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import ProtectedError, Q
from django.urls import reverse
from django.utils import timezone

from mentoring import conf
from mentoring.equality import services as equality
from mentoring.errors import MentoringError
from mentoring.messages.models import Outbox
from mentoring.messages.services import queue
from mentoring.people.accounts import email_of, fold_email
from mentoring.people.models import Profile
from mentoring.programmes.models import ENROLMENT_LIVE, CoordinatorGrant, Enrolment, EnrolmentState, GrantRole
from mentoring.programmes.services import lock_cohort, withdraw
from mentoring.programmes.wish_models import Avoidance, Goal, Preference
from mentoring.proposals import erasure as matching
from mentoring.proposals.endings import lock_with_partners
from mentoring.relationships.ending import end_all_of
from mentoring.relationships.models import RELATIONSHIP_LIVE, Relationship
from mentoring.trust import audit

from . import clearing, tombstones
from .signals import person_erased

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser

FORMER = "Former participant"


def why_not(user: Any) -> str:
    """A sentence if this person cannot be erased yet; "" if they can."""
    if user.is_superuser:
        return "This account administers the site. Please let another administrator take that right away first."
    today = timezone.localdate()
    live = Q(expires_on__isnull=True) | Q(expires_on__gte=today)
    owners = CoordinatorGrant.objects.filter(live, role=GrantRole.OWNER, user__is_active=True).select_related(
        "programme"
    )
    for grant in owners.filter(user_id=user.pk).select_related("programme"):
        if not owners.filter(programme=grant.programme_id).exclude(user_id=user.pk).exists():
            return f"Nobody else owns {grant.programme}. Please name another owner first, so that it is not left alone."
    return clearing.why_not_visiting(user) or clearing.why_not_yet(email_of(user))


def erase(*, user: Any, actor: AbstractBaseUser | None) -> Profile | None:
    """Erases the person behind `user`; a profile without a name remains where others' records lean on it.

    `actor` None: the command line, or a restored backup that is put right. A message that it is done goes to their
    address, and is itself erased once sent.

    Raises:
        MentoringError: they cannot be erased yet; the sentence says what to do first. Nothing was changed.
    """
    with transaction.atomic():
        user = get_user_model()._default_manager.select_for_update(no_key=True).get(pk=user.pk)
        refused = why_not(user)
        if refused:
            raise MentoringError(refused)
        email = email_of(user)
        profile = Profile.objects.select_for_update(of=("self",), no_key=True).filter(user_id=user.pk).first()
        words = [word for word in {str(profile or ""), user.get_full_name(), email} if word.strip()]
        words.sort(key=len, reverse=True)
        tombstones.put(email=email, profile_id=profile.pk if profile else None)
        counts: dict[str, int] = {}
        if profile is not None:
            _hold(profile)
            counts["visits cancelled"] = clearing.cancel_visits(user)
            counts["pairs ended"] = _leave(profile, user)
            counts["rows of the matching"] = matching.forget(profile)
            clearing.visits(profile)
            counts |= _applications(profile)
            clearing.pairs(profile)
            _profile(profile)
        counts |= clearing.mail(email, words)
        clearing.imports(email, words)
        clearing.links(email, profile)
        clearing.sessions(user)
        person_erased.send(sender=get_user_model(), user=user, name=words[0] if words else "", email=email)
        clearing.log_labels(user, profile, words)
        audit.record(
            action="mentoring.person.erased",
            obj=profile if profile is not None else user,
            actor=actor,
            after=counts,
        )
        _account(user)
        if email:
            _say_so(email)
    return profile


def _hold(profile: Profile) -> None:
    """Everything that leaving locks, at once and in the one order: two who leave at once may be partners, both ways."""
    rows = list(profile.enrolments.order_by("pk"))
    for cohort in sorted({row.cohort_id for row in rows}):
        lock_cohort(cohort)
    lock_with_partners(*rows)


def _leave(profile: Profile, user: Any) -> int:
    """Ends what is alive, in the ordinary way: the other one is told that it is over, and nothing more."""
    ended = 0
    for row in profile.enrolments.filter(state__in=ENROLMENT_LIVE).order_by("pk"):
        live = Relationship.objects.filter(Q(mentee=row) | Q(mentor=row), state__in=RELATIONSHIP_LIVE)
        ended += live.count()
        if row.state == EnrolmentState.DRAFT:
            continue  # nobody has seen it: it goes with the rest
        withdraw(enrolment=row, actor=user)
    for pair in Relationship.objects.filter(
        Q(mentee__profile=profile) | Q(mentor__profile=profile), state__in=RELATIONSHIP_LIVE
    ):
        own = pair.mentee if pair.mentee.profile_id == profile.pk else pair.mentor
        end_all_of(own, actor=user)
    return ended


def _applications(profile: Profile) -> dict[str, int]:
    """Applications that no pair leans on go; of the others only the place in the cohort stays."""
    mine = profile.enrolments.all()
    leaned_on = Q(relationships_as_mentee__isnull=False) | Q(relationships_as_mentor__isnull=False)
    leaned_on |= Q(placements__isnull=False)
    equality.forget(mine.values_list("pk", flat=True))
    kept = list(mine.filter(leaned_on).values_list("pk", flat=True).distinct())
    gone = mine.exclude(pk__in=kept)
    number = gone.count()
    gone.delete()
    Goal.objects.filter(enrolment__in=kept).delete()
    Preference.objects.filter(Q(enrolment__in=kept) | Q(mentor__in=kept)).delete()
    Avoidance.objects.filter(Q(enrolment__in=kept) | Q(person=profile)).delete()
    clearing.overrides(kept)
    Enrolment.objects.filter(pk__in=kept).update(**clearing.BLANK_ENROLMENT)
    return {"applications removed": number, "applications emptied": len(kept)}


def _profile(profile: Profile) -> None:
    profile.profile_interests.all().delete()
    profile.phases.clear()
    clearing.exclusions(profile)
    Profile.objects.filter(line_manager=profile).update(line_manager=None)
    Profile.objects.filter(line_manager_email__iexact=fold_email(email_of(profile.user))).update(line_manager_email="")
    for name, value in {
        "user": None,
        "display_name": FORMER,
        "job_title": "",
        "role_level": None,
        "aspiration_level": None,
        "line_manager": None,
        "line_manager_email": "",
        "bio": "",
        "adjustments": "",
        "paused_until": None,
        "working_pattern": 0,
        "erased_at": timezone.now(),
        "edited_by_member_at": None,
    }.items():
        setattr(profile, name, value)
    profile.save()


def _account(user: Any) -> None:
    if conf.erase_account() == "delete":
        try:
            with transaction.atomic():
                user.delete()
        except ProtectedError:
            pass  # another part of the site needs the row: it stays, emptied
        else:
            return
    clearing.empty_account(user)


def _say_so(email: str) -> None:
    queue(
        key=f"erased:{timezone.now().isoformat()}",
        template="erasure_done",
        to=email,
        context={"path": reverse("mentoring:home")},
    )


def forget_confirmations() -> int:
    """Removes the last message to an erased person once it went out, or cannot; say how many. Part of what is due."""
    over = Outbox.objects.filter(template="erasure_done")
    old = timezone.now() - dt.timedelta(days=7)
    return over.filter(Q(state__in=["sent", "failed"]) | Q(created_at__lt=old)).delete()[0]
