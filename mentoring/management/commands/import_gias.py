"""`manage.py import_gias FILE`: schools from an extract of the national register."""

from __future__ import annotations

from mentoring.people.import_models import ImportKind

from ._imports import ImportCommand


class Command(ImportCommand):
    help = "Reads schools from a CSV extract of the national register (GIAS) and says or does what follows."
    kind = ImportKind.SCHOOLS
