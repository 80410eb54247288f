"""What follows when editors publish, unpublish, move, hide or delete."""

from __future__ import annotations

from typing import Any

from django.db.models.signals import post_delete, post_save, pre_delete
from django.dispatch import receiver
from wagtail.models import Page, PageViewRestriction
from wagtail.signals import page_published, page_unpublished, post_page_move

from .calendar import cancel_below, tell_calendars, tell_calendars_below
from .exhibition import Artwork
from .session import SessionPage


@receiver(page_published, sender=SessionPage)
def on_publish(instance: SessionPage, revision: Any = None, **kwargs: Any) -> None:
    """Tells the calendars, and writes the ids of new dates back into the revision.

    A date added to a live page gets its id on publishing, after the revision was written. Without the id the next
    publishing would replace the row by a twin, and everything that points at it (calendar entry, bookings) would lose
    its hold.
    """
    if revision is not None and any(row.get("pk") is None for row in revision.content.get("dates", [])):
        revision.content = {**revision.content, "dates": instance.serializable_data()["dates"]}
        revision.save(update_fields=["content"])
    tell_calendars(instance)


@receiver(page_unpublished)
def on_unpublish(instance: Page, **kwargs: Any) -> None:
    """Wagtail also says “unpublished” of a page that is being deleted, while its row is still live."""
    if Page.objects.filter(pk=instance.pk, live=True).exists():
        cancel_below(instance)
    else:
        tell_calendars_below(instance)


@receiver(post_page_move)
def on_move(instance: Page, **kwargs: Any) -> None:
    tell_calendars_below(instance)


@receiver(post_save, sender=PageViewRestriction)
@receiver(post_delete, sender=PageViewRestriction)
def on_privacy_change(instance: PageViewRestriction, **kwargs: Any) -> None:
    page = Page.objects.filter(pk=instance.page_id).first()
    if page is not None:
        tell_calendars_below(page)


@receiver(pre_delete)
def on_delete(sender: type, instance: Any, **kwargs: Any) -> None:
    if isinstance(instance, Page):
        cancel_below(instance)


@receiver(post_delete, sender=Artwork)
def on_artwork_delete(instance: Artwork, **kwargs: Any) -> None:
    """Consent withdrawn, or the exhibition deleted: the picture, its file and all its sizes go with the work."""
    if instance.image_id:
        instance.image.delete()
