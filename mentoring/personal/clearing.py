"""What goes when a person goes, kind by kind. Each function is called inside the erasing transaction."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.db.models import Q, TextField
from django.db.models.functions import Cast
from django.utils.html import escape
from wagtail.models import ModelLogEntry, PageLogEntry

from mentoring.messages.address_models import FailingAddress
from mentoring.messages.models import Outbox
from mentoring.people.accounts import fold_email
from mentoring.people.exclusion_models import Exclusion
from mentoring.people.import_models import IMPORT_DUE, IMPORT_HOLDS_FILE, ImportJob, ImportKind, ImportRow, ImportState
from mentoring.people.imports import work
from mentoring.people.models import Organisation
from mentoring.placements import steps
from mentoring.placements.models import (
    PLACEMENT_HOLDS_DAYS,
    Assurance,
    Placement,
    PlacementApproval,
    PlacementState,
)
from mentoring.placements.offer_models import HostOffer
from mentoring.programmes.models import Enrolment
from mentoring.proposals.models import Override
from mentoring.relationships.meeting_models import CalendarFeed, Meeting
from mentoring.relationships.models import Relationship
from mentoring.relationships.space_models import Agreement, Note
from mentoring.trust import audit
from mentoring.trust.link_models import SignedLink

from .words import replaced

if TYPE_CHECKING:
    from mentoring.people.models import Profile

#: An application of which only the place in its cohort is left.
BLANK_ENROLMENT: dict[str, Any] = {
    "goals": "",
    "formats": "",
    "max_travel_minutes": None,
    "availability": "",
    "head_email": "",
    "note": "",
    "shown": False,
    "rematch_since": None,
}
NOBODY = "nobody@erased.invalid"


def why_not_yet(email: str) -> str:
    """A file that names the person is being applied at this moment: it would write them again."""
    if email and _naming(email).filter(job__state__in=IMPORT_DUE).exists():
        return "A file that names you is being imported at the moment. Please try again in a few minutes."
    return ""


def pairs(profile: Profile) -> None:
    """The pair stays, with its dates and counts; the words of this person go. The other one's notes stay theirs."""
    for side in ("mentee", "mentor"):
        mine = Relationship.objects.filter(**{f"{side}__profile": profile})
        mine.update(end_note="", attention="")
        Note.objects.filter(relationship__in=mine, author=side).delete()
        for note in Note.objects.filter(relationship__in=mine):
            text = replaced(note.text, [str(profile)])
            if text != note.text:
                note.text = text
                note.save(update_fields=["text"])
        Agreement.objects.filter(relationship__in=mine).update(contact="removed", more="")
        Meeting.objects.filter(relationship__in=mine).update(place="", topics="")
    CalendarFeed.objects.filter(profile=profile).delete()


def why_not_visiting(user: Any) -> str:
    """A visit that has begun is seen through first: people stand in a school at this moment."""
    if Placement.objects.filter(_visits_of(user.pk), state=PlacementState.IN_PROGRESS).exists():
        return "A visit is under way. Please try again when it is over."
    return ""


def _visits_of(user_id: int) -> Q:
    return Q(enrolment__profile__user_id=user_id) | Q(offer__host__user_id=user_id)


def cancel_visits(user: Any) -> int:
    """Calls off what lies ahead, in the ordinary way, so that both schools hear of it. Says how many.

    Call it before the mail is cleared: the name goes from these messages, too, and days and places stay. What was only
    planned, and nobody told of, goes without a word.
    """
    Placement.objects.filter(_visits_of(user.pk), state=PlacementState.DRAFT).delete()
    ahead = Placement.objects.filter(_visits_of(user.pk), state__in=sorted(PLACEMENT_HOLDS_DAYS))
    rows = list(ahead.order_by("pk"))
    for row in rows:
        steps.cancel(placement=row, actor=None, version=None, reason="left")
    return len(rows)


def visits(profile: Profile) -> None:
    """Visits that were stay as dates; what was written for them goes, with the statements about the person."""
    mine = Placement.objects.filter(Q(enrolment__profile=profile) | Q(offer__host=profile))
    mine.filter(enrolment__profile=profile).update(questions=[], debrief="")
    mine.update(hold_reason="", cancel_note="")
    PlacementApproval.objects.filter(placement__in=mine).update(email=NOBODY, text="")
    Assurance.objects.filter(person=profile).delete()
    offers = HostOffer.objects.filter(host=profile)
    offers.update(title="A visit", summary="", conditions="", head_email=NOBODY, head_conditions="", state="closed")


def overrides(enrolments: list[int]) -> None:
    Override.objects.filter(Q(mentee__in=enrolments) | Q(mentor__in=enrolments)).delete()


