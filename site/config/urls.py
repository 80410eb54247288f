"""Every address of the site, in the order in which they are tried. Wagtail's pages come last."""

from django.conf import settings
from django.urls import include, path
from django.urls.resolvers import URLPattern, URLResolver
from django.views.generic import RedirectView
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls
from wagtail.documents import urls as wagtaildocs_urls

from core.accounts.urls import admin_urlpatterns

urlpatterns: list[URLPattern | URLResolver] = [
    path(settings.ADMIN_PATH, include(admin_urlpatterns)),  # Wagtail's log-in and account screens lead to allauth's
    path(settings.ADMIN_PATH, include(wagtailadmin_urls)),
    path("documents/", include(wagtaildocs_urls)),
    path("account/", include("core.accounts.urls")),
    path("account/", include("allauth.urls")),
    path("search/", include("search.urls")),
    path("mentoring/", include("mentoring.urls")),
    path("", include("networks.urls")),
    path("", include("home.urls")),
    path("", include("core.urls")),
]

urlpatterns += [
    # Wagtail's log-in page for private pages would be a door without limits and second factor.
    path("_util/login/", RedirectView.as_view(pattern_name="account_login", query_string=True)),
    path("", include(wagtail_urls)),
]

handler429 = "core.accounts.views.too_many_requests"  # allauth looks for it here
