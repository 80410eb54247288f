"""A stage's page previewed as one of a pair: their week and tasks around it, and nobody's name."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from mentoring.editors.preview import pair_preview
from mentoring.models import Stage, StageTask
from mentoring.programmes.models import EnrolmentRole
from networks.models import PathwayPage, PathwayStagePage
from tests.mentoring import scenes
from tests.mentoring.editors.pairs import live_pair
from tests.signing_in import sign_in
from tests.support.pages import SitePages, add, organisation

pytestmark = pytest.mark.django_db
TASKS = (("mentee", "Write down your goals"), ("mentor", "Read the goals"), ("both", "Meet over tea"))


@pytest.fixture
def stage_page(pages: SitePages) -> Any:
    pathway = add(
        pages.pathways, PathwayPage(title="Lead", slug="lead", aim="<p>Lead.</p>", who_for="You.", host=organisation())
    )
    return add(pathway, PathwayStagePage(title="Page of the stage", slug="one", intro="<p>Read this first.</p>"))


def leads_to(page: Any, *, week: int = 6) -> scenes.Scene:
    scene = scenes.ready_to_match(1, 1)
    stage = Stage.objects.create(programme=scene.programme, position=1, title="First steps", page=page, opens_week=week)
    for number, (owner, title) in enumerate(TASKS, start=1):
        StageTask.objects.create(stage=stage, position=number, title=title, owner=owner, due_days=0)
    return scene


def seen(page: Any, mode: str) -> str:
    return str(page.make_preview_request(preview_mode=mode).render().content.decode())


@pytest.mark.parametrize(
    ("mode", "mine", "theirs"),
    [("mentee", "Write down your goals", "Read the goals"), ("mentor", "Read the goals", "Write down your goals")],
)
def test_preview__as_one_of_a_pair__shows_week_tasks_and_the_page(
    stage_page: Any, mode: str, mine: str, theirs: str
) -> None:
    leads_to(stage_page)
    page = seen(stage_page, mode)
    assert f'aria-label="Preview as a {mode}"' in page
    assert "opens 6 weeks after a pair has begun" in page
    assert "Read this first." in page
    rows = {title: page.split(title, 1)[1].split("</li>", 1)[0] for _, title in TASKS}
    assert "you, by" in rows[mine]
    assert "Tick as done" in rows[mine]
    assert f"your {'mentor' if mode == 'mentee' else 'mentee'}, by" in rows[theirs]
    assert "Tick as done" not in rows[theirs]
    assert "both of you, by" in rows["Meet over tea"]
    assert "<form method" not in rows[mine], "an editor looks; nothing can be done"


def test_preview__as_the_pair_itself_sees_it__the_same_words(stage_page: Any) -> None:
    """The preview and the pair's own page draw the stage from one template: what an editor sees is what they get."""
    scene = leads_to(stage_page, week=0)
    pair = live_pair(scene, 0, began=timezone.localdate())
    client = Client()
    sign_in(client, pair.mentee.profile.user)
    theirs = client.get(reverse("mentoring:pair_stages", args=[pair.pk])).content.decode()
    preview = seen(stage_page, "mentee")
    assert "as soon as a pair has begun" in preview
    for _, title in TASKS:
        line = theirs.split(title, 1)[1].split("</span></span>", 1)[0]
        ours = preview.split(title, 1)[1].split("</span></span>", 1)[0]
        assert ours == line.replace(pair.mentor.profile.display_name, "your mentor")


def test_preview__live_pairs__names_none_of_them(stage_page: Any) -> None:
    live_pair(leads_to(stage_page), 0, began=timezone.localdate())
    for mode in EnrolmentRole.values:
        assert "A0" not in seen(stage_page, mode)


@pytest.mark.parametrize("mode", ["", "mentee", "mentor", "nonsense"])
def test_preview__page_that_no_stage_leads_to__says_so_to_editors_only(stage_page: Any, mode: str) -> None:
    assert ("no pair comes here" in seen(stage_page, mode)) == (mode in EnrolmentRole.values)


def test_page__published__shows_nothing_of_the_preview(stage_page: Any, client: Client) -> None:
    leads_to(stage_page)
    assert "Write down your goals" not in client.get(stage_page.url).content.decode()
    assert "Write down your goals" not in client.get(f"{stage_page.url}?mode=mentee").content.decode()


def test_editor__is_offered_the_three_previews(stage_page: Any, client: Client) -> None:
    leads_to(stage_page)
    sign_in(client, scenes.user("Edda Editor", is_superuser=True), second_factor=True)
    edit = client.get(reverse("wagtailadmin_pages:edit", args=[stage_page.pk])).content.decode()
    for words in ("As everybody", "As a mentee", "As a mentor"):
        assert words in edit
    address = reverse("wagtailadmin_pages:view_draft", args=[stage_page.pk])
    assert client.get(address).status_code == 200


@pytest.mark.parametrize("stages", [1, 6])
def test_preview__stages_grow__two_queries(stage_page: Any, stages: int, django_assert_num_queries: Any) -> None:
    for _ in range(stages):
        leads_to(stage_page)
    with django_assert_num_queries(2):
        shown = pair_preview(stage_page.pk, EnrolmentRole.MENTEE)
        assert len(shown.stages) == stages
