"""The heads' answers, by signed link: release or host, cover, and the employer's statement. In any order."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal, InvalidOperation

from django.db import transaction
from django.utils import timezone

from mentoring.errors import MentoringError
from mentoring.machine import Actor
from mentoring.trust import links
from mentoring.trust.link_models import LinkPurpose, SignedLink

from . import exchanges, mail
from .entries import entry
from .limits import assurance_on
from .models import (
    ApprovalDecision,
    ApprovalParty,
    Assurance,
    CoverStatus,
    Placement,
    PlacementApproval,
    PlacementState,
)
from .requests import before_write, close_links, locked, record
from .states import PLACEMENT_MACHINE
from .wording import STATEMENT_VERSION, VALID_DAYS

MOST_TEXT = 1000
ANSWERS = (ApprovalDecision.YES, ApprovalDecision.NO, ApprovalDecision.QUESTION)
#: What a releasing head can say about cover with a yes.
COVER_ANSWERS = (CoverStatus.NOT_NEEDED, CoverStatus.ARRANGED, CoverStatus.ASKED)


def cost_of(text: str) -> Decimal | None:
    """Pounds as somebody types them; nothing typed is nothing known.

    Raises:
        MentoringError: not an amount.
    """
    text = text.strip().lstrip("£").replace(",", "")
    if not text:
        return None
    try:
        amount = Decimal(text).quantize(Decimal("0.01"))
    except InvalidOperation as error:
        raise MentoringError("Please write the cost of cover as an amount in pounds, such as 180 or 92.50.") from error
    if not 0 <= amount < 100_000:
        raise MentoringError("Please write the cost of cover as an amount in pounds, such as 180 or 92.50.")
    return amount


def last_day(row: Placement) -> dt.date:
    return max(day.date for day in row.days.all())


def needs_statement(approval: PlacementApproval) -> bool:
    """Whether this head is also asked for the employer's statement: none counts on the last day of the visit."""
    row = approval.placement
    return approval.party == ApprovalParty.RELEASING_HEAD and assurance_on(row.enrolment.profile, last_day(row)) is None


def answer(
    *,
    link: SignedLink,
    decision: str,
    text: str = "",
    cover: str = "",
    half_days: int = 0,
    cost: str = "",
    statement: bool = False,
    name: str = "",
) -> PlacementApproval:
    """What a head decides or asks about one visit. The same answer again changes nothing.

    Args:
        cover, half_days, cost: of the releasing head with a yes: how lessons are covered each day, and the cost in all.
        statement, name: the employer's statement and who makes it, where it is still needed.

    Raises:
        MentoringError: no such answer, something missing, a link that is not open, a visit that is over.
    """
    if decision not in ANSWERS:
        raise MentoringError("Please choose one of the three answers.")
    text, name = text.strip(), name.strip()
    if len(text) > MOST_TEXT or len(name) > 300:
        raise MentoringError(f"Please keep your words below {MOST_TEXT:,} characters.")
    if decision == ApprovalDecision.QUESTION and not text:
        raise MentoringError("Please write your question.")
    with transaction.atomic():
        known = PlacementApproval.objects.get(pk=link.object_id)
        row = locked(known.placement_id)
        approval = PlacementApproval.objects.select_for_update().get(pk=known.pk)
        approval.placement = row
        link = SignedLink.objects.get(pk=link.pk)
        if decision == ApprovalDecision.QUESTION:
            if link.answer.get("question") == text:
                return approval
            links.note(link, question=text)
        else:
            repeat = links.standing(link) is links.Standing.USED
            links.use(link, {"decision": decision, "text": text})
            if repeat:
                return approval
        if row.state not in (PlacementState.REQUESTED, PlacementState.ON_HOLD):
            raise MentoringError("This visit is no longer waiting for you. Nobody needs anything from you any more.")
        if decision == ApprovalDecision.YES and approval.party == ApprovalParty.RELEASING_HEAD:
            _cover(row, cover, half_days, cost_of(cost))
            _state(approval, statement, name or approval.email)
        before_write(row)
        approval.decision, approval.text = decision, text
        approval.decided_at = None if decision == ApprovalDecision.QUESTION else timezone.now()
        approval.save(update_fields=["decision", "text", "decided_at"])
        row.version += 1
        row.save(update_fields=["version"])
        record(row, f"{approval.party}_{decision}", None)
        _spread(row, approval, decision, link)
    return approval


