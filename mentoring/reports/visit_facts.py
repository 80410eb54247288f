"""What reports about visits are made of: visits, hosts and members that somebody may sum up, read once, without names.

Names of hosts are the exception: whoever sees people by name reads which of them nobody has asked.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from mentoring.people.school_year import days_of
from mentoring.placements.models import (
    ApprovalDecision,
    CoverStatus,
    Placement,
    PlacementApproval,
    PlacementDay,
    PlacementState,
)
from mentoring.placements.offer_models import HostOffer, OfferState, Session
from mentoring.programmes.models import Enrolment, EnrolmentRole, EnrolmentState, GrantRole
from mentoring.trust.reach import is_admin, within

if TYPE_CHECKING:
    from mentoring.trust.reach import AnyUser

P = PlacementState
#: The visit took place, or was to until somebody stayed away.
AGREED = frozenset({P.CONFIRMED, P.IN_PROGRESS, P.DEBRIEF_DUE, P.COMPLETED, P.NO_SHOW})
TOOK_PLACE = frozenset({P.IN_PROGRESS, P.DEBRIEF_DUE, P.COMPLETED})
FELL_THROUGH = frozenset({P.DECLINED, P.LAPSED, P.CANCELLED})
HOME, HOST = "enrolment__profile__organisation", "offer__organisation"


@dataclass(frozen=True, slots=True)
class Day:
    """One day of a visit."""

    date: dt.date
    half_days: int
    cover: str
    cover_half_days: int
    cost: Decimal | None


@dataclass(frozen=True, slots=True)
class Visit:
    """A visit without its names; `person` and `host_person` only tell people apart."""

    programme: str
    person: int
    host_person: int
    home: str
    host: str
    state: str
    asked: dt.date
    cancel_reason: str
    refused_by: str
    days: tuple[Day, ...]


@dataclass(frozen=True, slots=True)
class Host:
    """Somebody whose door is open."""

    name: str
    school: str
    person: int
    asked: bool


def _inside(user: AnyUser, programme: str, people: list[str], roles: Collection[GrantRole]) -> Q:
    return Q() if is_admin(user) else within(user, programme=programme, people=people, roles=roles)


def half_days_of(session: str) -> int:
    return 2 if session == Session.FULL else 1


def _cover_half_days(session: str, cover: str, said: int) -> int:
    """What a head said; where only a coordinator noted that cover is needed, as much as the visit takes."""
    if cover in (CoverStatus.UNKNOWN, CoverStatus.NOT_NEEDED):
        return 0
    return said or half_days_of(session)


def visits_of(
    user: AnyUser,
    *,
    roles: Collection[GrantRole],
    year: int,
    programmes: Collection[int],
    sides: Collection[str] = (HOME, HOST),
    own: bool = True,
) -> list[Visit]:
    """Visits of these programmes with a day in a school year, of people or places that a grant covers. Three queries.

    Args:
        sides: which of the two schools must lie inside a narrow grant; one is enough.
        own: whether the reader's own visits are among them.
    """
    first, last = days_of(year)
    some_day = PlacementDay.objects.filter(placement=OuterRef("pk"), date__range=(first, last))
    rows = Placement.objects.filter(
        _inside(user, "enrolment__cohort__programme", list(sides), roles),
        Exists(some_day),
        enrolment__cohort__programme__in=programmes,
    ).exclude(rules_version="")  # planned or suggested only: nobody asked for it
    if not own:
        rows = rows.exclude(Q(enrolment__profile__user_id=user.pk) | Q(offer__host__user_id=user.pk))
    days: dict[int, list[Day]] = defaultdict(list)
    of_rows = PlacementDay.objects.filter(placement__in=rows.order_by(), date__range=(first, last)).order_by("date")
    for placement, date, session, cover, said, cost in of_rows.values_list(
        "placement", "date", "session", "cover", "cover_half_days", "cover_cost"
    ):
        days[placement].append(Day(date, half_days_of(session), cover, _cover_half_days(session, cover, said), cost))
    refused = dict(
        PlacementApproval.objects.filter(placement__in=rows.order_by(), decision=ApprovalDecision.NO)
        .order_by()
        .values_list("placement", "party")
    )
    columns = (
        "pk", "state", "created_at", "cancel_reason", "enrolment__profile", "offer__host", f"{HOME}__name",
        f"{HOST}__name", "enrolment__cohort__programme__title", "enrolment__cohort__programme__pathway_page__title",
    )  # fmt: skip
    found = []
    for row in rows.order_by("pk").values(*columns):
        pathway = row["enrolment__cohort__programme__pathway_page__title"]
        title = row["enrolment__cohort__programme__title"]
        found.append(
            Visit(
                programme=f"{title} ({pathway})" if pathway and pathway != title else title,
                person=row["enrolment__profile"],
                host_person=row["offer__host"],
                home=row[f"{HOME}__name"],
                host=row[f"{HOST}__name"],
                state=row["state"],
                asked=timezone.localdate(row["created_at"]),
                cancel_reason=row["cancel_reason"],
                refused_by=refused.get(row["pk"], ""),
                days=tuple(days[row["pk"]]),
            )
        )
    return found


def hosts_of(user: AnyUser, *, roles: Collection[GrantRole], programmes: Collection[int]) -> list[Host]:
    """People with an open offer, and whether anybody has ever asked for one of theirs. One query."""
    rows = HostOffer.objects.filter(
        _inside(user, "programme", ["organisation"], roles), programme__in=programmes, state=OfferState.OPEN
    )
    asked = Exists(Placement.objects.filter(offer__host=OuterRef("host")))
    found: dict[int, Host] = {}
    for row in rows.annotate(asked=asked).order_by("host__display_name", "pk").values(
        "host", "host__display_name", "organisation__name", "asked"
    ):  # fmt: skip
        found.setdefault(
            row["host"], Host(row["host__display_name"], row["organisation__name"], row["host"], row["asked"])
        )
    return list(found.values())


def members_by_school(
    user: AnyUser, *, roles: Collection[GrantRole], year: int, programmes: Collection[int]
) -> Counter[str]:
    """School → members who may go on visits: accepted as mentee in a cohort of that school year. One query."""
    first, last = days_of(year)
    rows: Any = Enrolment.objects.filter(
        _inside(user, "cohort__programme", ["profile__organisation"], roles),
        cohort__programme__in=programmes,
        cohort__start__lte=last,
        cohort__end__gte=first,
        as_role=EnrolmentRole.MENTEE,
        state__in=(EnrolmentState.ELIGIBLE, EnrolmentState.COMPLETED),
    )
    people = rows.order_by().values_list("profile", "profile__organisation__name").distinct()
    return Counter(name for _, name in people)
