"""What has been decided since a run began: who is held, who has left, which pairs must or must not be.

A question to a run is answered with its frozen people and with these decisions, so that an answer is about today.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from mentoring.matching import Ban, Pin
from mentoring.matching.wording import WORDING
from mentoring.programmes.models import Enrolment, EnrolmentState
from mentoring.relationships.models import RELATIONSHIP_LIVE

from .bars import OnRecord, Person
from .models import (
    PROPOSAL_HOLDS_PLACE,
    MatchRun,
    Override,
    OverrideKind,
    Proposal,
    ProposalSource,
    ProposalState,
)

Key = str
WAIVABLE = frozenset(key for key, words in WORDING.items() if words.waivable)
#: Pairs that came to nothing: they are not proposed again in the cohort.
REFUSED = (ProposalState.REJECTED, ProposalState.TURNED_DOWN)


@dataclass(frozen=True, slots=True)
class Made:
    """A pair that is proposed or held now. `proposal` is set while it is a draft, which an override may replace."""

    mentee: int
    mentor: int
    score: float
    proposal: int | None = None


@dataclass(frozen=True)
class Standing:
    """Everything between a run's frozen people and today.

    Attributes:
        gone: "role:key" of those who left.
        held: enrolment of a mentee → enrolment of the mentor: approved, offered or under way.
        drafts: enrolment of a mentee → the undecided pair.
        pins, bans, capacities: in the engine's words, to be handed to `what_if`.
        places: mentor's key → places for people of this run.
        spoken_for: mentor's key → places held by others, taken when the run began, held by people of this run.
        barred: pairs against whom something stands on record today, whatever did when the run began.
    """

    gone: frozenset[str]
    held: dict[int, Made]
    drafts: dict[int, Made]
    pins: tuple[Pin, ...]
    bans: tuple[Ban, ...]
    capacities: dict[Key, int]
    places: dict[Key, int]
    spoken_for: dict[Key, tuple[int, int, int]]
    barred: frozenset[tuple[Key, Key]]

    def room(self, mentor: Key, wanted: int) -> int:
        """What the engine is told of a mentor who would take `wanted` mentees in all."""
        outside, committed, holds = self.spoken_for[mentor]
        return max(holds, wanted - outside) + committed

    def now(self) -> dict[int, Made]:
        """The plan as it stands: mentee → pair."""
        return {**self.drafts, **self.held}


@dataclass(frozen=True)
class _Ids:
    """Enrolments of a run's people and their keys."""

    mentees: dict[int, Key]
    mentors: dict[int, Key]

    def pair(self, mentee: int, mentor: int) -> tuple[Key, Key] | None:
        a, b = self.mentees.get(mentee), self.mentors.get(mentor)
        return (a, b) if a is not None and b is not None else None


