"""The page of a head who is asked to support an application: by signed link, without an account."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from mentoring.errors import MentoringError
from mentoring.shortcuts import render
from mentoring.trust import links
from mentoring.trust.access import enrolment_of_link

from . import head
from .head import HeadAnswer

CHOICES = (
    (HeadAnswer.YES.value, "Yes, I support it"),
    (HeadAnswer.NO.value, "No, not this time"),
    (HeadAnswer.QUESTION.value, "I have a question first"),
)


class HeadForm(forms.Form):
    """Yes, no, or a question."""

    answer = forms.ChoiceField(
        label="Your answer",
        choices=CHOICES,
        widget=forms.RadioSelect,
        error_messages={"required": "Please choose one of the three answers."},
    )
    text = forms.CharField(
        label="Your question, or a word with your answer",
        required=False,
        max_length=head.MOST_TEXT,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="Needed for a question. The applicant and the coordinator read it. Please do not name pupils.",
        error_messages={"max_length": "Please keep this below 1,000 characters; it has %(show_value)d."},
    )

    def clean(self) -> dict[str, object]:
        given = super().clean() or {}
        if (
            given.get("answer") == HeadAnswer.QUESTION
            and not given.get("text", "").strip()
            and "text" not in self.errors
        ):
            self.add_error("text", "Please write your question.")
        return given


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def support(request: HttpRequest, token: str) -> HttpResponse:
    """What is asked, by whom, and the three answers. GET decides nothing; after the decision it shows what it was."""
    link = links.fetch(request, head.PURPOSE, token)
    enrolment = enrolment_of_link(link)
    closed = enrolment is None or enrolment.state not in head.WAITS_FOR_HEAD
    standing = links.standing(link)
    form, status = HeadForm(request.POST if request.method == "POST" else None), 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                head.answer(link=link, answer=form.cleaned_data["answer"], text=form.cleaned_data["text"])
            except MentoringError as error:
                form.add_error(None, str(error))
                link = links.fetch(request, head.PURPOSE, token)
                standing = links.standing(link)
            else:
                messages.success(request, "Thank you. We have sent you a copy by e-mail.")
                return redirect("mentoring:link_head_support", token)
    context = {
        "link": link,
        "enrolment": enrolment,
        "closed": closed,
        "is_open": standing is links.Standing.OPEN and not closed,
        "standing": standing.name.lower(),
        "form": form,
    }
    return render(request, "mentoring/head.html", context, status=status)
