"""The demo: a borough, a theatre and a trust that could exist, with a year of sessions around today.

`manage.py demo` runs the parts below in order, in one transaction. Each part is a module of this package with

    def load(*, today: date) -> None

It finds what is there by its natural key (name, slug, address) and makes what is missing, so running it twice changes
nothing; what an editor has changed stays.
"""

PARTS = (
    "organisations",  # organisations and places: everything else points at them
    "pictures",
    "site",  # front door, lists, standard pages, settings, groups
    "accounts",  # staff one can sign in as: they need the groups
    "networks",
    "programmes",
    "library",
    "pathways",  # their stages point at sessions and resources
    "exhibition",
    "news",
    "people",  # profiles, interests
    "mentoring",  # log-ins of members and coordinators; programmes, cohorts, enrolments, approved pairs
    "pairs",  # what became of the borough's approved pairs
    "last_year",  # the borough's intake of last year, for reports
    "reports",  # stages that lean on the pathways’ pages, answers to the equality questions
    "visits",  # five open doors in the trust’s programme, and visits at their different moments
)
