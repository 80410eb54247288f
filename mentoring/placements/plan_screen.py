"""What the page of a run shows of a joint plan, and sending its visits from there."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from mentoring.errors import MentoringError
from mentoring.programmes.models import Enrolment
from mentoring.proposals.cast import SOMEBODY, organisation_names
from mentoring.proposals.models import MatchRun, Proposal, ProposalState
from mentoring.proposals.queries import Left
from mentoring.trust import access, visit_access
from mentoring.trust.screens import number

from .calendars import conflicts
from .models import Placement, PlacementState
from .suggestions import suggest_many

_PLACES = {"host": "takes in", "release": "lets go"}


@dataclass
class Line:
    """One person of the plan: whom they get as mentor and where they go, or why not."""

    enrolment: Enrolment
    pair: Proposal | None = None
    no_mentor: str = ""
    visit: Placement | None = None
    no_visit: str = ""
    conflicts: list[str] = field(default_factory=list)

    @property
    def may_send(self) -> bool:
        return self.visit is not None and self.visit.state == PlacementState.DRAFT


def plan_of(run: MatchRun, user: Any, left: dict[str, list[Left]]) -> dict[str, Any]:
    """For the template `plan.html`. Flat in queries; people whom this coordinator does not see are left out."""
    plan = run.stats.get("plan") or {}
    pairs = list(access.proposals_for(user).filter(run=run))
    visits = list(
        visit_access.placements_for(user).filter(run=run).prefetch_related("days").order_by("days__date", "pk")
    )
    visits = list({row.pk: row for row in visits}.values())
    drafts = [row for row in visits if row.state == PlacementState.DRAFT]
    lines: dict[int, Line] = {}

    def line(enrolment: Enrolment) -> Line:
        return lines.setdefault(enrolment.pk, Line(enrolment))

    for pair in pairs:
        line(pair.mentee).pair = pair
    told = conflicts(drafts)
    for row in visits:
        line(row.enrolment).visit = row
        line(row.enrolment).conflicts = told.get(row.pk, [])
    for one in left["mentee"]:
        line(one.enrolment).no_mentor = one.sentence
    for one in left["visitor"]:
        line(one.enrolment).no_visit = one.sentence
    ordered = sorted(lines.values(), key=lambda one: (one.enrolment.profile.display_name, one.enrolment.pk))
    first = min((day.date for row in visits for day in row.days.all()), default=None)
    return {
        "plan": plan,
        "people": ordered,
        "pairs": len(pairs),
        "waiting": sum(1 for pair in pairs if pair.state == ProposalState.DRAFT),
        "drafts": len(drafts),
        "visits": len(visits),
        "ways": gives_way(run, user),
        "first_day": first.isoformat() if first else "",
        "time_limit": run.config.get("time_limit"),
    }


def gives_way(run: MatchRun, user: Any) -> list[str]:
    """The limits that bind, in sentences, the dearest first: mentors together, each school with its days."""
    ways = (run.stats.get("plan") or {}).get("gives_way", [])
    if not ways:
        return []
    ids = (run.inputs or {}).get("enrolments", {}).get("mentor", {})
    mentors = access.enrolments_for(user).in_bulk(
        [ids[way["who"]] for way in ways if way["kind"] == "mentor" and way["who"] in ids]
    )
    block = (run.inputs or {}).get("visits") or {}
    limits = {(kind, place, day): n for kind in _PLACES for place, day, n in block.get(kind, ())}
    names = organisation_names({way["who"] for way in ways if way["kind"] != "mentor"})
    groups: dict[tuple[str, str, int, str], list[str]] = defaultdict(list)
    for way in ways:
        if way["kind"] == "mentor":
            row = mentors.get(ids.get(way["who"], 0))
            groups["mentor", "", 0, _gain(way)].append(row.profile.display_name if row else SOMEBODY)
        else:
            count = limits.get((way["kind"], way["who"], way["day"]), 1)
            day = dt.date.fromisoformat(way["day"])
            groups[way["kind"], way["who"], count, _gain(way)].append(f"{day:%A %-d %B}")
    told = []
    for (kind, who, count, gain), listed in groups.items():
        if kind == "mentor":
            told.append(f"Mentors’ places: {_listed(listed)}. {gain}")
        else:
            place = names.get(who, "A school that is no longer here")
            told.append(f"{place} {_PLACES[kind]} {_people(count)} on {_listed(listed)}. {gain}")
    return told


def _listed(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} or {names[-1]}"


def _people(count: int) -> str:
    return {0: "nobody more", 1: "one person"}.get(count, f"{count} people")


def _gain(way: dict[str, Any]) -> str:
    if way["people"] >= 1:
        return "With one place more, one more wish could be met."
    if way["people"]:
        return "With one place more, and another limit moved with it, one more wish could be met."
    points = round(way["points"])
    return f"With one place more, the scores could rise by up to {points} point{'' if points == 1 else 's'}."


def send(run: MatchRun, actor: Any, picks: list[str]) -> tuple[int, list[str]]:
    """Suggests the picked visits to their visitors: (how many went out, a sentence for each that did not).

    Raises:
        MentoringError: none was picked.
    """
    wanted: dict[int, int] = {}
    for pick in picks[:1000]:
        pk, _, version = pick.partition(":")
        if 0 <= number(pk) < 2**63:
            wanted[number(pk)] = number(version)
    rows = visit_access.placements_for(actor).filter(run=run, pk__in=wanted).order_by("pk")
    found = [(row, wanted[row.pk]) for row in rows]
    if not found:
        raise MentoringError("Please pick at least one visit that is still planned.")
    sent, refused = suggest_many(found, actor=actor)
    return len(sent), [f"{row}: {sentence}" for row, sentence in refused]
