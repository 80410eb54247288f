"""Addresses of the plugin. A site includes them where it likes."""

from django.urls import path
from django.urls.resolvers import URLPattern

from mentoring.people import views as people
from mentoring.programmes import views as programmes

app_name = "mentoring"
urlpatterns: list[URLPattern] = [
    path("", programmes.home, name="home"),
    path("profile/", people.profile, name="profile"),
    path("apply/<int:pk>/<slug:as_role>/", programmes.apply, name="apply"),
    path("applications/<int:pk>/", programmes.application, name="application"),
    path("applications/<int:pk>/withdraw/", programmes.withdraw, name="withdraw"),
]
