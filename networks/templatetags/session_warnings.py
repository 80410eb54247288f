"""What the Wagtail admin says before a page goes away."""

from __future__ import annotations

from django import template
from wagtail.models import Page

from networks.pages.admin import sentence_about_sessions

register = template.Library()


@register.simple_tag
def warning_about_sessions(page: Page) -> str:
    """A sentence about the dates that lie ahead on a page and below it, or nothing."""
    return sentence_about_sessions(page)
