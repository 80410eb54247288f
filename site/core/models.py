"""Brings each folder's models to where Django looks for them."""

from .accounts.models import User

__all__ = ["User"]
