"""Programmes, cohorts, applications and coordinators in the Wagtail admin."""

from __future__ import annotations

from typing import Any

import django_filters
from django import forms
from django.contrib.auth import get_user_model
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from django.urls import path, reverse
from django.urls.resolvers import URLPattern
from django.utils.functional import cached_property
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.forms.models import WagtailAdminModelForm
from wagtail.admin.ui.tables import Column, TitleColumn

from mentoring.people.models import Organisation, Profile
from mentoring.trust import access, filters
from mentoring.trust.scoping import LIST_ONLY, ScopedIndexView, ScopedModelViewSet, ServiceCreateView
from mentoring.trust.tables import LabelledColumn

from . import services
from .cohort_form import CohortChangeForm, CohortCreateView, CohortEditView, CohortForm
from .consent import CONSENT_VERSION
from .mail_words_screen import MailScreen, MailsScreen
from .models import Cohort, Enrolment, EnrolmentRole, EnrolmentState, Programme
from .screens import ApplicationScreen, CohortScreen
from .settings_form import ProgrammeChangeForm, ProgrammeEditView, ProgrammeForm
from .stages_screen import StagesScreen

# --- Programmes ------------------------------------------------------------


class ProgrammeViewSet(ScopedModelViewSet):
    model = Programme
    icon = "group"
    name = "mentoring_programme"
    url_prefix = "mentoring/programmes"
    list_display = ["title", "owner_org", "contact_email", "active"]
    list_export = ["title", "owner_org", "contact_email", "active"]
    edit_view_class = ProgrammeEditView
    add_to_admin_menu = False

    def get_form_class(self, for_update: bool = False) -> type[forms.ModelForm]:
        return ProgrammeChangeForm if for_update else ProgrammeForm

    def get_urlpatterns(self) -> list[URLPattern]:
        from mentoring.proposals.matching_settings import MatchingScreen  # proposals build on programmes

        matching = path("<int:pk>/matching/", MatchingScreen.as_view(), name="matching")
        stages = path("<int:pk>/stages/", StagesScreen.as_view(), name="stages")
        mails = path("<int:pk>/mails/", MailsScreen.as_view(), name="mails")
        mail = path("<int:pk>/mails/<slug:name>/", MailScreen.as_view(), name="mail")
        return [*super().get_urlpatterns(), stages, matching, mails, mail]


# --- Cohorts ------------------------------------------------------------


class CohortIndexView(ScopedIndexView):
    def get_base_queryset(self) -> QuerySet[Any]:
        ready = Q(enrolments__state=EnrolmentState.ELIGIBLE)
        me = Q(enrolments__profile__user=self.request.user)
        return (
            super()
            .get_base_queryset()
            .annotate(
                to_read=Count("enrolments", filter=Q(enrolments__state=EnrolmentState.SUBMITTED) & ~me),
                mentees=Count("enrolments", filter=ready & Q(enrolments__as_role=EnrolmentRole.MENTEE)),
                mentors=Count("enrolments", filter=ready & Q(enrolments__as_role=EnrolmentRole.MENTOR)),
            )
        )

    @cached_property
    def columns(self) -> list[Column]:
        return [
            self._get_title_column_class(TitleColumn)(
                "name",
                label="Cohort",
                accessor=str,
                get_url=lambda row: reverse("mentoring_cohort:board", args=[row.pk]),
            ),
            Column("state", label="State", accessor="get_state_display", sort_key="state"),
            LabelledColumn("to_read", label="To read"),
            LabelledColumn("mentees", label="Mentees ready"),
            LabelledColumn("mentors", label="Mentors ready"),
            LabelledColumn("start", label="Starts", sort_key="start"),
        ]


def _programmes(request: HttpRequest | None) -> QuerySet[Programme]:
    return access.programmes_for(request.user) if request else Programme.objects.none()


class CohortFilters(WagtailFilterSet):
    programme = django_filters.ModelChoiceFilter(queryset=_programmes)

    class Meta:
        model = Cohort
        fields = ["state", "programme"]


class CohortViewSet(ScopedModelViewSet):
    model = Cohort
    icon = "date"
    name = "mentoring_cohort"
    url_prefix = "mentoring/cohorts"
    index_view_class = CohortIndexView
    add_view_class = CohortCreateView
    edit_view_class = CohortEditView
    filterset_class = CohortFilters
    list_export = ["programme.title", "name", "get_state_display", "apply_from", "apply_to", "start", "end"]
    export_headings = {"programme.title": "Programme", "get_state_display": "State"}

    def get_form_class(self, for_update: bool = False) -> type[forms.ModelForm]:
        return CohortChangeForm if for_update else CohortForm

    def get_urlpatterns(self) -> list[URLPattern]:
        screen = CohortScreen.as_view()
        from mentoring.proposals.workbench import WordsScreen  # proposals build on programmes

        words = path("<int:pk>/by-hand/", WordsScreen.as_view(), name="words")
        return [*super().get_urlpatterns(), path("<int:pk>/", screen, name="board"), words]


