from django.apps import AppConfig


class SearchConfig(AppConfig):
    name = "search"

    def ready(self) -> None:
        from .indexing import watch_relations  # page models are not ready any earlier

        watch_relations()
