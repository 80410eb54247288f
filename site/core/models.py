"""Brings each folder's models to where Django looks for them."""

from .accounts.models import User
from .files.models import PrivateDocument
from .images.models import Picture, Rendition
from .site_settings.models import SiteSettings

__all__ = ["Picture", "PrivateDocument", "Rendition", "SiteSettings", "User"]