def exclusions(profile: Profile) -> None:
    Exclusion.objects.filter(Q(person=profile) | Q(other_person=profile)).delete()


def mail(email: str, words: list[str]) -> dict[str, int]:
    """Messages to the person go; in those to others the name is exchanged."""
    gone = Outbox.objects.filter(recipient__iexact=email).delete()[0] if email else 0
    FailingAddress.objects.filter(email=fold_email(email)).delete()
    spellings = list(dict.fromkeys([*words, *(escape(word) for word in words)]))
    naming = Q()
    fields = ("subject", "text", "html", "calendar", "error")
    for word in spellings:
        for name in fields:
            naming |= Q(**{f"{name}__contains": word})
    changed = 0
    for row in Outbox.objects.filter(naming).select_for_update() if spellings else ():
        for name in fields:
            setattr(row, name, replaced(getattr(row, name), spellings))
        row.subject = row.subject[:200]
        row.save(update_fields=fields)
        changed += 1
    if email:
        Outbox.objects.filter(reply_to__iexact=email).update(reply_to="")
    return {"messages removed": gone, "messages changed": changed}


def _naming(email: str) -> Any:
    rows = ImportRow.objects.annotate(cells=Cast("original", TextField()), new=Cast("changes", TextField()))
    return rows.filter(Q(key=fold_email(email)) | Q(cells__icontains=email) | Q(new__icontains=email))


def imports(email: str, words: list[str]) -> None:
    """Rows that name the person go, and so does every file that waits to be applied and names them."""
    if not email:
        return
    rows = _naming(email)
    waiting = ImportJob.objects.filter(kind=ImportKind.PEOPLE, state__in=IMPORT_HOLDS_FILE - IMPORT_DUE)
    for job in waiting.filter(Q(rows__in=rows) | Q(state=ImportState.UPLOADED)).distinct():
        work.let_go(job, ImportState.DISCARDED)
        job.rows.all().delete()
        job.choices, job.mapping = {}, {}
        job.message = "Discarded: it named somebody who asked to be erased. Please upload the file again without them."
        job.save()
        audit.record(action="mentoring.import.discarded", obj=job, actor=None, reason="It named somebody erased.")
    rows.delete()
    for row in ImportRow.objects.filter(label__in=words):
        row.delete()


def links(email: str, profile: Profile | None) -> None:
    """Signed links about the person's applications, and the address in those that they decided as a head."""
    if profile is not None:
        SignedLink.objects.filter(object_id__in=list(profile.enrolments.values_list("pk", flat=True))).delete()
    if email:
        SignedLink.objects.filter(email__iexact=email).update(email=NOBODY, answer={})
        Enrolment.objects.filter(head_email__iexact=email).update(head_email="")
        Organisation.objects.filter(head_email__iexact=email).update(head_email="", head_name="")


def sessions(user: Any) -> None:
    """Signed in anywhere, they are signed out: sessions may also hold the address they typed."""
    for session in Session.objects.iterator():
        if str(session.get_decoded().get("_auth_user_id")) == str(user.pk):
            session.delete()


def log_labels(user: Any, profile: Profile | None, words: list[str]) -> None:
    """Wagtail's own logs keep what a row was called when it was changed."""
    about = Q(content_type=ContentType.objects.get_for_model(user), object_id=str(user.pk))
    if profile is not None:
        about |= Q(content_type=ContentType.objects.get_for_model(profile), object_id=str(profile.pk))
    for word in words:
        about |= Q(label__contains=word)
    for entry in ModelLogEntry.objects.filter(about):
        named = replaced(entry.label, words)
        entry.label = named if named != entry.label else "a former participant"
        entry.data = replaced(entry.data, words)
        entry.save(update_fields=["label", "data"])
    for logs in (ModelLogEntry, PageLogEntry):
        holding = logs.objects.annotate(plain=Cast("data", TextField()))
        for word in words:
            for entry in holding.filter(plain__contains=word):
                entry.data = replaced(entry.data, words)
                entry.save(update_fields=["data"])


def empty_account(user: Any) -> None:
    """An account that cannot be deleted: nobody can sign in with it, and it says nothing about anybody."""
    model = type(user)
    user.is_active = False
    user.set_unusable_password()
    setattr(user, model.get_email_field_name(), f"erased-{user.pk}@erased.invalid")
    if model.get_email_field_name() != model.USERNAME_FIELD:
        setattr(user, model.USERNAME_FIELD, f"erased-{user.pk}")
    for name in ("name", "first_name", "last_name"):
        if any(field.name == name for field in model._meta.fields):
            setattr(user, name, "")
    user.groups.clear()
    user.user_permissions.clear()
    user.save()
