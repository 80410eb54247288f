"""Many pairs at once: another last day, or the closing. First what would happen, row by row; then what did."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.views.generic import TemplateView
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from mentoring.errors import MentoringError
from mentoring.relationships import ending, services
from mentoring.relationships.models import Relationship
from mentoring.trust import access
from mentoring.trust.scoping import CoordinatorsOnlyMixin
from mentoring.trust.screens import number

from .pair_screen import day_from

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser

#: Pairs in one go; a form can be forged to hold more.
MOST = 300
Act = Callable[[Relationship, int], object]


@dataclass(frozen=True, slots=True)
class Row:
    """What became, or would become, of one pair."""

    pair: Relationship
    version: int
    done: bool
    sentence: str


class _Undo(Exception):  # not an error: it takes a rehearsal back
    pass


def carry_out(items: Iterable[tuple[Relationship, int]], act: Act, *, done: str, rehearse: bool) -> list[Row]:
    """Does `act` to each (pair, version as shown) by itself; one refusal stops no other.

    A rehearsal does the very same and takes it back: nothing is written and no mail goes out.
    """
    rows = []
    for pair, version in items:
        try:
            with transaction.atomic():
                act(pair, version)
                if rehearse:
                    raise _Undo
        except _Undo:
            rows.append(Row(pair, version, True, done))
        except MentoringError as error:
            rows.append(Row(pair, version, False, str(error)))
        else:
            rows.append(Row(pair, version, True, done))
    return rows


class BulkPairScreen(CoordinatorsOnlyMixin, WagtailAdminTemplateMixin, TemplateView):
    http_method_names = ["get", "head", "options", "post"]
    template_name = "mentoring/admin/relationships_bulk.html"
    page_title = "Several pairs at once"
    header_icon = "group"

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        up = {"url": reverse("mentoring_relationship:index"), "label": "Relationships"}
        return [*self.breadcrumbs_items, up, {"url": "", "label": self.page_title}]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return redirect("mentoring_relationship:index")

    def _picked(self, request: HttpRequest) -> tuple[list[tuple[Relationship, int]], int]:
        """Pairs with the version each was shown at, and how many of the picks were not there to see."""
        wanted: dict[int, int] = {}
        for pick in request.POST.getlist("pick")[:MOST]:
            pk, _, version = pick.partition(":")
            if 0 <= number(pk) < 2**63:
                wanted[number(pk)] = number(version)
        found = access.relationships_for(request.user).filter(pk__in=wanted).order_by("cohort", "pk")
        items = [(row, wanted[row.pk]) for row in found]
        return items, len(wanted) - len(items)

    def _act(self, request: HttpRequest, actor: AbstractBaseUser) -> tuple[Act, str, dt.date | None]:
        """What to do with each pair, the sentence when it is done, and the day that was given."""
        if request.POST.get("action") == "extend":
            until = day_from(request.POST.get("until", ""))
            return (
                lambda pair, version: services.extend(pair=pair, actor=actor, version=version, until=until),
                f"The last day is {until:%-d %B %Y}; both are told.",
                until,
            )
        if request.POST.get("action") == "finish":
            return (
                lambda pair, version: ending.finish(pair=pair, actor=actor, version=version),
                "Closing; both are asked how it was.",
                None,
            )
        raise MentoringError("Please choose what to do with the pairs.")

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        actor: Any = request.user
        items, missing = self._picked(request)
        try:
            if not items:
                raise MentoringError("Please pick at least one pair first.")
            act, done, until = self._act(request, actor)
        except MentoringError as error:
            messages.error(request, str(error))
            return redirect("mentoring_relationship:index")
        confirmed = request.POST.get("do") == "confirm"
        rows = carry_out(items, act, done=done, rehearse=not confirmed)
        context = self.get_context_data(
            confirmed=confirmed,
            rows=rows,
            ready=[row for row in rows if row.done],
            missing=missing,
            action=request.POST.get("action"),
            until=until,
        )
        return self.render_to_response(context)
