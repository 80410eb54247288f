"""Addresses of the shared app."""

from django.urls.resolvers import URLPattern

urlpatterns: list[URLPattern] = []
