"""Writes what a file of people brings: users without passwords, profiles, interests, line managers, enrolments."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from mentoring.people import accounts
from mentoring.people.models import Direction, Profile, ProfileInterest
from mentoring.trust import audit

from .meanings import Meanings

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser

    from mentoring.programmes.models import Cohort


@dataclass(slots=True)
class Person:
    """A row in our words. None: the file says nothing of it, so nothing changes."""

    email: str
    name: str
    job_title: str = ""
    bio: str = ""
    organisation: Any = None
    role_level: Any = None
    aspiration: Any = None
    line_manager: str = ""
    phases: list[Any] | None = None
    seek: list[tuple[Any, int]] | None = None
    offer: list[tuple[Any, int]] | None = None
    enrol_as: tuple[str, ...] = ()
    goals: str = ""
    places: int = 1
    user: Any = None
    profile: Profile | None = None
    fields: set[str] = field(default_factory=set)


class PeopleWriter:
    """One use per import, inside its transaction."""

    def __init__(self, meanings: Meanings, actor: AbstractBaseUser | None, cohort: Cohort | None) -> None:
        self.meanings = meanings
        self.actor = actor
        self.cohort = cohort
        self._counts: dict[str, int] = {}
        self._managers: list[tuple[Profile, str]] = []
        self._new: dict[str, Profile] = {}

    def write(self, people: Iterable[Person]) -> None:
        self._counts = self.meanings.carry_out(self.actor)
        people = list(people)
        for person in people:
            if person.profile is None:
                self._create(person)
            elif person.fields:
                self._change(person)
        # Managers after everybody is there; enrolments after managers, so that nobody is matched with their own.
        self._link_managers()
        for person in people:
            self._enrol(person)

    def finish(self) -> dict[str, int]:
        return self._counts

    def _create(self, person: Person) -> None:
        user: Any = person.user or accounts.create(email=person.email, name=person.name)
        profile = Profile(user=user, display_name=person.name)
        person.profile = profile
        person.fields = {"organisation", "job_title", "role_level", "aspiration_level", "bio"}
        self._fill(person)
        profile.save()
        person.fields |= {"phases", "seek", "offer", "line_manager"}
        self._link(person)
        self._new[person.email] = profile
        audit.record(
            action="mentoring.profile.imported",
            obj=profile,
            actor=self.actor,
            after={"organisation": profile.organisation_id, "account": "existing" if person.user else "new"},
        )

    def _change(self, person: Person) -> None:
        profile = person.profile
        assert profile is not None
        self._fill(person)
        profile.save()
        self._link(person)
        # Names of fields, not what they held: the trail outlives a person's wish to be forgotten.
        audit.record(
            action="mentoring.profile.updated_by_import",
            obj=profile,
            actor=self.actor,
            after={"fields": sorted(person.fields)},
        )

    def _fill(self, person: Person) -> None:
        profile = person.profile
        assert profile is not None
        brought = {
            "display_name": person.name,
            "organisation": self.meanings.made(person.organisation),
            "job_title": person.job_title,
            "role_level": self.meanings.made(person.role_level),
            "aspiration_level": self.meanings.made(person.aspiration),
            "bio": person.bio,
        }
        for name, value in brought.items():
            if name in person.fields:
                setattr(profile, name, value)

    def _link(self, person: Person) -> None:
        profile = person.profile
        assert profile is not None
        if "phases" in person.fields and person.phases:
            profile.phases.set(person.phases)
        for direction, wanted in ((Direction.SEEK, person.seek), (Direction.OFFER, person.offer)):
            if direction.value in person.fields and wanted:
                profile.profile_interests.filter(direction=direction).delete()
                ProfileInterest.objects.bulk_create(
                    ProfileInterest(
                        profile=profile, interest=self.meanings.made(topic), direction=direction, strength=strength
                    )
                    for topic, strength in wanted
                )
        if "line_manager" in person.fields and person.line_manager:
            self._managers.append((profile, person.line_manager))

    def _link_managers(self) -> None:
        known = accounts.profiles_by_email({email for _, email in self._managers})
        for profile, email in self._managers:
            manager = known.get(email)
            profile.line_manager = manager
            profile.line_manager_email = "" if manager else email
            profile.save(update_fields=["line_manager", "line_manager_email"])
        waiting = Profile.objects.filter(line_manager__isnull=True, line_manager_email__in=list(self._new))
        for profile in waiting:
            profile.line_manager = self._new[profile.line_manager_email]
            profile.line_manager_email = ""
            profile.save(update_fields=["line_manager", "line_manager_email"])

    def _enrol(self, person: Person) -> None:
        if not person.enrol_as or self.cohort is None or self.actor is None:
            return
        from mentoring.programmes.services import enrol  # late: programmes know people, not the other way round

        assert person.profile is not None
        for role in person.enrol_as:
            enrol(
                cohort=self.cohort,
                profile=person.profile,
                as_role=role,
                actor=self.actor,
                goals=person.goals if role == "mentee" else "",
                capacity=person.places if role == "mentor" else 1,
            )
            self._counts["enrolled"] = self._counts.get("enrolled", 0) + 1
