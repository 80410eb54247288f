"""App settings: sessions tell the calendars when they change."""

from django.apps import AppConfig


class NetworksConfig(AppConfig):
    name = "networks"
    verbose_name = "Networks"

    def ready(self) -> None:
        from networks.pages import signals  # noqa: F401 - connects the receivers; models are ready only now
