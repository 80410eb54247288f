"""Brings each folder's models to where Django looks for them."""

from .accounts.models import User
from .files.models import PrivateDocument

__all__ = ["PrivateDocument", "User"]
