"""Texts that may stand in the header of a mail: one line, no control characters."""

from __future__ import annotations

from django.core.exceptions import ValidationError


def is_one_line(text: str) -> bool:
    return not any(ord(c) < 32 or c in "\x7f\x85\u2028\u2029" for c in text)


def validate_one_line(text: str) -> None:
    """For form fields. Stored, a line break would stop every mail that carries the text, and the decision behind it."""
    if not is_one_line(text):
        raise ValidationError("Please write this on one line.")
