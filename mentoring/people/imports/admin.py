"""Imports in the Wagtail admin: upload, which column is what, preview, confirm."""

from __future__ import annotations

import csv
import io
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.urls.resolvers import URLPattern
from django.utils.functional import cached_property
from django.views.generic import View
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.tables import Column, StatusTagColumn, TitleColumn
from wagtail.admin.widgets.button import HeaderButton

from mentoring.errors import MentoringError
from mentoring.people.import_models import FATES_APPLIED, FATES_LEFT, ImportJob, ImportKind, ImportState, RowFate
from mentoring.trust import access
from mentoring.trust.exports import neutral
from mentoring.trust.scoping import ScopedIndexView, ScopedModelViewSet
from mentoring.trust.screens import Screen

from . import permissions, services
from .admin_forms import MappingForm, UploadForm, questions, read_choice

PER_PAGE = 50


class ImportIndexView(ScopedIndexView):
    page_title = "Imports"

    @cached_property
    def columns(self) -> list[Column]:
        return [
            TitleColumn("file_name", label="File", get_url=lambda row: reverse("mentoring_import:job", args=[row.pk])),
            Column("kind", label="What", accessor="get_kind_display", sort_key="kind"),
            StatusTagColumn(
                "state",
                label="State",
                accessor="get_state_display",
                sort_key="state",
                primary=lambda row: row.state == ImportState.PREVIEWED,
            ),
            Column("created_by", label="By"),
            Column("created_at", label="Uploaded", sort_key="created_at"),
        ]

    @cached_property
    def header_buttons(self) -> list[HeaderButton]:
        return [HeaderButton("Import a file", url=reverse("mentoring_import:upload"), icon_name="upload")]


class UploadScreen(Screen):
    """A file in; what cannot be used is said at once."""

    http_method_names = ["get", "head", "options", "post"]
    template_name = "mentoring/admin/import_upload.html"
    header_icon = "upload"
    page_title = "Import a file"

    @cached_property
    def object(self) -> Any:
        if not permissions.can_import_something(self.request.user):
            raise Http404("There is nothing here, or it is not yours to see.")
        return None

    @cached_property
    def form(self) -> UploadForm:
        bound = (self.request.POST, self.request.FILES) if self.request.method == "POST" else ()
        return UploadForm(*bound, user=self.request.user)

    def trail(self) -> list[tuple[str, str]]:
        return [(reverse("mentoring_import:index"), "Imports")]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(form=self.form, **kwargs)

    def act(self, request: HttpRequest) -> HttpResponse | None:
        if not self.form.is_valid():
            raise MentoringError("Please look at the marked fields.")
        given = self.form.cleaned_data
        actor: Any = request.user
        try:
            job = services.upload(
                kind=given["kind"],
                file=given["file"],
                actor=actor,
                cohort=given["cohort"] if given["kind"] == ImportKind.PEOPLE else None,
                update_existing=given["update_existing"],
            )
            if job.kind == ImportKind.SCHOOLS:
                services.request_preview(job=job, actor=actor)
        except MentoringError as error:
            self.form.add_error("file", str(error))
            raise
        return redirect("mentoring_import:job", job.pk)


