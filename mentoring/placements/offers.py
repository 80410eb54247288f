"""Making an offer to visitors: written by the host, agreed to by their head, open until closed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone

from mentoring.errors import MentoringError, Stale
from mentoring.machine import Actor
from mentoring.people.models import Interest, Profile, RoleLevel
from mentoring.programmes.head import clean_head_email
from mentoring.programmes.models import Enrolment, Programme
from mentoring.programmes.services import email_of
from mentoring.trust import audit, links
from mentoring.trust.link_models import LinkPurpose, SignedLink

from . import mail
from .limits import needs_release
from .offer_models import HostOffer, OfferDate, OfferState, Session, VisitKind
from .states import OFFER_MACHINE

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser

MOST_DATES = 60
_TEXTS = {"title": 120, "summary": 1200, "conditions": 600}


def _checked(words: Mapping[str, str], kind: str, days_needed: int, dates: Mapping[dt.date, str]) -> dict[str, str]:
    cleaned = {name: str(words.get(name, "")).strip() for name in _TEXTS}
    for name, most in _TEXTS.items():
        if len(cleaned[name]) > most:
            raise MentoringError(f"Please keep the {name} below {most:,} characters.")
    if not cleaned["title"] or not cleaned["summary"]:
        raise MentoringError("Please give the visit a title and say what a visitor sees.")
    if not 1 <= days_needed <= 10:
        raise MentoringError("A visit takes between one and ten days.")
    if kind not in VisitKind.values:
        raise MentoringError("Please choose what kind of visit it is.")
    if kind == VisitKind.RESIDENCY and days_needed == 1:
        raise MentoringError("A residency takes two days or more. For one day, choose a day’s shadowing.")
    if len(dates) < days_needed:
        raise MentoringError("Please offer at least as many days as one visit takes.")
    if len(dates) > MOST_DATES:
        raise MentoringError(f"Please offer at most {MOST_DATES} days at once.")
    for day, session in dates.items():
        if session not in Session.values:
            raise MentoringError("Each day is a morning, an afternoon or a whole day.")
        if day <= timezone.localdate():
            raise MentoringError(f"{day:%-d %B %Y} is over. Please offer days that are still to come.")
        if day.weekday() >= 5:
            raise MentoringError(f"{day:%-d %B %Y} is a {day:%A}. Please offer working days.")
    return cleaned


def save_offer(
    *,
    host: Profile,
    programme: Programme,
    actor: AbstractBaseUser,
    offer: HostOffer | None = None,
    version: int = 0,
    words: Mapping[str, str],
    kind: str,
    days_needed: int,
    dates: Mapping[dt.date, str],
    focus: Sequence[Interest] = (),
    levels: Sequence[RoleLevel] = (),
    head_email: str = "",
) -> HostOffer:
    """Writes an offer, new or changed, and asks the head. Whatever changes, the head is asked again.

    A childminder, who is their own head, agrees by sending it.

    Raises:
        MentoringError: somebody else's offer, not a member of the programme, a value that cannot be stored. Stale.
    """
    cleaned = _checked(words, kind, days_needed, dates)
    alone = not needs_release(host)
    address = "" if alone else clean_head_email(head_email, own=email_of(host))
    with transaction.atomic():
        if host.user_id != actor.pk:
            raise MentoringError("Only the host writes their own offer.")
        if not Enrolment.objects.filter(cohort__programme=programme, profile=host).exists():
            raise MentoringError("Please join the programme first, as mentee or as mentor.")
        if offer is None:
            row = HostOffer(host=host, programme=programme)
        else:
            row = HostOffer.objects.select_for_update(no_key=True).get(pk=offer.pk)
            if row.host_id != host.pk:
                raise MentoringError("Only the host writes their own offer.")
            if row.version != version:
                raise Stale("This offer changed in another window after you opened it.")
            if row.state == OfferState.CLOSED:
                raise MentoringError("This offer is closed. Please write a new one.")
            if row.organisation_id != host.organisation_id:
                raise MentoringError("You work at another school now. Please close this offer and write a new one.")
            row.version += 1
        for day, session in sorted(dates.items()):
            if not host.working_week.holds(day, session):
                raise MentoringError(
                    f"By your profile you do not work all of {day:%A %-d %B}. Please offer other hours."
                )
        before = row.state
        for name, text in cleaned.items():
            setattr(row, name, text)
        if kind == VisitKind.DAY and days_needed > 1:
            kind = VisitKind.RESIDENCY
        row.organisation, row.kind, row.days_needed, row.head_email = host.organisation, kind, days_needed, address
        row.head_agreed_at, row.head_conditions = None, ""
        if row.state != OfferState.ASKED:
            OFFER_MACHINE.move(row, OfferState.ASKED, as_=Actor.HOST)
        row.save()
        row.focus.set(focus)
        row.levels.set(levels)
        _set_dates(row, dates)
        _audit(row, "asked", actor, before)
        if alone:
            _open(row, text="", actor=actor)
        else:
            mail.ask_about_offer(row, key=f"asked:{row.version}")
    return row


def _set_dates(row: HostOffer, dates: Mapping[dt.date, str]) -> None:
    row.dates.exclude(date__in=list(dates)).delete()
    for day, session in sorted(dates.items()):
        OfferDate.objects.update_or_create(offer=row, date=day, defaults={"session": session})


def _open(row: HostOffer, *, text: str, actor: AbstractBaseUser | None) -> None:
    before = OFFER_MACHINE.move(row, OfferState.OPEN, as_=Actor.SYSTEM)
    row.head_agreed_at, row.head_conditions = timezone.now(), text
    row.version += 1
    row.save(update_fields=["state", "head_agreed_at", "head_conditions", "version"])
    _audit(row, "open", actor, before)


def _audit(row: HostOffer, what: str, actor: AbstractBaseUser | None, before: str, **after: Any) -> None:
    audit.record(
        action=f"mentoring.host_offer.{what}",
        obj=row,
        actor=actor,
        programme=row.programme,
        before={"state": str(before)},
        after={"state": str(row.state), "version": row.version, **after},
    )


def head_answers(*, link: SignedLink, agrees: bool, text: str = "") -> HostOffer:
    """The head of the host says whether visitors may come, by link. The same answer again changes nothing.

    Raises:
        MentoringError: the link is not open, or the offer no longer waits.
    """
    text = text.strip()
    if len(text) > 600:
        raise MentoringError("Please keep your words below 600 characters.")
    with transaction.atomic():
        row = (
            HostOffer.objects.select_for_update(of=("self",), no_key=True)
            .select_related("programme")
            .get(pk=link.object_id)
        )
        link = SignedLink.objects.get(pk=link.pk)
        repeat = links.standing(link) is links.Standing.USED
        links.use(link, {"decision": "yes" if agrees else "no", "text": text})
        if repeat:
            return row
        if row.state != OfferState.ASKED:
            raise MentoringError("This offer no longer waits for an answer. Nobody needs anything from you.")
        if agrees:
            _open(row, text=text, actor=None)
        else:
            before = OFFER_MACHINE.move(row, OfferState.DRAFT, as_=Actor.SYSTEM)
            row.version += 1
            row.save(update_fields=["state", "version"])
            _audit(row, "refused", None, before)
        template = "host_offer_open" if agrees else "host_offer_refused"
        mail.to_profile(
            row.host, row.programme, template, key=f"host_offer:{row.pk}:{row.version}:{template}", offer=row, text=text
        )
    return row


def close_offer(*, offer: HostOffer, actor: AbstractBaseUser, version: int) -> HostOffer:
    """The host takes the offer off the list. Visits already asked for or agreed go on.

    Raises:
        MentoringError: somebody else's. Stale: changed meanwhile.
    """
    with transaction.atomic():
        row = (
            HostOffer.objects.select_for_update(of=("self",), no_key=True)
            .select_related("host", "programme")
            .get(pk=offer.pk)
        )
        if row.host.user_id != actor.pk:
            raise MentoringError("Only the host closes their own offer.")
        if row.state == OfferState.CLOSED:
            return row
        if row.version != version:
            raise Stale("This offer changed in another window after you opened it.")
        before = OFFER_MACHINE.move(row, OfferState.CLOSED, as_=Actor.HOST)
        row.version += 1
        row.save(update_fields=["state", "version"])
        links.revoke(LinkPurpose.HOST_OFFER, row.pk)
        _audit(row, "closed", actor, before)
    return row
