"""Brings each folder's models to where Django looks for them."""

from .missed.models import MissedSearch

__all__ = ["MissedSearch"]
