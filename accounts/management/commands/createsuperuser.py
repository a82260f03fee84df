"""Django's ``createsuperuser``, recorded in the audit log."""

from typing import Any

from django.contrib.auth.management.commands import createsuperuser
from django.db.models import Max

from accounts.models import User
from audit.actors import Actor
from audit.services import record_event
from audit.vocabulary import EventType


class Command(createsuperuser.Command):
    def handle(self, *args: Any, **options: Any) -> None:
        """Create the user as Django does, and record USER_CREATED."""
        newest = User.objects.aggregate(pk=Max("pk"))["pk"] or 0
        super().handle(*args, **options)
        for user in User.objects.filter(pk__gt=newest):
            record_event(
                EventType.USER_CREATED,
                actor=Actor.command("createsuperuser"),
                details={
                    "username": user.username,
                    "user_pk": user.pk,
                    "is_staff": True,
                    "is_superuser": True,
                },
            )
