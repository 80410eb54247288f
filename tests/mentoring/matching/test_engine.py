"""The whole engine, from people to explained proposals."""

from __future__ import annotations

import itertools
import json
import random
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from benchmarks.people import market
from mentoring.matching import (
    Ban,
    Cancelled,
    Exclusion,
    Floors,
    InvalidInput,
    Mentee,
    Mentor,
    Objective,
    Overrides,
    Pin,
    Role,
    RoleLadder,
    Rules,
    Status,
    Thesaurus,
    Topic,
    Weights,
    half_days,
    match,
    prepare,
    windows,
)

ROOT = Path(__file__).resolve().parents[3]


def mentee(key: str, **fields: object) -> Mentee:
    return Mentee(key=f"{key}@example.org", **fields)  # type: ignore[arg-type]


def mentor(key: str, **fields: object) -> Mentor:
    return Mentor(key=f"{key}@example.org", **fields)  # type: ignore[arg-type]


def brute_force(scores: np.ndarray, allowed: np.ndarray, places: list[int]) -> tuple[int, float]:
    """(most pairs, best total at that) by trying everything."""
    options = [[None, *np.flatnonzero(row)] for row in allowed]
    best = (0, 0.0)
    for choice in itertools.product(*options):
        counts = np.bincount([c for c in choice if c is not None], minlength=len(places))
        if (counts <= places).all():
            total = sum(scores[i, c] for i, c in enumerate(choice) if c is not None)
            best = max(best, (int(counts.sum()), float(total)))
    return best


@pytest.mark.parametrize("seed", range(25))
def test_match__small_market__equals_brute_force(seed: int) -> None:
    pick = random.Random(seed)
    left, right = market(pick.randint(1, 5), pick.randint(1, 5), seed=seed, texts=False, capacity=(0, 2))
    problem = prepare(left, right)
    i, j = np.arange(len(left))[:, None], np.arange(len(right))[None, :]
    scores, allowed = problem.market.scores(i, j), problem.market.allowed(i, j)
    pairs, total = brute_force(scores, allowed, [p.places for p in sorted(right, key=lambda p: p.key)])
    result = problem.solve()
    assert len(result.pairs) == pairs
    assert result.stats["total"] == pytest.approx(total, abs=0.01)


def test_match__pairs__are_explained_in_parts_that_sum_to_the_score() -> None:
    result = match(*market(60, 40, seed=3))
    assert len(result.pairs) == 60
    for pair in result.pairs:
        assert sum(part.contribution for part in pair.components) == pytest.approx(pair.score, abs=1e-6)
        assert 0 <= pair.evidence <= 1
        assert len(pair.reasons) <= 3
        assert pair.reasons or pair.caution or pair.unknown
    json.loads(result.to_json())


def test_match__rows_shuffled_and_repeated__gives_the_same_outcome() -> None:
    left, right = market(40, 30, seed=5)
    first = match(left, right)
    pick = random.Random(1)
    again = match(pick.sample(left, len(left)) + left[:3], pick.sample(right, len(right)) + right[:2])
    assert again.outcome_hash == first.outcome_hash
    assert again.input_hash == first.input_hash
    assert len(again.warnings) == 5


def test_match__people_renamed__changes_no_pair() -> None:
    left, right = market(30, 20, seed=6)
    first = match(left, right)
    renamed = match([replace(p, name="Someone") for p in left], right)
    assert [(p.mentee, p.mentor) for p in first.pairs] == [(p.mentee, p.mentor) for p in renamed.pairs]


def test_match__another_seed__keeps_the_total() -> None:
    left = [mentee(f"a{n}", interests={"drama": 1}) for n in range(6)]
    right = [mentor(f"b{n}", interests={"drama": 1}) for n in range(6)]
    results = [match(left, right, seed=seed) for seed in range(6)]
    assert {round(r.stats["total"], 6) for r in results} == {600.0}
    assert len({r.outcome_hash for r in results}) > 1


