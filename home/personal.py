"""What the site's own forms keep of a person: in their file, and gone with them. Found by their address."""

from __future__ import annotations

from typing import Any

from django.dispatch import receiver
from wagtail.contrib.forms.models import FormSubmission

from mentoring.personal.signals import person_erased, person_gathered


def submissions_of(email: str) -> list[FormSubmission]:
    """Answers in which this address is an answer of its own, whatever its capitals; not where it is mentioned."""
    wanted = email.strip().casefold()
    if not wanted:
        return []
    near = FormSubmission.objects.filter(form_data__icontains=wanted).select_related("page").order_by("pk")
    return [row for row in near if any(str(value).strip().casefold() == wanted for value in row.form_data.values())]


@receiver(person_gathered, dispatch_uid="home-forms-gathered")
def gather(sender: Any, user: Any, export: Any, **kwargs: Any) -> None:
    export.add(
        "form_answers",
        "Answers to forms of this site",
        "You sent them with your address. Whoever looks after the page reads them.",
        [
            {"Form": row.page.title, "Sent on": row.submit_time, **{str(k): v for k, v in row.form_data.items()}}
            for row in submissions_of(user.email)
        ],
    )


@receiver(person_erased, dispatch_uid="home-forms-erased")
def erase(sender: Any, user: Any, name: str, email: str, **kwargs: Any) -> None:
    for row in submissions_of(email):
        row.delete()
