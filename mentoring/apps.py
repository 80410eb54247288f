from django.apps import AppConfig


class MentoringConfig(AppConfig):
    name = "mentoring"
    default_auto_field = "django.db.models.BigAutoField"  # whatever the site around it has: migrations must agree
    verbose_name = "Mentoring"

    def ready(self) -> None:
        from django.core.checks import register

        from mentoring.checks import sqlite_lets_two_write
        from mentoring.jobs import due
        from mentoring.messages.sending import send_due
        from mentoring.people.imports.work import run_due_imports
        from mentoring.programmes.grants import close_expired
        from mentoring.proposals.runs import execute_due

        register(sqlite_lets_two_write)
        due.register("grants", close_expired)
        due.register("runs", execute_due)
        due.register("imports", run_due_imports)
        due.register("mail", send_due)