# --- Applications ------------------------------------------------------------


def _schools(request: HttpRequest | None) -> QuerySet[Organisation]:
    if request is None:
        return Organisation.objects.none()
    rows = access.enrolments_for(request.user)
    return Organisation.objects.filter(pk__in=rows.values("profile__organisation"))


class EnrolmentFilters(WagtailFilterSet):
    cohort = django_filters.ModelChoiceFilter(queryset=filters.cohorts)
    school = django_filters.ModelChoiceFilter(
        field_name="profile__organisation", label="Organisation", queryset=_schools
    )

    class Meta:
        model = Enrolment
        fields = ["cohort", "as_role", "state", "school"]


class EnrolmentIndexView(ScopedIndexView):
    page_title = "Applications"
    add_item_label = "Bring somebody in"

    @cached_property
    def columns(self) -> list[Column]:
        return [
            TitleColumn(
                "name",
                label="Name",
                accessor="profile.display_name",
                sort_key="profile__display_name",
                get_url=lambda row: reverse("mentoring_enrolment:decide", args=[row.pk]),
            ),
            LabelledColumn("as_role", label="As", accessor="get_as_role_display", sort_key="as_role"),
            Column("organisation", label="Organisation", accessor="profile.organisation.name"),
            Column("cohort", label="Cohort"),
            Column("state", label="State", accessor="get_state_display", sort_key="state"),
            LabelledColumn(
                "created_at", label="Applied", accessor=lambda row: row.created_at.date(), sort_key="created_at"
            ),
        ]


class EnrolmentAddForm(WagtailAdminModelForm):
    """A coordinator brings in somebody who has said yes. By address: nobody pages through all members to find one."""

    email = forms.EmailField(label="Work e-mail", help_text="The person needs a profile on this site.")
    agreed = forms.BooleanField(
        label="This person has read what taking part means and has agreed",
        help_text="Ask them first. They are told by e-mail, and can withdraw at any time.",
    )

    class Meta:
        model = Enrolment
        fields = ("cohort", "as_role", "capacity", "goals")

    field_order = ["cohort", "email", "as_role", "capacity", "goals", "agreed"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["cohort"].queryset = access.cohorts_for(self.for_user)

    def clean_email(self) -> str:
        field = get_user_model().get_email_field_name()
        found = Profile.objects.filter(**{f"user__{field}__iexact": self.cleaned_data["email"]}, user__is_active=True)
        self.profile = found.select_related("organisation", "user").first()
        if self.profile is None:
            raise forms.ValidationError("Nobody with a profile uses this address.")
        if self.profile.user_id == self.for_user.pk:
            raise forms.ValidationError("Please apply for yourself on the page of the programme.")
        return str(self.cleaned_data["email"])

    def _post_clean(self) -> None:
        """The service checks and makes the row; the form's own unfinished row is not asked."""


class EnrolmentCreateView(ServiceCreateView):
    page_title = "Bring in"

    def save_instance(self) -> Any:
        data = self.form.cleaned_data
        return services.enrol(
            cohort=data["cohort"],
            profile=self.form.profile,
            as_role=data["as_role"],
            actor=self.request.user,
            goals=data["goals"],
            capacity=data["capacity"],
            consent_version=CONSENT_VERSION,
        )

    def get_success_url(self) -> str:
        return reverse("mentoring_enrolment:decide", args=[self.object.pk])


class EnrolmentViewSet(ScopedModelViewSet):
    model = Enrolment
    icon = "user"
    name = "mentoring_enrolment"
    url_prefix = "mentoring/applications"
    kept_views = (*LIST_ONLY, "add")
    menu_label = "Applications"
    index_view_class = EnrolmentIndexView
    add_view_class = EnrolmentCreateView
    filterset_class = EnrolmentFilters
    search_fields = ["profile__display_name", "profile__organisation__name"]
    list_per_page = 50
    list_export = [
        "profile.display_name",
        "profile.organisation.name",
        "profile.job_title",
        "get_as_role_display",
        "get_state_display",
        "capacity",
        "goals",
        "cohort",
    ]
    export_headings = {
        "profile.display_name": "Name",
        "profile.organisation.name": "Organisation",
        "profile.job_title": "Job title",
        "get_as_role_display": "As",
        "get_state_display": "State",
    }

    def get_form_class(self, for_update: bool = False) -> type[forms.ModelForm]:
        return EnrolmentAddForm

    def get_urlpatterns(self) -> list[URLPattern]:
        screen = ApplicationScreen.as_view()
        return [*super().get_urlpatterns(), path("<int:pk>/", screen, name="decide")]
