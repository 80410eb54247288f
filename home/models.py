"""Brings each folder's models to where Django looks for them."""

from .pages.front import HomePage
from .pages.news import NewsIndexPage, NewsPage
from .pages.standard import FormField, FormPage, StandardPage

__all__ = ["FormField", "FormPage", "HomePage", "NewsIndexPage", "NewsPage", "StandardPage"]
