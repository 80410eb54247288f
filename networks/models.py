"""Brings each folder's models to where Django looks for them."""

from .pages.calendar_models import CalendarEntry
from .pages.exhibition import Artwork, ExhibitionPage
from .pages.library import LibraryIndexPage, ResourcePage, ResourceVersion
from .pages.network import NetworkConvenor, NetworkIndexPage, NetworkPage
from .pages.pathway import PathwayIndexPage, PathwayPage, PathwayStagePage
from .pages.programme import ProgrammePage
from .pages.session import SessionDate, SessionIndexPage, SessionMaterial, SessionPage

__all__ = [
    "Artwork",
    "CalendarEntry",
    "ExhibitionPage",
    "LibraryIndexPage",
    "NetworkConvenor",
    "NetworkIndexPage",
    "NetworkPage",
    "PathwayIndexPage",
    "PathwayPage",
    "PathwayStagePage",
    "ProgrammePage",
    "ResourcePage",
    "ResourceVersion",
    "SessionDate",
    "SessionIndexPage",
    "SessionMaterial",
    "SessionPage",
]
