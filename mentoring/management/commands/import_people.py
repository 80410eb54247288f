"""`manage.py import_people FILE`: people from CSV or XLSX."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandError, CommandParser

from mentoring.people.import_models import ImportJob, ImportKind
from mentoring.people.imports import people_columns, services
from mentoring.programmes.models import Cohort

from ._imports import ImportCommand


class Command(ImportCommand):
    help = "Reads people from CSV or XLSX and says or does what follows."
    kind = ImportKind.PEOPLE

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        names = ", ".join(people_columns.BY_NAME)
        parser.add_argument(
            "--map",
            action="append",
            default=[],
            metavar="FIELD=HEADING",
            help=f"Which column holds what, where it is not guessed right; repeatable. Fields: {names}.",
        )
        parser.add_argument(
            "--agreement-held", action="store_true", help="Those who are enrolled have agreed; needed with --cohort."
        )
        parser.add_argument("--cohort", type=int, metavar="ID", help="Enrol those with an “enrol as” here; needs --as.")
        parser.add_argument("--update", action="store_true", help="Also change what members wrote about themselves.")

    def options_of(self, options: dict[str, Any]) -> dict[str, Any]:
        cohort = None
        if options["cohort"] is not None:
            if not options["actor"]:
                raise CommandError("Enrolling people needs --as EMAIL, somebody who coordinates the cohort.")
            cohort = Cohort.objects.filter(pk=options["cohort"]).first()
            if cohort is None:
                raise CommandError(f"There is no cohort {options['cohort']}.")
        return {"cohort": cohort, "update_existing": options["update"]}

    def prepare(self, job: ImportJob, actor: Any, options: dict[str, Any]) -> None:
        mapping = dict(job.mapping)
        for pair in options["map"]:
            name, equals, heading = pair.partition("=")
            name, heading = name.strip(), heading.strip()
            if not equals or name not in people_columns.BY_NAME:
                raise CommandError(f"“{pair}” is not FIELD=HEADING with one of {', '.join(people_columns.BY_NAME)}.")
            if heading and heading not in job.headings:
                raise CommandError(f"The file has no column “{heading}”. It has: {', '.join(job.headings)}.")
            mapping = {field: other for field, other in mapping.items() if other != heading or field == name}
            mapping[name] = heading
        services.set_mapping(job=job, mapping=mapping, actor=actor)
