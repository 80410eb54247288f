"""App settings: the shared app, and Wagtail's users app with our forms."""

from django.apps import AppConfig
from wagtail.users.apps import WagtailUsersAppConfig


class CoreConfig(AppConfig):
    """Base page, shared blocks, design system, accounts and site settings."""

    name = "core"
    default = True
    verbose_name = "Common Room"

    def ready(self) -> None:
        from .security import checks  # noqa: F401 - importing registers them, and needs the apps loaded


class UsersConfig(WagtailUsersAppConfig):
    """wagtail.users for people who sign in by e-mail and have one name."""

    user_viewset = "core.accounts.admin.UserViewSet"
