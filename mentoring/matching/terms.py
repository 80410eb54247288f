"""From a coordinator's words to numbers: pins, demand and places that are left, schools' floors."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np

from mentoring.matching.arrays import Ints, codes
from mentoring.matching.board import Terms
from mentoring.matching.errors import Fault, InvalidInput
from mentoring.matching.features import organisation_of
from mentoring.matching.market import Market
from mentoring.matching.people import person_key
from mentoring.matching.result import FloorCertificate
from mentoring.matching.settings import Ban, Floors, Pin
from mentoring.matching.vocabulary import fold

Pins = Mapping[tuple[int, int], tuple[str, ...]]
"""Pinned pairs with the keys of the rules that were waived for each."""


def pinned(market: Market, pins: Iterable[Pin]) -> Pins:
    """Pinned pairs by index. A pin may break only rules that can be waived and that it waives by name.

    Raises:
        InvalidInput: an unknown person, a rule in the way, or more pins than a person has places.
    """
    found: dict[tuple[int, int], tuple[str, ...]] = {}
    faults: list[Fault] = []
    for pin in pins:
        i, j = market.row.get(person_key(pin.mentee)), market.column.get(person_key(pin.mentor))
        if i is None or j is None:
            missing = pin.mentee if i is None else pin.mentor
            faults.append(Fault("this person is not in the cohort, so the pair cannot be forced", missing, "pin"))
            continue
        broken = [rule for rule in market.rules if bool(rule.bars(np.array([i]), np.array([j]))[0])]
        stops = [rule for rule in broken if not rule.waivable or rule.key not in pin.waive]
        faults += [
            Fault(f"cannot be forced ({rule.key}): {rule.fails}", f"{pin.mentee} with {pin.mentor}", "pin")
            for rule in stops
        ]
        found[i, j] = tuple(rule.key for rule in broken)
    for side, limits, people in ((0, market.demand, market.mentees), (1, market.places, market.mentors)):
        counts = np.bincount([pair[side] for pair in found], minlength=len(limits))
        for at in np.flatnonzero(counts > limits):
            sentence = f"{counts[at]} pairs are forced, but there is room for {limits[at]}"
            faults.append(Fault(sentence, people[at].key, "pin"))
    if faults:
        raise InvalidInput(faults)
    return found


def terms_of(market: Market, floors: Floors, pins: Pins, bans: Iterable[Ban] = ()) -> Terms:
    """What is left to be solved after the pins."""
    demand, places = market.demand.copy(), market.places.copy()
    for i, j in pins:
        demand[i] -= 1
        places[j] -= 1
    group, least = _floors(market, floors)
    if least is not None and group is not None:
        already = {i for i, _ in pins}
        least = np.maximum(0, least - np.bincount(group[sorted(already)], minlength=len(least)))
    banned = ((market.row.get(person_key(b.mentee)), market.column.get(person_key(b.mentor))) for b in bans)
    barred = {*pins, *((i, j) for i, j in banned if i is not None and j is not None)}
    return Terms(demand=demand, places=places, barred=tuple(sorted(barred)), group=group, floors=least)


def _floors(market: Market, floors: Floors) -> tuple[Ints | None, Ints | None]:
    if not floors.share and not floors.by_organisation:
        return None, None
    group, schools = codes(organisation_of(p)[0] for p in market.mentees)
    eligible = np.bincount(group[_eligible(market)], minlength=len(schools))
    shares = {fold(name): share for name, share in floors.by_organisation.items()}
    share = np.array([0.0 if not name else shares.get(name, floors.share) for name in schools])
    return group, np.floor(share * eligible + 1e-9).astype(np.int64)


def _eligible(market: Market) -> Ints:
    return np.flatnonzero([p.eligible and not p.paused and p.consent_current and p.demand > 0 for p in market.mentees])


def certificate(market: Market, floors: Floors, matched: Ints) -> tuple[FloorCertificate, ...]:
    """School by school: how many were eligible, what was promised, how many are matched."""
    group, least = _floors(market, floors)
    if group is None or least is None:
        return ()
    people = np.unique(matched)
    names = [p.organisation or (p.organisation_path or ("",))[-1] for p in market.mentees]
    eligible = np.bincount(group[_eligible(market)], minlength=len(least))
    served = np.bincount(group[people], minlength=len(least))
    first = [int(np.flatnonzero(group == at)[0]) for at in range(len(least))]
    lines = [
        FloorCertificate(names[first[at]], int(eligible[at]), int(least[at]), int(served[at]))
        for at in range(len(least))
        if names[first[at]]
    ]
    return tuple(sorted(lines, key=lambda line: line.organisation))
