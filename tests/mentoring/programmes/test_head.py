"""The head's answer by signed link: asked, answered once, reminded, lapsed, asked again."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from mentoring.errors import MentoringError, Stale, WrongMove
from mentoring.messages.models import OutboxState
from mentoring.models import AuditEvent, CalendarException, Enrolment, Outbox, SignedLink
from mentoring.programmes import head, services
from mentoring.programmes.models import EnrolmentState, HeadSupport
from mentoring.trust import links, tries
from tests.mentoring import scenes

pytestmark = pytest.mark.django_db

HEAD = "head@example.org"


@pytest.fixture
def row(clock: Any) -> Enrolment:
    scene = scenes.programme_with_cohort("Leading together")
    scene.programme.head_support_needed = True
    scene.programme.save()
    row = scenes.enrolled(scene, scenes.person("Ann Applicant"), "mentee", state=EnrolmentState.SUBMITTED)
    return head.ask_again(enrolment=row, actor=row.profile.user, email=HEAD, version=1)


def path_in_last_mail(to: str = HEAD) -> str:
    text = Outbox.objects.filter(recipient=to, text__contains="/head/").latest("pk").text
    found = re.search(r"/mentoring/head/\S+/", text)
    assert found
    return found[0]


def sent(*, to: str | None = None) -> list[str]:
    mail = Outbox.objects.order_by("pk")
    return list((mail.filter(recipient=to) if to else mail).values_list("template", flat=True))


def test_ask__head__gets_a_link_of_which_only_the_hash_is_kept(row: Enrolment) -> None:
    token = path_in_last_mail().rstrip("/").rpartition("/")[2]
    link = SignedLink.objects.get()
    assert link.email == HEAD
    assert len(token) >= 40
    assert token not in str(SignedLink.objects.values())
    assert links.find(token) == link
    assert row.head_support == HeadSupport.ASKED


def test_page__opened_by_a_mail_scanner__decides_nothing(row: Enrolment) -> None:
    for _ in range(2):
        answer = Client().get(path_in_last_mail())
        assert "Ann Applicant" in answer.content.decode()
        assert answer.headers["Cache-Control"].startswith("max-age=0, no-cache, no-store")
    Client().head(path_in_last_mail())
    row.refresh_from_db()
    assert row.head_support == HeadSupport.ASKED
    assert SignedLink.objects.get().used_at is None


@pytest.mark.parametrize(
    ("form", "sentence"),
    [
        ({}, "choose one of the three answers"),
        ({"answer": "perhaps"}, "perhaps is not one of the available choices"),
        ({"answer": "question", "text": "  "}, "write your question"),
        ({"answer": "yes", "text": "x" * 1001}, "below 1,000 characters; it has 1001"),
    ],
)
def test_page__bad_input__says_so_and_decides_nothing(row: Enrolment, form: dict[str, str], sentence: str) -> None:
    answer = Client().post(path_in_last_mail(), form)
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    row.refresh_from_db()
    assert row.head_support == HeadSupport.ASKED


@pytest.mark.parametrize(("said", "told"), [("yes", []), ("no", ["head_coordinator"])])
def test_answer__sent_twice__is_one_decision_one_copy_and_one_mail_to_each(
    row: Enrolment, said: str, told: list[str]
) -> None:
    path = path_in_last_mail()
    for _ in range(2):
        assert Client().post(path, {"answer": said, "text": "Good <b>luck</b>"}).status_code == 302
    row.refresh_from_db()
    assert row.head_support == said
    assert sent(to=HEAD) == ["head_asked", "head_copy"]
    assert sent(to=row.profile.user.email) == [f"head_{said}"]
    assert sent(to="mentoring@example.org") == told
    assert AuditEvent.objects.filter(action=f"mentoring.head.{said}").count() == 1
    page = Client().get(path).content.decode()
    assert "You answered on 11 January 2027" in page
    assert "Good &lt;b&gt;luck&lt;/b&gt;" in page
    assert "Send my answer" not in page


def test_answer__another_one_afterwards__shows_the_decision_that_stands(row: Enrolment) -> None:
    path = path_in_last_mail()
    Client().post(path, {"answer": "yes"})
    late = Client().post(path, {"answer": "no"})
    assert late.status_code == 422
    assert "yes, you support it" in late.content.decode()
    row.refresh_from_db()
    assert row.head_support == HeadSupport.YES
    with pytest.raises(WrongMove):
        links.use(SignedLink.objects.get(), {"decision": "no"})


def test_answer__question__reaches_both_and_the_link_still_takes_the_decision(row: Enrolment) -> None:
    path = path_in_last_mail()
    for _ in range(2):
        Client().post(path, {"answer": "question", "text": "Which days?"})
    assert sent(to=row.profile.user.email) == ["head_question"]
    assert sent(to="mentoring@example.org") == ["head_coordinator"]
    assert "You asked: “Which days?”" in Client().get(path).content.decode()
    Client().post(path, {"answer": "yes"})
    row.refresh_from_db()
    assert row.head_support == HeadSupport.YES


def test_clock__five_working_days_without_the_inset_day__one_reminder_with_a_new_link(
    row: Enrolment, clock: Any
) -> None:
    day = dt.date(2027, 1, 14)
    CalendarException.objects.create(organisation=row.profile.organisation, date_from=day, date_to=day, kind="inset")
    first = path_in_last_mail()
    clock.move_to(dt.datetime(2027, 1, 18, 12, tzinfo=dt.UTC))
    assert head.keep_asking() == 0
    clock.move_to(dt.datetime(2027, 1, 19, 12, tzinfo=dt.UTC))
    assert head.keep_asking() == 1
    assert head.keep_asking() == 0
    assert sent(to=HEAD) == ["head_asked", "head_reminder"]
    second = path_in_last_mail()
    assert "taken back or replaced" in Client().get(first).content.decode()
    assert Client().post(first, {"answer": "yes"}).status_code == 422
    assert "until 25 January 2027" in Client().get(second).content.decode()
    Client().post(second, {"answer": "yes"})
    row.refresh_from_db()
    assert row.head_support == HeadSupport.YES


def test_clock__two_weeks__lapses_once_and_both_are_told(row: Enrolment, clock: Any) -> None:
    path = path_in_last_mail()
    clock.shift(dt.timedelta(days=14, seconds=1))
    assert [head.keep_asking(), head.keep_asking()] == [1, 0]
    assert sent(to=row.profile.user.email) == ["head_lapsed"]
    assert sent(to="mentoring@example.org") == ["head_coordinator"]
    assert "has run out" in Client().get(path).content.decode()
    assert Client().post(path, {"answer": "yes"}).status_code == 422


def test_clock__one_address_takes_no_mail__the_others_are_still_reminded(row: Enrolment, clock: Any) -> None:
    other = scenes.enrolled(
        scenes.programme_with_cohort(), scenes.person("Ben"), "mentee", state=EnrolmentState.SUBMITTED
    )
    head.ask_again(enrolment=other, actor=other.profile.user, email="other.head@example.org", version=1)
    Enrolment.objects.filter(pk=row.pk).update(head_email="broken")
    clock.shift(dt.timedelta(days=8))
    assert head.keep_asking() == 1
    assert sent(to="other.head@example.org") == ["head_asked", "head_reminder"]


def test_ask_again__new_head__the_old_link_stops_working(row: Enrolment) -> None:
    old = path_in_last_mail()
    again = head.ask_again(enrolment=row, actor=row.profile.user, email=" new.head@example.org ", version=row.version)
    assert again.head_email == "new.head@example.org"
    assert Client().post(old, {"answer": "yes"}).status_code == 422
    Client().post(path_in_last_mail("new.head@example.org"), {"answer": "yes"})
    row.refresh_from_db()
    assert row.head_support == HeadSupport.YES
    assert SignedLink.objects.filter(used_at__isnull=True, revoked_at__isnull=True).count() == 0


def test_ask_again__refusals__are_sentences_and_send_nothing(row: Enrolment) -> None:
    me, before = row.profile.user, sent()
    for email, version, kind, words in (
        (me.email.upper(), row.version, MentoringError, "your own address"),
        ("nobody", row.version, MentoringError, "head’s work e-mail"),
        (HEAD, row.version - 1, Stale, "changed after you opened it"),
    ):
        with pytest.raises(kind, match=words):
            head.ask_again(enrolment=row, actor=me, email=email, version=version)
    with pytest.raises(MentoringError, match="do not coordinate"):
        head.ask_again(enrolment=row, actor=scenes.user("Stranger"), email=HEAD, version=row.version)
    assert sent() == before


def test_ask_again__after_a_no__only_the_coordinator_may(row: Enrolment) -> None:
    Client().post(path_in_last_mail(), {"answer": "no"})
    row.refresh_from_db()
    with pytest.raises(MentoringError, match="talk to the coordinator"):
        head.ask_again(enrolment=row, actor=row.profile.user, email="friend@example.org", version=row.version)
    coordinator = row.cohort.programme.grants.get(role="coordinator").user
    head.ask_again(enrolment=row, actor=coordinator, email="new.head@example.org", version=row.version)
    row.refresh_from_db()
    assert row.head_support == HeadSupport.ASKED


def test_page__applicant_withdrew__nothing_is_needed_any_more(row: Enrolment) -> None:
    services.withdraw(enrolment=row, actor=row.profile.user)
    path = path_in_last_mail()
    assert "Nobody needs anything from you" in Client().get(path).content.decode()
    assert Client().post(path, {"answer": "yes"}).status_code == 422


def test_page__guessed_tokens__are_404_alike_and_after_many_tries_right_ones_too(row: Enrolment) -> None:
    right = path_in_last_mail()
    wrong = reverse("mentoring:link_head_support", args=["guess"])
    client = Client(REMOTE_ADDR="192.0.2.7")
    assert client.get(right).status_code == 200
    assert {client.get(wrong).status_code for _ in range(tries.TRIES)} == {404}
    assert client.get(right).status_code == 404
    assert Client(REMOTE_ADDR="192.0.2.8").get(right).status_code == 200


def test_mail__of_heads__goes_out(row: Enrolment, mailoutbox: Any) -> None:
    from mentoring.messages.sending import send_due

    send_due()
    assert [mail.to for mail in mailoutbox] == [[HEAD]]
    assert Outbox.objects.get().state == OutboxState.SENT
