"""The pair's space: one page, and a page for each thing that the two do there. GET changes nothing."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from mentoring.errors import MentoringError, Stale
from mentoring.programmes.models import EnrolmentRole
from mentoring.shortcuts import render
from mentoring.trust import access
from mentoring.trust.screens import number

from . import agreement, checks, ending, notes, permissions, queries, services
from .forms import (
    AgreementForm,
    CheckForm,
    ClosingForm,
    EndForm,
    GoalsForm,
    HelpForm,
    NextForm,
    NoteForm,
    PauseForm,
    VersionForm,
)
from .mine import Mine
from .models import After, Relationship, RelationshipState
from .turns import Facts, after_of

R = RelationshipState


def member_page(view: Callable[..., HttpResponse], *, post: bool = True) -> Callable[..., HttpResponse]:
    """Signed in, never kept by a browser or a proxy; with the methods that the page has."""
    methods = require_http_methods(["GET", "HEAD", "POST"]) if post else require_safe
    return never_cache(login_required(methods(view)))


def pair_of(request: HttpRequest, pk: int) -> tuple[Relationship, EnrolmentRole]:
    """The pair, if this person is one of the two; else 404."""
    row = access.relationship_for_party(request.user, pk)
    side = permissions.side_of(request.user, row)
    assert side is not None  # the access function gives own pairs only
    return row, side


def attempt(form: forms.Form, act: Callable[[], object], **carry: Any) -> int:
    """Does the act of a valid form. 0: done; 409 or 422: refused, with the sentence on the form and the input kept.

    `carry` are hidden fields with what is there now, worked out after a refusal: the next try is on purpose.
    """
    if not form.is_valid():
        return 422
    try:
        act()
    except MentoringError as error:
        form.add_error(None, str(error))
        stale = isinstance(error, Stale)
        if stale and isinstance(form, VersionForm):
            form.carry(**{name: now() for name, now in carry.items()})
        return 409 if stale else 422
    return 0


def page(request: HttpRequest, pair: Relationship, title: str, *, status: int = 0, **context: Any) -> HttpResponse:
    """A page with one form on it, or a question with its buttons."""
    context.setdefault("template", "mentoring/pairs/form.html")
    mine = Mine(pair, permissions.side_of(request.user, pair) or EnrolmentRole.MENTEE, Facts())
    return render(
        request,
        context.pop("template"),
        {"pair": pair, "mine": mine, "title": title, **context},
        status=status or 200,
    )


def _user(request: HttpRequest) -> Any:
    return request.user  # signed in: login_required


@member_page
def space(request: HttpRequest, pk: int) -> HttpResponse:
    """Everything of one pair, whose turn it is first."""
    row, side = pair_of(request, pk)
    return render(request, "mentoring/pairs/pair.html", {"space": queries.space(row, side), "pair": row, "side": side})


@member_page
def agree(request: HttpRequest, pk: int) -> HttpResponse:
    """The agreement: read it, sign it, write it or change it."""
    row, side = pair_of(request, pk)
    versions = list(row.agreements.all())
    unsigned = next((version for version in versions if not version.in_force), None)
    in_force = next((version for version in versions if version.in_force), None)
    form = AgreementForm(
        request.POST if request.POST.get("do") == "write" else None,
        agreement=versions[0] if versions else None,
        weeks=row.cohort.programme.meet_every_weeks,
        end=row.expected_end,
    )
    status, error = 0, ""
    if request.method == "POST":
        if request.POST.get("do") == "sign":
            try:
                agreement.sign(
                    pair=row,
                    actor=_user(request),
                    number=number(request.POST.get("number")),
                    written_at=request.POST.get("written_at", ""),
                )
            except MentoringError as refused:
                status, error = (409 if isinstance(refused, Stale) else 422), str(refused)
            else:
                messages.success(request, "You have signed. Both of you find the agreement on this page.")
                return redirect("mentoring:pair", row.pk)
        else:
            status = attempt(
                form,
                lambda: agreement.write(
                    pair=row,
                    actor=_user(request),
                    number=form.cleaned_data["version"] or 0,
                    terms=form.terms(),
                ),
                version=lambda: _next_number(row),
            )
            if not status:
                messages.success(request, "Thank you. The other one is asked to sign.")
                return redirect("mentoring:pair", row.pk)
            unsigned = next((version for version in row.agreements.all() if not version.in_force), None)
    return page(
        request,
        row,
        "Your agreement",
        template="mentoring/pairs/agreement.html",
        status=status,
        error=error,
        form=form,
        in_force=in_force,
        unsigned=unsigned,
        to_sign=unsigned is not None and unsigned.waits_for == side,
        limits=agreement.LIMITS,
        writing=not versions or "write" in request.GET or (request.method == "POST" and not error),
    )


def _next_number(row: Relationship) -> int:
    latest = row.agreements.first()
    return latest.number + int(latest.in_force) if latest else 1


@member_page
def goals(request: HttpRequest, pk: int) -> HttpResponse:
    """How far the mentee's goals have come. The mentor reads them on the pair's page."""
    row, side = pair_of(request, pk)
    if side != EnrolmentRole.MENTEE:
        return redirect("mentoring:pair", row.pk)
    form = GoalsForm(request.POST or None, goals=row.mentee.goal_set.all())
    status = 0
    if request.method == "POST":
        status = attempt(form, lambda: notes.set_progress(pair=row, actor=_user(request), progress=form.progress()))
        if not status:
            messages.success(request, "Saved.")
            return redirect("mentoring:pair", row.pk)
    return page(request, row, "My goals", status=status, form=form, button="Save")


@member_page
def stages(request: HttpRequest, pk: int) -> HttpResponse:
    """What to read and do, stage by stage; tasks are ticked here."""
    row, side = pair_of(request, pk)
    status, error = 0, ""
    if request.method == "POST":
        task = access.task_of_pair(row, request.POST.get("task"))
        try:
            notes.tick(pair=row, actor=_user(request), task=task, done=request.POST.get("done") == "yes")
        except MentoringError as refused:
            status, error = 422, str(refused)
        else:
            return redirect("mentoring:pair_stages", row.pk)
    return page(
        request,
        row,
        "Stages and tasks",
        template="mentoring/pairs/stages.html",
        status=status,
        error=error,
        stages=queries.stages_of(row, side),
    )


@member_page
def note_list(request: HttpRequest, pk: int) -> HttpResponse:
    """Notes: one's own, and what the other one shared; and a new one."""
    row, side = pair_of(request, pk)
    form = NoteForm(request.POST or None, initial={"uid": uuid.uuid4()})
    status = 0
    if request.method == "POST":
        status = attempt(
            form,
            lambda: notes.add_note(
                pair=row,
                actor=_user(request),
                uid=form.cleaned_data["uid"] or uuid.uuid4(),
                text=form.cleaned_data["text"],
                shared=form.cleaned_data["readers"] == "both",
            ),
        )
        if not status:
            messages.success(request, "Your note is kept.")
            return redirect("mentoring:pair_notes", row.pk)
    return page(
        request,
        row,
        "Notes",
        template="mentoring/pairs/notes.html",
        status=status,
        form=form,
        notes=queries.notes_for(row, side),
        debriefs=row.shared_debriefs.exclude(debrief="").select_related("offer__organisation"),
        side=side,
        live=row.state in services.RELATIONSHIP_LIVE,
    )


