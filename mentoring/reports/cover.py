"""The cover ledger: half-days of each school and half-term, what they cost, and whether releases are spread fairly."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from mentoring.people.school_year import HALF_TERMS, half_term_of
from mentoring.placements.models import CoverStatus

from .charts import Chart, Series
from .figures import per_cent
from .visit_facts import AGREED, FELL_THROUGH, Visit


@dataclass
class Entry:
    """Half-days of cover; cost in pounds as far as somebody gave it, None if nobody did."""

    asked: int = 0
    arranged: int = 0
    refused: int = 0
    cost: Decimal | None = None

    @property
    def open(self) -> int:
        """Asked for, neither arranged nor refused yet."""
        return self.asked - self.arranged - self.refused

    def add(self, half_days: int, cover: str, cost: Decimal | None) -> None:
        self.asked += half_days
        if cover == CoverStatus.ARRANGED:
            self.arranged += half_days
        elif cover == CoverStatus.REFUSED:
            self.refused += half_days
        if cost is not None and cover != CoverStatus.REFUSED:
            self.cost = (self.cost or Decimal(0)) + cost


@dataclass(frozen=True)
class SchoolLedger:
    """One school: its half-terms with cover, in their order, and their sum."""

    school: str
    half_terms: list[tuple[str, Entry]]
    total: Entry


def ledger(visits: Iterable[Visit]) -> list[SchoolLedger]:
    """Schools in which cover was asked for, by name.

    A visit that fell through counts only where cover was refused: nobody stood in for anybody.
    """
    found: dict[str, dict[int, Entry]] = {}
    for visit in visits:
        for day in visit.days:
            if not day.cover_half_days or (visit.state in FELL_THROUGH and day.cover != CoverStatus.REFUSED):
                continue
            entries = found.setdefault(visit.home, {})
            entry = entries.setdefault(half_term_of(day.date), Entry())
            entry.add(day.cover_half_days, day.cover, day.cost)
    return [
        SchoolLedger(school, [(HALF_TERMS[n], entries[n]) for n in sorted(entries)], total_of(entries.values()))
        for school, entries in sorted(found.items())
    ]


def total_of(entries: Iterable[Entry]) -> Entry:
    whole = Entry()
    for entry in entries:
        whole.asked += entry.asked
        whole.arranged += entry.arranged
        whole.refused += entry.refused
        if entry.cost is not None:
            whole.cost = (whole.cost or Decimal(0)) + entry.cost
    return whole


@dataclass(frozen=True, slots=True)
class Share:
    """One school's part of all half-days away, beside its part of all members."""

    school: str
    members: int
    half_days: int
    of_members: int | None
    of_releases: int | None

    @property
    def each(self) -> float | None:
        """Half-days away for each member."""
        return round(self.half_days / self.members, 1) if self.members else None

    @property
    def words(self) -> str:
        if self.of_members is None or self.of_releases is None:
            return "Nothing to compare yet"
        difference = self.of_releases - self.of_members
        points = f"{abs(difference)} point{'' if abs(difference) == 1 else 's'}"
        return f"{points} {'above' if difference > 0 else 'below'} its share" if difference else "Its share"


def spread(visits: Iterable[Visit], members: Mapping[str, int]) -> list[Share]:
    """Half-days away on visits that were agreed; who releases the most for its size comes first."""
    away: Counter[str] = Counter()
    for visit in visits:
        if visit.state in AGREED:
            away[visit.home] += sum(day.half_days for day in visit.days)
    people, half_days = sum(members.values()), sum(away.values())
    shares = [
        Share(name, members.get(name, 0), away[name], per_cent(members.get(name, 0), people),
              per_cent(away[name], half_days))
        for name in {*members, *away}
    ]  # fmt: skip
    return sorted(shares, key=lambda s: ((s.of_members or 0) - (s.of_releases or 0), s.school))


def spread_chart(shares: Iterable[Share]) -> Chart:
    """Half-days away for each member."""
    rows = [share for share in shares if share.each is not None]
    series = Series("Half-days", tuple(share.each for share in rows))
    return Chart("Half-days away for each member", [share.school for share in rows], [series], first_column="School")


HEADINGS = ("School", "Half-term", "Half-days asked", "Arranged", "Refused", "Still to arrange", "Cost in pounds")


def rows(schools: Iterable[SchoolLedger]) -> Iterable[list[Any]]:
    """As a file holds them: a line per school and half-term."""
    for school in schools:
        for name, entry in school.half_terms:
            yield [school.school, name, entry.asked, entry.arranged, entry.refused, entry.open, entry.cost]
