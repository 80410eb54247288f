"""Every form of the site: labels, hints, errors, and the summary that leads to them."""

from __future__ import annotations

import pytest
from bs4 import BeautifulSoup
from django import forms

from core.design.gallery import SampleForm


@pytest.fixture
def wrong() -> BeautifulSoup:
    form = SampleForm({"name": "", "email": "nope", "about": "Kept <b>words</b>"})
    form.is_valid()
    return BeautifulSoup(str(form), "html.parser")


def test_fields__every_visible_input__has_a_label_or_a_legend(wrong: BeautifulSoup) -> None:
    for box in wrong.select("input:not([type=hidden]), select, textarea"):
        assert wrong.select(f"label[for={box['id']}]") or box.find_parent("label"), box["id"]
    assert len(wrong.select("fieldset > legend")) == 2


def test_fields__hint_and_error__are_what_aria_describedby_names(wrong: BeautifulSoup) -> None:
    name = wrong.select_one("#id_name")

    assert name["aria-describedby"].split() == ["id_name_helptext", "id_name_error"]
    assert name["aria-invalid"] == "true"
    for found in wrong.select("[aria-describedby]"):
        for target in found["aria-describedby"].split():
            assert wrong.select_one(f"#{target}"), target


def test_summary__each_error__links_to_something_that_exists(wrong: BeautifulSoup) -> None:
    links = wrong.select(".error-summary a")

    assert len(links) == 6
    for link in links:
        assert wrong.select_one(link["href"]), link["href"]
    assert wrong.select_one(".error-summary")["role"] == "alert"


def test_fields__typed_words__are_kept_and_escaped(wrong: BeautifulSoup) -> None:
    assert wrong.select_one("textarea").text.strip() == "Kept <b>words</b>"


def test_labels__optional_field__says_so() -> None:
    page = BeautifulSoup(str(SampleForm()), "html.parser")

    assert "(optional)" in page.select_one("label[for=id_about]").text
    assert "(optional)" not in page.select_one("label[for=id_name]").text


def test_summary__form_without_errors__is_absent() -> None:
    assert "error-summary" not in str(SampleForm())


def test_summary__two_prefixed_forms__have_headings_of_their_own() -> None:
    class Small(forms.Form):
        word = forms.CharField()

    first, second = Small({}, prefix="a"), Small({}, prefix="b")
    page = BeautifulSoup(str(first) + str(second), "html.parser")
    headings = [heading["id"] for heading in page.select(".error-summary__title")]
    assert len(set(headings)) == 2


def test_hidden_field__with_an_error__is_said_without_a_dead_link() -> None:
    class Stale(forms.Form):
        version = forms.IntegerField(widget=forms.HiddenInput)

    page = BeautifulSoup(str(Stale({"version": "x"})), "html.parser")
    assert "Enter a whole number" in page.select_one(".error-summary").text
    assert not page.select(".error-summary a")
    assert page.select_one("input[type=hidden]")
