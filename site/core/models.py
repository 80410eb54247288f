"""Brings each folder's models to where Django looks for them."""

from .accounts.models import DoorMark, User
from .files.models import PrivateDocument
from .images.models import Picture, Rendition
from .site_settings.models import SiteSettings

__all__ = ["DoorMark", "Picture", "PrivateDocument", "Rendition", "SiteSettings", "User"]