@pytest.mark.parametrize(
    ("left", "right", "rule"),
    [
        ({}, {"key": " A@Example.org "}, "same_person"),
        ({"organisation": "St. Mary’s School"}, {"organisation": "st marys  school"}, "same_organisation"),
        ({"line_managers": frozenset({"B@example.org"})}, {}, "line_management"),
        ({}, {"line_managers": frozenset({"a@example.org"})}, "line_management"),
        ({"not_this_person": frozenset({"b@example.org"})}, {}, "not_this_person"),
        ({}, {"not_this_person": frozenset({"a@example.org"})}, "not_this_person"),
        ({"prior_partners": frozenset({"b@example.org"})}, {}, "prior_pair"),
        ({"role_family": "teaching", "rank": 50}, {"role_family": "teaching", "rank": 40}, "role_gap"),
        ({"formats": "online"}, {"formats": "in_person"}, "format"),
        ({"availability": windows("mon 9-12")}, {"availability": windows("tue 9-12")}, "overlap"),
        ({"eligible": False}, {}, "eligible"),
        ({}, {"paused": True}, "paused"),
        ({"consent_current": False}, {}, "consent"),
        ({}, {"trained": False}, "training"),
        (
            {"formats": "in_person", "place": (51.5, 0.0), "max_travel_minutes": 30},
            {"formats": "in_person", "place": (52.5, 0.0)},
            "travel",
        ),
        (
            {"formats": "in_person", "position": (530_000.0, 180_000.0), "max_travel_minutes": 30},
            {"formats": "either", "position": (560_000.0, 180_000.0)},
            "travel",
        ),
        ({"availability": half_days(["mon am", "a: fri pm"])}, {"availability": half_days(["b: fri pm"])}, "overlap"),
    ],
)
def test_rule__one_pair_that_breaks_it__is_barred(left: dict[str, object], right: dict[str, object], rule: str) -> None:
    problem = prepare([Mentee(**{"key": "a@example.org", **left})], [Mentor(**{"key": "b@example.org", **right})])  # type: ignore[arg-type]
    barring = [r.key for r in problem.market.rules if r.bars(np.array([0]), np.array([0]))[0]]
    assert barring == [rule]
    result = problem.solve()
    assert result.status is Status.NO_SOLUTION
    assert not result.pairs
    assert {u.role for u in result.unmatched} == {"mentee", "mentor"}


def test_travel__eastings_and_northings__become_minutes() -> None:
    here = {"formats": "in_person", "max_travel_minutes": 60.0}
    left = mentee("a", position=(530_000.0, 180_000.0), place=(51.5, -0.1), **here)
    for metres, value in ((0.0, 1.0), (12_500.0, 0.5), (25_000.0, 0.0)):
        right = mentor("b", position=(530_000.0 + metres, 180_000.0), **here)
        pair = match([left], [right]).pairs[0]
        assert next(c.value for c in pair.components if c.key == "travel") == pytest.approx(value)
    unknown = match([left], [mentor("b", **here)]).pairs[0]
    assert next(c.value for c in unknown.components if c.key == "travel") is None
    on_the_globe = match([left], [mentor("b", place=(51.5, -0.1), **here)]).pairs[0]
    assert next(c.value for c in on_the_globe.components if c.key == "travel") == pytest.approx(1.0)


def test_half_days__ticked_in_a_grid__are_hours_that_meet_other_hours() -> None:
    grid = half_days(["mon am", "wed pm", "a: fri am"])
    assert len(grid) == 2 * (8 + 8 + 8) - 8
    left, right = mentee("a", availability=grid), mentor("b", availability=windows("wed 15:30-17:00"))
    pair = match([left], [right], rules=Rules(needed_hours=4)).pairs[0]
    part = next(c for c in pair.components if c.key == "time")
    assert (part.value, part.sentence) == (0.75, "They share 3 hours a fortnight.")
    with pytest.raises(ValueError, match="cannot read the hours"):
        half_days(["someday am"])


def test_demand__two_partners_wanted_and_places_short__everybody_has_one_first() -> None:
    left = [mentee("a", interests={"x": 3}, demand=2), mentee("c", interests={"y": 1})]
    right = [mentor("b", interests={"x": 3}), mentor("d", interests={"x": 3})]
    assert {p.mentee for p in match(left, right).pairs} == {"a@example.org", "c@example.org"}
    assert len(match(left, [*right, mentor("e")]).pairs) == 3


def test_caution__few_wishes_met__is_said_in_other_words_than_the_reason() -> None:
    left = mentee("a", interests={"x": 1, "y": 1})
    pair = match([left], [mentor("b", interests={"x": 1})]).pairs[0]
    assert pair.reasons[0] == "The mentor offers x, which the mentee asks for."
    assert pair.caution == "Only about 42 per cent of what the mentee asks for is offered."
    for pair in match(*market(60, 40, seed=3)).pairs:
        assert pair.caution not in pair.reasons


