"""What a programme can show for each of the six standards of the EMCC's international mentoring programme award."""

from __future__ import annotations

from dataclasses import dataclass, field

from .facts import Facts
from .figures import Section, sections


@dataclass(frozen=True)
class Standard:
    """One standard: what the programme does by its settings, and the figures of this cohort."""

    number: int
    title: str
    does: list[str]
    figures: list[Section] = field(default_factory=list)


def pack(facts: Facts, *, hide: bool) -> list[Standard]:
    """The six standards in order. Asks the database nothing."""
    found = {section.key: section for section in sections(facts, hide=hide)}
    cohort = facts.cohort
    programme = cohort.programme

    def of(*keys: str) -> list[Section]:
        return [found[key] for key in keys if key in found]

    training = "Mentors do a training before they are matched; the date is kept with their application."
    support = "A mentee’s head is asked whether they support the application."
    choice = "Mentees may look at mentors who agreed to be shown, and rank up to five of them."
    fair = (
        f"At least {cohort.floor_percent} per cent of each school’s mentees are to be matched, as far as mentors allow."
    )
    return [
        Standard(
            1,
            "Clarity of purpose",
            [
                "The programme has a page of its own that says what it is for and whom.",
                "Each mentee writes up to three goals, each with what pupils or the setting gain from it.",
            ],
            of("goals"),
        ),
        Standard(
            2,
            "Training and briefing",
            [
                *([training] if programme.training_needed else []),
                "What a pair reads and does at each stage is laid out by week.",
                "The coordinator’s address stands on every page and every mail.",
            ],
        ),
        Standard(
            3,
            "Selection and matching",
            [
                "Rules and weights are written down; each proposal shows its reasons and what speaks against it.",
                "Both are asked, and both say yes, before a pair begins. Either can end it without blame.",
                *([choice] if programme.mentees_choose else []),
                *([support] if programme.head_support_needed else []),
                *([fair] if cohort.floor_percent else []),
            ],
            of("match-rate", "schools", "time-to-match"),
        ),
        Standard(
            4,
            "Measurement and review",
            [
                f"A pair that is silent for {programme.quiet_weeks} school weeks is asked whether all is well.",
                "Both say at the end how it was. Ratings are shown only from five answers on.",
            ],
            of("time-to-meeting", "meetings", "at-risk", "endings", "closing"),
        ),
        Standard(
            5,
            "Ethics and pastoral care",
            [
                "Each pair signs an agreement: how they meet, what stays between them and where that ends.",
                "Line managers, relatives and people who must not be paired are kept apart by rule.",
                "Whoever coordinates decides nothing about their own application or pair.",
                "Concerns go to a handler of their own; coordinators do not read them.",
            ],
        ),
        Standard(
            6,
            "Administration and support",
            [
                "Every open request has somebody whose turn it is and a last day.",
                "Every decision is in an audit trail that cannot be changed afterwards.",
                f"Offers are open for {programme.offer_days} working days, agreements for {programme.agreement_days}.",
            ],
        ),
    ]