class JobScreen(Screen):
    """One import, whatever its state: columns, preview with questions, result."""

    http_method_names = ["get", "head", "options", "post"]
    header_icon = "upload"
    object: ImportJob

    def fetch(self, pk: int) -> ImportJob:
        return access.import_for_importer(self.request.user, pk)

    def get_page_title(self) -> str:
        return self.object.file_name

    def trail(self) -> list[tuple[str, str]]:
        return [(reverse("mentoring_import:index"), "Imports")]

    @property
    def maps(self) -> bool:
        """Whether to ask which column is what: at first, and when somebody comes back to change it."""
        job = self.object
        people = job.kind == ImportKind.PEOPLE
        return people and (
            job.state == ImportState.UPLOADED
            or (job.state == ImportState.PREVIEWED and self.request.GET.get("step") == "columns")
        )

    def get_template_names(self) -> list[str]:
        return ["mentoring/admin/import_columns.html" if self.maps else "mentoring/admin/import_job.html"]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        job = self.object
        context = super().get_context_data(job=job, **kwargs)
        if self.maps:
            data = self.request.POST if self.request.POST.get("do") == "columns" else None
            context["form"] = MappingForm(data, job=job)
            return context
        fate = self.request.GET.get("fate", "")
        rows = job.rows.all()
        if self.request.GET.get("moved"):
            rows = rows.filter(moved=True)
        if fate in RowFate.values:
            rows = rows.filter(fate=fate)
        counts = [(value, label, job.counts.get(value, 0)) for value, label in RowFate.choices]
        context |= {
            "fates": [(value, label, count) for value, label, count in counts if count],
            # Of a register, schools that stay as they are are only counted; after applying, only what stayed behind is.
            "listed": set(job.rows.values_list("fate", flat=True).distinct().order_by()),
            "fate": fate,
            "page": Paginator(rows, PER_PAGE).get_page(self.request.GET.get("p")),
            "writes": sum(job.counts.get(value, 0) for value in FATES_APPLIED),
            "stays": sum(job.counts.get(value, 0) for value in FATES_LEFT),
            "questions": questions(job) if job.state == ImportState.PREVIEWED else [],
            "open": job.state in (ImportState.QUEUED, ImportState.APPLYING),
            "may_confirm": job.state == ImportState.PREVIEWED,
        }
        return context

    def act(self, request: HttpRequest) -> HttpResponse:
        actor: Any = request.user
        job = self.object
        do = request.POST.get("do")
        if do == "columns":
            mapping = {name: request.POST.get(name, "") for name in MappingForm(job=job).fields}
            services.set_mapping(job=job, mapping=mapping, actor=actor)
            services.request_preview(job=job, actor=actor)
        elif do == "answers":
            answers = [
                (entry["kind"], entry["key"], read_choice(entry["kind"], request.POST.get(entry["name"], "")))
                for entry in questions(job)
            ]
            job = services.answer(job=job, answers=answers, actor=actor)
            services.request_preview(job=job, actor=actor)
        elif do == "apply":
            held = request.POST.get("agreement_held") == "on"
            done = services.request_apply(job=job, actor=actor, agreement_held=held)
            if done.state == ImportState.APPLIED:
                changed = any(done.counts.get(fate) for fate in FATES_APPLIED)
                self.say("The import is applied." if changed else "The import is through; nothing was changed.")
        elif do == "discard":
            services.discard(job=job, actor=actor)
            self.say("The import is discarded; its file is gone.")
            return redirect("mentoring_import:index")
        else:
            raise MentoringError("Please choose one of the buttons.")
        return redirect("mentoring_import:job", job.pk)


class ErrorsFile(View):
    """Rows that stay behind, as a file to mend and upload again: the columns they came with, the line, the reason."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        job = access.import_for_importer(request.user, pk)
        text = io.StringIO(newline="")
        out = csv.writer(text)
        out.writerow([*map(neutral, job.headings), "Line", "Reason"])
        for row in job.rows.filter(fate__in=FATES_LEFT).iterator(chunk_size=1_000):
            out.writerow([*map(neutral, row.original), row.line, neutral(" ".join(row.messages))])
        response = HttpResponse(text.getvalue().encode("utf-8-sig"), content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = f'attachment; filename="import-{job.pk}-errors.csv"'
        response["Cache-Control"] = "private, no-store"
        return response


class ImportViewSet(ScopedModelViewSet):
    model = ImportJob
    icon = "upload"
    name = "mentoring_import"
    url_prefix = "mentoring/imports"
    menu_label = "Imports"
    index_view_class = ImportIndexView
    list_filter = ["kind", "state"]
    search_fields = ["file_name"]
    form_fields: list[str] = []
    inspect_view_enabled = False

    def get_urlpatterns(self) -> list[URLPattern]:
        return [
            path("", self.index_view, name="index"),
            path("results/", self.index_results_view, name="index_results"),
            path("new/", UploadScreen.as_view(), name="upload"),
            path("<int:pk>/", JobScreen.as_view(), name="job"),
            path("<int:pk>/errors.csv", ErrorsFile.as_view(), name="errors"),
        ]

    def get_menu_item(self, order: Any = None) -> MenuItem:
        item = super().get_menu_item(order)
        item.is_shown = lambda request: permissions.can_import_something(request.user)
        return item
