"""What the two agree on: one writes, the other signs. A change is a new version that both sign."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.utils import timezone

from mentoring.errors import MentoringError, Stale
from mentoring.machine import Actor

from .models import Relationship, RelationshipState
from .services import at_work, before_write, locked, move, note_down, side_of, tell_both, tell_one, text_of
from .space_models import Agreement
from .turns import day_of, other, settle

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser

#: Printed with every agreement; nobody can sign them away.
LIMITS = (
    "What you tell each other stays between you. There are three limits.",
    "If a child or an adult may be at risk of harm, the one who hears of it tells the safeguarding lead, now.",
    "Serious misconduct is told to the person whose job it is to act on it.",
    "What the law asks for is told to whom the law names.",
    "In each case you tell the other one first, wherever that is safe.",
)


@dataclass(frozen=True)
class Terms:
    """What stands in an agreement."""

    contact: str
    every_weeks: int
    notice_hours: int
    review_on: dt.date
    more: str = ""

    def checked(self, row: Relationship) -> Terms:
        """The same, trimmed. Raises: MentoringError: it cannot stand so."""
        contact = text_of(self.contact, most=300, what="how you reach each other")
        if not contact:
            raise MentoringError("Please write how you reach each other.")
        if not 1 <= self.every_weeks <= 26:
            raise MentoringError("Please choose between 1 and 26 weeks from meeting to meeting.")
        if not 0 <= self.notice_hours <= 336:
            raise MentoringError("Please choose between 0 and 336 hours’ notice.")
        if not timezone.localdate() < self.review_on <= row.expected_end:
            raise MentoringError(f"Please choose a review date after today, up to {row.expected_end:%-d %B %Y}.")
        more = text_of(self.more, most=1000, what="what else you agree")
        return Terms(contact, self.every_weeks, self.notice_hours, self.review_on, more)


def terms_of(agreement: Agreement) -> Terms:
    return Terms(**{name: getattr(agreement, name) for name in Terms.__dataclass_fields__})


def write(*, pair: Relationship, actor: AbstractBaseUser, number: int, terms: Terms) -> Agreement:
    """One of the two writes version `number` and thereby signs it; the other one is asked to sign.

    A version that waits for the other's signature can be written anew by its writer, or answered with a change by the
    other: it stays the same version, and only who writes last has signed it.

    Raises:
        MentoringError: not one of the two, over, or terms that cannot stand. Stale: another version exists by now.
    """
    with transaction.atomic():
        row = locked(pair)
        side = side_of(actor, row)
        at_work(row)
        terms = terms.checked(row)
        latest = row.agreements.first()
        if latest and latest.number == number and latest.written_by == side and terms_of(latest) == terms:
            return latest  # the same form once more
        if latest and not latest.in_force:
            if latest.number != number:
                raise Stale("The agreement changed after you opened this page. It is shown below.")
            version = latest
        else:
            if number != (latest.number + 1 if latest else 1):
                raise Stale("The agreement changed after you opened this page. It is shown below.")
            version = Agreement(relationship=row, number=number)
        for name, value in asdict(terms).items():
            setattr(version, name, value)
        now = timezone.now()
        version.written_by, version.written_at = side, now
        version.mentee_signed_at = version.mentor_signed_at = None
        setattr(version, f"{side}_signed_at", now)
        before_write(row)
        try:
            with transaction.atomic():
                version.save()
        except IntegrityError as error:
            raise Stale("The agreement was just written in another window.") from error
        note_down(row, "agreement_written", actor=actor, by=side, number=number)
        settle(row)
        stamp = now.isoformat(timespec="microseconds")
        tell_one(
            row, other(side), "pair_sign", key=f"sign:{number}:{stamp}", page="pair_agreement", due=row.turn_due,
            first=number == 1,
        )  # fmt: skip
    return version


def _same(moment: dt.datetime, text: str) -> bool:
    try:
        return dt.datetime.fromisoformat(text) == moment
    except ValueError:
        return False


def sign(*, pair: Relationship, actor: AbstractBaseUser, number: int, written_at: str) -> Agreement:
    """The other one signs what they have read. Both signatures on the first version: the pair is under way.

    `written_at` says which wording was on the page (ISO 8601).

    Raises:
        MentoringError: not one of the two, nothing to sign. Stale: the wording changed since it was read.
    """
    with transaction.atomic():
        row = locked(pair)
        side = side_of(actor, row)
        version = row.agreements.filter(number=number).first()
        if version is None:
            raise MentoringError("There is no agreement to sign yet.")
        if not _same(version.written_at, written_at):
            raise Stale("The wording changed after you opened this page. Please read it again before you sign.")
        if version.in_force or version.waits_for != side:
            return version  # signed already
        at_work(row)
        before_write(row)
        setattr(version, f"{side}_signed_at", timezone.now())
        version.save(update_fields=[f"{side}_signed_at"])
        note_down(row, "agreement_signed", actor=actor, by=side, number=number)
        if row.state == RelationshipState.AGREEING:
            row.began_on = day_of(timezone.now())
            move(row, RelationshipState.ACTIVE, "began_on", as_=Actor.PARTY, actor=actor)
            tell_both(row, "pair_active", key=f"active:{number}")
        else:
            settle(row)
            tell_both(row, "pair_agreement_changed", key=f"agreed:{number}", page="pair_agreement")
    return version
