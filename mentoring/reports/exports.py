"""Rows of a cohort as CSV or XLSX: streamed, a fixed number of queries at any size, cells that cannot run anything.

What is left out on the screen is left out here: rows of other programmes, of people outside the grant, and one's own.
"""

from __future__ import annotations

import csv
import datetime as dt
import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Max, Min, Q
from django.http import FileResponse, HttpResponseBase, StreamingHttpResponse
from django.utils import timezone

from mentoring.errors import MentoringError
from mentoring.programmes.models import Cohort
from mentoring.proposals.settings import WEIGHTS
from mentoring.relationships.meeting_models import MeetingState
from mentoring.trust import access, audit
from mentoring.trust.exports import neutral

from .figures import reason_label

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser

CHUNK = 500
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
Rows = Iterator[list[Any]]


@dataclass(frozen=True)
class Kind:
    """One file: what it holds, its headings, its rows for somebody."""

    key: str
    title: str
    about: str
    headings: tuple[str, ...]
    rows: Callable[[Any, Cohort], Rows]
    may: Callable[[Any, Cohort], bool] = lambda user, cohort: True


def _enrolments(user: Any, cohort: Cohort) -> Rows:
    found = access.enrolments_for(user).filter(cohort=cohort).select_related("profile__role_level")
    for row in found.order_by("pk").iterator(CHUNK):
        who = row.profile
        yield [
            row.pk, row.get_as_role_display(), row.get_state_display(), who.display_name, who.organisation.name,
            who.job_title, who.role_level.label if who.role_level else "", row.capacity, row.get_formats_display(),
            row.max_travel_minutes, row.get_head_support_display(), row.training_completed_on, row.submitted_at,
            row.goals,
        ]  # fmt: skip


def _two(row: Any) -> list[Any]:
    mentee, mentor = row.mentee.profile, row.mentor.profile
    return [mentee.display_name, mentee.organisation.name, mentor.display_name, mentor.organisation.name]


TWO = ("Mentee", "Mentee’s school", "Mentor", "Mentor’s school")
PARTS = {**WEIGHTS, "preference": "Wish of the mentee"}


def _proposals(user: Any, cohort: Cohort) -> Rows:
    for row in access.proposals_for(user).filter(cohort=cohort).order_by("pk").iterator(CHUNK):
        parts = {part.get("key"): part.get("contribution") for part in row.explanation.get("components", ())}
        yield [
            row.pk, row.run_id, *_two(row), row.get_state_display(), row.get_source_display(), row.score, row.evidence,
            *(parts.get(key) for key in PARTS), " ".join(row.explanation.get("reasons", ())),
            row.explanation.get("caution", ""), row.offered_at, row.get_mentee_answer_display(),
            row.get_mentor_answer_display(), row.note,
        ]  # fmt: skip


def _relationships(user: Any, cohort: Cohort) -> Rows:
    for row in access.relationships_for(user).filter(cohort=cohort).order_by("pk").iterator(CHUNK):
        yield [
            row.pk, row.proposal_id, *_two(row), row.get_state_display(), row.created_at, row.began_on,
            row.expected_end, row.ended_at, row.get_ended_by_display() if row.ended_by else "",
            reason_label(row.end_reason) if row.end_reason else "", row.get_turn_display(), row.turn_due,
            row.attention,
        ]  # fmt: skip


def _meetings(user: Any, cohort: Cohort) -> Rows:
    states = (MeetingState.HELD, MeetingState.BOOKED, MeetingState.MISSED, MeetingState.CANCELLED)
    held = Q(meetings__state=MeetingState.HELD)
    counted = (
        access.relationships_for(user)
        .filter(cohort=cohort)
        .annotate(
            **{f"n_{state.value}": Count("meetings", filter=Q(meetings__state=state)) for state in states},
            first=Min("meetings__start", filter=held),
            last=Max("meetings__start", filter=held),
        )
    )
    counts = (*(f"n_{state.value}" for state in states), "first", "last")
    for row in counted.order_by("pk").iterator(CHUNK):
        yield [row.pk, *_two(row), *(getattr(row, name) for name in counts)]


def _audit(user: Any, cohort: Cohort) -> Rows:
    for row in access.events_for(user).filter(programme=cohort.programme_id).order_by("pk").iterator(CHUNK):
        yield [
            row.pk, row.at, row.actor_id, row.action, row.object_type, row.object_id, row.object_label,
            str(row.before), str(row.after), row.reason, row.request_id,
        ]  # fmt: skip


