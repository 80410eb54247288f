"""The permission matrix: every address, asked as every role (tests/matrix.csv).

A row is one address as the resolver writes it, a page type (`page:app.Model`), a route inside a page
(`page:app.Model/feed/`), or a group of Wagtail's own admin addresses (`admin/pages/*`). `with` names the object of
tests/support/world.py that each parameter stands for: `pk=proposal_a`.

Cells: a status (200, 404, …), `login` (sent to the log-in page), `factor` (sent to the second factor), `to` (sent
elsewhere). In groups: `in` (at least one address opens) and `out` (none opens). A refused role is refused when it
posts, too, without a write; and gets the very answer that an object which does not exist would give.
"""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.support.addresses import Address, page_addresses, resolver_addresses
from tests.support.world import ROLES, World, build

FILE = Path(__file__).with_name("matrix.csv")
REFUSED = frozenset({"login", "404", "403", "factor", "out"})
# What any request may write: its session, when it was last seen, how often a door was tried, and what Wagtail keeps of
# a person who opens an editor or their own account.
WRITABLE = (
    "django_session",
    "usersessions_usersession",
    "core_door",
    "wagtailadmin_editingsession",
    "wagtailusers_userprofile",
    "wagtailcore_pagesubscription",
)
WRITE = re.compile(r'^\s*(?:INSERT INTO|UPDATE|DELETE FROM)\s+"?(\w+)', re.IGNORECASE)
# Addresses that open for nobody here, and why.
CLOSED = {
    "documents/authenticate_with_password/<int:restriction_id>/": "no collection has a password",
    "_util/authenticate_with_password/<int:page_view_restriction_id>/<int:page_id>/": "no page has a password",
    "_util/login/": "leads to the one log-in page",
    "admin/login/": "leads to the one log-in page",
    "account/2fa/totp/deactivate/": "asks for the second factor once more, or there is none",
    "account/2fa/recovery-codes/": "nobody made any",
    "account/2fa/recovery-codes/download/": "nobody made any",
    "account/3rdparty/signup/": "needs an answer of a sign-in server",
    "account/oidc/^(?P<provider_id>[^/]+)/login/": "no sign-in server is switched on",
    "account/oidc/^(?P<provider_id>[^/]+)/login/callback/": "no sign-in server is switched on",
    "media/<path:path>": "there is no such picture; tests/core/files looks closer",
    "design/": "only in development",
    "admin/mentoring/cohorts/delete/<int:pk>/": "cohorts are cancelled, never deleted",
    "admin/mentoring/programmes/delete/<int:pk>/": "programmes are retired, never deleted",
    "admin/bulk/<str:app_label>/<str:model_name>/<str:action>/": "needs a choice of objects",
    "admin/block-preview/": "needs a block",
    "admin/^.*/$": "what Wagtail does not know",
}
# Wagtail's own addresses do not know our finer roles: a mentee is a member to them, an owner a coordinator.
COARSE = frozenset({"anonymous", "member", "coordinator", "editor", "moderator", "admin"})
NOBODY = 999_999_999


@dataclass(frozen=True)
class Row:
    address: str
    given: dict[str, str]
    cells: dict[str, str]

    @property
    def is_group(self) -> bool:
        return self.address.endswith("*")

    def covers(self, address: Address) -> bool:
        if self.is_group:
            return address.route.startswith(self.address[:-1])
        return address.route == self.address


@cache
def rows() -> tuple[Row, ...]:
    with FILE.open(encoding="utf-8", newline="") as file:
        return tuple(
            Row(
                line["address"],
                dict(pair.split("=", 1) for pair in line["with"].split()),
                {role: (line.get(role) or "").strip() for role in ROLES},
            )
            for line in csv.DictReader(line for line in file if not line.startswith("#"))
        )


@cache
def addresses() -> tuple[Address, ...]:
    """Gives each address once: several patterns may share a route, and the first one answers."""
    return tuple({a.route: a for a in reversed([*resolver_addresses(), *page_addresses()])}.values())[::-1]


def row_of(address: Address) -> Row | None:
    """The row of its own, else the group with the longest prefix."""
    found = [row for row in rows() if row.covers(address)]
    return min(found, key=lambda row: (row.is_group, -len(row.address)), default=None)


def outcome(response: HttpResponse) -> str:
    """One word for an answer."""
    if 200 <= response.status_code < 300:
        return "200"
    if response.status_code in {301, 302, 303, 307, 308}:
        target = response.headers["Location"]
        if target.startswith((reverse("account_login"), f"/{settings.ADMIN_PATH}login/")):
            return "login"
        if target.startswith((reverse("mfa_index"), reverse("mfa_reauthenticate"))):
            return "factor"
        return "to"
    return str(response.status_code)


def first_to_get(row: Row, cell: str) -> str:
    """Of the roles that an address answers alike: one stands for all where the answer itself is looked at."""
    return next(role for role in ROLES if row.cells[role] == cell)


