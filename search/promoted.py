"""Results that editors put on top for a wording (Wagtail's “Promoted search results”)."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest
from wagtail.contrib.search_promotions.models import SearchPromotion
from wagtail.search.utils import normalise_query_string

from .access import Visible
from .words import Question


@dataclass(frozen=True)
class Promoted:
    """A chosen result: a page of this site, or an address elsewhere (`external`)."""

    title: str
    url: str
    description: str
    external: bool


def promoted_for(question: Question, *, visible: Visible, request: HttpRequest) -> list[Promoted]:
    """What editors chose for this wording, in their order; pages that the person may not see are left out. One query.

    Editors' wording and the visitor's are compared without case; quotes and signs that a search does not read are left
    out of the visitor's. Nothing is written: Wagtail's own template tag makes a row for every wording anybody types.
    """
    wordings = {normalise_query_string(text) for text in (question.typed, question.key) if text}
    if not wordings:
        return []
    rows = SearchPromotion.objects.filter(query__query_string__in=wordings).select_related("page")
    found: list[Promoted] = []
    for row in rows.order_by("sort_order", "pk"):
        if row.page is not None:
            url = row.page.get_url(request) if visible.admits(row.page) else None
            if url:
                found.append(Promoted(row.page.title, url, row.description, external=False))
        elif row.external_link_url.startswith(("https://", "http://")):
            title = row.external_link_text or row.external_link_url
            found.append(Promoted(title, row.external_link_url, row.description, external=True))
    return found
