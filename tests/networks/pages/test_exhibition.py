"""Pupils' work: shown with consent only, and gone without a trace when it is withdrawn."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.images import ImageFile
from django.test import Client
from django.utils import timezone
from PIL import Image

from core.images.forms import ImageForm
from core.models import Picture, Rendition
from networks.models import Artwork, ExhibitionPage
from tests.support.pages import SitePages, add, organisation


def picture(title: str = "Cat", **fields: Any) -> Picture:
    file = BytesIO()
    Image.new("RGB", (40, 30), "#ffcb5c").save(file, "PNG")
    file.seek(0)
    return Picture.objects.create(title=title, file=ImageFile(file, name="cat.png"), **fields)


@pytest.fixture
def work(pages: SitePages) -> Artwork:
    page = add(pages.network, ExhibitionPage(title="Loud", slug="loud"))
    return Artwork.objects.create(
        exhibition=page,
        image=picture(),
        title="Caretaker’s cat",
        alt="A black cat.",
        first_name="Tomas",
        age_band="15-16",
        school=organisation("School", "school"),
        consent_on=timezone.localdate(),
        consent_where="Office",
    )


def test_work__with_consent__is_shown_with_first_name_and_band(work: Artwork, client: Client) -> None:
    body = client.get("/networks/primary-art/loud/").content.decode()
    assert "Tomas, 15 to 16, School" in body
    assert 'alt="A black cat."' in body


@pytest.mark.parametrize("consent_on", [None, timezone.localdate() + timedelta(days=2)])
def test_work__without_consent_today__is_not_shown(work: Artwork, client: Client, consent_on: Any) -> None:
    Artwork.objects.update(consent_on=consent_on)
    assert "Caretaker" not in client.get("/networks/primary-art/loud/").content.decode()


def test_work__surname_given__is_refused(work: Artwork) -> None:
    work.first_name = "Tomas Novak"
    with pytest.raises(ValidationError, match="first name only"):
        work.full_clean()


def test_work__deleted__takes_picture_sizes_and_files_with_it(
    work: Artwork, client: Client, django_capture_on_commit_callbacks: Any
) -> None:
    client.get("/networks/primary-art/loud/")
    assert Rendition.objects.exists()
    with django_capture_on_commit_callbacks(execute=True):
        Artwork.objects.filter(pk=work.pk).delete()
    assert not Picture.objects.exists()
    assert not Rendition.objects.exists()
    assert not [file for file in Path(settings.MEDIA_ROOT).rglob("*") if file.is_file()]


DESCRIPTIONS = [
    ({}, False),
    ({"description": " "}, False),
    ({"description": "A cat."}, True),
    ({"decorative": True}, True),
]


@pytest.mark.parametrize(("fields", "right"), DESCRIPTIONS)
def test_picture__neither_described_nor_decorative__is_refused(db: None, fields: dict[str, Any], right: bool) -> None:
    from wagtail.images.forms import get_image_form

    form_class = get_image_form(Picture)
    assert issubclass(form_class, ImageForm)
    file = BytesIO()
    Image.new("RGB", (4, 3)).save(file, "PNG")
    file.seek(0)
    form = form_class({"title": "Cat", "tags": "", **fields}, {"file": ImageFile(file, name="cat.png")})
    assert ("description" not in form.errors) is right


def test_work__its_picture_deleted_in_the_library__goes_as_well(work: Artwork) -> None:
    work.image.delete()
    assert not Artwork.objects.exists()
    assert not Picture.objects.exists()
