"""What surrounds every page: main menu, settings, breadcrumbs. Few queries, whatever the number of links."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import cached_property
from wagtail.models import Page, Site

from core.pages.models import BasePage
from core.pages.routing import MENU

from . import fittings
from .fittings import Fittings

THEMES = ("light", "dark")
THEME_COOKIE = "theme"


@dataclass(frozen=True)
class Crumb:
    """One step of the way from the home page. Without `url` it is the page itself."""

    title: str
    url: str = ""


@dataclass(frozen=True)
class MenuItem:
    """One link of the main menu. `current` is the value of `aria-current`: page, true (a page below it) or nothing."""

    title: str
    url: str
    current: str = ""


@dataclass
class Chrome:
    """Everything that header and footer need. Works without a request, a site or a page: then it is simply emptier."""

    request: HttpRequest | None = None
    page: Page | None = None
    name: str = field(default_factory=lambda: settings.WAGTAIL_SITE_NAME)

    @cached_property
    def site(self) -> Site | None:
        return Site.find_for_request(self.request) if self.request is not None else None

    @cached_property
    def fittings(self) -> Fittings:
        """What editors decided for all pages; nothing of it where no site answers. Mostly from the cache."""
        return fittings.of_site(self.site) if self.site is not None else Fittings()

    @cached_property
    def menu(self) -> list[MenuItem]:
        """Live pages right below the home page that editors put into menus: brought by the routing, else one query."""
        if self.site is None:
            return []
        pages = getattr(self.request, MENU, None)
        if pages is None:
            pages = self.site.root_page.get_children().live().in_menu().order_by("path")
        here = self.request.path if self.request is not None else ""
        items = []
        for page in pages:
            url = page.get_url(self.request)
            if url:
                current = "page" if here == url else "true" if here.startswith(url) else ""
                items.append(MenuItem(page.title, url, current))
        return items

    @cached_property
    def crumbs(self) -> list[Crumb]:
        """From the home page to the page that is shown: one query, none on the home page itself."""
        if self.page is None or self.site is None or self.page.pk in (None, self.site.root_page_id):
            return []
        above = [page for page in self.trail() if page.depth >= self.site.root_page.depth]
        trail = [Crumb(page.title, page.get_url(self.request) or "/") for page in above]
        if trail:
            trail[0] = Crumb("Home", trail[0].url)
        return [*trail, Crumb(self.page.title)]

    def trail(self) -> list[Page]:
        """The pages above the shown one. Our page types remember them, for their structured data needs them as well."""
        if isinstance(self.page, BasePage):
            return self.page.trail
        return list(self.page.get_ancestors().filter(depth__gt=1)) if self.page is not None else []

    @property
    def theme(self) -> str:
        """What the visitor chose on the appearance page: light, dark, or nothing (as the device)."""
        chosen = self.request.COOKIES.get(THEME_COOKIE, "") if self.request is not None else ""
        return chosen if chosen in THEMES else ""

    @cached_property
    def canonical_url(self) -> str:
        """The page's own full address, without the query string."""
        if self.page is not None and self.page.pk:
            found = self.page.get_full_url(self.request)
            if found:
                return found
        return self.request.build_absolute_uri(self.request.path) if self.request is not None else ""

    @cached_property
    def social_image_url(self) -> str:
        """Full address of the picture for shared links, or nothing."""
        image = getattr(self.page, "image", None)
        url = image.get_rendition(fittings.SOCIAL_IMAGE).url if image is not None else self.fittings.social_image
        return self.request.build_absolute_uri(url) if url and self.request is not None else ""

    @property
    def user_name(self) -> str:
        user = getattr(self.request, "user", None)
        return str(user) if user is not None and user.is_authenticated else ""

    @cached_property
    def may_open_admin(self) -> bool:
        user = getattr(self.request, "user", None)
        return user is not None and user.is_authenticated and user.has_perm("wagtailadmin.access_admin")