def test_prior_pair__both_want_it_again__is_allowed() -> None:
    left = mentee("a", prior_partners=frozenset({"b@example.org"}), wants_again=frozenset({"b@example.org"}))
    assert not match([left], [mentor("b")]).pairs
    assert match([left], [mentor("b", wants_again=frozenset({"a@example.org"}))]).pairs


def test_same_trust__rule_set_to_trust__bars_two_schools_of_it() -> None:
    left = mentee("a", organisation="one", organisation_path=("trust", "one"))
    right = mentor("b", organisation="two", organisation_path=("trust", "two"))
    assert match([left], [right]).pairs
    assert not match([left], [right], rules=Rules(same_organisation="trust")).pairs


def test_exclusion__person_or_organisation__works_in_both_directions() -> None:
    left = mentee("a", organisation="one", organisation_path=("trust", "one"))
    right = mentor("b", organisation="two")
    for a, b in [("a@example.org", "two"), ("trust", "B@example.org"), ("trust", "two"), ("two", "trust")]:
        assert not match([left], [right], overrides=Overrides(exclusions=(Exclusion(a, b),))).pairs
    assert match([left], [right], overrides=Overrides(exclusions=(Exclusion("two", "two"),))).pairs


def test_pin__waivable_rule_waived__pair_is_present_and_says_so() -> None:
    left, right = [mentee("a", organisation="x"), mentee("c")], [mentor("b", organisation="x"), mentor("d")]
    pin = Pin("a@example.org", "b@example.org", frozenset({"same_organisation"}))
    result = match(left, right, overrides=Overrides(pins=(pin,)))
    pair = next(p for p in result.pairs if p.mentee == "a@example.org")
    assert (pair.mentor, pair.pinned, pair.waived) == ("b@example.org", True, ("same_organisation",))
    assert len(result.pairs) == 2
    with pytest.raises(InvalidInput, match="same_organisation"):
        match(left, right, overrides=Overrides(pins=(replace(pin, waive=frozenset()),)))


def test_pin__person_unknown_or_mentor_full__is_refused_with_a_sentence() -> None:
    with pytest.raises(InvalidInput, match="not in the cohort"):
        match([mentee("a")], [mentor("b")], overrides=Overrides(pins=(Pin("a@example.org", "nobody"),)))
    pins = (Pin("a@example.org", "b@example.org"), Pin("c@example.org", "b@example.org"))
    with pytest.raises(InvalidInput, match="2 pairs are forced, but there is room for 1"):
        match([mentee("a"), mentee("c")], [mentor("b")], overrides=Overrides(pins=pins))


def test_ban__best_pair__is_not_proposed() -> None:
    left, right = market(8, 8, seed=2)
    first = match(left, right).pairs[0]
    result = match(left, right, overrides=Overrides(bans=(Ban(first.mentee, first.mentor),)))
    assert (first.mentee, first.mentor) not in {(p.mentee, p.mentor) for p in result.pairs}


def test_interests__synonym_and_parent__earn_full_and_half_credit() -> None:
    words = Thesaurus([Topic(slug="arts"), Topic(slug="drama", label="Drama", parent="arts", synonyms=("theatre",))])
    left = [mentee("a", interests={"theatre": 2})]
    values = {}
    for offer in ("Drama", "arts", "maths"):
        pair = match(left, [mentor("b", interests={offer: 3})], thesaurus=words).pairs[0]
        values[offer] = next(c.value for c in pair.components if c.key == "interests")
    assert values == {"Drama": pytest.approx(1.0), "arts": pytest.approx(0.5), "maths": 0.0}


def test_role_step__family_without_equivalence__is_unknown_and_not_zero() -> None:
    left = [mentee("a", role_family="teaching", rank=40)]
    right = [mentor("b", role_family="arts", rank=2, organisation="theatre")]
    part = next(c for c in match(left, right).pairs[0].components if c.key == "role_step")
    assert part.value is None
    ladder = RoleLadder(
        roles=(Role(family="arts", rank=2, label="Learning lead"),),
        equivalents=((("arts", 2), ("teaching", 50)),),
    )
    part = next(c for c in match(left, right, ladder=ladder).pairs[0].components if c.key == "role_step")
    assert part.value == pytest.approx(1.0)
    assert part.sentence == "The mentor (Learning lead) stands 1 step above, a good distance."


def test_blank_people__are_matched_with_no_evidence_and_not_scored_zero() -> None:
    pair = match([mentee("a")], [mentor("b")]).pairs[0]
    assert (pair.evidence, pair.score) == (0.0, 50.0)
    assert pair.unknown


