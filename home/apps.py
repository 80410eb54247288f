from django.apps import AppConfig


class HomeConfig(AppConfig):
    name = "home"

    def ready(self) -> None:
        from . import personal  # noqa: F401 - connects the receivers; models are ready only now
