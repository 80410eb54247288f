"""Pages of meetings, and the private calendar address."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from mentoring import conf
from mentoring.errors import MentoringError, Stale
from mentoring.shortcuts import render
from mentoring.trust import access, tries
from mentoring.trust.screens import number

from . import feeds, ics, meetings, permissions, queries
from .forms import MarkForm, TimesForm
from .meeting_models import MeetingState
from .services import RELATIONSHIP_LIVE
from .views import attempt, member_page, page, pair_of


@member_page
def propose(request: HttpRequest, pk: int) -> HttpResponse:
    """Up to three times for a new meeting."""
    row, _ = pair_of(request, pk)
    form = TimesForm(request.POST or None)
    status = 0
    if request.method == "POST":
        status = attempt(
            form,
            lambda: meetings.propose(
                pair=row,
                actor=request.user,  # type: ignore[arg-type]  # signed in: member_page
                uid=form.cleaned_data["uid"] or uuid.uuid4(),
                times=form.cleaned_data["times"],
                minutes=form.cleaned_data["minutes"],
                place=form.cleaned_data["place"],
                topics=form.cleaned_data["topics"],
            ),
        )
        if not status:
            messages.success(request, "The other one is asked to pick a time.")
            return redirect("mentoring:pair", row.pk)
    lead = "Up to three times; the other one picks. Times are London time."
    return page(
        request, row, "Propose a meeting", form_class="mentoring-form--times", status=status, form=form, lead=lead,
        button="Send these times",
    )  # fmt: skip


@member_page
def other_times(request: HttpRequest, pk: int, meeting: int) -> HttpResponse:
    """Other times for a meeting that is proposed or booked."""
    held = access.meeting_for_party(request.user, pk, meeting)
    row = held.relationship
    form = TimesForm(request.POST or None, moving=True, place=held.place, version=held.version)
    status = 0
    if request.method == "POST":
        status = attempt(
            form,
            lambda: meetings.offer_others(
                meeting=held,
                actor=request.user,  # type: ignore[arg-type]  # signed in: member_page
                version=form.cleaned_data["version"] or 0,
                times=form.cleaned_data["times"],
                place=form.cleaned_data["place"],
            ),
            version=lambda: access.meeting_for_party(request.user, pk, meeting).version,
        )
        if not status:
            messages.success(request, "The other one is asked to pick a time.")
            return redirect("mentoring:pair", row.pk)
    booked = held.state == MeetingState.BOOKED
    lead = "The meeting stays where it is until the other one picks. " if booked else ""
    return page(
        request, row, "Move the meeting" if booked else "Propose other times", form_class="mentoring-form--times",
        status=status, form=form, lead=f"{lead}Up to three times. Times are London time.", button="Send these times",
    )  # fmt: skip


def _moment(text: str) -> dt.datetime:
    """A time as a form names it. A forged one is simply none of those proposed."""
    try:
        found = dt.datetime.fromisoformat(text)
    except ValueError:
        return dt.datetime.min.replace(tzinfo=dt.UTC)
    return found if found.tzinfo else found.replace(tzinfo=dt.UTC)


@member_page
def meeting(request: HttpRequest, pk: int, meeting: int) -> HttpResponse:
    """One meeting: pick a time, call it off, or say how it was."""
    held = access.meeting_for_party(request.user, pk, meeting)
    row = held.relationship
    side = permissions.side_of(request.user, row)
    do = request.POST.get("do", "")
    over = bool(held.end and held.end <= timezone.now())
    initial = {"version": held.version, "topics": held.topics}
    if held.state in (MeetingState.HELD, MeetingState.MISSED):
        initial["held"] = "yes" if held.state == MeetingState.HELD else "no"
    form = MarkForm(request.POST if do == "mark" else None, initial=initial)
    status, error = 0, ""
    if request.method == "POST":
        version = number(request.POST.get("version"))
        user: Any = request.user
        if do == "mark":
            status = attempt(
                form,
                lambda: meetings.mark(
                    meeting=held,
                    actor=user,
                    version=version,
                    held_it=form.cleaned_data["held"] == "yes",
                    topics=form.cleaned_data["topics"],
                ),
                version=lambda: access.meeting_for_party(request.user, pk, meeting).version,
            )
        else:
            act: Callable[[], object]
            if do == "pick":
                time = _moment(request.POST.get("time", ""))
                act = lambda: meetings.pick(meeting=held, actor=user, version=version, time=time)  # noqa: E731
            else:
                act = lambda: meetings.cancel(meeting=held, actor=user, version=version)  # noqa: E731
            try:
                act()
            except MentoringError as refused:
                status, error = (409 if isinstance(refused, Stale) else 422), str(refused)
        if not status:
            said = {
                "pick": "Booked. Both of you get the calendar entry by e-mail.",
                "mark": "Thank you. The next meeting can be booked below.",
            }
            messages.success(request, said.get(do, "The meeting is called off, and the other one is told."))
            return redirect("mentoring:pair", row.pk)
        held = access.meeting_for_party(request.user, pk, meeting)
    return page(
        request,
        row,
        "Meeting",
        template="mentoring/pairs/meeting.html",
        status=status,
        error=error,
        form=form,
        meeting=held,
        to_pick=bool(held.options) and held.proposed_by != side,
        over=over,
        live=row.state in RELATIONSHIP_LIVE,
        options=[(time, time.isoformat()) for time in held.times],
    )


@member_page
def calendar(request: HttpRequest) -> HttpResponse:
    """The private address at which a calendar program reads one's meetings. It is shown once."""
    profile = access.profile_of(request.user)
    address = ""
    if request.method == "POST" and profile is not None:
        if request.POST.get("do") == "make":
            address = conf.base_url() + feeds.make(profile=profile, actor=request.user)  # type: ignore[arg-type]
        else:
            feeds.revoke(profile=profile, actor=request.user)  # type: ignore[arg-type]  # signed in: member_page
            messages.success(request, "The address no longer works.")
            return redirect("mentoring:calendar")
    context = {"profile": profile, "feed": feeds.feed_of(profile), "address": address}
    return render(request, "mentoring/pairs/calendar.html", context)


@never_cache
@require_safe
def feed(request: HttpRequest, token: str) -> HttpResponse:
    """What a calendar program reads, by the address alone."""
    profile = None if tries.too_many(request, "feeds") else feeds.find(token)
    if profile is None:
        tries.count_wrong(request, "feeds")
        raise Http404("There is nothing here, or it is not yours to see.")
    body = ics.feed(queries.feed_meetings(profile), profile_id=profile.pk)
    return HttpResponse(body, content_type="text/calendar; charset=utf-8")
