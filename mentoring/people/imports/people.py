"""Judges a file of people row by row: who is new, what would change, what cannot be."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from mentoring.people import accounts
from mentoring.people.import_models import RowFate
from mentoring.people.models import Direction, Interest, Profile, RoleLevel

from .meanings import Meanings
from .people_columns import BY_NAME, REQUIRED, split_topics
from .people_scope import ChangeScope
from .people_write import PeopleWriter, Person
from .plan import Planned
from .reader import Row, Unreadable

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser

    from mentoring.programmes.models import Cohort

MOST_ROWS = 20_000
_ROLES = {
    "mentee": ("mentee",),
    "mentor": ("mentor",),
    "both": ("mentee", "mentor"),
    "mentee and mentor": ("mentee", "mentor"),
    "mentor and mentee": ("mentee", "mentor"),
}


class RowError(Exception):
    """This row cannot be used; the text is for the person who uploaded it."""


def check_mapping(mapping: dict[str, str], headings: list[str]) -> None:
    """Raises `Unreadable` unless the needed fields have a column, each column at most one field."""
    missing = [BY_NAME[name].label for name in REQUIRED if mapping.get(name) not in headings]
    if missing:
        raise Unreadable(f"Please choose the column for: {', '.join(missing)}.")
    chosen = [heading for heading in mapping.values() if heading]
    twice = sorted({heading for heading in chosen if chosen.count(heading) > 1})
    if twice:
        raise Unreadable(f"The column “{twice[0]}” is chosen for two things. Choose it once.")


@dataclass
class PeoplePlanner:
    """See `plan.Planner`. Judges here; `people_write` writes.

    Args:
        mapping: our field → heading. choices: answers about unknown words, as `ImportJob.choices`.
        actor: who imports; None for the command line. cohort: where an “enrol as” enrols to.
        update_existing: also change what members wrote about themselves.
    """

    headings: list[str]
    mapping: dict[str, str]
    choices: dict[str, dict[str, Any]]
    actor: AbstractBaseUser | None = None
    cohort: Cohort | None = None
    update_existing: bool = False

    def __post_init__(self) -> None:
        places = {heading: place for place, heading in enumerate(self.headings)}
        self._place = {name: places[heading] for name, heading in self.mapping.items() if heading in places}
        self.meanings = Meanings(self.choices)
        self._lines: dict[str, int] = {}
        self._enrolments: dict[tuple[int, str], str] = {}

    @property
    def places(self) -> Iterable[int]:
        return self._place.values()

    def plan(self, rows: Iterable[Row]) -> Iterator[Planned]:
        every: list[Row] = []
        for row in rows:
            every.append(row)
            if len(every) > MOST_ROWS:
                raise Unreadable(f"This file has more than {MOST_ROWS:,} people. Please split it.")
        self.meanings.prepare(row.cells[self._place["organisation"]] for row in every)
        users = accounts.by_email(row.cells[self._place["email"]] for row in every)
        self._profiles = {
            profile.user_id: profile
            for profile in Profile.objects.filter(user__in=[user.pk for user in users.values()])
            .select_related("user", "organisation", "role_level", "aspiration_level", "line_manager__user")
            .prefetch_related("phases", "profile_interests__interest")
        }
        self._scope = ChangeScope.of(self.actor, self._profiles.values())
        if self.cohort is not None:
            rows_of = self.cohort.enrolments.filter(profile__in=self._profiles.values())
            self._enrolments = {(e.profile_id, e.as_role): e.state for e in rows_of}
        for row in every:
            yield self._judge(row, users)

    def write(self, batch: list[Planned]) -> None:
        self._writer = PeopleWriter(self.meanings, self.actor, self.cohort)
        self._writer.write([one.work for one in batch if one.fate in (RowFate.NEW, RowFate.CHANGED)])

    def finish(self) -> dict[str, int]:
        return self._writer.finish()

    # --- One row -------------------------------------------------------------------------

    def _judge(self, row: Row, users: dict[str, AbstractBaseUser]) -> Planned:
        cell = {name: row.cells[place] for name, place in self._place.items()}
        email = accounts.fold_email(cell["email"])
        one = Planned(row.line, RowFate.ERROR, key=email[:254], label=cell["name"][:300], original=row.cells)
        try:
            if row.fault:
                raise RowError(row.fault)
            person = self._read(cell, email, one.messages)
        except RowError as error:
            one.messages.append(str(error))
            return one
        if email in self._lines:
            one.fate = RowFate.DUPLICATE
            one.messages = [f"The same person stands on line {self._lines[email]}, which counts."]
            return one
        unknown = [message for message in one.messages if message.startswith(_UNKNOWN)]
        if unknown:
            one.fate = RowFate.UNKNOWN
            return one
        self._lines[email] = row.line
        person.user = users.get(email)
        if person.user is not None and not person.user.is_active:
            one.messages.append("This person’s account has been closed; an import does not open it again.")
            return one
        person.profile = self._profiles.get(person.user.pk) if person.user is not None else None
        one.original = []
        one.work = person
        self._compare(one, person)
        return one

    def _read(self, cell: dict[str, str], email: str, messages: list[str]) -> Person:
        if not cell["name"]:
            raise RowError("The name is missing.")
        if not email:
            raise RowError("The work e-mail is missing.")
        try:
            validate_email(email)
        except ValidationError:
            raise RowError(f"“{cell['email'][:80]}” is not an e-mail address.") from None
        for name, most in (("name", 300), ("job_title", 200), ("bio", 1200), ("goals", 2000), ("email", 254)):
            if len(cell.get(name, "")) > most:
                raise RowError(f"{BY_NAME[name].label} has {len(cell[name]):,} characters; {most:,} is the most.")
        if not cell["organisation"]:
            raise RowError("The organisation is missing.")
        person = Person(
            email=email,
            name=cell["name"],
            job_title=cell.get("job_title", ""),
            bio=cell.get("bio", ""),
            goals=cell.get("goals", ""),
            line_manager=self._line_manager(cell.get("line_manager", ""), email),
            enrol_as=self._enrol_as(cell.get("enrol_as", ""), messages),
            places=self._places(cell.get("places", "")),
        )
        person.organisation, _ = self.meanings.organisation(cell["organisation"])
        if person.organisation is None:
            messages.append(f"{_UNKNOWN}the organisation “{cell['organisation'][:80]}”.")
        person.role_level = self._role(cell.get("role_level", ""), messages)
        person.aspiration = self._role(cell.get("aspiration", ""), messages)
        if not cell.get("role_level") and person.job_title:
            person.role_level = self.meanings.words.role(person.job_title).entry
        if not person.job_title:
            if person.role_level is None and not any(message.startswith(_UNKNOWN) for message in messages):
                raise RowError("Both the job title and the role level are missing.")
            person.job_title = str(person.role_level or "")
        person.phases = self._phases(cell.get("phases", ""), messages)
        person.seek = self._topics(cell.get("seek", ""), messages)
        person.offer = self._topics(cell.get("offer", ""), messages)
        return person

    def _role(self, text: str, messages: list[str]) -> Any:
        if not text:
            return None
        level, left_empty = self.meanings.role(text)
        if level is None and not left_empty:
            messages.append(f"{_UNKNOWN}the role “{text[:80]}”.")
        return level

    def _topics(self, text: str, messages: list[str]) -> list[tuple[Any, int]] | None:
        if not text:
            return None
        try:
            named = split_topics(text)
        except ValueError as error:
            raise RowError(str(error)) from None
        if len(named) == 1 and "," in text and not self.meanings.knows_topic(named[0][0]):
            # Commas are part of some labels, so they separate only where every part is a topic of its own.
            parts = split_topics(text.replace(",", ";"))
            if all(self.meanings.words.topic(part).known for part, _ in parts):
                named = parts
        found: dict[Any, tuple[Any, int]] = {}
        for topic_text, strength in named:
            topic, left_empty = self.meanings.topic(topic_text)
            if topic is None:
                if not left_empty:
                    messages.append(f"{_UNKNOWN}the topic “{topic_text[:80]}”.")
                continue
            key = topic.pk if isinstance(topic, Interest) else id(topic)
            found[key] = (topic, max(strength, found.get(key, (topic, 0))[1]))
        return list(found.values())

    def _phases(self, text: str, messages: list[str]) -> list[Any] | None:
        if not text:
            return None
        phases: dict[int, Interest] = {}
        for part in filter(None, (p.strip() for p in text.replace(",", ";").replace("/", ";").split(";"))):
            phase = self.meanings.words.audience(part).entry
            if phase is None or phase.group != "phase":
                messages.append(f"“{part[:40]}” is not a phase we know; left out.")
            else:
                phases[phase.pk] = phase
        return list(phases.values())

    def _line_manager(self, text: str, email: str) -> str:
        manager = accounts.fold_email(text)
        if not manager:
            return ""
        try:
            validate_email(manager)
        except ValidationError:
            raise RowError(f"“{text[:80]}” is not the e-mail address of a line manager.") from None
        if manager == email:
            raise RowError("This row names the person as their own line manager.")
        return manager

    def _enrol_as(self, text: str, messages: list[str]) -> tuple[str, ...]:
        wanted = " ".join(text.casefold().replace("&", "and").replace("/", " and ").replace(";", " and ").split())
        if not wanted or wanted in ("no", "neither", "none"):
            return ()
        if wanted not in _ROLES:
            raise RowError(f"Enrol as “{text[:40]}” is not mentee, mentor or both.")
        if self.cohort is None:
            messages.append("Not enrolled: no cohort was chosen for this import.")
            return ()
        return _ROLES[wanted]

    def _places(self, text: str) -> int:
        if not text:
            return 1
        if not (text.isascii() and text.isdigit() and int(text[:4]) <= 6):
            raise RowError(f"Places “{text[:20]}” is not a number from 0 to 6.")
        return int(text)

    # --- What would change ---------------------------------------------------------------

    def _compare(self, one: Planned, person: Person) -> None:
        profile = person.profile
        kept = ""
        if profile is not None:
            if not self._scope.may_change(profile):
                kept = "Already a member, of an organisation you do not coordinate: their profile stays as it is."
            elif profile.edited_by_member_at is not None and not self.update_existing:
                kept = "They have written their profile themselves: it stays as it is."
        if profile is None:
            one.changes = [[label, "", new] for _, label, _, new in self._differences(None, person)]
        elif kept:
            one.messages.append(kept)
        else:
            changed = list(self._differences(profile, person))
            person.fields = {name for name, *_ in changed}
            one.changes = [[label, old, new] for _, label, old, new in changed]
        self._judge_enrolment(one, person)
        if profile is None:
            one.fate = RowFate.NEW
            if person.user is not None:
                one.messages.append("Has an account already; gets a profile.")
        else:
            one.fate = RowFate.CHANGED if one.changes else RowFate.UNCHANGED

    def _differences(self, profile: Profile | None, person: Person) -> Iterator[tuple[str, str, str, str]]:
        """(field, label, old, new) of everything that the row brings and that is not so already."""
        pairs: list[tuple[str, str, str, str]] = [
            ("display_name", "Name", profile.display_name if profile else "", person.name if profile else ""),
            ("organisation", "Organisation", str(profile.organisation) if profile else "", str(person.organisation)),
            ("job_title", "Job title", profile.job_title if profile else "", person.job_title),
            ("role_level", "Role level", _text(profile and profile.role_level), _text(person.role_level)),
            ("aspiration_level", "Next step", _text(profile and profile.aspiration_level), _text(person.aspiration)),
            ("line_manager", "Line manager", _manager(profile), person.line_manager),
            ("bio", "About them", profile.bio if profile else "", person.bio),
        ]
        for name, label, old, new in pairs:
            if new and new != old:
                yield name, label, old, new
            elif (
                name == "organisation" and profile and profile.organisation_id != getattr(person.organisation, "pk", 0)
            ):
                yield (
                    name,
                    label,
                    old,
                    f"{new} ({getattr(person.organisation, 'postcode', '') or 'another of this name'})",
                )
        old_phases = sorted(phase.label for phase in profile.phases.all()) if profile else []
        if person.phases and sorted(phase.label for phase in person.phases) != old_phases:
            yield "phases", "Phases", "; ".join(old_phases), "; ".join(sorted(phase.label for phase in person.phases))
        for name, label, wanted in (
            (Direction.SEEK.value, "Would like help with", person.seek),
            (Direction.OFFER.value, "Can help with", person.offer),
        ):
            old = _interests(
                (row.interest, row.strength)
                for row in (profile.profile_interests.all() if profile else ())
                if row.direction == name
            )
            new = _interests(wanted) if wanted else ""
            if new and new != old:
                yield name, label, old, new

    def _judge_enrolment(self, one: Planned, person: Person) -> None:
        wanted: list[str] = []
        for role in person.enrol_as:
            state = self._enrolments.get((person.profile.pk, role)) if person.profile else None
            if person.user is not None and self.actor is not None and person.user.pk == self.actor.pk:
                one.messages.append("Not enrolled: nobody enrols themselves by a file.")
            elif state is None:
                wanted.append(role)
                one.changes.append(["Enrolled as", "", role])
            elif state not in ("submitted", "eligible"):
                one.messages.append(f"Not enrolled as {role}: withdrew or was not accepted before.")
        person.enrol_as = tuple(wanted)


_UNKNOWN = "Please say what is meant by "


def _text(level: RoleLevel | Any | None) -> str:
    return str(level) if level else ""


def _manager(profile: Profile | None) -> str:
    if profile is None:
        return ""
    if profile.line_manager is not None:
        return accounts.fold_email(accounts.email_of(profile.line_manager.user))
    return accounts.fold_email(profile.line_manager_email)


def _interests(pairs: Iterable[tuple[Any, int]]) -> str:
    return "; ".join(sorted(f"{topic} ({strength})" for topic, strength in pairs))
