"""Mails about visits: to heads, who may have no account, and to visitor and host."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.urls import reverse

from mentoring.messages.services import queue
from mentoring.programmes.services import email_of, tell
from mentoring.trust import links
from mentoring.trust.link_models import LinkPurpose

from .models import ApprovalParty, Placement, PlacementApproval

if TYPE_CHECKING:
    from mentoring.people.models import Profile
    from mentoring.programmes.models import Programme

    from .offer_models import HostOffer


def write(
    programme: Programme,
    to: str,
    template: str,
    *,
    key: str,
    name: str = "colleague",
    calendar: str = "",
    **context: Any,
) -> None:
    """To any address, answers going to the programme."""
    if to:
        queue(
            key=key,
            template=template,
            to=to,
            reply_to=programme.contact_email,
            programme=programme,
            context={"name": name, "programme": programme, **context},
            calendar=calendar,
        )


def to_profile(person: Profile, programme: Programme, template: str, *, key: str, **context: Any) -> None:
    write(programme, email_of(person), template, key=key, name=person.display_name, **context)


def facts(row: Placement) -> dict[str, Any]:
    """What every mail about a visit may say."""
    return {
        "placement": row,
        "offer": row.offer,
        "visitor": row.enrolment.profile,
        "days": list(row.days.all()),
        "path": reverse("mentoring:placement", args=[row.pk]),
    }


def tell_visitor(row: Placement, template: str, *, key: str, **context: Any) -> None:
    tell(row.enrolment, template, key=f"placement:{row.pk}:{key}:visitor", **{**facts(row), **context})


def tell_host(row: Placement, template: str, *, key: str, **context: Any) -> None:
    programme = row.enrolment.cohort.programme
    to_profile(row.offer.host, programme, template, key=f"placement:{row.pk}:{key}:host", **{**facts(row), **context})


def tell_everybody(row: Placement, template: str, *, key: str, calendar: str = "") -> None:
    """Visitor, host and the heads who were asked."""
    tell_visitor(row, template, key=key, calendar=calendar)
    tell_host(row, template, key=key, calendar=calendar)
    for approval in row.approvals.all():
        tell_head(row, approval, template, key=key, calendar=calendar)


def tell_coordinator(row: Placement, *, key: str, sentence: str) -> None:
    programme = row.enrolment.cohort.programme
    path = reverse("mentoring_placement:detail", args=[row.pk])
    write(
        programme,
        programme.contact_email,
        "placement_news",
        key=f"placement:{row.pk}:{key}:coordinator",
        **{**facts(row), "sentence": sentence, "path": path},
    )


def tell_head(row: Placement, approval: PlacementApproval, template: str, *, key: str, **context: Any) -> None:
    programme = row.enrolment.cohort.programme
    place = row.offer.organisation if approval.party == ApprovalParty.HOST_HEAD else row.enrolment.profile.organisation
    known = place.head_name if approval.email.casefold() == place.head_email.casefold() else ""
    write(
        programme,
        approval.email,
        template,
        key=f"placement:{row.pk}:{key}:{approval.party}",
        name=known or "colleague",
        **{**facts(row), "approval": approval, "hosting": approval.party == ApprovalParty.HOST_HEAD, **context},
    )


def suggest(row: Placement, *, key: str) -> None:
    """The visitor is asked whether they would like to go; nobody else is, until they say so."""
    tell_visitor(row, "placement_suggested", key=key, reasons=row.reasons, answer_by=row.answer_by)


def ask_head(row: Placement, approval: PlacementApproval, *, key: str, calendar: str = "") -> None:
    """A new link, which replaces the one sent before, in a mail that says what is asked."""
    path = links.issue(LinkPurpose.PLACEMENT, approval.pk, approval.email)
    tell_head(row, approval, "placement_asked", key=key, calendar=calendar, path=path, last_day=row.answer_by)


def ask_about_offer(offer: HostOffer, *, key: str) -> None:
    path = links.issue(LinkPurpose.HOST_OFFER, offer.pk, offer.head_email)
    write(
        offer.programme,
        offer.head_email,
        "host_offer_asked",
        key=f"host_offer:{offer.pk}:{key}",
        name=offer.organisation.head_name or "colleague",
        offer=offer,
        path=path,
    )
