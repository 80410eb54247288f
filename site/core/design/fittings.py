"""What editors decided for all pages of a site: footer, contact, picture for shared links.

Kept in the cache, for it is asked for on every page and changes a few times a year. Saving, publishing, moving or
deleting a page, a site or the settings throws it away; where several processes have caches of their own (no REDIS_URL),
the others follow within a minute.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.core.cache import cache
from django.db import transaction
from django.db.models import Model
from django.db.models.signals import post_delete, post_save
from wagtail.models import Page, Site
from wagtail.rich_text import expand_db_html
from wagtail.signals import post_page_move

SECONDS = 60
SOCIAL_IMAGE = "fill-1200x630|format-jpeg"


@dataclass(frozen=True)
class Fittings:
    """Plain data, ready to show. `footer_html` is safe HTML; `social_image` is an address, or nothing."""

    strapline: str = ""
    contact_name: str = ""
    contact_email: str = ""
    footer_html: str = ""
    footer_groups: tuple[dict[str, Any], ...] = ()
    social_image: str = ""


def key(site_id: int) -> str:
    return f"core.fittings.{site_id}"


def of_site(site: Site) -> Fittings:
    """From the cache, or gathered and put there."""
    found = cache.get(key(site.pk))
    if found is None:
        found = gather(site)
        cache.set(key(site.pk), found, SECONDS)
    return found


def gather(site: Site) -> Fittings:
    """Asked of the database: the settings, and what the footer's links lead to."""
    from core.site_settings.models import SiteSettings

    # Not `for_site`: that makes the missing row, and looking at a page must write nothing.
    settings = SiteSettings.base_queryset().filter(site=site).first() or SiteSettings(site=site)
    image = settings.social_image
    return Fittings(
        strapline=settings.strapline,
        contact_name=settings.contact_name,
        contact_email=settings.contact_email,
        footer_html=expand_db_html(settings.footer_text),
        footer_groups=tuple(settings.link_groups()),
        social_image=image.get_rendition(SOCIAL_IMAGE).url if image is not None else "",
    )


def forget(**kwargs: Any) -> None:
    """Now, for this transaction's own eyes, and once more when it is committed, for everybody's."""
    keys = [key(pk) for pk in Site.objects.values_list("pk", flat=True)]
    cache.delete_many(keys)
    transaction.on_commit(lambda: cache.delete_many(keys))


def forget_if_shown(instance: Model, **kwargs: Any) -> None:
    from core.site_settings.models import SiteSettings

    if isinstance(instance, (Page, Site, SiteSettings)):
        forget()


def listen() -> None:
    """Called once, when the app is ready."""
    post_save.connect(forget_if_shown, dispatch_uid="core.fittings.saved")
    post_delete.connect(forget_if_shown, dispatch_uid="core.fittings.deleted")
    post_page_move.connect(forget, dispatch_uid="core.fittings.moved")
