"""Addresses about one's account (below /account/, before allauth's), and those of Wagtail that lead there."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import path, reverse
from django.utils.http import urlencode
from wagtail.admin.auth import require_admin_access

from core.accounts import views


@login_not_required
def to_login(request: HttpRequest) -> HttpResponse:
    """Wagtail's log-in page leads to the one log-in page, with the way back."""
    back = request.GET.get("next") or reverse("wagtailadmin_home")
    return HttpResponseRedirect(f"{reverse('account_login')}?{urlencode({'next': back})}")


@login_not_required
def to_reset(request: HttpRequest, **_rest: str) -> HttpResponse:
    return HttpResponseRedirect(reverse("account_reset_password"))


@login_not_required
def to_logout(request: HttpRequest) -> HttpResponse:
    """Wagtail's menu posts here; 307 carries the POST and its token on to the one way out."""
    return HttpResponseRedirect(reverse("account_logout"), status=307 if request.method == "POST" else 302)


urlpatterns = [
    path("", views.StartView.as_view(), name="account_start"),
    path("name/", views.NameView.as_view(), name="account_name"),
]

# Before Wagtail's own admin addresses; reversing Wagtail's names still gives these paths.
admin_urlpatterns = [
    path("login/", to_login, name="wagtailadmin_login"),
    path("logout/", to_logout, name="wagtailadmin_logout"),
    path("account/", require_admin_access(views.AdminAccountView.as_view()), name="wagtailadmin_account"),
    path("password_reset/", to_reset, name="wagtailadmin_password_reset"),
    path("password_reset/<path:rest>", to_reset),
]
