"""Meetings of the trust's hub and groups."""

from __future__ import annotations

from .sessions import Entry

HUB = (
    Entry(
        "hub-drop-in",
        "Hub drop-in",
        "Bring a question, a plan you are stuck on, or a cup of tea.",
        (
            (-4, 0, "15:45", 40),
            (-2, 0, "15:45", 40),
            (1, 0, "15:45", 40),
            (3, 0, "15:45", 40),
            (5, 0, "15:45", 40),
            (7, 0, "15:45", 40),
        ),
        kind="drop_in",
        leader="The hub coordinator",
        audience="All staff of the three schools",
        about="primary professional-development teaching-and-learning",
        what=(
            "Somebody is always there. If the answer is in the library, you get the link; if not, we find the person who knows."
        ),
        picture="screen",
    ),
    Entry(
        "sharing-day",
        "Sharing day",
        "Each school shows two things that went well, and one that did not.",
        ((11, 4, "09:00", 360),),
        kind="meeting",
        place="estuary",
        hybrid=True,
        leader="The three headteachers",
        audience="All staff of the three schools",
        about="primary professional-development",
        what=("Short talks before lunch, open classrooms after it. Staff who cannot come over join the talks online."),
    ),
)

CURRICULUM = (
    Entry(
        "history-review",
        "History, looked at together",
        "What do children in three schools know about the Thames by Year 6?",
        ((-5, 3, "15:45", 90),),
        kind="meeting",
        place="mill-lane",
        leader="History leads of the three schools",
        audience="History leads and Key Stage 2 teachers",
        about="primary history curriculum subject-leadership",
        what=("We bring books from every year, lay them out in order and walk along the table."),
        notes=(
            "The gap was in Year 4. The new unit on the docks is written in three parts, one by each school, and will be in the library after half-term.",
        ),
    ),
    Entry(
        "science-review",
        "Science, looked at together",
        "Fewer worksheets, more finding out, and the same words for it in all three schools.",
        ((2, 2, "15:45", 90),),
        kind="meeting",
        place="larkfield",
        leader="Science leads of the three schools",
        audience="Science leads and phase leaders",
        about="primary science curriculum subject-leadership workload",
        what=(
            "Bring three books and one investigation that fell flat. We mend the plan for next year and share out the writing."
        ),
        capacity=20,
    ),
    Entry(
        "reading-review",
        "Reading, looked at together",
        "From phonics to the last chapter: where do we lose them?",
        ((9, 2, "15:45", 90),),
        kind="meeting",
        place="estuary",
        leader="English leads of the three schools",
        audience="English leads, reading leads and librarians",
        about="primary reading phonics curriculum",
        what=("Each school brings what five children read last month, with the children’s own words about it."),
        capacity=20,
    ),
)

TRAUMA_GROUP = (
    Entry(
        "what-we-changed-first",
        "What we changed first",
        "Three headteachers, one small change each, and what came of it.",
        ((-7, 2, "15:45", 75),),
        kind="forum",
        place="larkfield",
        leader="The three headteachers",
        audience="Staff who took part in the first training",
        about="primary trauma-informed-practice behaviour",
        what=(
            "The door at nine in the morning, the corridor at noon, the phone call home: we start with the places, not the policies."
        ),
        notes=(
            "Estuary View changed who stands at the gate. Mill Lane rewrote the first line of every letter home. Larkfield moved assembly.",
        ),
    ),
    Entry(
        "looking-after-the-adults",
        "Looking after the adults",
        "You cannot lend calm that you do not have.",
        ((3, 2, "15:45", 75),),
        kind="forum",
        place="mill-lane",
        leader="A headteacher and a school counsellor",
        audience="All staff of the three schools",
        about="primary trauma-informed-practice staff-wellbeing supervision",
        what=("What supervision is, what it is not, and how a school of twelve staff can afford it."),
        capacity=30,
    ),
)

SMALL_SCHOOLS = (
    Entry(
        "fortnightly-call",
        "The fortnightly call",
        "Forty minutes with the people who do your job somewhere else.",
        ((-5, 3, "16:00", 40), (-1, 3, "16:00", 40), (1, 3, "16:00", 40), (3, 3, "16:00", 40), (5, 3, "16:00", 40)),
        kind="meeting",
        leader="Whoever’s turn it is",
        audience="Single year-group teachers and subject leads",
        about="primary small-school workload",
        what=("Ten minutes each: one thing that worked, one that did not, one question. Then you are free to go."),
        cancelled=(3,),
    ),
)
