"""Closed days: read from pasted lines, and kept. Clocks in working days skip them (`people/working_days.py`)."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Q
from django.db.models.expressions import RawSQL
from django.utils import timezone

from mentoring.errors import MentoringError
from mentoring.people.calendar_models import CalendarException, CalendarKind
from mentoring.people.half_days import Session, meet
from mentoring.people.imports.people_scope import organisations_below
from mentoring.people.models import Organisation
from mentoring.people.working_days import UPWARDS
from mentoring.placements.models import PlacementDay, PlacementState
from mentoring.trust import audit
from mentoring.trust.access import programmes_for
from mentoring.trust.decision import YES, Decision, no
from mentoring.trust.reach import is_admin, kept_organisations

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser

    from mentoring.programmes.models import Programme

MOST_LINES = 500
LONGEST = dt.timedelta(days=366)
_DATE = r"(\d{4}-\d{1,2}-\d{1,2}|\d{1,2}/\d{1,2}/\d{4})"
_LINE = re.compile(rf"^{_DATE}(?:\s*(?:–|—|-|to|until)\s*{_DATE})?[\s,;:]*(.*)$", re.IGNORECASE)
_PART = re.compile(r"\b(?:(am|mornings?)|(pm|afternoons?))\b")
#: Words for a kind of day, folded.
KIND_WORDS = {
    **{kind.value: kind for kind in CalendarKind},
    **{kind.label.casefold(): kind for kind in CalendarKind},
    "half-term": CalendarKind.HOLIDAY,
    "half term": CalendarKind.HOLIDAY,
    "bank holiday": CalendarKind.HOLIDAY,
    "exam": CalendarKind.EXAMS,
    "assessment": CalendarKind.ASSESSMENT,
}


@dataclass(frozen=True, slots=True)
class Line:
    """One pasted line: what it says, or why it says nothing."""

    number: int
    text: str
    first: dt.date | None = None
    last: dt.date | None = None
    kind: CalendarKind = CalendarKind.HOLIDAY
    session: Session = Session.FULL
    error: str = ""

    @property
    def what(self) -> str:
        """The kind in words, with the part of the day where it is not all of it."""
        return self.kind.label if self.session == Session.FULL else f"{self.kind.label}, {self.session.label.lower()}"

    @property
    def written(self) -> str:
        """As `read_lines` reads it."""
        part = "" if self.session == Session.FULL else f" {self.session}"
        return f"{self.first} – {self.last} {self.kind}{part}"


def read_lines(text: str) -> list[Line]:
    """Lines as “2027-02-15 – 2027-02-19 holiday”; days also as 15/02/2027; or one day;
    or half of one with “am” or “pm”. Empty lines do not count.

    Raises:
        MentoringError: nothing pasted, or too much.
    """
    given = [(number, line.strip()) for number, line in enumerate(text.splitlines(), start=1) if line.strip()]
    if not given:
        raise MentoringError("Please paste at least one line.")
    if len(given) > MOST_LINES:
        raise MentoringError(f"Please paste at most {MOST_LINES} lines at a time.")
    return [_read(number, line) for number, line in given]


def _read(number: int, text: str) -> Line:
    found = _LINE.match(text)
    if not found:
        return Line(number, text, error="Please begin with a day, for example 2027-02-15 or 15/02/2027.")
    try:
        first = _day(found[1])
        last = _day(found[2]) if found[2] else first
    except ValueError:
        return Line(number, text, error="There is no such day.")
    if last < first:
        return Line(number, text, error="The last day comes before the first.")
    if last - first > LONGEST:
        return Line(number, text, error="This is longer than a year. Please check the years.")
    parts = list(_PART.finditer(found[3].casefold()))
    if len(parts) > 1:
        return Line(number, text, first, last, error="Please say one part of the day, or none for whole days.")
    session = Session.FULL if not parts else Session.AM if parts[0][1] else Session.PM
    word = " ".join(_PART.sub(" ", found[3].casefold()).split()).strip(" .,;:()")
    kind = KIND_WORDS.get(word) if word else CalendarKind.HOLIDAY
    if kind is None:
        names = ", ".join(choice.label for choice in CalendarKind)
        return Line(
            number, text, first, last, error=f"We do not know “{found[3].strip()}”. Please use one of: {names}."
        )
    return Line(number, text, first, last, kind, session)


def _day(text: str) -> dt.date:
    if "/" in text:
        day, month, year = map(int, text.split("/"))
        return dt.date(year, month, day)
    return dt.date(*map(int, text.split("-")))


def can_keep(user: Any, organisation_id: int | None) -> Decision:
    """A coordinator keeps the days of the organisation that owns the programme, or of their part, and of all below."""
    if is_admin(user) or organisation_id in kept_organisations(user):
        return YES
    return no("You do not keep the days of this organisation.")


def organisations_kept_by(user: Any) -> Any:
    rows = Organisation.objects.filter(active=True)
    return rows if is_admin(user) else rows.filter(pk__in=kept_organisations(user))


def _programme_of(actor: AbstractBaseUser) -> Programme | None:
    """Whose owners read in the trail what was done: the days belong to no programme."""
    return programmes_for(actor).order_by("pk").first()


def keep(*, organisation: Organisation, lines: Sequence[Line], actor: AbstractBaseUser) -> int:
    """Adds what the lines say, all or nothing; says how many are new. What is there already stays as it is.

    Raises:
        MentoringError: not theirs to keep, or a line with an error.
    """
    decision = can_keep(actor, organisation.pk)
    if not decision:
        raise MentoringError(decision.reason)
    if any(line.error for line in lines):
        raise MentoringError("Please mend the marked lines first. Nothing was saved.")
    with transaction.atomic():
        new = 0
        for line in lines:
            row, made = CalendarException.objects.get_or_create(
                organisation=organisation, date_from=line.first, date_to=line.last, kind=line.kind, session=line.session
            )
            if made:
                new += 1
                _record("added", row, actor)
    return new


def _record(verb: str, row: CalendarException, actor: AbstractBaseUser) -> None:
    facts = {"organisation": row.organisation_id, "from": str(row.date_from), "to": str(row.date_to)}
    facts |= {"kind": row.kind, "part": row.session}
    audit.record(
        action=f"mentoring.closed_days.{verb}", obj=row, actor=actor, programme=_programme_of(actor), after=facts
    )


def known(organisation: Organisation, lines: Sequence[Line]) -> dict[int, Organisation]:
    """Line number → whose calendar has all these days as this kind already: its own, or one above. 1 query."""
    rows = list(
        CalendarException.objects.filter(organisation_id__in=RawSQL(UPWARDS, [organisation.pk]))  # noqa: S611
        .select_related("organisation")
        .order_by("pk")
    )
    found: dict[int, Organisation] = {}
    for line in lines:
        first, last = line.first, line.last
        for row in rows:
            part = row.session in (line.session, Session.FULL)
            same = part and row.kind == line.kind and row.no_release and row.no_host
            if same and first and last and row.date_from <= first and last <= row.date_to:
                found.setdefault(line.number, row.organisation)
    return found


def confirmed_visits_on(organisation: Organisation, lines: Sequence[Line]) -> int:
    """How many confirmed visits lie on these days, there or from there: the clock puts them on hold. Few queries."""
    places = organisations_below([organisation.pk])
    there = Q(placement__offer__organisation__in=places) | Q(placement__enrolment__profile__organisation__in=places)
    days = PlacementDay.objects.filter(
        there, placement__state=PlacementState.CONFIRMED, date__gt=timezone.localdate()
    ).values_list("placement", "date", "session")
    stretches = [(line.first, line.last, line.session) for line in lines if line.first and line.last]
    return len(
        {
            visit
            for visit, day, session in days
            if any(first <= day <= last and meet(part, session) for first, last, part in stretches)
        }
    )


def remove(*, row: CalendarException, actor: AbstractBaseUser) -> None:
    """The days count again from now on; clocks that have skipped them keep their last day.

    Raises:
        MentoringError: not theirs to keep.
    """
    decision = can_keep(actor, row.organisation_id)
    if not decision:
        raise MentoringError(decision.reason)
    with transaction.atomic():
        held = CalendarException.objects.select_for_update().filter(pk=row.pk).first()
        if held is not None:
            _record("removed", held, actor)
            held.delete()