def test_preference__first_choice__adds_ten_points_apart_and_never_more_than_a_hundred() -> None:
    left = [mentee("a", interests={"x": 1, "y": 1}, preferences=("b@example.org",))]
    pair = match(left, [mentor("b", interests={"x": 1})]).pairs[0]
    bonus = next(c for c in pair.components if c.key == "preference")
    assert (bonus.contribution, bonus.weight) == (10.0, 0.0)
    full = match(left, [mentor("b", interests={"x": 1, "y": 1})]).pairs[0]
    assert full.score == 100


def test_floors__one_school_would_be_left_out__gets_its_share_and_a_certificate() -> None:
    left = [mentee(f"a{n}", organisation="big", interests={"x": 3}) for n in range(4)]
    left += [mentee(f"s{n}", organisation="small", interests={"x": 1, "y": 3}) for n in range(2)]
    right = [mentor("b", capacity=3, interests={"x": 3})]
    plain = match(left, right)
    assert {p.mentee[0] for p in plain.pairs} == {"a"}
    fair = match(left, right, floors=Floors(share=0.5))
    lines = {line.organisation: (line.eligible, line.floor, line.matched, line.met) for line in fair.certificate}
    assert lines == {"big": (4, 2, 2, True), "small": (2, 1, 1, True)}
    assert len(fair.pairs) == 3


def test_fairest_floor__raises_the_lowest_score_and_shows_its_price() -> None:
    left = [mentee("a", interests={"x": 3}), mentee("c", interests={"x": 3, "y": 1})]
    right = [mentor("b", interests={"x": 3}), mentor("d", interests={"y": 3, "x": 1})]
    best = match(left, right)
    fair = match(left, right, objective=Objective.FAIREST_FLOOR)
    assert fair.stats["lowest"] >= best.stats["lowest"]
    assert fair.price is not None
    assert fair.price.lowest_at_best_total == pytest.approx(best.stats["lowest"])
    assert fair.price.best_total == pytest.approx(best.stats["total"])


def test_waiting__two_equal_mentees_and_one_place__goes_to_the_longer_wait() -> None:
    for seed in range(8):
        left = [mentee("a", waiting_weeks=0), mentee("c", waiting_weeks=30)]
        assert match(left, [mentor("b")], seed=seed).pairs[0].mentee == "c@example.org"


@pytest.mark.parametrize(("left", "right"), [([], []), ([mentee("a")], []), ([], [mentor("b")])])
def test_match__a_side_is_empty__says_so_and_completes(left: list[Mentee], right: list[Mentor]) -> None:
    result = match(left, right)
    assert result.status is Status.NO_SOLUTION
    assert "There are no" in result.warnings[-1]
    assert len(result.unmatched) == len(left) + len(right)


def test_match__no_places__says_so() -> None:
    result = match([mentee("a")], [mentor("b", capacity=1, committed=3)])
    assert result.warnings == ("No mentor has a place to give.",)
    assert {u.code for u in result.unmatched} == {"no_mentors", "full"}


@pytest.mark.parametrize("value", [float("nan"), -1.0, 1e9])
def test_weights__out_of_range__are_refused(value: float) -> None:
    with pytest.raises(InvalidInput, match="interests"):
        Weights(interests=value)


def test_weights__all_zero__are_refused() -> None:
    with pytest.raises(InvalidInput, match="at least one"):
        Weights(**{key: 0 for key, _ in Weights().items()})


def test_people__several_faults__are_all_named() -> None:
    with pytest.raises(InvalidInput) as caught:
        match([mentee("a", rank=float("nan"), interests={"x": 9})], [Mentor(key=" ")])
    assert len(caught.value.faults) == 3


def test_match__cancelled__raises_and_returns_nothing() -> None:
    with pytest.raises(Cancelled):
        match([mentee("a")], [mentor("b")], cancelled=lambda: True)


def test_match__progress__rises_to_its_end() -> None:
    told: list[float] = []
    match(*market(10, 10), progress=lambda share, doing: told.append(share))
    assert told == sorted(told)
    assert told[0] >= 0
    assert told[-1] <= 1


def test_engine__imported_alone__brings_no_django() -> None:
    code = "import sys, mentoring.matching; print([n for n in sys.modules if n.startswith(('django', 'wagtail'))])"
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)  # noqa: S603 (our own words)
    assert done.stdout.strip() == "[]"
