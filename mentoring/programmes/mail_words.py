"""A programme's own words for a mail: its owner's, in force as soon as they are saved. Others' stay as they are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction
from wagtail.actions.publish_revision import PublishRevisionAction
from wagtail.actions.unpublish import UnpublishAction

from mentoring.errors import MentoringError, Stale
from mentoring.messages.catalogue import KINDS
from mentoring.messages.kinds import Kind
from mentoring.messages.rendering import words_for
from mentoring.messages.starting import starting_words
from mentoring.messages.tokens import check
from mentoring.messages.wording_models import Wording
from mentoring.trust import audit

from . import permissions
from .models import Programme

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser

LONGEST_SUBJECT, LONGEST_TEXT = 150, 8000


@dataclass(frozen=True)
class MailWords:
    """One mail as a programme sends it. `seen`: the revision of its own words, 0 without any; a form carries it."""

    kind: Kind
    subject: str
    text: str
    whose: str
    seen: int
    own: bool


def kind_of(name: str) -> Kind:
    """Raises:
    MentoringError: no mail whose words can be changed.
    """
    if name not in KINDS:
        raise MentoringError("Choose one of the mails in the list.")
    return KINDS[name]


def words_of(programme: Programme, name: str) -> MailWords:
    """What is in force: the programme's own, else the site's as editors published them, else as they came."""
    kind = kind_of(name)
    words = words_for(name, programme)
    row = Wording.objects.filter(name=name, programme=programme).first()
    seen = (row.latest_revision_id or 0) if row else 0
    if words is None:
        return MailWords(kind, *starting_words(name), whose="the words it came with", seen=seen, own=False)
    own = words.programme_id is not None
    return MailWords(kind, words.subject, words.text, "the programme’s own" if own else "the site’s", seen, own)


def _own(programme: Programme, name: str, actor: AbstractBaseUser, seen: int) -> Wording | None:
    """The programme's own row, if this person may change it and saw it as it is. The programme's lock is taken."""
    kind_of(name)
    if not permissions.can_grant(actor, programme):
        raise MentoringError("Only the programme’s owner changes the words of its mails.")
    Programme.objects.select_for_update(no_key=True).get(pk=programme.pk)
    row = Wording.objects.filter(name=name, programme=programme).first()
    if ((row.latest_revision_id or 0) if row else 0) != seen:
        raise Stale("Somebody changed these words after you opened them. Yours are kept below; nothing was saved.")
    return row


def set_words(
    *, programme: Programme, name: str, subject: str, text: str, actor: AbstractBaseUser, seen: int
) -> Wording:
    """The owner's words for this mail of their programme, from now on.

    Raises:
        MentoringError: not the owner, too long, or words that cannot work. Stale: changed meanwhile.
    """
    subject, text = subject.strip(), text.strip()
    if not subject or not text:
        raise MentoringError("A mail needs a subject and a text.")
    if len(subject) > LONGEST_SUBJECT or len(text) > LONGEST_TEXT:
        raise MentoringError(f"Up to {LONGEST_SUBJECT} characters for the subject, {LONGEST_TEXT:,} for the text.")
    with transaction.atomic():
        row = _own(programme, name, actor, seen)
        wrong = check(name, subject=subject, text=text)
        if wrong:
            raise MentoringError(" ".join(wrong.values()))
        if row is None:
            row = Wording.objects.create(name=name, programme=programme, subject=subject, text=text, live=False)
        row.subject, row.text = subject, text
        revision = row.save_revision(user=actor)
        PublishRevisionAction(revision, user=actor).execute(skip_permission_checks=True)  # checked above: the owner
        _record(programme, name, actor, before=seen, after=revision.pk)
    row.refresh_from_db()
    return row


def drop_words(*, programme: Programme, name: str, actor: AbstractBaseUser, seen: int) -> None:
    """The programme sends the site's words again. Its own stay in the history.

    Raises:
        MentoringError: not the owner. Stale: changed meanwhile.
    """
    with transaction.atomic():
        row = _own(programme, name, actor, seen)
        if row is None or not row.live:
            return
        UnpublishAction(row, user=actor).execute(skip_permission_checks=True)  # checked above: the owner
        _record(programme, name, actor, before=seen, after=0)


def _record(programme: Programme, name: str, actor: AbstractBaseUser, *, before: int, after: int) -> None:
    audit.record(
        action="mentoring.programme.words",
        obj=programme,
        actor=actor,
        programme=programme,
        before={"mail": name, "revision": before},  # the words stand in the revisions
        after={"mail": name, "revision": after},
    )
