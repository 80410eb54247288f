"""The columns of a file of people: what we call them, what others call them, and what a cell of each may hold."""

from __future__ import annotations

import re
from dataclasses import dataclass

from mentoring.people.names import fold


@dataclass(frozen=True)
class Column:
    """A field of ours. `guesses`: headings by which people call it, as they write them."""

    name: str
    label: str
    required: bool = False
    help_text: str = ""
    guesses: tuple[str, ...] = ()


COLUMNS = (
    Column("name", "Name", True, "As colleagues know them.",
           ("name", "full name", "display name", "person", "staff name", "staff member", "colleague", "member",
            "participant", "employee", "preferred name", "mentee name", "mentor name")),
    Column("email", "Work e-mail", True, "Says who is who; never changed by an import.",
           ("email", "e-mail", "work email", "work e-mail", "email address", "e-mail address", "work email address",
            "school email", "mail", "email id", "upn", "staff email")),
    Column("organisation", "Organisation", True, "Its name, another name we know, or the URN.",
           ("organisation", "organization", "school", "school name", "setting", "place of work", "workplace",
            "employer", "organisation name", "school or setting", "urn", "school urn", "academy", "base", "site",
            "organisation or urn", "nursery")),
    Column("job_title", "Job title", False, "Left empty: the role level’s name.",
           ("job title", "job", "role", "title of post", "position", "post", "job role", "current role", "post title")),
    Column("role_level", "Role level", False, "Left empty: taken from the job title where that is clear.",
           ("role level", "level", "career level", "current level", "grade", "role category", "seniority")),
    Column("aspiration", "Next step", False, "The role they aim for.",
           ("next step", "aspiration", "aspires to", "aspiring to", "target role", "career goal", "next role",
            "aspiration level", "desired role", "future role")),
    Column("line_manager", "Line manager’s e-mail", False, "The two are never matched with each other.",
           ("line manager", "line manager email", "line manager e-mail", "line managers email", "manager",
            "manager email", "managers email", "reports to", "appraiser", "line manager’s e-mail")),
    Column("seek", "Would like help with", False, "Topics with semicolons between; “Coaching (3)” for very much.",
           ("would like help with", "seeks", "seeking", "interests sought", "wants help with", "help with", "interests",
            "areas for development", "wants", "looking for", "would like to learn", "development needs",
             "topics sought",
            "areas to develop")),
    Column("offer", "Can help with", False, "In the same way.",
           ("can help with", "offers", "offering", "interests offered", "can offer", "expertise", "strengths",
            "areas of expertise", "topics offered", "skills", "experience of", "specialisms")),
    Column("phases", "Phases", False, "Such as “Primary; Early years”.",
           ("phase", "phases", "phase of education", "key stage", "key stages", "age group")),
    Column("bio", "About them", False, "Up to 1,200 characters.",
           ("bio", "about", "about you", "about me", "about them", "biography", "profile", "short bio", "summary")),
    Column("enrol_as", "Enrol as", False, "Mentee, mentor or both; needs a cohort.",
           ("enrol as", "enroll as", "enrol", "as", "mentor or mentee", "mentee or mentor", "participant type",
            "taking part as", "role in programme", "programme role", "type")),
    Column("goals", "Goals", False, "What a mentee would like to get better at.",
           ("goals", "goal", "aims", "objectives", "what do you want to achieve", "mentoring goals")),
    Column("places", "Places", False, "How many mentees a mentor can take: 0 to 6.",
           ("places", "capacity", "number of mentees", "mentees", "places offered", "max mentees")),
)  # fmt: skip
BY_NAME = {column.name: column for column in COLUMNS}
REQUIRED = tuple(column.name for column in COLUMNS if column.required)


def guess_mapping(headings: list[str]) -> dict[str, str]:
    """Our field → heading, where a heading is one of the field’s usual names; each heading once, nothing forced."""
    folded = {fold(heading): heading for heading in headings}
    mapping: dict[str, str] = {}
    taken: set[str] = set()
    for column in COLUMNS:
        for guess in (column.label, *column.guesses):
            heading = folded.get(fold(guess))
            if heading and heading not in taken:
                mapping[column.name] = heading
                taken.add(heading)
                break
    return mapping


_STRENGTH = re.compile(r"(?P<text>.*?)\s*(?:\(\s*(?P<round>\d+)\s*\)|[:=]\s*(?P<colon>\d+)|\s[x×*]\s*(?P<times>\d+))")
DEFAULT_STRENGTH = 2


def split_topics(text: str) -> list[tuple[str, int]]:
    """`"Coaching (3); Maths"` as `[("Coaching", 3), ("Maths", 2)]`. Raises `ValueError` with a sentence."""
    found: list[tuple[str, int]] = []
    for part in re.split(r"[;\n|]", text):
        topic, strength = part.strip(" \t.,"), DEFAULT_STRENGTH
        match = _STRENGTH.fullmatch(topic)
        if match:
            topic = match["text"].strip()
            strength = int((match["round"] or match["colon"] or match["times"])[:4])
            if not 1 <= strength <= 3:
                raise ValueError(f"How much “{topic}” matters is 1, 2 or 3, not {strength}.")
        if topic:
            found.append((topic, strength))
    return found
