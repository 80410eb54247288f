"""The one error that services raise for a person to read."""

from __future__ import annotations


class MentoringError(Exception):
    """An action was refused. `str(error)` is a sentence for the person who tried it; nothing was changed."""
