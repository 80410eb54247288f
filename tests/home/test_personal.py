"""Answers to the site's own forms: in a person's file, and gone when they are erased."""

from __future__ import annotations

from typing import Any

import pytest
from wagtail.contrib.forms.models import FormSubmission

from home.models import FormPage
from mentoring.personal.erasing import erase
from mentoring.personal.gathering import gather
from tests.mentoring import scenes
from tests.support.pages import SitePages, add

pytestmark = pytest.mark.django_db


@pytest.fixture
def form(pages: SitePages) -> Any:
    return add(
        pages.home,
        FormPage(title="Write to us", slug="write", to_address="hello@example.org", from_address="site@example.org"),
    )


def sent(form: Any, **answers: Any) -> FormSubmission:
    row: FormSubmission = FormSubmission.objects.create(page=form, form_data=answers)
    return row


def test_erase__answers_with_the_persons_address__go_and_others_stay(form: Any) -> None:
    person = scenes.person("Ann Example")
    email = person.user.email
    sent(form, name="Ann", email=email)
    sent(form, reply_to=f"  {email.upper()} ", message="Hello")
    others = [
        sent(form, email="somebody.else@example.org"),
        sent(form, email=f"x{email}"),
        sent(form, email="a@example.org", message=f"Please write to {email}, too."),
        sent(form, consent=True, number=3),
    ]
    erase(user=person.user, actor=None)
    assert list(FormSubmission.objects.order_by("pk")) == others


def test_my_data__answers_with_the_persons_address__are_in_the_file(form: Any) -> None:
    person = scenes.person("Ann Example")
    sent(form, email=person.user.email, message="When is the next session?")
    sent(form, email="somebody.else@example.org", message="Not hers.")
    section = next(s for s in gather(person.user).sections if s.key == "form_answers")
    assert [row["Form"] for row in section.rows] == ["Write to us"]
    assert "When is the next session?" in section.rows[0].values()


def test_erase__account_without_an_address__erases_no_answers(form: Any) -> None:
    person = scenes.person("Ann Example")
    person.user.email = ""
    person.user.save()
    kept = sent(form, email="", message="")
    erase(user=person.user, actor=None)
    assert FormSubmission.objects.get() == kept
