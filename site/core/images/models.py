"""The site's own image model: alternative text that cannot be forgotten, and a credit."""

from __future__ import annotations

from django.db import models
from wagtail.images.models import AbstractImage, AbstractRendition


class Picture(AbstractImage):
    """A picture. Its description is the alternative text wherever a page does not write its own."""

    decorative = models.BooleanField(
        default=False,
        help_text="Tick when the picture adds mood but no meaning. Screen readers then pass over it.",
    )
    credit = models.CharField(
        max_length=200,
        blank=True,
        help_text="Shown under the picture: the photographer, school or collection.",
    )

    admin_form_fields = (
        "title",
        "file",
        "description",
        "decorative",
        "credit",
        "collection",
        "tags",
        "focal_point_x",
        "focal_point_y",
        "focal_point_width",
        "focal_point_height",
    )

    class Meta(AbstractImage.Meta):
        verbose_name = "image"
        verbose_name_plural = "images"
        permissions = [("choose_picture", "Can choose image")]

    @property
    def default_alt_text(self) -> str:
        """What a screen reader says: nothing for decoration, never the file's name."""
        return "" if self.decorative else self.description


class Rendition(AbstractRendition):
    """One size of a picture, made once and kept."""

    image = models.ForeignKey(Picture, on_delete=models.CASCADE, related_name="renditions")

    class Meta:
        unique_together = (("image", "filter_spec", "focal_point_key"),)
