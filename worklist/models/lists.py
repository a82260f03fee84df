import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Facility, User
from accounts.roles import Role
from common.models import TimestampedModel


class Scope(models.TextChoices):
    """Who finds a saved list among theirs."""

    USER = "user", _("One user")
    ROLE = "role", _("A role at a facility")
    FACILITY = "facility", _("Everybody at a facility")


class SavedList(TimestampedModel):
    """Filters and an order under a name, of a user, of a role at a facility, or of a facility.

    It holds what is asked, never what is found: everybody sees in it the studies that they may see anyway.
    """

    list_uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    scope = models.CharField(max_length=8, choices=Scope)
    user = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    facility = models.ForeignKey(Facility, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    role = models.CharField(max_length=20, choices=Role, blank=True)
    name = models.CharField(max_length=60)
    asked = models.JSONField(help_text=_("What `worklist.criteria.Criteria` keeps, and the order."))
    author_name = models.CharField(max_length=150, help_text=_("Who saved it last."))

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(scope=Scope.USER, user__isnull=False, facility__isnull=True, role="")
                | models.Q(scope=Scope.FACILITY, user__isnull=True, facility__isnull=False, role="")
                | (
                    models.Q(scope=Scope.ROLE, user__isnull=True, facility__isnull=False) & ~models.Q(role="")
                ),
                name="saved_list_owner_of_scope",
            ),
            models.UniqueConstraint(
                fields=["user", "name"],
                condition=models.Q(scope=Scope.USER),
                name="saved_list_once_per_user",
            ),
            models.UniqueConstraint(
                fields=["facility", "role", "name"],
                condition=~models.Q(scope=Scope.USER),
                name="saved_list_once_per_group",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.get_scope_display()})"


class ListSettings(models.Model):
    """How one user wants the worklist."""

    user = models.OneToOneField(
        User, on_delete=models.CASCADE, primary_key=True, related_name="list_settings"
    )
    columns = models.JSONField(
        default=list, blank=True, help_text=_("Keys in order; none means the usual ones.")
    )
    tabs = models.JSONField(
        default=list, blank=True, help_text=_("Keys of lists in the order of their tabs.")
    )
    first_list = models.CharField(
        max_length=40, blank=True, help_text=_("The list that is shown after signing in.")
    )

    def __str__(self) -> str:
        return f"worklist of user {self.user_id}"
