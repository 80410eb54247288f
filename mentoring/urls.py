"""Addresses of the plugin. A site includes them where it likes."""

from django.urls.resolvers import URLPattern

app_name = "mentoring"
urlpatterns: list[URLPattern] = []
