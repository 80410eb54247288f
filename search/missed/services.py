"""Counting searches without results: privately, within bounds, and never in a visitor's way."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from hashlib import blake2b

from django.db import DatabaseError, connection, transaction
from django.db.models import F

from mentoring.people.models import Profile
from search.caching import fewer_than, first_time
from search.words import Question

from .models import MissedSearch

logger = logging.getLogger(__name__)

KEPT_DAYS = 90
MOST_ROWS = 5000
NEW_PER_MINUTE = 30  # wordings counted per minute, by everybody together
LONGEST = 60  # characters; longer texts were pasted, and may hold anything
MOST_WORDS = 6
WAIT = 250  # milliseconds that a visitor's page waits for another writer


def record(*, question: Question, day: date) -> bool:
    """Count a search that found nothing. Says whether it was counted; raises nothing that a visitor would feel.

    Not counted: what may name or number a person, the same wording again within a minute, more than `NEW_PER_MINUTE`
    wordings a minute, and anything while the cache does not answer (it holds these limits).
    """
    term = question.key
    if not fit(question):
        return False
    digest = blake2b(term.encode(), digest_size=12).hexdigest()
    if not first_time(f"search:missed:{digest}", 60) or not fewer_than("search:missed:all", NEW_PER_MINUTE, 60):
        return False
    try:
        if _names_a_member(question):
            return False
        with _short_wait(), transaction.atomic():
            _count(term, day)
    except DatabaseError:
        logger.warning("A search without results was not counted.", exc_info=True)
        return False
    return True


def fit(question: Question) -> bool:
    """Whether a wording may be kept: short, and without anything that looks like an address or a number of a person."""
    term = question.key
    if not term or len(term) > LONGEST or len(question.words) > MOST_WORDS or question.cut:
        return False
    return "@" not in question.typed and not any(sum(map(str.isdigit, word)) > 4 for word in question.words)


def tidy(*, day: date) -> int:
    """Forget what is older than `KEPT_DAYS`, and the oldest beyond `MOST_ROWS`. Gives the number of rows removed."""
    removed, _ = MissedSearch.objects.filter(day__lt=day - timedelta(days=KEPT_DAYS)).delete()
    beyond = list(MissedSearch.objects.order_by("-day", "-searches", "-pk").values_list("pk", flat=True)[MOST_ROWS:])
    if beyond:
        removed += MissedSearch.objects.filter(pk__in=beyond).delete()[0]
    return removed


def _count(term: str, day: date) -> None:
    if MissedSearch.objects.filter(term=term, day=day).update(searches=F("searches") + 1):
        return
    row, made = MissedSearch.objects.get_or_create(term=term, day=day)
    # A hundred new rows, more or less, are the moment to look for old ones: no timer is needed for that.
    if made and row.pk % 100 == 0:
        tidy(day=day)


def _names_a_member(question: Question) -> bool:
    """Whether the words are a member's name: people are looked for by name, and names are not kept."""
    named = Profile.objects.all()
    for word in question.words:
        named = named.filter(display_name__icontains=word)
    return named.exists()


@contextmanager
def _short_wait() -> Iterator[None]:
    """Wait only briefly where another writer holds the database: a count is not worth a slow page."""
    setting = {
        "sqlite": ("PRAGMA busy_timeout", "PRAGMA busy_timeout = {}"),
        "postgresql": ("SHOW lock_timeout", "SET lock_timeout = '{}'"),
    }.get(connection.vendor)
    if setting is None:
        yield
        return
    read, write = setting
    with connection.cursor() as cursor:
        cursor.execute(read)
        before = cursor.fetchone()[0]
        cursor.execute(write.format(WAIT))
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute(write.format(before))
