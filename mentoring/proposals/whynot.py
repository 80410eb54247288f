"""Why two people are not proposed together: what stands in the way, or what it would cost."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils import timezone

from mentoring.errors import MentoringError

from .cast import Somebody
from .desk import Desk
from .displacement import Displacement, foresee
from .models import PROPOSAL_HOLDS_PLACE, Override, OverrideKind, Proposal, ProposalState
from .standing import REFUSED

if TYPE_CHECKING:
    from mentoring.matching import Check, Pair


@dataclass(frozen=True)
class Answer:
    """`sentence` answers; `checks` are all rules; `cost` and `pair` are there where the pair could be made."""

    sentence: str
    checks: list[Check]
    cost: Displacement | None = None
    pair: Pair | None = None
    proposal: int | None = None
    can_force: bool = False


def why_not(desk: Desk, mentee: Somebody, mentor: Somebody) -> Answer:
    """Asked of a finished run, as things stand today. Writes nothing."""
    checks = desk.checks(mentee.enrolment, mentor.enrolment)
    made = desk.standing.now().get(mentee.enrolment)
    if made is not None and made.mentor == mentor.enrolment:
        return Answer("They are proposed, or a pair already.", checks, proposal=_live(mentee, mentor))
    broken = next((check for check in checks if not check.passed), None)
    if broken is not None and not broken.waivable:
        return Answer(f"A rule that always holds stands in the way. {broken.sentence}", checks)
    spoken = _spoken(desk, mentee, mentor)
    try:
        cost = foresee(desk, kind=OverrideKind.FORCE, mentee=mentee.enrolment, mentor=mentor.enrolment)
    except MentoringError as error:
        return Answer(" ".join(filter(None, [spoken, broken.sentence if broken else "", str(error)])), checks)
    if broken is not None:
        spoken = f"{spoken} {broken.sentence} A coordinator may set this rule aside.".strip()
    sentence = f"{spoken or _reason(desk, mentor)} {_price(desk, mentee, cost)}"
    pair = cost.explained(desk.cast).get(mentee.enrolment)
    return Answer(sentence, checks, cost, pair, can_force=True)


def _live(mentee: Somebody, mentor: Somebody) -> int | None:
    rows = Proposal.objects.filter(
        mentee=mentee.enrolment, mentor=mentor.enrolment, state__in=[ProposalState.DRAFT, *PROPOSAL_HOLDS_PLACE]
    )
    return rows.values_list("pk", flat=True).first()


def _spoken(desk: Desk, mentee: Somebody, mentor: Somebody) -> str:
    """A coordinator's word, or an end that this pair came to before."""
    words = Override.objects.filter(
        cohort=desk.run.cohort_id, mentee=mentee.enrolment, mentor=mentor.enrolment, kind=OverrideKind.FORBID
    ).select_related("created_by")
    for word in words:
        when = timezone.localtime(word.created_at)
        return f"{word.created_by or 'A coordinator'} forbade this pair on {when:%-d %B %Y}: “{word.reason}”."
    ended = (
        Proposal.objects.filter(mentee=mentee.enrolment, mentor=mentor.enrolment, state__in=REFUSED)
        .select_related("decided_by")
        .order_by("-pk")
        .first()
    )
    if ended is None:
        return ""
    if ended.state == ProposalState.REJECTED:
        return f"{ended.decided_by or 'A coordinator'} declined this pair: “{ended.note}”."
    return "This pair was offered, and one of the two said no."


def _reason(desk: Desk, mentor: Somebody) -> str:
    now = desk.standing.now()
    holders = sorted(
        desk.cast.people[m.mentee].name
        for m in now.values()
        if m.mentor == mentor.enrolment and m.mentee in desk.cast.people
    )
    if holders and len(holders) >= desk.standing.places[mentor.key]:
        verb, place = ("holds", "place") if len(holders) == 1 else ("hold", "places")
        return f"{_listed(holders)} {verb} {mentor}’s {place}."
    return f"{mentor} has room, but the cohort as a whole does better otherwise."


def _listed(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _price(desk: Desk, mentee: Somebody, cost: Displacement) -> str:
    difference, people = cost.difference, desk.cast.people
    points = difference.before.total - difference.after.total
    told = f"Making it costs the cohort {points:.0f} points" if points >= 0.5 else "Making it costs the cohort nothing"
    worse = [s for s in difference.shifts if s.loses and s.mentee != mentee.enrolment]
    if not worse:
        return f"{told}, and nobody else is worse off."
    first = worse[0]
    name = people[first.mentee].name if first.mentee in people else "somebody"
    left = f"{first.after_score:.0f} instead of {first.before_score:.0f} points" if first.after else "nobody"
    more = f"; {len(worse) - 1} more would be worse off" if len(worse) > 1 else ""
    return f"{told} and leaves {name} with {left}{more}."
