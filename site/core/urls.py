"""Addresses of the shared app."""

from django.urls import path
from django.urls.resolvers import URLPattern

from .design import views
from .files.views import picture
from .security.health import healthz, readyz

urlpatterns: list[URLPattern] = [
    path("healthz", healthz, name="healthz"),
    path("readyz", readyz, name="readyz"),
    path("media/<path:path>", picture, name="picture"),
    path("appearance/", views.appearance, name="appearance"),
    path("design/", views.design_gallery, name="design_gallery"),
    path("favicon.ico", views.favicon),
]
