"""The trust's two leadership pathways: expert sessions, mentoring, shadowing, evidence."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from home.demo import organisations as orgs
from mentoring.people.models import RoleLevel
from networks.models import PathwayPage, PathwayStagePage, ResourcePage, SessionPage

from .pages import home, put, rich, school_day
from .sessions import Entry, put_session

EMERGING = "leading-from-where-you-are"
ASPIRING = "towards-headship"


@dataclass(frozen=True)
class Stage:
    """A stage: begins and ends some weeks from now; `parts` name sessions and resources by their slugs."""

    slug: str
    title: str
    summary: str
    weeks: tuple[int, int]
    parts: tuple[tuple[str, Any], ...]


EMERGING_SESSIONS = (
    Entry(
        "listening-first",
        "Listening first",
        "What new leaders hear when they stop talking.",
        ((-7, 4, "13:00", 180),),
        place="larkfield",
        leader="A former headteacher who now coaches",
        audience="Participants of the pathway",
        about="primary leadership communication",
        what="We practise one conversation four times. By the fourth, nobody gives advice.",
    ),
    Entry(
        "meetings-people-want",
        "Meetings that people want",
        "Purpose, paper, people, forty minutes.",
        ((2, 4, "13:00", 180),),
        place="mill-lane",
        leader="A facilitator from outside education",
        audience="Participants of the pathway",
        about="primary leadership facilitation leading-people",
        what="Bring the agenda of your last meeting. We rewrite it, and then you chair five minutes of the new one.",
        picture="table",
    ),
    Entry(
        "the-conversation-you-put-off",
        "The conversation you have been putting off",
        "With an actor, in a room where it does not matter yet.",
        ((8, 4, "13:00", 180),),
        place="half-moon",
        leader="An actor and a head of human resources",
        audience="Participants of the pathway",
        about="primary leadership difficult-conversations",
        what="You bring the conversation, the actor plays the other person. We stop, go back, and try again.",
    ),
    Entry(
        "what-changed",
        "What changed, and how do you know?",
        "Evidence without a portfolio the size of a suitcase.",
        ((15, 4, "13:00", 180),),
        place="estuary",
        leader="A researcher in school improvement",
        audience="Participants of the pathway",
        about="primary leadership research-and-evidence",
        what="One page, one table, one honest sentence about what did not work.",
    ),
)
ASPIRING_SESSIONS = (
    Entry(
        "money-and-people",
        "Money and people",
        "Read a school’s budget aloud and hear what it says about the school.",
        ((-6, 2, "09:30", 330),),
        place="mill-lane",
        leader="A trust finance director and a headteacher",
        audience="Participants of the pathway",
        about="primary senior-leadership budgets",
        what="Three budgets, three schools, no names. What would you ask? What would you cut, and who would notice?",
    ),
    Entry(
        "the-day-of-the-visit",
        "The day of the visit",
        "Inspection from the other chair.",
        ((3, 2, "09:30", 330),),
        place="estuary",
        leader="A serving inspector",
        audience="Participants of the pathway",
        about="primary senior-leadership inspection",
        what="You inspect one corridor for one hour and write the paragraph. Then you read it to the people who work there.",
        picture="stairs",
    ),
    Entry(
        "governors-and-trustees",
        "Governors and trustees",
        "Who decides, who is told, and who should have been asked.",
        ((9, 2, "16:00", 120),),
        leader="A chair of trustees",
        audience="Participants of the pathway",
        about="primary senior-leadership governance",
        what="Papers beforehand, a real agenda, and a vote at the end that you will not enjoy.",
    ),
    Entry(
        "a-day-of-headship",
        "A day of headship in one afternoon",
        "Fourteen things happen. You may finish four.",
        ((16, 2, "13:00", 210),),
        place="larkfield",
        leader="The three headteachers",
        audience="Participants of the pathway",
        about="primary headship senior-leadership",
        what="A simulation with telephones, notes under the door and one parent who will not wait.",
    ),
)

EMERGING_STAGES = (
    Stage(
        "find-your-footing",
        "Find your footing",
        "Meet your mentor, look at how you lead today, choose one thing to lead this year.",
        (-9, -4),
        (
            ("session", ("listening-first", "The skill that everything else stands on.")),
            ("reading", ("first-hundred-days", "Read the first four pages; mark what you disagree with.")),
            ("mentoring", (2, "Where you stand, and the one thing you would like to lead this year.")),
        ),
    ),
    Stage(
        "lead-one-thing",
        "Lead one thing",
        "A small project with real people in it.",
        (-3, 4),
        (
            ("session", ("meetings-people-want", "")),
            ("mentoring", (2, "The first month of your project: who is with you, who is not yet.")),
            (
                "evidence",
                (
                    "A plan on one page",
                    "What you will change, for whom, by when, and what you will stop doing to make room.",
                ),
            ),
        ),
    ),
    Stage(
        "see-it-elsewhere",
        "See it elsewhere",
        "A day beside somebody who does the same in another school.",
        (5, 9),
        (
            ("shadowing", ("1.0", "A subject or phase leader in another school of the trust. Go on an ordinary day.")),
            ("reading", ("shadowing-notebook", "Fill in the first page before you go.")),
            ("session", ("the-conversation-you-put-off", "")),
        ),
    ),
    Stage(
        "hold-the-course",
        "Hold the course",
        "The middle, when it is no longer new and not yet done.",
        (10, 14),
        (
            ("mentoring", (2, "What has stalled, and what to leave alone.")),
            ("reading", ("difficult-conversation-openers", "Try one, tell your mentor how it went.")),
        ),
    ),
    Stage(
        "show-and-pass-on",
        "Show it, pass it on",
        "Say what changed, and help the next person to begin.",
        (15, 20),
        (
            ("session", ("what-changed", "")),
            (
                "evidence",
                (
                    "Ten minutes for colleagues",
                    "Show what you changed and what you would do otherwise. Your mentor and your head are in the room.",
                ),
            ),
            ("mentoring", (1, "What next, and who could be your mentee.")),
        ),
    ),
)
ASPIRING_STAGES = (
    Stage(
        "the-whole-school",
        "See the whole school",
        "Move your eyes from a class or a phase to the building.",
        (-9, -3),
        (
            ("session", ("money-and-people", "Money first, because everything else follows it.")),
            ("mentoring", (2, "With a headteacher: what they wish they had known.")),
            ("evidence", ("Your school in three numbers", "Choose them, explain them, say what they hide.")),
        ),
    ),
    Stage(
        "beside-a-head",
        "Beside a head",
        "Three days in somebody else’s office, on ordinary days.",
        (-2, 5),
        (
            (
                "shadowing",
                ("3.0", "Beside a headteacher outside your own school. Sit in, carry the radio, ask at lunch."),
            ),
            ("reading", ("shadowing-notebook", "One page a day.")),
            ("session", ("the-day-of-the-visit", "")),
        ),
    ),
    Stage(
        "people",
        "The people part",
        "Recruiting, supporting, letting go.",
        (6, 10),
        (
            ("mentoring", (2, "A decision about people that you would find hard.")),
            ("session", ("governors-and-trustees", "")),
            ("reading", ("difficult-conversation-openers", "")),
        ),
    ),
    Stage(
        "lead-across-schools",
        "Lead across schools",
        "A piece of work that more than one school needs.",
        (11, 15),
        (
            (
                "evidence",
                (
                    "A change in two schools",
                    "Plan it with the other school, lead it for half a term, and write what you learned about leading people who are not yours.",
                ),
            ),
            ("mentoring", (2, "Power without position.")),
        ),
    ),
    Stage(
        "ready",
        "Ready, or ready to wait",
        "A hard afternoon, an honest talk, a plan.",
        (16, 21),
        (
            ("session", ("a-day-of-headship", "")),
            ("mentoring", (1, "Apply now, later or not at all: all three are good answers.")),
            (
                "evidence",
                ("Letter to yourself", "What kind of head you would be. Two sides, sealed, opened in a year."),
            ),
        ),
    ),
)


def load(*, today: date) -> None:
    index = home().get_children().get(slug="pathways")
    emerging, _ = put(
        index,
        PathwayPage,
        EMERGING,
        title="Leading from where you are",
        summary="For leaders who have just begun, and for those who have led for years and want company.",
        aim=rich(
            "You can lead a change that lasts: with people who chose to come along, and with evidence that it helped."
        ),
        who_for="Subject, phase and pastoral leaders of the trust’s schools, new or long in post, and teachers who lead "
        "something without the title.",
        role_level=RoleLevel.objects.filter(slug="teacher").first(),
        years=2,
        head_support=True,
        completion="If you miss one, you can catch up with the next intake. The evidence is read by your mentor and your head.",
        picture="hills",
        about="primary academy-trust middle-leadership subject-leadership first-leadership-role mentoring",
        **common(today),
    )
    aspiring, _ = put(
        index,
        PathwayPage,
        ASPIRING,
        title="Towards headship",
        summary="For those who could see themselves as a deputy or a head, and would like to find out.",
        aim=rich(
            "You know what the job is, from beside it. You leave with a plan for the next two years, whichever way you decide."
        ),
        who_for="Senior and middle leaders who aim at deputy headship or headship in the next few years.",
        role_level=RoleLevel.objects.filter(slug="phase-leader").first(),
        years=3,
        head_support=True,
        completion="The three shadowing days cannot be missed, only moved.",
        picture="stairs",
        about="primary academy-trust senior-leadership aspiring-senior-leadership aspiring-headship headship mentoring shadowing",
        **common(today),
    )
    for page, sessions, stages in (
        (emerging, EMERGING_SESSIONS, EMERGING_STAGES),
        (aspiring, ASPIRING_SESSIONS, ASPIRING_STAGES),
    ):
        for entry in sessions:
            put_session(page, entry, today=today)
        for stage in stages:
            put_stage(page, stage, today)


def common(today: date) -> dict[str, Any]:
    """What both pathways share."""
    return {
        "host": orgs.organisation(orgs.TRUST),
        "starts": school_day(today, -9, 0),
        "ends": school_day(today, 21, 4),
        "apply_by": school_day(today, -9, 0) - timedelta(days=21),
        "may_miss": 2,
        "contact_role": "Leadership pathway coordinator",
        "contact_email": "pathways@swect.example.org",
        "many": {"partners": [orgs.organisation(name) for name in (orgs.LARKFIELD, orgs.ESTUARY, orgs.MILL_LANE)]},
        "body": [
            (
                "mentors_wanted",
                {
                    "heading": "Mentors wanted",
                    "text": "One step ahead is enough. We train you, and you meet others who do it.",
                },
            ),
            (
                "mentoring_involves",
                {"heading": "What mentoring involves", "points": ["Cover is paid for meetings in school time."]},
            ),
            (
                "questions",
                {
                    "heading": "Before you apply",
                    "questions": [
                        {
                            "question": "How much time does it take?",
                            "answer": "<p>About six days over the year, and an hour a month with your mentor. Cover is paid for the days.</p>",
                        },
                        {
                            "question": "Who will be my mentor?",
                            "answer": "<p>Somebody a step or two ahead of you in another school, chosen for what you want to learn. You can say no.</p>",
                        },
                        {
                            "question": "What if I decide against it?",
                            "answer": "<p>Then you found out in good company. Nobody counts it against you.</p>",
                        },
                    ],
                },
            ),
        ],
    }


def put_stage(pathway: PathwayPage, stage: Stage, today: date) -> None:
    put(
        pathway,
        PathwayStagePage,
        stage.slug,
        title=stage.title,
        summary=stage.summary,
        starts=school_day(today, stage.weeks[0], 0),
        ends=max(school_day(today, stage.weeks[1], 4), school_day(today, stage.weeks[0], 0) + timedelta(days=18)),
        parts=[(kind, part_value(kind, value, pathway)) for kind, value in stage.parts],
    )


def part_value(kind: str, value: Any, pathway: PathwayPage) -> dict[str, Any]:
    """The value of one block of a stage."""
    if kind == "session":
        return {"session": SessionPage.objects.child_of(pathway).get(slug=value[0]), "note": value[1]}
    if kind == "reading":
        return {"resource": ResourcePage.objects.get(slug=value[0]), "note": value[1]}
    if kind == "mentoring":
        return {"meetings": value[0], "about": value[1]}
    if kind == "shadowing":
        return {"days": value[0], "about": value[1]}
    return {"title": value[0], "about": value[1]}
