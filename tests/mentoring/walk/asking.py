"""First chapters: applications, heads, decisions."""

from __future__ import annotations

import datetime as dt

from mentoring.programmes import applying, head, services
from mentoring.programmes.consent import CONSENT_VERSION
from mentoring.programmes.models import CohortState, EnrolmentState, HeadSupport
from mentoring.trust import links

from .guide import Guide
from .people import MENTEES, MENTORS, head_of

SILENT, REFUSED = "Chidi Okafor", "Ben Carter"
OTHER_HEAD = "deputy.cedar@example.org"


def move_cohort(guide: Guide, to: CohortState) -> None:
    cohort = guide.cast.cohort
    cohort.refresh_from_db()
    with guide.act(f"Cora takes the cohort to “{to.label.lower()}”"):
        guide.cast.cohort = services.move_cohort(
            cohort=cohort, to=to, actor=guide.cast.coordinator, version=cohort.version
        )


def apply(guide: Guide, name: str, role: str, **fields: object) -> None:
    cast, who = guide.cast, guide.cast.user(name)
    with guide.act(f"{name} applies as {role}"):
        row = applying.begin(cohort=cast.cohort, profile=cast.profiles[name], as_role=role, actor=who)
        row = applying.save_part(
            enrolment=row, actor=who, version=row.version, formats="either",
            availability="Mon 15:30-17:30; Thu 15:30-17:30", **fields,
        )  # fmt: skip
        applying.send(enrolment=row, actor=who, version=row.version, consent_version=CONSENT_VERSION, adult=True)


def decide(guide: Guide, name: str, what: str, note: str = "") -> None:
    row = guide.cast.enrolment(name)
    act = {"accept": services.accept, "send back": services.send_back, "decline": services.decline}[what]
    with guide.act(f"Cora: {what} {name}" + (f" (“{note}”)" if note else "")):
        act(enrolment=row, actor=guide.cast.coordinator, version=row.version, note=note)


def head_says(guide: Guide, to: str, said: str, text: str = "", template: str = "head_asked") -> None:
    with guide.act(f"{guide.name_of(to)} follows the link and says {said}"):
        link = links.find(guide.link_in_last_mail(to, template))
        assert link is not None
        head.answer(link=link, answer=said, text=text)


def applications(guide: Guide) -> None:
    guide.chapter("Applications")
    move_cohort(guide, CohortState.OPEN)
    for name, (_, topic, places) in MENTORS.items():
        apply(guide, name, "mentor", capacity=places, goals=f"I have worked with {topic} for ten years.")
    guide.until(dt.date(2027, 9, 7))
    for name, (_, topic) in MENTEES.items():
        goal = (f"Lead on {topic} across the school", "Pupils meet the same rules everywhere")
        apply(guide, name, "mentee", goal_rows=[goal])


def heads(guide: Guide) -> None:
    guide.chapter("Heads, asked by link")
    guide.until(dt.date(2027, 9, 9))
    for name, (school, _) in MENTEES.items():
        if name == REFUSED:
            head_says(guide, head_of(school), "no", "We cannot release anybody this year.")
        elif name != SILENT:
            head_says(guide, head_of(school), "yes")
    guide.until(dt.date(2027, 9, 22))  # reminded after five working days, lapsed after fourteen days
    row = guide.cast.enrolment(SILENT)
    assert row.head_support == HeadSupport.ASKED
    guide.cast.addresses[OTHER_HEAD] = "Deputy head of Cedar School"
    with guide.act(f"{SILENT} asks the deputy head instead"):
        head.ask_again(enrolment=row, actor=guide.cast.user(SILENT), email=OTHER_HEAD, version=row.version)
    guide.until(dt.date(2027, 9, 24))
    head_says(guide, OTHER_HEAD, "yes")


def decisions(guide: Guide) -> None:
    guide.chapter("The coordinator decides")
    guide.until(dt.date(2027, 9, 27))
    for name in MENTORS:
        decide(guide, name, "accept")
    decide(guide, REFUSED, "decline", "Your head would like to wait a year. Please apply again then.")
    decide(guide, "Dana Novak", "send back", "Which year groups do you have in mind?")
    for name in ("Amina Rahman", SILENT, "Farid Haddad", "Grace Mensah", "Hana Sato", "Ivo Petrov", "Jonas Berg"):
        decide(guide, name, "accept")
    guide.until(dt.date(2027, 9, 29))
    dana, row = guide.cast.user("Dana Novak"), guide.cast.enrolment("Dana Novak")
    with guide.act("Dana Novak answers the question"):
        applying.send(
            enrolment=row, actor=dana, version=row.version, consent_version=CONSENT_VERSION, adult=True,
            reply="Years 7 and 8.",
        )  # fmt: skip
    decide(guide, "Dana Novak", "accept")
    decide(guide, "Elif Demir", "accept")
    assert guide.cast.enrolment("Elif Demir").state == EnrolmentState.WAITLISTED, "eight places, and she is the ninth"
    guide.until(dt.date(2027, 10, 4))
    jonas = guide.cast.enrolment("Jonas Berg")
    with guide.act("Jonas Berg withdraws: a place is free"):
        services.withdraw(enrolment=jonas, actor=guide.cast.user("Jonas Berg"))
    decide(guide, "Elif Demir", "accept")
    assert guide.cast.enrolment("Elif Demir").state == EnrolmentState.ELIGIBLE
