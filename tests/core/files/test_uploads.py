"""Uploads are what they say, and private files have no address."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage, storages
from django.test import Client
from wagtail.documents import get_document_model

from core.files.uploads import check_document
from core.models import User
from tests.signing_in import sign_in


def office(kind: str, **extra: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr({"docx": "word/document.xml", "xlsx": "xl/workbook.xml"}[kind], b"<x/>")
        for name, content in extra.items():
            archive.writestr(name, content)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("plan.pdf", b"%PDF-1.7\n..."),
        ("letter.docx", office("docx")),
        ("list.xlsx", office("xlsx")),
        ("list.csv", "name,phase\nAshdown,Primary\n".encode("cp1252")),
        ("list.csv", "name\n".encode("utf-16")),
        ("notes.TXT", b"Bring the pens."),
    ],
)
def test_check_document__content_fits_the_name__is_kept(name: str, content: bytes) -> None:
    upload = ContentFile(content, name=name)
    check_document(upload)
    assert upload.tell() == 0


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("plan.pdf", b"<!doctype html><script>alert(1)</script>", "mismatch"),
        ("plan.pdf", b"", "empty"),
        ("letter.docx", b"PK\x03\x04 broken", "mismatch"),
        ("letter.docx", office("xlsx"), "mismatch"),
        ("letter.docx", office("docx", **{"word/vbaProject.bin": b"x"}), "macros"),
        ("list.xlsx", office("xlsx", big=b"0" * 60_000_000), "bomb"),
        ("list.csv", b"\n <svg onload=alert(1)>", "mismatch"),
        ("list.csv", b"\xef\xbb\xbf<HTML>", "mismatch"),
        ("notes.txt", b"MZ\x00\x00\x01", "mismatch"),
        ("drawing.svg", b"<svg/>", "extension"),
        ("page.html", b"<p>", "extension"),
        ("noextension", b"x", "extension"),
    ],
)
def test_check_document__content_differs_or_harms__is_refused(name: str, content: bytes, code: str) -> None:
    with pytest.raises(ValidationError) as refused:
        check_document(ContentFile(content, name=name))
    assert refused.value.code == code


@pytest.fixture
def document(db: None) -> Any:
    return get_document_model().objects.create(title="Plan", file=ContentFile(b"%PDF-1.7\nplan", name="plan.pdf"))


def test_document__stored__lies_outside_media_and_has_no_address(document: Any, settings: Any) -> None:
    path = Path(document.file.path)
    assert path.exists()
    assert not path.is_relative_to(settings.MEDIA_ROOT)
    assert path.stat().st_mode & 0o077 == 0
    with pytest.raises(NotImplementedError):
        _ = document.file.url


def test_document__served__is_an_attachment_that_runs_nothing(document: Any, client: Client) -> None:
    response = client.get(document.url)
    assert response.status_code == 200
    assert b"".join(response) == b"%PDF-1.7\nplan"
    assert response.headers["Content-Type"] == "application/pdf"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Content-Disposition"].startswith("attachment")
    assert response.headers["Content-Security-Policy"] == "default-src 'none'"


def test_document__in_a_collection_for_members__is_not_served_to_visitors(document: Any, client: Client) -> None:
    from wagtail.models import CollectionViewRestriction

    CollectionViewRestriction.objects.create(collection=document.collection, restriction_type="login")
    response = client.get(document.url)
    assert response.status_code == 302
    assert "login" in response.headers["Location"]


def test_document__edited_without_a_new_file__is_not_read_again(document: Any) -> None:
    Path(document.file.path).unlink()
    document.title = "Plan for spring"
    document.full_clean()


def test_admin_upload__page_named_pdf__is_refused_with_a_sentence(
    client: Client, make_user: Callable[..., User]
) -> None:
    sign_in(client, make_user(is_superuser=True))
    response = client.post(
        "/admin/documents/multiple/add/",
        {"files[]": ContentFile(b"<html>", name="plan.pdf")},
        headers={"X-Requested-With": "XMLHttpRequest"},
    )
    assert "not a PDF" in response.json()["error_message"]
    assert get_document_model().objects.count() == 0
    assert not Path(storages["private"].path("documents")).exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    "path",
    [
        "original_images/a.png",
        "documents/plan.pdf",
        "images/plan.pdf",
        "images/a.svg",
        "images/../original_images/a.png",
        "images/deeper/a.png",
        "a.png",
    ],
)
def test_media__not_a_rendition__does_not_exist(path: str, client: Client) -> None:
    default_storage.save(path.replace("../", ""), ContentFile(b"x"))
    assert client.get(f"/media/{path}").status_code == 404


@pytest.mark.django_db
def test_media__rendition__is_served_and_runs_nothing(client: Client) -> None:
    name = default_storage.save("images/a.max-165x165.png", ContentFile(b"\x89PNG\r\n"))
    response = client.get(f"/media/{name}")
    assert response.status_code == 200
    assert response.headers["Content-Type"] == "image/png"
    assert response.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
