"""Who is who in a run: the engine's keys, enrolments, and names as far as one coordinator may see them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from mentoring.errors import MentoringError
from mentoring.people.models import Organisation
from mentoring.programmes.models import EnrolmentRole
from mentoring.trust import access

from .gathering import organisation_key
from .models import MatchRun

if TYPE_CHECKING:
    from mentoring.trust.access import AnyUser

_PERSON = re.compile(r"person-\d+")
_ORGANISATION = re.compile(r"organisation-(\d+)")
SOMEBODY = "somebody whom you do not see here"


@dataclass(frozen=True, slots=True)
class Somebody:
    """One person of a run on one of its sides."""

    enrolment: int
    key: str
    role: str
    name: str
    organisation: str

    def __str__(self) -> str:
        return self.name

    @property
    def choice(self) -> str:
        """How a picker writes them: to be read by people, and found again by the number."""
        return f"{self.name}, {self.organisation} #{self.enrolment}"


class Cast:
    """The people of a run. Own rows of the asking coordinator are not among them. One query."""

    def __init__(self, run: MatchRun, user: AnyUser) -> None:
        ids: dict[str, dict[str, int]] = (run.inputs or {}).get("enrolments", {})
        self._keys = {role: {pk: key for key, pk in people.items()} for role, people in ids.items()}
        rows = access.enrolments_for(user).filter(cohort=run.cohort_id).order_by("profile__display_name", "pk")
        self.people: dict[int, Somebody] = {}
        self.places: dict[str, str] = {}
        """Engine's key of an organisation → its name, of everybody who is here."""
        for pk, role, name, place_id, place in rows.values_list(
            "pk", "as_role", "profile__display_name", "profile__organisation", "profile__organisation__name"
        ):
            self.places[organisation_key(place_id)] = place
            key = self._keys.get(role, {}).get(pk)
            if key is not None:
                self.people[pk] = Somebody(pk, key, role, name, place)
        self._by_key = {person.key: person.name for person in self.people.values()}

    def side(self, role: EnrolmentRole) -> list[Somebody]:
        """Mentees or mentors, by name."""
        return [person for person in self.people.values() if person.role == role]

    def key(self, role: EnrolmentRole, enrolment: int) -> str | None:
        """The engine's key, own rows included: who must be counted need not be shown."""
        return self._keys.get(role, {}).get(enrolment)

    def enrolment(self, role: EnrolmentRole, key: str) -> int | None:
        return self._ids[role].get(key)

    @cached_property
    def _ids(self) -> dict[str, dict[str, int]]:
        return {
            role: {key: pk for pk, key in self._keys.get(role, {}).items()}
            for role in (EnrolmentRole.MENTEE, EnrolmentRole.MENTOR)
        }

    def name(self, key: str) -> str:
        return self._by_key.get(key, SOMEBODY)

    def picked(self, text: str, role: EnrolmentRole) -> Somebody:
        """The person whom a picker's text means: its number, or a name that only one person has.

        Raises:
            MentoringError: nobody, or more than one.
        """
        text = text.strip()
        noun = EnrolmentRole(role).label.lower()
        if not text:
            raise MentoringError(f"Please choose a {noun}.")
        number = text.rpartition("#")[2].strip()
        if number.isdecimal():
            person = self.people.get(int(number)) if len(number) < 19 else None
            if person is not None and person.role == role:
                return person
        else:
            named = [p for p in self.side(role) if p.name.casefold() == text.casefold()]
            if len(named) == 1:
                return named[0]
            if named:
                raise MentoringError(f"More than one {noun} is called “{text}”: please choose from the list.")
        raise MentoringError(f"“{text[:80]}” is no {noun} of this run: please choose from the list.")

    def speak(self, sentence: str) -> str:
        """A sentence of the engine with names for its keys."""
        said = _PERSON.sub(lambda found: self.name(found[0]), sentence)
        return said[:1].upper() + said[1:]


def organisation_names(keys: Iterable[str], known: Mapping[str, str] | None = None) -> dict[str, str]:
    """Engine's key of a place → its name. One query for those that are not known already."""
    names = {key: known[key] for key in keys if key in known} if known else {}
    keys = set(keys) - names.keys()
    return names | _asked(keys) if keys else names


def _asked(keys: Iterable[str]) -> dict[str, str]:
    ids = {int(found[1]): key for key in keys if (found := _ORGANISATION.fullmatch(key))}
    names: dict[int, Any] = dict(Organisation.objects.filter(pk__in=ids).values_list("pk", "name"))
    return {ids[pk]: name for pk, name in names.items()}
