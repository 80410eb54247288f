"""The queues on “Today”: how much waits, since when, and where it is done."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Count, Min
from django.urls import reverse
from django.utils import timezone

from mentoring.concerns.models import CONCERN_OPEN
from mentoring.concerns.queries import concerns_for
from mentoring.messages.models import OutboxState
from mentoring.programmes.models import GrantRole
from mentoring.trust.access import grants_for, messages_for
from mentoring.trust.policies import held_grants
from mentoring.trust.reach import is_admin

from .items import Item

if TYPE_CHECKING:
    from mentoring.trust.access import AnyUser

#: A grant that ends within so many days is shown to whoever can give it again.
GRANTS_END_WITHIN = 30


@dataclass(frozen=True, slots=True)
class Queue:
    """One row of “Today”. `url` leads to where it is done: the oldest item, or a list where many are done at once."""

    key: str
    label: str
    count: int
    oldest: dt.datetime | None = None
    until: dt.date | None = None
    action: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class _Kind:
    """A queue made of items. With a list its work is done there, otherwise on the oldest item's page."""

    one: str
    many: str
    action: str
    list_name: str = ""
    query: str = ""


#: By key, in the order in which a Friday goes.
KINDS = {
    "pairs": _Kind("pair needs you", "pairs need you", "See the oldest"),
    "to_read": _Kind("application to read", "applications to read", "Read the oldest"),
    "answered": _Kind("question of yours answered", "questions of yours answered", "Read the oldest"),
    "decide": _Kind("pair to decide", "pairs to decide", "Decide", "mentoring_proposal:index", "?state=draft"),
    "send": _Kind("offer to send", "offers to send", "Send", "mentoring_proposal:index", "?state=approved"),
    "lapsing": _Kind("offer lapses within three days", "offers lapse within three days", "See the first"),
    "exhausted": _Kind("mentee has no choice left", "mentees have no choice left", "See the oldest"),
    "rematch": _Kind("mentee first in line again", "mentees first in line again", "List", "mentoring_waiting:index"),
    "unmatched": _Kind("mentee without a mentor", "mentees without a mentor", "See the oldest"),
    "waiting": _Kind("person on a waiting list", "people on a waiting list", "List", "mentoring_waiting:index"),
    "heads": _Kind("head has not answered", "heads have not answered", "See the oldest"),
    "confirm": _Kind("visit to confirm", "visits to confirm", "See the first"),
    "held": _Kind("visit on hold", "visits on hold", "See the first"),
    "cover": _Kind("visit without cover", "visits without cover", "See the first"),
    "statements": _Kind(
        "visit without a statement on its day", "visits without a statement on their day", "See the first"
    ),
    "visit_heads": _Kind("visit waits for a head", "visits wait for heads", "See the first"),
    "debriefs": _Kind("debrief to come", "debriefs to come", "See the oldest"),
    "cut": _Kind("mentor offers fewer places than given", "mentors offer fewer places than given", "See one"),
}


def queues_for(user: AnyUser, items: Sequence[Item]) -> list[Queue]:
    """What waits for this coordinator; empty queues are left out. At most three queries beside the items."""
    by_key: dict[str, list[Item]] = {}
    for item in items:
        if item.queue:
            by_key.setdefault(item.queue, []).append(item)
    found = [_of_items(key, kind, by_key[key]) for key, kind in KINDS.items() if key in by_key]
    return [*found, *_failed_mail(user), *_concerns(user), *_grants(user)]


def _of_items(key: str, kind: _Kind, items: list[Item]) -> Queue:
    first = min(items, key=lambda item: (item.until or dt.date.max, item.since.timestamp() if item.since else 0.0))
    return Queue(
        key,
        kind.one if len(items) == 1 else kind.many,
        len(items),
        min((item.since for item in items if item.since), default=None),
        min((item.until for item in items if item.until), default=None),
        kind.action,
        reverse(kind.list_name) + kind.query if kind.list_name else first.url,
    )


def _holds(user: AnyUser, role: GrantRole) -> bool:
    return any(held.role == role for grants in held_grants(user).values() for held in grants)


def _failed_mail(user: AnyUser) -> list[Queue]:
    rows = messages_for(user).filter(state=OutboxState.FAILED).order_by()
    sums = rows.aggregate(n=Count("pk"), oldest=Min("created_at"))
    if not sums["n"]:
        return []
    label = "message could not be sent" if sums["n"] == 1 else "messages could not be sent"
    url = f"{reverse('mentoring_outbox:index')}?state={OutboxState.FAILED}"
    return [Queue("mail", label, sums["n"], sums["oldest"], action="See them", url=url)]


def _concerns(user: AnyUser) -> list[Queue]:
    """How many wait, for those who may read them; nobody else learns that there is one."""
    if not _holds(user, GrantRole.CONCERNS):
        return []
    rows = concerns_for(user).filter(state__in=CONCERN_OPEN).order_by()
    sums = rows.aggregate(n=Count("pk"), oldest=Min("created_at"))
    if not sums["n"]:
        return []
    label, url = "concern" if sums["n"] == 1 else "concerns", reverse("mentoring_concern:index")
    return [Queue("concerns", label, sums["n"], sums["oldest"], action="Read them", url=url)]


def _grants(user: AnyUser) -> list[Queue]:
    if not (is_admin(user) or _holds(user, GrantRole.OWNER)):
        return []
    today = timezone.localdate()
    last = today + dt.timedelta(days=GRANTS_END_WITHIN)
    rows = grants_for(user).filter(expires_on__range=(today, last)).order_by()
    sums = rows.aggregate(n=Count("pk"), until=Min("expires_on"))
    if not sums["n"]:
        return []
    label = "coordinator’s grant ends soon" if sums["n"] == 1 else "coordinators’ grants end soon"
    url = reverse("mentoring_grant:index")
    return [Queue("grants", label, sums["n"], until=sums["until"], action="See them", url=url)]
