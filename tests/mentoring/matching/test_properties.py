"""What must hold for every market, and the faults known of other programmes."""

from __future__ import annotations

import random
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.people import market
from mentoring.matching import (
    Floors,
    Mentee,
    Mentor,
    Objective,
    Overrides,
    Pin,
    Rules,
    Weights,
    match,
    prepare,
)
from mentoring.matching.problem import DENSE_PAIRS

texts = st.text(max_size=12)
sizes = st.integers(0, 7)


@settings(max_examples=60, deadline=None)
@given(sizes, sizes, st.integers(0, 10**6), st.sampled_from(Objective), st.sampled_from([0.0, 0.5, 1.0]))
def test_match__any_market__keeps_every_rule_place_and_sum(
    n: int, m: int, seed: int, objective: Objective, share: float
) -> None:
    left, right = market(n, m, seed=seed, texts=seed % 3 == 0, capacity=(0, 3))
    problem = prepare(left, right, floors=Floors(share=share))
    result = problem.solve(objective=objective, seed=seed)
    places = {p.key: p.places for p in right}
    taken: dict[str, int] = {}
    assert len({p.mentee for p in result.pairs}) == len(result.pairs)
    for pair in result.pairs:
        taken[pair.mentor] = taken.get(pair.mentor, 0) + 1
        i, j = problem.market.row[pair.mentee], problem.market.column[pair.mentor]
        assert problem.market.allowed(np.array([i]), np.array([j]))[0]
        assert sum(c.contribution for c in pair.components) == pytest.approx(pair.score, abs=1e-6)
        assert 0 <= pair.score <= 100
    assert all(count <= places[key] for key, count in taken.items())
    assert {u.key for u in result.unmatched if u.role == "mentee"} == {p.key for p in left} - {
        p.mentee for p in result.pairs
    }
    assert all(u.sentence for u in result.unmatched)


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 8), st.integers(1, 6), st.integers(0, 10**6))
def test_match__one_more_mentor__never_lowers_the_number_matched(n: int, m: int, seed: int) -> None:
    left, right = market(n, m + 1, seed=seed, texts=False)
    assert match(left, right[:-1]).stats["matched"] <= match(left, right).stats["matched"]


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**6), st.sampled_from([key for key, _ in Weights().items() if key not in ("goals", "meaning")]))
def test_weights__one_raised__its_share_of_no_score_falls(seed: int, key: str) -> None:
    left, right = market(3, 3, seed=seed, texts=False)
    base = Weights()
    more = replace(base, **{key: min(100, getattr(base, key) * 2)})
    i, j = np.repeat(np.arange(3), 3), np.tile(np.arange(3), 3)
    share = []
    for weights in (base, more):
        built = prepare(left, right, weights=weights).market
        from mentoring.matching.explanation import parts

        told = parts(built, i, j)
        at = [f.key for f in built.features].index(key)
        share.append(told.contribution[:, at] / np.maximum(told.contribution.sum(axis=1), 1e-12))
    assert (share[1] >= share[0] - 1e-9).all()


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(texts, texts, texts, texts), min_size=1, max_size=5))
def test_match__any_words_at_all__are_taken_as_they_are(rows: list[tuple[str, str, str, str]]) -> None:
    left = [
        Mentee(key=f"a{n}", name=name, organisation=place, interests={topic: 1} if topic else {}, text=text * 20)
        for n, (name, place, topic, text) in enumerate(rows)
    ]
    right = [Mentor(key=f"b{n}", interests={topic: 2} if topic else {}) for n, (_, _, topic, _) in enumerate(rows)]
    result = match(left, right)
    assert len(result.pairs) == len(rows)
    assert result.to_json()


@pytest.mark.parametrize("objective", Objective)
def test_match__pinned_pair__is_present_under_every_objective(objective: Objective) -> None:
    left, right = market(12, 9, seed=4, texts=False)
    free = next(
        (a.key, b.key) for a in left for b in right if prepare([a], [b]).market.allowed(np.array([0]), np.array([0]))[0]
    )
    result = match(left, right, objective=objective, overrides=Overrides(pins=(Pin(*free),)))
    assert free in {(p.mentee, p.mentor) for p in result.pairs}


def test_match__one_person_repeated_a_hundred_thousand_times__is_one_person() -> None:
    person = Mentee(key="ada@example.org", interests={"drama": 2})
    result = match([person] * 100_000, [Mentor(key="bea@example.org", interests={"drama": 1})])
    assert len(result.pairs) == 1
    assert len(result.warnings) == 1


def test_match__everybody_barred__is_no_solution_and_names_the_rule() -> None:
    left = [Mentee(key=f"a{n}", organisation="one") for n in range(3)]
    right = [Mentor(key=f"b{n}", organisation="One ") for n in range(3)]
    result = match(left, right)
    assert result.warnings == ("Every pair is barred by a rule.",)
    assert all("They work in the same organisation." in u.sentence for u in result.unmatched if u.role == "mentee")


def test_peers_fault__float_weights__lose_nothing_to_rounding() -> None:
    left = [Mentee(key="a", interests={"x": 1}, phases=frozenset({"EY"}))]
    right = [
        Mentor(key="b", interests={"y": 1}, phases=frozenset({"EY"})),
        Mentor(key="d", interests={"x": 1}, phases=frozenset({"16+"})),
    ]
    weights = Weights(interests=0.502, phase_context=0.501, role_step=0, goals=0, time=0, travel=0, candour=0)
    assert match(left, right, weights=weights).pairs[0].mentor == "d"


def test_peers_fault__one_person_who_cannot_be_placed__takes_nobody_else_down() -> None:
    left, right = market(10, 10, seed=1, texts=False)
    outcast = Mentee(key="z", not_this_person=frozenset(p.key for p in right))
    alone, together = match(left, right), match([*left, outcast], right)
    assert [p.mentee for p in together.pairs] == [p.mentee for p in alone.pairs]
    assert next(u.code for u in together.unmatched if u.key == "z") == "barred"


def test_peers_fault__blank_role__is_unknown_and_not_the_lowest() -> None:
    right = [Mentor(key="b", role_family="teaching", rank=30)]
    pair = match([Mentee(key="a")], right).pairs[0]
    assert next(c for c in pair.components if c.key == "role_step").value is None


def test_prepared_problem__five_hundred_by_five_hundred__is_dense_and_exact_in_any_order() -> None:
    left, right = market(500, 500, seed=3, texts=False)
    assert len(left) * len(right) <= DENSE_PAIRS
    pick = random.Random(0)
    first = match(left, right, rules=Rules(same_organisation="trust"))
    again = match(pick.sample(left, 500), pick.sample(right, 500), rules=Rules(same_organisation="trust"))
    assert first.outcome_hash == again.outcome_hash
