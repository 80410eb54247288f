"""Registers; computes nothing."""

from __future__ import annotations

from django.http import HttpRequest
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString
from wagtail import hooks
from wagtail.admin.ui.components import Component
from wagtail.admin.viewsets.model import ModelViewSetGroup

from mentoring.messages.admin import OutboxViewSet
from mentoring.people.admin import PeopleGroup
from mentoring.programmes.admin import CohortViewSet, EnrolmentViewSet, ProgrammeViewSet
from mentoring.programmes.grants_admin import GrantViewSet
from mentoring.programmes.waiting import WaitingPanel
from mentoring.proposals.admin import ProposalViewSet, RunViewSet
from mentoring.trust.access import programmes_for
from mentoring.trust.admin import AuditViewSet
from mentoring.trust.exports import make_wagtail_exports_safe
from mentoring.trust.registration import register_policies

register_policies()
make_wagtail_exports_safe()


class MentoringGroup(ModelViewSetGroup):
    menu_label = "Mentoring"
    menu_icon = "group"
    menu_order = 250
    items = (
        CohortViewSet,
        EnrolmentViewSet,
        ProposalViewSet,
        RunViewSet,
        OutboxViewSet,
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
