"""Registers what the shared app adds to the Wagtail admin. Computes nothing."""

from __future__ import annotations

from wagtail import hooks

from core.accounts import admin

hooks.register("before_bulk_action", admin.keep_administrators_out_of_bulk)
hooks.register("register_account_menu_item", admin.security_menu_item)