def _cover(row: Placement, cover: str, half_days: int, cost: Decimal | None) -> None:
    if cover not in COVER_ANSWERS:
        raise MentoringError("Please say how lessons are covered.")
    if not 0 <= half_days <= 2:
        raise MentoringError("Cover for one day is between no and two half-days.")
    days = list(row.days.all())
    for number, day in enumerate(days):
        day.cover = cover
        most = row.enrolment.profile.working_week.halves(day.date)  # of a day off nothing has to be covered
        day.cover_half_days = 0 if cover == CoverStatus.NOT_NEEDED else min(half_days, most)
        day.cover_cost = None if cost is None else _share(cost, len(days), number)
        day.save(update_fields=["cover", "cover_half_days", "cover_cost"])


def _share(cost: Decimal, parts: int, number: int) -> Decimal:
    """Pence split so that the parts sum to the whole."""
    pence = int(cost * 100)
    return Decimal(pence // parts + (1 if number < pence % parts else 0)) / 100


def _state(approval: PlacementApproval, statement: bool, by: str) -> None:
    if not needs_statement(approval):
        return
    if not statement:
        raise MentoringError("Please confirm the statement about checks, or answer with a question.")
    person, today = approval.placement.enrolment.profile, timezone.localdate()
    Assurance.objects.create(
        person=person,
        organisation=person.organisation,
        statement_version=STATEMENT_VERSION,
        confirmed_by=by,
        confirmed_on=today,
        valid_until=today + dt.timedelta(days=VALID_DAYS),
    )


def _spread(row: Placement, approval: PlacementApproval, decision: str, link: SignedLink) -> None:
    key = f"link:{link.pk}:{decision}:{row.version}"
    mail.tell_head(row, approval, "placement_copy", key=f"{key}:copy", said=decision, text=approval.text)
    who = approval.get_party_display()
    if decision == ApprovalDecision.NO:
        before = PLACEMENT_MACHINE.move(row, PlacementState.DECLINED, as_=Actor.SYSTEM)
        calendar = take_out(row, before)
        row.save(update_fields=["state", "sequence"])
        record(row, "declined", None, before=before)
        close_links(row)
        mail.tell_visitor(row, "placement_declined", key=key, text=approval.text, calendar=calendar)
        mail.tell_host(row, "placement_off", key=key, calendar=calendar)
        tell_other_heads(row, calendar, key=key, but=approval)
        exchanges.dropped(row)
        mail.tell_coordinator(row, key=key, sentence=f"{who} did not agree.")
    elif decision == ApprovalDecision.QUESTION:
        mail.tell_visitor(row, "placement_question", key=key, text=approval.text)
        mail.tell_coordinator(row, key=key, sentence=f"{who} asks: {approval.text}")
    elif not row.approvals.exclude(decision=ApprovalDecision.YES).exists():
        mail.tell_coordinator(row, key=key, sentence="Both heads agree. The visit waits for you to confirm it.")


def take_out(row: Placement, before: str) -> str:
    """The entry that takes a visit which is off out of the calendars; empty if it never was in them. Unsaved."""
    if before not in (PlacementState.CONFIRMED, PlacementState.ON_HOLD):
        return ""
    row.sequence += 1
    return entry(row, off=True)


def tell_other_heads(row: Placement, calendar: str, *, key: str, but: PlacementApproval | None = None) -> None:
    """Heads whose calendars and cover lists hold a visit that is off."""
    if calendar:
        for approval in row.approvals.all():
            if but is None or approval.pk != but.pk:
                mail.tell_head(row, approval, "placement_cancelled", key=key, calendar=calendar)


def approval_of(link: SignedLink) -> PlacementApproval | None:
    """What somebody with a link decides about; None if it is gone."""
    if link.purpose != LinkPurpose.PLACEMENT:
        return None
    return (
        PlacementApproval.objects.select_related(
            "placement__enrolment__profile__organisation", "placement__enrolment__cohort__programme",
            "placement__offer__organisation", "placement__offer__host",
        )
        .filter(pk=link.object_id)
        .first()
    )  # fmt: skip
