"""Registers what editors see; computes nothing."""

from __future__ import annotations

from wagtail import hooks
from wagtail.snippets.models import register_snippet

from .pages.admin import ArtworkViewSet, SessionListing, warn_about_link, warn_about_sessions

register_snippet(ArtworkViewSet)
hooks.register("register_admin_viewset", lambda: SessionListing("sessions"))
hooks.register("after_publish_page", warn_about_link)
hooks.register("before_delete_page", warn_about_sessions)
