"""From visits to figures: charts and the sentences around them. Asks the database nothing.

Small numbers: a count is hidden where fewer than five *people* stand behind it, however many visits or half-days they
made, and wherever else a hidden one could be worked out from.
"""

from __future__ import annotations

import statistics
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass

from mentoring.people.school_year import TERMS, term_of
from mentoring.placements.models import ApprovalParty, CoverStatus, PlacementState
from mentoring.placements.wording import REASONS_TO_CANCEL

from .charts import Chart, Kind, Series
from .figures import TOO_FEW, Section
from .suppression import SMALLEST, suppress
from .visit_facts import AGREED, FELL_THROUGH, TOOK_PLACE, Host, Visit

P = PlacementState
GROUPS: tuple[tuple[str, frozenset[PlacementState]], ...] = (
    ("Took place", TOOK_PLACE),
    ("Agreed", frozenset({P.CONFIRMED})),
    ("Waiting", frozenset({P.REQUESTED, P.ON_HOLD})),
    ("Fell through", FELL_THROUGH | {P.NO_SHOW}),
)
#: Upper ends in days.
STEPS = ((14, "Up to 2 weeks"), (28, "2 to 4 weeks"), (56, "4 to 8 weeks"), (91, "8 to 13 weeks"), (None, "Longer"))
#: How many hosts are named: whoever wants more reads the list of offers.
MOST_NAMED = 30


class Table:
    """Numbers by row and column, and the people behind each: what they decide is whether a number is shown."""

    def __init__(self, columns: Sequence[str], rows: Sequence[str] = ()) -> None:
        self.columns = list(columns)
        self.rows = list(rows)
        self._fixed = bool(rows)
        self._numbers: dict[tuple[str, str], int] = {}
        self._people: dict[tuple[str, str], set[Hashable]] = {}

    def add(self, row: str, column: str, person: Hashable, number: int = 1) -> None:
        if row not in self.rows:
            self.rows.append(row)
        self._numbers[row, column] = self._numbers.get((row, column), 0) + number
        self._people.setdefault((row, column), set()).add(person)

    @property
    def people(self) -> int:
        return len(set().union(*self._people.values()))

    def chart(self, title: str, first_column: str, *, hide: bool) -> Chart:
        rows = self.rows if self._fixed else sorted(self.rows)
        cells: list[list[int | None]] = [[self._numbers.get((r, c), 0) for c in self.columns] for r in rows]
        if hide and rows:
            behind = suppress([[len(self._people.get((r, c), ())) for c in self.columns] for r in rows]).cells
            cells = [
                [None if hidden is None else n for n, hidden in zip(line, said, strict=True)]
                for line, said in zip(cells, behind, strict=True)
            ]
        series = [Series(name, tuple(line[i] for line in cells)) for i, name in enumerate(self.columns)]
        kind = Kind.STACKED if len(series) > 1 else Kind.BARS
        return Chart(title, rows, series, kind=kind, first_column=first_column)


def sections(visits: Sequence[Visit], hosts: Sequence[Host], *, hide: bool) -> list[Section]:
    """The whole report of a school year."""
    parts = (
        _programmes(visits),
        _schools(visits, "home", "Schools that let people go", lambda visit: visit.home),
        _schools(visits, "host", "Schools that open their doors", lambda visit: visit.host),
        _hosts(hosts),
        _cover(visits),
    )
    return [
        *(part.section(hide=hide) for part in parts),
        _waits(visits, hide=hide),
        _reasons(visits).section(hide=hide),
    ]


@dataclass(frozen=True)
class _Part:
    """One section in the making: its sentence, and what it says where there is nothing to count."""

    key: str
    title: str
    chart_title: str
    first_column: str
    table: Table
    sentence: str
    nothing: str
    note: str = ""

    def section(self, *, hide: bool) -> Section:
        """Whoever reads sums reads no number in words: the chart decides which are shown."""
        chart = self.table.chart(self.chart_title, self.first_column, hide=hide)
        if not self.table.people:
            return Section(self.key, self.title, self.nothing, chart)
        if hide:
            return Section(self.key, self.title, TOO_FEW if chart.is_empty else "", chart)
        return Section(self.key, self.title, self.sentence, chart, self.note)


def _programmes(visits: Iterable[Visit]) -> _Part:
    table = Table([name for name, _ in GROUPS])
    count = done = 0
    for visit in visits:
        group = next(name for name, states in GROUPS if visit.state in states)
        table.add(visit.programme, group, visit.person)
        count, done = count + 1, done + (group == GROUPS[0][0])
    sentence = f"{count} visit{'' if count == 1 else 's'} asked for, {done} took place or are taking place."
    return _Part(
        "programmes", "Programmes and pathways", "Visits of each programme", "Programme", table, sentence,
        "Nobody has asked for a visit.",
    )  # fmt: skip


