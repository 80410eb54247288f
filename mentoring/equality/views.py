"""The member's page with the equality questions."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from mentoring.errors import MentoringError
from mentoring.shortcuts import render
from mentoring.trust import access

from .models import QUESTIONS, EqualityAnswer
from .services import ANSWERABLE, answer, answer_of, forget

LABELS = {
    "gender": "Which describes you best?",
    "ethnicity": "What is your ethnic group?",
    "disability": "Are you disabled, or do you have a long-term health condition?",
    "age": "How old are you?",
}


class EqualityForm(forms.Form):
    """Four questions, each optional. Made from the model's choices."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, choices in QUESTIONS.items():
            self.fields[name] = forms.ChoiceField(
                label=LABELS[name], choices=choices.choices, required=False, widget=forms.RadioSelect
            )


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def questions(request: HttpRequest, pk: int) -> HttpResponse:
    """Answer, answer anew, or delete the answers. What was answered is not shown again: somebody may look on."""
    row = access.enrolment_for_participant(request.user, pk)
    form = EqualityForm(request.POST or None)
    error = "" if row.state in ANSWERABLE else "These questions are for people who take part at the moment."
    status = 200
    if request.method == "POST" and request.POST.get("do") == "delete":
        forget([row.pk])
        messages.success(request, "Your answers are deleted.")
        return redirect("mentoring:home")
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                answer(enrolment=row, given=form.cleaned_data)
            except MentoringError as refused:
                error = str(refused)
            else:
                messages.success(request, "Thank you. Your answers are kept without your name.")
                return redirect("mentoring:home")
    found: EqualityAnswer | None = answer_of(row.pk)
    context = {"enrolment": row, "form": form, "error": error, "has_answered": found is not None}
    return render(request, "mentoring/equality/questions.html", context, status=status)
