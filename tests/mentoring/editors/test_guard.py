"""A page that live cohorts lean on does not go without another in its place, whichever door the editor takes."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from wagtail.models import Page

from mentoring.editors.pages_in_use import Role, uses_of
from mentoring.models import AuditEvent, Stage
from mentoring.programmes.models import CohortState
from tests.mentoring import scenes
from tests.mentoring.editors.pairs import live_pair
from tests.signing_in import sign_in

pytestmark = pytest.mark.django_db


class Moment:
    """A running cohort whose programme names three pages, and an administrator who edits."""

    def __init__(self) -> None:
        self.home = Page.objects.get(depth=2)
        self.pathway = self.home.add_child(instance=Page(title="Leading", slug="leading"))
        self.stage_page = self.pathway.add_child(instance=Page(title="Stage one", slug="one"))
        self.privacy = self.home.add_child(instance=Page(title="Privacy", slug="privacy"))
        self.other = self.home.add_child(instance=Page(title="Other", slug="other"))
        self.scene = scenes.ready_to_match(2, 2)
        self.programme = self.scene.programme
        self.cohort(CohortState.RUNNING)
        self.programme.pathway_page, self.programme.privacy_page = self.pathway, self.privacy
        self.programme.save()
        self.stage = Stage.objects.create(programme=self.programme, position=1, title="First", page=self.stage_page)
        live_pair(self.scene, 0, began=None)
        self.admin = scenes.user("Ada Admin", is_superuser=True)
        self.client = Client()
        sign_in(self.client, self.admin, second_factor=True)

    def cohort(self, state: CohortState) -> None:
        self.scene.cohort.state = state
        self.scene.cohort.save()

    def lives(self, page: Page) -> bool:
        return Page.objects.filter(pk=page.pk, live=True).exists()

    def door(self, name: str, page: Page) -> Any:
        """One way of making a page go."""
        if name in ("unpublish", "delete"):
            return self.client.post(reverse(f"wagtailadmin_pages:{name}", args=[page.pk]))
        if name.startswith("bulk"):
            action = name.removeprefix("bulk ")
            return self.client.post(
                f"{reverse('wagtail_bulk_action', args=['wagtailcore', 'page', action])}?id={page.pk}"
            )
        action = name.removeprefix("api ")
        return self.client.post(f"/admin/api/main/pages/{page.pk}/action/{action}/", content_type="application/json")


DOORS = ["unpublish", "delete", "bulk unpublish", "bulk delete", "api unpublish", "api delete"]


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("which", ["pathway", "stage_page", "privacy"])
def test_door__page_of_a_live_cohort__stays(door: str, which: str) -> None:
    moment = Moment()
    page = getattr(moment, which)

    answer = moment.door(door, page)

    assert moment.lives(page)
    if door.startswith("api"):
        assert answer.status_code == 400
        assert "1 live cohort, 1 pair." in answer.content.decode()
    else:
        assert answer.status_code == 302
        assert answer.url.startswith(reverse("mentoring_pages_in_use", args=[page.pk]))


@pytest.mark.parametrize("door", DOORS)
def test_door__page_that_no_live_cohort_uses__goes_as_ever(door: str) -> None:
    moment = Moment()
    moment.door(door, moment.other)
    assert not moment.lives(moment.other)
    moment.cohort(CohortState.CLOSED)
    moment.door(door, moment.stage_page)
    assert not moment.lives(moment.stage_page)


def test_delete__page_above_one_in_use__is_stopped_before_it_is_asked() -> None:
    moment = Moment()
    moment.programme.pathway_page = None
    moment.programme.save()

    answer = moment.client.get(reverse("wagtailadmin_pages:delete", args=[moment.pathway.pk]))

    assert answer.status_code == 302 and "below=1" in answer.url
    assert moment.client.post(reverse("wagtailadmin_pages:unpublish", args=[moment.pathway.pk])).url.startswith(
        "/admin/pages/"
    )
    assert moment.lives(moment.stage_page)


def ask(moment: Moment, page: Page, **answers: Any) -> Any:
    url = moment.door("delete", page).url
    shown = moment.client.get(url)
    assert shown.status_code == 200
    assert "Leading" in shown.content.decode() or "Privacy" in shown.content.decode()
    return moment.client.post(url, {f"page-{key}": value for key, value in answers.items()})


def test_screen__replacement_chosen__moves_each_reference_and_goes_on() -> None:
    moment = Moment()
    pathway, stage = moment.pathway.pk, moment.stage_page.pk

    answer = ask(moment, moment.pathway, **{f"{pathway}-page": moment.other.pk, f"{stage}-drop": "on"})

    assert answer.status_code == 302 and answer.url == reverse("wagtailadmin_pages:delete", args=[pathway])
    moment.programme.refresh_from_db()
    moment.stage.refresh_from_db()
    assert moment.programme.pathway_page_id == moment.other.pk
    assert moment.programme.version == 2
    assert moment.stage.page_id is None
    moved = (
        AuditEvent.objects.filter(action__endswith="page_moved").order_by("pk").values_list("action", "before", "after")
    )
    assert list(moved) == [
        ("mentoring.pathway.page_moved", {"pathway_page": pathway}, {"pathway_page": moment.other.pk}),
        ("mentoring.stage.page_moved", {"page": stage}, {"page": None}),
    ]
    assert moment.client.get(answer.url).status_code == 200
    moment.client.post(answer.url)
    assert not moment.lives(moment.pathway)


@pytest.mark.parametrize(
    ("answers", "sentence"),
    [
        ({}, "Choose the page that takes its place."),
        ({"drop": "on"}, "Choose the page that takes its place."),
        ({"page": "itself"}, "is about to go, too"),
        ({"page": "draft"}, "is not published"),
    ],
)
def test_screen__privacy_notice_without_a_good_replacement__is_refused(answers: dict[str, str], sentence: str) -> None:
    moment = Moment()
    draft = moment.home.add_child(instance=Page(title="Draft", slug="draft", live=False))
    pages = {"itself": moment.privacy.pk, "draft": draft.pk}
    given = {f"{moment.privacy.pk}-{key}": pages.get(value, value) for key, value in answers.items()}

    answer = ask(moment, moment.privacy, **given)

    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    moment.programme.refresh_from_db()
    assert moment.programme.privacy_page_id == moment.privacy.pk
    assert not AuditEvent.objects.filter(action__endswith="page_moved").exists()


def test_screen__asked_to_go_on_to_another_site__goes_to_the_pages_instead() -> None:
    moment = Moment()
    url = reverse("mentoring_pages_in_use", args=[moment.other.pk])
    for there in ("https://elsewhere.example/", "//elsewhere.example/", "javascript:alert(1)"):
        assert moment.client.get(url, {"then": there}).url == reverse("wagtailadmin_explore_root")


def test_uses__cohorts_and_pairs_grow__two_queries(django_assert_num_queries: Any) -> None:
    moment = Moment()
    live_pair(moment.scene, 1, began=None)
    with django_assert_num_queries(2):
        found = uses_of([moment.pathway, moment.privacy])
    assert [(use.role, use.cohorts, use.pairs) for use in found] == [
        (Role.PATHWAY, 1, 2),
        (Role.PRIVACY, 1, 2),
        (Role.STAGE, 1, 2),
    ]
