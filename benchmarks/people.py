"""Invented people for the benchmarks and the engine's tests: easy markets and hard ones, from a seed.

Nobody here is real; addresses end in example.org.
"""

from __future__ import annotations

import random

from mentoring.matching import Mentee, Mentor, windows

TOPICS = tuple(f"topic-{n:02d}" for n in range(40))
PHASES = ("EY", "primary", "secondary", "all-through", "special", "16+")
CONTEXTS = ("small-school", "SEND-base", "faith", "EAL", "rural")
RANKS = (10, 20, 30, 40, 50, 60, 70)
WORDS = """
pupils reading writing phonics curriculum behaviour attendance assessment governance inclusion drama music science
numeracy families transition budget timetable coaching wellbeing induction safeguarding parents progress moderation
planning feedback leadership subject culture community partnership outreach rehearsal stage design nursery play outdoor
speech language evidence review improvement team vision change finance estates
""".split()  # noqa: SIM905 (prose, not a list)
HOURS = tuple(
    windows(text)
    for text in (
        "mon 15:30-17:00; wed 15:30-17:00",
        "tue 16:00-18:00",
        "thu 12:00-13:30; fri 15:00-16:30",
        "mon 08:00-09:00; tue 08:00-09:00; wed 08:00-09:00",
        "wed 13:00-17:00",
        "a: fri 09:00-12:00",
        "mon 15:30-17:30; tue 15:30-17:30; wed 15:30-17:30; thu 15:30-17:30",
    )
)


def _person(pick: random.Random, number: int, schools: int, *, texts: bool) -> dict[str, object]:
    school = pick.randrange(schools)
    chosen = pick.sample(TOPICS, pick.randint(2, 5))
    blank = pick.random()
    return {
        "organisation": f"school-{school}",
        "organisation_path": (f"trust-{school // 8}", f"school-{school}"),
        "role_family": "arts" if pick.random() < 0.1 else "teaching",
        "interests": {topic: pick.randint(1, 3) for topic in chosen} if blank > 0.03 else {},
        "phases": frozenset(pick.sample(PHASES, pick.randint(1, 2))) if blank > 0.1 else frozenset(),
        "contexts": frozenset(pick.sample(CONTEXTS, pick.randint(0, 2))),
        "text": " ".join(pick.choices(WORDS, k=pick.randint(10, 45))) if texts else "",
        "formats": pick.choice(("online", "in_person", "either", "either", None)),
        "place": (51.3 + school % 37 / 100, -0.4 + school % 53 / 100),
        "max_travel_minutes": float(pick.choice((30, 45, 60))),
        "availability": pick.choice(HOURS) if blank < 0.9 else frozenset(),
    }


def market(
    mentees: int, mentors: int, *, seed: int = 0, texts: bool = True, capacity: tuple[int, int] = (1, 3)
) -> tuple[list[Mentee], list[Mentor]]:
    """An ordinary market: varied people, some blanks, a tenth from another family of roles."""
    pick = random.Random(seed)
    schools = max(4, (mentees + mentors) // 12)
    left = []
    for number in range(mentees):
        rank = pick.choice(RANKS[:5])
        left.append(
            Mentee(
                key=f"mentee-{number:06d}@example.org",
                name=f"Mentee {number}",
                rank=rank,
                aspiration_rank=rank + pick.choice((10, 10, 20)) if pick.random() < 0.6 else None,
                **_person(pick, number, schools, texts=texts),  # type: ignore[arg-type]
            )
        )
    right = [
        Mentor(
            key=f"mentor-{number:06d}@example.org",
            name=f"Mentor {number}",
            rank=pick.choice(RANKS[1:]),
            capacity=pick.randint(*capacity),
            **_person(pick, number, schools, texts=texts),  # type: ignore[arg-type]
        )
        for number in range(mentors)
    ]
    return left, right


def few_profiles(mentees: int, mentors: int, *, seed: int = 0, profiles: int = 6) -> tuple[list[Mentee], list[Mentor]]:
    """Hubs and ties: everybody is one of a few profiles, and most mentees want the same scarce one."""
    pick = random.Random(seed)
    left = [
        Mentee(
            key=f"mentee-{n:06d}@example.org",
            organisation=f"school-{n % 7}",
            role_family="teaching",
            rank=20,
            interests={TOPICS[min(pick.randrange(profiles), pick.randrange(profiles))]: 2},
        )
        for n in range(mentees)
    ]
    right = [
        Mentor(
            key=f"mentor-{n:06d}@example.org",
            organisation=f"school-{n % 5}",
            role_family="teaching",
            rank=30,
            interests={TOPICS[pick.randrange(profiles)]: 2},
            capacity=pick.randint(1, 3),
        )
        for n in range(mentors)
    ]
    return left, right
