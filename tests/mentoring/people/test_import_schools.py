"""Schools from the register."""

from __future__ import annotations

import pytest

from core.models import User
from mentoring.errors import MentoringError
from mentoring.people.import_models import ImportJob, ImportKind, ImportState, RowFate
from mentoring.people.imports import services
from mentoring.people.models import Organisation, OrganisationKind

from .files import csv_bytes, gias_file, upload

pytestmark = pytest.mark.django_db


def previewed(*rows: dict[str, str], **options: list[str]) -> ImportJob:
    job = services.upload(kind=ImportKind.SCHOOLS, file=gias_file(*rows, **options), actor=None)
    return services.request_preview(job=job, actor=None)


def applied(*rows: dict[str, str], **options: list[str]) -> ImportJob:
    return services.request_apply(job=previewed(*rows, **options), actor=None)


HILL = {
    "URN": "100001", "EstablishmentName": "St Mary’s Primary School", "Postcode": "e1 4ns",
    "LA (name)": "Tower Hamlets",
    "TypeOfEstablishment (name)": "Academy converter", "Trusts (name)": "Riverside Learning Trust", "Easting": "535000",
    "Northing": "182000", "HeadTitle (name)": "Mrs", "HeadFirstName": "Zoë", "HeadLastName": "Núñez",
}  # fmt: skip


def test_schools__new__come_with_trust_place_and_head() -> None:
    job = applied(HILL)
    school = Organisation.objects.get(urn="100001")
    assert (school.name, school.kind, school.phase, school.postcode) == (
        "St Mary’s Primary School", OrganisationKind.SCHOOL, "primary", "E1 4NS",
    )  # fmt: skip
    assert (school.easting, school.northing, school.head_name) == (535000, 182000, "Mrs Zoë Núñez")
    assert school.parent is not None
    assert (school.parent.name, school.parent.kind) == ("Riverside Learning Trust", OrganisationKind.TRUST)
    assert job.state == ImportState.APPLIED
    assert job.counts == {"new": 1, "trusts": 1}


def test_schools__same_file_again__changes_nothing() -> None:
    applied(HILL, {"URN": "100002", "EstablishmentName": "B", "Trusts (name)": "RIVERSIDE learning trust"})
    before = list(Organisation.objects.order_by("pk").values())
    job = applied(HILL, {"URN": "100002", "EstablishmentName": "B", "Trusts (name)": "RIVERSIDE learning trust"})
    assert job.counts == {"unchanged": 2}
    assert list(Organisation.objects.order_by("pk").values()) == before


def test_schools__preview__writes_nothing() -> None:
    job = previewed(HILL)
    assert job.state == ImportState.PREVIEWED
    assert not Organisation.objects.exists()


def test_schools__closed__becomes_inactive_and_is_not_deleted() -> None:
    applied(HILL)
    job = applied({**HILL, "EstablishmentStatus (name)": "Closed"})
    assert job.counts == {"changed": 1}
    assert not Organisation.objects.get(urn="100001").active


def test_schools__closed_and_unknown__is_left_out() -> None:
    job = applied({**HILL, "EstablishmentStatus (name)": "Closed"})
    assert job.counts == {"left_out": 1}
    assert not Organisation.objects.exists()


def test_schools__renamed__keeps_the_old_name_as_alias() -> None:
    applied(HILL)
    applied({**HILL, "EstablishmentName": "St Mary’s Academy"})
    assert Organisation.objects.get(urn="100001").aliases == ["St Mary’s Primary School"]


def test_schools__left_the_trust__has_no_parent_but_an_authority_stays() -> None:
    applied(HILL)
    applied({**HILL, "Trusts (name)": ""})
    school = Organisation.objects.get(urn="100001")
    assert school.parent is None
    school.parent = Organisation.objects.create(name="A borough", kind=OrganisationKind.LOCAL_AUTHORITY)
    school.save()
    assert applied({**HILL, "Trusts (name)": ""}).counts == {"unchanged": 1}


def test_schools__known_without_number__is_recognised_not_doubled() -> None:
    own = Organisation.objects.create(name="St. Marys primary school", kind=OrganisationKind.SCHOOL, postcode="E1 4NS")
    applied(HILL)
    own.refresh_from_db()
    assert own.urn == "100001"
    assert Organisation.objects.filter(kind=OrganisationKind.SCHOOL).count() == 1


def test_schools__trust_known_by_another_name__is_that_trust() -> None:
    trust = Organisation.objects.create(
        name="Riverside", kind=OrganisationKind.TRUST, aliases=["Riverside Learning Trust"]
    )
    assert "trusts" not in applied(HILL).counts
    assert Organisation.objects.get(urn="100001").parent == trust