@member_page
def note(request: HttpRequest, pk: int, note: int) -> HttpResponse:
    """One's own note: change or delete it."""
    held = access.note_for_author(request.user, pk, note)
    row = held.relationship
    writing = request.POST.get("do") != "delete"
    form = NoteForm(
        request.POST if request.method == "POST" and writing else None,
        initial={"text": held.text, "readers": "both" if held.shared else "me", "version": held.version},
    )
    status = 0
    if request.method == "POST":
        if not writing:
            notes.delete_note(note=held, actor=_user(request))
            messages.success(request, "Your note is deleted.")
            return redirect("mentoring:pair_notes", row.pk)
        status = attempt(
            form,
            lambda: notes.change_note(
                note=held,
                actor=_user(request),
                version=form.cleaned_data["version"] or 0,
                text=form.cleaned_data["text"],
                shared=form.cleaned_data["readers"] == "both",
            ),
            version=lambda: access.note_for_author(request.user, pk, note).version,
        )
        if not status:
            messages.success(request, "Your note is saved.")
            return redirect("mentoring:pair_notes", row.pk)
    saved = access.note_for_author(request.user, pk, note).text if status == 409 else ""
    return page(request, row, "My note", status=status, form=form, button="Save", delete=True, saved=saved)


def _version_of(row: Relationship, request: HttpRequest) -> Callable[[], int]:
    return lambda: access.relationship_for_party(request.user, row.pk).version


@member_page
def pause(request: HttpRequest, pk: int) -> HttpResponse:
    """Pause until a day, or go on before it."""
    row, _ = pair_of(request, pk)
    paused = row.state == R.PAUSED
    if paused and row.paused_until is None and request.method != "POST":
        return redirect("mentoring:pair", row.pk)  # not theirs to end: the pair's page says so
    form: VersionForm
    if paused or request.POST.get("do") == "resume":
        form = VersionForm(request.POST or None, initial={"version": row.version})
        act: Callable[[], object] = lambda: services.resume(  # noqa: E731
            pair=row, actor=_user(request), version=form.cleaned_data["version"] or 0
        )
    else:
        form = PauseForm(request.POST or None, initial={"version": row.version})
        act = lambda: services.pause(  # noqa: E731
            pair=row,
            actor=_user(request),
            version=form.cleaned_data["version"] or 0,
            until=form.cleaned_data["until"],
        )
    status = 0
    if request.method == "POST":
        status = attempt(form, act, version=_version_of(row, request))
        if not status:
            messages.success(request, "You two go on." if paused else "You two pause. Both of you get an e-mail.")
            return redirect("mentoring:pair", row.pk)
    if paused:
        lead = "Nothing is asked of the two of you until then, and it goes on by itself."
        return page(
            request, row, "You have paused", status=status, form=form, lead=lead, button="Go on now", do="resume"
        )
    lead = "Nothing is asked of the two of you until then. Meetings that are booked stay booked."
    return page(request, row, "Pause", status=status, form=form, lead=lead, button="Pause")


