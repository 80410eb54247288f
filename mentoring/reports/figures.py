"""From facts to figures: numbers, charts and the sentences around them. Asks the database nothing."""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils import timezone

from mentoring.programmes.models import EnrolmentRole, EnrolmentState
from mentoring.programmes.wish_models import GoalProgress
from mentoring.relationships.check_models import GoalsReached
from mentoring.relationships.ending import REASONS
from mentoring.relationships.models import EndedBy, RelationshipState

from .charts import Chart, Kind, Series
from .facts import Facts
from .suppression import SMALLEST, hide_small, suppress

R = RelationshipState


@dataclass(frozen=True)
class Section:
    """One part of a report: what it says in a sentence, and the numbers behind it."""

    key: str
    title: str
    sentence: str
    chart: Chart | None = None
    note: str = ""


@dataclass(frozen=True)
class Headline:
    """The numbers of one line of the list of cohorts. None: too small to be shown to somebody who sees only sums."""

    mentees: int | None
    mentors: int | None
    matched: int | None
    rate: int | None
    live: int | None
    at_risk: int | None
    completed: int | None
    ended: int | None


def per_cent(part: int, whole: int) -> int | None:
    return round(100 * part / whole) if whole else None


def headline(facts: Facts, *, hide: bool) -> Headline:
    """Hidden for those who read sums only: every number below five, and rates of fewer than five people."""
    mentees, matched = len(facts.mentees), sum(1 for mentee in facts.mentees if mentee.matched)
    mentors = sum(n for (role, state), n in facts.applications.items() if (role, state) == _READY)
    states = Counter(pair.state for pair in facts.pairs)

    def shown(number: int) -> int | None:
        return None if hide and number < SMALLEST else number

    told = not hide or min(matched, mentees - matched) >= SMALLEST
    return Headline(
        mentees=shown(mentees),
        mentors=shown(mentors),
        matched=shown(matched) if told else None,
        rate=per_cent(matched, mentees) if told else None,
        live=shown(sum(1 for pair in facts.pairs if pair.is_live)),
        at_risk=shown(sum(1 for pair in facts.pairs if pair.at_risk)),
        completed=shown(states[R.COMPLETED]),
        ended=shown(states[R.ENDED]),
    )


_READY = (EnrolmentRole.MENTOR.value, EnrolmentState.ELIGIBLE.value)
#: Upper ends of the steps, and how they read.
DAYS = ((14, "Up to 2 weeks"), (28, "2 to 4 weeks"), (56, "4 to 8 weeks"), (None, "Longer"))


def _steps(values: Sequence[float], steps: Sequence[tuple[int | None, str]]) -> tuple[list[str], list[int]]:
    counts = [0] * len(steps)
    for value in values:
        counts[next(i for i, (end, _) in enumerate(steps) if end is None or value <= end)] += 1
    return [label for _, label in steps], counts


def _bars(title: str, first: str, labels: Sequence[str], counts: Sequence[int], *, hide: bool, name: str) -> Chart:
    shown: Sequence[int | None] = hide_small(counts)[0] if hide and counts else counts
    return Chart(title, list(labels), [Series(name, tuple(shown))], first_column=first)


def _few(n: int, *, hide: bool) -> bool:
    return hide and n < SMALLEST


TOO_FEW = "Fewer than five: not shown."


def sections(facts: Facts, *, hide: bool) -> list[Section]:
    """The whole report of a cohort, in the order in which a cohort lives."""
    made = [
        _matching(facts, hide=hide),
        _schools(facts, hide=hide),
        _days(facts, hide=hide, which="match"),
        _days(facts, hide=hide, which="meeting"),
        _meetings(facts, hide=hide),
        _state(facts, hide=hide),
        _begun(facts, hide=hide),
        _endings(facts, hide=hide),
        _goals(facts, hide=hide),
        _closing(facts),
    ]
    return [section for section in made if section]


