"""Spreadsheets that cannot run anything: a cell that begins like a formula is written as text."""

from __future__ import annotations

from typing import Any

#: First characters that Excel, LibreOffice or Sheets take for a formula, a command or the start of one.
DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def neutral(value: Any) -> Any:
    """The value as a harmless cell: text that starts like a formula gets an apostrophe; everything else is unchanged.

    >>> neutral("=1+1")
    "'=1+1"
    """
    if isinstance(value, str) and value.lstrip(" \u00a0\ufeff").startswith(DANGEROUS):
        return "'" + value
    if isinstance(value, str) and value.startswith(DANGEROUS):
        return "'" + value
    return value


class SafeExportMixin:
    """For any Wagtail view that exports a spreadsheet, ours or Wagtail's own."""

    def preprocess_field_value(self, field: str, value: Any, export_format: str) -> Any:
        return neutral(super().preprocess_field_value(field, value, export_format))  # type: ignore[misc]  # mixin

    def get_heading(self, queryset: Any, field: str) -> Any:
        return neutral(super().get_heading(queryset, field))  # type: ignore[misc]  # a mixin before a View


def make_wagtail_exports_safe() -> None:
    """Wagtail's own listings and reports (redirects, users, site history, form submissions) export through one mixin.

    Replacing two methods of it covers them all, also those that other packages build on it. Safe to repeat.
    """
    from wagtail.admin.views.mixins import SpreadsheetExportMixin

    if getattr(SpreadsheetExportMixin, "_mentoring_safe", False):
        return
    plain = SpreadsheetExportMixin.preprocess_field_value

    def preprocess_field_value(self: Any, field: str, value: Any, export_format: str) -> Any:
        return neutral(plain(self, field, value, export_format))

    SpreadsheetExportMixin.preprocess_field_value = preprocess_field_value
    SpreadsheetExportMixin._mentoring_safe = True
