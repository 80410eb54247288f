"""Addresses of the shared app."""

from django.urls import path
from django.urls.resolvers import URLPattern

from .files.views import picture
from .security.health import healthz, readyz

urlpatterns: list[URLPattern] = [
    path("healthz", healthz, name="healthz"),
    path("readyz", readyz, name="readyz"),
    path("media/<path:path>", picture, name="picture"),
]
