"""The mails whose words may be changed: what each is, which tokens it knows, which it must have.

What can wait stands in `waiting.py`.

A mail without an entry in `kinds.py` is written from its files alone.
"""

from __future__ import annotations

from .kinds import ALL, Kind

#: Token → what it stands for, and what the preview shows. `messages/tokens.py` knows where each value comes from.
TOKENS: dict[str, tuple[str, str]] = {
    "name": ("the person written to", "Amina Example"),
    "programme": ("the programme", "Aspiring leaders"),
    "organisation": ("who runs the programme", "Harbour Trust"),
    "contact": ("the programme’s address", "mentoring@example.org"),
    "cohort": ("the cohort", "Spring 2027"),
    "cohort_start": ("its first day", "1 March 2027"),
    "role": ("mentee or mentor", "mentee"),
    "link": ("the address of the page to go to", "https://example.org/mentoring/"),
    "note": ("what the coordinator wrote; nothing if they wrote nothing", "We look forward to working with you."),
    "partner": ("the other person’s name", "Ben Sample"),
    "partner_role": ("the other person’s part, mentee or mentor", "mentor"),
    "partner_work": ("the other person’s job and place of work", "Deputy head, Larkfield Primary"),
    "partner_email": ("the other person’s address", "ben.sample@example.org"),
    "reasons": ("why the two fit, a line each", "* Both care about behaviour.\n* Your mentor stands one step ahead."),
    "answer_by": ("the last day for an answer", "12 March 2027"),
    "sign_by": ("the last day for the agreement", "12 March 2027"),
    "due": ("the last day for what is asked", "12 March 2027"),
    "until": ("the day until which it is", "12 March 2027"),
    "keep_months": ("for how many months notes can be read", "12"),
    "stage": ("the stage’s title", "Getting to know each other"),
    "tasks": ("what is to do in it, in one line; nothing if there is nothing", "Set two goals; Read the guide"),
    "words": ("what the handler wrote for the two", "Your work together pauses for now."),
    "when": ("the day and time of the meeting", "Friday 12 March at 16:00"),
    "times": ("the times proposed, a line each", "* Friday 12 March at 16:00\n* Monday 15 March at 08:00"),
    "minutes": ("how long it takes", "45"),
    "place": ("where; nothing if nobody said", "Online"),
    "wrote": ("what the head wrote; nothing if they wrote nothing", "Please agree the days with me."),
    "head_email": ("the head’s address", "head@example.org"),
    "last_day": ("the last day on which the link works", "12 March 2027"),
    "person": ("whom it is about: who applied, or visits", "Ben Sample"),
    "person_job": ("their job", "Deputy head"),
    "person_place": ("their place of work", "Larkfield Primary"),
    "visit": ("the title of the offer", "A day with our SENDCo"),
    "visit_place": ("the place that is visited", "Harbour Primary"),
    "host": ("who is visited", "Cara Instance"),
    "days": ("the days of the visit, in one line", "12 March 2027, all day"),
    "questions": ("what the visitor wants to learn", "How do you run a review?"),
    "next": (
        "what comes next or is asked, in a sentence that differs by whom it goes to",
        "propose up to three times for your first meeting.",
    ),
    "reason": ("why it is on hold", "The school is closed on that day."),
}

KINDS: dict[str, Kind] = {kind.name: kind for kind in ALL}


def label_of(name: str) -> str:
    return KINDS[name].label if name in KINDS else name.replace("_", " ").capitalize()


def choices() -> list[tuple[str, str]]:
    return [(kind.name, f"{kind.label} (to {kind.to})") for kind in KINDS.values()]
