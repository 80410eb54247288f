"""A coordinator's questions: every answer equals a full solution of the changed problem."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from benchmarks.people import market
from mentoring.matching import (
    Ban,
    InvalidInput,
    Mentee,
    Mentor,
    Overrides,
    Pin,
    Rules,
    Weights,
    match,
    prepare,
    problem,
)


@pytest.fixture(params=["dense", "sparse"])
def _either_board(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.param == "sparse":
        monkeypatch.setattr(problem, "DENSE_PAIRS", 0)


@pytest.mark.usefixtures("_either_board")
@pytest.mark.parametrize("change", ["pin", "ban", "capacity", "all"])
def test_what_if__changed_by_hand__equals_a_full_new_run(change: str) -> None:
    left, right = market(60, 40, seed=21, texts=False)
    problem = prepare(left, right)
    before = problem.solve()
    pair = before.pairs[7]
    pins = [Pin(pair.mentee, pair.alternatives[0].mentor)] if change in ("pin", "all") else []
    bans = [Ban(before.pairs[2].mentee, before.pairs[2].mentor)] if change in ("ban", "all") else []
    capacities = {before.pairs[20].mentor: 0} if change in ("capacity", "all") else {}
    asked = problem.what_if(before, pins=pins, bans=bans, capacities=capacities)
    changed = [replace(p, capacity=capacities.get(p.key, p.capacity)) for p in right]
    full = match(left, changed, overrides=Overrides(pins=tuple(pins), bans=tuple(bans)))
    assert asked.result.stats["total"] == pytest.approx(full.stats["total"], abs=0.002)
    assert asked.matched[1] == full.stats["matched"]
    assert asked.total[0] == pytest.approx(before.stats["total"])
    assert asked.gained or asked.lost or asked.moved
    json.dumps(asked.to_dict())
    again = problem.solve()
    assert again.outcome_hash == before.outcome_hash
    assert again.input_hash == before.input_hash != asked.result.input_hash


def test_what_if__hypothetical_mentor__never_lowers_the_number_matched_and_is_named() -> None:
    left, right = market(30, 8, seed=22, texts=False)
    problem = prepare(left, right)
    before = problem.solve()
    new = Mentor(key="new@example.org", name="New", role_family="teaching", rank=40, capacity=3)
    asked = problem.what_if(before, mentors=[new])
    assert asked.matched[1] >= before.stats["matched"]
    assert len(asked.gained) == 3
    assert not asked.anybody_loses or asked.moved


def test_what_if__other_weights_and_rules__is_a_run_with_them() -> None:
    left, right = market(20, 20, seed=23, texts=False)
    problem = prepare(left, right)
    weights, rules = Weights(interests=0), Rules(same_organisation="trust")
    asked = problem.what_if(problem.solve(), weights=weights, rules=rules)
    full = match(left, right, weights=weights, rules=rules)
    assert asked.result.outcome_hash == full.outcome_hash


def test_what_if__accepting_takes_something_from_somebody__says_so() -> None:
    left = [Mentee(key="a", interests={"x": 1}), Mentee(key="c", interests={"y": 1})]
    right = [Mentor(key="b", interests={"x": 1}), Mentor(key="d", interests={"y": 1})]
    problem = prepare(left, right)
    asked = problem.what_if(problem.solve(), pins=[Pin("a", "d")])
    assert asked.anybody_loses
    assert {(c.mentee, c.before, c.after) for c in asked.moved} == {("a", "b", "d"), ("c", "d", "b")}


def test_what_if__unknown_mentor__is_refused() -> None:
    problem = prepare([Mentee(key="a")], [Mentor(key="b")])
    with pytest.raises(InvalidInput, match="not in the cohort"):
        problem.what_if(problem.solve(), capacities={"nobody": 2})


def test_why_not__each_reason__has_its_words() -> None:
    left = [
        Mentee(key="a", organisation="one", interests={"x": 3}),
        Mentee(key="c", organisation="two", interests={"x": 3, "y": 3}),
    ]
    right = [
        Mentor(key="b", organisation="three", interests={"x": 3}),
        Mentor(key="d", organisation="one", interests={"y": 1}),
    ]
    problem = prepare(left, right)
    result = problem.solve()
    assert result.mentor_of("a") == "b"
    assert problem.why_not("a", "b", result).code == "proposed"
    barred = problem.why_not("a", "d", result)
    assert (barred.code, barred.sentence) == ("barred", "They work in the same organisation.")
    assert [c.rule for c in barred.checks if not c.passed] == ["same_organisation"]
    full = problem.why_not("c", "b", result)
    assert full.code == "full"
    assert full.sentence.startswith("Full: a holds the place. ")
    assert "leave a with nobody" in full.sentence
    assert full.costs is not None
    assert [c.mentee for c in full.costs.lost] == ["a"]
    json.dumps(full.to_dict())


def test_why_not__free_place_but_better_elsewhere__says_what_it_would_cost() -> None:
    left = [Mentee(key="a", interests={"x": 3})]
    right = [Mentor(key="b", interests={"x": 3}), Mentor(key="d", interests={"y": 3})]
    problem = prepare(left, right)
    answer = problem.why_not("a", "d", problem.solve())
    assert answer.code == "elsewhere"
    assert answer.sentence == "The whole cohort does better otherwise. Proposing it would cost the cohort 100 points."


def test_advise__rule_in_the_way__names_the_rule_the_kind_of_mentor_and_the_topics() -> None:
    left = [
        Mentee(key=f"a{n}", organisation="one", role_family="teaching", rank=20, interests={"x": 3}) for n in range(3)
    ]
    right = [Mentor(key="b", organisation="one", role_family="teaching", rank=30, interests={"y": 1}, capacity=2)]
    problem = prepare(left, right)
    told = problem.advise(problem.solve())
    assert told.unplaceable == ("a0", "a1", "a2")
    assert told.waive == {"same_organisation": 2}
    assert told.topics == {"x": (3, 0)}
    assert told.recruit[0].mentees == 3
    assert (
        told.recruit[0].sentence
        == "Look for one more mentor in teaching at rank 30 who offers x: it would suit 3 mentees left over."
    )
    json.dumps(told.to_dict())


def test_advise__too_few_places__names_whose_place_would_help() -> None:
    left = [Mentee(key=f"a{n}") for n in range(3)]
    right = [Mentor(key="b"), Mentor(key="d", line_managers=frozenset({"a0", "a1", "a2"}))]
    problem = prepare(left, right)
    told = problem.advise(problem.solve())
    assert told.one_more_place == {"b": 1}
    asked = problem.what_if(problem.solve(), capacities={"b": 2})
    assert asked.matched == (1, 2)