def standing(run: MatchRun) -> Standing:
    """Reads what was decided since the run. Four queries, whatever its size."""
    frozen = run.inputs["enrolments"]
    ids = _Ids(*({pk: key for key, pk in frozen[role].items()} for role in ("mentee", "mentor")))
    rows, people = {}, {}
    for pk, state, capacity, profile, place in (
        Enrolment.objects.filter(cohort=run.cohort_id)
        .order_by()
        .values_list("pk", "state", "capacity", "profile", "profile__organisation")
    ):
        rows[pk], people[pk] = (state, capacity), Person(pk, profile, place)
    live = {pk for pk, (state, _) in rows.items() if state == EnrolmentState.ELIGIBLE}
    told = _told(run)
    held = {made.mentee: made for made in told.held}
    outside = Counter(made.mentor for made in held.values() if ids.pair(made.mentee, made.mentor) is None)
    inside = {pk: made for pk, made in held.items() if ids.pair(pk, made.mentor)}
    holds = Counter(made.mentor for made in inside.values())
    gone = {f"mentor:{key}" for pk, key in ids.mentors.items() if pk not in live and not holds[pk]}
    gone |= {
        f"mentee:{key}"
        for pk, key in ids.mentees.items()
        if pk not in inside and (pk not in live or pk in held)  # held by a mentor who came after the run
    }
    committed = {row["key"]: row["committed"] for row in run.inputs["mentors"]}
    frozen_capacity = {row["key"]: row["capacity"] for row in run.inputs["mentors"]}
    places = {key: max(holds[pk], rows[pk][1] - outside[pk] if pk in live else 0) for pk, key in ids.mentors.items()}
    capacities = {
        key: places[key] + committed[key] for key in places if places[key] + committed[key] != frozen_capacity[key]
    }
    drafts = {
        made.mentee: made for made in told.drafts if made.mentee not in held and ids.pair(made.mentee, made.mentor)
    }
    refused = {pair for made in told.refused if (pair := ids.pair(made.mentee, made.mentor))}
    known = OnRecord.of(
        {pk: person.profile for pk, person in people.items()}, lambda: {person.place for person in people.values()}
    )
    sides = ([people[pk] for pk in side if pk in people] for side in (ids.mentees, ids.mentors))
    on_record = known.pairs(run.cohort.programme_id, *sides)
    barred = frozenset((ids.mentees[a], ids.mentors[b]) for a, b in on_record)
    against = refused | barred | {pair for two in known.forbidden if (pair := ids.pair(*two))}
    words = Override.objects.filter(cohort=run.cohort_id, kind=OverrideKind.FORCE).order_by("pk")
    pins = _pins(words if known.forced else words.none(), ids, inside, live, places, barred)
    bans = tuple(Ban(*pair) for pair in sorted(against - {(pin.mentee, pin.mentor) for pin in pins}))
    spoken_for = {key: (outside[pk], committed[key], holds[pk]) for pk, key in ids.mentors.items()}
    return Standing(
        frozenset(gone),
        inside,
        drafts,
        pins,
        bans,
        capacities,
        places,
        spoken_for,
        barred,
    )


@dataclass(frozen=True)
class _Told:
    """The cohort's proposals that count."""

    held: list[Made]
    drafts: list[Made]
    refused: list[Made]


def _told(run: MatchRun) -> _Told:
    told = _Told([], [], [])
    states = [ProposalState.DRAFT, ProposalState.PUBLISHED, *PROPOSAL_HOLDS_PLACE, *REFUSED]
    rows = Proposal.objects.filter(cohort=run.cohort_id, state__in=states)
    for pk, mentee, mentor, score, state, source, under_way in rows.order_by("score", "-pk").values_list(
        "pk", "mentee", "mentor", "score", "state", "source", "relationship__state"
    ):  # of several drafts of a mentee the best is read last, and counts
        if state in PROPOSAL_HOLDS_PLACE or under_way in RELATIONSHIP_LIVE:
            told.held.append(Made(mentee, mentor, float(score)))
        elif state in REFUSED:
            told.refused.append(Made(mentee, mentor, float(score)))
        elif state == ProposalState.DRAFT and source in (ProposalSource.RUN, ProposalSource.MANUAL):
            told.drafts.append(Made(mentee, mentor, float(score), pk))
    return told


def _pins(
    words: Iterable[Override],
    ids: _Ids,
    held: dict[int, Made],
    live: set[int],
    places: dict[Key, int],
    barred: frozenset[tuple[Key, Key]],
) -> tuple[Pin, ...]:
    """Held pairs, and forced ones that have room and nothing on record against them."""
    pins = [Pin(ids.mentees[made.mentee], ids.mentors[made.mentor], WAIVABLE) for made in held.values()]
    taken = Counter(pin.mentor for pin in pins)
    for word in words:
        pair = ids.pair(word.mentee_id, word.mentor_id)
        if (
            pair is not None
            and pair not in barred
            and word.mentee_id not in held
            and {word.mentee_id, word.mentor_id} <= live
            and taken[pair[1]] < places[pair[1]]
            and all(pin.mentee != pair[0] for pin in pins)
        ):
            pins.append(Pin(*pair, frozenset(word.waived)))
            taken[pair[1]] += 1
    return tuple(pins)
