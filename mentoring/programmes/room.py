"""Room for mentees in a cohort: who holds a place, who waits for one, who is next."""

from __future__ import annotations

from django.db.models import QuerySet
from django.urls import reverse

from mentoring.messages.services import queue

from .models import Cohort, Enrolment, EnrolmentRole, EnrolmentState
from .states import COHORT_TAKES_PEOPLE
from .telling import tell


def has_place(row: Enrolment) -> bool:
    """Whether the cohort has room for this mentee. Mentors always have. The caller holds the cohort's lock."""
    most = row.cohort.max_mentees
    return row.as_role != EnrolmentRole.MENTEE or most is None or accepted(row.cohort) < most


def accepted(cohort: Cohort) -> int:
    """Mentees who hold one of the cohort's places: also those whose pair has come to its end."""
    rows = Enrolment.objects.filter(cohort=cohort, as_role=EnrolmentRole.MENTEE)
    return rows.filter(state__in=(EnrolmentState.ELIGIBLE, EnrolmentState.COMPLETED)).count()


def waiting_list(cohort: Cohort) -> QuerySet[Enrolment]:
    """Mentees on the waiting list, the next one first."""
    rows = Enrolment.objects.filter(
        cohort=cohort, as_role=EnrolmentRole.MENTEE, state=EnrolmentState.WAITLISTED
    ).select_related("cohort__programme", "profile__organisation", "profile__user")
    return rows.order_by("submitted_at", "pk")


def fewer_than_taken(cohort: Cohort, most: int | None) -> str:
    """A sentence why the cohort cannot have so few places: nobody who is in is put out again. "": it can."""
    taken = accepted(cohort)
    if most is None or most >= taken:
        return ""
    who = "mentee is" if taken == 1 else "mentees are"
    return f"{taken} {who} in already: give at least as many places, or leave it empty for no limit."


def tell_of_more(cohort: Cohort, *, before: int | None) -> int:
    """The cohort has more places than `before`: as many of the waiting list hear of it. Returns how many did.

    Letting in stays a decision. The caller holds the cohort's lock and knows of the room: no mail goes to them.
    """
    if before is None or cohort.state not in COHORT_TAKES_PEOPLE:
        return 0
    taken, after = accepted(cohort), cohort.max_mentees
    had = max(0, before - taken)  # these heard when their places became free
    now = None if after is None else max(0, after - taken)
    told = list(waiting_list(cohort)[had:now]) if now is None or now > had else []
    for row in told:
        key = f"cohort:{cohort.pk}:{cohort.version}:room:{row.pk}"
        tell(row, "you_are_next", key=key, path=reverse("mentoring:home"))
    return len(told)


def tell_next(left: Enrolment) -> None:
    """A place is free: the first on the waiting list and the coordinator hear of it. Letting in is a decision."""
    if left.as_role != EnrolmentRole.MENTEE or not has_place(left):
        return
    following = waiting_list(left.cohort).first()
    if following is None:
        return
    programme, key = left.cohort.programme, f"enrolment:{left.pk}:{left.version}:next"
    tell(following, "you_are_next", key=f"{key}:{following.pk}", path=reverse("mentoring:home"))
    queue(
        key=f"{key}:coordinator",
        template="place_free",
        to=programme.contact_email,
        programme=programme,
        context={
            "person": following.profile,
            "cohort": left.cohort,
            "programme": programme,
            "path": reverse("mentoring_enrolment:decide", args=[following.pk]),
        },
    )
