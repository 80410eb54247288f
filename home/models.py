"""Home and standard pages."""

from core.pages.models import BasePage


class HomePage(BasePage):
    """The front door."""

    max_count = 1
