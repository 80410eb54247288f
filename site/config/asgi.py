"""ASGI entry point."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.production")

application = get_asgi_application()

from core.security.startup import refuse_unsafe_start  # noqa: E402 - only once the apps are loaded

refuse_unsafe_start()
