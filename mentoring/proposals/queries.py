"""Reads for the coordinator's screens and for the pack that reproduces a run."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from mentoring.people.models import Direction, ProfileInterest
from mentoring.programmes.models import Enrolment
from mentoring.trust import access

from .models import MatchRun, Proposal

#: What the parts of a score are called on screen.
COMPONENT_LABELS = {
    "interests": "Topics asked for and offered",
    "role_step": "Step between the roles",
    "goals": "Goals and experience, in words",
    "phase_context": "Phase and setting",
    "time": "Hours in common",
    "travel": "Travel",
    "candour": "Distance from one’s own line",
    "meaning": "Meaning of the texts",
    "preference": "Bonus for the mentee’s own choice",
}


@dataclass(frozen=True)
class Left:
    """Somebody the run found no partner for."""

    enrolment: Enrolment
    sentence: str


def left_over(run: MatchRun, user: Any) -> dict[str, list[Left]]:
    """Role → people without a partner or, as visitors, without a visit; as far as this coordinator may see them."""
    ids = [row["enrolment"] for row in run.unmatched if row.get("enrolment")]
    people = {row.pk: row for row in access.enrolments_for(user).filter(pk__in=ids)}
    found: dict[str, list[Left]] = {"mentee": [], "mentor": [], "visitor": []}
    for row in run.unmatched:
        enrolment = people.get(row.get("enrolment"))
        if enrolment is not None:
            role = "visitor" if row.get("role") == "visitor" else enrolment.as_role
            found[role].append(Left(enrolment, str(row.get("sentence", ""))))
    return found


def components(proposal: Proposal) -> list[dict[str, Any]]:
    """The table that adds up to the score, biggest share first; parts unknown for this pair last."""
    rows = [
        {
            **part,
            "label": COMPONENT_LABELS.get(part["key"], str(part["key"]).replace("_", " ").capitalize()),
            "per_cent": None if part.get("value") is None else round(100 * part["value"]),
        }
        for part in proposal.explanation.get("components", [])
    ]
    return sorted(rows, key=lambda row: (row["per_cent"] is None, -row["contribution"]))


@dataclass(frozen=True)
class Side:
    """One half of a pair, as the pair's page shows it."""

    heading: str
    enrolment: Enrolment
    topics: list[ProfileInterest]
    topics_heading: str


def sides(proposal: Proposal) -> tuple[list[Side], set[int]]:
    """Both people with what counts for this pair, and the ids of topics that both named. One query."""
    mentee, mentor = proposal.mentee, proposal.mentor
    rows = list(
        ProfileInterest.objects.filter(profile__in=[mentee.profile_id, mentor.profile_id]).select_related("interest")
    )
    seeks = [r for r in rows if r.profile_id == mentee.profile_id and r.direction == Direction.SEEK]
    offers = [r for r in rows if r.profile_id == mentor.profile_id and r.direction == Direction.OFFER]
    shared = {r.interest_id for r in seeks} & {r.interest_id for r in offers}
    return [
        Side("Mentee", mentee, seeks, "Asks for"),
        Side("Mentor", mentor, offers, "Offers"),
    ], shared


def alternatives(proposal: Proposal, user: Any) -> list[dict[str, Any]]:
    """Other mentors the engine named, as far as this coordinator may see them."""
    rows = proposal.explanation.get("alternatives", [])
    people = access.enrolments_for(user).in_bulk([row["mentor"] for row in rows if row.get("mentor")])
    return [{**row, "enrolment": people[row["mentor"]]} for row in rows if row.get("mentor") in people]


def pack(run: MatchRun) -> str:
    """Everything that decides a run, and what came of it, as one canonical JSON text.

    The same people give the same bytes, whatever the order of their rows; database ids of enrolments are left out.
    """
    inputs = {key: value for key, value in (run.inputs or {}).items() if key != "enrolments"}
    keys = {
        role: {pk: key for key, pk in people.items()}
        for role, people in (run.inputs or {}).get("enrolments", {}).items()
    }
    pairs = []
    for proposal in run.proposals.order_by("pk"):
        explanation = dict(proposal.explanation)
        explanation["alternatives"] = [
            {**row, "mentor": keys.get("mentor", {}).get(row["mentor"])} for row in explanation.get("alternatives", [])
        ]
        pairs.append(
            {
                "mentee": keys.get("mentee", {}).get(proposal.mentee_id),
                "mentor": keys.get("mentor", {}).get(proposal.mentor_id),
                "score": f"{proposal.score:.3f}",
                "evidence": f"{proposal.evidence:.3f}",
                "explanation": explanation,
            }
        )
    content = {
        "config": run.config,
        "seed": run.seed,
        "code_version": run.code_version,
        "input_hash": run.input_hash,
        "outcome_hash": run.outcome_hash,
        "inputs": inputs,
        "pairs": sorted(pairs, key=lambda row: (str(row["mentee"]), str(row["mentor"]))),
        "unmatched": sorted(
            (
                {
                    "person": keys.get(row["role"], {}).get(row["enrolment"]),
                    "role": row["role"],
                    "code": row["code"],
                    "sentence": row["sentence"],
                }
                for row in run.unmatched
            ),
            key=lambda row: (str(row["role"]), str(row["person"])),
        ),
    }
    return json.dumps(content, ensure_ascii=False, sort_keys=True, indent=1)
