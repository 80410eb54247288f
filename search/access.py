"""Which pages a person may see: live, below this site's home page, and not behind a door that is shut to them."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.http import HttpRequest
from wagtail.models import Page, PageViewRestriction, Site


@dataclass(frozen=True)
class Visible:
    """What one person may see, as tree paths: everything live below `root` but what is below one of `shut`."""

    root: str
    shut: tuple[str, ...] = ()

    @classmethod
    def to(cls, request: HttpRequest) -> Visible:
        """What `request` may open. One query for the restrictions; one more for a member where groups are asked for."""
        return cls(_root(request), tuple(_shut_to(request)))

    @classmethod
    def to_everybody(cls, request: HttpRequest) -> Visible:
        """What anybody may open: fit for a shared cache. One query."""
        return cls(_root(request), tuple(restriction.page.path for restriction in _restrictions()))

    def pages(self) -> QuerySet[Page]:
        if not self.root:
            return Page.objects.none()
        pages = Page.objects.live().filter(path__startswith=self.root)
        shut = Q()
        for path in self.shut:
            shut |= Q(path__startswith=path)
        return pages.exclude(shut) if shut else pages

    def admits(self, page: Page) -> bool:
        """The same rule for a page already fetched."""
        return bool(self.root) and page.live and page.path.startswith(self.root) and not page.path.startswith(self.shut)


def _root(request: HttpRequest) -> str:
    site = Site.find_for_request(request)
    return site.root_page.path if site is not None else ""


def _restrictions() -> list[PageViewRestriction]:
    return list(PageViewRestriction.objects.select_related("page").only("restriction_type", "page__path"))


def _shut_to(request: HttpRequest) -> list[str]:
    """Tree paths of the sections that are closed to this person."""
    restrictions = _restrictions()
    passed: set[int] = set()
    if request.user.is_authenticated and any(_by_group(restriction) for restriction in restrictions):
        passed = set(PageViewRestriction.objects.filter(groups__user=request.user).values_list("pk", flat=True))

    def opens(restriction: PageViewRestriction) -> bool:
        if _by_group(restriction):  # Wagtail asks for a person's groups once per restriction; here once in all
            return request.user.is_superuser or restriction.pk in passed
        return restriction.accept_request(request)

    return [restriction.page.path for restriction in restrictions if not opens(restriction)]


def _by_group(restriction: PageViewRestriction) -> bool:
    return restriction.restriction_type == PageViewRestriction.GROUPS
