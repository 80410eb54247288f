"""Pages that need nothing special, and pages with a form."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.forms import Form
from modelcluster.fields import ParentalKey
from wagtail.admin.panels import FieldPanel, InlinePanel, MultiFieldPanel
from wagtail.contrib.forms.models import AbstractFormField, EmailFormMixin, FormMixin
from wagtail.contrib.forms.panels import FormSubmissionsPanel
from wagtail.fields import RichTextField, StreamField
from wagtail.search import index

from core.pages.models import BasePage
from networks.pages.blocks import BodyBlock
from networks.pages.network import PLAIN
from networks.pages.panels import tabs


class StandardPage(BasePage):
    """About, privacy, accessibility: text and what goes with it."""

    body = StreamField(BodyBlock())

    content_panels = [*BasePage.content_panels, FieldPanel("body")]
    edit_handler = tabs(content_panels, promote=BasePage.promote_panels)
    search_fields = [*BasePage.search_fields, index.SearchField("body")]

    parent_page_types = ["home.HomePage", "home.StandardPage"]
    subpage_types = ["home.StandardPage", "home.FormPage"]
    template = "home/standard_page.html"
    page_description = "A page of text with pictures, files and boxes."


class FormField(AbstractFormField):
    """One question of a form."""

    page = ParentalKey("home.FormPage", on_delete=models.CASCADE, related_name="form_fields")


class FormPage(EmailFormMixin, FormMixin, BasePage):
    """A form whose answers go to the address of a role. They are kept here only when the editor says so."""

    intro = RichTextField(blank=True, features=PLAIN)
    thanks = RichTextField(
        "what people read afterwards", blank=True, features=PLAIN, help_text="Say who answers, and how soon."
    )
    button = models.CharField("words on the button", max_length=40, default="Send")
    keep = models.BooleanField(
        "keep the answers here",
        default=False,
        help_text="Untick to send them by mail only. Keep nothing about people that you do not need.",
    )

    content_panels = [
        *BasePage.content_panels,
        FieldPanel("intro"),
        InlinePanel("form_fields", heading="Questions", label="question", min_num=1),
        FieldPanel("button"),
        FieldPanel("thanks"),
    ]
    details_panels = [
        FormSubmissionsPanel(),
        MultiFieldPanel(
            [FieldPanel("to_address"), FieldPanel("from_address"), FieldPanel("subject"), FieldPanel("keep")],
            "Where the answers go",
        ),
    ]
    edit_handler = tabs(content_panels, details_panels, promote=BasePage.promote_panels)
    search_fields = [*BasePage.search_fields, index.SearchField("intro")]

    parent_page_types = ["home.HomePage", "home.StandardPage"]
    subpage_types: list[str] = []
    template = "home/form_page.html"
    landing_page_template = "home/form_page_thanks.html"
    page_description = "A form, such as the one for contact."

    class Meta:
        verbose_name = "page with a form"

    def process_form_submission(self, form: Form) -> Any:
        """Sends the answers to the role; stores them only where the page says so."""
        if self.to_address:
            self.send_mail(form)
        return FormMixin.process_form_submission(self, form) if self.keep or not self.to_address else None
