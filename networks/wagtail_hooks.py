"""Registers what editors see; computes nothing."""

from __future__ import annotations

from django.urls import path
from wagtail import hooks
from wagtail.snippets.models import register_snippet

from .pages.admin import ArtworkViewSet, SessionListing, warn_about_link, warn_about_sessions
from .pages.copying_views import copy_button, copy_view

register_snippet(ArtworkViewSet)
hooks.register("register_admin_viewset", lambda: SessionListing("sessions"))
hooks.register("after_publish_page", warn_about_link)
hooks.register("before_delete_page", warn_about_sessions)
hooks.register(
    "register_admin_urls", lambda: [path("programmes/<int:pk>/copy/", copy_view, name="networks_copy_programme")]
)
hooks.register("register_page_listing_more_buttons", copy_button)
hooks.register("register_page_header_buttons", lambda page, user, view_name, next_url=None: copy_button(page, user))
