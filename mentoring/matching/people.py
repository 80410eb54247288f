"""Who is to be matched: the two sides as plain, immutable records.

Every field but `key` may be left at its default. A blank is *unknown*, never a low score: the components that need it
are left out of the weighing for that pair, and the pair's `evidence` says so.

There is deliberately no field for a protected characteristic. A mentee who *asks* for shared experience does so with
an interest of their own choice, like any other interest.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from mentoring.matching.errors import Fault, InvalidInput

Format = Literal["in_person", "online", "either"]

SLOTS_PER_DAY = 48
SLOTS_PER_WEEK = 7 * SLOTS_PER_DAY
SLOTS_PER_FORTNIGHT = 2 * SLOTS_PER_WEEK

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_WINDOW = re.compile(
    r"(?P<week>[ab]:)?\s*(?P<day>mon|tue|wed|thu|fri|sat|sun)\w*\s+"
    r"(?P<h1>\d{1,2})(?::(?P<m1>\d{2}))?\s*(?:-|–|to)\s*(?P<h2>\d{1,2})(?::(?P<m2>\d{2}))?",
    re.IGNORECASE,
)
_HALF_DAY = re.compile(
    r"(?P<day>([ab]:)?\s*(mon|tue|wed|thu|fri|sat|sun)[a-z]*)[\s_-]+(?P<half>am|pm)",
    re.IGNORECASE,
)


def person_key(text: str) -> str:
    """One spelling per person: `Ann@Example.org ` and `ann@example.org` are the same person."""
    return text.strip().casefold()


HALF_DAYS = {"am": "8-12", "pm": "13-17"}
"""What a ticked half-day stands for, in hours of the clock."""


def half_days(ticked: Iterable[str]) -> frozenset[int]:
    """Half-hour slots of a fortnight from a grid of half-days: `half_days(["mon am", "wed pm", "b: fri am"])`."""
    return windows("; ".join(ticked))


def windows(text: str) -> frozenset[int]:
    """Half-hour slots of a fortnight from words such as `"Mon 15:30-17:00; Tue am; A: Wed 9-12"`.

    Slot 0 begins on Monday of week A at 00:00; there are 672. Without `A:` or `B:` a window counts in both weeks.
    Raises `ValueError` with a sentence if a part cannot be read.
    """
    slots: set[int] = set()
    for part in filter(None, (p.strip() for p in re.split(r"[;,\n]", text))):
        half_day = _HALF_DAY.fullmatch(part)
        found = _WINDOW.fullmatch(f"{half_day['day']} {HALF_DAYS[half_day['half'].lower()]}" if half_day else part)
        if not found:
            raise ValueError(f"cannot read the hours “{part}”: write them as “Mon 15:30-17:00”")
        start = int(found["h1"]) * 2 + (int(found["m1"] or 0) + 29) // 30
        end = int(found["h2"]) * 2 + int(found["m2"] or 0) // 30
        if not 0 <= start < end <= SLOTS_PER_DAY:
            raise ValueError(f"the hours “{part}” do not end after they begin")
        first = _DAYS.index(found["day"].lower()) * SLOTS_PER_DAY
        weeks = {"a:": (0,), "b:": (1,)}.get((found["week"] or "").lower(), (0, 1))
        for week in weeks:
            slots.update(range(week * SLOTS_PER_WEEK + first + start, week * SLOTS_PER_WEEK + first + end))
    return frozenset(slots)


@dataclass(frozen=True, kw_only=True)
class Person:
    """What both sides have in common.

    Attributes:
        key: stable identity of the *person* (the same for their mentee and their mentor record); compared casefolded.
        name: for sentences; the key is used where it is blank.
        organisation: key of the school or other place of work; compared casefolded and with spaces collapsed.
        organisation_path: keys from the root (trust, local authority) down to `organisation`; may be left empty.
        line_managers: keys of people who manage, appraise, assess or induct this person.
        role_family: families of roles ("teaching", "arts") are comparable only through a `RoleLadder`.
        rank: place on the ladder of the family, for instance 40 for an assistant head.
        interests: slug -> strength 1 to 3; what a mentee seeks, what a mentor offers.
        phases: for instance {"EY", "primary"}.
        contexts: for instance {"small-school", "SEND-base", "rural"}.
        text: a mentee's goals, a mentor's biography and offer. Below 20 words it is not compared.
        formats: how this person can meet; None is unknown and bars nothing.
        place: (latitude, longitude) in degrees of the place of work.
        position: (easting, northing) in metres on one national grid; wins over `place` where both people have one.
        max_travel_minutes: the longest journey this person accepts, one way.
        availability: half-hour slots of a fortnight, 0 to 671 (see `windows` and `half_days`); empty is unknown.
        prior_partners: keys of people this person was paired with before.
        wants_again: those prior partners whom this person would gladly work with again.
        not_this_person: keys of people this person asked not to be paired with; shown to nobody.
        eligible, paused, consent_current: state of the enrolment.
    """

    key: str
    name: str = ""
    organisation: str = ""
    organisation_path: tuple[str, ...] = ()
    line_managers: frozenset[str] = frozenset()
    role_family: str = ""
    rank: float | None = None
    interests: Mapping[str, int] = field(default_factory=dict)
    phases: frozenset[str] = frozenset()
    contexts: frozenset[str] = frozenset()
    text: str = ""
    formats: Format | None = None
    place: tuple[float, float] | None = None
    position: tuple[float, float] | None = None
    max_travel_minutes: float | None = None
    availability: frozenset[int] = frozenset()
    prior_partners: frozenset[str] = frozenset()
    wants_again: frozenset[str] = frozenset()
    not_this_person: frozenset[str] = frozenset()
    eligible: bool = True
    paused: bool = False
    consent_current: bool = True

    @property
    def label(self) -> str:
        return self.name or self.key

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON types; sets become sorted lists, so that equal people give equal text."""
        return {name: _PLAIN.get(type(value), _as_it_is)(value) for name, value in vars(self).items()}


