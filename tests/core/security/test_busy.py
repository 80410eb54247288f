"""A database that gives up waiting is answered with "try again", on both databases, for real."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from django.db import OperationalError, connection, transaction
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.test.utils import override_settings
from django.urls import path
from wagtail.models import Site

from config.urls import urlpatterns as site_urlpatterns
from core.security.busy import is_passing


def save(request: HttpRequest) -> HttpResponse:
    with transaction.atomic():
        Site.objects.select_for_update().get(is_default_site=True)
        Site.objects.update(site_name="changed")
    return HttpResponse("saved")


def broken(request: HttpRequest) -> HttpResponse:
    raise OperationalError("no such column: core_user.shoe_size")


urlpatterns = [path("save/", save), path("broken/", broken), *site_urlpatterns]


@pytest.fixture
def somebody_else_is_saving() -> Iterator[None]:
    """Another thread, with a connection of its own, holds the row that `save` wants."""
    held, done = threading.Event(), threading.Event()

    def hold() -> None:
        try:
            with transaction.atomic():
                Site.objects.select_for_update().get(is_default_site=True)
                Site.objects.update(site_name="theirs")
                held.set()
                done.wait(30)
        finally:
            held.set()
            connection.close()

    other = threading.Thread(target=hold)
    other.start()
    assert held.wait(10)
    yield
    done.set()
    other.join(10)


@pytest.mark.django_db(transaction=True)
@override_settings(ROOT_URLCONF=__name__)
@pytest.mark.parametrize(("method", "sentence"), [("get", b"Nothing was lost"), ("post", b"Nothing was changed")])
def test_save__row_held_by_somebody_else__answers_try_again(
    method: str, sentence: bytes, client: Client, somebody_else_is_saving: None
) -> None:
    if connection.vendor == "sqlite":
        connection.close()  # the next connection takes the short wait below
        connection.settings_dict["OPTIONS"] = {**connection.settings_dict["OPTIONS"], "timeout": 0.2}
    try:
        response = getattr(client, method)("/save/")
    finally:
        if connection.vendor == "sqlite":
            connection.close()
            connection.settings_dict["OPTIONS"] = {**connection.settings_dict["OPTIONS"], "timeout": 20}
    assert response.status_code == 503
    assert response.headers["Retry-After"] == "5"
    assert sentence in response.content
    assert Site.objects.filter(site_name="changed").count() == 0


@override_settings(ROOT_URLCONF=__name__)
@pytest.mark.django_db
def test_other_database_error__is_not_dressed_up_as_busy(client: Client) -> None:
    with pytest.raises(OperationalError):
        client.get("/broken/")


@pytest.mark.parametrize(("message", "passing"), [("database is locked", True), ("disk I/O error", False)])
def test_is_passing__sqlite_message__is_told_apart(message: str, passing: bool) -> None:
    assert is_passing(OperationalError(message)) is passing
