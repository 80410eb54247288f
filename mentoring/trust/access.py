"""Objects by id, only through here: one function per kind of object and kind of actor.

Absent and forbidden are the same `Http404`: an address tells nobody what exists.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, TypeVar

from django.contrib.auth import get_user_model
from django.db.models import Exists, Model, OuterRef, Q, QuerySet
from django.http import Http404

from mentoring.concerns.models import Concern
from mentoring.concerns.queries import concerns_for
from mentoring.messages.models import Outbox
from mentoring.people.calendar_models import CalendarException
from mentoring.people.exclusion_models import Exclusion
from mentoring.people.import_models import ImportJob
from mentoring.people.models import Profile
from mentoring.programmes.models import (
    RUNNING,
    Cohort,
    CoordinatorGrant,
    Enrolment,
    EnrolmentState,
    GrantRole,
    Programme,
)
from mentoring.programmes.stage_models import StageTask
from mentoring.proposals.models import MatchRun, Override, Proposal
from mentoring.relationships.meeting_models import Meeting
from mentoring.relationships.models import Relationship
from mentoring.relationships.space_models import Note

from .link_models import SignedLink
from .models import AuditEvent
from .reach import REPORTING, grants_of, is_admin, kept_organisations, within

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser
    from django.contrib.auth.models import AnonymousUser

    AnyUser = AbstractBaseUser | AnonymousUser

M = TypeVar("M", bound=Model)


def programmes_for(user: AnyUser, *, role: GrantRole | None = None, whole: bool = False) -> QuerySet[Programme]:
    """Programmes this person runs. `role` OWNER narrows to those they own; a site administrator runs all.

    `whole`: only where the grant is not for one organisation's people alone.
    """
    if is_admin(user):
        return Programme.objects.all()
    grants = grants_of(user, RUNNING if role is None else {role})
    if whole:
        grants = grants.filter(organisation__isnull=True)
    return Programme.objects.filter(pk__in=grants.values("programme"))


def runs_programme(user: AnyUser, programme_id: int | None) -> bool:
    """Whether they run it at all, were it for the people of one school."""
    return programme_id is not None and programmes_for(user).filter(pk=programme_id).exists()


def runs_whole_programme(user: AnyUser, programme_id: int | None) -> bool:
    """For what concerns everybody in it: its dates, its cohorts' states, a run of the matching."""
    return programme_id is not None and programmes_for(user, whole=True).filter(pk=programme_id).exists()


def owns_programme(user: AnyUser, programme_id: int | None) -> bool:
    return programme_id is not None and programmes_for(user, role=GrantRole.OWNER).filter(pk=programme_id).exists()


def reports_for(user: AnyUser) -> QuerySet[Programme]:
    """Programmes whose sums they read: reporters, and whoever runs one. Rows: `within(..., roles=REPORTING)`."""
    if is_admin(user):
        return Programme.objects.all()
    return Programme.objects.filter(pk__in=grants_of(user, REPORTING).values("programme"))


def cohorts_to_report(user: AnyUser) -> QuerySet[Cohort]:
    """Cohorts whose sums they read, the newest first."""
    rows = Cohort.objects.filter(programme__in=reports_for(user)).select_related("programme")
    return rows.order_by("-start", "pk")


def profile_of(user: AnyUser) -> Profile | None:
    """The member behind a user, if they have filled in a profile."""
    if not user.is_authenticated:
        return None
    return Profile.objects.filter(user_id=user.pk).select_related("organisation", "role_level").first()


# --- What a coordinator sees ------------------------------------------------------------
# Own rows are left out: a coordinator who takes part learns about their own match like everybody else.


def cohorts_for(user: AnyUser) -> QuerySet[Cohort]:
    return Cohort.objects.filter(programme__in=programmes_for(user)).select_related("programme")


def covered(user: AnyUser, programme: str, people: Sequence[str] = ()) -> Q:
    """Rows of programmes they run, of people their grant covers; all rows for a site administrator."""
    return Q() if is_admin(user) else within(user, programme=programme, people=people)


def enrolments_for(user: AnyUser) -> QuerySet[Enrolment]:
    return (
        Enrolment.objects.filter(covered(user, "cohort__programme", ["profile__organisation"]))
        .exclude(profile__user_id=user.pk or 0)
        .exclude(state=EnrolmentState.DRAFT)  # nobody's but its author's: it carries no consent yet
        .select_related("cohort__programme", "profile__organisation")
    )


