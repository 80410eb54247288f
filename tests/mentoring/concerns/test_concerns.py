"""Concerns reach those who are named to read them, and nobody else."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from mentoring.concerns import services
from mentoring.concerns.models import Concern, ConcernState
from mentoring.concerns.queries import concerns_for, topics_of
from mentoring.errors import MentoringError, Stale, WrongMove
from mentoring.messages.models import Outbox
from mentoring.messages.sending import send_due
from mentoring.models import AuditEvent, CoordinatorGrant
from mentoring.relationships.services import resume
from mentoring.trust.access import events_for, messages_for
from tests.mentoring import scenes
from tests.mentoring.personal.everywhere import tables_with
from tests.mentoring.personal.life import Life, live
from tests.signing_in import sign_in

pytestmark = pytest.mark.django_db
SECRET = "the quixotic kettle"


def handler(life: Life, name: str = "Hana Handler", **fields: Any) -> Any:
    user = scenes.user(name)
    CoordinatorGrant.objects.create(programme=life.scene.programme, user=user, role="concerns", **fields)
    user.groups.add(scenes.coordinators_group())
    return user


def raised(life: Life, *, about: int = 0, text: str = SECRET, nonce: str = "n", by: Any = None) -> Concern:
    profile = by or life.profile
    return services.raise_concern(
        actor=profile.user,
        profile=profile,
        about=topics_of(profile)[about],
        category="conduct",
        text=text,
        nonce=nonce,
    )


@pytest.fixture
def life() -> Life:
    made = live()
    Concern.objects.all().delete()
    return made


def test_raise__its_words__are_in_no_table_mail_or_trail_in_the_clear(life: Life) -> None:
    handler(life)
    row = raised(life)
    assert row.text == SECRET
    assert tables_with(SECRET) == [f"mentoring.Concern.text of {row.pk}"]  # found by decrypting only
    message = Outbox.objects.get(template="concern_raised")
    assert "concern" not in message.subject.lower()
    assert "conduct" not in message.text


def test_raise__handlers_of_the_organisation__are_told_and_others_are_not(life: Life) -> None:
    inside = handler(life, organisation=life.profile.organisation)
    handler(life, "Otto Outside", organisation=scenes.school())
    raised(life)
    assert [row.recipient for row in Outbox.objects.filter(template="concern_raised")] == [inside.email]


def test_raise__nobody_named_to_read_it__is_refused_and_says_where_to_go(life: Life) -> None:
    with pytest.raises(MentoringError, match="safeguarding lead"):
        raised(life)
    assert not Concern.objects.exists()


def test_raise__the_only_handler_is_in_the_pair__does_not_count(life: Life) -> None:
    partner: Any = life.partner.user
    CoordinatorGrant.objects.create(programme=life.scene.programme, user=partner, role="concerns")
    with pytest.raises(MentoringError, match="Nobody has been named"):
        raised(life)


def test_raise__the_same_form_twice__is_one_concern(life: Life) -> None:
    handler(life)
    assert raised(life).pk == raised(life).pk
    assert Outbox.objects.filter(template="concern_raised").count() == 1


def test_rows__coordinator_owner_partner_raiser_and_administrator__see_none(life: Life, make_user: Any) -> None:
    reads = handler(life)
    row = raised(life)
    admin = make_user("admin@example.org", is_superuser=True)
    people: list[Any] = [life.scene.coordinator, life.scene.owner, life.partner.user, life.user, admin]
    for who in people:
        assert not concerns_for(who).exists()
        if who is not admin:
            assert not messages_for(who).filter(template__startswith="concern").exists()
            assert not events_for(who).filter(action__startswith="mentoring.concern").exists()
    assert concerns_for(reads).get() == row


def test_handling__read_outside_closed__is_recorded_and_confirmed_without_words(life: Life) -> None:
    reads = handler(life)
    row = raised(life)
    row = services.move_on(concern=row, to="acknowledged", actor=reads, version=1)
    row = services.move_on(concern=row, to="outside", actor=reads, version=2, record="Spoke to HR.")
    row = services.move_on(concern=row, to="closed", actor=reads, version=3)
    row.refresh_from_db()
    assert (row.state, row.handler, row.closed_at is not None) == (ConcernState.CLOSED, reads, True)
    assert "Hana Handler" in row.record
    assert "Spoke to HR." in row.record
    confirmed = Outbox.objects.get(template="concern_acknowledged")
    assert confirmed.recipient == life.user.email
    assert SECRET not in confirmed.text
    actions = AuditEvent.objects.filter(object_type="mentoring.concern").order_by("pk")
    assert [event.action.rpartition(".")[2] for event in actions] == ["raised", "acknowledged", "outside", "closed"]
    assert all(event.programme_id is None for event in actions)


def test_handling__wrong_moves_and_strangers__are_refused(life: Life) -> None:
    reads = handler(life)
    row = raised(life)
    with pytest.raises(WrongMove):
        services.move_on(concern=row, to="closed", actor=reads, version=1, record="x")
    with pytest.raises(Stale):
        services.move_on(concern=row, to="acknowledged", actor=reads, version=9)
    with pytest.raises(MentoringError, match="not named"):
        services.move_on(concern=row, to="acknowledged", actor=life.scene.coordinator, version=1)
    row = services.move_on(concern=row, to="acknowledged", actor=reads, version=1)
    with pytest.raises(MentoringError, match="write what was done"):
        services.move_on(concern=row, to="closed", actor=reads, version=2)


def test_hold__both_get_the_handlers_words__and_only_a_handler_ends_it(life: Life) -> None:
    reads = handler(life)
    row = raised(life)
    services.suspend(concern=row, actor=reads, version=1, words="Your work pauses for now.")
    life.pair.refresh_from_db()
    assert (life.pair.state, life.pair.paused_until) == ("paused", None)
    told = Outbox.objects.filter(template="pair_held")
    assert told.count() == 2
    assert all("Your work pauses for now." in message.text for message in told)
    assert not [message for message in told if SECRET in message.text or "concern" in message.text.lower()]
    with pytest.raises(MentoringError, match="no last day"):
        resume(pair=life.pair, actor=life.user)
    services.let_go_on(concern=row, actor=reads, version=2)
    life.pair.refresh_from_db()
    assert life.pair.state == "active"
    with pytest.raises(MentoringError, match="not held back"):
        services.let_go_on(concern=row, actor=reads, version=3)


def test_hold__without_words_or_without_a_pair__is_refused(life: Life) -> None:
    reads = handler(life)
    with pytest.raises(MentoringError, match="what the two of them are told"):
        services.suspend(concern=raised(life), actor=reads, version=1, words=" ")
    general = raised(life, about=1, nonce="other")
    with pytest.raises(MentoringError, match="about no pair"):
        services.suspend(concern=general, actor=reads, version=1, words="Pause.")


# --- Pages ------------------------------------------------------------


def test_form__first_line__sends_a_child_at_risk_elsewhere_and_posts_once(life: Life, client: Client) -> None:
    handler(life)
    sign_in(client, life.user)
    url = reverse("mentoring:concern")
    page = client.get(url)
    assert "A child at risk? Tell your designated safeguarding lead or 999 now" in page.content.decode()
    given = {"about": f"pair-{life.pair.pk}", "category": "conduct", "text": SECRET, "nonce": "abc"}
    for _ in range(2):
        assert client.post(url, given).status_code == 302
    assert Concern.objects.count() == 1
    text = client.get(url).content.decode()
    assert "not read yet" in text
    assert SECRET not in text


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"text": " "}, "Please write what happened"),
        ({"about": "pair-999"}, "Select a valid choice"),
        ({"category": ""}, "Please choose the kind"),
    ],
)
def test_form__something_missing__keeps_what_was_typed(
    life: Life, client: Client, change: dict[str, str], says: str
) -> None:
    handler(life)
    sign_in(client, life.user)
    given = {"about": f"pair-{life.pair.pk}", "category": "conduct", "text": SECRET, "nonce": "abc"}
    page = client.post(reverse("mentoring:concern"), {**given, **change})
    assert page.status_code == 422
    assert says in page.content.decode()
    assert "text" in change or SECRET in page.content.decode()
    assert not Concern.objects.exists()


def test_screen__a_handler__reads_writes_and_moves(life: Life, client: Client) -> None:
    reads = handler(life)
    row = raised(life)
    sign_in(client, reads, second_factor=True)
    assert SECRET not in client.get(reverse("mentoring_concern:index")).content.decode()
    url = reverse("mentoring_concern:detail", args=[row.pk])
    assert SECRET in client.get(url).content.decode()
    assert client.post(url, {"do": "acknowledged", "version": "1", "record": "Rang them."}).status_code == 302
    assert "Rang them." in client.get(url).content.decode()
    stale = client.post(url, {"do": "record", "version": "1", "record": "Typed meanwhile"})
    assert stale.status_code == 409
    assert "Typed meanwhile" in stale.content.decode()
    assert client.post(url, {"do": "record", "version": "2", "record": "Met."}).status_code == 302
    assert client.post(url, {"do": "hold", "version": "3", "words": "Pause."}).status_code == 302
    assert "The pair is held back" in client.get(url).content.decode()
    assert client.post(url, {"do": "go on", "version": "4"}).status_code == 302
    assert client.post(url, {"do": "dance", "version": "5"}).status_code == 422


def test_screen__however_many__costs_the_same(life: Life, client: Client, assert_queries_flat: Any) -> None:
    reads = handler(life)
    sign_in(client, reads, second_factor=True)

    def grow(number: int) -> None:
        for index in range(Concern.objects.count(), number):
            raised(life, nonce=str(index))

    assert_queries_flat(reverse("mentoring_concern:index"), grow, client=client, most=20)


def test_mail__is_sent_with_no_detail(life: Life) -> None:
    handler(life)
    raised(life)
    send_due()
    alert = next(m for m in mail.outbox if m.subject == "Something waits for you on the mentoring site")
    assert SECRET not in str(alert.message())


def test_pages__of_a_pair__lead_to_a_concern_about_that_pair(life: Life) -> None:
    pair = next(topic.pair for topic in topics_of(life.profile) if topic.pair)
    client = Client()
    sign_in(client, life.profile.user)
    address = reverse("mentoring:concern")
    link = f'href="{address}?about=pair-{pair.pk}"'
    for name in ("pair", "pair_help"):
        assert link in client.get(reverse(f"mentoring:{name}", args=[pair.pk])).text
    assert f'href="{address}"' in client.get(reverse("mentoring:home")).text
    chosen = re.findall(
        r'<input type="radio" name="about" value="([^"]+)"[^>]*checked',
        client.get(address, {"about": f"pair-{pair.pk}"}).text,
    )
    assert chosen == [f"pair-{pair.pk}"]
    assert client.get(address, {"about": "pair-0"}).status_code == 200
