"""Leads the walk: sets the clock, lets things happen, writes down who got what, checks after every step."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from zoneinfo import ZoneInfo

import time_machine
from django.core.cache import cache
from django.utils import timezone

from mentoring.jobs import due
from mentoring.messages.models import Outbox, OutboxState
from mentoring.messages.sending import send_due
from mentoring.proposals.runs import execute_due

from .invariants import Ledger
from .people import Cast, address

LONDON = ZoneInfo("Europe/London")
#: What the long random part of a link in a mail looks like.
TOKEN = re.compile(r"/([\w:.-]{30,})/")


class Guide:
    """One walk. `say` takes each line as it comes."""

    def __init__(self, cast: Cast, traveller: time_machine.Coordinates, say: Callable[[str], None]) -> None:
        self.cast = cast
        self.traveller = traveller
        self.lines: list[str] = []
        self._say = say
        self.ledger = Ledger(cast)
        self._acted = False
        self._first_mail = self._last_mail = self._newest()

    @staticmethod
    def _newest() -> int:
        return Outbox.objects.order_by("-pk").values_list("pk", flat=True).first() or 0

    def say(self, line: str = "") -> None:
        self.lines.append(line)
        self._say(line)

    def chapter(self, title: str) -> None:
        self.say()
        self.say(f"== {title}")

    @contextmanager
    def act(self, sentence: str) -> Iterator[None]:
        """Somebody does something: said first, then done, then what a knock wakes at once, runs and mail."""
        self.say(f"{self._now()}  {sentence}")
        self.minutes(5)
        yield
        execute_due()
        send_due()
        self._tell_mail()
        self.ledger.check_what_changed()
        self._acted = True

    def minutes(self, count: int) -> None:
        self.traveller.shift(dt.timedelta(minutes=count))

    def until(self, day: dt.date) -> None:
        """Each working day at nine, holidays too, up to and including this one: what the clock brings."""
        today = timezone.localdate()
        while today < day:
            today += dt.timedelta(days=1)
            if today.weekday() < 5 or today == day:
                self.traveller.move_to(dt.datetime.combine(today, dt.time(9), tzinfo=LONDON))
                self._morning()

    def _morning(self) -> None:
        cache.clear()  # the clocks of pairs go by a mark of the hour, which the walk's time does not let run out
        done = due.run_due()
        self._tell_mail()
        if any(done.values()) or self._acted:
            self._acted = False
            self.ledger.nothing_is_due_twice()
            self.ledger.check_what_changed()
            self.ledger.every_open_item_has_an_owner_and_a_date()

    def _now(self) -> str:
        return f"{timezone.localtime():%a %d %b %Y %H:%M}"

    def _mails(self, after: int) -> list[Outbox]:
        return list(Outbox.objects.filter(pk__gt=after).order_by("pk"))

    def _tell_mail(self) -> int:
        """Says which mails went since the last time; each must have gone at once."""
        mails = self._mails(self._last_mail)
        for mail in mails:
            assert mail.state == OutboxState.SENT, f"{mail} is {mail.state}"
            entry = " [calendar entry]" if mail.calendar else ""
            self.say(f"{self._now()}    to {self.name_of(mail.recipient)}: {mail.subject}{entry}")
            self._last_mail = mail.pk
        return len(mails)

    def name_of(self, recipient: str) -> str:
        return self.cast.addresses.get(recipient, recipient)

    def link_in_last_mail(self, to: str, template: str) -> str:
        """The token that a person finds in their newest mail of a kind. `to`: a name, or an address."""
        mail = Outbox.objects.filter(recipient=to if "@" in to else address(to), template=template).latest("pk")
        found = TOKEN.search(mail.text)
        assert found, f"{mail} has no link in it"
        return found[1]

    def got(self) -> dict[str, list[str]]:
        """Person → everything that they received, in order."""
        received: dict[str, list[str]] = {name: [] for name in self.cast.addresses.values()}
        for mail in self._mails(self._first_mail):
            assert mail.sent_at is not None
            when = f"{timezone.localtime(mail.sent_at):%a %d %b %Y %H:%M}"
            received.setdefault(self.name_of(mail.recipient), []).append(f"{when}  {mail.subject}")
        return received

    def sum_up(self) -> None:
        self.chapter("What each of them received")
        for name, mails in self.got().items():
            self.say(f"{name}: {len(mails)}")
            for mail in mails:
                self.say(f"    {mail}")
        self.say()
        self.say(f"Checked {self.ledger.checked} times: every change is in the trail, no place is given twice, every")
        self.say("open item has one owner and a date, and whatever was due was not due a second time.")
