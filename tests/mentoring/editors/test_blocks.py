"""The three blocks on a page: they know the cohort, name nobody and stay cheap."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.utils import timezone
from wagtail.models import Page

from mentoring.blocks import MENTORING_BLOCKS, ApplyBlock, InvolvesBlock, MentorsWantedBlock
from mentoring.models import Interest
from mentoring.programmes.models import CohortState, EnrolmentState
from tests.mentoring import scenes

pytestmark = pytest.mark.django_db


def on_a_page(**options: Any) -> tuple[scenes.Scene, Page]:
    """A scene whose programme is told about by a page."""
    scene = scenes.programme_with_cohort(**options)
    page = Page.objects.get(depth=1).add_child(instance=Page(title="Leading", slug="leading"))
    scene.programme.pathway_page = page
    scene.programme.save()
    return scene, page


def words(block: Any, page: Page | None, /, **value: Any) -> str:
    html = block.render(block.to_python(value), {"page": page})
    return " ".join(BeautifulSoup(html, "html.parser").get_text(" ").split()).replace(" .", ".").replace(" :", ":")


@pytest.mark.parametrize(("name", "block"), MENTORING_BLOCKS, ids=[name for name, _ in MENTORING_BLOCKS])
def test_block__in_the_picker__is_described_and_shows_an_example_without_asking(
    name: str, block: Any, django_assert_num_queries: Any
) -> None:
    assert block.get_description() and block.meta.group == "Mentoring" and block.meta.icon
    assert block.child_blocks["page"].field.help_text
    with django_assert_num_queries(0):
        html = block.render(block.get_preview_value())
    assert len(BeautifulSoup(html, "html.parser").get_text(strip=True)) > 60


def move(scene: scenes.Scene, **fields: Any) -> None:
    for name, value in fields.items():
        setattr(scene.cohort, name, value)
    scene.cohort.save()


def test_apply__cohort_opens_later__says_when() -> None:
    scene, page = on_a_page(state=CohortState.OPEN)
    today = timezone.localdate()
    move(scene, apply_from=today + dt.timedelta(days=3), apply_to=today + dt.timedelta(days=9))

    text = words(ApplyBlock(), page)

    assert f"applications open on {(today + dt.timedelta(days=3)).strftime('%-d %B %Y')}, until" in text
    assert "Ask for a mentor" not in text


def test_apply__cohort_takes_applications__leads_to_both_forms() -> None:
    scene, page = on_a_page(state=CohortState.OPEN)

    html = ApplyBlock().render(ApplyBlock().to_python({}), {"page": page})

    assert f"/mentoring/apply/{scene.cohort.pk}/mentee/" in html
    assert f"/mentoring/apply/{scene.cohort.pk}/mentor/" in html
    assert "open until" in html


@pytest.mark.parametrize(
    ("state", "is_full"),
    [(EnrolmentState.SUBMITTED, True), (EnrolmentState.WAITLISTED, False), (EnrolmentState.WITHDRAWN, False)],
)
def test_apply__places_for_mentees__count_those_who_hold_one(state: EnrolmentState, is_full: bool) -> None:
    scene, page = on_a_page(state=CohortState.OPEN)
    move(scene, max_mentees=2)
    scenes.enrolled(scene, scenes.person(), "mentee")
    scenes.enrolled(scene, scenes.person(), "mentor")
    scenes.enrolled(scene, scenes.person(), "mentee", state=state)

    text = words(ApplyBlock(), page)

    assert ("All 2 places for mentees are taken" in text) is is_full
    assert ("Join the waiting list" in text) is is_full


def test_apply__closed_and_a_later_intake__says_when_the_next_opens() -> None:
    scene, page = on_a_page(state=CohortState.RUNNING)
    assert "The next intake has no date yet" in words(ApplyBlock(), page)
    today = timezone.localdate()
    scene.programme.cohorts.create(
        name="Next year",
        state="open",
        apply_from=today + dt.timedelta(days=50),
        apply_to=today + dt.timedelta(days=80),
        start=today + dt.timedelta(days=99),
        end=today + dt.timedelta(days=300),
    )

    text = words(ApplyBlock(), page)

    assert "Next year: applications open on" in text
    assert "no date yet" not in text


def test_apply__programme_retired_or_page_not_saved__promises_nothing() -> None:
    scene, page = on_a_page(state=CohortState.OPEN)
    scene.programme.active = False
    scene.programme.save()
    assert "nothing to apply to" in words(ApplyBlock(), page)
    assert "nothing to apply to" in words(ApplyBlock(), None)


def test_apply__on_another_page__speaks_of_the_chosen_one_and_links_to_it() -> None:
    _, page = on_a_page(state=CohortState.OPEN)
    other = Page.objects.get(depth=1).add_child(instance=Page(title="Elsewhere", slug="elsewhere"))

    assert "nothing to apply to" in words(ApplyBlock(), other)
    text = words(ApplyBlock(), other, page=page.pk)
    assert "open until" in text
    assert "About Leading" in text


def test_mentors_wanted__topics_short__counts_and_no_people() -> None:
    scene, page = on_a_page()
    for n in range(7):
        scenes.enrolled(scene, scenes.person(f"Nell {n}", seek=("music",)), "mentee")
    scenes.enrolled(scene, scenes.person("Ada", seek=("maths",)), "mentee")
    scenes.enrolled(scene, scenes.person("Otto", offer=("music",), seek=("maths",)), "mentor")
    scenes.enrolled(scene, scenes.person(seek=("dance",)), "mentee", state=EnrolmentState.SUBMITTED)

    text = words(MentorsWantedBlock(), page)

    assert "Music: 6 mentors short" in text
    assert "Maths: a few mentors short" in text
    assert "Dance" not in text
    assert "Nell" not in text and "Ada" not in text


def test_mentors_wanted__wellbeing_topic_of_few__is_left_out() -> None:
    scene, page = on_a_page()
    Interest.objects.create(slug="menopause", label="Menopause at work", group="career")
    for n in range(4):
        scenes.enrolled(scene, scenes.person(f"P {n}", seek=("menopause",)), "mentee")
    assert "Menopause" not in words(MentorsWantedBlock(), page)
    scenes.enrolled(scene, scenes.person("P 5", seek=("menopause",)), "mentee")
    assert "Menopause at work: 5 mentors short" in words(MentorsWantedBlock(), page)


def test_mentors_wanted__nothing_short__says_so() -> None:
    _, page = on_a_page()
    assert "mentors for every topic" in words(MentorsWantedBlock(), page)


def test_involves__settings_of_the_programme__are_what_it_says() -> None:
    scene, page = on_a_page()
    scene.programme.min_meetings, scene.programme.meet_every_weeks = 8, 3
    scene.programme.training_needed = True
    scene.programme.save()

    text = words(InvolvesBlock(), page, points=["Cover is paid."])

    assert "About 8 meetings of an hour, one every 3 weeks" in text
    assert "short training" in text and "Cover is paid." in text
    assert "head is asked" not in text


@pytest.mark.parametrize("block", [ApplyBlock(), MentorsWantedBlock(), InvolvesBlock()], ids=lambda b: type(b).__name__)
def test_blocks__cohort_grows__at_most_two_queries(block: Any, django_assert_max_num_queries: Any) -> None:
    scene, page = on_a_page(state=CohortState.OPEN)
    value = {"page": page.pk}
    block.render(block.to_python(value), {"page": page})  # Wagtail remembers the sites of the installation
    for n in (2, 20):
        for i in range(n):
            scenes.enrolled(scene, scenes.person(seek=(f"topic-{i}",)), "mentee")
        with django_assert_max_num_queries(2):
            block.render(block.to_python(value), {"page": page})
