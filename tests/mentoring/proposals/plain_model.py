"""The rules of pairs in plain Python, without a database: what the stateful test holds the services against."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

DRAFT, APPROVED, OFFERED, PUBLISHED = "draft", "approved", "offered", "published"
REJECTED, TURNED_DOWN, LAPSED, SUPERSEDED = "rejected", "turned_down", "lapsed", "superseded"
LIVE = (DRAFT, APPROVED, OFFERED)
HOLDS = (APPROVED, OFFERED)
SIDES = ("mentee", "mentor")
REMIND_AFTER = (3, 6)

Pair = tuple[int, int]


def working_days(after: dt.date, until: dt.date) -> int:
    """Mondays to Fridays after one day, up to another."""
    days = (after + dt.timedelta(days=n) for n in range(1, (until - after).days + 1))
    return sum(day.weekday() < 5 for day in days)


@dataclass
class Row:
    """One proposal."""

    pk: int
    mentee: int
    mentor: int
    state: str = DRAFT
    version: int = 1
    answers: dict[str, str] = field(default_factory=lambda: dict.fromkeys(SIDES, ""))
    offered_on: dt.date = dt.date.min
    answer_by: dt.date = dt.date.max
    forced: bool = False

    @property
    def pair(self) -> Pair:
        return self.mentee, self.mentor

    def person(self, side: str) -> tuple[str, int]:
        return side, self.mentee if side == "mentee" else self.mentor


class Model:
    """Who may do what, and what it does: states, versions, the trail and the mails of pairs."""

    def __init__(self, capacity: list[int], offer_days: int) -> None:
        self.capacity = capacity
        self.offer_days = offer_days
        self.rows: dict[int, Row] = {}
        self.gone: set[tuple[str, int]] = set()
        self.excluded: set[Pair] = set()
        self.words: dict[Pair, str] = {}
        self.paired: set[Pair] = set()
        self.former: set[Pair] = set()
        self.trail: list[tuple[int, str]] = []
        self.mails: set[str] = set()

    # --- What holds now

    def live(self) -> list[Row]:
        return [row for row in self.rows.values() if row.state in LIVE]

    def is_held(self, mentee: int) -> bool:
        held = any(row.mentee == mentee and row.state in HOLDS for row in self.rows.values())
        return held or any(pair[0] == mentee for pair in self.paired)

    def taken(self, mentor: int) -> int:
        held = sum(row.mentor == mentor and row.state in HOLDS for row in self.rows.values())
        return held + self.pairs_of(mentor)

    def pairs_of(self, mentor: int) -> int:
        return sum(pair[1] == mentor for pair in self.paired)

    def may_meet(self, pair: Pair) -> bool:
        here = not {("mentee", pair[0]), ("mentor", pair[1])} & self.gone
        return here and pair not in self.excluded and self.words.get(pair) != "forbid"

    def may_be_proposed(self, pair: Pair) -> bool:
        """By the matching: nothing bars it, nobody said no to it, and it was no pair before."""
        refused = any(row.pair == pair and row.state in (REJECTED, TURNED_DOWN) for row in self.rows.values())
        return self.may_meet(pair) and not refused and pair not in self.former

    def may_approve(self, row: Row) -> bool:
        free = not self.is_held(row.mentee) and self.taken(row.mentor) < self.capacity[row.mentor]
        return row.state == DRAFT and self.may_meet(row.pair) and free

    def may_send(self, row: Row) -> bool:
        fits = self.taken(row.mentor) <= self.capacity[row.mentor]
        return row.state == APPROVED and self.may_meet(row.pair) and fits

    def may_begin(self, row: Row) -> bool:
        room = self.pairs_of(row.mentor) < self.capacity[row.mentor]
        return self.may_meet(row.pair) and room and all(pair[0] != row.mentee for pair in self.paired)

    # --- What happens

    def change(self, row: Row, state: str, action: str = "") -> None:
        row.state, row.version = state, row.version + 1
        self.trail.append((row.pk, action or state))

    def close(self, row: Row, state: str, *, by: tuple[str, ...] = (), mail: str = "offer_closed") -> None:
        """Over: whoever had been asked is told, but not those whose doing it was."""
        asked = row.state == OFFERED
        self.change(row, state)
        if state in (REJECTED, TURNED_DOWN) and self.words.get(row.pair) == "force":
            del self.words[row.pair]  # a no is the later word
        if asked:
            self.mails |= {f"proposal:{row.pk}:{row.version}:{mail}:{side}" for side in SIDES if side not in by}

    def send(self, row: Row, today: dt.date, answer_by: dt.date) -> None:
        self.change(row, OFFERED)
        row.offered_on, row.answer_by = today, answer_by
        self.mails |= {f"proposal:{row.pk}:offer:{side}" for side in SIDES}

    def answer(self, row: Row, side: str, yes: bool) -> bool:
        """True: they are a pair now."""
        row.answers[side] = "yes" if yes else "no"
        if not yes:
            self.close(row, TURNED_DOWN, by=(side,))
            return False
        if "" in row.answers.values():
            self.change(row, OFFERED, "answered")
            return False
        if not self.may_begin(row):
            self.close(row, SUPERSEDED)
            return False
        self.change(row, PUBLISHED)
        self.paired.add(row.pair)
        self.former.add(row.pair)
        full = self.pairs_of(row.mentor) >= self.capacity[row.mentor]
        for rival in sorted(self.live(), key=lambda rival: rival.pk):
            if rival.mentee == row.mentee:
                self.close(rival, SUPERSEDED, by=("mentee",))
            elif rival.mentor == row.mentor and full:
                self.close(rival, SUPERSEDED, by=("mentor",))
        return True

    def leave(self, side: str, number: int) -> None:
        self.gone.add((side, number))
        for row in sorted(self.live(), key=lambda row: row.pk):
            if row.person(side) == (side, number):
                self.close(row, SUPERSEDED, by=(side,))
        self.paired = {pair for pair in self.paired if pair[side == "mentor"] != number}

    def clock(self, today: dt.date) -> None:
        for row in [row for row in self.live() if row.state == OFFERED]:
            if today > row.answer_by:
                self.close(row, LAPSED, mail="offer_lapsed")
                continue
            passed = working_days(row.offered_on, today)
            due = [days for days in REMIND_AFTER if days <= passed and days < self.offer_days]
            self.mails |= {
                f"proposal:{row.pk}:offer_reminder{due[-1]}:{side}" for side in SIDES if due and row.answers[side] == ""
            }

    def run(self) -> None:
        """The undecided make way for what a new run proposes: one line in the trail of the run."""
        for row in self.live():
            if row.state == DRAFT:
                row.state, row.version = SUPERSEDED, row.version + 1
