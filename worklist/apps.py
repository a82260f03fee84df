from django.apps import AppConfig


class WorklistConfig(AppConfig):
    name = "worklist"

    def ready(self) -> None:
        """Subscribe to the archive's events."""
        from worklist import receivers  # noqa: F401 -- models must be loaded before receivers are
