"""Addresses of the search."""

from django.urls import path
from django.urls.resolvers import URLPattern

from . import views

app_name = "search"
urlpatterns: list[URLPattern] = [
    path("", views.search, name="search"),
    path("suggest/", views.suggestions, name="suggest"),
]
