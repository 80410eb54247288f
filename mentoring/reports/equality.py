"""The equality view: who takes part and who is matched, as tables with small numbers hidden."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from mentoring.equality.models import QUESTIONS, EqualityAnswer
from mentoring.equality.services import tokens_of
from mentoring.programmes.models import Cohort, CohortState, Enrolment, EnrolmentRole
from mentoring.relationships.models import Relationship, RelationshipState

from .suppression import suppress

#: Shown only once applications are over: whoever looks every day must not see a table change by one answer.
READABLE = frozenset({CohortState.RUNNING, CohortState.CLOSING, CohortState.CLOSED})
COLUMNS = ("Mentees with a mentor", "Mentees without", "Mentors")
NO_ANSWER = "No answer"


@dataclass(frozen=True)
class EqualityTable:
    """One question. None is "not shown"; sums stand in the last row and column."""

    title: str
    rows: list[tuple[str, list[int | None]]]
    sums: list[int | None]

    @property
    def columns(self) -> tuple[str, ...]:
        return (*COLUMNS, "Together")

    @property
    def all_rows(self) -> Iterable[tuple[str, list[int | None]]]:
        return [*self.rows, ("Together", self.sums)]


def tables(cohort: Cohort) -> list[EqualityTable]:
    """One per question, of those who answered anything. Three queries."""
    matched = set(
        Relationship.objects.filter(cohort=cohort)
        .exclude(state=RelationshipState.LAPSED)
        .values_list("mentee", flat=True)
    )
    column: dict[str, int] = {}
    for pk, role in Enrolment.objects.filter(cohort=cohort).values_list("pk", "as_role"):
        place = 2 if role == EnrolmentRole.MENTOR else 0 if pk in matched else 1
        column.update(dict.fromkeys(tokens_of(pk), place))
    answers = [(row, column[row.token]) for row in EqualityAnswer.objects.filter(cohort=cohort) if row.token in column]
    made = []
    for name, choices in QUESTIONS.items():
        labels = {**dict(choices.choices), "": NO_ANSWER}
        counts = {value: [0] * len(COLUMNS) for value in labels}
        for row, place in answers:
            counts[getattr(row, name)][place] += 1
        hidden = suppress(list(counts.values()))
        rows = [
            (str(label), [*cells, total])
            for label, cells, total in zip(labels.values(), hidden.cells, hidden.row_sums, strict=True)
        ]
        title = str(EqualityAnswer._meta.get_field(name).verbose_name).capitalize()  # type: ignore[union-attr]
        made.append(EqualityTable(title, rows, [*hidden.column_sums, hidden.total]))
    return made
