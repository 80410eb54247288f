"""Coordinators of one programme see and touch nothing of another's: every address of the admin, both ways of asking."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from wagtail.documents import get_document_model
from wagtail.images import get_image_model
from wagtail.images.tests.utils import get_test_image_file
from wagtail.models import Page, PageViewRestriction
from wagtail.permissions import policy_registry

from mentoring.models import AuditEvent, Cohort, Enrolment, ImportJob, Outbox, Programme, Proposal
from mentoring.programmes.grants import coordinators_group
from mentoring.proposals.services import decline
from mentoring.trust import access
from mentoring.trust.exports import neutral
from mentoring.trust.registration import POLICIES
from tests.mentoring import scenes
from tests.signing_in import staff_client_of

pytestmark = pytest.mark.django_db

KINDS = ("cohort", "enrolment", "proposal", "run", "outbox", "programme", "grant", "audit")


@pytest.fixture
def mine() -> scenes.Scene:
    return _with_mail(scenes.with_proposals(1, title="Mine"))


@pytest.fixture
def theirs() -> scenes.Scene:
    return _with_mail(scenes.with_proposals(1, title="Theirs"))


def _with_mail(scene: scenes.Scene) -> scenes.Scene:
    from mentoring.programmes.services import tell

    tell(scene.mentees[0], "match_ended", key=f"test:{scene.programme.pk}")
    return scene


def addresses_of(scene: scenes.Scene) -> list[tuple[str, dict[str, Any]]]:
    """Every address about one row of a scene, with a form that would change it."""
    pair = Proposal.objects.get(cohort=scene.cohort)
    message = Outbox.objects.get(programme=scene.programme)
    grant = scene.programme.grants.get(user=scene.coordinator)
    assert scene.run is not None
    decide = {"version": 1, "note": "no"}
    return [
        (reverse("mentoring_cohort:board", args=[scene.cohort.pk]), {"do": "run"}),
        (reverse("mentoring_cohort:edit", args=[scene.cohort.pk]), {"name": "Taken over", "version": 1}),
        (reverse("mentoring_cohort:history", args=[scene.cohort.pk]), {}),
        (reverse("mentoring_cohort:history_results", args=[scene.cohort.pk]), {}),
        (reverse("mentoring_cohort:usage", args=[scene.cohort.pk]), {}),
        (reverse("mentoring_cohort:delete", args=[scene.cohort.pk]), {}),
        (reverse("mentoring_programme:edit", args=[scene.programme.pk]), {"title": "Taken over", "version": 1}),
        (reverse("mentoring_programme:delete", args=[scene.programme.pk]), {}),
        (reverse("mentoring_programme:history", args=[scene.programme.pk]), {}),
        (reverse("mentoring_programme:usage", args=[scene.programme.pk]), {}),
        (reverse("mentoring_enrolment:decide", args=[scene.mentees[0].pk]), {"do": "decline", **decide}),
        (reverse("mentoring_proposal:pair", args=[pair.pk]), {"do": "approve", **decide}),
        (reverse("mentoring_run:detail", args=[scene.run.pk]), {"do": "cancel"}),
        (reverse("mentoring_run:pack", args=[scene.run.pk]), {}),
        (reverse("mentoring_outbox:message", args=[message.pk]), {"do": "again"}),
        (reverse("mentoring_grant:delete", args=[grant.pk]), {}),
    ]


def test_rows__of_another_programme__answer_404_and_nothing_changes(mine: scenes.Scene, theirs: scenes.Scene) -> None:
    trail = AuditEvent.objects.count()
    for who in (mine.coordinator, mine.owner):
        client = staff_client_of(who)
        for address, form in addresses_of(theirs):
            assert client.get(address).status_code == 404, address
            assert client.post(address, form).status_code in (404, 405), address
    assert AuditEvent.objects.count() == trail
    assert Proposal.objects.get(cohort=theirs.cohort).version == 1


def test_rows__absent__answer_exactly_like_forbidden(mine: scenes.Scene, theirs: scenes.Scene) -> None:
    client = staff_client_of(mine.coordinator)
    forbidden = client.get(reverse("mentoring_proposal:pair", args=[Proposal.objects.get(cohort=theirs.cohort).pk]))
    absent = client.get(reverse("mentoring_proposal:pair", args=[999_999]))
    assert (forbidden.status_code, forbidden.content) == (absent.status_code, absent.content)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("export", ["", "csv", "xlsx"])
def test_lists_and_exports__show_only_ones_own(
    mine: scenes.Scene, theirs: scenes.Scene, kind: str, export: str
) -> None:
    client = staff_client_of(mine.owner)
    address = reverse(f"mentoring_{kind}:index")
    answer = client.get(address, {"export": export} if export else {})
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    assert answer.status_code == 200
    if export == "xlsx":
        import io

        from openpyxl import load_workbook

        sheet = load_workbook(io.BytesIO(content)).active
        content = "\n".join(str(cell) for row in sheet.iter_rows(values_only=True) for cell in row).encode()
    text = content.decode()
    assert "Theirs" not in text
    assert theirs.mentees[0].profile.user.email not in text
    assert kind in ("audit", "run") or "Mine" in text or mine.mentees[0].profile.display_name in text


def test_lists__filters_offer_only_ones_own_rows(mine: scenes.Scene, theirs: scenes.Scene) -> None:
    client = staff_client_of(mine.coordinator)
    for kind in ("enrolment", "proposal", "cohort"):
        page = client.get(reverse(f"mentoring_{kind}:index")).content.decode()
        assert "Theirs" not in page
    page = client.get(reverse("mentoring_enrolment:index"), {"cohort": theirs.cohort.pk}).content.decode()
    assert theirs.mentees[0].profile.organisation.name not in page


def test_forms__ids_from_outside_the_offered_rows__are_refused(mine: scenes.Scene, theirs: scenes.Scene) -> None:
    client = staff_client_of(mine.owner)
    somebody = scenes.person("New Person")
    before = Enrolment.objects.count()
    form = {
        "cohort": theirs.cohort.pk,
        "as_role": "mentee",
        "capacity": 1,
        "email": somebody.user.email,
        "agreed": "on",
    }
    assert client.post(reverse("mentoring_enrolment:add"), form).status_code == 200
    assert Enrolment.objects.count() == before
    form = {"programme": theirs.programme.pk, "role": "owner", "email": mine.owner.email}
    assert client.post(reverse("mentoring_grant:add"), form).status_code == 200
    assert not theirs.programme.grants.filter(user=mine.owner).exists()
    pick = Proposal.objects.get(cohort=theirs.cohort)
    answer = client.post(reverse("mentoring_proposal:bulk"), {"pick": [f"{pick.pk}:1", "x", "-1:2", "9" * 30]})
    assert answer.status_code == 302


@pytest.mark.parametrize("who", ["member", "mentee", "expired", "deactivated"])
def test_admin__people_without_a_live_grant__do_not_get_in(mine: scenes.Scene, who: str) -> None:
    import datetime as dt

    from django.utils import timezone

    user = {
        "member": lambda: scenes.user("Some Member"),
        "mentee": lambda: mine.mentees[0].profile.user,
        "expired": lambda: mine.coordinator,
        "deactivated": lambda: mine.coordinator,
    }[who]()
    client = staff_client_of(user)
    if who == "expired":
        mine.programme.grants.filter(user=user).update(expires_on=timezone.localdate() - dt.timedelta(days=1))
    if who == "deactivated":
        user.is_active = False
        user.save()
    for address, form in addresses_of(mine):
        assert client.get(address).status_code in (302, 404), address
        assert client.post(address, form).status_code in (302, 404, 405), address
    assert Proposal.objects.get(cohort=mine.cohort).version == 1


def test_coordinator__who_takes_part__sees_nothing_of_own_rows(mine: scenes.Scene) -> None:
    profile = mine.mentees[0].profile
    profile.user = mine.coordinator
    profile.save()
    client = staff_client_of(mine.coordinator)
    for address, form in addresses_of(mine):
        if "proposals" in address or "applications" in address:
            assert client.get(address).status_code == 404, address
            assert client.post(address, form).status_code == 404, address
    for kind in ("enrolment", "proposal"):
        assert profile.display_name not in client.get(reverse(f"mentoring_{kind}:index")).content.decode()
    assert not access.proposals_for(mine.coordinator).exists()
    assert access.proposals_for(mine.owner).exists()


def test_owner__who_takes_part__does_not_read_why_others_decided_about_them(mine: scenes.Scene) -> None:
    pair = Proposal.objects.get(cohort=mine.cohort)
    decline(proposal=pair, actor=mine.coordinator, version=pair.version, note="Not yet a good listener.")
    address = reverse("mentoring_audit:index")
    assert "Not yet a good listener." in staff_client_of(mine.owner).get(address).content.decode()
    profile = mine.mentees[0].profile
    profile.user = mine.owner
    profile.save()
    for query in ({}, {"export": "csv"}):
        answer = staff_client_of(mine.owner).get(address, query)
        text = b"".join(answer.streaming_content) if answer.streaming else answer.content  # type: ignore[attr-defined]
        assert "Not yet a good listener." not in text.decode(), query


def test_import__cohort_of_another_programme__is_refused_and_nothing_is_kept(
    mine: scenes.Scene, theirs: scenes.Scene
) -> None:
    file = SimpleUploadedFile("p.csv", b"Name,E-mail,School\nAnn,ann@example.org,1\n", "text/csv")
    form = {"kind": "people", "file": file, "cohort": theirs.cohort.pk}
    assert staff_client_of(mine.coordinator).post(reverse("mentoring_import:upload"), form).status_code == 422
    assert not ImportJob.objects.exists()


def test_bulk__pairs_of_two_programmes__only_ones_own_is_approved(mine: scenes.Scene, theirs: scenes.Scene) -> None:
    own, other = Proposal.objects.get(cohort=mine.cohort), Proposal.objects.get(cohort=theirs.cohort)
    form = {"do": "confirm", "pick": [f"{other.pk}:{other.version}", f"{own.pk}:{own.version}"]}
    page = staff_client_of(mine.coordinator).post(reverse("mentoring_proposal:bulk"), form)
    assert page.status_code == 200
    assert reverse("mentoring_proposal:pair", args=[other.pk]) not in page.content.decode()
    own.refresh_from_db()
    other.refresh_from_db()
    assert (own.state, other.state, other.version) == ("approved", "draft", 1)


def test_cohort__form_with_another_programme__stays_where_it_is(mine: scenes.Scene, theirs: scenes.Scene) -> None:
    form = {
        "programme": theirs.programme.pk,
        "name": "Winter",
        **{name: getattr(mine.cohort, name) for name in ("apply_from", "apply_to", "start", "end")},
    }
    client = staff_client_of(mine.owner)
    client.post(reverse("mentoring_cohort:add"), form)
    assert not Cohort.objects.filter(name="Winter").exists()
    client.post(reverse("mentoring_cohort:edit", args=[mine.cohort.pk]), {**form, "version": mine.cohort.version})
    assert Cohort.objects.get(name="Winter").programme_id == mine.programme.pk


def test_programme__title_on_two_lines__is_refused(mine: scenes.Scene) -> None:
    form = {"title": "Leading\nBcc: all@example.org", "contact_email": "a@example.org", "active": "on", "version": 1}
    page = staff_client_of(mine.owner).post(reverse("mentoring_programme:edit", args=[mine.programme.pk]), form)
    assert "Please write this on one line." in page.content.decode()
    assert Programme.objects.get(pk=mine.programme.pk).title == "Mine"


def test_coordinator__page_chooser__offers_published_pages_only(mine: scenes.Scene) -> None:
    root = Page.objects.get(depth=1)
    front = root.add_child(instance=Page(title="Front door"))
    front.add_child(instance=Page(title="Seen by all"))
    front.add_child(instance=Page(title="Still a draft", live=False))
    hidden = front.add_child(instance=Page(title="Behind a password"))
    PageViewRestriction.objects.create(page=hidden, restriction_type="login")
    for address in (f"/admin/choose-page/{front.pk}/", "/admin/choose-page/search/?q=e", "/admin/api/main/pages/"):
        page = staff_client_of(mine.owner).get(address).content.decode()
        assert "Still a draft" not in page, address
        assert "Behind a password" not in page, address
    assert "Seen by all" in staff_client_of(mine.owner).get(f"/admin/choose-page/{front.pk}/").content.decode()
    mine.owner.is_superuser = True
    mine.owner.save()
    assert "Still a draft" in staff_client_of(mine.owner).get(f"/admin/choose-page/{front.pk}/").content.decode()


@pytest.mark.parametrize("kind", ["documents", "images"])
def test_coordinator__choosers_of_files__are_empty(mine: scenes.Scene, kind: str) -> None:
    get_document_model().objects.create(title="Staff plan", file=ContentFile(b"%PDF-1.7", name="plan.pdf"))
    get_image_model().objects.create(title="Staff photo", file=get_test_image_file())
    for user, shown in ((mine.coordinator, False), (scenes.user("Ada", is_superuser=True), True)):
        page = staff_client_of(user).get(f"/admin/{kind}/chooser/").content.decode()
        assert ("Staff plan" in page or "Staff photo" in page) is shown


def test_coordinator__wagtails_own_screens__stay_closed(mine: scenes.Scene) -> None:
    client = staff_client_of(mine.coordinator)
    home = client.get(reverse("wagtailadmin_home"))
    assert home.status_code == 200
    menu = home.content.decode()
    for word in ("/admin/images/", "/admin/documents/", "/admin/users/", "/admin/settings/"):
        assert f'"{word}"' not in menu, word
    for address in ("/admin/images/", "/admin/documents/", "/admin/users/", "/admin/groups/"):
        assert client.get(address).status_code in (302, 403, 404), address
    permissions = coordinators_group().permissions.values_list("codename", flat=True)
    assert list(permissions) == ["access_admin"]


def test_site_history__of_another_programme__is_not_shown_to_coordinators(
    mine: scenes.Scene, theirs: scenes.Scene
) -> None:
    owner = staff_client_of(theirs.owner)
    form = {
        "name": "Renamed",
        "version": 1,
        **{field: getattr(theirs.cohort, field).isoformat() for field in ("apply_from", "apply_to", "start", "end")},
    }
    assert owner.post(reverse("mentoring_cohort:edit", args=[theirs.cohort.pk]), form).status_code == 302
    answer = staff_client_of(mine.coordinator).get(reverse("wagtailadmin_reports:site_history"))
    assert answer.status_code == 302 or "Renamed" not in answer.content.decode()


def test_edit__cohort_saved_meanwhile__answers_409_and_keeps_what_was_typed(mine: scenes.Scene) -> None:
    address = reverse("mentoring_cohort:edit", args=[mine.cohort.pk])
    form = {
        "version": 1,
        **{field: getattr(mine.cohort, field).isoformat() for field in ("apply_from", "apply_to", "start", "end")},
    }
    assert staff_client_of(mine.owner).post(address, {**form, "name": "First"}).status_code == 302
    late = staff_client_of(mine.coordinator).post(address, {**form, "name": "Second"})
    page = late.content.decode()
    assert late.status_code == 409
    assert "Somebody saved this after you opened it" in page
    assert "Now saved here: First." in page
    assert 'value="Second"' in page
    mine.cohort.refresh_from_db()
    assert (mine.cohort.name, mine.cohort.version) == ("First", 2)
    assert AuditEvent.objects.filter(action="mentoring.cohort.changed").count() == 1


def test_policies__are_the_registered_ones() -> None:
    for policy in POLICIES:
        assert policy_registry.get_by_type(policy.model) is policy


def test_policy__users_with_permission__are_those_with_a_live_grant(mine: scenes.Scene, theirs: scenes.Scene) -> None:
    policy = policy_registry.get_by_type(Programme)
    assert set(policy.users_with_permission("change")) == {mine.owner, theirs.owner}
    assert set(policy.users_with_permission_for_instance("change", mine.programme)) == {mine.owner}
    assert policy.user_has_permission_for_instance(mine.coordinator, "view", mine.programme)
    assert not policy.user_has_permission_for_instance(mine.coordinator, "change", mine.programme)


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", " =1", "\r=1", "＝1+1"])
def test_neutral__text_that_starts_like_a_formula__becomes_text(text: str) -> None:
    assert neutral(text) == "'" + text


@pytest.mark.parametrize("value", ["Ann", "a=b", "", 5, -5, None, 1.5])
def test_neutral__everything_else__is_left_alone(value: Any) -> None:
    assert neutral(value) == value


def test_export__a_formula_in_a_name__is_neutral_in_ours_and_in_wagtails_own(mine: scenes.Scene) -> None:
    from wagtail.contrib.redirects.models import Redirect

    profile = mine.mentees[0].profile
    profile.display_name = '=HYPERLINK("https://example.org")'
    profile.save()
    answer = staff_client_of(mine.owner).get(reverse("mentoring_proposal:index"), {"export": "csv"})
    assert "'=HYPERLINK" in b"".join(answer.streaming_content).decode()
    Redirect.objects.create(old_path="/a", redirect_link="=cmd|' /C calc'!A0")
    admin = scenes.user("Root Admin", is_superuser=True)
    answer = staff_client_of(admin).get(reverse("wagtailredirects:index"), {"export": "csv"})
    assert "'=cmd" in b"".join(answer.streaming_content).decode()
