"""What every decision about an enrolment needs: the lock, the new state with its line in the trail, and the mail."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.urls import reverse

from mentoring.messages.rendering import Letter, compose
from mentoring.messages.services import queue
from mentoring.people.models import Profile
from mentoring.trust import audit

from .models import Cohort, Enrolment

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser


def email_of(profile: Profile) -> str:
    """The address of a member, whatever the site's user model calls it; "" if there is none."""
    user: Any = profile.user
    return str(getattr(user, user.get_email_field_name(), "") or "")


def lock_cohort(pk: int) -> Cohort:
    """The first lock of whoever counts a cohort's places, or makes or starts something of it as a whole."""
    return Cohort.objects.select_for_update(of=("self",), no_key=True).select_related("programme").get(pk=pk)


def lock_enrolments(ids: Iterable[int]) -> dict[int, Enrolment]:
    """Locks rows in the one order that everybody keeps: mentors first (they are scarce), then mentees, each by id.

    `no_key`, as for every row that others refer to: PostgreSQL looks at what a row refers to again when one transaction
    saves it twice, and whoever holds a pair would wait there for whoever waits for the pair.
    """
    rows = (
        Enrolment.objects.filter(pk__in=list(ids))
        .order_by("-as_role", "pk")
        .select_for_update(of=("self",), no_key=True)
        .select_related("cohort__programme", "profile__organisation", "profile__user")
    )
    return {row.pk: row for row in rows}


def _letter_to(enrolment: Enrolment, context: dict[str, Any]) -> dict[str, Any]:
    """What every message to the person of an enrolment has in common."""
    programme = enrolment.cohort.programme
    return {
        "reply_to": programme.contact_email,
        "programme": programme,
        "context": {
            "name": enrolment.profile.display_name,
            "role": enrolment.get_as_role_display().lower(),
            "cohort": enrolment.cohort,
            "programme": programme,
            "path": reverse("mentoring:home"),
            **context,
        },
    }


def tell(
    enrolment: Enrolment, template: str, *, key: str, calendar: str = "", last_call: bool = False, **context: Any
) -> None:
    """Queues mail to the person of an enrolment, answers going to the programme. Without an address nothing is sent.

    `calendar`: an iCalendar object to go with it, as `queue` takes it; `last_call`: nothing holds it back.
    """
    to = email_of(enrolment.profile)
    if to:
        queue(
            key=key, template=template, to=to, calendar=calendar, last_call=last_call, **_letter_to(enrolment, context)
        )


def would_tell(enrolment: Enrolment, template: str, **context: Any) -> Letter | None:
    """The dry run of `tell`: what the person would get, and nothing is written. None: they have no address."""
    return compose(template, **_letter_to(enrolment, context)) if email_of(enrolment.profile) else None


def tell_coordinator(enrolment: Enrolment, template: str, *, key: str, **context: Any) -> None:
    """Queues mail about an enrolment to the inbox of its programme, with the way to the screen of the decision."""
    programme = enrolment.cohort.programme
    queue(
        key=key,
        template=template,
        to=programme.contact_email,
        programme=programme,
        context={
            "person": enrolment.profile,
            "cohort": enrolment.cohort,
            "programme": programme,
            "path": reverse("mentoring_enrolment:decide", args=[enrolment.pk]),
            **context,
        },
    )


def save_move(
    row: Enrolment,
    *fields: str,
    action: str,
    actor: AbstractBaseUser | None,
    before: dict[str, Any],
    after: dict[str, Any],
    reason: str = "",
) -> None:
    """Writes a changed enrolment with its state, its version and its line in the trail."""
    row.version += 1
    row.save(update_fields=["state", "version", *fields])
    audit.record(
        action=f"mentoring.enrolment.{action}",
        obj=row,
        actor=actor,
        programme=row.cohort.programme,
        before=before,
        after=after,
        reason=reason,
    )
