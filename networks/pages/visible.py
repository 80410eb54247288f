"""What anybody may see: live, and under no page that is private. No query of its own."""

from __future__ import annotations

from typing import TypeVar

from django.db.models import Exists, ExpressionWrapper, F, IntegerField, Model, OuterRef, QuerySet
from django.db.models.functions import Length, Substr
from wagtail.models import PageViewRestriction

M = TypeVar("M", bound=Model)


def visible(queryset: QuerySet[M], *, page: str = "") -> QuerySet[M]:
    """Rows whose page is public. `page` is the way from the row to its page (`"page__"`), empty for pages."""
    above = (
        PageViewRestriction.objects.annotate(length=Length("page__path"))
        .annotate(beginning=Substr(OuterRef(f"{page}path"), 1, ExpressionWrapper(F("length"), IntegerField())))
        .filter(page__path=F("beginning"))
    )
    return queryset.filter(~Exists(above), **{f"{page}live": True})
