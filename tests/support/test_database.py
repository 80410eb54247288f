"""The suite's own machinery: databases that are copied, and a network that is off."""

from __future__ import annotations

import socket
import urllib.error
import urllib.request

import pytest
from django.contrib.auth.models import Group
from wagtail.models import Page

from tests.support.network import NetworkIsOff, is_local


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("turn", [1, 2])
def test_committing_test__whatever_it_deletes__next_one_starts_from_the_migrated_database(turn: int) -> None:
    assert Page.objects.count() > 0, "the root page of the migrations is missing"
    assert not Group.objects.filter(name="left behind").exists()
    Group.objects.create(name="left behind")
    Page.objects.filter(depth__gt=1).delete()
    Page.objects.all().delete()


def test_network__a_stranger_by_name_or_number__is_refused() -> None:
    with pytest.raises(NetworkIsOff):
        socket.create_connection(("example.org", 80), timeout=1)
    with pytest.raises(NetworkIsOff):
        socket.create_connection(("192.0.2.1", 80), timeout=1)
    with pytest.raises((NetworkIsOff, urllib.error.URLError)):
        urllib.request.urlopen("http://example.org/", timeout=1)


def test_network__this_machine__is_reachable() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        socket.create_connection(server.getsockname()[:2], timeout=1).close()
    assert is_local("::1")
    assert not is_local("127.0.0.1.example.org")