@member_page
def end(request: HttpRequest, pk: int) -> HttpResponse:
    """End early, or finish because the work is done; says what follows before anything happens."""
    row, side = pair_of(request, pk)
    finishing = request.POST.get("do") == "finish"
    given = request.POST if request.method == "POST" and not finishing else None
    wants = {"again": "yes", "reason": "change"} if "change" in request.GET else {}
    form = EndForm(given, side=side, initial={"version": row.version, **wants})
    status, error = 0, ""
    if request.method == "POST" and finishing:
        try:
            ending.finish(pair=row, actor=_user(request), version=number(request.POST.get("version")))
        except MentoringError as refused:
            status, error = (409 if isinstance(refused, Stale) else 422), str(refused)
        else:
            messages.success(request, "Well done, both of you. Four short questions are left.")
            return redirect("mentoring:pair_closing", row.pk)
    elif request.method == "POST":
        status = attempt(
            form,
            lambda: ending.end(
                pair=row,
                actor=_user(request),
                version=form.cleaned_data["version"] or 0,
                reason=form.cleaned_data["reason"],
                note=form.cleaned_data["note"],
                again=form.again(),
            ),
            version=_version_of(row, request),
        )
        if not status:
            messages.success(request, "This has ended, and both of you are told. Thank you for saying so.")
            return redirect("mentoring:pair", row.pk)
    if status == 409:
        row, side = pair_of(request, pk)
    return page(
        request, row, "End", template="mentoring/pairs/end.html", status=status, error=error, form=form, side=side,
        live=row.state in services.RELATIONSHIP_LIVE, can_finish=row.state == R.ACTIVE,
    )  # fmt: skip


@member_page
def after(request: HttpRequest, pk: int) -> HttpResponse:
    """Whether somebody whose pair has ended would like another match."""
    row, side = pair_of(request, pk)
    if after_of(row, side) != After.ASKED and request.method != "POST":
        return redirect("mentoring:pair", row.pk)
    form = NextForm(request.POST or None, side=side)
    status = 0
    if request.method == "POST":
        status = attempt(
            form,
            lambda: ending.choose_next(pair=row, actor=_user(request), again=form.cleaned_data["again"] == "yes"),
        )
        if not status:
            messages.success(request, "Thank you. The coordinator knows.")
            return redirect("mentoring:pair", row.pk)
    return page(request, row, "What comes next?", status=status, form=form, button="Send my answer")


@member_page
def ask_help(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask the coordinator; and where to go with a concern."""
    row, _ = pair_of(request, pk)
    form = HelpForm(request.POST or None)
    status = 0
    if request.method == "POST":
        status = attempt(
            form, lambda: services.ask_help(pair=row, actor=_user(request), text=form.cleaned_data["text"])
        )
        if not status:
            messages.success(request, "The coordinator has your question and comes back to you.")
            return redirect("mentoring:pair", row.pk)
    return page(request, row, "Ask for help", template="mentoring/pairs/help.html", status=status, form=form)


@member_page
def close(request: HttpRequest, pk: int) -> HttpResponse:
    """The closing questions, once each."""
    row, side = pair_of(request, pk)
    if row.state != R.CLOSING or row.closing_answers.filter(role=side).exists():
        return redirect("mentoring:pair", row.pk)
    form = ClosingForm(request.POST or None)
    status = 0
    if request.method == "POST":
        status = attempt(form, lambda: ending.close_with(pair=row, actor=_user(request), **form.answers()))
        if not status:
            messages.success(request, "Thank you. Your answers are kept without your name on any list.")
            return redirect("mentoring:pair", row.pk)
    lead = (
        "Four short questions. Nobody reads your answers alone: not the other one, not the coordinator. "
        "They are only added up, over at least five people."
    )
    return page(request, row, "How was it?", status=status, form=form, lead=lead, button="Send my answers")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def check(request: HttpRequest, token: str) -> HttpResponse:
    """“Is all well?”, from the link in the mail, without signing in. The link answers nothing by itself."""
    held, side = checks.find(token)
    form = CheckForm(request.POST or None, initial={"answer": request.GET.get("answer", "")})
    status = 0
    if request.method == "POST":
        status = attempt(form, lambda: checks.answer(check=held, side=side, answer=form.cleaned_data["answer"]))
        if not status:
            held, side = checks.find(token)
    return render(
        request,
        "mentoring/pairs/check.html",
        {
            "form": form,
            "answered": held.answer_of(side),
            "closed": held.closed_at is not None,
            "programme": held.relationship.cohort.programme,
        },
        status=status or 200,
    )
