"""Lists of the admin on a phone: each row a card, with a label where a value does not speak for itself."""

from __future__ import annotations

from wagtail.admin.ui.tables import Column, Table


class CardTable(Table):
    """A table that `admin.css` lays out as cards where the window is narrow."""

    classname = "listing m-cards"


class LabelledColumn(Column):
    """A value that needs its heading beside it on a card: a number, a date, a yes or no."""

    cell_template_name = "mentoring/admin/labelled_cell.html"
