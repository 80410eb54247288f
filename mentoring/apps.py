from django.apps import AppConfig


class MentoringConfig(AppConfig):
    name = "mentoring"
    default_auto_field = "django.db.models.BigAutoField"  # whatever the site around it has: migrations must agree
    verbose_name = "Mentoring"

    def ready(self) -> None:
        from django.core.checks import register

        from mentoring.checks import sqlite_lets_two_write
        from mentoring.desk.summary import send_summaries
        from mentoring.equality.services import connect as connect_equality
        from mentoring.jobs import due
        from mentoring.jobs.daily import once_a_day
        from mentoring.jobs.hourly import once_an_hour
        from mentoring.messages.holding import release_after_pauses, send_daily
        from mentoring.messages.sending import send_due
        from mentoring.people.imports.work import run_due_imports
        from mentoring.personal.erasing import forget_confirmations
        from mentoring.personal.retention import daily as clear_what_is_over
        from mentoring.placements.clocks import run_due as run_due_visits
        from mentoring.programmes.grants import close_expired
        from mentoring.programmes.head import keep_asking
        from mentoring.proposals.choices import run_due_choices
        from mentoring.proposals.clocks import run_due_offers
        from mentoring.proposals.runs import execute_due
        from mentoring.relationships.clocks import run_hourly
        from mentoring.trust.seals import seal_due

        register(sqlite_lets_two_write)
        connect_equality()
        due.register("grants", close_expired)
        due.register("heads", once_an_hour("heads", keep_asking))
        due.register("visits", once_an_hour("visits", run_due_visits))
        due.register("runs", execute_due)
        due.register("offers", run_due_offers)
        due.register("choices", run_due_choices)
        due.register("imports", run_due_imports)
        due.register("pairs", run_hourly)
        due.register("pauses", release_after_pauses)
        due.register("retention", once_a_day("retention job", clear_what_is_over, hour=3))
        due.register("summaries", once_a_day("summaries", send_summaries))
        due.register("daily messages", once_a_day("daily messages", send_daily))
        due.register("mail", send_due)
        due.register("last messages", forget_confirmations)
        due.register("seals", seal_due)
