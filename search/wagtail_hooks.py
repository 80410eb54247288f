"""Registers; computes nothing."""

from wagtail import hooks

from .missed import admin as missed

hooks.register("register_admin_urls", missed.urls)
hooks.register("register_reports_menu_item", missed.menu_item)