def path_of(address: Address, row: Row | None, world: World, *, absent: bool = False) -> str:
    values: dict[str, Any] = {"page_id": world.objects["home"].pk, "parent_page_id": world.objects["home"].pk}
    for name, key in (row.given if row else {}).items():
        if key in world.objects:
            values[name] = NOBODY if absent else world.objects[key].pk  # absent: an id that no row has
        else:
            values[name] = key
    if address.route.startswith("page:"):
        page = world.pages[address.route.removeprefix("page:").split("/")[0]]
        return f"{page.url}{address.path(values).removeprefix('/') if address.parts else ''}"
    return address.path(values)


def ask(client: Client, method: str, path: str) -> tuple[HttpResponse, list[str]]:
    """The answer, and the tables written to beside those that any request may write to."""
    with CaptureQueriesContext(connection) as queries:
        response = getattr(client, method)(path)
    found = [WRITE.match(query["sql"]) for query in queries.captured_queries]
    return response, [m[1] for m in found if m and not m[1].startswith(WRITABLE)]


def fits(cell: str, got: str) -> bool:
    if cell == "in":
        return not got.startswith("5")
    if cell == "out":
        return got in {"to", "login", "403", "404", "405", "factor"}
    return cell == got


def same_text(response: HttpResponse) -> str:
    """A page without what differs from request to request."""
    text = response.content.decode(errors="replace") if not response.streaming else ""
    return re.sub(r'(?<=name="csrfmiddlewaretoken" value=")[^"]+|nonce="[^"]+"|\d{3,}', "", text)


@pytest.mark.django_db
def test_matrix__every_address__has_a_row() -> None:
    """On failure: the lines to add, with what happens today. Check each cell before adding it."""
    missing = [address for address in addresses() if row_of(address) is None]
    if not missing:
        return
    world = build()
    answers: dict[str, list[str]] = {address.route: [] for address in missing}
    for role in ROLES:
        client = world.client(role)
        for address in missing:
            answers[address.route].append(outcome(client.get(path_of(address, None, world))))
    lines = [f'"{route}",,{",".join(cells)}' for route, cells in answers.items()]
    suggestion = Path(settings.VAR) / "matrix-missing.csv"
    suggestion.write_text("\n".join(lines) + "\n", encoding="utf-8")
    pytest.fail(f"No row in {FILE.name} for (also in var/{suggestion.name}):\n" + "\n".join(lines))


def test_matrix__every_row__has_an_address_and_each_role_a_cell() -> None:
    known = addresses()
    for row in rows():
        assert any(row_of(address) == row for address in known), f"{row.address}: no address any more"
        assert all(row.cells.values()), f"{row.address}: a cell is empty"


def test_matrix__rows_of_ours__have_somebody_who_gets_in() -> None:
    """A row that refuses everybody proves nothing, unless it says why nobody may get in."""
    closed = [row.address for row in rows() if not set(row.cells.values()) - REFUSED]
    assert sorted(closed) == sorted(CLOSED)


# Who may do what is decided in Python: on the second database, those who between them open every address.
ASKED = ROLES if connection.vendor == "sqlite" else ("mentee", "owner")


@pytest.mark.django_db
@pytest.mark.parametrize("role", ASKED)
def test_matrix__role__gets_what_the_row_says(role: str) -> None:
    world = build()
    client = world.client(role)
    wrong: list[str] = []
    opened: dict[str, bool] = {}
    for address in addresses():
        row = row_of(address)
        if row is None:
            continue  # another test says so
        if row.is_group and role not in COARSE:
            continue
        cell = row.cells[role]
        path = path_of(address, row, world)
        response, written = ask(client, "get", path)
        got = outcome(response)
        if row.is_group:
            opened[row.address] = opened.get(row.address, False) or got == "200"
        if not fits(cell, got):
            wrong.append(f"GET {path}: {got}, the matrix says {cell}")
        if written:
            wrong.append(f"GET {path} wrote to {sorted(set(written))}")
        if cell not in REFUSED:
            continue
        if got == "404" and role == first_to_get(row, "404") and row.given and not row.is_group:
            absent = client.get(path_of(address, row, world, absent=True))
            if outcome(absent) != got or same_text(absent) != same_text(response):
                wrong.append(f"GET {path}: forbidden and absent differ")
        response, written = ask(client, "post", path)
        got = outcome(response)
        if not (fits(cell, got) or got in {"403", "404", "405"}):
            wrong.append(f"POST {path}: {got}, the matrix says {cell}")
        if written:
            wrong.append(f"refused POST {path} wrote to {sorted(set(written))}")
    wrong += [
        f"{row.address}: nothing opened, the matrix says in"
        for row in rows()
        if row.is_group and role in COARSE and row.cells[role] == "in" and not opened.get(row.address)
    ]
    assert not wrong, f"{role}:\n" + "\n".join(wrong)
