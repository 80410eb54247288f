"""Choosing topics: from lists by group, or by typing them, sought and offered side by side."""

from __future__ import annotations

from typing import Any

from django import forms

from .forms import StepForm
from .imports.people_columns import split_topics
from .models import Direction, Interest, Profile, ProfileInterest
from .queries import topics_by_group
from .thesaurus import Thesaurus

MOST_TOPICS = 12
STRENGTHS = ((1, "A little"), (2, "Some"), (3, "A lot"), (0, "Take it off my list"))
SIDES = (
    (Direction.SEEK.value, "I would like help with", "I would like help"),
    (Direction.OFFER.value, "I can help with", "I can help"),
)


class TopicsForm(StepForm):
    """What is chosen already has a strength each; boxes and words add to it.

    Posted names: `seek:SLUG` (a strength, 0 takes it off), `add_seek` (slugs), `words_seek` (typed), and so for offer.
    """

    parts = {side: f"words_{side}" for side, _, _ in SIDES}
    words_seek = forms.CharField(label="Or type topics that you would like help with", required=False)
    words_offer = forms.CharField(label="Or type topics that you can help with", required=False)

    def __init__(self, data: Any = None, *, profile: Profile | None, name: str = "") -> None:
        super().__init__(data, profile=profile, name=name)
        self.groups = topics_by_group()
        self.kept: list[ProfileInterest] = list(profile.profile_interests.all()) if profile else []
        for side, _, _ in SIDES:
            self.fields[f"words_{side}"].widget = forms.Textarea(attrs={"rows": 3})
            self.fields[
                f"words_{side}"
            ].help_text = "One a line, such as Coaching, Phonics or Headship. Add (3) after what matters most."

    def first(self, profile: Profile) -> dict[str, Any]:
        return {}

    def _posted(self, name: str) -> list[str]:
        if not self.is_bound:
            return []
        getlist = getattr(self.data, "getlist", None)
        return list(getlist(name)) if getlist else [str(value) for value in self.data.get(name, [])]

    def _strengths(self, side: str) -> dict[Interest, int]:
        """What is on the list, with the strength as posted or as it was."""
        found = {}
        for row in self.kept:
            if row.direction == side:
                raw = self.data.get(f"{side}:{row.interest.slug}", row.strength) if self.is_bound else row.strength
                found[row.interest] = int(raw) if str(raw) in {"0", "1", "2", "3"} else row.strength
        return found

    @property
    def sides(self) -> list[dict[str, Any]]:
        """For the page: heading, topics on the list with their strength, and the field for words."""
        return [
            {
                "side": side,
                "heading": heading,
                "rows": [
                    {"topic": topic, "name": f"{side}:{topic.slug}", "strength": strength}
                    for topic, strength in self._strengths(side).items()
                ],
                "words": self[f"words_{side}"],
            }
            for side, heading, _ in SIDES
        ]

    @property
    def shelves(self) -> list[dict[str, Any]]:
        """For the page: each group with its topics, and per side whether it is ticked or on the list."""
        ticked = {side: set(self._posted(f"add_{side}")) for side, _, _ in SIDES}
        listed = {side: {topic.pk for topic in self._strengths(side)} for side, _, _ in SIDES}
        shelves = []
        for label, topics in self.groups:
            rows: list[dict[str, Any]] = [
                {
                    "topic": topic,
                    "cells": [
                        {
                            "side": side,
                            "says": says,
                            "ticked": topic.slug in ticked[side],
                            "has": topic.pk in listed[side],
                        }
                        for side, _, says in SIDES
                    ],
                }
                for topic in topics
            ]
            shelves.append({"label": label, "rows": rows, "open": any(c["ticked"] for r in rows for c in r["cells"])})
        return shelves

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        words = Thesaurus.load()
        by_slug = {topic.slug: topic for _, topics in self.groups for topic in topics}
        for side, _, _ in SIDES:
            found = {topic: strength for topic, strength in self._strengths(side).items() if strength}
            for slug in self._posted(f"add_{side}"):
                if slug in by_slug:  # a retired or invented one is no box on the page
                    found.setdefault(by_slug[slug], 2)
            found.update(self._typed(side, str(cleaned.get(f"words_{side}") or ""), words))
            if len(found) > MOST_TOPICS:
                self.add_error(
                    f"words_{side}",
                    f"Please keep to {MOST_TOPICS} topics, these are {len(found)}: the fewer, the better the match.",
                )
            cleaned[side] = list(found.items())
        return cleaned

    def _typed(self, side: str, text: str, words: Thesaurus) -> list[tuple[Interest, int]]:
        name = f"words_{side}"
        try:
            named = split_topics(text)
        except ValueError as error:
            self.add_error(name, str(error))
            return []
        found = []
        for typed, strength in named:
            answer = words.topic(typed)
            if answer.entry is not None:
                found.append((answer.entry, strength))
            elif answer.candidates:
                near = " or ".join(f"“{topic.label}”" for topic in answer.candidates[:3])
                self.add_error(name, f"“{typed[:60]}” is not a topic we know. Did you mean {near}?")
            else:
                self.add_error(name, f"“{typed[:60]}” is not a topic we know. The lists above have all of them.")
        return found

    def part(self) -> dict[str, Any]:
        return {side: self.cleaned_data[side] for side, _, _ in SIDES}
