"""Which offers suit a visitor: by role and interest, with the score, the rules and the sentences of the matching."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from mentoring import matching
from mentoring.matching import Mentee, Mentor, Rules
from mentoring.people.models import Direction, Organisation, Profile
from mentoring.programmes.models import Enrolment
from mentoring.proposals.gathering import organisation_key, person_key
from mentoring.proposals.inputs import aspiration_rank, read_ladder, read_thesaurus, rules_of, weights_of
from mentoring.proposals.settings import config_for

from . import limits
from .offer_models import HostOffer

#: How strongly an offer stands for its topics: between "a little" and "a lot".
SHOWN = 2


def of_a_host(reason: str) -> str:
    """The engine's words speak of a mentor."""
    return reason.replace("The mentor", "The host").replace("the mentor", "the host")


@dataclass(frozen=True)
class Suggested:
    """An offer, how well it suits (0 to 100), and why."""

    offer: HostOffer
    score: float
    reasons: tuple[str, ...]
    fits: bool = True
    """Whether no rule bars it."""


def suggest(enrolment: Enrolment, offers: Sequence[HostOffer]) -> list[Suggested]:
    """The offers that could be asked for, the best first; those meant for another step come last.

    An offer stands in the engine where a mentor stands: its topics, its host's role, its school. Flat in queries if
    `focus` and `levels` are prefetched and host, role level and organisation are joined.
    """
    may = limits.may_visit_each(enrolment, offers)
    found = [one for one in compare(enrolment, offers) if one.fits and may[one.offer.pk]]
    found.sort(key=lambda one: (not meant_for(one.offer, enrolment.profile), -one.score, one.offer.pk))
    return found


def compare(enrolment: Enrolment, offers: Sequence[HostOffer]) -> list[Suggested]:
    """How well each offer suits, barred ones included, in the order given."""
    if not offers:
        return []
    import numpy as np  # with the engine: it takes long to load

    from mentoring.matching.explanation import Pairs, Standing

    config = config_for(enrolment.cohort, objective="best_total")
    problem = matching.prepare(
        [_visitor(enrolment)],
        [_stand_in(offer) for offer in offers],
        rules=rules_of_visits(config),
        weights=weights_of(config),
        thesaurus=read_thesaurus(),
        ladder=read_ladder(),
    )
    market = problem.market
    columns = np.array([market.column[offer_key(offer)] for offer in offers])
    rows = np.zeros_like(columns)
    pairs = Pairs(market, rows, columns, lambda i, j: Standing(i, j, [[] for _ in offers]), {})
    return [
        Suggested(offer, round(pair.score, 1), tuple(map(of_a_host, pair.reasons)), bool(fits))
        for offer, pair, fits in zip(offers, pairs, market.allowed(rows, columns), strict=True)
    ]


def rules_of_visits(config: dict[str, Any]) -> Rules:
    """The programme's rules as far as they speak of a visit: any step may be seen, hosts need no training."""
    return rules_of({**config, "rules": {**config["rules"], "min_gap": None, "training_required": False}})


def offer_key(offer: HostOffer) -> str:
    """The engine knows offers by this."""
    return f"offer-{offer.pk}"


def _place(place: Organisation) -> dict[str, Any]:
    known = place.easting is not None and place.northing is not None
    return {
        "organisation": organisation_key(place.pk),
        "phases": frozenset({place.phase} if place.phase else ()),
        "position": (float(place.easting or 0), float(place.northing or 0)) if known else None,
        "formats": "in_person",
    }


def _role(person: Profile) -> dict[str, Any]:
    level = person.role_level
    return {"role_family": level.family if level else "", "rank": float(level.rank) if level else None}


def _visitor(enrolment: Enrolment) -> Mentee:
    person = enrolment.profile
    rows = person.profile_interests.filter(direction=Direction.SEEK).values_list("interest__slug", "strength")
    managers = [person_key(person.line_manager_id)] if person.line_manager_id else []
    return Mentee(
        key=person_key(person.pk),
        interests=dict(rows),
        line_managers=frozenset(managers),
        aspiration_rank=aspiration_rank(person),
        max_travel_minutes=None if enrolment.max_travel_minutes is None else float(enrolment.max_travel_minutes),
        **_role(person),
        **_place(person.organisation),
    )


def _stand_in(offer: HostOffer) -> Mentor:
    return Mentor(
        key=offer_key(offer),
        interests={topic.slug: SHOWN for topic in offer.focus.all()},
        **_role(offer.host),
        **_place(offer.organisation),
    )


def meant_for(offer: HostOffer, person: Profile) -> bool:
    """Whether the host had somebody of this step, or on the way to it, in mind."""
    levels = {level.pk for level in offer.levels.all()}
    return not levels or bool(levels & {person.role_level_id, person.aspiration_level_id})