def test_schools__other_order_and_fewer_columns__empty_nothing() -> None:
    applied(HILL)
    headings = ["EstablishmentStatus (name)", "EstablishmentName", "Extra", "URN"]
    assert applied(HILL, headings=headings).counts == {"unchanged": 1}
    school = Organisation.objects.get(urn="100001")
    assert school.postcode == "E1 4NS"
    assert school.parent is not None


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        ({"URN": "12", "EstablishmentName": "A"}, "A URN is six digits, not “12”."),
        ({"URN": "", "EstablishmentName": "A"}, "The URN is missing."),
        ({"URN": "١٢٣٤٥٦", "EstablishmentName": "A"}, "A URN is six digits"),
        ({"URN": "100001", "EstablishmentName": ""}, "The name of the school is missing."),
        ({"URN": "100001", "EstablishmentName": "x" * 256}, "more than 255 characters"),
    ],
)
def test_schools__faulty_row__is_an_error_with_a_sentence(row: dict[str, str], sentence: str) -> None:
    job = previewed(row) if row["URN"].isascii() else None
    if job is None:
        content = csv_bytes([["URN", "EstablishmentName", "EstablishmentStatus (name)"], [row["URN"], "A", "Open"]])
        job = services.upload(kind="schools", file=upload(content), actor=None)
        job = services.request_preview(job=job, actor=None)
    found = job.rows.get()
    assert found.fate == RowFate.ERROR
    assert sentence in found.messages[0]
    assert services.request_apply(job=job, actor=None).state == ImportState.APPLIED
    assert not Organisation.objects.exists()


def test_schools__impossible_place_and_postcode__are_left_empty_and_said() -> None:
    job = applied({**HILL, "Postcode": "NOWHERE", "Easting": "-5", "Northing": "1e99"})
    school = Organisation.objects.get(urn="100001")
    assert (school.postcode, school.easting, school.northing) == ("", None, None)
    assert job.state == ImportState.APPLIED


def test_schools__repeated_number__first_row_counts_and_the_line_is_named() -> None:
    job = previewed(HILL, {**HILL, "EstablishmentName": "Another"})
    second = job.rows.get(line=3)
    assert second.fate == RowFate.DUPLICATE
    assert second.messages == ["The same URN stands on line 2, which counts."]


def test_schools__wrong_file__is_refused_and_nothing_kept() -> None:
    with pytest.raises(MentoringError, match="column EstablishmentName, EstablishmentStatus"):
        services.upload(kind="schools", file=upload(b"URN,Name\n100001,A\n"), actor=None)
    assert not ImportJob.objects.exists()


def test_schools__changed_since_the_preview__is_shown_again_and_not_applied() -> None:
    applied(HILL)
    job = previewed({**HILL, "EstablishmentName": "St Mary’s Academy"})
    Organisation.objects.filter(urn="100001").update(name="Renamed by somebody", name_key="renamed by somebody")
    job = services.request_apply(job=job, actor=None)
    assert job.state == ImportState.PREVIEWED
    assert "1 row has another fate than you were shown" in job.message
    assert job.rows.get().moved
    assert Organisation.objects.get(urn="100001").name == "Renamed by somebody"
    assert services.request_apply(job=job, actor=None).state == ImportState.APPLIED


def test_schools__as_they_were__are_counted_and_only_the_others_listed() -> None:
    other = {"URN": "100002", "EstablishmentName": "B"}
    applied(HILL, other)
    job = previewed(HILL, {**other, "EstablishmentName": "C"})
    assert job.counts == {"unchanged": 1, "changed": 1}
    assert [row.key for row in job.rows.all()] == ["100002"]
    assert services.request_apply(job=job, actor=None).state == ImportState.APPLIED


def test_schools__not_listed_and_changed_since_the_preview__is_shown_and_not_applied() -> None:
    applied(HILL)
    job = previewed(HILL)
    Organisation.objects.filter(urn="100001").update(head_name="Somebody else")
    job = services.request_apply(job=job, actor=None)
    assert (job.state, job.counts) == (ImportState.PREVIEWED, {"changed": 1})
    assert job.rows.get().moved
    # And back again: as it is now, it would stay as it is, which somebody who was shown a change must see.
    Organisation.objects.filter(urn="100001").update(head_name="Mrs Zoë Núñez")
    job = services.request_apply(job=job, actor=None)
    assert (job.state, job.counts) == (ImportState.PREVIEWED, {"unchanged": 1})
    assert job.rows.get().moved
    assert services.request_apply(job=job, actor=None).state == ImportState.APPLIED


def test_schools__by_a_coordinator_or_member__is_refused(make_user) -> None:
    member: User = make_user()
    with pytest.raises(MentoringError, match="may not import"):
        services.upload(kind="schools", file=gias_file(HILL), actor=member)


def test_schools__preview_queries__do_not_grow_with_rows(django_assert_max_num_queries) -> None:
    many = [{**HILL, "URN": str(200_000 + n), "EstablishmentName": f"School {n}"} for n in range(800)]
    job = services.upload(kind="schools", file=gias_file(*many), actor=None)
    with django_assert_max_num_queries(40):  # blocks of 1,000 rows, not rows
        job = services.request_preview(job=job, actor=None)
    with django_assert_max_num_queries(40):
        services.request_apply(job=job, actor=None)
