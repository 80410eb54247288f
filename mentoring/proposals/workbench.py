"""Screens that ask a finished run: why not, what if, force and forbid, who is left over, how fair, which differs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from wagtail.admin.widgets.button import HeaderButton

from mentoring.errors import MentoringError
from mentoring.people.models import Interest, RoleLevel
from mentoring.programmes.models import EnrolmentRole
from mentoring.trust import access
from mentoring.trust.screens import Screen, number

from . import outlook, overrides, whatif
from .cast import SOMEBODY, Cast
from .desk import Desk
from .displacement import IMAGINED, Difference, foresee, signed
from .models import MatchRun, Override, OverrideKind, Proposal, ProposalSource, RunState
from .settings import OBJECTIVES, RULES, WEIGHTS, change_matching
from .whynot import why_not

MENTEE, MENTOR = EnrolmentRole.MENTEE, EnrolmentRole.MENTOR


@dataclass(frozen=True)
class Line:
    """One mentee of a difference, in words."""

    mentee: str
    before: str
    before_score: float
    after: str
    after_score: float
    change: str

    @property
    def points(self) -> str:
        return signed(self.after_score - self.before_score)

    @property
    def worse(self) -> bool:
        return self.after_score < self.before_score - 0.5


def in_words(difference: Difference, cast: Cast, *, mixed: bool = False) -> dict[str, Any]:
    """For the template `difference.html`. `mixed`: the two sides count by different weights, points cannot be lost."""
    told = lines(difference, cast)
    return {"difference": difference, "lines": told, "hidden": len(difference.shifts) - len(told), "mixed": mixed}


def lines(difference: Difference, cast: Cast) -> list[Line]:
    """As far as this coordinator may see it; own rows are left out."""
    names = {pk: person.name for pk, person in cast.people.items()} | {0: "nobody", IMAGINED: "the mentor you imagine"}
    return [
        Line(
            names[s.mentee], names.get(s.before, SOMEBODY), s.before_score, names.get(s.after, SOMEBODY), s.after_score,
            s.change,
        )
        for s in difference.shifts
        if s.mentee in names
    ]  # fmt: skip


class RunQuestion(Screen):
    """What every question to a run shares. A run without an outcome answers with a sentence."""

    header_icon = "cogs"
    object: MatchRun
    title = ""

    def fetch(self, pk: int) -> MatchRun:
        return access.run_for_coordinator(self.request.user, pk)

    def get_page_title(self) -> str:
        return self.title

    def trail(self) -> list[tuple[str, str]]:
        run = self.object
        return [
            (reverse("mentoring_cohort:board", args=[run.cohort_id]), str(run.cohort)),
            (
                reverse("mentoring_run:detail", args=[run.pk]),
                f"Run of {timezone.localtime(run.created_at):%-d %b, %H:%M}",
            ),
        ]

    @cached_property
    def desk(self) -> Desk:
        return Desk(self.object, self.request.user)

    def answer(self) -> dict[str, Any]:
        """What the template is given beside the run. Raises MentoringError with the sentence to show instead."""
        raise NotImplementedError

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        given: dict[str, Any] = {}
        try:
            desk = self.desk
            given = {"mentees": desk.cast.side(MENTEE), "mentors": desk.cast.side(MENTOR)}
            given |= self.answer()
        except MentoringError as error:
            self.error = self.error or str(error)
        return super().get_context_data(run=self.object, **given, **kwargs)

    def refused(self, error: MentoringError) -> Any:
        self.__dict__.pop("desk", None)
        return super().refused(error)

    @property
    def asked(self) -> Any:
        """What was typed: in the address, or in the form that was sent."""
        return self.request.POST if self.request.method == "POST" else self.request.GET

    def pair(self) -> tuple[Any, Any]:
        """The two people whom the form names."""
        cast = self.desk.cast
        return cast.picked(self.asked.get("mentee", ""), MENTEE), cast.picked(self.asked.get("mentor", ""), MENTOR)

    def typed(self) -> dict[str, str]:
        """The pickers' texts, a bare number written out as its person."""
        found = {}
        people = self.desk.cast.people
        for side in ("mentee", "mentor"):
            text = self.asked.get(side, "")[:400]
            person = people.get(number(text.removeprefix("#")))
            found[f"{side}_text"] = person.choice if person else text
        return found


