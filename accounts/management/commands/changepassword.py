"""Django's ``changepassword``, recorded in the audit log."""

from typing import Any

from django.contrib.auth.management.commands import changepassword

from accounts.models import User
from accounts.services.users import end_sessions
from audit.actors import Actor
from audit.services import record_event
from audit.vocabulary import EventType


class Command(changepassword.Command):
    def handle(self, *args: Any, **options: Any) -> str | None:
        """Ask for the password as Django does, and record PASSWORD_CHANGED."""
        message: str | None = super().handle(*args, **options)
        user = User.objects.get_by_natural_key(options["username"])
        end_sessions(user)
        details = {"username": user.username, "user_pk": user.pk}
        record_event(EventType.PASSWORD_CHANGED, actor=Actor.command("changepassword"), details=details)
        return message
