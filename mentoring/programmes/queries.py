"""The cohort board: counts of supply and demand, and the next step in one sentence. Sums only, never a person."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Sum
from django.utils import timezone

from mentoring.people.models import Direction, ProfileInterest
from mentoring.proposals.models import PROPOSAL_HOLDS_PLACE, RUN_OPEN, MatchRun, Proposal, ProposalState
from mentoring.relationships.models import RELATIONSHIP_LIVE, RelationshipState

from .models import Cohort, CohortState, Enrolment, EnrolmentRole, EnrolmentState

MENTEE, MENTOR = EnrolmentRole.MENTEE.value, EnrolmentRole.MENTOR.value
READY = EnrolmentState.ELIGIBLE.value
#: Columns of the table of people; every state is in one of them.
COLUMNS = (
    ("To read", (EnrolmentState.SUBMITTED,)),
    ("Not sent, or sent back", (EnrolmentState.DRAFT, EnrolmentState.RETURNED)),
    ("Ready", (EnrolmentState.ELIGIBLE,)),
    ("Waiting list", (EnrolmentState.WAITLISTED,)),
    ("Not in, or left", (EnrolmentState.DECLINED, EnrolmentState.WITHDRAWN)),
    ("Completed", (EnrolmentState.COMPLETED,)),
)
MOST_TOPICS = 12


@dataclass(frozen=True)
class Cell:
    """A count, and the state that its list is filtered by where there is one list."""

    count: int
    state: str


@dataclass(frozen=True)
class Level:
    """One step of a ladder: who stands there, who aims for it, who offers places from it."""

    label: str
    mentees: int
    aims: int
    places: int

    @property
    def short(self) -> int:
        return max(0, self.aims - self.places)


@dataclass(frozen=True)
class Topic:
    label: str
    sought: int
    offered: int

    @property
    def missing(self) -> int:
        return self.sought - self.offered


@dataclass(frozen=True)
class School:
    """Ready mentees of one place: how many have a mentor, and how many a proposed one."""

    label: str
    mentees: int
    held: int
    proposed: int

    @property
    def per_cent(self) -> int:
        return round(100 * min(self.held + self.proposed, self.mentees) / self.mentees)


@dataclass(frozen=True)
class Board:
    """Everything a coordinator sees of a cohort at one look."""

    people: list[tuple[str, str, list[Cell]]]
    places: int
    taken: int
    pairs: dict[str, int]
    relationships: list[tuple[str, int]]
    levels: list[Level]
    shortage: list[Topic]
    schools: list[School]
    counts: dict[tuple[str, str], int]

    def n(self, role: str, state: str) -> int:
        return self.counts.get((role, state), 0)

    @property
    def free(self) -> int:
        return max(0, self.places - self.taken)

    @property
    def waiting(self) -> int:
        """Ready mentees who have neither a mentor nor a proposed one."""
        return max(0, self.n(MENTEE, READY) - sum(s.held + s.proposed for s in self.schools))

    @property
    def to_read(self) -> int:
        return sum(self.n(role, EnrolmentState.SUBMITTED.value) for role in (MENTEE, MENTOR))


def board(cohort: Cohort) -> Board:
    """Five queries, whatever the size of the cohort."""
    ready = Enrolment.objects.filter(cohort=cohort)
    rows = list(
        ready.values(
            "as_role", "state", "profile__role_level", "profile__role_level__label", "profile__role_level__rank"
        )
        .annotate(n=Count("pk"), places=Sum("capacity"))
        .order_by()
    )
    counts: Counter[tuple[str, str]] = Counter()
    for row in rows:
        counts[row["as_role"], row["state"]] += row["n"]
    pairs, relationships, by_school = _pairs(cohort)
    live = sum(n for state, n in relationships.items() if state in RELATIONSHIP_LIVE)
    return Board(
        people=[
            (f"{role.label}s", role.value, [_cell(counts, role.value, states) for _, states in COLUMNS])
            for role in EnrolmentRole
        ],
        places=sum(row["places"] or 0 for row in rows if (row["as_role"], row["state"]) == (MENTOR, READY)),
        taken=sum(pairs.get(state, 0) for state in PROPOSAL_HOLDS_PLACE) + live,
        pairs={state.value: pairs.get(state.value, 0) for state in ProposalState},
        relationships=[(s.label, relationships[s.value]) for s in RelationshipState if relationships.get(s.value)],
        levels=_levels(rows, ready),
        shortage=_shortage(cohort),
        schools=_schools(ready, by_school),
        counts=dict(counts),
    )


def _cell(counts: Counter[tuple[str, str]], role: str, states: tuple[EnrolmentState, ...]) -> Cell:
    count = sum(counts[role, state.value] for state in states)
    return Cell(count, states[0].value if len(states) == 1 else "")


def _pairs(cohort: Cohort) -> tuple[Counter[str], Counter[str], Counter[tuple[int, str]]]:
    """Proposals by state, relationships by state, and pairs by the mentee's place ("held" or "proposed"). One query."""
    pairs: Counter[str] = Counter()
    relationships: Counter[str] = Counter()
    by_school: Counter[tuple[int, str]] = Counter()
    rows = Proposal.objects.filter(cohort=cohort).values(
        "state", "relationship__state", "mentee__profile__organisation", "mentee__state"
    )
    for row in rows.annotate(n=Count("pk")).order_by():
        state, under_way, place, n = (*list(row.values())[:3], row["n"])
        pairs[state] += n
        if under_way:
            relationships[under_way] += n
        if row["mentee__state"] == READY:
            if state in PROPOSAL_HOLDS_PLACE or under_way in RELATIONSHIP_LIVE:
                by_school[place, "held"] += n
            elif state == ProposalState.DRAFT:
                by_school[place, "proposed"] += n
    return pairs, relationships, by_school


