"""Members' and heads' pages of visits, and the coordinator's screens."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from mentoring.models import HostOffer, Placement
from mentoring.people.models import RoleLevel
from mentoring.placements.forms import read_days
from mentoring.placements.ranking import suggest
from mentoring.trust.links import find
from tests.mentoring import scenes
from tests.signing_in import client_of, staff_client_of

from . import visits

pytestmark = pytest.mark.django_db


@pytest.fixture
def stage() -> visits.Stage:
    return visits.staged()


def test_host__writes_an_offer__the_head_agrees_by_link__it_is_listed(db: None) -> None:
    scene = scenes.programme_with_cohort()
    host = scenes.person("Hana Host")
    scenes.enrolled(scene, host, "mentor")
    client = client_of(host.user)
    page = reverse("mentoring:host_offer_new", args=[scene.programme.pk])
    assert client.get(page).status_code == 200
    fields = {
        "title": "A day with our deputy", "kind": "day", "summary": "Walks and talks", "days_needed": "1",
        "days": f"{visits.working_day():%d/%m/%Y} morning", "head_email": "head.host@example.org", "version": "0",
    }  # fmt: skip
    wrong = client.post(page, {**fields, "days": "next Tuesday"})
    assert wrong.status_code == 422
    assert "is not a day we can read" in wrong.text
    assert "Walks and talks" in wrong.text
    assert client.post(page, fields).status_code == 302
    anybody = Client()
    address = reverse("mentoring:link_host_offer", args=[visits.token_to("head.host@example.org")])
    assert "May colleagues visit" in anybody.get(address).text
    assert HostOffer.objects.get().state == "asked"  # looking decides nothing
    assert anybody.post(address, {"answer": "yes", "text": "Sign in, please."}).status_code == 302
    assert HostOffer.objects.get().state == "open"
    assert "The decision stands" in anybody.get(address).text
    visitor = scenes.enrolled(scene, scenes.person("Vera"), "mentee")
    assert "A day with our deputy" in client_of(visitor.profile.user).get(reverse("mentoring:visits")).text


def test_visitor__asks_and_the_heads_answer_by_link(stage: visits.Stage) -> None:
    client = client_of(stage.user)
    page = reverse("mentoring:visit_ask", args=[stage.offer.pk])
    fields = {
        "days": stage.days[0].isoformat(), "question_1": "How are meetings run?",
        "head_email": "head.home@example.org", "rules": "on",
    }  # fmt: skip
    wrong = client.post(page, {**fields, "rules": ""})
    assert wrong.status_code == 422
    assert "accept the rules" in wrong.text
    assert "How are meetings run?" in wrong.text
    done = client.post(page, fields)
    row = Placement.objects.get()
    assert done.url == reverse("mentoring:placement", args=[row.pk])
    assert "turn" in client.get(done.url).text
    head = Client()
    address = reverse("mentoring:link_placement", args=[visits.token_to("head.home@example.org")])
    assert "May Vera Visitor go on this visit?" in head.get(address).text
    refused = head.post(address, {"answer": "yes"})
    assert refused.status_code == 422
    assert "Please say how lessons are covered." in refused.text
    yes = {"answer": "yes", "cover": "arranged", "half_days": "2", "cost": "180", "statement": "on", "name": "A Head"}
    assert head.post(address, yes).status_code == 302
    assert "You answered on" in head.get(address).text
    assert str(row.days.get().cover_cost) == "180.00"
    link = find(address.rsplit("/", 2)[-2])
    assert link is not None
    assert link.used_at is not None


@pytest.mark.parametrize("name", ["placement", "placement_sheet", "placement_certificate"])
def test_visit__of_others__is_not_found(stage: visits.Stage, name: str) -> None:
    row = stage.ask()
    stranger = scenes.enrolled(stage.scene, scenes.person("Someone Else"), "mentee")
    page = reverse(f"mentoring:{name}", args=[row.pk])
    assert client_of(stranger.profile.user).get(page).status_code == 404
    assert client_of(stage.host.user).get(page, follow=True).status_code == 200


def test_link__guessed__is_not_found(stage: visits.Stage) -> None:
    for name in ("link_placement", "link_host_offer"):
        assert Client().get(reverse(f"mentoring:{name}", args=["guess"])).status_code == 404


def test_link__for_one_purpose__opens_no_other_page(stage: visits.Stage) -> None:
    stage.ask()
    token = visits.token_to("head.home@example.org")
    assert Client().get(reverse("mentoring:link_host_offer", args=[token])).status_code == 404


def test_sheet__before_confirmation__says_not_to_travel(stage: visits.Stage) -> None:
    row = stage.ask()
    client = client_of(stage.user)
    assert "Not confirmed" in client.get(reverse("mentoring:placement_sheet", args=[row.pk])).text
    row = stage.heads_agree(row)
    from mentoring.placements import steps

    steps.confirm(placement=row, actor=stage.scene.coordinator, version=row.version)
    page = client.get(reverse("mentoring:placement_sheet", args=[row.pk])).text
    assert "Not confirmed" not in page
    assert "photo identity" in page


def test_coordinator__confirms_on_the_screen__and_sees_the_calendar(stage: visits.Stage) -> None:
    row = stage.heads_agree(stage.ask())
    client = staff_client_of(stage.scene.coordinator)
    page = reverse("mentoring_placement:detail", args=[row.pk])
    assert client.get(page).status_code == 200
    stale = client.post(page, {"do": "confirm", "version": "1"})
    assert stale.status_code == 409
    assert client.post(page, {"do": "confirm", "version": str(row.version)}).status_code == 302
    assert visits.state(row) == "confirmed"
    calendar = reverse("mentoring_placement:calendar")
    text = client.get(f"{calendar}?from={stage.days[0]}").text
    assert "Vera Visitor comes" in text
    assert client.get(f"{calendar}?from=nonsense").status_code == 200
    assert "Vera Visitor" in client.get(reverse("mentoring_placement:index")).text


def test_coordinator__of_another_programme__sees_nothing(stage: visits.Stage) -> None:
    row = stage.ask()
    other = scenes.programme_with_cohort()
    client = staff_client_of(other.coordinator)
    assert client.get(reverse("mentoring_placement:detail", args=[row.pk])).status_code == 404
    calendar = client.get(reverse("mentoring_placement:calendar") + f"?from={stage.days[0]}")
    assert "Vera Visitor" not in calendar.text


def test_suggest__topics_asked_for__come_first_with_a_reason_and_other_steps_last(stage: visits.Stage) -> None:
    fitting = visits.open_offer(
        stage.scene, _host(stage), stage.days, focus=[scenes.topic("behaviour")], head_email="b@example.org"
    )
    far = visits.open_offer(
        stage.scene, _host(stage), stage.days, focus=[scenes.topic("behaviour")], head_email="c@example.org",
        levels=list(RoleLevel.objects.filter(label="Step 40")),
    )  # fmt: skip
    found = suggest(stage.visitor, [stage.offer, far, fitting])
    assert found[0].offer == fitting
    assert "ehaviour" in " ".join(found[0].reasons)
    assert found[-1].offer == far
    assert all(0 <= item.score <= 100 for item in found)


def test_suggest__own_school_and_own_manager__are_left_out(stage: visits.Stage) -> None:
    near = scenes.person("Near Host", at=stage.visitor.profile.organisation)
    scenes.enrolled(stage.scene, near, "mentor")
    own = visits.open_offer(stage.scene, near, stage.days, head_email="d@example.org")
    assert [item.offer for item in suggest(stage.visitor, [own])] == []


def _host(stage: visits.Stage) -> Any:
    host = scenes.person(rank=30)
    scenes.enrolled(stage.scene, host, "mentor")
    return host


@pytest.mark.parametrize(
    ("line", "fault"),
    [("soon", "soon"), ("31/02/2027", "calendar"), ("12/03/2027 evening", "not a day"), ("2027-13-01", "calendar")],
)
def test_days__that_cannot_be_read__are_named(line: str, fault: str) -> None:
    with pytest.raises(ValueError, match=fault):
        read_days(f"12/03/2027\n{line}")
