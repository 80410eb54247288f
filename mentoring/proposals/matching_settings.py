"""Weights and rules of a programme, for its owners: typed, tried on a past run, then kept for later runs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from mentoring.errors import MentoringError
from mentoring.matching import Rules, Weights
from mentoring.programmes.models import Programme
from mentoring.trust import access
from mentoring.trust.screens import Screen, number

from .desk import Desk
from .displacement import compare, plan_of
from .models import MatchRun, RunState
from .settings import WEIGHTS, change_matching, check_rules, check_weights, rules_for, weights_for
from .workbench import in_words

PLACES = (
    ("school", "may not be paired"),
    ("trust", "may not be paired, nor people of one trust"),
    ("allowed", "may be paired"),
)
NUMBERS = {
    "min_gap": "Fewest steps a mentor stands above (empty: no limit)",
    "max_gap": "Most steps a mentor stands above (empty: no limit)",
    "min_overlap_hours": "Hours two people must share in a fortnight (0: off)",
}


def typed_rules(given: Mapping[str, str]) -> dict[str, Any]:
    """Rules from the form.

    Raises:
        MentoringError: with a sentence on the first that cannot be.
    """
    rules: dict[str, Any] = {"same_organisation": given.get("same_organisation", "school")}
    for key, label in NUMBERS.items():
        text = given.get(key, "").strip().replace(",", ".")
        if not text and key.endswith("gap"):
            rules[key] = None
            continue
        try:
            value = float(text or "0")
        except ValueError:
            value = float("nan")
        low = -10 if key.endswith("gap") else 0
        if not low <= value <= 100:
            raise MentoringError(f"“{label}” needs a number from {low} to 100, not “{text[:20]}”.")
        rules[key] = value
    if (rules["min_gap"] if rules["min_gap"] is not None else -99) > (
        rules["max_gap"] if rules["max_gap"] is not None else 999
    ):
        raise MentoringError("The fewest steps must not be more than the most.")
    if rules["same_organisation"] not in dict(PLACES):
        raise MentoringError("Please choose whether people of one place may be paired.")
    rules["bar_prior_pairs"] = given.get("bar_prior_pairs") == "on"
    return rules


class MatchingScreen(Screen):
    """The form, and beside it what a past run would have been with what is typed. Only saving writes."""

    http_method_names = ["get", "head", "options", "post"]
    template_name = "mentoring/admin/matching.html"
    header_icon = "sliders"
    page_title = "Weights and rules of the matching"
    object: Programme

    def fetch(self, pk: int) -> Programme:
        return access.programme_for_owner(self.request.user, pk)

    def trail(self) -> list[tuple[str, str]]:
        return [(reverse("mentoring_programme:index"), "Programmes"), ("", str(self.object))]

    def fields(self) -> dict[str, str]:
        """What was typed, else what the programme has."""
        if self.request.method == "POST":
            return {key: self.request.POST.get(key, "")[:40] for key in (*_weight_names(), *_rule_names())}
        rules = rules_for(self.object)
        kept = {f"w_{key}": f"{value:g}" for key, value in weights_for(self.object).items()}
        kept |= {key: "" if rules[key] is None else f"{rules[key]:g}" for key in NUMBERS}
        kept["same_organisation"] = rules["same_organisation"]
        kept["bar_prior_pairs"] = "on" if rules["bar_prior_pairs"] else ""
        return kept

    def runs(self) -> list[MatchRun]:
        rows = access.runs_for(self.request.user).filter(
            cohort__programme=self.object.pk, state=RunState.COMPLETE
        )  # fmt: skip
        return list(rows.defer("inputs", "unmatched", "stats")[:10])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        fields, runs = self.fields(), self.runs()
        run = next((row for row in runs if row.pk == number(self.request.POST.get("run"))), runs[0] if runs else None)
        tried: dict[str, Any] = {}
        if run is not None and not self.error:
            try:
                tried = self.preview(run, fields)
            except MentoringError as error:
                self.error = str(error)
        return super().get_context_data(
            programme=self.object,
            weights=[(f"w_{key}", label, fields[f"w_{key}"]) for key, label in WEIGHTS.items()],
            numbers=[(key, label, fields[key]) for key, label in NUMBERS.items()],
            places=PLACES,
            fields=fields,
            runs=runs,
            run=run,
            **tried,
            **kwargs,
        )

    def preview(self, run: MatchRun, fields: Mapping[str, str]) -> dict[str, Any]:
        """How the run would have differed: pairs, mean, lowest."""
        weights, rules = self.read(fields)
        desk = Desk(run, self.request.user)
        rules = {**check_rules(rules), "training_required": self.object.training_needed}
        after = desk.solve(weights=Weights(**weights), rules=Rules(**{**rules, "off": frozenset(rules["off"])}))
        difference = compare(plan_of(desk.today, desk.cast), plan_of(after, desk.cast), desk)
        return in_words(difference, desk.cast, mixed=True)

    def read(self, fields: Mapping[str, str]) -> tuple[dict[str, float], dict[str, Any]]:
        kept = {key: value for key, value in (self.object.rules or {}).items() if key != "training_required"}
        return check_weights({key: fields[f"w_{key}"] for key in WEIGHTS}), {**kept, **typed_rules(fields)}

    def act(self, request: HttpRequest) -> HttpResponse | None:
        weights, rules = self.read(self.fields())
        if request.POST.get("do") != "save":
            return None
        change_matching(
            programme=self.object,
            actor=self.actor,
            version=number(request.POST.get("version")),
            weights=weights,
            rules=rules,
        )
        self.say("Saved. The next run uses them; what is proposed now stays.")
        return redirect("mentoring_programme:matching", self.object.pk)


def _weight_names() -> list[str]:
    return [f"w_{key}" for key in WEIGHTS]


def _rule_names() -> list[str]:
    return [*NUMBERS, "same_organisation", "bar_prior_pairs"]
