from django.apps import AppConfig


class ViewerConfig(AppConfig):
    name = "viewer"

    def ready(self) -> None:
        """Subscribe to the archive's events."""
        from viewer import receivers  # noqa: F401 -- models must be loaded before receivers are