class WhyNotScreen(RunQuestion):
    template_name = "mentoring/admin/why_not.html"
    title = "Why not this pair?"

    def answer(self) -> dict[str, Any]:
        given: dict[str, Any] = dict(self.typed())
        if not (self.asked.get("mentee") or self.asked.get("mentor")):
            return given
        try:
            mentee, mentor = self.pair()
        except MentoringError as error:
            self.error = str(error)
            return given
        told = why_not(self.desk, mentee, mentor)
        if told.cost:
            given |= in_words(told.cost.difference, self.desk.cast)
        link = urlencode({"mentee": f"#{mentee.enrolment}", "mentor": f"#{mentor.enrolment}", "kind": "force"})
        return {**given, "told": told, "one": mentee, "other": mentor, "force": link}


class OverrideScreen(RunQuestion):
    """What forcing or forbidding a pair would change, before it is done; then it is done, with a reason where due."""

    http_method_names = ["get", "head", "options", "post"]
    template_name = "mentoring/admin/override.html"

    @property
    def kind(self) -> OverrideKind:
        return OverrideKind.FORBID if self.asked.get("kind") == "forbid" else OverrideKind.FORCE

    def get_page_title(self) -> str:
        return "This pair must be made" if self.kind == OverrideKind.FORCE else "This pair must not be made"

    def answer(self) -> dict[str, Any]:
        given: dict[str, Any] = {
            **self.typed(), "kind": self.kind.value, "reason": self.request.POST.get("reason", ""),
        }  # fmt: skip
        if not (self.asked.get("mentee") or self.asked.get("mentor")):
            return given
        try:
            mentee, mentor = self.pair()
            overrides.may_override(self.actor, self.object, mentee.enrolment, mentor.enrolment)
            shown = foresee(self.desk, kind=self.kind, mentee=mentee.enrolment, mentor=mentor.enrolment)
        except MentoringError as error:
            self.error = self.error or str(error)
            return given
        pair = shown.explained(self.desk.cast).get(mentee.enrolment)
        return {
            **given, "shown": shown, "one": mentee, "other": mentor, "pair": pair,
            **in_words(shown.difference, self.desk.cast),
        }  # fmt: skip

    def act(self, request: HttpRequest) -> HttpResponse:
        mentee, mentor = self.pair()
        row = overrides.override(
            run=self.object, kind=self.kind, mentee=mentee.enrolment, mentor=mentor.enrolment, actor=self.actor,
            digest=request.POST.get("digest", ""), reason=request.POST.get("reason", ""),
        )  # fmt: skip
        made = Proposal.objects.filter(
            cohort=row.cohort_id, mentee=row.mentee_id, mentor=row.mentor_id, state="draft"
        ).order_by("-pk").first()  # fmt: skip
        if row.kind == OverrideKind.FORCE and made is not None:
            new = made.source == ProposalSource.MANUAL
            self.say(f"{'The pair is made' if new else 'Later runs keep this pair'}. It waits for your decision.")
            return redirect("mentoring_proposal:pair", made.pk)
        self.say("Noted. This pair is not proposed again, now or by later runs.")
        return redirect("mentoring_cohort:words", row.cohort_id)


class WhatIfScreen(RunQuestion):
    """Weights, places, one more mentor, pairs by hand: what it would change. Nothing is written, ever."""

    http_method_names = ["get", "head", "options", "post"]
    template_name = "mentoring/admin/what_if.html"
    title = "What if?"

    def answer(self) -> dict[str, Any]:
        fields = whatif.form_of(self.desk, self.asked)
        programme = self.object.cohort.programme
        given: dict[str, Any] = {
            "fields": fields,
            "weights": [(f"w_{key}", label, fields[f"w_{key}"]) for key, label in WEIGHTS.items()],
            "rows": [
                {"n": row, **{name: fields[f"{name}_{row}"] for name in whatif.ROW_FIELDS}} for row in whatif.ROWS
            ],
            "levels": list(RoleLevel.objects.order_by("family", "rank")),
            "topics": list(Interest.objects.filter(active=True).order_by("label").values_list("label", flat=True)),
            "owner": access.owns_programme(self.request.user, programme.pk),
            "programme": programme,
        }  # fmt: skip
        try:
            question = whatif.read(self.desk, fields)
            if question.asked:
                difference = whatif.answer(self.desk, question)
                mixed = question.weights is not None
                given |= {**in_words(difference, self.desk.cast, mixed=mixed), "question": question}
        except MentoringError as error:
            self.error = self.error or str(error)
        return given

    def act(self, request: HttpRequest) -> HttpResponse:
        programme = self.object.cohort.programme
        change_matching(
            programme=programme, actor=self.actor, version=number(request.POST.get("version")),
            weights={key: request.POST.get(f"w_{key}", "") for key in WEIGHTS},
        )  # fmt: skip
        self.say(f"The next run of {programme} uses these weights. Nothing that is proposed now has changed.")
        return redirect("mentoring_cohort:board", self.object.cohort_id)


