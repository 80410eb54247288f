"""The screen between an editor and a page that live cohorts lean on."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from wagtail.admin.widgets import AdminPageChooser

from mentoring.errors import MentoringError
from mentoring.trust.screens import Screen, number

from .pages_in_use import Use, fetch_pages, move_references, uses_of

MOST = 1000
DROP = "Go on without one: the programme then names no page here."


def _may_go(page: Any, user: Any) -> bool:
    may = page.permissions_for_user(user)
    return bool(may.can_unpublish() or may.can_delete())


class ReplacementForm(forms.Form):
    """For one page in use: which page takes its place."""

    page = forms.ModelChoiceField(queryset=None, required=False, label="Page that takes its place")
    drop = forms.BooleanField(required=False, label=DROP)

    def __init__(self, *args: Any, uses: list[Use], going: list[Any], whole_tree: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.uses = uses
        self.going = going
        self.whole_tree = whole_tree
        chooser: Any = self.fields["page"]
        chooser.queryset = type(going[0])._default_manager.filter(depth__gt=1)
        chooser.widget = AdminPageChooser()
        chooser.widget.choices = chooser.choices
        if any(use.must_be_replaced for use in uses):
            del self.fields["drop"]

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        page, drop = given.get("page"), given.get("drop")
        if page and any(page.path.startswith(old.path) if self.whole_tree else page == old for old in self.going):
            self.add_error("page", "This page is about to go, too. Choose another.")
        elif page and not page.live:
            self.add_error("page", "This page is not published. Choose one that people can open.")
        elif page and drop:
            self.add_error("page", "Choose a page or go on without one: not both.")
        elif not page and not drop and not self.errors:
            self.add_error("page", "Choose the page that takes its place.")
        return given


class PagesInUse(Screen):
    """Asks for a replacement of each page in use, moves the references, and goes on to where the editor was."""

    http_method_names = ["get", "head", "options", "post"]
    template_name = "mentoring/editors/pages_in_use.html"
    page_title = "This page is in use"
    header_icon = "warning"

    def fetch(self, pk: int) -> list[Any]:
        """The pages about to go. Somebody who may neither unpublish nor delete one of them finds nothing here."""
        ids = [pk, *(number(text) for text in self.request.GET.getlist("page"))]
        pages = fetch_pages(ids[:MOST])
        if not pages or not all(_may_go(page, self.request.user) for page in pages):
            raise Http404
        return pages

    @property
    def whole_tree(self) -> bool:
        return bool(self.request.GET.get("below"))

    @cached_property
    def uses(self) -> list[Use]:
        return uses_of(self.object, whole_tree=self.whole_tree)

    @property
    def then(self) -> str:
        """Where the editor came from, if it is on this site."""
        wanted = self.request.GET.get("then", "")
        if url_has_allowed_host_and_scheme(wanted, allowed_hosts=None) and wanted.startswith("/"):
            return wanted
        return reverse("wagtailadmin_explore_root")

    @cached_property
    def forms(self) -> list[ReplacementForm]:
        by_page: dict[int, list[Use]] = {}
        for use in self.uses:
            by_page.setdefault(use.page_id, []).append(use)
        data = self.request.POST if self.request.method == "POST" else None
        return [
            ReplacementForm(data, prefix=f"page-{page_id}", uses=uses, going=self.object, whole_tree=self.whole_tree)
            for page_id, uses in by_page.items()
        ]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return super().get(request, *args, **kwargs) if self.uses else redirect(self.then)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        media = forms.Media()
        for form in self.forms:
            media += form.media
        return super().get_context_data(forms=self.forms, then=self.then, media=media, **kwargs)

    def act(self, request: HttpRequest) -> HttpResponse:
        if not all([form.is_valid() for form in self.forms]):  # noqa: C419 - each form says what is wrong with it
            raise MentoringError("Please look at the answers below.")
        replacements = {form.uses[0].page_id: form.cleaned_data.get("page") for form in self.forms}
        moved = move_references(uses=self.uses, replacements=replacements, actor=self.actor)
        if moved:
            self.say("The programmes now point elsewhere. You can go on.")
        return redirect(self.then)
