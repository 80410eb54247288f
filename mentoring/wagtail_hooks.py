"""Registers; computes nothing."""

from __future__ import annotations

from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import URLPattern, path
from django.utils.html import format_html
from django.utils.safestring import SafeString
from wagtail import hooks
from wagtail.admin.ui.components import Component
from wagtail.admin.viewsets.model import ModelViewSetGroup
from wagtail.snippets.models import register_snippet

from mentoring.concerns.admin import ConcernViewSet
from mentoring.desk.closed_days_admin import DaysViewSet
from mentoring.desk.exclusions_admin import ExclusionViewSet
from mentoring.desk.pairs import PairViewSet
from mentoring.desk.screens import WaitingPanel
from mentoring.desk.viewsets import TodayViewSet, WaitingViewSet
from mentoring.editors import guard
from mentoring.editors.screens import PagesInUse
from mentoring.messages.admin import FailingViewSet, OutboxViewSet
from mentoring.messages.wording_admin import WordingViewSet
from mentoring.people.admin import PeopleGroup
from mentoring.placements.admin import PlacementViewSet
from mentoring.programmes.admin import CohortViewSet, EnrolmentViewSet, ProgrammeViewSet
from mentoring.programmes.grants_admin import GrantViewSet
from mentoring.proposals.admin import ProposalViewSet, RunViewSet
from mentoring.reports.screens import ReportViewSet
from mentoring.trust.access import programmes_for
from mentoring.trust.admin import AuditViewSet
from mentoring.trust.exports import make_wagtail_exports_safe
from mentoring.trust.registration import register_policies

register_policies()
register_snippet(WordingViewSet)
make_wagtail_exports_safe()
guard.guard_api()
hooks.register("before_unpublish_page", guard.before_unpublish)
hooks.register("before_delete_page", guard.before_delete)
hooks.register("before_bulk_action", guard.before_bulk)


@hooks.register("register_admin_urls")
def editors_addresses() -> list[URLPattern]:
    return [path("mentoring/pages-in-use/<int:pk>/", PagesInUse.as_view(), name="mentoring_pages_in_use")]


class MentoringGroup(ModelViewSetGroup):
    menu_label = "Mentoring"
    menu_icon = "group"
    menu_order = 250
    items = (
        TodayViewSet,
        CohortViewSet,
        EnrolmentViewSet,
        ProposalViewSet,
        RunViewSet,
        PairViewSet,
        WaitingViewSet,
        ReportViewSet,
        ExclusionViewSet,
        DaysViewSet,
        PlacementViewSet,
        OutboxViewSet,
        FailingViewSet,
        ConcernViewSet,
        ProgrammeViewSet,
        GrantViewSet,
        AuditViewSet,
    )


@hooks.register("register_admin_viewset")
def register_mentoring() -> MentoringGroup:
    return MentoringGroup()


@hooks.register("register_admin_viewset")
def register_people() -> PeopleGroup:
    return PeopleGroup()


@hooks.register("insert_global_admin_css")
def admin_styles() -> SafeString:
    return format_html('<link rel="stylesheet" href="{}">', static("mentoring/admin.css"))


@hooks.register("construct_homepage_panels")
def show_what_waits(request: HttpRequest, panels: list[Component]) -> None:
    if programmes_for(request.user).exists():
        panels.append(WaitingPanel())