class LeftOverScreen(RunQuestion):
    """Who has nobody, why, and whom to look for."""

    template_name = "mentoring/admin/left_over.html"
    title = "Left over, and what would help"

    def answer(self) -> dict[str, Any]:
        cast, now = self.desk.cast, self.desk.standing.now()
        gone = self.desk.standing.gone
        reasons = {
            row.get("enrolment"): cast.speak(str(row.get("sentence", "")))
            for row in self.object.unmatched
            if row.get("role") != "visitor"
        }
        left = [
            (person, reasons.get(person.enrolment, "Had a pair that was declined, turned down or displaced."))
            for person in cast.side(MENTEE)
            if person.enrolment not in now and f"mentee:{person.key}" not in gone
        ]
        return {"left": left, "advice": outlook.advice(self.desk) if left else None}


class FairnessScreen(RunQuestion):
    """A page to print: how the run treated people and schools. Aggregates only."""

    template_name = "mentoring/admin/fairness.html"
    title = "Fairness certificate"

    def answer(self) -> dict[str, Any]:
        run = self.object
        weights = run.config.get("weights") or {}
        return {
            "mentees": None, "mentors": None, "certificate": outlook.certificate(run) if self.desk else None,
            "aim": OBJECTIVES.get(run.config.get("objective", ""), ""),
            "weights": [(label, weights[key]) for key, label in WEIGHTS.items() if weights.get(key)],
            "rules": [(label, (run.config.get("rules") or {}).get(key)) for key, label in RULES.items()],
        }  # fmt: skip


class CompareScreen(RunQuestion):
    """This run beside an earlier one of the cohort: the same pairs, moved, gained, lost."""

    template_name = "mentoring/admin/compare.html"
    title = "Compare two runs"

    def answer(self) -> dict[str, Any]:
        run = self.object
        others = list(
            access.runs_for(self.request.user)
            .filter(cohort=run.cohort_id, state=RunState.COMPLETE)
            .exclude(pk=run.pk)
            .defer("inputs", "unmatched")[:20]
        )
        wanted = number(self.request.GET.get("with"))
        other = next((row for row in others if row.pk == wanted), others[0] if others and wanted == -1 else None)
        if others and other is None:
            self.error = "That run is not there any more: please choose another."
        if other is None:
            return {"others": others}
        first, second = sorted((run, other), key=lambda row: row.pk)
        desk = self.desk if second is run else Desk(second, self.request.user)
        told = outlook.compare_runs(first, second, desk, {**WEIGHTS, **RULES})
        return {
            "others": others, "other": other, "first": first, "second": second, "told": told,
            **in_words(told.difference, desk.cast),
        }  # fmt: skip


class WordsScreen(Screen):
    """Pairs that coordinators forced or forbade in a cohort, each with its undo."""

    http_method_names = ["get", "head", "options", "post"]
    template_name = "mentoring/admin/words.html"
    header_icon = "link"
    page_title = "Pairs by hand"

    def fetch(self, pk: int) -> Any:
        return access.cohort_for_coordinator(self.request.user, pk)

    def trail(self) -> list[tuple[str, str]]:
        return [(reverse("mentoring_cohort:board", args=[self.object.pk]), str(self.object))]

    @property
    def header_buttons(self) -> list[Any]:
        run = overrides.newest_run(self.object.pk)
        if run is None:
            return []
        url = reverse("mentoring_run:override", args=[run.pk])
        return [HeaderButton("Force or forbid a pair", url=url, icon_name="plus")]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rows = access.overrides_for(self.request.user).filter(cohort=self.object.pk)
        return super().get_context_data(rows=rows, cohort=self.object, **kwargs)

    def act(self, request: HttpRequest) -> HttpResponse:
        row: Override | None = access.overrides_for(request.user).filter(
            cohort=self.object.pk, pk=number(request.POST.get("undo"))
        ).first()  # fmt: skip
        if row is not None:
            overrides.undo(row=row, actor=self.actor)
            self.say("Taken back. Later runs are free to propose or leave this pair.")
        return redirect("mentoring_cohort:words", self.object.pk)
