"""Brings each folder's models to where Django looks for them."""

from .accounts.models import User
from .files.models import PrivateDocument
from .images.models import Picture, Rendition

__all__ = ["Picture", "PrivateDocument", "Rendition", "User"]