def runs_for(user: AnyUser) -> QuerySet[MatchRun]:
    return MatchRun.objects.filter(cohort__programme__in=programmes_for(user)).select_related("cohort__programme")


#: Where the two organisations of a pair stand. Either inside a grant: seen. The mentee's inside: theirs to decide.
PAIR = ("mentee__profile__organisation", "mentor__profile__organisation")


def _pairs(rows: QuerySet[M], user: AnyUser) -> QuerySet[M]:
    return (
        rows.filter(covered(user, "cohort__programme", PAIR))
        .exclude(Q(mentee__profile__user_id=user.pk) | Q(mentor__profile__user_id=user.pk))
        .select_related("cohort__programme", *PAIR)
    )


def proposals_for(user: AnyUser) -> QuerySet[Proposal]:
    return _pairs(Proposal.objects.all(), user)


def relationships_for(user: AnyUser) -> QuerySet[Relationship]:
    return _pairs(Relationship.objects.all(), user)


def overrides_for(user: AnyUser) -> QuerySet[Override]:
    """Coordinators' words on pairs; none about the asking person's own."""
    return _pairs(Override.objects.select_related("created_by"), user)


def exclusions_for(user: AnyUser) -> QuerySet[Exclusion]:
    """Of programmes they run, where one of the two is inside their grant; never one about themselves."""
    sides = ("person__organisation", "other_person__organisation")
    return (
        Exclusion.objects.filter(covered(user, "programme", sides))
        .exclude(Q(person__user_id=user.pk) | Q(other_person__isnull=False, other_person__user_id=user.pk))
        .select_related("programme", "person__organisation", "other_person__organisation", "other_organisation")
    )


def exclusion_for_coordinator(user: AnyUser, pk: object) -> Exclusion:
    return one_of(exclusions_for(user), pk)


def closed_days_for(user: AnyUser) -> QuerySet[CalendarException]:
    """Of the organisations whose days they keep."""
    rows = CalendarException.objects.select_related("organisation")
    return rows if is_admin(user) else rows.filter(organisation__in=kept_organisations(user))


def messages_for(user: AnyUser) -> QuerySet[Outbox]:
    """Mail of the programmes they run, but not what was sent to themselves. Mail of no programme: administrators.

    A grant for one organisation shows the mail to its people in the programme.
    """
    if is_admin(user):
        return Outbox.objects.all()
    whole = Q(programme__in=programmes_for(user, whole=True))
    address = f"profile__user__{get_user_model().get_email_field_name()}__iexact"
    to_theirs = Q(
        Exists(enrolments_for(user).filter(cohort__programme=OuterRef("programme"), **{address: OuterRef("recipient")}))
    )
    mail = Outbox.objects.filter(whole | (Q(programme__in=programmes_for(user)) & to_theirs))
    own = getattr(user, user.get_email_field_name(), "") if user.is_authenticated else ""
    return mail.exclude(recipient__iexact=own) if own else mail


def events_for(user: AnyUser) -> QuerySet[AuditEvent]:
    if is_admin(user):
        return AuditEvent.objects.all()
    events = AuditEvent.objects.filter(programme__in=programmes_for(user, role=GrantRole.OWNER))
    # What others decided about the owner's own application or pair, and the reasons they noted, is not theirs to read.
    own = enrolments_of(user).values_list("pk", flat=True)
    pairs = Proposal.objects.filter(Q(mentee__in=own) | Q(mentor__in=own)).values_list("pk", flat=True)
    lived = Relationship.objects.filter(Q(mentee__in=own) | Q(mentor__in=own)).values_list("pk", flat=True)
    for model, ids in ((Enrolment, own), (Proposal, pairs), (Relationship, lived)):
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
    if is_admin(user):
        return profiles
    return profiles.filter(pk__in=enrolments_for(user).values("profile"))


def imports_for(user: AnyUser) -> QuerySet[ImportJob]:
    """A person's own imports: they hold other people's data. A site administrator sees all."""
    jobs = ImportJob.objects.select_related("created_by", "cohort__programme")
    if is_admin(user):
        return jobs
    return jobs.filter(created_by_id=user.pk) if user.is_active and user.pk else jobs.none()


def one_of(queryset: QuerySet[M], pk: object) -> M:
    try:
        found = queryset.filter(pk=pk).first()
    except (TypeError, ValueError, OverflowError):
        found = None
    if found is None:
        raise Http404("There is nothing here, or it is not yours to see.")
    return found


def cohort_for_coordinator(user: AnyUser, pk: object) -> Cohort:
    return one_of(cohorts_for(user), pk)


