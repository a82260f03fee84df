from importlib import import_module

from django.apps import AppConfig


class ArchiveConfig(AppConfig):
    name = "archive"

    def ready(self) -> None:
        """Subscribe to signals once the models can be imported."""
        import_module("archive.receivers")
