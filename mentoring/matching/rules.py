"""Step 2: what bars a pair, however well it would score.

A rule is a value of its own: a key, a sentence for pass and for fail, whether a coordinator may waive it, and one
function over index arrays that broadcast. The same function serves a single pair, a list of survivors and all pairs:

    rule.bars(np.array([3]), np.array([7]))                       # one pair
    rule.bars(rows[:, None], columns[None, :])                    # a block
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from mentoring.matching.arrays import Bools, Ints, PairSet, classes, codes
from mentoring.matching.features import organisation_of
from mentoring.matching.meeting import CommonHours, Journey, whereabouts
from mentoring.matching.people import Mentee, Mentor, person_key
from mentoring.matching.settings import Overrides, Rules
from mentoring.matching.vocabulary import RoleLadder, fold
from mentoring.matching.wording import WORDING

Bars = Callable[[Ints, Ints], Bools]


@dataclass(frozen=True)
class Rule:
    """One veto.

    Attributes:
        bars: (mentee indices, mentor indices) -> True where the pair is barred; the two broadcast.
        left, right: a class per mentee and per mentor; people of one class are treated alike.
        sparse: set where the rule bars a short list of pairs only; then `bars` is its membership.
    """

    key: str
    bars: Bars
    left: Ints
    right: Ints
    sparse: PairSet | None = None

    @property
    def waivable(self) -> bool:
        """Whether a coordinator may set it aside for a pinned pair."""
        return WORDING[self.key].waivable

    @property
    def passes(self) -> str:
        return WORDING[self.key].passes

    @property
    def fails(self) -> str:
        return WORDING[self.key].fails


def build_rules(
    mentees: Sequence[Mentee], mentors: Sequence[Mentor], rules: Rules, overrides: Overrides, ladder: RoleLadder
) -> list[Rule]:
    """Every rule that these people can break, the gravest first. Rules that nobody can break are left out."""
    built = {
        rule.key: rule
        for rule in (
            *_between_people(mentees, mentors, rules, overrides),
            *_exclusions(mentees, mentors, overrides),
            *_about_one_person(mentees, mentors, rules),
            *_about_the_fit(mentees, mentors, rules, ladder),
        )
    }
    return [built[key] for key, words in WORDING.items() if key in built and not (words.waivable and key in rules.off)]


def _between_people(
    mentees: Sequence[Mentee], mentors: Sequence[Mentor], rules: Rules, overrides: Overrides
) -> Iterable[Rule]:
    """Rules that bar a list of pairs."""
    row = {person_key(p.key): at for at, p in enumerate(mentees)}
    column = {person_key(p.key): at for at, p in enumerate(mentors)}

    def named(field: str) -> set[tuple[str, str]]:
        """Pairs in which either names the other in a field; (mentee, mentor) whoever did."""
        by_mentees = {(person_key(p.key), person_key(other)) for p in mentees for other in getattr(p, field)}
        return by_mentees | {(person_key(other), person_key(p.key)) for p in mentors for other in getattr(p, field)}

    lists = {
        "same_person": {(key, key) for key in row},
        "line_management": named("line_managers"),
        "banned": {(person_key(ban.mentee), person_key(ban.mentor)) for ban in overrides.bans},
        "not_this_person": named("not_this_person"),
        "prior_pair": named("prior_partners") - _both_want_again(mentees, mentors) if rules.bar_prior_pairs else set(),
    }
    for key, listed in lists.items():
        pairs = PairSet([(row[a], column[b]) for a, b in listed if a in row and b in column], len(mentors))
        if len(pairs):
            yield Rule(key, pairs.holds, *pairs.classes(len(mentees)), pairs)


def _both_want_again(mentees: Sequence[Mentee], mentors: Sequence[Mentor]) -> set[tuple[str, str]]:
    theirs = {(person_key(p.key), person_key(other)) for p in mentees for other in p.wants_again}
    return theirs & {(person_key(other), person_key(p.key)) for p in mentors for other in p.wants_again}


def _exclusions(mentees: Sequence[Mentee], mentors: Sequence[Mentor], overrides: Overrides) -> Iterable[Rule]:
    """Symmetric; each side is a person, or everybody of an organisation and of what belongs to it."""
    if not overrides.exclusions:
        return
    left, right = ([_names(p) for p in side] for side in (mentees, mentors))
    masks: list[tuple[Bools, Bools]] = []
    for exclusion in overrides.exclusions:
        sides = [{person_key(end), "organisation " + fold(end)} for end in (exclusion.a, exclusion.b)]
        for a, b in (sides, sides[::-1]):
            rows = np.array([bool(names & a) for names in left], dtype=np.bool_)
            columns = np.array([bool(names & b) for names in right], dtype=np.bool_)
            if rows.any() and columns.any():
                masks.append((rows, columns))

    def bars(i: Ints, j: Ints) -> Bools:
        barred = np.zeros(np.broadcast_shapes(i.shape, j.shape), dtype=np.bool_)
        for rows, columns in masks:
            barred |= rows[i] & columns[j]
        return barred

    if masks:
        left_classes, right_classes = (classes(side, len(side[0])) for side in zip(*masks, strict=True))
        yield Rule("excluded", bars, left_classes, right_classes)


def _names(person: Mentee | Mentor) -> set[str]:
    places = {person.organisation, *person.organisation_path} - {""}
    return {person_key(person.key)} | {"organisation " + fold(place) for place in places}


def _about_one_person(mentees: Sequence[Mentee], mentors: Sequence[Mentor], rules: Rules) -> Iterable[Rule]:
    sides = {
        "eligible": ([not p.eligible for p in mentees], [not p.eligible for p in mentors]),
        "paused": ([p.paused for p in mentees], [p.paused for p in mentors]),
        "consent": ([not p.consent_current for p in mentees], [not p.consent_current for p in mentors]),
        "training": ([False] * len(mentees), [rules.training_required and not p.trained for p in mentors]),
    }
    for key, (left, right) in sides.items():
        if any(left) or any(right):
            rows, columns = np.array(left, dtype=np.bool_), np.array(right, dtype=np.bool_)
            yield Rule(key, _either(rows, columns), rows.astype(np.int64), columns.astype(np.int64))


def _either(rows: Bools, columns: Bools) -> Bars:
    return lambda i, j: rows[i] | columns[j]


def _about_the_fit(
    mentees: Sequence[Mentee], mentors: Sequence[Mentor], rules: Rules, ladder: RoleLadder
) -> Iterable[Rule]:
    if rules.same_organisation != "allowed":
        yield _same_organisation(mentees, mentors, whole_tree=rules.same_organisation == "trust")
    if rules.min_gap is not None or rules.max_gap is not None:
        yield _role_gap(mentees, mentors, rules, ladder)
    (left, wants), (right, offers) = (codes(map(whereabouts, side)) for side in (mentees, mentors))
    journey = Journey(wants, offers, rules.minutes_per_km)
    if any(w[0] for w in wants) and any(o[0] for o in offers):
        ways = (journey.format[0][left], journey.format[1][right])
        yield Rule("format", lambda i, j: ~journey.fits(left[i], right[j]), *ways)
        if any(np.isfinite(limits).any() for limits in journey.limits):
            yield Rule("travel", lambda i, j: _too_far(journey, left[i], right[j]), left, right)
    if rules.min_overlap_hours and any(p.availability for p in mentees) and any(p.availability for p in mentors):
        yield _overlap(mentees, mentors, rules.min_overlap_hours)


def _too_far(journey: Journey, a: Ints, b: Ints) -> Bools:
    with np.errstate(invalid="ignore"):  # an unknown place is NaN: no journey, no bar
        return journey.in_person_only(a, b) & (journey.minutes(a, b) > journey.limit(a, b))


def _overlap(mentees: Sequence[Mentee], mentors: Sequence[Mentor], least: float) -> Rule:
    left, wants, right, offers = *codes(p.availability for p in mentees), *codes(p.availability for p in mentors)
    hours = CommonHours(wants, offers)
    given = [np.array([bool(slots) for slots in side], dtype=np.bool_) for side in (wants, offers)]

    def kernel(a: Ints, b: Ints) -> Bools:
        return given[0][a] & given[1][b] & (hours(a, b) < least)

    return Rule("overlap", _tabulated(kernel, left, right, len(wants), len(offers)), left, right)


def _role_gap(mentees: Sequence[Mentee], mentors: Sequence[Mentor], rules: Rules, ladder: RoleLadder) -> Rule:
    left, wants = codes((p.role_family, p.rank) for p in mentees)
    right, offers = codes((p.role_family, p.rank) for p in mentors)
    low = -math.inf if rules.min_gap is None else rules.min_gap
    high = math.inf if rules.max_gap is None else rules.max_gap
    barred = np.zeros((len(wants), len(offers)), dtype=np.bool_)
    for a, (family, rank) in enumerate(wants):
        for b, (other, other_rank) in enumerate(offers):
            if rank is not None and other_rank is not None:
                gap = ladder.gap((family, rank), (other, other_rank))
                barred[a, b] = gap is not None and not low <= gap <= high
    return Rule("role_gap", lambda i, j: barred[left[i], right[j]], left, right)


def _same_organisation(mentees: Sequence[Mentee], mentors: Sequence[Mentor], *, whole_tree: bool) -> Rule:
    at = 1 if whole_tree else 0
    left, right = ([organisation_of(p)[at] for p in side] for side in (mentees, mentors))
    numbered, names = codes([*left, *right])
    unknown = names.index("") if "" in names else -1
    rows, columns = numbered[: len(left)], numbered[len(left) :]
    key = "same_trust" if whole_tree else "same_organisation"
    return Rule(key, lambda i, j: (rows[i] == columns[j]) & (rows[i] != unknown), rows, columns)


def _tabulated(kernel: Bars, left: Ints, right: Ints, height: int, width: int) -> Bars:
    """A function of two small sets of distinct values, looked up in a table where the table is small."""
    if height * width > 4_000_000:
        return lambda i, j: kernel(left[i], right[j])
    table = kernel(np.arange(height)[:, None], np.arange(width)[None, :])
    return lambda i, j: table[left[i], right[j]]


def first_barring(rules: Sequence[Rule], i: int, j: int) -> Rule | None:
    """The gravest rule that bars a pair, or None."""
    at: tuple[Ints, Ints] = (np.array([i]), np.array([j]))
    return next((rule for rule in rules if bool(rule.bars(*at)[0])), None)


def allowed_pairs(rules: Sequence[Rule], i: Ints, j: Ints) -> Bools:
    """Which of the pairs (i[k], j[k]) no rule bars."""
    allowed = np.ones(np.broadcast_shapes(i.shape, j.shape), dtype=np.bool_)
    for rule in rules:
        allowed &= ~rule.bars(i, j)
    return allowed


def allowed_block(rules: Sequence[Rule], height: int, width: int) -> Bools:
    """All pairs at once, shape (height, width)."""
    allowed = np.ones((height, width), dtype=np.bool_)
    i, j = np.arange(height)[:, None], np.arange(width)[None, :]
    for rule in rules:
        if rule.sparse is not None:
            allowed[rule.sparse.rows, rule.sparse.columns] = False
        else:
            allowed &= ~rule.bars(i, j)
    return allowed