def _levels(rows: list[dict[str, Any]], ready: Any) -> list[Level]:
    """Steps of the ladder, the highest first; the wished-for ones counted from mentees' aims. One query."""
    found: dict[Any, dict[str, Any]] = {}

    def at(pk: Any, label: str | None, rank: int | None) -> dict[str, Any]:
        blank = {
            "label": label or "Not said",
            "rank": -1 if rank is None else rank,
            "mentees": 0,
            "aims": 0,
            "places": 0,
        }
        return found.setdefault(pk, blank)

    for row in rows:
        if row["state"] == READY:
            level = at(*(row[f"profile__role_level{part}"] for part in ("", "__label", "__rank")))
            if row["as_role"] == MENTEE:
                level["mentees"] += row["n"]
            else:
                level["places"] += row["places"] or 0
    name = "profile__aspiration_level"
    aims = ready.filter(as_role=MENTEE, state=READY, profile__aspiration_level__isnull=False)
    for row in aims.values(name, f"{name}__label", f"{name}__rank").annotate(n=Count("pk")).order_by():
        at(*(row[f"{name}{part}"] for part in ("", "__label", "__rank")))["aims"] += row["n"]
    ordered = sorted(found.values(), key=lambda level: (-level["rank"], level["label"]))
    return [Level(x["label"], x["mentees"], x["aims"], x["places"]) for x in ordered]


def _schools(ready: Any, by_school: Counter[tuple[int, str]]) -> list[School]:
    """Places of ready mentees, the least served first. One query."""
    name = "profile__organisation"
    mentees = ready.filter(as_role=MENTEE, state=READY).values(name, f"{name}__name").annotate(n=Count("pk")).order_by()
    schools = [
        School(row[f"{name}__name"], row["n"], by_school[row[name], "held"], by_school[row[name], "proposed"])
        for row in mentees
    ]
    return sorted(schools, key=lambda school: (school.per_cent, -school.mentees, school.label))


def _shortage(cohort: Cohort) -> list[Topic]:
    """Topics that more mentees ask for than mentors offer, the widest gap first. One query."""
    rows = (
        ProfileInterest.objects.filter(profile__enrolments__cohort=cohort, profile__enrolments__state=READY)
        .values("interest__label", "direction", "profile__enrolments__as_role")
        .annotate(n=Count("profile", distinct=True))
        .order_by()
    )
    sought: Counter[str] = Counter()
    offered: Counter[str] = Counter()
    for row in rows:
        side = row["direction"], row["profile__enrolments__as_role"]
        if side == (Direction.SEEK.value, MENTEE):
            sought[row["interest__label"]] += row["n"]
        elif side == (Direction.OFFER.value, MENTOR):
            offered[row["interest__label"]] += row["n"]
    short = [Topic(label, n, offered[label]) for label, n in sought.items() if n > offered[label]]
    return sorted(short, key=lambda topic: (-topic.missing, topic.label))[:MOST_TOPICS]


@dataclass(frozen=True)
class Step:
    """What to do next: one sentence, and where (a name of the template's links, "" for nowhere)."""

    sentence: str
    link: str = ""


def next_step(cohort: Cohort, now: Board, runs: list[MatchRun]) -> Step:
    """The one thing a coordinator does next. From what was read already."""
    if any(run.state in RUN_OPEN for run in runs):
        return Step("A run is under way: wait for it, or watch it.", "run")
    if now.to_read:
        return Step(f"Read {_some(now.to_read, 'application')}.", "read")
    if cohort.state == CohortState.DRAFT:
        return Step("Open the cohort for applications once its dates are right.", "next")
    if cohort.state in (CohortState.CLOSING, CohortState.CLOSED, CohortState.CANCELLED):
        return Step("Nothing waits here.")
    drafts, approved = now.pairs[ProposalState.DRAFT.value], now.pairs[ProposalState.APPROVED.value]
    if drafts:
        return Step(f"Decide on {_some(drafts, 'proposed pair')}.", "decide")
    if approved:
        return Step(f"Send the offers of {_some(approved, 'approved pair')}.", "approved")
    if cohort.state == CohortState.OPEN and timezone.localdate() <= cohort.apply_to:
        return Step(f"Applications come in until {cohort.apply_to:%-d %B}; nothing waits for you today.")
    if now.waiting and now.free:
        return Step(
            f"Run the matching: {_some(now.waiting, 'mentee')} without a mentor, {_some(now.free, 'place')} free.",
            "match",
        )
    if now.waiting:
        return Step(f"Look for mentors: {_some(now.waiting, 'mentee')} without one, and no place is free.", "left")
    if now.pairs[ProposalState.OFFERED.value]:
        return Step(f"Wait for answers to {_some(now.pairs[ProposalState.OFFERED.value], 'offer')}.", "offered")
    if cohort.state == CohortState.OPEN:
        return Step("Applications have closed: take the cohort on to matching.", "next")
    return Step("Everybody who is ready has a mentor.")


def _some(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"
