"""Step 1, when and how two people can meet: hours in common, the journey, the formats that suit both.

hours = CommonHours([windows("mon 9-12")], [half_days(["mon am"])])
hours(np.array([0]), np.array([0]))     # 6.0: three hours in each of two weeks
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from mentoring.matching.arrays import AnyArray, Bools, Floats, Ints, codes
from mentoring.matching.features import SMALL_TABLE, Kernel, Known
from mentoring.matching.people import SLOTS_PER_FORTNIGHT, Mentee, Mentor
from mentoring.matching.settings import Rules


def time(mentees: Sequence[Mentee], mentors: Sequence[Mentor], rules: Rules, *, weight: float) -> Kernel:
    """Hours per fortnight that both have, up to what is needed."""
    left, wants, right, offers = *codes(p.availability for p in mentees), *codes(p.availability for p in mentors)
    hours = CommonHours(wants, offers)

    def kernel(a: Ints, b: Ints) -> Floats:
        return np.minimum(1.0, hours(a, b) / max(rules.needed_hours, 0.5))

    known = Known.both(
        np.array([bool(p.availability) for p in mentees]), np.array([bool(p.availability) for p in mentors])
    )
    return Kernel("time", weight, known, left, right, (len(wants), len(offers)), kernel)


class CommonHours:
    """Hours per fortnight in both of two sets of half-hour slots, for codes that broadcast."""

    def __init__(self, left: Sequence[frozenset[int]], right: Sequence[frozenset[int]]) -> None:
        self.left, self.right = self._bits(left), self._bits(right)

    @staticmethod
    def _bits(side: Sequence[frozenset[int]]) -> AnyArray:
        slots = np.zeros((len(side), SLOTS_PER_FORTNIGHT), dtype=np.bool_)
        for row, taken in enumerate(side):
            slots[row, list(taken)] = True
        return np.packbits(slots, axis=1)

    def __call__(self, a: Ints, b: Ints) -> Floats:
        shape = np.broadcast_shapes(a.shape, b.shape)
        total = np.zeros(shape, dtype=np.float64)
        for byte in range(self.left.shape[1]):  # a byte at a time keeps the memory at one array of the answer's shape
            left, right = self.left[:, byte], self.right[:, byte]
            if left.any() and right.any():
                total += np.bitwise_count(left[a] & right[b])
        return total / 2


def travel(mentees: Sequence[Mentee], mentors: Sequence[Mentor], rules: Rules, *, weight: float) -> Kernel:
    """1 where both can meet online; in person, 1 less the share of the allowed journey that is used up.

    Unknown where formats are blank or do not fit, and in person without two places and a limit.
    """
    (left, wants), (right, offers) = (codes(map(whereabouts, side)) for side in (mentees, mentors))
    journey = Journey(wants, offers, rules.minutes_per_km)

    def kernel(a: Ints, b: Ints) -> Floats:
        limit = np.maximum(journey.limit(a, b), 1e-9)
        share = np.clip(1 - np.nan_to_num(journey.minutes(a, b)) / limit, 0, 1)
        return np.where(journey.online(a, b), 1.0, share)

    classes = [np.array([_given(w) for w in side], dtype=np.int64) for side in (wants, offers)]
    a, b = np.arange(32)[:, None], np.arange(32)[None, :]
    places = (a & b & (_PLACE | _POSITION) > 0) & ((a | b) & _LIMIT > 0)
    known = Known(classes[0][left], classes[1][right], (a & b & 1 > 0) | ((a & b & 2 > 0) & places))
    return Kernel("travel", weight, known, left, right, (len(wants), len(offers)), kernel)


_FORMATS: Mapping[str | None, int] = {None: 0, "online": 1, "in_person": 2, "either": 3}
_PLACE, _POSITION, _LIMIT = 4, 8, 16
EARTH_KM = 6371.0

Spot = tuple[float, float]


class Whereabouts(NamedTuple):
    """What decides how somebody can meet and how far it is."""

    formats: str | None
    place: Spot | None
    position: Spot | None
    limit: float | None


def whereabouts(person: Mentee | Mentor) -> Whereabouts:
    return Whereabouts(person.formats, person.place, person.position, person.max_travel_minutes)


def _given(w: Whereabouts) -> int:
    """Which of the fields are filled, as bits."""
    return _FORMATS[w.formats] + sum(
        bit for bit, value in ((_PLACE, w.place), (_POSITION, w.position), (_LIMIT, w.limit)) if value is not None
    )


class Journey:
    """How two people can meet and how far it is, for codes of distinct `Whereabouts` that broadcast."""

    def __init__(self, left: Sequence[Whereabouts], right: Sequence[Whereabouts], minutes_per_km: float) -> None:
        self.minutes_per_km = minutes_per_km
        self.format = [np.array([_FORMATS[w.formats] for w in side], dtype=np.int64) for side in (left, right)]
        self.limits = [np.array([math.inf if w.limit is None else w.limit for w in side]) for side in (left, right)]
        (self.from_, here), (self.to, there) = (codes((w.place, w.position) for w in side) for side in (left, right))
        self._globe = [np.radians(_spots([place for place, _ in side])) for side in (here, there)]
        self._grid = [_spots([position for _, position in side]) for side in (here, there)]
        self._table: Floats | None = None
        if len(here) * len(there) <= SMALL_TABLE:
            self._table = self._minutes(np.arange(len(here))[:, None], np.arange(len(there))[None, :])

    def online(self, a: Ints, b: Ints) -> Bools:
        found: Bools = self.format[0][a] & self.format[1][b] & 1 > 0
        return found

    def fits(self, a: Ints, b: Ints) -> Bools:
        """Whether some way of meeting suits both; a blank bars nothing."""
        left, right = self.format[0][a], self.format[1][b]
        fits: Bools = (left == 0) | (right == 0) | (left & right > 0)
        return fits

    def in_person_only(self, a: Ints, b: Ints) -> Bools:
        only: Bools = self.format[0][a] & self.format[1][b] == 2
        return only

    def limit(self, a: Ints, b: Ints) -> Floats:
        limit: Floats = np.minimum(self.limits[0][a], self.limits[1][b])
        return limit

    def minutes(self, a: Ints, b: Ints) -> Floats:
        """One-way minutes along the straight line; NaN without two places that can be compared."""
        a, b = self.from_[a], self.to[b]
        return self._table[a, b] if self._table is not None else self._minutes(a, b)

    def _minutes(self, a: Ints, b: Ints) -> Floats:
        (here, there), (from_, to) = self._globe, self._grid
        lat1, lon1, lat2, lon2 = here[a, 0], here[a, 1], there[b, 0], there[b, 1]
        half = np.sin((lat2 - lat1) / 2) ** 2 + np.cos(lat1) * np.cos(lat2) * np.sin((lon2 - lon1) / 2) ** 2
        kilometres: Floats = 2 * EARTH_KM * np.arcsin(np.sqrt(np.minimum(half, 1.0)))
        if not (np.isnan(from_).all() or np.isnan(to).all()):
            plane = np.hypot(from_[a, 0] - to[b, 0], from_[a, 1] - to[b, 1]) / 1000
            kilometres = np.where(np.isnan(plane), kilometres, plane)
        minutes: Floats = kilometres * self.minutes_per_km
        return minutes


def _spots(side: Sequence[Spot | None]) -> Floats:
    return np.array([spot or (math.nan, math.nan) for spot in side], dtype=np.float64).reshape(-1, 2)
