"""Editors' side of mails: words as snippets with drafts and revisions, a page to read them as sent, a test message."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.urls.resolvers import URLPattern
from django.utils.functional import cached_property
from wagtail.admin.panels import FieldPanel, HelpPanel, Panel
from wagtail.admin.ui.tables import Column, UpdatedAtColumn
from wagtail.permissions import policy_registry
from wagtail.snippets.views.snippets import SnippetViewSet

from mentoring.errors import MentoringError
from mentoring.trust.screens import Screen

from . import catalogue, services
from .rendering import Letter, example_letter
from .starting import starting_words
from .wording_models import Wording


class WordsHelp(HelpPanel):
    """Which tokens each mail knows, and the words it has at present."""

    class BoundPanel(HelpPanel.BoundPanel):
        def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
            kinds = []
            for kind in catalogue.KINDS.values():
                subject, text = starting_words(kind.name)
                tokens = [
                    {
                        "written": "{{ " + token + " }}",
                        "meaning": catalogue.TOKENS[token][0],
                        "needed": token in kind.required,
                    }
                    for token in kind.all_tokens
                ]
                kinds.append({"kind": kind, "subject": subject, "text": text, "tokens": tokens})
            return {**super().get_context_data(parent_context), "kinds": kinds}


def panels() -> list[Panel]:
    return [
        WordsHelp(template="mentoring/admin/wording_help.html"),
        FieldPanel("name", widget=forms.Select(choices=[("", "Choose a mail"), *catalogue.choices()])),
        FieldPanel("programme"),
        FieldPanel("subject"),
        FieldPanel("text", widget=forms.Textarea(attrs={"rows": 18})),
    ]


class WordingScreen(Screen):
    """The latest draft as it would read, with invented people; a button sends it to oneself."""

    http_method_names = ["get", "head", "options", "post"]
    template_name = "mentoring/admin/wording.html"
    header_icon = "mail"
    object: Wording

    def fetch(self, pk: int) -> Wording:
        found = Wording.objects.filter(pk=pk).first()
        policy = policy_registry.get_by_type(Wording)
        if found is None or not policy.user_has_any_permission(self.request.user, ["add", "change", "publish"]):
            raise Http404("There is nothing here, or it is not yours to see.")
        draft: Wording = found.get_latest_revision_as_object()
        return draft

    @cached_property
    def letter(self) -> Letter:
        return example_letter(self.object)

    def get_page_title(self) -> str:
        return f"How it reads: {catalogue.label_of(self.object.name)}"

    def trail(self) -> list[tuple[str, str]]:
        model = Wording.snippet_viewset
        return [
            (reverse(model.get_url_name("list")), "Words of mails"),
            (reverse(model.get_url_name("edit"), args=[self.object.pk]), str(self.object)),
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(letter=self.letter, own_address=services.address_of(self.actor), **kwargs)

    def act(self, request: HttpRequest) -> HttpResponse:
        if request.POST.get("do") != "test":
            raise MentoringError("Please choose one of the buttons.")
        row = services.send_test(words=self.object, actor=self.actor)
        self.say(f"A test message is on its way to {row.recipient}.")
        return redirect(request.path)


class WordingViewSet(SnippetViewSet):
    model = Wording
    icon = "mail"
    menu_label = "Words of mails"
    url_prefix = "mentoring/words"
    admin_url_namespace = "mentoring_wording"
    copy_view_enabled = False
    add_to_admin_menu = True
    menu_order = 255
    add_to_reference_index = False
    list_display = [Column("mail", label="Mail", accessor=str), "subject", UpdatedAtColumn()]
    list_filter = ["programme"]
    edit_template_name = "mentoring/admin/wording_edit.html"

    @property
    def panels(self) -> list[Panel]:
        return panels()

    def get_urlpatterns(self) -> list[URLPattern]:
        return [*super().get_urlpatterns(), path("read/<int:pk>/", WordingScreen.as_view(), name="read")]
