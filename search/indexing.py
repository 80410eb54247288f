"""Keeps tags in the search index.

Wagtail puts a page into the index when its row is saved; with tasks that run at once (the default) that is before the
page's topics and partners are written, so the index would always be one save behind. Whenever the rows of such a
relation change, the page is put into the index again.
"""

from __future__ import annotations

from typing import Any

from django.db.models import Model
from django.db.models.signals import m2m_changed
from wagtail.models import Page, get_page_models
from wagtail.search.index import RelatedFields
from wagtail.search.tasks import insert_or_update_object_task

CHANGED = frozenset({"post_add", "post_remove", "post_clear"})


def index_again(sender: type[Model], instance: Model, action: str, **kwargs: Any) -> None:
    if action in CHANGED and isinstance(instance, Page):
        insert_or_update_object_task.enqueue(instance._meta.app_label, instance._meta.model_name, str(instance.pk))


def watch_relations() -> None:
    """Connect to every many-to-many field whose labels are part of a page type's indexed text."""
    for model in get_page_models():
        indexed = {field.field_name for field in model.get_search_fields() if isinstance(field, RelatedFields)}
        for field in model._meta.local_many_to_many:
            if field.name in indexed:
                m2m_changed.connect(
                    index_again, sender=field.remote_field.through, dispatch_uid=f"search.index_again:{field}"
                )
