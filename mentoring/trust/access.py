"""Objects by id, only through here: one function per kind of object and kind of actor.

Absent and forbidden are the same `Http404`: an address tells nobody what exists.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from django.db.models import Model, Q, QuerySet
from django.http import Http404
from django.utils import timezone

from mentoring.messages.models import Outbox
from mentoring.people.import_models import ImportJob
from mentoring.people.models import Profile
from mentoring.programmes.models import Cohort, CoordinatorGrant, Enrolment, GrantRole, Programme
from mentoring.proposals.models import MatchRun, Proposal

from .models import AuditEvent

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser
    from django.contrib.auth.models import AnonymousUser

    AnyUser = AbstractBaseUser | AnonymousUser

M = TypeVar("M", bound=Model)


def _is_admin(user: Any) -> bool:
    return bool(user.is_active and getattr(user, "is_superuser", False))


def grants_of(user: AnyUser) -> QuerySet[CoordinatorGrant]:
    """Grants that count today: not expired, of an active person."""
    if not user.is_active or user.pk is None:
        return CoordinatorGrant.objects.none()
    today = timezone.localdate()
    return CoordinatorGrant.objects.filter(user_id=user.pk).filter(
        Q(expires_on__isnull=True) | Q(expires_on__gte=today)
    )


def programmes_for(user: AnyUser, *, role: GrantRole | None = None) -> QuerySet[Programme]:
    """Programmes this person runs. `role` OWNER narrows to those they own; a site administrator runs all."""
    if _is_admin(user):
        return Programme.objects.all()
    grants = grants_of(user)
    if role is not None:
        grants = grants.filter(role=role)
    return Programme.objects.filter(pk__in=grants.values("programme"))


def runs_programme(user: AnyUser, programme_id: int | None) -> bool:
    return programme_id is not None and programmes_for(user).filter(pk=programme_id).exists()


def owns_programme(user: AnyUser, programme_id: int | None) -> bool:
    return programme_id is not None and programmes_for(user, role=GrantRole.OWNER).filter(pk=programme_id).exists()


def profile_of(user: AnyUser) -> Profile | None:
    """The member behind a user, if they have filled in a profile."""
    if not user.is_authenticated:
        return None
    return Profile.objects.filter(user_id=user.pk).select_related("organisation", "role_level").first()


# --- What a coordinator sees ------------------------------------------------------------
# Own rows are left out: a coordinator who takes part learns about their own match like everybody else.


def cohorts_for(user: AnyUser) -> QuerySet[Cohort]:
    return Cohort.objects.filter(programme__in=programmes_for(user)).select_related("programme")


def enrolments_for(user: AnyUser) -> QuerySet[Enrolment]:
    return (
        Enrolment.objects.filter(cohort__programme__in=programmes_for(user))
        .exclude(profile__user_id=user.pk or 0)
        .select_related("cohort__programme", "profile__organisation")
    )


def runs_for(user: AnyUser) -> QuerySet[MatchRun]:
    return MatchRun.objects.filter(cohort__programme__in=programmes_for(user)).select_related("cohort__programme")


def proposals_for(user: AnyUser) -> QuerySet[Proposal]:
    return (
        Proposal.objects.filter(cohort__programme__in=programmes_for(user))
        .exclude(Q(mentee__profile__user_id=user.pk) | Q(mentor__profile__user_id=user.pk))
        .select_related("cohort__programme", "mentee__profile__organisation", "mentor__profile__organisation")
    )


def messages_for(user: AnyUser) -> QuerySet[Outbox]:
    """Mail of the programmes they run, but not what was sent to themselves. Mail of no programme: administrators."""
    if _is_admin(user):
        return Outbox.objects.all()
    mail = Outbox.objects.filter(programme__in=programmes_for(user))
    own = getattr(user, user.get_email_field_name(), "") if user.is_authenticated else ""
    return mail.exclude(recipient__iexact=own) if own else mail


def events_for(user: AnyUser) -> QuerySet[AuditEvent]:
    if _is_admin(user):
        return AuditEvent.objects.all()
    events = AuditEvent.objects.filter(programme__in=programmes_for(user, role=GrantRole.OWNER))
    # What others decided about the owner's own application or pair, and the reasons they noted, is not theirs to read.
    own = enrolments_of(user).values_list("pk", flat=True)
    pairs = Proposal.objects.filter(Q(mentee__in=own) | Q(mentor__in=own)).values_list("pk", flat=True)
    for model, ids in ((Enrolment, own), (Proposal, pairs)):
        events = events.exclude(object_type=model._meta.label_lower, object_id__in=[str(pk) for pk in ids])
    return events


def grants_for(user: AnyUser) -> QuerySet[CoordinatorGrant]:
    """Grants that an owner may give and take."""
    return CoordinatorGrant.objects.filter(programme__in=programmes_for(user, role=GrantRole.OWNER)).select_related(
        "programme", "user"
    )


def profiles_for(user: AnyUser) -> QuerySet[Profile]:
    """People in the programmes somebody runs, but not themselves; a site administrator sees all."""
    profiles = Profile.objects.select_related("organisation", "role_level")
    if _is_admin(user):
        return profiles
    enrolled = Enrolment.objects.filter(cohort__programme__in=programmes_for(user))
    return profiles.filter(pk__in=enrolled.values("profile")).exclude(user_id=user.pk or 0)


def imports_for(user: AnyUser) -> QuerySet[ImportJob]:
    """A person's own imports: they hold other people's data. A site administrator sees all."""
    jobs = ImportJob.objects.select_related("created_by", "cohort__programme")
    if _is_admin(user):
        return jobs
    return jobs.filter(created_by_id=user.pk) if user.is_active and user.pk else jobs.none()


def _one(queryset: QuerySet[M], pk: object) -> M:
    try:
        found = queryset.filter(pk=pk).first()
    except (TypeError, ValueError, OverflowError):
        found = None
    if found is None:
        raise Http404("There is nothing here, or it is not yours to see.")
    return found


def cohort_for_coordinator(user: AnyUser, pk: object) -> Cohort:
    return _one(cohorts_for(user), pk)


def enrolment_for_coordinator(user: AnyUser, pk: object) -> Enrolment:
    return _one(enrolments_for(user), pk)


def run_for_coordinator(user: AnyUser, pk: object) -> MatchRun:
    return _one(runs_for(user), pk)


def proposal_for_coordinator(user: AnyUser, pk: object) -> Proposal:
    return _one(proposals_for(user), pk)


def message_for_coordinator(user: AnyUser, pk: object) -> Outbox:
    return _one(messages_for(user), pk)


def import_for_importer(user: AnyUser, pk: object) -> ImportJob:
    return _one(imports_for(user), pk)


# --- What a member sees ------------------------------------------------------------


def enrolments_of(user: AnyUser) -> QuerySet[Enrolment]:
    """A member's own enrolments."""
    if not user.is_authenticated:
        return Enrolment.objects.none()
    return Enrolment.objects.filter(profile__user_id=user.pk).select_related("cohort__programme", "profile")


def enrolment_for_participant(user: AnyUser, pk: object) -> Enrolment:
    return _one(enrolments_of(user), pk)


def cohort_for_applicant(user: AnyUser, pk: object) -> Cohort:
    """A cohort that takes applications today."""
    return _one(Cohort.objects.open_for_applications().select_related("programme__owner_org"), pk)
