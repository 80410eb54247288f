"""What if: other weights, other places, one more mentor, pairs by hand. Asked of a run; nothing is ever written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from mentoring.errors import MentoringError
from mentoring.matching import Ban, InvalidInput, Mentor, Pin, Weights
from mentoring.people.models import Interest, RoleLevel
from mentoring.programmes.models import EnrolmentRole

from .desk import Desk
from .displacement import Difference, compare, plan_of
from .settings import WEIGHTS, check_weights
from .standing import WAIVABLE

MENTEE, MENTOR = EnrolmentRole.MENTEE, EnrolmentRole.MENTOR
ROWS = (1, 2, 3)
ROW_FIELDS = ("mentor", "places", "topic", "word", "one", "other")
#: No person has this key: the engine knows people as "person-…".
IMAGINED_KEY = "imagined"


@dataclass
class Question:
    """What is to be different, in the engine's words. `asked` is False while the form is as it was."""

    weights: Weights | None = None
    capacities: dict[str, int] = field(default_factory=dict)
    mentors: list[Mentor] = field(default_factory=list)
    pins: list[Pin] = field(default_factory=list)
    bans: list[Ban] = field(default_factory=list)

    @property
    def asked(self) -> bool:
        return bool(self.weights or self.capacities or self.mentors or self.pins or self.bans)


def form_of(desk: Desk, given: Mapping[str, str]) -> dict[str, str]:
    """Every field of the form with what was typed, or the run's own value."""
    weights = desk.run.config.get("weights") or {}
    fields = {f"w_{key}": f"{float(weights.get(key, 0)):g}" for key in WEIGHTS}
    for row in ROWS:
        fields |= dict.fromkeys((f"mentor_{row}", f"places_{row}", f"topic_{row}"), "")
        fields |= {f"word_{row}": "force", f"one_{row}": "", f"other_{row}": ""}
    fields |= {"level": "", "new_places": ""}
    return {name: str(given.get(name, value))[:400] for name, value in fields.items()}


def read(desk: Desk, fields: Mapping[str, str]) -> Question:
    """The question behind the form.

    Raises:
        MentoringError: with a sentence on the first thing that cannot be.
    """
    question = Question()
    weights = check_weights({key: fields[f"w_{key}"] for key in WEIGHTS})
    own = {key: float(value) for key, value in (desk.run.config.get("weights") or {}).items()}
    if any(weights[key] != own.get(key, 0.0) for key in WEIGHTS):
        question.weights = Weights(**weights)
    for row in ROWS:
        _read_places(desk, question, fields[f"mentor_{row}"].strip(), fields[f"places_{row}"].strip())
        _read_pair(desk, question, fields[f"word_{row}"], fields[f"one_{row}"].strip(), fields[f"other_{row}"].strip())
    _read_imagined(question, fields)
    return question


def _places(text: str) -> int:
    if not (text.isdecimal() and len(text) == 1 and int(text) <= 6):
        raise MentoringError(f"Places are a whole number from 0 to 6, not “{text[:20]}”.")
    return int(text)


def _read_places(desk: Desk, question: Question, who: str, places: str) -> None:
    if not who and not places:
        return
    mentor = desk.cast.picked(who, MENTOR)
    if not places:
        raise MentoringError(f"How many places should {mentor} have?")
    question.capacities[mentor.key] = desk.standing.room(mentor.key, _places(places))


def _read_pair(desk: Desk, question: Question, word: str, one: str, other: str) -> None:
    if not one and not other:
        return
    mentee, mentor = desk.cast.picked(one, MENTEE), desk.cast.picked(other, MENTOR)
    if word == "forbid":
        question.bans.append(Ban(mentee.key, mentor.key))
        return
    firm = next((c for c in desk.checks(mentee.enrolment, mentor.enrolment) if not c.passed and not c.waivable), None)
    if firm is not None:
        raise MentoringError(f"{mentee} with {mentor} cannot be forced. {firm.sentence} That rule always holds.")
    question.pins.append(Pin(mentee.key, mentor.key, WAIVABLE))


def _read_imagined(question: Question, fields: Mapping[str, str]) -> None:
    topics = [text for row in ROWS if (text := fields[f"topic_{row}"].strip())]
    level, places = fields["level"].strip(), fields["new_places"].strip()
    if not topics and not level and not places:
        return
    rank: RoleLevel | None = None
    if level:
        rank = RoleLevel.objects.filter(pk=level).first() if level.isdecimal() and len(level) < 19 else None
        if rank is None:
            raise MentoringError("Please choose the level of the mentor you imagine from the list.")
    known = dict(Interest.objects.filter(label__in=topics).values_list("label", "slug"))
    unknown = [text for text in topics if text not in known]
    if unknown:
        raise MentoringError(f"“{unknown[0][:80]}” is none of the topics: please choose from the list.")
    question.mentors.append(
        Mentor(
            key=IMAGINED_KEY,
            role_family=rank.family if rank else "",
            rank=float(rank.rank) if rank else None,
            interests={known[text]: 2 for text in topics},
            capacity=_places(places) if places else 1,
        )
    )


def answer(desk: Desk, question: Question) -> Difference:
    """The difference the question makes to the best outcome as it would be today.

    Raises:
        MentoringError: what was asked cannot be.
    """
    try:
        after = desk.solve(
            pins=question.pins,
            bans=question.bans,
            capacities=question.capacities,
            mentors=question.mentors,
            weights=question.weights,
        )
    except InvalidInput as error:
        raise MentoringError(str(error)) from error
    return compare(plan_of(desk.today, desk.cast), plan_of(after, desk.cast), desk)
