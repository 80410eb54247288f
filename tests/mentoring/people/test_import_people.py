"""People from files: what a row becomes, and what never happens."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.storage import storages
from django.utils import timezone

from core.models import User
from mentoring.errors import MentoringError
from mentoring.people.import_models import ImportJob, ImportState, RowFate
from mentoring.people.imports import services, work
from mentoring.people.models import (
    Direction,
    Interest,
    InterestGroup,
    Organisation,
    OrganisationKind,
    Profile,
    RoleFamily,
    RoleLevel,
)
from mentoring.programmes.models import Cohort, CoordinatorGrant, Enrolment, Programme
from mentoring.programmes.services import enrol, withdraw
from mentoring.trust.models import AuditEvent
from tests.mentoring import scenes

from .files import PEOPLE_HEADINGS, csv_bytes, people_file, person, upload, xlsx_bytes


@pytest.fixture(autouse=True)
def vocabulary(db: None) -> None:
    Organisation.objects.create(name="Hillside Primary", kind=OrganisationKind.SCHOOL, urn="100001")
    RoleLevel.objects.create(label="Teacher", family=RoleFamily.TEACHING, rank=20, aliases=["Class teacher"])
    RoleLevel.objects.create(label="Subject leader", family=RoleFamily.TEACHING, rank=30, aliases=["Maths lead"])
    for label, synonyms in (("Coaching", []), ("Maths and numeracy", ["Maths"]), ("Equality, diversity", ["EDI"])):
        Interest.objects.create(label=label, group=InterestGroup.LEADERSHIP, synonyms=synonyms)


@pytest.fixture
def admin(make_user: Callable[..., User]) -> User:
    return make_user("admin@example.org", is_superuser=True)


@pytest.fixture
def programme() -> Programme:
    trust = Organisation.objects.create(name="A trust", kind=OrganisationKind.TRUST)
    return Programme.objects.create(title="Leaders", slug="leaders", owner_org=trust, contact_email="lead@example.org")


@pytest.fixture
def cohort(programme: Programme) -> Cohort:
    today = timezone.localdate()
    return Cohort.objects.create(
        programme=programme, name="Autumn", state="open", apply_from=today, apply_to=today + dt.timedelta(30),
        start=today + dt.timedelta(40), end=today + dt.timedelta(200),
    )  # fmt: skip


@pytest.fixture
def coordinator(make_user: Callable[..., User], programme: Programme) -> User:
    user = make_user("coordinator@example.org")
    CoordinatorGrant.objects.create(programme=programme, user=user)
    return user


def preview(*rows: list[str], actor: Any = None, file: Any = None, **options: Any) -> ImportJob:
    job = services.upload(kind="people", file=file or people_file(*rows), actor=actor, **options)
    return services.request_preview(job=job, actor=actor)


def apply(*rows: list[str], actor: Any = None, **options: Any) -> ImportJob:
    job = preview(*rows, actor=actor, **options)
    return services.request_apply(job=job, actor=actor, agreement_held="cohort" in options)


def test_people__new_row__makes_user_without_password_profile_and_interests() -> None:
    row = person(**{"Next step": "Subject leader", "Interests": "Coaching (3); maths", "Can help with": "EDI: 1"})
    job = apply(row)
    assert (job.state, job.counts) == (ImportState.APPLIED, {"new": 1})
    profile = Profile.objects.get()
    user: Any = profile.user
    assert (user.email, user.name, user.has_usable_password()) == ("amara@example.org", "Amara Obi", False)
    assert not (user.is_superuser or user.groups.exists() or user.user_permissions.exists())
    assert (str(profile.organisation), profile.job_title) == ("Hillside Primary", "Class teacher")
    assert (str(profile.role_level), str(profile.aspiration_level)) == ("Teacher", "Subject leader")
    assert {(i.interest.label, i.direction, i.strength) for i in profile.profile_interests.all()} == {
        ("Coaching", Direction.SEEK, 3),
        ("Maths and numeracy", Direction.SEEK, 2),
        ("Equality, diversity", Direction.OFFER, 1),
    }


def test_people__preview__writes_nothing() -> None:
    job = preview(person())
    assert [row.fate for row in job.rows.all()] == [RowFate.NEW]
    assert not Profile.objects.exists()
    assert not User.objects.exists()


def test_people__same_file_twice__changes_nothing() -> None:
    row = person(**{"Interests": "Coaching (3)", "Line manager": "boss@example.org"})
    apply(row)
    events = AuditEvent.objects.filter(object_type="mentoring.profile").count()
    assert apply(row).counts == {"unchanged": 1}
    assert AuditEvent.objects.filter(object_type="mentoring.profile").count() == events


def test_people__apply_clicked_twice__applies_once() -> None:
    job = preview(person())
    services.request_apply(job=job, actor=None)
    assert services.request_apply(job=job, actor=None).state == ImportState.APPLIED
    assert Profile.objects.count() == 1


def test_people__capitals_in_the_address__are_the_same_person() -> None:
    apply(person(email="Amara@Example.ORG "))
    job = preview(person(email="AMARA@example.org", name="Amara Obi-Hall"))
    row = job.rows.get()
    assert (row.fate, row.changes) == (RowFate.CHANGED, [["Name", "Amara Obi", "Amara Obi-Hall"]])
    services.request_apply(job=job, actor=None)
    assert User.objects.get().email == "amara@example.org"


def test_people__repeated_in_the_file__first_good_row_counts() -> None:
    job = preview(person(name=""), person(), person(email="AMARA@example.org"))
    fates = {row.line: row for row in job.rows.all()}
    assert [fates[line].fate for line in (2, 3, 4)] == [RowFate.ERROR, RowFate.NEW, RowFate.DUPLICATE]
    assert fates[4].messages == ["The same person stands on line 3, which counts."]


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        (person(name=""), "The name is missing."),
        (person(email=""), "The work e-mail is missing."),
        (person(email="amara at example"), "“amara at example” is not an e-mail address."),
        (person(email="a@example.org\nBcc: all@example.org"), "is not an e-mail address."),
        (person(name="x" * 301), "Name has 301 characters; 300 is the most."),
        (person(School=""), "The organisation is missing."),
        (person(**{"Job title": ""}), "Both the job title and the role level are missing."),
        (person(**{"Line manager": "Amara@example.org"}), "as their own line manager."),
        (person(**{"Line manager": "Mrs Head"}), "is not the e-mail address of a line manager."),
        (person(Interests="Coaching (9)"), "How much “Coaching” matters is 1, 2 or 3, not 9."),
    ],
)
def test_people__faulty_row__is_an_error_with_a_sentence(row: list[str], sentence: str) -> None:
    job = preview(row)
    found = job.rows.get()
    assert found.fate == RowFate.ERROR
    assert sentence in found.messages[0]
    services.request_apply(job=job, actor=None)
    assert not User.objects.exists()


@pytest.mark.parametrize(
    "name", ["李", "محمد عبد الله", "Zoë 🎭 Núñez", "=HYPERLINK(1)", "<script>x</script>", "x" * 300]
)
def test_people__any_name__is_kept_as_it_is(name: str) -> None:
    apply(person(name=name))
    assert Profile.objects.get().display_name == name


def test_people__spreadsheet__is_as_good_as_csv() -> None:
    job = preview(file=upload(xlsx_bytes([PEOPLE_HEADINGS, person()]), "people.xlsx"))
    assert job.counts == {"new": 1}


def test_people__unknown_words__wait_for_an_answer_and_are_remembered() -> None:
    row = person(School="Hillside Prim.", Interests="Coching; Story sacks")
    job = preview(row)
    assert job.rows.get().fate == RowFate.UNKNOWN
    assert {kind: sorted(words) for kind, words in job.choices.items()} == {
        "organisation": ["hillside prim"], "topic": ["coching", "story sacks"],
    }  # fmt: skip
    school, coaching = Organisation.objects.get(urn="100001"), Interest.objects.get(label="Coaching")
    services.answer(
        job=job,
        actor=None,
        answers=[
            ("organisation", "hillside prim", {"use": school.pk}),
            ("topic", "coching", {"use": coaching.pk}),
            ("topic", "story sacks", {"create": {"group": "subject"}}),
        ],
    )
    job = services.request_preview(job=ImportJob.objects.get(), actor=None)
    assert job.counts == {"new": 1}
    assert not Interest.objects.filter(label="Story sacks").exists()
    services.request_apply(job=job, actor=None)
    school.refresh_from_db()
    coaching.refresh_from_db()
    assert (school.aliases, coaching.synonyms) == (["Hillside Prim."], ["Coching"])
    assert Interest.objects.get(label="Story sacks").group == InterestGroup.SUBJECT
    assert preview(row).counts == {"unchanged": 1}


def test_people__unknown_words_without_answer__rows_stay_behind() -> None:
    job = apply(person(School="Nowhere"), person("Bo", "bo@example.org"))
    assert job.state == ImportState.APPLIED
    assert list(Profile.objects.values_list("display_name", flat=True)) == ["Bo"]
    assert [row.fate for row in job.rows.all()] == [RowFate.UNKNOWN]


def test_people__two_schools_of_one_name__are_told_apart_or_asked() -> None:
    twin = Organisation.objects.create(name="Hillside Primary", kind=OrganisationKind.SCHOOL, postcode="E1 4NS")
    assert preview(person()).counts == {"unknown": 1}
    apply(person(School="Hillside Primary, E1 4NS"), person("Bo", "bo@example.org", School="100001"))
    assert Profile.objects.get(display_name="Amara Obi").organisation == twin
    assert Profile.objects.get(display_name="Bo").organisation.urn == "100001"


def test_people__line_manager__is_linked_now_or_when_they_come() -> None:
    apply(person(**{"Line manager": "Boss@example.org"}))
    assert Profile.objects.get().line_manager_email == "boss@example.org"
    apply(person("The Boss", "boss@example.org"))
    report = Profile.objects.get(display_name="Amara Obi")
    assert (str(report.line_manager), report.line_manager_email) == ("The Boss", "")
    apply(person("Cy", "cy@example.org", **{"Line manager": "dee@example.org"}), person("Dee", "dee@example.org"))
    assert str(Profile.objects.get(display_name="Cy").line_manager) == "Dee"


def test_people__wrote_their_own_profile__import_leaves_it_unless_told() -> None:
    apply(person())
    Profile.objects.update(bio="Mine", job_title="Art lead", edited_by_member_at=timezone.now())
    job = preview(person())
    assert job.rows.get().fate == RowFate.UNCHANGED
    assert "written their profile themselves" in job.rows.get().messages[0]
    apply(person(), update_existing=True)
    profile = Profile.objects.get()
    assert (profile.job_title, profile.bio) == ("Class teacher", "Mine")


def test_people__member_of_another_trust__is_not_changed_by_a_coordinator(coordinator: User) -> None:
    apply(person())
    job = apply(person(name="Defaced"), actor=coordinator, update_existing=True)
    assert job.counts == {"unchanged": 1}
    assert Profile.objects.get().display_name == "Amara Obi"


def test_people__enrolled_first_to_be_changed_next__keep_what_they_wrote(coordinator: User, cohort: Cohort) -> None:
    apply(person())
    Profile.objects.update(edited_by_member_at=timezone.now())
    enrol(cohort=cohort, profile=Profile.objects.get(), as_role="mentee", actor=coordinator)
    job = apply(person(name="Defaced"), actor=coordinator, update_existing=True)
    assert job.counts == {"unchanged": 1}
    assert Profile.objects.get().display_name == "Amara Obi"


@pytest.mark.parametrize(("withdrawn", "elsewhere", "name"), [(0, 0, "New"), (1, 0, "Amara Obi"), (0, 1, "Amara Obi")])
def test_people__enrolled_and_not_self_written__change_unless_gone_or_shared(
    coordinator: User, cohort: Cohort, withdrawn: int, elsewhere: int, name: str
) -> None:
    apply(person())
    row = enrol(cohort=cohort, profile=Profile.objects.get(), as_role="mentee", actor=coordinator)
    if withdrawn:
        withdraw(enrolment=row, actor=coordinator, version=row.version)
    if elsewhere:
        other = scenes.programme_with_cohort()
        scenes.enrolled(other, row.profile, "mentee")
    apply(person(name="New"), actor=coordinator)
    assert Profile.objects.get(pk=row.profile_id).display_name == name


def test_people__upload_of_somebody_else__cannot_be_touched(coordinator: User, make_user: Callable[..., User]) -> None:
    job = preview(person(), actor=coordinator)
    other = make_user("other@example.org")
    CoordinatorGrant.objects.create(programme=Programme.objects.get(), user=other)
    for verb in (services.request_apply, services.request_preview, services.discard):
        with pytest.raises(MentoringError, match="Somebody else uploaded"):
            verb(job=job, actor=other)
    job.refresh_from_db()
    assert job.state == ImportState.PREVIEWED
    assert not Profile.objects.exists()


def test_people__closed_account__is_not_opened_again() -> None:
    apply(person())
    User.objects.update(is_active=False)
    assert preview(person(name="Other")).rows.get().fate == RowFate.ERROR
    assert not User.objects.get().is_active


def test_people__enrol_as__enrols_once_into_the_cohort(coordinator: User, cohort: Cohort) -> None:
    headings = ["Name", "E-mail", "School", "Job title", "Enrol as", "Goals", "Places"]
    content = csv_bytes([headings, ["Ann", "ann@example.org", "100001", "Teacher", "both", "Lead maths", "2"]])
    for counts in ({"new": 1, "enrolled": 2}, {"unchanged": 1}):
        job = preview(file=upload(content), actor=coordinator, cohort=cohort)
        assert services.request_apply(job=job, actor=coordinator, agreement_held=True).counts == counts
    assert {(e.as_role, e.state, e.capacity, e.goals) for e in Enrolment.objects.all()} == {
        ("mentee", "eligible", 1, "Lead maths"), ("mentor", "eligible", 2, ""),
    }  # fmt: skip


def test_people__cohort_of_another_programme__is_refused(make_user: Callable[..., User], cohort: Cohort) -> None:
    other = make_user("other@example.org")
    org = Organisation.objects.create(name="Other", kind=OrganisationKind.TRUST)
    programme = Programme.objects.create(title="O", slug="o", owner_org=org, contact_email="o@example.org")
    CoordinatorGrant.objects.create(programme=programme, user=other)
    with pytest.raises(MentoringError, match="do not coordinate this cohort"):
        preview(person(), actor=other, cohort=cohort)
    assert not ImportJob.objects.exists()


def test_people__member_without_grant__may_not_import(make_user: Callable[..., User]) -> None:
    with pytest.raises(MentoringError, match="may not import"):
        preview(person(), actor=make_user())


def test_people__expired_grant__may_not_import(coordinator: User) -> None:
    CoordinatorGrant.objects.update(expires_on=timezone.localdate() - dt.timedelta(1))
    with pytest.raises(MentoringError, match="may not import"):
        preview(person(), actor=coordinator)


def test_people__changed_since_the_preview__is_shown_again(admin: User) -> None:
    job = preview(person(), person("Bo", "bo@example.org"), actor=admin)
    apply(person("Bo Elsewhere", "bo@example.org"), actor=admin)
    job = services.request_apply(job=job, actor=admin)
    assert job.state == ImportState.PREVIEWED
    assert [row.key for row in job.rows.filter(moved=True)] == ["bo@example.org"]
    assert not Profile.objects.filter(display_name="Amara Obi").exists()


def test_people__stored_file_changed__is_refused(settings: Any) -> None:
    job = preview(person())
    with storages["private"].open(job.file_key, "wb") as stream:
        stream.write(csv_bytes([PEOPLE_HEADINGS, person("Forged", "forged@example.org")]))
    job = services.request_apply(job=job, actor=None)
    assert job.state == ImportState.REFUSED
    assert "not the one that was previewed" in job.message
    assert not User.objects.exists()


def test_people__applied_or_discarded__file_and_rows_are_gone(django_capture_on_commit_callbacks: Any) -> None:
    def stored() -> list[str]:
        try:
            return storages["private"].listdir("mentoring/imports")[1]
        except FileNotFoundError:
            return []

    one, two = preview(person()), preview(person("Bo", "bo@example.org"))
    assert len(stored()) == 2
    with django_capture_on_commit_callbacks(execute=True):
        services.request_apply(job=one, actor=None)
        services.discard(job=two, actor=None)
    assert stored() == []
    assert not one.rows.exists()
    assert not two.rows.exists()


def test_people__too_large__is_refused_without_reading_it(settings: Any) -> None:
    class Huge:
        name, size = "people.csv", 300 * 1024 * 1024

        def chunks(self) -> Any:
            raise AssertionError("read")

    with pytest.raises(MentoringError, match="300 MB; 60 MB is the most"):
        services.upload(kind="people", file=Huge(), actor=None)  # type: ignore[arg-type]  # never gets to be read
    assert not ImportJob.objects.exists()


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "empty"),
        (b"\x00\x01\x02\x03" * 100, "not text"),
        (b"Name\nAnn\n", "one column only"),
        (b"Name,Work e-mail,Name\nA,b,c\n", "Two columns have the heading"),
    ],
)
def test_people__useless_file__leaves_nothing_behind(content: bytes, sentence: str) -> None:
    with pytest.raises(MentoringError, match=sentence):
        services.upload(kind="people", file=upload(content), actor=None)
    assert not ImportJob.objects.exists()
    storage = storages["private"]
    assert not storage.exists("mentoring/imports") or storage.listdir("mentoring/imports")[1] == []


def test_people__wrong_headings__are_asked_for() -> None:
    file = upload(csv_bytes([["A", "B", "C"], ["Ann", "ann@example.org", "Hillside Primary"]]))
    job = services.upload(kind="people", file=file, actor=None)
    with pytest.raises(MentoringError, match="choose the column for: Name, Work e-mail, Organisation"):
        services.request_preview(job=job, actor=None)
    with pytest.raises(MentoringError, match="chosen for two things"):
        services.set_mapping(job=job, mapping={"name": "A", "email": "B", "organisation": "B"}, actor=None)
    services.set_mapping(job=job, mapping={"name": "A", "email": "B", "organisation": "C"}, actor=None)


def test_people__large_file__waits_for_the_worker(settings: Any) -> None:
    settings.MENTORING_IMPORT_INLINE_BYTES = 10
    job = preview(person())
    assert job.state == ImportState.QUEUED
    assert work.run_due_imports() == 1
    job.refresh_from_db()
    assert (job.state, job.counts, job.lease_token) == (ImportState.PREVIEWED, {"new": 1}, "")
    job = services.request_apply(job=job, actor=None)
    assert work.run_due_imports() == 1
    job.refresh_from_db()
    assert job.state == ImportState.APPLIED
    assert work.run_due_imports() == 0


def test_people__worker_died__another_takes_over_and_three_deaths_end_it(settings: Any, monkeypatch: Any) -> None:
    settings.MENTORING_IMPORT_INLINE_BYTES = 10
    job = preview(person())

    def dies(*args: Any, **options: Any) -> None:
        raise RuntimeError("killed")

    with monkeypatch.context() as patch:
        patch.setattr(work, "run", dies)
        work.run_due_imports()
        assert work.run_due_imports() == 0  # leased for a while
        ImportJob.objects.update(lease_until=timezone.now() - dt.timedelta(1))
        work.run_due_imports()
    ImportJob.objects.update(lease_until=timezone.now() - dt.timedelta(1))
    work.run_due_imports()
    job.refresh_from_db()
    assert job.state == ImportState.PREVIEWED
    ImportJob.objects.update(state=ImportState.QUEUED, attempts=3)
    work.run_due_imports()
    job.refresh_from_db()
    assert job.state == ImportState.REFUSED
    assert "Nothing was applied" in job.message


def test_people__nobody_came_back__is_let_go_after_two_weeks() -> None:
    job = preview(person())
    assert work.sweep(now=timezone.now() + dt.timedelta(days=13)) == 0
    assert work.sweep(now=timezone.now() + dt.timedelta(days=15)) == 1
    job.refresh_from_db()
    assert job.state == ImportState.DISCARDED
    assert not job.rows.exists()


@pytest.mark.parametrize("rows", [3, 30])
def test_people__preview_queries__do_not_grow_with_rows(rows: int, django_assert_max_num_queries: Any) -> None:
    people = [person(f"P {n}", f"p{n}@example.org", Interests="Coaching; Maths") for n in range(rows)]
    job = services.upload(kind="people", file=people_file(*people), actor=None)
    with django_assert_max_num_queries(22):  # job, thesaurus, organisations, users, profiles, rows; savepoints
        services.request_preview(job=job, actor=None)
