"""Blocks that a site adds to its pages. They know the cohorts and name nobody. Each costs at most two queries.

`StreamField([*blocks_of_the_site, *MENTORING_BLOCKS])`, or each as an attribute of the site's own `StreamBlock`.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils import timezone
from wagtail import blocks

from .editors.intakes import Doors, Intake, Wanted, intakes_of, mentors_wanted, programme_of

GROUP = "Mentoring"


class PathwayBlock(blocks.StructBlock):
    """Shared by the three: which programme it is about, found by the page that tells people about it."""

    page = blocks.PageChooserBlock(
        required=False,
        label="Pathway",
        help_text="The page that a mentoring programme names as its own. Empty: the page on which this block stands.",
    )

    #: Set on the value that the editor's picker shows.
    EXAMPLE = "is_example"

    def get_preview_value(self) -> Any:
        value = super().get_preview_value()
        setattr(value, self.EXAMPLE, True)
        return value

    def get_context(self, value: Any, parent_context: dict[str, Any] | None = None) -> dict[str, Any]:
        context = super().get_context(value, parent_context=parent_context)
        chosen = value.get("page")
        here = (parent_context or {}).get("page")
        page_id = chosen.pk if chosen else getattr(here, "pk", None)
        example = getattr(value, self.EXAMPLE, False)
        return {**context, **(self.example() if example else self.about(page_id)), "chosen": chosen}

    def about(self, page_id: int | None) -> dict[str, Any]:
        """What the template reads besides the value."""
        raise NotImplementedError

    def example(self) -> dict[str, Any]:
        raise NotImplementedError


class ApplyBlock(PathwayBlock):
    heading = blocks.CharBlock(max_length=100, default="Apply")
    text = blocks.TextBlock(max_length=400, required=False, help_text="One or two sentences above the dates.")

    class Meta:
        icon = "edit"
        label = "Apply to this pathway"
        group = GROUP
        description = "Says when applications open and close, or that places are taken, with the buttons to apply."
        template = "mentoring/blocks/apply.html"
        preview_value = {"heading": "Apply", "text": "An hour a month, with somebody who has been there."}

    def about(self, page_id: int | None) -> dict[str, Any]:
        return {"intakes": intakes_of(page_id)}

    def example(self) -> dict[str, Any]:
        today = timezone.localdate()
        opened, closes, start, end = (today + dt.timedelta(days=n) for n in (-7, 21, 60, 360))
        spring = Intake(0, "Leading", "Spring", Doors.OPEN, "open", opened, closes, start, end, None, "us@example.org")
        return {"intakes": [spring]}


class MentorsWantedBlock(PathwayBlock):
    heading = blocks.CharBlock(max_length=100, default="Mentors wanted")
    text = blocks.TextBlock(max_length=400, required=False, help_text="Why it is worth an hour a month.")

    class Meta:
        icon = "group"
        label = "Mentors wanted"
        group = GROUP
        description = "Topics that more people ask for than mentors offer, kept up to date. It names nobody."
        template = "mentoring/blocks/mentors_wanted.html"
        preview_value = {"heading": "Mentors wanted", "text": "You need not be an expert: one step ahead is enough."}

    def about(self, page_id: int | None) -> dict[str, Any]:
        return {"wanted": mentors_wanted(page_id)}

    def example(self) -> dict[str, Any]:
        return {"wanted": [Wanted("Leading a team", 7), Wanted("Music", 0)]}


class InvolvesBlock(PathwayBlock):
    heading = blocks.CharBlock(max_length=100, default="What mentoring involves")
    points = blocks.ListBlock(
        blocks.CharBlock(max_length=200),
        required=False,
        default=[],
        max_num=6,
        label="Further points",
        help_text="What the programme’s own settings do not say. One sentence each.",
    )

    class Meta:
        icon = "list-ul"
        label = "What mentoring involves"
        group = GROUP
        description = "How often a pair meets, for how long, and what else is asked, as the programme’s settings say."
        template = "mentoring/blocks/involves.html"
        preview_value = {"heading": "What mentoring involves", "points": ["Your school releases you for each meeting."]}

    def about(self, page_id: int | None) -> dict[str, Any]:
        return {"programme": programme_of(page_id)}

    def example(self) -> dict[str, Any]:
        return {"programme": {"min_meetings": 6, "meet_every_weeks": 4, "training_needed": True}}


#: (name, block) of all three, for a `StreamField` or as attributes of a `StreamBlock`.
MENTORING_BLOCKS = (
    ("apply_to_pathway", ApplyBlock()),
    ("mentors_wanted", MentorsWantedBlock()),
    ("mentoring_involves", InvolvesBlock()),
)
