"""Exchanging a name wherever it stands in a text, or in the texts of a JSON value."""

from __future__ import annotations

from typing import Any

FORMER = "a former participant"


def replaced(value: Any, words: list[str], by: str = FORMER) -> Any:
    """The value with each of the words exchanged; longer words first, so that none is cut in two."""
    if isinstance(value, str):
        for word in sorted(words, key=len, reverse=True):
            value = value.replace(word, by)
        return value
    if isinstance(value, list):
        return [replaced(item, words, by) for item in value]
    if isinstance(value, dict):
        return {name: replaced(item, words, by) for name, item in value.items()}
    return value
