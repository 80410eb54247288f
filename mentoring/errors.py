"""The errors that services raise for a person to read."""

from __future__ import annotations


class MentoringError(Exception):
    """An action was refused. `str(error)` is a sentence for the person who tried it; nothing was changed."""


class WrongMove(MentoringError):
    """The object is not in a state from which this can be done, or not by this kind of actor."""


class Stale(MentoringError):
    """Somebody changed the object after the form was opened. Views answer 409 and show the present state."""
