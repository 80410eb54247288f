"""The demo's pictures: drawn, not photographed, so that nobody real is shown."""

from __future__ import annotations

from datetime import date
from io import BytesIO

from django.core.files.images import ImageFile

from core.models import Picture

from .paper import Sheet
from .scenes import SCENES

PREFIX = "demo-"


def draw(name: str, title: str, alt: str, sheet: Sheet) -> Picture:
    """A new picture in the site's collection of images."""
    file = ImageFile(BytesIO(sheet.png()), name=f"{PREFIX}{name}.png")
    picture = Picture(title=title, description=alt, file=file)
    picture._set_image_file_metadata()
    picture.save()
    picture.tags.add(f"{PREFIX}{name}")
    return picture


def find(name: str) -> Picture | None:
    """A picture of the demo by its name, if it has been drawn."""
    return Picture.objects.filter(tags__name=f"{PREFIX}{name}").first()


def load(*, today: date) -> None:
    for scene in SCENES:
        if find(scene.name) is None:
            draw(scene.name, scene.title, scene.alt, scene.draw())