def _owns(user: Any, cohort: Cohort) -> bool:
    return access.owns_programme(user, cohort.programme_id)


KINDS = {
    kind.key: kind
    for kind in (
        Kind(
            "applications", "Applications", "Each application with its state, school, places and goals.",
            ("Number", "As", "State", "Name", "School", "Job", "Role", "Places", "How to meet", "Longest journey",
             "Head’s support", "Training", "Sent", "Goals"),
            _enrolments,
        ),
        Kind(
            "proposals", "Proposals", "Each proposed pair with its score and what each part of it gave.",
            ("Number", "Run", *TWO, "State", "From", "Score", "Evidence", *PARTS.values(), "Reasons", "Caution",
             "Offered", "Mentee’s answer", "Mentor’s answer", "Note"),
            _proposals,
        ),
        Kind(
            "pairs", "Pairs", "Each pair from its first day to its end.",
            ("Number", "Proposal", *TWO, "State", "Made", "Began", "To end", "Ended", "Ended by", "Reason",
             "Whose turn", "Turn until", "Needs attention"),
            _relationships,
        ),
        Kind(
            "meetings", "Meetings", "How often each pair met. Never what they talked about, nor where.",
            ("Pair", *TWO, "Held", "Booked", "Did not happen", "Called off", "First", "Latest"),
            _meetings,
        ),
        Kind(
            "audit", "Audit trail", "Every decision of the whole programme, who made it and why.",
            ("Number", "When", "Who (number)", "What", "Kind", "Object", "Name", "Before", "After", "Why", "Request"),
            _audit,
            _owns,
        ),
    )
}  # fmt: skip


def _plain(value: Any) -> Any:
    """A cell both kinds of file can hold: local time without zone, text that begins no formula."""
    if value is None:
        return ""
    if isinstance(value, dt.datetime):
        return timezone.localtime(value).replace(tzinfo=None, microsecond=0)
    return neutral(value)


class _Echo:
    def write(self, text: str) -> str:
        return text


def as_csv(headings: Iterable[str], rows: Iterable[list[Any]]) -> Iterator[str]:
    """Line by line. The first character tells Excel that it is UTF-8."""
    writer = csv.writer(_Echo())
    yield "\ufeff" + str(writer.writerow(list(headings)))
    for row in rows:
        yield str(writer.writerow([_plain(value) for value in row]))


def as_xlsx(headings: Iterable[str], rows: Iterable[list[Any]], title: str) -> Any:
    """A file, open at its beginning; written row by row, so that memory does not grow with them."""
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell

    book = Workbook(write_only=True, iso_dates=True)
    sheet = book.create_sheet(title=title)
    sheet.append(list(headings))
    for row in rows:
        cells = [WriteOnlyCell(sheet, _plain(value)) for value in row]
        for cell in cells:
            if cell.data_type == "f":
                cell.data_type = "s"  # text, whatever it looks like
        sheet.append(cells)
    file = tempfile.TemporaryFile()  # noqa: SIM115 - closed by the answer that sends it
    book.save(file)
    file.seek(0)
    return file


def respond(kind: Kind, *, cohort: Cohort, actor: AbstractBaseUser, file_format: str) -> HttpResponseBase:
    """The file as an answer. That it was taken is in the audit trail before its first byte leaves.

    Raises:
        MentoringError: no such format.
    """
    if file_format not in ("csv", "xlsx"):
        raise MentoringError("Files come as CSV or XLSX: please choose one.")
    audit.record(
        action="mentoring.export.taken",
        obj=cohort,
        actor=actor,
        programme=cohort.programme,
        after={"file": kind.key, "format": file_format},
    )
    return send(f"{kind.key}-cohort-{cohort.pk}", kind.title, kind.headings, kind.rows(actor, cohort), file_format)


def send(
    name: str, title: str, headings: Iterable[str], rows: Iterable[list[Any]], file_format: str
) -> HttpResponseBase:
    """Rows as a file to save; whoever calls has written that it was taken."""
    if file_format == "xlsx":
        book = as_xlsx(headings, rows, title)
        return FileResponse(book, as_attachment=True, filename=f"{name}.xlsx", content_type=XLSX)
    answer = StreamingHttpResponse(as_csv(headings, rows), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return answer