def _schools(visits: Iterable[Visit], key: str, title: str, school: Callable[[Visit], str]) -> _Part:
    table = Table(["Visits"])
    for visit in visits:
        if visit.state in AGREED:
            table.add(school(visit), "Visits", visit.person)
    count = len(table.rows)
    sentence = f"{count} school{'' if count == 1 else 's'}; visits that were agreed."
    return _Part(f"schools-{key}", title, title, "School", table, sentence, "No visit has been agreed.")


def _hosts(hosts: Sequence[Host]) -> _Part:
    """Doors that stand open. Names only for whoever sees people by name anyway."""
    table = Table(["Asked", "Never asked"])
    for host in hosts:
        table.add(host.school, "Asked" if host.asked else "Never asked", host.person)
    never = [host for host in hosts if not host.asked]
    named = ", ".join(f"{host.name} ({host.school})" for host in never[:MOST_NAMED])
    more = f" and {len(never) - MOST_NAMED} more" if len(never) > MOST_NAMED else ""
    return _Part(
        "hosts", "Hosts never asked", "Hosts with an open offer, by school", "School", table,
        f"{len(never)} of {len(hosts)} hosts with an open offer have never been asked.", "No offer is open.",
        f"Never asked: {named}{more}." if never else "",
    )  # fmt: skip


def _cover(visits: Iterable[Visit]) -> _Part:
    table, total = Table(TERMS), 0
    for visit in visits:
        for day in visit.days:
            if day.cover_half_days and day.cover != CoverStatus.REFUSED and visit.state not in FELL_THROUGH:
                table.add(visit.home, TERMS[term_of(day.date)], visit.person, day.cover_half_days)
                total += day.cover_half_days
    sentence = f"{total} half-days, arranged or still to arrange."
    return _Part(
        "cover", "Cover by school and term", "Half-days of cover", "School", table, sentence, "No cover was asked for."
    )


def _waits(visits: Iterable[Visit], *, hide: bool) -> Section:
    table, waits = Table(["Visits"], [label for _, label in STEPS]), []
    for visit in visits:
        if visit.state in AGREED and visit.days:
            wait = max(0, (visit.days[0].date - visit.asked).days)
            label = next(label for end, label in STEPS if end is None or wait <= end)
            table.add(label, "Visits", visit.person)
            waits.append(wait)
    chart = table.chart("From the request to the day", "Time", hide=hide)
    title = "Time from request to day"
    if not waits:
        return Section("waits", title, "Nothing to count yet.", chart)
    if hide and table.people < SMALLEST:
        return Section("waits", title, TOO_FEW, chart)
    low, middle, high = statistics.quantiles(waits, n=4, method="inclusive") if len(waits) > 1 else waits * 3
    sentence = f"The middle one took {round(middle)} day{'' if round(middle) == 1 else 's'}"
    spread = "" if hide else f"; half of them between {round(low)} and {round(high)}"  # of few, these are persons
    return Section("waits", title, f"{sentence}{spread}.", chart)


def reason_of(visit: Visit) -> str:
    """Why a visit did not take place; "" if it did, or still may."""
    if visit.state == P.DECLINED:
        return f"No: {ApprovalParty(visit.refused_by).label.lower()}" if visit.refused_by else "No"
    if visit.state == P.CANCELLED:
        return f"Cancelled: {REASONS_TO_CANCEL.get(visit.cancel_reason, 'something else').lower()}"
    return str(P(visit.state).label) if visit.state in (P.LAPSED, P.NO_SHOW) else ""


def _reasons(visits: Iterable[Visit]) -> _Part:
    table, count = Table(["Visits"]), 0
    for visit in visits:
        if reason := reason_of(visit):
            table.add(reason, "Visits", visit.person)
            count += 1
    return _Part(
        "reasons", "Reasons for no", "Why visits did not take place", "Reason", table,
        f"{count} visit{'' if count == 1 else 's'} did not take place.",
        "Every visit asked for took place or still may.",
    )  # fmt: skip


HEADINGS = ("Section", "Row", "Column", "Number")


def rows(made: Iterable[Section]) -> Iterable[list[str]]:
    """As a file holds it: each number of each chart, in words where it is hidden."""
    for section in made:
        for label, numbers in section.chart.rows() if section.chart else ():
            for name, said in zip(section.chart.columns if section.chart else (), numbers, strict=True):
                yield [section.title, label, name, said]
