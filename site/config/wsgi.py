"""WSGI entry point: `gunicorn -c gunicorn.conf.py`."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.production")

application = get_wsgi_application()

from core.security.startup import refuse_unsafe_start  # noqa: E402 - only once the apps are loaded

refuse_unsafe_start()
