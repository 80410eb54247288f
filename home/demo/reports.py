"""Something for reports to show: stages that lean on the pathways' pages, and answers to the equality questions."""

from __future__ import annotations

from datetime import date

from mentoring.equality.services import answer, answer_of
from mentoring.programmes.models import Cohort, CohortState, Programme
from mentoring.programmes.stage_models import Stage, StageTask, TaskOwner
from networks.models import PathwayStagePage

#: Answers in turn; prime numbers of each, so that tables are not all alike. One in seven answers nothing.
GENDERS = ("woman", "woman", "man", "woman", "man")
ETHNICITIES = ("white", "asian", "white", "black", "white", "mixed", "white")
AGES = ("thirties", "forties", "under_30", "from_50", "thirties", "secret")
WEEKS_PER_STAGE = 6
#: The same at every stage: read, try, talk.
TASKS = (
    ("Read the page of this stage, and mark one thing to try", TaskOwner.BOTH),
    ("Try it, and write down what happened", TaskOwner.MENTEE),
    ("Ask what happened, before saying what you would have done", TaskOwner.MENTOR),
)


def load(*, today: date) -> None:
    for programme in Programme.objects.filter(pathway_page__isnull=False, stages__isnull=True).select_related(
        "pathway_page"
    ):
        pages = PathwayStagePage.objects.child_of(programme.pathway_page).order_by("path")
        for number, page in enumerate(pages):
            stage = Stage.objects.create(
                programme=programme,
                position=number + 1,
                title=page.title,
                page=page.page_ptr,
                opens_week=number * WEEKS_PER_STAGE,
            )
            StageTask.objects.bulk_create(
                StageTask(stage=stage, position=place, title=title, owner=owner)
                for place, (title, owner) in enumerate(TASKS, start=1)
            )
    for cohort in Cohort.objects.filter(state=CohortState.RUNNING):
        for number, row in enumerate(cohort.enrolments.order_by("pk")):
            if number % 7 != 6 and answer_of(row.pk) is None:
                answer(
                    enrolment=row,
                    given={
                        "gender": GENDERS[number % 5],
                        "ethnicity": ETHNICITIES[number % 7],
                        "disability": "yes" if number % 6 == 5 else "no",
                        "age": AGES[number % 6],
                    },
                )