def cohort_for_reporting(user: AnyUser, pk: object) -> Cohort:
    return one_of(cohorts_to_report(user), pk)


def programme_for_owner(user: AnyUser, pk: object) -> Programme:
    return one_of(programmes_for(user, role=GrantRole.OWNER), pk)


def enrolment_for_coordinator(user: AnyUser, pk: object) -> Enrolment:
    return one_of(enrolments_for(user), pk)


def run_for_coordinator(user: AnyUser, pk: object) -> MatchRun:
    return one_of(runs_for(user), pk)


def proposal_for_coordinator(user: AnyUser, pk: object) -> Proposal:
    return one_of(proposals_for(user), pk)


def relationship_for_coordinator(user: AnyUser, pk: object) -> Relationship:
    return one_of(relationships_for(user), pk)


def message_for_coordinator(user: AnyUser, pk: object) -> Outbox:
    return one_of(messages_for(user), pk)


def import_for_importer(user: AnyUser, pk: object) -> ImportJob:
    return one_of(imports_for(user), pk)


# --- What a member sees ------------------------------------------------------------


def enrolments_of(user: AnyUser) -> QuerySet[Enrolment]:
    """A member's own enrolments."""
    if not user.is_authenticated:
        return Enrolment.objects.none()
    return Enrolment.objects.filter(profile__user_id=user.pk).select_related("cohort__programme", "profile")


def enrolment_for_participant(user: AnyUser, pk: object) -> Enrolment:
    return one_of(enrolments_of(user), pk)


def offers_to(user: AnyUser) -> QuerySet[Proposal]:
    """Offers that a member was asked about, open or over. Whoever had agreed beforehand was not asked."""
    if not user.is_authenticated:
        return Proposal.objects.none()
    sides = Q()
    for side in ("mentee", "mentor"):
        beforehand = Q(**{f"{side}_answer": "yes", f"{side}_answered_at__isnull": True})
        sides |= Q(**{f"{side}__profile__user_id": user.pk}) & ~beforehand
    return Proposal.objects.filter(sides, offered_at__isnull=False).select_related(
        "cohort__programme", "mentee__profile__organisation", "mentor__profile__organisation"
    )


def offer_for_participant(user: AnyUser, pk: object) -> Proposal:
    return one_of(offers_to(user), pk)


def enrolment_of_link(link: SignedLink) -> Enrolment | None:
    """What somebody with a signed link decides about; None if it is gone."""
    rows = Enrolment.objects.select_related("cohort__programme__owner_org", "profile__organisation")
    return rows.filter(pk=link.object_id).first()


def relationships_of(user: AnyUser) -> QuerySet[Relationship]:
    """A member's own pairs, live and over."""
    if not user.is_authenticated:
        return Relationship.objects.none()
    own = Q(mentee__profile__user_id=user.pk) | Q(mentor__profile__user_id=user.pk)
    return Relationship.objects.filter(own).select_related(
        "cohort__programme",
        *(f"{side}__profile__{field}" for side in ("mentee", "mentor") for field in ("user", "organisation")),
    )


def relationship_for_party(user: AnyUser, pk: object) -> Relationship:
    return one_of(relationships_of(user), pk)


def meeting_for_party(user: AnyUser, pk: object, meeting: object) -> Meeting:
    pair = relationship_for_party(user, pk)
    found = one_of(pair.meetings.all(), meeting)
    found.relationship = pair
    return found


def task_of_pair(pair: Relationship, task: object) -> StageTask:
    """A task of the pair's own programme."""
    tasks = StageTask.objects.filter(stage__programme=pair.cohort.programme_id).select_related("stage")
    return one_of(tasks, task)


def note_for_author(user: AnyUser, pk: object, note: object) -> Note:
    """A note that one of the two wrote themselves; the other's are not theirs to change, shared or not."""
    pair = relationship_for_party(user, pk)
    side = "mentee" if pair.mentee.profile.user_id == user.pk else "mentor"
    found = one_of(pair.notes.filter(author=side), note)
    found.relationship = pair
    return found


def cohort_for_applicant(user: AnyUser, pk: object) -> Cohort:
    """A cohort that takes applications today."""
    return one_of(Cohort.objects.open_for_applications().select_related("programme__owner_org"), pk)


# --- What a handler of concerns sees ------------------------------------------------------------


def concern_for_handler(user: AnyUser, pk: object) -> Concern:
    """By a grant of that role only; none that they raised or that is about a pair of theirs."""
    return one_of(concerns_for(user), pk)