def _matching(facts: Facts, *, hide: bool) -> Section:
    matched = sum(1 for mentee in facts.mentees if mentee.matched)
    waiting = len(facts.mentees) - matched
    counts, _ = hide_small([matched, waiting]) if hide else ([matched, waiting], None)
    chart = Chart("Mentees with and without a mentor", ["Matched", "Waiting"], [Series("Mentees", tuple(counts))])
    if None in counts:
        return Section("match-rate", "Match rate", TOO_FEW, chart)
    rate = per_cent(matched, len(facts.mentees))
    sentence = "No mentee has been taken in yet."
    if rate is not None:
        sentence = f"{matched} of {len(facts.mentees)} mentees have or had a mentor: {rate} per cent."
    note = f"Mentors who are ready offer {facts.places} places." if not _few(facts.places, hide=hide) else ""
    return Section("match-rate", "Match rate", sentence, chart, note)


def _schools(facts: Facts, *, hide: bool) -> Section:
    names = sorted({mentee.school for mentee in facts.mentees})
    table = [[0, 0] for _ in names]
    for mentee in facts.mentees:
        table[names.index(mentee.school)][0 if mentee.matched else 1] += 1
    cells: Sequence[Sequence[int | None]] = suppress(table).cells if hide and table else table
    chart = Chart(
        "Mentees of each school, matched and waiting",
        names,
        [Series(name, tuple(row[i] for row in cells)) for i, name in enumerate(("Matched", "Waiting"))],
        kind=Kind.STACKED,
        first_column="School",
    )
    schools = "1 school" if len(names) == 1 else f"{len(names)} schools"
    return Section("schools", "Schools’ shares", f"Mentees come from {schools}.", chart)


def _days(facts: Facts, *, hide: bool, which: str) -> Section:
    if which == "match":
        title, what = "Time to match", "from the application to both saying yes"
        days = [(mentee.matched - mentee.applied).days for mentee in facts.mentees if mentee.matched]
    else:
        title, what = "Time to the first meeting", "from the signed agreement to the first meeting held"
        days = [
            (timezone.localtime(pair.first_held).date() - pair.began).days
            for pair in facts.pairs
            if pair.first_held and pair.began
        ]
    labels, counts = _steps(days, DAYS)
    chart = _bars(title, "Time", labels, counts, hide=hide, name="Mentees" if which == "match" else "Pairs")
    key = f"time-to-{which}"
    if not days:
        return Section(key, title, "Nothing to count yet.", chart)
    if _few(len(days), hide=hide):
        return Section(key, title, TOO_FEW, chart)
    middle = round(statistics.median(days))
    return Section(key, title, f"The middle one took {middle} day{'' if middle == 1 else 's'}, {what}.", chart)


def _meetings(facts: Facts, *, hide: bool) -> Section:
    held = [pair.held for pair in facts.pairs if pair.began]
    steps = ((0, "None"), (2, "1 to 2"), (5, "3 to 5"), (None, "6 and more"))
    labels, counts = _steps(held, steps)
    chart = _bars("Meetings held per pair", "Meetings", labels, counts, hide=hide, name="Pairs")
    if not held:
        return Section("meetings", "Meetings per pair", "No pair has begun yet.", chart)
    if _few(len(held), hide=hide):
        return Section("meetings", "Meetings per pair", TOO_FEW, chart)
    mean = sum(held) / len(held)
    return Section("meetings", "Meetings per pair", f"{sum(held)} meetings held, {mean:.1f} per pair.", chart)


def _state(facts: Facts, *, hide: bool) -> Section:
    counts = Counter(pair.state for pair in facts.pairs)
    labels = [str(state.label) for state in R]
    chart = _bars("Pairs by state", "State", labels, [counts[state] for state in R], hide=hide, name="Pairs")
    risk = sum(1 for pair in facts.pairs if pair.at_risk)
    live = sum(1 for pair in facts.pairs if pair.is_live)
    if hide and min(risk, live - risk) < SMALLEST:
        sentence = "Whether pairs are at risk is not shown: fewer than five are, or are not."
    else:
        sentence = f"{risk} of {live} live pairs are at risk: nothing was heard of them, or a coordinator is asked."
    return Section("at-risk", "Pairs at risk", sentence, chart)


