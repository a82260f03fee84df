import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Facility, User
from accounts.roles import Role
from common.models import TimestampedModel


class Scope(models.TextChoices):
    """For whom a protocol hangs."""

    USER = "user", _("One user")
    ROLE = "role", _("A role at a facility")
    FACILITY = "facility", _("Everybody at a facility")


class HangingProtocol(TimestampedModel):
    """A hanging protocol of a user, of a role at a facility, or of a facility.

    The body is what `viewer.hanging.reading.read_protocol` reads; it was read before it was stored.
    """

    protocol_uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    scope = models.CharField(max_length=8, choices=Scope)
    user = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    facility = models.ForeignKey(Facility, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    role = models.CharField(max_length=20, choices=Role, blank=True)
    name = models.CharField(max_length=80)
    body = models.JSONField()
    author_name = models.CharField(max_length=150, help_text=_("Who saved it last."))

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(scope=Scope.USER, user__isnull=False, facility__isnull=True, role="")
                | models.Q(scope=Scope.FACILITY, user__isnull=True, facility__isnull=False, role="")
                | (
                    models.Q(scope=Scope.ROLE, user__isnull=True, facility__isnull=False) & ~models.Q(role="")
                ),
                name="hanging_protocol_owner_of_scope",
            ),
            models.UniqueConstraint(
                fields=["user", "name"],
                condition=models.Q(scope=Scope.USER),
                name="hanging_protocol_once_per_user",
            ),
            models.UniqueConstraint(
                fields=["facility", "role", "name"],
                condition=~models.Q(scope=Scope.USER),
                name="hanging_protocol_once_per_group",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.get_scope_display()})"
