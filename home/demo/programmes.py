"""The theatre's year, the trust's weekly training and its trauma-informed programme."""

from __future__ import annotations

from datetime import date

from home.demo import organisations as orgs
from networks.models import ProgrammePage
from networks.pages.school_year import school_year_of

from .pages import home, put, rich, text
from .sessions import put_session
from .sessions_programmes import HALF_MOON, TRAUMA, WEEKLY


def load(*, today: date) -> None:
    index = home().get_children().get(slug="whats-on")
    year = school_year_of(today)
    starts, ends = date(year, 9, 1), date(year + 1, 7, 31)
    theatre, _ = put(
        index,
        ProgrammePage,
        "half-moon-programme",
        title="Half Moon’s year of CPD",
        provider=orgs.organisation(orgs.HALF_MOON),
        starts=starts,
        ends=ends,
        offer="Free for everybody who works in a Tower Hamlets school or setting.",
        summary="A year of training by theatre and drama professionals, on stage and on screen, free for borough staff.",
        intro=rich(
            "Half Moon Theatre and the borough’s arts and music service put this programme together every year from "
            "what the drama forums ask for. Some sessions are in the studio, some are online, all are led by people "
            "who make theatre for a living.",
        ),
        contact_role="Head of creative learning",
        contact_email="creative-learning@halfmoon.example.org",
        about="primary secondary early-years theatre-setting drama performing-arts",
        picture="curtains",
        many={"partners": [orgs.organisation(orgs.THAMES)]},
    )
    weekly, _ = put(
        index,
        ProgrammePage,
        "thursday-training",
        title="Thursday training",
        provider=orgs.organisation(orgs.TRUST),
        starts=starts,
        ends=ends,
        offer="Every Thursday in term, one hour, for all staff of the trust’s primary schools.",
        summary="An hour a week, after school, taught by colleagues of the trust’s three primary schools.",
        intro=rich(
            "No expensive day out, no supply cover, no slides from a stranger. A colleague who does it well shows how, "
            "and the school that asked for it hosts it.",
        ),
        contact_role="Professional learning lead",
        contact_email="training@swect.example.org",
        about="primary academy-trust professional-development",
        picture="school",
        body=[
            (
                "callout",
                {
                    "tone": "note",
                    "heading": "Your time is planned in",
                    "text": "<p>Thursday training counts towards directed time. No other meeting is put on a Thursday.</p>",
                },
            )
        ],
    )
    trauma, _ = put(
        index,
        ProgrammePage,
        "trauma-informed-schools",
        title="Trauma-informed schools",
        provider=orgs.organisation(orgs.TRUST),
        starts=starts,
        ends=ends,
        offer="For all staff of the trust, from the kitchen to the head’s office.",
        summary="Four sessions that turn a good training day into the way a school behaves.",
        intro=rich(
            "After a first day with a national trainer in each school, staff asked for more. The trust has paid for a "
            "programme, and the headteachers lead the second half of it themselves.",
        ),
        contact_role="Inclusion lead of the trust",
        contact_email="inclusion@swect.example.org",
        about="primary academy-trust trauma-informed-practice semh behaviour",
        picture="plant",
        body=[
            text(
                "# What it is not",
                "It is not therapy, and nobody becomes a counsellor. It is about knowing why a child does what they "
                "do, and about adults who stay calm together.",
            )
        ],
    )
    for page, entries in ((theatre, HALF_MOON), (weekly, WEEKLY), (trauma, TRAUMA)):
        for entry in entries:
            put_session(page, entry, today=today)
