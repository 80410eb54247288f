"""Registers what the shared app adds to the Wagtail admin. Computes nothing."""

from __future__ import annotations

from wagtail import hooks

from core.accounts import admin
from core.accounts.first_page import drop_what_is_about_pages
from core.pages.choosers import published_only

hooks.register("before_bulk_action", admin.keep_administrators_out_of_bulk)
hooks.register("register_account_menu_item", admin.security_menu_item)
hooks.register("construct_page_chooser_queryset", published_only)
hooks.register("construct_homepage_panels", drop_what_is_about_pages)
