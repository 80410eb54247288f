"""Whoever holds a link to a visit or an offer: what a valid, used, expired, replaced or strange one opens."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from mentoring.models import Assurance, AuditEvent, HostOffer, Outbox, Placement
from mentoring.placements import requests
from mentoring.trust import links
from mentoring.trust.link_models import LinkPurpose, SignedLink
from tests.mentoring import scenes

from . import visits

pytestmark = pytest.mark.django_db
HOME, HOST, DOOR = "head.home@example.org", "head.host@example.org", "door@example.org"
YES = {"answer": "yes", "cover": "not_needed", "statement": "on", "name": "A Head"}
HOLDERS = {
    "releasing head": ("placement", HOME),
    "host head": ("placement", HOST),
    "head of a door": ("host_offer", DOOR),
}


@pytest.fixture
def stage() -> visits.Stage:
    """A visit that waits for two heads, and another offer that waits for a third."""
    stage = visits.staged()
    stage.ask()
    host = scenes.person("Omar Open")
    scenes.enrolled(stage.scene, host, "mentor")
    visits.offers.save_offer(
        host=host, programme=stage.scene.programme, actor=host.user, words={"title": "A door", "summary": "Open"},
        kind="day", days_needed=1, dates=dict.fromkeys(stage.days, "full"), head_email=DOOR,
    )  # fmt: skip
    return stage


def written() -> tuple[Any, ...]:
    """All that a head's answer could change."""
    return (
        list(Placement.objects.values_list("pk", "state", "version")),
        list(HostOffer.objects.values_list("pk", "state", "version")),
        list(SignedLink.objects.order_by("pk").values_list("pk", "used_at", "revoked_at", "answer")),
        AuditEvent.objects.count(), Outbox.objects.count(), Assurance.objects.count(),
    )  # fmt: skip


def refused(address: str) -> str:
    """What a page says that takes no answer: neither yes nor no writes anything."""
    before = written()
    for answer in ("no", "question"):
        assert Client().post(address, {"answer": answer, "text": "Late"}).status_code in (404, 422)
    page = Client().get(address)
    assert written() == before
    assert "Send my answer" not in page.text
    return page.text


@pytest.mark.parametrize("holder", HOLDERS)
def test_link_holder__whatever_became_of_the_link__sees_and_does_just_that(stage: visits.Stage, holder: str) -> None:
    purpose, email = HOLDERS[holder]
    token = visits.token_to(email)
    address = reverse(f"mentoring:link_{purpose}", args=[token])
    before = written()
    assert "Send my answer" in Client().get(address).text
    assert written() == before  # looking decides nothing
    for other in {"placement", "host_offer"} - {purpose}:
        assert Client().get(reverse(f"mentoring:link_{other}", args=[token])).status_code == 404
    assert Client().get(reverse(f"mentoring:link_{purpose}", args=[token[:-1] + "~"])).status_code == 404

    link = visits.link_to(email)
    SignedLink.objects.filter(pk=link.pk).update(expires_at=timezone.now() - dt.timedelta(seconds=1))
    assert "has run out" in refused(address)
    SignedLink.objects.filter(pk=link.pk).update(expires_at=timezone.now() + dt.timedelta(days=1))

    again = links.issue(LinkPurpose(purpose), link.object_id, email)
    assert "taken back or replaced" in refused(address)
    assert Client().post(again, YES).status_code == 302
    assert "You answered on" in refused(again)
    before = written()
    assert Client().post(again, YES).status_code == 302  # the same once more
    assert written() == before


def test_link_holder__who_was_replaced_by_another_head__can_do_nothing_any_more(stage: visits.Stage) -> None:
    row = Placement.objects.get()
    address = reverse("mentoring:link_placement", args=[visits.token_to(HOME)])
    requests.ask_another_head(
        approval=row.approvals.get(party="releasing_head"), actor=stage.scene.coordinator,
        email="new@example.org", version=row.version,
    )  # fmt: skip
    assert "taken back or replaced" in refused(address)
    assert "Vera Visitor" not in refused(address)


def test_link_holder__is_nobody_elsewhere(stage: visits.Stage) -> None:
    row, client = Placement.objects.get(), Client()
    client.get(reverse("mentoring:link_placement", args=[visits.token_to(HOME)]))
    for name in ("placement", "placement_sheet", "placement_certificate"):
        page = client.get(reverse(f"mentoring:{name}", args=[row.pk]))
        assert page.status_code == 302
        assert page.url.startswith(reverse("account_login"))
