"""Development: everything embedded, nothing to set up."""

from .base import *

DEBUG = True
SECRET_KEY = "development-only-key-that-production-refuses"  # noqa: S105 - public on purpose, refused by production
ALLOWED_HOSTS = ["127.0.0.1", "localhost", "[::1]"]
STATIC_ROOT.mkdir(parents=True, exist_ok=True)
DESIGN_GALLERY = True
DEMO_LOGINS = env.str("DEMO_LOGINS", default="home.demo.logins.LOGINS")  # who of the demo one can sign in as
