"""App settings: the shared app, and Wagtail's users app with our forms."""

from django.apps import AppConfig
from wagtail.users.apps import WagtailUsersAppConfig


class CoreConfig(AppConfig):
    """Base page, shared blocks, design system, accounts and site settings."""

    name = "core"
    default = True
    verbose_name = "Common Room"

    def ready(self) -> None:
        # Importing registers them, and needs the apps loaded.
        from .accounts import checks as account_checks  # noqa: F401
        from .accounts import signals  # noqa: F401
        from .design import fittings
        from .security import checks  # noqa: F401

        fittings.listen()


class UsersConfig(WagtailUsersAppConfig):
    """wagtail.users for people who sign in by e-mail and have one name."""

    user_viewset = "core.accounts.admin.UserViewSet"
