from importlib import import_module

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "accounts"

    def ready(self) -> None:
        """Subscribe to the signals of logins once the models can be imported."""
        import_module("accounts.receivers")
