"""Reads for screens: organisations as people type them, topics by group."""

from __future__ import annotations

from itertools import groupby

from .imports.meanings import Meanings, organisations_like
from .models import TOPIC_GROUPS, Interest, InterestGroup, Organisation
from .thesaurus import Thesaurus


def find_organisations(text: str, *, words: Thesaurus) -> tuple[Organisation | None, list[Organisation]]:
    """The one active organisation that `text` names (name, alias, URN, name and postcode), else some to choose from."""
    text = text.strip()
    if not text:
        return None, []
    meanings = Meanings({}, words=words)
    meanings.prepare([text])
    found, _ = meanings.organisation(text)
    if isinstance(found, Organisation):
        return found, []
    return None, organisations_like(text)


def place_of(organisation: Organisation) -> str:
    """A name that tells namesakes apart: with parent and postcode."""
    parts = [organisation.name, organisation.parent.name if organisation.parent else "", organisation.postcode]
    return ", ".join(part for part in parts if part)


def topics_by_group() -> list[tuple[str, list[Interest]]]:
    """Active topics somebody can be interested in, for a list to choose words from."""
    topics = Interest.objects.filter(active=True, group__in=TOPIC_GROUPS).order_by("group", "label")
    return [(str(InterestGroup(group).label), list(rows)) for group, rows in groupby(topics, key=lambda t: t.group)]
