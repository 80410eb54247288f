"""Published words in mails of real moments: every token is filled from what the moment knows."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from mentoring.messages.catalogue import KINDS
from mentoring.messages.models import Outbox
from mentoring.messages.starting import starting_words
from mentoring.messages.tokens import values
from mentoring.messages.wording_models import Wording
from mentoring.relationships.services import tell_both
from tests.mentoring.placements.visits import staged
from tests.mentoring.relationships import moments

pytestmark = pytest.mark.django_db


def publish(name: str) -> None:
    """The site's own words, and a line with each token."""
    subject, text = starting_words(name)
    text += "\n\n" + "\n\n".join(f"<{token}>{{{{ {token} }}}}" for token in KINDS[name].all_tokens)
    row = Wording(name=name, subject=subject, text=text, live=False)
    row.full_clean()
    row.save()
    row.save_revision().publish()


def left_out(message: Outbox) -> set[str]:
    """Tokens that had no value: their line went."""
    return {token for token in KINDS[message.template].all_tokens if f"<{token}>" not in message.text}


def test_words__of_visits__are_filled() -> None:
    for name in ("host_offer_asked", "placement_heard", "placement_cancelled"):
        publish(name)
    stage = staged()
    row = stage.ask()
    asked = Outbox.objects.get(template="host_offer_asked")
    heard = Outbox.objects.get(template="placement_heard")
    assert (left_out(asked), left_out(heard)) == (set(), set())
    assert "Vera Visitor would like to visit you" in heard.subject
    assert str(row.days.get()) in heard.text
    assert "How does she run a difficult meeting?" in heard.text
    assert heard.wording is not None


def test_words__of_pairs__are_filled() -> None:
    for name in ("pair_begun", "meeting_times", "pair_completed"):
        publish(name)
    pair = moments.active()
    moments.proposed(pair)
    tell_both(pair, "pair_completed", key="completed")
    for message in Outbox.objects.filter(template__in=["pair_begun", "pair_completed"]):
        assert left_out(message) <= {"cohort_start"}
    times = Outbox.objects.get(template="meeting_times")
    assert left_out(times) <= {"place"}
    assert " at " in times.text.partition("<times>")[2]


def test_words__that_differ_by_whom_they_go_to__keep_the_sentence_of_each() -> None:
    names = ("pair_sign", "pair_active", "placement_asked", "placement_requested")
    for name in names:
        publish(name)
    moments.active()
    stage = staged()
    stage.ask()
    under_way = {row.recipient: row for row in Outbox.objects.filter(template="pair_active")}
    assert len(under_way) == 2
    assert sum("propose up to three times" in row.text for row in under_way.values()) == 1
    assert sum("your mentee proposes times" in row.text for row in under_way.values()) == 1
    asked = Outbox.objects.filter(template="placement_asked")
    assert sum("You have agreed that visitors may come" in row.text for row in asked) == 1
    assert sum("whether they may be away" in row.text for row in asked) == 1
    for row in Outbox.objects.filter(template__in=names):
        assert row.wording is not None
        assert left_out(row) <= {"cohort_start"}, row.template


def test_values__a_meeting_in_summer__is_told_in_local_time() -> None:

    start = dt.datetime(2027, 7, 1, 14, 30, tzinfo=dt.UTC)
    context: dict[str, Any] = {"start": start, "place": ""}
    assert values("meeting_booked", context)["when"] == "Thursday 1 July at 15:30"
