from importlib import import_module

from django.apps import AppConfig


class SiteConfig(AppConfig):
    name = "pacs_site"

    def ready(self) -> None:
        """Listen for connections to the database."""
        import_module("pacs_site.database")
