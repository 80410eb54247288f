"""Exclusions from a file. People are named by their work e-mail, organisations by name or URN."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.core.files.base import ContentFile, File
from django.db import transaction
from django.utils import timezone

from mentoring.errors import MentoringError
from mentoring.people.exclusion_models import Exclusion, ExclusionKind
from mentoring.people.imports.reader import Row, Unreadable, open_table
from mentoring.people.models import Organisation, Profile
from mentoring.people.names import fold
from mentoring.programmes.grants_admin import organisations_of
from mentoring.programmes.models import Programme
from mentoring.trust import access
from mentoring.trust.reach import reach_of

from .calendar_files import read_day, refuse_size
from .exclusions import decide, exclude

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser

MOST_ROWS = 500
HEADINGS = ("Who", "Not with", "Kind", "Reason", "Last day")
_NAMES = {
    "who": ("who", "person", "e-mail", "email", "work e-mail"),
    "other": ("not with", "other", "other person", "organisation", "other e-mail"),
    "kind": ("kind", "type"),
    "reason": ("reason", "why"),
    "until": ("last day", "expires", "until"),
}
_KINDS = {word.casefold(): kind for kind in ExclusionKind for word in (kind.value, str(kind.label))}


@dataclass(frozen=True, slots=True)
class Planned:
    """One row: what it would add, or why it adds nothing. `there`: the exclusion stands already."""

    line: int
    cells: tuple[str, ...]
    error: str = ""
    there: bool = False
    person: Profile | None = None
    other_person: Profile | None = None
    other_organisation: Organisation | None = None
    kind: str = ""
    expires_on: dt.date | None = None

    @property
    def reason(self) -> str:
        return self.cells[3]

    @property
    def is_new(self) -> bool:
        return not self.error and not self.there

    @property
    def kind_label(self) -> str:
        return str(ExclusionKind(self.kind).label)


def read_file(file: File[Any], *, programme: Programme, actor: AbstractBaseUser) -> list[Planned]:
    """Each row and what would become of it; nothing is written. A fixed number of queries.

    Raises:
        Unreadable: the file as a whole cannot be used.
    """
    refuse_size(file, "a list of exclusions")
    rows: list[tuple[int, tuple[str, ...], str]] = []
    with open_table(file, name=file.name or "") as table:
        places = {heading.casefold(): place for place, heading in enumerate(table.headings)}
        at = {key: next((places[n] for n in names if n in places), None) for key, names in _NAMES.items()}
        for key, heading in (("who", "Who"), ("other", "Not with"), ("kind", "Kind")):
            if at[key] is None:
                raise Unreadable(f"No column of this file is called “{heading}”. Please use: {', '.join(HEADINGS)}.")
        for row in table.rows():
            if len(rows) == MOST_ROWS:
                raise Unreadable(f"This file has more than {MOST_ROWS} rows. Please split it.")
            rows.append((row.line, tuple(_cell(row, at[key]) for key in _NAMES), row.fault))
    if not rows:
        raise Unreadable("This file has no rows below its headings.")
    return _Planner(programme, actor).plan(rows)


def _cell(row: Row, place: int | None) -> str:
    return row.cells[place] if place is not None else ""


class _Planner:
    """What a whole file needs, read once; only people and places that the coordinator sees anyway."""

    def __init__(self, programme: Programme, actor: AbstractBaseUser) -> None:
        self.actor, self.reach = actor, reach_of(actor, programme.pk)
        people = access.profiles_for(actor).select_related("user", "organisation")
        self.people = {str(getattr(row.user, "email", "")).casefold(): row for row in people if row.user_id}
        self.places: dict[str, list[Organisation]] = {}
        for place in organisations_of(access.programmes_for(actor).filter(pk=programme.pk)):
            for name in filter(None, (place.name_key, place.urn)):
                self.places.setdefault(name, []).append(place)
        standing = Exclusion.objects.filter(programme=programme)
        self.standing: set[tuple[int, str, int]] = set()
        for person, other, organisation in standing.values_list("person", "other_person", "other_organisation"):
            self._stands(person, other, organisation)

    def _stands(self, person: int, other: int | None, organisation: int | None) -> None:
        if other is not None:
            self.standing |= {(person, "person", other), (other, "person", person)}
        else:
            self.standing.add((person, "place", organisation or 0))

    def plan(self, rows: Sequence[tuple[int, tuple[str, ...], str]]) -> list[Planned]:
        return [Planned(line, cells, error=fault) if fault else self._one(line, cells) for line, cells, fault in rows]

    def _one(self, line: int, cells: tuple[str, ...]) -> Planned:
        who, other, kind_word, reason, until = cells
        person = self.people.get(who.casefold())
        if person is None:
            return Planned(line, cells, error=f"We know nobody here with the address “{who[:80]}”.")
        other_person, place = self.people.get(other.casefold()), None
        if other_person is None:
            found = [] if "@" in other else self.places.get(other) or self.places.get(fold(other)) or []
            if len(found) != 1:
                what = "Several organisations are called" if found else "We know no address and no organisation"
                return Planned(line, cells, error=f"{what} “{other[:80]}”.")
            place = found[0]
        if other_person is not None and other_person.pk == person.pk:
            return Planned(line, cells, error="Both addresses are the same person’s.")
        kind = _KINDS.get(kind_word.casefold())
        if kind is None:
            return Planned(line, cells, error=f"Please use one of these kinds: {', '.join(ExclusionKind.labels)}.")
        if len(reason) > 1000:
            return Planned(line, cells, error="Please keep the reason below 1,000 characters.")
        try:
            last = read_day(until) if until else None
        except ValueError as error:
            return Planned(line, cells, error=str(error))
        if last and last < timezone.localdate():
            return Planned(line, cells, error="The last day lies in the past.")
        decision = decide(self.reach, self.actor, person, other_person)
        if not decision:
            return Planned(line, cells, error=decision.reason)
        key = (person.pk, "person", other_person.pk) if other_person else (person.pk, "place", place.pk if place else 0)
        there = key in self.standing
        self._stands(person.pk, other_person.pk if other_person else None, place.pk if place else None)
        return Planned(line, cells, "", there, person, other_person, place, kind, last)


def as_text(planned: Sequence[Planned]) -> str:
    """The new rows as a file again: what the preview showed is what is kept, whatever became of the upload."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(HEADINGS)
    writer.writerows(row.cells for row in planned if row.is_new)
    return out.getvalue()


def keep(*, text: str, programme: Programme, actor: AbstractBaseUser) -> tuple[int, int]:
    """Adds what a preview showed, all or nothing: (new, pairs at work that need the coordinator now).

    Raises:
        MentoringError: a row cannot be kept any more; the sentence names it.
    """
    planned = read_file(ContentFile(text.encode(), name="rows.csv"), programme=programme, actor=actor)
    new = touched = 0
    with transaction.atomic():
        for row in planned:
            if row.error or row.person is None:
                raise MentoringError(f"{row.cells[0]}: {row.error} Nothing was saved. Please upload the file again.")
            if row.there:
                continue
            _, pairs = exclude(
                programme=programme, person=row.person, kind=row.kind, actor=actor, other_person=row.other_person,
                other_organisation=row.other_organisation, reason=row.reason, expires_on=row.expires_on,
            )  # fmt: skip
            new, touched = new + 1, touched + len(pairs)
    return new, touched
