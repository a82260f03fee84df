from django.apps import AppConfig


class ViewerConfig(AppConfig):
    name = "viewer"

    def ready(self) -> None:
        """Subscribe to the archive's events, and to logins."""
        from viewer import receivers  # noqa: F401 -- models must be loaded before receivers are