def _begun(facts: Facts, *, hide: bool) -> Section | None:
    """Per calendar month, from the first to the last in which a pair began."""
    months = Counter((pair.began.year, pair.began.month) for pair in facts.pairs if pair.began)
    if len(months) < 2 or hide:
        return None  # by month numbers are small: sums only would show nothing
    year, month = min(months)
    labels, counts = [], []
    while (year, month) <= max(months):
        labels.append(f"{month:02d}/{year % 100:02d}")
        counts.append(months[year, month])
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
    chart = Chart("Pairs that began, by month", labels, [Series("Pairs", tuple(counts))], Kind.LINE, "", "Month")
    return Section("begun", "When pairs began", f"{sum(counts)} pairs have begun.", chart)


def reason_label(code: str) -> str:
    """A ticked reason as people read it. Codes of the clock have no words of their own."""
    return REASONS.get(code, code.replace("_", " ").capitalize()) or "No reason given"


def _endings(facts: Facts, *, hide: bool) -> Section:
    over = [pair for pair in facts.pairs if pair.state in (R.ENDED, R.LAPSED)]
    reasons = Counter(reason_label(pair.reason) for pair in over)
    labels = sorted(reasons, key=lambda label: (-reasons[label], label))
    chart = _bars("Why pairs ended early", "Reason", labels, [reasons[x] for x in labels], hide=hide, name="Pairs")
    if not over:
        return Section("endings", "Closing reasons", "No pair has ended early.")
    if _few(len(over), hide=hide):
        return Section("endings", "Closing reasons", "Fewer than five pairs have ended early, or none.")
    by = Counter(pair.ended_by for pair in over)
    who = ", ".join(f"{EndedBy(code).label.lower()} {n}" for code, n in by.most_common() if code)
    sentence = f"{len(over)} pairs ended early or never began."
    return Section("endings", "Closing reasons", sentence, chart, f"Ended by: {who}." if who and not hide else "")


def _goals(facts: Facts, *, hide: bool) -> Section:
    counts = [facts.goals[progress] for progress in GoalProgress]
    labels = [str(progress.label) for progress in GoalProgress]
    chart = _bars("Goals of matched mentees", "Goal", labels, counts, hide=hide, name="Goals")
    total, reached = sum(counts), facts.goals[GoalProgress.REACHED]
    if not total:
        return Section("goals", "Goals", "No matched mentee has written a goal.")
    if hide and min(reached, total - reached) < SMALLEST:
        return Section("goals", "Goals", "Too few to say how many were reached.", chart)
    return Section("goals", "Goals", f"{reached} of {total} goals are reached.", chart)


def _closing(facts: Facts) -> Section:
    """Ratings are promised to be read only together: from five answers on, whoever asks."""
    title = "What people say at the end"
    said = []
    for role in EnrolmentRole:
        ratings = [row["rating"] for row in facts.answers if row["role"] == role]
        if len(ratings) >= SMALLEST:
            said.append(f"{role.label}s rate it {statistics.mean(ratings):.1f} of 5 ({len(ratings)} answers).")
    if len(facts.answers) < SMALLEST:
        return Section("closing", title, "Shown once five people have answered.")
    reached = Counter(row["goals_reached"] for row in facts.answers)
    shown, _ = hide_small([reached[choice] for choice in GoalsReached])
    labels = [str(choice.label) for choice in GoalsReached]
    chart = Chart("Goals reached, as people say", labels, [Series("Answers", tuple(shown))], first_column="Answer")
    return Section("closing", title, " ".join(said) or "Each side shows its rating from five answers on.", chart)
