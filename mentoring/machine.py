"""State machines as data: one table per machine, `(from, to) -> who may`, read by one function."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from typing import Any

from django.db.models import TextChoices

from .errors import WrongMove


class Actor(enum.StrEnum):
    """In what capacity somebody acts. A person may have several; a service names the one it acts in."""

    SYSTEM = "system"
    PARTY = "party"
    COORDINATOR = "coordinator"
    OWNER = "owner"
    HOST = "host"
    HANDLER = "handler"


Table = Mapping[tuple[Any, Any], frozenset[Actor]]


class Machine:
    """The moves of one kind of object.

    `noun` is how sentences call it ("proposal"); the object keeps its state in the attribute `state`.
    """

    def __init__(self, noun: str, states: type[TextChoices], table: Table) -> None:
        self.noun = noun
        self.states = states
        self.table = table

    def may(self, obj: Any, to: TextChoices, *, as_: Actor) -> bool:
        return as_ in self.table.get((obj.state, to), frozenset())

    def moves(self, obj: Any, *, as_: Actor) -> list[TextChoices]:
        """Where this kind of actor may take it from here, in the order of the states."""
        return [state for state in self.states if self.may(obj, state, as_=as_)]

    def move(self, obj: Any, to: TextChoices, *, as_: Actor) -> str:
        """Sets the new state on the object, unsaved, and returns the old one. The caller holds the row's lock.

        Raises:
            WrongMove: not from here, or not by this kind of actor.
        """
        before = str(obj.state)
        if not self.may(obj, to, as_=as_):
            now, then = self.states(obj.state).label.lower(), to.label.lower()
            raise WrongMove(f"This {self.noun} cannot become “{then}” now: it is “{now}”.")
        obj.state = to
        return before