@dataclass(frozen=True, kw_only=True)
class Mentee(Person):
    """Somebody who seeks a mentor.

    Attributes:
        aspiration_rank: the rank this person works towards, on the ladder of `role_family`.
        demand: how many mentors are wanted, normally 1.
        preferences: mentor keys, the dearest first; the first five earn a bonus of 10, 8, 6, 4, 2 points.
        waiting_weeks: how long this person has waited; a tie-breaker, worth less than one unit of score.
    """

    aspiration_rank: float | None = None
    demand: int = 1
    preferences: tuple[str, ...] = ()
    waiting_weeks: float = 0.0


@dataclass(frozen=True, kw_only=True)
class Mentor(Person):
    """Somebody who offers to be a mentor.

    Attributes:
        capacity: how many mentees this person can hold in all, 0 to 6.
        committed: places already taken by live and offered relationships.
        trained: False bars new pairs where the rules ask for training.
    """

    capacity: int = 1
    committed: int = 0
    trained: bool = True

    @property
    def places(self) -> int:
        """Places left to give; a capacity cut below what is committed leaves none, not a negative number."""
        return max(0, self.capacity - self.committed)


def check_people(people: Iterable[Mentee | Mentor]) -> None:
    """Refuse what cannot be meant, with the person, the field and a sentence for each fault.

    Raises:
        InvalidInput: carries every `Fault` found, not only the first.
    """
    faults = [fault for person in people for fault in _faults(person)]
    if faults:
        raise InvalidInput(faults)


_NUMBERS = ("rank", "aspiration_rank", "max_travel_minutes", "waiting_weeks")
_COUNTS = ("capacity", "committed", "demand")


def _faults(person: Mentee | Mentor) -> Iterable[Fault]:
    fields = vars(person)
    key = person.key

    if not key or key.isspace():
        yield Fault("every person needs a key, for instance their work e-mail", key, "key")
    for name in _NUMBERS:
        value = fields.get(name)
        if value is not None and not math.isfinite(value):
            yield Fault(f"{name} must be a number, not {value}", key, name)
    for name in _COUNTS:
        value = fields.get(name, 0)
        if type(value) is not int or value < 0:
            yield Fault(f"{name} must be a whole number from 0 upwards, not {value}", key, name)
    for slug, strength in person.interests.items():
        if strength not in (1, 2, 3):
            yield Fault(f"the strength of “{slug}” must be 1, 2 or 3, not {strength}", key, "interests")
    if person.formats not in (None, "in_person", "online", "either"):
        yield Fault(f"formats must be in_person, online or either, not “{person.formats}”", key, "formats")
    if person.availability and not 0 <= min(person.availability) <= max(person.availability) < SLOTS_PER_FORTNIGHT:
        yield Fault("slots of a fortnight run from 0 to 671", key, "availability")
    if person.place is not None:
        latitude, longitude = person.place
        if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):  # not a number fails too
            yield Fault(f"{person.place} is no latitude and longitude in degrees", key, "place")
    if person.position is not None and not all(map(math.isfinite, person.position)):
        yield Fault(f"{person.position} is no easting and northing in metres", key, "position")


def _as_it_is(value: Any) -> Any:
    return value


_PLAIN: dict[type, Callable[[Any], Any]] = {
    frozenset: sorted,
    set: sorted,
    tuple: list,
    dict: lambda value: dict(sorted(value.items())),
}
